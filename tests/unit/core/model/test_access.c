/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/model/grantable.h"
#include "tests/unit/check.h"

static uint32_t product(struct universe *u, struct intern *s, const char *p, const char *profile)
{
	return universe_entitlement(u, ROLE_NONE, intern(s, p), intern(s, profile), NULL);
}

static uint32_t principal(struct universe *u, struct intern *s, enum principal_kind kind,
			  const char *name)
{
	return universe_principal(u, kind, intern(s, name), false);
}

static void names_are_one_only_for_who_folds_them(void **state)
{
	(void)state;
	for (int folds = 0; folds < 2; folds++) {
		struct intern *s = intern_new();
		struct universe *u = universe_new(s);
		if (folds)
			universe_fold_names(u);
		assert_int_equal(universe_folds_names(u), folds);
		uint32_t first = product(u, s, "Adobe EXPRESS", "\u00dcber");
		assert_int_equal(first == product(u, s, "adobe express", "\u00fcber"), folds);
		assert_true(first == product(u, s, "Adobe EXPRESS", "\u00dcber"));
		assert_false(first == product(u, s, "Adobe EXPRESS", "Uber"));
		assert_int_equal(principal(u, s, PRINCIPAL_GROUP, "Designers") ==
					 principal(u, s, PRINCIPAL_GROUP, "DESIGNERS"),
				 folds);
		assert_false(principal(u, s, PRINCIPAL_ACCOUNT, "a") ==
			     principal(u, s, PRINCIPAL_ACCOUNT, "A"));
		assert_true(principal(u, s, PRINCIPAL_USER, "a@b.c") ==
			    principal(u, s, PRINCIPAL_USER, "A@B.C"));
		for (int i = 0; i < 1000; i++) { /* the map grows by its keys */
			ARENA a = {0};
			const char *name = arena_printf(&a, "%s %d", i % 2 ? "P" : "p", i);
			product(u, s, name, "x");
		}
		assert_true(first == product(u, s, "Adobe EXPRESS", "\u00dcber"));
		universe_rank(u);
		const struct entitlement *e =
			universe_entitlement_at(u, universe_entitlement_rank(u, first));
		assert_string_equal(e->product, "Adobe EXPRESS");
		universe_free(u);
		intern_free(s);
	}
}

static void what_exists_is_found_as_the_service_finds_it(void **state)
{
	(void)state;
	static const struct {
		struct principal principal;
		struct entitlement e;
		bool exact, folded;
	} rows[] = {
		{{"a", PRINCIPAL_ACCOUNT}, {.product = "Photo", .profile = "All"}, true, true},
		{{"a", PRINCIPAL_ACCOUNT}, {.product = "PHOTO", .profile = "all"}, false, true},
		{{"a", PRINCIPAL_ACCOUNT}, {.product = "photo", .profile = "none"}, false, false},
		{{"designers", PRINCIPAL_GROUP},
		 {.product = "Photo", .profile = "All"},
		 false,
		 true},
		{{"Painters", PRINCIPAL_GROUP},
		 {.product = "Photo", .profile = "All"},
		 false,
		 false},
		{{"a", PRINCIPAL_ACCOUNT},
		 {.group = "DESIGNERS", .role = ROLE_USER_GROUP_ADMINISTRATOR},
		 false,
		 true},
		{{"A@b.c", PRINCIPAL_USER}, {.role = ROLE_SUPPORT_ADMINISTRATOR}, true, true},
		{{"x@b.c", PRINCIPAL_USER}, {.role = ROLE_SUPPORT_ADMINISTRATOR}, false, false},
	};
	for (int folds = 0; folds < 2; folds++) {
		ARENA a = {0};
		struct intern *s = intern_new();
		struct universe *u = universe_new(s);
		struct live live = {
			.catalogue = {.has_users = true, .has_groups = true, .has_products = true}};
		struct grantable x;
		if (folds)
			universe_fold_names(u);
		vec_push(&a, &live.catalogue.users, (struct text_item){"a@b.c", {0}});
		vec_push(&a, &live.catalogue.groups, (struct text_item){"Designers", {0}});
		vec_push(&a, &live.catalogue.products,
			 (struct entry){.product = "Photo", .profile = "All"});
		universe_rank(u);
		grantable_make(&x, &a, u, &live);
		for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
			const char *missing =
				grantable_check(&x, &a, &rows[i].principal, &rows[i].e);
			assert_int_equal(!missing, folds ? rows[i].folded : rows[i].exact);
		}
		universe_free(u);
		intern_free(s);
	}
}

static void a_type_names_one_of_several_entries(void **state)
{
	(void)state;
	static const struct {
		enum user_type live; /* what live says of jane@b.c */
		const char *name;
		bool is_one;
	} rows[] = {
		{USER_ANY, "jane@b.c", true},
		{USER_ANY, "adobeID:jane@b.c", false},
		{USER_ANY, "federatedID:jane@b.c", false},
		{USER_FEDERATED_ID, "jane@b.c", true},
		{USER_FEDERATED_ID, "federatedID:JANE@b.c", true},
		{USER_FEDERATED_ID, "adobeID:jane@b.c", false},
		{USER_FEDERATED_ID, "enterpriseID:jane@b.c", false},
		{USER_FEDERATED_ID, "federatedID:john@b.c", false},
		{USER_ADOBE_ID, "adobeID:jane@b.c", true},
		{USER_ADOBE_ID, "adobeid:jane@b.c", false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct intern *s = intern_new();
		struct universe *u = universe_new(s);
		uint32_t jane = universe_principal(u, PRINCIPAL_USER, intern(s, "Jane@b.c"), true);
		if (rows[i].live)
			universe_user_type(u, jane, rows[i].live);
		uint32_t named = principal(u, s, PRINCIPAL_USER, rows[i].name);
		assert_int_equal(named == jane, rows[i].is_one);
		assert_true(named == principal(u, s, PRINCIPAL_USER, rows[i].name));
		assert_string_equal(universe_principal_numbered(u, jane)->name, "Jane@b.c");
		universe_free(u);
		intern_free(s);
	}
}

static void words_end_with_their_last_day(void **state UNUSED)
{
	const struct words dated = {.expires = 100}, open = {.reason = "why", .expires = DATE_NONE};
	assert_false(words_have_ended(&dated, 99));
	assert_false(words_have_ended(&dated, 100));
	assert_true(words_have_ended(&dated, 101));
	assert_false(words_have_ended(&open, INT32_MAX));
	assert_false(words_have_ended(NULL, INT32_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_type_names_one_of_several_entries),
		cmocka_unit_test(words_end_with_their_last_day),
		cmocka_unit_test(names_are_one_only_for_who_folds_them),
		cmocka_unit_test(what_exists_is_found_as_the_service_finds_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
