// SPDX-License-Identifier: BSD-2-Clause
// What the page says of one place: its name, its source, what it holds, how sure that is.
// Not here: the picture (graph.js), sums over places (table.js).
import { el } from './dom.js';
import { SMALL } from './tree.js';
import { interval, parts, percent } from './units.js';

// One line for those who hear the page.
export function sentence(tree, view, i) {
	const half = view.half(view.cumVariance[i]);
	const value = interval(view.type.kind, view.cum[i], half, { plus: tree.hasBase });
	const share = percent(view.cum[i], view.whole);
	return `${tree.name(i)}, ${value}${share ? `, ${share}` : ''}`;
}

function quantity(tree, view, label, value, variance, old) {
	const { kind } = view.type;
	const text = parts(kind, value, view.half(variance), { plus: tree.hasBase });
	const cells = [
		el('dt', {}, label),
		el(
			'dd',
			{},
			el('b', {}, text.value),
			text.half ? el('i', {}, ` ±${text.half}`) : '',
		),
	];
	if (tree.hasBase) {
		const was = parts(kind, old).value;
		const now = parts(kind, old + value).value;
		cells.push(el('dd', {}, `${was} → ${now}`));
	} else {
		cells.push(el('dd', {}, percent(value, view.whole)));
	}
	return cells;
}

function remark(tree, view, i) {
	if (tree.frames[i] === SMALL)
		return 'Places too small to be drawn, folded into one. Their sum is exact.';
	if (!view.type.has_interval || view.type.is_exact) return '';
	const variance = view.cumVariance[i];
	if (tree.hasBase && variance > 0 && Math.abs(view.cum[i]) <= view.half(variance))
		return 'The change is within its error: it may be chance.';
	if (!tree.hasBase && tree.isFew(view.cum[i], variance))
		return `Under ${tree.data.few_samples} samples: it may be more than ± says.`;
	return '';
}

// The elements that describe node i.
export function description(tree, view, i) {
	const isAll = i === 0;
	const self = quantity(
		tree,
		view,
		'self',
		view.flat[i],
		view.flatVariance[i],
		view.oldFlat[i],
	);
	const note = remark(tree, view, i);
	return [
		el(
			'div',
			{ class: 'who' },
			el('strong', {}, isAll ? 'All stacks' : tree.name(i)),
			tree.place(i) ? el('span', { class: 'place' }, tree.place(i)) : '',
		),
		el(
			'dl',
			{},
			...quantity(
				tree,
				view,
				isAll ? 'total' : 'with callees',
				view.cum[i],
				view.cumVariance[i],
				view.oldCum[i],
			),
			...(isAll ? [] : self),
		),
		...(note ? [el('p', { class: 'note' }, note)] : []),
	];
}
