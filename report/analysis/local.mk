# SPDX-License-Identifier: BSD-2-Clause
# report/analysis/: reading profiles and computing reports, for cprof only. Adding a file is one line here.
# A library of its own, never installed, so that its unit tests link it too.
noinst_LTLIBRARIES += libcpa-analysis.la
libcpa_analysis_la_CPPFLAGS = $(AM_CPPFLAGS) $(ZLIB_CFLAGS) $(PCRE2_CFLAGS)
libcpa_analysis_la_LIBADD = $(PCRE2_LIBS)
libcpa_analysis_la_SOURCES = %D%/change.c %D%/change.h
libcpa_analysis_la_SOURCES += %D%/align.c %D%/align.h
libcpa_analysis_la_SOURCES += %D%/boxes.c %D%/boxes.h
libcpa_analysis_la_SOURCES += %D%/chance.c
libcpa_analysis_la_SOURCES += %D%/comments.c %D%/comments.h
libcpa_analysis_la_SOURCES += %D%/clean.c %D%/clean.h
libcpa_analysis_la_SOURCES += %D%/diff.c %D%/diff.h
libcpa_analysis_la_SOURCES += %D%/dot.c %D%/dot.h
libcpa_analysis_la_SOURCES += %D%/dottext.c %D%/dottext.h
libcpa_analysis_la_SOURCES += %D%/edges.c %D%/edges.h
libcpa_analysis_la_SOURCES += %D%/encode.c %D%/encode.h
libcpa_analysis_la_SOURCES += %D%/filter.c %D%/filter.h
libcpa_analysis_la_SOURCES += %D%/graph.c %D%/graph.h
libcpa_analysis_la_SOURCES += %D%/nodes.c %D%/nodes.h
libcpa_analysis_la_SOURCES += %D%/nodes_text.c
libcpa_analysis_la_SOURCES += %D%/graft.c %D%/graft.h
libcpa_analysis_la_SOURCES += %D%/heat.c %D%/heat.h
libcpa_analysis_la_SOURCES += %D%/ids.h
libcpa_analysis_la_SOURCES += %D%/intern.c %D%/intern.h
libcpa_analysis_la_SOURCES += %D%/labels.c %D%/labels.h
libcpa_analysis_la_SOURCES += %D%/legible.c %D%/legible.h
libcpa_analysis_la_SOURCES += %D%/listing.c %D%/listing.h
libcpa_analysis_la_SOURCES += %D%/memory.c %D%/memory.h
libcpa_analysis_la_SOURCES += %D%/merge.c %D%/merge.h
libcpa_analysis_la_SOURCES += %D%/message.c %D%/message.h
libcpa_analysis_la_SOURCES += %D%/names.c %D%/names.h
libcpa_analysis_la_SOURCES += %D%/nodelets.c %D%/nodelets.h
libcpa_analysis_la_SOURCES += %D%/places.c
libcpa_analysis_la_SOURCES += %D%/pattern.c %D%/pattern.h
libcpa_analysis_la_SOURCES += %D%/pick.c %D%/pick.h
libcpa_analysis_la_SOURCES += %D%/process.c
libcpa_analysis_la_SOURCES += %D%/profile.c %D%/profile.h
libcpa_analysis_la_SOURCES += %D%/prune.c %D%/prune.h
libcpa_analysis_la_SOURCES += %D%/read.c %D%/read.h
libcpa_analysis_la_SOURCES += %D%/resolve.c
libcpa_analysis_la_SOURCES += %D%/scale.c %D%/scale.h
libcpa_analysis_la_SOURCES += %D%/source.c %D%/source.h
libcpa_analysis_la_SOURCES += %D%/sourcefile.c %D%/sourcefile.h
libcpa_analysis_la_SOURCES += %D%/sourcepath.c %D%/sourcepath.h
libcpa_analysis_la_SOURCES += %D%/fold.c
libcpa_analysis_la_SOURCES += %D%/stacktree.c %D%/stacktree.h
libcpa_analysis_la_SOURCES += %D%/stats.c %D%/stats.h
libcpa_analysis_la_SOURCES += %D%/sum.c %D%/sum.h
libcpa_analysis_la_SOURCES += %D%/table.c %D%/table.h
libcpa_analysis_la_SOURCES += %D%/tags.c %D%/tags.h
libcpa_analysis_la_SOURCES += %D%/units.c %D%/units.h
libcpa_analysis_la_SOURCES += %D%/visual.c %D%/visual.h
libcpa_analysis_la_SOURCES += %D%/wire.c %D%/wire.h

# The tests of this folder and of cli/. They make their profiles with protobuf-c, the reader's opposite.
CPA_ANALYSIS_MAKER = tests/unit/profile_maker.c tests/unit/profile_maker.h
CPA_ANALYSIS_HEAP = tests/unit/sampled_heap.c tests/unit/sampled_heap.h
CPA_ANALYSIS_LIBS = libcpa-analysis.la libcpa-core.la $(CMOCKA_LIBS) $(PROTOBUF_C_LIBS) \
	$(ZLIB_LIBS) $(LIBIBERTY_LIBS) -lm
CPA_ANALYSIS_TESTS = tests/unit/test_comments tests/unit/test_coverage tests/unit/test_diff \
	tests/unit/test_encode tests/unit/test_merge \
	tests/unit/test_intern tests/unit/test_names tests/unit/test_promises \
	tests/unit/test_read tests/unit/test_settings tests/unit/test_stats \
	tests/unit/test_stacktree tests/unit/test_table tests/unit/test_units tests/unit/test_wire
CPA_ANALYSIS_TESTS += tests/unit/test_dot tests/unit/test_label_sums tests/unit/test_listing \
	tests/unit/test_sourcefile

# A profile from a description on standard input, for the bats tests.
check_PROGRAMS += tests/unit/make_profile
tests_unit_make_profile_SOURCES = tests/unit/make_profile.c $(CPA_ANALYSIS_MAKER)
tests_unit_make_profile_CPPFLAGS = $(AM_CPPFLAGS) $(PROTOBUF_C_CFLAGS) $(ZLIB_CFLAGS)
tests_unit_make_profile_LDADD = libcpa-core.la $(PROTOBUF_C_LIBS) $(ZLIB_LIBS)

if HAVE_CMOCKA
check_PROGRAMS += $(CPA_ANALYSIS_TESTS)
TESTS += $(CPA_ANALYSIS_TESTS)
endif
tests_unit_test_comments_SOURCES = tests/unit/test_comments.c
tests_unit_test_comments_LDADD = $(CPA_ANALYSIS_LIBS)
tests_unit_test_coverage_SOURCES = tests/unit/test_coverage.c $(CPA_ANALYSIS_HEAP)
tests_unit_test_coverage_LDADD = $(CPA_ANALYSIS_LIBS)
tests_unit_test_diff_SOURCES = tests/unit/test_diff.c $(CPA_ANALYSIS_MAKER)
tests_unit_test_diff_LDADD = $(CPA_ANALYSIS_LIBS)
tests_unit_test_encode_SOURCES = tests/unit/test_encode.c $(CPA_ANALYSIS_MAKER)
tests_unit_test_encode_CPPFLAGS = $(AM_CPPFLAGS) $(PROTOBUF_C_CFLAGS) $(ZLIB_CFLAGS)
tests_unit_test_encode_LDADD = $(CPA_ANALYSIS_LIBS)
tests_unit_test_intern_SOURCES = tests/unit/test_intern.c
tests_unit_test_intern_LDADD = $(CPA_ANALYSIS_LIBS)
tests_unit_test_merge_SOURCES = tests/unit/test_merge.c $(CPA_ANALYSIS_MAKER)
tests_unit_test_merge_LDADD = $(CPA_ANALYSIS_LIBS)
tests_unit_test_names_SOURCES = tests/unit/test_names.c
tests_unit_test_names_LDADD = $(CPA_ANALYSIS_LIBS)
tests_unit_test_promises_SOURCES = tests/unit/test_promises.c $(CPA_ANALYSIS_HEAP)
tests_unit_test_promises_LDADD = $(CPA_ANALYSIS_LIBS)
tests_unit_test_read_SOURCES = tests/unit/test_read.c $(CPA_ANALYSIS_MAKER)
tests_unit_test_read_LDADD = $(CPA_ANALYSIS_LIBS)
tests_unit_test_settings_SOURCES = tests/unit/test_settings.c report/cli/settings.c
tests_unit_test_settings_CPPFLAGS = $(AM_CPPFLAGS) -DCPA_LIBDIR='"$(libdir)"'
tests_unit_test_stats_SOURCES = tests/unit/test_stats.c
tests_unit_test_stats_LDADD = $(CPA_ANALYSIS_LIBS)
tests_unit_test_stacktree_SOURCES = tests/unit/test_stacktree.c $(CPA_ANALYSIS_MAKER)
tests_unit_test_stacktree_LDADD = $(CPA_ANALYSIS_LIBS)
tests_unit_test_table_SOURCES = tests/unit/test_table.c $(CPA_ANALYSIS_MAKER)
tests_unit_test_table_LDADD = $(CPA_ANALYSIS_LIBS)
tests_unit_test_units_SOURCES = tests/unit/test_units.c
tests_unit_test_units_LDADD = $(CPA_ANALYSIS_LIBS)
tests_unit_test_wire_SOURCES = tests/unit/test_wire.c
tests_unit_test_wire_LDADD = $(CPA_ANALYSIS_LIBS)
tests_unit_test_dot_SOURCES = tests/unit/test_dot.c $(CPA_ANALYSIS_MAKER)
tests_unit_test_dot_LDADD = $(CPA_ANALYSIS_LIBS)
tests_unit_test_label_sums_SOURCES = tests/unit/test_label_sums.c $(CPA_ANALYSIS_MAKER)
tests_unit_test_label_sums_LDADD = $(CPA_ANALYSIS_LIBS)
tests_unit_test_listing_SOURCES = tests/unit/test_listing.c $(CPA_ANALYSIS_MAKER)
tests_unit_test_listing_LDADD = $(CPA_ANALYSIS_LIBS)
tests_unit_test_sourcefile_SOURCES = tests/unit/test_sourcefile.c
tests_unit_test_sourcefile_LDADD = $(CPA_ANALYSIS_LIBS)
CPA_ANALYSIS_TESTS += tests/unit/test_filter tests/unit/test_graph tests/unit/test_json tests/unit/test_options
tests_unit_test_filter_SOURCES = tests/unit/test_filter.c tests/unit/from_text.h $(CPA_ANALYSIS_MAKER)
tests_unit_test_filter_LDADD = $(CPA_ANALYSIS_LIBS)
tests_unit_test_graph_SOURCES = tests/unit/test_graph.c tests/unit/from_text.h $(CPA_ANALYSIS_MAKER)
tests_unit_test_graph_LDADD = $(CPA_ANALYSIS_LIBS)
tests_unit_test_json_SOURCES = tests/unit/test_json.c report/cli/json.c
tests_unit_test_json_LDADD = $(CMOCKA_LIBS) -lm
tests_unit_test_options_SOURCES = tests/unit/test_options.c report/cli/options.c
tests_unit_test_options_LDADD = $(CPA_ANALYSIS_LIBS)
