# SPDX-License-Identifier: BSD-2-Clause
# The screens of top, tree, peek and traces: layout, width, error bars, units, what is refused; and their JSON against its schema.
# Not here: the numbers (same_as_go.bats), top and diff in detail (cprof_reports.bats).

load ../helpers

MAKE_PROFILE=$CPA_BUILDDIR/tests/unit/make_profile

setup_file() {
	export WORK=$BATS_FILE_TMPDIR XDG_CACHE_HOME=$BATS_FILE_TMPDIR
	describe | "$MAKE_PROFILE" "$WORK/server.pb.gz"
	describe | sed 's/^sample \([0-9]*\) \([0-9]*\) \([0-9]*\) \([0-9]*\)/sample \1 \2 0 0/; s/^time .*/time 1795342471000000000/' |
		"$MAKE_PROFILE" "$WORK/old.pb.gz"
	describe | sed '/^period/d; /^type alloc/d; s/^sample [0-9]* [0-9]* [0-9]* \([0-9]*\)/sample 1 \1/; s/^type inuse_objects/type contentions/
		s/^type inuse_space bytes/type delay nanoseconds/' | "$MAKE_PROFILE" "$WORK/mutex.pb.gz"
}

describe() {
	cat <<-'EOF'
		type alloc_objects count
		type alloc_space bytes
		type inuse_objects count
		type inuse_space bytes
		period space bytes 65536
		time 1795342501000000000
		comment cprofalloc: version=0.1 kind=heap program=server pid=4242 sequence=3 start_ns=1 rate_bytes=65536
		mapping 1000 9000 1000 /usr/bin/server 0123abcd
		sample 50000 50000000 30000 30000000 | bytes=1000 | session_new@/src/session.c:88 conn_accept@/src/conn.c:140 main@/src/main.c:52
		sample 900 5760000 100 640000 | bytes=6400 user=anna | list_copy@/src/list.h:9^parse@/src/parse.c:20 handle@/src/http.c:7 main@/src/main.c:53
		sample 800 80000 800 80000 | bytes=100 user=bert | walk@/src/tree.c:5 walk@/src/tree.c:6 walk@/src/tree.c:6 main@/src/main.c:54
		sample 10 5000 10 5000 | bytes=500 | 0x1234 main@/src/main.c:55
		sample 7 700 0 0 | bytes=100 | gone@/src/gone.c:1 main@/src/main.c:56
	EOF
}

report() { "$CPROF" "$@" "$WORK/server.pb.gz"; }

@test "tree: a block for each function, with callers, callees and error bars" {
	run --separate-stderr report tree
	[[ $status == 0 && -z $stderr ]]
	[[ ${lines[0]} == "server (pid 4242), heap, inuse_space, 2026-"*", one sample per 64 KiB, "*" samples" ]]
	[[ ${lines[1]} == "Showing 6 of 8 functions, 100% of 29.3 MB ±"* ]]
	[[ ${lines[2]} == "      flat       ±    flat%        cum       ±     cum%  function, < its callers, > what it calls" ]]
	# The digits of ± are the business of unit/test_stats.
	shape=$(sed 's/     2\.[0-9] /     2.x /g' <<<"$output")
	[[ $shape == *$'\n'"                               28.6 MB     2.x   100.0%    < conn_accept"$'\n'* ]]
	[[ $shape == *$'\n'"   28.6 MB     2.x    97.6%    28.6 MB     2.x    97.6%  session_new"$'\n'* ]]
	[[ $shape == *$'\n'"       0 B             0.0%    29.3 MB     2.x   100.0%  main"$'\n'"                               28.6 MB"*"> conn_accept"* ]]
	[[ $output != *walk* ]]
	run -0 report tree -nodefraction=0 -edgefraction=0
	[[ $output == *"    < parse (inline)"* && $output == *"    > walk"* && $output == *"[server]"* && $output != *"< walk"* ]]
	[[ ${lines[1]} == "Showing 8 of 8 functions, 100% of"* ]]
	# What lies between them is left out, and said to be.
	{
		describe
		echo "sample 9000 9000000 9000 9000000 | bytes=1000 | main@/src/main.c:60"
	} | "$MAKE_PROFILE" "$WORK/jump.pb.gz"
	run -0 "$CPROF" tree -nodecount=2 "$WORK/jump.pb.gz"
	[[ $output == *"    < main (...)"* && $output == *"    > session_new (...)"* ]]
}

@test "peek: only what matches, whatever it holds; nothing matching is told" {
	run --separate-stderr report peek '^(list_copy|walk)$'
	[[ $status == 0 && -z $stderr && ${lines[1]} == "Showing 2 of 8 functions, 2% of 29.3 MB"* ]]
	[[ $output == *"    < parse (inline)"* && $output == *"    < main"* && $output != *"  session_new"* ]]
	[[ $output == *"fewer than"*"samples"* ]]
	run -0 report peek -lines 'parse.c:20'
	[[ $output == *"    < handle http.c:7"*"  parse parse.c:20"*"    > list_copy list.h:9 (inline)"* ]]
	run --separate-stderr report peek nowhere
	[[ $status == 2 && -z $output && $stderr == "cprof peek: no function matches nowhere; see cprof top -nodecount=0" ]]
	run --separate-stderr report peek '('
	[[ $status == 2 && -z $output && $stderr == "cprof peek: (: not a regular expression: missing closing parenthesis, at character 2" ]]
	run --separate-stderr report peek
	[[ $status == 2 && $stderr == "cprof peek: want a regular expression and a profile; usage: cprof peek [OPTION...] RE PROFILE..." ]]
}

@test "traces: the heaviest stack first, with labels; what is 0 is not there" {
	run --separate-stderr report traces -lines
	[[ $status == 0 && -z $stderr && ${lines[1]} == "Showing 4 of 4 stacks, 100% of 29.3 MB"* ]]
	[[ $output == *"   28.6 MB     2."[0-9]"   97.6%  session_new session.c:88"$'\n'"                            conn_accept conn.c:140"* ]]
	[[ $output == *"list_copy list.h:9 (inline)"$'\n'"                            parse parse.c:20"* ]]
	[[ $output == *"                            user = anna"* && $output == *"                            bytes = 6.25 kB"* ]]
	[[ $output != *gone* ]]
	run -0 report traces -nodecount=1 -alloc_space
	[[ ${lines[1]} == "Showing 1 of 5 stacks, "* && $output == *session_new* && $output != *walk* ]]
}

@test "filters are told, also when nothing passes; percentages are of what is said" {
	run -0 report top -focus=parse -hide='^ma.n$' -tagignore=bert
	[[ ${lines[1]} == "Only what passes -focus=parse -hide=^ma.n$ -tagignore=bert; percentages are of the whole" ]]
	[[ ${lines[2]} == "Showing 3 of 3 functions, 2% of 29.3 MB"* && $output != *main* ]]
	run -0 report top -focus=parse -relative_percentages
	[[ $output == *"; percentages are of that"* && $output == *"100.0%"*list_copy* ]]
	run -0 report top -focus=nowhere
	[[ ${lines[1]} == "Only what passes -focus=nowhere; nothing does" && ${lines[2]} == "Showing 0 of 0 functions, 0% of"* ]]
}

@test "several profiles, a base, a mean: the head says so, and what has no interval shows none" {
	run -0 "$CPROF" top "$WORK/server.pb.gz" "$WORK/server.pb.gz"
	[[ $output == *", 2 profiles in sum"* && $output == *"  57.2 MB     3."[0-9]" "*session_new* ]]
	run -0 report top -base="$WORK/old.pb.gz"
	[[ $output == *"less $WORK/old.pb.gz"* && $output == *"What cancels has no ±: cprof diff OLD NEW"* && $output != *"half of the 95%"* ]]
	[[ $output =~ "   28.6 MB "\ +"97.6%   97.6% " ]]
	run -0 report top -mean -alloc_space
	[[ ${lines[0]} == *"mean alloc_space"* && ${lines[1]} == "Showing 9 of 9 functions; the mean of all is 1.05 kB" && $output == *"   0.98 kB  "*session_new* ]]
	run -0 "$CPROF" top "$WORK/mutex.pb.gz"
	[[ $output == *", delay, "* && $output == *"30.0 ms"*session_new* && $output != *"half of the 95%"* ]]
	for options in "-base=$WORK/old.pb.gz -diff_base=$WORK/old.pb.gz" "-normalize" "-unit=furlong" "-base=$WORK/none.pb.gz" "-nodefraction=2" \
		"-symbolize=maybe" "-tagfocus=user=(" "-focus=(a+)+(a+)+(a+)+(a+)+(a+)+(a+)+b -tagshow=["; do
		# shellcheck disable=SC2086
		run --separate-stderr report top $options
		[[ $status == 2 && -z $output && ${#stderr_lines[@]} == 1 && $stderr == cprof* ]] || { echo "$options: $stderr"; return 1; }
	done
}

@test "units: -unit for values and error bars" {
	run -0 report top -unit=kb
	[[ $output == *"29296.88 kB"* && $output == *session_new* ]]
	run -0 report top -unit=B
	[[ $output == *"30000000 B"*session_new* && ${lines[1]} == *"of 30725000 B ±"* ]]
	run -0 report traces -unit=MB
	[[ $output == *"28.61 MB"* ]]
}

@test "a pattern that would run for hours is given up, and told" {
	name=$(printf 'a%.0s' {1..60})
	printf 'type space bytes\nmapping 1000 9000 1000 /x ab\nsample 5 | | %s!\n' "$name" | "$MAKE_PROFILE" "$WORK/long.pb.gz"
	for verb in "top -focus=(a|aa|a\\w|\\wa)+\$" "peek (a|aa|a\\w|\\wa)+\$"; do
		# shellcheck disable=SC2086
		run --separate-stderr timeout 60 "$CPROF" $verb "$WORK/long.pb.gz"
		[[ $status == 2 && -z $output && $stderr == *"takes too long on a name in this profile"* ]]
	done
	# The profile's own patterns cannot do that either.
	printf 'type space bytes\ndrop (a|aa|a\\w|\\wa)+\nmapping 1000 9000 1000 /x ab\nsample 5 | | %s! main\n' "$name" |
		"$MAKE_PROFILE" "$WORK/drop.pb.gz"
	run -0 timeout 60 "$CPROF" top "$WORK/drop.pb.gz"
	[[ $output == *"$name"* || $output == *aaaa* ]]
}

@test "top -cum: the next step is about the program, not about what starts every program" {
	{
		describe | grep -v '^sample'
		echo "sample 900 900000 900 900000 | bytes=1000 | session_new@/src/s.c:8 serve@/src/s.c:9 main@/src/s.c:10 __libc_start_call_main __libc_start_main _start"
		echo "sample 100 100000 100 100000 | bytes=1000 | parse@/src/s.c:3 serve@/src/s.c:9 main@/src/s.c:10 __libc_start_call_main __libc_start_main _start"
	} | "$MAKE_PROFILE" "$WORK/start.pb.gz"
	run -0 "$CPROF" top -cum -nodecount=3 "$WORK/start.pb.gz"
	[[ $output == *" _start"$'\n'* && $output != *" main"$'\n'* && $output == *$'\n'"next: cprof peek session_new "* ]]
	run -0 "$CPROF" top -cum -nodecount=5 "$WORK/start.pb.gz"
	[[ $output == *$'\n'"next: cprof peek "[ms]*" "* && $output != *"peek session_new"* ]]
	run -0 "$CPROF" top -cum "$WORK/start.pb.gz"
	[[ $output == *$'\n'"next: cprof peek session_new "* ]]
}

@test "nothing is wider than 100 columns, or than the terminal; colours only there" {
	long=$(printf 'very_long_name_%.0s' {1..40})
	{
		describe
		echo "sample 9000 90000000 9000 90000000 | bytes=10000 key=$long | $long@/$long.c:1 ${long}2 main"
	} | "$MAKE_PROFILE" "$WORK/wide.pb.gz"
	for report in "top" "top -addresses" "tree -lines" "peek ." "traces -lines"; do
		# shellcheck disable=SC2086
		"$CPROF" $report "$WORK/wide.pb.gz" >"$WORK/out.txt"
		"$PYTHON" - "$WORK/out.txt" 100 <<-'EOF'
			import sys
			text = open(sys.argv[1], encoding="utf-8").read()
			wide = [line for line in text.split("\n") if len(line) > int(sys.argv[2]) and "next:" not in line and " or  " not in line]
			sys.exit("\n".join(wide) or "\033" in text)
		EOF
		# shellcheck disable=SC2086
		[[ $("$CPROF" $report --wide "$WORK/wide.pb.gz") == *"$long"* ]]
	done
	command -v script >/dev/null || skip "no script"
	TERM=xterm script -qc "stty cols 80; $CPROF peek . $WORK/wide.pb.gz" /dev/null >"$WORK/terminal.txt" </dev/null
	grep -q $'\033\\[1m' "$WORK/terminal.txt"
	grep very_long "$WORK/terminal.txt" | sed $'s/\033\\[[01]m//g; s/\r//' | awk '{ if (length($0) > 84) exit 1 }' # "…" may count as 3
	for no_bold in NO_COLOR=1 TERM=dumb; do
		script -qc "env $no_bold $CPROF tree $WORK/wide.pb.gz" /dev/null >"$WORK/terminal.txt" </dev/null
		! grep -q $'\033' "$WORK/terminal.txt" || return 1
	done
}

@test "JSON fits its schema in every form, and the schema knows every key" {
	"$PYTHON" -c 'import jsonschema' 2>/dev/null || skip "no jsonschema (Debian: python3-jsonschema)"
	go_profiles "$WORK" >/dev/null 2>&1 || true
	for verb in top tree "peek ." traces; do
		for options in "" "-lines" "-addresses -noinlines" "-files" "-filefunctions -cum" "-base=$WORK/old.pb.gz" "-mean" "-focus=nothing"; do
			for file in server mutex cpu goroutine; do
				[[ -e $WORK/$file.pb.gz && ! ($file != server && $options == -base*) ]] || continue
				[[ $verb != peek* || $options != *nothing ]] || continue
				name=${verb%% *}
				count=$((count + 1))
				# shellcheck disable=SC2086
				"$CPROF" $verb --json $options "$WORK/$file.pb.gz" >"$WORK/$name.$count.json"
			done
		done
	done
	((count > 28))
	"$PYTHON" "$HERE/helpers/schema.py" "$CPA_SRCDIR/docs/schema" "$WORK"/{top,tree,peek,traces}.*.json
}
