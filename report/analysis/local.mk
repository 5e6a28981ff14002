# SPDX-License-Identifier: BSD-2-Clause
# report/analysis/: reading profiles and computing reports, for cprof only. Adding a file is one line here.
#cprof_SOURCES =
