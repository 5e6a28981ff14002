// SPDX-License-Identifier: BSD-2-Clause
// What was answered over the last minutes of the process as a whole.
// Not here: its call sites (growth.js), asking (poll.js), drawing (strip.js).
import { LINES } from './lines.js';

export const SPAN_S = 600;
const LEAST_SPAN_S = 60;
const GAP_S = 3; // nobody looked, or nobody answered: no line across it
const KEYS = ['inuse_space', 'low', 'high', 'rate', ...LINES.map(({ key }) => key)];

// Values by key, oldest first; null where there is a gap.
export class Record {
	constructor() {
		this.times = []; // seconds since 1970, by the program's steady clock
		this.series = Object.fromEntries(KEYS.map((key) => [key, []]));
		this.last = null;
	}

	get length() {
		return this.times.length;
	}

	// Where the charts begin and end: at least a minute, so that nothing rushes at first.
	get window() {
		const end = this.times.at(-1) ?? 0;
		const span = Math.min(SPAN_S, Math.max(LEAST_SPAN_S, end - (this.times[0] ?? end)));
		return [end - span, end];
	}

	#push(time, values) {
		this.times.push(time);
		for (const key of KEYS) this.series[key].push(values?.[key] ?? null);
	}

	#drop() {
		const begin = this.times.at(-1) - SPAN_S;
		let count = 0;
		while (this.times[count] < begin) count++;
		for (const list of [this.times, ...Object.values(this.series)])
			list.splice(0, count);
	}

	add(answer) {
		const { last } = this;
		this.zero_s ??= (answer.time_ns - answer.monotonic_ns) / 1e9;
		const time = this.zero_s + answer.monotonic_ns / 1e9;
		const elapsed = last ? (answer.monotonic_ns - last.monotonic_ns) / 1e9 : 0;
		const half = answer.inuse_space_half_width;
		if (last && !(elapsed > 0)) return;
		if (elapsed > GAP_S) this.#push(time - elapsed / 2, null);
		this.#push(time, {
			...answer,
			low: Math.max(0, answer.inuse_space - half),
			high: answer.inuse_space + half,
			rate: last
				? Math.max(0, answer.alloc_space - last.alloc_space) / elapsed
				: null,
		});
		this.last = answer;
		this.#drop();
	}
}
