/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/check.h"

#include <string.h>

#include "core/model/access.h"
#include "core/util/clock.h"
#include "core/util/keys.h"
#include "core/util/unicode.h"

#define SOON 30 /* days: time enough to ask whether a grant is still needed */

struct linter {
	const struct model *model;
	struct model_index index;
	struct arena *arena;
	struct report *report;
	const struct organization *organization;
	int32_t today;
};

PRINTF(5, 6)
static void warn(struct linter *l, const char *id, struct location at, const char *detail,
		 const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	const char *summary = arena_vprintf(l->report->arena, fmt, args);
	va_end(args);
	report_add(l->report, SEVERITY_WARNING, id, at, 0, detail, "%s", summary);
}

static void lint_words(struct linter *l, const struct entry_vec *entries, bool roles)
{
	for (size_t i = 0; i < entries->len; i++) {
		const struct entry *e = &entries->at[i];
		const struct words *w = e->words;
		if (roles && (!w || !w->reason))
			warn(l, "W0706", e->at, "say why in \"reason\"",
			     "an admin role without a reason");
		if (w && w->expires != DATE_NONE && w->expires >= l->today &&
		    w->expires - l->today <= SOON)
			warn(l, "W0707", e->at, "extend it or let it go", "expires in %d days",
			     w->expires - l->today);
	}
}

/* ---- Enterprise Storage ---- */

static bool brings_storage(const struct linter *l, const struct entry_vec *products)
{
	const struct entry_vec *licences = &l->organization->enterprise_storage;
	for (size_t i = 0; i < products->len; i++) {
		for (size_t k = 0; k < licences->len; k++) {
			if (licences->at[k].product == products->at[i].product &&
			    (!licences->at[k].profile ||
			     licences->at[k].profile == products->at[i].profile))
				return true;
		}
	}
	return false;
}

static bool has_role(const struct entry_vec *roles, enum role role)
{
	for (size_t i = 0; i < roles->len; i++) {
		if (roles->at[i].role == role)
			return true;
	}
	return false;
}

static bool is_storage_api(const char *api)
{
	return strstr(api, "Storage") || strstr(api, "storage");
}

static void lint_storage(struct linter *l, const struct account *a)
{
	bool role = has_role(&a->roles, ROLE_STORAGE_ADMINISTRATOR),
	     licence = brings_storage(l, &a->products);
	bool system = has_role(&a->roles, ROLE_SYSTEM_ADMINISTRATOR);
	for (size_t i = 0; i < a->bundles.len; i++) {
		const struct bundle *b = model_find_bundle(&l->index, a->bundles.at[i].text);
		if (!b)
			continue;
		role |= has_role(&b->roles, ROLE_STORAGE_ADMINISTRATOR);
		system |= has_role(&b->roles, ROLE_SYSTEM_ADMINISTRATOR);
		licence |= brings_storage(l, &b->products);
	}
	if (role && !licence)
		warn(l, "W0701", a->meta.name_at, "assign a product of enterpriseStorage",
		     "storage administrator without a product that includes Enterprise Storage");
	if (licence && !role && !system)
		warn(l, "W0702", a->meta.name_at, "grant storage-administrator, or another profile",
		     "a product that includes Enterprise Storage without storage administrator");
	if ((role || licence) && a->apis.len && !is_storage_api(a->apis.at[0].name))
		warn(l, "W0703", a->apis.at[0].at, "list the storage API first",
		     "the first API does not bring Enterprise Storage, so the licence will not "
		     "come "
		     "by itself");
	if (system)
		warn(l, "W0704", a->meta.name_at, "use storage-administrator where that is enough",
		     "system administrator can do everything");
}

/* ---- said twice ---- */

struct placed_key {
	uint64_t key;
	struct location at;
};

static int by_key_then_place(const void *a, const void *b)
{
	const struct placed_key *x = a, *y = b;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return location_compare(x->at, y->at);
}

static void lint_repeats(struct linter *l, struct intern *strings)
{
	struct wanted wanted = {0};
	VEC(, struct placed_key) all = {0};
	struct universe *u = universe_new(strings);
	wanted_make(l->model, &l->index, u, l->arena, l->today, &wanted);
	for (size_t i = 0; i < wanted.grants.len; i++) {
		const struct declared *d = &wanted.grants.at[i];
		vec_push(l->arena, &all,
			 (struct placed_key){grant_key(d->principal, d->entitlement), *d->at});
	}
	vec_sort(&all, by_key_then_place);
	for (size_t i = 1; i < all.len; i++) {
		if (all.at[i].key == all.at[i - 1].key)
			warn(l, "W0708", all.at[i].at,
			     arena_printf(l->arena, "also at %s:%u:%u", all.at[i - 1].at.file,
					  all.at[i - 1].at.line, all.at[i - 1].at.column),
			     "this grant is said twice");
	}
	universe_free(u);
}

/* ---- look-alikes ---- */

struct skeleton {
	const char *key, *name;
	struct location at;
};

static int by_skeleton(const void *a, const void *b)
{
	const struct skeleton *x = a, *y = b;
	int order = strcmp(x->key, y->key);
	return order ? order : location_compare(x->at, y->at);
}

static void lint_look_alikes(struct linter *l)
{
	VEC(, struct skeleton) all = {0};
	for (size_t i = 0; i < l->model->accounts.len; i++) {
		const struct metadata *m = &l->model->accounts.at[i].meta;
		vec_push(l->arena, &all,
			 (struct skeleton){text_skeleton(l->arena, m->name), m->name, m->name_at});
	}
	vec_sort(&all, by_skeleton);
	for (size_t i = 1; i < all.len; i++) {
		if (!strcmp(all.at[i].key, all.at[i - 1].key) &&
		    all.at[i].name != all.at[i - 1].name)
			warn(l, "W0709", all.at[i].at, "choose names that differ to the eye",
			     "%s looks like %s", quoted(l->arena, all.at[i].name),
			     quoted(l->arena, all.at[i - 1].name));
	}
}

static void lint_account(struct linter *l, const struct account *a)
{
	if (a->state == STATE_ABSENT)
		return;
	if (!a->owner)
		warn(l, "W0705", a->meta.name_at, "name who answers for it in \"owner\"",
		     "account %s has no owner", quoted(l->arena, a->meta.name));
	lint_words(l, &a->roles, true);
	lint_words(l, &a->products, false);
	lint_words(l, &a->apis, false);
	lint_storage(l, a);
}

void lint_model(const struct model *model, struct arena *a, int32_t today, struct intern *strings,
		struct report *report)
{
	struct linter l = {.model = model,
			   .arena = a,
			   .report = report,
			   .today = today,
			   .organization = &model->organizations.at[0]};
	model_index(model, a, &l.index);
	for (size_t i = 0; i < model->accounts.len; i++)
		lint_account(&l, &model->accounts.at[i]);
	for (size_t i = 0; i < model->bundles.len; i++) {
		lint_words(&l, &model->bundles.at[i].roles, true);
		lint_words(&l, &model->bundles.at[i].products, false);
		lint_words(&l, &model->bundles.at[i].apis, false);
	}
	for (size_t i = 0; i < model->roles.len; i++)
		lint_words(&l, &model->roles.at[i].members, true);
	for (size_t i = 0; i < model->products.len; i++)
		lint_words(&l, &model->products.at[i].members, false);
	lint_repeats(&l, strings);
	lint_look_alikes(&l);
}
