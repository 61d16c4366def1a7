/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/console/wanted_apis.h"

#include <string.h>

#include "core/util/report.h"
#include "providers/adobe/console/adobe_names.h"

static bool is_of(const struct change *c, const char *account)
{
	return c->type == CHANGE_GRANT && c->principal->kind == PRINCIPAL_ACCOUNT &&
	       entitlement_is_product(c->entitlement) && !strcmp(c->principal->name, account);
}

/* Adds the products that the plan grants the account, since they can come with its APIs in one
 * request. */
static void add_planned(struct provider *p, struct arena *a, const char *account,
			struct wish_vec *wishes)
{
	for (size_t i = 0; p->plan && i < p->plan->changes.len; i++) {
		const struct change *c = &p->plan->changes.at[i];
		if (is_of(c, account) && c->action == ACTION_CREATE && c->via == CAN_API)
			wishes_add(a, wishes, c->entitlement->product, c->entitlement->profile);
	}
}

void wanted_apis(struct provider *p, struct arena *a, const struct account *account,
		 const struct credential *c, struct wish_vec *out)
{
	struct wish_vec now = {0};
	if (c)
		wishes_of(p, a, c, &now);
	for (size_t i = 0; i < account->apis.len; i++) {
		const struct api *api = console_find_api(p, account->apis.at[i].name);
		struct wish *there = api ? wishes_find(&now, api->code) : NULL;
		if (api && (there || !api->disabled) && !wishes_find(out, api->code))
			vec_push(a, out, there ? *there : (struct wish){.api = api});
	}
	if (!account->has_apis)
		*out = now;
	add_planned(p, a, account->meta.name, out);
	wishes_sort(out);
}

static void wish_exactly(struct wish_vec *wishes)
{
	for (size_t i = 0; i < wishes->len; i++)
		wishes->at[i].exact = true;
}

void wanted_of_new(struct provider *p, struct arena *a, const struct account *account,
		   struct wish_vec *out)
{
	wanted_apis(p, a, account, NULL, out);
	if (account->has_products && p->plan)
		wish_exactly(out);
}

static bool is_planned_to_go(struct provider *p, const char *account, const struct licence *l)
{
	for (size_t i = 0; p->plan && i < p->plan->changes.len; i++) {
		const struct change *c = &p->plan->changes.at[i];
		if (is_of(c, account) && c->action == ACTION_DELETE && !c->withheld &&
		    names_equal(c->entitlement->product, l->product) &&
		    names_equal(c->entitlement->profile, l->profile))
			return true;
	}
	return false;
}

const char *wanted_loses(struct provider *p, struct arena *a, const struct credential *c,
			 struct wish_vec *wishes, const char *account)
{
	for (size_t i = 0; i < c->subscriptions.len; i++) {
		const struct subscription *s = &c->subscriptions.at[i];
		for (size_t k = 0; k < s->selected.len && !wishes_find(wishes, s->code); k++) {
			const struct licence *l = &s->selected.at[k];
			if (is_planned_to_go(p, account, l) ||
			    wishes_add(a, wishes, l->product, l->profile))
				continue;
			return arena_printf(
				a,
				"API %s would take product %s, profile %s with it, whose "
				"removal is not part of this plan",
				s->code, quoted(a, l->product), quoted(a, l->profile));
		}
	}
	return NULL;
}

static bool is_api_planned_to_go(struct provider *p, const char *account, const char *code)
{
	for (size_t i = 0; p->plan && i < p->plan->changes.len; i++) {
		const struct change *c = &p->plan->changes.at[i];
		if (c->type != CHANGE_GRANT || !c->entitlement->api || c->withheld ||
		    c->action != ACTION_DELETE || strcmp(c->principal->name, account) != 0)
			continue;
		const struct api *api = console_find_api(p, c->entitlement->api);
		if (!strcmp(api ? api->code : c->entitlement->api, code))
			return true;
	}
	return false;
}

static void take_over(struct provider *p, struct arena *a, const struct credential *c,
		      const struct subscription *from, struct wish_vec *to)
{
	for (size_t i = 0; i < from->selected.len; i++) {
		const struct licence *l = &from->selected.at[i];
		if (!is_planned_to_go(p, c->account, l))
			wishes_add(a, to, l->product, l->profile);
	}
}

void wanted_of_api(struct provider *p, struct arena *a, const struct credential *c,
		   const struct api *api, struct wish *out)
{
	struct wish_vec one = {0};
	vec_push(a, &one, (struct wish){.api = api});
	add_planned(p, a, c->account, &one);
	for (size_t i = 0; i < c->subscriptions.len; i++) {
		if (is_api_planned_to_go(p, c->account, c->subscriptions.at[i].code))
			take_over(p, a, c, &c->subscriptions.at[i], &one);
	}
	*out = one.at[0];
}
