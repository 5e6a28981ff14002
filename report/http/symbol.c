/* SPDX-License-Identifier: BSD-2-Clause */
/* Endpoint symbol: names for the addresses in a query or a body. */
#include "report/http/symbol.h"

#include <stdlib.h>
#include <string.h>

/* As Go's ParseUint with base 0: 0x and 0X hexadecimal, 0b binary, 0o and 0 octal, else decimal; 0
 * for what is no number. */
static uint64_t read_address(const char *text, size_t text_bytes)
{
	uint64_t number = 0;
	unsigned base = 10;

	if (text_bytes > 1 && text[0] == '0') {
		char letter = (char)(text[1] | 0x20);
		size_t prefix_bytes = 2;

		base = letter == 'x' ? 16 : letter == 'b' ? 2 : 8;
		if (base == 8 && letter != 'o')
			prefix_bytes = 1;
		text += prefix_bytes;
		text_bytes -= prefix_bytes;
	}
	if (!text_bytes)
		return 0;
	for (; text_bytes; text++, text_bytes--) {
		char byte = (char)(*text | 0x20);
		unsigned digit = *text >= '0' && *text <= '9' ? (unsigned)(*text - '0')
				 : byte >= 'a' && byte <= 'f' ? (unsigned)(byte - 'a') + 10
							      : 16;

		if (digit >= base || number > (UINT64_MAX - digit) / base)
			return 0;
		number = number * base + digit;
	}
	return number;
}

static void take(void *context, uint64_t address, const char *name)
{
	struct cpa_http_buffer *content = context;

	cpa_http_buffer_say(content, "0x%llx ", (unsigned long long)address);
	cpa_http_buffer_add(content, name, strlen(name));
	cpa_http_buffer_add(content, "\n", 1);
}

void cpa_http_symbol_answer(struct cpa_http_exchange *exchange)
{
	bool is_post = exchange->request->method == CPA_HTTP_POST;
	const char *text = is_post ? exchange->body : exchange->request->query;
	size_t text_bytes = is_post ? exchange->body_bytes : strlen(text);
	const char *end = text + text_bytes;
	/* Each address has at least one digit and a '+'. */
	uint64_t *addresses = malloc((text_bytes / 2 + 1) * sizeof(*addresses));
	size_t count = 0;

	if (!addresses) {
		cpa_http_exchange_refuse(exchange, 500, "no memory");
		return;
	}
	while (text < end) {
		const char *plus = memchr(text, '+', (size_t)(end - text));
		size_t token_bytes = (size_t)((plus ? plus : end) - text);
		uint64_t address = read_address(text, token_bytes);

		if (address)
			addresses[count++] = address;
		text += token_bytes + 1;
	}
	exchange->status = 200;
	exchange->type = "text/plain; charset=utf-8";
	/* How many is not known beforehand, and readers ask only whether there are any. */
	cpa_http_buffer_say(&exchange->content, "num_symbols: 1\n");
	if (exchange->service->lookup(addresses, count, take, &exchange->content) < 0)
		cpa_http_exchange_refuse(exchange, 500, "no memory");
	free(addresses);
}
