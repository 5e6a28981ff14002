// SPDX-License-Identifier: BSD-2-Clause
// served.mjs URL NAME...: the flame graph that the HTTP server sends: it has frames with these
// names, which may look like markup, and asks for nothing else.
// Not here: what a reader can do with the page (flame.mjs).
import assert from 'node:assert/strict';
import { open, run } from './browser.mjs';

const [url, ...names] = process.argv.slice(2);

await run({
	async 'the page shows the frames, and is quiet'(context) {
		const page = await open(context, url);
		const shown = await page.$$eval('#graph g.frame', (all) =>
			all.map((g) => g.getAttribute('name')),
		);
		for (const name of names) assert.ok(shown.includes(name), `${name}: ${shown}`);
		await page.locator('#graph g.frame').last().hover();
		assert.equal(await page.locator('img, iframe, object, embed').count(), 0);
		page.checkQuiet();
	},
});
