// SPDX-License-Identifier: BSD-2-Clause
// The flame graph itself: frames from callers down to callees, zoom with a way back, search,
// and a keyboard focus that walks from frame to frame. d3-flame-graph draws.
// Not here: the numbers (tree.js), what the page says of a frame (describe.js).
import './graph.css';
import flamegraph from 'd3-flame-graph';
import { select } from 'd3-selection';

const CELL_PX = 21;
const MIN_FRAME_PX = 0.7;
const THIN_PX = 3; // so narrow a frame has no border, else it would be nothing but border
const MOTION_MS = 180;
const STILL_ABOVE = 900; // frames that are too many to be moved smoothly

// options: color(i), label(i) for screen readers, onHover(i or null, event), onFocus(i),
// onZoom(i). Nodes are known by their number in the tree.
export function createGraph(container, tree, options) {
	container.classList.add('flame');
	const still = matchMedia('(prefers-reduced-motion: reduce)');
	const nodes = new Array(tree.count); // of d3's hierarchy
	const shown = new Map(); // node -> its <g>
	const history = [];
	let zoomed = 0;
	let focused = 0;
	let matches = null; // null: no search
	let motionMs = 0;
	let isOurs = false; // a zoom that we asked for, not a click

	const tip = () => {};
	tip.show = (event, d) => options.onHover(d.data.i, event);
	tip.hide = () => options.onHover(null);

	const chart = flamegraph()
		.width(container.clientWidth)
		.cellHeight(CELL_PX)
		.minFrameSize(MIN_FRAME_PX)
		.inverted(true)
		.transitionDuration(0)
		.sort((a, b) => b.data.v - a.data.v || a.data.i - b.data.i)
		.getName((d) => tree.name(d.data.i))
		.setColorMapper((d) => options.color(d.data.i))
		.setDetailsHandler(() => {})
		.setLabelHandler(() => '')
		.tooltip(tip)
		.onClick((d) => {
			if (!isOurs) zoomed = pushZoom(d.data.i);
			changed();
		});

	function pushZoom(i) {
		if (i !== zoomed) history.push(zoomed);
		setFocus(i, false);
		return i;
	}

	// d3-flame-graph sets what it draws a moment later, to move it there. What is new, and all
	// where nothing moves, stands where it belongs at once.
	function settle(g, d) {
		const rect = g.querySelector('rect');
		const label = g.querySelector('.d3-flame-graph-label');
		const isNew = !rect.hasAttribute('width');
		if (isNew || motionMs === 0) {
			rect.setAttribute('width', g.getAttribute('width'));
			g.setAttribute(
				'transform',
				`translate(${d.x0 * chart.width()},${d.depth * CELL_PX})`,
			);
		}
		if (isNew) label.textContent = tree.name(d.data.i);
	}

	// What d3 knows nothing of: classes, and names for those who do not see the picture.
	function decorate() {
		shown.clear();
		let depth = 0;
		select(container)
			.selectAll('g.frame')
			.each(function each(d) {
				const i = d.data.i;
				shown.set(i, this);
				settle(this, d);
				depth = Math.max(depth, d.depth);
				this.classList.toggle('thin', this.getAttribute('width') < THIN_PX);
				this.classList.toggle('match', matches?.has(i) ?? false);
				this.setAttribute('role', 'treeitem');
				this.setAttribute('aria-level', d.depth + 1);
				this.setAttribute('aria-label', options.label(i));
				this.setAttribute('tabindex', '-1');
			});
		const svg = container.querySelector('svg');
		svg.setAttribute('height', (depth + 1) * CELL_PX + 1);
		svg.classList.toggle('searching', matches !== null);
		svg.setAttribute('role', 'presentation');
		motionMs = still.matches || shown.size > STILL_ABOVE ? 0 : MOTION_MS;
		chart.transitionDuration(motionMs);
		if (!shown.has(focused)) focused = zoomed;
		shown.get(focused)?.setAttribute('tabindex', '0');
		container.dataset.frames = shown.size;
	}

	function changed() {
		decorate();
		options.onZoom(zoomed);
	}

	function zoomTo(i) {
		isOurs = true;
		zoomed = i;
		chart.zoomTo(nodes[i]);
		isOurs = false;
	}

	// The next one up with something to show in this view.
	function visible(i) {
		while (i > 0 && !(tree.items[i].v > 0)) i = tree.parents[i];
		return i;
	}

	function setFocus(i, isMoved) {
		shown.get(focused)?.setAttribute('tabindex', '-1');
		focused = i;
		const g = shown.get(i);
		g?.setAttribute('tabindex', '0');
		if (isMoved) g?.focus({ preventScroll: false });
	}

	// The frame one step away on the screen: up, down, or beside at the same depth.
	function beside(key) {
		const d = nodes[focused];
		if (key === 'ArrowUp') return d.parent?.data.i;
		if (key === 'ArrowDown')
			return d.children
				?.filter((child) => shown.has(child.data.i))
				.sort((a, b) => a.x0 - b.x0)[0]?.data.i;
		const row = [...shown.keys()]
			.filter((i) => nodes[i].depth === d.depth)
			.sort((a, b) => nodes[a].x0 - nodes[b].x0);
		return row[row.indexOf(focused) + (key === 'ArrowRight' ? 1 : -1)];
	}

	function nextMatch(by) {
		const found = [...shown.keys()]
			.filter((i) => matches?.has(i))
			.sort(
				(a, b) =>
					nodes[a].depth - nodes[b].depth ||
					nodes[a].x0 - nodes[b].x0,
			);
		const at = found.indexOf(focused);
		return found[at < 0 ? 0 : (at + by + found.length) % found.length];
	}

	const api = {
		get zoomed() {
			return zoomed;
		},
		get focused() {
			return focused;
		},
		get canGoBack() {
			return history.length > 0 || zoomed !== 0;
		},
		show(view) {
			for (let i = 0; i < tree.count; i++) tree.items[i].v = view.widths[i];
			if (!nodes[0]) {
				select(container).datum(tree.items[0]).call(chart);
				select(container)
					.datum()
					.each((d) => {
						nodes[d.data.i] = d;
					});
				changed();
			} else {
				zoomTo(visible(zoomed));
			}
		},
		zoom(i) {
			zoomTo(pushZoom(visible(i)));
		},
		back() {
			zoomTo(visible(history.pop() ?? 0));
		},
		reset() {
			history.length = 0;
			zoomTo(0);
		},
		redraw() {
			chart.update();
			decorate();
		},
		// found: a Set of nodes, or null.
		search(found) {
			matches = found;
			decorate();
		},
		focus(i) {
			setFocus(i, true);
		},
		// To the next match.
		next() {
			const to = nextMatch(1);
			if (to !== undefined) setFocus(to, true);
		},
	};

	container.addEventListener('keydown', (event) => {
		if (event.ctrlKey || event.metaKey || event.altKey) return;
		let to;
		if (event.key.startsWith('Arrow')) to = beside(event.key);
		else if (event.key === 'Home') to = zoomed;
		else if (event.key === 'n' || event.key === 'N')
			to = nextMatch(event.key === 'n' ? 1 : -1);
		else if (event.key === 'Enter' || event.key === ' ') {
			api.zoom(focused);
			to = focused;
		} else return;
		event.preventDefault();
		if (to !== undefined && shown.has(to)) setFocus(to, true);
	});
	container.addEventListener('focusin', (event) => {
		const g = event.target.closest('g.frame');
		if (g) options.onFocus(select(g).datum().data.i);
	});
	new ResizeObserver(() => {
		const width = container.clientWidth;
		if (!nodes[0] || width === 0 || width === chart.width()) return;
		motionMs = 0;
		chart.transitionDuration(0).width(width);
		api.redraw();
	}).observe(container);
	return api;
}
