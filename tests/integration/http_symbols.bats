#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What cprof adds to profiles over HTTP: lines and inlined frames, flame graphs; that the program does not notice who makes
# them, and what is served when nobody can. Not here: the other endpoints (http.bats), finding lines (symbols.bats).

load ../helpers
load ../serving

setup_file() {
	compile "$BATS_FILE_TMPDIR/notices" notices.c "$CPA_LIB" -Wl,-rpath,"$(dirname "$CPA_LIB")"
	compile "$BATS_FILE_TMPDIR/served" served.c "$CPA_LIB" -Wl,-rpath,"$(dirname "$CPA_LIB")"
	compile "$BATS_FILE_TMPDIR/view" childs_view.c
	"$CC" -o "$BATS_FILE_TMPDIR/hangs" -x c - <<<'int pause(void); int main(void) { for (;;) pause(); }'
	"$CC" -o "$BATS_FILE_TMPDIR/crashes" -x c - <<<'int main(void) { __builtin_trap(); }'
}

setup() { serving_setup; }
teardown() { serving_teardown; }

notices() { serve_tcp "rate=1,$1" "${@:2}" "$BATS_FILE_TMPDIR/notices"; }

# install [FILE]: an installation of the library in the directory "usr", with this file as its cprof, or none.
install() {
	mkdir -p usr/lib/cprofalloc usr/bin
	cp "$CPA_LIB" usr/lib/
	cp "$(dirname "$CPA_LIB")/libcprofhttp.so" usr/lib/cprofalloc/
	[[ -z ${1:-} ]] || cp "$1" usr/bin/cprof
}

# Not LD_PRELOAD for this shell: a command before the program would serve too.
installed() { serve_tcp "rate=1,$1" "${@:3}" env LD_PRELOAD="$PWD/usr/lib/libcprofalloc.so" "$BATS_FILE_TMPDIR/$2"; }
installed_notices() { installed "$1" notices "${@:2}"; }

# Processes that run the installation's cprof; those that have the program's file, with the program.
cprofs() { find /proc -maxdepth 2 -name exe -lname "$PWD/usr/bin/cprof" 2>/dev/null | wc -l; }
programs() { find /proc -maxdepth 2 -name exe -lname "$(readlink "/proc/$pid/exe")" 2>/dev/null | wc -l; }
is() { [[ $("$2") == "$1" ]]; }

# The descriptors of the server's thread.
descriptors() {
	local task
	for task in "/proc/$pid/task"/*; do
		[[ $(<"$task/comm") != cprofhttp:* ]] || find "$task/fd" -type l | wc -l
	done
}

# The server has closed what its clients have closed.
no_connection() { [[ $(find "/proc/$pid/task"/*/fd -lname 'socket:*' | wc -l) == 1 ]]; }

# has_lines FILE, has_names FILE: the frames of notices_inner in the profile.
line_of() { grep -n "/\* $1 line \*/" "$PROGRAMS/notices.c" | cut -d: -f1; }
raw() { go tool pprof -symbolize=none -raw "$1" 2>go.err | tee raw; }
has_lines() {
	raw "$1" | grep -qE "M=1 notices_inner .*notices.c:$(line_of inner) s=[0-9]+" &&
		grep -qE "^ +notices_outer .*notices.c:$(line_of outer) s=[0-9]+" raw
}
has_names() { raw "$1" | grep -qE 'M=1 notices_outer :0' && ! grep -q notices.c: raw; }

@test "lines and inlined frames, of a program whose file and source have been moved" {
	mkdir there
	cp "$PROGRAMS/notices.c" notices.c
	PROGRAMS=$PWD compile there/notices notices.c "$CPA_LIB" -Wl,-rpath,"$(dirname "$CPA_LIB")"
	serve_tcp rate=1 there/notices
	mkdir elsewhere
	mv there/notices notices.c elsewhere
	tell nest 500009
	go tool pprof -list notices_outer -unit=B -trim_path="$PWD" -source_path="$PWD/elsewhere" "$url/heap" 2>go.err | tee list
	grep -qE "^ +\. +500009B +$(line_of outer):.*outer line" list
	curl -sS -o heap.pb.gz "$url/heap"
	has_lines heap.pb.gz
	pprof_py check heap.pb.gz
	curl -sS -o names.pb.gz "$url/heap?symbolize=names"
	has_names names.pb.gz
	curl -sS -o none.pb.gz "$url/heap?symbolize=none"
	! raw none.pb.gz | grep -q notices_ || return 1
	[[ $(pprof_py total heap.pb.gz alloc_space) -ge 1500012 ]]
	for view in inuse_space alloc_objects; do
		diff <(pprof_py total heap.pb.gz $view) <(pprof_py total names.pb.gz $view)
	done
	# Nothing was said but where it serves.
	[[ $(wc -l <err) == 1 ]]
}

@test "of CPU time and of deltas; texts have names" {
	notices ""
	tell spin
	curl -sS -o heap.pb.gz "$url/heap" # the lines are kept from now on
	curl -sS -o delta.pb.gz "$url/heap?seconds=3" &
	local delta=$!
	curl -sS -o cpu.pb.gz "$url/profile?seconds=3" &
	local cpu=$!
	for _ in {1..20}; do
		tell nest 10007
		sleep 0.1
	done
	wait "$delta" "$cpu"
	# On a machine that is too busy for the client's patience, there are none, and that is said.
	has_lines delta.pb.gz || grep -q 'no lines: cprof took too long' err
	[[ $(pprof_py total delta.pb.gz inuse_space) -gt 0 ]]
	raw cpu.pb.gz | grep -q 'notices_spin .*notices.c:' || grep -q 'no lines: cprof took too long' err
	grep -q notices_spin raw
	curl -sS "$url/heap?debug=1" >text
	grep -q notices_outer text
	! grep -q notices_inner text || return 1
}

@test "the setting names=0: none, unless they are asked for" {
	notices names=0
	tell nest 500009
	curl -sS -o none.pb.gz "$url/heap"
	! raw none.pb.gz | grep -q notices_ || return 1
	curl -sS -o lines.pb.gz "$url/heap?symbolize=lines"
	has_lines lines.pb.gz
}

@test "the program notices no child, no signal, no descriptor" {
	notices ""
	tell nest 500009
	curl -sS -o heap.pb.gz "$url/heap"
	local before i
	wait_until 20 no_connection
	before=$(descriptors)
	for ((i = 0; i < 50; i++)); do curl -sS -o "$((i % 2)).pb.gz" "$url/heap"; done
	[[ $(tell noticed) == "noticed 0 0 0" ]]
	# It notices its own one; then it has none at all.
	[[ $(tell kill) == "kill 1 1 0" ]]
	for ((i = 0; i < 50; i++)); do curl -sS -o "$((i % 2)).pb.gz" "$url/heap"; done
	[[ $(tell noticed) == "noticed 1 1 0" ]]
	has_lines 0.pb.gz && has_lines 1.pb.gz
	wait_until 20 same_descriptors "$before"
	wait_until 20 is 1 programs
	[[ $(<"/proc/$pid/oom_score_adj") == "$(<"/proc/$$/oom_score_adj")" ]]
}

same_descriptors() { [[ $(descriptors) == "$1" ]]; }

@test "20 at once: all have lines" {
	notices ""
	tell nest 500009
	local i
	local -a all=()
	for ((i = 0; i < 20; i++)); do
		curl -sS -o "$i.pb.gz" "$url/heap" &
		all+=($!)
	done
	wait "${all[@]}"
	for ((i = 0; i < 20; i++)); do has_lines "$i.pb.gz"; done
}

@test "what the child is given: three descriptors, no signal state, a small environment" {
	install "$BATS_FILE_TMPDIR/view"
	mkdir usr/lib/cprof # of something else
	DEBUGINFOD_URLS=http://127.0.0.1:9 MALLOC_CONF=abort_conf:false installed "" served env --ignore-signal=CHLD,HUP,TERM
	curl -sS -o view "$url/heap"
	cat view
	[[ $(grep -c '^descriptor ' view) == 3 && $(grep '^argument ' view | xargs) == "argument cprof argument symbolize argument -o argument - argument -" ]]
	grep -q '^/proc/self/status: SigBlk:.0*$' view
	grep -q '^/proc/self/status: SigIgn:.0*$' view
	grep -q '^/proc/self/status: SigCgt:.0*$' view
	grep -qx 'priority 10 policy 3 signal 9 core 0' view
	grep -qx '/proc/self/oom_score_adj: 1000' view
	[[ $(sed -n 's/^variable \([^=]*\)=.*/\1/p' view | sort | xargs) == "CPROF_PROGRAM DEBUGINFOD_URLS HOME LC_ALL PATH" ]]
	[[ $(sed -n 's/^variable CPROF_PROGRAM=//p' view) == "/proc/$pid/exe" ]]
}

@test "without cprof: names, and one line that says so" {
	install
	[[ ! -e $(sed -n 's/^bindir = //p; s/^prefix = //p' "$CPA_BUILDDIR/Makefile" | head -n 1)/bin/cprof ]] || skip "cprof is installed"
	installed_notices ""
	tell nest 500009
	for _ in 1 2 3; do curl -sS -o heap.pb.gz "$url/heap"; done
	has_names heap.pb.gz
	[[ $(grep -c 'profiles over HTTP have names and no lines: cprof was found neither' err) == 1 && $(wc -l <err) == 2 ]]
	[[ $(client status "$port" /debug/cprof/flame/heap) == 501 ]]
	curl -sS "$url/../cprof/flame/profile" | grep -q '^no flame graph: cprof was found neither'
}

@test "a cprof that fails, crashes or says nothing: names, and one line" {
	local cprof
	for cprof in /bin/false:"failed .status 1." /bin/true:"could not be run: No data available" \
		"$BATS_FILE_TMPDIR/crashes:failed .status 13[2-9]."; do
		rm -rf usr out
		install "${cprof%%:*}"
		installed_notices ""
		tell nest 500009
		for _ in 1 2 3; do curl -sS -o heap.pb.gz "$url/heap"; done
		has_names heap.pb.gz
		[[ $(grep -c "no lines: cprof ${cprof#*:}" err) == 1 && $(wc -l <err) == 2 ]]
		exec 6>&-
		wait "$pid"
	done
}

@test "a cprof that takes too long is killed: names, and one line" {
	install "$BATS_FILE_TMPDIR/hangs"
	installed_notices ""
	tell nest 500009
	# Of a delta it may take less than the 20 s of a heap profile: go tool pprof does not wait so long.
	curl -sS --max-time 15 -o delta.pb.gz "$url/heap?seconds=1" &
	local fetch=$!
	for _ in {1..10}; do
		tell nest 10007
		sleep 0.1
	done
	wait "$fetch"
	has_names delta.pb.gz
	grep -q 'no lines: cprof took too long' err
	wait_until 20 is 0 cprofs
	wait_until 20 is 2 programs # and the child that it made itself
	[[ $(tell noticed) == "noticed 0 0 0" ]]
}

@test "it ends with the client that waits, and with the program" {
	install "$BATS_FILE_TMPDIR/hangs"
	installed_notices ""
	curl -sS -o heap.pb.gz "$url/heap" &
	local -a fetches=($!)
	wait_until 20 is 1 cprofs
	# No more than two at a time; who waits for his turn goes away too.
	curl -sS -o heap.pb.gz "$url/heap" &
	fetches+=($!)
	wait_until 20 is 2 cprofs
	curl -sS -o heap.pb.gz "$url/heap" &
	fetches+=($!)
	curl -sSf -o names.pb.gz "$url/heap?symbolize=names" # has been served: the one before it, too, was read
	[[ $(cprofs) == 2 ]]
	kill "${fetches[@]}"
	wait_until 20 is 0 cprofs
	wait_until 20 is 2 programs
	[[ $(tell noticed) == "noticed 0 0 0" ]]
	curl -sS -o heap.pb.gz "$url/heap" &
	wait_until 20 is 1 cprofs
	kill -9 "$pid"
	wait_until 20 is 0 cprofs
}

@test "a container's first process, to which orphans are given, notices nothing either" {
	unshare -p true 2>/dev/null || skip "no process namespaces"
	install "$BATS_FILE_TMPDIR/hangs"
	installed_notices "" unshare -pf --mount-proc --kill-child
	tell nest 500009
	curl -sS -o heap.pb.gz "$url/heap" &
	wait_until 20 is 1 cprofs
	kill $!
	wait_until 20 is 0 cprofs
	curl -sS -o delta.pb.gz "$url/heap?seconds=1" # killed by the time limit
	wait_until 20 is 0 cprofs
	[[ $(tell noticed) == "noticed 0 0 0" ]]
}

@test "a program that confines itself is not ended by a fetch: names, and one line" {
	notices ""
	tell nest 500009
	curl -sS -o heap.pb.gz "$url/heap"
	has_lines heap.pb.gz
	tell confine
	curl -sS -o heap.pb.gz "$url/heap"
	has_names heap.pb.gz
	grep -q 'no lines: the program has confined itself (seccomp) since' err
	[[ $(tell noticed) == "noticed 0 0 0" ]]
}

@test "a program with its file's privileges starts nothing: names, and one line" {
	((EUID == 0)) || skip "needs root"
	cp "$BATS_FILE_TMPDIR/served" .
	chgrp daemon served
	chmod g+s served
	serve "" ./served
	[[ $(tell listen unix:sock) == "listen 0" ]]
	curl -sS --unix-socket sock -o heap.pb.gz http://localhost/debug/pprof/heap
	raw heap.pb.gz >/dev/null
	! grep -q served.c: raw || return 1
	grep -q 'no lines: a program with privileges' err
}

# The first that the server's thread has free.
free_descriptor() {
	local task fd=0
	for task in "/proc/$pid/task"/*; do
		[[ $(<"$task/comm") == cprofhttp:* ]] || continue
		while [[ -e $task/fd/$fd ]]; do fd=$((fd + 1)); done
	done
	echo $fd
}

@test "without descriptors to spare: a profile with names, at once" {
	notices ""
	tell nest 500009
	curl -sS -o heap.pb.gz "$url/heap"
	has_lines heap.pb.gz
	wait_until 20 no_connection
	prlimit --pid "$pid" --nofile="$(($(free_descriptor) + 1)):" # the connection's
	curl -sS --max-time 15 -o heap.pb.gz "$url/heap"
	pprof_py check heap.pb.gz
	! raw heap.pb.gz | grep -q notices.c: || return 1
	prlimit --pid "$pid" --nofile=1024:
	curl -sS -o heap.pb.gz "$url/heap"
	has_lines heap.pb.gz
}

@test "a flame graph of each profile, in Chromium: frames by name, nothing foreign" {
	"$CPROF" flame -o probe.html "$CPA_SRCDIR/nothing" 2>&1 | grep -q 'without HTML pages' && skip "cprof was built without pages"
	command -v node >/dev/null || skip "no node"
	local image='<img/src=x/onerror=alert(1)>' status=0
	# A function whose name is markup, in a program whose name is. -g would give it its name in the source.
	"$CC" -O1 -pthread -rdynamic -o plain "$PROGRAMS/notices.c" "$CPA_LIB" -Wl,-rpath,"$(dirname "$CPA_LIB")"
	objcopy --redefine-sym "notices_outer=$image" --redefine-sym "notices_spin=<script>spin" plain "<b>name"
	serve_tcp rate=1,http_token=aZ-9 "./<b>name"
	tell nest 500009
	tell spin
	local page=http://localhost:$port/debug/cprof/flame
	[[ $(client status "$port" /debug/cprof/flame/heap) == 401 ]]
	curl -sS -D headers -o page.html "$page/heap?token=aZ-9"
	grep -qix $'content-type: text/html; charset=utf-8\r' headers
	grep -qix $'referrer-policy: no-referrer\r' headers
	! grep -qi content-disposition headers || return 1
	grep -qF "Content-Security-Policy" page.html
	! grep -qF "$image" page.html || return 1
	for query in heap "allocs?seconds=1" "profile?seconds=1" goroutine; do
		local name=$image
		case $query in
		profile* | goroutine) name='<script>spin' ;;
		allocs*) name=all ;;
		esac
		node "$CPA_SRCDIR/tests/web/served.mjs" "$page/$query$([[ $query == *\?* ]] && echo '&' || echo '?')token=aZ-9" "$name" \
			>web.out 2>web.err || status=$?
		((status != 77)) || skip "$(cat web.err)"
		((status == 0)) || {
			echo "$query"
			cat web.out web.err
			return 1
		}
	done
}
