// SPDX-License-Identifier: BSD-2-Clause
// svg.mjs PICTURE HOSTILE: the call graph as a person meets it: it fits, zooms, moves, is dark.
// Not here: what is drawn (tests/integration/svg.bats).
import assert from 'node:assert/strict';
import { open, run } from './browser.mjs';

const [picture, hostile] = process.argv.slice(2);
const ready = 'svg[data-state=ready]';

// Where the boxes of nodes are on the screen: x, y, width and height of each.
const boxes = (page) =>
	page.$$eval('g.node', (all) =>
		all.map((g) => {
			const { x, y, width, height } = g.getBoundingClientRect();
			return { x, y, width, height };
		}),
	);

// Lightness, 0 to 255, of a colour as getComputedStyle tells it.
const lightness = (page, selector, property) =>
	page.$eval(
		selector,
		(element, name) => {
			const [r, g, b] = getComputedStyle(element)[name].match(/\d+/g).map(Number);
			return (r + g + b) / 3;
		},
		property,
	);

const near = (left, right, limit = 1) =>
	assert.ok(Math.abs(left - right) <= limit, `${left} is not ${right}`);

await run({
	async 'all of it is seen at first, in windows of any size'(context) {
		for (const [width, height] of [
			[1280, 800],
			[400, 900],
			[1600, 300],
		]) {
			const page = await open(context, picture, { width, height, ready });
			for (const box of await boxes(page)) {
				assert.ok(
					box.x >= 0 && box.x + box.width <= width,
					JSON.stringify(box),
				);
				assert.ok(
					box.y >= 0 && box.y + box.height <= height,
					JSON.stringify(box),
				);
			}
			page.checkQuiet();
			await page.close();
		}
	},

	async 'keys zoom and move, 0 shows all again'(context) {
		const page = await open(context, picture, { ready });
		const [first] = await boxes(page);
		await page.keyboard.press('+');
		const [larger] = await boxes(page);
		near(larger.width / first.width, 1.25, 0.01);
		await page.keyboard.press('ArrowRight');
		near((await boxes(page))[0].x, larger.x - 80);
		await page.keyboard.press('0');
		assert.deepEqual((await boxes(page))[0], first);
		page.checkQuiet();
	},

	async 'the wheel zooms about the pointer, the mouse drags'(context) {
		const page = await open(context, picture, { ready });
		const [first] = await boxes(page);
		const x = first.x + first.width / 2,
			y = first.y + first.height / 2;
		await page.mouse.move(x, y);
		await page.mouse.wheel(0, -400);
		await page.waitForFunction(
			(width) =>
				document.querySelector('g.node').getBoundingClientRect().width >
				width * 1.5,
			first.width,
		);
		const [larger] = await boxes(page);
		near(larger.x + larger.width / 2, x);
		near(larger.y + larger.height / 2, y);
		await page.mouse.down();
		await page.mouse.move(x + 50, y + 30);
		await page.mouse.up();
		const [moved] = await boxes(page);
		near(moved.x, larger.x + 50);
		near(moved.y, larger.y + 30);
		page.checkQuiet();
	},

	async 'it is dark where dark is preferred, and text can be read on both papers'(context) {
		for (const dark of [false, true]) {
			const page = await open(context, picture, { dark, ready });
			const paper = await lightness(page, '.graph > polygon', 'fill');
			const text = await lightness(page, 'g.node text', 'fill');
			const area = await lightness(page, 'g.node path', 'fill');
			assert.equal(paper < 60, dark, `paper ${paper}`);
			assert.ok(
				Math.abs(text - paper) > 120 && Math.abs(text - area) > 120,
				`${text} on ${area}`,
			);
			page.checkQuiet();
		}
	},

	async 'hostile names are text'(context) {
		const page = await open(context, hostile, { ready });
		assert.equal(await page.$$eval('script', (all) => all.length), 1);
		assert.equal(
			await page.$$eval(
				'img, image, foreignObject, iframe, use',
				(all) => all.length,
			),
			0,
		);
		const texts = await page.$$eval('text', (all) =>
			all.map((text) => text.textContent),
		);
		assert.ok(
			texts.includes('</script><img/src=x/onerror=alert(1)>'),
			texts.join('\n'),
		);
		page.checkQuiet();
	},
});
