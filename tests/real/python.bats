# SPDX-License-Identifier: BSD-2-Clause
# Debian's python3 runs its own tests of json and dict. Compared with a run without us: exit status and all that is printed, but for
# the figures that are times and loads.

load ../helpers

setup() {
	python=/usr/bin/python3
	[[ -x $python ]] && "$python" -c 'import test.test_json, test.test_dict' 2>/dev/null ||
		skip "no test suite of python3 (Debian: libpython3.11-testsuite)"
	dir=$BATS_TEST_TMPDIR/prof
	mkdir "$dir"
	cd "$BATS_TEST_TMPDIR" || return 1
	unset PYTHONMALLOC
}

without_times() {
	sed -E -e 's/[0-9]+:[0-9]{2}:[0-9]{2} //; s/load avg: [0-9.]+ //; s/([0-9]+ min )?[0-9.]+ (sec|ms)/TIME/g' \
		-e 's/in [0-9.]+s$/in TIME/; s/test_python_[0-9]+/test_python_PID/g' "$1"
}

# tests_pass SETTINGS [NAME=VALUE]...: with these variables in the environment.
tests_pass() {
	local settings=$1 plain=0 profiled=0
	shift
	env "$@" "$python" -m test test_json test_dict >plain.out 2>plain.err || plain=$?
	env "$@" CPROFALLOC="$settings" LD_PRELOAD="$CPA_LIB" "$python" -m test test_json test_dict >profiled.out 2>profiled.err ||
		profiled=$?
	[[ $plain == 0 && $profiled == 0 ]]
	grep -q 'SUCCESS' profiled.out
	diff <(without_times plain.out) <(without_times profiled.out)
	diff <(without_times plain.err) <(without_times profiled.err)
	complete "$dir"/*
	# The largest is that of the main process.
	local file
	file=$(find "$dir" -name '*.pb.gz' -printf '%s %p\n' | sort -n | tail -n 1 | cut -d' ' -f2)
	four_views "$file"
	(($(pprof_py total "$file" alloc_space) > 5000000))
}

@test "python3 -m test test_json test_dict" { tests_pass "interval=1s,dir=$dir"; }

@test "the same with every object of python's from malloc" {
	tests_pass "interval=1s,rate=64k,dir=$dir" PYTHONMALLOC=malloc
	# C functions of the interpreter, by name.
	cat "$dir"/* >/dev/null
	go_top alloc_space "$(find "$dir" -name '*.pb.gz' -printf '%s %p\n' | sort -n | tail -n 1 | cut -d' ' -f2)" |
		grep -qE 'Py|dict|unicode'
}
