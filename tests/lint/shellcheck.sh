#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Does shellcheck accept every script and bats file?
set -uo pipefail
cd "${CPA_SRCDIR:?}" || exit 99
command -v shellcheck >/dev/null || { echo "no shellcheck here"; exit 77; }

status=0
shopt -s nullglob globstar
shellcheck bootstrap check demo .ci/run tests/**/*.sh tests/**/*.bash bench/**/*.sh || status=1
bats_files=(tests/**/*.bats)
if ((${#bats_files[@]} > 0)); then
	# In bats files variables come from helpers and from `run`, so "assigned elsewhere" is not known.
	shellcheck --shell=bats --severity=warning --exclude=SC2154,SC2034,SC2314,SC2315 "${bats_files[@]}" || status=1
fi
exit $status
