// SPDX-License-Identifier: BSD-2-Clause
// A linker's name as people say it: "_ZN2ns4PoolIiE4growEi" is ns::Pool::grow. Only what is plain;
// any other name stays as it is.
// Not here: all that a compiler can spell (report/profile/demangle.c, outside of the program).

const STANDARD = {
	t: [],
	a: ['allocator'],
	s: ['basic_string'],
	i: ['basic_istream'],
	o: ['basic_ostream'],
	d: ['basic_iostream'],
};
const OPERATORS = {
	nw: 'new',
	na: 'new[]',
	dl: 'delete',
	da: 'delete[]',
	aS: '=',
	pL: '+=',
	pl: '+',
	ix: '[]',
	cl: '()',
	ls: '<<',
	rs: '>>',
};
const RUST = { LT: '<', GT: '>', LP: '(', RP: ')', RF: '&', BP: '*', C: ',', u20: ' ' };

// Reads text from its front; throws on what it does not know.
class Reader {
	constructor(text) {
		this.text = text;
		this.at = 0;
	}

	take(pattern) {
		pattern.lastIndex = this.at;
		const match = pattern.exec(this.text);
		if (match) this.at = pattern.lastIndex;
		return match;
	}

	source(length) {
		this.at += length;
		if (length === 0 || this.at > this.text.length) throw new Error('cut short');
		return this.text.slice(this.at - length, this.at);
	}

	// I ... E: what is between is not told.
	skipArguments() {
		let depth = 1;
		let match;
		while (depth > 0) {
			if ((match = this.take(/\d+/y))) this.source(Number(match[0]));
			else if (this.take(/L[a-z]n?\d*E/y)) continue;
			else if (this.take(/S[0-9A-Z]*_|S[tabsiod]|T[0-9A-Z]*_|A\d*_/y)) continue;
			else if (this.take(/[NIJF]/y)) depth++;
			else if (this.take(/E/y)) depth--;
			else if (!this.take(/D[pnai]|[KVRPOa-z]/y)) throw new Error('not plain');
		}
	}

	// The parts of a name up to its end.
	parts(isNested) {
		const parts = [];
		let match;
		do {
			if ((match = this.take(/L?(\d+)/y)))
				parts.push(this.source(Number(match[1])));
			else if ((match = this.take(/S([tasiod])/y)))
				parts.push('std', ...STANDARD[match[1]]);
			else if (this.take(/C[1-5]/y)) parts.push(parts.at(-1));
			else if (this.take(/D[0-2]/y)) parts.push(`~${parts.at(-1)}`);
			else if (this.take(/I/y)) this.skipArguments();
			else if ((match = this.take(/B(\d+)/y))) this.source(Number(match[1]));
			else if ((match = this.take(/[a-z][a-zA-Z]/y)) && match[0] in OPERATORS)
				parts.push(`operator ${OPERATORS[match[0]]}`);
			else throw new Error('not plain');
		} while (isNested ? !this.take(/E/y) : parts.at(-1) === 'std');
		return parts;
	}
}

// Of Rust's older names the last part is a hash.
function plainRust(parts) {
	if (!/^h[0-9a-f]{16}$/.test(parts.at(-1))) return parts;
	return parts.slice(0, -1).map((part) =>
		part
			.replace(/^_(?=\$)/, '')
			.replace(/\$(\w+)\$/g, (whole, name) => RUST[name] ?? whole)
			.replace(/\.\./g, '::'),
	);
}

export function shortName(symbol) {
	if (!symbol.startsWith('_Z')) return symbol;
	const reader = new Reader(symbol);
	reader.at = 2;
	try {
		const isNested = Boolean(reader.take(/N[rVK]*[RO]?/y));
		return plainRust(reader.parts(isNested)).join('::');
	} catch {
		return symbol;
	}
}

// Of the libraries of C++ and Rust, which only make room for the program.
export function isLibrary(name) {
	return /^(<?(std|__gnu_cxx|alloc|core|hashbrown)::|operator new|__rust|__r[dg][l_])/.test(
		name,
	);
}
