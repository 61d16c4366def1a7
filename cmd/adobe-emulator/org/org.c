/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/adobe-emulator/org/org.h"

#include <string.h>

#include "cmd/adobe-emulator/wire/ids.h"
#include "core/util/unicode.h"

#define NAME_MAX_BYTES 250 /* facts/umapi.md, "Actions", and the manifest language's own limit */

/* ---- revisions ---- */

void org_begin(struct org *s, int64_t now)
{
	s->open = false;
	s->now = now;
}

uint64_t org_view(const struct org *s, int64_t delay_ms)
{
	uint64_t view = s->revision;
	while (view > 0 && s->revision_at.at[view] + delay_ms > s->now)
		view--;
	return view;
}

static void touch(struct org *s)
{
	s->dirty = true;
	if (s->open)
		return;
	s->open = true;
	s->revision++;
	vec_push(&s->arena, &s->revision_at, s->now);
}

static void tell(struct org *s, const char *what, const char *subject, const char *object)
{
	if (s->changed)
		s->changed(s->context, what, subject, object);
}

void org_touched(struct org *s, const char *what, const char *subject, const char *object)
{
	touch(s);
	tell(s, what, subject, object);
}

void org_made(struct org *s, struct life *life, const char *what, const char *subject,
	      const char *object)
{
	org_touched(s, what, subject, object);
	*life = (struct life){.born = s->revision};
}

void org_gone(struct org *s, struct life *life, const char *what, const char *subject,
	      const char *object)
{
	org_touched(s, what, subject, object);
	life->died = s->revision;
}

/* ---- texts ---- */

const char *org_intern(struct org *s, const char *text)
{
	return text ? intern(s->strings, text) : NULL;
}

bool org_text_ok(const char *text)
{
	size_t offset = 0, size;
	return strlen(text) <= 4000 &&
	       text_check(text, strlen(text), TEXT_VALUE, &offset, &size) == TEXT_OK;
}

bool org_name_ok(const char *text)
{
	return text && *text && strlen(text) <= NAME_MAX_BYTES && org_text_ok(text) &&
	       !text_has_outer_space(text) && !text_smuggles_role(text);
}

bool words_have(const struct words_vec *words, const char *word)
{
	for (size_t i = 0; i < words->len; i++) {
		if (!strcmp(words->at[i], word))
			return true;
	}
	return false;
}

const char *project_name_of(struct arena *a, const char *title)
{
	struct str out = STR(a);
	for (; *title && out.len < 20; title++) {
		char lower = ascii_lower(*title);
		if ((lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9'))
			str_addc(&out, *title);
	}
	return out.len ? str_text(&out) : "project";
}

/* ---- numbers ---- */

static bool group_id_taken(const struct org *s, int64_t id)
{
	for (size_t i = 0; i < s->profiles.len; i++) {
		if (s->profiles.at[i]->id == id)
			return true;
	}
	for (size_t i = 0; i < s->groups.len; i++) {
		if (s->groups.at[i]->id == id)
			return true;
	}
	return false;
}

int64_t org_group_id(struct org *s, const char *kind, const char *x, const char *y)
{
	ARENA scratch = {0};
	int64_t id = strtoll(id_digits(&scratch, 9, kind, x, y), NULL, 10);
	while (group_id_taken(s, id))
		id++;
	return id;
}
