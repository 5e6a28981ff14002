// SPDX-License-Identifier: BSD-2-Clause
// The data that cprof put into the page.
// Not here: what is in it (flame.js, tree.js).

export function pageData() {
	return JSON.parse(document.getElementById('data').textContent);
}
