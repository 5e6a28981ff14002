# SPDX-License-Identifier: BSD-2-Clause
# The error bars of real profiles against the truth: 2,000 site-runs for each of three kinds of sizes
# and two rates, sums of sites, and a diff of two runs that did the same. How likely each check fails
# a correct program is said in helpers/coverage.py and at the tests. Not here: the same in simulation,
# with fixed seeds (unit/test_coverage.c, unit/test_promises.c).

load ../helpers

setup_file() {
	export XDG_CACHE_HOME=$BATS_FILE_TMPDIR/cache
	compile "$BATS_FILE_TMPDIR/sites" sites.c -lm
}

# sites_run RATE PLAN [leak|churn BYTES]: the last snapshot of one run is $profile, the one before it
# $before, the truth $table.
sites_run() {
	local dir
	dir=$(mktemp -d "$BATS_TEST_TMPDIR/XXXXXX")
	table=$dir.table
	profiled "rate=$1,dir=$dir" "$BATS_FILE_TMPDIR/sites" "$table" "$@"
	profile=$(last_snapshot "$dir")
	before=$(snapshots "$dir" | head -n 1)
}

intervals_hold() {
	local run
	local -a pairs=()
	for run in {1..7}; do
		sites_run "$1" "$run"
		"$CPROF" top --json -nodecount=0 "$profile" >"$table.json"
		pairs+=("$table:$table.json")
	done
	"$PYTHON" "$HERE/helpers/coverage.py" "$1" "${pairs[@]}" | tee "$BATS_TEST_TMPDIR/said"
	[[ ${PIPESTATUS[0]} == 0 ]]
}

@test "intervals hold the truth at 64k" { intervals_hold 65536; }
@test "intervals hold the truth at 512k" { intervals_hold 524288; }

# The sites of known_heap.go: 300 functions, ten under each caller.
go_sites() {
	local site
	printf 'package main\n\nvar sites = []func(size, count int){\n'
	for site in {0..299}; do
		printf '\tfunc(s, n int) { caller_%02d(%d, s, n) },\n' $((site / 10)) $((site % 10))
	done
	printf '}\n'
	for site in {0..299}; do
		printf '//go:noinline\nfunc site_%03d(s, n int) { for ; n > 0; n-- { keep[kept] = make([]byte, s); kept++ } }\n' "$site"
	done
	for site in {0..29}; do
		printf '//go:noinline\nfunc caller_%02d(which, s, n int) { [10]func(int, int){' "$site"
		printf 'site_%03d, ' $(seq $((site * 10)) $((site * 10 + 9)))
		printf '}[which](s, n) }\n'
	done
}

@test "intervals hold the truth in heap profiles that Go wrote" {
	local run dir=$BATS_TEST_TMPDIR/go
	local -a pairs=()
	command -v go >/dev/null || skip "no go"
	mkdir "$dir"
	cp "$PROGRAMS/known_heap.go" "$dir"
	go_sites >"$dir/sites.go"
	(cd "$dir" && HOME=$dir GOCACHE=${BATS_RUN_TMPDIR:-$dir}/gocache GO111MODULE=off GOFLAGS='' go build -o known known_heap.go sites.go)
	for run in {1..7}; do
		"$dir/known" "$dir/$run.pb.gz" "$dir/$run.table" 16384 "$run"
		"$CPROF" top --json -nodecount=0 -inuse_space "$dir/$run.pb.gz" >"$dir/$run.json"
		pairs+=("$dir/$run.table:$dir/$run.json")
	done
	"$PYTHON" "$HERE/helpers/coverage.py" 16384 "${pairs[@]}"
}

# flags JSON MOST: so many sites at most are called changed, and no more than one in 20.
flags() {
	"$PYTHON" - "$1" "$2" <<-'EOF'
		import json, sys
		diff = json.load(open(sys.argv[1]))
		flagged = diff["grown_count"] + diff["shrunk_count"]
		print(diff["tested_count"], "sites tested,", flagged, "flagged; whole:", diff["low"], diff["high"])
		assert diff["tested_count"] > 500 and flagged <= min(int(sys.argv[2]), diff["tested_count"] / 20)
	EOF
}

# leak_found JSON: it grew, and for sure.
leak_found() {
	"$PYTHON" - "$1" <<-'EOF'
		import json, sys
		diff = json.load(open(sys.argv[1]))
		grown = {site["stack"][0]["name"]: site for site in diff["sites"] if site["verdict"] == "grew"}
		assert "site_leak" in grown, grown.keys()
		assert 0 < grown["site_leak"]["low"] < grown["site_leak"]["change"] < grown["site_leak"]["high"]
	EOF
}

stated() { "$PYTHON" -c 'import json, sys; print(round(json.load(open(sys.argv[1]))["invisible_below_bytes"]))' "$1"; }

# One run in 20 may name a site at all; with 1,000 sites three and more are less likely than 1e-5.
@test "two runs that did the same: none of 1,000 sites changed; a leak of twice the stated size did" {
	local first limit run
	sites_run 65536 1
	first=$profile
	sites_run 65536 1
	"$CPROF" diff --json "$first" "$profile" >"$BATS_TEST_TMPDIR/same.json"
	flags "$BATS_TEST_TMPDIR/same.json" 3
	limit=$(stated "$BATS_TEST_TMPDIR/same.json")
	for run in {1..3}; do
		sites_run 65536 1 leak $((2 * limit))
		"$CPROF" diff --json "$first" "$profile" >"$BATS_TEST_TMPDIR/leak.json"
		leak_found "$BATS_TEST_TMPDIR/leak.json"
		flags "$BATS_TEST_TMPDIR/leak.json" 5
	done
}

# What is replaced comes by another way: only the sites themselves are compared.
@test "two snapshots of one process that replaced half of its memory: the same" {
	local limit run
	sites_run 65536 2 churn 0
	"$CPROF" diff --json -show='^site_' "$before" "$profile" >"$BATS_TEST_TMPDIR/same.json"
	grep -q '"one_process":true' <(tr -d ' \n' <"$BATS_TEST_TMPDIR/same.json")
	flags "$BATS_TEST_TMPDIR/same.json" 3
	limit=$(stated "$BATS_TEST_TMPDIR/same.json")
	for run in {1..3}; do
		sites_run 65536 2 churn $((2 * limit))
		"$CPROF" diff --json -show='^site_' "$before" "$profile" >"$BATS_TEST_TMPDIR/leak.json"
		leak_found "$BATS_TEST_TMPDIR/leak.json"
		flags "$BATS_TEST_TMPDIR/leak.json" 5
	done
}
