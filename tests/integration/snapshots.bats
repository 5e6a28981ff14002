# SPDX-License-Identifier: BSD-2-Clause
# When a snapshot is written (interval, growth, signal, exit, API), under which name, and which old
# ones go (keep, keep_bytes). Not here: trouble with the disk (files.bats), children
# (processes.bats).

load ../helpers

setup_file() {
	compile "$BATS_FILE_TMPDIR/hold" hold.c
}

setup() {
	hold=$BATS_FILE_TMPDIR/hold
	dir=$BATS_TEST_TMPDIR/prof
	mkdir "$dir"
}

# start SETTINGS: hold in the background; say COMMAND tells it what to do and waits for the answer.
start() {
	answers=$BATS_TEST_TMPDIR/answers errors=$BATS_TEST_TMPDIR/errors
	mkfifo "$BATS_TEST_TMPDIR/commands"
	env CPROFALLOC="$1,dir=$dir" LD_PRELOAD="$CPA_LIB" "$hold" 5 <"$BATS_TEST_TMPDIR/commands" >"$answers" 2>"$errors" 3>&- &
	child=$!
	exec 7>"$BATS_TEST_TMPDIR/commands"
	said=1
	wait_until 20 answered
}

answered() { (($(wc -l <"$answers") >= said)); }

say() {
	echo "$*" >&7
	said=$((said + 1))
	wait_until 20 answered
}

finish() {
	exec 7>&-
	status=0
	wait "$child" || status=$?
	[[ $status == 5 && $(tail -n 1 "$answers") == "done" ]]
	[[ ! -s $errors ]]
	(($(snapshot_count "$dir") == 0)) || complete "$dir"/*
}

at_least() { (($(snapshot_count "$dir") >= $1)); }
exactly() { (($(snapshot_count "$dir") == $1)); }
# reasons_are "REASON ...": of the snapshots, in order.
reasons_are() {
	local file
	[[ $(snapshots "$dir" | while read -r file; do echo "$(pprof_py comment "$file" reason) "; done | tr -d '\n') == "$*" ]]
}
numbers_are() { [[ $(snapshots "$dir" | sed -E 's/.*\.([0-9]{4})\.heap\.pb\.gz$/\1/' | tr '\n' ' ') == "$*" ]]; }

@test "at exit, named after program, process and number" {
	start rate=1
	finish
	[[ $(only_snapshot "$dir") == "$dir/hold.$child.0001.heap.pb.gz" ]]
	pprof_py functions "$dir"/*.0001.* inuse_space | grep -qx '1000003 hold_grow'
	reasons_are "final "
}

@test "by interval, again and again, without any doing of the program" {
	start rate=1,interval=30ms,final=0
	wait_until 20 at_least 4
	finish
	# Later ones were made later.
	local previous=0 file now
	while read -r file; do
		now=$(pprof_py time "$file")
		((now > previous))
		previous=$now
		[[ $(pprof_py comment "$file" reason) == interval ]]
	done < <(snapshots "$dir")
}

@test "by growth" {
	start rate=4k,growth=10m,final=0
	for _ in 1 2 3 4 5; do
		say grow 1000000
	done
	exactly 0
	for _ in 1 2 3 4 5 6 7; do
		say grow 1000000
	done
	wait_until 20 at_least 1
	exactly 1
	for _ in 1 2 3; do
		say grow 9000000
	done
	wait_until 20 at_least 2
	finish
	local file
	for file in "$dir"/*; do
		[[ $(pprof_py comment "$file" reason) == growth ]]
	done
}

@test "by signal" {
	start rate=1,signal=USR2,final=0
	kill -USR2 "$child"
	wait_until 20 exactly 1
	say raise 12
	wait_until 20 exactly 2
	finish
	numbers_are "0001 0002 "
	reasons_are "signal signal "
}

@test "signal: one that the program catches itself stays the program's" {
	compile "$BATS_TEST_TMPDIR/threads" threads.c
	both "rate=64k,signal=ALRM,dir=$dir" "$BATS_TEST_TMPDIR/threads" signals
	[[ $status == 0 ]]
}

@test "by cprof_snapshot()" {
	start rate=1,final=0
	say snapshot
	exactly 1
	say grow 2000003
	say snapshot
	exactly 2
	finish
	reasons_are "call call "
	! grep -q 'snapshot -' "$answers" || return 1
	pprof_py functions "$dir"/*.0002.* inuse_space | grep -qx '3000006 hold_grow'
	pprof_py functions "$dir"/*.0001.* inuse_space | grep -qx '1000003 hold_grow'
}

@test "by cprof_snapshot() without a directory: -ENOENT" {
	local out
	out=$(echo snapshot | profiled rate=1 "$hold")
	grep -qx 'snapshot -2' <<<"$out"
}

@test "by cprof_write(): the same samples, into any descriptor" {
	start rate=1,final=0
	say write "$BATS_TEST_TMPDIR/one.pb.gz"
	say write "$BATS_TEST_TMPDIR/one.text"
	finish
	grep -q 'write 0' "$answers"
	"$PYTHON" "$HERE/helpers/pprof_file.py" check "$BATS_TEST_TMPDIR/one.pb.gz"
	pprof_py functions "$BATS_TEST_TMPDIR/one.pb.gz" inuse_space | grep -qx '1000003 hold_grow'
	# allocs: alloc_space is what a reader shows first.
	go tool pprof -top "$BATS_TEST_TMPDIR/one.pb.gz" | grep -q 'Type: alloc_space'
	# The text is one that go tool pprof reads too, memory map and all.
	head -n 1 "$BATS_TEST_TMPDIR/one.text" | grep -qE '^heap profile: [0-9]+: [0-9]+ \[[0-9]+: [0-9]+\] @ heap'
	go_top inuse_space "$BATS_TEST_TMPDIR/one.text" | grep -q hold_grow
}

@test "heap: inuse_space is what a reader shows first" {
	start rate=1
	finish
	go tool pprof -top "$(only_snapshot "$dir")" | grep -q 'Type: inuse_space'
}

@test "keep: the newest stay" {
	start rate=1,keep=2,final=0
	for _ in 1 2 3 4 5; do
		say snapshot
	done
	numbers_are "0004 0005 "
	finish
}

@test "keep_bytes: the newest stay, and always the last" {
	start rate=1,final=0
	say snapshot
	local bytes
	bytes=$(stat -c %s "$dir"/*)
	finish
	rm "$dir"/* "$BATS_TEST_TMPDIR/commands"
	start "rate=1,keep_bytes=$((bytes * 5 / 2)),final=0"
	for _ in 1 2 3 4 5 6; do
		say snapshot
	done
	(($(snapshot_count "$dir") <= 3 && $(snapshot_count "$dir") >= 1))
	[[ -e $(echo "$dir"/*.0006.*) ]]
	(($(cat "$dir"/* | wc -c) <= bytes * 5 / 2))
	finish
	rm "$dir"/* "$BATS_TEST_TMPDIR/commands"
	start rate=1,keep_bytes=1,final=0
	say snapshot
	say snapshot
	numbers_are "0002 "
	finish
}

@test "keep: files of others are not touched" {
	touch "$dir/other.1.0001.heap.pb.gz" "$dir/hold.1.0001.heap.pb.gz" "$dir/notes"
	start rate=1,keep=1,final=0
	for _ in 1 2 3; do
		say snapshot
	done
	exec 7>&-
	wait "$child" || true
	[[ -e $dir/other.1.0001.heap.pb.gz && -e $dir/hold.1.0001.heap.pb.gz && -e $dir/notes ]]
	[[ $(find "$dir" -name "hold.$child.*" | wc -l) == 1 ]]
}

@test "comments: what a reader of the file must know" {
	start rate=4k,final=0
	say grow 50000000
	say snapshot
	finish
	local file key
	file=$(only_snapshot "$dir")
	for key in version exe pid rate_bytes samples dropped_store_full untracked_region truncated_stacks store_used_bytes \
		sampling_ns live_estimate_bytes jemalloc_allocated_bytes jemalloc_active_bytes jemalloc_resident_bytes \
		jemalloc_retained_bytes rss_bytes; do
		pprof_py comment "$file" "$key" >/dev/null || { echo "no comment $key"; pprof_py comments "$file"; return 1; }
	done
	[[ $(pprof_py comment "$file" pid) == "$child" ]]
	[[ $(pprof_py period "$file") == 4096 ]]
	# What we think is alive, what jemalloc gave, what is mapped: each more than the last.
	local live allocated active
	live=$(pprof_py comment "$file" live_estimate_bytes)
	allocated=$(pprof_py comment "$file" jemalloc_allocated_bytes)
	active=$(pprof_py comment "$file" jemalloc_active_bytes)
	((live >= 51000003 && live <= allocated && allocated <= active && allocated < 60000000))
}

@test "comments: the largest rate, where it was changed" {
	cat >"$BATS_TEST_TMPDIR/rates.c" <<-'EOF2'
		#include <cprofalloc.h>
		int main(void)
		{
			cprof_heap_rate(1 << 20);
			int failed = cprof_snapshot();
			cprof_heap_rate(4096);
			return failed || cprof_snapshot();
		}
	EOF2
	"$CC" -I"$CPA_SRCDIR/include" -o "$BATS_TEST_TMPDIR/rates" "$BATS_TEST_TMPDIR/rates.c" "$CPA_LIB" \
		-Wl,-rpath,"$(dirname "$CPA_LIB")"
	CPROFALLOC=rate=64k,final=0,dir=$dir "$BATS_TEST_TMPDIR/rates"
	! pprof_py comment "$dir"/*.0001.* rate_max_bytes 2>/dev/null || return 1
	[[ $(pprof_py comment "$dir"/*.0002.* rate_bytes) == 4096 ]]
	[[ $(pprof_py comment "$dir"/*.0002.* rate_max_bytes) == 1048576 ]]
}

@test "mapping 0 is the program, with its build id" {
	start rate=1
	finish
	local file
	file=$(only_snapshot "$dir")
	[[ $(pprof_py mapping "$file") == "$hold $(readelf -n "$hold" | sed -n 's/.*Build ID: //p')" ]]
}
