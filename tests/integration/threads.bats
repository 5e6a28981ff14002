# SPDX-License-Identifier: BSD-2-Clause
# Storms of threads: objects keep their contents, nothing hangs, and the profile of each storm is
# whole. Not here: fork (processes.bats), numbers under threads (exact.bats, truth.bats).

load ../helpers

setup_file() {
	compile "$BATS_FILE_TMPDIR/threads" threads.c
	compile "$BATS_FILE_TMPDIR/opened.so" names_library.c -shared -fPIC -DNAME=in_opened
}

setup() {
	threads=$BATS_FILE_TMPDIR/threads
	dir=$BATS_TEST_TMPDIR/prof
	mkdir "$dir"
}

# whole SETTINGS MODE [ARGUMENT]
whole() {
	local settings=$1
	shift
	both "$settings,dir=$dir" "$threads" "$@"
	[[ $status == 0 ]]
	our_lines 0
	complete "$dir"/*
}

@test "eight threads, every allocation a sample" {
	whole rate=1 storm
	# All was freed again.
	[[ $(pprof_py functions "$(only_snapshot "$dir")" inuse_objects | grep -c '^[1-9][0-9]* block_new$') == 0 ]]
}

@test "eight threads under snapshots each 10 ms" { whole rate=4k,interval=10ms,keep=5 storm; }
@test "eight threads under snapshots by growth" { whole rate=4k,growth=100k,keep=5 storm; }
@test "thousands of short threads" { whole rate=1 short; }
@test "objects that die in other threads" {
	whole rate=1 pass
	[[ $(pprof_py functions "$(only_snapshot "$dir")" inuse_objects | grep -c '^[1-9][0-9]* block_new$') == 0 ]]
}

@test "threads cancelled between allocations" { whole rate=1 cancel; }
@test "signals at any moment" { whole rate=1 signals; }
@test "signals at any moment, while one asks for snapshots" { whole rate=64k,interval=10ms,keep=3,signal=USR2 signals; }
@test "libraries opened and closed meanwhile" { whole rate=1 dlopen "$BATS_FILE_TMPDIR/opened.so"; }
@test "libraries opened and closed under snapshots" {
	whole rate=16k,interval=10ms,keep=3 dlopen "$BATS_FILE_TMPDIR/opened.so"
}
