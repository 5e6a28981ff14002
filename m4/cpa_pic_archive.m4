# SPDX-License-Identifier: BSD-2-Clause
# CPA_PIC_ARCHIVE(NAME, LIB, DIR, SHARED-LIBS)
#
# Set NAME_PIC_LIBS to DIR/libLIB.a when all of that archive can go into a shared library, else to SHARED-LIBS, and
# NAME_PIC_SUMMARY to a word for the summary. All of the archive is linked (--whole-archive), because one object
# that is not position independent is enough to break the real link later.
AC_DEFUN([CPA_PIC_ARCHIVE], [
	cpa_archive=$3/lib$2.a
	AC_MSG_CHECKING([for a position-independent lib$2.a])
	AS_IF([test -f "$cpa_archive" && AS_ECHO(["int cpa_conftest;"]) >conftest_pic.c &&
		$CC -shared -fPIC -o conftest_pic.so conftest_pic.c -Wl,--whole-archive "$cpa_archive" \
			-Wl,--no-whole-archive -Wl,-z,text >&AS_MESSAGE_LOG_FD 2>&1],
		[$1_PIC_LIBS=$cpa_archive
		 $1_PIC_SUMMARY="static and hidden ($cpa_archive)"],
		[$1_PIC_LIBS="$4"
		 $1_PIC_SUMMARY="shared ($4): the program and the profiler use the same one"])
	rm -f conftest_pic.c conftest_pic.so
	AC_MSG_RESULT([$$1_PIC_LIBS])
	AC_SUBST([$1_PIC_LIBS])
])
