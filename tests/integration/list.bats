#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# cprof list: the values of lines equal Go's client, source is found as it finds it, and hostile
# source stays text. Not here: how stacks get lines (symbolize tests), JSON of other verbs.

load ../helpers

setup_file() {
	export WORK=$BATS_FILE_TMPDIR
	MAKE_PROFILE=$CPA_BUILDDIR/tests/unit/make_profile
	[[ -x $MAKE_PROFILE ]] || make -s -C "$CPA_BUILDDIR" tests/unit/make_profile
	export MAKE_PROFILE
	mkdir -p "$WORK/proj/src" "$WORK/go"
	for i in {1..60}; do echo "	line $i;"; done >"$WORK/proj/src/server.c"
	touch -d '2020-01-01' "$WORK/proj/src/server.c"
	server "$WORK/proj/src/server.c" | "$MAKE_PROFILE" "$WORK/server.pb.gz"
	server /build/proj/src/server.c | "$MAKE_PROFILE" "$WORK/moved.pb.gz"
	{ command -v go >/dev/null && go_profiles "$WORK/go"; } || touch "$WORK/no-go"
}

# server SOURCE: a profile whose lines lie in SOURCE; recurse calls itself from two lines.
server() {
	cat <<-EOF
		type inuse_objects count
		type inuse_space bytes
		period space bytes 524288
		time 1700000000000000000
		mapping 1000 900000 1000 /usr/bin/server 0123abcd
		sample 300000 300000000 | bytes=1000 | make@$1:12^session_new@$1:20 recurse@$1:32 recurse@$1:50 main@$1:58
		sample 5000 5000000 | bytes=1000 | make@$1:12^session_new@$1:21 recurse@$1:33 main@$1:58
		sample 20 20971520 | bytes=1048576 | main@$1:59
		sample 40 40000 | bytes=1000 | helper@$1:70 main@$1:58
		sample 40 40000 | bytes=1000 | nowhere main@$1:58
	EOF
}

need_go() {
	[[ ! -e $WORK/no-go ]] || skip "no go"
}

# same_as_go UNIT PROFILE [OPTION...]
same_as_go() {
	local unit=$1 profile=$2
	shift 2
	go tool pprof -list . -unit="$unit" "$@" "$profile" >"$WORK/go.txt" 2>"$WORK/go.err"
	"$CPROF" list --json "$@" . "$profile" >"$WORK/ours.json"
	"$PYTHON" "$HERE/helpers/list_same_as_go.py" "$WORK/go.txt" "$WORK/ours.json" || {
		echo "list $* $profile"
		return 1
	}
}

@test "lines and functions hold what Go's client says, in every view of Go's own profiles" {
	need_go
	for view in inuse_space inuse_objects alloc_space alloc_objects; do
		same_as_go B "$WORK/go/heap2.pb.gz" -sample_index="$view"
	done
	for kind in cpu mutex block; do
		same_as_go ns "$WORK/go/$kind.pb.gz"
	done
	same_as_go B "$WORK/go/goroutine.pb.gz"
}

@test "and with filters, bases and without inlined frames" {
	need_go
	same_as_go B "$WORK/go/heap2.pb.gz" -noinlines
	same_as_go B "$WORK/go/heap2.pb.gz" -focus=recurse
	same_as_go B "$WORK/go/heap2.pb.gz" -hide=recurse
	same_as_go B "$WORK/go/heap2.pb.gz" -base="$WORK/go/heap1.pb.gz"
	same_as_go B "$WORK/go/heap2.pb.gz" -diff_base="$WORK/go/heap1.pb.gz" -alloc_space
	same_as_go B "$WORK/server.pb.gz"
	same_as_go B "$WORK/server.pb.gz" -noinlines
}

@test "a C++ program's own snapshot, symbolized: the same lines as Go's client, inlined ones too" {
	need_go
	compile "$WORK/names_cxx" names_cxx.cc
	profiled "rate=1,dir=$WORK/cxx" "$WORK/names_cxx" >/dev/null
	"$CPROF" symbolize -o "$WORK/cxx.pb.gz" "$(last_snapshot "$WORK/cxx")"
	cd "$WORK"
	same_as_go B "$WORK/cxx.pb.gz" -alloc_space
	[[ $("$CPROF" list -alloc_space main "$WORK/cxx.pb.gz") == *"int main("* ]]
}

@test "the printed listing: values, ± and source, cold lines folded" {
	run --separate-stderr "$CPROF" list recurse "$WORK/server.pb.gz"
	[[ $status == 0 && -z $stderr ]]
	[[ ${lines[0]} == "server, inuse_space, "*"one sample per 512 KiB, "*" samples" ]]
	[[ ${lines[1]} == "311 MB ±24 in all; 1 function matches recurse" ]]
	[[ ${lines[2]} == "recurse in $WORK/proj/src/server.c" ]]
	[[ ${lines[3]} == "  flat 0 B, 0.0%; cum 291 MB ±24, 93.5%" ]]
	[[ ${lines[4]} == "  it calls itself: its lines add up to 577 MB" ]]
	[[ ${lines[5]} == "     flat      ±        cum      ±    line" ]]
	[[ $output == *$'\n'"        .            286 MB     23      32      line 32;"$'\n'* ]]
	[[ $output == *$'\n'"        .           4.77 MB    3.0*     33      line 33;"$'\n'* ]]
	[[ $output == *"⋮  6 lines that hold nothing"* && $output != *"line 41;"* && $output != *"line 26;"* ]]
	[[ $output == *"A line that holds less than 1.50 MB may be missing."* && $output != *$'\033'* ]]
	run -0 "$CPROF" list -all_lines -unit=B recurse "$WORK/server.pb.gz"
	[[ $output == *"line 41;"* && $output == *" 300000000 B "* ]]
}

@test "an inlined function's line counts in it, the line it was called from in its caller" {
	run -0 "$CPROF" list -unit=B 'make|session_new' "$WORK/server.pb.gz"
	[[ $output =~ 305000000\ B\ +[0-9.]+\ +305000000\ B\ +[0-9.]+\ +12\ +line\ 12 ]]
	[[ $output =~ \.\ +300000000\ B\ +[0-9.]+\ +20\ +line\ 20 ]]
	run -2 "$CPROF" list -noinlines 'make' "$WORK/server.pb.gz"
	[[ $output == "cprof list: no function matches make; cprof top names them" ]]
}

@test "lines behind the end of the file, unknown lines and functions without source are told" {
	run -0 "$CPROF" list 'helper|nowhere' "$WORK/server.pb.gz"
	[[ $output == *" 70  (the file ends before)"* ]]
	[[ $output == *$'\n'"nowhere"$'\n'*"its source is not known"* ]]
}

# finds WORDS OPTION...: in the moved profile, main's source is found, and the words are printed.
finds() {
	local words=$1
	shift
	run -0 "$CPROF" list "$@" main "$WORK/moved.pb.gz"
	[[ $output == *"$words"* && $output == *"line 58;"* ]] || {
		echo "list $*: $output"
		return 1
	}
}

@test "source is looked for as Go's client does: here and upwards, -source_path, -trim_path" {
	cd "$WORK"
	run -0 "$CPROF" list main "$WORK/moved.pb.gz"
	[[ $output == *"/build/proj/src/server.c is not here; give -source_path=DIR"* ]]
	[[ $output == *" 58"* && $output != *"line 58;"* ]]
	# Go's guess: the last part of the directory stands in the path.
	cd "$WORK/proj"
	finds "read from $WORK/proj/src/server.c"
	cd /
	finds "read from $WORK/proj/src/server.c" -source_path="$WORK/proj"
	finds "read from $WORK/proj/src/server.c" -source_path="/none:$WORK/proj/src" -trim_path=/build/proj/src
	# Upwards: src/server.c from proj/src.
	finds "read from $WORK/proj/src/server.c" -source_path="$WORK/proj/src" -trim_path=/other:/build/proj/
	# Tails of the path, which Go's client does not try.
	mv "$WORK/proj" "$WORK/copy"
	finds "read from $WORK/copy/src/server.c" -source_path="$WORK/copy"
	mv "$WORK/copy" "$WORK/proj"
	need_go
	cd "$WORK/proj"
	[[ $(go tool pprof -list main "$WORK/moved.pb.gz" 2>/dev/null) == *"line 58;"* ]]
	cd /
	[[ $(go tool pprof -list main -source_path="$WORK/proj/src" -trim_path=/other:/build/proj/ "$WORK/moved.pb.gz" 2>/dev/null) == *"line 58;"* ]]
}

@test "source that is newer than the profile or its binary is told" {
	run -0 "$CPROF" list main "$WORK/server.pb.gz"
	[[ $output != *changed* ]]
	cp "$WORK/proj/src/server.c" "$WORK/newer.c"
	server "$WORK/newer.c" | "$MAKE_PROFILE" "$WORK/newer.pb.gz"
	run -0 "$CPROF" list main "$WORK/newer.pb.gz"
	[[ $output == *"changed after the profile was taken"* ]]
	"$CPROF" list --json main "$WORK/newer.pb.gz" | grep -q '"source_changed_after": "profile"'
	touch -d '2010-01-01' "$WORK/binary"
	touch -d '2015-01-01' "$WORK/newer.c"
	server "$WORK/newer.c" | sed "s|/usr/bin/server|$WORK/binary|" | "$MAKE_PROFILE" "$WORK/newer.pb.gz"
	run -0 "$CPROF" list main "$WORK/newer.pb.gz"
	[[ $output == *"changed after $WORK/binary was built"* ]]
}

@test "hostile source stays text: controls, CRLF, long lines, no UTF-8, directions, no text at all" {
	{
		printf 'first\r\n'
		printf '\033[31mred\007\302\205\342\200\256esrever\377\n'
		printf 'x%.0s' {1..200000}
		printf '\n\tlast without newline'
	} >"$WORK/evil.c"
	printf 'type space bytes\nmapping 1000 9000 1000 /x ab\nsample 100 | | f@%s:1 f@%s:2 f@%s:3 f@%s:4\n' \
		"$WORK"/evil.c{,,,} | "$MAKE_PROFILE" "$WORK/evil.pb.gz"
	run -0 "$CPROF" list f "$WORK/evil.pb.gz"
	[[ $output == *"1  first"$'\n'* && $output == *"2  ?[31mred??"*"?esrever?"$'\n'* ]]
	[[ $output == *"4      last without newline"* && $output != *$'\033'* && $output != *$'\r'* ]]
	((${#output} < 3000))
	[[ $("$CPROF" list --wide f "$WORK/evil.pb.gz" | wc -c) -gt 200000 ]]
	"$CPROF" list --json f "$WORK/evil.pb.gz" | "$PYTHON" -c '
import json, sys
lines = json.load(sys.stdin)["functions"][0]["lines"]
assert [line["text"] for line in lines[:2]] == ["first", "\x1b[31mred\x07\x85\u202eesrever\ufffd"], lines[:2]
assert len(lines[2]["text"]) == 200000'
	printf 'a\0b\n' >"$WORK/evil.c"
	run -0 "$CPROF" list f "$WORK/evil.pb.gz"
	[[ $output == *"$WORK/evil.c is no text"* ]]
	rm "$WORK/evil.c"
	mkfifo "$WORK/evil.c"
	run -0 timeout 20 "$CPROF" list f "$WORK/evil.pb.gz"
	[[ $output == *"$WORK/evil.c is no regular file"* ]]
	rm "$WORK/evil.c"
	: >"$WORK/evil.c"
	run -0 "$CPROF" list f "$WORK/evil.pb.gz"
	[[ $output == *"4  (the file ends before)"* ]]
}

@test "JSON fits its schema, with and without intervals" {
	"$PYTHON" -c 'import jsonschema' 2>/dev/null || skip "no jsonschema"
	for profile in server moved; do
		"$CPROF" list --json . "$WORK/$profile.pb.gz" >"$WORK/$profile.json"
		"$CPROF" list --json -base="$WORK/moved.pb.gz" 'main|make' "$WORK/$profile.pb.gz" >"$WORK/$profile-base.json" || true
	done
	"$PYTHON" "$HERE/helpers/schema.py" "$CPA_SRCDIR/docs/schema" "$WORK"/{server,moved,server-base}.json
}

# refuses WORDS ARGUMENT...: status 2, nothing on stdout, one line on stderr with these words.
refuses() {
	local words=$1
	shift
	run --separate-stderr "$CPROF" list "$@"
	[[ $status == 2 && -z $output && ${#stderr_lines[@]} == 1 && $stderr == "cprof"*"$words"* ]] || {
		echo "cprof list $*: status $status, stdout '$output', stderr '$stderr'"
		return 1
	}
}

@test "what cannot be listed is refused in one line" {
	refuses "want a regular expression and a profile" main
	refuses "want a regular expression and a profile"
	refuses "(: not a regular expression" '(' "$WORK/server.pb.gz"
	refuses "no function matches zzz; cprof top names them" zzz "$WORK/server.pb.gz"
	refuses "no function matches .; cprof top names them. Only what passes -focus=zzz is looked at" -focus=zzz . "$WORK/server.pb.gz"
	refuses "No such file" main "$WORK/none.pb.gz"
	refuses "unknown option -nonsense" -nonsense main "$WORK/server.pb.gz"
	refuses "cannot be written" -o "$WORK/no/dir" main "$WORK/server.pb.gz"
}
