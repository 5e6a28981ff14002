// SPDX-License-Identifier: BSD-2-Clause
// The colours of frames: one hue for each source file, or red and blue for what grew and shrank.
// Not here: which is dark or light (theme.js).

const HUES = [20, 45, 75, 105, 135, 160, 190, 220, 250, 280, 310, 340];

function hash(text) {
	let value = 2166136261;
	for (let i = 0; i < text.length; i++)
		value = Math.imul(value ^ text.charCodeAt(i), 16777619);
	value ^= value >>> 15;
	return Math.imul(value, 2246822519) >>> 8;
}

// Without a source file: the module, namespace or prefix that the name begins with.
function family(name, file) {
	if (file) return file;
	return /^(.*?)(\+0x|::|\.|_|$)/.exec(name.replace(/^[_~]+/, ''))[1];
}

export function neutral(dark) {
	return dark ? 'oklch(0.36 0.008 260)' : 'oklch(0.91 0.006 260)';
}

export function frameColor(name, file, dark) {
	const key = hash(family(name, file));
	const hue = HUES[key % HUES.length];
	const shade = ((hash(name) % 7) - 3) * 0.008;
	return dark
		? `oklch(${0.43 + shade} 0.062 ${hue})`
		: `oklch(${0.865 + shade} 0.068 ${hue})`;
}

// share: the change as a part of the larger of before and after, -1 to 1.
export function changeColor(share, dark) {
	const depth = Math.sqrt(Math.min(1, Math.abs(share)));
	const hue = share > 0 ? 27 : 250;
	const chroma = (0.012 + 0.115 * depth).toFixed(3);
	const light = dark ? 0.35 + 0.13 * depth : 0.925 - 0.175 * depth;
	return `oklch(${light.toFixed(3)} ${chroma} ${hue})`;
}
