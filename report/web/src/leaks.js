// SPDX-License-Identifier: BSD-2-Clause
// The page of cprof leaks: the answer, the chart over time, the sites, the flame graph of the
// growth, and how they act on each other.
// Not here: each of them (chart.js, sites.js, graph.js).
import './base.css';
import './flame.css';
import './chart.css';
import './sites.css';
import './leaks.css';
import { blindness } from './about.js';
import { colorOfChange, createAround, quoted } from './around.js';
import { createChart } from './chart.js';
import { bands, siteName } from './course.js';
import { pageData } from './data.js';
import { sentence } from './describe.js';
import { byId, el } from './dom.js';
import { createGraph } from './graph.js';
import { showSites } from './sites.js';
import { isDark, startTheme } from './theme.js';
import { Tree } from './tree.js';
import { count, elapsed, interval, parts } from './units.js';

const data = pageData();
const { leaks } = data;
const kind = leaks.unit === 'bytes' ? 'size' : 'count';
const tree = new Tree(data.tree);
const view = tree.view(data.type, 'change');

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

function pick(site) {
	around.searchFor(quoted(siteName(site)));
	byId('graph').scrollIntoView({ block: 'center' });
	around.next();
}

let graph = null;
const around = createAround({ tree, getView: () => view, getGraph: () => graph });
graph = createGraph(byId('graph'), tree, {
	color: (i) => colorOfChange(tree, view, i),
	label: (i) => sentence(tree, view, i),
	onHover: around.showTip,
	onFocus: around.showDetails,
	onZoom: (zoomed) => {
		byId('back').disabled = byId('reset').disabled = !graph?.canGoBack;
		if (graph === null) return;
		around.showDetails(zoomed);
		around.showTip(null);
	},
});

showHead();
graph.show(view);
around.showDetails(0);
byId('blind').textContent = blindness(tree, view);
showSites(byId('sites'), leaks, pick);
const chart = createChart(byId('chart'), leaks, bands(leaks), { isDark, onPick: pick });
startTheme(byId('theme'), () => {
	graph.redraw();
	chart.redraw();
});
chart.redraw();
around.listen();
document.documentElement.dataset.state = 'ready';
