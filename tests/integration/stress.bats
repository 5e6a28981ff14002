# SPDX-License-Identifier: BSD-2-Clause
# Bad weather for the sampler itself: code that comes and goes, threads that fork, die, and have
# hardly a stack. CPA_STRESS_SECONDS=N makes the storms last about so long.
# Not here: one thing at a time (processes.bats, threads.bats), numbers (exact.bats, truth.bats).

load ../helpers

# compile_stress OUTPUT SOURCE FLAG...: from tests/stress.
compile_stress() {
	local output=$1 source=$2
	shift 2
	compile "$output" "../stress/$source" "$@"
}

setup() {
	dir=$BATS_TEST_TMPDIR/prof
	mkdir "$dir"
	work=$BATS_TEST_TMPDIR
	storm=${CPA_STRESS_SECONDS:-1}
}

reopen_programs() {
	[[ $(uname -m) == x86_64 ]] || skip "the libraries are in x86-64 assembler"
	compile_stress "$work/reopen" reopen.c
	mkdir -p "$work/framed" "$work/frameless"
	compile_stress "$work/framed/lib.so" reopen_library.c -shared -fPIC -DFRAMED
	compile_stress "$work/frameless/lib.so" reopen_library.c -shared -fPIC
}

@test "a library in the place of another is unwound by its own tables" {
	reopen_programs
	both "rate=1,dir=$dir" "$work/reopen" $((20 * storm)) "$work/framed/lib.so" "$work/frameless/lib.so"
	our_lines 0
}

@test "a library loaded later does not end the stacks of the thread that met it first" {
	reopen_programs
	profiled "rate=1,dir=$dir" "$work/reopen" 1 "$work/frameless/lib.so"
	# use() called it five times from main, five times from the thread.
	go tool pprof -traces -sample_index=alloc_objects "$(only_snapshot "$dir")" >"$work/traces" 2>"$work/err"
	cat "$work/traces"
	[[ $(grep -A4 ' in_opened$' "$work/traces" | grep -cE ' (main|user)$') == 2 ]]
}

@test "fork waits for no library's lock while malloc waits for fork" {
	compile_stress "$work/libforking.so" forking_library.c -shared -fPIC
	compile_stress "$work/forking" forking.c "$work/libforking.so" -Wl,-rpath,"$work"
	both "rate=1" "$work/forking" $((100 * storm))
	our_lines 0
}

@test "operator new fails as C++ fails, in a plugin of a C program" {
	compile_stress "$work/plugin.so" plugin.cc -shared -fPIC
	compile_stress "$work/host" plugin_host.c
	both "rate=1" "$work/host" "$work/plugin.so"
	grep -x "3 refusals" "$BATS_TEST_TMPDIR/both.profiled.out"
}

@test "the smallest thread stack carries a sample, whatever depth allows" {
	compile_stress "$work/small_stack" small_stack.c
	both "rate=1,depth=1024" "$work/small_stack"
	both "rate=1" "$work/small_stack"
}

@test "a stack deeper than is tried first is whole" {
	compile_stress "$work/small_stack" small_stack.c
	both "rate=1,depth=1024,dir=$dir" "$work/small_stack" 700
	go tool pprof -traces -sample_index=alloc_objects "$(only_snapshot "$dir")" >"$work/traces" 2>"$work/err"
	[[ $(grep -c ' deep$' "$work/traces") -ge 701 ]]
}

@test "labels, handles, threads, exceptions, plugins, forks and dumps at once" {
	compile_stress "$work/everything" everything.cc -std=c++17 "$CPA_LIB" -Wl,-rpath,"$(dirname "$CPA_LIB")"
	compile "$work/opened.so" names_library.c -shared -fPIC -DNAME=in_opened
	for settings in rate=1 rate=4k,interval=10ms,keep=2,threadcreate=1 rate=512k,growth=100k,keep=2; do
		[[ $(CPROFALLOC=$settings,dir=$dir,children=0 "$work/everything" $((30 * storm)) "$work/opened.so") == whole ]]
	done
	while read -r file; do
		go tool pprof -raw "$file" >/dev/null 2>"$work/err"
	done < <(snapshots "$dir")
}
