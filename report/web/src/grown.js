// SPDX-License-Identifier: BSD-2-Clause
// The table of the call sites that grew most.
// Not here: their growth and its error (growth.js).
import { picture } from './course.js';
import { el } from './dom.js';
import { count, parts } from './units.js';

const ROWS = 15;
const CALLERS = 4;
const POINTS = 120; // more do not fit into the picture
const HEAD = ['growth', '', 'per minute', 'now', '', 'last minutes', 'site'];

// Every so-manieth, so that the picture has no more points than it has room for.
function thin(list) {
	const step = Math.ceil(list.length / POINTS);
	return step > 1 ? list.filter((_, at) => (list.length - 1 - at) % step === 0) : list;
}

function place({ called, callers }) {
	const shown = callers.slice(0, CALLERS).map((name) => ` < ${name}`);
	return `${called && ` (${called})`}${shown.join('')}`;
}

// A value with half of its interval; label stands before it where the table has no head.
function value(label, { value: text, half }, className = '') {
	return [
		el('td', { class: `value ${className}`, 'data-label': label }, text),
		el('td', { class: 'half' }, half && `\u00b1${half}`),
	];
}

function cells(site, { change, half, isLeast }, elapsed_s) {
	const grown = parts('size', change, half, { plus: true });
	const isSure = Math.abs(change) > half;
	const pace = isSure && elapsed_s > 0 ? (change * 60) / elapsed_s : 0;
	const perMinute = pace ? parts('size', pace, 0, { plus: true }).value : '';
	if (isLeast) grown.value = `\u2265${grown.value}`;
	return [
		...value('', grown, 'grown'),
		el('td', { class: 'value', 'data-label': 'per minute' }, perMinute),
		...value('now', parts('size', site.now.bytes, site.half)),
		el(
			'td',
			{ class: 'history' },
			picture(thin(site.times), thin(site.values), 120, 26),
		),
		el(
			'th',
			{ scope: 'row', title: site.functions.join('\n') },
			el('span', { class: 'name' }, site.name),
			el('span', { class: 'place' }, place(site)),
		),
	];
}

export function createGrown(container) {
	const body = el('tbody');
	const caption = el('caption');
	const head = HEAD.map((text) => el('th', { scope: 'col' }, text));
	container.replaceChildren(
		el('table', {}, caption, el('thead', {}, el('tr', {}, ...head)), body),
	);
	return {
		show(sites, siteCount, elapsed_s) {
			const rows = sites.all
				.map((site) => ({ site, growth: sites.growth(site) }))
				.filter(
					({ site, growth }) =>
						site.now.bytes > 0 && growth.change >= 0,
				)
				.sort(
					(a, b) =>
						b.growth.change - a.growth.change ||
						b.site.now.bytes - a.site.now.bytes,
				);
			const hidden = Math.max(siteCount, rows.length) - ROWS;
			caption.textContent =
				`${count(Math.min(ROWS, rows.length), 'site')}` +
				`${hidden > 0 ? `, ${hidden} more hold memory` : ''}. ` +
				'Grey: within chance.';
			body.replaceChildren(
				...rows.slice(0, ROWS).map(({ site, growth }) =>
					el(
						'tr',
						{
							'data-sure':
								growth.change > 0 &&
								growth.change > growth.half,
						},
						...cells(site, growth, elapsed_s),
					),
				),
			);
		},
	};
}
