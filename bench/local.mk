# SPDX-License-Identifier: BSD-2-Clause
# bench/: `make bench` runs every bench on this build. A benchmark is never a test: nothing here is part of `make check`.
CPA_BENCHES =
CPA_BENCHES += %D%/cpu
CPA_BENCHES += %D%/fastpath
CPA_BENCHES += %D%/goroutine
CPA_BENCHES += %D%/handles
CPA_BENCHES += %D%/http
CPA_BENCHES += %D%/http_symbols
CPA_BENCHES += %D%/labels
CPA_BENCHES += %D%/leaks
CPA_BENCHES += %D%/locks
CPA_BENCHES += %D%/memory
CPA_BENCHES += %D%/polling
CPA_BENCHES += %D%/report
CPA_BENCHES += %D%/sample
CPA_BENCHES += %D%/snapshot
CPA_BENCHES += %D%/symbolize
CPA_BENCHES += %D%/threads
CPA_BENCHES += %D%/throughput
CPA_BENCHES += %D%/trace

CPA_BENCH_FILES =
CPA_BENCH_FILES += %D%/benchlib.py %D%/callgrind.py
CPA_BENCH_FILES += %D%/programs/bigprofile.c
CPA_BENCH_FILES += %D%/programs/crowd.c
CPA_BENCH_FILES += %D%/programs/deep.c
CPA_BENCH_FILES += %D%/programs/fetched.c
CPA_BENCH_FILES += %D%/programs/handles.c
CPA_BENCH_FILES += %D%/programs/heap.c
CPA_BENCH_FILES += %D%/programs/labels.c
CPA_BENCH_FILES += %D%/programs/live.c
CPA_BENCH_FILES += %D%/programs/lockpair.c
CPA_BENCH_FILES += %D%/programs/many_stacks.lua
CPA_BENCH_FILES += %D%/programs/manytypes.cc
CPA_BENCH_FILES += %D%/programs/mixed.c
CPA_BENCH_FILES += %D%/programs/pingpong.c
CPA_BENCH_FILES += %D%/programs/polled.c
CPA_BENCH_FILES += %D%/programs/ring.c
CPA_BENCH_FILES += %D%/programs/series.c
CPA_BENCH_FILES += %D%/programs/rss.h
CPA_BENCH_FILES += %D%/programs/spawn.c
CPA_BENCH_FILES += %D%/programs/spin.c
CPA_BENCH_FILES += %D%/programs/tree.h
CPA_BENCH_FILES += %D%/programs/waits.h
CPA_BENCH_FILES += %D%/programs/writing.c
EXTRA_DIST += $(CPA_BENCHES) $(CPA_BENCH_FILES) docs/benchmarks.md

# Each ends with status 1 when a bar was missed: the others run all the same.
bench: all
	@status=0; for bench in $(CPA_BENCHES); do \
		CC='$(CC)' CPA_BUILDDIR='$(abs_top_builddir)' $(srcdir)/$$bench || status=1; \
	done; exit $$status
.PHONY: bench
