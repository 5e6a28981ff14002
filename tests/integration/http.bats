# SPDX-License-Identifier: BSD-2-Clause
# Profiles over HTTP: every status, header and body, what go tool pprof and curl make of them, who may ask, clients that
# do as they should not. Not here: reading requests (tests/unit/test_request.c).

load ../helpers
load ../serving

setup_file() {
	compile "$BATS_FILE_TMPDIR/served" served.c "$CPA_LIB" -Wl,-rpath,"$(dirname "$CPA_LIB")"
}

setup() {
	serving_setup
	served=$BATS_FILE_TMPDIR/served
}

teardown() { serving_teardown; }

@test "every endpoint: status, headers, body, as Go's" {
	serve_tcp rate=1 "$served"
	client table "$port"
	curl -sS "$url/" >index
	grep -qx '<title>/debug/pprof/</title>' index
	grep -q '<td>3</td><td><a href="mylib/sessions?debug=1">mylib/sessions</a>' index
	grep -q '<a href="goroutine?debug=2">full goroutine stack dump</a>' index
	[[ $(grep -c '<tr><td>[0-9]*</td>' index) == 10 ]]
	[[ $(curl -sS "$url/heap?debug=1" | tail -n 3 | grep -c ' (@') -gt 0 ]]
	# Fetched with any name but curl's own: nothing was said on standard error but where it serves.
	[[ $(wc -l <err) == 1 ]]
}

@test "bad requests get the right status, and the next ones an answer" {
	serve_tcp rate=1 "$served"
	client bad "$port"
	client pipeline "$port"
	client old "$port"
}

@test "go tool pprof over HTTP: heap, allocs, threadcreate, a profile of the program's own" {
	serve_tcp rate=1 "$served"
	go tool pprof -top -unit=B "$url/heap" >top 2>go.err
	cat top
	grep -qx 'Type: inuse_space' top
	grep -qE '^ +1000003B .* served_grow$' top
	! grep -q 'symbolization failed' go.err || return 1
	go tool pprof -top -unit=B "$url/allocs" 2>go.err | tee top | grep -qx 'Type: alloc_space'
	go tool pprof -top "$url/threadcreate" 2>go.err | tee top | grep -qE '^ +2 +100% .* served_create$'
	go tool pprof -top "$url/mylib/sessions" 2>go.err | tee top | grep -qE '3, 100% of 3 total'
	go tool pprof -top "$url/mutex" 2>go.err | grep -qE '^Showing nodes accounting for 0'
	go tool pprof -raw "$url/heap" 2>go.err | grep -q "$(readelf -nW "$served" | sed -n 's/.*Build ID: //p')"
	# The client's refusals carry our words.
	run go tool pprof -top "$url/nobody"
	[[ $output == *"404 Not Found - Unknown profile"* ]]
}

@test "seconds: only what happened meanwhile; delta=alloc keeps what is in use" {
	serve_tcp rate=1 "$served"
	curl -sS -o delta.pb.gz "$url/heap?seconds=2" &
	local fetch=$!
	# Asked on another connection: the first is being waited for.
	wait_until 20 curl -sS -o old.pb.gz "$url/heap"
	curl -sS -o kept.pb.gz "$url/heap?seconds=2&delta=alloc" &
	local kept=$!
	sleep 1 # both copies are taken when this begins
	[[ $(tell grow 500009) == "grow 0" ]]
	wait "$fetch" "$kept"
	[[ $(pprof_py total delta.pb.gz inuse_space) == 500009 && $(pprof_py total delta.pb.gz alloc_objects) == 1 ]]
	[[ $(pprof_py total kept.pb.gz alloc_space) == 500009 ]]
	(($(pprof_py total kept.pb.gz inuse_space) >= 1500012))
	go tool pprof -top -unit=B delta.pb.gz 2>go.err | tee top
	grep -qE '^Duration: 2(\.0[0-9]*)?s' top
	grep -qE '^ +500009B +100% .* served_grow$' top
	pprof_py check delta.pb.gz kept.pb.gz
}

@test "symbol: GET and POST, addresses of the file and of the process, a large body" {
	serve_tcp rate=1 "$served"
	curl -sS -o heap.pb.gz "$url/heap"
	local address
	address=$(go tool pprof -raw heap.pb.gz 2>go.err | awk '/^Locations/ { on = 1; next } on && / served_grow / { print $2; exit }')
	[[ $address == 0x* ]]
	curl -sS "$url/symbol?$address" | diff - <(printf 'num_symbols: 1\n%s served_grow\n' "$address")
	curl -sS --data-binary "0+$address+zzz+$address" "$url/symbol" | diff - \
		<(printf 'num_symbols: 1\n%s served_grow\n%s served_grow\n' "$address" "$address")
	"$PYTHON" -c "print('+'.join(['$address'] * 9000), end='')" >body
	[[ $(curl -sS --data-binary @body "$url/symbol" | grep -c ' served_grow$') == 9000 ]]
	# go tool pprof asks it for what a profile without names has none of.
	go tool pprof -top -symbolize=remote "$url/heap?symbolize=none" 2>go.err | tee top | grep -q ' served_grow$'
}

@test "CPU time, and a client that vanishes gives the profiler back" {
	serve_tcp rate=0 "$served"
	[[ $(tell spin 1) == "spin 0" ]]
	go tool pprof -top "$url/profile?seconds=1&hz=250" 2>go.err | tee top
	grep -qx 'Type: cpu' top
	grep -q 'served_spin' top
	# A bare address is the CPU profile; -seconds makes a difference of a heap profile.
	go tool pprof -seconds=1 -top "localhost:$port" 2>go.err | grep -qx 'Type: cpu'
	go tool pprof -seconds=1 -top "$url/heap" 2>go.err | grep -qE '^Duration: 1(\.0[0-9]*)?s'
	client vanish "$port"
}

@test "trace: one that go tool trace reads, and no second one at a time" {
	serve_tcp rate=0 "$served"
	curl -sS -D headers -o t.trace "$url/trace?seconds=0.2"
	grep -qi '^content-disposition: attachment; filename="trace"' headers
	go tool trace -d t.trace >events 2>go.err
	grep -q ' Gomaxprocs ' events
	# Beside a CPU profile.
	curl -sSf -o cpu.pb.gz "$url/profile?seconds=1" &
	local beside=$!
	curl -sS -o one "$url/trace?seconds=1" &
	curl -sS -o other "$url/trace?seconds=1"
	wait $!
	wait "$beside"
	go tool pprof -top cpu.pb.gz 2>go.err | grep -qx 'Type: cpu'
	[[ $(grep -alx "$REFUSED" one other | wc -l) == 1 ]]
	# Whoever asked for it goes away: the next one gets his.
	timeout 0.5 curl -sS -o /dev/null "$url/trace?seconds=20" || true
	wait_until 20 traces
}

REFUSED='Could not enable tracing: runtime error: tracing is already enabled'

traces() { curl -sSf -o t.trace "$url/trace?seconds=0.01" 2>/dev/null; }

@test "a fraction holds for one request" {
	serve_tcp rate=0 "$served"
	curl -sS -o x.pb.gz "$url/mutex?fraction=7&seconds=1"
	[[ $(pprof_py comment x.pb.gz fraction) == 7 && $(tell fraction) == "fraction 0" ]]
	go tool pprof -top x.pb.gz 2>go.err | grep -qx 'Type: delay'
}

@test "50 heap profiles at once while 8 threads allocate" {
	serve_tcp rate=64k "$served"
	[[ $(tell churn 8) == "churn 0" ]]
	client crowd "$port" 50
}

@test "clients that never end a request hold no others up" {
	serve_tcp rate=1 "$served"
	client slow "$port" 200
	kill -0 "$pid"
	# Descriptors are the server's own: the program has no socket.
	! find "/proc/$pid/fd" -lname 'socket:*' | grep -q . || return 1
	[[ $(find "/proc/$pid/task"/*/fd -lname 'socket:*' | wc -l) -ge 1 ]]
}

@test "a token: in the query, in a header, no other" {
	serve_tcp http_token=aZ-9 "$served"
	[[ $(client status "$port" /debug/pprof/) == 401 ]]
	[[ $(client status "$port" /debug/pprof/heap?token=aZ-8) == 401 ]]
	[[ $(client status "$port" /debug/pprof/heap?token=aZ-99) == 401 ]]
	[[ $(client status "$port" /debug/pprof/heap?token=) == 401 ]]
	[[ $(client status "$port" /debug/pprof/heap?token=aZ-9) == 200 ]]
	[[ $(client status "$port" /debug/pprof/heap "Authorization: Bearer aZ-9") == 200 ]]
	[[ $(client status "$port" "/debug/pprof/heap?token=aZ-9" "Authorization: Bearer x") == 401 ]]
	go tool pprof -top "$url/heap?token=aZ-9" 2>go.err | grep -qx 'Type: inuse_space'
	# The page's links carry it on.
	curl -sS "$url/?token=aZ-9" | grep -q '<a href="heap?debug=1&amp;token=aZ-9">'
}

@test "a socket's file: for its user alone, gone with the program, one left behind is replaced" {
	serve "http=unix:sock,http_cmdline=1" "$served"
	wait_until 20 test -S sock
	[[ $(stat -c %a sock) == 600 ]]
	wait_until 20 curl -sSf --unix-socket sock http://x/debug/pprof/heap -o heap.pb.gz
	pprof_py check heap.pb.gz
	curl -sS -D headers --unix-socket sock http://x/debug/pprof/cmdline | tr '\0' '\n' | diff - <(printf %s "$served")
	grep -q '^HTTP/1.1 200 OK' headers
	grep -q '^Content-Type: text/plain; charset=utf-8' headers
	[[ ! -s err ]]
	kill -9 "$pid"
	wait "$pid" || true
	[[ -S sock ]]
	rm out
	serve "http=unix:$PWD/sock" "$served"
	wait_until 20 curl -sSf --unix-socket sock http://x/debug/pprof/heap -o heap.pb.gz
	exec 6>&-
	wait "$pid"
	[[ ! -e sock ]]
}

@test "a program with a libevent of its own: ours is another one" {
	grep -q 'define CPA_LIBEVENT_PRIVATE' "$CPA_BUILDDIR/config.h" || skip "no archive of libevent to link hidden"
	compile evented evented.c -levent_core || skip "no libevent to build with"
	serve_tcp rate=1 env LD_PRELOAD="$CPA_LIB" ./evented
	client crowd "$port" 20
	[[ $(tell hello) == hello ]]
	exec 6>&-
	wait "$pid"
	[[ $(tail -n 1 out) == "0 from others" ]]
	[[ $(wc -l <err) == 1 ]] # where it serves
}

@test "by a call: each error has its code, and one line; a forked child has no server" {
	serve rate=1 "$served"
	[[ $(tell listen nonsense) == "listen -EINVAL" ]]
	[[ $(tell listen localhost:99999) == "listen -EINVAL" ]]
	[[ $(tell listen example.org:80) == "listen -EINVAL" ]]
	[[ $(tell listen 0.0.0.0:0) == "listen -EACCES" ]]
	[[ $(tell listen :0) == "listen -EACCES" ]]
	[[ $(tell listen unix:/nowhere/x) == "listen -ENOENT" ]]
	[[ $(wc -l <err) == 6 ]]
	grep -q 'no HTTP server: 0.0.0.0:0: other machines could ask; set http_token=TOKEN' err
	[[ $(tell listen unix:sock) == "listen 0" ]]
	[[ $(tell listen unix:sock2) == "listen -EALREADY" ]]
	[[ $(tell forked unix:sock3) == "forked 0" ]]
	[[ $(tell forked unix:sock) == "forked -EADDRINUSE" ]]
	[[ $(tell close) == "close 0" ]]
	curl -sSf --unix-socket sock http://x/debug/pprof/heap -o heap.pb.gz
	pprof_py check heap.pb.gz
}

@test "what a served program starts with the same settings is not served, and says nothing" {
	serve "http=unix:sock,http_cmdline=1" "$served"
	wait_until 20 test -S sock
	[[ $(tell start "$served") == "start 0" ]]
	# With another process between.
	printf '#!/bin/sh\n%s\nexit $?\n' "$served" >script
	chmod +x script
	[[ $(tell start "$PWD/script") == "start 0" ]]
	[[ ! -s err ]]
	curl -sSf --unix-socket sock http://x/debug/pprof/heap -o heap.pb.gz
	# It is not in the way of another address, nor of one that it asks for itself.
	printf '#!/bin/sh\nCPROFALLOC=http=unix:other,verbose=1 exec %s\n' "$served" >script
	[[ $(tell start "$PWD/script") == "start 0" ]]
	[[ $(wc -l <err) == 1 ]]
	grep -q "serving profiles at unix:$PWD/other" err
	[[ $(tell forked unix:sock) == "forked -EADDRINUSE" ]]
	# A stranger, and not a child, is told.
	both "http=unix:sock" true
	our_lines 1
	we_said 'sock: the address is in use'
}

@test "the same at a port; verbose=1 says which it is" {
	serve_tcp rate=1 "$served"
	local free=$port
	exec 6>&-
	wait "$pid"
	rm out
	serve "http=localhost:$free,verbose=1" "$served"
	wait_until 20 grep -q 'serving profiles at' err
	[[ $(tell start "$served") == "start 0" ]]
	[[ $(wc -l <err) == 2 ]]
	grep -q "no HTTP server: one that started this process is served at localhost:$free$" err
	grep -qx "cprofhttp:$free" /proc/"$pid"/task/*/comm
	[[ $(cat "/proc/$pid/comm") == served ]]
}

@test "what the settings ask for and cannot have is told in one line, and the program runs on" {
	serve_tcp rate=1 "$served"
	both "rate=1,http=localhost:$port,dir=$PWD" true
	our_lines 1
	we_said "no HTTP server: localhost:$port: the address is in use"
	both "http=0.0.0.0:0,final=0" true
	our_lines 1
	we_said 'set http_token=TOKEN'
	both "http=localhost:0,http_token=a b" true
	our_lines 2
	we_said 'http_token: want 1 to 255 letters'
	mkdir lonely
	cp "$CPA_LIB" lonely/libcprofalloc.so
	CPA_LIB=$PWD/lonely/libcprofalloc.so both "http=localhost:0" true
	our_lines 1
	we_said 'no HTTP server: .*libcprofhttp.so.* built --without-http'
}
