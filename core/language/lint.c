/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/check.h"

#include <string.h>

#include "core/language/linter.h"
#include "core/util/clock.h"
#include "core/util/unicode.h"

#define SOON 30 /* days: time enough to ask whether a grant is still needed */

static const char *ends_in(struct arena *a, int32_t days)
{
	return days == 0 ? "expires today"
			 : arena_printf(a, "expires in %d day%s", days, days == 1 ? "" : "s");
}

static void lint_words(struct linter *l, const struct entry_vec *entries, bool roles)
{
	for (size_t i = 0; i < entries->len; i++) {
		const struct entry *e = &entries->at[i];
		const struct words *w = e->words;
		if (roles && (!w || !w->reason))
			linter_warn(l, "W0706", e->at, "say why in \"reason\"",
				    "an admin role without a reason");
		if (w && w->expires != DATE_NONE && w->expires < l->today)
			linter_warn(l, "W0715", e->at,
				    "a removal that its first line already asks for needs "
				    "--allow-remove; else remove the line",
				    "the end is past already");
		if (w && w->expires != DATE_NONE && w->expires >= l->today &&
		    w->expires - l->today <= SOON)
			linter_warn(l, "W0707", e->at, "extend it or let it go", "%s",
				    ends_in(l->report->arena, w->expires - l->today));
	}
}

/* ---- Enterprise Storage ---- */

static void sort_licences(struct linter *l)
{
	const struct entry_vec *all = &l->organization->enterprise_storage;
	for (size_t i = 0; i < all->len; i++)
		vec_push(l->arena, &l->licences, all->at[i]);
	vec_sort(&l->licences, entry_order);
}

static bool brings_storage(const struct linter *l, const struct entry_vec *products)
{
	for (size_t i = 0; l->licences.len && i < products->len; i++) {
		struct entry whole = {.product = products->at[i].product};
		if (vec_find(&l->licences, &products->at[i], entry_order) ||
		    vec_find(&l->licences, &whole, entry_order))
			return true;
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

/* What a bundle brings, looked at once for all accounts that have it. */
static void read_traits(struct linter *l)
{
	const struct bundle_vec *all = &l->model->bundles;
	l->traits = arena_zalloc(l->arena, (all->len + 1) * sizeof(*l->traits));
	for (size_t i = 0; i < all->len; i++)
		l->traits[i] = (struct traits){
			.storage = has_role(&all->at[i].roles, ROLE_STORAGE_ADMINISTRATOR),
			.system = has_role(&all->at[i].roles, ROLE_SYSTEM_ADMINISTRATOR),
			.licence = brings_storage(l, &all->at[i].products)};
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
		const struct traits *t = &l->traits[b - l->model->bundles.at];
		role |= t->storage;
		system |= t->system;
		licence |= t->licence;
	}
	if (role && !licence)
		linter_warn(
			l, "W0701", a->meta.name_at, "assign a product of enterpriseStorage",
			"storage administrator without a product that includes Enterprise Storage");
	if (licence && !role && !system)
		linter_warn(
			l, "W0702", a->meta.name_at,
			"grant storage-administrator, or another profile",
			"a product that includes Enterprise Storage without storage administrator");
	if ((role || licence) && a->apis.len && !is_storage_api(a->apis.at[0].name))
		linter_warn(
			l, "W0703", a->apis.at[0].at, "list the storage API first",
			"the first API does not bring Enterprise Storage, so the licence will not "
			"come "
			"by itself");
	if (system)
		linter_warn(l, "W0704", a->meta.name_at,
			    "use storage-administrator where that is enough",
			    "system administrator can do everything");
}

/* ---- the whole ---- */

static void lint_account(struct linter *l, const struct account *a)
{
	if (a->state == STATE_ABSENT)
		return;
	if (!a->owner)
		linter_warn(l, "W0705", a->meta.name_at, "name who answers for it in \"owner\"",
			    "account %s has no owner", quoted(l->arena, a->meta.name));
	lint_words(l, &a->roles, true);
	lint_words(l, &a->products, false);
	lint_words(l, &a->apis, false);
	lint_storage(l, a);
}

static void lint_all(struct linter *l, struct intern *strings)
{
	const struct model *model = l->model;
	sort_licences(l);
	read_traits(l);
	for (size_t i = 0; i < model->accounts.len; i++)
		lint_account(l, &model->accounts.at[i]);
	for (size_t i = 0; i < model->bundles.len; i++) {
		lint_words(l, &model->bundles.at[i].roles, true);
		lint_words(l, &model->bundles.at[i].products, false);
		lint_words(l, &model->bundles.at[i].apis, false);
	}
	for (size_t i = 0; i < model->roles.len; i++)
		lint_words(l, &model->roles.at[i].members, true);
	for (size_t i = 0; i < model->products.len; i++)
		lint_words(l, &model->products.at[i].members, false);
	lint_repeats(l, strings);
	lint_names(l);
}

void lint_model(const struct model *model, struct arena *a, int32_t today, struct intern *strings,
		const struct lint_options *options, struct report *report)
{
	struct linter l = {.model = model,
			   .arena = a,
			   .report = report,
			   .options = options,
			   .today = today,
			   .organization = &model->organizations.at[0]};
	const struct rules *operator_rules = options->operator_rules;
	model_index(model, a, &l.index);
	if (!options->errors_and_rules || l.organization->rules.levels.len ||
	    (operator_rules && operator_rules->levels.len))
		lint_all(&l, strings);
	lint_rules(&l);
}
