// SPDX-License-Identifier: BSD-2-Clause
// Asking the server again and again: only while somebody looks, and one question at a time.
// Not here: what is asked for and what becomes of the answer (live.js).

const EVERY_MS = 1000;
const PATIENCE_MS = 5000; // the program may be stopped, or its machine busy

// Of the page's own address: the token that let it in lets its questions in.
function address(parameters) {
	const token = new URLSearchParams(location.search).get('token');
	const query = new URLSearchParams({ ...parameters, ...(token ? { token } : {}) });
	return `live.json?${query}`;
}

async function ask(parameters) {
	const response = await fetch(address(parameters), {
		cache: 'no-store',
		signal: AbortSignal.timeout(PATIENCE_MS),
	});
	if (!response.ok) throw new Error((await response.text()).trim());
	return response.json();
}

// parameters() are those of the next question. onAnswer gets what came; onSilence gets why nothing
// did: the server's words, or '' where there is no server.
export function startPoll({ parameters, onAnswer, onSilence }) {
	let timer = null;
	let isPaused = false;
	let isAsking = false;

	async function turn() {
		timer = null;
		isAsking = true;
		const begin = performance.now();
		try {
			onAnswer(await ask(parameters()));
		} catch (error) {
			const isNetwork =
				error instanceof TypeError || error instanceof DOMException;
			onSilence(isNetwork ? '' : error.message);
		}
		isAsking = false;
		schedule(Math.max(0, EVERY_MS - (performance.now() - begin)));
	}

	function schedule(delay_ms) {
		clearTimeout(timer);
		timer = null;
		if (isPaused || isAsking || document.hidden) return;
		timer = setTimeout(turn, delay_ms);
	}

	document.addEventListener('visibilitychange', () => schedule(0));
	schedule(0);
	return {
		get isPaused() {
			return isPaused;
		},
		pause(pauses) {
			isPaused = pauses;
			schedule(0);
		},
	};
}
