// SPDX-License-Identifier: BSD-2-Clause
// Numbers as cprof prints them: at most three significant digits, sizes in powers of 1024, the
// interval in the unit of its value.
// Not here: the same for the terminal (report/profile/units.c).

const UNITS = {
	size: [
		['B', 1],
		['kB', 2 ** 10],
		['MB', 2 ** 20],
		['GB', 2 ** 30],
		['TB', 2 ** 40],
		['PB', 2 ** 50],
	],
	duration: [
		['ns', 1],
		['µs', 1e3],
		['ms', 1e6],
		['s', 1e9],
		['min', 60e9],
		['h', 3600e9],
	],
};

export function grouped(number) {
	return String(Math.round(number)).replace(/\B(?=(\d{3})+$)/g, ',');
}

// So many significant digits.
function digits(magnitude, significant) {
	let before = 1;
	for (let rest = magnitude; rest >= 9.995 && before < significant; rest /= 10) before++;
	return magnitude.toFixed(significant - before);
}

function pick(kind, magnitude) {
	const units = UNITS[kind];
	let i = 0;
	// 999.5 would print as 1000: four digits.
	while (
		i + 1 < units.length &&
		magnitude / units[i][1] >= Math.min(units[i + 1][1] / units[i][1], 999.5)
	)
		i++;
	return units[i];
}

function sign(value, plus) {
	return value < 0 ? '-' : plus && value > 0 ? '+' : '';
}

// { value: '61.2 MB', half: '5.6' }; half is '' where it is not known (undefined) or 0.
export function parts(kind, value, half, { plus = false } = {}) {
	const magnitude = Math.abs(value);
	const isHalf = half > 0;
	if (!(kind in UNITS)) {
		const text = grouped(magnitude);
		return {
			value: (text === '0' ? '' : sign(value, plus)) + text,
			half: isHalf ? grouped(half) : '',
		};
	}
	const [unit, scale] = pick(kind, Math.max(magnitude, isHalf ? half : 0));
	const small = scale === 1 || magnitude === 0;
	const text = small ? grouped(magnitude) : digits(magnitude / scale, 3);
	return {
		value: `${sign(value, plus)}${text} ${unit}`,
		half: isHalf ? (scale === 1 ? grouped(half) : digits(half / scale, 2)) : '',
	};
}

export function interval(kind, value, half, options) {
	const text = parts(kind, value, half, options);
	return text.half ? `${text.value} ±${text.half}` : text.value;
}

export function percent(part, whole) {
	if (!(whole > 0)) return '';
	const share = (100 * part) / whole;
	if (share !== 0 && Math.abs(share) < 0.05) return share < 0 ? '>-0.1%' : '<0.1%';
	return `${share.toFixed(1)}%`;
}

export function count(number, noun, nouns = `${noun}s`) {
	return `${grouped(number)} ${number === 1 ? noun : nouns}`;
}

export function elapsed(ns) {
	const seconds = Math.round(ns / 1e9);
	const [h, min, s] = [
		Math.floor(seconds / 3600),
		Math.floor(seconds / 60) % 60,
		seconds % 60,
	];
	if (h > 0) return `${h} h ${min} min`;
	return min > 0 ? `${min} min ${s} s` : `${s} s`;
}
