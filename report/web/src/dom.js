// SPDX-License-Identifier: BSD-2-Clause
// Small helpers to make elements. Text is always text: a name from a profile never becomes markup.
// Not here: what the pages are made of.

export function el(name, attributes = {}, ...children) {
	const element = document.createElement(name);
	for (const [key, value] of Object.entries(attributes)) {
		if (value === undefined || value === false) continue;
		if (key === 'class') element.className = value;
		else if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
		else element.setAttribute(key, value === true ? '' : value);
	}
	element.append(...children.filter((child) => child !== undefined && child !== ''));
	return element;
}

export const byId = (id) => document.getElementById(id);

// One of several, as buttons; arrow keys move within. onPick gets the index.
export function choice(container, labels, picked, onPick) {
	const buttons = labels.map(({ text, title }, i) =>
		el(
			'button',
			{
				type: 'button',
				role: 'radio',
				title,
				onclick: () => pick(i, true),
			},
			text,
		),
	);
	const show = (at) =>
		buttons.forEach((button, i) => {
			button.setAttribute('aria-checked', String(i === at));
			button.tabIndex = i === at ? 0 : -1;
		});
	const pick = (at, isNew) => {
		show(at);
		if (isNew) onPick(at);
	};
	container.setAttribute('role', 'radiogroup');
	container.classList.add('choice');
	container.replaceChildren(...buttons);
	container.addEventListener('keydown', (event) => {
		const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
		if (!by) return;
		event.preventDefault();
		event.stopPropagation();
		const from = buttons.indexOf(document.activeElement);
		const at = (from + by + buttons.length) % buttons.length;
		buttons[at].focus();
		pick(at, true);
	});
	show(picked);
	return { pick };
}
