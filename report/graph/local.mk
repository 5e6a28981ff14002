# SPDX-License-Identifier: BSD-2-Clause
# report/graph/: what a profile says in sum, and how it is drawn. Adding a file is one line here.
libcpa_analysis_la_SOURCES += %D%/boxes.c %D%/boxes.h
libcpa_analysis_la_SOURCES += %D%/dot.c %D%/dot.h
libcpa_analysis_la_SOURCES += %D%/dottext.c %D%/dottext.h
libcpa_analysis_la_SOURCES += %D%/edges.c %D%/edges.h
libcpa_analysis_la_SOURCES += %D%/fold.c
libcpa_analysis_la_SOURCES += %D%/graph.c %D%/graph.h
libcpa_analysis_la_SOURCES += %D%/heat.c %D%/heat.h
libcpa_analysis_la_SOURCES += %D%/legible.c %D%/legible.h
libcpa_analysis_la_SOURCES += %D%/listing.c %D%/listing.h
libcpa_analysis_la_SOURCES += %D%/nodelets.c %D%/nodelets.h
libcpa_analysis_la_SOURCES += %D%/sourcefile.c %D%/sourcefile.h
libcpa_analysis_la_SOURCES += %D%/sourcepath.c %D%/sourcepath.h
libcpa_analysis_la_SOURCES += %D%/stacktree.c %D%/stacktree.h
libcpa_analysis_la_SOURCES += %D%/table.c %D%/table.h
libcpa_analysis_la_SOURCES += %D%/visual.c %D%/visual.h

CPA_ANALYSIS_TESTS += tests/unit/test_dot
tests_unit_test_dot_SOURCES = tests/unit/test_dot.c $(CPA_ANALYSIS_MAKER)
tests_unit_test_dot_LDADD = $(CPA_ANALYSIS_LIBS)
CPA_ANALYSIS_TESTS += tests/unit/test_graph
tests_unit_test_graph_SOURCES = tests/unit/test_graph.c tests/unit/from_text.h $(CPA_ANALYSIS_MAKER)
tests_unit_test_graph_LDADD = $(CPA_ANALYSIS_LIBS)
CPA_ANALYSIS_TESTS += tests/unit/test_listing
tests_unit_test_listing_SOURCES = tests/unit/test_listing.c $(CPA_ANALYSIS_MAKER)
tests_unit_test_listing_LDADD = $(CPA_ANALYSIS_LIBS)
CPA_ANALYSIS_TESTS += tests/unit/test_sourcefile
tests_unit_test_sourcefile_SOURCES = tests/unit/test_sourcefile.c
tests_unit_test_sourcefile_LDADD = $(CPA_ANALYSIS_LIBS)
CPA_ANALYSIS_TESTS += tests/unit/test_stacktree
tests_unit_test_stacktree_SOURCES = tests/unit/test_stacktree.c $(CPA_ANALYSIS_MAKER)
tests_unit_test_stacktree_LDADD = $(CPA_ANALYSIS_LIBS)
CPA_ANALYSIS_TESTS += tests/unit/test_table
tests_unit_test_table_SOURCES = tests/unit/test_table.c $(CPA_ANALYSIS_MAKER)
tests_unit_test_table_LDADD = $(CPA_ANALYSIS_LIBS)
