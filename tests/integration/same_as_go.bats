# SPDX-License-Identifier: BSD-2-Clause
# Are the numbers of top, tree, peek and traces those of `go tool pprof`, to the printed digit? For snapshots of redis, Python and
# sqlite, before and after `cprof symbolize`, and for a Go program's own profiles; in every view and granularity, with every filter.
# Not here: the comparison (helpers/same_as_go.py), what our own screens look like (reports.bats).

load ../helpers

HEAP="inuse_space inuse_objects alloc_space alloc_objects"
ALL="-nodecount=0 -nodefraction=0"

setup_file() {
	export WORK=$BATS_FILE_TMPDIR XDG_CACHE_HOME=$BATS_FILE_TMPDIR
	cd "$WORK" || return
	command -v go >/dev/null || { : >no-go; return 0; }
	go_profiles "$WORK" || : >no-go
	snapshot_python one && snapshot_python two || : >no-python
	snapshot_sqlite || : >no-sqlite
	snapshot_redis || : >no-redis
	snapshot_cxx || : >no-cxx
	for name in python sqlite redis cxx; do
		[[ ! -e $name.pb.gz ]] || "$CPROF" symbolize "$name.pb.gz" -o "$name.symbols.pb.gz" 2>/dev/null
	done
}

snapshot_python() {
	cat >work.py <<-'EOF'
		import collections, ctypes, json, re, sys
		data = [{"a": i, "b": str(i) * 10} for i in range(20000 if sys.argv[1] == "one" else 12000)]
		copy = json.loads(json.dumps(data))
		count = collections.Counter(re.findall(r"\d+", json.dumps(data)))
		ordered = sorted(count.items())
		ctypes.CDLL(None).cprof_snapshot()
	EOF
	PYTHONMALLOC=malloc profiled "rate=16k,final=0,dir=$WORK/$1" "$PYTHON" work.py "$1" &&
		cp "$1"/python3*.pb.gz "$([[ $1 == one ]] && echo python || echo python.base).pb.gz"
}

snapshot_sqlite() {
	profiled "rate=4k,final=0,signal=USR2,dir=$WORK/sqlite" sqlite3 :memory: \
		"create table t (a, b); with recursive c(x) as (select 1 union all select x + 1 from c where x < 20000)
		insert into t select x, hex(x * 7919) from c; create index i on t (b); select count(*) from t a join t b on a.b = b.b;" \
		".shell kill -USR2 \$PPID; until ls $WORK/sqlite/sqlite3.\$PPID.0001.heap.pb.gz; do sleep 0.05; done" >/dev/null &&
		cp sqlite/sqlite3.*.0001.heap.pb.gz sqlite.pb.gz
}

snapshot_redis() {
	local socket=$WORK/redis.sock status=0 server
	command -v redis-server redis-cli >/dev/null || return 1
	# Not through profiled(): the process number must be the server's.
	CPROFALLOC="rate=8k,final=0,signal=USR2,dir=$WORK/redis" LD_PRELOAD=$CPA_LIB redis-server --port 0 --unixsocket "$socket" --save '' \
		--appendonly no --dir "$WORK" >redis.log 2>&1 </dev/null 3>&- &
	server=$!
	{
		wait_until 20 answers "$socket" &&
			redis-cli -s "$socket" eval "for i = 1, 3000 do redis.call('set', 'key:' .. i, string.rep('v', i % 700))
				redis.call('hset', 'hash:' .. i % 50, i, i) redis.call('zadd', 'ranks', i, i) end" 0 >/dev/null &&
			kill -USR2 "$server" && wait_until 20 test -s "$WORK/redis/redis-server.$server.0001.heap.pb.gz"
	} || status=1
	kill "$server"
	wait "$server" 2>/dev/null
	((status == 0)) && cp "redis/redis-server.$server.0001.heap.pb.gz" redis.pb.gz
}

snapshot_cxx() {
	compile containers containers.cc -O2 -std=c++17 && profiled "rate=2k,dir=$WORK/cxx" ./containers &&
		cp cxx/containers.*.pb.gz cxx.pb.gz
}

answers() { [[ $(redis-cli -s "$1" ping 2>/dev/null) == PONG ]]; }

need() {
	local what
	for what in go "$@"; do
		[[ ! -e $WORK/no-$what ]] || skip "no profile of $what"
	done
}

same() { "$PYTHON" "$HERE/helpers/same_as_go.py" "$@"; }

# every_view PROFILE...: each granularity in all four views.
every_view() {
	local profile
	for profile; do
		VIEWS=$HEAP same "$WORK/$profile.pb.gz" "top $ALL" "top $ALL -lines" "top $ALL -files" "top $ALL -filefunctions" \
			"top $ALL -addresses" "top $ALL -noinlines" "top $ALL -cum -lines -noinlines" "tree" "tree -lines" "peek ." "traces" \
			"traces -lines"
	done
}

@test "every granularity in all four views: a Go program's heap, sqlite" {
	need sqlite
	every_view heap2 sqlite sqlite.symbols
}

@test "every granularity in all four views: Python" {
	need python
	every_view python.symbols
}

@test "every granularity in all four views: redis" {
	need redis
	every_view redis redis.symbols
}

@test "every granularity in all four views: C++ with inlined templates, names demangled by both" {
	need cxx
	SYMBOLIZE=local every_view cxx.symbols
	export SYMBOLIZE=local
	filters cxx.symbols 'Store::|make_shared' 'std::'
}

@test "a Go program's CPU, mutex, block and goroutine profiles, with labels and means" {
	need
	for profile in cpu mutex block goroutine allocs; do
		same "$WORK/$profile.pb.gz" "top $ALL" "top $ALL -lines -cum" "tree -nodecount=0" "tree -addresses" "traces" "traces -addresses" \
			"top $ALL -unit=ms" "top $ALL -unit=B"
	done
	same "$WORK/cpu.pb.gz" "traces -tagfocus=worker=purge" "top $ALL -tagfocus=phase:one,scan" "top $ALL -tagignore=purge" "traces -taghide=w"
	for profile in mutex block; do
		same "$WORK/$profile.pb.gz" "top $ALL -contentions" "top $ALL -total_delay" "top $ALL -mean_delay" "top $ALL -mean -lines"
	done
}

@test "trimming: nodecount, nodefraction, edgefraction, trim, and the rows that are left out" {
	need sqlite
	for profile in heap2 sqlite.symbols; do
		VIEWS="inuse_space alloc_objects" same "$WORK/$profile.pb.gz" "top -nodecount=5 -nodefraction=0" "top $ALL -nodefraction=0.05" \
			"top -nodecount=7 -nodefraction=0.01 -cum" "tree -nodecount=12" "tree -cum -nodecount=9 -lines" \
			"tree -nodefraction=0.05 -edgefraction=0.02" "tree -trim=false" "top -trim=false -nodecount=3" "peek -nodecount=3 a"
	done
}

@test "units: each value in bytes, kilobytes, seconds" {
	need sqlite
	for profile in heap2 sqlite.symbols; do
		VIEWS="inuse_space alloc_space alloc_objects" same "$WORK/$profile.pb.gz" "top $ALL -unit=B" "tree -unit=kb -cum" "top $ALL -unit=gigabytes" \
			"traces -unit=B" "peek -unit=mb ."
	done
	same "$WORK/cpu.pb.gz" "top $ALL -unit=hrs" "tree -unit=us" "top $ALL -unit=B"
}

# filters PROFILE PATTERN PATTERN: what each filter leaves.
filters() {
	VIEWS="inuse_space alloc_objects" same "$WORK/$1.pb.gz" "top $ALL -focus=$2" "top $ALL -ignore=$2" "top $ALL -show=$2" "top $ALL -hide=$2" \
		"top $ALL -show_from=$2" "top $ALL -prune_from=$2" "tree -focus=$2 -hide=$3" "tree -ignore=$2" "tree -show=$2" \
		"tree -show_from=$2 -lines" "tree -prune_from=$2 -noinlines" "traces -hide=$2" "traces -show=$2 -lines" "traces -prune_from=$2" \
		"top $ALL -tagfocus=bytes=1kb:64kb" "top $ALL -tagfocus=:4kb" "top $ALL -tagignore=bytes=512b:" "traces -taghide=bytes" \
		"traces -tagshow=nothing" "top $ALL -relative_percentages -focus=$2" "top $ALL -mean" "top $ALL -focus=$2 -ignore=$3 -lines"
}

@test "focus, ignore, show, hide, show_from, prune_from, tagfocus, tagignore" {
	need sqlite python
	filters heap2 '(?i)LEAK|recurse' 'ma[ik]'
	filters sqlite.symbols 'libsqlite3\S+a|main' '^_\pL'
	filters python.symbols '_json|(?P<a>dict)\d*' 'PyEval'
}

# less PROFILE BASE PATTERN: with a base taken away.
less() {
	VIEWS="inuse_space alloc_objects" same "$WORK/$1.pb.gz" "top $ALL -base=$WORK/$2.pb.gz" "top $ALL -diff_base=$WORK/$2.pb.gz" \
		"tree -base=$WORK/$2.pb.gz" "tree -diff_base=$WORK/$2.pb.gz -lines" "top $ALL -diff_base=$WORK/$2.pb.gz -normalize" \
		"tree -base=$WORK/$2.pb.gz -drop_negative" "traces -base=$WORK/$2.pb.gz" "peek $3 -diff_base=$WORK/$2.pb.gz" \
		"top $ALL -focus=$3 -lines -base=$WORK/$2.pb.gz" "top $ALL -addresses -base=$WORK/$2.pb.gz"
}

@test "base, diff_base, normalize, drop_negative; two processes at different addresses" {
	need python
	less heap2 heap1 'leak'
	less python python.base '_json|PyDict'
}
