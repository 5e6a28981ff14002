#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Does every function that is public, or called from another folder, say in its header how it may be called: Thread:,
# Signal:, Memory:, Errno:, in the fixed words? One comment may speak for the declarations that follow it up to the next
# comment; a file's first comment may speak for all of its functions.
set -uo pipefail
cd "${CPA_SRCDIR:?}" || exit 99
status=0

folder_of() {
	case $1 in
	report/*/*) echo "$1" | cut -d/ -f1-2 ;;
	*) echo "${1%%/*}" ;;
	esac
}

# "name problem" for each function declared or defined in a header: what its contract lacks, or "ok".
functions_of() {
	awk '
	function flush_comment() {
		if (first_comment == "") first_comment = comment
		contract = comment
		comment = ""
	}
	function lacks(text,    what) {
		what = ""
		if (text !~ /Thread:[ \t]*(any|owner|dump|holding|the forking one|the only one)/) what = what " Thread:"
		if (text !~ /Signal:[ \t]*(safe|unsafe)/) what = what " Signal:"
		if (text !~ /Memory:[ \t]*(none|arena|backend|heap)/) what = what " Memory:"
		if (text !~ /Errno:[ \t]*(kept|set)/) what = what " Errno:"
		return what
	}
	{
		line = $0
		if (in_comment) {
			comment = comment " " line
			if (line ~ /\*\//) { in_comment = 0; flush_comment() }
			next
		}
		if (line ~ /^[ \t]*\/\*/) {
			comment = line
			if (line ~ /\*\//) { if (line ~ /SPDX/) comment = ""; else flush_comment() } else in_comment = 1
			next
		}
		if (line ~ /^(#|\t|[ }])/ || line ~ /^(typedef|struct [a-z_]+ *\{)/) next
		if (match(line, /(cpa|cprof)_[a-z0-9_]+\(/)) {
			name = substr(line, RSTART, RLENGTH - 1)
			problem = lacks(contract)
			if (problem != "" && lacks(first_comment) == "") problem = ""
			print name, (problem == "" ? "ok" : problem)
		}
	}' "$1"
}

# Is a function of this folder named in a file of another one? (Tests do not count: they may test what is internal.)
called_from_elsewhere() {
	local name=$1 folder=$2 user
	while IFS= read -r user; do
		[[ $(folder_of "$user") == "$folder" ]] || return 0
	done < <(grep -rlwF --include='*.[ch]' "$name" base sampling report alloc)
	return 1
}

seen=0
while IFS= read -r header; do
	folder=$(folder_of "$header")
	while read -r name problem; do
		seen=$((seen + 1))
		[[ $problem != ok ]] || continue
		if [[ $folder == include ]] || called_from_elsewhere "$name" "$folder"; then
			echo "$header: $name lacks: $problem"
			status=1
		fi
	done < <(functions_of "$header")
done < <(find include base sampling report alloc -name '*.h' ! -path '*/node_modules/*' | sort)
((seen > 0)) || { echo "no function found in any header: the check is broken"; status=1; }
exit $status
