# SPDX-License-Identifier: BSD-2-Clause
# What the heap is now, over HTTP: the figures against what the program did, and the pages in headless Chromium
# (tests/web/live.mjs, names.mjs, record.mjs). Not here: Go's endpoints (http.bats).

load ../helpers
load ../serving

setup_file() {
	compile "$BATS_FILE_TMPDIR/watched" watched.c "$CPA_LIB" -Wl,-rpath,"$(dirname "$CPA_LIB")"
}

setup() { serving_setup; }
teardown() { serving_teardown; }

# watched SETTINGS: the program, served; $url is what is before "/pprof" and "/cprof".
watched() {
	serve_tcp "$1" "$BATS_FILE_TMPDIR/watched"
	url=${url%/pprof}
}

# now QUERY FILE: the figures, which fit their schema.
now() {
	curl -sSf "$url/cprof/live.json?$1" >"$2"
	"$PYTHON" "$HERE/helpers/schema.py" "$CPA_SRCDIR/docs/schema" "$2"
}

@test "every byte of a known plan at rate=1: totals, sites, names; the same as the profile's" {
	watched rate=1
	now "" first
	tell grow 3 1000003
	tell markup 2 500009
	tell labelled 4 7000
	now "sites=1000&names=1" full
	curl -sSf -o heap.pb.gz "$url/pprof/heap"
	tell free 0 0
	now "sites=1000&names=1" last
	"$PYTHON" - first full last "$(pprof_py total heap.pb.gz inuse_space)" "$(pprof_py total heap.pb.gz alloc_objects)" <<-'EOF'
		import json, sys
		first, full, last = (json.load(open(path)) for path in sys.argv[1:4])
		held = 3 * 1000003 + 2 * 500009 + 4 * 7000
		assert full["inuse_space"] - first["inuse_space"] == held
		assert full["inuse_objects"] - first["inuse_objects"] == 9
		assert full["inuse_space"] == int(sys.argv[4]) and full["alloc_objects"] == int(sys.argv[5])
		assert last["inuse_space"] == first["inuse_space"]
		assert last["alloc_space"] - first["alloc_space"] == held
		assert full["inuse_space_half_width"] == 0 and full["rate_bytes"] == 1 and full["samples_lost"] == 0
		assert first["monotonic_ns"] < full["monotonic_ns"] < last["monotonic_ns"]
		assert "sites" not in first and full["site_count"] == len(full["sites"])
		assert sum(site["inuse_space"] for site in full["sites"]) == full["inuse_space"]
		sizes = [site["inuse_space"] for site in full["sites"]]
		assert sizes == sorted(sizes, reverse=True)
		of = {site["functions"][0]: site for site in full["sites"]}
		names = ["watched_grow", "<img src=x onerror=alert(1)>", "watched_labelled"]
		for name, objects, size in zip(names, (3, 2, 4), (1000003, 500009, 7000)):
		    site = of[name]
		    assert site["functions"][:2] == [name, "main"] and site["depth"] >= 2, site
		    assert (site["inuse_objects"], site["inuse_space"]) == (objects, objects * size), site
		    assert (site["alloc_objects"], site["alloc_space"]) == (objects, objects * size), site
		    assert site["inuse_space_half_width"] == 0
		ids = {site["id"] for site in last["sites"]}
		assert not ids & {of[name]["id"] for name in names}, "freed, but a site"
		assert ids <= {site["id"] for site in full["sites"]}
	EOF
	# Text that may stand inside HTML.
	! grep -q '[<>&]' full || return 1
}

@test "estimates and their error at rate=64k: those of the profile, and of its reader" {
	watched rate=64k
	tell grow 4000 1000
	tell labelled 3000 20000
	now "sites=1000&names=1" live
	curl -sSf -o heap.pb.gz "$url/pprof/heap"
	"$CPROF" top --json -inuse_space heap.pb.gz >top
	"$PYTHON" - live top <<-'EOF'
		import json, sys
		live, top = (json.load(open(path)) for path in sys.argv[1:])
		near = lambda one, other: abs(one - other) <= 1e-3 * other + 40  # a profile's values are whole, by bucket
		assert near(live["inuse_space"], top["total"]), (live["inuse_space"], top["total"])
		assert near(live["inuse_space_half_width"], top["total_half_width"])
		flat = {row["name"]: row for row in top["rows"]}
		site = {site["functions"][0]: site for site in live["sites"]}["watched_labelled"]
		assert near(site["inuse_space"], flat["watched_labelled"]["flat"])
		assert near(site["inuse_space_half_width"], flat["watched_labelled"]["flat_half_width"])
		# A sampling error of this or less in all but one run of a billion.
		assert abs(live["inuse_space"] - 64e6) < 6.1 / 1.96 * live["inuse_space_half_width"] + 1e5
	EOF
}

@test "the process: resident set, threads, the allocator, against the kernel and the profile's comments" {
	watched rate=512k
	tell churn 3 0
	tell grow 20 1000003
	now "" live
	curl -sSf -o heap.pb.gz "$url/pprof/heap"
	rss=$(awk '{ print $2 * 4096 }' "/proc/$pid/statm")
	"$PYTHON" - live "$rss" "$(pprof_py comment heap.pb.gz jemalloc_active_bytes)" "$(date +%s)" <<-'EOF'
		import json, sys
		live, rss, active, seconds = json.load(open(sys.argv[1])), *map(int, sys.argv[2:])
		mib = 1 << 20
		assert live["threads"] == 4, live["threads"]
		assert abs(live["rss_bytes"] - rss) < 4 * mib and live["peak_rss_bytes"] + mib >= live["rss_bytes"]
		assert abs(live["jemalloc_active_bytes"] - active) < 4 * mib
		assert 20 * 1000003 <= live["jemalloc_allocated_bytes"] <= live["jemalloc_active_bytes"] <= live["jemalloc_resident_bytes"]
		assert -1 < seconds - live["time_ns"] / 1e9 < 600 and live["start_ns"] <= live["time_ns"]
	EOF
}

@test "many at once while threads allocate; more sites than there are, none, and nonsense" {
	watched rate=4k
	tell grow 1 1000003
	tell churn 4 0
	for _ in 1 2 3 4; do
		for ((i = 0; i < 50; i++)); do echo "url=$url/cprof/live.json?sites=100&names=$((i % 2))"; done |
			curl -sSf -K - >/dev/null &
	done
	for job in $(jobs -p | grep -vx "$pid"); do wait "$job"; done
	now "sites=99999999999999999999" all
	now "sites=-1" none
	now "sites=1&names=1" one
	"$PYTHON" -c 'import json
assert "sites" not in json.load(open("none")) and len(json.load(open("one"))["sites"]) == 1'
	kill -0 "$pid"
}

@test "who may ask, and the headers: not kept, not told to others, not framed" {
	watched rate=1,http_token=aZ-9
	[[ $(curl -sS -o x -w '%{http_code}' "$url/cprof/live.json") == 401 ]]
	[[ $(curl -sS -o x -w '%{http_code}' "$url/cprof/live") == 401 ]]
	[[ $(curl -sS -o x -w '%{http_code}' -H 'Authorization: Bearer aZ-9' "$url/cprof/live.json") == 200 ]]
	[[ $(curl -sS -o x -w '%{http_code}' -H 'Host: evil.example' "$url/cprof/live.json?token=aZ-9") == 403 ]]
	[[ $(curl -sS -o x -w '%{http_code}' "$url/cprof/nothing?token=aZ-9") == 404 ]]
	curl -sS -D headers -o x "$url/cprof/live.json?token=aZ-9"
	grep -qi '^content-type: application/json' headers
	grep -qi '^cache-control: no-store' headers
	grep -qi '^referrer-policy: no-referrer' headers
	curl -sS "$url/pprof/?token=aZ-9" >index
	grep -q '<a href="../cprof/live.json?sites=20&amp;names=1&amp;token=aZ-9">' index
	code=$(curl -sS -D headers -o page -w '%{http_code}' "$url/cprof/live?token=aZ-9")
	if [[ $code == 501 ]]; then
		grep -q -- '--without-web' page
		! grep -q 'cprof/live?' index || return 1
	else
		grep -q '<a href="../cprof/live?token=aZ-9">' index
		grep -qi "^content-security-policy: frame-ancestors 'none'" headers
		grep -q "default-src 'none'; script-src 'sha256-" page
		run ! grep -aoE '(src|href)="?(https?:)?//' page
	fi
}

@test "short names of C++ symbols are those of c++filt" {
	command -v node >/dev/null || skip "no node"
	nm -D --defined-only "$($CXX -print-file-name=libstdc++.so.6)" | awk '$2 ~ /[TW]/ { print $3 }' | sed 's/@.*//' |
		grep '^_Z' | sort -u >symbols
	c++filt -p <symbols | paste symbols - | node "$CPA_SRCDIR/tests/web/names.mjs"
}

@test "ten minutes of answers, growth and its error, by hand" {
	command -v node >/dev/null || skip "no node"
	[[ $(node "$CPA_SRCDIR/tests/web/record.mjs") == ok ]]
}

@test "in Chromium: it moves on, tells what grows, pauses, is silent and recovers; hostile names; the index" {
	watched rate=1
	[[ $(curl -sS -o page -w '%{http_code}' "$url/cprof/live") == 200 ]] || skip "built without pages"
	command -v node >/dev/null || skip "no node"
	status=0
	node "$CPA_SRCDIR/tests/web/live.mjs" "$BATS_FILE_TMPDIR/watched" "$PWD" >node.out 2>node.err || status=$?
	((status != 77)) || skip "$(cat node.err)"
	((status == 0)) || {
		cat node.out node.err
		return 1
	}
	[[ $(grep -c '^ok ' node.out) == 11 ]]
}
