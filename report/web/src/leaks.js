// SPDX-License-Identifier: BSD-2-Clause
// The page of cprof leaks: the answer, the chart over time, the sites, the flame graph of the
// growth, and how they act on each other.
// Not here: each of them (chart.js, sites.js, graph.js).
import './base.css';
import './flame.css';
import './leaks.css';
import { blindness } from './about.js';
import { createChart } from './chart.js';
import { bands, siteName } from './course.js';
import { pageData } from './data.js';
import { description, sentence } from './describe.js';
import { byId, el } from './dom.js';
import { createGraph } from './graph.js';
import { changeColor, neutral } from './palette.js';
import { find, matcher } from './search.js';
import { showSites } from './sites.js';
import { isDark, startTheme } from './theme.js';
import { Tree } from './tree.js';
import { count, elapsed, interval, parts } from './units.js';

const data = pageData();
const { leaks } = data;
const kind = leaks.unit === 'bytes' ? 'size' : 'count';
const tree = new Tree(data.tree);
const view = tree.view(data.type, 'change');
let search = null; // what find() gave

function color(i) {
	if (!tree.isReal(i)) return neutral(isDark());
	const old = view.oldCum[i];
	const most = Math.max(Math.abs(old), Math.abs(old + view.cum[i]));
	const half = view.half(view.cumVariance[i]) ?? 0;
	if (most === 0 || view.cum[i] === 0 || Math.abs(view.cum[i]) <= half)
		return neutral(isDark());
	return changeColor(view.cum[i] / most, isDark());
}

// "2 sites leak, 1 levelled off."
function answer() {
	const words = {
		LEAK: ['leaks', 'leak'],
		'LEAK?': ['may leak', 'may leak'],
		growing: ['is growing', 'are growing'],
		jumped: ['jumped', 'jumped'],
		'levelled off': ['levelled off', 'levelled off'],
	};
	const said = [];
	for (const [verdict, [one, many]] of Object.entries(words)) {
		const number = leaks.sites.filter((site) => site.verdict === verdict).length;
		if (number === 0) continue;
		const noun = said.length === 0 ? count(number, 'site') : number;
		said.push(`${noun} ${number === 1 ? one : many}`);
	}
	return said.length > 0
		? `${said.join(', ')}.`
		: 'Nothing grows by more than chance explains.';
}

function showHead() {
	const first = leaks.snapshots[0];
	const last = leaks.snapshots[leaks.snapshots.length - 1];
	const change = interval(kind, leaks.change, leaks.change_half_width, { plus: true });
	const [from, to] = [first, last].map(({ total }) => parts(kind, total).value);
	byId('program').textContent = data.about.program;
	byId('about').textContent = [
		`${leaks.snapshots.length} snapshots over ${elapsed(last.time_ns - first.time_ns)}`,
		`from ${data.base.taken}`,
		data.about.rate,
	]
		.filter(Boolean)
		.join(' \u00b7 ');
	byId('answer').replaceChildren(
		el('strong', {}, answer()),
		el('span', {}, ` ${leaks.sample_type}: ${change}, from ${from} to ${to}`),
	);
	byId('notes').replaceChildren(...leaks.notes.map((note) => el('li', {}, note)));
	byId('notes').hidden = leaks.notes.length === 0;
	document.title = `${data.about.program}: leaks`;
	byId('licences-text').textContent = byId('licences').textContent;
}

function showDetails(i) {
	byId('details').replaceChildren(...description(tree, view, i));
}

function showTip(i, event) {
	const tip = byId('tip');
	tip.hidden = i === null || i === 0;
	if (tip.hidden) return;
	tip.replaceChildren(...description(tree, view, i));
	const left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8);
	const isAbove = event.clientY + 20 + tip.offsetHeight > innerHeight - 8;
	tip.style.left = `${Math.max(8, left)}px`;
	tip.style.top = `${isAbove ? event.clientY - tip.offsetHeight - 12 : event.clientY + 20}px`;
}

function showSearch() {
	const text = byId('find').value;
	const test = text === '' ? {} : matcher(text);
	byId('find').setAttribute('aria-invalid', String(Boolean(test.error)));
	search = test.matches ? find(tree, view, test.matches) : null;
	graph.search(search && search.found);
	if (!search) byId('found').textContent = test.error ?? '';
	else if (search.functionCount === 0) byId('found').textContent = 'Nothing matches.';
	else
		byId('found').textContent =
			`${count(search.functionCount, 'function')} in ` +
			`${count(search.placeCount, 'place')}: ` +
			interval(kind, search.value, view.half(search.variance), { plus: true });
}

function pick(site) {
	byId('find').value = `^${siteName(site).replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}$`;
	showSearch();
	byId('graph').scrollIntoView({ block: 'center' });
	if (search?.found.size > 0) graph.next();
}

let graph = null;
graph = createGraph(byId('graph'), tree, {
	color,
	label: (i) => sentence(tree, view, i),
	onHover: showTip,
	onFocus: showDetails,
	onZoom: (zoomed) => {
		byId('back').disabled = byId('reset').disabled = !graph?.canGoBack;
		if (graph === null) return;
		showDetails(zoomed);
		showTip(null);
	},
});

function pressed(event) {
	if (event.ctrlKey || event.metaKey || event.altKey || byId('help').open) return;
	const isTyping = event.target === byId('find');
	if (event.key === 'Escape') {
		if (byId('find').value !== '') {
			byId('find').value = '';
			showSearch();
		} else if (!isTyping) graph.reset();
		if (isTyping) graph.focus(graph.focused);
	} else if (isTyping) return;
	else if (event.key === '/') byId('find').select();
	else if (event.key === '?') byId('help').showModal();
	else if (event.key === 't') byId('theme').click();
	else if (event.key === 'Backspace') graph.back();
	else return;
	event.preventDefault();
}

showHead();
graph.show(view);
showDetails(0);
byId('blind').textContent = blindness(tree, view);
showSites(byId('sites'), leaks, pick);
const chart = createChart(byId('chart'), leaks, bands(leaks), { isDark, onPick: pick });
startTheme(byId('theme'), () => {
	graph.redraw();
	chart.redraw();
});
chart.redraw();
byId('find').addEventListener('input', showSearch);
byId('search').addEventListener('submit', (event) => {
	event.preventDefault();
	if (search?.found.size > 0) graph.next();
});
byId('back').addEventListener('click', () => graph.back());
byId('reset').addEventListener('click', () => graph.reset());
byId('help-open').addEventListener('click', () => byId('help').showModal());
document.addEventListener('keydown', pressed);
document.documentElement.dataset.state = 'ready';
