// SPDX-License-Identifier: BSD-2-Clause
// leaks.mjs PAGE HOSTILE: the page of cprof leaks as a person meets it, and with names that would
// be markup.
// Not here: the numbers (tests/integration/leaks.bats).
import assert from 'node:assert/strict';
import { colorsDrawn, open, run } from './browser.mjs';

const [file, hostile] = process.argv.slice(2);
const text = (page, selector) => page.textContent(selector);
const verdicts = (page) =>
	page.$$eval('#sites tbody tr', (rows) =>
		rows.map((row) => [
			row.querySelector('.verdict').textContent,
			row.querySelector('th button').textContent,
		]),
	);

const drawn = (page) => colorsDrawn(page, '#chart canvas', 500);

await run({
	async 'the answer, the sites in their order, and why'(context) {
		const page = await open(context, file);
		assert.match(await text(page, '#answer'), /^2 sites leak, 1 levelled off\./);
		assert.match(await text(page, '#answer'), /inuse_space: \+[\d.]+ MB ±[\d.]+, /);
		assert.match(await text(page, '#about'), /^26 snapshots over 12 min 30 s/);
		assert.deepEqual(await verdicts(page), [
			['LEAK', 'session_new'],
			['LEAK', 'slow_leak'],
			['levelled off', 'cache_put'],
			['sawtooth', 'batch_run'],
		]);
		const first = await text(page, '#sites tbody tr');
		assert.match(first, /2\.\d+ MB±0\.\d+\+1[0-9]\.\d MB±/);
		assert.match(first, /nothing born there was ever freed; has grown for .* in a day/);
		assert.equal(await page.$$eval('#sites svg.course', (all) => all.length), 4);
		const points = await page.$eval('#sites svg polyline', (line) =>
			line
				.getAttribute('points')
				.split(' ')
				.map((pair) => Number(pair.split(',')[1])),
		);
		assert.equal(points.length, 26);
		// Nothing of it is ever freed: each point is as high as the one before or higher.
		for (let i = 1; i < points.length; i++) assert.ok(points[i] <= points[i - 1]);
		page.checkQuiet();
	},

	async 'the chart shows bands and lines, and what they are at a time'(context) {
		const page = await open(context, file);
		const names = await page.$$eval('#legend .name', (all) =>
			all.map((one) => one.textContent),
		);
		for (const name of ['session_new', 'slow_leak', 'cache_put', 'batch_run', 'churn'])
			assert.ok(names.includes(name), name);
		assert.ok(names.includes('resident set (RSS)'));
		assert.ok(names.includes('jemalloc: allocated'));
		// Background, and a colour for each of five bands.
		assert.ok((await drawn(page)) >= 6);
		assert.match(await text(page, '#over-time-title'), /at snapshot 26 of 26/);
		const last = await text(page, '#legend .at');
		await page.focus('#chart');
		for (let i = 0; i < 25; i++) await page.keyboard.press('ArrowLeft');
		assert.match(await text(page, '#over-time-title'), /at snapshot 1 of 26/);
		assert.notEqual(await text(page, '#legend .at'), last);
		await page.keyboard.press('ArrowRight');
		assert.match(await text(page, '#over-time-title'), /at snapshot 2 of 26/);
		const box = await (await page.$('#chart .u-over')).boundingBox();
		await page.mouse.move(box.x + box.width / 2, box.y + 50);
		await page.waitForFunction(() =>
			/at snapshot 1[2-5] of 26/.test(
				document.getElementById('over-time-title').textContent,
			),
		);
		page.checkQuiet();
	},

	async 'a band can be hidden, and comes back'(context) {
		const page = await open(context, file);
		const image = () => page.$eval('#chart canvas', (canvas) => canvas.toDataURL());
		const before = await image();
		const button = page.locator('#legend li button').first();
		await button.click();
		assert.equal(await page.getAttribute('#legend li button', 'aria-pressed'), 'false');
		assert.notEqual(await image(), before);
		await page.locator('#legend li button').first().click();
		assert.equal(await image(), before);
		page.checkQuiet();
	},

	async 'a site is found in the flame graph of the growth; search, zoom, keyboard'(context) {
		const page = await open(context, file);
		const frame = (name) => page.locator(`#graph g.frame[name="${name}"]`).first();
		await page.click('#sites tbody tr:first-child th button');
		assert.match(await text(page, '#found'), /^1 function in 1 place: \+2\.\d+ MB/);
		assert.match(await frame('session_new').getAttribute('class'), /match/);
		assert.match(await text(page, '#details'), /session_new/);
		const width = async (name) => Number(await frame(name).getAttribute('width'));
		const narrow = await width('session_new');
		await page.keyboard.press('Enter');
		assert.ok((await width('session_new')) > narrow * 1.5);
		await page.keyboard.press('Backspace');
		assert.ok(Math.abs((await width('session_new')) - narrow) < 1.5);
		await page.keyboard.press('/');
		await page.keyboard.type('nothing like it');
		assert.equal(await text(page, '#found'), 'Nothing matches.');
		await page.keyboard.press('Escape');
		assert.equal(await page.inputValue('#find'), '');
		await page.keyboard.press('?');
		assert.ok(await page.isVisible('#help'));
		await page.keyboard.press('Escape');
		page.checkQuiet();
	},

	async 'dark and light, narrow and wide'(context) {
		const back = (page) =>
			page.evaluate(() => getComputedStyle(document.body).backgroundColor);
		const light = await open(context, file, { width: 700 });
		const dark = await open(context, file, { dark: true });
		assert.notEqual(await back(light), await back(dark));
		assert.equal(await light.evaluate(() => document.documentElement.scrollWidth), 700);
		await dark.keyboard.press('t');
		assert.equal(await back(dark), await back(light));
		assert.ok((await drawn(dark)) >= 6);
		light.checkQuiet();
		dark.checkQuiet();
	},

	async 'hostile names stay text, and nothing leaves the page'(context) {
		const page = await open(context, hostile);
		assert.deepEqual((await verdicts(page))[0], [
			'LEAK',
			'</script><img/src=x/onerror=alert(1)>',
		]);
		assert.equal(await page.$$eval('img, script[src], iframe', (all) => all.length), 0);
		await page.click('#sites tbody tr:first-child th button');
		assert.match(await text(page, '#found'), /^1 function in 1 place/);
		await page.locator('#graph g.frame').last().hover();
		page.checkQuiet();
	},
});
