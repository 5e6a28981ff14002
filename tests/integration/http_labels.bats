# SPDX-License-Identifier: BSD-2-Clause
# ?labels=KEY=VALUE: only the samples that have them, in every profile and every form; what is none is refused. Not here: the
# sets of labels (test_labels.c), which of them are wanted (test_labelmask.c).

load ../compat

setup_file() { compat_build compat; }
setup() { serving_setup; }
teardown() { serving_teardown; }

# shown: what the last table accounts for.
shown() { sed -n 's/^Showing nodes accounting for \([^,]*\),.*/\1/p' top; }

@test "each profile, as protobuf and as text: what -tagfocus makes of the whole" {
	local unit=minimum name whole view
	compat rate=1,mutex=1,block=1ns
	for name in purge serve; do
		do_it as 0 "$name"
		do_it leak ${#name} 1000
		do_it open 3
		do_it rest 2
		do_it hold
	done
	# One more here, so that the two differ.
	do_it open 1
	do_it rest 1
	do_it leak 1 1000
	for name in heap allocs goroutine threadcreate mutex block blobstore.Open; do
		# The text of allocs cannot say that this is its first view.
		view=()
		[[ $name != allocs ]] || view=(-sample_index=alloc_space)
		top "${view[@]}" -tagfocus='worker=^serve$' "$url/$name"
		whole=$(shown)
		[[ $whole == [1-9]* ]]
		top "${view[@]}" "$url/$name?labels=worker=serve"
		[[ $(shown) == "$whole" ]]
		top -tagignore='worker=^serve$' "$url/$name?labels=worker=serve"
		[[ $(shown) == 0 ]]
		curl -sSf -o text "$url/$name?labels=worker=serve&debug=1"
		top "${view[@]}" text
		[[ $(shown) == "$whole" ]]
		grep -qx '# note: only samples with the labels worker=serve are in it' text
		! grep '^# labels: ' text | grep -v '"worker":"serve"' || return 1
		[[ $(curl -sS -o - "$url/$name?labels=worker=nobody" | gzip -dc | grep -ac 'only samples with the labels worker=nobody') == 1 ]]
		top "$url/$name?labels=worker=nobody"
		[[ $(shown) == 0 ]]
	done
	# The three that rest, and the one that started them.
	[[ $(curl -sS "$url/goroutine?labels=worker=serve&debug=2" | grep -c '^goroutine ') == 4 ]]
	[[ $(curl -sS "$url/goroutine?debug=2" | grep -c '^goroutine ') == 6 ]]
}

@test "CPU time and differences" {
	compat rate=1
	do_it as 0 purge
	do_it spin 1
	do_it as 0 serve
	do_it spin 1
	unit=ns top "$url/profile?seconds=1&labels=worker=purge"
	[[ $(shown) == [1-9]* ]]
	curl -sSf -o cpu.pb.gz "$url/profile?seconds=1&labels=worker=purge"
	unit=ns top -tagignore='worker=^purge$' cpu.pb.gz
	[[ $(shown) == 0 ]]
	curl -sSf -o delta.pb.gz "$url/heap?seconds=2&labels=worker=purge" &
	sleep 1 # the earlier copy is taken when this begins
	do_it leak 7 1000
	do_it as 0 purge
	do_it leak 3 1000
	wait $!
	top delta.pb.gz
	[[ $(flat leak_site) == 3000 && $(flat library_site) == 3000 ]]
}

@test "all of several; what is no label is refused in one line" {
	local bad name
	compat rate=1
	do_it labels
	top "$url/heap?labels=worker=purge,worker=purge"
	[[ $(flat labelled_site) == 2000 ]]
	top "$url/heap?labels=worker=purge,worker=serve"
	[[ $(shown) == 0 ]]
	top "$url/heap?labels="
	[[ $(flat labelled_site) == 2500 ]]
	for bad in a =b "a=1," ",a=1" a=1,b "a=1;b" "$(printf 'a=%0700d' 1)" %3d a=%00; do
		for name in 'heap?' 'profile?' 'mutex?seconds=1&'; do
			run curl -sS -w '%{http_code}' "$url/${name}labels=$bad"
			[[ $output == $'invalid value for "labels" - must be KEY=VALUE or KEY=VALUE,KEY=VALUE\n400' ]] || {
				echo "$name $bad: $output"
				return 1
			}
		done
	done
}
