# SPDX-License-Identifier: BSD-2-Clause
# One wait of each kind is in the profiles where it was, for as long as it was; and what is left of a wait that was left.
# Not here: what the functions answer, many waits (locks.bats), waits that end badly (locktroubles.bats).

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

@test "each kind of wait is its caller's, each unlock its caller's, both as long as they measured" {
	profiled "mutex=1,block=1ns" "$waits" kinds
	[[ $(grep -c '^wait ' measured) == 30 && $(grep -c '^unlock ' measured) == 17 ]]
	wait_bounds wait block.pb.gz
	wait_bounds unlock mutex.pb.gz only
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
	profiled "mutex=1,block=1ns" "$waits" off
	[[ $(pprof_py comment block.pb.gz waits_unfinished) == 0 ]]
	[[ $(pprof_py comment block.pb.gz waits_displaced) == 0 ]]
	(($(spent block.pb.gz hold_nothing) == 0))
	wait_bounds wait block.pb.gz
	wait_bounds unlock mutex.pb.gz only
}
