# SPDX-License-Identifier: BSD-2-Clause
# Sampled profiles against known truth: unbiased in all four views at 4k, 64k, 512k and with the
# rate changed in mid-run, with the spread that the law predicts. Each test fails a correct library
# with probability 1e-5 at most (helpers/truth.py), all of them together with less than 1e-4. Not
# here: rate=1 (exact.bats), the law of the gaps (unit/test_gate.c).

load ../helpers

setup_file() {
	compile "$BATS_FILE_TMPDIR/truth" truth.c "$CPA_LIB" -Wl,-rpath,"$(dirname "$CPA_LIB")"
}

# true_to_law RUNS ARGUMENT...: so many processes, judged together.
true_to_law() {
	local runs=$1 run dir
	local -a pairs=()
	shift
	for ((run = 0; run < runs; run++)); do
		dir=$BATS_TEST_TMPDIR/$run
		mkdir "$dir"
		CPROFALLOC="rate=64k,dir=$dir" "$BATS_FILE_TMPDIR/truth" "$dir.table" "$@"
		pairs+=("$dir.table:$(only_snapshot "$dir")")
	done
	"$PYTHON" "$HERE/helpers/truth.py" "${pairs[@]}"
}

@test "rate 4k" { true_to_law 100 4096; }
@test "rate 64k" { true_to_law 60 65536; }
@test "rate 512k" { true_to_law 32 524288; }
@test "rate changed in mid-run, around 64k" { true_to_law 30 65536 change; }
@test "rate changed in mid-run, around 512k" { true_to_law 12 524288 change; }

@test "rate changed by another thread while four allocate" {
	CPA_TRUTH_SPREAD=upper true_to_law 16 65536 crowd
}

@test "rate changed by another thread in the middle of a gap" {
	CPA_TRUTH_SPREAD=upper true_to_law 12 65536 turns
}

@test "the first allocation of a thread is a sample as often as any other" {
	true_to_law 12 65536 threads 1500
}

@test "rate 0 samples nothing" {
	local dir=$BATS_TEST_TMPDIR/off
	mkdir "$dir"
	CPROFALLOC="rate=0,dir=$dir" "$BATS_FILE_TMPDIR/truth" "$dir.table" 0
	[[ $(pprof_py total "$(only_snapshot "$dir")" alloc_space) == 0 ]]
}
