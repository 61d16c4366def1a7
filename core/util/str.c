/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/str.h"

#include <assert.h>
#include <string.h>

#define CAP_MIN 64

static char *grow(struct str *s, size_t cap)
{
	s->at = arena_grow(s->arena, s->at, s->cap, cap);
	s->cap = cap;
	return s->at + s->len;
}

/* Makes room for `more` bytes and a NUL behind them; returns where they go. */
static char *room(struct str *s, size_t more)
{
	size_t need = s->len + more + 1, cap = s->cap < CAP_MIN / 2 ? CAP_MIN : s->cap * 2;
	if (need <= s->cap)
		return s->at + s->len;
	return grow(s, cap < need ? need : cap);
}

void str_reserve(struct str *s, size_t more)
{
	if (s->len + more + 1 > s->cap)
		*grow(s, s->len + more + 1) = '\0';
}

void str_add(struct str *s, const char *text)
{
	str_addn(s, text, strlen(text));
}

void str_addn(struct str *s, const char *text, size_t len)
{
	char *end = room(s, len);
	if (len)
		memcpy(end, text, len);
	end[len] = '\0';
	s->len += len;
}

void str_addc(struct str *s, char c)
{
	str_addn(s, &c, 1);
}

void str_fill(struct str *s, char c, size_t count)
{
	char *end = room(s, count);
	memset(end, c, count);
	end[count] = '\0';
	s->len += count;
}

void str_printf(struct str *s, const char *format, ...)
{
	va_list args;
	size_t left = s->cap - s->len;
	va_start(args, format);
	int len = vsnprintf(left ? s->at + s->len : NULL, left, format, args);
	va_end(args);
	assert(len >= 0);
	if ((size_t)len >= left) {
		va_start(args, format);
		vsnprintf(room(s, (size_t)len), (size_t)len + 1, format, args);
		va_end(args);
	}
	s->len += (size_t)len;
}

void str_add_word(struct str *s, const char *text)
{
	if (*text && strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				  "_-./:@%+=") == strlen(text)) {
		str_add(s, text);
		return;
	}
	str_addc(s, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			str_add(s, "'\\''");
		else
			str_addc(s, *text);
	}
	str_addc(s, '\'');
}

const char *str_text(const struct str *s)
{
	return s->at ? s->at : "";
}

void str_cut(struct str *s, size_t len)
{
	assert(len <= s->len);
	if (!s->at)
		return;
	s->len = len;
	s->at[len] = '\0';
}
