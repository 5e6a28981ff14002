// SPDX-License-Identifier: BSD-2-Clause
// What charts over time share: the figures of the whole process and their colours, times and sizes
// on the axes, the entries of a legend.
// Not here: the charts (chart.js, strip.js).
import { el } from './dom.js';
import { parts } from './units.js';

export const LINES = [
	{ key: 'rss_bytes', name: 'resident set (RSS)', hue: 260, dash: [] },
	{ key: 'jemalloc_allocated_bytes', name: 'jemalloc: allocated', hue: 150, dash: [] },
	{ key: 'jemalloc_active_bytes', name: 'jemalloc: active', hue: 75, dash: [5, 4] },
	{ key: 'jemalloc_resident_bytes', name: 'jemalloc: resident', hue: 300, dash: [5, 4] },
	{ key: 'jemalloc_retained_bytes', name: 'jemalloc: retained', hue: 20, dash: [2, 3] },
];

export const lineColor = (line, dark) => `oklch(${dark ? 0.8 : 0.45} 0.1 ${line.hue})`;

const two = (number) => String(number).padStart(2, '0');

// As cprof prints times: "2026-11-22 10:14:31".
export function clock(seconds, withDay) {
	const date = new Date(seconds * 1000);
	const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
	const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
	return withDay ? `${day} ${time}` : time;
}

// Under a time the day, where it is another one than before.
export function timeLabels(ticks) {
	const texts = ticks.map((tick) => clock(tick, true).split(' '));
	return texts.map(([day, time], i) => {
		const short = texts.every((text) => text[1].endsWith(':00'))
			? time.slice(0, 5)
			: time;
		if (i === 0 || day !== texts[i - 1][0]) return `${short}\n${day}`;
		return time === texts[i - 1][1] ? '' : short; // ticks of less than a second
	});
}

export const themeColor = (name) =>
	getComputedStyle(document.documentElement).getPropertyValue(name);

// Sizes are round in powers of 1024.
const STEPS = Array.from({ length: 50 }, (_, power) => 2 ** power);

// The axes of uPlot: times by times(ticks), so high; values with a suffix behind them.
export function axes(kind, times, { height = 50, suffix = '' } = {}) {
	const axis = {
		stroke: themeColor('--soft'),
		font: '12px system-ui, sans-serif',
		grid: { stroke: themeColor('--line'), width: 1 },
		ticks: { show: false },
	};
	return [
		{ ...axis, size: height, space: 90, values: (_, ticks) => times(ticks) },
		{
			...axis,
			size: 72,
			...(kind === 'size' ? { incrs: STEPS } : {}),
			values: (_, ticks) =>
				ticks.map((value) => `${parts(kind, value).value}${suffix}`),
		},
	];
}

// A button that shows or hides a line or band, with its value at a time.
export function legendButton(item, color, className, onToggle) {
	const swatch = el('span', { class: className });
	swatch.style.background = color;
	return el(
		'button',
		{
			type: 'button',
			'aria-pressed': String(!item.isOff),
			title: `${item.name} ${item.place ?? ''}: show or hide`,
			onclick: () => onToggle(item),
		},
		swatch,
		el('span', { class: 'name' }, item.name),
		item.place && !/ [<(]/.test(item.name)
			? el('span', { class: 'place' }, item.place)
			: '',
		el('span', { class: 'at' }),
	);
}
