#include "providers/adobe/directory.h"

#include <string.h>

#include "core/util/log.h"
#include "core/util/unicode.h"
#include "providers/adobe/roles.h"

#define NAME_MAX_CHARS 250 /* language.md 15 */
#define EMAIL_MAX 250	   /* language.md 16 */

static const char *keep(struct directory *d, const char *text)
{
	return text ? intern(d->strings, text) : NULL;
}

static const char *fold(struct directory *d, const char *name)
{
	return text_fold(d->arena, name);
}

static bool has_prefix(const char *key, const char *prefix)
{
	return !strncmp(key, prefix, strlen(prefix));
}

bool directory_is_name(const char *text)
{
	size_t offset = 0, size, len = strlen(text);
	return len > 0 && text_check(text, len, TEXT_VALUE, &offset, &size) == TEXT_OK &&
	       text_length(text, len) <= NAME_MAX_CHARS && !text_has_outer_space(text) &&
	       !text_smuggles_role(text);
}

static bool is_email(const char *text)
{
	size_t len = strlen(text);
	if (len > EMAIL_MAX || !strchr(text, '@'))
		return false;
	for (; *text; text++) {
		if (*text <= ' ' || *text >= 0x7F)
			return false;
	}
	return true;
}

bool directory_is_technical(const char *email)
{
	const char *at = strrchr(email, '@');
	return at && !ascii_casecmp(at + 1, "techacct.adobe.com");
}

/* ---- rows ---- */

void directory_add_groups(struct directory *d, const struct json *array)
{
	for (const struct json *row = json_first(array); row; row = json_after(row)) {
		const char *name = json_text(row, "groupName");
		const char *profile = json_text(row, "productProfileName");
		if (!name || !*name)
			continue;
		struct directory_group g = {
			.name = keep(d, name),
			.key = fold(d, name),
			.id = json_id(row, "groupId", d->arena),
			.type = keep(d, json_text(row, "type")),
			.product = keep(d, json_text(row, "productName")),
			.profile = keep(d, profile ? profile : json_text(row, "profileGroupName")),
			.group = keep(d, json_text(row, "userGroupName")),
		};
		vec_push(d->arena, &d->groups, g);
	}
}

static const char *or_empty(struct directory *d, const char *text)
{
	return keep(d, text ? text : "");
}

void directory_add_user(struct directory *d, struct directory_user_vec *to,
			const struct json *object)
{
	const char *username = json_text(object, "username"), *email = json_text(object, "email");
	if (!email || !*email)
		email = username;
	if (!email || !is_email(email)) {
		log_debug("users: one without an address that a manifest could name");
		return;
	}
	struct directory_user user = {
		.email = keep(d, email),
		.key = fold(d, email),
		.type = or_empty(d, json_text(object, "type")),
		.domain = or_empty(d, json_text(object, "domain")),
		.username = or_empty(d, username),
	};
	const struct json *groups = json_get(object, "groups");
	for (const struct json *item = json_first(groups); item; item = json_after(item)) {
		const char *name = json_own_text(item);
		if (name)
			vec_push(d->arena, &user.groups, keep(d, name));
	}
	vec_push(d->arena, to, user);
}

void directory_add_users(struct directory *d, struct directory_user_vec *to,
			 const struct json *array)
{
	for (const struct json *row = json_first(array); row; row = json_after(row))
		directory_add_user(d, to, row);
}

static void drop_from(struct directory_user_vec *users, const char *key)
{
	size_t kept = 0;
	for (size_t i = 0; i < users->len; i++) {
		if (strcmp(users->at[i].key, key) != 0)
			users->at[kept++] = users->at[i];
	}
	users->len = kept;
}

void directory_drop_user(struct directory *d, const char *email)
{
	const char *key = fold(d, email);
	drop_from(&d->direct, key);
	drop_from(&d->all, key);
}

/* ---- order ---- */

static int by_key(const void *a, const void *b)
{
	const struct directory_group *x = a, *y = b;
	int order = strcmp(x->key, y->key);
	order = order ? order : strcmp(x->id ? x->id : "", y->id ? y->id : "");
	return order ? order : strcmp(x->type ? x->type : "", y->type ? y->type : "");
}

static int compare_identity(const struct directory_user *x, const struct directory_user *y)
{
	int order = strcmp(x->key, y->key);
	order = order ? order : ascii_casecmp(x->type, y->type);
	order = order ? order : ascii_casecmp(x->domain, y->domain);
	return order ? order : ascii_casecmp(x->username, y->username);
}

/* A stable sort, so that what was added last comes last among its equals. */
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

/* A list that shifted between two pages shows a row twice. */
static void drop_repeated_groups(struct directory_group_vec *groups)
{
	size_t kept = 0;
	for (size_t i = 0; i < groups->len; i++) {
		const struct directory_group *last = kept ? &groups->at[kept - 1] : NULL;
		if (!last || by_key(last, &groups->at[i]) != 0)
			groups->at[kept++] = groups->at[i];
	}
	groups->len = kept;
}

/* ---- what groups stand for ---- */

static const struct {
	const char *type;
	enum directory_kind kind;
	enum role role;
} types[] = {
	{"USER_GROUP", DIRECTORY_USER_GROUP, ROLE_NONE},
	{"PRODUCT_PROFILE", DIRECTORY_PROFILE, ROLE_NONE},
	{"SYSADMIN_GROUP", DIRECTORY_ROLE, ROLE_SYSTEM_ADMINISTRATOR},
	{"DEPLOYMENT_ADMIN_GROUP", DIRECTORY_ROLE, ROLE_DEPLOYMENT_ADMINISTRATOR},
	{"SUPPORT_ADMIN_GROUP", DIRECTORY_ROLE, ROLE_SUPPORT_ADMINISTRATOR},
	{"STORAGE_ADMIN_GROUP", DIRECTORY_ROLE, ROLE_STORAGE_ADMINISTRATOR},
	{"PRODUCT_ADMIN_GROUP", DIRECTORY_ROLE, ROLE_PRODUCT_ADMINISTRATOR},
	{"PROFILE_ADMIN_GROUP", DIRECTORY_ROLE, ROLE_PRODUCT_PROFILE_ADMINISTRATOR},
	{"USER_ADMIN_GROUP", DIRECTORY_ROLE, ROLE_USER_GROUP_ADMINISTRATOR},
	{"DEVELOPER_GROUP", DIRECTORY_ROLE, ROLE_DEVELOPER},
};

/* What a name alone says; longer prefixes first. "_admin_" is of a profile or a user group: see complete_role(). */
static const struct {
	const char *key;
	bool whole;
	enum role role;
} prefixes[] = {
	{"_org_admin", true, ROLE_SYSTEM_ADMINISTRATOR},
	{"_deployment_admin", true, ROLE_DEPLOYMENT_ADMINISTRATOR},
	{"_support_admin", true, ROLE_SUPPORT_ADMINISTRATOR},
	{"_storage_admin", true, ROLE_STORAGE_ADMINISTRATOR},
	{"_product_admin_", false, ROLE_PRODUCT_ADMINISTRATOR},
	{"_developer_", false, ROLE_DEVELOPER},
	{"_admin_", false, ROLE_PRODUCT_PROFILE_ADMINISTRATOR},
};

static enum role role_of_name(const char *key)
{
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		if (prefixes[i].whole ? !strcmp(key, prefixes[i].key)
				      : has_prefix(key, prefixes[i].key))
			return prefixes[i].role;
	}
	return ROLE_NONE;
}

static void set_kind(struct directory_group *g)
{
	size_t count = sizeof(types) / sizeof(*types), i = 0;
	enum role role = role_of_name(g->key);
	while (g->type && i < count && strcmp(types[i].type, g->type) != 0)
		i++;
	if (g->type && i < count) {
		g->kind = (uint8_t)types[i].kind;
		g->grants.role = (uint8_t)types[i].role;
	} else if (g->type || (*g->key == '_' && !role)) {
		g->kind = DIRECTORY_OTHER;
	} else if (role) {
		g->kind = DIRECTORY_ROLE;
		g->grants.role = (uint8_t)role;
	} else {
		g->kind = g->product ? DIRECTORY_PROFILE : DIRECTORY_USER_GROUP;
	}
}

/* The first of this name in a sorted vector. */
static struct directory_group *find_listed(const struct directory *d, const char *key)
{
	size_t low = 0, high = d->groups.len;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(d->groups.at[middle].key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == d->groups.len || strcmp(d->groups.at[low].key, key) != 0)
		return NULL;
	return &d->groups.at[low];
}

/* The only thing of this kind with this name; *several when there are more. */
static const struct directory_group *find_only(const struct directory *d, const char *key,
					       enum directory_kind kind, bool *several)
{
	const struct directory_group *found = NULL, *end = d->groups.at + d->groups.len;
	for (const struct directory_group *g = find_listed(d, key);
	     g && g < end && !strcmp(g->key, key); g++) {
		*several |= found && g->kind == kind;
		if (g->kind == kind)
			found = g;
	}
	return found;
}

/* What stands behind the prefix; in the spelling of what it administers where that is listed. */
static const char *tail(const struct directory_group *g)
{
	const char *prefix = role_names[g->grants.role].group;
	size_t len = prefix ? strlen(prefix) : 0;
	return has_prefix(g->key, prefix ? prefix : "") && strlen(g->name) > len ? g->name + len
										 : NULL;
}

/* Names what a role is about; false when the lists do not tell. */
static bool complete_role(struct directory *d, struct directory_group *g)
{
	struct entitlement *e = &g->grants;
	const char *about = tail(g);
	bool several = false;
	enum scope scope = role_table[e->role].scope;
	if (scope == SCOPE_ORGANIZATION)
		return true;
	if (scope == SCOPE_PRODUCT) {
		e->product = g->product ? g->product : keep(d, about);
		return e->product != NULL;
	}
	if (scope == SCOPE_PROFILE && g->profile)
		about = g->profile;
	if (scope == SCOPE_GROUP && g->group)
		about = g->group;
	if (!about)
		return false;
	const char *key = fold(d, about);
	const struct directory_group *profile = find_only(d, key, DIRECTORY_PROFILE, &several);
	const struct directory_group *group = find_only(d, key, DIRECTORY_USER_GROUP, &several);
	if (!g->type && has_prefix(g->key, "_admin_")) {
		several |= profile && group;
		scope = profile ? SCOPE_PROFILE : SCOPE_GROUP;
		e->role = profile ? ROLE_PRODUCT_PROFILE_ADMINISTRATOR
				  : ROLE_USER_GROUP_ADMINISTRATOR;
	}
	g->ambiguous |= several;
	if (scope == SCOPE_GROUP) {
		e->group = group ? group->name : NULL;
		return group != NULL;
	}
	e->product = profile ? profile->grants.product : NULL;
	e->profile = profile ? profile->name : NULL;
	return profile != NULL;
}

static void mark_ambiguous(struct directory *d)
{
	for (size_t i = 1; i < d->groups.len; i++) {
		struct directory_group *x = &d->groups.at[i - 1], *y = &d->groups.at[i];
		if (!strcmp(x->key, y->key))
			x->ambiguous = y->ambiguous = true;
	}
}

static bool is_nameable(const struct entitlement *e)
{
	return (!e->product || directory_is_name(e->product)) &&
	       (!e->profile || directory_is_name(e->profile)) &&
	       (!e->group || directory_is_name(e->group));
}

static void complete(struct directory *d, struct directory_group *g)
{
	if (g->kind == DIRECTORY_ROLE && (!complete_role(d, g) || !is_nameable(&g->grants)))
		g->kind = DIRECTORY_OTHER;
}

static void classify_groups(struct directory *d)
{
	for (size_t i = 0; i < d->groups.len; i++) {
		struct directory_group *g = &d->groups.at[i];
		g->grants = (struct entitlement){0};
		g->ambiguous = false;
		set_kind(g);
		if (g->kind != DIRECTORY_PROFILE)
			continue;
		g->grants = (struct entitlement){.product = g->product, .profile = g->name};
		if (!g->product || !is_nameable(&g->grants))
			g->kind = DIRECTORY_OTHER;
	}
	mark_ambiguous(d);
	for (size_t i = 0; i < d->groups.len; i++)
		complete(d, &d->groups.at[i]);
}

void directory_finish(struct directory *d)
{
	vec_sort(&d->groups, by_key);
	drop_repeated_groups(&d->groups);
	d->made.len = 0;
	classify_groups(d);
	sort_users(d, &d->direct);
	sort_users(d, &d->all);
	directory_deduce(d);
}

/* ---- looking things up ---- */

static const struct directory_group *find_made(struct directory *d, const char *name,
					       const char *key)
{
	for (size_t i = 0; i < d->made.len; i++) {
		if (!strcmp(d->made.at[i].key, key))
			return &d->made.at[i];
	}
	struct directory_group g = {.name = keep(d, name), .key = key};
	if (*key != '_')
		return NULL;
	set_kind(&g);
	complete(d, &g);
	vec_push(d->arena, &d->made, g);
	return &d->made.at[d->made.len - 1];
}

const struct directory_group *directory_find(struct directory *d, const char *name)
{
	const char *key = fold(d, name);
	const struct directory_group *listed = find_listed(d, key);
	return listed ? listed : find_made(d, name, key);
}

const struct directory_user *directory_find_user(const struct directory *d, const char *email)
{
	const struct directory_user *found = NULL;
	ARENA a = {0};
	const char *key = text_fold(&a, email);
	size_t low = 0, high = d->direct.len;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(d->direct.at[middle].key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < d->direct.len && !strcmp(d->direct.at[low].key, key); low++) {
		if (!found || !ascii_casecmp(found->type, "adobeID"))
			found = &d->direct.at[low];
	}
	return found;
}

static const char *made_name(struct directory *d, const struct entitlement *e)
{
	const char *prefix = e->role ? role_names[e->role].group : "";
	const char *about = e->group ? e->group : e->profile ? e->profile : e->product;
	return prefix ? arena_printf(d->arena, "%s%s", prefix, about ? about : "") : NULL;
}

static bool is_about(const struct directory_group *g, const struct entitlement *e)
{
	ARENA a = {0};
	const char *const pairs[][2] = {{g->grants.product, e->product},
					{g->grants.profile, e->profile},
					{g->grants.group, e->group}};
	if (g->grants.role != e->role)
		return false;
	for (size_t i = 0; i < 3; i++) {
		const char *x = pairs[i][0], *y = pairs[i][1];
		if (!x != !y || (x && strcmp(text_fold(&a, x), text_fold(&a, y)) != 0))
			return false;
	}
	return true;
}

/* The listed group that stands for an entitlement; product administrators can have any spelling of their product. */
static const struct directory_group *find_standing_for(struct directory *d,
						       const struct entitlement *e)
{
	const char *name = made_name(d, e);
	const struct directory_group *end = d->groups.at + d->groups.len;
	for (const struct directory_group *g = name ? find_listed(d, fold(d, name)) : NULL;
	     g && g < end && !strcmp(g->key, fold(d, name)); g++) {
		if ((g->kind == DIRECTORY_ROLE || g->kind == DIRECTORY_PROFILE) && is_about(g, e))
			return g;
	}
	return NULL;
}

const char *directory_group_of(struct directory *d, const struct entitlement *e, const char **why)
{
	*why = NULL;
	const struct directory_group *listed = find_standing_for(d, e);
	if (e->role == ROLE_SYSTEM_ADMINISTRATOR || e->role == ROLE_STORAGE_ADMINISTRATOR)
		*why = "the User Management API does not change this role";
	else if (listed && listed->ambiguous)
		*why = "several groups or profiles of the organisation have this name";
	else if (!e->role && !listed)
		*why = "the User Management API lists no such profile";
	if (*why)
		return NULL;
	/* names of the whole organisation are the service's constants, whatever a list spells */
	bool constant = role_table[e->role].scope == SCOPE_ORGANIZATION;
	return listed && !constant ? listed->name : made_name(d, e);
}

/* ---- who holds what ---- */

static bool is_entitlement(const struct directory_group *g)
{
	return !g->ambiguous && (g->kind == DIRECTORY_PROFILE || g->kind == DIRECTORY_ROLE);
}

bool directory_holds(struct directory *d, const struct directory_user *user,
		     const struct entitlement *e)
{
	for (size_t i = 0; i < user->groups.len; i++) {
		const struct directory_group *g = directory_find(d, user->groups.at[i]);
		if (g && is_entitlement(g) && is_about(g, e))
			return true;
	}
	return false;
}

static uint32_t number_of(struct universe *u, const struct entitlement *e)
{
	return universe_entitlement(u, (enum role)e->role, e->product, e->profile, e->group);
}

static void add_user_grants(struct directory *d, const struct directory_user *user,
			    struct universe *u, struct arena *a, struct pair_vec *out)
{
	uint32_t principal = universe_principal(u, PRINCIPAL_USER, user->email, true);
	for (size_t i = 0; i < user->groups.len; i++) {
		const struct directory_group *g = directory_find(d, user->groups.at[i]);
		if (g && is_entitlement(g))
			vec_push(a, out, (struct pair){principal, number_of(u, &g->grants)});
	}
}

void directory_grants(struct directory *d, struct universe *u, struct arena *a,
		      struct pair_vec *out)
{
	for (size_t i = 0; i < d->direct.len; i++) {
		if (!directory_is_technical(d->direct.at[i].email))
			add_user_grants(d, &d->direct.at[i], u, a, out);
	}
	for (size_t i = 0; i < d->held.len; i++) {
		const struct directory_group *group = &d->groups.at[d->held.at[i] >> 32];
		const struct directory_group *profile = &d->groups.at[(uint32_t)d->held.at[i]];
		if (directory_is_name(group->name))
			vec_push(a, out,
				 (struct pair){
					 universe_principal(u, PRINCIPAL_GROUP, group->name, true),
					 number_of(u, &profile->grants)});
	}
}

/* The user group of this name, when there is exactly one. */
static const struct directory_group *find_user_group(struct directory *d, const char *name)
{
	const struct directory_group *g = find_listed(d, fold(d, name));
	return g && g->kind == DIRECTORY_USER_GROUP && !g->ambiguous ? g : NULL;
}

static bool sees_group(struct directory *d, const char *name, const struct entitlement *e)
{
	const struct directory_group *group = find_user_group(d, name);
	const struct directory_group *profile = find_standing_for(d, e);
	if (e->role)
		return true; /* a user group cannot hold one */
	return group && profile && !profile->ambiguous &&
	       directory_group_holds(d, group, profile) != DIRECTORY_UNKNOWN;
}

bool directory_sees(struct directory *d, const struct principal *p, const struct entitlement *e)
{
	const char *name = made_name(d, e);
	const struct directory_group *g = name ? directory_find(d, name) : NULL;
	if (p->kind == PRINCIPAL_GROUP)
		return d->has_all && sees_group(d, p->name, e);
	if (!d->has_direct || !name || p->kind != PRINCIPAL_USER)
		return false;
	if (e->role == ROLE_STORAGE_ADMINISTRATOR)
		return g && find_listed(d, g->key); /* only where the service has such a group */
	return !g || !g->ambiguous;
}

/* ---- what exists ---- */

void directory_catalogue(struct directory *d, struct arena *a, struct catalogue *out)
{
	out->has_groups = out->has_products = d->has_groups;
	out->has_users = d->has_direct;
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
