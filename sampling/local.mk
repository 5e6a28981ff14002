# SPDX-License-Identifier: BSD-2-Clause
# sampling/: adding a file is one line here.
libcpa_core_la_SOURCES +=
