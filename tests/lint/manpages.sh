#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Are the man pages well formed?
set -uo pipefail
cd "${CPA_SRCDIR:?}" || exit 99
command -v mandoc >/dev/null || { echo "no mandoc here"; exit 77; }

shopt -s nullglob
pages=(docs/*.[1-8])
((${#pages[@]} > 0)) || { echo "no man pages yet"; exit 77; }
mandoc -T lint -W warning "${pages[@]}"
