#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Half a minute of libFuzzer under ASan and UBSan: over the reader and what reports do with a profile, and over the HTTP
# server. CPA_FUZZ_SECONDS, for each, for more. Not here: the fuzzers (tests/fuzz/).

load ../helpers

# fuzz TARGET [PROFILE...]
fuzz() {
	local target=$1
	shift
	CPA_FUZZ_TARGET=$target run "$CPA_SRCDIR/tests/fuzz/run" "${CPA_FUZZ_SECONDS:-15}" "$@"
	[[ $status != 77 ]] || skip "$output"
	[[ $status == 0 ]] || {
		echo "$output"
		return 1
	}
	[[ ${lines[-1]} =~ ^([0-9]+)" inputs in "[0-9]+" s, nothing found"$ ]]
	# It must have got somewhere: on a slow machine some thousands a second become hundreds.
	((BASH_REMATCH[1] > 500))
}

@test "any bytes are a profile or are refused" {
	mkdir "$BATS_TEST_TMPDIR/go"
	! command -v go >/dev/null || go_profiles "$BATS_TEST_TMPDIR/go"
	shopt -s nullglob
	fuzz report "$BATS_TEST_TMPDIR"/go/*.pb.gz
}

@test "any bytes are requests or are refused, and nothing stays switched on for who is gone" {
	[[ -f $(dirname "$CPA_LIB")/libcprofhttp.so ]] || skip "built --without-http"
	fuzz http
}
