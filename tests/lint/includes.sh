#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Do the includes keep the house: alloc -> report -> sampling -> base, and each third-party library in its one place?
# Not here: what the made library depends on (exports.sh).
set -uo pipefail
cd "${CPA_SRCDIR:?}" || exit 99
status=0

complain() {
	echo "$1"
	status=1
}

# The folder of a path, with the command's folders apart from report/ itself.
folder_of() {
	case $1 in
	report/*/*) echo "$1" | cut -d/ -f1-2 ;;
	*) echo "${1%%/*}" ;;
	esac
}

# Which folders a folder may include from.
seen_from() {
	case $1 in
	base) echo "base" ;;
	sampling) echo "sampling base" ;;
	report) echo "report sampling base" ;;
	report/profile) echo "report/profile report base" ;;
	report/analysis) echo "report/analysis report/profile report base" ;;
	report/graph) echo "report/graph report/analysis report/profile report base" ;;
	report/symbols) echo "report/symbols report/profile report base" ;;
	report/trend) echo "report/trend report/graph report/analysis report/profile report base" ;;
	report/web) echo "report/web base" ;;
	report/http) echo "report/http report/web report sampling base" ;;
	report/cli) echo "report/cli report/web report/trend report/symbols report/graph report/analysis report/profile report sampling base" ;;
	alloc) echo "alloc report sampling base cprofalloc.h" ;;
	esac
}

# Where a third-party header may be included: a pattern of paths, empty for headers that are not third-party.
place_of() {
	case $1 in
	libunwind*.h | unwind.h) echo "sampling/unwind*.c" ;;
	zlib.h) echo "report/gzip.c report/profile/*" ;;
	*profile.pb-c.h | protobuf-c/*) echo "report/pprof*.[ch]" ;;
	jemalloc/*) echo "alloc/backend.h" ;;
	libiberty/* | demangle.h) echo "report/profile/demangle.c" ;;
	elfutils/* | dwarf.h | gelf.h | libelf.h) echo "report/symbols/*" ;;
	pcre2.h) echo "report/profile/pattern.c" ;;
	event2/* | event.h) echo "report/http/*" ;;
	curl/*) echo "report/cli/upload.c" ;;
	esac
}

# fits NAME PATTERN...: does the name match one of the patterns?
fits() {
	local name=$1 pattern
	shift
	for pattern in "$@"; do
		# shellcheck disable=SC2053 # a pattern is meant
		[[ $name == $pattern ]] && return 0
	done
	return 1
}

check_include() {
	local file=$1 header=$2 kind=$3 folder place
	local -a places seen
	folder=$(folder_of "$file")
	place=$(place_of "$header")
	if [[ -n $place ]]; then
		read -ra places <<<"$place"
		fits "$file" "${places[@]}" || complain "$file: includes $header, which belongs to: $place"
		return
	fi
	[[ $kind == own ]] || return 0
	read -ra seen <<<"$(seen_from "$folder")"
	fits "$(folder_of "$header")" "${seen[@]}" || complain "$file: $folder/ may not include $header"
}

count=0
while IFS=: read -r file line; do
	header=$(sed -E 's/^[^"<]*["<]([^">]*)[">].*/\1/' <<<"$line")
	case $line in
	*\"*) check_include "$file" "$header" own ;;
	*) check_include "$file" "$header" system ;;
	esac
	count=$((count + 1))
done < <(grep -rEH --exclude-dir=node_modules --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include' base sampling report alloc)
((count > 0)) || complain "no include found at all: the check is broken"

# Outside their file nobody may reach these libraries by name either.
while IFS= read -r hit; do
	complain "$hit: libunwind belongs to sampling/unwind.c"
done < <(grep -rnE --include='*.[ch]' '\bunw_[a-z_]+ *\(' base report alloc sampling | grep -v '^sampling/unwind')
exit $status
