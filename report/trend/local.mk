# SPDX-License-Identifier: BSD-2-Clause
# report/trend/: a series of snapshots of one process, for cprof only. Adding a file is one line
# here.
# A library of its own, never installed, so that its unit tests link it too.
noinst_LTLIBRARIES += libcpa-trend.la
libcpa_trend_la_SOURCES = %D%/collect.c %D%/collect.h
libcpa_trend_la_SOURCES += %D%/files.c %D%/files.h
libcpa_trend_la_SOURCES += %D%/history.c %D%/history.h
libcpa_trend_la_SOURCES += %D%/leaks.c %D%/leaks.h
libcpa_trend_la_SOURCES += %D%/notes.c %D%/notes.h
libcpa_trend_la_SOURCES += %D%/shape.c %D%/shape.h
libcpa_trend_la_SOURCES += %D%/site.c %D%/site.h
libcpa_trend_la_SOURCES += %D%/trend.c %D%/trend.h
libcpa_trend_la_SOURCES += %D%/verdict.c %D%/verdict.h

CPA_TREND_LIBS = libcpa-trend.la $(CPA_ANALYSIS_LIBS)
CPA_TREND_COURSE = tests/unit/heap_course.c tests/unit/heap_course.h
CPA_TREND_TESTS = tests/unit/test_collect tests/unit/test_files tests/unit/test_history tests/unit/test_shape \
	tests/unit/test_site tests/unit/test_trend tests/unit/test_verdict
if HAVE_CMOCKA
check_PROGRAMS += $(CPA_TREND_TESTS)
TESTS += $(CPA_TREND_TESTS)
endif
tests_unit_test_verdict_SOURCES = tests/unit/test_verdict.c $(CPA_TREND_COURSE)
tests_unit_test_verdict_LDADD = $(CPA_TREND_LIBS)
tests_unit_test_collect_SOURCES = tests/unit/test_collect.c $(CPA_ANALYSIS_MAKER)
tests_unit_test_collect_LDADD = $(CPA_TREND_LIBS)
tests_unit_test_files_SOURCES = tests/unit/test_files.c
tests_unit_test_files_LDADD = $(CPA_TREND_LIBS)
tests_unit_test_history_SOURCES = tests/unit/test_history.c $(CPA_ANALYSIS_MAKER)
tests_unit_test_history_LDADD = $(CPA_TREND_LIBS)
tests_unit_test_shape_SOURCES = tests/unit/test_shape.c
tests_unit_test_shape_LDADD = $(CPA_TREND_LIBS)
tests_unit_test_site_SOURCES = tests/unit/test_site.c
tests_unit_test_site_LDADD = $(CPA_TREND_LIBS)
tests_unit_test_trend_SOURCES = tests/unit/test_trend.c
tests_unit_test_trend_LDADD = $(CPA_TREND_LIBS)
