// SPDX-License-Identifier: BSD-2-Clause
// Numbers as cprof prints them: at most three significant digits, sizes in powers of 1024, the
// interval in the unit of its value.
// Not here: the same for the terminal (report/analysis/units.c).

const SIZES = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
const TIMES = [['ns', 1], ['µs', 1e3], ['ms', 1e6], ['s', 1e9], ['min', 60e9], ['h', 3600e9]];

function step(kind, magnitude) {
	if (kind === 'size') {
		let power = 0;
		while (magnitude >= 999.5 && power < SIZES.length - 1) {
			magnitude /= 1024;
			power++;
		}
		return { unit: SIZES[power], scale: 1024 ** power };
	}
	if (kind === 'duration') {
		const [unit, scale] = TIMES.findLast(([, at]) => magnitude >= at) ?? TIMES[0];
		return { unit, scale };
	}
	return { unit: '', scale: 1 };
}

function grouped(number) {
	return String(Math.round(number)).replace(/\B(?=(\d{3})+$)/g, ',');
}

// At least so many digits, but never a fraction that the magnitude does not deserve.
function digits(number, significant) {
	const magnitude = Math.abs(number);
	if (magnitude === 0) return '0';
	const whole = Math.floor(Math.log10(magnitude)) + 1;
	return magnitude.toFixed(Math.max(0, Math.min(20, significant - whole)));
}

function sign(value, plus) {
	if (value < 0) return '\u2212';
	return plus && value > 0 ? '+' : '';
}

// { value: '61.2 MB', half: '5.6' }; half is '' where it is not known (undefined) or 0.
export function parts(kind, value, half, { plus = false } = {}) {
	const magnitude = Math.abs(value);
	if (kind === 'count') {
		return {
			value: sign(Math.round(value), plus) + grouped(magnitude),
			half: half > 0 ? (half < 9.5 ? digits(half, 2) : grouped(half)) : '',
		};
	}
	const { unit, scale } = step(kind, Math.max(magnitude, half > 0 ? half : 0));
	const text = scale === 1 ? grouped(magnitude) : digits(magnitude / scale, 3);
	return {
		value: `${sign(value, plus)}${text} ${unit}`,
		half: half > 0 ? digits(half / scale, 2) : '',
	};
}

export function interval(kind, value, half, options) {
	const text = parts(kind, value, half, options);
	return text.half ? `${text.value} ±${text.half}` : text.value;
}

export function percent(part, whole) {
	if (!(whole > 0)) return '';
	const share = 100 * part / whole;
	if (share !== 0 && Math.abs(share) < 0.05) return share < 0 ? '>\u22120.1%' : '<0.1%';
	return `${share < 0 ? '\u2212' : ''}${Math.abs(share).toFixed(1)}%`;
}

export function count(number, noun, nouns = `${noun}s`) {
	return `${grouped(number)} ${number === 1 ? noun : nouns}`;
}

export function elapsed(ns) {
	const seconds = Math.round(ns / 1e9);
	const [h, min, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
	if (h > 0) return `${h} h ${min} min`;
	return min > 0 ? `${min} min ${s} s` : `${s} s`;
}
