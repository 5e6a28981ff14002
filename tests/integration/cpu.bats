# SPDX-License-Identifier: BSD-2-Clause
# The CPU profile: its sum is the CPU time that the kernel counts, shares are right, stacks are whole, and the program
# keeps its SIGPROF. Not here: what it costs (bench/cpu), real programs (tests/real).

load ../helpers

setup_file() {
	compile "$BATS_FILE_TMPDIR/cpu" cpu.cc "$CPA_LIB" -Wl,-rpath,"$(dirname "$CPA_LIB")"
}

setup() {
	cpu=$BATS_FILE_TMPDIR/cpu
	dir=$BATS_TEST_TMPDIR/prof
	mkdir "$dir"
	cd "$BATS_TEST_TMPDIR" || return 1
}

# under SETTINGS MODE...: run; the profile is $profile.
under() {
	local settings=$1
	shift
	CPROFALLOC="dir=$dir,$settings" "$cpu" "$@"
	profile=$(find "$dir" -name '*.0001.cpu.pb.gz')
}

# seconds PROFILE [FILTER...]: CPU time of the stacks that pass, in seconds.
seconds() {
	local file=$1
	shift
	"$CPROF" top --json -nodecount=0 -symbolize=none "$@" "$file" | "$PYTHON" -c '
import json, sys
print(sum(row["flat"] for row in json.load(sys.stdin)["rows"]) / 1e9)'
}

# within PERCENT A B: A is that near to B.
within() {
	"$PYTHON" -c "import sys; p, a, b = map(float, sys.argv[1:]); sys.exit(abs(a - b) > p / 100 * b)" "$@" || {
		echo "$2 is not within $1% of $3"
		return 1
	}
}

total() { pprof_py total "$1" cpu | "$PYTHON" -c 'print(int(input()) / 1e9)'; }

@test "four threads on all cores: the sum is the process's CPU time within 3%, 80 to 20 is 80 to 20 within 3 points" {
	local kernel_s hot_s cold_s
	kernel_s=$(under cpu=100 spin 4 2.5)
	profile=$(find "$dir" -name '*.cpu.pb.gz')
	within 3 "$(total "$profile")" "$kernel_s"
	hot_s=$(seconds "$profile" -focus='^hot$')
	cold_s=$(seconds "$profile" -focus='^cold$')
	"$PYTHON" -c "import sys; h, c = map(float, sys.argv[1:]); sys.exit(abs(h / (h + c) - 0.8) > 0.03)" "$hot_s" "$cold_s"
	# The same ticks as Go's client sees them.
	go tool pprof -top "$profile" >top 2>err
	cat top
	grep -qx 'Type: cpu' top
	grep -qE '^Duration: .*, Total samples = ' top
	go tool pprof -raw "$profile" 2>err | grep -qx 'PeriodType: cpu nanoseconds'
	[[ $(pprof_py comment "$profile" cpu_ticks_lost) == 0 ]]
}

@test "1,000 Hz, where several ticks come with one signal: the same sum" {
	local kernel_s
	kernel_s=$(under cpu=1000 spin 2 1)
	profile=$(find "$dir" -name '*.cpu.pb.gz')
	within 3 "$(total "$profile")" "$kernel_s"
	go tool pprof -raw "$profile" 2>err | grep -qx 'Period: 1000000'
}

# Each thread of 3 ms has a tick with probability 0.3: of 1,000 that is 300, with a standard deviation of 14.5 (4.8%).
# 15% is 3.1 of them: false alarms 0.2%; with 3,000 threads 5.4, below 1e-7.
@test "3,000 threads of 3 ms are seen as the CPU time they take, within 15%" {
	local kernel_s
	kernel_s=$(under cpu=100 short 3000)
	profile=$(find "$dir" -name '*.cpu.pb.gz')
	within 15 "$(seconds "$profile" -focus='short_life|between')" "$kernel_s"
	# Those that no tick of the kernel hit are under what the thread ran.
	"$CPROF" traces "$profile" | grep -A 1 'between ticks' | grep -q .
}

@test "who sleeps is not there" {
	under cpu=1000 sleep
	"$PYTHON" -c "import sys; sys.exit(float(sys.argv[1]) > 0.01)" "$(seconds "$profile" -focus='^sleeper$')"
}

@test "at least 99% of the samples reach main or the thread's start: deep, qsort, handlers, exceptions, calls of the system" {
	under cpu=1000 stacks
	local all whole name
	all=$(total "$profile")
	# all_stacks is what main and the thread call: above it is only the C library's beginning, which has no names here.
	whole=$(seconds "$profile" -focus='^all_stacks|between ticks')
	echo "$whole of $all"
	"$PYTHON" -c "import sys; w, a = map(float, sys.argv[1:]); sys.exit(w < 0.99 * a)" "$whole" "$all"
	[[ $(pprof_py comment "$profile" cpu_ticks_truncated) == 0 ]]
	(($(pprof_py comment "$profile" cpu_ticks_broken) * 100 <= $(pprof_py comment "$profile" cpu_ticks)))
	# 0.5 s each, twice (qsort of ten: 25 comparisons of 20 ms at most); all under their own names.
	for name in deep through_qsort through_handler through_exception without_frame_pointer in_system_calls in_malloc; do
		echo "$name $(seconds "$profile" -focus="^$name\$")"
		[[ $(seconds "$profile" -focus="^$name\$") != 0.0 ]]
	done
	within 12 "$(seconds "$profile" -focus='^deep$')" 1
	within 12 "$(seconds "$profile" -focus='^through_handler$')" 1
	within 12 "$(seconds "$profile" -focus='^in_destructor$')" 1
	"$CPROF" traces -focus='^in_destructor$' "$profile" | grep -q through_exception
}

@test "calls: rates out of range, twice, off; starting and stopping again and again" {
	"$cpu" calls >out
	diff - out <<-'EOF'
		stop when off: EALREADY
		start 0: EINVAL
		start -1: EINVAL
		start 1001: EINVAL
		start 2147483647: EINVAL
		start -2147483648: EINVAL
		start 1: 0, errno 4711
		start again: EBUSY
		stop: 0
		stop again: EALREADY
		start and stop, 100 times
	EOF
}

@test "SIGPROF of the program's own: forwarded, answered, and its own again after" {
	"$cpu" signals | tee out
	[[ $(wc -l <out) == 8 ]]
	! grep -q ' 0' out
}

@test "a stack just below the thread's own: what is between the two is not touched" {
	under cpu=1000 beside | grep -qx alive
	profile=$(find "$dir" -name '*.cpu.pb.gz')
	"$CPROF" traces -focus='^on_user_signal$' "$profile" | grep -q on_user_signal
}

@test "a program that sets SIGPROF to its default goes on; after the end it is the default" {
	run env CPROFALLOC=cpu=1000 "$cpu" default
	[[ $output == alive && $status == 155 ]]
	"$cpu" stop | grep -qx alive
}

@test "a child goes on with a profile of its own; nothing is pending after exec" {
	under cpu=1000 fork >out
	grep -qx 'child 0' out
	local files
	mapfile -t files < <(find "$dir" -name '*.cpu.pb.gz')
	[[ ${#files[@]} == 2 ]]
	within 25 "$(seconds "${files[0]}" -focus='^burn$')" 0.3
	within 25 "$(seconds "${files[1]}" -focus='^burn$')" 0.3
	CPROFALLOC=cpu=1000 LD_PRELOAD=$CPA_LIB "$cpu" exec | grep -qx 'pending after exec: 0'
	# children=0: a child has none.
	rm -r "$dir"
	CPROFALLOC="dir=$dir,cpu=1000,children=0" "$cpu" fork >out
	[[ $(find "$dir" -name '*.cpu.pb.gz' | wc -l) == 1 ]]
}

# Stacks whose top is known are copied by the thread itself, and tables lie in modules; where the top is not known, as on
# a signal stack, there is only the leaf.
@test "a sandbox that refuses process_vm_readv: stacks of threads are whole all the same" {
	local error name
	compile "$BATS_TEST_TMPDIR/sandboxed" seccomp.c
	for error in EPERM ENOSYS; do
		run env CPROFALLOC="dir=$dir,cpu=100" LD_PRELOAD="$CPA_LIB" "$BATS_TEST_TMPDIR/sandboxed" "$error" 0.5
		[[ $status != 77 ]] || skip "no seccomp here"
		[[ $status == 0 && $output == alive ]]
		profile=$(find "$dir" -name '*.cpu.pb.gz')
		within 12 "$(total "$profile")" 1.5
		within 12 "$(seconds "$profile" -focus='^main$')" 0.5
		within 12 "$(seconds "$profile" -focus='^thread_of_it$')" 0.5
		rm "$dir"/*
	done
}
