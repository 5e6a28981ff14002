# SPDX-License-Identifier: BSD-2-Clause
# bench/: `make bench` runs every bench on this build. A benchmark is never a test: nothing here is part of `make check`.
CPA_BENCHES =
CPA_BENCHES += %D%/fastpath

CPA_BENCH_FILES =
CPA_BENCH_FILES += %D%/benchlib.py
CPA_BENCH_FILES += %D%/programs/ring.c
EXTRA_DIST += $(CPA_BENCHES) $(CPA_BENCH_FILES)

# Each ends with status 1 when a bar was missed: the others run all the same.
bench: all
	@status=0; for bench in $(CPA_BENCHES); do \
		CC='$(CC)' CPA_BUILDDIR='$(abs_top_builddir)' $(srcdir)/$$bench || status=1; \
	done; exit $$status
.PHONY: bench
