/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plan/former_names.h"

#include <string.h>

#include "core/plan/plan.h"

static void add(struct arena *a, struct former_name_vec *all, const char *then, const char *now,
		const char *id)
{
	if (now && strcmp(then, now) != 0)
		vec_push(a, all, (struct former_name){then, now, id});
}

static int by_names(const void *a, const void *b)
{
	const struct former_name *x = a, *y = b;
	int order = strcmp(x->now, y->now);
	return order ? order : strcmp(x->then, y->then);
}

static void keep_once(struct former_name_vec *all)
{
	size_t kept = 0;
	vec_sort(all, by_names);
	for (size_t i = 0; i < all->len; i++) {
		if (!kept || by_names(&all->at[kept - 1], &all->at[i]) != 0)
			all->at[kept++] = all->at[i];
	}
	all->len = kept;
}

/* The account of the plan that has this id, under the name that it has behind the plan; NULL. */
static const struct account *find_by_id(const struct plan *plan, const char *id)
{
	for (size_t i = 0; id && i < plan->accounts.len; i++) {
		const struct account *x = plan->accounts.at[i];
		if (!x->former && x->id && !strcmp(x->id, id))
			return x;
	}
	return NULL;
}

static bool is_rename(const struct change *c)
{
	return c->type == CHANGE_ACCOUNT && c->reason == REASON_RENAMED && c->before;
}

void former_names_find(const struct plan *plan, struct arena *a, struct former_name_vec *out)
{
	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct change *c = &plan->changes.at[i];
		if (is_rename(c))
			add(a, out, c->before->meta.name, c->principal->name, c->before->id);
	}
	for (size_t i = 0; i < plan->accounts.len; i++) {
		const struct account *x = plan->accounts.at[i];
		const struct account *now = x->former ? find_by_id(plan, x->id) : NULL;
		if (now)
			add(a, out, x->meta.name, now->meta.name, now->id);
	}
	keep_once(out);
}

/* ---- addresses ---- */

/* "grant/technicalAccount/NAME/", or "technicalAccount/NAME" of the account itself. */
static const char *start_of(struct arena *a, const char *name, bool grant)
{
	const struct principal account = {.kind = PRINCIPAL_ACCOUNT, .name = name};
	const char *address = change_address(a, &account, NULL);
	return grant ? arena_printf(a, "grant/%s/", address) : address;
}

/* What an address says behind this account's name; NULL: it is about somebody else. */
static const char *rest_of(const char *address, const char *start, bool grant)
{
	size_t len = strlen(start);
	bool is = !strncmp(address, start, len) && (grant || !address[len]);
	return is ? address + len : NULL;
}

static const char *renamed(const char *address, const char *then, const char *now, struct arena *a)
{
	ARENA scratch = {0};
	for (int grant = 0; grant < 2; grant++) {
		const char *rest = rest_of(address, start_of(&scratch, then, grant), grant);
		if (rest)
			return arena_printf(a, "%s%s", start_of(&scratch, now, grant), rest);
	}
	return NULL;
}

const char *former_names_follow(const struct former_name_vec *names, const char *address,
				struct arena *a)
{
	const char *now = NULL;
	for (size_t i = 0; !now && i < names->len; i++)
		now = renamed(address, names->at[i].then, names->at[i].now, a);
	return now ? now : address;
}

static bool is_of(const char *address, const char *name)
{
	ARENA scratch = {0};
	return rest_of(address, start_of(&scratch, name, true), true);
}

/* What is behind the name of the account that a grant's address is of; NULL: of no account. */
static const char *entitlement_of(const char *address)
{
	static const char start[] = "grant/technicalAccount/";
	bool grant = !strncmp(address, start, sizeof(start) - 1);
	const char *rest = grant ? strchr(address + sizeof(start) - 1, '/') : NULL;
	return rest ? rest + 1 : NULL;
}

const char *former_names_follow_id(const struct plan *plan, const struct former_name_vec *names,
				   const char *address, const char *id, struct arena *a)
{
	ARENA scratch = {0};
	const struct account *x = find_by_id(plan, id);
	const char *rest = x ? entitlement_of(address) : NULL;
	if (!rest)
		return former_names_follow(names, address, a);
	return is_of(address, x->meta.name)
		       ? address
		       : arena_printf(a, "%s%s", start_of(&scratch, x->meta.name, true), rest);
}

/* ---- from plan to plan ---- */

bool former_names_has(const struct former_name_vec *names, const char *now, const char *then,
		      const char *id)
{
	for (size_t i = 0; names && i < names->len; i++) {
		const struct former_name *x = &names->at[i];
		if (!strcmp(x->now, now) && !strcmp(x->then, then) &&
		    (!id || !x->id || !strcmp(x->id, id)))
			return true;
	}
	return false;
}

/* The name that an account has behind the plan; NULL: it is gone. */
static const char *name_behind(const struct plan *plan, const bool *done, const char *name)
{
	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct change *c = &plan->changes.at[i];
		if (!done[i] || c->type != CHANGE_ACCOUNT || !c->before ||
		    strcmp(c->before->meta.name, name) != 0)
			continue;
		if (c->action == ACTION_DELETE)
			return NULL;
		if (is_rename(c))
			return c->principal->name;
	}
	return name;
}

void former_names_move_on(const struct plan *plan, const bool *done,
			  const struct former_name_vec *before, struct arena *a,
			  struct former_name_vec *out)
{
	for (size_t i = 0; i < before->len; i++) {
		const struct former_name *x = &before->at[i];
		const char *now = name_behind(plan, done, x->now);
		if (now)
			add(a, out, x->then, now, x->id);
	}
	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct change *c = &plan->changes.at[i];
		if (done[i] && is_rename(c))
			add(a, out, c->before->meta.name, c->principal->name, c->before->id);
	}
	keep_once(out);
}
