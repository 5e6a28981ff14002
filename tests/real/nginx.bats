# SPDX-License-Identifier: BSD-2-Clause
# Debian's nginx under wrk, all profilers on: a master that is root and two workers that are not. Compared with a run without us: the
# bodies and heads it serves, its error log, its exit status.

load ../helpers
load servers

setup() {
	command -v nginx wrk curl >/dev/null || skip "no nginx (Debian: nginx wrk curl)"
	open_place
}

teardown() {
	[[ -z ${server:-} ]] || kill "$server" 2>/dev/null || true
	close_place
}

answers() { curl -sf "http://127.0.0.1:$port/small" >/dev/null; }

configuration() {
	[[ $(id -u) != 0 ]] || echo "user nobody nogroup;"
	cat <<-END
		worker_processes 2;
		daemon off;
		pid $place/pid;
		error_log $place/error.log;
		events { worker_connections 64; }
		http {
			access_log $place/access.log;
			client_body_temp_path $place/t1; proxy_temp_path $place/t2; fastcgi_temp_path $place/t3;
			uwsgi_temp_path $place/t4; scgi_temp_path $place/t5;
			gzip on; gzip_types text/plain; gzip_min_length 100; default_type text/plain;
			server {
				listen 127.0.0.1:$port;
				root $place/www;
				location ~ ^/re/([a-z]+)/(.*)\$ { return 200 "\$1 \$2\\n"; }
			}
		}
	END
}

# serve OUT COMMAND...: one server's life.
serve() {
	local out=$1 status=0 path
	shift
	port=$(free_port)
	configuration >"$place/nginx.conf"
	"$@" nginx -p "$place" -c "$place/nginx.conf" >"$out.log" 2>"$out.err" </dev/null 3>&- &
	server=$!
	wait_until 30 answers
	wrk -t1 -c4 -d2s -H 'Accept-Encoding: gzip' "http://127.0.0.1:$port/small" >"$out.wrk"
	! grep -E 'Non-2xx|Socket errors' "$out.wrk" || return 1
	for path in small big re/some/thing none; do
		curl -s -i --compressed "http://127.0.0.1:$port/$path" | sed -E 's/^(Date|Last-Modified|ETag):.*//'
	done >"$out"
	kill -QUIT "$server"
	wait "$server" || status=$?
	server=
	sed -E 's/^.*\[/[/; s/[0-9]+#[0-9]+: \*[0-9]+//' "$place/error.log" >>"$out"
	rm "$place/error.log"
	echo "status $status" >>"$out"
}

@test "nginx under wrk" {
	local work=$BATS_TEST_TMPDIR
	mkdir "$place/www"
	seq 1 500 >"$place/www/small"
	seq 1 100000 >"$place/www/big"
	serve "$work/plain"
	serve "$work/profiled" env CPROFALLOC="$every_profiler,rate=64k,dir=$dir" LD_PRELOAD="$CPA_LIB"
	sed -i "s/127.0.0.1:[0-9]*//" "$work/plain" "$work/profiled"
	diff "$work/plain" "$work/profiled"
	diff "$work/plain.err" "$work/profiled.err"
	all_readable
	cpu_is_all
	# The master and two workers.
	[[ $(find "$dir" -name '*.heap.pb.gz' | wc -l) == 3 ]]
	# Debian's stripped nginx exports what its modules may call.
	names 'ngx_alloc' "$(largest_of heap)" -sample_index=alloc_space
	names 'ngx_http_[a-z_]+' "$(largest_of cpu)"
	names 'deflate' "$(largest_of cpu)"
	names 'ngx_master_process_cycle' "$(largest_of goroutine)"
}
