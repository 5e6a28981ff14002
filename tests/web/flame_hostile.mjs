// SPDX-License-Identifier: BSD-2-Clause
// flame_hostile.mjs PAGE: names that would be markup or script are text wherever they stand.
// Not here: how they are escaped (report/cli/json.c).
import assert from 'node:assert/strict';
import { open, run } from './browser.mjs';

const NAME = '</script><img/src=x/onerror=alert(4)>';

await run({
	async 'nothing of the names becomes an element or runs'(context) {
		const page = await open(context, process.argv[2]);
		for (const name of ['all', 'main', NAME, '<!--<script>', '${alert(6)}'])
			assert.equal(
				await page.$$eval(
					'#graph g.frame',
					(all, wanted) =>
						all.filter((g) => g.getAttribute('name') === wanted)
							.length,
					name,
				),
				1,
				name,
			);
		await page.locator('#graph g.frame').nth(2).hover();
		await page.click('#functions tbody button');
		await page.fill('#find', 'img');
		await page.locator('#graph g.match').first().click();
		await page.keyboard.press('?');
		const text = await page.evaluate(() => document.body.innerText);
		assert.ok(text.includes(NAME));
		assert.ok(text.includes('<b>server<!--<script>alert(2)'), 'the program');
		assert.equal(
			await page.$$eval(
				'img, script:not([type]), iframe, object, embed, link[href^=http]',
				(all) => all.length,
			),
			1,
			'only our own script',
		);
		assert.equal(
			await page.evaluate(
				() => document.querySelectorAll('[onerror],[onload]').length,
			),
			0,
		);
		page.checkQuiet();
	},

	// The last line of defence: even markup that came through could do nothing.
	async 'the content security policy stops what is not ours'(context) {
		const page = await open(context, process.argv[2]);
		const ran = await page.evaluate(
			() =>
				new Promise((done) => {
					window.ran = false;
					const script = document.createElement('script');
					script.textContent = 'window.ran = true';
					document.body.append(script);
					const image = new Image();
					image.onload = image.onerror = () => done(window.ran);
					image.src = 'http://127.0.0.1:9/x.png';
					document.body.append(image);
				}),
		);
		assert.equal(ran, false);
		assert.throws(() => page.checkQuiet(), /Content Security Policy/);
	},
});
