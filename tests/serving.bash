# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# A test program that is told on standard input what to do, and whose profiles are fetched meanwhile.
# Not here: the programs (programs/served.c, watched.c, compat.cc), other clients (helpers/http_client.py).

# serving_setup: an empty directory of the test's own.
serving_setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkfifo commands
	export HOME=$BATS_TEST_TMPDIR
}

# serving_teardown: the program ends, because its input does.
serving_teardown() {
	exec 6>&- || true
	if [[ -n ${pid:-} ]]; then
		wait_until 20 ended || kill -9 "$pid" || true
	fi
}

ended() { ! kill -0 "$pid" 2>/dev/null; }

# serve SETTINGS COMMAND...: the program runs, its answers are in the file out; $pid.
serve() {
	local settings=$1
	shift
	CPROFALLOC=$settings "$@" <commands >out 2>err 3>&- 6>&- &
	pid=$!
	exec 6>commands
	wait_until 20 grep -qx ready out
}

# serve_tcp SETTINGS COMMAND...: at a port that the kernel chooses, which one line of ours tells; $port, $url.
serve_tcp() {
	local settings=$1
	shift
	serve "http=localhost:0,$settings" "$@"
	wait_until 20 grep -q 'serving profiles at' err
	port=$(sed -n 's,^cprofalloc: serving profiles at http://127.0.0.1:\([0-9]*\)/debug/pprof/$,\1,p' err)
	# shellcheck disable=SC2034 # for the test
	url=http://localhost:$port/debug/pprof
}

# tell COMMAND [ARGUMENT...]: its answer.
tell() {
	local count
	count=$(wc -l <out)
	echo "$*" >&6
	wait_until 120 more_lines "$count"
	tail -n 1 out
}

more_lines() { (($(wc -l <out) > $1)); }

client() { "$PYTHON" "$HERE/helpers/http_client.py" "$@"; }
