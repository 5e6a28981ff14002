// SPDX-License-Identifier: BSD-2-Clause
// A chart that moves on with time: lines over the last minutes, the newest at the right edge. uPlot
// draws.
// Not here: the values (record.js), charts of what is over (chart.js).
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { axes, clock } from './lines.js';

const timeLabels = (ticks) => {
	const texts = ticks.map((tick) => clock(tick, false));
	return texts.map((text) =>
		texts.every((one) => one.endsWith(':00')) ? text.slice(0, 5) : text,
	);
};

// items: { key, color(dark), width, dash, fill(dark), isOff }; band: { keys: [upper, lower],
// fill(dark), item } is shown with its item. onMove(index) tells which point the pointer is at,
// null for none.
export function createStrip(container, record, { items, band, suffix, isDark, onMove }) {
	let plot = null;
	const keys = [...(band ? band.keys : []), ...items.map(({ key }) => key)];
	const values = () => [record.times, ...keys.map((key) => record.series[key])];
	const size = () => ({ width: container.clientWidth, height: container.clientHeight });

	function options() {
		const dark = isDark();
		const edge = { stroke: 'transparent', width: 0, points: { show: false } };
		return {
			...size(),
			padding: [12, 34, 0, 0],
			legend: { show: false },
			cursor: {
				y: false,
				points: { show: false },
				drag: { x: false, y: false },
				sync: { key: 'live' },
			},
			scales: {
				x: { range: () => record.window },
				y: { range: (_, low, high) => [0, high > 0 ? high * 1.08 : 1] },
			},
			axes: axes('size', timeLabels, { height: 30, suffix }),
			bands: band ? [{ series: [1, 2], fill: band.fill(dark) }] : [],
			series: [
				{},
				...(band ? band.keys : []).map(() => ({
					...edge,
					show: !band.item.isOff,
				})),
				...items.map((item) => ({
					stroke: item.color(dark),
					fill: item.fill?.(dark),
					width: item.width ?? 2,
					dash: item.dash,
					show: !item.isOff,
					points: { show: false },
				})),
			],
			hooks: {
				setCursor: [(u) => onMove(u.cursor.left < 0 ? null : u.cursor.idx)],
			},
		};
	}

	function draw() {
		plot?.destroy();
		container.replaceChildren();
		plot = new uPlot(options(), values(), container);
	}

	new ResizeObserver(() => {
		if (container.clientWidth > 0 && container.clientWidth !== plot.width)
			plot.setSize(size());
	}).observe(container);
	draw();
	return {
		redraw: draw,
		update: () => plot.setData(values()),
		point(index) {
			const left = index === null ? -10 : plot.valToPos(record.times[index], 'x');
			plot.setCursor({ left, top: index === null ? -10 : 10 });
		},
	};
}
