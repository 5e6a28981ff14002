# SPDX-License-Identifier: BSD-2-Clause
# One wait of each kind is in the profiles where it was, for as long as it was; and what is left of a wait that was left.
# Not here: what the functions answer, many waits (locks.bats).

load ../helpers

setup_file() {
	compile "$BATS_FILE_TMPDIR/lockwaits" lockwaits.c
}

setup() {
	waits=$BATS_FILE_TMPDIR/lockwaits
	cd "$BATS_TEST_TMPDIR" || return 1
}

# spent FILE FUNCTION: its own time in ns, 0 if it is not there.
spent() {
	go tool pprof -top -unit=ns -nodefraction=0 "$1" 2>err |
		awk -v name="$2" '$NF == name { got = $1 + 0 } END { printf "%.0f\n", got }'
}

@test "each kind of wait is its caller's, and as long as the caller measured" {
	profiled "mutex=1,block=1ns" "$waits" kinds >measured
	[[ $(wc -l <measured) == 10 ]]
	local name want_ns got_ns
	while read -r name want_ns; do
		got_ns=$(spent block.pb.gz "$name")
		echo "$name: $got_ns ns of $want_ns"
		# The caller's clock reads lie around ours, so never more (but for rounding); a tenth for being put aside.
		((got_ns <= want_ns * 101 / 100 && got_ns >= want_ns * 9 / 10))
	done <measured
}

@test "an unlock of each kind is charged with who waited" {
	profiled "mutex=1,block=1ns" "$waits" kinds >measured
	local pair got_ns want_ns
	for pair in reader_gives:wait_write writer_gives:wait_read spinner_gives:wait_spin c11_owner_gives:wait_mtx; do
		got_ns=$(spent mutex.pb.gz "${pair%:*}")
		want_ns=$(awk -v name="${pair#*:}" '$1 == name { print $2 }' measured)
		echo "$pair: $got_ns ns of $want_ns"
		((got_ns <= want_ns * 101 / 100 && got_ns >= want_ns * 9 / 10))
	done
	[[ $(pprof_py comment mutex.pb.gz unlocks_refused) == 0 ]]
}

@test "waits left by siglongjmp, and one in a handler: nothing stays, all are counted" {
	profiled "mutex=1,block=1ns" "$waits" jump >out
	grep -q '^jumped$' out
	# The two that were left, seen at the next wait, and the one below the handler's.
	[[ $(pprof_py comment block.pb.gz waits_displaced) == 3 ]]
	[[ $(pprof_py comment block.pb.gz waits_unfinished) == 0 ]]
	(($(spent block.pb.gz in_handler) > 0))
	(($(spent block.pb.gz wait_sem_clock) > 0))
	(($(spent block.pb.gz jump_out) == 0))
}

@test "switched off while somebody waits: it does not stay, and what comes later is right" {
	profiled "mutex=1,block=1ns" "$waits" off >measured
	[[ $(pprof_py comment block.pb.gz waits_unfinished) == 0 ]]
	[[ $(pprof_py comment block.pb.gz waits_displaced) == 0 ]]
	(($(spent block.pb.gz hold_nothing) == 0))
	local want_ns got_ns
	want_ns=$(awk '$1 == "wait_read" { print $2 }' measured)
	got_ns=$(spent block.pb.gz wait_read)
	((got_ns <= want_ns * 101 / 100 && got_ns >= want_ns * 9 / 10))
	(($(spent mutex.pb.gz writer_gives) >= want_ns * 9 / 10))
}
