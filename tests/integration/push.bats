# SPDX-License-Identifier: BSD-2-Clause
# cprof push against a server that checks each request by what the documents of Pyroscope's POST /ingest say, and
# answers as it is told. Not here: the waits themselves (tests/unit/test_backoff.c), scrapers (scrape.bats).

load ../helpers

setup_file() {
	export PROF=$BATS_FILE_TMPDIR/prof
	compile "$BATS_FILE_TMPDIR/served" served.c "$CPA_LIB" -Wl,-rpath,"$(dirname "$CPA_LIB")"
	"$CPROF" help push >"$BATS_FILE_TMPDIR/help"
	make_snapshots
}

# Three snapshots of each kind: one on a signal, one more after 50009 bytes, and the last one at the end.
make_snapshots() {
	local fifo=$BATS_FILE_TMPDIR/commands
	mkfifo "$fifo"
	CPROFALLOC=rate=1,dir=$PROF,signal=USR2,cpu=250,mutex=1,block=1us,goroutine=1,threadcreate=1 \
		"$BATS_FILE_TMPDIR/served" <"$fifo" >"$BATS_FILE_TMPDIR/out" 3>&- 6>&- &
	local pid=$!
	exec 6>"$fifo"
	wait_until 20 grep -qx ready "$BATS_FILE_TMPDIR/out"
	echo spin 1 >&6
	wait_until 20 has_spun "$pid"
	kill -USR2 "$pid"
	wait_until 20 has_snapshots 7
	echo grow 50009 >&6
	wait_until 20 grep -qx 'grow 0' "$BATS_FILE_TMPDIR/out"
	kill -USR2 "$pid"
	wait_until 20 has_snapshots 14
	exec 6>&-
	wait "$pid"
	has_snapshots 21
}

# A tenth of a second of CPU time: 25 samples.
has_spun() { awk '{ exit $14 < 10 }' "/proc/$1/stat"; }

has_snapshots() { [[ $(snapshot_count "$PROF") == "$1" ]]; }

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	export HOME=$BATS_TEST_TMPDIR
	unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy
	! grep -q 'built without libcurl' <("$CPROF" push --to http://localhost:1 . 2>&1) || skip "built without libcurl"
	cp -rp "$PROF" prof
}

teardown() {
	[[ -z ${server:-} ]] || kill "$server" 2>/dev/null || true
}

# serve ANSWER...: the server with its directory, $url; what it takes is in srv.
serve() {
	[[ -z ${server:-} ]] || kill "$server"
	rm -rf srv
	mkdir srv
	"$PYTHON" "$HERE/helpers/ingest_server.py" srv "$@" 2>srv.err 3>&- &
	server=$!
	wait_until 20 test -f srv/port
	url=http://localhost:$(cat srv/port)
}

push() { "$CPROF" push --to "$url" --backoff 1ms "$@" >out 2>err; }

taken() { find srv -name '*.json' | wc -l; }
requests() { wc -l <srv/times; }

# all_good COUNT: so many were taken, and nothing was wrong with one.
all_good() {
	[[ ! -e srv/wrong ]] || { cat srv/wrong; return 1; }
	[[ $(taken) == "$1" ]] || { echo "$(taken) taken, not $1"; cat err; return 1; }
}

# ask EXPRESSION: of all that was taken, as Python sees it: kind(NAME) is the list, in order, of one kind.
ask() {
	"$PYTHON" - "$1" <<'PY'
import glob, json, sys
taken = [json.load(open("srv/%d.json" % n)) for n in range(1, 1 + len(glob.glob("srv/*.json")))]
def kind(name):
    return [one for one in taken if one["kind"] == name]
def totals(name, type):
    return [one["totals"][type] for one in kind(name)]
result = eval(sys.argv[1])
if result is not True:
    sys.exit("%s: %r" % (sys.argv[1], result))
PY
}

@test "each kind: fields, names, types, times as documented; counters as growth; lines and no numbers" {
	serve
	push --label env=test --label host=web-1 --header 'X-Scope-OrgID: team' prof
	[[ $(cat out) == "21 pushed to $url/ingest, 0 left" && ! -s err ]]
	all_good 21
	ask 'set(one["query"]["name"] for one in taken) == {"served{env=test,host=web-1}"}'
	ask 'set(one["headers"]["X-Scope-OrgID"] for one in taken) == {"team"}'
	ask '[one["sequence"] for one in kind("heap")] == [1, 2, 3]'
	# Growth for counters, as it is for values of the moment: the sum over time is what the program did.
	ask 'totals("heap", "alloc_space")[1:] == [50009, 0] and totals("heap", "alloc_objects")[1:] == [1, 0]'
	ask 'totals("heap", "inuse_space")[1] - totals("heap", "inuse_space")[0] == 50009'
	ask 'totals("heap", "alloc_space")[0] == totals("heap", "inuse_space")[0] > 1000003'
	ask 'sum(totals("cpu", "samples")) == '"$(pprof_py total prof/*0003.cpu.pb.gz samples)"
	ask 'sum(totals("threadcreate", "threadcreate")) == 3 and totals("threadcreate", "live") == [3, 3, 3]'
	ask 'min(totals("goroutine", "goroutine")) >= 4'
	ask 'totals("mylib/sessions", "mylib_sessions") == [3, 3, 3]'
	# What the server is told of them: mutex and block have the same types, and different names.
	ask 'kind("mutex")[0]["config"]["delay"]["display-name"] == "mutex_duration"'
	ask 'kind("block")[0]["config"]["delay"]["display-name"] == "block_duration"'
	ask 'kind("cpu")[0]["config"]["samples"] == {"units": "samples", "aggregation": "sum", "sampled": True, "display-name": "cpu"}'
	ask '[c["aggregation"] for t, c in sorted(kind("heap")[0]["config"].items())] == ["sum", "sum", "average", "average"]'
	# Intervals follow on each other; each is that of its profile.
	ask 'all([int(one["query"]["from"]) * 10**9 <= one["time_ns"] - one["duration_ns"] <= one["time_ns"] <
		int(one["query"]["until"]) * 10**9 for one in taken])'
	ask 'all([b["time_ns"] - b["duration_ns"] == a["time_ns"] for a, b in zip(kind("heap"), kind("heap")[1:])])'
	ask '"served_grow" in kind("heap")[1]["leaves"] and kind("heap")[1]["lines"] > 0 and "served_spin" in kind("cpu")[0]["leaves"]'
	ask 'not any([one["numbers"] for one in taken]) and all([one["is_joined"] for one in kind("heap")])'
	# And Go's client reads them.
	for file in srv/*.pb.gz; do
		go tool pprof -raw "$file" >raw 2>go.err
	done
	[[ $(go_top alloc_space "srv/$(grep -l '"kind": "heap", "sequence": 2' srv/*.json | grep -o '[0-9]*').pb.gz") == *50009B*served_grow* ]]
}

@test "a directory again and again: each snapshot once, what is new, what failed" {
	mkdir part
	cp -p prof/*.0001.* part
	serve
	push part
	[[ $(cat out) == "7 pushed"* ]]
	push part
	[[ $(cat out) == "0 pushed to $url/ingest, 0 left" ]]
	cp -p prof/*.0002.* prof/*.0003.* part
	push part
	[[ $(cat out) == "14 pushed"* ]]
	all_good 21
	ask 'totals("heap", "alloc_space")[1:] == [50009, 0]'
	# Another server, and another tenant of it, are others; the same one by another spelling is the same.
	push --header 'X-Scope-OrgID: two' part
	[[ $(cat out) == "21 pushed"* ]]
	"$CPROF" push --to "$url/ingest/" part | grep -q '^0 pushed'
	# Those that are gone are forgotten, and a new file under an old name is new.
	rm part/*.0001.*
	touch -d '2020-01-01' part/*.0003.heap.pb.gz
	push part
	[[ $(cat out) == "1 pushed"* ]]
	# In the file of the other tenant, which was not asked for since, they still are.
	[[ $(grep -l '\.0001\.' part/.cprof-push.* | wc -l) == 1 ]]
	# One that is named is pushed in any case; it is not remembered for that.
	push part/*.0002.heap.pb.gz
	[[ $(cat out) == "1 pushed"* ]]
}

@test "a server in trouble: again after a while, each time longer, and no more than was asked for" {
	serve 503 500 502 429
	push --backoff 8ms prof/*.0001.heap.pb.gz
	[[ $(cat out) == "1 pushed"* && $(requests) == 5 ]]
	# Between the half and the whole of 8, 16, 32, 64 ms, as the lines tell.
	sed -n 's/.*again in \([0-9.]*\) s ([1-4] of 5)$/\1/p' err |
		awk '{ whole = 0.008 * 2 ^ (NR - 1); if ($1 < whole / 2 - 0.0006 || $1 > whole + 0.0006) bad = 1 } END { exit bad || NR != 4 }'
	# And they were waited.
	awk 'NR > 1 && $1 - last < 0.004 * 2 ^ (NR - 2) { bad = 1 } { last = $1 } END { exit bad || NR != 5 }' srv/times
	serve 503 503 503 503
	run -1 push --retries 2 prof/*.0001.heap.pb.gz
	[[ $(requests) == 3 && $(cat out) == "0 pushed to $url/ingest, 1 left" ]]
	serve 408 drop 200
	push prof/*.0001.heap.pb.gz
	[[ $(requests) == 3 ]]
	all_good 1
}

@test "Retry-After: waited for, in seconds and as a date; not for hours" {
	serve 429/retry=1
	push prof/*.0001.heap.pb.gz
	awk 'NR == 1 { first = $1 } END { exit NR != 2 || $1 - first < 1 }' srv/times
	serve "503/retry=$(TZ=GMT LC_ALL=C date -d '+2 seconds' '+%a, %d %b %Y %H:%M:%S GMT')"
	push prof/*.0001.heap.pb.gz
	# The date has whole seconds, and one of them may have begun.
	grep -qE 'again in ([12]\.000|0\.001) s' err
	serve 429/retry=86400
	run -1 push prof
	[[ $(requests) == 1 && $(cat out) == "0 pushed to $url/ingest, 21 left" ]]
	grep -q 'not before 86400 s' err
}

@test "answers that another attempt does not change: one request, the right ones are left" {
	# Refused for itself: the others go on.
	serve 400 422 413
	run -1 push prof
	[[ $(requests) == 21 && $(cat out) == "18 pushed to $url/ingest, 3 left" ]]
	all_good 18
	push prof
	[[ $(cat out) == "3 pushed to $url/ingest, 0 left" ]]
	# Refused for what all have: nobody else is sent.
	local answer
	for answer in 401 403 404 301/location=http://localhost:1/ingest 307/location=http://localhost:1/; do
		serve "$answer"
		run -1 push prof
		[[ $(requests) == 1 && $(cat out) == "0 pushed to $url/ingest, 21 left" ]]
		grep -q ": ${answer%%/*}" err
		rm prof/.cprof-push.*
	done
	# Trouble with one does not hold up the rest; with three in a row it is the server.
	serve 500
	run -1 push --retries 0 prof
	[[ $(cat out) == "20 pushed to $url/ingest, 1 left" ]]
	rm prof/.cprof-push.*
	serve 200 500 500 500
	run -1 push --retries 0 prof
	[[ $(requests) == 4 && $(cat out) == "1 pushed to $url/ingest, 20 left" ]]
}

@test "nobody there, half an answer, no end of one: no harm, and none is pushed twice" {
	serve
	kill "$server"
	wait "$server" || true
	server=
	run -1 push --retries 1 prof
	[[ $(cat out) == *" 21 left" && $(wc -l <err) == 2 ]]
	serve half huge drop-after headers
	push prof/*.0001.heap.pb.gz prof/*.0002.heap.pb.gz prof/*.0003.heap.pb.gz prof/*.0001.cpu.pb.gz
	[[ $(cat out) == "4 pushed"* && $(requests) == 5 ]]
	all_good 4
	serve silent
	push --timeout 100ms prof/*.0001.heap.pb.gz
	[[ $(cat out) == "1 pushed"* && $(requests) == 2 ]]
	grep -q 'timed out' err
}

@test "secrets: from the environment, never shown, not to another host, not in a URL" {
	serve 503 400
	CPROF_PUSH_TOKEN=s3cr3t-token run -1 push prof/*.0001.heap.pb.gz prof/*.0002.heap.pb.gz
	! grep -r s3cr3t out err || return 1
	grep -q ': 400$' err
	ask 'taken[0]["headers"]["Authorization"] == "Bearer s3cr3t-token"'
	serve
	CPROF_PUSH_USER=me:s3cr3t push prof/*.0001.heap.pb.gz
	ask 'taken[0]["headers"]["Authorization"] == "Basic bWU6czNjcjN0"'
	# Elsewhere by a redirect: not followed.
	serve
	local other=$url other_pid=$server
	server=
	mv srv other
	serve "307/location=$other/ingest"
	CPROF_PUSH_TOKEN=s3cr3t-token run -1 push prof/*.0001.heap.pb.gz
	kill "$other_pid"
	[[ ! -e other/times ]]
	grep -q 'redirect, which is not followed' err
	CPROF_PUSH_TOKEN=$'a\r\nX-Evil: 1' run -2 push prof
	CPROF_PUSH_TOKEN=a CPROF_PUSH_USER=b:c run -2 push prof
	run -2 "$CPROF" push --to http://me:s3cr3t@localhost/ prof
	[[ $output == *CPROF_PUSH_USER* && $output != *s3cr3t* ]]
	# What a server says is shown, in one line, and commands no terminal.
	serve 400
	run -1 push prof/*.0001.heap.pb.gz
	[[ $(wc -l <err) == 1 ]]
	grep -qF ': 400: no?[31m: ' err
}

@test "the snapshot before is gone: its counters are left out, once, and that is told" {
	rm prof/*.0001.* prof/*.0002.cpu.pb.gz
	serve
	push prof
	all_good 13
	ask 'totals("heap", "alloc_space") == [0, 0] and min(totals("heap", "inuse_space")) > 1000003'
	ask 'totals("cpu", "samples") == [0]'
	[[ $(grep -c 'heap.pb.gz: without its counters' err) == 1 ]]
	! grep -q goroutine err || return 1
	# A process that got the pid of another, and goes on with its numbers, begins anew.
	serve
	local first
	first=$(basename prof/*.0002.heap.pb.gz)
	mkdir reused
	CPROFALLOC=rate=1,dir=reused "$BATS_FILE_TMPDIR/served" </dev/null >/dev/null
	mv reused/*.0001.heap.pb.gz "prof/${first/.0002./.0004.}"
	push prof
	[[ $(cat out) == "14 pushed"* ]]
	ask 'totals("heap", "alloc_space")[2] > 1000003'
}

@test "at the same time: one of them pushes, the other leaves it to it" {
	serve silent
	"$CPROF" push --to "$url" --timeout 60s --retries 0 prof >first 2>&1 &
	local first=$!
	wait_until 20 test -s srv/times
	push prof
	[[ $(cat out) == "0 pushed"* ]]
	grep -q 'another cprof pushes prof there' err
	kill "$first"
	wait "$first" || true
	push prof
	[[ $(cat out) == "21 pushed"* ]]
	all_good 21
}

@test "what cannot be remembered is not pushed; elsewhere with --state; not older than --since" {
	serve
	run -1 push --state nowhere/state prof
	[[ ! -e srv/times ]]
	grep -q 'nowhere/state: No such file or directory' err
	run -1 push --state /dev/full prof
	[[ ! -e srv/times ]]
	mkdir state.tmp # where it is written before it is renamed
	run -1 push --state state prof
	[[ ! -e srv/times ]]
	rmdir state.tmp
	ln -s /dev/null link
	run -1 push --state link prof
	push --state state prof
	[[ $(cat out) == "21 pushed"* && -s state && ! -e $(echo prof/.cprof-push.*) ]]
	touch -d '2 hours ago' prof/*.0001.*
	push --since 1h prof
	[[ $(cat out) == "14 pushed"* ]]
	# A file that is no profile is left, and the rest is pushed.
	serve
	head -c 100 prof/*.0001.heap.pb.gz >prof/served.1.0001.heap.pb.gz
	run -1 push prof
	[[ $(cat out) == "21 pushed"*", 1 left" ]]
}

@test "usage" {
	run -2 "$CPROF" push prof
	run -2 "$CPROF" push --to http://localhost
	local bad
	for bad in localhost:4040 ftp://localhost file:///etc/passwd '' http://; do
		run -2 "$CPROF" push --to "$bad" prof
		[[ $output == *"want a URL"* ]]
	done
	for bad in x =1 '1a=b' '__name__=x' 'a=b}' 'a=b,c' $'a=b\n'; do
		run -2 "$CPROF" push --to http://localhost --label "$bad" prof
	done
	for bad in 'X' ': x' $'A: b\r\nC: d' 'A ;: b'; do
		run -2 "$CPROF" push --to http://localhost --header "$bad" prof
	done
	run -2 "$CPROF" push --to http://localhost --name 'a b' prof
	serve
	run -1 push nowhere
	grep -q 'nowhere: No such file or directory' err
	mkdir empty
	push empty
	[[ $(cat out) == "0 pushed to $url/ingest, 0 left" ]]
	push --name my.app/x --symbolize none prof/*.0001.heap.pb.gz
	ask 'taken[0]["query"]["name"] == "my.app/x{}" and taken[0]["lines"] == 0'
}

@test "over TLS, a certificate that nobody vouches for is refused at once" {
	command -v openssl >/dev/null || skip "no openssl"
	openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 1 -subj /CN=localhost 2>/dev/null
	"$PYTHON" - <<'PY' >port 3>&- &
import socket, ssl
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("cert.pem", "key.pem")
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    try:
        context.wrap_socket(server.accept()[0], server_side=True).recv(1)
    except OSError:
        pass
PY
	server=$!
	wait_until 20 test -s port
	url=https://localhost:$(cat port)
	run -1 push prof
	[[ $(cat out) == *" 21 left" && $(wc -l <err) == 1 ]]
	grep -qi certificate err
}
