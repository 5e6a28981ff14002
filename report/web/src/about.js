// SPDX-License-Identifier: BSD-2-Clause
// What a page says of the profile as a whole: where it is from, and what it cannot see.
// Not here: single places (describe.js).
import { count, elapsed, parts } from './units.js';

// The parts of the line under the title.
export function origin({ about, base, file_count: files }) {
	if (!base)
		return [
			about.kind,
			about.taken,
			about.rate,
			count(about.sample_count, 'row'),
			files > 1 ? `${files} profiles merged` : '',
		].filter(Boolean);
	const other = base.program === about.program ? '' : base.program;
	const from = [other, base.taken].filter(Boolean).join(', ') || base.file;
	const ns = about.time_ns - base.time_ns;
	const isKnown = about.time_ns > 0 && base.time_ns > 0 && ns > 0;
	const since = `what changed since ${from}${isKnown ? `, ${elapsed(ns)}` : ''}`;
	return [about.kind, since, about.rate].filter(Boolean);
}

function ofSampling(tree, { type }) {
	if (type.is_exact) return ['Every allocation was recorded: these numbers are exact.'];
	if (!type.has_interval) return [];
	const ofCpu = type.invisible_below !== undefined;
	const least = ofCpu
		? parts(type.kind, type.invisible_below).value
		: parts('size', type.invisible_below_bytes).value;
	const said = ['± is half of the 95% interval.'];
	const verb = ofCpu ? 'takes' : 'holds';
	if (!tree.hasBase) said.push(`A place that ${verb} less than ${least} may be missing.`);
	else if (tree.data.is_one_process)
		said.push('Both profiles are of one process: what is in both cancels exactly.');
	else said.push('The profiles are of two processes: the error of both counts.');
	if (tree.hasBase) said.push(`Growth of less than ${least} may be missing.`);
	return said;
}

function ofFolding(tree, view) {
	const { folded_count: places, folded_below: below } = tree.data;
	if (places === 0) return [];
	const { kind } = view.type;
	const { now, old } = tree.small(view);
	const sum = parts(kind, now).value;
	const held = tree.hasBase ? `${parts(kind, old).value} → ${sum}` : sum;
	const share = (100 * below).toPrecision(2);
	const which = below > 0 ? `below ${share}% of each total` : 'too deep';
	return [
		`${count(places, 'place')} ${which}`,
		`are folded into “(small)”, ${held} in all.`,
		below > 0 ? 'To keep them: -nodecount=0. To look closer: -focus.' : '',
	];
}

// What the reader cannot see here, and why.
export function blindness(tree, view) {
	return [...ofSampling(tree, view), ...ofFolding(tree, view)].join(' ');
}
