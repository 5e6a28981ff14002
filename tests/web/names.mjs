// SPDX-License-Identifier: BSD-2-Clause
// names.mjs <LINES: the live page's short names of symbols against c++filt's; a line is a symbol
// and what c++filt -p makes of it, with a tab between. What is shortened is the same; most are.
// Not here: the page that shows them (live.mjs).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const source = path.join(process.env.CPA_SRCDIR, 'report/web/src/mangled.js');
const { isLibrary, shortName } = await import(source);

// Without template arguments; '<' and '>' of operators stay.
function plain(name) {
	let depth = 0;
	return name
		.replace(/\[abi:\w+\]/g, '')
		.replace(/operator(<<|>>)/g, (_, sign) =>
			sign === '<<' ? 'operator\u0001' : 'operator\u0002',
		)
		.replace(/./g, (letter) => {
			if (letter === '>') depth--;
			const kept = depth === 0 && letter !== '>' ? letter : '';
			if (letter === '<') depth++;
			return letter === '<' ? '' : kept;
		})
		.replace('\u0001', '<<')
		.replace('\u0002', '>>')
		.trim();
}

let shortened = 0;
const lines = readFileSync(0, 'utf8').trim().split('\n');
for (const line of lines) {
	const [symbol, name] = line.split('\t');
	const short = shortName(symbol);
	if (short === symbol) continue;
	shortened++;
	assert.equal(short.replace(/operator (?!new|delete)/, 'operator'), plain(name), symbol);
}
assert.ok(lines.length > 1000 && shortened > 0.8 * lines.length, `${shortened} of ${lines.length}`);

for (const [symbol, short] of [
	['malloc', 'malloc'],
	['_Z', '_Z'],
	['_ZN', '_ZN'],
	['_ZN99xE', '_ZN99xE'],
	['_ZN3app3newIXadL_Z1fEEEvv', '_ZN3app3newIXadL_Z1fEEEvv'],
	['_ZN4core3fmt9Formatter3pad17h0123456789abcdefE', 'core::fmt::Formatter::pad'],
	['_ZN5alloc5boxed12Box$LT$T$GT$3new17h0123456789abcdefE', 'alloc::boxed::Box<T>::new'],
])
	assert.equal(shortName(symbol), short);
assert.ok(
	isLibrary('std::vector::push_back') && isLibrary('operator new') && !isLibrary('stdlib::x'),
);
console.log('ok');
