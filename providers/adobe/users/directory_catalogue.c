/* SPDX-License-Identifier: Apache-2.0 */
/* What there is to grant, and which rows of the lists have no place in it. */
#include <string.h>

#include "core/util/report.h"
#include "providers/adobe/users/directory_parts.h"

void directory_catalogue(struct directory *d, struct arena *a, struct catalogue *out)
{
	out->has_groups = out->has_products = d->has_groups && !d->lacks_groups;
	out->has_users = d->has_direct && !d->lacks_users;
	for (size_t i = 0; i < d->groups.len; i++) {
		const struct directory_group *g = &d->groups.at[i];
		if (g->kind == DIRECTORY_USER_GROUP && directory_is_name(g->name))
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
	}
}

void directory_left_out(const struct directory *d, struct arena *a, struct line_vec *out)
{
	for (size_t i = 0; i < d->groups.len; i++) {
		const struct directory_group *g = &d->groups.at[i];
		if (g->unnameable)
			vec_push(a, out,
				 arena_printf(a, "%s %s",
					      g->product ? "product profile" : "user group",
					      quoted(a, g->name)));
	}
	for (size_t i = 0; i < d->direct.len; i++) {
		const struct directory_user *user = &d->direct.at[i];
		if (!directory_is_technical(user->email) && !directory_user_name(d, user))
			vec_push(a, out,
				 arena_printf(a, "another entry of user %s, type %s",
					      quoted(a, user->email), quoted(a, user->type)));
	}
	for (size_t i = 0; i < d->nameless.len; i++)
		vec_push(a, out,
			 arena_printf(a, "a user without an e-mail address, user name %s",
				      quoted(a, d->nameless.at[i])));
}
