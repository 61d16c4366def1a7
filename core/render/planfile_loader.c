/* SPDX-License-Identifier: Apache-2.0 */
#include "core/render/planfile_loader.h"

#include <string.h>

#include "core/render/render.h"
#include "core/util/text_escape.h"

struct error *loader_bad(const struct planfile_loader *l, const char *what)
{
	return error_at(ERROR_INPUT, (struct location){l->name, 1, 1}, "not a sound plan: %s",
			what);
}

bool loader_is_null(struct json_span s)
{
	return s.len == 4 && !memcmp(s.at, "null", 4);
}

const char *loader_text(const struct planfile_loader *l, struct json_span object, const char *key)
{
	const char *out = json_get_text(l->arena, object, key);
	return out ? intern(l->strings, out) : NULL;
}

const char *loader_printable(const struct planfile_loader *l, const char *text)
{
	ARENA scratch = {0};
	struct str out = STR(&scratch);
	text_escape_cell(&out, text, strlen(text));
	return strcmp(str_text(&out), text) != 0 ? render_shown(l->arena, text) : text;
}

unsigned loader_word(const char *word, unsigned count, const char *(*name_of)(unsigned))
{
	unsigned i = 0;
	while (i < count && (!word || strcmp(word, name_of(i)) != 0))
		i++;
	return i;
}
