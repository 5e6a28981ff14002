# SPDX-License-Identifier: BSD-2-Clause
# Profiles mutex and block: who waited, for whom, how long; and that the program notices nothing.
# Not here: each kind of wait (lockwaits.bats), locks in trouble (locktroubles.bats), the laws of sampling (evenwaits.bats).

load ../helpers

setup_file() {
	compile "$BATS_FILE_TMPDIR/locks" locks.c
}

setup() {
	locks=$BATS_FILE_TMPDIR/locks
	cd "$BATS_TEST_TMPDIR" || return 1
}

@test "one holds for a second, five wait: 5 s of its unlock, 1 s of each lock" {
	profiled "mutex=1,block=1ns" "$locks" truth
	for file in mutex.pb.gz mutex.txt; do
		wait_bounds unlock "$file"
	done
	for file in block.pb.gz block.txt; do
		wait_bounds wait "$file"
	done
	wait_bounds unfinished unfinished.pb.gz
	# The bounds mean something: a second at least of each, written down by each.
	awk '$3 < 1e9 { exit 1 } END { exit NR != 15 }' measured
	[[ $(pprof_py comment unfinished.pb.gz waits_unfinished) == 5 ]]
	[[ $(pprof_py comment block.pb.gz waits_lost) == 0 && $(pprof_py comment block.pb.gz waits_displaced) == 0 ]]
	go tool pprof -top -sample_index=contentions unfinished.pb.gz 2>err | grep -qE '^ +5 .* wait_for_holder$'
}

@test "every kind of lock answers as without us" {
	both "mutex=1,block=1ns,rate=1" "$locks" kinds
	[[ $status == 0 ]]
	# The test above means something.
	grep -q EOWNERDEAD "$BATS_TEST_TMPDIR/both.profiled.out"
	grep -q EDEADLK "$BATS_TEST_TMPDIR/both.profiled.out"
	both "rate=512k" "$locks" kinds
}

@test "cancelled in each function that waits; what it left is not waiting any more" {
	both "mutex=1,block=1ns" "$locks" cancel
	[[ $status == 0 && $(grep -c ': 1$' "$BATS_TEST_TMPDIR/both.profiled.out") == 18 ]]
	(($(pprof_py comment cancel.pb.gz waits_displaced) >= 1))
	[[ $(pprof_py comment cancel.pb.gz waits_unfinished) == 0 ]]
}

@test "children of forks while others contend" {
	both "mutex=1,block=1ns,rate=64k" "$locks" forks
	[[ $status == 0 ]]
}

@test "many threads, short waits: unlocks are charged with no more than what locks have waited" {
	profiled "mutex=1,block=1ns" "$locks" many 20000
	# Between an unlock and the end of the wait it is nobody's; how much more is for evenwaits.bats.
	local waited charged
	waited=$(pprof_py functions block.pb.gz delay | awk '$2 == "hold_shortly" { print $1 }')
	charged=$(pprof_py functions mutex.pb.gz delay | awk '$2 == "hold_shortly" { print $1 }')
	echo "$charged ns of $waited"
	((charged > 0 && charged <= waited))
}

@test "jemalloc's own locks go past ours" {
	local object
	object=$CPA_BUILDDIR/alloc/libjemalloc_private.a
	[[ -e $object ]] || skip "not in a build tree"
	nm "$object" | grep -q ' U cpa_next_mutex_lock$'
	! nm "$object" | grep -E ' U pthread_(mutex_(lock|trylock|unlock)|cond_(timed)?wait|join)$' || return 1
}

@test "at most 6 instructions are added to a lock and its unlock when off, at most 25 when on" {
	command -v valgrind >/dev/null || skip "no valgrind here: instructions cannot be counted"
	[[ $(uname -m) == x86_64 ]] || skip "the bar is one of x86-64"
	run "$PYTHON" "$CPA_SRCDIR/bench/locks" instructions
	echo "$output"
	((status == 0))
	(($(grep -c '^# bar: .*: met$' <<<"$output") == 2))
}

@test "a C++ queue waits at its condition variable, in that line" {
	compile queue locks_cxx.cc
	mkdir prof
	both "block=1ns,dir=$PWD/prof" ./queue
	[[ $status == 0 ]]
	local file line
	file=$(find prof -name '*.block.pb.gz')
	line=$(grep -n 'the wait$' "$PROGRAMS/locks_cxx.cc" | cut -d: -f1)
	"$CPROF" symbolize "$file" -o lines.pb.gz 2>err
	go tool pprof -list '^take' lines.pb.gz 2>err | tee list
	# 20 waits of about 10 ms, less what the consumer needs: nearly all of the function is in the line.
	grep -E "^ +[0-9.]+ms +[0-9.]+ms +$line:" list
}
