# SPDX-License-Identifier: BSD-2-Clause
# Labels: every byte under the labels of its birth, too many sets counted, errors, threads and
# forks. Not here: sets as such (test_labels.c), labels of entries (custom.bats), of created
# threads (threadcreate.bats).

load ../helpers

setup_file() {
	compile "$BATS_FILE_TMPDIR/labels" labels.cc -std=c++17 "$CPA_LIB" -Wl,-rpath,"$(dirname "$CPA_LIB")"
}

setup() {
	labels=$BATS_FILE_TMPDIR/labels
	dir=$BATS_TEST_TMPDIR/prof
	mkdir "$dir"
	cd "$BATS_TEST_TMPDIR" || return 1
}

# sums FILE VIEW: "BYTES key:value key:value" of each set of labels of function work, as Go reads it.
sums() {
	go tool pprof -traces -unit=B -sample_index="$2" "$1" 2>err | awk '
		/^-+\+/ { labels = ""; next }
		/^ +[A-Za-z_]+: / && !/^ +bytes:/ {
			sub(/^ +/, "")
			sub(/: +/, ":")
			labels = labels == "" ? $0 : $0 < labels ? $0 " " labels : labels " " $0
			next
		}
		/ work$/ { sub(/B$/, "", $1); if ($1 > 0) sum[labels] += $1 }
		END { for (set in sum) print sum[set], set }' | sort -n
}

@test "rate=1: each byte under the labels of its birth, in use and ever" {
	CPROFALLOC=rate=1,dir=$dir "$labels" plan
	local file
	file=$(only_snapshot "$dir")
	complete "$file"
	sums "$file" alloc_space >alloc
	cat alloc
	grep -qx '52000 ' alloc
	grep -qx '200 tenant:red' alloc
	grep -qE '^500 request:login tenant:red$' alloc
	grep -qE '^4000 request:login tenant:green "x"\\$' alloc
	grep -qx '16 request:thrown' alloc
	grep -qE '^600 a:1 b:2$' alloc
	(($(wc -l <alloc) == 6))
	sums "$file" inuse_space >inuse
	grep -qE '^380 request:login tenant:red$' inuse
	diff <(grep -v 'tenant:red$' alloc) <(grep -v 'tenant:red$' inuse)
	# The label bytes is still there, for the error bars.
	go tool pprof -tags -unit=B "$file" 2>err | grep -A4 'bytes: Total' | grep -q 4000B
	go_top alloc_space "$file" -tagfocus=tenant=green 2>err | grep -E '^ +4000B +.* work$'
	[[ $(pprof_py comment "$file" label_sets) == 6 ]]
	[[ $(pprof_py comment "$file" label_overflows) == 0 ]]
}

@test "the text says the labels too, and is still read" {
	compile hold hold.c
	CPROFALLOC=rate=1,dir=$dir "$labels" plan
	cat >writes.c <<-'EOF2'
		#include <cprofalloc.h>
		#include <stdlib.h>
		int main(void)
		{
			cprof_label_push("k\"\\", "v w");
			char *volatile ptr = malloc(777);
			cprof_label_push("a", "1");
			ptr = malloc(777);
			return !ptr || cprof_write("heap", 1, 1) < 0;
		}
	EOF2
	"$CC" -I"$CPA_SRCDIR/include" -o writes writes.c "$CPA_LIB" -Wl,-rpath,"$(dirname "$CPA_LIB")"
	CPROFALLOC=rate=1 ./writes >text
	grep -A1 -E '^1: 777 \[1: 777\] @' text
	grep -qxF '# labels: {"k\"\\":"v w"}' text
	grep -qxF '# labels: {"a":"1", "k\"\\":"v w"}' text
	go tool pprof -top -unit=B -sample_index=inuse_space text 2>err | grep -q '1554B'
}

@test "too many sets: the rest is in the overflow set, counted, and no byte is lost" {
	CPROFALLOC=rate=1,dir=$dir "$labels" many 9000
	local file
	file=$(only_snapshot "$dir")
	complete "$file"
	sums "$file" alloc_space >alloc
	# 8192 sets, of which one is the overflow.
	(($(wc -l <alloc) == 8192))
	[[ $(grep -c '^48 number:[0-9]*$' alloc) == 8191 ]]
	[[ $(tail -n 1 alloc) == "$((48 * (9000 - 8191))) labels:[too many label sets]" ]]
	[[ $(pprof_py comment "$file" label_sets) == 8191 ]]
	[[ $(pprof_py comment "$file" label_overflows) == $((9000 - 8191)) ]]
}

@test "each error has its code" {
	"$labels" errors >got
	sed 's/^ *//' >want <<-'EOF2'
		push NULL key: -EINVAL
		push NULL value: -EINVAL
		push empty key: -EINVAL
		push control key: -EINVAL
		push bytes: -EINVAL
		push long: -E2BIG
		pop -1: -EINVAL
		pop -EINVAL: -EINVAL
		pop unknown: -EINVAL
		push first: 0
		push second: positive
		pop: 0
		errno: 0
	EOF2
	diff want got
}

@test "threads that push, pop, allocate and fork" {
	for settings in rate=1 rate=4k,interval=10ms,keep=2 rate=512k; do
		[[ $(CPROFALLOC=$settings,dir=$dir,children=0 "$labels" storm) == whole ]]
		complete "$dir"/*
	done
}

@test "a small store: labels get no room, the program and the sums do" {
	CPROFALLOC=rate=1,dir=$dir,store_max=1m "$labels" many 9000
	complete "$dir"/*
	# Nothing is lost but counted.
	local file lost
	file=$(only_snapshot "$dir")
	lost=$(pprof_py comment "$file" dropped_store_full)
	(($(pprof_py total "$file" alloc_objects) + lost >= 9000))
}
