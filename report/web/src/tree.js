// SPDX-License-Identifier: BSD-2-Clause
// The tree of stacks: from the columns in the page to nodes with values, one view at a time.
// Not here: drawing it (graph.js), writing the columns (report/cli/flame_json.c).
//
// strings       every name and file once
// frame_names,  by frame: index of strings
// frame_files
// parents       by node: how far back its parent is; node 0 is the root
// frames        by node: its frame; -1 the root, -2 what was folded as too small
// lines         by node: source line, 0 unknown, -1 several
// types[]       one sample type: type, unit, kind, and sparse columns of what nodes hold
//               themselves: at (distance from the one before), values (new), old_values,
//               variances

export const ROOT = -1;
export const SMALL = -2;

const WIDTHS = {
	value: (value) => Math.abs(value),
	change: (value, old) => Math.abs(value - old),
	now: (value) => Math.abs(value),
};

export class Tree {
	constructor(data) {
		this.data = data;
		this.count = data.parents.length;
		this.hasBase = data.has_base;
		this.types = data.types;
		this.parents = Int32Array.from(data.parents, (back, i) => i - back);
		this.frames = Int32Array.from(data.frames);
		this.items = Array.from(this.parents, (_, i) => ({ i, v: 0, c: [] }));
		for (let i = 1; i < this.count; i++)
			this.items[this.parents[i]].c.push(this.items[i]);
	}

	name(i) {
		const frame = this.frames[i];
		if (frame === ROOT) return 'all';
		if (frame === SMALL) return '(small)';
		return this.data.strings[this.data.frame_names[frame]];
	}

	file(i) {
		const frame = this.frames[i];
		return frame < 0 ? '' : this.data.strings[this.data.frame_files[frame]];
	}

	// "src/session.c:88"; the line only where it is one.
	place(i) {
		const file = this.file(i);
		const line = this.data.lines[i];
		return file && line > 0 ? `${file}:${line}` : file;
	}

	isReal(i) {
		return this.frames[i] >= 0;
	}

	// The columns of one sample type, summed up the tree. width: 'value', or for a change
	// 'change' (its size, whatever its sign) or 'now' (what there is afterwards).
	view(typeIndex, width) {
		const type = this.types[typeIndex];
		const column = () => new Float64Array(this.count);
		const view = {
			type,
			flat: column(),
			cum: column(), // value, or the change
			oldFlat: column(),
			oldCum: column(),
			flatVariance: column(),
			cumVariance: column(),
			widths: column(),
		};
		let at = 0;
		type.at.forEach((back, k) => {
			at += back;
			const old = type.old_values?.[k] ?? 0;
			view.flat[at] = type.values[k] - old;
			view.oldFlat[at] = old;
			view.flatVariance[at] = type.variances?.[k] ?? 0;
			view.widths[at] = WIDTHS[width](type.values[k], old);
		});
		view.cum.set(view.flat);
		view.oldCum.set(view.oldFlat);
		view.cumVariance.set(view.flatVariance);
		for (let i = this.count - 1; i > 0; i--) {
			const parent = this.parents[i];
			for (const name of ['cum', 'oldCum', 'cumVariance', 'widths'])
				view[name][parent] += view[name][i];
		}
		view.half = (variance) =>
			type.has_interval && !type.is_exact
				? this.data.z95 * Math.sqrt(variance)
				: undefined;
		view.total = view.cum[0];
		// What a share is of: everything; of a change, all there was or all there is.
		view.whole = this.hasBase
			? Math.max(view.oldCum[0], view.cum[0] + view.oldCum[0])
			: Math.abs(view.cum[0]);
		return view;
	}

	// Too few samples for the interval to be taken as it stands.
	isFew(value, variance) {
		return variance > 0 && value * value < this.data.few_samples * variance;
	}

	// What was folded as too small, in sum.
	small(view) {
		const sum = { now: 0, old: 0 };
		for (let i = 0; i < this.count; i++) {
			if (this.frames[i] !== SMALL) continue;
			sum.now += view.flat[i] + view.oldFlat[i];
			sum.old += view.oldFlat[i];
		}
		return sum;
	}

	// Functions under top: flat, and cum with each stack counted once.
	functions(view, top) {
		const rows = new Map();
		const open = new Map(); // how often a frame is on the way down
		const stack = [[this.items[top], false]];
		while (stack.length > 0) {
			const [item, isLeaving] = stack.pop();
			const i = item.i;
			const frame = this.frames[i];
			if (isLeaving) {
				open.set(frame, open.get(frame) - 1);
				continue;
			}
			if (frame >= 0 || frame === SMALL) {
				let row = rows.get(frame);
				if (!row) {
					row = {
						frame,
						node: i,
						name: this.name(i),
						flat: 0,
						cum: 0,
						flatVariance: 0,
						cumVariance: 0,
						old: 0,
					};
					rows.set(frame, row);
				}
				row.flat += view.flat[i];
				row.flatVariance += view.flatVariance[i];
				if (!open.get(frame)) {
					row.cum += view.cum[i];
					row.cumVariance += view.cumVariance[i];
					row.old += view.oldCum[i];
				}
			}
			open.set(frame, (open.get(frame) ?? 0) + 1);
			stack.push([item, true]);
			for (const child of item.c) stack.push([child, false]);
		}
		return [...rows.values()].filter(
			(row) => row.cum !== 0 || row.flat !== 0 || row.old !== 0,
		);
	}
}
