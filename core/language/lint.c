/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/check.h"

#include <string.h>

#include "core/model/declaration.h"
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

/* What an account holds by its own lists and its bundles. */
struct storage_access {
	const struct linter *linter;
	bool role, system, licence;
};

static bool brings_storage(const struct linter *l, const struct entry *product)
{
	const struct entry_vec *licences = &l->organization->enterprise_storage;
	for (size_t i = 0; i < licences->len; i++) {
		if (licences->at[i].product == product->product &&
		    (!licences->at[i].profile || licences->at[i].profile == product->profile))
			return true;
	}
	return false;
}

static void look_at_line(void *context, const struct declaration_line *line)
{
	struct storage_access *has = context;
	const struct entry *e = line->entry;
	has->role |= e->role == ROLE_STORAGE_ADMINISTRATOR;
	has->system |= e->role == ROLE_SYSTEM_ADMINISTRATOR;
	has->licence |= !e->role && brings_storage(has->linter, e);
}

static bool is_storage_api(const char *api)
{
	return strstr(api, "Storage") || strstr(api, "storage");
}

static void lint_storage(struct linter *l, const struct account *a)
{
	struct storage_access has = {.linter = l};
	declaration_walk_account(&l->index, a,
				 &(struct declaration_walk){.line = look_at_line, .context = &has});
	if (has.role && !has.licence)
		warn(l, "W0701", a->meta.name_at, "assign a product of enterpriseStorage",
		     "storage administrator without a product that includes Enterprise Storage");
	if (has.licence && !has.role && !has.system)
		warn(l, "W0702", a->meta.name_at, "grant storage-administrator, or another profile",
		     "a product that includes Enterprise Storage without storage administrator");
	if ((has.role || has.licence) && a->apis.len && !is_storage_api(a->apis.at[0].name))
		warn(l, "W0703", a->apis.at[0].at, "list the storage API first",
		     "the first API does not bring Enterprise Storage, so the licence will not "
		     "come "
		     "by itself");
	if (has.system)
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
