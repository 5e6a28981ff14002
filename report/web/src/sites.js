// SPDX-License-Identifier: BSD-2-Clause
// The ranked table of call sites: verdict, values with intervals, course, reason.
// Not here: their bands in the chart (chart.js).
import { calledName, picture, shownFrames, siteName, sitePlace } from './course.js';
import { el } from './dom.js';
import { count, elapsed, parts } from './units.js';

const FRAMES = 3;

// "5 min", not "5 min 0 s".
const shortTime = (seconds) => elapsed(seconds * 1e9).replace(/ 0 \S+$/, '');

function verdictClass(verdict) {
	return `verdict ${verdict.toLowerCase().replace('?', '-maybe').replace(/ /g, '-')}`;
}

// "60%", or "12–97%" where the counters allow so much.
function survivors(site) {
	if (!(site.now > 0)) return '';
	const [low, high] = [site.old_low, site.old_high].map((old) =>
		Math.round((100 * old) / site.now),
	);
	return low === high ? `${low}%` : `${low}\u2013${high}%`;
}

function pace(kind, site) {
	const half = Math.max(
		site.per_hour - site.per_hour_low,
		site.per_hour_high - site.per_hour,
	);
	const isSure = site.in_a_day !== undefined && site.per_hour_low > 0;
	if (!isSure && half > 20 * Math.max(site.now, 1)) return { value: '', half: '' };
	return parts(kind, site.per_hour, half, { plus: true });
}

function projection(kind, site) {
	if (!(site.per_hour > 0) || site.in_a_day === undefined) return '';
	return (
		`; has grown for ${shortTime(site.grows_for_seconds)}, at this pace ` +
		`${parts(kind, site.in_an_hour).value} in an hour, ` +
		`${parts(kind, site.in_a_day).value} in a day`
	);
}

function callers(site) {
	return shownFrames(site, FRAMES)
		.slice(1)
		.map(({ name }) => ` < ${name}`)
		.join('');
}

function row(leaks, kind, site, times, onPick) {
	const now = parts(kind, site.now, site.half_width);
	const rate = pace(kind, site);
	return el(
		'tr',
		{ 'data-verdict': site.verdict },
		el('td', { class: 'rank' }, String(site.rank)),
		el('td', {}, el('span', { class: verdictClass(site.verdict) }, site.verdict)),
		el('td', { class: 'value' }, now.value),
		el('td', { class: 'half' }, now.half ? `\u00b1${now.half}` : ''),
		el('td', { class: 'value' }, rate.value),
		el('td', { class: 'half' }, rate.half ? `\u00b1${rate.half}` : ''),
		el('td', { class: 'value' }, survivors(site)),
		el('td', { class: 'history' }, picture(times, site.history, 120, 26)),
		el(
			'th',
			{ scope: 'row' },
			el(
				'button',
				{
					type: 'button',
					title: 'Find it in the flame graph',
					onclick: () => onPick(site),
				},
				siteName(site),
			),
			el(
				'span',
				{ class: 'place' },
				`${sitePlace(site)}${calledName(site)}${callers(site)}`,
			),
			el('span', { class: 'reason' }, `${site.reason}${projection(kind, site)}`),
		),
	);
}

// onPick(site): a row was chosen.
export function showSites(container, leaks, onPick) {
	const kind = leaks.unit === 'bytes' ? 'size' : 'count';
	const times = leaks.snapshots.map((snapshot) => snapshot.time_ns);
	const steady = leaks.sites.filter(({ verdict }) => verdict === 'steady');
	const shown = leaks.sites.filter(({ verdict }) => verdict !== 'steady');
	const age = shortTime(leaks.age_seconds);
	const head = ['', 'verdict', 'now', '', 'per hour', '', `live > ${age}`, 'history', 'site'];
	container.replaceChildren(
		el(
			'div',
			{ class: 'scroll' },
			el(
				'table',
				{},
				el(
					'caption',
					{},
					`${count(shown.length, 'site')} of ${leaks.site_count}` +
						(steady.length > 0
							? '; the others are steady'
							: ''),
				),
				el(
					'thead',
					{},
					el(
						'tr',
						{},
						...head.map((text) =>
							el('th', { scope: 'col' }, text),
						),
					),
				),
				el(
					'tbody',
					{},
					...shown.map((site) =>
						row(leaks, kind, site, times, onPick),
					),
				),
			),
		),
	);
}
