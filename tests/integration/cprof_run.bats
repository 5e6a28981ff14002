#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# cprof run: the program runs as if it were alone, its end is passed on, and the summary tells the
# truth. Not here: what the library writes (exact.bats, truth.bats).

load ../helpers

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	unset CPROFALLOC_LIB
}

# The environment a program gets.
seen() {
	"$CPROF" run "$@" -- sh -c 'echo "$LD_PRELOAD"; echo "$CPROFALLOC"; echo $$' 2>/dev/null
}

@test "output, arguments and exit status are the program's own" {
	run --separate-stderr "$CPROF" run -- sh -c 'printf "%s|" "$@"; exit 7' x --rate=1 -- "a b" ""
	[[ $status == 7 && $output == "--rate=1|--|a b||" ]]
	run --separate-stderr "$CPROF" run cat </dev/null
	[[ $status == 0 && -z $output ]]
	[[ $(echo hello | "$CPROF" run -- cat 2>/dev/null) == hello ]]
}

@test "a signal that kills the program kills cprof too" {
	run "$CPROF" run -- sh -c 'kill -TERM $$'
	[[ $status == 143 && $output == *"was killed by signal 15 (Terminated)"* ]]
	run "$CPROF" run -- sh -c 'kill -KILL $$'
	[[ $status == 137 && $output == *"no snapshot in sh.cprof: a killed program writes none at its end; use --interval=1s"* ]]
	run "$CPROF" run --interval=10m -- sh -c 'kill -KILL $$'
	[[ $status == 137 && $output == *"killed before the first interval had passed; use a shorter --interval"* ]]
	[[ $(sh -c "'$CPROF' run -- sh -c 'kill -SEGV \$\$' 2>/dev/null; echo \$?") == 139* ]]
}

@test "SIGTERM and SIGHUP go on to the program; SIGINT and SIGQUIT leave cprof alone" {
	cat >"$BATS_TEST_TMPDIR/waits" <<-'EOF'
		#!/bin/sh
		trap 'echo term; exit 3' TERM
		trap 'echo hup' HUP
		echo ready
		while :; do sleep 0.05; done
	EOF
	chmod +x waits
	# With job control off, sh starts background commands with SIGINT ignored; python does not.
	"$PYTHON" - "$CPROF" <<-'EOF'
		import os, signal, subprocess, sys
		child = subprocess.Popen([sys.argv[1], "run", "--", "./waits"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
		                         preexec_fn=lambda: [signal.signal(n, signal.SIG_DFL) for n in (2, 3)])
		assert child.stdout.readline() == b"ready\n"
		os.kill(child.pid, signal.SIGINT)
		os.kill(child.pid, signal.SIGQUIT)
		os.kill(child.pid, signal.SIGHUP)
		assert child.stdout.readline() == b"hup\n"
		os.kill(child.pid, signal.SIGTERM)
		assert child.stdout.readline() == b"term\n"
		assert child.wait() == 3
	EOF
}

@test "the program starts with the signals it would have had" {
	cat >masks.py <<-'EOF'
		import signal
		print([signal.getsignal(n) == signal.SIG_DFL for n in (1, 3, 15, 10, 12)], signal.pthread_sigmask(0, []))
	EOF
	[[ $("$CPROF" run -- "$PYTHON" masks.py 2>/dev/null) == "$("$PYTHON" masks.py)" ]]
	[[ $(nohup "$CPROF" run -- "$PYTHON" masks.py 2>/dev/null) == "$(nohup "$PYTHON" masks.py 2>/dev/null)" ]]
}

@test "what cannot be started is told, with the shell's statuses" {
	run -127 "$CPROF" run -- no-such-program
	[[ $output == "cprof: no-such-program: command not found" && ! -e no-such-program.cprof ]]
	run -127 "$CPROF" run -- ./no/such
	echo data >data
	run "$CPROF" run -- ./data
	[[ $status == 126 && $output == "cprof: ./data: Permission denied: it is not executable (chmod +x)" ]]
	run "$CPROF" run -- /
	[[ $status == 126 && $output == "cprof: /: is a directory; want a program" ]]
	printf '#!/no/such/interpreter\n' >script
	chmod +x script
	run -127 "$CPROF" run -- ./script
	[[ $output == "cprof: ./script: its interpreter, "*" is missing" ]]
	[[ -z $(find . -name '*.cprof') ]]
	run "$CPROF" run --
	[[ $status == 2 && $output == *"which program?"* ]]
}

@test "our library comes first, an existing LD_PRELOAD stays" {
	mapfile -t got < <(LD_PRELOAD=libm.so.6 seen)
	[[ ${got[0]} == /*libcprofalloc.so*:libm.so.6 ]]
	mapfile -t got < <(seen)
	[[ ${got[0]} == /*libcprofalloc.so* && ${got[0]} != *:* ]]
	[[ ${got[0]} -ef $CPA_LIB ]]
}

@test "settings are merged, our options win, and only the program itself writes" {
	mapfile -t got < <(CPROFALLOC=rate=1,interval=7s,keep_bytes=1m seen --rate 64k --keep=3 --dir d)
	[[ ${got[1]} == "interval=7s,keep_bytes=1m,rate=64k,keep=3,final=1,dir=$PWD/d,only_pid=${got[2]}" ]]
	mapfile -t got < <(seen --children --depth=64 --growth=1m --signal USR2 --keep-bytes=2m --final=0 --interval=1s)
	[[ ${got[1]} == "interval=1s,growth=1m,signal=USR2,keep_bytes=2m,depth=64,final=0,children=1,dir=$PWD/sh.cprof" ]]
	mapfile -t got < <(CPROFALLOC=dir=elsewhere,final=0 seen)
	[[ ${got[1]} == "final=0,dir=$PWD/elsewhere,only_pid=${got[2]}" ]]
	mapfile -t got < <(seen --http=localhost:0)
	[[ ${got[1]} == "http=localhost:0,"* ]]
}

@test "the default directory is made for the owner alone, and told" {
	run "$CPROF" run -- true
	[[ $output == *"snapshots in true.cprof/"* && $(stat -c %a true.cprof) == 700 ]]
}

@test "bad options are told before anything runs" {
	for bad in --rate=12q --interval=soon --growth=much --keep=few --final=2 --nonsense --dir=/proc/none/x --dir= --dir=a,b; do
		run --separate-stderr "$CPROF" run "$bad" -- sh -c 'echo ran'
		[[ $status == 2 && -z $output && ${#stderr_lines[@]} == 1 && $stderr == "cprof run: "* ]] || {
			echo "$bad: $status '$output' '$stderr'"
			return 1
		}
	done
	run "$CPROF" run
	[[ $status == 2 && $output == *"which program?"* ]]
	CPROFALLOC_LIB=/no/such.so run "$CPROF" run -- true
	[[ $status == 2 && $output == "cprof: CPROFALLOC_LIB=/no/such.so: No such file or directory" ]]
}

leaky() {
	cat >leaky.c <<-'EOF'
		#include <stdlib.h>
		#include <unistd.h>
		static void *volatile keep[40000];
		__attribute__((noinline)) static void session_new(int i) { keep[i] = malloc(1000); }
		int main(int argc, char **argv)
		{
			for (int i = 0; i < 40000; i++)
				session_new(i);
			if (argc > 1)
				_exit(4);
			return 5;
		}
	EOF
	"${CC:-gcc}" -g -O1 -o leaky leaky.c "$@"
}

@test "the summary tells what was live, the largest site and what it cost" {
	leaky
	run "$CPROF" run --rate=16k --dir=prof -- ./leaky
	[[ $status == 5 ]]
	[[ ${lines[0]} == "cprof: profiling ./leaky (pid "*"), one sample per 16 KiB, snapshots in prof/" ]]
	[[ ${lines[1]} =~ ^"cprof: ./leaky exited 5 after "[0-9.]+" m?s, peak RSS "[0-9.]+" MB"$ || ${lines[1]} == *" ms, peak RSS "* ]]
	[[ ${lines[2]} == "       1 snapshot in prof/ "*"profiling used "*"% of its CPU time, "*" of memory" ]]
	[[ ${lines[3]} =~ "live at exit 3"[0-9.]+" MB ±"[0-9.]+" "+"largest: 3"[0-9.]+" MB ±"[0-9.]+"  session_new" ]]
	[[ ${lines[4]} == "       next: cprof top prof/leaky."*".0001.heap.pb.gz" ]]
	run -0 "$CPROF" top prof/leaky.*.heap.pb.gz
	[[ ${lines[3]} == *" session_new" ]]
}

@test "files and reports are called what was run: a link, a script, a program run by the loader" {
	leaky
	mkdir bin
	ln -s ../leaky bin/served
	run "$CPROF" run --rate=16k --dir=link -- bin/served
	[[ $status == 5 && ${lines[0]} == "cprof: profiling bin/served (pid "* ]]
	[[ ${lines[4]} == "       next: cprof top link/served."*".0001.heap.pb.gz" ]]
	[[ $(basename "$(only_snapshot link)") == served.*.0001.heap.pb.gz ]]
	run -0 "$CPROF" top link/*
	[[ ${lines[0]} == "served (pid "* ]]
	[[ $(pprof_py comment link/* program) == served && $(pprof_py comment link/* exe) == "$PWD/leaky" ]]
	[[ $(pprof_py mapping link/*) == "$PWD/leaky "* ]]
	PATH=$PWD/bin:$PATH "$CPROF" run --dir=path -- served 2>/dev/null || true
	[[ $(basename "$(only_snapshot path)") == served.* ]]
	printf '#!%s\n' "$(command -v "$PYTHON")" >script.x
	chmod +x script.x
	"$CPROF" run --rate=1 --dir=script -- ./script.x 2>/dev/null
	[[ $(basename "$(only_snapshot script)") == script.x.* ]]
	# The loader, by its own name and by that of a link.
	loader=$(readelf -l leaky | sed -n 's/.*interpreter: \(.*\)]/\1/p')
	ln -s "$loader" bin/run
	for by in "$loader" bin/run; do
		rm -rf loader
		"$CPROF" run --dir=loader -- "$by" bin/served 2>/dev/null || true
		[[ $(basename "$(only_snapshot loader)") == served.* || $(basename "$(only_snapshot loader)") == leaky.* ]]
	done
}

@test "rate=1 is exact, and top says so" {
	leaky
	"$CPROF" run --rate=1 --dir=prof -- ./leaky 2>/dev/null || true
	run -0 "$CPROF" top prof/*.pb.gz
	[[ ${lines[0]} == *", every allocation" && $output == *"these numbers are exact"* ]]
	"$CPROF" top --json prof/*.pb.gz | "$PYTHON" -c '
import json, sys
row = json.load(sys.stdin)["rows"][0]
assert (row["name"], row["flat"], row["flat_half_width"]) == ("session_new", 40000000, 0), row'
}

@test "no snapshot: the reason is told" {
	leaky -static
	run "$CPROF" run -- ./leaky
	[[ $status == 5 && $output == *"no snapshot in leaky.cprof: it is linked statically"* ]]
	# Also when it is found by PATH, or runs a script.
	PATH=$PWD:$PATH run "$CPROF" run -- leaky
	[[ $status == 5 && $output == *"no snapshot in leaky.cprof: it is linked statically"* ]]
	printf '#! %s\n' "$PWD/leaky" >script
	chmod +x script
	run "$CPROF" run --dir=leaky.cprof -- ./script
	[[ $output == *"no snapshot in leaky.cprof: it is linked statically"* ]]
	rm -r leaky.cprof
	leaky
	run "$CPROF" run --final=0 -- ./leaky
	[[ $status == 5 && $output == *"--final=0 was given"* ]]
	run "$CPROF" run -- ./leaky 1
	[[ $status == 4 && $output == *"may have ended by _exit"* ]]
}

@test "old snapshots in the same directory are not counted" {
	leaky
	"$CPROF" run --dir=prof -- ./leaky 2>/dev/null || true
	run "$CPROF" run --dir=prof -- ./leaky
	[[ $output == *"       1 snapshot in prof/"* ]]
	[[ $(snapshot_count prof) == 2 ]]
}

@test "a program that runs another one: only its own snapshots, or with --children both" {
	leaky
	"$CPROF" run --dir=one -- sh -c './leaky; exit 0' 2>/dev/null
	[[ $(find one -name 'leaky.*' | wc -l) == 0 ]]
	run "$CPROF" run --children --dir=both -- sh -c './leaky; exit 0'
	[[ $(find both -name 'leaky.*' | wc -l) == 1 ]]
	# exec keeps the pid: still the program.
	"$CPROF" run --dir=exec -- sh -c 'exec ./leaky' 2>/dev/null || true
	[[ $(find exec -name 'leaky.*' | wc -l) == 1 ]]
}

# keeper SNAPSHOTS keep|free: 40,000 blocks of 1,000 bytes in so many steps, with a snapshot after each.
keeper() {
	cat >keeper.c <<-'EOC'
		#include <dlfcn.h>
		#include <stdlib.h>
		static void *volatile keep[40000];
		__attribute__((noinline)) static void session_new(int i) { keep[i] = malloc(1000); }
		int main(int argc, char **argv)
		{
			int (*snapshot)(void) = (int (*)(void))dlsym(RTLD_DEFAULT, "cprof_snapshot");
			int count = atoi(argv[1]), steps = count > 0 ? count : 1, i, k;
			for (k = 0; k < steps; k++) {
				for (i = 40000 / steps * k; i < 40000 / steps * (k + 1); i++)
					session_new(i);
				if (count > 0)
					snapshot();
			}
			for (i = 0; argv[2][0] == 'f' && i < 40000; i++)
				free(keep[i]);
			return 0;
		}
	EOC
	"${CC:-gcc}" -D_GNU_SOURCE -g -O1 -o keeper keeper.c
}

# The lines from "live at exit" on of one run; the commands they suggest must work.
told() {
	rm -rf 'the dir'
	"$CPROF" run --rate=16k --dir='the dir' "$@" 2>err >out
	told=$(sed -n '/^       live at/,$p' err)
	local command
	while read -r command; do
		eval "\"$CPROF\" ${command#cprof }" >out 2>&1 || { cat err out && return 1; }
	done < <(sed -n 's/^ *\(next:\|or \) *cprof /cprof /p' err)
}

@test "the next step: the series, what grew, and what it held before it freed all at its end" {
	keeper
	told -- ./keeper 0 keep
	[[ $told == *$'\n'"       next: cprof top 'the dir/keeper."*".0001.heap.pb.gz'" && $told != *freed* ]]
	told -- ./keeper 0 free
	[[ $told == "       live at exit 0 B"$'\n'"       all that was sampled had been freed; --interval=1s shows what it holds while it runs"$'\n'"       next: cprof top -alloc_space 'the dir/keeper."*".0001.heap.pb.gz'" ]]
	told -- ./keeper 1 free
	[[ $told == *$'\n'"       freed most at its end: the snapshot before has 3"*" MB ±"*$'\n'"       next: cprof top 'the dir/keeper."*".0001.heap.pb.gz'" ]]
	told -- ./keeper 2 keep
	[[ $told == *$'\n'"       next: cprof diff 'the dir/keeper."*".0001.heap.pb.gz' 'the dir/keeper."*".0003.heap.pb.gz'"$'\n'"         or  cprof top 'the dir/keeper."*".0003.heap.pb.gz'" ]]
	told -- ./keeper 3 keep
	[[ $told == *$'\n'"       next: cprof leaks --pid "*" 'the dir'"$'\n'"         or  cprof top 'the dir/keeper."*".0004.heap.pb.gz'" ]]
	# cprof leaks leaves the last one out: four are left only of five.
	told -- ./keeper 3 free
	[[ $told == *$'\n'"       next: cprof diff "*".0001.heap.pb.gz' "*".0003.heap.pb.gz'"$'\n'* ]]
	told -- ./keeper 4 free
	[[ $told == *$'\n'"       next: cprof leaks --pid "*" 'the dir'"$'\n'"         or  cprof top 'the dir/keeper."*".0004.heap.pb.gz'" ]]
}

@test "with --children the summary is about the process that held most" {
	keeper
	told --children -- sh -c './keeper 0 free; ./keeper 0 keep & echo $! >pid; wait; exit 0'
	[[ $(<err) == *$'\n'"       of 2 processes keeper (pid $(<pid)) held most"$'\n'"       live at exit 3"*" session_new"* ]]
	[[ $told == *$'\n'"       next: cprof top 'the dir/keeper.$(<pid).0001.heap.pb.gz'" ]]
	# Of the one that freed all, what it held before counts.
	told --children -- sh -c './keeper 4 free & echo $! >pid; wait; ./keeper 0 free; exit 0'
	[[ $(<err) == *"       of 2 processes keeper (pid $(<pid)) held most"* && $told == *"cprof leaks --pid $(<pid) 'the dir'"* ]]
}
