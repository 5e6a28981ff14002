# SPDX-License-Identifier: BSD-2-Clause
# Execution traces: Go's own reader takes them and tells what the program did; trace2json says the same; bad calls and bad
# files are answered. Not here: the buffers (test_trace.c).

load ../helpers

setup_file() {
	compile "$BATS_FILE_TMPDIR/traced" traced.c "$CPA_LIB" -Wl,-rpath,"$(dirname "$CPA_LIB")"
}

setup() {
	traced=$BATS_FILE_TMPDIR/traced
	cd "$BATS_TEST_TMPDIR" || return 1
}

# events FILE: as Go's reader understands them, one a line.
events() {
	go tool trace -d "$1" 2>err || {
		cat err
		return 1
	}
}

@test "go tool trace reads tasks, regions, messages, and threads that begin and end" {
	"$traced" plan t.trace
	[[ $(stat -c %a t.trace) == 600 ]]
	events t.trace >events
	grep -c ' UserTaskCreate .*name=request$' events | grep -qx 1
	grep -E ' UserTaskCreate .* name=part$' events | grep -qE ' pid=1 '
	[[ $(grep -c ' UserTaskEnd ' events) == 2 ]]
	[[ $(grep -c ' UserRegion .*taskid=1 mode=0 .*name=outer' events) == 30 ]]
	[[ $(grep -c ' UserRegion .*taskid=0 mode=1 .*name=inner' events) == 30 ]]
	[[ $(grep -c ' UserLog .*category=worker message=two$' events) == 10 ]]
	[[ $(grep -c ' GoEnd ' events) == 3 && $(grep -c ' GoCreate ' events) == 4 ]]
	grep -q ' HeapAlloc ' events
	# Regions lie in the threads that made them.
	[[ $(grep ' UserRegion ' events | grep -oE ' g=[0-9]+' | sort | uniq -c | grep -c ' 40 ') == 3 ]]
}

@test "its pages: threads by the function they run, tasks, regions" {
	"$traced" plan t.trace
	"$PYTHON" "$HERE/helpers/compat.py" pages t.trace /goroutines work /usertasks request /usertasks part \
		/userregions outer /jsontrace work >pages
	cat pages
	# Where those lead: one task, one kind of region, the threads that run one function.
	for page in goroutine usertask userregion; do
		grep -qx "/$page" pages
	done
}

@test "trace2json says the same to the viewers of Chrome's format" {
	"$traced" plan t.trace
	"$CPROF" trace2json -o t.json t.trace
	"$PYTHON" - t.json <<-'EOF'
		import collections, json, sys
		events = json.load(open(sys.argv[1]))["traceEvents"]
		count = collections.Counter((e["ph"], e["name"]) for e in events)
		assert count["B", "outer"] == count["B", "inner"] == 30 and count["E", "outer"] == 30, count
		assert count["b", "request"] == 1 and count["b", "part"] == 1
		assert count["i", "worker"] == 30
		names = [e["args"]["name"] for e in events if e["ph"] == "M"]
		assert sum(name.startswith("work ") for name in names) == 3, names
		# Each thread runs from its beginning to its end, and its regions lie in that.
		for e in events:
		    if e["ph"] == "B":
		        runs = [s for s in events if s["ph"] == "X" and s["tid"] == e["tid"]]
		        assert any(s["ts"] <= e["ts"] <= s["ts"] + s["dur"] for s in runs), e
		assert all(e["ts"] >= 0 for e in events if "ts" in e)
	EOF
	# As cprof reads from a pipe, and writes to one.
	"$CPROF" trace2json - <t.trace | cmp - t.json
}

@test "who waits for a lock: Go's profile of it names the function that locks; CPU samples are in the trace" {
	CPROFALLOC=cpu=1000 "$traced" pingpong t.trace 500
	go tool trace -pprof=sync t.trace >sync.pb 2>err || { cat err; return 1; }
	go tool pprof -top sync.pb 2>err | tee top
	grep -qE ' take_turn$' top
	events t.trace >events
	(($(grep -c ' GoBlockSync ' events) > 10))
	grep -q ' CPUSample ' events
	"$CPROF" trace2json t.trace | grep -q '"waiting for a lock: take_turn"'
}

@test "thousands of short threads: a number that Linux gives out again is another goroutine" {
	"$traced" threads 3000 >t.trace
	events t.trace >events
	[[ $(grep -c ' GoEnd ' events) == 3000 ]]
}

@test "calls out of order and nonsense are answered, and the trace stays one that Go reads" {
	"$traced" calls >out
	diff - out <<-'EOF'
		stop before start: EALREADY
		start on a closed descriptor: EBADF
		start: 0
		start again: EBUSY
		stop: 0
		stop again: EALREADY
		start on a full disk: 0
		stop on a full disk: ENOSPC
		start: 0
		tasks are numbered: 1
	EOF
}

@test "what is no trace, or a damaged one, is refused in one line" {
	"$traced" plan t.trace
	run --separate-stderr "$CPROF" trace2json /dev/null
	[[ $status == 2 && $stderr == "cprof: /dev/null: not an execution trace" ]]
	run --separate-stderr "$CPROF" trace2json missing
	[[ $status == 2 && $stderr == "cprof: missing: No such file or directory" ]]
	# Cut anywhere, or with one byte changed: an answer, never a crash.
	"$PYTHON" - "$CPROF" <<-'EOF'
		import random, subprocess, sys
		whole = open("t.trace", "rb").read()
		random.seed(1)
		def answer(data):
		    return subprocess.run([sys.argv[1], "trace2json", "-"], input=data, stdout=subprocess.DEVNULL,
		                          stderr=subprocess.PIPE).returncode
		for _ in range(100):
		    assert answer(whole[:random.randrange(len(whole))]) in (0, 2)
		    damaged = bytearray(whole)
		    damaged[random.randrange(16, len(damaged))] ^= 1 << random.randrange(8)
		    assert answer(bytes(damaged)) in (0, 2)
		assert answer(whole[:-20]) == 2
	EOF
}
