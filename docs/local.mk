# SPDX-License-Identifier: BSD-2-Clause
# docs/: man pages (dist_man_MANS += ...) and what is only shipped.
EXTRA_DIST += %D%/examples/leaky_server.c %D%/examples/open_files.c %D%/examples/sessions.c
EXTRA_DIST += %D%/examples/scrape/config.alloy %D%/examples/scrape/fetch-profiles %D%/examples/scrape/parca.yaml
EXTRA_DIST += %D%/scraping.md
dist_man_MANS += %D%/cprofalloc.3
EXTRA_DIST += %D%/design.md
EXTRA_DIST += %D%/third_party.md
EXTRA_DIST += %D%/schema/cprof-diff-1.json
EXTRA_DIST += %D%/schema/cprof-flame-1.json
EXTRA_DIST += %D%/schema/cprof-info-1.json
EXTRA_DIST += %D%/schema/cprof-leaks-1.json
EXTRA_DIST += %D%/schema/cprof-list-1.json %D%/schema/cprof-tags-1.json
EXTRA_DIST += %D%/schema/cprof-live-1.json
EXTRA_DIST += %D%/schema/cprof-peek-1.json
EXTRA_DIST += %D%/schema/cprof-top-1.json
EXTRA_DIST += %D%/schema/cprof-traces-1.json
EXTRA_DIST += %D%/schema/cprof-tree-1.json
