# SPDX-License-Identifier: BSD-2-Clause
# bench/: programs made by `make bench-programs` only. A benchmark is never a test.
CPA_BENCHES =

EXTRA_PROGRAMS += $(CPA_BENCHES)
CLEANFILES += $(CPA_BENCHES)

bench-programs: $(BUILT_SOURCES) $(CPA_BENCHES) all-am
.PHONY: bench-programs
