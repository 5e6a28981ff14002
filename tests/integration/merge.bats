#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# cprof merge: what it writes is what go tool pprof makes of the same files, line by line of its -raw,
# for Go's own profiles and for ours of two runs at different addresses. Not here: reports that take
# several files (the bats file of each), damaged files (reader.bats).

load ../helpers

setup_file() {
	export WORK=$BATS_FILE_TMPDIR GO=$BATS_FILE_TMPDIR/go
	mkdir "$GO" "$WORK/ours"
	MAKE_PROFILE=$CPA_BUILDDIR/tests/unit/make_profile
	[[ -x $MAKE_PROFILE ]] || make -s -C "$CPA_BUILDDIR" tests/unit/make_profile
	export MAKE_PROFILE
	command -v go >/dev/null || return 0
	go_profiles "$GO"
}

need_go() { command -v go >/dev/null || skip "no go"; }

# same_as_go ARGUMENT...: cprof merge and go tool pprof make the same profile of them.
same_as_go() {
	"$CPROF" merge -o "$WORK/merged.pb.gz" "$@"
	go tool pprof -symbolize=none -raw "$@" >"$WORK/go.raw" 2>/dev/null
	go tool pprof -symbolize=none -raw "$WORK/merged.pb.gz" >"$WORK/our.raw" 2>/dev/null
	[[ $(wc -l <"$WORK/go.raw") -gt 4 ]]
	diff "$WORK/go.raw" "$WORK/our.raw"
}

@test "one file, several, and less a base: as Go's client does" {
	need_go
	for name in heap2 allocs cpu mutex block goroutine threadcreate; do
		same_as_go "$GO/$name.pb.gz"
	done
	same_as_go "$GO/heap1.pb.gz" "$GO/heap2.pb.gz" "$GO/allocs.pb.gz"
	same_as_go -base "$GO/heap1.pb.gz" "$GO/heap2.pb.gz"
	same_as_go -diff_base "$GO/heap1.pb.gz" "$GO/heap2.pb.gz"
	same_as_go -normalize -base "$GO/heap1.pb.gz" "$GO/heap2.pb.gz"
	same_as_go -normalize -diff_base "$GO/cpu.pb.gz" "$GO/cpu.pb.gz" "$GO/cpu.pb.gz"
}

@test "two runs at different addresses are one program" {
	need_go
	"$CXX" -g -O1 -o "$WORK/library.so" -shared -fPIC -x c - <<-'EOF'
		#include <stdlib.h>
		__attribute__((noinline)) void *library_take(int count)
		{
			void *volatile last = 0;
			for (int i = 0; i < count; i++)
				last = malloc(1009);
			return last;
		}
	EOF
	"$CXX" -g -O1 -o "$WORK/user" -x c - -x none "$WORK/library.so" -Wl,-rpath,"$WORK" <<-'EOF'
		#include <stdlib.h>
		void *library_take(int count);
		int main(int argc, char **argv)
		{
			library_take(argc > 1 ? atoi(argv[1]) : 0);
			return 0;
		}
	EOF
	profiled "rate=1,dir=$WORK/ours" "$WORK/user" 100
	profiled "rate=1,dir=$WORK/ours" "$WORK/user" 350
	mapfile -t both < <(snapshots "$WORK/ours")
	[[ ${#both[@]} == 2 ]]
	[[ $("$CPROF" raw "${both[0]}" | grep library.so) != "$("$CPROF" raw "${both[1]}" | grep library.so)" ]] ||
		skip "addresses are not random here"
	same_as_go "${both[@]}"
	same_as_go -base "${both[0]}" "${both[1]}"
	# One place, not two; 250 blocks of 1009 bytes more, whichever run was the first.
	[[ $("$CPROF" raw "$WORK/merged.pb.gz" | grep -c 'library_take') == 1 ]]
	"$CPROF" raw "$WORK/merged.pb.gz" | grep -qE '^ *-?250 +-?252250 +-?250 +-?252250: '
}

@test "a base as large as the profile leaves nothing, and the other way round its negative" {
	need_go
	"$CPROF" merge -base="$GO/heap2.pb.gz" "$GO/heap2.pb.gz" -o "$WORK/nothing.pb.gz"
	"$CPROF" raw "$WORK/nothing.pb.gz" >"$WORK/nothing.raw"
	[[ $(sed -n '/^Samples/,/^Locations/p' "$WORK/nothing.raw" | wc -l) == 3 ]]
	run ! grep -q main.leak "$WORK/nothing.raw"
	same_as_go -base "$GO/heap2.pb.gz" "$GO/heap1.pb.gz"
}

@test "many files, standard input and output, and one of the inputs as the output" {
	need_go
	many=()
	for i in {1..40}; do
		cp "$GO/heap1.pb.gz" "$WORK/many$i.pb.gz"
		many+=("$WORK/many$i.pb.gz")
	done
	same_as_go "${many[@]}"
	"$CPROF" merge - "${many[@]:1}" <"${many[0]}" >"$WORK/stdout.pb.gz"
	diff <("$CPROF" raw "$WORK/stdout.pb.gz") <("$CPROF" raw "$WORK/merged.pb.gz")
	"$CPROF" merge "${many[@]}" -o "${many[0]}"
	diff <("$CPROF" raw "${many[0]}") <("$CPROF" raw "$WORK/merged.pb.gz")
	[[ -z $(find "$WORK" -name '.*.tmp') ]]
}

@test "types and units that differ: what all have, in the finest unit" {
	"$MAKE_PROFILE" "$WORK/a.pb.gz" <<-'EOF'
		type samples count
		type cpu milliseconds
		period cpu milliseconds 10
		sample 3 30 | | f main
	EOF
	"$MAKE_PROFILE" "$WORK/b.pb.gz" <<-'EOF'
		type cpu microseconds
		type wall microseconds
		period cpu microseconds 5000
		sample 7 9 | | f main
		sample 5 9 | | g main
	EOF
	"$CPROF" merge "$WORK/a.pb.gz" "$WORK/b.pb.gz" -o "$WORK/ab.pb.gz"
	run -0 "$CPROF" raw "$WORK/ab.pb.gz"
	[[ $output == *$'Period: 10000\n'*$'cpu/microseconds\n      30007: 1 2\n          5: 3 2\n'* ]]
}

# refuses WORDS ARGUMENT...: status 2, nothing on stdout, one line on stderr with these words, no file.
refuses() {
	local words=$1
	shift
	run --separate-stderr "$CPROF" merge "$@"
	[[ $status == 2 && -z $output && ${#stderr_lines[@]} == 1 && $stderr == "cprof"*"$words"* ]] || {
		echo "cprof merge $*: status $status, stdout '$output', stderr '$stderr'"
		return 1
	}
	[[ ! -e $WORK/no.pb.gz ]]
}

@test "what cannot be added is refused in one line, and no file is left" {
	printf 'type inuse_space bytes\nperiod space bytes 524288\nsample 3 | | f\n' | "$MAKE_PROFILE" "$WORK/heap.pb.gz"
	printf 'type cpu nanoseconds\nperiod cpu nanoseconds 1\nsample 3 | | f\n' | "$MAKE_PROFILE" "$WORK/cpu.pb.gz"
	printf 'type other bytes\nperiod space bytes 524288\nsample 3 | | f\n' | "$MAKE_PROFILE" "$WORK/other.pb.gz"
	printf 'type inuse_space count\nperiod space bytes 524288\nsample 3 | | f\n' | "$MAKE_PROFILE" "$WORK/count.pb.gz"
	head -c 50 "$WORK/heap.pb.gz" >"$WORK/cut.pb.gz"
	refuses "cpu.pb.gz samples \"cpu\" in \"nanoseconds\", but $WORK/heap.pb.gz \"space\"" \
		"$WORK/heap.pb.gz" "$WORK/cpu.pb.gz" -o "$WORK/no.pb.gz"
	refuses "other.pb.gz counts other, but $WORK/heap.pb.gz inuse_space" \
		"$WORK/heap.pb.gz" "$WORK/other.pb.gz" -o "$WORK/no.pb.gz"
	refuses "has inuse_space in \"count\"" "$WORK/heap.pb.gz" "$WORK/count.pb.gz" -o "$WORK/no.pb.gz"
	refuses "cut.pb.gz: not a profile: gzip data ends after" "$WORK/heap.pb.gz" "$WORK/cut.pb.gz" -o "$WORK/no.pb.gz"
	refuses "none.pb.gz: cannot be opened" -base "$WORK/none.pb.gz" "$WORK/heap.pb.gz" -o "$WORK/no.pb.gz"
	refuses "give one of them" -base a -diff_base b "$WORK/heap.pb.gz" -o "$WORK/no.pb.gz"
	refuses "-normalize needs" -normalize "$WORK/heap.pb.gz" -o "$WORK/no.pb.gz"
	refuses "want 1 profile, got 0" -o "$WORK/no.pb.gz"
	refuses "cannot be written: No such file or directory" "$WORK/heap.pb.gz" -o "$WORK/no/such.pb.gz"
	[[ ! -w /dev/full ]] || refuses "No space left on device" "$WORK/heap.pb.gz" -o /dev/full
}
