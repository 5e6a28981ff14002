# SPDX-License-Identifier: BSD-2-Clause
# Snapshots beside a program that opens, duplicates and closes descriptors all the time: neither
# ever gets the other's. Not here: a program that closes them all (processes.bats).

load ../helpers

# A shell moves descriptors about for each pipeline; without a table of our own, some of its
# commands lose their output, and snapshots end in "Bad file descriptor".
@test "a shell that runs pipelines, with a snapshot every 10 ms" {
	dir=$BATS_TEST_TMPDIR/prof
	for _ in 1 2 3; do
		# shellcheck disable=SC2016 # for the inner shell
		both "rate=1,interval=10ms,keep=5,dir=$dir" bash -c 'for i in {1..150}; do echo "$i" | cat; done'
		our_lines 0
	done
	for file in "$dir"/*.gz; do gzip -t "$file"; done
}

@test "no descriptor of the program's is held open by the snapshot thread" {
	dir=$BATS_TEST_TMPDIR/prof
	# The reader sees the end only when nobody holds the writing end: the shell closes it and waits.
	run -0 timeout 20 env CPROFALLOC="interval=10ms,dir=$dir" LD_PRELOAD="$CPA_LIB" bash -c '
		mkfifo '"$BATS_TEST_TMPDIR"'/pipe
		cat '"$BATS_TEST_TMPDIR"'/pipe &
		exec 5>'"$BATS_TEST_TMPDIR"'/pipe
		echo through >&5
		sleep 0.1
		exec 5>&-
		wait'
	[[ $output == through ]]
}

@test "lines of the snapshot thread go where standard error goes, at its place in the file" {
	mkdir "$BATS_TEST_TMPDIR/prof"
	env CPROFALLOC="interval=10ms,verbose=1,dir=$BATS_TEST_TMPDIR/prof" LD_PRELOAD="$CPA_LIB" bash -c '
		echo first >&2
		while [[ ! -e '"$BATS_TEST_TMPDIR"'/prof/bash.$$.0002.heap.pb.gz ]]; do :; done
		echo last >&2' 2>"$BATS_TEST_TMPDIR/errors"
	grep -qx first "$BATS_TEST_TMPDIR/errors"
	grep -qx last "$BATS_TEST_TMPDIR/errors"
	[[ $(grep -c '^cprofalloc: snapshot written in' "$BATS_TEST_TMPDIR/errors") -ge 2 ]]
	[[ $(grep -vc '^cprofalloc: \|^first$\|^last$' "$BATS_TEST_TMPDIR/errors") == 0 ]]
}

# A program that counts its descriptors, or hands them on, sees only its own.
@test "no profiler opens a descriptor in the program's table" {
	cat >"$BATS_TEST_TMPDIR/program.py" <<-'END'
		import ctypes, os
		null = os.open("/dev/null", os.O_WRONLY)
		write = getattr(ctypes.CDLL(None), "cprof_write", lambda *arguments: None)
		for name in b"heap", b"goroutine", b"mutex", b"block", b"threadcreate":
		    write(name, null, 0)
		print(sorted(os.listdir("/proc/self/fd")))
	END
	for settings in rate=1 cpu=1000 rate=1,cpu=1000 mutex=1,block=1ns goroutine=1,threadcreate=1; do
		both "$settings" "$PYTHON" "$BATS_TEST_TMPDIR/program.py"
	done
}
