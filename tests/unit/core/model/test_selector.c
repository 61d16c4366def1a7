/* SPDX-License-Identifier: Apache-2.0 */
#include "core/model/selector.h"
#include "core/util/str.h"
#include "tests/unit/check.h"

static const struct entitlement storage = {NULL, NULL, NULL, ROLE_STORAGE_ADMINISTRATOR};
static const struct entitlement express = {"Adobe Express", "Default", NULL, ROLE_NONE};
static const struct entitlement odd = {"A/B 100%", "100%25", NULL, ROLE_DEVELOPER};
static const struct entitlement designers = {NULL, NULL, "Designers",
					     ROLE_USER_GROUP_ADMINISTRATOR};

static void takes_entitlements_by_their_address_or_its_beginning(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const struct entitlement *e;
		bool takes;
	} rows[] = {
		{"role/storage-administrator", &storage, true},
		{"storage-administrator", &storage, true},
		{"role", &storage, true},
		{"product", &storage, false},
		{"storage-administrator/", &storage, false},
		{"storage-administrator/x", &storage, false},
		{"product/Adobe%20Express/Default", &express, true},
		{"product/Adobe Express/Default", &express, true},
		{"Adobe Express/Default", &express, true},
		{"Adobe Express", &express, true},
		{"Adobe", &express, false},
		{"Default", &express, false},
		{"role/Adobe Express", &express, false},
		{"", &express, false},
		{"developer", &odd, true},
		{"developer/A%2FB 100%/100%2525", &odd, true},
		{"developer/A%2fb 100%/100%2525", &odd, false},
		{"developer/A/B 100%", &odd, false},
		{"role/developer/A%2FB 100%/100%2525/more/and/more", &odd, false},
		{"user-group-administrator/Designers", &designers, true},
		{"role/user-group-administrator", &designers, true},
		{"Designers", &designers, false},
		/* as plans and tables print them */
		{"Adobe Express / Default", &express, true},
		{"Adobe Express / Defaults", &express, false},
		{"Adobe Express / ", &express, false},
		{"Storage administrator", &storage, true},
		{"storage administrator", &storage, true},
		{"Storage administrators", &storage, false},
		{"developer of A/B 100% / 100%25", &odd, true},
		{"Developer of A/B 100%", &odd, true},
		{"Developer of Designers", &odd, false},
		{"User group administrator of group Designers", &designers, true},
		{"user-group-administrator of group Design", &designers, false},
		{"User group administrator", &designers, true},
		{"User group administrator of Designers", &designers, false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct selector s;
		selector_make(&s, &a, rows[i].text);
		if (selector_takes_entitlement(&s, rows[i].e) != rows[i].takes)
			fail_msg("\"%s\"", rows[i].text);
	}
}

static void takes_principals_by_name_or_kind_and_name(void **state)
{
	(void)state;
	static const struct principal account = {"archiver", PRINCIPAL_ACCOUNT},
				      user = {"Jane@example.com", PRINCIPAL_USER},
				      group = {"A/B", PRINCIPAL_GROUP};
	static const struct {
		const char *text;
		const struct principal *p;
		bool takes;
	} rows[] = {
		{"archiver", &account, true},
		{"Archiver", &account, false},
		{"technicalAccount/archiver", &account, true},
		{"account/archiver", &account, true},
		{"user/archiver", &account, false},
		{"jane@EXAMPLE.com", &user, true},
		{"user/jane%40example.com", &user, true},
		{"account/jane@example.com", &user, false},
		{"A/B", &group, true},
		{"group/A%2FB", &group, true},
		{"group/A/B", &group, false},
		{"group", &group, false},
		{"group A/B", &group, true},
		{"user jane@example.com", &user, true},
		{"group jane@example.com", &user, false},
		{"user archiver", &account, false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct selector s;
		selector_make(&s, &a, rows[i].text);
		if (selector_takes_principal(&s, rows[i].p) != rows[i].takes)
			fail_msg("\"%s\"", rows[i].text);
	}
}

static void knows_roles_without_their_scope(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool role;
	} rows[] = {{"developer", true},	{"role/developer", true}, {"role", true},
		    {"developer/Adobe", false}, {"product", false},	  {"dev", false}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct selector s;
		selector_make(&s, &a, rows[i].text);
		if (selector_is_role(&s) != rows[i].role)
			fail_msg("\"%s\"", rows[i].text);
	}
}

static void spells_like_the_one_who_asks(void **state)
{
	(void)state;
	ARENA a = {0};
	struct selector s;
	struct spelling_vec out = {0};
	selector_make(&s, &a, "product/Adobe");
	selector_spell_entitlement(&s, &a, &express, &out);
	selector_make(&s, &a, "Adobe/x");
	selector_spell_entitlement(&s, &a, &express, &out);
	selector_make(&s, &a, "x");
	selector_spell_entitlement(&s, &a, &designers, &out);
	assert_string_equal(out.at[0], "product/Adobe Express");
	assert_string_equal(out.at[1], "Adobe Express/Default");
	assert_string_equal(out.at[2], "user-group-administrator");
	selector_spell_roles(&s, &a, &out);
	assert_string_equal(out.at[3], "system-administrator");
	assert_int_equal(out.len, 3 + ROLE_COUNT - 1);
}

/* As an address of what is made, or "-". */
static void names_what_need_not_be_there(void **state)
{
	(void)state;
	static const struct {
		const char *text, *made;
	} rows[] = {
		{"storage-administrator", "storage-administrator"},
		{"role/storage-administrator", "storage-administrator"},
		{"STORAGE Administrator", "storage-administrator"},
		{"storage-administrator/x", "-"},
		{"storage-administrator of x", "-"},
		{"role", "-"},
		{"developer", "-"},
		{"developer/P/F", "developer P F"},
		{"Developer of P / F", "developer P F"},
		{"developer of P", "-"},
		{"developer of P / F / G", "-"},
		{"product-administrator/P", "product-administrator P"},
		{"Product administrator of A / B", "product-administrator A / B"},
		{"user-group-administrator of group G", "user-group-administrator G"},
		{"user-group-administrator/G", "user-group-administrator G"},
		{"user-group-administrator of G", "-"},
		{"P/F", "P F"},
		{"P / F", "P F"},
		{"product/P/F", "P F"},
		{"product/P%20/%20F", "P   F"},
		{"A%2FB/F", "A/B F"},
		{"A / B / C", "-"},
		{" / F", "-"},
		{"P / ", "-"},
		{"P/", "-"},
		{"/", "-"},
		{"", "-"},
		{"P", "-"},
		{"api/X", "api X"},
		{"API X Y", "api X Y"},
		{"api/", "-"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct selector s;
		struct str text = STR(&a);
		selector_make(&s, &a, rows[i].text);
		const struct entitlement *e = selector_make_entitlement(&s, &a);
		const char *parts[] = {
			e && e->api ? "api" : NULL, e && e->role ? role_table[e->role].name : NULL,
			e ? e->api : NULL,	    e ? e->product : NULL,
			e ? e->profile : NULL,	    e ? e->group : NULL};
		for (size_t k = 0; k < sizeof(parts) / sizeof(*parts); k++) {
			if (parts[k])
				str_printf(&text, "%s%s", text.len ? " " : "", parts[k]);
		}
		assert_string_equal(e ? str_text(&text) : "-", rows[i].made);
	}
}

static void what_it_spells_it_takes(void **state)
{
	(void)state;
	ARENA a = {0};
	struct entitlement slashed = express;
	struct selector s;
	struct spelling_vec out = {0};
	slashed.product = "50% / %2F %00 100%";
	selector_make(&s, &a, "x/y");
	selector_spell_entitlement(&s, &a, &slashed, &out);
	assert_string_equal(out.at[0], "50% %2F %252F %00 100%/Default");
	selector_make(&s, &a, out.at[0]);
	assert_true(selector_takes_entitlement(&s, &slashed));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_entitlements_by_their_address_or_its_beginning),
		cmocka_unit_test(takes_principals_by_name_or_kind_and_name),
		cmocka_unit_test(knows_roles_without_their_scope),
		cmocka_unit_test(spells_like_the_one_who_asks),
		cmocka_unit_test(names_what_need_not_be_there),
		cmocka_unit_test(what_it_spells_it_takes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
