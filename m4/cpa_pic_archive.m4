# SPDX-License-Identifier: BSD-2-Clause
# CPA_PIC_ARCHIVE(NAME, LIB, DIR, SHARED-LIBS, [SYMS])
#
# Set NAME_PIC_ARCHIVE to DIR/libLIB.a when that archive can be linked hidden into a shared library, else to nothing;
# NAME_PIC_LIBS to what links it (-Wl,ARCHIVE: so written, libtool does not warn that it is not portable) or to
# SHARED-LIBS; and NAME_PIC_SUMMARY to words for the summary. Two things make the answer the one of the real link: all
# of the archive is linked (one object with absolute addresses would be enough to break it), and all of its names are
# made local, as alloc/cprofalloc.map does. Debian compiles archives with -fPIE: such code may go into a shared library
# exactly when none of its names can be replaced from outside, and when it takes no data from another library. Such data
# are renamed by SYMS, a table for objcopy --redefine-syms, and then defined by the library itself; the Makefile does so
# with a copy of the archive.
AC_DEFUN([CPA_PIC_ARCHIVE], [
	cpa_archive=$3/lib$2.a
	cpa_syms=m4_default([$5], [/dev/null])
	AC_MSG_CHECKING([for a lib$2.a that can be linked hidden])
	AS_IF([test -f "$cpa_archive" &&
		cp "$cpa_archive" conftest_pic.a && chmod u+w conftest_pic.a &&
		$OBJCOPY --redefine-syms="$cpa_syms" conftest_pic.a >&AS_MESSAGE_LOG_FD 2>&1 &&
		{ AS_ECHO(["int cpa_conftest;"]) && $SED -n 's/^@<:@^#@:>@.* \(.*\)$/void *\1;/p' "$cpa_syms"; } \
			>conftest_pic.c &&
		AS_ECHO(["{ global: cpa_conftest; local: *; };"]) >conftest_pic.map &&
		$CC -shared -fPIC -o conftest_pic.so conftest_pic.c -Wl,--whole-archive conftest_pic.a \
			-Wl,--no-whole-archive -Wl,--version-script=conftest_pic.map -Wl,-z,text \
			>&AS_MESSAGE_LOG_FD 2>&1],
		[$1_PIC_ARCHIVE=$cpa_archive
		 $1_PIC_LIBS=-Wl,$cpa_archive
		 $1_PIC_SUMMARY="static and hidden ($cpa_archive)"],
		[$1_PIC_ARCHIVE=
		 $1_PIC_LIBS="$4"
		 $1_PIC_SUMMARY="shared ($4), so the program and the profiler use the same one"])
	rm -f conftest_pic.a conftest_pic.c conftest_pic.map conftest_pic.so
	AC_MSG_RESULT([$$1_PIC_LIBS])
	AC_SUBST([$1_PIC_ARCHIVE])
	AC_SUBST([$1_PIC_LIBS])
])
