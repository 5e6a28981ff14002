// SPDX-License-Identifier: BSD-2-Clause
// Dark or light: as the system says until the reader says otherwise.
// Not here: the colours (base.css, palette.js).

const KEY = 'cprof-theme';
const system = matchMedia('(prefers-color-scheme: dark)');

// A page opened from a file may have no storage.
function stored() {
	try {
		return localStorage.getItem(KEY);
	} catch {
		return null;
	}
}

function store(theme) {
	try {
		localStorage.setItem(KEY, theme);
	} catch {
		// Then it lasts as long as the page.
	}
}

let chosen = stored();

export function isDark() {
	return chosen === 'dark' || (chosen !== 'light' && system.matches);
}

// The button switches; onChange is called whenever the colours have changed.
export function startTheme(button, onChange) {
	const apply = () => {
		document.documentElement.dataset.theme = isDark() ? 'dark' : 'light';
		button.setAttribute('aria-label', isDark() ? 'Light colours' : 'Dark colours');
		button.title = `${isDark() ? 'Light' : 'Dark'} colours (t)`;
	};
	apply();
	system.addEventListener('change', () => {
		apply();
		onChange();
	});
	button.addEventListener('click', () => {
		chosen = isDark() ? 'light' : 'dark';
		store(chosen);
		apply();
		onChange();
	});
}
