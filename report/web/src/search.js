// SPDX-License-Identifier: BSD-2-Clause
// Which places a search means, and what they hold together.
// Not here: showing them (graph.js).

// A test of (name, file), or an error in words. Lower case alone means any case.
export function matcher(text) {
	try {
		const pattern = new RegExp(text, /[A-Z]/.test(text) ? 'u' : 'iu');
		return {
			matches: (name, file) =>
				pattern.test(name) || (file !== '' && pattern.test(file)),
		};
	} catch {
		return { error: 'This is no regular expression.' };
	}
}

// The nodes that match; their functions; and the value they hold, each stack counted once.
export function find(tree, view, matches) {
	const found = new Set();
	const frames = new Map(); // whether a frame matches
	const names = new Set();
	const inside = new Uint8Array(tree.count);
	let placeCount = 0;
	let value = 0;
	let variance = 0;
	for (let i = 1; i < tree.count; i++) {
		const frame = tree.frames[i];
		if (!frames.has(frame))
			frames.set(frame, frame >= 0 && matches(tree.name(i), tree.file(i)));
		const isInside = inside[tree.parents[i]];
		inside[i] = isInside;
		if (!frames.get(frame)) continue;
		found.add(i);
		if (view.cum[i] !== 0 || view.oldCum[i] !== 0) {
			placeCount++;
			names.add(tree.name(i));
		}
		inside[i] = 1;
		if (isInside) continue;
		value += view.cum[i];
		variance += view.cumVariance[i];
	}
	return { found, placeCount, functionCount: names.size, value, variance };
}
