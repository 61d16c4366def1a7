/* SPDX-License-Identifier: Apache-2.0 */
#include "core/model/selector.h"

#include <string.h>
#include <strings.h>

#include "core/util/percent.h"
#include "core/util/str.h"
#include "core/util/unicode.h"

#define PARTS_MAX                                                                                  \
	5 /* "role", the role, product, profile; one more shows that there are too many            \
	   *  \ */

/* A percent sign that begins no byte stands for itself. */
static bool is_byte(const char *text, size_t len)
{
	return percent_byte(text, len) > 0;
}

static const char *decode(struct arena *a, const char *text, size_t len)
{
	struct str out = STR(a);
	for (size_t i = 0; i < len; i++) {
		bool encoded = is_byte(text + i, len - i);
		str_addc(&out, encoded ? (char)percent_byte(text + i, len - i) : text[i]);
		i += encoded ? 2 : 0;
	}
	return str_text(&out);
}

/* As decode() takes it back. */
static void add_part(struct str *out, const char *part)
{
	for (const char *at = part; *at; at++) {
		if (*at == '/')
			str_add(out, "%2F");
		else if (is_byte(at, strlen(at)))
			str_add(out, "%25");
		else
			str_addc(out, *at);
	}
}

void selector_make(struct selector *s, struct arena *a, const char *text)
{
	*s = (struct selector){.text = text};
	for (const char *at = text; s->parts.len <= PARTS_MAX; at++) {
		size_t len = strcspn(at, "/");
		vec_push(a, &s->parts, decode(a, at, len));
		at += len;
		if (!*at)
			break;
	}
}

/* The parts of an entitlement's address; returns how many. */
static size_t parts_of(const struct entitlement *e, const char *out[static PARTS_MAX])
{
	size_t count = 0;
	out[count++] = e->api ? "api" : e->role ? "role" : "product";
	if (e->api)
		out[count++] = e->api;
	if (e->role)
		out[count++] = role_table[e->role].name;
	if (e->product)
		out[count++] = e->product;
	if (e->profile)
		out[count++] = e->profile;
	if (e->group)
		out[count++] = e->group;
	return count;
}

static bool begins_with(const char *const *all, size_t count, const struct selector *s)
{
	if (s->parts.len > count)
		return false;
	for (size_t i = 0; i < s->parts.len; i++) {
		if (strcmp(all[i], s->parts.at[i]) != 0)
			return false;
	}
	return true;
}

/* Goes on behind a word that stands at *at. */
static bool eat(const char **at, const char *word)
{
	size_t len = strlen(word);
	if (strncmp(*at, word, len) != 0)
		return false;
	*at += len;
	return true;
}

/* A role by its name or its title, whose case does not matter. */
static bool eat_role(const char **at, enum role role)
{
	const char *title = role_table[role].title;
	if (eat(at, role_table[role].name))
		return true;
	if (strncasecmp(*at, title, strlen(title)) != 0)
		return false;
	*at += strlen(title);
	return true;
}

/* Whether the text is what people are shown of an entitlement: render_entitlement() or
 * entitlement_title(). A role without its object is any. */
static bool is_shown(const char *text, const struct entitlement *e)
{
	const char *at = text;
	if (e->api)
		return eat(&at, "API ") && !strcmp(at, e->api);
	if (e->role && !eat_role(&at, e->role))
		return false;
	if (e->role && !*at)
		return true;
	if (e->role && !eat(&at, e->group ? " of group " : " of "))
		return false;
	if (e->group)
		return !strcmp(at, e->group);
	if (!e->product || !eat(&at, e->product))
		return false;
	return e->profile && *at ? eat(&at, " / ") && !strcmp(at, e->profile) : !*at;
}

bool selector_takes_entitlement(const struct selector *s, const struct entitlement *e)
{
	const char *parts[PARTS_MAX];
	size_t count = parts_of(e, parts);
	return begins_with(parts, count, s) || begins_with(parts + 1, count - 1, s) ||
	       is_shown(s->text, e);
}

static bool is_name(const struct principal *p, const char *name)
{
	return p->kind == PRINCIPAL_USER ? ascii_casecmp(p->name, name) == 0
					 : strcmp(p->name, name) == 0;
}

bool selector_takes_principal(const struct selector *s, const struct principal *p)
{
	if (is_name(p, s->text) || (s->parts.len == 1 && is_name(p, s->parts.at[0])))
		return true;
	const char *kind = principal_kind_name(p->kind), *shown = s->text;
	if ((p->kind == PRINCIPAL_USER && eat(&shown, "user ") && is_name(p, shown)) ||
	    (p->kind == PRINCIPAL_GROUP && eat(&shown, "group ") && is_name(p, shown)))
		return true;
	bool of_kind = !strcmp(s->parts.at[0], kind) ||
		       (p->kind == PRINCIPAL_ACCOUNT && !strcmp(s->parts.at[0], "account"));
	return s->parts.len == 2 && of_kind && is_name(p, s->parts.at[1]);
}

static bool is_qualified(const struct selector *s)
{
	return !strcmp(s->parts.at[0], "role") || !strcmp(s->parts.at[0], "product") ||
	       !strcmp(s->parts.at[0], "api");
}

bool selector_is_role(const struct selector *s)
{
	size_t at = !strcmp(s->parts.at[0], "role");
	for (int i = ROLE_NONE + 1; i < ROLE_COUNT; i++) {
		if (!strcasecmp(s->text, role_table[i].title))
			return true;
	}
	return at == s->parts.len || (at + 1 == s->parts.len && role_find(s->parts.at[at]));
}

void selector_spell_entitlement(const struct selector *s, struct arena *a,
				const struct entitlement *e, struct spelling_vec *out)
{
	const char *parts[PARTS_MAX];
	size_t count = parts_of(e, parts), from = is_qualified(s) ? 0 : 1;
	struct str spelling = STR(a);
	for (size_t i = from; i < count && i < from + s->parts.len; i++) {
		str_add(&spelling, i > from ? "/" : "");
		add_part(&spelling, parts[i]);
	}
	vec_push(a, out, str_text(&spelling));
}

void selector_spell_roles(const struct selector *s, struct arena *a, struct spelling_vec *out)
{
	for (int i = ROLE_NONE + 1; i < ROLE_COUNT; i++)
		vec_push(a, out,
			 arena_printf(a, "%s%s", is_qualified(s) ? "role/" : "",
				      role_table[i].name));
}
