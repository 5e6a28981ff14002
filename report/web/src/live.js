// SPDX-License-Identifier: BSD-2-Clause
// The live page: what the heap is now and was in the last minutes, and which call sites grow.
// Not here: asking for it (poll.js), keeping it (record.js, growth.js), drawing it (strip.js,
// grown.js).
import './base.css';
import './chart.css';
import './sites.css';
import './live.css';
import { pageData } from './data.js';
import { byId, el } from './dom.js';
import { createGrown } from './grown.js';
import { Sites } from './growth.js';
import { clock, legendButton, lineColor, LINES } from './lines.js';
import { startPoll } from './poll.js';
import { Record } from './record.js';
import { createStrip } from './strip.js';
import { isDark, startTheme } from './theme.js';
import { count, elapsed, interval, parts } from './units.js';

const SITES = 200;

const accent = (alpha) => (dark) => `oklch(${dark ? 0.72 : 0.55} 0.16 255 / ${alpha})`;
const ink = (dark) => (dark ? 'oklch(0.92 0 0)' : 'oklch(0.25 0 0)');
const HEAP = {
	key: 'inuse_space',
	name: 'live heap, estimated',
	color: accent(1),
	fill: accent(0.1),
	width: 2.5,
};
const RATE = { key: 'rate', color: accent(1), fill: accent(0.12) };
const memory = [
	HEAP,
	...LINES.map((line) => ({
		...line,
		color: (dark) => (line.key === 'rss_bytes' ? ink(dark) : lineColor(line, dark)),
		width: 1.5,
	})),
];

let record = new Record();
let sites = new Sites();
let at = null; // the point that is looked at; null: the newest
let lastPoll = null; // performance.now() of the last answer
let mark = null; // its answer
let whyMarked = 'the page was opened';
let isNamed = false;

function figure(name, value, small = '') {
	return el('div', {}, el('dt', {}, name), el('dd', {}, value, ' ', el('small', {}, small)));
}

// "3 h 5 min"
const upFor = ({ time_ns, start_ns }) => elapsed(time_ns - start_ns);

function showHead({ program, pid, rate_bytes, samples_lost, ...answer }) {
	const rate = parts('size', rate_bytes).value;
	const sampling =
		rate_bytes === 0
			? 'sampling is off (rate=0): only the figures of jemalloc and RSS move'
			: rate_bytes === 1
				? 'every allocation is recorded'
				: `one sample per ${rate}`;
	byId('program').textContent = program;
	byId('about').textContent = [
		`pid ${pid}`,
		`up ${upFor(answer)}`,
		sampling,
		samples_lost > 0
			? `${count(samples_lost, 'sample')} lost: numbers are too low`
			: '',
	]
		.filter(Boolean)
		.join(' \u00b7 ');
	document.title = `${program}: live`;
}

function showFigures(answer) {
	const heap = parts('size', answer.inuse_space, answer.inuse_space_half_width);
	const rate = record.series.rate.at(-1) ?? null;
	byId('figures').replaceChildren(
		figure('Live heap', heap.value, heap.half && `\u00b1${heap.half}`),
		figure(
			'Allocation rate',
			rate === null ? '\u2013' : `${parts('size', rate).value}/s`,
		),
		figure('Resident set (RSS)', parts('size', answer.rss_bytes).value),
		figure('Live objects', parts('count', answer.inuse_objects).value),
		figure('Threads', parts('count', answer.threads).value),
	);
}

// The values at the point that is looked at, else the newest.
function showValues() {
	const index = at ?? record.length - 1;
	const value = (key, suffix = '') => {
		const number = record.series[key][index] ?? null;
		return number === null ? '' : `${parts('size', number).value}${suffix}`;
	};
	const half = (record.series.high[index] ?? 0) - (record.series.inuse_space[index] ?? 0);
	const heap = interval('size', record.series.inuse_space[index] ?? 0, half);
	const when = clock(record.times[index] ?? 0, false);
	byId('memory-legend')
		.querySelectorAll('.at')
		.forEach((cell, i) => (cell.textContent = value(memory[i].key)));
	byId('memory-title').textContent = `Memory: ${heap} live at ${when}`;
	byId('rate-title').textContent =
		`Allocation rate: ${value('rate', '/s') || 'not known'} at ${when}`;
	byId('memory').setAttribute('aria-label', `Chart. Live heap ${heap} at ${when}`);
	byId('rate').setAttribute('aria-label', `Chart. ${byId('rate-title').textContent}`);
}

function showSites(answer) {
	const since = clock((record.zero_s ?? 0) + mark.monotonic_ns / 1e9, false);
	const elapsed_s = (answer.monotonic_ns - mark.monotonic_ns) / 1e9;
	byId('sites-title').textContent = `What grew since ${since}, when ${whyMarked}`;
	grown.show(sites, answer.site_count, elapsed_s);
}

// A text that is said aloud when it changes, and only then.
function showState(state, text) {
	document.documentElement.dataset.state = state;
	if (byId('status').textContent !== text) byId('status').textContent = text;
}

function showPause() {
	const { isPaused } = poll;
	byId('pause').querySelector('span').textContent = isPaused ? 'Go on' : 'Pause';
	if (isPaused) showState('paused', 'Paused');
	else if (lastPoll !== null) showState('live', 'Live');
	byId('since').textContent = '';
}

function setMark(why) {
	whyMarked = why;
	mark = record.last;
	sites.mark();
	showSites(record.last);
}

// Another process at the same address: nothing of the old one holds.
function begin() {
	record = new Record();
	sites = new Sites();
	at = mark = null;
	createCharts();
}

function take(answer) {
	const isOther = record.last && record.last.start_ns !== answer.start_ns;
	lastPoll = performance.now();
	if (isOther) begin();
	isNamed = !sites.hasUnnamed(answer);
	record.add(answer);
	sites.add(answer, record.times.at(-1));
	showHead(answer);
	showFigures(answer);
	charts.forEach((chart) => chart.update());
	showValues();
	if (mark === null) setMark(isOther ? 'this program answered first' : 'the page was opened');
	else showSites(answer);
	if (!poll.isPaused) showState('live', 'Live');
	byId('since').textContent = '';
}

function silence(why) {
	const ago = elapsed((performance.now() - lastPoll) * 1e6);
	if (poll.isPaused) return;
	showState(
		'silent',
		why || 'No answer: the program has ended, or is stopped. Still asking.',
	);
	byId('since').textContent = lastPoll === null ? '' : `The last answer is ${ago} old.`;
}

let charts = [];

function createCharts() {
	const shared = { isDark, onMove: look };
	const fill = (dark) => accent(dark ? 0.3 : 0.22)(dark);
	charts = [
		createStrip(byId('memory'), record, {
			...shared,
			items: memory,
			band: { keys: ['high', 'low'], fill, item: HEAP },
		}),
		createStrip(byId('rate'), record, { ...shared, items: [RATE], suffix: '/s' }),
	];
	byId('memory-legend').replaceChildren(
		...memory.map((item) =>
			el(
				'li',
				{},
				legendButton(item, item.color(isDark()), 'swatch line', toggle),
			),
		),
	);
	showValues();
}

function redraw() {
	const focused = [...byId('memory-legend').querySelectorAll('button')].indexOf(
		document.activeElement,
	);
	createCharts();
	byId('memory-legend').querySelectorAll('button')[focused]?.focus();
}

function toggle(item) {
	item.isOff = !item.isOff;
	redraw();
}

function look(index) {
	at = index ?? null;
	showValues();
}

function step(event) {
	const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
	if (!by || record.length === 0) return;
	event.preventDefault();
	const index = Math.min(record.length - 1, Math.max(0, (at ?? record.length - 1) + by));
	charts.forEach((chart) => chart.point(index));
	look(index);
}

function press(event) {
	if (event.ctrlKey || event.metaKey || event.altKey || byId('help').open) return;
	if (event.key === 'p') byId('pause').click();
	else if (event.key === 'm') byId('mark').click();
	else if (event.key === 't') byId('theme').click();
	else if (event.key === '?') byId('help').showModal();
	else if (event.key === 'Escape') {
		charts.forEach((chart) => chart.point(null));
		look(null);
	} else return;
	event.preventDefault();
}

const grown = createGrown(byId('sites').querySelector('.scroll'));
const { search } = location;
byId('links').replaceChildren(
	el('a', { href: `../pprof/${search}` }, 'All profiles'),
	el('a', { href: `flame/heap${search}` }, 'Flame graph of the heap'),
);
byId('licences-text').textContent = byId('licences').textContent;
showState('waiting', 'Waiting for the first answer');
showHead(pageData());
showFigures(pageData());
createCharts();
const poll = startPoll({
	parameters: () => ({ sites: SITES, ...(isNamed ? {} : { names: 1 }) }),
	onAnswer: take,
	onSilence: silence,
});
showPause();
startTheme(byId('theme'), redraw);
redraw();
byId('pause').addEventListener('click', () => {
	poll.pause(!poll.isPaused);
	showPause();
});
byId('mark').addEventListener('click', () => record.last && setMark('you asked for it'));
byId('help-open').addEventListener('click', () => byId('help').showModal());
for (const id of ['memory', 'rate']) byId(id).addEventListener('keydown', step);
document.addEventListener('keydown', press);
