#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# cprof flame: the page as a person meets it, in headless Chromium (tests/web/*.mjs), and the
# command that writes it. Not here: the numbers themselves (cprof_reports.bats).

load ../helpers

setup_file() {
	export WORK=$BATS_FILE_TMPDIR
	export XDG_CACHE_HOME=$BATS_FILE_TMPDIR/cache
	MAKE_PROFILE=$CPA_BUILDDIR/tests/unit/make_profile
	[[ -x $MAKE_PROFILE ]] || make -s -C "$CPA_BUILDDIR" tests/unit/make_profile
	export MAKE_PROFILE
	heap 1700000000 100 40 400 | "$MAKE_PROFILE" "$WORK/old.pb.gz"
	heap 1700000690 300 8 600 | "$MAKE_PROFILE" "$WORK/new.pb.gz"
	hostile | "$MAKE_PROFILE" "$WORK/hostile.pb.gz"
	many | "$MAKE_PROFILE" "$WORK/many.pb.gz"
	"$CPROF" flame "$WORK/new.pb.gz" -o "$WORK/new.html" || touch "$WORK/no-pages"
}

# heap TIME THOUSANDS MEGABYTES OBJECTS: a server whose sessions grow, whose cache shrinks, and that
# has a place that grows by less than its error.
heap() {
	cat <<-EOF
		type alloc_objects count
		type alloc_space bytes
		type inuse_objects count
		type inuse_space bytes
		period space bytes 524288
		time ${1}000000000
		comment cprofalloc: version=0.1.0 kind=heap pid=4242 sequence=3 start_ns=1699999999000000000 rate_bytes=524288
		comment exe: /usr/bin/server
		mapping 1000 900000 1000 /usr/bin/server 0123abcd
		sample ${2}000 ${2}000000 ${2}000 ${2}000000 | bytes=1000 | session_new@src/session.c:88 conn_accept@src/conn.c:140 loop@src/main.c:52 main@src/main.c:9
		sample 9000 9000000 5000 5000000 | bytes=1000 thread=a | _ZN2ns4PoolIiE4growEi@src/pool.cc:5^ns_inl@src/pool.h:7 loop@src/main.c:53 main@src/main.c:9
		sample 60 62914560 $3 $((${3} * 1048576)) | bytes=1048576 | cache_put@src/cache.c:31 loop@src/main.c:54 loop@src/main.c:54 main@src/main.c:9
		sample $((6400 + $4)) $((6400 + $4))000 $4 ${4}000 | bytes=1000 | 0x123456 main@src/main.c:11
		sample 800000 80000000 0 0 | bytes=100 | parse@src/json.c:7 loop@src/main.c:56 main@src/main.c:9
	EOF
}

# Names that would be markup, in every place a name can stand.
hostile() {
	cat <<-'EOF'
		type objects count
		type space</script><b>x bytes
		period space bytes 1
		time 1700000000000000000
		comment cprofalloc: version=0.1.0 kind=</script><img pid=1</script>2 rate_bytes=1
		comment exe: /usr/bin/</title></script><img src=x onerror=alert(1)>
		mapping 1000 900000 1000 /usr/bin/<b>server<!--<script>alert(2) 0123abcd
		sample 1 100 | key</script>=<img/src=x/onerror=alert(3)> | </script><img/src=x/onerror=alert(4)>@</script><svg/onload=alert(5)>.c:3 main@<!--<script>:1
		sample 1 300 | | <!--<script> ${alert(6)}@"onmouseover="alert(7):2 main
		sample 1 500 | | 0x4000 main
	EOF
}

# 3,000 stacks of three functions, most of them tiny.
many() {
	printf 'type objects count\ntype space bytes\nperiod space bytes 1\nmapping 1000 900000 1000 /bin/many 01\n'
	awk 'BEGIN { for (i = 1; i <= 3000; i++)
		printf "sample 1 %d | bytes=%d | leaf%d@l.c:1 middle%d@m.c:2 main@a.c:3\n", 1 + int(1e7 / i / i), 1 + int(1e7 / i / i), i, i % 100 }'
}

need_pages() {
	[[ ! -e $WORK/no-pages ]] || skip "cprof was built without pages"
}

# in_browser FILE.mjs ARGUMENT...: its checks, one line each; the whole test skips with status 77.
in_browser() {
	local status=0
	need_pages
	command -v node >/dev/null || skip "no node"
	node "$CPA_SRCDIR/tests/web/$1" "${@:2}" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || status=$?
	((status != 77)) || skip "$(cat "$BATS_TEST_TMPDIR/err")"
	((status == 0)) || {
		cat "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/err"
		return 1
	}
	grep -q '^ok ' "$BATS_TEST_TMPDIR/out"
}

@test "flame: frames, widths, search, zoom, views, keyboard, colours in Chromium" {
	need_pages
	command -v go >/dev/null || skip "no go"
	for view in inuse_space alloc_objects; do
		go_top "$view" "$WORK/new.pb.gz" >"$WORK/go.$view.txt" 2>/dev/null
	done
	in_browser flame.mjs "$WORK"
}

@test "flame: a diff shows what grew, shrank, came and went" {
	need_pages
	"$CPROF" flame -base "$WORK/old.pb.gz" "$WORK/new.pb.gz" -o "$WORK/diff.html"
	in_browser flame_diff.mjs "$WORK/diff.html"
}

@test "flame: hostile names stay text, and nothing leaves the page" {
	need_pages
	"$CPROF" flame "$WORK/hostile.pb.gz" -o "$WORK/hostile.html"
	# Outside of the script elements that we made there is no element that a name could have made.
	run ! grep -aoiE '<(img|svg/)[^a-z>]*src' "$WORK/hostile.html"
	in_browser flame_hostile.mjs "$WORK/hostile.html"
}

@test "flame: what is small is folded, and the sums stay" {
	need_pages
	"$CPROF" flame -nodecount=200 "$WORK/many.pb.gz" -o "$WORK/many.html"
	"$CPROF" flame -nodecount=0 "$WORK/many.pb.gz" -o "$WORK/all.html"
	"$CPROF" flame -nodefraction=0.01 "$WORK/many.pb.gz" -o "$WORK/fraction.html"
	data_of "$WORK/many.html" >"$WORK/many.json"
	data_of "$WORK/all.html" >"$WORK/all.json"
	data_of "$WORK/fraction.html" >"$WORK/fraction.json"
	"$PYTHON" - "$WORK/many.json" "$WORK/all.json" "$WORK/fraction.json" <<-'EOF'
		import json, sys
		many, whole, fraction = (json.load(open(path))["tree"] for path in sys.argv[1:])
		sums = lambda tree: [sum(kind["values"]) for kind in tree["types"]]
		assert len(whole["parents"]) == 1 + 1 + 100 + 3000, len(whole["parents"])
		assert whole["folded_count"] == 0 and -2 not in whole["frames"]
		small = many["frames"].count(-2)
		assert len(many["parents"]) - small <= 200 and small > 0
		assert len(many["parents"]) - small + many["folded_count"] == len(whole["parents"])
		assert sums(many) == sums(whole) == sums(fraction)
		# By hand: which stacks reach a hundredth of the bytes. Each of the 100 in the middle has a
		# hundredth of the objects.
		size = lambda i: 1 + int(1e7 / i / i)
		total = sum(size(i) for i in range(1, 3001))
		leaves = sum(1 for i in range(1, 3001) if size(i) >= total / 100)
		kept = [f for f in fraction["frames"] if f >= 0]
		assert len(kept) == 1 + 100 + leaves, (len(kept), leaves)
	EOF
}

# data_of PAGE: the JSON in it.
data_of() {
	"$PYTHON" -c 'import re, sys
page = open(sys.argv[1], encoding="utf-8").read()
print(re.search(r"<script type=\"application/json\" id=\"data\">(.*?)</script>", page, re.S).group(1))' "$1"
}

# same_as_go JSON VIEW GO.txt: each function of Go's client has the same flat and cum in the tree.
same_as_go() {
	"$PYTHON" - "$@" <<-'EOF'
		import json, re, sys
		tree = json.load(open(sys.argv[1]))["tree"]
		kind = next(kind for kind in tree["types"] if kind["type"] == sys.argv[2])
		flat = [0] * len(tree["parents"])
		at = 0
		for back, value in zip(kind["at"], kind["values"]):
		    at += back
		    flat[at] = value
		names = [tree["strings"][name] for name in tree["frame_names"]]
		ours = {}
		for node, value in enumerate(flat):
		    above, first = set(), True
		    while value and tree["frames"][node] >= 0:
		        name = names[tree["frames"][node]]
		        row = ours.setdefault(name, [0, 0])
		        row[0] += value if first else 0
		        row[1] += value if name not in above else 0
		        above.add(name)
		        first, node = False, node - tree["parents"][node]
		go, started = {}, False
		for line in open(sys.argv[3]):
		    words = line.split(None, 5)
		    if started and not words[5].startswith("["):
		        number = lambda text: round(float(re.sub("[A-Za-z]+$", "", text)))
		        go[words[5].strip().replace(" (inline)", "")] = [number(words[0]), number(words[3])]
		    started |= words[:1] == ["flat"]
		ours = {name: row for name, row in ours.items() if "+0x" not in name and any(row)}
		assert len(go) > 1 and ours == go, "%s\n%s" % (go, ours)
	EOF
}

@test "flame: every function of Go's own profiles has the numbers of go tool pprof" {
	command -v go >/dev/null || skip "no go"
	mkdir "$WORK/go"
	go_profiles "$WORK/go"
	local view profile
	for profile in heap2:inuse_space heap2:alloc_objects mutex:contentions goroutine:goroutine; do
		view=${profile#*:} profile=$WORK/go/${profile%:*}.pb.gz
		go_top "$view" "$profile" >"$WORK/go.txt" 2>/dev/null
		"$CPROF" flame --json -nodecount=0 "$profile" -o "$WORK/ours.json"
		same_as_go "$WORK/ours.json" "$view" "$WORK/go.txt"
	done
}

@test "flame: --json keeps to its schema, with and without a base, and needs no pages" {
	"$PYTHON" -c 'import jsonschema' 2>/dev/null || skip "no jsonschema"
	"$CPROF" flame --json "$WORK/new.pb.gz" -o "$WORK/one.json"
	"$CPROF" flame --json -focus=loop -diff_base="$WORK/old.pb.gz" "$WORK/new.pb.gz" >"$WORK/two.json"
	"$PYTHON" "$HERE/helpers/schema.py" "$CPA_SRCDIR/docs/schema" "$WORK/one.json" "$WORK/two.json"
	"$PYTHON" - "$WORK/one.json" "$WORK/two.json" <<-'EOF'
		import json, sys
		one, two = (json.load(open(path)) for path in sys.argv[1:])
		assert "base" not in one and two["base"]["time_ns"] == 1700000000000000000
		assert two["filters"] == [{"option": "focus", "value": "loop"}]
		space = two["tree"]["types"][3]
		assert sum(space["values"]) - sum(space["old_values"]) == 200000000 - 32 * 1048576
	EOF
}

@test "flame: says what it cannot do, in one line, with status 2 and an empty standard output" {
	need_pages
	for arguments in "$WORK/none.pb.gz" "" "-nodefraction=x $WORK/new.pb.gz" \
		"-base=$WORK/none.pb.gz $WORK/new.pb.gz" "$WORK/new.pb.gz -o $WORK/no/such/dir.html"; do
		# shellcheck disable=SC2086 # several arguments
		run -2 --separate-stderr "$CPROF" flame $arguments
		[[ -z $output ]]
		[[ ${#stderr_lines[@]} == 1 && $stderr == "cprof"*": "* ]]
	done
}

@test "flame: a page does not go to a terminal" {
	need_pages
	command -v script >/dev/null || skip "no script(1)"
	run -2 script -qec "'$CPROF' flame '$WORK/new.pb.gz'" /dev/null
	[[ $output == *"-o flame.html"* ]]
	[[ $output != *"<html"* ]]
}

@test "flame: to a pipe it writes the same page, and the page asks for nothing" {
	need_pages
	"$CPROF" flame "$WORK/new.pb.gz" | cmp - "$WORK/new.html"
	run grep -aoE "default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'" "$WORK/new.html"
	[[ $status == 0 ]]
	run ! grep -aoE '(src|href)="?(https?:)?//' "$WORK/new.html"
}
