#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The mechanical part of the style: 100 columns (a tab is 8), no trailing blanks, tabs for indentation, and product files
# of at most 350 lines.
set -uo pipefail
cd "${CPA_SRCDIR:?}" || exit 99

status=0
while IFS= read -r file; do
	expand "$file" | awk -v file="$file" '
		length($0) > 100 { print file ":" NR ": " length($0) " columns"; bad = 1 }
		END { exit bad }' || status=1
	if grep -nE '[[:blank:]]+$' "$file" /dev/null; then
		echo "$file: blanks at the end of a line"
		status=1
	fi
	if grep -nE '^( {8}| *	 *	? {8})' "$file" /dev/null; then
		echo "$file: eight blanks where a tab belongs"
		status=1
	fi
done < <(find include base sampling report alloc bench tests docs ! -path '*/node_modules/*' \
	\( -name '*.[ch]' -o -name '*.js' -o -name '*.mjs' -o -name '*.css' \))

while IFS= read -r file; do
	lines=$(wc -l <"$file")
	if ((lines > 350)); then
		echo "$file: $lines lines, more than 350: two concepts in one file?"
		status=1
	fi
done < <(find base sampling report alloc ! -path '*/node_modules/*' \
	\( -name '*.[ch]' -o -name '*.js' -o -name '*.mjs' -o -name '*.css' \))
exit $status
