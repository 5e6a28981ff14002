# SPDX-License-Identifier: BSD-2-Clause
# Locks under labels, shared by processes, of owners that die; unlocks that are refused, waits that time out or are left.
# The program notices nothing, and the profiles have what its clocks say.
# Not here: each kind of wait (lockwaits.bats).

load ../helpers

setup_file() {
	compile "$BATS_FILE_TMPDIR/locktroubles" locktroubles.c
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

# in_trouble PART: it answers as without us. Sorted, since what two threads or processes say may cross.
in_trouble() {
	# shellcheck disable=SC2016
	both "mutex=1,block=1ns" sh -c '"$0" "$1" >out; status=$?; sort out; exit $status' "$BATS_FILE_TMPDIR/locktroubles" "$1"
	[[ $status == 0 ]] || return 1
}

# fact FILE KEY=VALUE...: from its comments.
fact() {
	local file=$1 pair got
	shift
	for pair in "$@"; do
		got=$(pprof_py comment "$file" "${pair%=*}")
		[[ $got == "${pair#*=}" ]] || {
			echo "$file: ${pair%=*} is $got, not ${pair#*=}"
			return 1
		}
	done
}

@test "labels: the waiter's in profile block, the unlocker's in profile mutex" {
	in_trouble labels
	local value
	for value in login logout; do
		wait_bounds "wait_$value" block.pb.gz -focus=waits -tagfocus="request=^$value\$"
		wait_bounds "unlock_$value" mutex.pb.gz only -tagfocus="holder=^$value\$"
	done
	go tool pprof -tags block.pb.gz >tags 2>err
	cat tags
	[[ $(grep -oE '^ *(request|holder): ' tags | sort -u) =~ request ]]
	grep -A2 -E '^ *request: ' tags | grep -qE '(login|logout)$'
	go tool pprof -tags mutex.pb.gz >tags 2>err
	grep -qE '^ *holder: Total ' tags
	! grep -q request tags || return 1
	"$CPROF" tags mutex.pb.gz | grep -q logout
}

@test "a robust mutex whose owner dies, thread or process, while another waits" {
	in_trouble dying
	[[ $(grep -cx 'lock: EOWNERDEAD' both.profiled.out) == 2 && $(grep -c ': 0$' both.profiled.out) == 8 ]]
	# Two waits of one function; nobody has unlocked.
	wait_bounds wait block.pb.gz
	[[ $(pprof_py total mutex.pb.gz delay) == 0 ]]
	fact block.pb.gz waits_unfinished=0 waits_displaced=0
}

@test "a mutex and a condition of two processes: each has its own waits" {
	in_trouble shared
	wait_bounds wait block.pb.gz
	wait_bounds child_wait child.block.pb.gz
	local file
	for file in mutex child.mutex; do
		[[ $(pprof_py total $file.pb.gz delay) == 0 ]]
	done
	! pprof_py functions block.pb.gz delay | grep child_waits || return 1
	! pprof_py functions child.block.pb.gz delay | grep -w waits || return 1
	fact block.pb.gz waits_unfinished=0 waits_displaced=0
	fact child.block.pb.gz waits_unfinished=0 waits_displaced=0
}

@test "an unlock that is refused is charged with nothing, and counted" {
	in_trouble refused
	grep -qx "other's unlock: EPERM" both.profiled.out
	wait_bounds wait block.pb.gz
	wait_bounds unlock mutex.pb.gz only
	fact mutex.pb.gz unlocks_refused=1 waits_unfinished=0
}

@test "waits that time out are over: nothing stays, and the unlock later is charged with none" {
	in_trouble timeouts
	[[ $(grep -c ': ETIMEDOUT$' both.profiled.out) == 14 && $(wc -l <both.profiled.out) == 14 ]]
	fact timeouts.pb.gz waits_unfinished=0 waits_displaced=0 waits_lost=0
	[[ $(pprof_py total mutex.pb.gz delay) == 0 ]]
}

@test "a wait that was left is not waiting any more once its thread waits for something else" {
	in_trouble left
	fact block.pb.gz waits_unfinished=0 waits_displaced=1
}
