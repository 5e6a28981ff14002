# SPDX-License-Identifier: BSD-2-Clause
# Debian's PostgreSQL under pgbench, all profilers on, a process for each connection. Compared with a run without us: the tables that a
# fixed script of fixed seeds leaves behind, and the server's exit status.

load ../helpers
load servers

setup() {
	bin=$(find /usr/lib/postgresql/*/bin -maxdepth 0 2>/dev/null | sort -V | tail -n 1)
	[[ -n $bin && -x $bin/postgres && -x $bin/pgbench ]] || skip "no PostgreSQL (Debian: postgresql)"
	as=()
	if [[ $(id -u) == 0 ]]; then
		id postgres >/dev/null 2>&1 || skip "PostgreSQL refuses root, and there is no user postgres"
		as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
	fi
	open_place
	chmod 777 "$place"
	cd "$place" || return 1
}

teardown() {
	[[ -z ${server:-} ]] || kill -INT "$server" 2>/dev/null || true
	close_place
}

sql() { "${as[@]}" "$bin/psql" -h "$place" -d postgres -qAtX "$@"; }
answers() { sql -c 'SELECT 1' >/dev/null 2>&1; }

# serve OUT COMMAND...: one server's life.
serve() {
	local out=$1 status=0
	shift
	"${as[@]}" "$bin/initdb" -D "$out.data" -A trust -N --locale=C >"$BATS_TEST_TMPDIR/initdb.log" 2>&1
	"${as[@]}" "$@" "$bin/postgres" -D "$out.data" -k "$place" -c listen_addresses= -c fsync=off -c shared_buffers=16MB \
		>"$out.log" 2>&1 </dev/null 3>&- &
	server=$!
	wait_until 30 answers
	"${as[@]}" "$bin/pgbench" -h "$place" -i -q -s 2 postgres >"$out.init" 2>&1
	"${as[@]}" "$bin/pgbench" -h "$place" -c 4 -j 1 -t 1000 --random-seed=7 -n postgres >"$out.bench" 2>&1
	{
		grep 'transactions actually processed' "$out.bench"
		sql -c 'SELECT sum(abalance), count(*) FROM pgbench_accounts' -c 'SELECT sum(tbalance) FROM pgbench_tellers' \
			-c 'SELECT sum(bbalance) FROM pgbench_branches' -c 'SELECT sum(delta), count(*) FROM pgbench_history' \
			-c "SELECT bid, count(*), md5(string_agg(aid::text, ',' ORDER BY filler, aid DESC)) FROM pgbench_accounts GROUP BY bid ORDER BY bid"
	} >"$out"
	kill -INT "$server"
	wait "$server" || status=$?
	server=
	echo "status $status" >>"$out"
	! grep -E 'PANIC|terminated by signal|cprofalloc: ' "$out.log" || return 1
}

@test "PostgreSQL under pgbench" {
	serve "$place/plain"
	# A copy: where the build is, user postgres may have no way.
	install -m 755 "$CPA_LIB" "$place/library.so"
	serve "$place/profiled" env CPROFALLOC="$every_profiler,rate=64k,dir=$dir" LD_PRELOAD="$place/library.so"
	diff "$place/plain" "$place/profiled"
	all_readable
	cpu_is_all
	# The postmaster, its own helpers, and each of four connections.
	(($(find "$dir" -name '*.heap.pb.gz' | wc -l) >= 8))
	names '(AllocSetContextCreateInternal|palloc|AllocSet)' "$(largest_of heap)" -sample_index=alloc_space
	names '(exec_simple_query|PostgresMain|ExecProcNode|standard_ExecutorRun|ExecScan)' "$(largest_of cpu)"
	names '(PostmasterMain|PostgresMain|WaitEventSetWait)' "$(largest_of goroutine)"
}
