# SPDX-License-Identifier: BSD-2-Clause
# report/profile/: a profile in memory, and its file. With report/analysis/ and report/graph/ one library, never
# installed, for cprof and for its unit tests. Adding a file is one line here.
noinst_LTLIBRARIES += libcpa-analysis.la
libcpa_analysis_la_CPPFLAGS = $(AM_CPPFLAGS) $(ZLIB_CFLAGS) $(PCRE2_CFLAGS)
libcpa_analysis_la_LIBADD = $(PCRE2_LIBS)
libcpa_analysis_la_SOURCES =
libcpa_analysis_la_SOURCES += %D%/align.c %D%/align.h
libcpa_analysis_la_SOURCES += %D%/apart.c %D%/apart.h
libcpa_analysis_la_SOURCES += %D%/clean.c %D%/clean.h
libcpa_analysis_la_SOURCES += %D%/comments.c %D%/comments.h
libcpa_analysis_la_SOURCES += %D%/demangle.c %D%/demangle.h
libcpa_analysis_la_SOURCES += %D%/dropframes.c %D%/dropframes.h
libcpa_analysis_la_SOURCES += %D%/encode.c %D%/encode.h
libcpa_analysis_la_SOURCES += %D%/graft.c %D%/graft.h
libcpa_analysis_la_SOURCES += %D%/ids.h
libcpa_analysis_la_SOURCES += %D%/intern.c %D%/intern.h
libcpa_analysis_la_SOURCES += %D%/memory.c %D%/memory.h
libcpa_analysis_la_SOURCES += %D%/merge.c %D%/merge.h
libcpa_analysis_la_SOURCES += %D%/message.c %D%/message.h
libcpa_analysis_la_SOURCES += %D%/names.c %D%/names.h
libcpa_analysis_la_SOURCES += %D%/nodes.c %D%/nodes.h
libcpa_analysis_la_SOURCES += %D%/nodes_text.c
libcpa_analysis_la_SOURCES += %D%/own.c %D%/own.h
libcpa_analysis_la_SOURCES += %D%/pattern.c %D%/pattern.h
libcpa_analysis_la_SOURCES += %D%/places.c
libcpa_analysis_la_SOURCES += %D%/profile.c %D%/profile.h
libcpa_analysis_la_SOURCES += %D%/prune.c %D%/prune.h
libcpa_analysis_la_SOURCES += %D%/read.c %D%/read.h
libcpa_analysis_la_SOURCES += %D%/resolve.c
libcpa_analysis_la_SOURCES += %D%/scale.c %D%/scale.h
libcpa_analysis_la_SOURCES += %D%/source.c %D%/source.h
libcpa_analysis_la_SOURCES += %D%/sum.c %D%/sum.h
libcpa_analysis_la_SOURCES += %D%/units.c %D%/units.h
libcpa_analysis_la_SOURCES += %D%/wire.c %D%/wire.h

# The tests of these folders and of cli/. They make their profiles with protobuf-c, the reader's opposite.
CPA_ANALYSIS_MAKER = tests/unit/profile_maker.c tests/unit/profile_maker.h
CPA_ANALYSIS_HEAP = tests/unit/sampled_heap.c tests/unit/sampled_heap.h
CPA_ANALYSIS_LIBS = libcpa-analysis.la libcpa-core.la $(CMOCKA_LIBS) $(PROTOBUF_C_LIBS) \
	$(ZLIB_LIBS) $(LIBIBERTY_LIBS) -lm
CPA_ANALYSIS_TESTS =

# A profile from a description on standard input, for the bats tests.
check_PROGRAMS += tests/unit/make_profile
tests_unit_make_profile_SOURCES = tests/unit/make_profile.c $(CPA_ANALYSIS_MAKER)
tests_unit_make_profile_CPPFLAGS = $(AM_CPPFLAGS) $(PROTOBUF_C_CFLAGS) $(ZLIB_CFLAGS)
tests_unit_make_profile_LDADD = libcpa-core.la $(PROTOBUF_C_LIBS) $(ZLIB_LIBS)

CPA_ANALYSIS_TESTS += tests/unit/test_clean
tests_unit_test_clean_SOURCES = tests/unit/test_clean.c
tests_unit_test_clean_LDADD = $(CPA_ANALYSIS_LIBS)
CPA_ANALYSIS_TESTS += tests/unit/test_comments
tests_unit_test_comments_SOURCES = tests/unit/test_comments.c
tests_unit_test_comments_LDADD = $(CPA_ANALYSIS_LIBS)
CPA_ANALYSIS_TESTS += tests/unit/test_encode
tests_unit_test_encode_SOURCES = tests/unit/test_encode.c $(CPA_ANALYSIS_MAKER)
tests_unit_test_encode_CPPFLAGS = $(AM_CPPFLAGS) $(PROTOBUF_C_CFLAGS) $(ZLIB_CFLAGS)
tests_unit_test_encode_LDADD = $(CPA_ANALYSIS_LIBS)
CPA_ANALYSIS_TESTS += tests/unit/test_intern
tests_unit_test_intern_SOURCES = tests/unit/test_intern.c
tests_unit_test_intern_LDADD = $(CPA_ANALYSIS_LIBS)
CPA_ANALYSIS_TESTS += tests/unit/test_merge
tests_unit_test_merge_SOURCES = tests/unit/test_merge.c $(CPA_ANALYSIS_MAKER)
tests_unit_test_merge_LDADD = $(CPA_ANALYSIS_LIBS)
CPA_ANALYSIS_TESTS += tests/unit/test_names
tests_unit_test_names_SOURCES = tests/unit/test_names.c
tests_unit_test_names_LDADD = $(CPA_ANALYSIS_LIBS)
CPA_ANALYSIS_TESTS += tests/unit/test_apart
tests_unit_test_apart_SOURCES = tests/unit/test_apart.c
tests_unit_test_apart_LDADD = $(CPA_ANALYSIS_LIBS)
CPA_ANALYSIS_TESTS += tests/unit/test_own
tests_unit_test_own_SOURCES = tests/unit/test_own.c
tests_unit_test_own_LDADD = $(CPA_ANALYSIS_LIBS)
CPA_ANALYSIS_TESTS += tests/unit/test_pattern
tests_unit_test_pattern_SOURCES = tests/unit/test_pattern.c
tests_unit_test_pattern_LDADD = $(CPA_ANALYSIS_LIBS)
CPA_ANALYSIS_TESTS += tests/unit/test_read
tests_unit_test_read_SOURCES = tests/unit/test_read.c $(CPA_ANALYSIS_MAKER)
tests_unit_test_read_LDADD = $(CPA_ANALYSIS_LIBS)
CPA_ANALYSIS_TESTS += tests/unit/test_units
tests_unit_test_units_SOURCES = tests/unit/test_units.c
tests_unit_test_units_LDADD = $(CPA_ANALYSIS_LIBS)
CPA_ANALYSIS_TESTS += tests/unit/test_wire
tests_unit_test_wire_SOURCES = tests/unit/test_wire.c
tests_unit_test_wire_LDADD = $(CPA_ANALYSIS_LIBS)
