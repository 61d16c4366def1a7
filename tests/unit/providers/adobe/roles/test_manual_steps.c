/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "providers/adobe/roles/manual.h"
#include "providers/adobe/users/role_names.h"
#include "tests/unit/check.h"

static const char *const writer[] = {"/bin/true", NULL};

static void each_role_has_its_ways(void **state)
{
	(void)state;
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

static void words_of_the_console_are_roles(void **state)
{
	(void)state;
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

/* ---- what a person is told ---- */

#define EMAIL "7f3b@techacct.adobe.com"

static const struct principal archiver = {"asset-archiver", PRINCIPAL_ACCOUNT},
			      jane = {"jane@example.com", PRINCIPAL_USER},
			      designers = {"Designers", PRINCIPAL_GROUP};
static const struct entitlement storage = {.role = ROLE_STORAGE_ADMINISTRATOR},
				system_admin = {.role = ROLE_SYSTEM_ADMINISTRATOR},
				express = {.product = "Adobe Express", .profile = "Default"},
				express_admin = {.product = "=Adobe, Express",
						 .role = ROLE_PRODUCT_ADMINISTRATOR},
				fonts_developer = {.product = "Fonts",
						   .profile = "All",
						   .role = ROLE_DEVELOPER},
				group_admin = {.group = "Designers",
					       .role = ROLE_USER_GROUP_ADMINISTRATOR};

static struct change change_of(const struct principal *p, const struct entitlement *e,
			       enum action action)
{
	return (struct change){.principal = p,
			       .entitlement = e,
			       .type = CHANGE_GRANT,
			       .action = action,
			       .via = CAN_MANUAL};
}

static const char *described(struct arena *a, const struct change *c, const char *email,
			     const char *seen_by)
{
	const struct manual_context context = {"acme", "0123@AdobeOrg", seen_by};
	struct str out = STR(a);
	manual_describe(&context, c, email, &out);
	return str_text(&out);
}

static size_t count_lines(const char *text)
{
	size_t lines = 1;
	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

static void steps_say_who_where_and_how_it_is_seen(void **state)
{
	(void)state;
	static const struct {
		const struct principal *principal;
		const struct entitlement *entitlement;
		enum action action;
		size_t lines;
		const char *has[5];
	} rows[] = {
		{&archiver,
		 &storage,
		 ACTION_CREATE,
		 7,
		 {EMAIL, "Technical Account", "never one of type Adobe ID",
		  "Tick Storage administrator and", "0123@AdobeOrg"}},
		{&archiver,
		 &storage,
		 ACTION_DELETE,
		 5,
		 {EMAIL, "Take the tick from Storage administrator", "asset-archiver"}},
		{&archiver,
		 &express,
		 ACTION_CREATE,
		 5,
		 {EMAIL, "API credentials", "Edit products"}},
		{&archiver, &express, ACTION_DELETE, 5, {"Remove profile \"Default\""}},
		{&archiver, &fonts_developer, ACTION_CREATE, 4, {EMAIL, "Developers"}},
		{&archiver, &fonts_developer, ACTION_DELETE, 4, {EMAIL, "remove it"}},
		{&jane,
		 &system_admin,
		 ACTION_CREATE,
		 6,
		 {"jane@example.com", "System administrator"}},
		{&jane,
		 &group_admin,
		 ACTION_CREATE,
		 6,
		 {"User group administrator of user group \"Designers\""}},
		{&designers, &express, ACTION_CREATE, 4, {"group \"Designers\"", "Add"}},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct change c = change_of(rows[i].principal, rows[i].entitlement, rows[i].action);
		bool user = rows[i].principal->kind == PRINCIPAL_USER;
		const char *text = described(&a, &c, user ? "jane@example.com" : EMAIL, "profiles");
		assert_int_equal(count_lines(text), rows[i].lines);
		for (size_t k = 0; k < 5 && rows[i].has[k]; k++)
			assert_non_null(strstr(text, rows[i].has[k]));
		assert_non_null(strstr(text, "it reads profiles"));
	}
}

static void unknown_addresses_and_sources_are_said(void **state)
{
	(void)state;
	ARENA a = {0};
	struct change c = change_of(&archiver, &storage, ACTION_CREATE);
	const char *text = described(&a, &c, NULL, NULL);
	assert_non_null(strstr(text, "known once the credential is made"));
	assert_non_null(strstr(text, "--roles-from"));
	assert_null(strstr(text, "(null)"));
	struct change account = {.principal = &archiver, .type = CHANGE_ACCOUNT};
	assert_string_equal(described(&a, &account, NULL, NULL), "");
}

#define HEADER                                                                                     \
	"Identity Type,Username,Domain,Email,First Name,Last Name,Country Code,ID,"                \
	"Product Configurations,Admin Roles,Product Configurations Administered,"                  \
	"User Groups,User Groups Administered,Products Administered,Developer Access,"             \
	"Auto Assigned Products\r\n"

static void the_bulk_file_has_a_row_for_each_address(void **state)
{
	(void)state;
	ARENA a = {0};
	struct str out = STR(&a);
	struct change changes[] = {
		change_of(&archiver, &storage, ACTION_CREATE),
		change_of(&jane, &group_admin, ACTION_CREATE),
		change_of(&archiver, &express, ACTION_CREATE),
		change_of(&archiver, &system_admin, ACTION_CREATE),
		change_of(&archiver, &express_admin, ACTION_CREATE),
		change_of(&archiver, &fonts_developer, ACTION_DELETE),
		change_of(&designers, &express, ACTION_CREATE),
		change_of(&archiver, &storage, ACTION_CREATE), /* of an account not made yet */
	};
	static const char *const emails[] = {
		EMAIL, "jane@example.com", "7F3B@techacct.adobe.com", EMAIL, EMAIL, EMAIL, NULL,
		NULL};
	const struct change *list[8];
	for (size_t i = 0; i < 8; i++)
		list[i] = &changes[i];
	manual_export(list, emails, 8, &out);
	assert_string_equal(str_text(&out),
			    HEADER "Technical Account," EMAIL ",," EMAIL
				   ",,,,,Default,\"Storage,System\",,,,"
				   "\"'=Adobe, Express\",,\r\n"
				   ",jane@example.com,,jane@example.com,,,,,,,,,Designers,,,\r\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_role_has_its_ways),
		cmocka_unit_test(words_of_the_console_are_roles),
		cmocka_unit_test(steps_say_who_where_and_how_it_is_seen),
		cmocka_unit_test(unknown_addresses_and_sources_are_said),
		cmocka_unit_test(the_bulk_file_has_a_row_for_each_address),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
