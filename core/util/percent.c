/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/percent.h"

#include <stdbool.h>
#include <string.h>

#include "core/util/unicode.h"

static bool stays(char c, const char *also)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       strchr("-._~", c) || strchr(also, c);
}

char *percent_write(char *to, const char *text, const char *also)
{
	static const char digits[] = "0123456789ABCDEF";
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		if (stays(*text, also)) {
			*to++ = *text;
			continue;
		}
		*to++ = '%';
		*to++ = digits[c >> 4];
		*to++ = digits[c & 15];
	}
	return to;
}

void percent_encode(struct str *out, const char *text, const char *also)
{
	for (;;) {
		size_t plain = 0;
		while (text[plain] && stays(text[plain], also))
			plain++;
		str_addn(out, text, plain);
		text += plain;
		if (!*text)
			return;
		char byte[4] = {0};
		percent_write(byte, (const char[]){*text++, '\0'}, also);
		str_add(out, byte);
	}
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int percent_byte(const char *text, size_t len)
{
	int high = len > 2 && text[0] == '%' ? digit_of(text[1]) : -1;
	int low = high >= 0 ? digit_of(text[2]) : -1;
	return low < 0 ? -1 : high * 16 + low;
}
