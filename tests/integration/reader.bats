#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What cprof reads, and how it refuses what it cannot read: profiles of every kind that Go writes,
# equal to go tool pprof -raw; each sort of damage in one line, status 2, nothing on standard output.
# Not here: damage byte by byte (tests/unit/test_read.c), mutations without end (fuzz.bats).

load ../helpers

setup_file() {
	export WORK=$BATS_FILE_TMPDIR GO=$BATS_FILE_TMPDIR/go
	mkdir "$GO"
	"$PYTHON" - "$WORK" <<-'EOF'
		# Profiles field by field, by nobody's encoder but this one.
		import gzip, os, struct, sys

		def varint(n):
		    n &= (1 << 64) - 1
		    out = b""
		    while n > 127:
		        out += bytes([n & 127 | 128])
		        n >>= 7
		    return out + bytes([n])

		def num(field, value): return varint(field << 3) + varint(value)
		def msg(field, data): return varint(field << 3 | 2) + varint(len(data)) + data
		def packed(field, *values): return msg(field, b"".join(map(varint, values)))
		def string(text): return msg(6, text.encode())

		TYPES = msg(1, num(1, 1) + num(2, 2))
		STRINGS = b"".join(map(string, ["", "space", "bytes", "leaf", "main", "a.cc", "/bin/x", "who", "https://doc"]))
		def sample(locs=(1, 2), values=(7,), rest=b""): return msg(2, packed(1, *locs) + packed(2, *values) + rest)
		def mapping(id=1, rest=b""): return msg(3, num(1, id) + num(2, 4096) + num(3, 8192) + num(5, 6) + num(7, 1) + rest)
		def location(id, function, mapping=1, line=3, rest=b""):
		    return msg(4, num(1, id) + num(2, mapping) + num(3, 4096 + id) + msg(4, num(1, function) + num(2, line) + rest))
		def function(id, name, rest=b""): return msg(5, num(1, id) + num(2, name) + num(3, name) + num(4, 5) + rest)
		PLACES = mapping() + location(1, 1) + location(2, 2) + function(1, 3) + function(2, 4)
		GOOD = TYPES + sample() + PLACES + STRINGS + num(9, 1700000000000000000)

		out = {
		    "good": GOOD,
		    "location": TYPES + sample(locs=(1, 9)) + PLACES + STRINGS,
		    "wide-location": TYPES + sample(locs=(1, 1 << 63)) + PLACES + STRINGS,
		    "function": TYPES + sample() + mapping() + location(1, 1) + location(2, 12) + function(1, 3) + STRINGS,
		    "mapping": TYPES + sample() + location(1, 1, mapping=5) + location(2, 2) + function(1, 3) + function(2, 4) + STRINGS,
		    "name": TYPES + sample() + PLACES + function(3, 77) + STRINGS,
		    "negative-name": TYPES + sample() + PLACES + function(3, -1) + STRINGS,
		    "label": TYPES + sample(rest=msg(3, num(1, 7) + num(2, 99))) + PLACES + STRINGS,
		    "comment": GOOD + num(13, 50),
		    "twice": TYPES + sample() + PLACES + location(2, 1) + STRINGS,
		    "zero": TYPES + sample() + PLACES + location(0, 1) + STRINGS,
		    "values": TYPES + sample(values=(1, 2)) + PLACES + STRINGS,
		    "no-values": TYPES + sample(values=()) + PLACES + STRINGS,
		    "no-strings": TYPES + sample() + PLACES,
		    "first-string": TYPES + sample() + PLACES + string("x") + STRINGS,
		    "length": TYPES + varint(2 << 3 | 2) + varint(1 << 40),
		    "inner-length": TYPES + msg(2, varint(1 << 3 | 2) + varint(1 << 40) + b"\1") + PLACES + STRINGS,
		    "long-varint": TYPES + b"\x60" + b"\xff" * 12,
		    "packed": TYPES + msg(2, msg(1, b"\x81")) + PLACES + STRINGS,
		    "group": TYPES + b"\x13",
		    "field-0": TYPES + b"\x02\x01x",
		    "wrong-type": TYPES + num(2, 5),
		    "two": GOOD + GOOD,
		}
		for name, data in out.items():
		    open(os.path.join(sys.argv[1], name + ".pb"), "wb").write(data)
		    with gzip.GzipFile(os.path.join(sys.argv[1], name + ".pb.gz"), "wb", mtime=0) as file:
		        file.write(data)
		good = gzip.compress(GOOD)
		files = {
		    "cut.pb.gz": good[:-20], "cut-trailer.pb.gz": good[:-3], "header.pb.gz": good[:7],
		    "damaged.pb.gz": good[:40] + bytes([good[40] ^ 255, good[41] ^ 255]) + good[42:],
		    "crc.pb.gz": good[:-8] + bytes([good[-8] ^ 1]) + good[-7:],
		    "trailing.pb.gz": good + b"trailing garbage", "zeros.pb.gz": good + bytes(512),
		    "members.pb.gz": gzip.compress(GOOD[:30]) + gzip.compress(b"") + gzip.compress(GOOD[30:]),
		    "twice-packed.pb.gz": gzip.compress(good), "cut.pb": GOOD[:-4], "garbage.pb": GOOD + b"\xff\xff\xff",
		    "empty": b"", "empty.pb.gz": gzip.compress(b""), "newline": b"\n", "zeros": bytes(4096),
		    "gperftools-cpu": struct.pack("<5Q", 0, 3, 0, 10000, 0) + struct.pack("<3Q", 0, 1, 0),
		    "gperftools-heap": b"heap profile:   1: 64 [  2: 128] @ heapprofile\n  1: 64 [2: 128] @ 0x1000\n\nMAPPED_LIBRARIES:\n",
		    "contention": b"--- contention:\ncycles/second=1000\n", "perf.data": b"PERFILE2" + bytes(100),
		    "jemalloc.heap": b"heap_v2/524288\n  t*: 1: 2 [0: 0]\n", "page.html": b"<!DOCTYPE html>\n", "x.json": b"{}\n",
		    "zst": b"\x28\xb5\x2f\xfd\0\0", "goroutines": b"goroutine profile: total 3\n",
		    # 1 GiB and a little, in a megabyte: an unknown field as long as it may be, again and again.
		    "bomb.pb.gz": b"",
		}
		for name, data in files.items():
		    open(os.path.join(sys.argv[1], name), "wb").write(data)
		chunk = varint(100 << 3 | 2) + varint(1 << 24) + bytes(1 << 24)
		with gzip.GzipFile(os.path.join(sys.argv[1], "bomb.pb.gz"), "wb", 9, mtime=0) as file:
		    file.write(GOOD)
		    member = gzip.compress(chunk)
		with open(os.path.join(sys.argv[1], "bomb.pb.gz"), "ab") as file:
		    for _ in range(66):
		        file.write(member)
		# What later versions of the format have.
		new = TYPES + sample(rest=msg(3, num(1, 7) + num(3, 12) + num(4, 2))) + mapping(rest=num(8, 1) + num(9, 1))
		new += location(1, 1, rest=num(3, 41)) + location(2, 2, rest=num(3, 7)) + function(1, 3, num(5, 12)) + function(2, 4)
		new += STRINGS + num(15, 8) + num(14, 1) + msg(200, b"unknown") + num(201, 5)
		open(os.path.join(sys.argv[1], "new.pb"), "wb").write(new)
	EOF
	command -v go >/dev/null || return 0
	go_profiles "$GO"
}

# refuses FILE WORDS: by every verb that reads one profile.
refuses() {
	local file=$WORK/$1 words=$2 verb
	for verb in info raw top merge; do
		run --separate-stderr "$CPROF" "$verb" "$file"
		[[ $status == 2 && -z $output && ${#stderr_lines[@]} == 1 && $stderr == "cprof: $file: $words"* ]] || {
			echo "cprof $verb $file: status $status, stdout '$output', stderr '$stderr', not '$words'"
			return 1
		}
	done
}

@test "a good one is read, gzipped or not, in several members, from a pipe and from a FIFO" {
	wanted=$("$CPROF" raw "$WORK/good.pb")
	[[ $wanted == *"7: 1 2"*"leaf a.cc:3"*"main a.cc:3"*"/bin/x"* ]]
	for file in good.pb.gz members.pb.gz; do
		[[ $("$CPROF" raw "$WORK/$file") == "$wanted" ]]
	done
	# shellcheck disable=SC2002 # a pipe is meant
	[[ $(cat "$WORK/good.pb.gz" | "$CPROF" raw -) == "$wanted" ]]
	# The first byte comes alone.
	[[ $(dd if="$WORK/good.pb.gz" bs=1 status=none | "$CPROF" raw -) == "$wanted" ]]
	mkfifo "$WORK/fifo"
	cat "$WORK/good.pb.gz" >"$WORK/fifo" &
	[[ $("$CPROF" raw "$WORK/fifo") == "$wanted" ]]
	wait
}

@test "ids that are not there" {
	refuses location.pb.gz "not a profile: sample number 1 has location 9, which is not there"
	refuses wide-location.pb "not a profile: sample number 1 has location 9223372036854775808, which is not there"
	refuses function.pb.gz "not a profile: location 2 is in function 12, which is not there"
	refuses mapping.pb.gz "not a profile: location 1 is in mapping 5, which is not there"
	refuses name.pb.gz "not a profile: function 3 names a string beyond the 9 there are"
	refuses negative-name.pb.gz "not a profile: function 3 names a string beyond the 9 there are"
	refuses label.pb.gz "not a profile: label 1 names a string beyond the 9 there are"
	refuses comment.pb "not a profile: comment 1 names a string beyond the 9 there are"
	refuses twice.pb.gz "not a profile: two locations have the id 2"
	refuses zero.pb "not a profile: location number 3 has the id 0"
}

@test "broken protobuf and absurd sizes" {
	refuses values.pb.gz "not a profile: samples have 2 values, but there are 1 sample types"
	refuses no-values.pb.gz "not a profile: samples have 0 values, but there are 1 sample types"
	refuses no-strings.pb.gz "not a profile: it has no string table"
	refuses first-string.pb.gz "not a profile: the first string is not empty"
	refuses length.pb.gz "not a profile: a length of more than 64 MiB in the sample at byte 6 of the unpacked data"
	refuses inner-length.pb "not a profile: a length that reaches past its end in the sample at byte 6"
	refuses long-varint.pb "not a profile: a broken number in the period at byte 6"
	refuses packed.pb.gz "not a profile: a broken list of numbers in the sample"
	refuses group.pb "not a profile: a wrong field type in the sample"
	refuses field-0.pb "not a profile: a wrong field type in the field at byte 6"
	refuses wrong-type.pb "not a profile: a wrong field type in the sample"
	refuses cut.pb "not a profile: the end of the data in the time"
	refuses garbage.pb "not a profile: the end of the data in the field"
	refuses two.pb.gz "not a profile but two, one behind the other: add separate files with cprof merge"
	refuses bomb.pb.gz "not a profile: it unpacks to more than 1 GiB"
}

@test "damaged gzip" {
	refuses cut.pb.gz "not a profile: gzip data ends after "
	refuses cut-trailer.pb.gz "not a profile: gzip data ends after "
	refuses header.pb.gz "not a profile: gzip data ends after 7 bytes (a copy cut short?)"
	refuses damaged.pb.gz "not a profile: gzip data is damaged at byte "
	refuses crc.pb.gz "not a profile: gzip data is damaged at byte "
	refuses trailing.pb.gz "not a profile: behind the gzip data, which ends before byte "
	refuses zeros.pb.gz "not a profile: behind the gzip data, which ends before byte "
	refuses twice-packed.pb.gz "not a profile: neither gzip nor protobuf"
}

@test "what is no profile at all" {
	refuses empty "not a profile: the file is empty"
	refuses empty.pb.gz "not a profile: it has no sample types and no strings"
	refuses newline "not a profile: "
	refuses zeros "not a profile: neither gzip nor protobuf"
	refuses gperftools-cpu "not a profile: it is a CPU profile of gperftools; convert it with pprof -proto"
	refuses gperftools-heap "not a profile: it is the text form (debug=1); fetch it without debug=, or convert it with pprof"
	refuses contention "not a profile: it is the text form"
	refuses goroutines "not a profile: it is the text form"
	refuses perf.data "not a profile: it is what perf record writes"
	refuses jemalloc.heap "not a profile: it is jemalloc's own heap dump"
	refuses page.html "not a profile: it is text"
	refuses x.json "not a profile: it is text"
	refuses zst "not a profile: it is compressed with zstd"
	refuses . "is a directory; name a profile in it"
	refuses none "cannot be opened: No such file or directory"
	refuses good.pb/x "cannot be opened: Not a directory"
	run --separate-stderr "$CPROF" raw - </dev/null
	[[ $status == 2 && $stderr == "cprof: standard input: not a profile: the file is empty" ]]
	run --separate-stderr bash -c '"$CPROF" raw - <&-'
	[[ $status == 2 && $stderr == "cprof: standard input: cannot be opened: "* && ${#stderr_lines[@]} == 1 ]]
}

@test "no permission" {
	if [[ $(id -u) == 0 ]]; then
		command -v setpriv >/dev/null || skip "root may read everything"
		# What nobody may read, at a place that nobody may reach.
		local place
		place=$(mktemp -d)
		cp "$CPROF" "$WORK/good.pb.gz" "$place"
		chmod 755 "$place"
		chmod 600 "$place/good.pb.gz"
		run --separate-stderr setpriv --reuid=65534 --regid=65534 --clear-groups \
			"$place/$(basename "$CPROF")" raw "$place/good.pb.gz"
		rm -r "$place"
		[[ $status == 2 && -z $output && $stderr == *"good.pb.gz: cannot be opened: Permission denied" ]]
	else
		cp "$WORK/good.pb.gz" "$WORK/locked.pb.gz"
		chmod 0 "$WORK/locked.pb.gz"
		refuses locked.pb.gz "cannot be opened: Permission denied"
	fi
}

@test "columns, first lines and the address of the documentation stay through a merge" {
	"$CPROF" merge "$WORK/new.pb" "$WORK/good.pb" -o "$WORK/merged.pb.gz"
	"$PYTHON" - "$WORK/merged.pb.gz" "$CPA_SRCDIR/tests/helpers" <<-'EOF'
		import gzip, sys
		sys.path.insert(0, sys.argv[2])
		from pprof_file import fields
		data = gzip.open(sys.argv[1]).read()
		strings = [value.decode() for number, value in fields(data) if number == 6]
		assert len(strings) == len(set(strings)), strings
		columns = [dict(fields(line)).get(3, 0) for number, location in fields(data) if number == 4
		           for key, line in fields(location) if key == 4]
		assert sorted(columns) == [0, 0, 7, 41], columns
		starts = sorted((strings[f.get(2, 0)], f.get(5, 0)) for f in
		                (dict(fields(value)) for number, value in fields(data) if number == 5))
		assert starts == [("leaf", 0), ("leaf", 12), ("main", 0)], starts
		top = {number: value for number, value in fields(data) if isinstance(value, int)}
		assert strings[top[15]] == "https://doc" and strings[top[14]] == "space", top
		flags = [dict(fields(value)) for number, value in fields(data) if number == 3]
		# One of the two knows no lines: then the whole does not.
		assert len(flags) == 1 and flags[0].get(7) == 1 and not flags[0].get(9), flags
	EOF
}

# The client numbers anew and leaves samples of zeros out, as cprof merge does; and samples without a stack, such as
# those of threadcreate, as only it does.
@test "raw is what go tool pprof -raw prints, for each of Go's own profiles" {
	command -v go >/dev/null || skip "no go"
	for name in heap1 heap2 allocs cpu mutex block goroutine; do
		"$CPROF" merge "$GO/$name.pb.gz" -o "$WORK/$name.pb.gz"
		"$CPROF" raw "$WORK/$name.pb.gz" >"$WORK/our.raw"
		go tool pprof -raw "$WORK/$name.pb.gz" >"$WORK/go.raw" 2>/dev/null
		[[ $(wc -l <"$WORK/go.raw") -gt 5 ]]
		# Blanks at line ends, the time zone and the form of a duration differ.
		diff <(sed -E 's/ +$//; s/^(Time: [0-9: -]+).*/\1/; s/^(Duration:).*/\1/' "$WORK/go.raw") \
			<(sed -E 's/ +$//; s/^(Time: [0-9: -]+).*/\1/; s/^(Duration:).*/\1/' "$WORK/our.raw")
	done
	run --separate-stderr "$CPROF" top "$GO/heap-debug1.txt"
	[[ $status == 2 && $stderr == *"it is the text form (debug=1); fetch it without debug=, or convert it"* ]]
	# And what the advice makes is read.
	(cd "$WORK" && go tool pprof -proto -output=converted.pb.gz "$GO/profiles" "$GO/heap-debug1.txt" >/dev/null 2>&1)
	run -0 "$CPROF" top "$WORK/converted.pb.gz"
	[[ $output == *main.leak* ]]
}
