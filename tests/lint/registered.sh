#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Is every unit test run, and every source of the pages shipped? A test that no local.mk names fails nobody.
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
# A source of the pages that report/web/local.mk does not list is missing in a tarball.
for file in report/web/src/*; do
	if ! grep -qwF "src/$(basename "$file")" report/web/local.mk; then
		echo "$file: report/web/local.mk does not list it"
		status=1
	fi
done
if grep -q '"resolved"' report/web/package-lock.json; then
	echo "report/web/package-lock.json holds addresses: npm was run without report/web/.npmrc"
	status=1
fi
exit $status
