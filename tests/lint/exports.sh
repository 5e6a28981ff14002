#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Is the made library what a preloaded library must be: exactly the names of alloc/cprofalloc.map, without a version;
# nothing needed but libc; no lazy binding, no text relocations; nothing of jemalloc to be seen? And the HTTP module beside
# it: its one entry, nothing of libevent?
# Not here: which library a program really binds to (tests/integration).
set -uo pipefail
lib=${CPA_LIB:?}
map=${CPA_SRCDIR:?}/alloc/cprofalloc.map
[[ -f $lib ]] || { echo "no $lib (made with --enable-sanitize?)"; exit 77; }
status=0

complain() {
	echo "$1"
	status=1
}

# 1. The names. The map is "{ global: a; b; local: *; };", with C comments.
listed=$(tr '\n' ' ' <"$map" | sed -E 's,/\*([^*]|\*+[^*/])*\*+/,,g; s/#[^;{}]*//g' |
	sed -E 's/.*global://; s/local:.*//' | tr ';' '\n' | tr -d ' \t' | grep -v '^$' | sort)
exported=$(nm -D --defined-only "$lib" | awk '{ print $NF }' | sort)
[[ -n $listed ]] || complain "$map lists no names"
if ! diff <(echo "$listed") <(echo "$exported"); then
	complain "exports differ from the map ('<' only in the map, '>' only in the library)"
fi
if grep -q '@' <<<"$exported"; then
	complain "exports carry a version: programs would bind to glibc"
fi
if grep -q '^je_' <<<"$exported"; then
	complain "jemalloc's names are exported"
fi

# 2. What it needs.
needed=$(readelf -dW "$lib" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
while IFS= read -r name; do
	case $name in
	libc.so.6 | libm.so.6 | ld-linux*.so.*) ;;
	libz.so.* | libprotobuf-c.so.*)
		# Allowed only where configure found no archive to link hidden.
		grep -qE "^(ZLIB|PROTOBUF_C)_PIC_LIBS = .*\.a" "${CPA_BUILDDIR:?}/Makefile" &&
			complain "needs $name although its archive was found"
		;;
	*) complain "needs $name" ;;
	esac
done <<<"$needed"

# 3. What it takes from others: no unwinder and no C++ run time by name.
taken=$(nm -D --undefined-only "$lib" | awk '{ print $NF }' | grep -E '^(_Unwind_|__gxx|__cxa_(throw|begin_catch)|unw_|_U)')
[[ -z $taken ]] || complain "takes from other libraries: $taken"

# 4. How it is loaded.
dynamic=$(readelf -dW "$lib")
for flag in NOW NODELETE NOOPEN; do
	grep -qE "FLAGS_1.*\b$flag\b" <<<"$dynamic" || complain "not linked with the flag $flag"
done
grep -qE '\(TEXTREL\)|FLAGS\).*TEXTREL' <<<"$dynamic" && complain "has text relocations"
grep -q '__tls_get_addr' <<<"$(nm -D --undefined-only "$lib")" &&
	complain "uses __tls_get_addr: thread-local access may call malloc"

# 5. The HTTP module.
module=$(dirname "$lib")/libcprofhttp.so
if [[ -f $module ]]; then
	exported=$(nm -D --defined-only "$module" | awk '{ print $NF }')
	[[ $exported == cpa_http_serve ]] || complain "the HTTP module exports: $exported"
	needed=$(readelf -dW "$module" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | grep -vxE 'libc\.so\.6|ld-linux.*')
	if grep -q 'define CPA_LIBEVENT_PRIVATE' "${CPA_BUILDDIR:?}/config.h"; then
		[[ -z $needed ]] || complain "the HTTP module needs $needed although libevent's archive was found"
	else
		[[ $needed == libevent* ]] || complain "the HTTP module needs $needed"
	fi
	dynamic=$(readelf -dW "$module")
	for flag in NOW NODELETE; do
		grep -qE "FLAGS_1.*\b$flag\b" <<<"$dynamic" || complain "the HTTP module is not linked with the flag $flag"
	done
	grep -qE '\(TEXTREL\)|FLAGS\).*TEXTREL' <<<"$dynamic" && complain "the HTTP module has text relocations"
fi
exit $status
