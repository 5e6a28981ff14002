// SPDX-License-Identifier: BSD-2-Clause
// The functions as a table: what each holds itself and with all it called. Sorted by a click, and
// of use without a mouse.
// Not here: the sums (tree.js).
import { el } from './dom.js';
import { parts, percent } from './units.js';

const ROWS_AT_FIRST = 30;

const COLUMNS = [
	{ key: 'flat', label: 'self', variance: 'flatVariance' },
	{ key: 'cum', label: 'with callees', variance: 'cumVariance' },
];

// options: onPick(row): a function was chosen; caption(view, count) says what is listed.
export function createTable(container, tree, options) {
	let sortKey = tree.hasBase ? 'cum' : 'flat';
	let isDown = true;
	let limit = ROWS_AT_FIRST;
	let last; // what was shown: { view, top, wanted }

	function sorted(rows) {
		const order =
			sortKey === 'name'
				? (a, b) => a.name.localeCompare(b.name)
				: (a, b) =>
						Math.abs(b[sortKey]) - Math.abs(a[sortKey]) ||
						b.cum - a.cum;
		rows.sort((a, b) => order(a, b) || a.name.localeCompare(b.name));
		return isDown === (sortKey !== 'name') ? rows : rows.reverse();
	}

	function sortBy(key) {
		isDown = key === sortKey ? !isDown : key !== 'name';
		sortKey = key;
		draw();
		container.querySelector(`th[data-key="${key}"] button`).focus();
	}

	function heading(key, label, span) {
		const state = key !== sortKey ? 'none' : isDown ? 'descending' : 'ascending';
		return el(
			'th',
			{ scope: 'col', colspan: span, 'data-key': key, 'aria-sort': state },
			el('button', { type: 'button', onclick: () => sortBy(key) }, label),
		);
	}

	function cells(view, row, { key, variance }) {
		const text = parts(view.type.kind, row[key], view.half(row[variance]), {
			plus: tree.hasBase,
		});
		const isNothing = row[key] === 0 && !text.half;
		return [
			el('td', { class: 'value' }, isNothing ? '' : text.value),
			el('td', { class: 'half' }, text.half ? `±${text.half}` : ''),
			el(
				'td',
				{ class: 'share' },
				isNothing ? '' : percent(row[key], view.whole),
			),
		];
	}

	function line(view, row) {
		const name = el(
			'button',
			{ type: 'button', onclick: () => options.onPick(row) },
			row.name,
		);
		const file = tree.file(row.node);
		return el(
			'tr',
			{},
			...COLUMNS.flatMap((column) => cells(view, row, column)),
			el(
				'th',
				{ scope: 'row' },
				name,
				file ? el('span', { class: 'place' }, file) : '',
			),
		);
	}

	function draw() {
		const { view, top, wanted } = last;
		const all = sorted(tree.functions(view, top));
		const rows = wanted ? all.filter((row) => wanted(row.node)) : all;
		const more =
			rows.length > limit
				? el(
						'button',
						{
							type: 'button',
							class: 'more',
							onclick: () => {
								limit = Infinity;
								draw();
								container
									.querySelectorAll(
										'tbody button',
									)
									[ROWS_AT_FIRST]?.focus();
							},
						},
						`Show all ${rows.length}`,
					)
				: '';
		container.replaceChildren(
			el(
				'div',
				{ class: 'scroll' },
				el(
					'table',
					{},
					el('caption', {}, options.caption(view, rows.length)),
					el(
						'thead',
						{},
						el(
							'tr',
							{},
							...COLUMNS.map(({ key, label }) =>
								heading(key, label, 3),
							),
							heading('name', 'function', 1),
						),
					),
					el(
						'tbody',
						{},
						...rows
							.slice(0, limit)
							.map((row) => line(view, row)),
					),
				),
			),
			more,
		);
	}

	return {
		// top: the node whose stacks count; wanted(node): a filter, or null.
		show(view, top, wanted) {
			last = { view, top, wanted };
			draw();
		},
	};
}
