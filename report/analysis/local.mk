# SPDX-License-Identifier: BSD-2-Clause
# report/analysis/: reading profiles and computing reports, for cprof only. Adding a file is one line here.
# A library of its own, never installed, so that its unit tests link it too.
noinst_LTLIBRARIES += libcpa-analysis.la
libcpa_analysis_la_CPPFLAGS = $(AM_CPPFLAGS) $(ZLIB_CFLAGS)
libcpa_analysis_la_SOURCES = %D%/change.c %D%/change.h
libcpa_analysis_la_SOURCES += %D%/diff.c %D%/diff.h
libcpa_analysis_la_SOURCES += %D%/filter.c %D%/filter.h
libcpa_analysis_la_SOURCES += %D%/nodes.c %D%/nodes.h
libcpa_analysis_la_SOURCES += %D%/intern.c %D%/intern.h
libcpa_analysis_la_SOURCES += %D%/memory.c %D%/memory.h
libcpa_analysis_la_SOURCES += %D%/message.c %D%/message.h
libcpa_analysis_la_SOURCES += %D%/names.c %D%/names.h
libcpa_analysis_la_SOURCES += %D%/places.c
libcpa_analysis_la_SOURCES += %D%/process.c
libcpa_analysis_la_SOURCES += %D%/profile.c %D%/profile.h
libcpa_analysis_la_SOURCES += %D%/read.c %D%/read.h
libcpa_analysis_la_SOURCES += %D%/resolve.c
libcpa_analysis_la_SOURCES += %D%/source.c %D%/source.h
libcpa_analysis_la_SOURCES += %D%/stats.c %D%/stats.h
libcpa_analysis_la_SOURCES += %D%/table.c %D%/table.h
libcpa_analysis_la_SOURCES += %D%/units.c %D%/units.h
libcpa_analysis_la_SOURCES += %D%/wire.c %D%/wire.h
