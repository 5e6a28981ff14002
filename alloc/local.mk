# SPDX-License-Identifier: BSD-2-Clause
# alloc/: the preload library and its private jemalloc. Adding a file is one line here.
# The library is not made with --enable-sanitize: a sanitizer brings its own malloc.
if !SANITIZE
lib_LTLIBRARIES += libcprofalloc.la
endif
include_HEADERS += include/cprofalloc.h

libcprofalloc_la_SOURCES =
libcprofalloc_la_SOURCES += %D%/api.c
libcprofalloc_la_SOURCES += %D%/api_http.c
libcprofalloc_la_SOURCES += %D%/api_profile.c
libcprofalloc_la_SOURCES += %D%/api_rates.c
libcprofalloc_la_SOURCES += %D%/api_trace.c
libcprofalloc_la_SOURCES += %D%/backend.h
libcprofalloc_la_SOURCES += %D%/cold.c %D%/cold.h
libcprofalloc_la_SOURCES += %D%/conditions.c
libcprofalloc_la_SOURCES += %D%/cxx.c
libcprofalloc_la_SOURCES += %D%/loader.c
libcprofalloc_la_SOURCES += %D%/entry.c
libcprofalloc_la_SOURCES += %D%/fork.c %D%/fork.h
libcprofalloc_la_SOURCES += %D%/glibc.c
libcprofalloc_la_SOURCES += %D%/init.c %D%/init.h
libcprofalloc_la_SOURCES += %D%/locks.c
libcprofalloc_la_SOURCES += %D%/next.c %D%/next.h
libcprofalloc_la_SOURCES += %D%/nonstandard.c
libcprofalloc_la_SOURCES += %D%/region.c %D%/region.h
libcprofalloc_la_SOURCES += %D%/rendezvous.c
libcprofalloc_la_SOURCES += %D%/resize.c %D%/resize.h
libcprofalloc_la_SOURCES += %D%/rwlocks.c
libcprofalloc_la_SOURCES += %D%/sample.c %D%/sample.h
libcprofalloc_la_SOURCES += %D%/signals.c %D%/signals.h
libcprofalloc_la_SOURCES += %D%/thread.c %D%/thread.h
libcprofalloc_la_SOURCES += %D%/totals.c %D%/totals.h
libcprofalloc_la_SOURCES += %D%/waiting.c %D%/waiting.h

# -fexceptions: a new_handler may throw through us.
libcprofalloc_la_CPPFLAGS = $(AM_CPPFLAGS) $(JEMALLOC_CFLAGS)
libcprofalloc_la_CFLAGS = $(AM_CFLAGS) $(LIBRARY_CFLAGS) -fexceptions
libcprofalloc_la_LIBADD = libcpa-core.la $(CPA_CORE_LIBS)
# -static-libgcc: libgcc_s as a dependency of a preloaded library would change which unwinder the program gets.
# nodelete: threads and atexit of ours outlive any dlclose. nodlopen: it must be there before the first malloc and
# needs static TLS, so dlopen gets a clear error instead of half an allocator.
libcprofalloc_la_LDFLAGS = $(AM_LDFLAGS) -version-info $(CPA_LIBTOOL_VERSION) -static-libgcc \
	-Wl,--version-script=$(srcdir)/%D%/cprofalloc.map \
	-Wl,-z,now -Wl,-z,relro -Wl,-z,nodelete -Wl,-z,nodlopen -Wl,-z,defs -Wl,%D%/libjemalloc_private.a
libcprofalloc_la_DEPENDENCIES = libcpa-core.la %D%/libjemalloc_private.a %D%/cprofalloc.map

EXTRA_DIST += %D%/jemalloc.syms %D%/cprofalloc.map
CLEANFILES += %D%/libjemalloc_private.a

# jemalloc with every public name turned into je_*, without its C++ operators (cxx.c has ours). The rule fails when a
# public name is left that the table does not know: it would be linked in place of the program's.
%D%/libjemalloc_private.a: %D%/jemalloc.syms $(JEMALLOC_PIC_A)
	$(AM_V_GEN)$(MKDIR_P) %D% && rm -f $@ $@.tmp && cp $(JEMALLOC_PIC_A) $@.tmp && chmod u+w $@.tmp && \
	for object in `$(AR) t $@.tmp | grep '^jemalloc_cpp'`; do $(AR) d $@.tmp $$object || exit 1; done && \
	$(OBJCOPY) --redefine-syms=$(srcdir)/%D%/jemalloc.syms $@.tmp && \
	left=`$(NM_TOOL) -g --defined-only $@.tmp | $(SED) -n 's/^[0-9a-f]* [A-Z] //p' | grep -v '^je_'`; \
	if test -n "$$left"; then echo "alloc/jemalloc.syms lacks:" $$left >&2; rm -f $@.tmp; exit 1; fi; \
	$(AR) s $@.tmp && mv $@.tmp $@
