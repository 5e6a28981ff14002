// SPDX-License-Identifier: BSD-2-Clause
// The page of cprof flame: what there is, the graph, the functions, and how they act on each other.
// Not here: the graph itself (graph.js), the numbers (tree.js).
import './base.css';
import './flame.css';
import { blindness, origin } from './about.js';
import { colorOfChange, createAround, quoted } from './around.js';
import { pageData } from './data.js';
import { sentence } from './describe.js';
import { byId, choice, el } from './dom.js';
import { createGraph } from './graph.js';
import { changeColor, frameColor, neutral } from './palette.js';
import { createTable } from './table.js';
import { isDark, startTheme } from './theme.js';
import { Tree } from './tree.js';
import { count, parts } from './units.js';

const WIDTHS = [
	{
		mode: 'change',
		text: 'width: change',
		title: 'A frame is as wide as its change is large',
	},
	{ mode: 'now', text: 'width: now', title: 'A frame is as wide as what there is now' },
];

const data = pageData();
const tree = new Tree(data.tree);
let type = data.type;
let width = tree.hasBase ? WIDTHS[0].mode : 'value';
let view = tree.view(type, width);
let search = null; // what find() gave

function color(i) {
	if (tree.hasBase) return colorOfChange(tree, view, i);
	return tree.isReal(i)
		? frameColor(tree.name(i), tree.file(i), isDark())
		: neutral(isDark());
}

function showAbout() {
	byId('program').textContent = data.about.program;
	byId('about').textContent = origin(data).join(' · ');
	for (const { option, value } of data.filters)
		byId('about').append(' · ', el('code', {}, `-${option}=${value}`));
	document.title = `${data.about.program}: flame graph`;
	byId('licences-text').textContent = byId('licences').textContent;
}

function showTotal() {
	const { kind } = view.type;
	const text = parts(kind, view.total, view.half(view.cumVariance[0]), {
		plus: tree.hasBase,
	});
	const unit = kind === 'count' && view.type.unit !== 'count' ? ` ${view.type.unit}` : '';
	const rest = tree.hasBase
		? ` from ${parts(kind, view.oldCum[0]).value} to ` +
			`${parts(kind, view.oldCum[0] + view.total).value}`
		: ` ${view.type.type}`;
	byId('total').replaceChildren(
		el('strong', {}, text.value + unit),
		text.half ? el('i', {}, ` ±${text.half}`) : '',
		el('span', {}, rest),
	);
}

function showLegend() {
	if (!tree.hasBase) return;
	const swatch = (share, text) => {
		const box = el('span', { class: 'swatch' });
		box.style.background =
			share === 0 ? neutral(isDark()) : changeColor(share, isDark());
		return el('span', {}, box, text);
	};
	byId('legend').hidden = false;
	byId('legend').replaceChildren(
		swatch(1, 'new'),
		swatch(0.3, 'grew'),
		swatch(0, view.type.has_interval ? 'no change beyond its error' : 'no change'),
		swatch(-0.3, 'shrank'),
		swatch(-1, 'gone'),
	);
}

function showPath(zoomed) {
	const up = [];
	for (let i = tree.parents[zoomed]; zoomed !== 0; i = tree.parents[i]) {
		up.unshift(i);
		if (i === 0) break;
	}
	byId('path').replaceChildren(
		...up.map((i) =>
			el(
				'button',
				{
					type: 'button',
					title: `Zoom out to ${tree.name(i)}`,
					onclick: () => graph.zoom(i),
				},
				tree.name(i),
			),
		),
		zoomed === 0 ? '' : el('span', {}, tree.name(zoomed)),
	);
	byId('path').hidden = zoomed === 0;
	byId('back').disabled = byId('reset').disabled = !graph?.canGoBack;
}

function showTable() {
	table.show(view, graph.zoomed, search && ((node) => search.frames.has(tree.frames[node])));
}

function showView() {
	view = tree.view(type, width);
	showTotal();
	byId('blind').textContent = blindness(tree, view);
	showLegend();
	graph.show(view);
	around.showSearch();
	around.showDetails(graph.focused);
}

const table = createTable(byId('functions'), tree, {
	caption: (of, rows) =>
		`${count(rows, 'function')}` +
		`${graph.zoomed === 0 ? '' : ` under ${tree.name(graph.zoomed)}`}`,
	onPick: (row) => {
		const text = quoted(row.name);
		around.searchFor(byId('find').value === text ? '' : text);
	},
});

let graph = null;
let views = null; // the buttons of the sample types
const around = createAround({
	tree,
	getView: () => view,
	getGraph: () => graph,
	onSearch: (found) => {
		search = found;
		if (search) search.frames = new Set([...search.found].map((i) => tree.frames[i]));
		showTable();
	},
	onKey: (key) => {
		if (!(key >= '1' && key <= String(Math.min(9, tree.types.length)))) return false;
		views.pick(key - 1, true);
		return true;
	},
});
graph = createGraph(byId('graph'), tree, {
	color,
	label: (i) => sentence(tree, view, i),
	onHover: around.showTip,
	onFocus: around.showDetails,
	onZoom: (zoomed) => {
		if (graph === null) return;
		showPath(zoomed);
		around.showDetails(zoomed);
		around.showTip(null);
		showTable();
	},
});

function start() {
	showAbout();
	const names = tree.types.map((one, i) => ({
		text: one.type,
		title: `${one.type}, ${one.unit} (${i + 1})`,
	}));
	views = choice(byId('views'), names, type, (i) => {
		type = i;
		showView();
	});
	if (tree.hasBase) {
		byId('widths').hidden = false;
		choice(byId('widths'), WIDTHS, 0, (i) => {
			width = WIDTHS[i].mode;
			showView();
		});
	}
	startTheme(byId('theme'), () => {
		graph.redraw();
		showLegend();
	});
	around.listen();
	showView();
	showPath(0);
	document.documentElement.dataset.state = 'ready';
}

start();
