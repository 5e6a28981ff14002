#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# cprof leaks: a program whose heap takes known courses, and series with gaps, restarts, broken files and other troubles.
# Not here: how often chance deceives it (unit/test_verdict.c).

load ../helpers

setup_file() {
	export WORK=$BATS_FILE_TMPDIR
	export XDG_CACHE_HOME=$BATS_FILE_TMPDIR/cache
	MAKE_PROFILE=$CPA_BUILDDIR/tests/unit/make_profile
	[[ -x $MAKE_PROFILE ]] || make -s -C "$CPA_BUILDDIR" tests/unit/make_profile
	export MAKE_PROFILE
	# -rdynamic: its clock_gettime is the library's too.
	compile "$WORK/leaks" leaks.c -rdynamic -L"$(dirname "$CPA_LIB")" -lcprofalloc
	mkdir "$WORK/exact"
	profiled "dir=$WORK/exact,rate=1,final=0" "$WORK/leaks" 8192 26 30
	# 16 samples to a unit. Chance alone makes such a series other than the tests below want in fewer than one of
	# ten; five in a row in fewer than one of 100,000. What is wrong in truth is wrong in all of them.
	draw_until is_as_drawn "$WORK/sampled" 65536 26 30
	draw_until is_sound "$WORK/sound" 65536 26 30 sound
}

# draw_until CONDITION DIR ARGUMENT...: a series of sampled snapshots in DIR, drawn again, four times at most, while
# CONDITION does not hold of its report.
draw_until() {
	local condition=$1 dir=$2 attempt
	shift 2
	for attempt in 1 2 3 4 5; do
		rm -rf "$dir"
		mkdir "$dir"
		profiled "dir=$dir,rate=4k,final=0" "$WORK/leaks" "$@"
		if json "$dir" && "$condition"; then
			return 0
		fi
		echo "series $attempt is not as it should be" >&2
	done
	return 0
}

# series DIR KEY=VALUE...: see helpers/series.py.
series() {
	mkdir -p "$1"
	"$PYTHON" "$HERE/helpers/series.py" "$MAKE_PROFILE" "$@"
}

# json ARGUMENT...: the report, checked against its schema, in $WORK/report.json.
json() {
	"$CPROF" leaks --json "$@" >"$WORK/report.json"
	"$PYTHON" - "$CPA_SRCDIR/docs/schema/cprof-leaks-1.json" "$WORK/report.json" <<-'EOF'
		import json, sys
		import jsonschema
		schema, report = (json.load(open(path)) for path in sys.argv[1:])
		jsonschema.validate(report, schema)
		for site in report["sites"]:
		    assert len(site["history"]) == len(report["snapshots"]), site
		    assert site["old_low"] <= site["old_high"] <= site["now"] + 0.5, site
		    assert site["per_hour_low"] <= site["per_hour"] <= site["per_hour_high"], site
		assert [site["rank"] for site in report["sites"]] == list(range(1, report["site_count"] + 1))
	EOF
}

# asks CONDITION: of the report r, with s a dict of its sites by name.
asks() {
	"$PYTHON" - "$WORK/report.json" "$1" <<-'EOF'
		import json, sys
		r = json.load(open(sys.argv[1]))
		s = {site["stack"][0]["name"] if site["stack"] else "": site for site in r["sites"]}
		if not eval(sys.argv[2]):
		    sys.exit("%s: %s" % (sys.argv[2], [(n, x["verdict"], x["now"], x["reason"]) for n, x in s.items()]))
	EOF
}

names_each_rightly() {
	asks 's["session_new"]["verdict"] == "LEAK" and s["session_new"]["rank"] == 1' &&
		asks 's["slow_leak"]["verdict"] == "LEAK" and s["slow_leak"]["rank"] == 2' &&
		asks 's["cache_put"]["verdict"] == "levelled off"' &&
		asks 's["batch_run"]["verdict"] == "sawtooth"' &&
		asks 's["churn"]["verdict"] == "steady"'
}

# Of samples: the pace within the interval, and 15 of 25 steps older than five minutes.
is_as_drawn() {
	names_each_rightly &&
		asks 's["session_new"]["per_hour_low"] < 40 * 65536 / 750 * 3600 * 1.15' &&
		asks 's["session_new"]["per_hour_high"] > 40 * 65536 / 750 * 3600 * 0.85' &&
		asks '0.55 <= s["session_new"]["old_low"] / s["session_new"]["now"] < 0.694' &&
		asks 's["session_new"]["up_count"] >= 20'
}

is_sound() {
	asks 'not any(x["verdict"] in ("LEAK", "LEAK?", "growing") for x in r["sites"])'
}

@test "leaks: a leak, a slow leak, a cache, a batch and churn: each named rightly, exact" {
	json "$WORK/exact"
	names_each_rightly
	# 40 and 20 units of 8192 bytes over 25 steps of 30 s, in blocks of 499 bytes.
	asks 'abs(s["session_new"]["now"] / (40 * 8192) - 1) < 0.02'
	asks 'abs(s["session_new"]["per_hour"] / (40 * 8192 / 750 * 3600) - 1) < 0.02'
	asks 'abs(s["slow_leak"]["per_hour"] / (20 * 8192 / 750 * 3600) - 1) < 0.04'
	asks 'abs(s["cache_put"]["now"] / (60 * 8192) - 1) < 0.02 and s["cache_put"]["per_hour"] == 0'
	asks 's["session_new"]["deaths"] == 0 and s["session_new"]["up_count"] == 25'
	# Five minutes before the end ten of its 25 steps were still to come.
	asks 'r["age_seconds"] == 300 and abs(s["session_new"]["old_low"] / s["session_new"]["now"] - 15 / 25) < 0.02'
	asks 's["session_new"]["old_low"] == s["session_new"]["old_high"]'
	asks 's["cache_put"]["old_low"] == s["cache_put"]["now"]'
	asks 'abs(s["session_new"]["in_a_day"] - s["session_new"]["now"] - 24 * s["session_new"]["per_hour"]) < 1'
	asks 's["session_new"]["grows_for_seconds"] >= 690'
	asks '"4 times, every 3 min" in s["batch_run"]["reason"]'
}

@test "leaks: the same from samples, and no leak where there is none" {
	json "$WORK/sampled"
	is_as_drawn
	asks 'r["snapshots"][25]["time_ns"] - r["snapshots"][0]["time_ns"] == 750 * 10**9'
	asks 'all(x["rss_bytes"] > x["jemalloc_allocated_bytes"] > 0 for x in r["snapshots"])'
	json "$WORK/sound"
	is_sound
}

@test "leaks: the table: 100 columns, rank, verdict, interval, survivors, history, reason, next step" {
	LC_ALL=C.UTF-8 "$CPROF" leaks "$WORK/sampled" >"$WORK/text"
	cat "$WORK/text"
	! grep -P '^.{101}' "$WORK/text"
	grep -Eq '^leaks \(pid [0-9]+\), 26 snapshots over 12 min 30 s' "$WORK/text"
	tr '\n' ' ' <"$WORK/text" | grep -Eq '12 min 30 s,? inuse_space: \+[0-9.]+ MB ±[0-9.]+, from '
	grep -Eq '^  1  LEAK +2\.[0-9]+ MB +0\.[0-9]+ +\+1[0-9]\.[0-9] MB +[0-9.]+ +(5[5-9]|6[0-9])% +▁.*█  session_new leaks\.c:[0-9]+' "$WORK/text"
	grep -Eq '^  3  levelled off .*100%.*█████  cache_put' "$WORK/text"
	grep -Eq '^  4  sawtooth ' "$WORK/text"
	grep -Eq '^session_new leaks\.c:[0-9]+: grew in 2[0-9] of 25 intervals, nothing born there was ever freed' "$WORK/text"
	tr -d '\n' <"$WORK/text" | grep -Eq 'at this pace +1[0-9]\.[0-9] MB in an hour, +[23][0-9]{2} MB in a day'
	grep -Eq '^STEADY \([0-9]+ sites?\)' "$WORK/text"
	grep -Eq '^next: cprof peek session_new .*0026\.heap\.pb\.gz' "$WORK/text"
	LC_ALL=C "$CPROF" leaks "$WORK/sampled" | grep '^  1 ' | grep -q '_.*#  session_new'
}

@test "leaks: options choose sites, rows and what counts" {
	json -focus=cache_put "$WORK/sampled"
	asks 'list(s) == ["cache_put"]'
	json -ignore=session_new "$WORK/sampled"
	asks '"session_new" not in s and "cache_put" in s'
	json -inuse_objects "$WORK/exact"
	asks 'r["unit"] == "count" and abs(s["session_new"]["now"] - 40 * 8192 / 499) <= 25'
	json -lines "$WORK/exact"
	asks 's["session_new"]["stack"][0]["line"] > 0'
	[[ $("$CPROF" leaks -nodecount=1 "$WORK/sampled" | grep -cE '^ +[0-9]+  [a-zA-Z]') == 1 ]]
	"$CPROF" leaks -nodecount=1 "$WORK/sampled" | grep -q 'and 3 more: -nodecount=0'
	run -2 "$CPROF" leaks -alloc_space "$WORK/sampled"
	[[ $output == *'only what is in use can leak'* ]]
	run -2 "$CPROF" leaks -base=x "$WORK/sampled"
	[[ $output == *'-base makes no sense here'* ]]
	run -2 "$CPROF" leaks -normalize "$WORK/sampled"
	[[ $output == *'-normalize makes no sense here'* ]]
	json -tagfocus=bytes=500b: "$WORK/sampled"
	asks '"session_new" not in s'
	json -tagfocus=bytes=:500b "$WORK/sampled"
	asks '"session_new" in s'
	run -2 "$CPROF" leaks -focus='(' "$WORK/sampled"
	[[ ${#lines[@]} == 1 ]]
}

@test "leaks: with a filter all numbers are of what is left, and the head says so" {
	local half
	json -focus=cache_put "$WORK/exact"
	asks '[x["total"] for x in r["snapshots"]] == s["cache_put"]["history"]'
	asks 'r["change"] == s["cache_put"]["history"][-1] - s["cache_put"]["history"][0]'
	json "$WORK/exact"
	asks 'r["snapshots"][-1]["total"] == sum(x["now"] for x in r["sites"])'
	json "$WORK/sampled"
	half=$("$PYTHON" -c 'import json, sys; print(json.load(sys.stdin)["snapshots"][-1]["half_width"])' <"$WORK/report.json")
	# The errors of sites add up as those of samples do.
	asks "abs(sum(x['half_width'] ** 2 for x in r['sites']) ** 0.5 / $half - 1) < 1e-6"
	"$CPROF" leaks -focus=cache_put "$WORK/exact" >"$WORK/text"
	grep -Eq ' to 4[78][0-9] kB$' "$WORK/text"
	grep -qx 'Only what passes -focus=cache_put' "$WORK/text"
	"$CPROF" leaks -focus=nosuch "$WORK/exact" | grep -qx 'Only what passes -focus=nosuch; nothing does'
}

# tree DIR: six snapshots a second apart. Three callers of one wrapper leak, one function elsewhere,
# and one site of the C++ library in two ways.
tree() {
	local i leaf='xmalloc@xmalloc.c:3 node_new@node.c:7' library=/usr/include/c++/12/bits/alloc.h
	mkdir -p "$1"
	for i in 1 2 3 4 5 6; do
		cat <<-EOF | "$MAKE_PROFILE" "$1/tree.77.000$i.heap.pb.gz"
			type alloc_objects count
			type alloc_space bytes
			type inuse_objects count
			type inuse_space bytes
			period space bytes 65536
			time 179534250${i}000000000
			comment cprofalloc: version=0.1 kind=heap program=tree pid=77 sequence=$i start_ns=1 rate_bytes=65536
			mapping 1000 9000 1000 /usr/bin/tree 0123abcd
			sample $((i * 9000)) $((i * 9000000)) $((i * 9000)) $((i * 9000000)) | bytes=1000 | $leaf insert_left@tree.c:20 main@main.c:5
			sample $((i * 8000)) $((i * 8000000)) $((i * 8000)) $((i * 8000000)) | bytes=1000 | $leaf insert_right@tree.c:31 main@main.c:5
			sample $((i * 7000)) $((i * 7000000)) $((i * 7000)) $((i * 7000000)) | bytes=1000 | $leaf rotate@tree.c:42 main@main.c:6
			sample $((i * 6000)) $((i * 6000000)) $((i * 6000)) $((i * 6000000)) | bytes=1000 | text_copy@text.c:9 main@main.c:7
			sample $((i * 5000)) $((i * 5000000)) $((i * 5000)) $((i * 5000000)) | bytes=1000 | std::construct@$library:1 std::map::insert@$library:2 put@cache.cc:8 main@main.c:8
			sample $((i * 4000)) $((i * 4000000)) $((i * 4000)) $((i * 4000000)) | bytes=1000 | std::allocate@$library:3 std::map::insert@$library:2 put@cache.cc:8 main@main.c:8
		EOF
	done
}

@test "leaks, diff: a row begins where it differs from the others when it has no room for more" {
	local dir=$BATS_TEST_TMPDIR/tree
	tree "$dir"
	"$CPROF" leaks "$dir" >"$WORK/text"
	cat "$WORK/text"
	! grep -P '^.{101}' <(grep -v 'cprof ' "$WORK/text")
	grep -Eq '^  1  LEAK .* …insert_left tree\.c:20 < ma' "$WORK/text"
	grep -Eq '^  2  LEAK .* …insert_right tree\.c:31 < ' "$WORK/text"
	grep -Eq '^  3  LEAK .* …rotate tree\.c:42 < main m' "$WORK/text"
	grep -Eq '^  4  LEAK .*  text_copy text\.c:9 < main' "$WORK/text"
	grep -Eq '^  5  LEAK .* …put cache\.cc:8 < main ' "$WORK/text"
	grep -q '^xmalloc xmalloc.c:3 < node_new node.c:7 < insert_left tree.c:20: grew' "$WORK/text"
	tr -s '\n ' '  ' <"$WORK/text" | grep -q 'std::map::insert < put cache.cc:8, in std::construct: grew'
	# The wrapper's callers are no answer.
	grep -q '^next: cprof peek insert_left ' "$WORK/text"
	# A pace that is sure is told, however short the series: 9,000,000 bytes a second.
	grep -Eq '^  1  LEAK +51\.5 MB +[0-9.]+ +\+30\.2 GB ' "$WORK/text"
	"$CPROF" leaks --wide "$dir" >"$WORK/text"
	grep -q '  xmalloc xmalloc.c:3 < node_new node.c:7 < insert_left tree.c:20$' "$WORK/text"
	grep -q '  std::map::insert < put cache.cc:8 < main main.c:8, in std::construct$' "$WORK/text"
	grep -q '  std::map::insert < put cache.cc:8 < main main.c:8, in std::allocate$' "$WORK/text"
	"$CPROF" diff "$dir"/*1.heap.pb.gz "$dir"/*6.heap.pb.gz >"$WORK/text"
	grep -Eq '^ +\+42\.9 MB .*  …insert_left tree\.c:20 < main main\.c:5$' "$WORK/text"
	grep -q '^next: cprof top -cum -focus=insert_left ' "$WORK/text"
	# All frames are in the JSON.
	json "$dir"
	asks '[f["name"] for f in r["sites"][0]["stack"]] == ["xmalloc", "node_new", "insert_left", "main"]'
}

@test "leaks: --fail-above: 1 when a leak is surely larger, else 0" {
	run -1 "$CPROF" leaks --fail-above=1m "$WORK/sampled"
	[[ $output == *'session_new leaks.c:'*'leaked at least'*'more than --fail-above=1m'* ]]
	"$CPROF" leaks --fail-above=4m "$WORK/sampled" >/dev/null
	# The cache holds 60 units, and it is no leak.
	"$CPROF" leaks --fail-above=1m "$WORK/sound" >/dev/null
	# Just under the leak itself: not surely above.
	now=$("$CPROF" leaks --json "$WORK/sampled" | "$PYTHON" -c 'import json, sys; print(int(json.load(sys.stdin)["sites"][0]["now"]) - 1000)')
	"$CPROF" leaks --fail-above="$now" "$WORK/sampled" >/dev/null
}

@test "leaks: too few snapshots: says what is needed" {
	for count in 1 2 3; do
		series "$BATS_TEST_TMPDIR/$count" count=$count
		run --separate-stderr -2 "$CPROF" leaks "$BATS_TEST_TMPDIR/$count"
		[[ -z $output && $stderr == *"$count snapshot"*'a verdict needs 4 or more'* ]]
	done
	[[ $stderr == *'cprof diff '*0001*0003* ]]
	mkdir "$BATS_TEST_TMPDIR/none"
	run --separate-stderr -2 "$CPROF" leaks "$BATS_TEST_TMPDIR/none"
	[[ -z $output && $stderr == *'no snapshots there'* ]]
	run --separate-stderr -2 "$CPROF" leaks "$BATS_TEST_TMPDIR/missing"
	[[ -z $output && $stderr == *'No such file'* ]]
	run --separate-stderr -2 "$CPROF" leaks
	[[ -z $output && $stderr == *'want a directory or files'* ]]
}

@test "leaks: missing snapshots, a long pause, the oldest removed: said, and the times are right" {
	series "$BATS_TEST_TMPDIR/a" count=12 first=3 skip=5,8,9 hole=11:600
	json "$BATS_TEST_TMPDIR/a"
	asks '[n for n in r["notes"] if n.startswith("snapshots 1 to 2 are gone")]'
	asks '"snapshot 5 is missing" in r["notes"] and "snapshots 8 to 9 are missing" in r["notes"]'
	asks '[n for n in r["notes"] if n.startswith("no snapshot for 10 min 30 s")]'
	asks 's["session_new"]["verdict"] == "LEAK"'
	asks 'r["elapsed_seconds"] == 9 * 30 + 600'
}

@test "leaks: a broken file in the middle costs one line, not the report" {
	series "$BATS_TEST_TMPDIR/b" count=9
	head -c 150 "$BATS_TEST_TMPDIR/b/server.4242.0004.heap.pb.gz" >"$BATS_TEST_TMPDIR/cut"
	cp "$BATS_TEST_TMPDIR/cut" "$BATS_TEST_TMPDIR/b/server.4242.0004.heap.pb.gz"
	: >"$BATS_TEST_TMPDIR/b/server.4242.0006.heap.pb.gz"
	run --separate-stderr "$CPROF" leaks "$BATS_TEST_TMPDIR/b"
	((status == 0))
	[[ ${#stderr_lines[@]} == 2 && ${stderr_lines[0]} == *0004.heap.pb.gz:*'left out' ]]
	[[ ${stderr_lines[1]} == *0006.heap.pb.gz:*'left out' ]]
	json "$BATS_TEST_TMPDIR/b" 2>/dev/null
	asks 'r["left_out_count"] == 2 and len(r["snapshots"]) == 7 and s["session_new"]["verdict"] == "LEAK"'
}

@test "leaks: a restart, another pid: the longer series, and word of the other; --pid asks for it" {
	series "$BATS_TEST_TMPDIR/c" count=6 pid=100 leak=0
	series "$BATS_TEST_TMPDIR/c" count=8 pid=200 at=1700001000
	json "$BATS_TEST_TMPDIR/c"
	asks 'r["pid"] == 200 and len(r["snapshots"]) == 8'
	asks '[n for n in r["notes"] if "6 snapshots of server.100 (--pid 100)" in n]'
	json --pid 100 "$BATS_TEST_TMPDIR/c"
	asks 'r["pid"] == 100 and len(r["snapshots"]) == 6 and s["keep"]["verdict"] == "steady"'
	run --separate-stderr -2 "$CPROF" leaks --pid=7 "$BATS_TEST_TMPDIR/c"
	[[ -z $output && $stderr == *'no snapshot of process 7'* ]]
	# As files it is the profiles that tell.
	json "$BATS_TEST_TMPDIR"/c/*
	asks 'r["pid"] == 200 and [n for n in r["notes"] if "an earlier run" in n]'
	# The same pid again, after a restart: told by the start.
	series "$BATS_TEST_TMPDIR/d" count=6 start=5
	series "$BATS_TEST_TMPDIR/e" count=14 start=6 first=7
	cp "$BATS_TEST_TMPDIR"/e/* "$BATS_TEST_TMPDIR/d"
	json "$BATS_TEST_TMPDIR/d"
	asks 'len(r["snapshots"]) == 8 and r["snapshots"][0]["sequence"] == 7'
	asks '[n for n in r["notes"] if "an earlier run" in n]'
}

@test "leaks: a rate that changes is said, and biases nothing" {
	series "$BATS_TEST_TMPDIR/f" count=10 rates=6:65536
	json "$BATS_TEST_TMPDIR/f"
	asks '[n for n in r["notes"] if "between 64 KiB and 512 KiB" in n]'
	asks 's["session_new"]["verdict"] == "LEAK" and s["session_new"]["now"] == 40000000'
	# Off at some time: what was born then is not known.
	series "$BATS_TEST_TMPDIR/g" count=10 rates=8:0
	run --separate-stderr "$CPROF" leaks "$BATS_TEST_TMPDIR/g"
	((status == 0)) && [[ ${#stderr_lines[@]} == 3 && $stderr == *'sampling was off'* ]]
}

@test "leaks: files in any order and under any name; the same one twice counts once" {
	series "$BATS_TEST_TMPDIR/h" count=8
	mkdir "$BATS_TEST_TMPDIR/names"
	local letter=z
	for number in 1 2 3 4 5 6 7 8; do
		letter=$(tr 'z-s' 'y-r' <<<"$letter" 2>/dev/null || true)
		cp "$BATS_TEST_TMPDIR/h/server.4242.000$number.heap.pb.gz" "$BATS_TEST_TMPDIR/names/$((9 - number)).pb.gz"
	done
	json "$BATS_TEST_TMPDIR"/h/*
	cp "$WORK/report.json" "$BATS_TEST_TMPDIR/want"
	json "$BATS_TEST_TMPDIR"/names/* "$BATS_TEST_TMPDIR/names/3.pb.gz" 2>"$BATS_TEST_TMPDIR/err"
	grep -q 'the same snapshot again; left out' "$BATS_TEST_TMPDIR/err"
	"$PYTHON" - "$BATS_TEST_TMPDIR/want" "$WORK/report.json" <<-'EOF'
		import json, sys
		want, have = (json.load(open(path)) for path in sys.argv[1:])
		assert want["sites"] == have["sites"]
		assert [s["time_ns"] for s in want["snapshots"]] == [s["time_ns"] for s in have["snapshots"]]
	EOF
}

@test "leaks: hostile names: no control characters on the terminal" {
	series "$BATS_TEST_TMPDIR/i" "name=$(printf 'evil\033[31m</script><img/src=x/onerror=alert(1)>')"
	"$CPROF" leaks "$BATS_TEST_TMPDIR/i" >"$BATS_TEST_TMPDIR/out"
	! grep -q $'\033' "$BATS_TEST_TMPDIR/out"
	json "$BATS_TEST_TMPDIR/i"
}

@test "leaks: the page in Chromium: chart, table, graph of the growth, search, keyboard, colours" {
	"$CPROF" leaks --html "$WORK/leaks.html" "$WORK/sampled" || skip "no pages"
	series "$BATS_TEST_TMPDIR/j" 'name=</script><img/src=x/onerror=alert(1)>' 'exe=<img>'
	"$CPROF" leaks --html "$WORK/hostile.html" "$BATS_TEST_TMPDIR/j"
	command -v node >/dev/null || skip "no node"
	local status=0
	node "$CPA_SRCDIR/tests/web/leaks.mjs" "$WORK/leaks.html" "$WORK/hostile.html" >"$WORK/out" 2>&1 || status=$?
	((status != 77)) || skip "$(cat "$WORK/out")"
	cat "$WORK/out"
	((status == 0))
}

@test "leaks: the snapshot of a program's end, when all is freed, is left out and said" {
	series "$BATS_TEST_TMPDIR/k" count=9
	# The counters of the last one must not fall, else it is of another process.
	local last=$BATS_TEST_TMPDIR/k/server.4242.0009.heap.pb.gz
	"$PYTHON" - "$MAKE_PROFILE" "$last" <<-'EOF2'
		import subprocess, sys
		text = """type alloc_objects count
		type alloc_space bytes
		type inuse_objects count
		type inuse_space bytes
		period space bytes 524288
		time 1700000270000000000
		comment cprofalloc: version=0.1.0 kind=heap program=server pid=4242 sequence=9 start_ns=1 rate_bytes=524288
		mapping 1000 900000 1000 /usr/bin/server 0123abcd
		sample 36000 36000000 0 0 | bytes=1000 | session_new@session.c:88 loop@main.c:52 main@main.c:9
		sample 9000 9000000 500 500000 | bytes=1000 | keep@keep.c:7 main@main.c:9
		sample 900 900000 900 900000 | bytes=1000 | at_exit@main.c:99 main@main.c:12
		"""
		subprocess.run(sys.argv[1:], input=text.encode(), check=True)
	EOF2
	json "$BATS_TEST_TMPDIR/k"
	asks 'len(r["snapshots"]) == 8 and s["session_new"]["verdict"] == "LEAK" and "at_exit" not in s'
	asks '[n for n in r["notes"] if "taken at exit, after 37.8 MB were freed" in n]'
}
