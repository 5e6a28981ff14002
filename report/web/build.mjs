// SPDX-License-Identifier: BSD-2-Clause
// build.mjs PAGE OUT.inc: bundles src/PAGE.html, src/PAGE.js and what they import into one HTML
// page that needs nothing else, and writes it as two C strings: what stands before the data and
// what stands after. PAGE.html names the places: <!--csp-->, <!--style-->, <!--script-->,
// <!--licences--> and <!--data-->.
// Not here: filling in the data (report/cli/page.c).
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const [page, out] = process.argv.slice(2);
if (!page || !out) {
	console.error('usage: node build.mjs PAGE OUT.inc');
	process.exit(2);
}

async function bundle() {
	const result = await build({
		entryPoints: [path.join(here, 'src', `${page}.js`)],
		absWorkingDir: here,
		bundle: true,
		format: 'iife',
		target: ['chrome111', 'firefox113', 'safari16.4'],
		minify: true,
		// d3-flame-graph looks at the name of a constructor.
		keepNames: true,
		legalComments: 'inline',
		metafile: true,
		write: false,
		outdir: 'out',
		logLevel: 'warning',
	});
	const text = (end) =>
		result.outputFiles.find((file) => file.path.endsWith(end))?.text ?? '';
	const inputs = Object.keys(result.metafile.inputs);
	return { script: text('.js'), style: text('.css'), inputs };
}

// The licence of each bundled package, equal texts once.
function licences(inputs) {
	const names = new Set();
	for (const input of inputs) {
		const match = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
		if (match) names.add(match[1]);
	}
	const byText = new Map();
	for (const name of [...names].sort()) {
		const dir = path.join(here, 'node_modules', name);
		const about = JSON.parse(readFileSync(path.join(dir, 'package.json'), 'utf8'));
		const file = ['LICENSE', 'LICENSE.md', 'LICENSE.txt'].find((at) =>
			existsSync(path.join(dir, at)),
		);
		if (!file) throw new Error(`${name} has no licence file`);
		const text = readFileSync(path.join(dir, file), 'utf8').trim();
		const whose = `${name} ${about.version} (${about.license})`;
		byText.set(text, [...(byText.get(text) ?? []), whose]);
	}
	return [...byText].map(([text, of]) => `${of.join(', ')}\n\n${text}\n`).join('\n----\n\n');
}

const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

// Nothing may be loaded, and nothing may run but this very script: whatever is in the data. A page
// may allow itself more, as in <!--csp connect-src 'self'-->.
function csp(script, style, more) {
	const policy =
		`default-src 'none'; script-src ${hash(script)};${more ? `${more};` : ''} ` +
		`style-src ${hash(style)}; img-src data:; base-uri 'none'; form-action 'none'`;
	return `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
}

// One C string literal, in lines.
function literal(text) {
	const lines = [];
	let line = '';
	for (const byte of Buffer.from(text)) {
		if (byte === 0) throw new Error('a NUL in the page');
		if (byte === 0x0a) line += '\\n';
		else if (byte < 0x20 || byte > 0x7e)
			line += `\\${byte.toString(8).padStart(3, '0')}`;
		else
			line +=
				('"\\?'.includes(String.fromCharCode(byte)) ? '\\' : '') +
				String.fromCharCode(byte);
		if (line.length > 90) {
			lines.push(`"${line}"`);
			line = '';
		}
	}
	lines.push(`"${line}"`);
	return lines.join('\n');
}

// Text that ends no element early and is no other markup either.
function inside(element, text) {
	if (new RegExp(`</${element}|<!--`, 'i').test(text))
		throw new Error(`</${element} or <!-- inside`);
	return text;
}

const { script, style, inputs } = await bundle();
const places = {
	csp: (more) => csp(script, style, more),
	style: () => `<style>${inside('style', style)}</style>`,
	script: () => `<script>${inside('script', script)}</script>`,
	licences: () =>
		'<script type="text/plain" id="licences">' +
		`${inside('script', licences(inputs))}</script>`,
};
const parts = readFileSync(path.join(here, 'src', `${page}.html`), 'utf8')
	.replace(/<!-- SPDX.*?-->\n/s, '')
	.replace(/<!--(csp|style|script|licences)( .*?)?-->/g, (_, name, more) =>
		places[name](more),
	)
	.split('<!--data-->');
if (parts.length !== 2) throw new Error(`${page}.html needs <!--data--> once`);
const note = '/* Made by report/web/build.mjs. */';
writeFileSync(`${out}.new`, `${note}\n${literal(parts[0])},\n${literal(parts[1])}\n`);
renameSync(`${out}.new`, out);
