# SPDX-License-Identifier: BSD-2-Clause
# report/cli/: the cprof command. Adding a file is one line here.
bin_PROGRAMS += cprof
cprof_CPPFLAGS = $(AM_CPPFLAGS) $(ZLIB_CFLAGS) -DCPA_LIBDIR='"$(libdir)"'
cprof_LDADD = libcpa-trend.la libcpa-symbols.la libcpa-analysis.la libcpa-core.la $(ZLIB_LIBS) $(LIBIBERTY_LIBS) $(LIBDW_LIBS) -lm
cprof_SOURCES = %D%/main.c
cprof_SOURCES += %D%/verbs.c %D%/verbs.h
cprof_SOURCES += %D%/add.c %D%/add.h
cprof_SOURCES += %D%/backoff.c %D%/backoff.h
cprof_SOURCES += %D%/calls.c %D%/calls.h
cprof_SOURCES += %D%/deliver.c %D%/deliver.h
cprof_SOURCES += %D%/diff.c %D%/diff.h
cprof_SOURCES += %D%/diff_json.c
cprof_SOURCES += %D%/diff_text.c
cprof_SOURCES += %D%/flame.c %D%/flame.h
cprof_SOURCES += %D%/flame_json.c
cprof_SOURCES += %D%/found.c %D%/found.h
cprof_SOURCES += %D%/graphviz.c %D%/graphviz.h
cprof_SOURCES += %D%/info.c
cprof_SOURCES += %D%/ingest.c %D%/ingest.h
cprof_SOURCES += %D%/ingest_types.c %D%/ingest_types.h
cprof_SOURCES += %D%/json.c %D%/json.h
cprof_SOURCES += %D%/labels.c
cprof_SOURCES += %D%/launch.c %D%/launch.h
cprof_SOURCES += %D%/list.c %D%/list.h
cprof_SOURCES += %D%/list_json.c
cprof_SOURCES += %D%/leaks.c %D%/leaks.h
cprof_SOURCES += %D%/leaks_json.c
cprof_SOURCES += %D%/leaks_page.c
cprof_SOURCES += %D%/leaks_text.c
cprof_SOURCES += %D%/load.c %D%/load.h
cprof_SOURCES += %D%/merge.c
cprof_SOURCES += %D%/next.c %D%/next.h
cprof_SOURCES += %D%/options.c %D%/options.h
cprof_SOURCES += %D%/out.c %D%/out.h
cprof_SOURCES += %D%/page.c %D%/page.h
cprof_SOURCES += %D%/picture.c %D%/picture.h
cprof_SOURCES += %D%/progress.c %D%/progress.h
cprof_SOURCES += %D%/peek.c
cprof_SOURCES += %D%/push.c
cprof_SOURCES += %D%/pushed.c %D%/pushed.h
cprof_SOURCES += %D%/raw.c
cprof_SOURCES += %D%/reconcile.c %D%/reconcile.h
cprof_SOURCES += %D%/run.c
cprof_SOURCES += %D%/save.c %D%/save.h
cprof_SOURCES += %D%/say.c %D%/say.h
cprof_SOURCES += %D%/settings.c %D%/settings.h
cprof_SOURCES += %D%/sites.c %D%/sites.h
cprof_SOURCES += %D%/show.c %D%/show.h
cprof_SOURCES += %D%/show_json.c
cprof_SOURCES += %D%/snapshots.c %D%/snapshots.h
cprof_SOURCES += %D%/sparkline.c %D%/sparkline.h
cprof_SOURCES += %D%/symbolize.c
cprof_SOURCES += %D%/symbols.c %D%/symbols.h
cprof_SOURCES += %D%/summary.c %D%/summary.h
cprof_SOURCES += %D%/summary_events.c %D%/summary_events.h
cprof_SOURCES += %D%/svg.c
cprof_SOURCES += %D%/target.c %D%/target.h
cprof_SOURCES += %D%/top.c
cprof_SOURCES += %D%/trace2json.c
cprof_SOURCES += %D%/trace_events.c %D%/trace_events.h
cprof_SOURCES += %D%/trace_lookup.c %D%/trace_lookup.h
cprof_SOURCES += %D%/trace_read.c %D%/trace_read.h
cprof_SOURCES += %D%/traces.c %D%/traces.h
cprof_SOURCES += %D%/traces_json.c
cprof_SOURCES += %D%/tree.c
cprof_SOURCES += %D%/upload.h
if CURL
cprof_SOURCES += %D%/upload.c
else
cprof_SOURCES += %D%/upload_none.c
endif
cprof_CPPFLAGS += $(LIBCURL_CFLAGS)
dist_man_MANS += docs/cprof.1

CPA_ANALYSIS_TESTS += tests/unit/test_backoff
tests_unit_test_backoff_SOURCES = tests/unit/test_backoff.c report/cli/backoff.c
CPA_ANALYSIS_TESTS += tests/unit/test_json
tests_unit_test_json_SOURCES = tests/unit/test_json.c report/cli/json.c
tests_unit_test_json_LDADD = $(CMOCKA_LIBS) -lm
CPA_ANALYSIS_TESTS += tests/unit/test_options
tests_unit_test_options_SOURCES = tests/unit/test_options.c report/cli/options.c
tests_unit_test_options_LDADD = $(CPA_ANALYSIS_LIBS)
CPA_ANALYSIS_TESTS += tests/unit/test_settings
tests_unit_test_settings_SOURCES = tests/unit/test_settings.c report/cli/settings.c
tests_unit_test_settings_CPPFLAGS = $(AM_CPPFLAGS) -DCPA_LIBDIR='"$(libdir)"'

if HAVE_CMOCKA
check_PROGRAMS += $(CPA_ANALYSIS_TESTS)
TESTS += $(CPA_ANALYSIS_TESTS)
endif
