/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "providers/adobe/users/admin_export.h"
#include "tests/unit/check.h"

static const char list[] =
	"\xEF\xBB\xBFIdentity Type,Username,Email,Admin Roles,Product Configurations Administered,"
	"User Groups Administered,Products Administered,Developer Access\r\n"
	"Technical Account,x,7f3b@techacct.adobe.com,Storage administrator,,,,\r\n"
	"Federated ID,joe,Joe@Example.com,\"SUPPORT_ADMIN, Deployment\",\"A, B, "
	"Default\",Designers,"
	"\"Photo, Video\",Default\r\n"
	"Enterprise ID,kim,kim@example.com,Contract admin,,,,\r\n"
	"Adobe ID,id,0123@techacct.adobe.com,STORAGE_ADMIN,,,,\r\n"
	"Federated ID,ann,ann@example.com,,,,,\r\n"
	"Adobe ID,ann,ANN@example.com,System,,,,\r\n";

static struct admin_export parse(struct arena *a)
{
	struct admin_export admins;
	assert_ok(admin_export_parse("list.csv", list, strlen(list), a, &admins));
	return admins;
}

static void the_list_tells_who_holds_what(void **state)
{
	(void)state;
	static const struct {
		const char *email;
		bool technical;
		struct entitlement e;
		enum sighting due;
	} rows[] = {
		{"7F3B@techacct.adobe.com",
		 true,
		 {.role = ROLE_STORAGE_ADMINISTRATOR},
		 SIGHTING_HELD},
		{"7f3b@techacct.adobe.com",
		 true,
		 {.role = ROLE_SYSTEM_ADMINISTRATOR},
		 SIGHTING_ABSENT},
		{"joe@example.com", false, {.role = ROLE_SUPPORT_ADMINISTRATOR}, SIGHTING_HELD},
		{"joe@example.com", false, {.role = ROLE_DEPLOYMENT_ADMINISTRATOR}, SIGHTING_HELD},
		{"joe@example.com", false, {.role = ROLE_STORAGE_ADMINISTRATOR}, SIGHTING_ABSENT},
		{"joe@example.com",
		 false,
		 {.product = "Photo, Video", .role = ROLE_PRODUCT_ADMINISTRATOR},
		 SIGHTING_HELD},
		{"joe@example.com",
		 false,
		 {.product = "photo", .role = ROLE_PRODUCT_ADMINISTRATOR},
		 SIGHTING_HELD},
		{"joe@example.com",
		 false,
		 {.product = "hoto", .role = ROLE_PRODUCT_ADMINISTRATOR},
		 SIGHTING_ABSENT},
		{"joe@example.com",
		 false,
		 {.product = "P", .profile = "b", .role = ROLE_PRODUCT_PROFILE_ADMINISTRATOR},
		 SIGHTING_HELD},
		{"joe@example.com",
		 false,
		 {.group = "Designers", .role = ROLE_USER_GROUP_ADMINISTRATOR},
		 SIGHTING_HELD},
		{"joe@example.com",
		 false,
		 {.product = "P", .profile = "Default", .role = ROLE_DEVELOPER},
		 SIGHTING_HELD},
		{"kim@example.com", false, {.role = ROLE_STORAGE_ADMINISTRATOR}, SIGHTING_UNKNOWN},
		/* the trap: an Adobe ID made of a technical account's id */
		{"0123@techacct.adobe.com",
		 true,
		 {.role = ROLE_STORAGE_ADMINISTRATOR},
		 SIGHTING_UNKNOWN},
		{"ann@example.com", false, {.role = ROLE_SYSTEM_ADMINISTRATOR}, SIGHTING_ABSENT},
		{"nobody@example.com",
		 false,
		 {.role = ROLE_STORAGE_ADMINISTRATOR},
		 SIGHTING_UNKNOWN},
	};
	ARENA a = {0};
	struct admin_export admins = parse(&a);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(admin_export_see(&admins, rows[i].email,
						  rows[i].technical ? USER_ENTERPRISE_ID : USER_ANY,
						  &rows[i].e),
				 rows[i].due);
	const struct entitlement system = {.role = ROLE_SYSTEM_ADMINISTRATOR};
	assert_int_equal(admin_export_see(&admins, "ann@example.com", USER_ADOBE_ID, &system),
			 SIGHTING_HELD); /* the other entry of the address */
}

static void items_of_a_list_are_whole(void **state)
{
	(void)state;
	static const struct {
		const char *list, *name;
		bool has;
	} rows[] = {
		{"A, B", "b", true},	    {"A , B", "A", true},      {"A;B", "B", true},
		{"A ;\t B\r\n", "B", true}, {"AB", "A", false},	       {"AB", "B", false},
		{"BA,A", "A", true},	    {"A, B, C", "A, B", true}, {"A", "", false},
		{"", "A", false},	    {"A B", "A", false},       {"A B", "B", false},
		{"\tA", "A", true},	    {"x A,A x", "A", false},   {"A\n", "A", true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(admin_export_list_has(rows[i].list, rows[i].name), rows[i].has);
}

/* White space, letters and unknown words of a person's spreadsheet. */
static void cells_are_read_as_people_write_them(void **state)
{
	(void)state;
	static const struct {
		const char *roles;
		enum sighting storage, support;
	} rows[] = {
		{" Storage admin ;; Support\t", SIGHTING_HELD, SIGHTING_HELD},
		{"Storage,", SIGHTING_HELD, SIGHTING_ABSENT},
		{",", SIGHTING_ABSENT, SIGHTING_ABSENT},
		{" ", SIGHTING_ABSENT, SIGHTING_ABSENT},
		{"Storage,Something", SIGHTING_HELD, SIGHTING_UNKNOWN},
	};
	const struct entitlement storage = {.role = ROLE_STORAGE_ADMINISTRATOR},
				 support = {.role = ROLE_SUPPORT_ADMINISTRATOR};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct admin_export admins;
		const char *text = arena_printf(&a,
						"Identity Types,\t EMAIL ,Admin Roles\nx, x@y.z "
						",\"%s\"\n",
						rows[i].roles);
		assert_ok(admin_export_parse("x", text, strlen(text), &a, &admins));
		assert_int_equal(admin_export_see(&admins, "x@y.z", USER_ENTERPRISE_ID, &storage),
				 rows[i].storage);
		assert_int_equal(admin_export_see(&admins, "x@y.z", USER_ENTERPRISE_ID, &support),
				 rows[i].support);
		assert_null(admin_export_find(&admins, "y@y.z"));
		assert_null(admin_export_find(&admins, "a@y.z"));
	}
}

static void a_missing_column_tells_nothing(void **state)
{
	(void)state;
	static const char text[] = "Email;Products Administered\nx@example.com;Photo\n";
	ARENA a = {0};
	struct admin_export admins;
	const struct entitlement storage = {.role = ROLE_STORAGE_ADMINISTRATOR},
				 developer = {
					 .product = "P", .profile = "D", .role = ROLE_DEVELOPER};
	assert_ok(admin_export_parse("x", text, strlen(text), &a, &admins));
	assert_int_equal(admin_export_see(&admins, "x@example.com", USER_ANY, &storage),
			 SIGHTING_UNKNOWN);
	assert_int_equal(admin_export_see(&admins, "x@example.com", USER_ANY, &developer),
			 SIGHTING_UNKNOWN);
}

/* What spreadsheets leave behind is nothing; a row of somebody without an address is kept in mind.
 */
static void rows_without_an_address(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t rows, unnamed;
		uint32_t line;
	} rows[] = {
		{"Email,Admin Roles\nx@y.z,System\n,\n,\n", 1, 0, 0},
		{"Email,Admin Roles\n,\n , \t\nx@y.z,System\n", 1, 0, 0},
		{"Email,Admin Roles\n,\n", 0, 0, 0},
		{"Email,Admin Roles\nx@y.z,System\n,System\n", 1, 1, 3},
		{"Email,Admin Roles\nnobody,System\nx@y.z,\n-,\n", 1, 2, 2},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct admin_export admins;
		assert_ok(admin_export_parse("x", rows[i].text, strlen(rows[i].text), &a, &admins));
		if (admins.rows.len != rows[i].rows || admins.unnamed.len != rows[i].unnamed ||
		    (rows[i].unnamed && admins.unnamed.at[0].line != rows[i].line))
			fail_msg("row %zu: %zu, %zu", i, admins.rows.len, admins.unnamed.len);
	}
}

static void bad_lists_are_told_with_their_place(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint32_t line, column;
		const char *message;
	} rows[] = {
		{"Email,Username\nx@y.z,x\n", 1, 1, "no column that tells of roles"},
		{"Mail,Admin Roles\n", 1, 1, "no column \"Email\""},
		{"Email,Admin Roles, email \n", 1, 19, "a second column \"Email\""},
		{"Email,Admin Roles\n,System\n", 2, 1, "no row has an e-mail address"},
		{"Admin Roles,Email\nSystem,nobody\n,\n", 2, 8, "no row has an e-mail address"},
		{"Email,Admin Roles\nx@y.z\n", 2, 1, "1 cell, the header has 2"},
		{"", 1, 1, "column names"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct admin_export admins;
		struct error *e = admin_export_parse("list.csv", rows[i].text, strlen(rows[i].text),
						     &a, &admins);
		assert_non_null(e);
		assert_int_equal(e->where.line, rows[i].line);
		assert_int_equal(e->where.column, rows[i].column);
		assert_non_null(strstr(e->message, rows[i].message));
		error_free(e);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list_tells_who_holds_what),
		cmocka_unit_test(items_of_a_list_are_whole),
		cmocka_unit_test(cells_are_read_as_people_write_them),
		cmocka_unit_test(a_missing_column_tells_nothing),
		cmocka_unit_test(rows_without_an_address),
		cmocka_unit_test(bad_lists_are_told_with_their_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
