# SPDX-License-Identifier: BSD-2-Clause
# report/cli/: the cprof command. Adding a file is one line here.
bin_PROGRAMS += cprof
cprof_CPPFLAGS = $(AM_CPPFLAGS) $(ZLIB_CFLAGS) -DCPA_LIBDIR='"$(libdir)"'
cprof_LDADD = libcpa-symbols.la libcpa-analysis.la libcpa-core.la $(ZLIB_LIBS) $(LIBIBERTY_LIBS) $(LIBDW_LIBS) -lm
cprof_SOURCES = %D%/main.c %D%/verbs.h
cprof_SOURCES += %D%/add.c %D%/add.h
cprof_SOURCES += %D%/diff.c %D%/diff.h
cprof_SOURCES += %D%/diff_json.c
cprof_SOURCES += %D%/flame.c %D%/flame.h
cprof_SOURCES += %D%/flame_json.c
cprof_SOURCES += %D%/graphviz.c %D%/graphviz.h
cprof_SOURCES += %D%/info.c
cprof_SOURCES += %D%/json.c %D%/json.h
cprof_SOURCES += %D%/launch.c %D%/launch.h
cprof_SOURCES += %D%/load.c %D%/load.h
cprof_SOURCES += %D%/merge.c
cprof_SOURCES += %D%/options.c %D%/options.h
cprof_SOURCES += %D%/out.c %D%/out.h
cprof_SOURCES += %D%/page.c %D%/page.h
cprof_SOURCES += %D%/progress.c %D%/progress.h
cprof_SOURCES += %D%/raw.c
cprof_SOURCES += %D%/reconcile.c %D%/reconcile.h
cprof_SOURCES += %D%/run.c
cprof_SOURCES += %D%/save.c %D%/save.h
cprof_SOURCES += %D%/settings.c %D%/settings.h
cprof_SOURCES += %D%/show.c %D%/show.h
cprof_SOURCES += %D%/show_json.c
cprof_SOURCES += %D%/symbolize.c
cprof_SOURCES += %D%/symbols.c %D%/symbols.h
cprof_SOURCES += %D%/summary.c %D%/summary.h
cprof_SOURCES += %D%/svg.c
cprof_SOURCES += %D%/target.c %D%/target.h
cprof_SOURCES += %D%/top.c
dist_man_MANS += docs/cprof.1
