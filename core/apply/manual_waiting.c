/* SPDX-License-Identifier: Apache-2.0 */
#include "core/apply/manual_waiting.h"

#include <errno.h>
#include <string.h>

#include "core/util/clock.h"
#include "core/util/file.h"

#define WAITING_MAX ((size_t)64 << 20) /* 100,000 addresses of the longest names */

struct waiting_line {
	const char *address;
	int64_t since;
};
VEC(waiting_line_vec, struct waiting_line);

static int by_address(const void *a, const void *b)
{
	const struct waiting_line *x = a, *y = b;
	return strcmp(x->address, y->address);
}

static void parse_lines(const char *text, struct arena *a, struct waiting_line_vec *out)
{
	for (const char *at = text; *at;) {
		size_t len = strcspn(at, "\n");
		struct waiting_line line = {0};
		if (len > TIME_TEXT &&
		    time_parse(arena_strndup(a, at, TIME_TEXT - 1), &line.since)) {
			line.address = arena_strndup(a, at + TIME_TEXT, len - TIME_TEXT);
			vec_push(a, out, line);
		}
		at += len + (at[len] == '\n');
	}
	vec_sort(out, by_address);
}

struct error *manual_waiting_load(const char *path, struct arena *a, struct plan *plan)
{
	CLEANUP(free) char *text = NULL;
	struct waiting_line_vec lines = {0};
	size_t len;
	if (access(path, F_OK) && errno == ENOENT)
		return NULL;
	TRY(file_read(path, WAITING_MAX, &text, &len));
	parse_lines(text, a, &lines);
	for (size_t i = 0; i < plan->changes.len && lines.len; i++) {
		struct change *c = &plan->changes.at[i];
		struct waiting_line key = {.address =
						   change_address(a, c->principal, c->entitlement)};
		const struct waiting_line *found = vec_find(&lines, &key, by_address);
		if (found && change_is_manual(c))
			c->since = found->since;
	}
	return NULL;
}

struct error *manual_waiting_save(const char *path, struct arena *a, const struct plan *plan,
				  const bool *waits, int64_t now)
{
	struct str out = STR(a);
	char moment[TIME_TEXT];
	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct change *c = &plan->changes.at[i];
		if (!waits[i])
			continue;
		time_format(c->since ? c->since : now, moment);
		str_printf(&out, "%s %s\n", moment,
			   change_address(a, c->principal, c->entitlement));
	}
	if (out.len)
		return file_write_atomic(path, out.at, out.len, 0600);
	return unlink(path) && errno != ENOENT ? error_errno(errno, "removing %s", path) : NULL;
}
