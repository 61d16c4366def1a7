/* SPDX-License-Identifier: Apache-2.0 */
/* Compares a saved plan with what was read of it: both must say the same. */
#include <string.h>

#include "core/model/version.h"
#include "core/render/planfile.h"
#include "core/render/render.h"
#include "core/util/compare.h"
#include "core/util/json.h"

#define SHOWN_MAX 60 /* bytes of a key in a message; longer values are not told */

struct said_plan {
	const char *name; /* of the file */
	struct json_span text;
	const struct plan *plan;
	const char *version; /* that made it; NULL: it does not say */
};

MUST_CHECK static struct error *differs(const struct said_plan *c, const char *at, const char *what)
{
	ARENA a = {0};
	bool other = c->version && strcmp(c->version, WRIT_VERSION) != 0;
	return error_at(
		ERROR_INPUT, json_place(c->name, c->text, at), "not a sound plan: %s%s", what,
		other ? arena_printf(&a, " (it is of writ %s; make a new one)", c->version) : "");
}

/* A key or value, as it stands there. */
static const char *shown(struct arena *a, struct json_span value)
{
	bool cut = value.len > SHOWN_MAX;
	return arena_printf(a, "%.*s%s", cut ? SHOWN_MAX : (int)value.len, value.at,
			    cut ? "..." : "");
}

MUST_CHECK static struct error *other_value(const struct said_plan *c, struct json_span key,
					    struct json_span said, struct json_span meant)
{
	ARENA a = {0};
	const char *what =
		arena_printf(&a, "%s does not fit what the plan comes to", shown(&a, key));
	if (meant.len <= SHOWN_MAX)
		what = arena_printf(&a, "%s, which is %s", what, shown(&a, meant));
	return differs(c, said.at, what);
}

MUST_CHECK static struct error *compare(const struct said_plan *c, struct json_span key,
					struct json_span said, struct json_span meant);

static bool is_same_value(struct json_span x, struct json_span y)
{
	ARENA a = {0};
	if (x.len == y.len && !memcmp(x.at, y.at, x.len))
		return true;
	const char *one = json_string(&a, x), *other = json_string(&a, y);
	return one && other && !strcmp(one, other);
}

/* Whether it is a member of the plan itself that is compared item by item, or is about the program
 * that made it. */
static bool is_apart(const struct said_plan *c, struct json_span object, struct json_span key)
{
	static const char *const names[] = {"\"format_version\"", "\"writ_version\"", "\"changes\"",
					    "\"manual\""};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct json_span name = {names[i], strlen(names[i])};
		if (object.at == c->text.at && is_same_value(key, name))
			return true;
	}
	return false;
}

struct said_member {
	const char *name;
	struct json_span value;
};

/* The members of an object, found in the order in which they stand; they are sorted once somebody
 * asks for another one. */
struct members {
	struct arena *arena;
	struct json_span object;
	struct json_cursor due;
	bool is_sorted;
	VEC(, struct said_member) sorted;
};

static int by_name(const void *a, const void *b)
{
	const struct said_member *x = a, *y = b;
	return strcmp(x->name, y->name);
}

static void sort_members(struct members *m)
{
	struct json_span key, value;
	struct json_cursor cursor = {0};
	while (json_next_member(m->object, &cursor, &key, &value))
		vec_push(m->arena, &m->sorted,
			 (struct said_member){json_string(m->arena, key), value});
	vec_sort(&m->sorted, by_name);
	m->is_sorted = true;
}

/* Finds a member by its key as it stands elsewhere. */
static bool find(struct members *m, struct json_span key, struct json_span *out)
{
	struct json_span other;
	struct json_cursor next = m->due;
	if (json_next_member(m->object, &next, &other, out) && is_same_value(key, other)) {
		m->due = next;
		return true;
	}
	if (!m->is_sorted)
		sort_members(m);
	const struct said_member probe = {.name = json_string(m->arena, key)};
	const struct said_member *found = vec_find(&m->sorted, &probe, by_name);
	if (found)
		*out = found->value;
	return found;
}

MUST_CHECK static struct error *find_missing(const struct said_plan *c, struct json_span said,
					     struct json_span meant)
{
	ARENA a = {0};
	struct json_span key, value, ignored;
	struct json_cursor cursor = {0};
	struct members there = {.arena = &a, .object = said};
	while (json_next_member(meant, &cursor, &key, &value)) {
		if (!find(&there, key, &ignored))
			return differs(c, said.at,
				       arena_printf(&a, "%s is missing", shown(&a, key)));
	}
	return NULL;
}

MUST_CHECK static struct error *compare_objects(const struct said_plan *c, struct json_span said,
						struct json_span meant)
{
	ARENA a = {0};
	struct json_span key, value, other;
	struct json_cursor cursor = {0};
	struct members due = {.arena = &a, .object = meant};
	while (json_next_member(said, &cursor, &key, &value)) {
		if (!find(&due, key, &other))
			return differs(c, key.at,
				       arena_printf(&a, "%s means nothing there", shown(&a, key)));
		if (!is_apart(c, said, key))
			TRY(compare(c, key, value, other));
	}
	return find_missing(c, said, meant);
}

MUST_CHECK static struct error *compare_arrays(const struct said_plan *c, struct json_span key,
					       struct json_span said, struct json_span meant)
{
	ARENA a = {0};
	struct json_span item, other;
	struct json_cursor at = {0}, due = {0};
	while (json_next(said, &at, &item)) {
		if (!json_next(meant, &due, &other))
			return differs(c, item.at,
				       arena_printf(&a, "an item of %s means nothing there",
						    shown(&a, key)));
		TRY(compare(c, key, item, other));
	}
	return json_next(meant, &due, &other)
		       ? differs(c, said.at, arena_printf(&a, "%s lacks an item", shown(&a, key)))
		       : NULL;
}

MUST_CHECK static struct error *compare(const struct said_plan *c, struct json_span key,
					struct json_span said, struct json_span meant)
{
	if (*said.at == '{' && *meant.at == '{')
		return compare_objects(c, said, meant);
	if (*said.at == '[' && *meant.at == '[')
		return compare_arrays(c, key, said, meant);
	return is_same_value(said, meant) ? NULL : other_value(c, key, said, meant);
}

/* Compares the items of a list one by one, since a plan may have a million of them: with those of
 * the changes that it is of, as `render` spells them. */
MUST_CHECK static struct error *compare_items(const struct said_plan *c, const char *key,
					      bool (*is_of)(const struct change *change),
					      void (*render)(struct str *out,
							     const struct plan *plan, size_t i))
{
	ARENA a = {0};
	struct json_span list, item = {0}, name;
	struct json_cursor cursor = {0};
	struct str quoted = STR(&a), meant;
	json_add_text(&quoted, key);
	name = (struct json_span){str_text(&quoted), quoted.len};
	if (!json_member(c->text, key, &list) || *list.at != '[')
		return differs(c, c->text.at, arena_printf(&a, "%s is no list", key));
	for (size_t i = 0; i < c->plan->changes.len; i++) {
		ARENA scratch = {0};
		if (is_of && !is_of(&c->plan->changes.at[i]))
			continue;
		if (!json_next(list, &cursor, &item))
			return differs(c, list.at, arena_printf(&a, "\"%s\" lacks an item", key));
		meant = (struct str)STR(&scratch);
		render(&meant, c->plan, i);
		TRY(compare(c, name, item, (struct json_span){str_text(&meant), meant.len}));
	}
	return json_next(list, &cursor, &item)
		       ? differs(c, item.at,
				 arena_printf(&a, "an item of \"%s\" means nothing there", key))
		       : NULL;
}

/* ---- what its parts say of each other ---- */

MUST_CHECK static struct error *contradicts(const struct said_plan *c, const char *key,
					    const char *what)
{
	struct json_span value;
	return differs(c, json_member(c->text, key, &value) ? value.at : c->text.at, what);
}

/* Of sorted names. */
static bool has_name(const struct line_vec *names, const char *name)
{
	return vec_find(names, &name, compare_texts);
}

/* Nothing else is done to an account that is deleted: what of it counts would depend on the order.
 */
MUST_CHECK static struct error *check_deleted(const struct said_plan *c)
{
	ARENA a = {0};
	struct line_vec deleted = {0};
	const struct change_vec *all = &c->plan->changes;
	for (size_t i = 0; i < all->len; i++) {
		if (all->at[i].type == CHANGE_ACCOUNT && all->at[i].action == ACTION_DELETE)
			vec_push(&a, &deleted, all->at[i].principal->name);
	}
	vec_sort(&deleted, compare_texts);
	for (size_t i = 0; i < all->len; i++) {
		const struct principal *p = all->at[i].principal;
		if (all->at[i].type == CHANGE_GRANT && p->kind == PRINCIPAL_ACCOUNT &&
		    has_name(&deleted, p->name))
			return contradicts(c, "changes",
					   arena_printf(&a,
							"%s is deleted, and a grant of it changed",
							p->name));
	}
	return NULL;
}

static int by_guard(const void *a, const void *b)
{
	const struct guard *x = *(const struct guard *const *)a,
			   *y = *(const struct guard *const *)b;
	int order = strcmp(x->name, y->name);
	return order ? order : compare_optional(x->subject, y->subject);
}

/* A guard says one thing. */
MUST_CHECK static struct error *check_guards(const struct said_plan *c)
{
	ARENA a = {0};
	const struct guard_vec *all = &c->plan->guards;
	VEC(, const struct guard *) sorted = {0};
	for (size_t i = 0; i < all->len; i++)
		vec_push(&a, &sorted, &all->at[i]);
	vec_sort(&sorted, by_guard);
	for (size_t i = 1; i < sorted.len; i++) {
		if (by_guard(&sorted.at[i - 1], &sorted.at[i]) == 0)
			return contradicts(
				c, "guards",
				arena_printf(&a, "guard %s is there twice", sorted.at[i]->name));
	}
	return NULL;
}

/* What goes with an account is named, all of it. */
MUST_CHECK static struct error *check_lost(const struct said_plan *c)
{
	for (size_t i = 0; i < c->plan->changes.len; i++) {
		const struct change *x = &c->plan->changes.at[i];
		ARENA a = {0};
		size_t named = x->lost ? x->lost->len : 0;
		if (named != (size_t)x->lost_roles + x->lost_products)
			return contradicts(c, "changes",
					   arena_printf(&a, "what goes with %s is not all named",
							x->principal->name));
	}
	return NULL;
}

/* Who the accounts of changes are stands in accounts[], of each once and of no other. Where names
 * move on, one may be there twice: as it is called, and as it was. */
MUST_CHECK static struct error *check_accounts(const struct said_plan *c)
{
	ARENA a = {0};
	struct line_vec changed = {0}, known = {0};
	const struct plan *plan = c->plan;
	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct principal *p = plan->changes.at[i].principal;
		if (p->kind == PRINCIPAL_ACCOUNT)
			vec_push(&a, &changed, p->name);
	}
	vec_sort(&changed, compare_texts);
	for (size_t i = 0; i < plan->accounts.len; i++) {
		const struct account *x = plan->accounts.at[i];
		const struct account *last = i ? plan->accounts.at[i - 1] : NULL;
		if (last && last->former == x->former && !strcmp(last->meta.name, x->meta.name))
			return contradicts(
				c, "accounts",
				arena_printf(&a, "account %s is there twice", x->meta.name));
		if (x->former)
			continue;
		if (!has_name(&changed, x->meta.name))
			return contradicts(
				c, "accounts",
				arena_printf(&a, "no change is about account %s", x->meta.name));
		vec_push(&a, &known, x->meta.name);
	}
	for (size_t i = 0; i < changed.len; i++) {
		if (!has_name(&known, changed.at[i]))
			return contradicts(c, "accounts",
					   arena_printf(&a, "account %s of a change is not there",
							changed.at[i]));
	}
	return NULL;
}

struct error *planfile_check(const char *name, const char *bytes, size_t len,
			     const struct plan *plan)
{
	ARENA a = {0};
	struct json_span text = {bytes, len};
	const struct said_plan c = {name, text, plan, json_get_text(&a, text, "writ_version")};
	struct str meant = STR(&a);
	struct plan rest = *plan;
	rest.changes = (struct change_vec){0};
	render_plan_json(&meant, &rest, plan->said_digest);
	if (!c.version || !plan->said_digest)
		return differs(&c, bytes, "no version or digest");
	TRY(compare_objects(&c, text, (struct json_span){str_text(&meant), meant.len}));
	TRY(compare_items(&c, "changes", NULL, render_plan_change_json));
	TRY(compare_items(&c, "manual", change_is_manual, render_plan_manual_json));
	TRY(check_guards(&c));
	TRY(check_deleted(&c));
	TRY(check_lost(&c));
	return check_accounts(&c);
}
