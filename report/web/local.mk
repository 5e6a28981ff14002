# SPDX-License-Identifier: BSD-2-Clause
# report/web/: the pages cprof writes, and the one that the HTTP module serves. Each is bundled into one .inc file in the build tree, which `make dist` carries, so
# that a tarball builds without node. A new page: its name in CPA_PAGES, a rule, a row in pages.c
# (live: report/http/live.c has it).
# Not here: getting the packages of package-lock.json (bootstrap).
cprof_SOURCES += %D%/pages.c %D%/pages.h
CPA_PAGES = %D%/flame.inc %D%/leaks.inc %D%/live.inc
MAINTAINERCLEANFILES = $(CPA_PAGES)
CPA_WEB_SHARED = %D%/build.mjs %D%/package.json %D%/package-lock.json %D%/src/about.js %D%/src/base.css %D%/src/data.js \
	%D%/src/around.js %D%/src/describe.js %D%/src/dom.js %D%/src/graph.css %D%/src/graph.js %D%/src/palette.js %D%/src/search.js \
	%D%/src/table.js %D%/src/theme.js %D%/src/tree.js %D%/src/units.js
EXTRA_DIST += $(CPA_WEB_SHARED) $(CPA_PAGES) %D%/.npmrc
EXTRA_DIST += %D%/src/flame.html %D%/src/flame.css %D%/src/flame.js
CPA_WEB_OVER_TIME = %D%/src/chart.css %D%/src/course.js %D%/src/lines.js %D%/src/sites.css
CPA_WEB_LEAKS = $(CPA_WEB_OVER_TIME) %D%/src/leaks.html %D%/src/leaks.css %D%/src/leaks.js %D%/src/chart.js %D%/src/sites.js
CPA_WEB_LIVE = $(CPA_WEB_OVER_TIME) %D%/src/live.html %D%/src/live.css %D%/src/live.js %D%/src/growth.js %D%/src/grown.js \
	%D%/src/mangled.js %D%/src/poll.js %D%/src/record.js %D%/src/strip.js
EXTRA_DIST += $(CPA_WEB_LEAKS) $(CPA_WEB_LIVE)

if WEB
BUILT_SOURCES += $(CPA_PAGES)
%D%/cprof-pages.$(OBJEXT): %D%/flame.inc %D%/leaks.inc
# Named by a variable: automake would take this for a rule of how to make it.
CPA_WEB_SERVES = report/http/libcprofhttp_la-live.lo
$(CPA_WEB_SERVES): %D%/live.inc
endif

CPA_BUNDLE = $(AM_V_GEN)$(MKDIR_P) %D% && { test -d $(srcdir)/%D%/node_modules/esbuild || \
	{ echo "the pages need node and the packages of report/web: run ./bootstrap, or npm ci there" >&2; exit 1; }; } && \
	$(NODE) $(srcdir)/%D%/build.mjs

%D%/flame.inc: $(CPA_WEB_SHARED) %D%/src/flame.html %D%/src/flame.css %D%/src/flame.js
	$(CPA_BUNDLE) flame $@

%D%/leaks.inc: $(CPA_WEB_SHARED) $(CPA_WEB_LEAKS)
	$(CPA_BUNDLE) leaks $@

%D%/live.inc: $(CPA_WEB_SHARED) $(CPA_WEB_LIVE)
	$(CPA_BUNDLE) live $@
