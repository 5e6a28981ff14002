# SPDX-License-Identifier: BSD-2-Clause
# Debian's redis-server under redis-benchmark, all profilers on, with a snapshot each second. Compared with a run without us: the data that the benchmark
# left behind (redis's own digest of all keys and values), the replies to a script of commands, the server's log without times and
# process numbers, and its exit status.

load ../helpers
load servers

setup() {
	command -v redis-server redis-benchmark redis-cli >/dev/null || skip "no redis (Debian: redis-server redis-tools)"
	dir=$BATS_TEST_TMPDIR/prof
	mkdir "$dir"
}

teardown() {
	[[ -z ${server:-} ]] || kill "$server" 2>/dev/null || true
}

cli() { redis-cli -h 127.0.0.1 -p "$port" "$@"; }
answers() { [[ $(cli ping 2>/dev/null) == PONG ]]; }
two_snapshots() { (($(find "$dir" -name "*.heap.pb.gz" | wc -l) >= 2)); }

# serve OUT COMMAND...: one server's life; what must be the same both times goes to OUT.
serve() {
	local out=$1 status=0
	shift
	port=$(free_port)
	mkdir "$out.data"
	"$@" redis-server --port "$port" --bind 127.0.0.1 --save '' --appendonly no --dir "$out.data" --enable-debug-command local \
		--daemonize no >"$out.log" 2>"$out.err" </dev/null 3>&- &
	server=$!
	wait_until 30 answers
	redis-benchmark -h 127.0.0.1 -p "$port" -n 20000 -P 16 -q --csv -t set,get,incr,lpush,rpush,lpop,rpop,sadd,hset,zadd,mset \
		>"$out.csv"
	redis-benchmark -h 127.0.0.1 -p "$port" -n 2000 -d 20000 -q --csv -t set,get,lpush >>"$out.csv"
	cut -d, -f1 "$out.csv" >"$out"
	"$PYTHON" - >"$out.commands" <<-'END'
		for n in range(3000):
		    print("SET key:%d %s" % (n, "v" * (n % 700)))
		    print("HSET hash:%d field%d %d" % (n % 50, n, n * n))
		    print("ZADD ranks %d member%d" % (n * 7919 % 1000, n))
		    print("APPEND log %s" % ("x" * (n % 90)))
		    if n % 3 == 0:
		        print("DEL key:%d" % (n // 2))
		print("ZRANGE ranks 0 20 WITHSCORES")
		print("STRLEN log")
		print("HLEN hash:7")
		print("DBSIZE")
		print("DEBUG DIGEST")
	END
	cli <"$out.commands" >>"$out"
	if [[ $out == *profiled* ]]; then
		wait_until 30 two_snapshots
	fi
	cli shutdown nosave || true
	wait "$server" || status=$?
	server=
	echo "status $status" >>"$out"
	# 1234:M 22 Nov 2026 10:00:00.000 * text; the pid and the port stand in the text too.
	sed -E 's/^[0-9]+:[A-Z] [0-9]+ [A-Za-z]+ [0-9]+ [0-9:.]+ //; s/(pid=|port=)[0-9]+/\1N/; s/^[^*#.-]*(PID|Port):.*//' "$out.log" >>"$out"
}

@test "redis-server under redis-benchmark" {
	serve "$BATS_TEST_TMPDIR/plain"
	serve "$BATS_TEST_TMPDIR/profiled" env CPROFALLOC="$every_profiler,interval=1s,dir=$dir" LD_PRELOAD="$CPA_LIB"
	diff "$BATS_TEST_TMPDIR/plain" "$BATS_TEST_TMPDIR/profiled"
	diff "$BATS_TEST_TMPDIR/plain.err" "$BATS_TEST_TMPDIR/profiled.err"
	all_readable
	cpu_is_all
	four_views "$(last_of heap)"
	(($(pprof_py total "$(last_of heap)" alloc_space) > 50000000))
	# At redis's own callers, which Debian's stripped server still exports.
	names 'z(m|re)alloc' "$(last_of heap)" -sample_index=alloc_space
	names '(processCommand|call|aeMain|aeProcessEvents|readQueryFromClient)' "$(last_of cpu)"
	names 'aeMain|main' "$(last_of goroutine)"
	names 'bioInit|main' "$(last_of threadcreate)"
	# Its background threads wait for work in a condition variable.
	names 'bioProcessBackgroundJobs' "$(last_of block)"
}
