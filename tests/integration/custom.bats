# SPDX-License-Identifier: BSD-2-Clause
# Profiles of the program's own: what they say to go tool pprof, their files, every error, threads
# and forks. Not here: labels (labels.bats).

load ../helpers

setup_file() {
	compile "$BATS_FILE_TMPDIR/handles" handles.c "$CPA_LIB" -Wl,-rpath,"$(dirname "$CPA_LIB")"
}

setup() {
	handles=$BATS_FILE_TMPDIR/handles
	dir=$BATS_TEST_TMPDIR/prof
	mkdir "$dir"
	cd "$BATS_TEST_TMPDIR" || return 1
}

@test "1000 blobs opened, 200 closed: go tool pprof shows the 800, at their callers" {
	[[ $(CPROFALLOC=dir=$dir "$handles" blobs x.pb.gz x.txt) == "count 800" ]]
	go tool pprof -top x.pb.gz >top 2>err
	cat top err
	grep -qx 'Type: blobstore.Open' top
	grep -qE '800, 100% of 800 total' top
	grep -qE '^ +600 +75.00% +75.00% +600 +75.00%  read_blob$' top
	grep -qE '^ +200 +25.00% +100% +200 +25.00%  copy_blob$' top
	! grep -q symboliz err || return 1
	go tool pprof -raw x.pb.gz >raw
	grep -qx 'PeriodType: blobstore.Open count' raw
	grep -qx 'Period: 1' raw
	# The text says the same, and is one that Go's client reads.
	head -n 1 x.txt | grep -qx 'blobstore.Open profile: total 800'
	[[ $(grep -cE '^(600|200) @( 0x[0-9a-f]+)+$' x.txt) == 2 ]]
	go tool pprof -top x.txt 2>err | grep -E '800, 100% of 800 total'
}

@test "a snapshot has a file for it, beside the heap's and with its number" {
	CPROFALLOC=rate=1,dir=$dir "$handles" blobs
	local -a files
	mapfile -t files < <(snapshots "$dir")
	[[ ${#files[@]} == 2 && ${files[0]} =~ handles\.[0-9]+\.0001\.blobstore\.Open\.pb\.gz$ &&
		${files[1]} == "${files[0]%blobstore.Open.pb.gz}heap.pb.gz" ]]
	[[ $(stat -c %a "${files[0]}") == 600 ]]
	[[ $(pprof_py total "${files[0]}" blobstore.Open) == 800 ]]
	[[ $(pprof_py comment "${files[0]}" kind) == blobstore.Open ]]
	[[ $(pprof_py comment "${files[0]}" entries_added) == 1000 ]]
	[[ $(pprof_py comment "${files[0]}" entries_dropped_store_full) == 0 ]]
	pprof_py check "${files[1]}"
}

@test "each error has its code" {
	CPROFALLOC=dir=$dir,final=0 "$handles" errors >got
	sed 's/^ *//' >want <<-'EOF2'
		new bad name 0: -EINVAL
		new bad name 1: -EINVAL
		new bad name 2: -EINVAL
		new bad name 3: -EINVAL
		new bad name 4: -EINVAL
		new bad name 5: -EINVAL
		new bad name 6: -EINVAL
		new NULL: -EINVAL
		new to NULL: -EINVAL
		new: 0
		new again: -EEXIST
		gives the same: 0
		new heap: -EEXIST
		new goroutine: -EEXIST
		lookup none: 0
		lookup NULL: 0
		lookup: 0
		new beyond 256: -ENOSPC
		add: 0
		add again: -EEXIST
		add NULL thing: -EINVAL
		add to NULL: -EINVAL
		add to bogus: -EINVAL
		add skip -1: -EINVAL
		add skip 1000: 0
		add to heap: -EPERM
		remove from heap: -EPERM
		remove: 0
		remove again: -ENOENT
		remove NULL thing: -EINVAL
		remove from NULL: -EINVAL
		count NULL: -EINVAL
		count bogus: -EINVAL
		count one: 0
		count heap: 0
		write closed: -EBADF
		write text closed: -EBADF
		write negative: -EBADF
		write NULL: -EINVAL
		write name NULL: -EINVAL
		write no name: -ENOENT
		errno: 0
	EOF2
	diff want got
	[[ $(snapshot_count "$dir") == 0 ]]
}

@test "without memory for the profiler: -ENOTSUP, and the program runs" {
	# The same number on Linux. The store alone is there: the sampled region is not.
	run bash -c "ulimit -v 100000; exec '$handles' errors"
	[[ $status == 0 ]]
	grep -qE '^new: -EOPNOTSUPP$' <<<"$output"
}

@test "a slash in a name is a plus in the file's; keep counts snapshots, not files" {
	CPROFALLOC=dir=$dir "$handles" errors >/dev/null
	[[ -e $(echo "$dir"/handles.*.0001.my+lib.things-1:x_Y.pb.gz) ]]
	[[ -e $(echo "$dir"/handles.*.0001.many+254.pb.gz) ]]
	# The 256 of the program's own, and the heap.
	[[ $(snapshot_count "$dir") == 257 ]]
	rm "$dir"/*
	CPROFALLOC=dir=$dir,interval=10ms,keep=1,children=0 "$handles" storm
	(($(snapshot_count "$dir") == 2))
	go tool pprof -raw "$dir"/*.storm.pb.gz >raw
}

@test "threads add and remove while one writes profiles and one forks" {
	for settings in rate=1 rate=4k,interval=10ms,keep=2; do
		[[ $(CPROFALLOC=$settings,dir=$dir,children=0 "$handles" storm) == whole ]]
	done
}

@test "a forked child goes on from its parent's, apart" {
	[[ $(CPROFALLOC=dir=$dir "$handles" fork) == "count 3" ]]
	local -a totals
	mapfile -t totals < <(for file in "$dir"/*.apart.pb.gz; do pprof_py total "$file" apart; done | sort -n)
	[[ ${totals[*]} == "3 9" ]]
}

@test "a full store: a defined error, counted, and nothing else is lost" {
	CPROFALLOC=rate=0,dir=$dir,store_max=1m "$handles" full >got
	cat got
	[[ $(cat got) == "full: -ENOMEM
all are there: 0
remove: 0
add: 0" ]]
	[[ $(pprof_py comment "$dir"/*.full.pb.gz entries_dropped_store_full) == 1 ]]
	[[ $(pprof_py total "$dir"/*.full.pb.gz full) == "$(pprof_py comment "$dir"/*.full.pb.gz entries)" ]]
}

@test "example: a program's open files" {
	compile open_files ../../docs/examples/open_files.c "$CPA_LIB" -Wl,-rpath,"$(dirname "$CPA_LIB")"
	[[ $(./open_files) == "open_files: found 100, still open 100" ]]
	go tool pprof -top open_files.pb.gz 2>err >top
	cat top
	grep -qE '^ +100 +100% +100% +100 +100%  read_status$' top
}

@test "example: a library's sessions, with and without the profiler" {
	compile sessions ../../docs/examples/sessions.c
	[[ $(./sessions) == "sessions: served 180" ]]
	[[ $(profiled "dir=$dir" ./sessions) == "sessions: served 180" ]]
	go tool pprof -top "$dir"/sessions.*.mylib+sessions.pb.gz 2>err >top
	cat top
	grep -qE '^ +20 +100% +100% +20 +100%  handle_request$' top
	# 0, 40, 80, 120, 160 of the 200 are green's, and all of them stay.
	go tool pprof -tags "$dir"/sessions.*.mylib+sessions.pb.gz 2>err >tags
	cat tags
	grep -qE '15.0 .*: red$' tags
	grep -qE ' 5.0 .*: green$' tags
}
