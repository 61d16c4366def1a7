/* SPDX-License-Identifier: Apache-2.0 */
#include "core/contract/rules.h"

#include <string.h>

#include "core/util/nearest.h"
#include "core/util/str.h"
#include "core/util/unicode.h"

/* Whether the value has the wrong type: what is wrong with it is reported. */
static bool is_unread(const struct account *a, enum attribute which)
{
	return (which == ATTRIBUTE_CREDENTIAL && a->credential_at.file && !a->credential) ||
	       (which == ATTRIBUTE_PROJECT && a->project_at.file && !a->project);
}

void rules_check_account(const struct provider_reader *service, struct arena *a,
			 const struct account *account, struct report *report)
{
	struct refusal_vec refused = {0};
	provider_check_names(service, a, account, &refused);
	for (size_t i = 0; i < refused.len; i++) {
		const struct refusal *r = &refused.at[i];
		if (!is_unread(account, r->attribute))
			report_add(report, SEVERITY_ERROR, "E0603",
				   account_place(account, r->attribute), 0, r->expected, "%s",
				   r->message);
	}
}

static void check_kind(const struct provider_reader *service, enum principal_kind kind,
		       const struct entitlement *e, struct location at, struct report *report)
{
	const char *why = provider_check_kind(service, kind, e);
	if (why)
		report_add(report, SEVERITY_ERROR, "E0604", at, 0, NULL, "%s", why);
}

static void check_entries(const struct provider_reader *service, const struct entry_vec *roles,
			  const struct entry_vec *products, struct report *report)
{
	for (size_t i = 0; i < roles->len; i++) {
		const struct entry *e = &roles->at[i];
		const struct entitlement role = {e->product, e->profile, e->name, e->role};
		check_kind(service, PRINCIPAL_ACCOUNT, &role, e->at, report);
	}
	for (size_t i = 0; i < products->len; i++) {
		const struct entry *e = &products->at[i];
		const struct entitlement product = {.product = e->product, .profile = e->profile};
		check_kind(service, PRINCIPAL_ACCOUNT, &product, e->at, report);
	}
}

static void check_members(const struct provider_reader *service, const struct assignment_vec *all,
			  struct report *report)
{
	for (size_t i = 0; i < all->len; i++) {
		const struct assignment *d = &all->at[i];
		const struct entitlement e = {d->product, d->profile, d->group, d->role};
		for (size_t k = 0; k < d->members.len; k++)
			check_kind(service, d->members.at[k].member, &e, d->members.at[k].at,
				   report);
	}
}

/* Each list once, wherever it is used: bundles are not expanded. */
void rules_check(const struct provider_reader *service, struct arena *a, const struct model *model,
		 struct report *report)
{
	for (size_t i = 0; i < model->accounts.len; i++) {
		const struct account *account = &model->accounts.at[i];
		if (account->state == STATE_ABSENT)
			continue;
		if (!account->id)
			rules_check_account(service, a, account, report);
		check_entries(service, &account->roles, &account->products, report);
	}
	for (size_t i = 0; i < model->bundles.len; i++)
		check_entries(service, &model->bundles.at[i].roles, &model->bundles.at[i].products,
			      report);
	check_members(service, &model->roles, report);
	check_members(service, &model->products, report);
}

/* ---- the catalogue ---- */

static const struct api_offer *find_offer(const struct catalogue *c, const char *api)
{
	for (size_t i = 0; i < c->apis.len; i++) {
		if (!ascii_casecmp(c->apis.at[i].name, api) ||
		    !ascii_casecmp(c->apis.at[i].code, api))
			return &c->apis.at[i];
	}
	return NULL;
}

const char *rules_same_api(const struct catalogue *c, const struct account *account,
			   const char *api)
{
	const struct api_offer *offer = find_offer(c, api);
	for (size_t i = 0; offer && account && account->has_apis && i < account->apis.len; i++) {
		const char *other = account->apis.at[i].name;
		if (!strcmp(other, api))
			return NULL;
		if (find_offer(c, other) == offer)
			return other;
	}
	return NULL;
}

static const char *check_api(const struct catalogue *c, struct arena *a, const char *name,
			     size_t *steps)
{
	ARENA scratch = {0};
	const struct api_offer *offer = find_offer(c, name);
	VEC(, const char *) names = {0};
	if (offer)
		return offer->unavailable ? arena_printf(a, "API %s cannot be added: %s",
							 quoted(a, name), offer->unavailable)
					  : NULL;
	for (size_t i = 0; *steps && i < c->apis.len; i++)
		vec_push(&scratch, &names, c->apis.at[i].name);
	const char *near = nearest_word_within(steps, name, names.at, names.len);
	return near ? arena_printf(a, "the catalogue has no API %s; did you mean %s?",
				   quoted(a, name), quoted(a, near))
		    : arena_printf(a, "the catalogue has no API %s%s", quoted(a, name),
				   nearest_unsought(*steps));
}

static bool offers(const struct api_offer *offer, const struct entitlement *e)
{
	for (size_t i = 0; offer && i < offer->products.len; i++) {
		const struct entry *p = &offer->products.at[i];
		if (!ascii_casecmp(p->product, e->product) &&
		    !ascii_casecmp(p->profile, e->profile))
			return true;
	}
	return false;
}

static bool has_carrier(const struct catalogue *c, const struct account *account,
			const struct entitlement *e)
{
	for (size_t i = 0; account && i < account->apis.len; i++) {
		if (offers(find_offer(c, account->apis.at[i].name), e))
			return true;
	}
	return false;
}

static const char *list_offering(const struct catalogue *c, struct arena *a,
				 const struct entitlement *e)
{
	struct str out = STR(a);
	for (size_t i = 0; i < c->apis.len; i++) {
		if (!offers(&c->apis.at[i], e))
			continue;
		str_add(&out, out.len ? " or " : "");
		str_add(&out, quoted(a, c->apis.at[i].name));
	}
	return out.len ? str_text(&out) : NULL;
}

const char *rules_no_carrier(struct arena *a, const char *account, const struct entitlement *e,
			     const char *apis)
{
	return arena_printf(
		a, "no API of account %s offers product %s, profile %s: add %s to its `apis`",
		quoted(a, account), quoted(a, e->product), quoted(a, e->profile), apis);
}

const char *rules_blocks(const struct catalogue *c, struct arena *a, const struct account *account,
			 const struct account *live, const struct entitlement *e, size_t *steps)
{
	if (!c->has_apis || !account)
		return NULL;
	if (e->api)
		return check_api(c, a, e->api, steps);
	if (!entitlement_is_product(e) || has_carrier(c, account, e) ||
	    (!account->has_apis && has_carrier(c, live, e)))
		return NULL;
	const char *apis = list_offering(c, a, e);
	return apis ? rules_no_carrier(a, account->meta.name, e, apis) : NULL;
}
