# SPDX-License-Identifier: BSD-2-Clause
# Debian's node, all profilers on: the main thread computes, hashes in libuv's threads, and talks to a worker thread. Compared with a
# run without us: what it prints, its exit status.

load ../helpers
load servers

setup() {
	command -v node >/dev/null || skip "no node (Debian: nodejs)"
	open_place
}

teardown() { close_place; }

@test "node with a worker and a pool of threads" {
	cat >"$place/program.js" <<-'END'
		const { Worker, isMainThread, parentPort } = require('worker_threads');
		const crypto = require('crypto'), zlib = require('zlib');
		if (!isMainThread) {
			parentPort.on('message', n => {
				let s = 0;
				for (let i = 0; i < n; i++) s = (s * 31 + i) % 1000003;
				parentPort.postMessage(s);
			});
		} else {
			const worker = new Worker(__filename);
			let left = 20;
			worker.on('message', s => {
				console.log('worker', s);
				--left ? worker.postMessage(1e6 + left) : worker.terminate().then(hash);
			});
			worker.postMessage(1e6);
			function hash() {
				const keys = [];
				for (let i = 0; i < 8; i++)
					keys.push(new Promise(done => crypto.pbkdf2('x' + i, 'salt', 100000, 32, 'sha256',
						(error, key) => done(key.toString('hex')))));
				Promise.all(keys).then(all => {
					console.log(all.join('\n'));
					const texts = [];
					for (let i = 0; i < 100000; i++) texts.push({ n: i, text: 'text ' + i * 7919 });
					console.log(crypto.createHash('sha256').update(zlib.gunzipSync(zlib.gzipSync(
						JSON.stringify(texts)))).digest('hex'));
				});
			}
		}
	END
	both "$every_profiler,rate=64k,dir=$dir" node "$place/program.js"
	our_lines 0
	all_readable
	cpu_is_all
	# V8's own functions and OpenSSL's, and the pool where it began.
	names 'v8::' "$(largest_of heap)" -sample_index=alloc_space
	names '(sha256|SHA256|EVP_|PKCS5_PBKDF2|HMAC)' "$(largest_of cpu)"
	names '(v8::|node::|deflate)' "$(largest_of cpu)"
	names 'uv_cond_wait' "$(largest_of block)"
	names '(uv_thread_create|node::)' "$(largest_of threadcreate)"
}
