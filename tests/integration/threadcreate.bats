# SPDX-License-Identifier: BSD-2-Clause
# Created threads: where each was created, how many are left, what they inherit; and that the
# program notices nothing. Not here: threads that allocate (threads.bats).

load ../helpers

setup_file() {
	compile "$BATS_FILE_TMPDIR/threadcreate" threadcreate.c
}

setup() {
	threadcreate=$BATS_FILE_TMPDIR/threadcreate
	dir=$BATS_TEST_TMPDIR/prof
	mkdir "$dir"
	cd "$BATS_TEST_TMPDIR" || return 1
}

@test "each created thread at the place of its creation, and which are left" {
	profiled "dir=$dir" "$threadcreate" plan x.pb.gz x.txt >out
	diff - out <<-'EOF2'
		none: EAGAIN
		live 3
		live 0
	EOF2
	go tool pprof -top x.pb.gz >top 2>err
	cat top err
	grep -qx 'Type: threadcreate' top
	grep -qE '13, 100% of 13 total' top
	grep -qE '^ +8 +61.54% .* create_short$' top
	grep -qE '^ +3 +23.08% .* create_waiting$' top
	grep -qE '^ +2 +15.38% .* create_c11$' top
	! grep -q create_none top || return 1
	go tool pprof -top -sample_index=live x.pb.gz 2>err | tee live
	grep -qE '^ +3 +100% .* create_waiting$' live
	go tool pprof -raw x.pb.gz 2>err | grep -qx 'PeriodType: threadcreate count'
	# The text says the same, and is one that Go's client reads.
	head -n 1 x.txt | grep -qx 'threadcreate profile: total 13'
	go tool pprof -top x.txt 2>err | grep -qE '13, 100% of 13 total'
	# A file only when asked for.
	[[ $(snapshot_count "$dir") == 1 ]]
	[[ $(pprof_py comment x.pb.gz threads_created) == 13 && $(pprof_py comment x.pb.gz threads_lost) == 0 ]]
}

@test "threadcreate=1: a file in every snapshot; our own threads are not in it" {
	profiled "dir=$dir,threadcreate=1,interval=10ms,keep=3" "$threadcreate" plan >out
	(($(snapshot_count "$dir") % 2 == 0))
	local last
	last=$(find "$dir" -name '*.threadcreate.pb.gz' | sort | tail -n 1)
	[[ $(pprof_py total "$last" threadcreate) == 13 && $(pprof_py total "$last" live) == 0 ]]
	[[ -e ${last%threadcreate.pb.gz}heap.pb.gz ]]
	pprof_py leaves "$last" | diff - <(printf '%s\n' create_c11 create_short create_waiting)
}

@test "linked with -lcprofalloc" {
	compile linked threadcreate.c "$CPA_LIB" -Wl,-rpath,"$(dirname "$CPA_LIB")"
	./linked plan x.pb.gz | grep -qx 'live 3'
	[[ $(pprof_py total x.pb.gz threadcreate) == 13 ]]
}

@test "created threads inherit the labels, and change only their own" {
	profiled "rate=1,dir=$dir" "$threadcreate" labels
	go tool pprof -traces -unit=B -sample_index=alloc_space "$(only_snapshot "$dir")" 2>err | awk '
		/^-+\+/ { labels = ""; next }
		/^ +[a-z0-9]+: / && !/^ +bytes:/ {
			sub(/^ +/, "")
			sub(/: +/, ":")
			labels = labels == "" ? $0 : $0 < labels ? $0 " " labels : labels " " $0
			next
		}
		/ work$/ { print $1, labels == "" ? "none" : labels }' | sort >got
	cat got
	diff got <(
		sort <<-'EOF2'
			1000B none
			2000B none
			3000B own:yes
			10000B request:login
			20000B none
			30000B own:yes
			100000B by:c11 request:login
			200000B none
			300000B own:yes
			7B by:c11 request:login
		EOF2
	)
}

@test "a thread's start and end are as without us" {
	both "rate=1,dir=$dir" "$threadcreate" behave
	[[ $status == 0 ]]
	our_lines 0
	both "rate=512k" "$threadcreate" behave
	both "rate=0,interval=10ms,threadcreate=1,dir=$dir" "$threadcreate" behave
	# The test above means something.
	grep -q 'of others: 0' "$BATS_TEST_TMPDIR/both.profiled.out"
}

@test "thousands of threads from threads, with forks between" {
	for settings in "rate=1,dir=$dir,children=0" "rate=64k,interval=10ms,keep=2,threadcreate=1,dir=$dir,children=0"; do
		both "$settings" "$threadcreate" storm 20
		[[ $status == 0 ]]
		our_lines 0
		grep -qx 'whole, 0' "$BATS_TEST_TMPDIR/both.profiled.out"
	done
	local last
	last=$(find "$dir" -name '*.threadcreate.pb.gz' | sort | tail -n 1)
	[[ $(pprof_py total "$last" threadcreate) == 2460 && $(pprof_py total "$last" live) == 0 ]]
}

@test "thousands of threads created before one begins: none is lost" {
	profiled "rate=512k" "$threadcreate" crowd x.pb.gz >out
	[[ $(cat out) == "made 3000" ]]
	[[ $(pprof_py total x.pb.gz threadcreate) == 3000 && $(pprof_py total x.pb.gz live) == 3000 ]]
	[[ $(pprof_py comment x.pb.gz threads_lost) == 0 ]]
}

@test "a child of a fork has one thread, and counts its own from there" {
	profiled "children=0" "$threadcreate" fork >out
	diff - out <<-'EOF2'
		child: live 2
		child: live 1
		parent: live 1
	EOF2
}

@test "gdb sees the program's function right above the C library's" {
	command -v gdb >/dev/null || skip "no gdb"
	env CPROFALLOC=rate=1 LD_PRELOAD="$CPA_LIB" "$threadcreate" wait >out 3>&- &
	local child=$!
	wait_until 20 grep -q waiting out
	gdb -batch -p "$child" -ex 'thread apply all bt' >bt 2>err || true
	kill "$child"
	wait "$child" || true
	cat bt
	grep -A1 -E '^#[0-9]+ .* wait_in_function ' bt | grep -E '^#[0-9]+ .* start_thread '
	! grep -qE 'cprofalloc|begin_posix' bt || return 1
}
