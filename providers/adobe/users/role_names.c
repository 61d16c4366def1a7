/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/users/role_names.h"

#include <string.h>

#include "core/util/unicode.h"

/* facts/admin-roles.md, "Names". */
const struct role_names role_names[ROLE_COUNT] = {
	[ROLE_SYSTEM_ADMINISTRATOR] = {"System administrator", "_org_admin", "org_admin", "System"},
	[ROLE_STORAGE_ADMINISTRATOR] = {"Storage administrator", NULL, "storage_admin", "Storage"},
	[ROLE_DEPLOYMENT_ADMINISTRATOR] = {"Deployment administrator", "_deployment_admin",
					   "deployment_admin", "Deployment"},
	[ROLE_SUPPORT_ADMINISTRATOR] = {"Support administrator", "_support_admin", "support_admin",
					"Support"},
	[ROLE_PRODUCT_ADMINISTRATOR] = {"Product administrator", "_product_admin_", NULL, NULL},
	[ROLE_PRODUCT_PROFILE_ADMINISTRATOR] = {"Product profile administrator", "_admin_", NULL,
						NULL},
	[ROLE_USER_GROUP_ADMINISTRATOR] = {"User group administrator", "_admin_", NULL, NULL},
	[ROLE_DEVELOPER] = {"Developer", "_developer_", NULL, NULL},
};

/* Whether the User Management API makes this change for a user. */
static const bool api_writes[ROLE_COUNT] = {
	[ROLE_NONE] = true,
	[ROLE_SYSTEM_ADMINISTRATOR] = false, /* refused in every form */
	[ROLE_STORAGE_ADMINISTRATOR] = false,
	[ROLE_DEPLOYMENT_ADMINISTRATOR] = true,
	[ROLE_SUPPORT_ADMINISTRATOR] = true,
	[ROLE_PRODUCT_ADMINISTRATOR] = true,
	[ROLE_PRODUCT_PROFILE_ADMINISTRATOR] = true,
	[ROLE_USER_GROUP_ADMINISTRATOR] = true,
	[ROLE_DEVELOPER] = true,
};

const char *roles_refuse(enum principal_kind kind, const struct entitlement *e)
{
	return kind == PRINCIPAL_GROUP && e->role
		       ? "a user group holds no admin role at Adobe; name its users, or an account"
		       : NULL;
}

enum capability roles_can(const struct organization_config *config, enum principal_kind kind,
			  const struct entitlement *e)
{
	bool api = config->server.client_id && api_writes[e->role];
	if (roles_refuse(kind, e))
		return CAN_NOT;
	if (kind == PRINCIPAL_ACCOUNT &&
	    (!e->role || config->account_roles != ACCOUNT_ROLES_USER_MANAGEMENT))
		api = false;
	if (api)
		return CAN_API;
	return e->role && config->role_writer ? CAN_COMMAND : CAN_MANUAL;
}

/* "Storage administrator", "STORAGE_ADMIN" and "storage-admin" are "storage" once reduced: lower
 * case letters alone, without "administrator" or "admin" at the end. */
static void reduce(const char *text, size_t len, char *out, size_t room)
{
	static const char *const tails[] = {"administrator", "admin"};
	size_t n = 0;
	for (size_t i = 0; i < len && n + 1 < room; i++) {
		char c = ascii_lower(text[i]);
		if (c >= 'a' && c <= 'z')
			out[n++] = c;
	}
	for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++) {
		size_t tail = strlen(tails[i]);
		if (n > tail && !memcmp(out + n - tail, tails[i], tail)) {
			n -= tail;
			break;
		}
	}
	out[n] = '\0';
}

enum role role_of_word(const char *text, size_t len)
{
	static const struct {
		const char *word;
		enum role role;
	} rows[] = {
		{"system", ROLE_SYSTEM_ADMINISTRATOR},
		{"org", ROLE_SYSTEM_ADMINISTRATOR},
		{"storage", ROLE_STORAGE_ADMINISTRATOR},
		{"deployment", ROLE_DEPLOYMENT_ADMINISTRATOR},
		{"support", ROLE_SUPPORT_ADMINISTRATOR},
	};
	char word[64];
	reduce(text, len, word, sizeof(word));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!strcmp(rows[i].word, word))
			return rows[i].role;
	}
	return ROLE_NONE;
}
