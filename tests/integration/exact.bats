# SPDX-License-Identifier: BSD-2-Clause
# rate=1 is exact: counts and bytes of all four views equal the plan, per call site, over every
# entry point. Not here: other rates (truth.bats), names of stranger binaries (names.bats).

load ../helpers

setup_file() {
	compile "$BATS_FILE_TMPDIR/plan_cxx.o" plan_cxx.cc -std=c++17 -c
	compile "$BATS_FILE_TMPDIR/plan" plan.c -Wno-alloc-size-larger-than "$BATS_FILE_TMPDIR/plan_cxx.o" -lstdc++
}

setup() {
	plan=$BATS_FILE_TMPDIR/plan
	dir=$BATS_TEST_TMPDIR/prof
	mkdir "$dir"
}

exact() { "$PYTHON" "$HERE/helpers/exact.py" "$@"; }

@test "preloaded, snapshot at exit" {
	both "rate=1,dir=$dir" "$plan" "$BATS_TEST_TMPDIR/table"
	our_lines 0
	exact "$BATS_TEST_TMPDIR/table" "$(only_snapshot "$dir")"
}

@test "linked with -lcprofalloc" {
	compile "$BATS_TEST_TMPDIR/linked" plan.c -Wno-alloc-size-larger-than "$BATS_FILE_TMPDIR/plan_cxx.o" \
		"$CPA_LIB" -Wl,-rpath,"$(dirname "$CPA_LIB")" -lstdc++
	CPROFALLOC="rate=1,dir=$dir" "$BATS_TEST_TMPDIR/linked" "$BATS_TEST_TMPDIR/table"
	exact "$BATS_TEST_TMPDIR/table" "$(only_snapshot "$dir")"
}

@test "with jemalloc tuned by MALLOC_CONF" {
	MALLOC_CONF=junk:true,tcache:false,narenas:1 profiled "rate=1,dir=$dir" "$plan" "$BATS_TEST_TMPDIR/table"
	exact "$BATS_TEST_TMPDIR/table" "$(only_snapshot "$dir")"
}

@test "reconcile block: live estimate beside what jemalloc says" {
	profiled "rate=1,dir=$dir" "$plan" "$BATS_TEST_TMPDIR/table"
	local file total
	file=$(only_snapshot "$dir")
	total=$(pprof_py total "$file" inuse_space)
	((total > 100000000))
	pprof_py same-totals "$file" "$CPROF"
}
