# SPDX-License-Identifier: BSD-2-Clause
# The configuration files of docs/examples/scrape/ against a program that serves its profiles: the requests that Parca and
# Alloy make of them, judged by their rules (helpers/scrapers.py); the script for cron, for real.
# Not here: what the endpoints answer (http.bats).

load ../helpers
load ../serving

SCRAPE=$CPA_SRCDIR/docs/examples/scrape

setup_file() {
	compile "$BATS_FILE_TMPDIR/served" served.c "$CPA_LIB" -Wl,-rpath,"$(dirname "$CPA_LIB")"
}

setup() { serving_setup; }
teardown() { serving_teardown; }

# all_on SETTINGS: what a server is started with that has all profiles.
all_on() { echo "rate=1,mutex=1,block=10us,$1"; }

scrape() { "$PYTHON" "$HERE/helpers/scrapers.py" "$@"; }

# scrape_while_growing SCRAPER FILE: what is scraped is in got; the program allocates 500009 bytes meanwhile.
scrape_while_growing() {
	mkdir got
	scrape "$1" "$2" "$port" aZ-9 got &
	local scraper=$!
	wait_until 20 test -s got/asked
	sleep 1 # the requests of a second or more have begun
	tell grow 500009
	wait "$scraper"
	for file in got/*.pb.gz; do
		go tool pprof -raw "$file" >raw 2>go.err || { cat go.err; return 1; }
	done
}

@test "Parca: each profile of its configuration" {
	"$PYTHON" -c 'import yaml' || skip "no python3-yaml"
	serve_tcp "$(all_on http_token=aZ-9)" "$BATS_FILE_TMPDIR/served"
	tell spin 1
	scrape_while_growing parca "$SCRAPE/parca.yaml"
	diff <(sort got/asked) - <<-'END'
		allocs /debug/pprof/allocs?seconds=10
		block /debug/pprof/block?seconds=10
		goroutine /debug/pprof/goroutine
		memory /debug/pprof/heap
		mutex /debug/pprof/mutex?seconds=10
		process_cpu /debug/pprof/profile?seconds=10
	END
	(($(pprof_py total got/memory.pb.gz inuse_space) >= 1000003))
	[[ $(pprof_py total got/allocs.pb.gz alloc_space) == 500009 ]]
	[[ $(pprof_py leaves got/process_cpu.pb.gz) == *served_spin* ]]
	(($(pprof_py total got/goroutine.pb.gz goroutine) >= 4))
	# Without the token nobody is told anything.
	mkdir none
	run -1 scrape parca "$SCRAPE/parca.yaml" "$port" "" none
	[[ $(grep -c 'HTTP Error 401' <<<"$output") == 6 ]]
}

@test "Alloy: each profile of its configuration" {
	serve_tcp "$(all_on http_token=aZ-9)" "$BATS_FILE_TMPDIR/served"
	tell spin 1
	scrape_while_growing alloy "$SCRAPE/config.alloy"
	diff <(sort got/asked) - <<-'END'
		block /debug/pprof/block?
		goroutine /debug/pprof/goroutine?
		memory /debug/pprof/allocs?
		mutex /debug/pprof/mutex?
		process_cpu /debug/pprof/profile?seconds=14
	END
	[[ $(pprof_py leaves got/process_cpu.pb.gz) == *served_spin* ]]
	(($(pprof_py total got/goroutine.pb.gz goroutine) >= 4))
	# Alloy takes the differences of memory itself, sample by sample: other sizes of the same kind must not make one a new one.
	fetch() { curl -sS -H "Authorization: Bearer aZ-9" -o "$1" "$url/allocs"; }
	fetch old.pb.gz
	tell grow 500003
	tell grow 510007
	fetch new.pb.gz
	[[ $(pprof_py growth old.pb.gz new.pb.gz alloc_space) == 1010010 ]]
}

@test "curl and cron: whole files, the newest of each kind, a token that no argument shows" {
	serve_tcp "$(all_on http_token=aZ-9)" "$BATS_FILE_TMPDIR/served"
	export CPU_SECONDS=1 KEEP=2 HEADERS=$PWD/headers
	(umask 077 && echo 'Authorization: Bearer aZ-9' >headers)
	local time
	for time in 1000000001 1000000002; do
		touch "server.0.$time.heap.pb.gz"
	done
	mkdir server
	mv server.0.* server
	touch server/server.0.1000000001.heap.txt server/other.0.1000000001.heap.pb.gz
	"$SCRAPE/fetch-profiles" "http://localhost:$port" server
	# Two are kept, that of now among them, and nothing of others is taken away.
	[[ $(find server -name 'server.0.*.heap.pb.gz' | wc -l) == 2 && ! -e server/server.0.1000000001.heap.pb.gz ]]
	[[ -e server/server.0.1000000001.heap.txt && -e server/other.0.1000000001.heap.pb.gz ]]
	rm server/*.0.100000000*
	[[ $(snapshots server | sed 's/.*[0-9]\{10\}\.//') == $'block.pb.gz\ncpu.pb.gz\ngoroutine.pb.gz\nheap.pb.gz\nmutex.pb.gz' ]]
	pprof_py check server/*.heap.pb.gz
	for file in server/*.pb.gz; do
		go tool pprof -raw "$file" >raw 2>go.err
	done
	# cprof takes the directory for one of snapshots.
	tell grow 500009
	sleep 1 # another second, another name
	CPU_SECONDS=0 PROFILES=heap "$SCRAPE/fetch-profiles" "http://localhost:$port/" server
	run -2 "$CPROF" leaks server
	[[ $output == *"2 snapshots of served; a verdict needs 4 or more"* ]]
	"$CPROF" diff server/*.heap.pb.gz | grep -q served_grow
	# What fails leaves no file, and is told.
	: >headers
	run -1 "$SCRAPE/fetch-profiles" "http://localhost:$port" server
	[[ $output == *401*"fetch-profiles: no heap from http://localhost:$port"* ]]
	[[ $(snapshot_count server) == 6 && -z $(find server -name '.*.tmp') ]]
	# Two at the same time are one.
	(flock 9 && CPU_SECONDS=0 "$SCRAPE/fetch-profiles" "http://localhost:$port" server) 9>server/.lock
}

@test "curl and cron: over a socket's file" {
	serve "$(all_on "http=unix:$PWD/sock")" "$BATS_FILE_TMPDIR/served"
	wait_until 20 test -S sock
	CPU_SECONDS=0 PROFILES="heap threadcreate" "$SCRAPE/fetch-profiles" "unix:$PWD/sock" files
	[[ $(find files -name 'files.0.*.threadcreate.pb.gz' | wc -l) == 1 ]]
	pprof_py check files/*.heap.pb.gz
}
