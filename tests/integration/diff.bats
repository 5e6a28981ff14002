#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# cprof diff: what it says of exact, mixed and wrongly ordered profiles, of other kinds than heaps,
# of two builds; options, gate and JSON. Not here: whether its verdicts are true (coverage.bats and
# unit/test_promises.c), its printed table (cprof_reports.bats).

load ../helpers

setup_file() {
	export WORK=$BATS_FILE_TMPDIR XDG_CACHE_HOME=$BATS_FILE_TMPDIR/cache
	MAKE_PROFILE=$CPA_BUILDDIR/tests/unit/make_profile
	[[ -x $MAKE_PROFILE ]] || make -s -C "$CPA_BUILDDIR" tests/unit/make_profile
	export MAKE_PROFILE
	heap 4 1000000000 524288 100000 | "$MAKE_PROFILE" "$WORK/old.pb.gz"
	heap 4 9000000000 524288 300000 | "$MAKE_PROFILE" "$WORK/new.pb.gz"
	heap 5 9000000000 65536 300000 | "$MAKE_PROFILE" "$WORK/other.pb.gz"
	heap 4 1000000000 1 100000 | "$MAKE_PROFILE" "$WORK/exact.pb.gz"
	heap 5 9000000000 1 300000 | "$MAKE_PROFILE" "$WORK/exact-other.pb.gz"
	cpu 1000000000 100 50 | "$MAKE_PROFILE" "$WORK/cpu-old.pb.gz"
	cpu 3000000000 101 200 | "$MAKE_PROFILE" "$WORK/cpu-new.pb.gz"
	waits contentions 5 100 | "$MAKE_PROFILE" "$WORK/mutex-old.pb.gz"
	waits contentions 8 900 | "$MAKE_PROFILE" "$WORK/mutex-new.pb.gz"
}

# heap PID TIME PERIOD OBJECTS: a leak of so many objects of 100 bytes, and a site that stays.
heap() {
	cat <<-EOF
		type alloc_objects count
		type alloc_space bytes
		type inuse_objects count
		type inuse_space bytes
		period space bytes $3
		time $2
		comment pid: $1
		comment start_ns: 17
		mapping 1000 9000 1000 /bin/server ab
		sample $4 ${4}00 $4 ${4}00 | bytes=100 | leak@leak.c:5 main@main.c:9
		sample 50000 5000000 50000 5000000 | bytes=100 | keep@keep.c:7 main@main.c:11
	EOF
}

cpu() {
	cat <<-EOF
		type samples count
		type cpu nanoseconds
		period cpu nanoseconds 10000000
		duration $1
		mapping 1000 9000 1000 /bin/server ab
		sample $2 ${2}0000000 | | steady main
		sample $3 ${3}0000000 | | hot main
	EOF
}

waits() {
	printf '%s\n' "type $1 count" "type delay nanoseconds" "period $1 count 1" "sample $2 $3 | | lock main"
}

# says TEXT ARGUMENT...: diff says so, and succeeds.
says() {
	local text=$1
	shift
	run -0 "$CPROF" diff "$@"
	[[ $output == *"$text"* ]] || {
		echo "not there: $text"
		return 1
	}
}

# refuses TEXT ARGUMENT...: one line of standard error, nothing else.
refuses() {
	local text=$1
	shift
	run -2 --separate-stderr "$CPROF" diff "$@"
	[[ $output == "" && $stderr == *"$text"* && ${#stderr_lines[@]} == 1 ]]
}

# fits FILE...: a report fits its schema.
fits() {
	"$PYTHON" - "$CPA_SRCDIR/docs/schema" "$@" <<-'EOF'
		import json, sys
		import jsonschema
		for path in sys.argv[2:]:
		    report = json.load(open(path))
		    schema = json.load(open("%s/%s.json" % (sys.argv[1], report["schema"])))
		    # What is not described is not promised either.
		    for part in [schema] + list(schema.get("$defs", {}).values()):
		        if part.get("type") == "object" and "properties" in part:
		            part.setdefault("additionalProperties", False)
		    jsonschema.validate(report, schema)
	EOF
}

@test "what two processes, rates and exact profiles do to the error is said" {
	says "the errors of both profiles add up" --two-processes "$WORK/old.pb.gz" "$WORK/new.pb.gz"
	says "OLD has one sample per 512 KiB, NEW one per 64 KiB." "$WORK/old.pb.gz" "$WORK/other.pb.gz"
	says "OLD is exact, the errors are those of NEW" "$WORK/exact.pb.gz" "$WORK/other.pb.gz"
	says "NEW is exact, the errors are those of OLD" "$WORK/old.pb.gz" "$WORK/exact-other.pb.gz"
	says "Every allocation was recorded: these numbers are exact." "$WORK/exact.pb.gz" "$WORK/exact-other.pb.gz"
	[[ $output != *"add up"* && $output != *±* ]]
	run -0 "$CPROF" diff "$WORK/old.pb.gz" "$WORK/new.pb.gz"
	[[ $output != *"Two processes"* ]]
}

@test "the head names both programs and the filters, and its numbers are of what is left" {
	says "server (pid 4) to server (pid 5)" "$WORK/old.pb.gz" "$WORK/other.pb.gz"
	says $'server (pid 4), ' "$WORK/old.pb.gz" "$WORK/new.pb.gz"
	[[ $output != *" to server"* ]]
	says "from 4.77 MB to 4.77 MB" -focus=keep -hide=main "$WORK/old.pb.gz" "$WORK/new.pb.gz"
	[[ $output == *$'\n'"Only what passes -focus=keep -hide=main"$'\n'* && $output != *leak.c* ]]
}

@test "two snapshots in the wrong order are noticed" {
	says "OLD is the later one: swap them" "$WORK/new.pb.gz" "$WORK/old.pb.gz"
	[[ $output != *"Two processes"* ]]
	run -0 "$CPROF" diff "$WORK/old.pb.gz" "$WORK/new.pb.gz"
	[[ $output != *"swap"* ]]
}

@test "CPU profiles: ticks are a Poisson number; waits have no known error" {
	says "OLD covers 1 s, NEW 3 s" "$WORK/cpu-old.pb.gz" "$WORK/cpu-new.pb.gz"
	[[ $output == *"GREW, and not by chance (1 of 2 sites"*hot* ]]
	[[ $output == *"NOISE (1 site)"* ]]
	# By hand: 1.96 * sqrt(50 + 200) ticks, of 10 ms each.
	"$CPROF" diff --json -sample_index=samples "$WORK/cpu-old.pb.gz" "$WORK/cpu-new.pb.gz" >"$WORK/samples.json"
	"$CPROF" diff --json "$WORK/cpu-old.pb.gz" "$WORK/cpu-new.pb.gz" >"$WORK/cpu.json"
	"$PYTHON" - "$WORK/samples.json" "$WORK/cpu.json" <<-'EOF'
		import json, sys
		for path, tick in zip(sys.argv[1:], (1, 10000000)):
		    site = json.load(open(path))["sites"][0]
		    assert site["change"] == 150 * tick
		    assert abs(site["half_width"] / tick - 1.959964 * 250 ** 0.5) < 1e-3, site
		    assert site["low"] < site["change"] < site["high"] and site["q"] < 1e-6
	EOF
	says "how often and how long one waits follows no law" "$WORK/mutex-old.pb.gz" "$WORK/mutex-new.pb.gz"
	[[ $output == *"GREW (1 of 1 sites)"* && $output != *±* ]]
	"$CPROF" diff --json "$WORK/mutex-old.pb.gz" "$WORK/mutex-new.pb.gz" >"$WORK/mutex.json"
}

@test "options that make no sum of two profiles are refused, and others heard" {
	local name
	for name in base diff_base; do
		refuses "diff takes two: OLD NEW" "-$name=$WORK/old.pb.gz" "$WORK/old.pb.gz" "$WORK/new.pb.gz"
	done
	refuses "diff takes two: OLD NEW" -normalize "$WORK/old.pb.gz" "$WORK/new.pb.gz"
	refuses "diff takes two: OLD NEW" -mean_delay "$WORK/mutex-old.pb.gz" "$WORK/mutex-new.pb.gz"
	refuses "want a unit" -unit=ell "$WORK/old.pb.gz" "$WORK/new.pb.gz"
	refuses "want 2 profiles, got 3" "$WORK/old.pb.gz" "$WORK/new.pb.gz" "$WORK/new.pb.gz"
	refuses "has no sample type" "$WORK/old.pb.gz" "$WORK/cpu-new.pb.gz"
	says "+20000000" -unit=B "$WORK/old.pb.gz" "$WORK/new.pb.gz"
	says "GREW (0 of 1 sites)" -focus=keep "$WORK/old.pb.gz" "$WORK/new.pb.gz"
	says "       z        q  site" --wide "$WORK/old.pb.gz" "$WORK/new.pb.gz"
}

@test "the gate opens at the lower end of the interval, not at the estimate" {
	local low
	"$CPROF" diff --json "$WORK/old.pb.gz" "$WORK/new.pb.gz" >"$WORK/gate.json"
	low=$("$PYTHON" -c 'import json, sys; print(int(json.load(open(sys.argv[1]))["sites"][0]["low"]))' "$WORK/gate.json")
	((low > 5000000 && low < 20000000))
	run -1 "$CPROF" diff --fail-above=$((low - 1)) "$WORK/old.pb.gz" "$WORK/new.pb.gz"
	[[ $output == *"grew by at least"* ]]
	run -0 "$CPROF" diff --fail-above=$((low + 1)) "$WORK/old.pb.gz" "$WORK/new.pb.gz"
	# Exact numbers have no lower end but themselves.
	run -1 "$CPROF" diff --fail-above=19999999 "$WORK/exact.pb.gz" "$WORK/exact-other.pb.gz"
	run -0 "$CPROF" diff --fail-above=20000000 "$WORK/exact.pb.gz" "$WORK/exact-other.pb.gz"
}

# One source, built twice, with lines put in front the second time.
@test "two builds of a program meet by function, and by line where lines only moved" {
	local build dir by
	for build in one two; do
		mkdir -p "$WORK/src" "$WORK/$build"
		{
			printf '#include <stdlib.h>\n'
			[[ $build == one ]] || printf 'int moved;\n\n\n'
			cat <<-'EOF'
				__attribute__((noinline)) void *stays(void)
				{
					void *ptr = malloc(5000);
					__asm__ volatile("" : "+r"(ptr) : : "memory");
					return ptr;
				}
				int main(void)
				{
					for (int i = 0; i < 100; i++)
						if (!stays())
							return 1;
					return 0;
				}
			EOF
		} >"$WORK/src/build.c"
		"$CC" -g -O1 -Wl,--build-id -o "$WORK/$build/build" "$WORK/src/build.c"
		dir=$WORK/$build/dir
		mkdir "$dir"
		profiled "rate=1,dir=$dir" "$WORK/$build/build"
		cp "$(only_snapshot "$dir")" "$WORK/$build.pb.gz"
	done
	for by in functions lines; do
		run -0 "$CPROF" diff "-$by" -focus=stays "$WORK/one.pb.gz" "$WORK/two.pb.gz"
		[[ $output == *"UNCHANGED (1 site)"* && $output != *SHRANK* ]]
	done
	# The line shown is that of the new build.
	"$CPROF" diff --json -lines -focus=stays "$WORK/one.pb.gz" "$WORK/two.pb.gz" >"$WORK/builds.json"
	"$PYTHON" - "$WORK/builds.json" <<-'EOF'
		import json, sys
		site, = json.load(open(sys.argv[1]))["sites"]
		assert (site["stack"][0]["name"], site["stack"][0]["line"]) == ("stays", 7), site
	EOF
	# Addresses of two builds are different places, whatever their numbers.
	run -0 "$CPROF" diff -addresses -focus=stays "$WORK/one.pb.gz" "$WORK/two.pb.gz"
	[[ $output == *"GREW"*"SHRANK"* ]]
	# Of one build they meet, wherever it was loaded.
	mkdir "$WORK/again"
	profiled "rate=1,dir=$WORK/again" "$WORK/two/build"
	run -0 "$CPROF" diff -addresses -focus=stays "$WORK/two.pb.gz" "$(only_snapshot "$WORK/again")"
	[[ $output == *"UNCHANGED (1 site)"* && $output != *SHRANK* ]]
}

@test "JSON fits its schema, and the schema describes all of it" {
	"$PYTHON" -c 'import jsonschema' 2>/dev/null || skip "no jsonschema"
	"$CPROF" diff --json "$WORK/old.pb.gz" "$WORK/new.pb.gz" >"$WORK/one.json"
	"$CPROF" diff --json -lines --two-processes "$WORK/old.pb.gz" "$WORK/new.pb.gz" >"$WORK/two.json"
	"$CPROF" diff --json "$WORK/exact.pb.gz" "$WORK/exact-other.pb.gz" >"$WORK/exact.json"
	"$CPROF" diff --json "$WORK/cpu-old.pb.gz" "$WORK/cpu-new.pb.gz" >"$WORK/cpu.json"
	"$CPROF" diff --json "$WORK/mutex-old.pb.gz" "$WORK/mutex-new.pb.gz" >"$WORK/mutex.json"
	"$CPROF" info --json "$WORK/old.pb.gz" >"$WORK/info.json"
	"$CPROF" info --json "$WORK/cpu-old.pb.gz" >"$WORK/info-cpu.json"
	fits "$WORK"/{one,two,exact,cpu,mutex,info,info-cpu}.json
}
