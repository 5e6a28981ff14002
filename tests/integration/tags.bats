#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# cprof tags: what each label holds equals Go's client; text, JSON and hostile labels.
# Not here: labels in the program (labels.bats), -tagfocus and its like.

load ../helpers

setup_file() {
	export WORK=$BATS_FILE_TMPDIR
	MAKE_PROFILE=$CPA_BUILDDIR/tests/unit/make_profile
	[[ -x $MAKE_PROFILE ]] || make -s -C "$CPA_BUILDDIR" tests/unit/make_profile
	export MAKE_PROFILE
	"$PYTHON" "$HERE/helpers/random_stacks.py" 1 150 600 | "$MAKE_PROFILE" "$WORK/random.pb.gz"
	mkdir "$WORK/go"
	{ command -v go >/dev/null && go_profiles "$WORK/go"; } || touch "$WORK/no-go"
}

# same_as_go UNIT PROFILE [OPTION...]
same_as_go() {
	local unit=$1 profile=$2
	shift 2
	go tool pprof -tags -unit="$unit" "$@" "$profile" >"$WORK/go.txt" 2>"$WORK/go.err"
	"$CPROF" tags --json -nodecount=0 -unit="$unit" "$@" "$profile" >"$WORK/ours.json"
	"$PYTHON" "$HERE/helpers/tags_same_as_go.py" "$WORK/go.txt" "$WORK/ours.json" || {
		echo "tags $* $profile"
		return 1
	}
}

@test "every key and value holds what Go's client says" {
	[[ ! -e $WORK/no-go ]] || skip "no go"
	same_as_go B "$WORK/random.pb.gz"
	same_as_go B "$WORK/random.pb.gz" -focus=f7
	same_as_go B "$WORK/random.pb.gz" -tagfocus=worker=w3
	for view in inuse_space alloc_space; do
		same_as_go B "$WORK/go/heap2.pb.gz" -sample_index=$view
	done
	same_as_go ns "$WORK/go/cpu.pb.gz"
}

@test "the printed breakdown, heaviest first, the rest in one line" {
	"$MAKE_PROFILE" "$WORK/tags.pb.gz" <<-EOF
		type inuse_objects count
		type inuse_space bytes
		period space bytes 524288
		mapping 1000 900000 1000 /usr/bin/server 0123abcd
		sample 300000 300000000 | bytes=1000 user=ann | f main
		sample 5000 5000000 | bytes=1000 user=bob | f main
		sample 20 20971520 | bytes=1048576 | f main
	EOF
	run --separate-stderr "$CPROF" tags "$WORK/tags.pb.gz"
	[[ $status == 0 && -z $stderr ]]
	[[ ${lines[1]} == "bytes: 311 MB ±24, 100.0% of all" ]]
	[[ ${lines[2]} == "    291 MB      24    93.6%  1000B" && ${lines[3]} == "   20.0 MB "*"6.4%  1MB" ]]
	[[ ${lines[4]} == "user: 291 MB ±24, 93.6% of all" && ${lines[6]} == "   4.77 MB     3.0*    1.6%  bob" ]]
	run -0 "$CPROF" tags -nodecount=1 "$WORK/tags.pb.gz"
	[[ $output == *"6.4%  1 other values; -nodecount=0 shows all"* ]]
	printf 'type space bytes\nmapping 1000 9000 1000 /x ab\nsample 5 | | f\n' | "$MAKE_PROFILE" "$WORK/none.pb.gz"
	[[ $("$CPROF" tags "$WORK/none.pb.gz") == *"No sample has a label."* ]]
}

@test "hostile labels stay text, JSON fits its schema" {
	printf 'type space bytes\nmapping 1000 9000 1000 /x ab\nsample 5 | k\033[1m=v\007\377 k"=\\ | f\n' |
		"$MAKE_PROFILE" "$WORK/evil.pb.gz"
	run -0 "$CPROF" tags "$WORK/evil.pb.gz"
	[[ $output == *"k?[1m: 5 B"* && $output != *$'\033'* && $output != *$'\007'* ]]
	"$CPROF" tags --json "$WORK/evil.pb.gz" >"$WORK/evil.json"
	"$CPROF" tags --json "$WORK/random.pb.gz" >"$WORK/random.json"
	"$PYTHON" -c 'import jsonschema' 2>/dev/null || skip "no jsonschema"
	"$PYTHON" "$HERE/helpers/schema.py" "$CPA_SRCDIR/docs/schema" "$WORK"/{evil,random}.json
}
