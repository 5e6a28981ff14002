# SPDX-License-Identifier: BSD-2-Clause
# The leaf of every stack in `go tool pprof -top` is the program's own caller of malloc or new,
# however the program was built. Not here: the numbers beside the names (exact.bats).

load ../helpers

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	compile libused.so names_library.c -shared -fPIC -DNAME=in_library
	compile opened.so names_library.c -shared -fPIC -DNAME=in_opened
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return 1
	dir=$BATS_TEST_TMPDIR/prof
	mkdir "$dir"
}

# Frames of ours, of jemalloc, and the entry points themselves.
stranger='^(cprof_|cpa_|je_|_Zn[aw]|operator new)|^(malloc|calloc|realloc|reallocarray|memalign|valloc|aligned_alloc|posix_memalign|strdup)$|libcprofalloc|jemalloc'

# leaves_are FILE NAME...: these are among the leaves (in go tool pprof -top with a flat value, and
# in our reading), and no stranger is.
leaves_are() {
	local file=$1 name go ours
	shift
	go=$(go_top alloc_objects "$file" | awk 'table && $1 + 0 > 0 { $1 = $2 = $3 = $4 = $5 = ""; print substr($0, 6) }
		/ flat +flat%/ { table = 1 }')
	ours=$(pprof_py leaves "$file")
	for name in "$@"; do
		grep -qxF -- "$name" <<<"$go" || {
			echo "go tool pprof -top lacks $name:"
			echo "$go"
			return 1
		}
	done
	! grep -E "$stranger" <<<"$go" || return 1
	! grep -E "$stranger" <<<"$ours" || return 1
	# Every name is one: no pprof lump such as [names].
	! grep -E '^\[' <<<"$go" | grep -vE '^\[(truncated|unwind failed)\]$' || return 1
}

c_names=(caller_of_malloc caller_of_calloc caller_of_realloc caller_of_aligned_alloc)

# c_program OPTION...: build names.c so, run it, and compare.
c_program() {
	compile "$BATS_TEST_TMPDIR/names" names.c "$@"
	both "rate=1,dir=$dir" "$BATS_TEST_TMPDIR/names"
	leaves_are "$(only_snapshot "$dir")" "${c_names[@]}"
}

@test "C, position independent" { c_program -fPIE -pie; }
@test "C, at a fixed address" { c_program -fno-pie -no-pie; }
@test "C, without frame pointers at -O2" { c_program -O2 -fomit-frame-pointer; }
@test "C, without debug information" { c_program -g0; }

@test "C, made by clang and lld" {
	command -v clang ld.lld >/dev/null || skip "no clang or lld"
	CC=clang c_program -fuse-ld=lld
}

@test "C, stripped, with dynamic symbols" {
	compile "$BATS_TEST_TMPDIR/names" names.c -rdynamic -s
	both "rate=1,dir=$dir" "$BATS_TEST_TMPDIR/names"
	leaves_are "$(only_snapshot "$dir")" "${c_names[@]}"
}

@test "C, stripped of everything: each place has a name of its own, not one lump" {
	compile "$BATS_TEST_TMPDIR/names" names.c -s
	both "rate=1,dir=$dir" "$BATS_TEST_TMPDIR/names"
	local file count
	file=$(only_snapshot "$dir")
	count=$(pprof_py leaves "$file" | grep -c '^names+0x')
	((count >= 4))
	! pprof_py leaves "$file" | grep -E "$stranger"
}

@test "code in a shared library" {
	compile "$BATS_TEST_TMPDIR/names" names.c -DWITH_LIBRARY -L. -lused -Wl,-rpath,"$PWD"
	both "rate=1,dir=$dir" "$BATS_TEST_TMPDIR/names"
	leaves_are "$(only_snapshot "$dir")" "${c_names[@]}" in_library
}

@test "code in a library that was opened and closed before the snapshot" {
	compile "$BATS_TEST_TMPDIR/names" names.c
	both "rate=1,dir=$dir" "$BATS_TEST_TMPDIR/names" "$PWD/opened.so"
	leaves_are "$(only_snapshot "$dir")" "${c_names[@]}" in_opened
}

@test "linked with -lcprofalloc instead of preloaded" {
	compile "$BATS_TEST_TMPDIR/names" names.c "$CPA_LIB" -Wl,-rpath,"$(dirname "$CPA_LIB")"
	CPROFALLOC="rate=1,dir=$dir" "$BATS_TEST_TMPDIR/names"
	leaves_are "$(only_snapshot "$dir")" "${c_names[@]}"
}

cxx_names=('shop::Basket::Basket' 'shop::Basket::fill' 'shop::make_one' caller_of_nothrow caller_of_aligned_new main)

# cxx_program OPTION...
cxx_program() {
	local file
	compile "$BATS_TEST_TMPDIR/names" names_cxx.cc -std=c++17 "$@"
	both "rate=1,dir=$dir" "$BATS_TEST_TMPDIR/names"
	file=$(only_snapshot "$dir")
	leaves_are "$file" "${cxx_names[@]}"
	[[ $(pprof_py leaves "$file" | grep -c 'make_one') == 2 ]]
}

@test "C++, position independent" { cxx_program -fPIE -pie; }
@test "C++, at a fixed address" { cxx_program -fno-pie -no-pie; }
@test "C++, stripped, with dynamic symbols" { cxx_program -rdynamic -s; }

@test "go tool pprof -traces: the callers stand above the leaf" {
	compile "$BATS_TEST_TMPDIR/names" names.c
	profiled "rate=1,dir=$dir" "$BATS_TEST_TMPDIR/names"
	go tool pprof -traces -sample_index=alloc_space "$(only_snapshot "$dir")" >"$BATS_TEST_TMPDIR/traces"
	# The leaf is on the line with the value, its caller on the next.
	grep -A1 -E '[0-9]B +caller_of_malloc$' "$BATS_TEST_TMPDIR/traces" | grep -qE '^ +main$'
}

# disasm_works OPTION...: the call of malloc in the program's own code carries the bytes.
disasm_works() {
	compile "$BATS_TEST_TMPDIR/names" names.c "$@"
	profiled "rate=1,dir=$dir" "$BATS_TEST_TMPDIR/names"
	go tool pprof -disasm=caller_of_malloc -sample_index=alloc_space "$(only_snapshot "$dir")" >"$BATS_TEST_TMPDIR/disasm"
	grep -qE '^ROUTINE =+ caller_of_malloc' "$BATS_TEST_TMPDIR/disasm"
	grep -qE '^ +1009B +1009B .*CALL' "$BATS_TEST_TMPDIR/disasm" || {
		cat "$BATS_TEST_TMPDIR/disasm"
		return 1
	}
}

@test "go tool pprof -disasm, position independent" { disasm_works -fPIE -pie; }
@test "go tool pprof -disasm, at a fixed address" { disasm_works -fno-pie -no-pie; }

@test "names=0 leaves naming to the reader" {
	compile "$BATS_TEST_TMPDIR/names" names.c
	both "rate=1,names=0,dir=$dir" "$BATS_TEST_TMPDIR/names"
	local file
	file=$(only_snapshot "$dir")
	[[ $(pprof_py leaves "$file") == "?" ]]
	go_top alloc_objects "$file" | grep -qw caller_of_malloc
}
