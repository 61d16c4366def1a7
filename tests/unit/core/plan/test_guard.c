/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/language/config.h"
#include "core/plan/plan.h"
#include "core/util/keys.h"
#include "core/util/str.h"
#include "tests/unit/check.h"
#include "tests/unit/fence.h"

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
		{"999999999", true, CONSENT_COUNT, 999999999},
		{"5%%", false, 0, 0},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct consent c = {0};
		assert_int_equal(consent_parse(rows[i].text, &c), rows[i].good);
		assert_int_equal(c.removals, rows[i].removals);
		assert_int_equal(c.amount, rows[i].amount);
	}
}

/* Of removals what is said later counts, of all else what allows more. */
static void consent_that_is_given_twice(void **state)
{
	(void)state;
	struct consent plan = {CONSENT_COUNT, 3, 2, .expired = true}, none = {CONSENT_NONE, 0, -1},
		       more = {CONSENT_PERCENT, 50, 1};
	struct consent c = consent_merge(plan, &none);
	assert_int_equal(c.removals, CONSENT_COUNT);
	assert_int_equal(c.amount, 3);
	assert_int_equal(c.admin_grants, 2);
	assert_true(c.expired && !c.live_shrink && !c.unreplaced);
	more.live_shrink = more.unreplaced = true;
	c = consent_merge(plan, &more);
	assert_int_equal(c.removals, CONSENT_PERCENT);
	assert_int_equal(c.amount, 50);
	assert_int_equal(c.admin_grants, 2);
	assert_true(c.expired && c.live_shrink && c.unreplaced);
	more.admin_grants = 7;
	assert_int_equal(consent_merge(none, &more).admin_grants, 7);
	assert_false(consent_merge(none, &more).expired);
}

/* A role is kept where somebody has to hold it, and the system's where a person has to. */
static void what_is_kept_is_limited(void **state UNUSED)
{
	static const struct {
		enum role role;
		int32_t holders, persons;
		bool due;
	} rows[] = {
		{ROLE_SYSTEM_ADMINISTRATOR, 0, 0, false}, {ROLE_SYSTEM_ADMINISTRATOR, 1, 0, true},
		{ROLE_SYSTEM_ADMINISTRATOR, 0, 1, true},  {ROLE_SUPPORT_ADMINISTRATOR, 0, 1, false},
		{ROLE_SUPPORT_ADMINISTRATOR, 1, 0, true},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct policy p = {.min_persons = rows[i].persons};
		p.min_holders[rows[i].role] = rows[i].holders;
		assert_int_equal(guard_is_kept(&p, &(struct entitlement){.role = rows[i].role}),
				 rows[i].due);
	}
}

static void limits_say_what_they_count(void **state)
{
	(void)state;
	static const struct {
		const char *name, *unit, *key;
	} rows[] = {
		{"maxRemovals", "", "policy.maxRemovals"},
		{"maxRemovalDelta", "%", "policy.maxRemovalDelta"},
		{"maxAdminGrants", "", "policy.maxAdminGrants"},
		{"minHolders", "", "policy.minHolders"},
		{"minPersons", "", "policy.minPersons"},
		{"liveShrink", "%", "policy.maxLiveShrink"},
		{"required", "", "policy.required"},
		{"roleRemovals", "", NULL},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct guard g = {.name = rows[i].name};
		assert_string_equal(guard_unit(&g), rows[i].unit);
		if (rows[i].key)
			assert_string_equal(guard_key(&g), rows[i].key);
		else
			assert_null(guard_key(&g));
	}
}

#define HOLDERS(n)                                                                                 \
	{                                                                                          \
		[ROLE_SYSTEM_ADMINISTRATOR] = (n)                                                  \
	}

/* Removals, share of them, admin grants, persons, holders of system-administrator. */
#define POLICY(removals, delta, grants, persons, holders)                                          \
	{                                                                                          \
		.max_removals = (removals), .max_removal_delta = (delta),                          \
		.max_admin_grants = (grants), .max_live_shrink = 25, .min_persons = (persons),     \
		.min_holders = {                                                                   \
			[ROLE_SYSTEM_ADMINISTRATOR] = (holders)                                    \
		}                                                                                  \
	}

static void manifests_tighten_and_never_loosen(void **state)
{
	(void)state;
	static const struct {
		struct guards manifest;
		struct policy effective;
	} rows[] = {
		{GUARDS_UNSAID, POLICY(20, 25, 5, 1, 2)},
		{{5, 10, 0, -1, HOLDERS(3)}, POLICY(5, 10, 0, 1, 3)},
		{{99, 100, 99, 3, HOLDERS(0)}, POLICY(20, 25, 5, 3, 2)},
		{{0, 0, 5, 0, HOLDERS(2)}, POLICY(0, 0, 5, 1, 2)},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct guards *said = fenced(&rows[i].manifest, sizeof(*said));
		struct policy p = policy_tighten(policy_default, said);
		assert_memory_equal(&p, &rows[i].effective, sizeof(p));
		unfence(said, sizeof(*said));
	}
}

/* What the operator does not say is as it is by default. */
static void an_operator_says_some_limits(void **state UNUSED)
{
	static const struct {
		struct operator_policy said;
		struct policy due;
	} rows[] = {
		{{.guards = GUARDS_UNSAID, .max_live_shrink = -1}, POLICY(20, 25, 5, 1, 2)},
		{{.guards = {5, 10, 0, 3, HOLDERS(4)}, .max_live_shrink = 25},
		 POLICY(5, 10, 0, 3, 4)},
		{{.guards = {99, 100, 99, 0, HOLDERS(0)}, .max_live_shrink = -1},
		 POLICY(99, 100, 99, 0, 0)},
	};
	struct policy *p = fenced(&policy_default, sizeof(*p));
	for (size_t i = 0; i < COUNT(rows); i++) {
		*p = policy_of(&rows[i].said);
		assert_memory_equal(p, &rows[i].due, sizeof(*p));
	}
	*p = policy_of(NULL);
	assert_memory_equal(p, &policy_default, sizeof(*p));
	unfence(p, sizeof(*p));
	struct operator_policy said = {.guards = GUARDS_UNSAID, .max_live_shrink = 40};
	assert_int_equal(policy_of(&said).max_live_shrink, 40);
}

/* What a person reads is what can be typed again. */
static void consent_is_told_as_the_options_that_give_it(void **state UNUSED)
{
	static const struct {
		struct consent given;
		const char *told;
	} rows[] = {
		{{.admin_grants = -1}, ""},
		{{.removals = CONSENT_COUNT, .amount = 7, .admin_grants = -1}, " --allow-remove 7"},
		{{.removals = CONSENT_PERCENT, .amount = 25, .admin_grants = 0},
		 " --allow-remove 25% --allow-admin-grants 0"},
		{{.admin_grants = 3, .live_shrink = true},
		 " --allow-admin-grants 3 --allow-live-shrink"},
		{{.admin_grants = -1, .expired = true, .unreplaced = true},
		 " --allow-expired --allow-unreplaced"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct str out = STR(&a);
		consent_add_options(&out, &rows[i].given);
		assert_string_equal(str_text(&out), rows[i].told);
	}
}

static void what_is_looser_is_told_and_what_is_stricter_is_not(void **state)
{
	(void)state;
	static const struct {
		struct policy before, now;
		const char *told;
	} rows[] = {
		{POLICY(20, 25, 5, 1, 2), POLICY(20, 25, 5, 1, 2), ""},
		{POLICY(20, 25, 5, 1, 2), POLICY(19, 24, 4, 2, 3), ""},
		{POLICY(20, 25, 5, 1, 2), POLICY(21, 25, 5, 1, 2), "maxRemovals 20 21\n"},
		{POLICY(20, 25, 5, 1, 2), POLICY(20, 26, 5, 1, 2), "maxRemovalDelta 25 26\n"},
		{POLICY(20, 25, 0, 1, 2), POLICY(20, 25, 1, 1, 2), "maxAdminGrants 0 1\n"},
		{POLICY(20, 25, 5, 1, 3), POLICY(20, 25, 5, 0, 2),
		 "minHolders of system-administrator 3 2\nminPersons 1 0\n"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct loosened_vec found = {0};
		struct str told = STR(&a);
		policy_find_loosened(&rows[i].before, &rows[i].now, &a, &found);
		for (size_t k = 0; k < found.len; k++)
			str_printf(&told, "%s%s%s %d %d\n", found.at[k].name,
				   found.at[k].subject ? " of " : "",
				   found.at[k].subject ? found.at[k].subject : "",
				   (int)found.at[k].before, (int)found.at[k].now);
		assert_string_equal(str_text(&told), rows[i].told);
	}
}

static void a_limit_that_is_the_same_is_not_stricter(void **state UNUSED)
{
	const struct policy limits = POLICY(20, 25, 5, 1, 2), wider = POLICY(21, 26, 6, 0, 1);
	const struct guards unsaid = GUARDS_UNSAID, same = policy_stricter_than(&limits, &limits),
			    stricter = policy_stricter_than(&limits, &wider),
			    looser = policy_stricter_than(&wider, &limits);
	assert_memory_equal(&same, &unsaid, sizeof(same));
	assert_memory_equal(&looser, &unsaid, sizeof(looser));
	assert_int_equal(stricter.max_removals, 20);
	assert_int_equal(stricter.max_removal_delta, 25);
	assert_int_equal(stricter.max_admin_grants, 5);
	assert_int_equal(stricter.min_persons, 1);
	assert_int_equal(stricter.min_holders[ROLE_SYSTEM_ADMINISTRATOR], 2);
}

/* ---- who must keep a role, and the rights that carry the plan out ---- */

enum { ROBOT, JANE, OPS, OLD, PRINCIPALS };
enum { SYSTEM, EXPRESS, DEFAULT, DESIGNERS, PRODUCT, ENTITLEMENTS };

static const struct principal principals[PRINCIPALS] = {
	[ROBOT] = {"robot", PRINCIPAL_ACCOUNT},
	[JANE] = {"jane@example.com", PRINCIPAL_USER},
	[OPS] = {"Ops", PRINCIPAL_GROUP},
	[OLD] = {"old-robot", PRINCIPAL_ACCOUNT},
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

/* What is judged, beside who holds what. */
struct scene {
	const struct change *changes;
	size_t count;
	const struct operator_policy *policy;
	const char *own, *own_user;
	const struct policy *limits; /* NULL: the defaults */
	const struct pair_vec *own_needs;
};

static uint32_t rank_of(const struct universe *u, const struct change *c, bool entitlement)
{
	for (uint32_t i = 0; !entitlement && i < PRINCIPALS; i++) {
		if (c->principal == &principals[i])
			return universe_principal_rank(u, i);
	}
	for (uint32_t i = 0; i < ENTITLEMENTS; i++) {
		if (c->entitlement == &entitlements[i])
			return universe_entitlement_rank(u, i);
	}
	return 0;
}

static void judge_scene(struct arena *a, const struct scene *scene, struct judgement *out)
{
	struct intern *strings = intern_new();
	struct universe *u = universe_new(strings);
	uint64_t pairs[HELD];
	struct account robot = {.meta.name = "robot"};
	struct live live = {.own = scene->own,
			    .own_user = scene->own_user,
			    .own_needs = scene->own_needs,
			    .accounts = {&robot, 1, 1}};
	struct change_vec changes = {0};
	struct change_rank *ranks = arena_alloc(a, (scene->count + 1) * sizeof(*ranks));
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
		pairs[i] = grant_key(universe_principal_rank(u, (uint32_t)held[i].principal),
				     universe_entitlement_rank(u, (uint32_t)held[i].entitlement));
	qsort(pairs, HELD, sizeof(*pairs), by_number);
	for (size_t i = 0; i < scene->count; i++) {
		ranks[i] = (struct change_rank){rank_of(u, &scene->changes[i], false),
						rank_of(u, &scene->changes[i], true)};
		vec_push(a, &changes, scene->changes[i]);
	}
	const struct guard_input input = {.changes = &changes,
					  .ranks = ranks,
					  .universe = u,
					  .live = &live,
					  .pairs = pairs,
					  .count = HELD,
					  .policy = scene->limits ? *scene->limits : policy_default,
					  .consent = {CONSENT_PERCENT, 100, 100, .expired = true},
					  .operator_policy = scene->policy};
	guard_judge(&input, a, out);
	universe_free(u);
	intern_free(strings);
}

/* The guard of this name, "SUBJECT VALUE VERDICT". */
static const char *guard_of(struct arena *a, const struct judgement *j, const char *name)
{
	const char *out = "none";
	for (size_t i = 0; i < j->guards.len; i++) {
		const struct guard *g = &j->guards.at[i];
		if (!strcmp(g->name, name))
			out = arena_printf(a, "%s %d %s", g->subject ? g->subject : "-",
					   (int)g->value, verdict_name(g->verdict));
	}
	return out;
}

/* Once one change was judged, and what comes before it (NULL: nothing). */
static const char *judge_with(struct arena *a, const struct change *with, const char *name,
			      struct change c, const struct operator_policy *policy,
			      const char *own)
{
	struct change both[2];
	struct judgement judgement;
	size_t count = 0;
	if (with)
		both[count++] = *with;
	both[count++] = c;
	struct policy nobody_kept = policy_default;
	nobody_kept.min_persons = nobody_kept.min_holders[ROLE_SYSTEM_ADMINISTRATOR] = 0;
	judge_scene(a, &(struct scene){both, count, policy, own, NULL, &nobody_kept, NULL},
		    &judgement);
	return guard_of(a, &judgement, name);
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
		{"robot", GRANT(ROBOT, SYSTEM, ACTION_DELETE), "robot 1 withheld"},
		{"robot", GONE(ROBOT), "robot 1 withheld"},
		{"robot", GRANT(ROBOT, PRODUCT, ACTION_DELETE), "robot 0 pass"},
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
		const char *own, *own_user;
		struct pair needs;
		struct change change;
		const char *due;
	} rows[] = {
		{"robot",
		 NULL,
		 {ROBOT, SYSTEM},
		 GRANT(ROBOT, SYSTEM, ACTION_DELETE),
		 "robot 1 withheld"},
		{"robot",
		 NULL,
		 {ROBOT, EXPRESS},
		 GRANT(ROBOT, SYSTEM, ACTION_DELETE),
		 "robot 0 pass"},
		{"robot",
		 NULL,
		 {JANE, SYSTEM},
		 GRANT(ROBOT, SYSTEM, ACTION_DELETE),
		 "robot 0 pass"},
		{"robot", NULL, {ROBOT, EXPRESS}, GONE(ROBOT), "robot 1 withheld"},
		{NULL,
		 "Jane@Example.com",
		 {JANE, EXPRESS},
		 GRANT(JANE, EXPRESS, ACTION_DELETE),
		 "Jane@Example.com 1 withheld"},
		{NULL,
		 "jane@example.com",
		 {JANE, EXPRESS},
		 GRANT(JANE, DESIGNERS, ACTION_DELETE),
		 "jane@example.com 0 pass"},
		{NULL,
		 "jane@example.com",
		 {ROBOT, EXPRESS},
		 GRANT(JANE, EXPRESS, ACTION_DELETE),
		 "jane@example.com 0 pass"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct pair_vec needs = {0};
		vec_push(&a, &needs, rows[i].needs);
		struct judgement j;
		judge_scene(&a,
			    &(struct scene){&rows[i].change, 1, .own = rows[i].own,
					    .own_user = rows[i].own_user, .own_needs = &needs},
			    &j);
		const char *is = guard_of(&a, &j, "ownRights");
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
			    "robot 1 withheld");
	assert_string_equal(judge_with(&a, &rename, "ownRights", taken, NULL, "other"),
			    "other 0 pass");
	/* Needs are told of the account as live calls it. */
	struct change both[] = {rename, taken};
	struct pair_vec needs = {0};
	struct judgement j;
	vec_push(&a, &needs, ((struct pair){OLD, SYSTEM}));
	judge_scene(&a, &(struct scene){both, 2, .own = "old-robot", .own_needs = &needs}, &j);
	assert_string_equal(guard_of(&a, &j, "ownRights"), "robot 1 withheld");
	assert_int_equal(j.withheld[1], WITHHELD_OWN);
}

static struct policy keeping(enum role role, int32_t holders)
{
	struct policy p = policy_default;
	p.min_holders[role] = holders;
	return p;
}

/* The last holder of a role with a scope is told with it; no role is kept unless somebody says so,
 * but for the system administrators. */
static void holders_are_counted_by_scope(void **state UNUSED)
{
	static const struct {
		enum role kept;
		struct change change;
		const char *due;
	} rows[] = {
		{ROLE_PRODUCT_ADMINISTRATOR, GRANT(JANE, EXPRESS, ACTION_DELETE),
		 "product-administrator of Express 1 withheld"},
		{ROLE_PRODUCT_PROFILE_ADMINISTRATOR, GRANT(JANE, DEFAULT, ACTION_DELETE),
		 "product-profile-administrator of Express / Default 0 withheld"},
		{ROLE_USER_GROUP_ADMINISTRATOR, GRANT(JANE, DESIGNERS, ACTION_DELETE),
		 "user-group-administrator of Designers 0 withheld"},
		{ROLE_SUPPORT_ADMINISTRATOR, GRANT(JANE, DESIGNERS, ACTION_DELETE), "none"},
		{ROLE_SUPPORT_ADMINISTRATOR, GRANT(ROBOT, PRODUCT, ACTION_DELETE), "none"},
		{ROLE_SUPPORT_ADMINISTRATOR, GRANT(OPS, SYSTEM, ACTION_DELETE),
		 "system-administrator 1 withheld"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct judgement j;
		const struct policy limits = keeping(rows[i].kept, 2);
		judge_scene(&a, &(struct scene){&rows[i].change, 1, .limits = &limits}, &j);
		assert_string_equal(guard_of(&a, &j, "minHolders"), rows[i].due);
		assert_int_equal(j.withheld[0] == WITHHELD_HOLDERS,
				 strstr(rows[i].due, "with") != NULL);
	}
}

/* Of several removals those from the first that would go below the limit; nothing else stops. */
static void a_removal_that_goes_too_far_is_withheld_alone(void **state UNUSED)
{
	const struct change changes[] = {
		GRANT(ROBOT, PRODUCT, ACTION_DELETE),
		GRANT(ROBOT, SYSTEM, ACTION_DELETE),
		GRANT(OPS, SYSTEM, ACTION_DELETE),
		GRANT(JANE, EXPRESS, ACTION_DELETE),
	};
	const struct policy limits = keeping(ROLE_SYSTEM_ADMINISTRATOR, 1);
	ARENA a = {0};
	struct judgement j;
	judge_scene(&a, &(struct scene){changes, 4, .limits = &limits}, &j);
	assert_int_equal(j.withheld[0], WITHHELD_NOT);
	assert_int_equal(j.withheld[1], WITHHELD_NOT);
	assert_int_equal(j.withheld[2], WITHHELD_HOLDERS);
	assert_int_equal(j.withheld[3], WITHHELD_NOT);
	assert_string_equal(guard_of(&a, &j, "minHolders"), "system-administrator 0 withheld");
}

/* A group and an account are holders, but no persons. */
static void persons_are_counted_apart(void **state UNUSED)
{
	const struct change add = GRANT(JANE, SYSTEM, ACTION_CREATE),
			    take = GRANT(JANE, SYSTEM, ACTION_DELETE);
	const struct change both[] = {add, take};
	ARENA a = {0};
	struct judgement j;
	judge_scene(&a, &(struct scene){both, 2}, &j);
	assert_string_equal(guard_of(&a, &j, "minPersons"), "system-administrator 1 pass");
	const struct change ops = GRANT(OPS, SYSTEM, ACTION_CREATE);
	const struct change group_in_place_of_person[] = {ops, take};
	judge_scene(&a, &(struct scene){group_in_place_of_person, 2}, &j);
	assert_string_equal(guard_of(&a, &j, "minPersons"), "system-administrator 0 withheld");
	assert_int_equal(j.withheld[1], WITHHELD_HOLDERS);
}

/* A grant with an end ends, though nobody else has the role; that of a system administrator
 * does not. */
static void an_end_is_kept_but_for_the_last_administrators(void **state UNUSED)
{
	struct change express = GRANT(JANE, EXPRESS, ACTION_DELETE),
		      system = GRANT(OPS, SYSTEM, ACTION_DELETE);
	struct policy limits = keeping(ROLE_PRODUCT_ADMINISTRATOR, 2);
	express.reason = system.reason = REASON_EXPIRED;
	const struct change both[] = {express, system};
	ARENA a = {0};
	struct judgement j;
	judge_scene(&a, &(struct scene){both, 2, .limits = &limits}, &j);
	assert_int_equal(j.withheld[0], WITHHELD_NOT);
	assert_int_equal(j.withheld[1], WITHHELD_HOLDERS);
}

static void a_person_does_not_take_the_rights_that_writ_uses(void **state UNUSED)
{
	const struct change change = GRANT(JANE, EXPRESS, ACTION_DELETE);
	ARENA a = {0};
	struct judgement j;
	judge_scene(&a, &(struct scene){&change, 1, .own_user = "Jane@example.com"}, &j);
	assert_int_equal(j.withheld[0], WITHHELD_OWN);
	judge_scene(&a, &(struct scene){&change, 1, .own_user = "kim@example.com"}, &j);
	assert_int_equal(j.withheld[0], WITHHELD_NOT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(consent_is_a_number_or_a_percentage),
		cmocka_unit_test(consent_that_is_given_twice),
		cmocka_unit_test(what_is_kept_is_limited),
		cmocka_unit_test(limits_say_what_they_count),
		cmocka_unit_test(manifests_tighten_and_never_loosen),
		cmocka_unit_test(an_operator_says_some_limits),
		cmocka_unit_test(consent_is_told_as_the_options_that_give_it),
		cmocka_unit_test(what_is_looser_is_told_and_what_is_stricter_is_not),
		cmocka_unit_test(a_limit_that_is_the_same_is_not_stricter),
		cmocka_unit_test(a_required_holder_keeps_the_role),
		cmocka_unit_test(a_plan_keeps_the_rights_that_carry_it_out),
		cmocka_unit_test(what_writ_does_not_need_may_go),
		cmocka_unit_test(a_new_name_does_not_hide_what_is_taken),
		cmocka_unit_test(holders_are_counted_by_scope),
		cmocka_unit_test(a_removal_that_goes_too_far_is_withheld_alone),
		cmocka_unit_test(persons_are_counted_apart),
		cmocka_unit_test(an_end_is_kept_but_for_the_last_administrators),
		cmocka_unit_test(a_person_does_not_take_the_rights_that_writ_uses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
