// SPDX-License-Identifier: BSD-2-Clause
// record.mjs: what the live page keeps of ten minutes of answers, and how it tells growth and its
// error, by hand.
// Not here: the page (live.mjs).
import assert from 'node:assert/strict';
import path from 'node:path';

const source = path.join(process.env.CPA_SRCDIR, 'report/web/src');
const { Record } = await import(path.join(source, 'record.js'));
const { Sites } = await import(path.join(source, 'growth.js'));

// An answer so many seconds after the program's start.
const answer = (seconds, more = {}) => ({
	time_ns: 1.7e18 + seconds * 1e9,
	monotonic_ns: 5e9 + seconds * 1e9,
	inuse_space: 1000,
	inuse_space_half_width: 100,
	alloc_space: 500 * seconds,
	rss_bytes: 7,
	...more,
});

const record = new Record();
record.add(answer(0));
record.add(answer(1));
record.add(answer(1)); // the same moment again
record.add(answer(2, { time_ns: 1, inuse_space: 50 })); // somebody set the clock
assert.equal(record.length, 3);
const near = (values, wanted) =>
	values.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]) < 1e-3, `${values}`));
near(record.times, [1.7e9, 1.7e9 + 1, 1.7e9 + 2]);
near(record.window, [1.7e9 + 2 - 60, 1.7e9 + 2]);
assert.deepEqual(record.series.rate, [null, 500, 500]);
assert.deepEqual(record.series.low, [900, 900, 0]);
assert.deepEqual(record.series.high, [1100, 1100, 150]);
assert.deepEqual(record.series.rss_bytes, [7, 7, 7]);
// Nobody looked for a while: no line across it, and the rate is that of all the time.
record.add(answer(102));
assert.deepEqual(record.series.inuse_space.slice(-3), [50, null, 1000]);
assert.equal(record.series.rate.at(-1), 500);
near(record.window, [1.7e9, 1.7e9 + 102]);
// What is older than ten minutes goes.
for (let seconds = 103; seconds <= 900; seconds++) record.add(answer(seconds));
assert.equal(record.length, 601);
near(record.window, [1.7e9 + 300, 1.7e9 + 900]);

const row = (id, bytes, half, allocated, functions) => ({
	id,
	inuse_space: bytes,
	inuse_space_half_width: half,
	alloc_space: allocated,
	...(functions ? { functions } : {}),
});
const list = (count, ...sites) => ({ sites, site_count: count });
const stack = ['_ZNSt6vectorIiSaIiEE9push_backEOi', 'session_new', 'handle', 'main', '_start'];

const sites = new Sites();
const first = list(2, row(1, 1000, 196, 4000, stack), row(2, 600, 0, 600, ['cache_put', 'main']));
assert.ok(sites.hasUnnamed(first));
sites.add(first, 10);
assert.ok(!sites.hasUnnamed(list(1, row(1, 1, 0, 1))));
sites.mark();
// Two stacks of the same functions are one site; a third is new.
sites.add(
	list(
		4,
		row(1, 2500, 309.9, 6000),
		row(3, 500, 138.6, 500, stack),
		row(4, 100, 0, 100, ['late', 'main']),
	),
	11,
);
const named = (name) => sites.all.find((site) => site.name === name);
const session = named('session_new');
assert.equal(session.called, 'std::vector::push_back');
assert.deepEqual(session.callers, ['handle', 'main']);
assert.deepEqual(session.values, [1000, 3000]);
// 2,500 more were allocated and 2,000 of them are left: 500 went. The variance of 3,000 bytes is
// 25,000 + 5,000 (196 is 1.96 times the root of 10,000): 10 for each byte that came or went.
const { change, half, isLeast } = sites.growth(session);
assert.equal(change, 2000);
assert.ok(Math.abs(half - 1.96 * Math.sqrt(10 * 3000)) < 1, half);
assert.ok(!isLeast);
// The list at the mark was whole, so the new site held nothing then.
assert.equal(sites.growth(named('late')).change, 100);
// Four hold memory, three are listed: this one may hold as much as the least of them.
assert.deepEqual(named('cache_put').values, [600, 100]);
// At a mark whose list is not whole, a new one may have held as much as the least.
sites.mark();
sites.add(list(9, row(5, 700, 0, 700, ['later', 'main'])), 12);
assert.deepEqual(
	[sites.growth(named('later')).change, sites.growth(named('later')).isLeast],
	[600, true],
);
console.log('ok');
