/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/language/yaml_reader.h"

uint32_t json_shifted(const struct yaml_reader *r, uint32_t line, uint32_t column)
{
	uint32_t out = column;
	for (size_t i = 0; i < r->rewrites.len; i++) {
		const struct rewrite *w = &r->rewrites.at[i];
		if (w->line == line && w->column <= column)
			out += w->shift;
	}
	return out;
}

/* "\uDxxx" with one of these as first x. */
static bool is_surrogate(const char *s, const char *first)
{
	return s[0] == '\\' && s[1] == 'u' && ascii_lower(s[2]) == 'd' && strchr(first, s[3]) &&
	       strspn(s + 3, "0123456789abcdefABCDEF") >= 3;
}

static bool is_surrogate_pair(const char *s, size_t len)
{
	return len >= 12 && is_surrogate(s, "89abAB") && is_surrogate(s + 6, "cdefCDEF");
}

static void add_code_point(struct str *out, const char *s)
{
	char high[5] = {0}, low[5] = {0};
	memcpy(high, s + 2, 4);
	memcpy(low, s + 8, 4);
	unsigned long point = 0x10000 + ((strtoul(high, NULL, 16) & 0x3FF) << 10) +
			      (strtoul(low, NULL, 16) & 0x3FF);
	str_printf(out, "\\U%08lX", point);
}

const char *json_rewrite(struct yaml_reader *r, struct arena *a)
{
	const struct yaml_source *s = r->source;
	struct str out = STR(a);
	bool quoted = false;
	uint32_t line = s->first_line;
	size_t line_start = 0;
	for (size_t i = 0; i < s->len; i++) {
		char c = s->text[i];
		uint32_t shift = 0;
		if (c == '"') {
			quoted = !quoted;
			str_addc(&out, c);
		} else if (c == '\n') {
			str_addc(&out, c);
			line++;
			line_start = out.len;
		} else if (!quoted) {
			str_addc(&out, c == '\t' ? ' ' : c);
		} else if (c != '\\' || i + 1 == s->len) {
			str_addc(&out, c);
		} else if (s->text[i + 1] == '/') {
			str_addc(&out, '/');
			shift = 1;
			i++;
		} else if (is_surrogate_pair(s->text + i, s->len - i)) {
			add_code_point(&out, s->text + i);
			shift = 2;
			i += 11;
		} else {
			str_addn(&out, s->text + i, 2);
			i++;
		}
		if (shift) {
			size_t columns = text_length(out.at + line_start, out.len - line_start);
			vec_push(a, &r->rewrites,
				 (struct rewrite){line, (uint32_t)columns + 1, shift});
		}
	}
	return str_text(&out);
}
