/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/adobe-emulator/server/limits.h"

#include <math.h>
#include <string.h>

struct error *limits_parse(const char *text, struct limits *out)
{
	char *end = NULL;
	double scale = !strcmp(text, "real") ? 1 : !strcmp(text, "off") ? 0 : strtod(text, &end);
	if (end && (*end || !isfinite(scale) || scale <= 0))
		return error_new(ERROR_USAGE, "--rate-limits takes real, off or a scale above 0");
	out->scale = scale;
	return NULL;
}

static struct limit_window *find_window(struct limits *l, const char *key)
{
	for (size_t i = 0; i < l->windows.len; i++) {
		if (!strcmp(l->windows.at[i].key, key))
			return &l->windows.at[i];
	}
	vec_push(&l->arena, &l->windows,
		 (struct limit_window){.key = arena_strdup(&l->arena, key)});
	return &l->windows.at[l->windows.len - 1];
}

int64_t limits_take(struct limits *l, const char *client, const char *class, int64_t limit,
		    int64_t window_ms, int64_t now)
{
	ARENA scratch = {0};
	if (l->scale == 0 || limit == 0)
		return 0;
	struct limit_window *w = find_window(l, arena_printf(&scratch, "%s %s", class, client));
	w->length_ms = (int64_t)((double)window_ms * l->scale) + 1;
	if (now < w->start_ms || now - w->start_ms >= w->length_ms) {
		w->start_ms = now;
		w->count = 0;
	}
	if (w->count >= limit)
		return w->start_ms + w->length_ms - now;
	w->count++;
	return 0;
}

void limits_reset(struct limits *l)
{
	l->windows.len = 0;
}
