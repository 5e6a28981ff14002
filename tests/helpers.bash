# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# What the bats files share: building a test program, running it with and without the library,
# finding its snapshots. Not here: reading profiles (helpers/pprof_file.py) and judging them
# (helpers/*.py).

bats_require_minimum_version 1.5.0

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${CPA_SRCDIR:=$(dirname "$HERE")}" "${CPA_BUILDDIR:=$CPA_SRCDIR/build}"
: "${CPA_LIB:=$CPA_BUILDDIR/.libs/libcprofalloc.so}" "${CPROF:=$CPA_BUILDDIR/cprof}"
: "${CC:=gcc}" "${CXX:=g++}"
export CPA_SRCDIR CPA_BUILDDIR CPA_LIB CPROF
PROGRAMS=$CPA_SRCDIR/tests/programs
PYTHON=/usr/bin/python3
[[ -x $PYTHON ]] || PYTHON=python3
unset CPROFALLOC MALLOC_CONF LD_PRELOAD LD_DEBUG
# go tool pprof fetches and keeps things under HOME; the tests leave nothing there.
export PYTHONDONTWRITEBYTECODE=1 PPROF_TMPDIR=${BATS_RUN_TMPDIR:-/tmp} GOFLAGS=-mod=mod GOTOOLCHAIN=local

# compile OUTPUT SOURCE FLAG...: a test program as its user would build it. -O1 and noinline call
# sites keep the stacks as written.
compile() {
	local output=$1 source=$PROGRAMS/$2 compiler=$CC
	shift 2
	[[ $source != *.cc ]] || compiler=$CXX
	"$compiler" -g -O1 -pthread -I"$CPA_SRCDIR/include" -Wall -Wno-unused-result -o "$output" "$source" "$@"
}

# profiled SETTINGS COMMAND...: run under the library.
profiled() {
	local settings=$1
	shift
	env CPROFALLOC="$settings" LD_PRELOAD="$CPA_LIB" "$@"
}

# both SETTINGS COMMAND...: run it without us and with us (standard input is the file $input, else
# empty); output and status must be the same, and so must be standard error but for our own lines,
# which are left in $ours (a file). $status is the program's.
both() {
	local settings=$1 base=$BATS_TEST_TMPDIR/both plain_status=0 profiled_status=0
	shift
	"$@" >"$base.plain.out" 2>"$base.plain.err" <"${input:-/dev/null}" || plain_status=$?
	# Not through profiled(): what bash says of a program that was killed belongs to neither side.
	env CPROFALLOC="$settings" LD_PRELOAD="$CPA_LIB" "$@" >"$base.profiled.out" 2>"$base.profiled.err" \
		<"${input:-/dev/null}" || profiled_status=$?
	ours=$base.ours
	grep '^cprofalloc: ' "$base.profiled.err" >"$ours" || true
	grep -v '^cprofalloc: ' "$base.profiled.err" >"$base.profiled.rest" || true
	# shellcheck disable=SC2034 # for the test
	status=$profiled_status
	if [[ $plain_status != "$profiled_status" ]]; then
		echo "exit status $profiled_status, without us $plain_status"
		cat "$base.profiled.err"
		return 1
	fi
	diff "$base.plain.out" "$base.profiled.out" || return 1
	diff "$base.plain.err" "$base.profiled.rest"
}

# our_lines N: the last `both` left exactly N lines of ours.
our_lines() {
	local count
	count=$(wc -l <"$ours")
	[[ $count == "$1" ]] || {
		echo "$count lines of ours instead of $1:"
		cat "$ours"
		return 1
	}
}

# we_said PATTERN: a line of ours matches.
we_said() {
	grep -qE -- "$1" "$ours" || {
		echo "no line of ours matches: $1"
		cat "$ours"
		return 1
	}
}

# Snapshots in a directory, oldest first within a process; and how many.
snapshots() { find "$1" -maxdepth 1 -name '*.pb.gz' | sort; }
snapshot_count() { snapshots "$1" | wc -l; }
last_snapshot() { snapshots "$1" | tail -n 1; }

# only_snapshot DIR: its one snapshot, and nothing else in the directory.
only_snapshot() {
	local -a all
	mapfile -t all < <(find "$1" -mindepth 1)
	[[ ${#all[@]} == 1 && ${all[0]} == *.heap.pb.gz ]] || {
		echo "not one snapshot but: ${all[*]}" >&2
		return 1
	}
	printf '%s\n' "${all[0]}"
}

# complete FILE...: each is a whole profile for our decoder; and no unfinished file lies beside it.
complete() {
	"$PYTHON" "$HERE/helpers/pprof_file.py" check "$@" || return 1
	local left
	left=$(find "$(dirname "$1")" -mindepth 1 ! -name '*.pb.gz')
	[[ -z $left ]] || {
		echo "left behind: $left"
		return 1
	}
}

# wait_bounds WHAT PROFILE [PERCENT] [only] [-OPTION...]: are its waits as long as a program (programs/watch.h) measured?
wait_bounds() { "$PYTHON" "$HERE/helpers/wait_bounds.py" "$@"; }

pprof_py() { "$PYTHON" "$HERE/helpers/pprof_file.py" "$@"; }

# go_top VIEW FILE [OPTION...]: all lines of go tool pprof -top, in plain units.
go_top() {
	local view=$1 file=$2
	shift 2
	go tool pprof -top -sample_index="$view" -unit=B -nodecount=100000 -nodefraction=0 -edgefraction=0 "$@" "$file"
}

# four_views FILE: go tool pprof reads all four views, and cprof top tells the same totals.
four_views() {
	local file=$1 view top
	for view in inuse_space inuse_objects alloc_space alloc_objects; do
		top=$(go_top "$view" "$file" 2>"$BATS_TEST_TMPDIR/go.err") || {
			echo "go tool pprof -top -sample_index=$view $file"
			cat "$BATS_TEST_TMPDIR/go.err"
			return 1
		}
		grep -qE '^ +flat +flat% +sum% +cum +cum%' <<<"$top" || {
			echo "no table for $view: $top"
			return 1
		}
	done
	pprof_py same-totals "$file" "$CPROF"
}

# go_profiles DIR: a Go program's own profiles (programs/profiles.go says which) in a directory that is there.
go_profiles() {
	cp "$PROGRAMS/profiles.go" "$1/profiles.go"
	(cd "$1" && HOME=$1 GOCACHE=${BATS_RUN_TMPDIR:-$1}/gocache GO111MODULE=off GOFLAGS='' go build -o profiles profiles.go) &&
		"$1/profiles" "$1"
}

# wait_until SECONDS COMMAND...: until it succeeds; a limit against hanging, not a measure.
wait_until() {
	local tries=$(($1 * 20))
	shift
	while ((tries-- > 0)); do
		"$@" && return 0
		sleep 0.05
	done
	echo "never true: $*"
	return 1
}
