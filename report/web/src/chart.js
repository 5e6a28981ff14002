// SPDX-License-Identifier: BSD-2-Clause
// The chart over time: sites as bands, one on the other, and lines of the whole process. uPlot
// draws.
// Not here: which sites have bands (course.js), what charts share (lines.js).
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { bandColor } from './course.js';
import { byId, el } from './dom.js';
import { axes, clock, legendButton, lineColor, LINES, themeColor, timeLabels } from './lines.js';
import { parts } from './units.js';

const HEIGHT_PX = 330;
const HIDDEN = ['jemalloc_active_bytes', 'jemalloc_resident_bytes', 'jemalloc_retained_bytes'];

// The sum of each band and those below it; null where nothing of it is to be drawn.
function stack(all) {
	const sums = new Array(all[0]?.values.length ?? 0).fill(0);
	return all.map(({ values, isOff }) =>
		values.map((value, at) => (sums[at] += isOff ? 0 : value)),
	);
}

// onPick(site): a band's name was chosen.
export function createChart(container, leaks, all, { isDark, onPick }) {
	const kind = leaks.unit === 'bytes' ? 'size' : 'count';
	const times = leaks.snapshots.map((snapshot) => snapshot.time_ns / 1e9);
	const isBytes = kind === 'size';
	const lines = LINES.filter(
		({ key }) => isBytes && leaks.snapshots.some((snapshot) => snapshot[key] > 0),
	).map((line) => ({ ...line, isOff: HIDDEN.includes(line.key) }));
	let plot = null;
	let at = times.length - 1;

	const lineValues = (line) => leaks.snapshots.map((snapshot) => snapshot[line.key] ?? null);
	// The largest sum first, so that what is below is drawn over it.
	const series = () => [times, ...stack(all).reverse(), ...lines.map(lineValues)];

	function options() {
		const dark = isDark();
		return {
			width: container.clientWidth,
			height: HEIGHT_PX,
			padding: [12, 8, 0, 0],
			legend: { show: false },
			cursor: { y: false, points: { show: false }, drag: { x: true, y: false } },
			scales: { y: { range: (_, low, high) => [0, high > 0 ? high * 1.05 : 1] } },
			axes: axes(kind, timeLabels),
			series: [
				{},
				...[...all].reverse().map((band) => ({
					fill: bandColor(band.color, dark),
					stroke: themeColor('--sheet'),
					width: 1,
					show: !band.isOff,
					points: { show: false },
				})),
				...lines.map((line) => ({
					stroke: lineColor(line, dark),
					width: 2,
					dash: line.dash,
					show: !line.isOff,
					points: { show: false },
				})),
			],
			hooks: {
				setCursor: [
					(u) => {
						if (
							u.cursor.idx === null ||
							u.cursor.idx === undefined
						)
							return;
						at = u.cursor.idx;
						showValues();
					},
				],
			},
		};
	}

	function toggle(item) {
		item.isOff = !item.isOff;
		draw();
	}

	function entry(item, color, className) {
		return el(
			'li',
			{},
			legendButton(item, color, className, toggle),
			item.site
				? el(
						'button',
						{
							type: 'button',
							class: 'find',
							title: 'Find it in the flame graph',
							'aria-label': `Find ${item.name}`,
							onclick: () => onPick(item.site),
						},
						'\u2193',
					)
				: '',
		);
	}

	function showValues() {
		const when = clock(times[at], true);
		const cells = byId('legend').querySelectorAll('.at');
		const items = [...all, ...lines];
		cells.forEach((cell, i) => {
			const item = items[i];
			const value = item.values ? item.values[at] : leaks.snapshots[at][item.key];
			cell.textContent = value === undefined ? '' : parts(kind, value).value;
		});
		const total = parts(kind, leaks.snapshots[at].total).value;
		byId('legend').dataset.at = at;
		byId('over-time-title').textContent =
			`Over time: ${total} at snapshot ${at + 1} of ${times.length}, ${when}`;
		container.setAttribute(
			'aria-label',
			`Chart of ${items.map(({ name }) => name).join(', ')}; ${total} at ${when}`,
		);
	}

	function draw() {
		const dark = isDark();
		plot?.destroy();
		container.replaceChildren();
		plot = new uPlot(options(), series(), container);
		byId('legend').replaceChildren(
			...all.map((band) => entry(band, bandColor(band.color, dark), 'swatch')),
			...lines.map((line) => entry(line, lineColor(line, dark), 'swatch line')),
		);
		showValues();
	}

	container.addEventListener('keydown', (event) => {
		const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
		if (!by) return;
		event.preventDefault();
		at = Math.min(times.length - 1, Math.max(0, at + by));
		plot.setCursor({ left: plot.valToPos(times[at], 'x'), top: 10 });
		showValues();
	});
	new ResizeObserver(() => {
		if (plot && container.clientWidth > 0 && container.clientWidth !== plot.width)
			plot.setSize({ width: container.clientWidth, height: HEIGHT_PX });
	}).observe(container);
	draw();
	return { redraw: draw };
}
