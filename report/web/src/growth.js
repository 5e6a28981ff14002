// SPDX-License-Identifier: BSD-2-Clause
// Which call sites grew: their courses over the last minutes, and the change since a mark with its
// error.
// Not here: the process as a whole (record.js), the table (grown.js).
import { isLibrary, shortName } from './mangled.js';
import { SPAN_S } from './record.js';

const Z95 = 1.959963984540054;

// What people look for: the program's own function, what it called in a library, and its callers up
// to main.
function describe(functions) {
	const names = functions.map(shortName);
	const own = Math.max(
		0,
		names.findIndex((name) => !isLibrary(name)),
	);
	const root = names.indexOf('main', own);
	return {
		name: names[own],
		called: own > 0 ? names[own - 1] : '',
		callers: names.slice(own + 1, root < 0 ? undefined : root + 1),
		functions,
	};
}

// Sites by the functions of their stacks: two calls on different lines are one site. Growth is told
// since a mark.
export class Sites {
	#names = new Map(); // id: functions
	#sites = new Map(); // functions in one string: site
	#smallest = 0; // what is not listed holds no more
	#below = 0; // the same at the mark

	get all() {
		return [...this.#sites.values()];
	}

	// Is there a site whose functions nobody has told yet?
	hasUnnamed(answer) {
		return answer.sites.some(({ id }) => !this.#names.has(id));
	}

	#siteOf(functions) {
		const key = functions.join('\n');
		if (!this.#sites.has(key))
			this.#sites.set(key, {
				...describe(functions),
				atMark: null,
				allocated: 0,
				times: [],
				values: [],
			});
		return this.#sites.get(key);
	}

	add(answer, time) {
		for (const { id, functions } of answer.sites)
			if (functions) this.#names.set(id, functions);
		for (const site of this.#sites.values()) site.now = null;
		for (const row of answer.sites) {
			const functions = this.#names.get(row.id);
			if (!functions) continue;
			const site = this.#siteOf(functions);
			site.now ??= { bytes: 0, variance: 0, allocated: 0 };
			site.now.bytes += row.inuse_space;
			site.now.variance += (row.inuse_space_half_width / Z95) ** 2;
			site.now.allocated += row.alloc_space;
		}
		const isWhole = answer.sites.length >= answer.site_count;
		this.#smallest = isWhole ? 0 : (answer.sites.at(-1)?.inuse_space ?? 0);
		for (const [key, site] of this.#sites) {
			// Freed, or too small to be listed.
			site.now ??= {
				bytes: Math.min(this.#smallest, site.values.at(-1) ?? 0),
				variance: 0,
				allocated: site.allocated,
			};
			site.allocated = site.now.allocated;
			if (site.now.bytes > 0) site.weight = site.now.variance / site.now.bytes;
			site.half = Z95 * Math.sqrt(site.now.variance);
			site.times.push(time);
			site.values.push(site.now.bytes);
			while (site.times[0] < time - SPAN_S) {
				site.times.shift();
				site.values.shift();
			}
			if (isWhole && site.values.every((value) => value === 0) && !site.atMark)
				this.#sites.delete(key);
		}
	}

	mark() {
		this.#below = this.#smallest;
		for (const site of this.#sites.values())
			site.atMark = { bytes: site.now.bytes, allocated: site.now.allocated };
	}

	// { change, half, isLeast }. What was there at the mark and still is cancels out of the
	// error: only births and deaths since then count (docs/design.md).
	growth(site) {
		const before = site.atMark ?? { bytes: this.#below, allocated: this.#below };
		const change = site.now.bytes - before.bytes;
		const births = Math.max(0, site.now.allocated - before.allocated, change);
		const deaths = Math.max(0, births - change);
		return {
			change,
			half: Z95 * Math.sqrt((site.weight ?? 0) * (births + deaths)),
			isLeast: !site.atMark && this.#below > 0,
		};
	}
}
