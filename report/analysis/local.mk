# SPDX-License-Identifier: BSD-2-Clause
# report/analysis/: statistics, comparison, filters. Adding a file is one line here.
libcpa_analysis_la_SOURCES += %D%/chance.c
libcpa_analysis_la_SOURCES += %D%/change.c %D%/change.h
libcpa_analysis_la_SOURCES += %D%/diff.c %D%/diff.h
libcpa_analysis_la_SOURCES += %D%/filter.c %D%/filter.h
libcpa_analysis_la_SOURCES += %D%/labels.c %D%/labels.h
libcpa_analysis_la_SOURCES += %D%/pick.c %D%/pick.h
libcpa_analysis_la_SOURCES += %D%/process.c
libcpa_analysis_la_SOURCES += %D%/stats.c %D%/stats.h
libcpa_analysis_la_SOURCES += %D%/tags.c %D%/tags.h

CPA_ANALYSIS_TESTS += tests/unit/test_coverage
tests_unit_test_coverage_SOURCES = tests/unit/test_coverage.c $(CPA_ANALYSIS_HEAP)
tests_unit_test_coverage_LDADD = $(CPA_ANALYSIS_LIBS)
CPA_ANALYSIS_TESTS += tests/unit/test_diff
tests_unit_test_diff_SOURCES = tests/unit/test_diff.c $(CPA_ANALYSIS_MAKER)
tests_unit_test_diff_LDADD = $(CPA_ANALYSIS_LIBS)
CPA_ANALYSIS_TESTS += tests/unit/test_filter
tests_unit_test_filter_SOURCES = tests/unit/test_filter.c tests/unit/from_text.h $(CPA_ANALYSIS_MAKER)
tests_unit_test_filter_LDADD = $(CPA_ANALYSIS_LIBS)
CPA_ANALYSIS_TESTS += tests/unit/test_label_sums
tests_unit_test_label_sums_SOURCES = tests/unit/test_label_sums.c $(CPA_ANALYSIS_MAKER)
tests_unit_test_label_sums_LDADD = $(CPA_ANALYSIS_LIBS)
CPA_ANALYSIS_TESTS += tests/unit/test_promises
tests_unit_test_promises_SOURCES = tests/unit/test_promises.c $(CPA_ANALYSIS_HEAP)
tests_unit_test_promises_LDADD = $(CPA_ANALYSIS_LIBS)
CPA_ANALYSIS_TESTS += tests/unit/test_stats
tests_unit_test_stats_SOURCES = tests/unit/test_stats.c tests/unit/from_text.h $(CPA_ANALYSIS_MAKER)
tests_unit_test_stats_LDADD = $(CPA_ANALYSIS_LIBS)
