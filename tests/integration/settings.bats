# SPDX-License-Identifier: BSD-2-Clause
# Bad settings: one clear line each on standard error, and the program's own output and exit status
# as without us. Not here: every accepted and refused value (unit/test_conf.c).

load ../helpers

setup_file() {
	compile "$BATS_FILE_TMPDIR/hold" hold.c
}

setup() {
	hold=$BATS_FILE_TMPDIR/hold
	dir=$BATS_TEST_TMPDIR/prof
	mkdir "$dir"
}

# complains SETTINGS PATTERN: exactly one line, and it matches.
complains() {
	both "$1" "$hold" 5
	[[ $status == 5 ]]
	our_lines 1
	we_said "^cprofalloc: CPROFALLOC: $2"
}

@test "nothing set: nothing said" {
	both "" "$hold" 5
	our_lines 0
}

@test "an unknown key" {
	complains "intervall=1s" 'unknown key "intervall"; keys are rate, depth, dir, interval, .*verbose'
}

@test "a bad size" {
	complains "rate=12q" 'rate=12q: want a size such as 1, 64k.* or 0 for off; using 512k$'
}

@test "a bad time" { complains "interval=5x" 'interval=5x: want a time such as 30s.*; using 0$'; }
@test "too short a time" { complains "interval=1ms" 'interval=1ms: want .*at least 10ms.*; using 0$'; }
@test "an empty value" { complains "dir=" 'dir=: want the path of a directory.*; no snapshots are written$'; }
@test "no value" { complains "verbose" 'verbose: want 0 or 1; using 0$'; }
@test "a negative number" { complains "depth=-5" 'depth=-5: want a number of frames from 1 to 1024; using 128$'; }
@test "an overflowing number" { complains "rate=99999999999999999999g" 'rate=9+g: want a size'; }
@test "rubbish behind a number" { complains "growth=64mm" 'growth=64mm: want a size'; }
@test "a signal that must stay the program's" { complains "signal=SEGV" 'signal=SEGV: want USR1'; }
@test "a flag that is neither 0 nor 1" { complains "final=yes" 'final=yes: want 0 or 1; using 1$'; }
@test "a module that this build lacks" { complains "blackbox=/x" 'blackbox=.*this build has no black box'; }

@test "a very long value" {
	complains "rate=$(printf '%050000d' 7)" 'rate=0+\.\.\.: want a size'
}

@test "control characters are not repeated to the terminal" {
	complains $'a\e[31mb=1' 'unknown key "a\?\[31mb"'
}

@test "commas too many are nothing" {
	both ",,rate=1,,dir=$dir,," "$hold" 5
	our_lines 0
	complete "$(only_snapshot "$dir")"
}

@test "what is right is used beside what is wrong" {
	both "rate=1,bogus=2,dir=$dir,depth=0" "$hold" 5
	our_lines 2
	we_said 'unknown key "bogus"'
	we_said 'depth=0'
	pprof_py functions "$(only_snapshot "$dir")" alloc_space | grep -qx '1000003 hold_grow'
}

@test "the last of two counts" {
	both "rate=0,rate=1,dir=$dir" "$hold" 5
	pprof_py functions "$(only_snapshot "$dir")" alloc_space | grep -qx '1000003 hold_grow'
}

@test "a directory with a comma, a blank and a letter of two bytes in its name" {
	mkdir "$dir/a, é"
	both "rate=1,dir=$dir/a\\, é" "$hold" 5
	our_lines 0
	complete "$(only_snapshot "$dir/a, é")"
}

@test "a relative directory is where the program began" {
	cd "$BATS_TEST_TMPDIR"
	input=$BATS_TEST_TMPDIR/input
	mkdir elsewhere
	echo "chdir $PWD/elsewhere" >"$input"
	both "rate=1,dir=prof" "$hold" 5
	our_lines 0
	complete "$(only_snapshot "$dir")"
}

@test "depth cuts stacks, and says so" {
	both "rate=1,depth=1,dir=$dir" "$hold" 5
	our_lines 0
	local file
	file=$(only_snapshot "$dir")
	complete "$file"
	pprof_py stack "$file" hold_grow | grep -qx 'hold_grow < \[truncated\]'
	(($(pprof_py comment "$file" truncated_stacks) > 0))
}

@test "verbose=1 says where the snapshot is" {
	both "verbose=1,dir=$dir" "$hold" 5
	we_said "$(basename "$(only_snapshot "$dir")")"
}

@test "store_max holds: what does not fit is counted" {
	local file
	input=$BATS_TEST_TMPDIR/input
	yes "grow 24" | head -n 40000 >"$input"
	both "rate=1,store_max=1m,dir=$dir" "$hold" 5
	[[ $status == 5 ]]
	file=$(only_snapshot "$dir")
	complete "$file"
	(($(pprof_py comment "$file" dropped_store_full) > 0))
}
