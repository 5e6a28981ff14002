#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# cprof symbolize: functions, files, lines and inlined frames as llvm-symbolizer and addr2line find them, wherever the
# debug information is; a word where there is none; and no crash on any file.
# Not here: names inside the profiled program (names.bats), reports (cprof_reports.bats).

load ../helpers

setup_file() {
	export WORK=$BATS_FILE_TMPDIR
	cd "$WORK" || return 1
	"$CXX" -g -O2 -o plain "$PROGRAMS/symbols.cc"
	export ID
	ID=$(readelf -n plain | sed -n 's/.*Build ID: //p')
	objcopy --only-keep-debug plain plain.debug
}

setup() {
	export XDG_CACHE_HOME=$BATS_TEST_TMPDIR/cache
	unset PPROF_BINARY_PATH DEBUGINFOD_URLS
	cd "$BATS_TEST_TMPDIR" || return 1
}

symbols_py() { "$PYTHON" "$CPA_SRCDIR/tests/helpers/symbols.py" "$@"; }

need_llvm() { command -v llvm-symbolizer >/dev/null || skip "no llvm-symbolizer"; }

# symbolized BINARY COUNT [PATH [ID]]: out.pb.gz with random addresses of BINARY; what cprof said is in said.
symbolized() {
	local binary=$1 count=$2
	shift 2
	symbols_py make "$binary" in.pb "$count" "$@"
	"$CPROF" symbolize -o out.pb.gz in.pb 2>said
}

# built COMPILER FLAG...: symbols.cc built so tells the same as the other tools.
built() {
	"$@" -o binary "$PROGRAMS/symbols.cc"
	symbolized binary 1500
	[[ ! -s said ]]
	symbols_py compare out.pb.gz binary
}

lines_found() { symbols_py lined out.pb.gz; }

@test "as addr2line finds them" {
	"$CXX" -g -gdwarf-4 -O2 -o binary "$PROGRAMS/symbols.cc"
	symbolized binary 1500
	symbols_py compare out.pb.gz binary addr2line
}

@test "as llvm-symbolizer finds them: gcc, DWARF 5, not position-independent" {
	need_llvm
	built "$CXX" -g -gdwarf-5 -O2 -no-pie
}

@test "as llvm-symbolizer finds them: gcc, link-time optimisation, compressed" {
	need_llvm
	built "$CXX" -g -O3 -flto -gz
}

@test "as llvm-symbolizer finds them: a shared library" {
	need_llvm
	built "$CXX" -g -O1 -shared -fPIC
}

@test "as llvm-symbolizer finds them: clang and lld" {
	need_llvm
	command -v clang++ ld.lld >/dev/null || skip "no clang or lld"
	built clang++ -g -O2 -fuse-ld=lld
	built clang++ -g -gdwarf-4 -O1 -no-pie -fuse-ld=lld
}

@test "as llvm-symbolizer finds them: cprof itself and the library" {
	need_llvm
	for binary in "$CPROF" "$CPA_LIB"; do
		[[ -e $binary ]] || continue
		symbolized "$binary" 1500
		symbols_py compare out.pb.gz "$binary"
	done
}

@test "in one thread and in many: the same bytes, in the profile and in the cache" {
	(($(nproc) > 1)) || skip "one processor"
	symbols_py make "$CPROF" in.pb 6000
	XDG_CACHE_HOME=$PWD/one taskset -c 0 "$CPROF" symbolize -o one.pb.gz in.pb
	XDG_CACHE_HOME=$PWD/many "$CPROF" symbolize -o many.pb.gz in.pb
	cmp one.pb.gz many.pb.gz
	diff -r one many
}

@test "a function with an alias for the linker is called by its own name" {
	cat >alias.c <<-EOF2
		__attribute__((noinline)) int open_shop(int n) __asm__("__internal_open_shop");
		int open_shop(int n) { return n * 3 + 1; }
		int main(int argc, char **argv) { return open_shop(argc); }
	EOF2
	"$CC" -g -O1 -o binary alias.c
	symbolized binary 50
	raw=$("$CPROF" raw out.pb.gz)
	[[ $raw == *" open_shop $PWD/alias.c:2"* && $raw != *__internal* ]]
}

@test "split DWARF, with and without the .dwo file" {
	need_llvm
	built "$CXX" -g -gsplit-dwarf -O2
	rm ./*.dwo
	"$CPROF" symbolize -symbolize=force -o out.pb.gz in.pb 2>said
	[[ $("$CPROF" raw out.pb.gz) == *outer_block* ]]
}

@test "stripped, the debug file found by build id" {
	objcopy --strip-all "$WORK/plain" binary
	mkdir -p "debug/.build-id/${ID:0:2}"
	cp "$WORK/plain.debug" "debug/.build-id/${ID:0:2}/${ID:2}.debug"
	symbols_py make "$WORK/plain" in.pb 500 "$PWD/binary"
	PPROF_BINARY_PATH=$PWD/debug "$CPROF" symbolize -o out.pb.gz in.pb
	need_llvm
	symbols_py compare out.pb.gz "$WORK/plain"
}

@test "only the debug file is left" {
	mkdir -p "debug/${ID:0:2}"
	cp "$WORK/plain.debug" "debug/${ID:0:2}/${ID:2}.debug"
	symbols_py make "$WORK/plain" in.pb 500 /nowhere/plain
	PPROF_BINARY_PATH=$PWD/debug "$CPROF" symbolize -o out.pb.gz in.pb
	[[ $(lines_found) -gt 400 ]]
}

@test "stripped, the debug file found by its link, also without build ids" {
	"$CXX" -g -O2 -Wl,--build-id=none -o full "$PROGRAMS/symbols.cc"
	objcopy --only-keep-debug full binary.debug
	for directory in . .debug; do
		mkdir -p $directory
		objcopy --strip-all --add-gnu-debuglink=binary.debug full binary
		[[ $directory == . ]] || mv binary.debug $directory
		symbols_py make full in.pb 500 "$PWD/binary"
		"$CPROF" symbolize -o out.pb.gz in.pb
		[[ $(lines_found) -gt 400 ]]
	done
	# Another file under that name: the checksum tells.
	printf 'x' >>.debug/binary.debug
	"$CPROF" symbolize -o out.pb.gz in.pb 2>said
	[[ $(lines_found) == 0 ]]
	grep -q 'no debug information for binary' said
}

@test "a debug file from a debuginfod server" {
	[[ $(ldconfig -p) == *libdebuginfod.so.1* ]] || skip "no libdebuginfod"
	objcopy --strip-all "$WORK/plain" binary
	symbols_py make "$WORK/plain" in.pb 300 "$PWD/binary"
	mkdir -p "server/buildid/$ID"
	cp "$WORK/plain.debug" "server/buildid/$ID/debuginfo"
	"$PYTHON" -u -m http.server --bind 127.0.0.1 --directory server 0 >port 2>/dev/null 3>&- &
	server=$!
	wait_until 10 grep -q port port
	DEBUGINFOD_URLS=http://127.0.0.1:$(sed 's/.*port \([0-9]*\).*/\1/' port) DEBUGINFOD_CACHE_PATH=$PWD/fetched \
		"$CPROF" symbolize -o out.pb.gz in.pb 2>said || true
	kill "$server"
	[[ ! -s said && $(lines_found) -gt 250 ]]
}

@test "the places of PPROF_BINARY_PATH" {
	for place in "$ID/plain" "$ID/other" "nowhere/plain/$ID" plain nowhere/plain; do
		rm -rf binaries "$XDG_CACHE_HOME"
		mkdir -p "binaries/$(dirname "$place")"
		cp "$WORK/plain" "binaries/$place"
		symbols_py make "$WORK/plain" in.pb 100 /nowhere/plain
		PPROF_BINARY_PATH=/not/here:$PWD/binaries "$CPROF" symbolize -o out.pb.gz in.pb 2>said
		[[ ! -s said && $(lines_found) -gt 80 ]]
	done
}

@test "another build in its place is refused, with both ids" {
	symbolized "$WORK/plain" 100 "$WORK/plain" 0123456789abcdef0123456789abcdef01234567
	[[ $(lines_found) == 0 && $(wc -l <said) == 1 ]]
	grep -q "of another build.*$ID.*0123456789abcdef0123456789abcdef01234567" said
}

@test "a mapping without a build id takes the file as it is" {
	symbolized "$WORK/plain" 100 "$WORK/plain" ""
	[[ ! -s said && $(lines_found) -gt 80 && ! -e $XDG_CACHE_HOME ]]
}

@test "no file, no permission, no ELF, a directory, a pipe: one line each, the profile is written" {
	mkfifo pipe
	echo text >text
	: >empty
	head -c 100 "$WORK/plain" >short
	cp "$WORK/plain" secret
	chmod 0 secret
	for path in /nowhere/x secret text empty short pipe "$PWD"; do
		[[ $path != secret || ! -r secret ]] || continue # root reads everything
		[[ $path == /* ]] || path=$PWD/$path
		symbolized "$WORK/plain" 10 "$path" ""
		[[ $(wc -l <said) == 1 && $(lines_found) == 0 ]]
		grep -q '^cprof: no lines for' said
	done
}

@test "a stripped file: names of its dynamic symbols, and a line that says so" {
	"$CXX" -g -O2 -rdynamic -s -o binary "$PROGRAMS/symbols.cc"
	symbols_py make "$WORK/plain" in.pb 10
	"$CXX" -g -O2 -rdynamic -o full "$PROGRAMS/symbols.cc"
	symbols_py make full in.pb 300 "$PWD/binary" ""
	"$CPROF" symbolize -o out.pb.gz in.pb 2>said
	[[ $("$CPROF" raw out.pb.gz) == *outer_block* ]]
	grep -q 'no debug information for binary.*lines are unknown' said
}

@test "a snapshot: portable for go tool pprof, with inlined frames and every flag" {
	cp "$WORK/plain" program
	profiled "rate=1,dir=$PWD/prof" ./program
	snapshot=$(only_snapshot prof)
	"$CPROF" symbolize -o out.pb.gz "$snapshot"
	rm program
	raw=$("$CPROF" raw out.pb.gz)
	grep -E '^1: .*/program .*\[FN\]\[FL\]\[LN\]\[IN\]' <<<"$raw"
	# Each frame at its line, the caller's at the call.
	for frame in inner_block middle_block outer_block; do
		line=$(grep -n "/\* $frame \*/" "$PROGRAMS/symbols.cc" | cut -d: -f1)
		grep -E "$frame $PROGRAMS/symbols.cc:$line( |$)" <<<"$raw"
	done
	# The name people read, and the linker's.
	grep -E ' shop::Pool::grow .*\(_ZN4shop4PoolINS_4ItemEE4growERKS1_i\)' <<<"$raw"
	command -v go >/dev/null || skip "no go"
	[[ $(go_top alloc_space out.pb.gz -lines) == *"symbols.cc:"*inner_block* || \
		$(go_top alloc_space out.pb.gz) == *inner_block*"(inline)"* ]]
	go tool pprof -sample_index=alloc_space -list='^.*outer_block$' out.pb.gz | grep -E '31.53kB.*char .block = middle_block'
	go tool pprof -sample_index=alloc_space -peek='middle_block' out.pb.gz | grep -E 'inner_block'
}

@test "symbolized twice is symbolized once; Go's own profiles stay as they are" {
	symbolized "$WORK/plain" 300
	"$CPROF" symbolize -o again.pb.gz out.pb.gz
	cmp <("$CPROF" raw out.pb.gz) <("$CPROF" raw again.pb.gz)
	"$CPROF" symbolize -symbolize=force -o again.pb.gz out.pb.gz
	cmp <("$CPROF" raw out.pb.gz) <("$CPROF" raw again.pb.gz)
	command -v go >/dev/null || skip "no go"
	mkdir go
	go_profiles go
	"$CPROF" symbolize -o again.pb.gz go/cpu.pb.gz 2>said
	cmp <("$CPROF" raw go/cpu.pb.gz | sed '/^Mappings/,$d') <("$CPROF" raw again.pb.gz | sed '/^Mappings/,$d')
	# But the code of a Go program is as well known as any other.
	need_llvm
	symbolized go/profiles 1000
	symbols_py compare out.pb.gz go/profiles
}

@test "the cache answers when the program is gone, and no broken file of it is believed" {
	cp "$WORK/plain" program
	symbolized program 300
	cp out.pb.gz first.pb.gz
	kept=$XDG_CACHE_HOME/cprofalloc/symbols/$ID
	[[ $(stat -c %a "$kept") == 600 ]]
	cp "$kept" good
	mv program away
	"$CPROF" symbolize -o out.pb.gz in.pb
	cmp <("$CPROF" raw first.pb.gz) <("$CPROF" raw out.pb.gz)
	mv away program
	size=$(stat -c %s good)
	for break in "truncate -s $((size - 1))" "truncate -s 20" "truncate -s 0" "truncate -s +1" \
		"$PYTHON -c 'import sys; f = open(sys.argv[1], \"r+b\"); f.seek($((size / 2))); f.write(b\"oops\")'"; do
		cp good "$kept"
		eval "$break" "$kept"
		"$CPROF" symbolize -o out.pb.gz in.pb
		cmp <("$CPROF" raw first.pb.gz) <("$CPROF" raw out.pb.gz)
		cmp good "$kept" # written anew
	done
	[[ $(find "$XDG_CACHE_HOME" -type f | wc -l) == 1 ]]
}

@test "a cache that cannot be written is no reason to complain; ids of a profile are no paths" {
	: >"$BATS_TEST_TMPDIR/file"
	XDG_CACHE_HOME=$BATS_TEST_TMPDIR/file symbolized "$WORK/plain" 50
	[[ ! -s said && $(lines_found) -gt 30 ]]
	symbolized "$WORK/plain" 50 "$WORK/plain" ../../../evil || true
	[[ -z $(find . -name 'evil*') ]]
}

@test "hostile files: cut short or changed anywhere, never a crash" {
	"$CXX" -g -O1 -Wl,--build-id=none -o whole "$PROGRAMS/symbols.cc"
	symbols_py make whole in.pb 200 "$PWD/broken" ""
	"$PYTHON" - "$CPROF" <<-'EOF2'
		import random, subprocess, sys
		random.seed(1)
		whole = open("whole", "rb").read()
		for i in range(150):
		    data = bytearray(whole)
		    if i % 3 == 0:
		        data = data[:random.randrange(len(data))]
		    else:
		        for _ in range(random.choice([1, 10, 1000])):
		            data[random.randrange(len(data))] = random.randrange(256)
		    open("broken", "wb").write(data)
		    done = subprocess.run([sys.argv[1], "symbolize", "-o", "out.pb.gz", "in.pb"], timeout=60, capture_output=True)
		    assert done.returncode == 0, (i, done)
	EOF2
}

@test "symbolize: a function that is known by its linker's name alone gets the one that people read" {
	protoc --proto_path="$CPA_SRCDIR/report" --encode=perftools.profiles.Profile profile.proto >mangled.pb <<-'EOF'
		string_table: "" string_table: "space" string_table: "bytes" string_table: "inuse_space"
		string_table: "_ZN4shop5orderEv" string_table: "_ZN4shop5loginEv" string_table: "somebody's name"
		sample_type { type: 3 unit: 2 } period_type { type: 1 unit: 2 } period: 65536
		sample { location_id: 1 location_id: 2 value: 9000000 }
		mapping { id: 1 memory_start: 4096 memory_limit: 65536 filename: 6 }
		location { id: 1 mapping_id: 1 address: 4096 line { function_id: 1 } } function { id: 1 name: 4 }
		location { id: 2 mapping_id: 1 address: 8192 line { function_id: 2 } } function { id: 2 name: 6 system_name: 5 }
	EOF
	"$CPROF" symbolize mangled.pb -o readable.pb.gz 2>/dev/null
	raw=$(go tool pprof -symbolize=none -raw readable.pb.gz 2>/dev/null)
	grep -Eq ' shop::order .*\(_ZN4shop5orderEv\)' <<<"$raw"
	grep -Eq " somebody's name .*\(_ZN4shop5loginEv\)" <<<"$raw"
}
