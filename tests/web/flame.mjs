// SPDX-License-Identifier: BSD-2-Clause
// flame.mjs DIR: the page of DIR/new.html against what `go tool pprof -top` says of the same
// profile (DIR/go.VIEW.txt), and everything a reader can do with it.
// Not here: diffs (flame_diff.mjs), hostile names (flame_hostile.mjs).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { open, run } from './browser.mjs';

const dir = process.argv[2];
const file = path.join(dir, 'new.html');

// name -> { flat, cum } in plain units.
function goTop(view) {
	const rows = new Map();
	let isTable = false;
	for (const line of readFileSync(path.join(dir, `go.${view}.txt`), 'utf8').split('\n')) {
		const words = line.trim().split(/ +/);
		if (isTable && words.length >= 6)
			rows.set(words.slice(5).join(' ').replace(' (inline)', ''), {
				flat: parseFloat(words[0]),
				cum: parseFloat(words[3]),
			});
		isTable ||= words[0] === 'flat';
	}
	assert.ok(rows.size > 4);
	return rows;
}

// All frames in sight: name, x, y, width, fill, classes.
const frames = (page) =>
	page.$$eval('#graph g.frame', (all) =>
		all.map((g) => {
			const box = g.querySelector('rect').getBoundingClientRect();
			return {
				name:
					g.querySelector('.d3-flame-graph-label').textContent ||
					g.getAttribute('name'),
				x: box.x,
				y: box.y,
				width: box.width,
				fill: g.querySelector('rect').getAttribute('fill'),
				label: g.getAttribute('aria-label'),
				classes: g.getAttribute('class'),
			};
		}),
	);

const close = (a, b, what) => assert.ok(Math.abs(a - b) <= 1.5, `${what}: ${a} instead of ${b}`);
const pickView = (page, name) => page.click(`#views button:text-is("${name}")`);
const text = (page, selector) => page.textContent(selector);
const focused = (page) => page.evaluate(() => document.activeElement.getAttribute('aria-label'));

async function checkWidths(page, view, rootCum) {
	const top = goTop(view);
	const all = await frames(page);
	const root = all.find((frame) => frame.name === 'all');
	assert.equal(root.label.split(',')[0], 'all');
	const names = [
		'main',
		'loop',
		'session_new',
		'conn_accept',
		'cache_put',
		'ns_inl',
		'parse',
	];
	let checked = 0;
	for (const name of names) {
		// Of a recursive function the outermost frame has all of it.
		const mine = all
			.filter((frame) => frame.name === name)
			.sort((a, b) => a.y - b.y)[0];
		const cum = top.get(name)?.cum ?? 0;
		if ((cum / rootCum) * root.width < 2) continue;
		close(mine.width, (cum / rootCum) * root.width, `${view} ${name}`);
		checked++;
	}
	assert.ok(checked >= 4);
	// A callee lies below its caller, within it.
	const session = all.find((frame) => frame.name === 'session_new');
	const accept = all.find((frame) => frame.name === 'conn_accept');
	if (session && accept) {
		close(
			session.y - accept.y,
			accept.y - all.find((f) => f.name === 'loop').y,
			'rows',
		);
		assert.ok(session.x >= accept.x - 1.5);
	}
}

await run({
	async 'frames are as wide as their values, in each view'(context) {
		const page = await open(context, file);
		const space = 300000000 + 5000000 + 8388608 + 600000;
		await checkWidths(page, 'inuse_space', space);
		assert.match(await text(page, '#total'), /^299 MB ±\d+ inuse_space$/);
		await pickView(page, 'alloc_objects');
		await checkWidths(page, 'alloc_objects', 300000 + 9000 + 60 + 7000 + 800000);
		assert.match(await text(page, '#total'), /^1,116,060 ±[\d,]+ alloc_objects$/);
		const names = (await frames(page)).map((frame) => frame.name);
		assert.ok(names.includes('parse'), 'parse allocates but holds nothing');
		await pickView(page, 'inuse_space');
		assert.ok(!(await frames(page)).some((frame) => frame.name === 'parse'));
		page.checkQuiet();
	},

	async 'the table has the numbers of go tool pprof'(context) {
		const page = await open(context, file);
		await pickView(page, 'alloc_objects');
		const rows = await page.$$eval('#functions tbody tr', (all) =>
			all.map((tr) =>
				[...tr.cells].map(
					(cell) =>
						cell.querySelector('button')?.textContent ??
						cell.textContent,
				),
			),
		);
		const number = (cell) => Number(cell.replaceAll(',', '') || 0);
		const ours = new Map(
			rows.map((cells) => [
				cells[6],
				{ flat: number(cells[0]), cum: number(cells[3]) },
			]),
		);
		const top = goTop('alloc_objects');
		for (const [name, row] of top) {
			if (name.startsWith('[')) continue; // Go lumps what has no name
			assert.deepEqual(ours.get(name.replace(/<.*>/, '')), row, name);
		}
		assert.equal(rows[0][6], 'parse');
		await page.click('#functions th[data-key=name] button');
		const names = await page.$$eval('#functions tbody th button', (all) =>
			all.map((one) => one.textContent),
		);
		assert.deepEqual(
			names,
			[...names].sort((a, b) => a.localeCompare(b)),
		);
		assert.equal(
			await page.getAttribute('#functions th[data-key=name]', 'aria-sort'),
			'ascending',
		);
		page.checkQuiet();
	},

	async 'search finds, counts, highlights, and ends'(context) {
		const page = await open(context, file);
		await page.keyboard.press('/');
		await page.keyboard.type('LOOP|conn_');
		assert.equal(
			await text(page, '#found'),
			'1 function in 1 place: 286 MB ±23, 95.5%',
		);
		await page.fill('#find', 'loop|conn_');
		// Each stack once: loop calls conn_accept.
		assert.match(
			await text(page, '#found'),
			/^2 functions in 3 places: 299 MB ±\d+, 99.8%$/,
		);
		let found = (await frames(page)).filter((frame) => frame.classes.includes('match'));
		assert.deepEqual(
			new Set(found.map((frame) => frame.name)),
			new Set(['loop', 'conn_accept']),
		);
		await page.fill('#find', 'session\\.c');
		found = (await frames(page)).filter((frame) => frame.classes.includes('match'));
		assert.deepEqual(
			found.map((frame) => frame.name),
			['session_new'],
		);
		assert.equal(await page.$$eval('#functions tbody tr', (all) => all.length), 1);
		await page.fill('#find', 'no such function');
		assert.equal(await text(page, '#found'), 'Nothing matches.');
		await page.fill('#find', '(');
		assert.equal(await text(page, '#found'), 'This is no regular expression.');
		assert.equal(await page.getAttribute('#find', 'aria-invalid'), 'true');
		await page.keyboard.press('Escape');
		assert.equal(await page.inputValue('#find'), '');
		assert.ok(!(await frames(page)).some((frame) => frame.classes.includes('match')));
		page.checkQuiet();
	},

	async 'zoom, back, reset; another view keeps the place'(context) {
		const page = await open(context, file);
		const full = (await frames(page))[0].width;
		const wide = async (name) =>
			(await frames(page)).find((frame) => frame.name === name)?.width;
		const frame = (name) => page.locator(`#graph g.frame[name="${name}"]`).first();
		const narrow = await wide('cache_put');
		await frame('cache_put').click();
		close(await wide('cache_put'), full, 'zoomed');
		assert.equal(await wide('session_new'), undefined);
		assert.match(await text(page, '#path'), /^allmainlooploopcache_put$/);
		await pickView(page, 'alloc_space');
		close(await wide('cache_put'), full, 'zoomed in another view');
		await frame('main').click();
		assert.notEqual(await wide('parse'), undefined);
		await page.click('#back');
		close(await wide('cache_put'), full, 'back');
		await page.click('#reset');
		await pickView(page, 'inuse_space');
		close(await wide('cache_put'), narrow, 'reset');
		assert.ok(await page.isDisabled('#back'));
		// A place that holds nothing in the next view: out to the next that does.
		await pickView(page, 'alloc_space');
		await frame('parse').click();
		await pickView(page, 'inuse_space');
		close(await wide('loop'), full, 'out to the caller');
		page.checkQuiet();
	},

	async 'the keyboard does it all'(context) {
		const page = await open(context, file);
		const press = async (...keys) => {
			for (const key of keys) await page.keyboard.press(key);
		};
		await page.focus('#graph g.frame[tabindex="0"]');
		assert.match(await focused(page), /^all, 299 MB ±\d+, 100.0%$/);
		await press('ArrowDown', 'ArrowDown', 'ArrowDown');
		assert.match(await focused(page), /^conn_accept, 286 MB ±23, 95.5%$/);
		assert.match(await text(page, '#details'), /conn_accept.*src\/conn\.c:140/);
		await press('ArrowRight');
		assert.match(await focused(page), /^loop, 8\.00 MB/);
		await press('Enter', 'ArrowDown');
		assert.match(await focused(page), /^cache_put, /);
		const full = (await frames(page))[0].width;
		close(
			(await frames(page)).find((frame) => frame.name === 'cache_put').width,
			full,
			'zoomed',
		);
		await press('Backspace');
		assert.ok((await frames(page)).some((frame) => frame.name === 'session_new'));
		await press('Enter', 'Escape');
		assert.ok((await frames(page)).some((frame) => frame.name === 'session_new'));
		await press('2');
		assert.match(await text(page, '#total'), /alloc_space$/);
		await press('?');
		assert.ok(await page.isVisible('#help'));
		await press('Escape');
		assert.ok(!(await page.isVisible('#help')));
		await press('/');
		await page.keyboard.type('conn_accept');
		await press('Enter');
		assert.match(await focused(page), /^conn_accept, /);
		// The views are one group of radio buttons.
		await page.focus('#views button[aria-checked=true]');
		await press('ArrowRight');
		assert.match(await text(page, '#total'), /inuse_objects$/);
		page.checkQuiet();
	},

	async 'a frame tells what it holds, under the mouse and in focus'(context) {
		const page = await open(context, file);
		await page.locator('#graph g.frame[name="session_new"]').hover();
		const said = await text(page, '#tip');
		assert.match(said, /^session_newsrc\/session\.c:88with callees286 MB ±2395\.5%/);
		assert.match(said, /self286 MB ±2395\.5%/);
		await page.mouse.move(5, 5);
		assert.ok(!(await page.isVisible('#tip')));
		assert.match(await text(page, '#blind'), /less than 1\.50 MB may be missing/);
		assert.match(await text(page, '#about'), /heap · .* · one sample per 512 KiB/);
		assert.equal(await text(page, '#program'), 'server (pid 4242)');
		page.checkQuiet();
	},

	async 'dark and light: as the system says, and by the button'(context) {
		const back = (page) =>
			page.evaluate(() => getComputedStyle(document.body).backgroundColor);
		const light = await open(context, file);
		const dark = await open(context, file, { dark: true });
		assert.notEqual(await back(light), await back(dark));
		const fill = async (page) =>
			(await frames(page)).find((one) => one.name === 'main').fill;
		assert.notEqual(await fill(light), await fill(dark));
		const before = await back(dark);
		await dark.click('#theme');
		assert.equal(await back(dark), await back(light));
		assert.equal(await fill(dark), await fill(light));
		await dark.keyboard.press('t');
		assert.equal(await back(dark), before);
		light.checkQuiet();
		dark.checkQuiet();
	},

	async 'a narrow window has no sideways scrolling'(context) {
		const page = await open(context, file, { width: 700 });
		assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 700);
		await page.setViewportSize({ width: 1100, height: 700 });
		await page.waitForFunction(
			() =>
				document
					.querySelector('#graph g.frame rect')
					.getBoundingClientRect().width > 1000,
		);
		page.checkQuiet();
	},
});
