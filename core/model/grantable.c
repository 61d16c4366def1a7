/* SPDX-License-Identifier: Apache-2.0 */
#include "core/model/grantable.h"

#include <string.h>

#include "core/util/compare.h"
#include "core/util/nearest.h"
#include "core/util/report.h"
#include "core/util/unicode.h"

static int by_folded(const void *a, const void *b)
{
	return ascii_casecmp(*(const char *const *)a, *(const char *const *)b);
}

static int by_product(const void *a, const void *b)
{
	const struct profile_name *x = a, *y = b;
	return strcmp(x->product, y->product);
}

static int by_profile(const void *a, const void *b)
{
	const struct profile_name *x = a, *y = b;
	int order = by_product(a, b);
	return order ? order : strcmp(x->profile ? x->profile : "", y->profile ? y->profile : "");
}

/* What a product, profile or group is looked up by. */
static const char *key_of(const struct grantable *x, struct arena *a, const char *name)
{
	return x->folds_names && name ? text_fold(a, name) : name;
}

static void add_group(struct grantable *x, struct arena *a, const char *name)
{
	vec_push(a, &x->groups, key_of(x, a, name));
	vec_push(a, &x->spelled_groups, name);
}

static void add_profile(struct grantable *x, struct arena *a, const char *product,
			const char *profile)
{
	vec_push(a, &x->profiles,
		 (struct profile_name){.product = key_of(x, a, product),
				       .profile = key_of(x, a, profile),
				       .spelled = {product, profile}});
}

static void add_live_grant(struct grantable *x, struct arena *a, const struct principal *p,
			   const struct entitlement *e)
{
	if (p->kind == PRINCIPAL_USER)
		vec_push(a, &x->users, p->name);
	if (p->kind == PRINCIPAL_GROUP)
		add_group(x, a, p->name);
	if (e->group)
		add_group(x, a, e->group);
	if (e->product)
		add_profile(x, a, e->product, e->profile);
}

void grantable_make(struct grantable *x, struct arena *a, const struct universe *u,
		    const struct live *live)
{
	const struct catalogue *c = &live->catalogue;
	*x = (struct grantable){.knows_users = c->has_users,
				.knows_groups = c->has_groups,
				.knows_products = c->has_products,
				.knows_typed = c->has_typed,
				.folds_names = universe_folds_names(u)};
	for (size_t i = 0; i < c->users.len; i++)
		vec_push(a, &x->users, c->users.at[i].text);
	for (size_t i = 0; i < c->typed.len; i++)
		vec_push(a, &x->typed, c->typed.at[i].text);
	for (size_t i = 0; i < c->groups.len; i++)
		add_group(x, a, c->groups.at[i].text);
	for (size_t i = 0; i < c->products.len; i++)
		add_profile(x, a, c->products.at[i].product, c->products.at[i].profile);
	bool *seen = arena_zalloc(a, universe_entitlements(u));
	for (size_t i = 0; i < live->grants.len; i++) {
		uint32_t principal = universe_principal_rank(u, live->grants.at[i].principal);
		uint32_t entitlement = universe_entitlement_rank(u, live->grants.at[i].entitlement);
		const struct principal *p = universe_principal_at(u, principal);
		if (p->kind == PRINCIPAL_ACCOUNT && seen[entitlement])
			continue;
		seen[entitlement] = true;
		add_live_grant(x, a, p, universe_entitlement_at(u, entitlement));
	}
	vec_sort(&x->users, by_folded);
	vec_sort(&x->typed, by_folded);
	vec_sort(&x->groups, compare_texts);
	vec_sort(&x->spelled_groups, compare_texts);
	vec_sort(&x->profiles, by_profile);
}

/* With no profile: any of the product. */
static bool has_profile(const struct grantable *x, const char *product, const char *profile)
{
	struct profile_name key = {.product = product, .profile = profile};
	return vec_find(&x->profiles, &key, profile ? by_profile : by_product);
}

static bool has_name(const struct name_vec *names, const char *name,
		     int (*compare)(const void *, const void *))
{
	return vec_find(names, &name, compare);
}

static bool has_group(const struct grantable *x, struct arena *a, const char *name)
{
	return has_name(&x->groups, key_of(x, a, name), compare_texts);
}

/* An entry that holds something stands among the users under its own name. */
static const char *check_user(const struct grantable *x, struct arena *a, const char *name)
{
	const char *address = name;
	enum user_type type = user_type_of(name, &address);
	if (x->knows_users && !has_name(&x->users, address, by_folded))
		return arena_printf(a, "user %s does not exist", quoted(a, address));
	if (type == USER_ANY || !x->knows_typed || has_name(&x->typed, name, by_folded) ||
	    has_name(&x->users, name, by_folded))
		return NULL;
	return arena_printf(a, "user %s has no entry of type %s", quoted(a, address),
			    user_type_names[type]);
}

const char *grantable_check(const struct grantable *x, struct arena *a, const struct principal *p,
			    const struct entitlement *e)
{
	const char *wrong = p->kind == PRINCIPAL_USER ? check_user(x, a, p->name) : NULL;
	if (wrong)
		return wrong;
	if (p->kind == PRINCIPAL_GROUP && x->knows_groups && !has_group(x, a, p->name))
		return arena_printf(a, "group %s does not exist", quoted(a, p->name));
	if (e->group && x->knows_groups && !has_group(x, a, e->group))
		return arena_printf(a, "group %s does not exist", quoted(a, e->group));
	const char *product = key_of(x, a, e->product), *profile = key_of(x, a, e->profile);
	if (!e->product || !x->knows_products || has_profile(x, product, profile))
		return NULL;
	if (!has_profile(x, product, NULL))
		return arena_printf(a, "product %s does not exist", quoted(a, e->product));
	return arena_printf(a, "product %s has no profile %s", quoted(a, e->product),
			    quoted(a, e->profile));
}

static const char *nearest_group(const struct grantable *x, const char *name, size_t *steps)
{
	return nearest_word_within(steps, name, x->spelled_groups.at, x->spelled_groups.len);
}

static const char *nearest_profile(const struct grantable *x, const struct entitlement *e,
				   size_t *steps)
{
	ARENA scratch = {0};
	struct name_vec names = {0};
	const char *product = key_of(x, &scratch, e->product);
	bool any = has_profile(x, product, NULL);
	for (size_t i = 0; *steps && i < x->profiles.len; i++) {
		const struct profile_name *p = &x->profiles.at[i];
		if (!any)
			vec_push(&scratch, &names, p->spelled[0]);
		else if (p->profile && !strcmp(p->product, product))
			vec_push(&scratch, &names, p->spelled[1]);
	}
	return nearest_word_within(steps, any ? e->profile : e->product, names.at, names.len);
}

/* Compares only what stands before the "@", among users of the same domain: by the whole address
 * nearly all of a domain would be near. */
static const char *nearest_user(const struct grantable *x, struct arena *a, const char *address,
				size_t *steps)
{
	ARENA scratch = {0};
	const char *at = strchr(address, '@');
	struct name_vec locals = {0};
	for (size_t i = 0; *steps && at && i < x->users.len; i++) {
		const char *domain = strchr(x->users.at[i], '@');
		if (domain && ascii_casecmp(domain, at) == 0)
			vec_push(&scratch, &locals,
				 arena_strndup(&scratch, x->users.at[i],
					       (size_t)(domain - x->users.at[i])));
	}
	const char *local = at ? arena_strndup(&scratch, address, (size_t)(at - address)) : address;
	const char *near = nearest_word_within(steps, local, locals.at, locals.len);
	return near ? arena_printf(a, "%s%s", near, at) : NULL;
}

static const char *find_nearest(const struct grantable *x, struct arena *a,
				const struct principal *p, const struct entitlement *e,
				size_t *steps)
{
	const char *address = p->name;
	if (p->kind == PRINCIPAL_USER)
		user_type_of(p->name, &address);
	if (p->kind == PRINCIPAL_USER && x->knows_users && !has_name(&x->users, address, by_folded))
		return nearest_user(x, a, address, steps);
	if (p->kind == PRINCIPAL_GROUP && x->knows_groups && !has_group(x, a, p->name))
		return nearest_group(x, p->name, steps);
	if (e->group && x->knows_groups && !has_group(x, a, e->group))
		return nearest_group(x, e->group, steps);
	return e->product && e->profile && x->knows_products ? nearest_profile(x, e, steps) : NULL;
}

/* Whether it is not the address of a user that is wrong, but its type. */
static bool is_of_other_type(const struct grantable *x, struct arena *a, const struct principal *p)
{
	const char *address = p->name;
	return p->kind == PRINCIPAL_USER && user_type_of(p->name, &address) != USER_ANY &&
	       (!x->knows_users || has_name(&x->users, address, by_folded)) &&
	       check_user(x, a, p->name);
}

const char *grantable_nearest(const struct grantable *x, struct arena *a, const struct principal *p,
			      const struct entitlement *e, size_t *steps, const char **out_unsought)
{
	*out_unsought = "";
	if (is_of_other_type(x, a, p))
		return NULL;
	const char *near = find_nearest(x, a, p, e, steps);
	if (!near)
		*out_unsought = nearest_unsought(*steps);
	return near;
}
