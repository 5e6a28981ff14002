# SPDX-License-Identifier: BSD-2-Clause
# What somebody who knows Go's tools does first, in thirty tests; 15 to 30: other profiles, HTTP, texts, pages, traces. The
# client is stock go tool pprof or go tool trace, the source a URL wherever it would be one. Not here: 1 to 14
# (compat_heap.bats), all that a hostile client may do (http.bats).

load ../compat

setup_file() { compat_build compat; }
setup() { serving_setup; }
teardown() { serving_teardown; }

helper() { "$PYTHON" "$HERE/helpers/compat.py" "$@"; }

@test "15: heap?seconds=2: heap-delta, its duration, only what is new; no delta of the program's own profile" {
	compat rate=1
	do_it leak 5 1000
	curl -sS -D headers -o delta.pb.gz "$url/heap?seconds=2" &
	sleep 1 # the earlier copy is taken when this begins, the later one a second after this ends
	do_it leak 3 2000
	wait $!
	grep -qi '^content-disposition: attachment; filename="heap-delta"' headers
	top delta.pb.gz
	grep -qE '^Duration: 2(\.0[0-9]*)?s' top
	[[ $(flat leak_site) == 6000 && $(flat library_site) == 6000 ]]
	run go tool pprof -top "$url/blobstore.Open?seconds=1"
	[[ $status != 0 && $output == *'400 Bad Request - "seconds" parameter is not supported for this profile type'* ]]
}

@test "16: every status, header and body" {
	compile served served.c "$CPA_LIB" -Wl,-rpath,"$(dirname "$CPA_LIB")"
	serve_tcp rate=1 ./served
	client table "$port"
}

@test "17: curl -I, two requests on one connection, 50 at once while others allocate" {
	compile served served.c "$CPA_LIB" -Wl,-rpath,"$(dirname "$CPA_LIB")"
	serve_tcp rate=64k ./served
	curl -sSI "$url/heap" | tr -d '\r' >headers
	head -n 1 headers | grep -qx 'HTTP/1.1 200 OK'
	grep -qix 'content-type: application/octet-stream' headers
	grep -qix 'x-content-type-options: nosniff' headers
	[[ $(curl -sS -w '%{num_connects} ' -o a "$url/heap" -o b "$url/allocs") == "1 0 " ]]
	[[ $(tell churn 8) == "churn 0" ]]
	client crowd "$port" 50
}

# two_at_once QUERY: of two who ask at the same time one is refused; the files are refused and taken.
two_at_once() {
	local name first
	for name in one other; do
		curl -sS -w '%{http_code}' -o "$name" "$url/$1" >"$name.status" 3>&- &
		first=${first:-$!}
	done
	wait "$first" $!
	for name in one other; do
		case $(cat "$name.status") in
		200) mv "$name" taken ;;
		500) mv "$name" refused ;;
		esac
	done
	[[ -e taken && -e refused ]]
}

@test "18: a second CPU profile is refused in Go's words, the first one is unharmed" {
	local unit=ns
	compat rate=0
	do_it spin 1
	two_at_once 'profile?seconds=2'
	diff refused - <<<'Could not enable CPU profiling: cpu profiling already in use'
	top -noinlines taken
	grep -qE '^Duration: 2' top
	(($(flat hot_site) > 0))
}

@test "19: a client that is killed in its CPU profile gives the profiler back" {
	local clients=() name
	compat rate=0
	for name in one other; do
		curl -sS -w '%{http_code}' -o "$name" "$url/profile?seconds=1000" >"$name.status" 3>&- &
		clients+=($!)
	done
	wait -n "${clients[@]}"
	# One was refused, so that the other has it.
	[[ $(cat one.status other.status) == 500 ]]
	kill -9 "${clients[@]}" || true
	# Long before the 1000 s are over.
	wait_until 20 taken
}

taken() { [[ $(curl -sS -w '%{http_code}' -o taken "$url/profile?seconds=1") == 200 ]]; }

# 2000 ticks: the share of the hot function has a standard deviation of 0.9 points, and 5 points are 5.6 of them.
@test "20: CPU: the sum is the kernel's within 5%, two functions share it 80 to 20, who sleeps is not there" {
	local unit=ns
	local kernel_s threads
	compat rate=0
	do_it rest 2
	for threads in 1 2; do
		do_it spin 1
		# With names alone: lines are looked up when the time is over, and the program goes on meanwhile.
		kernel_s=$(helper cpu "$url/profile?seconds=3&symbolize=names" "$pid" cpu.pb.gz)
		near "$(pprof_py total cpu.pb.gz cpu | awk '{ print $1 / 1e9 }')" "$kernel_s" 5
		top cpu.pb.gz
		grep -qE '^Duration: 3.*, Total samples = [0-9]' top
	done
	curl -sSf -o cpu.pb.gz "$url/profile?seconds=1&hz=1000"
	top -noinlines cpu.pb.gz
	! grep -q rest_site top || return 1
	awk -v hot="$(flat hot_site)" -v cold="$(flat cold_site)" \
		'BEGIN { share = hot / (hot + cold); print share; exit !(share > 0.75 && share < 0.85) }'
}

# Each has a tick with probability 0.3: of 1000 that is 300, with a standard deviation of 14.5 (4.8%). 25% are 5.2 of them.
@test "21: a thousand threads of 3 ms are there with their CPU time" {
	local unit=ns
	compat rate=0
	do_it short 1000 short.pb.gz
	top -focus='short_site|between ticks' short.pb.gz
	near "$(sed -n 's/^Showing nodes accounting for \([0-9]*\)ns,.*/\1/p' top)" 3e9 25
}

@test "22: labels: -tagfocus, -tagroot, and a new thread has its creator's" {
	compat rate=1
	do_it labels
	top -tagfocus=worker=purge "$url/heap"
	[[ $(flat labelled_site) == 2000 ]]
	top -tagfocus=worker=purge -focus=allocates "$url/heap"
	[[ $(flat labelled_site) == 1000 ]]
	top -tagfocus=worker=serve "$url/heap"
	[[ $(flat labelled_site) == 500 ]]
	top -cum -focus=labelled_site -tagroot=worker "$url/heap"
	grep -qE ' 2000B [ 0-9.]+%  purge$' top
	grep -qE ' 500B [ 0-9.]+%  serve$' top
}

@test "23: stacks too deep, and too many: a frame that says so, and no byte is missing" {
	compat rate=1,depth=8
	do_it deep 20
	top -focus=deep_site "$url/heap"
	[[ $(flat deep_site) == 2000 ]]
	grep -qE ' \[truncated\]$' top
	serving_teardown
	rm out
	compat rate=1,store_max=1m
	do_it tree 14
	curl -sS -o full.pb.gz "$url/heap"
	pprof_py check full.pb.gz
	# What has no room is under a name of its own, or counted.
	top -sample_index=alloc_objects -focus='tree_site|stack table full' full.pb.gz
	local there lost
	there=$(awk '/ flat +flat%/ { on = 1; next } on { sum += $1 } END { print sum }' top)
	lost=$(pprof_py comment full.pb.gz dropped_store_full)
	echo "$there there, $lost lost"
	((lost > 0 || $(pprof_py comment full.pb.gz stacks_full) > 0))
	((there + lost >= 1 << 14 && there + lost <= (1 << 14) + 64))
}

# One unlock in ten is counted ten times: the sum has the standard deviation 3 * spread. Where five of them are more than
# 10%, which a machine with much other work may bring about by a few long waits, they are the limit.
@test "24: mutex charges who unlocks with all waits, block each waiter; sampling changes no sum" {
	local setting waited_ns held_ns percent unit=ns
	compat rate=0,mutex=1,block=1ns
	do_it hold
	top "$url/mutex"
	near "$(flat unlock_site)" 5e9 5
	top "$url/block"
	near "$(flat wait_site)" 5e9 5
	unit=count top -sample_index=contentions "$url/block"
	[[ $(flat wait_site) == 5 ]]
	for setting in mutex=1,block=1ns mutex=10,block=10us; do
		serving_teardown
		rm out
		compat "rate=0,$setting"
		waited_ns=$(tell contend 40000)
		held_ns=$(tell held)
		percent=$(awk -v spread="$(tell spread | cut -d' ' -f2)" -v sum="${held_ns#held }" \
			'BEGIN { sigma = 100 * 3 * spread / sum; print (sigma > 2 ? 5 * sigma : 10) }')
		top "$url/block"
		near "$(flat contend_site)" "${waited_ns#contend }" 10
		top "$url/mutex"
		near "$(flat unlock_site)" "${held_ns#held }" "$percent"
		unit=count top -sample_index=contentions "$url/block"
		(($(flat contend_site) >= 5000))
	done
}

@test "25: mutex and block that are off: valid, and nothing in them" {
	compat rate=1
	local name
	for name in mutex block; do
		top "$url/$name"
		grep -qx 'Type: delay' top
		grep -qE '^Showing nodes accounting for 0' top
	done
}

@test "26: the program's own profile: 1000 opened, 200 closed, on the page, in the table, in the text" {
	local unit=count
	compat rate=0
	do_it open 1000
	do_it close 200
	[[ $(tell again) == "again -17" ]] # EEXIST
	curl -sS "$url/" | grep -q '<td>800</td><td><a href="blobstore.Open?debug=1">blobstore.Open</a>'
	top "$url/blobstore.Open"
	grep -qx 'Type: blobstore.Open' top
	# The skip of 1: the one who called the library is the leaf.
	[[ $(flat read_blob) == 800 ]]
	grep -qE '800, 100% of 800 total' top
	curl -sS "$url/blobstore.Open?debug=1" | head -n 1 | grep -qx 'blobstore.Open profile: total 800'
}

@test "27: debug=1 of every profile is read again, finds its names in the -g build, and has the same sums" {
	local name site view totals
	compat rate=1,mutex=1,block=1ns
	do_it plan
	do_it leak 3 1000
	do_it open 10
	do_it rest 3
	do_it hold
	for site in heap:leak_site allocs:leak_site goroutine:rest_site threadcreate:start mutex:unlock_site block:wait_site \
		blobstore.Open:read_blob; do
		name=${site%:*}
		curl -sS -o text "$url/$name?debug=1"
		view=()
		[[ $name != allocs && $name != heap ]] || view=(-sample_index=alloc_space)
		top "${view[@]}" "$url/$name" >proto
		top "${view[@]}" text
		grep -qE " ${site#*:}( \(inline\))?\$" top
		totals=$(sed -n 's/^Showing nodes accounting for .* of \([0-9]*\).* total$/\1/p' proto top | sort -u)
		[[ $totals == [1-9]* && $(wc -l <<<"$totals") == 1 ]] || { echo "$name: $totals"; return 1; }
	done
}

@test "28: symbol: GET and POST, bases, garbage, a large body; what a profile without names is asked for" {
	local address
	compat rate=1
	do_it leak 3 1000
	address=$(go tool pprof -raw "$url/heap" 2>go.err | awk '/^Locations/ { on = 1; next } on && / leak_site / { print $2; exit }')
	[[ $address == 0x* ]]
	curl -sS "$url/symbol?$address" | diff - <(printf 'num_symbols: 1\n%s leak_site\n' "$address")
	curl -sS --data-binary "$((address))+017+zzz+$(printf 0%o "$((address))")" "$url/symbol" |
		diff - <(printf 'num_symbols: 1\n%s leak_site\n%s leak_site\n' "$address" "$address")
	"$PYTHON" -c "print('+'.join(['$address'] * 12000), end='')" >body
	(($(stat -c %s body) > 65536))
	[[ $(curl -sS --data-binary @body "$url/symbol" | grep -c ' leak_site$') == 12000 ]]
	top -symbolize=remote "$url/heap?symbolize=none"
	[[ $(flat leak_site) == 3000 && $(flat library_site) == 3000 ]]
}

@test "29: -http: each page; -svg, -callgrind, -traces and the others end well" {
	local form
	compat rate=1
	do_it leak 3 1000
	helper ui "$url/heap"
	for form in svg callgrind traces tree dot peek=leak_site text tags raw comments topproto png; do
		go tool pprof "-$form" -output="out.${form%=*}" "$url/heap" 2>go.err || { echo "$form"; cat go.err; return 1; }
		[[ -s out.${form%=*} ]]
	done
	grep -q leak_site out.svg
	grep -q '^fn=.*leak_site' out.callgrind
}

@test "30: a trace of a mutex handed around: read, its waits named, a second one refused, each page" {
	local unit=ns
	compat rate=0
	do_it pingpong 4
	two_at_once 'trace?seconds=1'
	diff refused - <<<'Could not enable tracing: runtime error: tracing is already enabled'
	mv taken t.trace
	go tool trace -d t.trace >events 2>go.err
	(($(grep -c ' GoBlockSync ' events) > 0))
	go tool trace -pprof=sync t.trace >sync.pb 2>go.err
	top sync.pb
	(($(flat pingpong_site) > 0))
	helper pages t.trace >pages
	cat pages
	grep -qx /goroutines pages
}

@test "the pprof that go tool pprof comes from, as Debian has it: the same tables" {
	local source form
	[[ -d /usr/share/gocode/src/github.com/google/pprof ]] || skip "no golang-github-google-pprof-dev"
	GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS='' GOCACHE=${BATS_RUN_TMPDIR:-$PWD}/gocache \
		go build -o pprof github.com/google/pprof
	compat rate=1,mutex=1
	do_it plan
	do_it leak 3 1000
	do_it cxx
	do_it hold
	curl -sSf -o names.pb.gz "$url/heap?symbolize=names"
	curl -sSf -o heap.txt "$url/heap?debug=1"
	curl -sSf -o lines.pb.gz "$url/heap"
	curl -sSf -o goroutine.pb.gz "$url/goroutine"
	for source in names.pb.gz lines.pb.gz goroutine.pb.gz; do
		for form in top traces tree tags; do
			diff <(go tool pprof "-$form" "$source" 2>go.err) <(./pprof "-$form" "$source" 2>own.err)
		done
	done
	./pprof -top -unit=B heap.txt 2>own.err | grep -qE '^ +3000B .* leak_site$'
	./pprof -top "$url/mutex" 2>own.err | grep -q ' unlock_site$'
}
