/* SPDX-License-Identifier: Apache-2.0 */
#include "core/model/model.h"

#include <string.h>

#include "core/util/unicode.h"

/* Ranks: who can hand out more roles stands higher (facts/admin-roles.md, "Rank"). */
const struct role_info role_table[ROLE_COUNT] = {
	[ROLE_NONE] = {"", SCOPE_PROFILE, 9, ""},
	[ROLE_SYSTEM_ADMINISTRATOR] = {"system-administrator", SCOPE_ORGANIZATION, 1,
				       "System administrator"},
	[ROLE_STORAGE_ADMINISTRATOR] = {"storage-administrator", SCOPE_ORGANIZATION, 2,
					"Storage administrator"},
	[ROLE_DEPLOYMENT_ADMINISTRATOR] = {"deployment-administrator", SCOPE_ORGANIZATION, 2,
					   "Deployment administrator"},
	[ROLE_SUPPORT_ADMINISTRATOR] = {"support-administrator", SCOPE_ORGANIZATION, 2,
					"Support administrator"},
	[ROLE_PRODUCT_ADMINISTRATOR] = {"product-administrator", SCOPE_PRODUCT, 3,
					"Product administrator"},
	[ROLE_PRODUCT_PROFILE_ADMINISTRATOR] = {"product-profile-administrator", SCOPE_PROFILE, 4,
						"Product profile administrator"},
	[ROLE_USER_GROUP_ADMINISTRATOR] = {"user-group-administrator", SCOPE_GROUP, 4,
					   "User group administrator"},
	[ROLE_DEVELOPER] = {"developer", SCOPE_PROFILE, 5, "Developer"},
};

unsigned attribute_find(const char *name)
{
	static const char *const names[] = {"description", "owner", "labels", "project",
					    "credential"};
	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (!strcmp(names[i], name))
			return 1U << i;
	}
	return 0;
}

enum role role_find(const char *name)
{
	for (int i = ROLE_NONE + 1; i < ROLE_COUNT; i++) {
		if (!strcmp(role_table[i].name, name))
			return i;
	}
	return ROLE_NONE;
}

const char *principal_kind_name(enum principal_kind kind)
{
	static const char *const names[PRINCIPAL_KIND_COUNT] = {"technicalAccount", "group", "user",
								"project"};
	return names[kind];
}

const char *const user_type_names[USER_TYPE_COUNT + 1] = {
	[USER_ANY] = "",
	[USER_ADOBE_ID] = "adobeID",
	[USER_ENTERPRISE_ID] = "enterpriseID",
	[USER_FEDERATED_ID] = "federatedID",
};

bool object_name_is_live(const char *text)
{
	return text_is_live(text) && !text_is_all_blank(text) && !text_smuggles_role(text) &&
	       text_length(text, strlen(text)) <= OBJECT_NAME_MAX;
}

enum user_type user_type_of(const char *name, const char **out_address)
{
	const char *address = name, *colon = strchr(name, ':');
	enum user_type type = USER_ANY;
	for (int i = USER_ANY + 1; colon && i < USER_TYPE_COUNT; i++) {
		size_t len = strlen(user_type_names[i]);
		if (len == (size_t)(colon - name) && !memcmp(name, user_type_names[i], len)) {
			type = i;
			address = colon + 1;
		}
	}
	if (out_address)
		*out_address = address;
	return type;
}

int account_by_name(const void *a, const void *b)
{
	const struct account *const *left = a, *const *right = b;
	return strcmp((*left)->meta.name, (*right)->meta.name);
}

int account_by_id(const void *a, const void *b)
{
	const struct account *const *x = a, *const *y = b;
	return strcmp((*x)->id, (*y)->id);
}

int account_order(const void *a, const void *b)
{
	const struct account *x = a, *y = b;
	return strcmp(x->meta.name, y->meta.name);
}

int entry_order(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = strcmp(x->product, y->product);
	return order ? order : strcmp(x->profile ? x->profile : "", y->profile ? y->profile : "");
}

int label_order(const void *a, const void *b)
{
	const struct label *x = a, *y = b;
	return strcmp(x->key, y->key);
}

int text_order(const void *a, const void *b)
{
	const struct text_item *x = a, *y = b;
	return strcmp(x->text, y->text);
}

bool account_had_name(const struct account *a, const char *name)
{
	for (size_t i = 0; i < a->meta.previously.len; i++) {
		if (!strcmp(a->meta.previously.at[i].text, name))
			return true;
	}
	return false;
}

const char *label_find(const struct label_vec *labels, const char *key)
{
	for (size_t i = 0; i < labels->len; i++) {
		if (!strcmp(labels->at[i].key, key))
			return labels->at[i].value;
	}
	return NULL;
}

static int by_bundle_name(const void *a, const void *b)
{
	const struct bundle *const *left = a, *const *right = b;
	return strcmp((*left)->meta.name, (*right)->meta.name);
}

void model_index(const struct model *m, struct arena *a, struct model_index *out)
{
	*out = (struct model_index){0};
	vec_reserve(a, &out->accounts, m->accounts.len);
	for (size_t i = 0; i < m->accounts.len; i++)
		vec_push(a, &out->accounts, &m->accounts.at[i]);
	vec_sort(&out->accounts, account_by_name);
	vec_reserve(a, &out->bundles, m->bundles.len);
	for (size_t i = 0; i < m->bundles.len; i++)
		vec_push(a, &out->bundles, &m->bundles.at[i]);
	vec_sort(&out->bundles, by_bundle_name);
}

const struct account *model_find_account(const struct model_index *index, const char *name)
{
	struct account key = {.meta.name = name};
	const struct account *probe = &key;
	const struct account **found = vec_find(&index->accounts, &probe, account_by_name);
	return found ? *found : NULL;
}

const struct bundle *model_find_bundle(const struct model_index *index, const char *name)
{
	struct bundle key = {.meta.name = name};
	const struct bundle *probe = &key;
	const struct bundle **found = vec_find(&index->bundles, &probe, by_bundle_name);
	return found ? *found : NULL;
}

const struct organization *model_find_organization(const struct model *m, const char *name)
{
	for (size_t i = 0; i < m->organizations.len; i++) {
		if (!strcmp(m->organizations.at[i].meta.name, name))
			return &m->organizations.at[i];
	}
	return NULL;
}

struct location account_place(const struct account *account, enum attribute which)
{
	struct location at = {0};
	if (which == ATTRIBUTE_DESCRIPTION)
		at = account->description_at;
	else if (which == ATTRIBUTE_PROJECT)
		at = account->project_at;
	else if (which == ATTRIBUTE_CREDENTIAL)
		at = account->credential_at;
	return at.file ? at : account->meta.name_at;
}

const char *account_credential(const struct account *account)
{
	return account->credential ? account->credential : account->meta.name;
}

void account_hide_role(struct account *account, enum role role, struct arena *a)
{
	struct text_vec longer = {0};
	for (size_t i = 0; i < account->unseen.len; i++)
		vec_push(a, &longer, account->unseen.at[i]);
	vec_push(a, &longer, (struct text_item){role_table[role].name, account->at});
	account->unseen = longer;
}

bool words_have_ended(const struct words *words, int32_t today)
{
	return words && words->expires != DATE_NONE && words->expires < today;
}

static bool has_entry(const struct entry_vec *all, const char *name)
{
	for (size_t i = 0; i < all->len; i++) {
		if (all->at[i].name == name)
			return true;
	}
	return false;
}

static void add_apis(struct arena *a, struct entry_vec *to, const struct entry_vec *from,
		     int32_t today)
{
	for (size_t i = 0; i < from->len; i++) {
		const struct entry *e = &from->at[i];
		if (!words_have_ended(e->words, today) && !has_entry(to, e->name))
			vec_push(a, to, *e);
	}
}

/* Whether what it says is not its own list as it stands. */
static bool differs(const struct account *account, const struct model_index *index, int32_t today)
{
	for (size_t i = 0; i < account->apis.len; i++) {
		if (words_have_ended(account->apis.at[i].words, today))
			return true;
	}
	for (size_t i = 0; i < account->bundles.len; i++) {
		const struct bundle *b = model_find_bundle(index, account->bundles.at[i].text);
		if (b && b->has_apis)
			return true;
	}
	return false;
}

const struct account *account_with_apis(const struct account *account,
					const struct model_index *index, struct arena *a,
					int32_t today)
{
	if (!differs(account, index, today))
		return account;
	struct account *all = arena_alloc(a, sizeof(*all));
	*all = *account;
	all->apis = (struct entry_vec){0};
	add_apis(a, &all->apis, &account->apis, today);
	for (size_t i = 0; i < account->bundles.len; i++) {
		const struct bundle *b = model_find_bundle(index, account->bundles.at[i].text);
		if (b) {
			all->has_apis |= b->has_apis;
			add_apis(a, &all->apis, &b->apis, today);
		}
	}
	return all;
}
