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
libcprofhttp_la_LIBADD = $(LIBEVENT_PIC_LIBS)
# nodelete: its thread lives as long as the process.
libcprofhttp_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -static-libgcc \
	-Wl,--version-script=$(srcdir)/%D%/http.map -Wl,-z,now -Wl,-z,relro -Wl,-z,nodelete -Wl,-z,defs
libcprofhttp_la_DEPENDENCIES = %D%/http.map
endif
EXTRA_DIST += %D%/http.map
