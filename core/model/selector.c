/* SPDX-License-Identifier: Apache-2.0 */
#include "core/model/selector.h"

#include <string.h>
#include <strings.h>

#include "core/util/percent.h"
#include "core/util/str.h"
#include "core/util/unicode.h"

/* The parts of "role/ROLE/PRODUCT/PROFILE", and one more, which shows that there are too many. */
#define PARTS_MAX 5

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

/* ---- one that need not be there ---- */

/* The names of an entitlement behind its kind or role; false when some are missing or too many. */
static bool take_scope(const struct selector *s, size_t first, struct entitlement *out)
{
	static const size_t counts[] = {[SCOPE_ORGANIZATION] = 0,
					[SCOPE_PRODUCT] = 1,
					[SCOPE_PROFILE] = 2,
					[SCOPE_GROUP] = 1};
	enum scope scope = out->role ? role_table[out->role].scope : SCOPE_PROFILE;
	if (s->parts.len - first != counts[scope])
		return false;
	if (scope == SCOPE_GROUP) {
		out->group = s->parts.at[first];
	} else {
		out->product = counts[scope] > 0 ? s->parts.at[first] : NULL;
		out->profile = counts[scope] > 1 ? s->parts.at[first + 1] : NULL;
	}
	return true;
}

static bool take_address(const struct selector *s, struct entitlement *out)
{
	size_t first = s->parts.len > 1 && is_qualified(s);
	bool product = first && !strcmp(s->parts.at[0], "product");
	if (s->parts.len == 2 && !strcmp(s->parts.at[0], "api")) {
		out->api = s->parts.at[1];
		return true;
	}
	out->role = product ? ROLE_NONE : role_find(s->parts.at[first]);
	return (out->role || product || !first) &&
	       take_scope(s, first + (out->role != ROLE_NONE), out);
}

#define JOINT " / "

/* "PRODUCT / PROFILE", where only one " / " can be meant. */
static bool take_profile(const char *text, struct arena *a, struct entitlement *out)
{
	const char *cut = strstr(text, JOINT);
	if (!cut || cut == text || !cut[strlen(JOINT)] || strstr(cut + 1, JOINT))
		return false;
	out->product = arena_strndup(a, text, (size_t)(cut - text));
	out->profile = cut + strlen(JOINT);
	return true;
}

/* What stands behind a role's name or title. */
static bool take_shown_scope(const char *at, struct arena *a, struct entitlement *out)
{
	enum scope scope = role_table[out->role].scope;
	if (scope == SCOPE_ORGANIZATION)
		return !*at;
	if (scope == SCOPE_GROUP) {
		out->group = eat(&at, " of group ") && *at ? at : NULL;
		return out->group;
	}
	if (!eat(&at, " of ") || !*at)
		return false;
	out->product = at;
	return scope == SCOPE_PRODUCT || take_profile(at, a, out);
}

static bool take_shown(const char *text, struct arena *a, struct entitlement *out)
{
	const char *at = text;
	if (eat(&at, "API ") && *at) {
		out->api = at;
		return true;
	}
	for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
		at = text;
		*out = (struct entitlement){.role = (uint8_t)role};
		if (eat_role(&at, role) && take_shown_scope(at, a, out))
			return true;
	}
	*out = (struct entitlement){0};
	return take_profile(text, a, out);
}

static bool has_parts(const struct entitlement *e)
{
	return (!e->product || *e->product) && (!e->profile || *e->profile) &&
	       (!e->group || *e->group) && (!e->api || *e->api);
}

static const struct entitlement *keep(struct arena *a, const struct entitlement *e)
{
	struct entitlement *out = arena_alloc(a, sizeof(*out));
	*out = *e;
	return out;
}

const struct entitlement *selector_make_entitlement(const struct selector *s, struct arena *a)
{
	struct entitlement e = {0};
	bool qualified = s->parts.len > 1 && is_qualified(s);
	if (!qualified && take_shown(s->text, a, &e))
		return keep(a, &e);
	if (!qualified && strstr(s->text, JOINT))
		return NULL;
	e = (struct entitlement){0};
	return take_address(s, &e) && has_parts(&e) ? keep(a, &e) : NULL;
}
