# SPDX-License-Identifier: BSD-2-Clause
# report/http/: the module with the HTTP server. Adding a file is one line here.
# It lies in a folder of its own (pkglibdir, LIBDIR/cprofalloc): nobody links with it, the library opens it.
if HTTP
pkglib_LTLIBRARIES = libcprofhttp.la
libcprofhttp_la_SOURCES =
libcprofhttp_la_SOURCES += %D%/address.c %D%/address.h
libcprofhttp_la_SOURCES += %D%/answer.c %D%/answer.h
libcprofhttp_la_SOURCES += %D%/buffer.c %D%/buffer.h
libcprofhttp_la_SOURCES += %D%/child.c %D%/child.h
libcprofhttp_la_SOURCES += %D%/connection.c %D%/connection.h
libcprofhttp_la_SOURCES += %D%/convert.c %D%/convert.h
libcprofhttp_la_SOURCES += %D%/endpoints.c %D%/endpoints.h
libcprofhttp_la_SOURCES += %D%/exchange.c %D%/exchange.h
libcprofhttp_la_SOURCES += %D%/flame.c %D%/flame.h
libcprofhttp_la_SOURCES += %D%/guard.c %D%/guard.h
libcprofhttp_la_SOURCES += %D%/jobs.c %D%/jobs.h
libcprofhttp_la_SOURCES += %D%/labels.c %D%/labels.h
libcprofhttp_la_SOURCES += %D%/listen.c %D%/listen.h
libcprofhttp_la_SOURCES += %D%/live.c %D%/live.h
libcprofhttp_la_SOURCES += report/utf8.c report/utf8.h # not linked with the library: a copy of its own
libcprofhttp_la_SOURCES += %D%/page.c %D%/page.h
libcprofhttp_la_SOURCES += %D%/profiles.c %D%/profiles.h
libcprofhttp_la_SOURCES += %D%/query.c %D%/query.h
libcprofhttp_la_SOURCES += %D%/request.c %D%/request.h
libcprofhttp_la_SOURCES += %D%/serve.c
libcprofhttp_la_SOURCES += %D%/switches.c %D%/switches.h
libcprofhttp_la_SOURCES += %D%/tool.c %D%/tool.h
libcprofhttp_la_SOURCES += %D%/trace.c %D%/trace.h
libcprofhttp_la_SOURCES += %D%/symbol.c %D%/symbol.h
libcprofhttp_la_CPPFLAGS = $(AM_CPPFLAGS) $(LIBEVENT_CFLAGS) -DCPA_BINDIR='"$(bindir)"'
libcprofhttp_la_CFLAGS = $(AM_CFLAGS)
# nodelete: its thread lives as long as the process.
libcprofhttp_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -static-libgcc \
	-Wl,--version-script=$(srcdir)/%D%/http.map -Wl,-z,now -Wl,-z,relro -Wl,-z,nodelete -Wl,-z,defs
libcprofhttp_la_DEPENDENCIES = %D%/http.map
if LIBEVENT_PRIVATE
libcprofhttp_la_LDFLAGS += -Wl,%D%/libevent_private.a
libcprofhttp_la_DEPENDENCIES += %D%/libevent_private.a
else
libcprofhttp_la_LIBADD = $(LIBEVENT_LIBS)
endif
endif
EXTRA_DIST += %D%/http.map %D%/libevent.syms
CLEANFILES += %D%/libevent_private.a

# libevent, for this module alone. What it takes from others is code, but for what the table renames.
%D%/libevent_private.a: %D%/libevent.syms $(LIBEVENT_PIC_ARCHIVE)
	$(AM_V_GEN)$(MKDIR_P) %D% && rm -f $@ $@.tmp && cp $(LIBEVENT_PIC_ARCHIVE) $@.tmp && chmod u+w $@.tmp && \
	$(OBJCOPY) --redefine-syms=$(srcdir)/%D%/libevent.syms $@.tmp && mv $@.tmp $@

# Unit tests of the files that need no socket: they need no libevent either, and are run with --enable-sanitize too.
CPA_HTTP_TESTS = tests/unit/test_address tests/unit/test_answer tests/unit/test_buffer tests/unit/test_endpoints \
	tests/unit/test_guard tests/unit/test_query tests/unit/test_request
tests_unit_test_address_SOURCES = tests/unit/test_address.c tests/unit/cmocka_all.h %D%/address.c %D%/guard.c
tests_unit_test_answer_SOURCES = tests/unit/test_answer.c tests/unit/cmocka_all.h %D%/answer.c %D%/buffer.c \
	%D%/exchange.c %D%/query.c
tests_unit_test_buffer_SOURCES = tests/unit/test_buffer.c tests/unit/cmocka_all.h %D%/buffer.c
tests_unit_test_buffer_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=realloc
tests_unit_test_endpoints_SOURCES = tests/unit/test_endpoints.c tests/unit/cmocka_all.h %D%/buffer.c %D%/endpoints.c \
	%D%/exchange.c %D%/flame.c %D%/guard.c %D%/labels.c %D%/page.c %D%/profiles.c \
	%D%/query.c %D%/switches.c %D%/symbol.c %D%/trace.c
tests_unit_test_guard_SOURCES = tests/unit/test_guard.c tests/unit/cmocka_all.h %D%/guard.c
tests_unit_test_query_SOURCES = tests/unit/test_query.c tests/unit/cmocka_all.h %D%/query.c
tests_unit_test_request_SOURCES = tests/unit/test_request.c tests/unit/cmocka_all.h %D%/query.c %D%/request.c
if HAVE_CMOCKA
check_PROGRAMS += $(CPA_HTTP_TESTS)
TESTS += $(CPA_HTTP_TESTS)
endif
