# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# What the files of this folder share: all profilers at once, a place that an unprivileged server may write to, and what each profile
# must say. Not here: what any bats file needs (../helpers.bash).

# All of them; the files add where and how often.
# shellcheck disable=SC2034 # for the tests
every_profiler=cpu=250,mutex=1,block=1us,goroutine=1,threadcreate=1

free_port() { "$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# open_place: $place, a directory that any user may pass, and in it $dir, in which any user may write.
open_place() {
	place=$(mktemp -d "${TMPDIR:-/tmp}/cprofalloc-real.XXXXXX")
	dir=$place/prof
	mkdir "$dir"
	chmod 755 "$place"
	chmod 1777 "$dir"
}

close_place() { [[ -z ${place:-} ]] || rm -rf "$place"; }

# last_of KIND [PID]: the newest profile of that kind (of that process).
last_of() { find "$dir" -name "*.${2:-*}.*.$1.pb.gz" -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d' ' -f2; }

# largest_of KIND: of the process that had most to say.
largest_of() { find "$dir" -name "*.$1.pb.gz" -printf '%s %p\n' | sort -n | tail -n 1 | cut -d' ' -f2; }

# all_readable: nothing unfinished was left, and go tool pprof and cprof read every profile.
all_readable() {
	local file left
	left=$(find "$dir" -mindepth 1 ! -name '*.pb.gz')
	[[ -z $left ]] || {
		echo "left behind: $left"
		return 1
	}
	while read -r file; do
		if ! go tool pprof -top "$file" >"$BATS_TEST_TMPDIR/top" 2>"$BATS_TEST_TMPDIR/err" ||
			! "$CPROF" top "$file" >"$BATS_TEST_TMPDIR/top" 2>"$BATS_TEST_TMPDIR/err"; then
			echo "$file"
			cat "$BATS_TEST_TMPDIR/err"
			return 1
		fi
	done < <(snapshots "$dir")
}

# names PATTERN FILE [OPTION...]: go tool pprof's table has such a function.
names() {
	local pattern=$1 file=$2
	shift 2
	go tool pprof -top -nodecount=100000 -nodefraction=0 -edgefraction=0 "$@" "$file" >"$BATS_TEST_TMPDIR/top" \
		2>"$BATS_TEST_TMPDIR/err"
	grep -qE -- " ($pattern)" "$BATS_TEST_TMPDIR/top" || {
		echo "no $pattern in $file"
		head -n 40 "$BATS_TEST_TMPDIR/top"
		return 1
	}
}

# cpu_is_all: what the processes' CPU profiles sum up to is within 10% of the CPU time of these processes, as the kernel counted it when
# their last heap profiles were written, without that of the library's own threads. What a process used before the library started, some
# milliseconds, is in the kernel's count.
cpu_is_all() {
	local file heap
	while read -r file; do
		heap=${file%.cpu.pb.gz}.heap.pb.gz
		[[ ! -e $heap ]] || echo "$(pprof_py total "$file" cpu) $(($(pprof_py comment "$heap" process_cpu_ns) - \
			$(pprof_py comment "$heap" own_threads_cpu_ns)))"
	done < <(find "$dir" -name '*.cpu.pb.gz') >"$BATS_TEST_TMPDIR/cpu"
	awk '{ ours += $1; kernel += $2 } END { printf "%.0f ns of %.0f\n", ours, kernel
		exit !(kernel > 0 && ours > 0.9 * kernel && ours < 1.1 * kernel) }' "$BATS_TEST_TMPDIR/cpu"
}
