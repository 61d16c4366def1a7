/* SPDX-License-Identifier: Apache-2.0 */
/* The services catalogue that follows from products and names. */
#include <string.h>

#include "cmd/adobe-emulator/org/org.h"
#include "core/util/unicode.h"

struct fixed_service {
	const char *name, *code, *type, *description, *scopes;
	bool storage, admin_only;
};

/* Codes of the two storage APIs are not public: these are invented. Scopes: facts/ims.md, "Scopes".
 */
static const struct fixed_service fixed[] = {
	{"Adobe Cloud Storage and Collaboration API", "CloudStorageCollabSDK", "entp",
	 "Projects, folders and files of the organisation", "creative_sdk cloud_storage_collab_api",
	 .storage = true},
	{"Adobe Cloud Storage and Collaboration API", "CloudStorageCollabSDK", "adobeid",
	 "Projects, folders and files of a signed-in user",
	 "creative_sdk cloud_storage_collab_api"},
	{"Adobe Admin APIs - Storage Management", "StorageManagementSDK", "entp",
	 "Retention policies of the organisation", "creative_sdk admin_api.storage"},
	{"User Management API", "UserMgmtSDK", "entp", "Users, groups and admin roles",
	 "user_management_sdk", .admin_only = true},
	{"I/O Management API", "AdobeIOManagementAPISDK", "entp", "Client secrets of a credential",
	 "read_organizations additional_info.projectedProductContext additional_info.roles "
	 "adobeio_api read_client_secret manage_client_secrets"},
	{"CC Storage", "CCStorageSdk", "adobeid", "Storage of a signed-in user", "creative_sdk"},
};

static void add_scopes(struct org *s, struct catalogue_service *row, const char *words)
{
	while (*words) {
		size_t len = strcspn(words, " ");
		vec_push(&s->arena, &row->scopes, intern_n(s->strings, words, len));
		words += len + (words[len] == ' ');
	}
}

static struct catalogue_service *add_service(struct org *s, const char *name, const char *code,
					     const char *type)
{
	struct catalogue_service *row = arena_zalloc(&s->arena, sizeof(*row));
	row->name = org_intern(s, name);
	row->code = org_intern(s, code);
	row->type = org_intern(s, type);
	row->description = "";
	row->enabled = true;
	vec_push(&s->arena, &s->services, row);
	return row;
}

static void add_fixed(struct org *s, const struct fixed_service *f)
{
	struct catalogue_service *row = find_service(s, f->code, f->type);
	if (!row) {
		row = add_service(s, f->name, f->code, f->type);
		row->description = f->description;
		row->admin_only = f->admin_only;
		row->brings_storage = f->storage;
		add_scopes(s, row, f->scopes);
	}
	row->offers.len = 0;
	for (size_t i = 0; f->storage && i < s->profiles.len; i++) {
		if (s->profiles.at[i]->storage)
			vec_push(&s->arena, &row->offers, s->profiles.at[i]);
	}
}

/* The code of a product's service: of "Adobe Express" it is "AdobeExpressSDK". */
static const char *code_of(struct arena *a, const char *name)
{
	struct str out = STR(a);
	for (; *name; name++) {
		char lower = ascii_lower(*name);
		if ((lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9'))
			str_addc(&out, *name);
	}
	str_add(&out, "SDK");
	return str_text(&out);
}

/* Whether the storage API offers every profile of the product. */
static bool is_storage_product(const struct org *s, const struct product *product)
{
	bool any = false;
	for (size_t i = 0; i < s->profiles.len; i++) {
		if (s->profiles.at[i]->product == product) {
			any = true;
			if (!s->profiles.at[i]->storage)
				return false;
		}
	}
	return any;
}

static void add_product_api(struct org *s, struct product *product, const char *type)
{
	ARENA scratch = {0};
	const char *code = code_of(&scratch, product->name);
	struct catalogue_service *row = find_service(s, code, type);
	if (!row) {
		row = add_service(s, arena_printf(&scratch, "%s API", product->name), code, type);
		vec_push(&s->arena, &row->scopes,
			 org_intern(s, arena_printf(&scratch, "%s.api", code)));
	}
	row->needs_profile = !strcmp(type, "entp");
	row->offers.len = 0;
	for (size_t i = 0; row->needs_profile && i < s->profiles.len; i++) {
		if (s->profiles.at[i]->product == product)
			vec_push(&s->arena, &row->offers, s->profiles.at[i]);
	}
}

void catalogue_make(struct org *s)
{
	if (s->catalogue_given)
		return;
	for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++)
		add_fixed(s, &fixed[i]);
	for (size_t i = 0; i < s->products.len; i++) {
		if (is_storage_product(s, s->products.at[i]))
			continue;
		add_product_api(s, s->products.at[i], "entp");
		add_product_api(s, s->products.at[i], "adobeid");
	}
}

struct catalogue_service *catalogue_find(struct org *s, const char *name)
{
	ARENA scratch = {0};
	for (size_t i = 0; i < s->services.len; i++) {
		struct catalogue_service *row = s->services.at[i];
		if (!strcmp(row->type, "entp") &&
		    (!strcmp(row->name, name) || !strcmp(row->code, name)))
			return row;
	}
	return add_service(s, name, code_of(&scratch, name), "entp");
}
