# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# What the compatibility tests share: the program in each way it may be built, served; the tables of
# go tool pprof. Not here: talking to it (serving.bash), what is expected (integration/compat*.bats).

load ../helpers
load ../serving

# compat_build NAME OPTION...: the program, with its shared library, in $BATS_FILE_TMPDIR.
compat_build() {
	local name=$1
	shift
	compile "$BATS_FILE_TMPDIR/libcompat.so" compat_library.c -shared -fPIC
	compile "$BATS_FILE_TMPDIR/$name" compat.cc "$@" "$BATS_FILE_TMPDIR/libcompat.so" "$CPA_LIB" \
		-Wl,-rpath,"$(dirname "$CPA_LIB"):$BATS_FILE_TMPDIR"
}

# compat SETTINGS [NAME]: it is served.
compat() { serve_tcp "$1" "$BATS_FILE_TMPDIR/${2:-compat}"; }

# do_it COMMAND...: it did so.
do_it() {
	local answer
	answer=$(tell "$@")
	[[ $answer == "$1 0" ]] || {
		echo "$answer"
		return 1
	}
}

# top SOURCE... [OPTION...]: all lines of go tool pprof -top, also in the file top; what it said is in go.err. In bytes, or in
# $unit.
top() { go tool pprof -top -unit="${unit:-B}" -nodecount=100000 -nodefraction=0 -edgefraction=0 "$@" 2>go.err | tee top; }

# flat NAME: the number in the first column of the last table, 0 where it has no such line.
flat() {
	awk -v name="$1" '/ flat +flat%/ { on = 1; next }
		on { got = $1 + 0; $1 = $2 = $3 = $4 = $5 = ""; sub(/^ +/, ""); if ($0 == name) sum += got }
		END { printf "%.0f\n", sum }' top
}

# near GOT WANT PERCENT
near() {
	awk -v got="$1" -v want="$2" -v percent="$3" 'BEGIN { exit !(got >= want * (1 - percent / 100) && got <= want * (1 + percent / 100)) }' || {
		echo "$1 is not within $3% of $2"
		return 1
	}
}
