/* SPDX-License-Identifier: BSD-2-Clause */
/* Parameters of a request, read as Go reads them. */
#include "report/http/query.h"

#include <string.h>

static int digit(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	byte |= 0x20;
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

bool cpa_http_query_decode(const char *bytes, size_t size_bytes, bool plus_is_blank, char *ret_text,
	size_t room_bytes, size_t *ret_bytes)
{
	size_t used_bytes = 0;

	for (size_t i = 0; i < size_bytes; i++) {
		char byte = bytes[i];

		if (byte == '%') {
			if (size_bytes - i < 3 || digit(bytes[i + 1]) < 0 ||
				digit(bytes[i + 2]) < 0)
				return false;
			byte = (char)(digit(bytes[i + 1]) << 4 | digit(bytes[i + 2]));
			i += 2;
		} else if (byte == '+' && plus_is_blank) {
			byte = ' ';
		}
		if (used_bytes + 1 >= room_bytes)
			return false;
		ret_text[used_bytes++] = byte;
	}
	ret_text[used_bytes] = '\0';
	*ret_bytes = used_bytes;
	return true;
}

/* Decoded and without NULs: a C string. */
static bool decode(const char *bytes, size_t size_bytes, char ret_text[CPA_HTTP_QUERY_VALUE_MAX])
{
	size_t used_bytes;

	return cpa_http_query_decode(
		       bytes, size_bytes, true, ret_text, CPA_HTTP_QUERY_VALUE_MAX, &used_bytes) &&
	       strlen(ret_text) == used_bytes;
}

/* The next pair with this key. Its value is not decoded. False: no more. */
static bool find(const char **query, const char *key, const char **ret_value, size_t *ret_bytes)
{
	char name[CPA_HTTP_QUERY_VALUE_MAX];

	while (**query) {
		const char *pair = *query;
		size_t pair_bytes = strcspn(pair, "&");
		const char *equals = memchr(pair, '=', pair_bytes);
		size_t name_bytes = equals ? (size_t)(equals - pair) : pair_bytes;

		*query += pair_bytes + (pair[pair_bytes] != '\0');
		if (!decode(pair, name_bytes, name) || strcmp(name, key) != 0)
			continue;
		*ret_value = equals ? equals + 1 : pair + pair_bytes;
		*ret_bytes = (size_t)(pair + pair_bytes - *ret_value);
		return true;
	}
	return false;
}

bool cpa_http_query_get(
	const char *query, const char *key, char ret_value[CPA_HTTP_QUERY_VALUE_MAX])
{
	const char *value;
	size_t bytes;

	/* Go skips what it cannot read, and pairs with a ';', which once parted them. */
	while (find(&query, key, &value, &bytes))
		if (!memchr(value, ';', bytes) && decode(value, bytes, ret_value))
			return true;
	ret_value[0] = '\0';
	return false;
}

bool cpa_http_query_has(const char *query, const char *key)
{
	const char *value;
	size_t bytes;

	return find(&query, key, &value, &bytes);
}

bool cpa_http_query_number(const char *text, int64_t *ret_number)
{
	bool is_negative = *text == '-';
	uint64_t limit = (uint64_t)INT64_MAX + is_negative;
	uint64_t number = 0;

	text += *text == '-' || *text == '+';
	if (!*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' || number > limit / 10)
			return false;
		number = number * 10 + (uint64_t)(*text - '0');
		if (number > limit)
			return false;
	}
	*ret_number = (int64_t)(is_negative ? -number : number);
	return true;
}

#define EXPONENT_MAX 1000 /* beyond it all numbers that fit a value are 0 or infinite */

static double scale(double number, int64_t power)
{
	for (; power > 0; power--)
		number *= 10;
	for (; power < 0; power++)
		number /= 10;
	return number;
}

bool cpa_http_query_fraction(const char *text, double *ret_number)
{
	bool is_negative = *text == '-', has_point = false, has_digits = false;
	int64_t power = 0, exponent = 0;
	double number = 0;

	text += *text == '-' || *text == '+';
	for (; (*text >= '0' && *text <= '9') || (*text == '.' && !has_point); text++) {
		if (*text == '.') {
			has_point = true;
			continue;
		}
		has_digits = true;
		number = number * 10 + (*text - '0');
		power -= has_point;
	}
	if (!has_digits || (*text && (*text | 0x20) != 'e'))
		return false;
	if (*text && !cpa_http_query_number(text + 1, &exponent))
		return false;
	if (exponent > EXPONENT_MAX || exponent < -EXPONENT_MAX)
		exponent = exponent > 0 ? EXPONENT_MAX : -EXPONENT_MAX;
	number = scale(number, exponent + power);
	*ret_number = is_negative ? -number : number;
	return true;
}
