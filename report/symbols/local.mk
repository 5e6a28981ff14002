# SPDX-License-Identifier: BSD-2-Clause
# report/symbols/: functions, lines and inlined frames of addresses, for cprof only. Adding a file is one line here.
# The only user of libdw and libelf.
noinst_LTLIBRARIES += libcpa-symbols.la
libcpa_symbols_la_CPPFLAGS = $(AM_CPPFLAGS) $(LIBDW_CFLAGS)
libcpa_symbols_la_SOURCES = %D%/answers.c %D%/answers.h
libcpa_symbols_la_SOURCES += %D%/apply.c %D%/apply.h
libcpa_symbols_la_SOURCES += %D%/cachedir.c %D%/cachedir.h
libcpa_symbols_la_SOURCES += %D%/crc.c %D%/crc.h
libcpa_symbols_la_SOURCES += %D%/debugfile.c %D%/debugfile.h
libcpa_symbols_la_SOURCES += %D%/debuginfod.c %D%/debuginfod.h
libcpa_symbols_la_SOURCES += %D%/dwarf.c %D%/dwarf.h
libcpa_symbols_la_SOURCES += %D%/elffile.c %D%/elffile.h
libcpa_symbols_la_SOURCES += %D%/inlines.c %D%/inlines.h
libcpa_symbols_la_SOURCES += %D%/lines.c %D%/lines.h
libcpa_symbols_la_SOURCES += %D%/parallel.c %D%/parallel.h
libcpa_symbols_la_SOURCES += %D%/paths.c %D%/paths.h
libcpa_symbols_la_SOURCES += %D%/share.c %D%/share.h
libcpa_symbols_la_SOURCES += %D%/skip.c %D%/skip.h
libcpa_symbols_la_SOURCES += %D%/symbolize.c %D%/symbolize.h
libcpa_symbols_la_SOURCES += %D%/symcache.c %D%/symcache.h
libcpa_symbols_la_SOURCES += %D%/symtab.c %D%/symtab.h
libcpa_symbols_la_SOURCES += %D%/units.c %D%/units.h

# The tests of this folder.
CPA_SYMBOLS_LIBS = libcpa-symbols.la libcpa-analysis.la libcpa-core.la $(CMOCKA_LIBS) $(ZLIB_LIBS) \
	$(LIBIBERTY_LIBS) $(LIBDW_LIBS) -lm
CPA_SYMBOLS_TESTS = tests/unit/test_answers tests/unit/test_crc tests/unit/test_dwarf \
	tests/unit/test_elffile tests/unit/test_parallel tests/unit/test_paths tests/unit/test_skip \
	tests/unit/test_symcache
if HAVE_CMOCKA
check_PROGRAMS += $(CPA_SYMBOLS_TESTS)
TESTS += $(CPA_SYMBOLS_TESTS)
endif
tests_unit_test_answers_SOURCES = tests/unit/test_answers.c
tests_unit_test_answers_LDADD = $(CPA_SYMBOLS_LIBS)
tests_unit_test_crc_SOURCES = tests/unit/test_crc.c
tests_unit_test_crc_LDADD = $(CPA_SYMBOLS_LIBS)
tests_unit_test_elffile_SOURCES = tests/unit/test_elffile.c
tests_unit_test_elffile_LDADD = $(CPA_SYMBOLS_LIBS)
tests_unit_test_paths_SOURCES = tests/unit/test_paths.c
tests_unit_test_paths_LDADD = $(CPA_SYMBOLS_LIBS)
tests_unit_test_symcache_SOURCES = tests/unit/test_symcache.c
tests_unit_test_symcache_LDADD = $(CPA_SYMBOLS_LIBS)
tests_unit_test_dwarf_SOURCES = tests/unit/test_dwarf.c
tests_unit_test_dwarf_LDADD = $(CPA_SYMBOLS_LIBS)
tests_unit_test_parallel_SOURCES = tests/unit/test_parallel.c
tests_unit_test_parallel_LDADD = $(CPA_SYMBOLS_LIBS)
tests_unit_test_skip_SOURCES = tests/unit/test_skip.c
tests_unit_test_skip_LDADD = $(CPA_SYMBOLS_LIBS)
