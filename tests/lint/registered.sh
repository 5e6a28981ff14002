#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Is every unit test run? A test that no local.mk names fails nobody.
set -uo pipefail
cd "${CPA_SRCDIR:?}" || exit 99

# Lists of programs: not the comments, not what a program is made from.
lists=$(cat tests/local.mk report/local.mk report/*/local.mk | grep -vE '^(#|%C%_|tests_unit_|[[:space:]]+%)')
status=0
for file in tests/unit/test_*.c; do
	name=$(basename "$file" .c)
	if ! grep -qwF "unit/$name" <<<"$lists"; then
		echo "$file: no local.mk lists it"
		status=1
	fi
done
exit $status
