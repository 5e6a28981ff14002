#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# cprof svg: nodes, edges and label boxes equal Go's client; any name stays text in Graphviz and in the
# SVG; trouble with dot is told. Not here: the flame graph page (tests/web).

load ../helpers

setup_file() {
	export WORK=$BATS_FILE_TMPDIR
	MAKE_PROFILE=$CPA_BUILDDIR/tests/unit/make_profile
	[[ -x $MAKE_PROFILE ]] || make -s -C "$CPA_BUILDDIR" tests/unit/make_profile
	export MAKE_PROFILE
	for seed in 1 3; do
		"$PYTHON" "$HERE/helpers/random_stacks.py" $seed 150 600 | "$MAKE_PROFILE" "$WORK/random$seed.pb.gz"
	done
	server | "$MAKE_PROFILE" "$WORK/server.pb.gz"
	mkdir "$WORK/go"
	{ command -v go >/dev/null && go_profiles "$WORK/go"; } || touch "$WORK/no-go"
}

server() {
	cat <<-EOF
		type inuse_objects count
		type inuse_space bytes
		period space bytes 524288
		time 1700000000000000000
		comment cprofalloc: version=0.1.0 kind=heap pid=4242 sequence=3 rate_bytes=524288
		mapping 1000 900000 1000 /usr/bin/server 0123abcd
		sample 300000 300000000 | bytes=1000 | session_new@session.c:88 conn_accept@conn.c:140 main@main.c:9
		sample 5000 5000000 | bytes=1000 worker=a | ns::Pool<int>::grow@pool.cc:5^inl@pool.h:7 main@main.c:9
		sample 20 20971520 | bytes=1048576 | main@main.c:54
		sample 1 1000 | bytes=1000 | small@small.c:5 main@main.c:9
	EOF
}

need_go() {
	[[ ! -e $WORK/no-go ]] || skip "no go"
}

need_dot() {
	command -v dot >/dev/null || skip "no dot"
}

# same_as_go UNIT PROFILE [OPTION...]
same_as_go() {
	local unit=$1 profile=$2
	shift 2
	go tool pprof -dot -unit="$unit" "$@" "$profile" >"$WORK/go.dot" 2>"$WORK/go.err"
	"$CPROF" svg --dot -unit="$unit" "$@" "$profile" >"$WORK/ours.dot"
	"$PYTHON" "$HERE/helpers/dot_same_as_go.py" "$WORK/go.dot" "$WORK/ours.dot" || {
		echo "svg $* $profile"
		return 1
	}
}

@test "nodes, edges and boxes are Go's for all kinds of Go's own profiles" {
	need_go
	for view in inuse_space alloc_space; do
		same_as_go B "$WORK/go/heap2.pb.gz" -sample_index=$view
	done
	same_as_go count "$WORK/go/heap2.pb.gz" -sample_index=alloc_objects
	for kind in cpu mutex block; do
		same_as_go ns "$WORK/go/$kind.pb.gz"
	done
	same_as_go count "$WORK/go/goroutine.pb.gz"
	same_as_go B "$WORK/go/heap2.pb.gz" -diff_base="$WORK/go/heap1.pb.gz"
	same_as_go B "$WORK/go/allocs.pb.gz" -lines -nodecount=20
	same_as_go B "$WORK/go/allocs.pb.gz" -files
	same_as_go B "$WORK/go/allocs.pb.gz" -noinlines -focus=leak
}

@test "and for dense graphs, where nodes are chosen, edges jump over others and sizes share boxes" {
	need_go
	for seed in 1 3; do
		for options in "" -nodecount=10 -lines "-nodecount=40 -edgefraction=0.01" "-nodefraction=0 -sample_index=0" -noinlines; do
			# shellcheck disable=SC2086
			same_as_go B "$WORK/random$seed.pb.gz" $options
		done
	done
	# The comparison saw the hard cases.
	{
		"$CPROF" svg --dot "$WORK/random1.pb.gz"
		"$CPROF" svg --dot -nodefraction=0 -sample_index=0 "$WORK/random1.pb.gz"
		"$CPROF" svg --dot -nodecount=10 "$WORK/random3.pb.gz"
	} >"$WORK/ours.dot"
	for what in 'style=dashed' '(inline)' 'B\.\.[0-9.]*kB' 'worker:w' 'style=dotted'; do
		grep -q "$what" "$WORK/ours.dot" || { echo "no $what"; return 1; }
	done
}

@test "the text for Graphviz: names, ± and shares in labels, the whole in tooltips, a legend" {
	run --separate-stderr "$CPROF" svg --dot "$WORK/server.pb.gz"
	[[ $status == 0 && -z $stderr && ${lines[0]} == 'digraph "server" {' ]]
	[[ $output == *'<B>session_new</B><BR/>286 MB'*'>±23</FONT>'*'(92.0%)'* ]]
	[[ $output == *'>ns::</FONT><BR/>'*'<B>grow</B>'* ]]
	[[ $output == *'tooltip="session_new\nflat 286 MB ±23 (92.0%)\ncum 286 MB ±23 (92.0%)"'* ]]
	[[ $output == *'tooltip="main → conn_accept\n286 MB ±23 (92.0%)"'* ]]
	[[ $output == *'label="server (pid 4242), heap, inuse_space,'*'1 node with less than 1.55 MB left out'* ]]
	[[ $output == *'label="1000B"'* && $output == *'label="worker:a"'* && $output == *' 4.77 MB\n (inline)"'* ]]
	# As large as what they hold themselves: Go's sizes of type.
	[[ $output =~ fontsize=24[^$'\n']*tooltip=\"session_new && $output =~ fontsize=8[^$'\n']*tooltip=\"conn_accept ]]
}

# only_svg FILE: well-formed, and no element or attribute but those of Graphviz and ours.
only_svg() {
	"$PYTHON" - "$1" <<-'EOF'
		import sys, xml.etree.ElementTree as tree
		root = tree.parse(sys.argv[1]).getroot()
		tags = [element.tag.partition("}")[2] for element in root.iter()]
		known = "svg g a path polygon polyline text title style script".split()
		assert set(tags) <= set(known), set(tags) - set(known)
		assert tags.count("script") == 1 and tags.count("style") == 1
		attributes = {name for element in root.iter() for name in element.attrib}
		assert not [name for name in attributes if name.startswith("on") or name.endswith("href")], attributes
		assert root.get("width") == "100%" and len(root.get("viewBox").split()) == 4
		print("\n".join("".join(element.itertext()) for element in root.iter() if element.tag.endswith("}text")))
	EOF
}

@test "the picture is an SVG that fits its window and knows dark paper" {
	need_dot
	run --separate-stderr "$CPROF" svg -o "$WORK/server.svg" "$WORK/server.pb.gz"
	[[ $status == 0 && -z $output && -z $stderr ]]
	only_svg "$WORK/server.svg" >"$WORK/texts"
	grep -q '^session_new$' "$WORK/texts"
	grep -q '±23' "$WORK/texts"
	grep -q 'prefers-color-scheme: dark' "$WORK/server.svg"
	"$CPROF" svg "$WORK/server.pb.gz" | cmp - "$WORK/server.svg"
}

@test "no name commands Graphviz or the browser" {
	need_dot
	"$PYTHON" - >"$WORK/evil.txt" <<-'EOF'
		import sys
		names = [b"</script><img/src=x/onerror=alert(1)>", b'a"b\\', b"&lt;b&gt;&amp;&#x41;", b"\\N\\G\\l",
		         b"x\x01\x1b[31m\x7f", b"bad\xff\xc3(", b"--><!--", b"<B>bold</B>", "\u202eevil".encode(),
		         b"ns::<a>::b", b"::", b".x.", b"]]>", b'"]', b"N1->N2", b"%s%n", b"`id`$(id)",
		         "\ufffe\u0085".encode(), b"y" * 3000, "ä::ö".encode()]
		out = sys.stdout.buffer
		out.write(b"type inuse_space bytes\nperiod space bytes 524288\n"
		          b"mapping 1000 900000 1000 /bin/--><script>alert(1)<!-- ab\n")
		for i, name in enumerate(names):
		    out.write(b"sample %d | bytes=%d k=%s | %s@/tmp/%s:1 main@m.c:1\n" % (
		        10**6 * (i + 9), i + 1, name[:99].replace(b"=", b"").replace(b"|", b""), name, name[:99]))
	EOF
	"$MAKE_PROFILE" "$WORK/evil.pb.gz" <"$WORK/evil.txt"
	for by in -functions -lines -addresses; do
		run --separate-stderr "$CPROF" svg "$by" -nodecount=0 -nodefraction=0 -o "$WORK/evil.svg" "$WORK/evil.pb.gz"
		[[ $status == 0 && -z $stderr ]]
		only_svg "$WORK/evil.svg" >"$WORK/texts"
	done
	"$CPROF" svg -nodecount=0 -nodefraction=0 -o "$WORK/evil.svg" "$WORK/evil.pb.gz"
	only_svg "$WORK/evil.svg" | sed $'s/\342\200\213//g' >"$WORK/texts"
	for name in '&lt;b&gt;&amp;&#x41;' '\N\G\l' '`id`$(id)' '<B>bold</B>' 'N1->N2' 'a"b\' 'x??[31m?' '?evil' 'ö'; do
		grep -qxF -- "$name" "$WORK/texts" || { echo "no text $name"; cat "$WORK/texts"; return 1; }
	done
	# Tooltips hold names whole.
	grep -q 'yyyyyyyyyy…yyyyyyyyyy' "$WORK/texts"
	"$PYTHON" - "$WORK/evil.svg" <<-'EOF'
		import sys, xml.etree.ElementTree as tree
		titles = [value for element in tree.parse(sys.argv[1]).iter() for key, value in element.attrib.items() if key.endswith("}title")]
		for name in ("</script><img/src=x/onerror=alert(1)>", 'a"b\\', "&lt;b&gt;&amp;&#x41;", "\\N\\G\\l", "--><!--", "]]>"):
		    assert any(title.replace("\u200b", "").split("\n")[0] == name for title in titles), (name, titles)
	EOF
}

# refuses WORDS COMMAND...: status 2, nothing on stdout, one line on stderr with these words.
refuses() {
	local words=$1
	shift
	run --separate-stderr "$@"
	[[ $status == 2 && -z $output && ${#stderr_lines[@]} == 1 && $stderr == "cprof"*"$words"* ]] || {
		echo "$*: status $status, stdout '$output', stderr '$stderr'"
		return 1
	}
}

# fake_dot BODY: a dot that does this comes first in PATH.
fake_dot() {
	mkdir -p "$WORK/bin"
	printf '#!/bin/bash\n%s\n' "$1" >"$WORK/bin/dot"
	chmod +x "$WORK/bin/dot"
}

@test "a dot that is missing or broken is told in one line" {
	refuses "there is no dot command: install graphviz, or use --dot" env PATH=/nonexistent "$CPROF" svg "$WORK/server.pb.gz"
	[[ $(env PATH=/nonexistent "$CPROF" svg --dot "$WORK/server.pb.gz") == digraph* ]]
	fake_dot 'echo "Error: <stdin>: syntax error" >&2; exit 3'
	refuses "dot failed with status 3: Error: <stdin>: syntax error; --dot prints" env PATH="$WORK/bin:$PATH" "$CPROF" svg "$WORK/server.pb.gz"
	fake_dot 'kill -SEGV $$'
	refuses "dot was killed by signal 11" env PATH="$WORK/bin:$PATH" "$CPROF" svg "$WORK/server.pb.gz"
	fake_dot 'cat >/dev/null'
	refuses "dot made no SVG" env PATH="$WORK/bin:$PATH" "$CPROF" svg "$WORK/server.pb.gz"
	fake_dot 'exec <&-; echo "<svg>cut short"'
	refuses "dot made no SVG" env PATH="$WORK/bin:$PATH" "$CPROF" svg "$WORK/random1.pb.gz"
	chmod -x "$WORK/bin/dot"
	[[ $(id -u) == 0 ]] || refuses "dot cannot be started" env PATH="$WORK/bin" "$CPROF" svg "$WORK/server.pb.gz"
	[[ ! -e $WORK/none.svg ]]
}

@test "much is said both ways at once without standing still" {
	# It answers before it reads, more than a pipe holds; and what goes in is more than one holds too.
	fake_dot 'printf "<svg width=\"1pt\" height=\"2pt\" viewBox=\"0 0 1 2\">"; head -c 1000000 /dev/zero | tr "\0" " "
		head -c 300000 /dev/zero | tr "\0" e >&2; cat >"'"$WORK"'/given"; echo "</svg>"'
	run -0 timeout 60 env PATH="$WORK/bin:$PATH" "$CPROF" svg -nodecount=0 -nodefraction=0 -edgefraction=0 -o "$WORK/big.svg" "$WORK/random1.pb.gz"
	[[ -z $output && $(wc -c <"$WORK/big.svg") -gt 1000000 && $(wc -c <"$WORK/given") -gt 65536 ]]
	cmp "$WORK/given" <("$CPROF" svg --dot -nodecount=0 -nodefraction=0 -edgefraction=0 "$WORK/random1.pb.gz")
}

@test "a terminal gets no picture, and what cannot be drawn is refused" {
	command -v script >/dev/null || skip "no script"
	run -2 script -qec "'$CPROF' svg '$WORK/server.pb.gz'" /dev/null
	[[ $output == *"a picture is nothing for a terminal; use -o FILE"* ]]
	refuses "No such file" "$CPROF" svg "$WORK/none.pb.gz"
	refuses "want 1 profile, got 0" "$CPROF" svg
	refuses "cannot be written" "$CPROF" svg --dot -o "$WORK/no/dir.svg" "$WORK/server.pb.gz"
}

@test "in a browser: it fits, zooms, moves and is dark; hostile names stay text" {
	need_dot
	command -v node >/dev/null || skip "no node"
	"$CPROF" svg -o "$WORK/server.svg" "$WORK/server.pb.gz"
	"$MAKE_PROFILE" "$WORK/markup.pb.gz" <<-'EOT'
		type space bytes
		mapping 1000 900000 1000 /bin/--><script>alert(2)</script> ab
		sample 5 | k=<b>"x | </script><img/src=x/onerror=alert(1)>@"onload="alert(3):1 main
	EOT
	"$CPROF" svg -o "$WORK/markup.svg" "$WORK/markup.pb.gz"
	local status=0
	node "$CPA_SRCDIR/tests/web/svg.mjs" "$WORK/server.svg" "$WORK/markup.svg" >"$WORK/out" 2>"$WORK/err" || status=$?
	((status != 77)) || skip "$(<"$WORK/err")"
	((status == 0)) || {
		cat "$WORK/out" "$WORK/err"
		return 1
	}
	[[ $(grep -c '^ok ' "$WORK/out") == 5 ]]
}
