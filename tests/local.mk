# SPDX-License-Identifier: BSD-2-Clause
# tests/: what `make check` builds and runs. Exit status of a test: 0 passed, 1 failed, 77 skipped, 99 broken.
# Not here: the bats files (integration/, real/), which ./check runs.
#
# A unit test is three lines (LDADD is libcpa-core.la, cmocka and their libraries by default):
#   CPA_UNIT_TESTS += %D%/unit/test_gate
#   %C%_unit_test_gate_SOURCES = %D%/unit/test_gate.c
CPA_UNIT_TESTS =
CPA_UNIT_TESTS += %D%/unit/test_arena
%C%_unit_test_arena_SOURCES = %D%/unit/test_arena.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_clock
%C%_unit_test_clock_SOURCES = %D%/unit/test_clock.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_conf
%C%_unit_test_conf_SOURCES = %D%/unit/test_conf.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_line
%C%_unit_test_line_SOURCES = %D%/unit/test_line.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_lock
%C%_unit_test_lock_SOURCES = %D%/unit/test_lock.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_log
%C%_unit_test_log_SOURCES = %D%/unit/test_log.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_quantity
%C%_unit_test_quantity_SOURCES = %D%/unit/test_quantity.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_elf
%C%_unit_test_elf_SOURCES = %D%/unit/test_elf.c %D%/unit/cmocka_all.h %D%/unit/scratch.h
CPA_UNIT_TESTS += %D%/unit/test_gzip
%C%_unit_test_gzip_SOURCES = %D%/unit/test_gzip.c %D%/unit/cmocka_all.h %D%/unit/scratch.h
CPA_UNIT_TESTS += %D%/unit/test_maps
%C%_unit_test_maps_SOURCES = %D%/unit/test_maps.c %D%/unit/cmocka_all.h %D%/unit/scratch.h
CPA_UNIT_TESTS += %D%/unit/test_pprof
%C%_unit_test_pprof_SOURCES = %D%/unit/test_pprof.c %D%/unit/cmocka_all.h %D%/unit/scratch.h %D%/unit/fake_heap.h
CPA_UNIT_TESTS += %D%/unit/test_snapshot
%C%_unit_test_snapshot_SOURCES = %D%/unit/test_snapshot.c %D%/unit/cmocka_all.h %D%/unit/scratch.h %D%/unit/fake_heap.h
CPA_UNIT_TESTS += %D%/unit/test_sort
%C%_unit_test_sort_SOURCES = %D%/unit/test_sort.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_text
%C%_unit_test_text_SOURCES = %D%/unit/test_text.c %D%/unit/cmocka_all.h %D%/unit/scratch.h %D%/unit/fake_heap.h
CPA_UNIT_TESTS += %D%/unit/test_utf8
%C%_unit_test_utf8_SOURCES = %D%/unit/test_utf8.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_store
%C%_unit_test_store_SOURCES = %D%/unit/test_store.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_stacks
%C%_unit_test_stacks_SOURCES = %D%/unit/test_stacks.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_heap
%C%_unit_test_heap_SOURCES = %D%/unit/test_heap.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_custom
%C%_unit_test_custom_SOURCES = %D%/unit/test_custom.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_entries
%C%_unit_test_entries_SOURCES = %D%/unit/test_entries.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_labels
%C%_unit_test_labels_SOURCES = %D%/unit/test_labels.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_live
%C%_unit_test_live_SOURCES = %D%/unit/test_live.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_capture
%C%_unit_test_capture_SOURCES = %D%/unit/test_capture.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_imports
%C%_unit_test_imports_SOURCES = %D%/unit/test_imports.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_modules
%C%_unit_test_modules_SOURCES = %D%/unit/test_modules.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_tally
%C%_unit_test_tally_SOURCES = %D%/unit/test_tally.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_tallyrows
%C%_unit_test_tallyrows_SOURCES = %D%/unit/test_tallyrows.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_proctask
%C%_unit_test_proctask_SOURCES = %D%/unit/test_proctask.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_roster
%C%_unit_test_roster_SOURCES = %D%/unit/test_roster.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_threads
%C%_unit_test_threads_SOURCES = %D%/unit/test_threads.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_threadrows
%C%_unit_test_threadrows_SOURCES = %D%/unit/test_threadrows.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_threadcreate
%C%_unit_test_threadcreate_SOURCES = %D%/unit/test_threadcreate.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_trace
%C%_unit_test_trace_SOURCES = %D%/unit/test_trace.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_trace_file
%C%_unit_test_trace_file_SOURCES = %D%/unit/test_trace_file.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_tracecache
%C%_unit_test_tracecache_SOURCES = %D%/unit/test_tracecache.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_unwind
%C%_unit_test_unwind_SOURCES = %D%/unit/test_unwind.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_block
%C%_unit_test_block_SOURCES = %D%/unit/test_block.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_mutex
%C%_unit_test_mutex_SOURCES = %D%/unit/test_mutex.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_waits
%C%_unit_test_waits_SOURCES = %D%/unit/test_waits.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_gate
%C%_unit_test_gate_SOURCES = %D%/unit/test_gate.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_profsignal
%C%_unit_test_profsignal_SOURCES = %D%/unit/test_profsignal.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_stackcopy
%C%_unit_test_stackcopy_SOURCES = %D%/unit/test_stackcopy.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_cpuclock
%C%_unit_test_cpuclock_SOURCES = %D%/unit/test_cpuclock.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_cputicks
%C%_unit_test_cputicks_SOURCES = %D%/unit/test_cputicks.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_cputimers
%C%_unit_test_cputimers_SOURCES = %D%/unit/test_cputimers.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_far_memory
%C%_unit_test_far_memory_SOURCES = %D%/unit/test_far_memory.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_unwind_far
%C%_unit_test_unwind_far_SOURCES = %D%/unit/test_unwind_far.c %D%/unit/cmocka_all.h
CPA_UNIT_TESTS += %D%/unit/test_cpu
%C%_unit_test_cpu_SOURCES = %D%/unit/test_cpu.c %D%/unit/cmocka_all.h
CPA_LINTS =
CPA_LINTS += %D%/lint/contracts.sh
CPA_LINTS += %D%/lint/exports.sh
CPA_LINTS += %D%/lint/format.sh
CPA_LINTS += %D%/lint/includes.sh
CPA_LINTS += %D%/lint/manpages.sh
CPA_LINTS += %D%/lint/registered.sh
CPA_LINTS += %D%/lint/shellcheck.sh
CPA_LINTS += %D%/lint/spdx.sh

if HAVE_CMOCKA
check_PROGRAMS += $(CPA_UNIT_TESTS)
TESTS += $(CPA_UNIT_TESTS)
endif
TESTS += $(CPA_LINTS)
EXTRA_DIST += $(CPA_LINTS)
EXTRA_DIST += %D%/fuzz %D%/helpers.bash %D%/serving.bash %D%/helpers %D%/integration %D%/programs %D%/real %D%/stress %D%/web

TEST_EXTENSIONS = .sh
SH_LOG_COMPILER = bash
AM_TESTS_ENVIRONMENT = CPA_SRCDIR='$(abs_top_srcdir)'; CPA_BUILDDIR='$(abs_top_builddir)'; \
	CPA_LIB='$(abs_top_builddir)/.libs/libcprofalloc.so'; CPROF='$(abs_top_builddir)/cprof'; \
	export CPA_SRCDIR CPA_BUILDDIR CPA_LIB CPROF;
