/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "providers/adobe/users/role_names.h"
#include "tests/unit/check.h"

static const char *const writer[] = {"/bin/true", NULL};

static void each_role_has_its_ways(void **state UNUSED)
{
	static const struct organization_config bare,
		plain = {.server.client_id = "c"},
		trusting = {.server.client_id = "c",
			    .account_roles = ACCOUNT_ROLES_USER_MANAGEMENT},
		program = {.server.client_id = "c", .role_writer = writer};
	static const struct {
		const struct organization_config *config;
		enum principal_kind kind;
		enum role role;
		enum capability can;
	} rows[] = {
		{&plain, PRINCIPAL_USER, ROLE_NONE, CAN_API},
		{&plain, PRINCIPAL_USER, ROLE_SYSTEM_ADMINISTRATOR, CAN_MANUAL},
		{&plain, PRINCIPAL_USER, ROLE_STORAGE_ADMINISTRATOR, CAN_MANUAL},
		{&plain, PRINCIPAL_USER, ROLE_DEPLOYMENT_ADMINISTRATOR, CAN_API},
		{&plain, PRINCIPAL_USER, ROLE_SUPPORT_ADMINISTRATOR, CAN_API},
		{&plain, PRINCIPAL_USER, ROLE_PRODUCT_ADMINISTRATOR, CAN_API},
		{&plain, PRINCIPAL_USER, ROLE_PRODUCT_PROFILE_ADMINISTRATOR, CAN_API},
		{&plain, PRINCIPAL_USER, ROLE_USER_GROUP_ADMINISTRATOR, CAN_API},
		{&plain, PRINCIPAL_USER, ROLE_DEVELOPER, CAN_API},
		{&plain, PRINCIPAL_GROUP, ROLE_NONE, CAN_API},
		{&plain, PRINCIPAL_GROUP, ROLE_SUPPORT_ADMINISTRATOR, CAN_NOT},
		{&plain, PRINCIPAL_GROUP, ROLE_DEVELOPER, CAN_NOT},
		{&plain, PRINCIPAL_ACCOUNT, ROLE_NONE, CAN_MANUAL},
		{&plain, PRINCIPAL_ACCOUNT, ROLE_STORAGE_ADMINISTRATOR, CAN_MANUAL},
		{&plain, PRINCIPAL_ACCOUNT, ROLE_SUPPORT_ADMINISTRATOR, CAN_MANUAL},
		{&trusting, PRINCIPAL_ACCOUNT, ROLE_SUPPORT_ADMINISTRATOR, CAN_API},
		{&trusting, PRINCIPAL_ACCOUNT, ROLE_DEVELOPER, CAN_API},
		{&trusting, PRINCIPAL_ACCOUNT, ROLE_STORAGE_ADMINISTRATOR, CAN_MANUAL},
		{&trusting, PRINCIPAL_ACCOUNT, ROLE_SYSTEM_ADMINISTRATOR, CAN_MANUAL},
		{&trusting, PRINCIPAL_ACCOUNT, ROLE_NONE, CAN_MANUAL},
		{&program, PRINCIPAL_ACCOUNT, ROLE_STORAGE_ADMINISTRATOR, CAN_COMMAND},
		{&program, PRINCIPAL_ACCOUNT, ROLE_NONE, CAN_MANUAL},
		{&program, PRINCIPAL_USER, ROLE_SYSTEM_ADMINISTRATOR, CAN_COMMAND},
		{&program, PRINCIPAL_USER, ROLE_SUPPORT_ADMINISTRATOR, CAN_API},
		{&bare, PRINCIPAL_USER, ROLE_NONE, CAN_MANUAL},
		{&bare, PRINCIPAL_USER, ROLE_SUPPORT_ADMINISTRATOR, CAN_MANUAL},
		{&bare, PRINCIPAL_GROUP, ROLE_NONE, CAN_MANUAL},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct entitlement e = {.role = rows[i].role};
		assert_int_equal(roles_can(rows[i].config, rows[i].kind, &e), rows[i].can);
	}
}

static void words_of_the_console_are_roles(void **state UNUSED)
{
	static const struct {
		const char *word;
		enum role role;
	} rows[] = {
		{"Storage administrator", ROLE_STORAGE_ADMINISTRATOR},
		{"STORAGE_ADMIN", ROLE_STORAGE_ADMINISTRATOR},
		{"storage-administrator", ROLE_STORAGE_ADMINISTRATOR},
		{"Storage", ROLE_STORAGE_ADMINISTRATOR},
		{"System Administrator", ROLE_SYSTEM_ADMINISTRATOR},
		{"ORG_ADMIN", ROLE_SYSTEM_ADMINISTRATOR},
		{"_org_admin", ROLE_SYSTEM_ADMINISTRATOR},
		{"_deployment_admin", ROLE_DEPLOYMENT_ADMINISTRATOR},
		{"support", ROLE_SUPPORT_ADMINISTRATOR},
		{"Product support admin", ROLE_NONE},
		{"Contract admin", ROLE_NONE},
		{"admin", ROLE_NONE},
		{"", ROLE_NONE},
		{"Storage Ädmin", ROLE_NONE},
		{"storage storage storage storage storage storage storage storage storage",
		 ROLE_NONE},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(role_of_word(rows[i].word, strlen(rows[i].word)), rows[i].role);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_role_has_its_ways),
		cmocka_unit_test(words_of_the_console_are_roles),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
