# SPDX-License-Identifier: BSD-2-Clause
# Who answers whom, as the dynamic linker tells it (LD_DEBUG=bindings): the program's malloc, free
# and operator new bind to us, C++ exceptions to libgcc, and nobody sees the libunwind, zlib,
# protobuf-c or jemalloc that we use. Not here: the list of exported names (lint/exports.sh).

load ../helpers

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	compile opens opens_cxx.c
	compile throws.so throws.cc -shared -fPIC
	compile names_cxx names_cxx.cc -std=c++17
	mkdir prof
	# rate=1: libunwind is loaded and at work.
	CPROFALLOC="rate=1,dir=$PWD/prof" LD_PRELOAD=$CPA_LIB LD_DEBUG=bindings LD_DEBUG_OUTPUT=$PWD/opens.debug \
		./opens "$PWD/throws.so" >opens.out
	CPROFALLOC="rate=1,dir=$PWD/prof" LD_PRELOAD=$CPA_LIB LD_DEBUG=bindings LD_DEBUG_OUTPUT=$PWD/cxx.debug ./names_cxx
}

setup() { cd "$BATS_FILE_TMPDIR" || return 1; }

# binds DEBUG FROM SYMBOL TO: each binding of SYMBOL in a file matching FROM is to a file matching
# TO, and there is one at least.
binds() {
	local lines
	lines=$(grep -hE "binding file [^ ]*$2[^ ]* \[[0-9]+\] to .*symbol \`$3'" "$1".*)
	[[ -n $lines ]] || {
		echo "no binding of $3 in $2"
		return 1
	}
	! grep -vE "to [^ ]*$4[^ ]* \[" <<<"$lines"
}

@test "a throwing C++ library works in a C program" {
	[[ $(cat opens.out) == "$(./opens "$PWD/throws.so")" ]]
	[[ $(tr ' ' '\n' <opens.out | grep -c '^64$') == 50 ]]
}

@test "malloc and free of the program and its libraries bind to us" {
	binds opens.debug /opens malloc libcprofalloc
	binds opens.debug /opens free libcprofalloc
	binds opens.debug libstdc malloc libcprofalloc
	binds opens.debug libstdc free libcprofalloc
	binds opens.debug 'libc\.so' malloc libcprofalloc
	binds opens.debug 'libc\.so' free libcprofalloc
	binds opens.debug libgcc_s calloc libcprofalloc
	binds opens.debug libgcc_s realloc libcprofalloc
}

@test "operator new and delete bind to us" {
	binds opens.debug throws.so _Znwm libcprofalloc
	binds opens.debug throws.so _ZdlPvm libcprofalloc
	binds cxx.debug names_cxx _Znwm libcprofalloc
	binds cxx.debug names_cxx _Znam libcprofalloc
	binds cxx.debug names_cxx _ZnwmSt11align_val_t libcprofalloc
	binds cxx.debug names_cxx _ZnamRKSt9nothrow_t libcprofalloc
}

@test "C++ exceptions bind to libgcc" {
	binds opens.debug 'libstdc' _Unwind_RaiseException libgcc_s
	binds opens.debug 'throws.so' _Unwind_Resume libgcc_s
	# Whatever else of the unwinder is asked for, nobody but libunwind itself gets it from libunwind.
	! grep -hE "to [^ ]*libunwind" opens.debug.* cxx.debug.* | grep -vE 'binding file [^ ]*libunwind' |
		grep -v 'binding file [^ ]*libcprofalloc'
}

@test "libunwind was there, so that the test above means something" {
	grep -hqE "binding file [^ ]*libunwind" opens.debug.*
}

@test "our private libraries are nobody's" {
	# We give what the map says, and nothing of jemalloc, zlib, protobuf-c.
	grep -hE "to [^ ]*libcprofalloc[^ ]* \[[0-9]+\]: normal symbol" opens.debug.* cxx.debug.* |
		sed -E "s/.*symbol \`([^']*)'.*/\1/" | sort -u >given
	[[ -s given ]]
	cat given
	sed -nE 's/^\t([A-Za-z_0-9]+);$/\1/p' "$CPA_SRCDIR/alloc/cprofalloc.map" | sort >named
	! grep -vxF -f named given
}

@test "exported names carry no version" {
	! objdump -T "$CPA_LIB" | grep -E ' (malloc|free|_Znwm)$' | grep -E 'CPROF' || return 1
	objdump -T "$CPA_LIB" | grep -qE ' malloc$'
}

# PHP loads its extensions so. The plugin is found by the RUNPATH of its caller, which our dlopen must not hide.
@test "a plugin loaded with RTLD_DEEPBIND shares our malloc, and is found by its caller's RUNPATH" {
	local dir=$BATS_TEST_TMPDIR/plugins
	mkdir "$dir"
	compile "$dir/libdeepbind_plugin.so" deepbind_plugin.c -shared -fPIC
	compile "$BATS_TEST_TMPDIR/deepbind" deepbind.c -Wl,--enable-new-dtags,-rpath,"$dir" -ldl
	for rate in 1 4k 512k; do
		both "rate=$rate" "$BATS_TEST_TMPDIR/deepbind"
		our_lines 0
		[[ $status == 0 ]]
	done
}
