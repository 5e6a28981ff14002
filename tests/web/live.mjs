// SPDX-License-Identifier: BSD-2-Clause
// live.mjs PROGRAM DIR: the live page and the index of a program that runs (programs/watched.c), as
// a person meets them.
// Not here: the numbers (tests/integration/live.bats).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { colorsDrawn, open, run } from './browser.mjs';

const [program, dir] = process.argv.slice(2);
const MARKUP = '<img src=x onerror=alert(1)>';
const REFUSED = /^console error: Failed to load resource: net::ERR_/;

const text = (page, selector) => page.textContent(selector);
const isLive = 'html[data-state=live]';
const isSilent = 'html[data-state=silent]';
const row = (page, name) => page.locator('#sites tbody tr', { hasText: name });

// The program, once it is served: tell(command) waits until it is done.
async function start(settings = '', { file = program, port = 0 } = {}) {
	const child = spawn(file, [], {
		env: {
			...process.env,
			CPROFALLOC: `rate=1,verbose=1,http=localhost:${port}${settings}`,
		},
	});
	const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
	let origin;
	for await (const line of createInterface({ input: child.stderr })) {
		origin = /serving profiles at (http:\/\/[^/]+)/.exec(line)?.[1];
		if (origin) break;
	}
	child.stderr.resume();
	await answers.next();
	return {
		child,
		index: `${origin}/debug/pprof/`,
		live: `${origin}/debug/cprof/live`,
		port: new URL(origin).port,
		async tell(command) {
			child.stdin.write(`${command}\n`);
			assert.match((await answers.next()).value, /done$/);
		},
		kill: () => child.kill('SIGKILL'),
	};
}

// A check with a program of its own.
const served = (settings, check) => async (context) => {
	const server = await start(settings);
	try {
		await check(context, server);
	} finally {
		server.kill();
	}
};

// Its growth in the table: "+14.3 MB".
const growth = (page, name, wanted) =>
	page.waitForFunction(
		([name, wanted]) =>
			[...document.querySelectorAll('#sites tbody tr')].some(
				(tr) =>
					tr.querySelector('.name').textContent === name &&
					tr.querySelector('.grown').textContent === wanted,
			),
		[name, wanted],
	);

const drawn = (page, selector) => colorsDrawn(page, `${selector} canvas`, 100);

await run({
	'what is there: figures, charts, call sites': served('', async (context, server) => {
		await server.tell('grow 3 1000003');
		const page = await open(context, server.live, { ready: isLive });
		await row(page, 'watched_grow').waitFor();
		assert.equal(await text(page, 'h1'), 'watched');
		assert.match(
			await text(page, '#about'),
			new RegExp(`^pid ${server.child.pid} · up \\d+ s · every allocation is`),
		);
		assert.match(
			await text(page, '#figures'),
			/Live heap2\.8\d MB Allocation rate.*Threads1 $/,
		);
		assert.match(
			await text(page, '#memory-title'),
			/^Memory: 2\.8\d MB live at \d\d:\d\d:\d\d$/,
		);
		assert.deepEqual(
			await page.$$eval('#memory-legend .name', (all) =>
				all.map((one) => one.textContent),
			),
			[
				'live heap, estimated',
				'resident set (RSS)',
				'jemalloc: allocated',
				'jemalloc: active',
				'jemalloc: resident',
				'jemalloc: retained',
			],
		);
		for (const at of await page.$$eval('#memory-legend .at', (all) =>
			all.map((one) => one.textContent),
		))
			assert.match(at, /^[\d.]+ (B|kB|MB|GB)$/);
		const site = await row(page, 'watched_grow').textContent();
		assert.match(site, /2\.86 MBwatched_grow < main$/);
		// The background, the grid, and some of six lines.
		await page.waitForFunction(() =>
			/MB|kB|B/.test(document.querySelector('#rate-title').textContent),
		);
		assert.ok((await drawn(page, '#memory')) >= 5);
		page.checkQuiet();
	}),

	'it moves on without a reload; growth since the page was opened, or a mark': served(
		'',
		async (context, server) => {
			await server.tell('grow 1 1000003');
			const page = await open(context, server.live, { ready: isLive });
			await growth(page, 'watched_grow', '0 B');
			await server.tell('grow 5 3000017');
			await growth(page, 'watched_grow', '+14.3 MB');
			assert.match(await text(page, '#memory-title'), /^Memory: 15\.3 MB live/);
			assert.equal(await row(page, 'watched_grow').getAttribute('data-sure'), '');
			assert.match(
				await text(page, '#sites-title'),
				/^What grew since .*, when the page was opened$/,
			);
			await page.keyboard.press('m');
			await growth(page, 'watched_grow', '0 B');
			assert.match(await text(page, '#sites-title'), /when you asked for it$/);
			await server.tell('grow 2 1048576');
			await growth(page, 'watched_grow', '+2.00 MB');
			await server.tell('labelled 4 1048576');
			await growth(page, 'watched_labelled', '+4.00 MB');
			// 14 MB in a second or two: the rate has been seen.
			const rates = await page.$eval('#rate-title', (title) => title.textContent);
			assert.match(rates, /^Allocation rate: [\d.]+ .?B\/s at/);
			page.checkQuiet();
		},
	),

	'paused, by a key, or out of view: nothing is asked for; and on again': served(
		'',
		async (context, server) => {
			let asked = 0;
			const page = await open(context, server.live, {
				ready: isLive,
				before: async (page) => {
					await page.clock.install();
					page.on('requestfinished', () => asked++);
				},
			});
			const turns = async (count) => {
				const before = asked;
				for (let i = 0; i < 200 && asked < before + count; i++)
					await page.clock.runFor(100);
				return asked - before >= count;
			};
			assert.ok(await turns(3));
			await page.keyboard.press('p');
			assert.equal(await text(page, '#status'), 'Paused');
			assert.match(await text(page, '#pause'), /^Go on/);
			await page.clock.runFor(3000); // what was on its way
			assert.ok(!(await turns(1)));
			await page.keyboard.press('p');
			assert.ok(await turns(3));
			assert.equal(await text(page, '#status'), 'Live');
			const show = (isHidden) =>
				page.evaluate((hidden) => {
					Object.defineProperty(document, 'hidden', {
						value: hidden,
						configurable: true,
					});
					document.dispatchEvent(new Event('visibilitychange'));
				}, isHidden);
			await show(true);
			await page.clock.runFor(3000);
			assert.ok(!(await turns(1)));
			await show(false);
			assert.ok(await turns(3));
			page.checkQuiet();
		},
	),

	'no answer is told, and what comes after': served('', async (context, server) => {
		const page = await open(context, server.live, { ready: isLive });
		await page.waitForFunction(
			() => document.querySelector('#status').textContent === 'Live',
		);
		server.child.kill('SIGSTOP');
		await page.waitForSelector(isSilent);
		assert.match(
			await text(page, '#status'),
			/^No answer: the program has ended, or is stopped/,
		);
		assert.match(await text(page, '#since'), /^The last answer is \d+ s old\.$/);
		server.child.kill('SIGCONT');
		await page.waitForSelector(isLive);
		assert.match(await text(page, '#about'), new RegExp(`^pid ${server.child.pid} `));
		server.kill();
		await page.waitForSelector(isSilent);
		const next = await start('', { port: server.port });
		try {
			await next.tell('grow 1 1048576');
			await page.waitForSelector(isLive);
			await row(page, 'watched_grow').waitFor();
			assert.match(
				await text(page, '#about'),
				new RegExp(`^pid ${next.child.pid} `),
			);
			assert.match(
				await text(page, '#sites-title'),
				/when this program answered first$/,
			);
			page.checkQuiet(REFUSED);
		} finally {
			next.kill();
		}
	}),

	'a token goes along to the data and the links': served(
		',http_token=aZ-9',
		async (context, server) => {
			const page = await open(context, `${server.live}?token=aZ-9`, {
				ready: isLive,
			});
			await page.waitForFunction(
				() => document.querySelector('#status').textContent === 'Live',
			);
			for (const href of await page.$$eval('#links a', (all) =>
				all.map((a) => a.href),
			))
				assert.match(href, /\?token=aZ-9$/);
			page.checkQuiet();
			const other = await context.newPage();
			assert.equal((await other.goto(`${server.live}?token=b`)).status(), 401);
			await other.goto(`${server.index}?token=aZ-9`);
			await other.click('text=Live page');
			await other.waitForSelector(isLive);
		},
	),

	async 'hostile names stay text, and nothing leaves the page'(context) {
		const file = path.join(dir, '<img src=x onerror=alert(2)>');
		copyFileSync(program, file);
		const server = await start('', { file });
		try {
			await server.tell('markup 1 1000003');
			const page = await open(context, server.live, { ready: isLive });
			await row(page, MARKUP).waitFor();
			assert.equal(
				await row(page, MARKUP).locator('.name').textContent(),
				MARKUP,
			);
			assert.match(await text(page, 'h1'), /img/);
			assert.match(await page.title(), /img/);
			const index = await open(context, server.index, { ready: 'h2' });
			for (const each of [page, index])
				assert.equal(
					await each.$$eval(
						'img, iframe, script[src], [onerror]',
						(all) => all.length,
					),
					0,
				);
			page.checkQuiet();
			index.checkQuiet();
		} finally {
			server.kill();
		}
	},

	'the policy lets nothing in, and asks nobody else': served('', async (context, server) => {
		const page = await open(context, server.live, { ready: isLive });
		const ran = await page.evaluate(async () => {
			window.ran = false;
			const script = document.createElement('script');
			script.textContent = 'window.ran = true';
			document.body.append(script);
			await fetch('http://127.0.0.1:9/').catch(() => {});
			return window.ran;
		});
		assert.equal(ran, false);
		assert.throws(
			() => page.checkQuiet(),
			/Content Security Policy.*[\s\S]*connect-src/,
		);
	}),

	'by keyboard: all that can be done, and the points of the chart': served(
		'',
		async (context, server) => {
			await server.tell('grow 1 1000003');
			const page = await open(context, server.live, { ready: isLive });
			await row(page, 'watched_grow').waitFor();
			const reached = new Set();
			for (let i = 0; i < 30; i++) {
				await page.keyboard.press('Tab');
				reached.add(
					await page.evaluate(() => {
						const { id, className, parentElement } =
							document.activeElement;
						return (
							id ||
							className ||
							parentElement.parentElement?.id
						);
					}),
				);
			}
			for (const id of [
				'pause',
				'theme',
				'help-open',
				'memory',
				'memory-legend',
				'rate',
				'mark',
				'scroll',
			])
				assert.ok(reached.has(id), `${id} in ${[...reached]}`);
			await page.focus('#memory');
			assert.notEqual(
				await page.$eval(
					'#memory',
					(one) => getComputedStyle(one).outlineStyle,
				),
				'none',
			);
			// Two points at least: one of them is not the newest.
			await page.waitForFunction(
				() =>
					!/not known/.test(
						document.querySelector('#rate-title').textContent,
					),
			);
			await page.keyboard.press('ArrowLeft');
			const title = await text(page, '#memory-title');
			assert.equal(
				await page.getAttribute('#memory', 'aria-label'),
				title
					.replace('Memory: ', 'Chart. Live heap ')
					.replace(' live at', ' at'),
			);
			await page.focus('#memory-legend button');
			await page.keyboard.press('Enter');
			assert.equal(
				await page.getAttribute('#memory-legend button', 'aria-pressed'),
				'false',
			);
			assert.equal(
				await page.evaluate(() =>
					document.activeElement.getAttribute('aria-pressed'),
				),
				'false',
			);
			await page.keyboard.press('?');
			assert.ok(await page.isVisible('#help'));
			await page.keyboard.press('Escape');
			page.checkQuiet();
		},
	),

	'dark and light, narrow and wide': served('', async (context, server) => {
		const back = (page) =>
			page.evaluate(() => getComputedStyle(document.body).backgroundColor);
		for (const address of [server.live, server.index]) {
			const ready = address === server.live ? isLive : 'h2';
			const light = await open(context, address, { width: 400, ready });
			const dark = await open(context, address, { dark: true, ready });
			assert.equal(
				await light.evaluate(() => document.documentElement.scrollWidth),
				400,
			);
			if (address === server.live) {
				assert.notEqual(await back(light), await back(dark));
				await dark.keyboard.press('t');
				assert.equal(await back(dark), await back(light));
				assert.ok((await drawn(light, '#rate')) >= 2);
				await dark.evaluate(() => localStorage.clear());
			} else
				assert.notEqual(
					await light.evaluate(
						() => getComputedStyle(document.body).color,
					),
					await dark.evaluate(
						() => getComputedStyle(document.body).color,
					),
				);
			light.checkQuiet();
			dark.checkQuiet();
		}
	}),

	'a flame graph is one step from the index and from the live page': served(
		'',
		async (context, server) => {
			await server.tell('grow 1 1000003');
			const inIt = async (page, name) => {
				await page.waitForSelector('html[data-state=ready]');
				await page.locator(`#graph g.frame[name="${name}"]`).waitFor();
				page.checkQuiet();
			};
			const index = await open(context, server.index, { ready: 'h2' });
			await index.click('.row >> text=heap');
			await inIt(index, 'watched_grow');
			await index.goto(server.index);
			await index.click('.row >> text=goroutine');
			await inIt(index, 'main');
			const page = await open(context, server.live, { ready: isLive });
			await page.click('#links >> text=Flame graph');
			await inIt(page, 'watched_grow');
		},
	),

	'without scripts: the index as it is, the live page leads on': served(
		'',
		async (context, server) => {
			const before = async (page) =>
				(await context.newCDPSession(page)).send(
					'Emulation.setScriptExecutionDisabled',
					{
						value: true,
					},
				);
			const index = await open(context, server.index, { ready: 'h2', before });
			const links = await index
				.locator('a')
				.evaluateAll((all) => all.map((a) => a.href));
			assert.ok(links.length > 15);
			for (const link of links)
				assert.equal(
					new URL(link).origin,
					new URL(server.index).origin,
					link,
				);
			assert.ok(links.includes(`${server.index}javascript:alert?debug=1`));
			for (const name of ['CPU time', 'mutex', 'block'])
				assert.equal(
					await index
						.locator('li', {
							hasText: `${name}: record 10 seconds`,
						})
						.count(),
					1,
				);
			await index.locator('a', { hasText: 'Live page' }).click();
			const next = index.locator('noscript a').first();
			await next.waitFor();
			assert.equal(
				await next.evaluate((a) => a.href),
				`${server.index}heap?debug=1`,
			);
			await index.goBack();
			await index.keyboard.press('Tab');
			assert.equal(
				await index.evaluate(() => document.activeElement.textContent),
				'../../escape',
			);
			index.checkQuiet();
		},
	),
});
