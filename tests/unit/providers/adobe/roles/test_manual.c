/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "providers/adobe/roles/manual.h"
#include "tests/unit/check.h"
#include "tests/unit/providers/adobe/grant_change.h"

static const struct entitlement of_product = {.product = "P", .role = ROLE_PRODUCT_ADMINISTRATOR},
				of_profile = {.product = "P",
					      .profile = "A",
					      .role = ROLE_PRODUCT_PROFILE_ADMINISTRATOR},
				of_group = {.group = "G", .role = ROLE_USER_GROUP_ADMINISTRATOR},
				developer = {
					.product = "P", .profile = "A", .role = ROLE_DEVELOPER};

static void steps_say_where_and_what(void **state UNUSED)
{
	static const struct {
		const struct principal *who;
		const struct entitlement *what;
		enum action action;
		const char *email, *part;
	} rows[] = {
		{&archiver, &storage, ACTION_CREATE, "7@t.com",
		 "Paste the e-mail of the technical account of \"asset-archiver\": 7@t.com. Never "
		 "its id"},
		{&archiver, &storage, ACTION_CREATE, NULL,
		 "(known once the credential is made; plan"},
		{&archiver, &storage, ACTION_CREATE, "7@t.com",
		 "\nTick Storage administrator and choose Save.\n"},
		{&archiver, &of_product, ACTION_CREATE, "7@t.com",
		 "\nTick Product administrator of product \"P\" and choose Save.\n"},
		{&archiver, &of_profile, ACTION_CREATE, "7@t.com",
		 "Tick Product profile administrator of profile \"A\" of product \"P\" and"},
		{&archiver, &of_group, ACTION_CREATE, "7@t.com",
		 "Tick User group administrator of user group \"G\" and choose"},
		{&archiver, &storage, ACTION_DELETE, "7@t.com",
		 "find 7@t.com, the e-mail of the technical account.\n"},
		{&jane, &storage, ACTION_CREATE, "jane@example.com",
		 "\nEnter jane@example.com, pick that"},
		{&jane, &storage, ACTION_CREATE, "jane@example.com", "accepts the invitation"},
		{&jane, &storage, ACTION_DELETE, "jane@example.com", "find jane@example.com.\n"},
		{&jane, &storage, ACTION_DELETE, "jane@example.com",
		 "Choose the entry of user \"jane@example.com\" and edit its admin rights.\nTake "
		 "the "
		 "tick from Storage administrator and choose Save"},
		{&jane, &developer, ACTION_CREATE, "jane@example.com",
		 "Choose Add developer, enter jane@example.com, pick the entry of user"},
		{&archiver, &developer, ACTION_DELETE, "7@t.com",
		 "Choose 7@t.com, which is the technical account of \"asset-archiver\", and remove "
		 "it."},
		{&archiver, &product, ACTION_CREATE, "7@t.com",
		 "\nAdd profile \"A\" of product \"P\" and"},
		{&archiver, &product, ACTION_DELETE, "7@t.com",
		 "\nRemove profile \"A\" of product \"P\""},
		{&jane, &product, ACTION_CREATE, "jane@example.com",
		 "\nAdd user \"jane@example.com\".\n"},
		{&designers, &product, ACTION_DELETE, NULL, "\nRemove group \"Designers\".\n"},
	};
	static const struct manual_context context = {"Acme", "0123@AdobeOrg", NULL};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct str out = STR(&a);
		struct change c = change_of(rows[i].who, rows[i].what, rows[i].action);
		manual_describe(&context, &c, rows[i].email, &out);
		if (!strstr(str_text(&out), rows[i].part))
			fail_msg("row %zu: %s", i, str_text(&out));
		assert_ptr_equal(strstr(str_text(&out), "Sign in to "), str_text(&out));
	}
}

static void the_organisation_is_named_as_far_as_it_is_known(void **state UNUSED)
{
	static const struct {
		struct manual_context context;
		const char *part;
	} rows[] = {
		{{"Acme", "0123@AdobeOrg", NULL},
		 "choose the organisation \"Acme\" (0123@AdobeOrg)."},
		{{NULL, "0123@AdobeOrg", NULL},
		 "the organisation of the manifests (0123@AdobeOrg)."},
		{{"Acme", NULL, NULL}, "choose the organisation \"Acme\".\n"},
		{{"Acme", NULL, "a list"}, "it reads a list and no longer shows this step."},
	};
	const struct change grant = change_of(&jane, &storage, ACTION_CREATE);
	const struct change account = {.principal = &archiver, .type = CHANGE_ACCOUNT};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct str out = STR(&a);
		manual_describe(&rows[i].context, &account, NULL, &out);
		assert_int_equal(out.len, 0); /* nothing that a person does */
		manual_describe(&rows[i].context, &grant, "x@example.com", &out);
		if (!strstr(str_text(&out), rows[i].part))
			fail_msg("row %zu: %s", i, str_text(&out));
	}
}

#define HEADER                                                                                     \
	"Identity Type,Username,Domain,Email,First Name,Last Name,Country Code,ID,"                \
	"Product Configurations,Admin Roles,Product Configurations Administered,"                  \
	"User Groups,User Groups Administered,Products Administered,Developer Access,"             \
	"Auto Assigned Products\r\n"

/* A row an address, in its order, with all that waits for it; removals, groups and the nameless are
 * left out. */
static void grants_become_rows(void **state UNUSED)
{
	ARENA a = {0};
	struct str out = STR(&a);
	const struct change all[] = {
		change_of(&jane, &of_group, ACTION_CREATE),
		change_of(&jane, &storage, ACTION_CREATE),
		change_of(&archiver, &storage, ACTION_CREATE),
		change_of(&archiver, &of_product, ACTION_CREATE),
		change_of(&archiver, &of_profile, ACTION_CREATE),
		change_of(&jane, &product, ACTION_CREATE),
		change_of(&jane, &developer, ACTION_CREATE),
		change_of(&jane, &(struct entitlement){.role = ROLE_SUPPORT_ADMINISTRATOR},
			  ACTION_CREATE),
		change_of(&jane, &of_product, ACTION_DELETE),
		change_of(&designers, &product, ACTION_CREATE),
		change_of(&archiver, &product, ACTION_CREATE),
		{.principal = &archiver, .type = CHANGE_ACCOUNT},
	};
	static const char *const emails[] = {
		"jane@example.com",
		"Jane@example.com",
		"7@t.com",
		"7@T.com",
		"7@t.com",
		"jane@example.com",
		"jane@example.com",
		"jane@example.com",
		"jane@example.com",
		"designers@x.com",
		NULL,
		"7@t.com",
	};
	const struct change *list[COUNT(all)];
	for (size_t i = 0; i < COUNT(all); i++)
		list[i] = &all[i];
	manual_export(list, emails, COUNT(all), &out);
	assert_string_equal(
		str_text(&out),
		HEADER "Technical Account,7@t.com,,7@t.com,,,,,,Storage,A,,,P,,\r\n"
		       ",jane@example.com,,jane@example.com,,,,,A,\"Storage,Support\",,,G,,A,\r\n");
}

/* ---- how many lines, and where it is seen ---- */

#define EMAIL "7f3b@techacct.adobe.com"

static const struct entitlement system_admin = {.role = ROLE_SYSTEM_ADMINISTRATOR},
				express = {.product = "Adobe Express", .profile = "Default"},
				express_admin = {.product = "=Adobe, Express",
						 .role = ROLE_PRODUCT_ADMINISTRATOR},
				fonts_developer = {.product = "Fonts",
						   .profile = "All",
						   .role = ROLE_DEVELOPER},
				group_admin = {.group = "Designers",
					       .role = ROLE_USER_GROUP_ADMINISTRATOR};

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

static void steps_say_who_where_and_how_it_is_seen(void **state UNUSED)
{
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

static void unknown_addresses_and_sources_are_said(void **state UNUSED)
{
	ARENA a = {0};
	struct change c = change_of(&archiver, &storage, ACTION_CREATE);
	const char *text = described(&a, &c, NULL, NULL);
	assert_non_null(strstr(text, "known once the credential is made"));
	assert_non_null(strstr(text, "--roles-from"));
	assert_null(strstr(text, "(null)"));
	struct change account = {.principal = &archiver, .type = CHANGE_ACCOUNT};
	assert_string_equal(described(&a, &account, NULL, NULL), "");
}

static void the_bulk_file_has_a_row_for_each_address(void **state UNUSED)
{
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
		cmocka_unit_test(steps_say_where_and_what),
		cmocka_unit_test(the_organisation_is_named_as_far_as_it_is_known),
		cmocka_unit_test(grants_become_rows),
		cmocka_unit_test(steps_say_who_where_and_how_it_is_seen),
		cmocka_unit_test(unknown_addresses_and_sources_are_said),
		cmocka_unit_test(the_bulk_file_has_a_row_for_each_address),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
