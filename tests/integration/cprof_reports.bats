#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# cprof top, diff, info and raw on profiles: equal to Go's client to the printed digit, readable,
# and clear about what they refuse. Not here: cprof run (cprof_run.bats).

load ../helpers

setup_file() {
	export WORK=$BATS_FILE_TMPDIR
	MAKE_PROFILE=$CPA_BUILDDIR/tests/unit/make_profile
	[[ -x $MAKE_PROFILE ]] || make -s -C "$CPA_BUILDDIR" tests/unit/make_profile
	export MAKE_PROFILE
	heap old 100 | "$MAKE_PROFILE" "$WORK/old.pb.gz"
	heap new 300 | "$MAKE_PROFILE" "$WORK/new.pb.gz"
	heap new 300 | "$MAKE_PROFILE" "$WORK/new.pb" plain
	go_profile || touch "$WORK/no-go"
}

# heap old|new THOUSANDS: a heap profile of a server that leaks at session_new.
heap() {
	local time=1700000000000000000
	[[ $1 == old ]] || time=1700000690000000000
	cat <<-EOF
		type alloc_objects count
		type alloc_space bytes
		type inuse_objects count
		type inuse_space bytes
		period space bytes 524288
		time $time
		comment cprofalloc: version=0.1.0 kind=heap pid=4242 sequence=3 start_ns=1699999999000000000 rate_bytes=524288
		comment exe: /usr/bin/server
		comment sampling: samples=500 truncated_stacks=3
		comment memory: live_estimate_bytes=326547840 jemalloc_allocated_bytes=340000000 jemalloc_active_bytes=350000000 jemalloc_dirty_bytes=8000000 jemalloc_metadata_bytes=5000000 jemalloc_resident_bytes=363000000 jemalloc_mapped_bytes=400000000 jemalloc_retained_bytes=90000000 rss_bytes=380000000 peak_rss_bytes=390000000
		comment note: for people
		comment built by: somebody else
		mapping 1000 900000 1000 /usr/bin/server 0123abcd
		sample ${2}000 ${2}000000 ${2}000 ${2}000000 | bytes=1000 | session_new@session.c:88 conn_accept@conn.c:140 loop@main.c:52 main@main.c:9
		sample 9000 9000000 5000 5000000 | bytes=1000 thread=a | _ZN2ns4PoolIiE4growEi@pool.cc:5^ns_inl@pool.h:7 loop@main.c:53 main@main.c:9
		sample 40 41943040 20 20971520 | bytes=1048576 | loop@main.c:54 loop@main.c:54 main@main.c:9
		sample 7000 7000000 600 600000 | bytes=1000 | 0x123456 main@main.c:11
	EOF
}

# A Go program's own heap profile: written by other code than ours, with other sizes and stacks.
go_profile() {
	command -v go >/dev/null || return 1
	mkdir "$WORK/gosrc"
	cat >"$WORK/gosrc/main.go" <<-'EOF'
		package main

		import (
			"os"
			"runtime"
			"runtime/pprof"
		)

		var keep [][]byte

		//go:noinline
		func leak(n, size int) {
			for i := 0; i < n; i++ {
				keep = append(keep, make([]byte, size))
			}
		}

		//go:noinline
		func recurse(depth int) {
			if depth == 0 {
				leak(3000, 777)
				return
			}
			recurse(depth - 1)
		}

		//go:noinline
		func churn(n int) {
			for i := 0; i < n; i++ {
				b := make([]byte, 4096)
				if i%500 == 0 {
					keep = append(keep, b)
				}
			}
		}

		func dump(path string) {
			runtime.GC()
			runtime.GC()
			f, _ := os.Create(path)
			pprof.Lookup("heap").WriteTo(f, 0)
			f.Close()
		}

		func main() {
			runtime.MemProfileRate = 16384
			leak(3000, 1000)
			churn(5000)
			dump(os.Args[1])
			leak(9000, 1000)
			recurse(4)
			churn(5000)
			dump(os.Args[2])
		}
	EOF
	(cd "$WORK/gosrc" && HOME=$WORK GOCACHE=$WORK/gocache GO111MODULE=off go build -o "$WORK/goheap" main.go) &&
		"$WORK/goheap" "$WORK/go1.pb.gz" "$WORK/go2.pb.gz"
}

need_go() {
	[[ ! -e $WORK/no-go ]] || skip "no go"
}

# same_as_go VIEW FILE [GO OPTION...]: every row of Go's client has the same flat and cum with us.
same_as_go() {
	local view=$1 file=$2
	shift 2
	go_top "$view" "$file" "$@" >"$WORK/go.txt" 2>/dev/null
	"$CPROF" top --json -nodecount=0 -sample_index="$view" "$@" "$file" >"$WORK/ours.json"
	"$PYTHON" - "$WORK/go.txt" "$WORK/ours.json" <<-'EOF'
		import json, re, sys
		rows = {}
		started = False
		for line in open(sys.argv[1]):
		    words = line.split(None, 5)
		    if started:
		        number = lambda text: round(float(re.sub("[A-Za-z]+$", "", text)))
		        name = words[5].strip().replace(" (inline)", "")
		        rows[name] = (number(words[0]), number(words[3]))
		    started |= words[:1] == ["flat"]
		ours = json.load(open(sys.argv[2]))
		names = {row["name"]: (row["flat"], row["cum"]) for row in ours["rows"]}
		assert rows, "no rows"
		assert rows == names, "%s\n%s" % (rows, names)
	EOF
}

@test "top: flat and cum equal Go's client, in all four views, for a Go heap profile" {
	need_go
	for view in inuse_space inuse_objects alloc_space alloc_objects; do
		same_as_go "$view" "$WORK/go2.pb.gz"
		same_as_go "$view" "$WORK/go2.pb.gz" -cum
	done
}

@test "top: the same for C++ names, inlined frames, recursion and stacks without names" {
	need_go
	for view in inuse_space alloc_objects; do
		same_as_go "$view" "$WORK/new.pb.gz"
		same_as_go "$view" "$WORK/new.pb.gz" -focus=Pool
		same_as_go "$view" "$WORK/new.pb.gz" -ignore=session
	done
}

@test "top: the printed table" {
	run --separate-stderr "$CPROF" top "$WORK/new.pb.gz"
	[[ $status == 0 && -z $stderr ]]
	[[ ${lines[0]} == "server (pid 4242), heap, inuse_space, 20"*", one sample per 512 KiB, "*" samples" ]]
	[[ ${lines[1]} =~ ^"Showing 7 of 7 functions, 100% of 311 MB ±"[0-9]+$ ]]
	[[ ${lines[3]} =~ ^"    286 MB      23    91.9%   91.9%     286 MB   91.9%  session_new"$ ]]
	[[ $output == *"ns::Pool::grow"* && $output == *"[server]"* ]]
	[[ $output == *"A function that holds less than 1.50 MB may be missing"* ]]
}

@test "top: lines, addresses, cum, nodecount and both spellings of options" {
	run -0 "$CPROF" top -lines "$WORK/new.pb.gz"
	[[ $output == *"session_new session.c:88"* ]]
	run -0 "$CPROF" top -addresses "$WORK/new.pb.gz"
	[[ $output == *"0x1000 session_new session.c:88"* ]]
	run -0 "$CPROF" top --cum --nodecount 1 --sample_index alloc_objects "$WORK/new.pb.gz"
	[[ ${lines[1]} == "Showing 1 of 7 functions"* && ${lines[3]} == *" main" ]]
	one=$("$CPROF" top -alloc_space "$WORK/new.pb.gz")
	[[ ${one%next:*} == "$("$CPROF" top -sample_index=1 "$WORK/new.pb" | sed '/^next:/,$d')"$'\n' ]]
	[[ ${one%next:*} == "$("$CPROF" top --sample_index=alloc_space - <"$WORK/new.pb.gz" | sed '/^next:/,$d')"$'\n' ]]
}

@test "no line is wider than 100 columns, whatever the names; --wide and --json cut nothing" {
	long=$(printf 'very_long_name_%.0s' {1..40})
	{
		heap new 300
		echo "sample 90000 900000000 90000 900000000 | bytes=10000 | $long@$long.c:1 $long main"
	} | "$MAKE_PROFILE" "$WORK/long.pb.gz"
	for report in "top $WORK/long.pb.gz" "top -lines $WORK/long.pb.gz" "diff $WORK/old.pb.gz $WORK/long.pb.gz"; do
		# shellcheck disable=SC2086
		run -0 "$CPROF" $report
		"$PYTHON" -c 'import sys
wide = [line for line in sys.stdin.buffer.read().decode().split("\n") if len(line) > 100 and not line.startswith("next:")]
sys.exit("\n".join(wide) or 0)' <<<"$output"
		[[ $output == *very_long_name_* && $output != *$'\033'* ]]
	done
	[[ $("$CPROF" top --wide "$WORK/long.pb.gz") == *"$long"* ]]
	[[ $("$CPROF" diff --json "$WORK/old.pb.gz" "$WORK/long.pb.gz") == *"\"$long\""* ]]
}

@test "the head breaks into lines of 100 columns and never cuts a number" {
	for width in 8 9 10 11 12 13 14 20 30 40 60; do
		name=$(printf '%*s' "$width" "" | tr ' ' s)
		heap old 100 | sed "s/server/$name/" | "$MAKE_PROFILE" "$WORK/old-name.pb.gz"
		heap new 300 | sed "s/server/$name/" | "$MAKE_PROFILE" "$WORK/new-name.pb.gz"
		run -0 "$CPROF" top "$WORK/new-name.pb.gz"
		head=${output%%Showing*}
		[[ $head != *…* && $head == "$name (pid 4242), heap, inuse_space"*"one sample per 512 KiB, "*" samples"$'\n' ]]
		run -0 "$CPROF" diff "$WORK/old-name.pb.gz" "$WORK/new-name.pb.gz"
		head=${output%%GREW*}
		[[ $head != *…* && $head == "$name (pid 4242)"*"inuse_space: +191 MB ±19, from 121 MB to 311 MB"$'\n\n' ]]
	done
}

@test "a name cannot command the terminal, and JSON stays JSON" {
	printf '%s\nsample 9 9 9 900000000 | bytes=1 | bad\033[31m"\\\001\377name\n' "$(heap new 300)" |
		"$MAKE_PROFILE" "$WORK/evil.pb.gz"
	run -0 "$CPROF" top "$WORK/evil.pb.gz"
	[[ $output == *"bad?[31m"* && $output != *$'\033'* ]]
	"$CPROF" top --json "$WORK/evil.pb.gz" | "$PYTHON" -c '
import json, sys
assert any(row["name"] == "bad\x1b[31m\"\\\x01\ufffdname" for row in json.load(sys.stdin)["rows"])'
}

@test "no text of a profile commands the terminal, wherever a report shows it" {
	local csi=$'\302\233' verb
	printf 'type in\033[31m%suse bytes\ntype lock\033]0;x tick\033[2J\nperiod wait un\033[1mit 77\n%s\n%s\n%s\n%s\n' \
		"$csi" "comment cprofalloc: version=0.1.0 kind=he"$'\033'"[31map pid=4${csi}2" "comment exe: /usr/bin/ser${csi}31mver" \
		$'mapping 1000 900000 1000 /usr/bin/ser\033[2Jver 0123abcd' \
		"sample 300 30 | evil=${csi}31m | ab${csi}31mc@a.c:1 main@a.c:2" | "$MAKE_PROFILE" "$WORK/commands.pb.gz"
	for verb in info raw top "top -addresses" tree traces tags "list ." "peek ." "top -sample_index=none" \
		"top -focus=none" "svg --dot" "diff --fail-above=0 $WORK/commands.pb.gz"; do
		# shellcheck disable=SC2086 # several arguments
		"$CPROF" $verb "$WORK/commands.pb.gz" >"$WORK/commands.txt" 2>&1 || true
		[[ -s $WORK/commands.txt ]]
		run -1 env LC_ALL=C grep -P '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' "$WORK/commands.txt"
	done
	"$CPROF" info "$WORK/commands.pb.gz" >"$WORK/commands.txt"
	grep -qx 'kind      he?\[31map' "$WORK/commands.txt"
	grep -qx 'period    77 un?\[1mit' "$WORK/commands.txt"
}

@test "diff: the leak is named, the rest is noise or unchanged, and the gate holds" {
	run --separate-stderr "$CPROF" diff "$WORK/old.pb.gz" "$WORK/new.pb.gz"
	[[ $status == 0 && -z $stderr ]]
	[[ ${lines[0]} == "server (pid 4242), "*" (11 min 30 s)" ]]
	[[ ${lines[1]} == "inuse_space: +191 MB ±19, from 121 MB to 311 MB" ]]
	[[ $output == *"GREW, and not by chance (1 of 4 sites, false discoveries held under 5%)"* ]]
	[[ $output == *"   +191 MB     19   +200,000    286 MB   +995 MB  session_new session.c:88 < conn_accept conn.c:140"* ]]
	[[ $output == *"UNCHANGED (3 sites)"* ]]
	[[ $output == *"A leak smaller than "*" over this time may be invisible at this rate."* ]]
	run -0 "$CPROF" diff "$WORK/new.pb.gz" "$WORK/new.pb.gz"
	[[ $output == *"inuse_space: 0 B, from 311 MB to 311 MB"* && $output == *"GREW (0 of 4 sites)"* ]]
	run -0 "$CPROF" diff "$WORK/new.pb.gz" "$WORK/old.pb.gz"
	[[ $output == *"SHRANK (1)"* && $output == *"OLD is the later one"* && $output != *"Two processes"* ]]
	run --separate-stderr "$CPROF" diff --fail-above=100m "$WORK/old.pb.gz" "$WORK/new.pb.gz"
	[[ $status == 1 && $stderr == "cprof: inuse_space grew by at least 172 MB, more than --fail-above=100m" ]]
	# 191 MB were seen, but only 172 MB are sure.
	run -0 "$CPROF" diff --fail-above=180m "$WORK/old.pb.gz" "$WORK/new.pb.gz"
}

@test "diff: a Go program's snapshots are seen as one process, and the change is Go's" {
	need_go
	"$CPROF" diff --json "$WORK/go1.pb.gz" "$WORK/go2.pb.gz" >"$WORK/diff.json"
	go tool pprof -top -unit=B -nodecount=0 -nodefraction=0 -base "$WORK/go1.pb.gz" "$WORK/go2.pb.gz" \
		>"$WORK/go.txt" 2>/dev/null
	"$PYTHON" - "$WORK/diff.json" "$WORK/go.txt" <<-'EOF'
		import json, re, sys
		diff = json.load(open(sys.argv[1]))
		assert diff["schema"] == "cprof-diff-1" and diff["one_process"] is True
		top = diff["sites"][0]
		assert top["verdict"] == "grew" and top["stack"][0]["name"] == "main.leak", top
		ours = sum(site["change"] for site in diff["sites"] if site["stack"][0]["name"] == "main.leak")
		theirs = [float(re.match(r" *(-?[0-9.]+)B", line).group(1)) for line in open(sys.argv[2])
		          if line.rstrip().endswith(" main.leak")]
		assert theirs == [ours], (theirs, ours)
	EOF
}

@test "info and raw tell what is in the file" {
	run -0 "$CPROF" info "$WORK/new.pb.gz"
	[[ $output == *"rate      one sample per 512 KiB"* ]]
	[[ $output == *"3 stacks were deeper than depth and end in [truncated]; raise depth"* ]]
	[[ $output == *"/usr/bin/server  0123abcd"* ]]
	# Where the memory is, line by line; our own comments only so, those of others as they are.
	[[ $output =~ $'\n'"  estimated live      311 MB ±"[0-9]+" "+"what the program asked for and has not freed"$'\n' ]]
	for line in "allocated           324 MB" "active              334 MB" "dirty              7.63 MB" "metadata           4.77 MB" \
		"resident            346 MB" "retained           85.8 MB" "process RSS         362 MB" "peak RSS            372 MB"; do
		[[ $output =~ $'\n'"  $line"\ +[a-z] ]] || { echo "no line $line"; echo "$output"; return 1; }
	done
	[[ $output != *"jemalloc_"* && $output != *"for people"* ]]
	[[ $output == *$'\n'"comments"$'\n'"  built by: somebody else"$'\n'"mappings"* ]]
	"$CPROF" info --json "$WORK/new.pb.gz" | "$PYTHON" -c '
import json, sys
info = json.load(sys.stdin)
assert info["schema"] == "cprof-info-1" and info["period"] == 524288 and len(info["sample_types"]) == 4
assert info["mappings"][0]["build_id"] == "0123abcd" and "exe: /usr/bin/server" in info["comments"]
memory = info["memory"]
assert memory["live_estimate_bytes"] == 326547840 and 10e6 < memory["live_estimate_half_width"] < 40e6
assert memory["jemalloc_resident_bytes"] == 363000000 and memory["peak_rss_bytes"] == 390000000 and len(memory) == 10'
	need_go
	go tool pprof -raw "$WORK/go2.pb.gz" 2>/dev/null | sed -n '/^Samples:/,/^Mappings/p' |
		grep -v '^ *bytes:' >"$WORK/go.raw"
	"$CPROF" raw "$WORK/go2.pb.gz" | sed -n '/^Samples:/,/^Mappings/p' | grep -v '^ *bytes:' >"$WORK/our.raw"
	# The client numbers anew and leaves samples of zeros out: compare the stacks themselves.
	"$PYTHON" - "$WORK/our.raw" "$WORK/go.raw" <<-'EOF'
		import sys
		def stacks(path):
		    samples, locations, current = [], {}, None
		    for line in open(path):
		        head, colon, rest = line.partition(":")
		        if head.strip().isdigit() and rest.startswith(" 0x"):
		            current = head.strip()
		            locations[current] = " ".join(rest.split())
		        elif current:
		            locations[current] += " | " + " ".join(line.split())
		        elif colon and head.split() and any(word != "0" for word in head.split()):
		            samples.append((head.split(), rest.split()))
		    return sorted((values, [locations[id] for id in ids]) for values, ids in samples if ids)
		ours, theirs = stacks(sys.argv[1]), stacks(sys.argv[2])
		assert len(ours) > 5 and ours == theirs, "%s\n%s" % (ours, theirs)
	EOF
}

@test "a report goes to a file with -o, and trouble with it is told" {
	run -0 "$CPROF" top -o "$WORK/out.txt" "$WORK/new.pb.gz"
	[[ -z $output && $(<"$WORK/out.txt") == *session_new* ]]
	run --separate-stderr "$CPROF" top -o "$WORK/no/such/out.txt" "$WORK/new.pb.gz"
	[[ $status == 2 && $stderr == *"cannot be written: No such file or directory" ]]
	[[ -w /dev/full ]] || skip "no /dev/full"
	local verb
	for verb in top tree traces tags info raw "top --json" merge help; do
		# shellcheck disable=SC2086
		run bash -c "\"$CPROF\" $verb $([[ $verb == help ]] || echo "\"$WORK/new.pb.gz\"") >/dev/full"
		[[ $status == 2 && ${#lines[@]} == 1 && $output == "cprof: standard output: "*"No space left on device" ]] ||
			{ echo "$verb: $output" && return 1; }
	done
	run "$CPROF" top "$WORK/new.pb.gz" -o /dev/full
	[[ $status == 2 && $output == *"No space left on device" ]]
}

# refuses WORDS ARGUMENT...: status 2, nothing on stdout, one line on stderr with these words.
refuses() {
	local words=$1
	shift
	run --separate-stderr "$CPROF" "$@"
	[[ $status == 2 && -z $output && ${#stderr_lines[@]} == 1 && $stderr == "cprof"*"$words"* ]] || {
		echo "cprof $*: status $status, stdout '$output', stderr '$stderr'"
		return 1
	}
}

@test "what is no profile is refused in one line" {
	head -c 100 "$WORK/new.pb.gz" >"$WORK/cut.pb.gz"
	head -c 200 "$WORK/new.pb" >"$WORK/cut.pb"
	: >"$WORK/empty"
	echo "heap profile: 1: 2 [3: 4] @ heap/5" >"$WORK/text"
	sed 's/^sample.*//; s/^period.*//' <(heap old 1) | "$MAKE_PROFILE" "$WORK/nothing.pb.gz"
	for verb in top info raw; do
		refuses "$WORK/cut.pb.gz: not a profile: gzip data ends after 100 bytes (a copy cut short?)" "$verb" "$WORK/cut.pb.gz"
		refuses "not a profile: the end of the data in the" "$verb" "$WORK/cut.pb"
		refuses "not a profile: the file is empty" "$verb" "$WORK/empty"
		refuses "it is the text form (debug=1)" "$verb" "$WORK/text"
		refuses "is a directory" "$verb" "$WORK"
		refuses "No such file or directory" "$verb" "$WORK/none"
		refuses "it is a program or library" "$verb" "$CPA_BUILDDIR/tests/unit/make_profile"
		refuses "unknown option -nonsense" "$verb" -nonsense "$WORK/new.pb.gz"
		refuses "want 1 profile, got 0" "$verb"
	done
	refuses "the file is empty" diff "$WORK/new.pb.gz" "$WORK/empty"
	refuses "want 2 profiles, got 1" diff "$WORK/new.pb.gz"
	refuses "has no sample type \"cpu\"; it has alloc_objects, alloc_space" top -sample_index=cpu "$WORK/new.pb.gz"
	refuses "not a regular expression" top -focus="(" "$WORK/new.pb.gz"
	refuses "want a number" top -nodecount=many "$WORK/new.pb.gz"
	refuses "want a size" diff --fail-above=12q "$WORK/old.pb.gz" "$WORK/new.pb.gz"
	refuses "no verb \"tpo\"; did you mean top?" tpo
	refuses "did you mean list?" help lsit
	refuses "xyzzy is no verb; there are run top " xyzzy
	refuses "is no verb" "$(printf 'x%.0s' {1..5000})"
	run -0 "$CPROF" top "$WORK/nothing.pb.gz"
	[[ $output == *"Showing 0 of 0 functions, 0% of 0 B"* ]]
	if [[ $(id -u) != 0 ]]; then
		chmod 0 "$WORK/text"
		refuses "Permission denied" top "$WORK/text"
	fi
}

@test "-o - is standard output, for every verb that writes" {
	local verb
	cd "$WORK"
	for verb in top "info" raw "svg --dot" "top --json" merge "flame --json"; do
		# shellcheck disable=SC2086 # several arguments
		"$CPROF" $verb -o - "$WORK/new.pb.gz" >"$WORK/dash.out"
		[[ -s $WORK/dash.out && ! -e $WORK/- ]]
	done
}

# options_of FILE...: the names of all options that these sources take.
options_of() { grep -ohE '\{"[a-z_-]+", CPA_CLI_[A-Z]+, &' "$@" | cut -d'"' -f2 | sort -u; }

@test "help of a verb names options that it takes, and every option is in help and in the man page" {
	local verb name verbs
	verbs=$("$CPROF" help | sed -n 's/^  \([a-z]*\)  .*/\1/p')
	[[ $(wc -w <<<"$verbs") == 16 ]]
	for verb in $verbs; do
		"$CPROF" help "$verb" >"$WORK/help.txt"
		awk 'length($0) > 100 { exit 1 }' "$WORK/help.txt"
		grep -v '^usage' "$WORK/help.txt" | grep -oE '(^|[ (])--?[a-z][a-z_-]+' | tr -d ' (' >>"$WORK/named.txt"
		for name in $(grep -oE '(^|[ (])--?[a-z][a-z_-]+' "$WORK/help.txt" | tr -d ' ('); do
			run -2 "$CPROF" "$verb" "$name" </dev/null
			[[ $output != *"unknown option"* ]]
		done
	done
	for name in $(options_of "$CPA_SRCDIR"/report/cli/*.[ch]); do
		[[ $name != output && $name != keep_bytes && $name != o ]] || continue # other spellings; too short
		grep -qxE -e "--?$name" "$WORK/named.txt"
		grep -qE "Fl (-)?$name( |$)" <(grep -v '^\.Op' "$CPA_SRCDIR/docs/cprof.1") || {
			echo "cprof.1 lacks $name"
			return 1
		}
	done
}

@test "help and version" {
	run -0 "$CPROF" help
	[[ $output == *"usage: cprof VERB"* ]]
	for verb in run info top diff raw; do
		run -0 "$CPROF" help "$verb"
		[[ ${lines[0]} == "usage: cprof $verb "* ]]
		run -0 "$CPROF" "$verb" --help
		[[ ${lines[0]} == "usage: cprof $verb "* ]]
	done
	run -0 "$CPROF" --version
	[[ $output =~ ^"cprof "[0-9]+\.[0-9]+ ]]
	run -2 "$CPROF"
}
