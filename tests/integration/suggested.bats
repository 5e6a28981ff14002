# SPDX-License-Identifier: BSD-2-Clause
# The commands that reports suggest work as they stand, call sites of C++ and Rust programs name the program's own
# code, and help names the options that there are.
# Not here: the reports themselves (reports.bats, diff.bats, leaks.bats).

load ../helpers

MAKE_PROFILE=$CPA_BUILDDIR/tests/unit/make_profile

setup_file() {
	export WORK=$BATS_FILE_TMPDIR XDG_CACHE_HOME=$BATS_FILE_TMPDIR
	local i
	for i in 1 2 3 4 5 6; do
		describe "$i" | "$MAKE_PROFILE" "$WORK/shop.4242.000$i.heap.pb.gz"
	done
	"$CPROF" flame "$WORK/shop.4242.0001.heap.pb.gz" >/dev/null 2>&1 || touch "$WORK/no-pages"
}

# Grows by 4 MB a snapshot, in a site whose leaf and its callers are of the C++ library.
describe() {
	cat <<-EOF
		type alloc_objects count
		type alloc_space bytes
		type inuse_objects count
		type inuse_space bytes
		period space bytes 65536
		time 17953425${1}1000000000
		comment cprofalloc: version=0.1 kind=heap program=shop pid=4242 sequence=$1 start_ns=1 rate_bytes=65536
		mapping 1000 9000 1000 /usr/bin/shop 0123abcd
		sample $(($1 * 4000)) $(($1 * 4000000)) $(($1 * 4000)) $(($1 * 4000000)) | bytes=1000 | std::__new_allocator::allocate@/usr/include/c++/12/bits/new_allocator.h:137 std::vector::push_back@/usr/include/c++/12/bits/stl_vector.h:1294 shop::Server::order[abi:cxx11]@/src/shop.cc:29 main@/src/shop.cc:52
		sample 2000 2000000 2000 2000000 | bytes=1000 | std::__new_allocator::allocate@/usr/include/c++/12/bits/new_allocator.h:137 std::make_shared@/usr/include/c++/12/bits/shared_ptr.h:1010 shop::Server::login@/src/shop.cc:24 main@/src/shop.cc:51
	EOF
}

# Run the commands behind "next:" and "or", in the directory of the profiles.
follow() {
	local command count=0
	while read -r command; do
		[[ $command != *html* || ! -e $WORK/no-pages ]] || continue
		(cd "$WORK" && eval "\"$CPROF\" ${command#cprof }" >/dev/null) || return 1
		count=$((count + 1))
	done < <(sed -n 's/^ *\(next:\|or \) *cprof /cprof /p')
	((count >= $1))
}

@test "suggested commands run as they stand, whatever names and paths are like" {
	cd "$WORK"
	local name
	# shellcheck disable=SC2016 # nobody is to run it
	for name in 'libruby-3.1.so.3.1+0xd8980' 'f[abi:cxx11]' "it's" 'a b|c' '<rs::Cache>::grow(i32, ...)' '-x' 'operator*' 'ü$(touch x)`'; do
		describe_odd "$name" >"$WORK/odd.pb"
		"$CPROF" merge "$WORK/odd.pb" -o "$WORK/odd 'name' ü.pb.gz"
		"$CPROF" top "odd 'name' ü.pb.gz" | follow 1
		"$CPROF" top "odd 'name' ü.pb.gz" | grep -q '^next: cprof peek '
	done
	[[ ! -e x ]]
	"$CPROF" top -cum shop.4242.0006.heap.pb.gz | follow 1
	"$CPROF" diff shop.4242.0001.heap.pb.gz shop.4242.0006.heap.pb.gz | follow 1
	"$CPROF" leaks . | follow 1
}

# A profile whose only function has this name, made by protobuf's own tool.
describe_odd() {
	python3 - "$1" <<-'EOF' | protoc --proto_path="$CPA_SRCDIR/report" --encode=perftools.profiles.Profile profile.proto
		import json, sys
		texts = ["", "space", "bytes", sys.argv[1], "inuse_space"]
		for text in texts:
		    print("string_table: " + json.dumps(text, ensure_ascii=False))
		print("sample_type { type: 4 unit: 2 } period_type { type: 1 unit: 2 } period: 65536")
		print("sample { location_id: 1 value: 9000000 }")
		print("location { id: 1 address: 4096 line { function_id: 1 line: 7 } } function { id: 1 name: 3 system_name: 3 }")
	EOF
}

@test "diff and leaks: a site of C++ begins with what the program's own code called" {
	cd "$WORK"
	run -0 "$CPROF" diff --wide shop.4242.0001.heap.pb.gz shop.4242.0006.heap.pb.gz
	[[ $output == *"  std::vector::push_back < shop::Server::order[abi:cxx11] shop.cc:29 < main shop.cc:52"* ]]
	[[ $output == *"next: cprof top -cum -focus=shop::Server::order.abi:cxx11. "* ]]
	run -0 "$CPROF" leaks --wide .
	[[ $output == *"  std::vector::push_back < shop::Server::order[abi:cxx11] shop.cc:29 < main shop.cc:52"* ]]
	[[ $output == *$'\n'"std::vector::push_back < shop::Server::order[abi:cxx11] shop.cc:29: grew in 5 of 5 intervals"* ]]
	# Nothing is hidden from programs.
	"$CPROF" diff --json shop.4242.0001.heap.pb.gz shop.4242.0006.heap.pb.gz | python3 -c '
import json, sys
site = json.load(sys.stdin)["sites"][0]
assert len(site["stack"]) == 4 and site["shown_from"] == 1, site
assert site["stack"][2]["line"] == 29 and "line" not in site["stack"][0], site'
}

@test "leaks: on a narrow terminal no line is wider, and sites have lines of their own" {
	command -v script >/dev/null || skip "no script"
	script -qc "stty cols 80; $CPROF leaks $WORK" /dev/null </dev/null | tr '\r' '\n' | sed $'s/\033\\[[01]m//g; /^cprof: reading/d' >"$WORK/terminal.txt"
	grep -q '^     …shop::Server::order.abi:cxx11. shop.cc:29 < main shop.cc:52$' "$WORK/terminal.txt"
	python3 -c '
import sys
wide = [line for line in open(sys.argv[1], encoding="utf-8").read().split("\n") if len(line) > 80 and not "cprof " in line]
assert not wide, wide' "$WORK/terminal.txt"
}

@test "help names the options that a verb has, and no other" {
	local verb option text profile=$WORK/shop.4242.0001.heap.pb.gz
	for verb in top tree peek traces list tags svg flame diff leaks info raw merge symbolize; do
		text=$("$CPROF" help "$verb")
		# shellcheck disable=SC2013 # options are words
		[[ $verb == symbolize ]] || for option in $(grep -Eo '(^| )--?[a-z_]+[a-z_-]*' <<<"$text"); do
			run "$CPROF" "$verb" "$option=" "$profile"
			[[ $output != *"unknown option"* && $output != *"no JSON"* && $output != *"makes no sense"* && $output != *"is for reports on one"* ]] ||
				{ echo "$verb $option: $output" && return 1; }
		done
	done
	run "$CPROF" svg --json "$profile"
	[[ $status == 2 && $output == "cprof svg: a picture has no JSON; use cprof tree --json" ]]
	run "$CPROF" top -cum=maybe "$profile"
	[[ $status == 2 && $output == "cprof top: -cum=maybe: want true or false" ]]
	run -0 "$CPROF" help help
}

@test "top: what percentages are of, and that nothing was live, is told" {
	cd "$WORK"
	run -0 "$CPROF" top -diff_base shop.4242.0001.heap.pb.gz shop.4242.0006.heap.pb.gz
	[[ ${lines[1]} == "Showing "*" functions; 19.1 MB in sum, percentages are of 5.72 MB, the base" ]]
	describe 1 | sed -E 's/^sample ([0-9]+ [0-9]+) [0-9]+ [0-9]+/sample \1 0 0/' | "$MAKE_PROFILE" freed.pb.gz
	run -0 "$CPROF" top freed.pb.gz
	[[ $output == *$'\n'"Nothing was live: all that was seen had been freed. See an earlier snapshot, or -alloc_space."* ]]
	run -0 "$CPROF" top -alloc_space freed.pb.gz
	[[ $output != *"Nothing was live"* ]]
}

@test "top -lines: a name is cut before its file and line are" {
	cd "$WORK"
	local long=shop::Server::a_name_that_goes_on_and_on_and_on_and_on_and_on_until_no_line_is_left
	describe 1 | sed "s/shop::Server::order/$long/" | "$MAKE_PROFILE" long.pb.gz
	run -0 "$CPROF" top -lines long.pb.gz
	[[ $output == *"  shop::Server::a_name_"*"… shop.cc:29"* ]]
	"$CPROF" top -lines long.pb.gz | python3 -c '
import sys
assert all(len(line.rstrip("\n")) <= 100 for line in sys.stdin if "cprof " not in line)'
}
