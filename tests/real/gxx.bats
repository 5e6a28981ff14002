# SPDX-License-Identifier: BSD-2-Clause
# g++ compiles a file full of templates, with the library under the driver, the compiler proper and the assembler. Compared with a run
# without us: the object file byte for byte, everything that is printed, and the exit status, for a good source and for a bad one.

load ../helpers

setup() {
	command -v g++ >/dev/null || skip "no g++"
	dir=$BATS_TEST_TMPDIR/prof
	mkdir "$dir"
	cd "$BATS_TEST_TMPDIR" || return 1
	cp "$PROGRAMS/templates.cc" .
}

@test "g++ on a template-heavy file" {
	local file compile=(g++ -std=c++17 -O1 -g -Wall -c templates.cc -o templates.o)
	"${compile[@]}" >plain.out 2>&1
	mv templates.o plain.o
	profiled "interval=1s,rate=64k,dir=$dir" "${compile[@]}" >profiled.out 2>&1
	diff plain.out profiled.out
	cmp plain.o templates.o
	complete "$dir"/*
	file=$(snapshots "$dir" | grep '/cc1plus\.' | tail -n 1)
	four_views "$file"
	(($(pprof_py total "$file" alloc_space) > 100000000))
}

@test "g++ on a file with errors" {
	sed 's/std::size_t sum = 0;/std::size_t sum = text.nothing<int>();/' templates.cc >wrong.cc
	both "interval=1s,dir=$dir" g++ -std=c++17 -c wrong.cc -o wrong.o
	[[ $status == 1 ]]
	our_lines 0
	[[ ! -e wrong.o ]]
}
