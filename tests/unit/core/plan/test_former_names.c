/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plan/former_names.h"

#include <string.h>

#include "core/plan/plan.h"
#include "tests/unit/check.h"

static struct account accounts[] = {
	{.meta.name = "alpha", .id = "1", .former = true},
	{.meta.name = "beta", .id = "1"},
	{.meta.name = "beta", .id = "2", .former = true},
	{.meta.name = "gamma", .id = "2"},
	{.meta.name = "delta"},
};

/* Names move on: alpha is beta while beta is gamma. */
static struct plan moving_on(struct arena *a)
{
	struct plan plan = {0};
	for (size_t i = 0; i < sizeof(accounts) / sizeof(*accounts); i++)
		vec_push(a, &plan.accounts, &accounts[i]);
	plan_sort_accounts(&plan);
	return plan;
}

static void addresses_follow_their_account(void **state UNUSED)
{
	static const struct {
		const char *then, *now;
	} rows[] = {
		{"grant/technicalAccount/alpha/role/support-administrator",
		 "grant/technicalAccount/beta/role/support-administrator"},
		{"grant/technicalAccount/beta/product/P/X",
		 "grant/technicalAccount/gamma/product/P/X"},
		{"technicalAccount/alpha", "technicalAccount/beta"},
		{"technicalAccount/alphabet", "technicalAccount/alphabet"},
		{"grant/technicalAccount/alphabet/product/P/X",
		 "grant/technicalAccount/alphabet/product/P/X"},
		{"grant/user/alpha/product/P/X", "grant/user/alpha/product/P/X"},
		{"grant/technicalAccount/delta/product/P/X",
		 "grant/technicalAccount/delta/product/P/X"},
	};
	ARENA a = {0};
	struct plan plan = moving_on(&a);
	struct former_name_vec names = {0};
	former_names_find(&plan, &a, &names);
	assert_int_equal(names.len, 2);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_string_equal(former_names_follow(&names, rows[i].then, &a), rows[i].now);
}

static void an_id_says_more_than_a_name(void **state UNUSED)
{
	static const char then[] = "grant/technicalAccount/zeta/product/P/X";
	ARENA a = {0};
	struct plan plan = moving_on(&a);
	struct former_name_vec names = {0};
	assert_string_equal(former_names_follow_id(&plan, &names, then, "2", &a),
			    "grant/technicalAccount/gamma/product/P/X");
	assert_string_equal(former_names_follow_id(&plan, &names, then, "3", &a), then);
	assert_string_equal(former_names_follow_id(&plan, &names, then, NULL, &a), then);
}

/* "NOW<THEN ..." */
static const char *told(struct arena *a, const struct former_name_vec *names)
{
	struct str out = STR(a);
	for (size_t i = 0; i < names->len; i++)
		str_printf(&out, "%s%s<%s", i ? " " : "", names->at[i].now, names->at[i].then);
	return str_text(&out);
}

static void names_are_handed_on(void **state UNUSED)
{
	static const struct principal beta = {.kind = PRINCIPAL_ACCOUNT, .name = "beta"},
				      gone = {.kind = PRINCIPAL_ACCOUNT, .name = "gone"};
	static const struct account alpha = {.meta.name = "alpha", .id = "1"},
				    old = {.meta.name = "gone"};
	const bool done[] = {true, true}, none[] = {false, false};
	ARENA a = {0};
	struct plan plan = {0};
	struct former_name_vec before = {0}, after = {0}, same = {0};
	vec_push(&a, &plan.changes,
		 (struct change){.type = CHANGE_ACCOUNT,
				 .action = ACTION_UPDATE,
				 .reason = REASON_RENAMED,
				 .principal = &beta,
				 .before = &alpha});
	vec_push(&a, &plan.changes,
		 (struct change){.type = CHANGE_ACCOUNT,
				 .action = ACTION_DELETE,
				 .principal = &gone,
				 .before = &old});
	vec_push(&a, &before, (struct former_name){"first", "alpha", "1"});
	vec_push(&a, &before, (struct former_name){"older", "gone", NULL});
	former_names_move_on(&plan, done, &before, &a, &after);
	assert_string_equal(told(&a, &after), "beta<alpha beta<first");
	former_names_move_on(&plan, none, &before, &a, &same);
	assert_string_equal(told(&a, &same), "alpha<first gone<older");
	assert_true(former_names_has(&after, "beta", "first", "1"));
	assert_false(former_names_has(&after, "beta", "first", "2"));
	assert_false(former_names_has(NULL, "beta", "first", NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_follow_their_account),
		cmocka_unit_test(an_id_says_more_than_a_name),
		cmocka_unit_test(names_are_handed_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
