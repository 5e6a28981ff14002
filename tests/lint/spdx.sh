#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Does every source file name its licence in its first three lines?
set -uo pipefail
cd "${CPA_SRCDIR:?}" || exit 99

status=0
while IFS= read -r file; do
	if ! head -n 3 "$file" | grep -q 'SPDX-License-Identifier: BSD-2-Clause'; then
		echo "$file: no SPDX line in the first three lines"
		status=1
	fi
done < <(
	find include base sampling report alloc bench tests docs -type f \( -name '*.[chS]' -o -name '*.cc' -o -name '*.cpp' \
		-o -name '*.sh' -o -name '*.bash' -o -name '*.bats' -o -name '*.mk' -o -name '*.py' -o -name '*.go' \
		-o -name '*.map' -o -name '*.syms' -o -name '*.proto' -o -name '*.[1-8]' -o -name '*.js' -o -name '*.mjs' \
		-o -name '*.css' -o -name '*.html' \) ! -path '*/.*' ! -path '*/node_modules/*'
	ls configure.ac Makefile.am m4/cpa_*.m4 bootstrap check demo .ci/run
)
exit $status
