/* SPDX-License-Identifier: Apache-2.0 */
#include "core/past/reviewers.h"

#include <string.h>
#include <strings.h>

#include "core/util/str.h"

static bool is_review(const char *key)
{
	static const char *const keys[] = {"Reviewed-by", "Approved-by", "Acked-by"};
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (!strcasecmp(key, keys[i]))
			return true;
	}
	return false;
}

/* How many of the names were new. */
static size_t add_reviewers(struct str *out, const struct commit *c)
{
	size_t count = 0;
	for (size_t i = 0; i < c->trailers.len; i++) {
		if (!is_review(c->trailers.at[i].key) ||
		    strstr(str_text(out), c->trailers.at[i].value))
			continue;
		str_printf(out, "%s%s", out->len ? ", " : "", c->trailers.at[i].value);
		count++;
	}
	return count;
}

const char *reviewers_named(struct arena *a, const struct line_origin *o, bool *out_claimed)
{
	struct str out = STR(a);
	if (o->merged)
		add_reviewers(&out, &o->merge);
	*out_claimed = add_reviewers(&out, &o->commit) > 0 || !o->vouched;
	return out.len ? str_text(&out) : NULL;
}

/* ---- who stands for it ---- */

static bool is_same_person(const struct commit *a, const struct commit *b)
{
	return !strcmp(a->author_email, b->author_email);
}

/* Whether a reviewer's name is not the writer's own. */
static bool is_other(const char *reviewer, const struct commit *writer)
{
	return *writer->author_email == '\0' || !strstr(reviewer, writer->author_email);
}

/* Those of the reviewers who are not the writer; NULL. */
static const char *others(struct arena *a, const char *reviewers, const struct commit *writer)
{
	struct str out = STR(a);
	for (const char *at = reviewers; at && *at;) {
		const char *end = strstr(at, ", ");
		size_t len = end ? (size_t)(end - at) : strlen(at);
		const char *one = arena_strndup(a, at, len);
		if (is_other(one, writer))
			str_printf(&out, "%s%s", out.len ? ", " : "", one);
		at += len + (end ? 2 : 0);
	}
	return out.len ? str_text(&out) : NULL;
}

const char *reviewers_approver(struct arena *a, const struct line_origin *o, bool *out_claimed)
{
	*out_claimed = false;
	if (o->state != LINE_ORIGIN_KNOWN)
		return NULL;
	const char *found = others(a, reviewers_named(a, o, out_claimed), &o->commit);
	if (found || !o->merged || is_same_person(&o->commit, &o->merge))
		return found;
	*out_claimed = !o->vouched;
	return arena_printf(a, "%s <%s>", o->merge.author_name, o->merge.author_email);
}
