// SPDX-License-Identifier: BSD-2-Clause
// What stands around the graph on every page: details, tip, search, buttons, keys.
// Not here: the graph (graph.js), what a search means (search.js).
import { description } from './describe.js';
import { byId } from './dom.js';
import { changeColor, neutral } from './palette.js';
import { find, matcher } from './search.js';
import { isDark } from './theme.js';
import { count, interval, percent } from './units.js';

// Of two profiles: red where it grew, blue where it shrank, grey where that is within its error.
export function colorOfChange(tree, view, i) {
	if (!tree.isReal(i)) return neutral(isDark());
	const old = view.oldCum[i];
	const most = Math.max(Math.abs(old), Math.abs(old + view.cum[i]));
	const half = view.half(view.cumVariance[i]) ?? 0;
	if (most === 0 || view.cum[i] === 0 || Math.abs(view.cum[i]) <= half)
		return neutral(isDark());
	return changeColor(view.cum[i] / most, isDark());
}

export function quoted(name) {
	return `^${name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}$`;
}

// tree; getView and getGraph, since both change; onSearch is told what was found, or null; onKey
// may take a key that nothing else takes.
export function createAround({ tree, getView, getGraph, onSearch, onKey }) {
	let search = null; // what find() gave

	function showDetails(i) {
		byId('details').replaceChildren(...description(tree, getView(), i));
	}

	function showTip(i, event) {
		const tip = byId('tip');
		tip.hidden = i === null || i === 0;
		if (tip.hidden) return;
		tip.replaceChildren(...description(tree, getView(), i));
		const left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8);
		const above = event.clientY - tip.offsetHeight - 12;
		const below = event.clientY + 20;
		const isAbove = below + tip.offsetHeight > innerHeight - 8;
		tip.style.left = `${Math.max(8, left)}px`;
		tip.style.top = `${isAbove ? above : below}px`;
	}

	// "3 functions in 14 places: 12.0 MB ±1.5, 44%"; of a change there is no share.
	function told() {
		const view = getView();
		if (search.functionCount === 0) return 'Nothing matches.';
		const value = interval(view.type.kind, search.value, view.half(search.variance), {
			plus: tree.hasBase,
		});
		const share = tree.hasBase ? '' : `, ${percent(search.value, view.whole)}`;
		return (
			`${count(search.functionCount, 'function')} in ` +
			`${count(search.placeCount, 'place')}: ${value}${share}`
		);
	}

	function showSearch() {
		const text = byId('find').value;
		const test = text === '' ? {} : matcher(text);
		byId('find').setAttribute('aria-invalid', String(Boolean(test.error)));
		search = test.matches ? find(tree, getView(), test.matches) : null;
		getGraph().search(search && search.found);
		byId('found').textContent = search ? told() : (test.error ?? '');
		onSearch?.(search);
	}

	function searchFor(text) {
		byId('find').value = text;
		showSearch();
	}

	function next() {
		if (search?.found.size > 0) getGraph().next();
	}

	function pressed(event) {
		if (event.ctrlKey || event.metaKey || event.altKey || byId('help').open) return;
		const graph = getGraph();
		const isTyping = event.target === byId('find');
		if (event.key === 'Escape') {
			if (byId('find').value !== '') searchFor('');
			else if (!isTyping) graph.reset();
			if (isTyping) graph.focus(graph.focused);
		} else if (isTyping) return;
		else if (event.key === '/') byId('find').select();
		else if (event.key === '?') byId('help').showModal();
		else if (event.key === 't') byId('theme').click();
		else if (event.key === 'Backspace') graph.back();
		else if (!onKey?.(event.key)) return;
		event.preventDefault();
	}

	function listen() {
		byId('find').addEventListener('input', showSearch);
		byId('search').addEventListener('submit', (event) => {
			event.preventDefault();
			next();
		});
		byId('back').addEventListener('click', () => getGraph().back());
		byId('reset').addEventListener('click', () => getGraph().reset());
		byId('help-open').addEventListener('click', () => byId('help').showModal());
		document.addEventListener('keydown', pressed);
	}

	return { showDetails, showTip, showSearch, searchFor, next, listen };
}
