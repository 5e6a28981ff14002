// SPDX-License-Identifier: BSD-2-Clause
// Opening a page of cprof in headless Chromium, and watching that it asks for nothing and complains
// of nothing. Exit status 77: no Chromium or no playwright-core here.
// Not here: what the pages should show (flame.mjs and its neighbours).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const web = path.join(process.env.CPA_SRCDIR ?? path.join(here, '../..'), 'report/web/');

const FLAGS = [
	'--headless',
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

function skip(why) {
	console.error(`skip: ${why}`);
	process.exit(77);
}

function findChromium() {
	for (const name of ['chromium', 'chromium-browser', 'google-chrome'])
		try {
			return execFileSync('sh', ['-c', `command -v ${name}`], {
				encoding: 'utf8',
			}).trim();
		} catch {
			// The next one.
		}
	return skip('no chromium');
}

function findPlaywright() {
	try {
		return createRequire(web)('playwright-core').chromium;
	} catch {
		return skip('no playwright-core (npm ci in report/web)');
	}
}

// One browser with an empty profile for all the work of a test program.
export async function withBrowser(work) {
	const chromium = findPlaywright();
	const executablePath = findChromium();
	const dir = mkdtempSync(path.join(process.env.BATS_TEST_TMPDIR ?? tmpdir(), 'chromium-'));
	const context = await chromium.launchPersistentContext(dir, {
		executablePath,
		args: FLAGS,
		viewport: { width: 1280, height: 800 },
	});
	try {
		await work(context);
	} finally {
		await context.close();
		rmSync(dir, { recursive: true, force: true });
	}
}

// Opens a file, or a page of a server, and gathers what no page may do: requests for anything but
// the file itself or its own server, messages on the console, errors; page.checkQuiet() fails on
// any, but for those that match `expected`. before(page) comes first.
export async function open(
	context,
	file,
	{
		dark = false,
		width = 1280,
		height = 800,
		ready = 'html[data-state=ready]',
		before = () => {},
	} = {},
) {
	const page = await context.newPage();
	const isServed = file.startsWith('http:');
	const url = isServed ? file : pathToFileURL(path.resolve(file)).href;
	const trouble = [];
	await page.setViewportSize({ width, height });
	await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' });
	page.on('request', (request) => {
		const isOwn = isServed
			? new URL(request.url()).origin === new URL(url).origin
			: request.url() === url;
		if (!isOwn && !request.url().startsWith('data:'))
			trouble.push(`request: ${request.url()}`);
	});
	page.on('console', (message) =>
		trouble.push(`console ${message.type()}: ${message.text()}`),
	);
	page.on('pageerror', (error) => trouble.push(`error: ${error.stack ?? error}`));
	page.on('dialog', (dialog) => {
		trouble.push(`dialog: ${dialog.message()}`);
		dialog.dismiss();
	});
	page.checkQuiet = (expected = /(?!)/) =>
		assert.deepEqual(
			trouble.filter((text) => !expected.test(text)),
			[],
		);
	await before(page);
	await page.goto(url);
	await page.waitForSelector(ready, { timeout: 20000 });
	return page;
}

// How many colours a canvas has at least `least` pixels of.
export const colorsDrawn = (page, selector, least) =>
	page.$eval(
		selector,
		(canvas, enough) => {
			const { data } = canvas
				.getContext('2d')
				.getImageData(0, 0, canvas.width, canvas.height);
			const colors = new Map();
			for (let i = 0; i < data.length; i += 4) {
				const key = data.subarray(i, i + 4).join();
				colors.set(key, (colors.get(key) ?? 0) + 1);
			}
			return [...colors.values()].filter((number) => number >= enough).length;
		},
		least,
	);

// Runs named checks one after another; prints TAP-like lines; exits 1 when one failed.
export async function run(checks) {
	let failed = 0;
	await withBrowser(async (context) => {
		for (const [name, check] of Object.entries(checks))
			try {
				await check(context);
				console.log(`ok ${name}`);
			} catch (error) {
				failed++;
				console.log(`not ok ${name}\n${error.stack}`);
			}
	});
	process.exitCode = failed > 0 ? 1 : 0;
}
