# SPDX-License-Identifier: BSD-2-Clause
# report/cli/: the cprof command. Adding a file is one line here (cprof_SOURCES begins in report/analysis/local.mk).
# Take the # away when main.c is there.
#bin_PROGRAMS += cprof
#cprof_SOURCES += %D%/main.c
#cprof_CPPFLAGS = $(AM_CPPFLAGS) $(PROTOBUF_C_CFLAGS) $(ZLIB_CFLAGS) -DCPA_LIBDIR='"$(libdir)"'
#cprof_LDADD = libcpa-core.la $(PROTOBUF_C_LIBS) $(ZLIB_LIBS) $(LIBIBERTY_LIBS) -lm
