# SPDX-License-Identifier: BSD-2-Clause
# The edges of memory: no bytes, too many, none left, errno, address-space limits and valgrind. The
# program's output and status are as without us. Not here: the numbers in the profiles
# (exact.bats).

load ../helpers

setup_file() {
	compile "$BATS_FILE_TMPDIR/edges" edges.c
	compile "$BATS_FILE_TMPDIR/names" names.c
}

setup() {
	edges=$BATS_FILE_TMPDIR/edges names=$BATS_FILE_TMPDIR/names
	dir=$BATS_TEST_TMPDIR/prof
	mkdir "$dir"
}

@test "no bytes, too many, overflow, alignments, errno: at the default rate" {
	both "dir=$dir" "$edges"
	[[ $status == 0 ]]
	our_lines 0
}

@test "the same with every allocation a sample" {
	both "rate=1,dir=$dir" "$edges"
	[[ $status == 0 ]]
	our_lines 0
	complete "$(only_snapshot "$dir")"
}

@test "the same with sampling off, and without any setting" {
	both "rate=0" "$edges"
	both "" "$edges"
	our_lines 0
}

@test "the same with a store that is soon full" {
	both "rate=1,store_max=1m,dir=$dir" "$edges"
	our_lines 0
}

# The limit of the issue: a region of 1 TiB cannot be had, a smaller one can.
@test "ulimit -v of 1 GiB: the region falls back, and profiles are as exact as ever" {
	both "rate=1,dir=$dir" bash -c 'ulimit -v 1048576; exec "$0"' "$names"
	our_lines 0
	pprof_py functions "$(find "$dir" -name 'names.*')" alloc_space >"$BATS_TEST_TMPDIR/functions"
	grep -qx '1009 caller_of_malloc' "$BATS_TEST_TMPDIR/functions"
	grep -qx '3001 caller_of_realloc' "$BATS_TEST_TMPDIR/functions"
}

@test "ulimit -v of 1 GiB: memory ends, ENOMEM is told, life goes on" {
	both "rate=1,dir=$dir" bash -c 'ulimit -v 1048576; exec "$0" enomem' "$edges"
	[[ $status == 0 ]]
}

@test "ulimit -v of 1 GiB, at the default rate: memory ends, ENOMEM is told, life goes on" {
	both "dir=$dir" bash -c 'ulimit -v 1048576; exec "$0" enomem' "$edges"
	[[ $status == 0 ]]
	# What the program gave back jemalloc keeps for it: the last snapshot may find no memory, and then
	# says so.
	[[ ! -s $ours ]] || we_said "snapshot 1 not written: .*: Cannot allocate memory"
	our_lines $((1 - $(find "$dir" -name 'edges.*' | wc -l)))
}

@test "ulimit -v so small that sampling must stay off: one clear line, and the program runs" {
	both "rate=1,dir=$dir" bash -c 'ulimit -v 60000; exec "$0"' "$names"
	[[ $status == 0 ]]
	our_lines 1
	we_said "sampling is off: no address range of at least 64 MiB could be reserved; raise ulimit -v"
}

# under_valgrind OPTION... PROGRAM: same output and status as without us, no error of ours, no word
# of valgrind's about us.
under_valgrind() {
	command -v valgrind >/dev/null || skip "no valgrind"
	local program=${!#} plain plain_status=0 profiled profiled_status=0
	plain=$("$program") || plain_status=$?
	profiled=$(CPROFALLOC="rate=4k,dir=$dir" LD_PRELOAD=$CPA_LIB valgrind -q --error-exitcode=99 "$@" 2>"$BATS_TEST_TMPDIR/err") ||
		profiled_status=$?
	cat "$BATS_TEST_TMPDIR/err"
	[[ $plain == "$profiled" && $plain_status == "$profiled_status" ]]
	ours=$BATS_TEST_TMPDIR/ours
	grep '^cprofalloc: ' "$BATS_TEST_TMPDIR/err" >"$ours" || true
	! grep -v '^cprofalloc: ' "$BATS_TEST_TMPDIR/err"
}

@test "valgrind's memcheck, which puts its own allocator in front of ours" {
	under_valgrind "$names"
	(($(wc -l <"$ours") <= 1))
}

@test "valgrind's core alone (--tool=none), with our allocator at work" {
	under_valgrind --tool=none "$edges"
	(($(wc -l <"$ours") <= 1))
	# It was sampled in a smaller region, or is clearly off.
	[[ -s $ours ]] || complete "$(find "$dir" -name 'edges*' -o -name '*none*' | tail -n 1)"
}

@test "MALLOC_CONF tunes the private jemalloc" {
	MALLOC_CONF=abort_conf:true,narenas:2 both "rate=1,dir=$dir" "$edges"
	our_lines 0
	local out
	out=$(MALLOC_CONF=stats_print:true LD_PRELOAD=$CPA_LIB "$names" 2>&1)
	grep -q 'jemalloc statistics' <<<"$out"
}
