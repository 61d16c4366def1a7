/* SPDX-License-Identifier: Apache-2.0 */
/* What of an account can be told before anything is sent. */
#include <string.h>

#include "core/util/nearest.h"
#include "core/util/report.h"
#include "providers/adobe/console/adobe_names.h"
#include "providers/adobe/console/provision.h"

const char *provision_offers(const struct provider *p, struct arena *a, const char *product,
			     const char *profile)
{
	struct str out = STR(a);
	for (size_t i = 0; i < p->apis.len; i++) {
		if (!api_find_licence(&p->apis.at[i], product, profile))
			continue;
		str_add(&out, out.len ? " or " : "");
		str_add(&out, quoted(a, p->apis.at[i].name));
	}
	return out.len ? str_text(&out) : NULL;
}

static const char *unknown_api(struct provider *p, struct arena *a, const char *name)
{
	VEC(, const char *) names = {0};
	for (size_t i = 0; i < p->apis.len; i++)
		vec_push(a, &names, p->apis.at[i].name);
	const char *near = nearest_word(name, names.at, names.len);
	if (near)
		return arena_printf(a, "the catalogue has no API %s; did you mean %s?",
				    quoted(a, name), quoted(a, near));
	return arena_printf(a, "the catalogue has no API %s", quoted(a, name));
}

static const char *check_api(struct provider *p, struct arena *a, const struct credential *c,
			     const struct account *account, size_t i)
{
	const char *name = account->apis.at[i].name;
	const struct api *api = console_find_api(p, name);
	if (!api)
		return unknown_api(p, a, name);
	for (size_t k = 0; k < i; k++) {
		if (console_find_api(p, account->apis.at[k].name) == api)
			return arena_printf(a, "APIs %s and %s are the same one",
					    quoted(a, account->apis.at[k].name), quoted(a, name));
	}
	if (api->disabled && !(c && credential_find_api(c, api->code)))
		return arena_printf(a, "API %s cannot be added: %s", quoted(a, name),
				    api->disabled);
	return NULL;
}

static bool is_listed(const struct account *account, const struct licence *l)
{
	for (size_t i = 0; account->has_products && i < account->products.len; i++) {
		if (names_equal(account->products.at[i].product, l->product) &&
		    names_equal(account->products.at[i].profile, l->profile))
			return true;
	}
	return false;
}

static bool is_offered(struct provider *p, const struct account *account, const struct licence *l)
{
	for (size_t i = 0; i < account->apis.len; i++) {
		const struct api *api = console_find_api(p, account->apis.at[i].name);
		if (api && api_find_licence(api, l->product, l->profile))
			return true;
	}
	return false;
}

/* An API takes its licences with it. */
static const char *check_kept(struct provider *p, struct arena *a, const struct credential *c,
			      const struct account *account)
{
	for (size_t i = 0; account->has_apis && i < c->subscriptions.len; i++) {
		const struct licence_vec *all = &c->subscriptions.at[i].selected;
		for (size_t k = 0; k < all->len; k++) {
			const struct licence *l = &all->at[k];
			if (is_listed(account, l) && !is_offered(p, account, l))
				return arena_printf(a,
						    "product %s, profile %s is held through API "
						    "%s, which `apis` "
						    "lacks",
						    quoted(a, l->product), quoted(a, l->profile),
						    c->subscriptions.at[i].code);
		}
	}
	return NULL;
}

static const char *check_project(struct provider *p, struct arena *a, const struct credential *c,
				 const struct account *account)
{
	const char *title = project_title(a, account);
	if (c && account->project && c->project && strcmp(c->project, account->project) != 0)
		return arena_printf(a,
				    "credential %s is in project %s: Adobe cannot move it to %s; "
				    "delete the account and make it anew, or keep its project",
				    quoted(a, c->name), quoted(a, c->project),
				    quoted(a, account->project));
	size_t count = c ? 1 : console_count_projects(p, title);
	if (count > 1)
		return arena_printf(a,
				    "%zu projects have the title %s; rename the others, or say "
				    "another `project`",
				    count, quoted(a, title));
	return NULL;
}

/* The credential under the account's present name, else under an earlier one. */
static struct credential *find_present(struct provider *p, const struct account *account)
{
	struct credential *c = session_find(p, account->meta.name);
	for (size_t i = 0; !c && i < account->meta.previously.len; i++)
		c = session_find(p, account->meta.previously.at[i].text);
	return c && c->detailed ? c : NULL;
}

const char *provision_check(struct provider *p, struct arena *a, const struct account *account)
{
	const struct credential *c = find_present(p, account);
	const char *why = names_check(a, account);
	if (!why)
		why = check_project(p, a, c, account);
	for (size_t i = 0; !why && i < account->apis.len; i++)
		why = check_api(p, a, c, account, i);
	return why || !c ? why : check_kept(p, a, c, account);
}
