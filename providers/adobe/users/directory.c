/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/users/directory.h"

#include <string.h>

#include "core/language/schema_decode.h"
#include "core/util/report.h"
#include "core/util/unicode.h"
#include "providers/adobe/users/directory_parts.h"

static const char *keep(struct directory *d, const char *text)
{
	return text ? intern(d->strings, text) : NULL;
}

static const char *fold(struct directory *d, const char *name)
{
	return text_fold(d->arena, name);
}

bool directory_is_technical(const char *email)
{
	const char *at = strrchr(email, '@');
	return at && !ascii_casecmp(at + 1, "techacct.adobe.com");
}

/* ---- rows ---- */

void directory_add_groups(struct directory *d, const struct reply *array)
{
	for (const struct reply *row = reply_first(array); row; row = reply_after(row)) {
		const char *name = reply_text(row, "groupName");
		const char *profile = reply_text(row, "productProfileName");
		if (!name || !*name)
			continue;
		struct directory_group g = {
			.name = keep(d, name),
			.key = fold(d, name),
			.id = reply_id(row, "groupId", d->arena),
			.type = keep(d, reply_text(row, "type")),
			.product = keep(d, reply_text(row, "productName")),
			.profile = keep(d, profile ? profile : reply_text(row, "profileGroupName")),
			.group = keep(d, reply_text(row, "userGroupName")),
		};
		vec_push(d->arena, &d->groups, g);
	}
}

static const char *or_empty(struct directory *d, const char *text)
{
	return keep(d, text ? text : "");
}

/* Notes a user whom no manifest can name. */
static void leave_out_user(struct directory *d, const char *email, const char *username)
{
	const char *words =
		email && *email
			? arena_printf(d->arena, "a user whose e-mail address is %s",
				       quoted(d->arena, email))
			: arena_printf(d->arena, "a user without an e-mail address, user name %s",
				       quoted(d->arena, username ? username : ""));
	vec_push(d->arena, &d->nameless, words);
}

void directory_add_user(struct directory *d, struct directory_user_vec *to,
			const struct reply *object)
{
	const char *username = reply_text(object, "username"), *email = reply_text(object, "email");
	if (!email || !*email)
		email = username;
	if (!email || !schema_is_email(email)) {
		if (to == &d->direct)
			leave_out_user(d, reply_text(object, "email"), username);
		return;
	}
	struct directory_user user = {
		.email = keep(d, email),
		.key = fold(d, email),
		.type = or_empty(d, reply_text(object, "type")),
		.domain = or_empty(d, reply_text(object, "domain")),
		.username = or_empty(d, username),
	};
	const struct reply *groups = reply_get(object, "groups");
	for (const struct reply *item = reply_first(groups); item; item = reply_after(item)) {
		const char *name = reply_own_text(item);
		if (name)
			vec_push(d->arena, &user.groups, keep(d, name));
	}
	vec_push(d->arena, to, user);
}

void directory_add_users(struct directory *d, struct directory_user_vec *to,
			 const struct reply *array)
{
	for (const struct reply *row = reply_first(array); row; row = reply_after(row))
		directory_add_user(d, to, row);
}

static int compare_identity(const struct directory_user *x, const struct directory_user *y)
{
	int order = strcmp(x->key, y->key);
	order = order ? order : ascii_casecmp(x->type, y->type);
	order = order ? order : ascii_casecmp(x->domain, y->domain);
	return order ? order : ascii_casecmp(x->username, y->username);
}

static void drop_from(struct directory_user_vec *users, const struct directory_user *gone)
{
	size_t kept = 0;
	for (size_t i = 0; i < users->len; i++) {
		if (compare_identity(&users->at[i], gone) != 0)
			users->at[kept++] = users->at[i];
	}
	users->len = kept;
}

void directory_drop_user(struct directory *d, const char *name)
{
	const struct directory_user *found = directory_find_user(d, name);
	if (!found)
		return;
	const struct directory_user gone = *found;
	drop_from(&d->direct, &gone);
	drop_from(&d->all, &gone);
}

/* ---- order ---- */

static int by_row(const void *a, const void *b)
{
	const struct directory_group *x = a, *y = b;
	int order = directory_by_key(a, b);
	order = order ? order : strcmp(x->id ? x->id : "", y->id ? y->id : "");
	return order ? order : strcmp(x->type ? x->type : "", y->type ? y->type : "");
}

/* Orders users by their identity; the sort is stable, so that the row that was added last comes
 * last among its equals. */
static int by_identity(const void *a, const void *b)
{
	const struct directory_user *const *x = a, *const *y = b;
	int order = compare_identity(*x, *y);
	return order ? order : (*x > *y) - (*x < *y);
}

static void sort_users(struct directory *d, struct directory_user_vec *users)
{
	VEC(, const struct directory_user *) order = {0};
	struct directory_user_vec sorted = {0};
	vec_reserve(d->arena, &order, users->len);
	vec_reserve(d->arena, &sorted, users->len);
	for (size_t i = 0; i < users->len; i++)
		vec_push(d->arena, &order, &users->at[i]);
	vec_sort(&order, by_identity);
	for (size_t i = 0; i < order.len; i++) {
		bool again =
			sorted.len && !compare_identity(&sorted.at[sorted.len - 1], order.at[i]);
		if (again)
			sorted.len--;
		vec_push(d->arena, &sorted, *order.at[i]);
	}
	*users = sorted;
}

/* Drops rows that are there twice, as a list that shifted between two pages has them. */
static void drop_repeated_groups(struct directory_group_vec *groups)
{
	size_t kept = 0;
	for (size_t i = 0; i < groups->len; i++) {
		const struct directory_group *last = kept ? &groups->at[kept - 1] : NULL;
		if (!last || by_row(last, &groups->at[i]) != 0)
			groups->at[kept++] = groups->at[i];
	}
	groups->len = kept;
}

void directory_finish(struct directory *d)
{
	vec_sort(&d->groups, by_row);
	drop_repeated_groups(&d->groups);
	d->made.len = 0;
	d->system = SYSTEM_UNASKED;
	directory_classify(d);
	sort_users(d, &d->direct);
	sort_users(d, &d->all);
	for (size_t i = 0; i < d->groups.len; i++) {
		if (d->groups.at[i].members)
			sort_users(d, d->groups.at[i].members);
	}
	directory_deduce(d);
}

struct directory_group *directory_next_shared(struct directory *d, size_t *at)
{
	while (*at < d->groups.len) {
		struct directory_group *g = &d->groups.at[(*at)++];
		if (g->kind == DIRECTORY_PROFILE && g->ambiguous && g->id)
			return g;
	}
	return NULL;
}

/* ---- looking things up ---- */

static int by_user_key(const void *a, const void *b)
{
	const struct directory_user *x = a, *y = b;
	return strcmp(x->key, y->key);
}

/* The row of the same person in a sorted list; NULL. */
static const struct directory_user *find_row(const struct directory_user_vec *rows,
					     const struct directory_user *user)
{
	const struct directory_user *row = vec_find(rows, user, by_user_key);
	while (row && (by_user_key(row, user) != 0 || ascii_casecmp(row->type, user->type) != 0))
		row = by_user_key(row, user) == 0 ? vec_next(rows, row) : NULL;
	return row;
}

static void set_holder(struct directory *d, struct directory_user *user,
		       const struct entitlement *e, const char *name, bool holds)
{
	size_t kept = 0;
	for (size_t i = 0; i < user->groups.len; i++) {
		const struct directory_group *g = directory_find(d, user->groups.at[i]);
		if (!g || !directory_is_about(g, e))
			user->groups.at[kept++] = user->groups.at[i];
	}
	user->groups.len = kept;
	if (holds)
		vec_push(d->arena, &user->groups, name);
}

void directory_set_holders(struct directory *d, const struct entitlement *e,
			   struct directory_user_vec *members)
{
	const struct directory_group *listed = directory_standing_for(d, e);
	const char *name = listed ? listed->name : directory_made_name(d, e);
	size_t known = d->direct.len;
	sort_users(d, members);
	for (size_t i = 0; i < members->len; i++) {
		if (!find_row(&d->direct, &members->at[i]))
			vec_push(d->arena, &d->direct, members->at[i]);
	}
	for (size_t i = 0; i < known; i++) {
		struct directory_user *user = &d->direct.at[i];
		set_holder(d, user, e, name, find_row(members, user) != NULL);
	}
}

enum user_type directory_type_of(const struct directory_user *user)
{
	for (int i = USER_ANY + 1; i < USER_TYPE_COUNT; i++) {
		if (!ascii_casecmp(user->type, user_type_names[i]))
			return i;
	}
	return USER_ANY;
}

const struct directory_user *directory_find_user(const struct directory *d, const char *name)
{
	const struct directory_user *found = NULL;
	const char *address;
	enum user_type type = user_type_of(name, &address);
	ARENA a = {0};
	const struct directory_user key = {.key = text_fold(&a, address)};
	for (const struct directory_user *u = vec_find(&d->direct, &key, by_user_key);
	     u && by_user_key(u, &key) == 0; u = vec_next(&d->direct, u)) {
		enum user_type is = directory_type_of(u);
		if (type != USER_ANY ? is == type
				     : !found || directory_type_of(found) == USER_ADOBE_ID)
			found = u;
	}
	return found;
}

const char *directory_user_name(const struct directory *d, const struct directory_user *user)
{
	ARENA a = {0};
	enum user_type type = directory_type_of(user);
	if (directory_find_user(d, user->email) == user)
		return user->email;
	return type == USER_ANY
		       ? NULL
		       : intern(d->strings,
				arena_printf(&a, "%s:%s", user_type_names[type], user->email));
}
