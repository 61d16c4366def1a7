/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue of what there is to grant, and the rows of the lists that have no place in it. */
#include <string.h>

#include "core/util/report.h"
#include "core/util/unicode.h"
#include "providers/adobe/users/directory_parts.h"

void directory_catalogue(struct directory *d, struct arena *a, struct catalogue *out)
{
	out->has_groups = out->has_products = d->has_groups && !d->groups_missing;
	out->has_users = out->has_typed = d->has_direct && !d->users_missing;
	for (size_t i = 0; i < d->groups.len; i++) {
		const struct directory_group *g = &d->groups.at[i];
		if (g->kind == DIRECTORY_USER_GROUP && object_name_is_live(g->name))
			vec_push(a, &out->groups, (struct text_item){g->name, {0}});
		if (g->kind == DIRECTORY_PROFILE)
			vec_push(a, &out->products,
				 (struct entry){.product = g->grants.product,
						.profile = g->grants.profile});
	}
	for (size_t i = 0; i < d->direct.len; i++) {
		const struct directory_user *user = &d->direct.at[i];
		bool again = i > 0 && !strcmp(d->direct.at[i - 1].key, user->key);
		if (!again && !directory_is_technical(user->email))
			vec_push(a, &out->users, (struct text_item){user->email, {0}});
		const char *name = directory_user_name(d, user);
		if (name && name != user->email)
			vec_push(a, &out->typed, (struct text_item){name, {0}});
	}
}

static const char *words_of(struct arena *a, const struct directory_group *g)
{
	if (g->kind == DIRECTORY_USER_GROUP)
		return arena_printf(a, "user group %s", quoted(a, g->name));
	if (g->grants.role)
		return arena_printf(a, "administrators %s", quoted(a, g->name));
	if (object_name_is_live(g->name))
		return arena_printf(a, "product profile %s of product %s", quoted(a, g->name),
				    quoted(a, g->product));
	return arena_printf(a, "product profile %s", quoted(a, g->name));
}

/* Whether somebody is in a group of that name, and no list tells in which of several. */
static bool is_unclear(const struct directory *d, const struct directory_group *g)
{
	bool holds = g->kind != DIRECTORY_OTHER && !(g->kind == DIRECTORY_PROFILE && g->members);
	ARENA a = {0};
	for (size_t i = 0; holds && g->ambiguous && i < d->direct.len; i++) {
		const struct directory_user *user = &d->direct.at[i];
		for (size_t k = 0; k < user->groups.len; k++) {
			if (!strcmp(text_fold(&a, user->groups.at[k]), g->key))
				return true;
		}
	}
	return false;
}

static bool has_user_group(const struct directory *d, struct arena *a,
			   const struct directory_user *user)
{
	for (size_t i = 0; i < user->groups.len; i++) {
		const struct directory_group *g =
			directory_first(d, text_fold(a, user->groups.at[i]));
		if (g && g->kind == DIRECTORY_USER_GROUP)
			return true;
	}
	return false;
}

/* Whether a user group may hold a profile whose name is another's too: which users are in it is
 * told by its id, and what groups hold shows by the names of their users' groups alone. */
static bool may_have_groups(const struct directory *d, const struct directory_group *g)
{
	bool asked = g->kind == DIRECTORY_PROFILE && g->ambiguous && g->members, may = false;
	ARENA a = {0};
	for (size_t i = 0; asked && !may && i < d->all.len; i++) {
		const struct directory_user *user = &d->all.at[i];
		for (size_t k = 0; !may && k < user->groups.len; k++)
			may = !strcmp(text_fold(&a, user->groups.at[k]), g->key) &&
			      has_user_group(d, &a, user);
	}
	return may;
}

static void leave_out_group(const struct directory *d, struct arena *a,
			    const struct directory_group *g, struct line_vec *out)
{
	if (g->twin)
		vec_push(a, out,
			 arena_printf(a,
				      "product profile %s of product %s, as another differs by "
				      "letter case alone",
				      quoted(a, g->name), quoted(a, g->product)));
	else if (g->unnameable)
		vec_push(a, out, arena_printf(a, "%s, which no manifest can name", words_of(a, g)));
	else if (is_unclear(d, g))
		vec_push(a, out,
			 arena_printf(a, "%s %s, as several have this name",
				      g->kind == DIRECTORY_USER_GROUP ? "the products of"
								      : "the members of",
				      words_of(a, g)));
	else if (may_have_groups(d, g))
		vec_push(a, out,
			 arena_printf(a, "the user groups of %s, as several have this name",
				      words_of(a, g)));
}

static void leave_out_missing(size_t count, const char *what, struct arena *a, struct line_vec *out)
{
	if (count)
		vec_push(a, out,
			 arena_printf(
				 a,
				 "%zu of the %s that the service counts; who is not in its list "
				 "may be there all the same",
				 count, what));
}

void directory_left_out(const struct directory *d, struct arena *a, struct line_vec *out)
{
	leave_out_missing(d->users_missing, "users", a, out);
	leave_out_missing(d->groups_missing, "groups", a, out);
	for (size_t i = 0; i < d->groups.len; i++)
		leave_out_group(d, a, &d->groups.at[i], out);
	for (size_t i = 0; i < d->direct.len; i++) {
		const struct directory_user *user = &d->direct.at[i];
		if (!directory_is_technical(user->email) && !directory_user_name(d, user))
			vec_push(a, out,
				 arena_printf(a,
					      "another entry of user %s, type %s, which no "
					      "manifest can name",
					      quoted(a, user->email), quoted(a, user->type)));
	}
	for (size_t i = 0; i < d->nameless.len; i++)
		vec_push(a, out,
			 arena_printf(a, "%s, whom no manifest can name", d->nameless.at[i]));
}
