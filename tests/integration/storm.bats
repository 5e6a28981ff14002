# SPDX-License-Identifier: BSD-2-Clause
# Every profiler at its finest over threads that load, throw, fork, execute, exit, allocate, lock and wait, and a dump of all threads
# ten times a second: nothing stands still, no answer is wrong. CPA_STRESS_SECONDS=600 CPA_BATS_SECONDS=900 for the long one.
# Not here: labels, handles and dumps of them (stress.bats).

load ../helpers

setup() {
	dir=$BATS_TEST_TMPDIR/prof
	leaves=$BATS_TEST_TMPDIR/leaves
	mkdir "$dir" "$leaves"
	cd "$BATS_TEST_TMPDIR" || return 1
	: "${settings:=rate=4k,cpu=1000,mutex=1,block=1ns,goroutine=1,threadcreate=1}"
}

@test "a storm of threads, locks, libraries and processes, under all profilers" {
	compile storm ../stress/storm.cc -std=c++17
	compile opened.so names_library.c -shared -fPIC -DNAME=in_opened
	STORM_LEAF=$settings,dir=$leaves STORM_LEAF_DIR=$leaves \
		profiled "$settings,interval=5s,keep=2,children=0,dir=$dir" ./storm "${CPA_STRESS_SECONDS:-30}" ./opened.so dump >out 2>err || {
		echo "status $?"
		cat out err
		return 1
	}
	cat out
	diff err /dev/null
	# Each activity had its turns.
	grep -qE '^condition [0-9]+, .*, dump [0-9]+$' out
	! grep -qE '[a-z] 0(,|$)' out || return 1
	[[ -z $(find "$leaves" -mindepth 1) ]]
	[[ -z $(find "$dir" -mindepth 1 ! -name "*.pb.gz") ]]
	while read -r file; do
		go tool pprof -raw "$file" >raw 2>go.err
		[[ -s raw ]]
	done < <(snapshots "$dir")
	go tool pprof -top dump 2>go.err | grep -qx 'Type: goroutine'
}
