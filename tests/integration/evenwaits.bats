# SPDX-License-Identifier: BSD-2-Clause
# Fraction 10 and block rates give the totals that fraction 1 and rate 1 ns give, which are what the program's clocks say.
# Not here: each kind of wait (lockwaits.bats), the laws alone (test_mutex.c, test_block.c).

load ../helpers

setup_file() {
	compile "$BATS_FILE_TMPDIR/evenwaits" evenwaits.c
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

# One in ten of N events, times ten, has a relative deviation of sqrt(9 (1 + v) / N), where v is the variance of their
# lengths by the square of their mean: at most 1/8, since none is more than twice another. 30,000 events: 1.9%. A block rate
# R gives a sum W of waits a deviation of sqrt(R / W) at most, and each wait here is of 0.1 ms: 1.8% for 1 ms. The bar is
# 10%, five deviations, beyond what the clocks leave open: a false alarm in 1.7 million runs of each line.
ROUNDS=30000

@test "all of 5,000 contentions: what the program's clocks say" {
	profiled "mutex=1,block=1ns" "$BATS_FILE_TMPDIR/evenwaits" 5000
	wait_bounds wait block.pb.gz 0
	wait_bounds unlock mutex.pb.gz 0
}

@test "fraction 10, and rate 10us, below every wait: the same totals within 10%" {
	profiled "mutex=10,block=10us" "$BATS_FILE_TMPDIR/evenwaits" "$ROUNDS"
	wait_bounds about_unlock mutex.pb.gz 10
	# No wait is shorter than the rate: none is left out.
	wait_bounds wait block.pb.gz 0
}

@test "rate 1ms, ten times most waits: the same totals within 10%" {
	profiled "mutex=1,block=1ms" "$BATS_FILE_TMPDIR/evenwaits" "$ROUNDS"
	wait_bounds about_wait block.pb.gz 10
	wait_bounds unlock mutex.pb.gz 0
}

@test "a fraction and a rate that change on the way: no bias" {
	profiled "mutex=10,block=1ms" "$BATS_FILE_TMPDIR/evenwaits" "$ROUNDS" change
	wait_bounds about_unlock mutex.pb.gz 10
	wait_bounds about_wait block.pb.gz 10
}

@test "waits much shorter than rate 10us: as many as there were" {
	# Each that is recorded stands for 10us/d. Locking, clock and list take 25 ns at least: a deviation of 1.4%.
	profiled "block=10us" "$BATS_FILE_TMPDIR/evenwaits" 2000000 short
	local count
	count=$(go tool pprof -top -sample_index=contentions -nodefraction=0 block.pb.gz 2>err | awk '$NF == "gives_up" { print $1 }')
	echo "$count of 2000000"
	((count >= 1800000 && count <= 2200000))
	[[ $(pprof_py comment block.pb.gz waits_unfinished) == 0 ]]
}
