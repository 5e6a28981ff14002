// SPDX-License-Identifier: BSD-2-Clause
// The page of cprof flame: what there is, the graph, the functions, and how they act on each other.
// Not here: the graph itself (graph.js), the numbers (tree.js).
import './base.css';
import './flame.css';
import { blindness, origin } from './about.js';
import { pageData } from './data.js';
import { description, sentence } from './describe.js';
import { byId, choice, el } from './dom.js';
import { createGraph } from './graph.js';
import { changeColor, frameColor, neutral } from './palette.js';
import { find, matcher } from './search.js';
import { createTable } from './table.js';
import { isDark, startTheme } from './theme.js';
import { Tree } from './tree.js';
import { count, interval, parts, percent } from './units.js';

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
	if (!tree.isReal(i)) return neutral(isDark());
	if (!tree.hasBase) return frameColor(tree.name(i), tree.file(i), isDark());
	const old = view.oldCum[i];
	const most = Math.max(Math.abs(old), Math.abs(old + view.cum[i]));
	const half = view.half(view.cumVariance[i]) ?? 0;
	if (most === 0 || view.cum[i] === 0 || Math.abs(view.cum[i]) <= half)
		return neutral(isDark());
	return changeColor(view.cum[i] / most, isDark());
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

function showSearch() {
	const text = byId('find').value;
	const said = byId('found');
	const test = text === '' ? {} : matcher(text);
	byId('find').setAttribute('aria-invalid', String(Boolean(test.error)));
	search = test.matches ? find(tree, view, test.matches) : null;
	if (search) search.frames = new Set([...search.found].map((i) => tree.frames[i]));
	graph.search(search && search.found);
	if (!search) said.textContent = test.error ?? '';
	else if (search.functionCount === 0) said.textContent = 'Nothing matches.';
	else {
		const value = interval(view.type.kind, search.value, view.half(search.variance), {
			plus: tree.hasBase,
		});
		said.textContent =
			`${count(search.functionCount, 'function')} in ` +
			`${count(search.placeCount, 'place')}: ${value}` +
			`${tree.hasBase ? '' : `, ${percent(search.value, view.whole)}`}`;
	}
	showTable();
}

function showView() {
	view = tree.view(type, width);
	showTotal();
	byId('blind').textContent = blindness(tree, view);
	showLegend();
	graph.show(view);
	showSearch();
	showDetails(graph.focused);
}

const table = createTable(byId('functions'), tree, {
	caption: (of, rows) =>
		`${count(rows, 'function')}` +
		`${graph.zoomed === 0 ? '' : ` under ${tree.name(graph.zoomed)}`}`,
	onPick: (row) => {
		const name = row.name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
		byId('find').value = byId('find').value === `^${name}$` ? '' : `^${name}$`;
		showSearch();
	},
});

let graph = null;
graph = createGraph(byId('graph'), tree, {
	color,
	label: (i) => sentence(tree, view, i),
	onHover: showTip,
	onFocus: showDetails,
	onZoom: (zoomed) => {
		if (graph === null) return;
		showPath(zoomed);
		showDetails(zoomed);
		showTip(null);
		showTable();
	},
});

function start() {
	showAbout();
	const names = tree.types.map((one, i) => ({
		text: one.type,
		title: `${one.type}, ${one.unit} (${i + 1})`,
	}));
	const views = choice(byId('views'), names, type, (i) => {
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
	byId('find').addEventListener('input', showSearch);
	byId('search').addEventListener('submit', (event) => {
		event.preventDefault();
		if (search?.found.size > 0) graph.next();
	});
	byId('back').addEventListener('click', () => graph.back());
	byId('reset').addEventListener('click', () => graph.reset());
	byId('help-open').addEventListener('click', () => byId('help').showModal());
	document.addEventListener('keydown', (event) => pressed(event, views));
	showView();
	showPath(0);
	document.documentElement.dataset.state = 'ready';
}

function pressed(event, views) {
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
	else if (event.key >= '1' && event.key <= String(Math.min(9, tree.types.length)))
		views.pick(event.key - 1, true);
	else return;
	event.preventDefault();
}

start();
