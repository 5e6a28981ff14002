# SPDX-License-Identifier: BSD-2-Clause
# report/: adding a file is one line here. The protobuf code is made in the build tree and never shipped.
libcpa_core_la_SOURCES += %D%/ancestors.c %D%/ancestors.h
libcpa_core_la_SOURCES += %D%/apart.c %D%/apart.h
libcpa_core_la_SOURCES += %D%/builtin.h %D%/builtin_cpu.c %D%/builtin_heap.c %D%/builtin_threads.c %D%/builtin_waits.c
libcpa_core_la_SOURCES += %D%/childenv.c %D%/childenv.h
libcpa_core_la_SOURCES += %D%/collector.c %D%/collector.h
libcpa_core_la_SOURCES += %D%/delta.c %D%/delta.h
libcpa_core_la_SOURCES += %D%/elf.c %D%/elf.h
libcpa_core_la_SOURCES += %D%/facts.c %D%/facts.h
libcpa_core_la_SOURCES += %D%/fd.c %D%/fd.h
libcpa_core_la_SOURCES += %D%/frames.c %D%/frames.h
libcpa_core_la_SOURCES += %D%/countrows.c %D%/countrows.h
libcpa_core_la_SOURCES += %D%/gauges.c %D%/gauges.h
libcpa_core_la_SOURCES += %D%/gzip.c %D%/gzip.h
libcpa_core_la_SOURCES += %D%/heaprows.c %D%/heaprows.h
libcpa_core_la_SOURCES += %D%/labelmask.c %D%/labelmask.h
libcpa_core_la_SOURCES += %D%/lookup.c %D%/lookup.h
libcpa_core_la_SOURCES += %D%/maps.c %D%/maps.h
libcpa_core_la_SOURCES += %D%/offer.c %D%/offer.h
libcpa_core_la_SOURCES += %D%/outfile.c %D%/outfile.h
libcpa_core_la_SOURCES += %D%/pprof.c %D%/pprof.h
libcpa_core_la_SOURCES += %D%/pprof_labels.c %D%/pprof_labels.h
libcpa_core_la_SOURCES += %D%/pprof_out.c %D%/pprof_out.h
libcpa_core_la_SOURCES += %D%/profiles.c %D%/profiles.h
libcpa_core_la_SOURCES += %D%/procmaps.c %D%/procmaps.h
libcpa_core_la_SOURCES += %D%/program.c %D%/program.h
libcpa_core_la_SOURCES += %D%/quiet.c %D%/quiet.h
libcpa_core_la_SOURCES += %D%/retention.c %D%/retention.h
libcpa_core_la_SOURCES += %D%/series.c %D%/series.h
libcpa_core_la_SOURCES += %D%/server.c %D%/server.h %D%/service.h
libcpa_core_la_SOURCES += %D%/snapshot.c %D%/snapshot.h
libcpa_core_la_SOURCES += %D%/sort.c %D%/sort.h
libcpa_core_la_SOURCES += %D%/starts.c %D%/starts.h
libcpa_core_la_SOURCES += %D%/symbols.c %D%/symbols.h
libcpa_core_la_SOURCES += %D%/tallyrows.c %D%/tallyrows.h
libcpa_core_la_SOURCES += %D%/text.c %D%/text.h
libcpa_core_la_SOURCES += %D%/text_out.c %D%/text_out.h
libcpa_core_la_SOURCES += %D%/threadrows.c %D%/threadrows.h
libcpa_core_la_SOURCES += %D%/threadtext.c %D%/threadtext.h
libcpa_core_la_SOURCES += %D%/trace_file.c %D%/trace_file.h
libcpa_core_la_SOURCES += %D%/trace_names.c %D%/trace_names.h
libcpa_core_la_SOURCES += %D%/trace_out.c %D%/trace_out.h
libcpa_core_la_SOURCES += %D%/tracer.c %D%/tracer.h
libcpa_core_la_SOURCES += %D%/utf8.c %D%/utf8.h
libcpa_core_la_SOURCES += %D%/waker.c %D%/waker.h

CPA_PROTO_MADE = %D%/profile.pb-c.c %D%/profile.pb-c.h
nodist_libcpa_core_la_SOURCES += $(CPA_PROTO_MADE)
BUILT_SOURCES += $(CPA_PROTO_MADE)
CLEANFILES += $(CPA_PROTO_MADE)
EXTRA_DIST += %D%/profile.proto

%D%/profile.pb-c.c: %D%/profile.proto
	$(AM_V_GEN)$(MKDIR_P) %D% && \
		$(PROTOC_C) --proto_path=$(srcdir)/%D% --c_out=%D% $(srcdir)/%D%/profile.proto
# Both files come from the one run above.
%D%/profile.pb-c.h: %D%/profile.pb-c.c
	@test -f $@ || { rm -f %D%/profile.pb-c.c; $(MAKE) $(AM_MAKEFLAGS) %D%/profile.pb-c.c; }

# Unit tests of this folder; others are in tests/local.mk.
CPA_REPORT_TESTS = tests/unit/test_ancestors tests/unit/test_outfile tests/unit/test_program
tests_unit_test_ancestors_SOURCES = tests/unit/test_ancestors.c tests/unit/cmocka_all.h
tests_unit_test_outfile_SOURCES = tests/unit/test_outfile.c tests/unit/cmocka_all.h \
	tests/unit/scratch.h
tests_unit_test_outfile_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=cpa_clock_wall_ns -Wl,--wrap=openat
tests_unit_test_program_SOURCES = tests/unit/test_program.c tests/unit/cmocka_all.h \
	tests/unit/scratch.h
if HAVE_CMOCKA
check_PROGRAMS += $(CPA_REPORT_TESTS)
TESTS += $(CPA_REPORT_TESTS)
endif
