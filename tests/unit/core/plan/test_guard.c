/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/language/config.h"
#include "core/plan/plan.h"
#include "tests/unit/check.h"

static void consent_is_a_number_or_a_percentage(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool good;
		int removals, amount;
	} rows[] = {
		{"0", true, CONSENT_COUNT, 0},
		{"12", true, CONSENT_COUNT, 12},
		{"5%", true, CONSENT_PERCENT, 5},
		{"100%", true, CONSENT_PERCENT, 100},
		{"101%", false, 0, 0},
		{"", false, 0, 0},
		{"%", false, 0, 0},
		{"-1", false, 0, 0},
		{"1 ", false, 0, 0},
		{"9999999999", false, 0, 0},
		{"5%%", false, 0, 0},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct consent c = {0};
		assert_int_equal(consent_parse(rows[i].text, &c), rows[i].good);
		assert_int_equal(c.removals, rows[i].removals);
		assert_int_equal(c.amount, rows[i].amount);
	}
}

#define HOLDERS(n)                                                                                 \
	{                                                                                          \
		[ROLE_SYSTEM_ADMINISTRATOR] = (n)                                                  \
	}

static void manifests_tighten_and_never_loosen(void **state)
{
	(void)state;
	static const struct {
		struct guards manifest;
		struct policy effective;
	} rows[] = {
		{GUARDS_UNSAID, {20, 25, 5, 2, 25}},
		{{5, 10, 0, -1, HOLDERS(3)}, {5, 10, 0, 3, 25}},
		{{99, 100, 99, -1, HOLDERS(0)}, {20, 25, 5, 2, 25}},
		{{0, 0, 5, -1, HOLDERS(2)}, {0, 0, 5, 2, 25}},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct policy p = policy_tighten(policy_default, &rows[i].manifest);
		assert_memory_equal(&p, &rows[i].effective, sizeof(p));
	}
}

/* ---- who must keep a role, and the rights that carry the plan out ---- */

enum { ROBOT, JANE, OPS, PRINCIPALS };
enum { SYSTEM, EXPRESS, DEFAULT, DESIGNERS, PRODUCT, ENTITLEMENTS };

static const struct principal principals[PRINCIPALS] = {
	[ROBOT] = {"robot", PRINCIPAL_ACCOUNT},
	[JANE] = {"jane@example.com", PRINCIPAL_USER},
	[OPS] = {"Ops", PRINCIPAL_GROUP},
};
static const struct entitlement entitlements[ENTITLEMENTS] = {
	[SYSTEM] = {.role = ROLE_SYSTEM_ADMINISTRATOR},
	[EXPRESS] = {.role = ROLE_PRODUCT_ADMINISTRATOR, .product = "Express"},
	[DEFAULT] = {.role = ROLE_PRODUCT_PROFILE_ADMINISTRATOR,
		     .product = "Express",
		     .profile = "Default"},
	[DESIGNERS] = {.role = ROLE_USER_GROUP_ADMINISTRATOR, .group = "Designers"},
	[PRODUCT] = {.product = "Express", .profile = "Default"},
};

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

/* Who holds what: robot two roles and the product, Jane all three with a scope, Ops one. */
static const struct {
	int principal, entitlement;
} held[] = {{ROBOT, SYSTEM}, {ROBOT, EXPRESS},	{ROBOT, PRODUCT}, {JANE, EXPRESS},
	    {JANE, DEFAULT}, {JANE, DESIGNERS}, {OPS, SYSTEM}};
#define HELD (sizeof(held) / sizeof(*held))

static const char *interned(struct intern *strings, const char *text)
{
	return text ? intern(strings, text) : NULL;
}

/* The guard of this name once one change was judged, and what comes with it (NULL: nothing):
 * "SUBJECT VALUE VERDICT". */
static const struct pair_vec *own_needs; /* of the next judgements */

static const char *judge_with(struct arena *a, const struct change *with, const char *name,
			      struct change c, const struct operator_policy *policy,
			      const char *own)
{
	struct intern *strings = intern_new();
	struct universe *u = universe_new(strings);
	uint64_t pairs[HELD];
	struct account robot = {.meta.name = "robot"};
	struct live live = {.own = own, .own_needs = own_needs, .accounts = {&robot, 1, 1}};
	struct plan plan = {.policy = policy_default, .consent = {CONSENT_PERCENT, 100, 100}};
	const char *out = "none";
	for (size_t i = 0; i < PRINCIPALS; i++)
		universe_principal(u, principals[i].kind, interned(strings, principals[i].name),
				   true);
	for (size_t i = 0; i < ENTITLEMENTS; i++)
		universe_entitlement(u, entitlements[i].role,
				     interned(strings, entitlements[i].product),
				     interned(strings, entitlements[i].profile),
				     interned(strings, entitlements[i].group));
	universe_rank(u);
	for (size_t i = 0; i < HELD; i++)
		pairs[i] = (uint64_t)universe_principal_rank(u, (uint32_t)held[i].principal) << 32 |
			   universe_entitlement_rank(u, (uint32_t)held[i].entitlement);
	qsort(pairs, HELD, sizeof(*pairs), by_number);
	for (uint32_t i = 0; i < PRINCIPALS; i++) {
		if (c.principal == &principals[i])
			c.principal_rank = universe_principal_rank(u, i);
	}
	for (uint32_t i = 0; i < ENTITLEMENTS; i++) {
		if (c.entitlement == &entitlements[i])
			c.entitlement_rank = universe_entitlement_rank(u, i);
	}
	if (with)
		vec_push(a, &plan.changes, *with);
	vec_push(a, &plan.changes, c);
	const struct guard_input input = {.universe = u,
					  .live = &live,
					  .pairs = pairs,
					  .count = HELD,
					  .operator_policy = policy};
	guard_judge(&plan, &input, a);
	for (size_t i = 0; i < plan.guards.len; i++) {
		const struct guard *g = &plan.guards.at[i];
		if (!strcmp(g->name, name))
			out = arena_printf(a, "%s %d %s", g->subject ? g->subject : "-",
					   (int)g->value, verdict_name(g->verdict));
	}
	universe_free(u);
	intern_free(strings);
	return out;
}

static const char *judge(struct arena *a, const char *name, struct change c,
			 const struct operator_policy *policy, const char *own)
{
	return judge_with(a, NULL, name, c, policy, own);
}

static void a_required_holder_keeps_the_role(void **state)
{
	(void)state;
#define GRANT(who, what, does)                                                                     \
	{                                                                                          \
		.principal = &principals[who], .entitlement = &entitlements[what],                 \
		.type = CHANGE_GRANT, .action = (does)                                             \
	}
#define GONE(who)                                                                                  \
	{                                                                                          \
		.principal = &principals[who], .type = CHANGE_ACCOUNT, .action = ACTION_DELETE     \
	}
#define SYSTEM_ROLE .role = ROLE_SYSTEM_ADMINISTRATOR
#define DEFAULT_ROLE                                                                               \
	.role = ROLE_PRODUCT_PROFILE_ADMINISTRATOR, .product = "Express", .profile = "Default"
	static const struct {
		struct required_holder holder;
		struct change change;
		const char *due;
	} rows[] = {
		{{SYSTEM_ROLE, .account = "robot"},
		 GRANT(JANE, SYSTEM, ACTION_CREATE),
		 "robot as system-administrator 1 pass"},
		{{SYSTEM_ROLE, .account = "robot"},
		 GRANT(ROBOT, EXPRESS, ACTION_DELETE),
		 "robot as system-administrator 1 pass"},
		{{SYSTEM_ROLE, .account = "robot"},
		 GRANT(ROBOT, SYSTEM, ACTION_DELETE),
		 "robot as system-administrator 0 refused"},
		{{SYSTEM_ROLE, .account = "robot"},
		 GONE(ROBOT),
		 "robot as system-administrator 0 refused"},
		{{SYSTEM_ROLE, .account = "robot"},
		 {.principal = &principals[ROBOT], .type = CHANGE_ACCOUNT, .action = ACTION_UPDATE},
		 "robot as system-administrator 1 pass"},
		{{SYSTEM_ROLE, .account = "other"},
		 GRANT(ROBOT, PRODUCT, ACTION_DELETE),
		 "other as system-administrator 0 refused"},
		{{SYSTEM_ROLE, .user_group = "Ops"},
		 GRANT(JANE, SYSTEM, ACTION_CREATE),
		 "Ops as system-administrator 1 pass"},
		{{SYSTEM_ROLE, .user_group = "Ops"},
		 GRANT(OPS, SYSTEM, ACTION_DELETE),
		 "Ops as system-administrator 0 refused"},
		{{SYSTEM_ROLE, .user_group = "ops"},
		 GRANT(OPS, SYSTEM, ACTION_CREATE),
		 "ops as system-administrator 0 refused"},
		{{SYSTEM_ROLE, .user = "JANE@example.com"},
		 GRANT(JANE, SYSTEM, ACTION_CREATE),
		 "JANE@example.com as system-administrator 1 pass"},
		{{.role = ROLE_PRODUCT_ADMINISTRATOR,
		  .product = "Express",
		  .user = "jane@example.com"},
		 GRANT(JANE, DEFAULT, ACTION_DELETE),
		 "jane@example.com as product-administrator of Express 1 pass"},
		{{.role = ROLE_PRODUCT_ADMINISTRATOR,
		  .product = "Stock",
		  .user = "jane@example.com"},
		 GRANT(JANE, DEFAULT, ACTION_CREATE),
		 "jane@example.com as product-administrator of Stock 0 refused"},
		{{DEFAULT_ROLE, .user = "jane@example.com"},
		 GRANT(JANE, EXPRESS, ACTION_DELETE),
		 "jane@example.com as product-profile-administrator of Express / Default 1 pass"},
		{{DEFAULT_ROLE, .user = "jane@example.com"},
		 GRANT(JANE, DEFAULT, ACTION_DELETE),
		 "jane@example.com as product-profile-administrator of Express / Default 0 "
		 "refused"},
		{{.role = ROLE_USER_GROUP_ADMINISTRATOR,
		  .group = "Designers",
		  .user = "jane@example.com"},
		 GRANT(JANE, DEFAULT, ACTION_DELETE),
		 "jane@example.com as user-group-administrator of Designers 1 pass"},
		{{.role = ROLE_USER_GROUP_ADMINISTRATOR,
		  .group = "Others",
		  .user = "jane@example.com"},
		 GRANT(JANE, DESIGNERS, ACTION_CREATE),
		 "jane@example.com as user-group-administrator of Others 0 refused"},
	};
#undef SYSTEM_ROLE
#undef DEFAULT_ROLE
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct operator_policy policy = {.guards = GUARDS_UNSAID};
		vec_push(&a, &policy.required, rows[i].holder);
		const char *is = judge(&a, "required", rows[i].change, &policy, NULL);
		if (strcmp(is, rows[i].due) != 0)
			fail_msg("row %zu: %s", i, is);
	}
}

static void a_plan_keeps_the_rights_that_carry_it_out(void **state)
{
	(void)state;
	static const struct {
		const char *own;
		struct change change;
		const char *due;
	} rows[] = {
		{NULL, GRANT(ROBOT, SYSTEM, ACTION_DELETE), "none"},
		{"robot", GRANT(ROBOT, SYSTEM, ACTION_DELETE), "robot 1 refused"},
		{"robot", GONE(ROBOT), "robot 1 refused"},
		{"robot", GRANT(ROBOT, SYSTEM, ACTION_CREATE), "robot 0 pass"},
		{"other", GRANT(ROBOT, SYSTEM, ACTION_DELETE), "other 0 pass"},
		{"jane@example.com", GRANT(JANE, EXPRESS, ACTION_DELETE),
		 "jane@example.com 0 pass"}, /* a user of that name is another */
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		const char *is = judge(&a, "ownRights", rows[i].change, NULL, rows[i].own);
		if (strcmp(is, rows[i].due) != 0)
			fail_msg("row %zu: %s", i, is);
	}
}

/* Where the provider says what writ needs, only that is kept. */
static void what_writ_does_not_need_may_go(void **state UNUSED)
{
	static const struct {
		struct pair needs;
		struct change change;
		const char *due;
	} rows[] = {
		{{ROBOT, SYSTEM}, GRANT(ROBOT, SYSTEM, ACTION_DELETE), "robot 1 refused"},
		{{ROBOT, EXPRESS}, GRANT(ROBOT, SYSTEM, ACTION_DELETE), "robot 0 pass"},
		{{JANE, SYSTEM}, GRANT(ROBOT, SYSTEM, ACTION_DELETE), "robot 0 pass"},
		{{ROBOT, EXPRESS}, GONE(ROBOT), "robot 1 refused"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct pair_vec needs = {0};
		vec_push(&a, &needs, rows[i].needs);
		own_needs = &needs;
		const char *is = judge(&a, "ownRights", rows[i].change, NULL, "robot");
		own_needs = NULL;
		if (strcmp(is, rows[i].due) != 0)
			fail_msg("row %zu: %s", i, is);
	}
}

/* Whoever would rename the account in the same plan takes as much. */
static void a_new_name_does_not_hide_what_is_taken(void **state UNUSED)
{
	const struct account old = {.meta.name = "old-robot"}, robot = {.meta.name = "robot"};
	const struct change rename = {.principal = &principals[ROBOT],
				      .type = CHANGE_ACCOUNT,
				      .action = ACTION_UPDATE,
				      .reason = REASON_RENAMED,
				      .before = &old,
				      .after = &robot};
	const struct change taken = GRANT(ROBOT, SYSTEM, ACTION_DELETE);
	ARENA a = {0};
	assert_string_equal(judge_with(&a, &rename, "ownRights", taken, NULL, "old-robot"),
			    "robot 1 refused");
	assert_string_equal(judge_with(&a, &rename, "ownRights", taken, NULL, "other"),
			    "other 0 pass");
}

/* The last holder of a role with a scope is told with it. */
static void holders_are_counted_by_scope(void **state)
{
	(void)state;
	static const struct {
		struct change change;
		const char *due;
	} rows[] = {
		{GRANT(JANE, EXPRESS, ACTION_DELETE), "product-administrator of Express 1 refused"},
		{GRANT(JANE, DEFAULT, ACTION_DELETE),
		 "product-profile-administrator of Express / Default 0 refused"},
		{GRANT(JANE, DESIGNERS, ACTION_DELETE),
		 "user-group-administrator of Designers 0 refused"},
		{GRANT(ROBOT, PRODUCT, ACTION_DELETE), "none"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		const char *is = judge(&a, "minHolders", rows[i].change, NULL, NULL);
		if (strcmp(is, rows[i].due) != 0)
			fail_msg("row %zu: %s", i, is);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(consent_is_a_number_or_a_percentage),
		cmocka_unit_test(manifests_tighten_and_never_loosen),
		cmocka_unit_test(a_required_holder_keeps_the_role),
		cmocka_unit_test(a_plan_keeps_the_rights_that_carry_it_out),
		cmocka_unit_test(what_writ_does_not_need_may_go),
		cmocka_unit_test(a_new_name_does_not_hide_what_is_taken),
		cmocka_unit_test(holders_are_counted_by_scope),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
