// SPDX-License-Identifier: BSD-2-Clause
// The courses of sites: names, colours, the bands of the chart, and a small picture of one.
// Not here: the chart (chart.js), the table (sites.js).

const HUES = [27, 250, 150, 75, 300, 195, 350, 110, 220];
const BANDS = 8;
const LEAST = 0.005; // of the largest total: a thinner band cannot be seen

const FRAMES = 4;

// Where the program's own code begins: behind what it called in a library.
function ownFrom(site) {
	return site.shown_from > 0 ? site.shown_from + 1 : 0;
}

// The program's own frames, the innermost first.
export function shownFrames(site, count) {
	return site.stack.slice(ownFrom(site), ownFrom(site) + count);
}

// " (std::vector::push_back)": what it called there.
export function calledName(site) {
	return site.shown_from > 0 ? ` (${site.stack[site.shown_from].name})` : '';
}

export function siteName(site) {
	return shownFrames(site, 1)[0]?.name ?? '(no stack)';
}

// With as many callers as tell it from the others, and with what it called where only that does.
export function fullName(site, others) {
	const frame = (one, i) => one.stack[ownFrom(one) + i]?.name ?? '';
	let needed = 1;
	let called = '';
	for (const other of others) {
		if (other === site) continue;
		let equal = 0;
		while (equal < FRAMES && frame(other, equal) === frame(site, equal)) equal++;
		if (equal === FRAMES) called = calledName(site);
		else needed = Math.max(needed, equal + 1);
	}
	const names = shownFrames(site, needed).map(({ name }) => name);
	return `${names.join(' < ') || siteName(site)}${called}`;
}

// "session.c:88"
export function sitePlace(site) {
	const { source, line } = shownFrames(site, 1)[0] ?? {};
	if (!source) return '';
	const file = source.split('/').pop();
	return line ? `${file}:${line}` : file;
}

export function bandColor(at, dark) {
	if (at < 0) return dark ? 'oklch(0.42 0.01 260)' : 'oklch(0.82 0.008 260)';
	const hue = HUES[at % HUES.length];
	return dark ? `oklch(0.6 0.11 ${hue})` : `oklch(0.7 0.12 ${hue})`;
}

// The sites with a band of their own: what leaks or grows first, then the largest; in the order of
// the report. The rest is one band, so that the top of all is the estimated heap.
export function bands(leaks) {
	const most = (site) => Math.max(...site.history);
	const important = leaks.sites.filter(({ verdict }) =>
		['LEAK', 'LEAK?', 'growing'].includes(verdict),
	);
	const large = leaks.sites
		.filter((site) => !important.includes(site))
		.sort((a, b) => most(b) - most(a));
	const least = LEAST * Math.max(...leaks.snapshots.map(({ total }) => total));
	const chosen = [...important, ...large.filter((site) => most(site) >= least)]
		.slice(0, BANDS)
		.filter((site) => most(site) > 0);
	const rest = leaks.snapshots.map((snapshot, at) =>
		Math.max(
			0,
			chosen.reduce((left, site) => left - site.history[at], snapshot.total),
		),
	);
	const result = chosen.map((site, at) => ({
		name: fullName(site, chosen),
		place: sitePlace(site),
		site,
		color: at,
		values: site.history,
	}));
	if (rest.some((value) => value > 0))
		result.push({ name: 'everything else', place: '', color: -1, values: rest });
	return result;
}

const SVG = 'http://www.w3.org/2000/svg';

// A line with its area, over time, from 0 to its largest.
export function picture(times, values, width, height) {
	const svg = document.createElementNS(SVG, 'svg');
	const first = times[0];
	const span = times[times.length - 1] - first || 1;
	const most = Math.max(...values) || 1;
	const points = values.map(
		(value, i) =>
			`${(((times[i] - first) / span) * (width - 2) + 1).toFixed(1)},` +
			`${(height - 1 - (value / most) * (height - 3)).toFixed(1)}`,
	);
	const shape = (name, attributes) => {
		const element = document.createElementNS(SVG, name);
		for (const [key, value] of Object.entries(attributes))
			element.setAttribute(key, value);
		svg.append(element);
	};
	for (const [key, value] of Object.entries({
		viewBox: `0 0 ${width} ${height}`,
		width,
		height,
		'aria-hidden': 'true',
		class: 'course',
	}))
		svg.setAttribute(key, value);
	shape('polygon', {
		points: `1,${height - 1} ${points.join(' ')} ${width - 1},${height - 1}`,
	});
	shape('polyline', { points: points.join(' ') });
	return svg;
}
