#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Half a minute of libFuzzer over the reader and what reports do with a profile, under ASan and UBSan. CPA_FUZZ_SECONDS
# for more. Not here: the fuzzer (tests/fuzz/).

load ../helpers

@test "any bytes are a profile or are refused" {
	mkdir "$BATS_TEST_TMPDIR/go"
	! command -v go >/dev/null || go_profiles "$BATS_TEST_TMPDIR/go"
	shopt -s nullglob
	run "$CPA_SRCDIR/tests/fuzz/run" "${CPA_FUZZ_SECONDS:-30}" "$BATS_TEST_TMPDIR"/go/*.pb.gz
	[[ $status != 77 ]] || skip "$output"
	[[ $status == 0 ]] || {
		echo "$output"
		return 1
	}
	[[ ${lines[-1]} =~ ^([0-9]+)" inputs in "[0-9]+" s, nothing found"$ ]]
	# It must have got somewhere: on a slow machine some thousands a second become hundreds.
	((BASH_REMATCH[1] > 1000))
}
