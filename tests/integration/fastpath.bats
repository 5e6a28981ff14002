# SPDX-License-Identifier: BSD-2-Clause
# Does the library add at most 10 instructions to a malloc and its free that are no samples?
# Instructions are counted, not timed: that is what a test may ask of a bench. Not here: how they
# are counted, nanoseconds, other operations (bench/fastpath).

load ../helpers

setup() {
	command -v valgrind >/dev/null || skip "no valgrind here: instructions cannot be counted"
	[[ $(uname -m) == x86_64 ]] || skip "the bar is one of x86-64"
}

@test "at most 10 instructions are added to malloc and free at rate 512k, of 16, 64 and 1024 bytes" {
	run "$PYTHON" "$CPA_SRCDIR/bench/fastpath" --bars
	echo "$output"
	((status == 0))
	(($(grep -c '^# bar: .* at most 10: met$' <<<"$output") == 3))
	# Below 4 (a subtraction and a branch each way) the library was not in the way at all.
	local added
	for added in $(sed -n 's/^# bar: .*: \([0-9]*\)[0-9.]* instructions, .*/\1/p' <<<"$output"); do
		((added >= 4))
	done
}
