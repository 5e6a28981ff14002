# SPDX-License-Identifier: BSD-2-Clause
# Bad weather on disk: directories that are missing, forbidden, full or vanish, names that are
# taken, links that are planted. The program notices nothing, the user gets one clear line, and no
# unfinished file is left. Not here: when snapshots are taken (snapshots.bats).

load ../helpers

setup_file() {
	compile "$BATS_FILE_TMPDIR/hold" hold.c
}

setup() {
	hold=$BATS_FILE_TMPDIR/hold
	dir=$BATS_TEST_TMPDIR/prof
	mkdir "$dir"
}

teardown() {
	[[ -z ${public:-} ]] || rm -rf "$public"
}

# A place that another user can reach: the library, the program, and an empty directory.
make_public() {
	public=$(mktemp -d /tmp/cprofalloc-test.XXXXXX)
	chmod 755 "$public"
	cp -L "$CPA_LIB" "$public/libcprofalloc.so.0"
	cp "$hold" "$public/hold"
	mkdir "$public/prof"
}

# Put before a command: root's permissions would hide what is forbidden.
nobody=()
[[ $(id -u) != 0 ]] || nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)

@test "a missing directory is made, if its parent is there" {
	both "rate=1,dir=$BATS_TEST_TMPDIR/new" "$hold" 5
	our_lines 0
	complete "$(only_snapshot "$BATS_TEST_TMPDIR/new")"
	[[ $(stat -c %a "$BATS_TEST_TMPDIR/new") == 700 ]]
}

@test "a missing parent" {
	both "rate=1,dir=$BATS_TEST_TMPDIR/a/b/c" "$hold" 5
	our_lines 1
	we_said "a/b/c.*No such file or directory"
	[[ ! -e $BATS_TEST_TMPDIR/a ]]
}

@test "a file where the directory should be" {
	both "rate=1,dir=$hold" "$hold" 5
	our_lines 1
	we_said "hold.*(Not a directory|File exists)"
}

@test "a directory that may not be written" {
	make_public
	chmod 555 "$public/prof"
	CPA_LIB=$public/libcprofalloc.so.0 both "rate=1,dir=$public/prof" "${nobody[@]}" "$public/hold" 5
	our_lines 1
	we_said "prof.*Permission denied"
	[[ -z $(ls -A "$public/prof") ]]
}

@test "a directory that may not be entered" {
	make_public
	chmod 0 "$public/prof"
	CPA_LIB=$public/libcprofalloc.so.0 both "rate=1,dir=$public/prof" "${nobody[@]}" "$public/hold" 5
	our_lines 1
	we_said "prof.*Permission denied"
}

# start SETTINGS: hold runs in the background, told what to do through descriptor 7; its answers
# are in $answers, its errors in $errors.
start() {
	answers=$BATS_TEST_TMPDIR/answers errors=$BATS_TEST_TMPDIR/errors
	mkfifo "$BATS_TEST_TMPDIR/commands"
	env CPROFALLOC="$1" LD_PRELOAD="$CPA_LIB" "$hold" 5 <"$BATS_TEST_TMPDIR/commands" >"$answers" 2>"$errors" 3>&- &
	child=$!
	exec 7>"$BATS_TEST_TMPDIR/commands"
	wait_until 20 grep -q ready "$answers"
}

finish() {
	exec 7>&-
	status=0
	wait "$child" || status=$?
	[[ $status == 5 && $(tail -n 1 "$answers") == "done" ]]
}

some_snapshot() { (($(snapshot_count "$1") > 0)); }
told() { grep -qE "$1" "$errors"; }

@test "a directory that vanishes and comes back" {
	start "rate=1,dir=$dir,interval=50ms"
	wait_until 20 some_snapshot "$dir"
	mv "$dir" "$dir.gone"
	wait_until 20 told '^cprofalloc: snapshot [0-9]+ not written: .*prof/hold\.[0-9]+\.[0-9]{4}\.heap\.pb\.gz: No such file or directory; trying again in 50 ms$'
	mkdir "$dir"
	wait_until 20 some_snapshot "$dir"
	finish
	complete "$dir"/*
	complete "$dir.gone"/*
	# One line for all the failures in between, one when it works again.
	[[ $(grep -c 'not written' "$errors") == 1 ]]
	[[ $(wc -l <"$errors") == 2 ]]
}

# full_disk DIR COMMAND...: run the command with a file system of 64 KiB at DIR.
full_disk() {
	local where=$1
	shift
	local -a root=()
	[[ $(id -u) == 0 ]] || root=(--map-root-user)
	# shellcheck disable=SC2016 # expanded by the inner shell
	unshare --mount "${root[@]}" sh -c 'mount -t tmpfs -o size=64k tmpfs "$0" || exit 99; "$@"; s=$?; ls -A "$0" >"$0.left"; exit $s' \
		"$where" "$@"
}

@test "a full disk" {
	full_disk "$dir" true || skip "no tmpfs can be mounted here (needs root or user namespaces)"
	# Many stacks, so that the profile does not fit.
	compile "$BATS_TEST_TMPDIR/deep" deep.c
	local plain=0 profiled=0 settings="rate=1,dir=$dir"
	"$BATS_TEST_TMPDIR/deep" 6000 >"$BATS_TEST_TMPDIR/plain" || plain=$?
	full_disk "$dir" env CPROFALLOC="$settings" LD_PRELOAD="$CPA_LIB" "$BATS_TEST_TMPDIR/deep" 6000 \
		>"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || profiled=$?
	[[ $plain == "$profiled" ]]
	diff "$BATS_TEST_TMPDIR/plain" "$BATS_TEST_TMPDIR/out"
	[[ $(wc -l <"$BATS_TEST_TMPDIR/err") == 1 ]]
	grep -qE 'not written: .*: No space left on device' "$BATS_TEST_TMPDIR/err"
	# No partial file, whatever its name.
	[[ -z $(cat "$dir.left") ]]
}

@test "a limit on the size of files (ulimit -f): no SIGXFSZ from us" {
	compile "$BATS_TEST_TMPDIR/deep" deep.c
	# Plain and profiled under the same limit; their output goes through pipes, which it does not
	# touch.
	local plain profiled
	plain=$(ulimit -f 8; "$BATS_TEST_TMPDIR/deep" 6000; echo "status $?")
	profiled=$(ulimit -f 8; profiled "rate=1,dir=$dir" "$BATS_TEST_TMPDIR/deep" 6000 2>&1; echo "status $?")
	[[ $plain == "$(grep -v ^cprofalloc: <<<"$profiled")" ]]
	[[ $(grep -c ^cprofalloc: <<<"$profiled") == 1 ]]
	grep -q 'not written: .*: File too large' <<<"$profiled"
	[[ -z $(ls -A "$dir") ]]
}

# planted COMMAND: run hold with the name of its first snapshot taken by what the shell command
# makes of $1.
planted() {
	# shellcheck disable=SC2016 # expanded by the inner shell
	sh -c 'name=$2/hold.$$.0001.heap.pb.gz; '"$1"'; exec env CPROFALLOC="rate=1,dir=$2" LD_PRELOAD="$3" "$4" 5' \
		sh "$1" "$dir" "$CPA_LIB" "$hold" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" </dev/null || status=$?
	[[ $status == 5 ]]
	[[ $(cat "$BATS_TEST_TMPDIR/out") == "$("$hold" </dev/null)" ]]
}

@test "a file with that name is there: it stays, the next number is taken" {
	planted 'echo precious >"$name"'
	[[ ! -s $BATS_TEST_TMPDIR/err ]]
	[[ $(cat "$dir"/hold.*.0001.heap.pb.gz) == precious ]]
	complete "$dir"/hold.*.0002.heap.pb.gz
}

@test "a link planted at that name is not followed" {
	echo precious >"$BATS_TEST_TMPDIR/target"
	planted 'ln -s '"$BATS_TEST_TMPDIR/target"' "$name"'
	[[ $(cat "$BATS_TEST_TMPDIR/target") == precious ]]
	[[ -L $(echo "$dir"/hold.*.0001.heap.pb.gz) ]]
	complete "$dir"/hold.*.0002.heap.pb.gz
}

@test "a link to nowhere planted at that name creates nothing there" {
	planted 'ln -s '"$BATS_TEST_TMPDIR/nowhere"' "$name"'
	[[ ! -e $BATS_TEST_TMPDIR/nowhere ]]
	complete "$dir"/hold.*.0002.heap.pb.gz
}

@test "a directory or a pipe with that name" {
	planted 'mkdir "$name"'
	complete "$dir"/hold.*.0002.heap.pb.gz
	rm -r "$dir"
	mkdir "$dir"
	status=0
	planted 'mkfifo "$name"'
	[[ -p $(echo "$dir"/hold.*.0001.heap.pb.gz) ]]
}

@test "snapshots are the owner's alone, whatever the umask" {
	(umask 0; profiled "rate=1,dir=$dir" "$hold" </dev/null >/dev/null) || true
	[[ $(stat -c %a "$(only_snapshot "$dir")") == 600 ]]
}

@test "setuid: the environment is ignored" {
	[[ $(id -u) == 0 ]] || skip "needs root, to make a program that belongs to another user"
	make_public
	chmod 777 "$public/prof"
	# Linked with the library, since the dynamic linker itself refuses LD_PRELOAD here.
	compile "$public/linked" hold.c "$public/libcprofalloc.so.0" -Wl,-rpath,"$public"
	chown 65534 "$public/linked"
	chmod 4755 "$public/linked"
	# The calling user is 12345, the program runs as 65534.
	local out
	out=$(CPROFALLOC="rate=1,dir=$public/prof,bogus=1" setpriv --reuid=12345 --regid=12345 --clear-groups \
		"$public/linked" 2>"$BATS_TEST_TMPDIR/err" </dev/null)
	[[ $out == *done ]]
	[[ ! -s $BATS_TEST_TMPDIR/err ]]
	[[ -z $(ls -A "$public/prof") ]]
	# The same program without the bit does write: the test above means something.
	chmod 755 "$public/linked"
	CPROFALLOC="rate=1,dir=$public/prof" setpriv --reuid=12345 --regid=12345 --clear-groups "$public/linked" </dev/null
	[[ -n $(ls -A "$public/prof") ]]
}
