# SPDX-License-Identifier: BSD-2-Clause
# Dumps of threads: where each is, what it does, what it is called; and that threads that sleep
# notice nothing. Not here: where threads were created (threadcreate.bats).

load ../helpers

setup_file() {
	compile "$BATS_FILE_TMPDIR/goroutine" goroutine.c
	compile "$BATS_FILE_TMPDIR/framed" goroutine.c -O0
}

setup() {
	goroutine=$BATS_FILE_TMPDIR/goroutine
	framed=$BATS_FILE_TMPDIR/framed
	dir=$BATS_TEST_TMPDIR/prof
	mkdir "$dir"
	cd "$BATS_TEST_TMPDIR" || return 1
}

# fact KEY FILE: from the comments of a text.
fact() {
	sed -nE "s/^# goroutine: .*\<$1=([0-9]+).*/\1/p" "$2"
}

# blocks FILE: of each thread in a panic's form one line: name, then its functions, leaf first,
# without those of the C library that have no name.
blocks() {
	awk '/^goroutine / { sub(/^[^(]*\(/, ""); sub(/\)\]:$/, ""); line = $0; next }
		/^created by / { line = line " <" $3; next }
		/^\t/ { next }
		/^$/ { print line; next }
		/\.so/ { next }
		{ sub(/\(\.\.\.\)$/, ""); line = line " " $0 }' "$1"
}

@test "threads that wait: each is where it waits, and was not disturbed" {
	profiled "dir=$dir" "$goroutine" rest x.0 x.1 x.2 | grep -qx 'count 21'
	[[ $(fact threads x.1) == 21 && $(fact threads_by_signal x.1) == 0 && $(fact threads_no_answer x.1) == 0 ]]
	blocks x.2 >got
	cat got
	# The calling thread comes first, its frames end where it called us.
	head -n 1 got | grep -qE '^goroutine dump dump_all (run_rest )?main __libc_start_main _start$'
	local what
	for what in pause read poll select epoll semaphore mutex condition nanosleep; do
		[[ $(grep -cE "^$what .*\<rest_in_$what rest <create_resting$" got) == 2 ]]
	done
	# A name may hold what would end the field.
	[[ $(grep -cE '^a b _c_ _d_.* pause rest_in_deep' got) == 2 ]]
	[[ $(grep '^a b' got | head -n 1 | grep -o rest_in_deep | wc -l) == 51 ]]
	grep -qE '^goroutine [0-9]+ \[sleep \(pause\)\]:$' x.2
	! grep -q libcprofalloc x.2 || return 1
}

@test "go tool pprof reads the dump and the text, and sees names, ids, states and labels" {
	profiled "dir=$dir" "$goroutine" rest x.0 x.1
	go tool pprof -top x.0 >top 2>err
	cat top err
	grep -qx 'Type: goroutine' top
	grep -qE '21, 100% of 21 total' top
	go tool pprof -top -cum x.0 2>err | grep -qE '^ +0 +0% .* 20 95.24% +rest$'
	go tool pprof -raw x.0 2>err | grep -qx 'PeriodType: goroutine count'
	go tool pprof -top -tagfocus=way=^way.1$ x.0 2>err | grep -qE '^ +2 .* read$'
	go tool pprof -top -tagfocus=thread=^poll$ x.0 2>err | grep -qE '^ +2 .* poll$'
	go tool pprof -tags x.0 2>err >tags
	grep -qE '^ *state: Total 21.0$' tags
	grep -qE 'tid: Total 21' tags
	# Equal stacks with equal labels are one row of the text.
	head -n 1 x.1 | grep -qx 'goroutine profile: total 21'
	grep -A1 -E '^2 @ ' x.1 | grep -qx '# labels: {"way":"way 0"}'
	go tool pprof -top x.1 2>err | grep -qE '21, 100% of 21 total'
	"$CPROF" top x.0 | grep -q 21
}

@test "panicparse, which groups the dumps of Go programs, reads all of it" {
	command -v panicparse >/dev/null || skip "no panicparse"
	profiled "dir=$dir" "$goroutine" rest x.2
	panicparse -parse=false -rebase=false x.2 >groups
	cat groups
	# What it does not understand it lets through as it is.
	! grep -E '^(goroutine|created by|\t)' groups || return 1
	# Every thread is in one group: those that do the same under one name are two.
	[[ $(awk '/^[0-9]+: / { sum += $1 } END { print sum }' groups) == 21 ]]
	local what
	for what in pause read poll select epoll semaphore mutex condition nanosleep; do
		grep -A4 -E "^2: sleep \($what\) \[Created by \.create_resting @ :0\]$" groups | grep -q "rest_in_$what("
	done
	# Without names too, and what only signals found out.
	profiled "names=0" "$goroutine" rest x.2
	[[ $(panicparse -parse=false -rebase=false x.2 | awk '/^[0-9]+: / { sum += $1 } END { print sum }') == 21 ]]
	profiled "" "$goroutine" deaf x.1 x.2
	panicparse -parse=false -rebase=false x.2 | grep -qE '^3: running'
}

@test "threads that sleep notice nothing" {
	profiled "" "$goroutine" quiet 10 | grep -qx 'noticed 0'
	profiled "" "$framed" quiet 10 | grep -qx 'noticed 0'
	profiled "" "$framed" paused 10
}

@test "stacks through frame pointers are whole too, without a signal" {
	profiled "" "$framed" rest x.1 x.2
	blocks x.2 >got
	cat got
	local what
	for what in pause read poll select epoll semaphore mutex condition nanosleep; do
		[[ $(grep -cE "^$what .*\<rest_in_$what rest <create_resting$" got) == 2 ]]
	done
	[[ $(grep '^a b' got | head -n 1 | grep -o rest_in_deep | wc -l) == 51 ]]
	[[ $(fact threads x.1) == 21 && $(fact threads_by_signal x.1) == 0 ]]
	[[ $(fact threads_not_asked x.1) == 0 && $(fact threads_no_answer x.1) == 0 ]]
}

@test "where no frame pointer can be found, threads are asked if they do not notice" {
	profiled "" "$goroutine" moved x.1 x.2 | grep -qx 'noticed 0'
	blocks x.2 >got
	cat got
	grep -qE '^goroutine read rest_in_read rest_moved run_rest_moved <run_moved$' got
	# Of the other the last frame that is known is shown.
	grep -qE '^goroutine pause rest_in_pause rest_moved \[not asked\] <run_moved$' got
	[[ $(fact threads_by_signal x.1) == 1 && $(fact threads_not_asked x.1) == 1 ]]
	[[ $(fact threads_no_answer x.1) == 0 ]]
	grep -qE '^1 @ .* 0x9$' x.1
}

@test "threads that run are asked; those that block all signals are shown as such" {
	profiled "" "$goroutine" busy x.1 x.2
	[[ $(fact threads x.1) == 4 && $(fact threads_by_signal x.1) == 3 ]]
	[[ $(blocks x.2 | grep -cx 'goroutine spin_here spin <run_spin') == 3 ]]
	[[ $(grep -cE '^goroutine [0-9]+ \[running' x.2) == 3 ]]
	profiled "" "$goroutine" deaf x.1 x.2
	[[ $(fact threads x.1) == 4 && $(fact threads_no_answer x.1) == 3 ]]
	[[ $(blocks x.2 | grep -cx 'goroutine \[no answer\] <run_spin') == 3 ]]
	grep -qE '^3 @ 0x5$' x.1
}

@test "a thousand threads" {
	profiled "" "$goroutine" many 1000 x.1 || { [[ $? == 77 ]] && skip "no room for 1000 threads"; }
	[[ $(fact threads x.1) == 1001 && $(fact threads_by_signal x.1) == 0 ]]
	grep -qE '^1000 @ ' x.1
}

@test "the first thread has left, and the child of a fork has one thread" {
	profiled "" "$goroutine" left x.2
	blocks x.2 | diff - <(echo 'goroutine dump dump_all go_on <main')
	profiled "" "$goroutine" child x.1 x.2
	[[ $(fact threads x.1) == 1 ]]
	blocks x.2 | grep -qE '^goroutine dump dump_all (run_child )?main __libc_start_main _start$'
}

@test "goroutine=1: a file in every snapshot, without our own threads" {
	profiled "dir=$dir,goroutine=1,interval=1h" "$goroutine" rest
	local file
	file=$(find "$dir" -name '*.goroutine.pb.gz')
	[[ $(pprof_py total "$file" goroutine) == 21 ]]
	profiled "dir=$dir" "$goroutine" rest
	[[ $(find "$dir" -name '*.goroutine.pb.gz' | wc -l) == 1 ]]
}

@test "dumps while threads fork, load and unload libraries, begin and end" {
	timeout 60 env LD_PRELOAD="$CPA_LIB" CPROFALLOC=rate=64k "$goroutine" storm 100 |
		grep -qx 'failed 0, children failed 0'
}

@test "gdb says the same" {
	command -v gdb >/dev/null || skip "no gdb"
	env LD_PRELOAD="$CPA_LIB" "$goroutine" wait >out 3>&- &
	local child=$!
	wait_until 20 grep -q waiting out
	gdb -batch -p "$child" -ex 'thread apply all bt' >bt 2>err || true
	kill "$child"
	wait "$child" || true
	awk '/^Thread / { name = $0; sub(/.*\) "/, "", name); sub(/".*/, "", name); next }
		/^#/ { if (match($0, / rest_in_[a-z]+ /)) print name, substr($0, RSTART + 1, RLENGTH - 2) }' bt |
		grep -v '^a b' | sort >theirs
	profiled "" "$goroutine" rest x.2
	blocks x.2 | grep -v '^a b' | sed -nE 's/^([a-z]+) .*(rest_in_[a-z]+) .*/\1 \2/p' | sort -u >ours
	cat theirs
	[[ -s theirs ]]
	diff theirs ours
}
