// SPDX-License-Identifier: BSD-2-Clause
// flame_diff.mjs PAGE: the change between two snapshots of one process. By the plan of pages.bats
// sessions grew from 100 to 300 million bytes, the cache shrank from 40 to 8 MB, a place without a
// name grew by 200,000 bytes, which is less than its error, and the rest stayed.
// Not here: one profile (flame.mjs).
import assert from 'node:assert/strict';
import { open, run } from './browser.mjs';

const file = process.argv[2];
const MB = 1048576;

const frame = (page, name) =>
	page.$$eval(
		'#graph g.frame',
		(all, wanted) =>
			all
				.filter((g) => g.getAttribute('name') === wanted)
				.map((g) => ({
					width: g.querySelector('rect').getBoundingClientRect()
						.width,
					// oklch(lightness chroma hue)
					color: /oklch\((.*)\)/
						.exec(
							g
								.querySelector('rect')
								.getAttribute('fill'),
						)[1]
						.split(' ')
						.map(Number),
					label: g.getAttribute('aria-label'),
				}))[0],
		name,
	);

const isRed = ([, chroma, hue]) => chroma > 0.05 && hue < 60;
const isBlue = ([, chroma, hue]) => chroma > 0.05 && hue > 200;

await run({
	async 'red grew, blue shrank; widths are changes, then what there is'(context) {
		const page = await open(context, file);
		const all = await frame(page, 'all');
		const session = await frame(page, 'session_new');
		const cache = await frame(page, 'cache_put');
		assert.ok(isRed(session.color), String(session.color));
		assert.ok(isBlue(cache.color), String(cache.color));
		const changes = 200e6 + 32 * MB + 200000;
		assert.ok(Math.abs(session.width - (all.width * 200e6) / changes) < 1.5);
		assert.ok(Math.abs(cache.width - (all.width * 32 * MB) / changes) < 1.5);
		const unsure = await frame(page, 'server+0x123456');
		assert.match(unsure.label, /^server\+0x123456, \+\d+ kB ±\d+/);
		assert.ok(unsure.color[1] < 0.02, 'within its error: grey');
		assert.match(session.label, /^session_new, \+191 MB ±\d+/);
		assert.match(cache.label, /^cache_put, -32\.0 MB/);
		assert.match(
			await page.textContent('#total'),
			/^\+159 MB ±\d+ from 141 MB to 299 MB$/,
		);
		assert.match(
			await page.textContent('#blind'),
			/of one process: .* cancels exactly/,
		);
		assert.match(
			await page.textContent('#about'),
			/what changed since .*, 11 min 30 s/,
		);
		await page.click('#widths button:text-is("width: now")');
		const now = await frame(page, 'session_new');
		const whole = 300e6 + 5e6 + 8 * MB + 600000;
		assert.ok(Math.abs(now.width - (all.width * 300e6) / whole) < 1.5);
		assert.equal((await frame(page, 'ns_inl')).label, 'ns_inl, 0 B, 0.0%');
		assert.ok((await frame(page, 'ns_inl')).color[1] < 0.02, 'what stayed is grey');
		page.checkQuiet();
	},

	async 'the legend and the details tell before and after'(context) {
		const page = await open(context, file);
		assert.equal(
			await page.textContent('#legend'),
			'newgrewno change beyond its errorshrankgone',
		);
		await page.locator('#graph g.frame[name="cache_put"]').hover();
		assert.match(
			await page.textContent('#tip'),
			/-32\.0 MB( ±[\d.]+)?40\.0 MB → 8\.00 MB/,
		);
		page.checkQuiet();
	},
});
