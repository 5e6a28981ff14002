# SPDX-License-Identifier: BSD-2-Clause
# Processes in all their ways: fork in a program of many threads, vfork, spawn, exec, closed
# descriptors, odd ends. Output and status are as without us; what children write is their own. Not
# here: threads without fork (threads.bats), exit status through `cprof run` (cprof_run.bats).

load ../helpers

setup_file() {
	compile "$BATS_FILE_TMPDIR/processes" processes.c
	compile "$BATS_FILE_TMPDIR/no_malloc" no_malloc.c
}

setup() {
	processes=$BATS_FILE_TMPDIR/processes
	dir=$BATS_TEST_TMPDIR/prof
	mkdir "$dir"
	cd "$BATS_TEST_TMPDIR" || return 1
}

# same MODE STATUS [SETTINGS]: as without us, in silence.
same() {
	both "${3:-rate=1},dir=$dir" "$processes" "$1"
	[[ $status == "$2" ]] || {
		echo "status $status"
		return 1
	}
	our_lines 0
}

# snapshots_with NAME: how many snapshots know this function as a leaf.
snapshots_with() {
	local file count=0
	while read -r file; do
		! pprof_py leaves "$file" | grep -qx "$1" || count=$((count + 1))
	done < <(snapshots "$dir")
	echo "$count"
}

@test "fork while four threads allocate, allocation in the child" { same fork_threads 0 rate=1,children=0; }
@test "fork while four threads allocate, at the default rate" { same fork_threads 0 rate=512k; }
@test "fork while snapshots are being written" { same fork_threads 0 rate=64k,children=0,interval=10ms,keep=2; }
@test "raw clone and _Fork while a thread allocates" { same raw_clone 0; }
@test "raw clone and _Fork, allocation in the child" { same raw_clone_alloc 0; }
@test "vfork and exec" { same vfork_exec 0; }
@test "posix_spawn, system, popen" { same spawn 0; }
@test "children of children" { same fork_nested 6; }

@test "children=1: a child that exits writes its own snapshot, of its own pid" {
	same fork_exit 5
	[[ $(snapshot_count "$dir") == 2 ]]
	complete "$dir"/*
	[[ $(snapshots_with child_alloc) == 1 ]]
	# The child inherited three objects and freed one; the parent still has all.
	local file
	for file in "$dir"/*; do
		pprof_py functions "$file" inuse_space
	done | sort >"$BATS_TEST_TMPDIR/inuse"
	grep -qx '200006 parent_alloc' "$BATS_TEST_TMPDIR/inuse"
	grep -qx '300009 parent_alloc' "$BATS_TEST_TMPDIR/inuse"
	grep -qx '300007 child_alloc' "$BATS_TEST_TMPDIR/inuse"
}

@test "children=0: only the first process writes" {
	same fork_exit 5 rate=1,children=0
	pprof_py functions "$(only_snapshot "$dir")" inuse_space | grep -qx '300009 parent_alloc'
}

@test "only_pid: only that process writes" {
	both "rate=1,dir=$dir,only_pid=1" "$processes" fork_exit
	[[ $(snapshot_count "$dir") == 0 ]]
	our_lines 0
	# shellcheck disable=SC2016 # expanded by the inner shell
	sh -c 'CPROFALLOC="rate=1,dir=$0,only_pid=$$" LD_PRELOAD=$1 exec "$2" fork_exit' "$dir" "$CPA_LIB" "$processes" || true
	pprof_py functions "$(only_snapshot "$dir")" inuse_space | grep -qx '300009 parent_alloc'
}

@test "a daemon: the child goes on with the profile when the parent is gone" {
	same daemonize 0
	[[ $(snapshots_with child_alloc) == 1 ]]
}

@test "exec: the new program has a profile of its own" {
	same exec_self 6
	complete "$dir"/*
	pprof_py functions "$(last_snapshot "$dir")" inuse_space | grep -qx '200003 parent_alloc'
	[[ $(snapshots_with parent_alloc) == 1 ]]
}

@test "all descriptors closed" {
	same close_all 8 rate=64k,interval=10ms,keep=3
	complete "$dir"/*
}

@test "descriptor 2 is the program's own file: no word of ours in it" {
	both "rate=1,bogus=1,dir=$dir" "$processes" reuse_stderr
	our_lines 1
	mkdir "$dir.x"
	both "rate=1,interval=10ms,dir=$dir.x" "$processes" reuse_stderr
	our_lines 0
}

@test "exit, with a snapshot" {
	same exit 11
	complete "$(only_snapshot "$dir")"
}

@test "_exit: no snapshot, no harm" { same _exit 12; }
@test "quick_exit" { same quick_exit 13; }
@test "abort" { same abort 134; }
@test "a crash stays a crash" { same segv 139; }

@test "atexit handlers that allocate" {
	same atexit 14
	complete "$(only_snapshot "$dir")"
}

@test "the main thread leaves by pthread_exit" {
	# Often: what is lost here is lost in a race.
	for _ in {1..40}; do
		same pthread_exit 0
	done
	complete "$dir"/*
}

# Under a limit of time, since a program whose last thread is ours would never end; by KILL, since it might hear nothing else.
@test "the main thread leaves by pthread_exit, with a thread of ours" {
	both "rate=1,interval=1s,dir=$dir" timeout --signal=KILL 30 "$processes" pthread_exit
	[[ $status == 0 ]]
	our_lines 0
	complete "$dir"/*
}

@test "exit while other threads allocate" {
	for _ in 1 2 3 4 5; do
		same exit_with_threads 15
	done
	complete "$dir"/*
}

@test "final=0: nothing at exit" {
	both "rate=1,final=0,dir=$dir" "$processes" exit
	[[ $(snapshot_count "$dir") == 0 ]]
}

@test "a program that never calls malloc" {
	both "rate=1,dir=$dir" "$BATS_FILE_TMPDIR/no_malloc"
	[[ $status == 9 ]]
	our_lines 0
	complete "$(only_snapshot "$dir")"
}

@test "programs that nobody here wrote" {
	both "rate=1,dir=$dir" ls -l /usr/bin
	our_lines 0
	both "rate=1,dir=$dir" sort -u /etc/services
	both "rate=1,dir=$dir" bash -c 'for i in $(seq 50); do x=$(echo $i | tr 0-9 a-j); done; echo $x; exit 21'
	[[ $status == 21 ]]
	our_lines 0
	both "rate=1,dir=$dir" tar -C /usr/share -cf /dev/null doc/bash
	both "rate=1,dir=$dir" perl -e 'my %h; $h{$_ % 1000} .= "x" x $_ for 1..5000; print length join("", values %h), "\n"'
	our_lines 0
	complete "$dir"/*
}
