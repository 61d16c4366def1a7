/* SPDX-License-Identifier: Apache-2.0 */
/* How changes stand, by a fresh look at live. */
#include "core/apply/reread.h"

#include <string.h>

#include "tests/unit/check.h"

static const struct entitlement support = {.role = ROLE_SUPPORT_ADMINISTRATOR},
				system_role = {.role = ROLE_SYSTEM_ADMINISTRATOR};

/* Their names are interned, as all that a universe numbers. */
static struct intern *names;
static struct principal robot = {.kind = PRINCIPAL_ACCOUNT}, jane = {.kind = PRINCIPAL_USER},
			ops = {.kind = PRINCIPAL_GROUP};
static struct entitlement profile;

static int make_names(void **state UNUSED)
{
	names = intern_new();
	robot.name = intern(names, "robot");
	jane.name = intern(names, "jane@example.com");
	ops.name = intern(names, "Ops");
	profile.product = intern(names, "P");
	profile.profile = intern(names, "A");
	return 0;
}

static int free_names(void **state UNUSED)
{
	intern_free(names);
	return 0;
}

/* What is live, and what was asked for. */
static struct {
	const struct account *accounts;
	size_t count;
	const struct entitlement *held; /* by Jane, or */
	const struct principal *holder; /* by this one; held NULL: nothing */
	struct query asked;
} world;

static struct error *fake_read(struct provider *p UNUSED, struct arena *a, struct universe *u,
			       const struct query *query, struct live *out)
{
	world.asked = *query;
	out->organization = "acme";
	for (size_t i = 0; i < world.count; i++)
		vec_push(a, &out->accounts, world.accounts[i]);
	if (world.held) {
		const struct principal *who = world.holder ? world.holder : &jane;
		struct pair pair = {universe_principal(u, who->kind, who->name, true),
				    universe_number(u, world.held)};
		vec_push(a, &out->grants, pair);
	}
	return NULL;
}

static bool sees_nothing(struct provider *p UNUSED, const struct principal *who UNUSED,
			 const struct account *account UNUSED, const struct entitlement *e UNUSED)
{
	return false;
}

static struct provider_reader reader = {
	.name = "fake", .attributes = ATTRIBUTE_OWNER, .read = fake_read};

/* Reads with one change in hand. */
static void look(struct arena *a, struct intern *strings, const struct change *c,
		 const struct policy *policy, struct plan *plan, struct reread *out)
{
	vec_push(a, &plan->changes, *c);
	const struct reread_input input = {
		.reader = &reader, .strings = strings, .plan = plan, .kept = policy};
	assert_ok(reread_read(out, &input, a));
}

static void an_account_stands_before_after_or_elsewhere(void **state UNUSED)
{
	static const struct account
		old = {.meta.name = "old", .owner = "a@example.com"},
		was = {.meta.name = "robot", .owner = "a@example.com"},
		now = {.meta.name = "robot", .owner = "b@example.com"},
		odd = {.meta.name = "robot", .owner = "c@example.com"},
		said = {.meta.name = "robot",
			.owner = "b@example.com",
			.description = "said by others"},
		told = {.meta.name = "robot", .owner = "b@example.com", .description = "mine"},
		old_1 = {.meta.name = "old", .owner = "a@example.com", .id = "1"},
		now_1 = {.meta.name = "robot", .owner = "b@example.com", .id = "1"},
		now_2 = {.meta.name = "robot", .owner = "b@example.com", .id = "2"};
	const struct account both[] = {old, was};
	reader.attributes = ATTRIBUTE_OWNER | ATTRIBUTE_DESCRIPTION;
	const struct {
		enum action action;
		enum reason reason;
		const struct account *before, *after, *live;
		size_t count;
		enum standing due;
	} rows[] = {
		{ACTION_CREATE, REASON_ADDED, NULL, &now, NULL, 0, STANDING_BEFORE},
		{ACTION_CREATE, REASON_ADDED, NULL, &now, &now, 1, STANDING_AFTER},
		{ACTION_CREATE, REASON_ADDED, NULL, &now, &odd, 1, STANDING_OTHER},
		{ACTION_DELETE, REASON_UNDECLARED, &was, NULL, &was, 1, STANDING_BEFORE},
		{ACTION_DELETE, REASON_UNDECLARED, &was, NULL, NULL, 0, STANDING_AFTER},
		{ACTION_UPDATE, REASON_CHANGED, &was, &now, &was, 1, STANDING_BEFORE},
		{ACTION_UPDATE, REASON_CHANGED, &was, &now, &now, 1, STANDING_AFTER},
		{ACTION_UPDATE, REASON_CHANGED, &was, &now, &odd, 1, STANDING_OTHER},
		{ACTION_UPDATE, REASON_CHANGED, &was, &now, NULL, 0, STANDING_OTHER},
		{ACTION_UPDATE, REASON_RENAMED, &old, &now, &old, 1, STANDING_BEFORE},
		{ACTION_UPDATE, REASON_RENAMED, &old, &now, &now, 1, STANDING_AFTER},
		/* of an update what it changes counts, of a new account all */
		{ACTION_UPDATE, REASON_CHANGED, &was, &told, &said, 1, STANDING_AFTER},
		{ACTION_CREATE, REASON_ADDED, NULL, &told, &said, 1, STANDING_OTHER},
		/* an id tells whose the name is, where both are known */
		{ACTION_UPDATE, REASON_RENAMED, &old_1, &now, &now_1, 1, STANDING_AFTER},
		{ACTION_UPDATE, REASON_RENAMED, &old_1, &now, &now_2, 1, STANDING_OTHER},
		{ACTION_UPDATE, REASON_RENAMED, &old_1, &now, &now, 1, STANDING_AFTER},
		{ACTION_UPDATE, REASON_RENAMED, &old, &now, &now_2, 1, STANDING_AFTER},
		/* somebody else has the name by now */
		{ACTION_UPDATE, REASON_RENAMED, &old, &now, both, 2, STANDING_OTHER},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct intern *strings = intern_new();
		struct plan plan = {0};
		struct reread v;
		world.accounts = rows[i].live;
		world.count = rows[i].count;
		look(&a, strings,
		     &(struct change){.principal = &robot,
				      .type = CHANGE_ACCOUNT,
				      .action = rows[i].action,
				      .reason = rows[i].reason,
				      .before = rows[i].before,
				      .after = rows[i].after,
				      .attributes = ATTRIBUTE_OWNER},
		     NULL, &plan, &v);
		if (reread_standing(&v, 0) != rows[i].due)
			fail_msg("row %zu: %d", i, (int)reread_standing(&v, 0));
		reread_done(&v);
		intern_free(strings);
	}
	world.count = 0;
	reader.attributes = ATTRIBUTE_OWNER;
}

/* What a plan calls unseen is compared all the same where a read shows it. */
static void what_is_shown_is_not_unseen(void **state UNUSED)
{
	static const struct {
		enum action action;
		bool said, hides, held, due;
		enum standing standing;
	} rows[] = {
		{ACTION_CREATE, true, true, false, true, STANDING_BEFORE},
		{ACTION_CREATE, true, true, true, true, STANDING_AFTER},
		{ACTION_CREATE, true, false, false, false, STANDING_BEFORE},
		{ACTION_CREATE, false, true, false, false, STANDING_BEFORE},
		{ACTION_DELETE, true, true, true, false, STANDING_BEFORE},
		{ACTION_DELETE, true, true, false, true, STANDING_AFTER},
		{ACTION_DELETE, false, true, false, false, STANDING_AFTER},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct intern *strings = intern_new();
		struct plan plan = {0};
		struct reread v;
		reader.sees = rows[i].hides ? sees_nothing : NULL;
		world.held = rows[i].held ? &support : NULL;
		look(&a, strings,
		     &(struct change){.principal = &jane,
				      .entitlement = &support,
				      .type = CHANGE_GRANT,
				      .action = rows[i].action,
				      .unseen = rows[i].said},
		     NULL, &plan, &v);
		if (v.unseen[0] != rows[i].due || reread_standing(&v, 0) != rows[i].standing)
			fail_msg("row %zu: %d, %d", i, v.unseen[0], (int)reread_standing(&v, 0));
		reread_done(&v);
		intern_free(strings);
	}
	reader.sees = NULL;
	world.held = NULL;
}

/* What groups hold, and who holds which roles, is asked for where something hangs on it alone. */
static void no_more_is_asked_than_matters(void **state UNUSED)
{
	static const struct policy policy = {.min_holders = {[ROLE_SYSTEM_ADMINISTRATOR] = 2}};
	static const struct {
		const struct principal *who;
		const struct entitlement *what;
		enum action action;
		bool groups;
		size_t roles;
	} rows[] = {
		{&jane, &profile, ACTION_CREATE, false, 0},
		{&ops, &profile, ACTION_CREATE, true, 0},
		{&jane, &system_role, ACTION_DELETE, false, 1},
		{&jane, &system_role, ACTION_CREATE, false, 0},
		{&jane, &support, ACTION_DELETE, false, 0},
		{&jane, &profile, ACTION_DELETE, false, 0},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct intern *strings = intern_new();
		struct plan plan = {0};
		struct reread v;
		look(&a, strings,
		     &(struct change){.principal = rows[i].who,
				      .entitlement = rows[i].what,
				      .type = CHANGE_GRANT,
				      .action = rows[i].action},
		     &policy, &plan, &v);
		assert_int_equal(world.asked.groups, rows[i].groups);
		assert_int_equal(world.asked.role_count, rows[i].roles);
		assert_ptr_equal(world.asked.plan, &plan);
		assert_non_null(world.asked.managed); /* of no accounts, which is not of all */
		assert_int_equal(world.asked.count, 0);
		reread_done(&v);
		intern_free(strings);
	}
}

/* What goes with an account: what it was seen to hold, and what nobody can say it lacks. */
static void a_deletion_asks_for_what_goes_with_it(void **state UNUSED)
{
	static const struct entitlement scoped = {.role = ROLE_PRODUCT_ADMINISTRATOR,
						  .product = "P"};
	static const struct policy policy = {
		.min_holders = {[ROLE_SYSTEM_ADMINISTRATOR] = 2, [ROLE_PRODUCT_ADMINISTRATOR] = 1}};
	static const struct {
		const struct entitlement *lost;
		bool hides;
		size_t roles;
	} rows[] = {
		{NULL, false, 0},    {&support, false, 0}, {&system_role, false, 1},
		{&scoped, false, 1}, {NULL, true, 1},	   {&system_role, true, 1},
		{&scoped, true, 2},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct intern *strings = intern_new();
		struct plan plan = {0};
		struct reread v;
		struct account before = {.meta.name = "robot"};
		struct entitlement_ref_vec lost = {0};
		if (rows[i].lost)
			vec_push(&a, &lost, rows[i].lost);
		reader.sees = rows[i].hides ? sees_nothing : NULL;
		look(&a, strings,
		     &(struct change){.principal = &robot,
				      .type = CHANGE_ACCOUNT,
				      .action = ACTION_DELETE,
				      .before = &before,
				      .lost = rows[i].lost ? &lost : NULL},
		     &policy, &plan, &v);
		if (world.asked.role_count != rows[i].roles)
			fail_msg("row %zu: %zu roles", i, world.asked.role_count);
		reread_done(&v);
		intern_free(strings);
	}
	reader.sees = NULL;
}

/* What the old name holds, the new one holds as soon as it has the name. */
static void a_renamed_account_keeps_what_it_holds(void **state UNUSED)
{
	static const struct account robot_now = {.meta.name = "robot", .owner = "a@example.com"};
	const char *old_name = intern(names, "old");
	const struct account old = {.meta.name = old_name, .owner = "a@example.com"};
	const struct principal was = {.kind = PRINCIPAL_ACCOUNT, .name = old_name};
	const struct change rename = {.principal = &robot,
				      .type = CHANGE_ACCOUNT,
				      .action = ACTION_UPDATE,
				      .reason = REASON_RENAMED,
				      .before = &old,
				      .after = &robot_now},
			    grant = {.principal = &robot,
				     .entitlement = &support,
				     .type = CHANGE_GRANT,
				     .action = ACTION_CREATE};
	for (int renamed = 0; renamed < 2; renamed++) {
		ARENA a = {0};
		struct plan plan = {0};
		struct reread v;
		if (renamed)
			vec_push(&a, &plan.changes, rename);
		world.accounts = &old;
		world.count = 1;
		world.held = &support;
		world.holder = &was;
		look(&a, names, &grant, NULL, &plan, &v);
		assert_int_equal(reread_standing(&v, (size_t)renamed),
				 renamed ? STANDING_AFTER : STANDING_BEFORE);
		reread_done(&v);
	}
	world.count = 0;
	world.held = NULL;
	world.holder = NULL;
}

/* An account is one with its id: under the name of one that is gone another one may be live. */
static void a_deleted_account_is_gone_when_another_has_its_name(void **state UNUSED)
{
	static const struct account planned = {.meta.name = "robot", .id = "1"};
	static const struct {
		const char *live;
		enum standing due;
		bool stale;
	} rows[] = {
		{"1", STANDING_BEFORE, false},
		{"2", STANDING_AFTER, true},
		{NULL, STANDING_BEFORE, false},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct plan plan = {0};
		struct reread v;
		const struct account live = {.meta.name = "robot", .id = rows[i].live};
		vec_push(&a, &plan.accounts, &planned);
		world.accounts = &live;
		world.count = 1;
		look(&a, names,
		     &(struct change){.principal = &robot,
				      .type = CHANGE_ACCOUNT,
				      .action = ACTION_DELETE,
				      .reason = REASON_STATE_ABSENT,
				      .before = &planned},
		     NULL, &plan, &v);
		assert_int_equal(reread_standing(&v, 0), rows[i].due);
		struct error *error = reread_check_identities(&v, "nothing was sent");
		assert_int_equal(error != NULL, rows[i].stale);
		error_free(error);
		reread_done(&v);
	}
	world.count = 0;
}

/* Two accounts that change places: each name is another account's by then, as it was planned. */
static void who_the_plan_gives_a_name_is_no_other(void **state UNUSED)
{
	const char *mate_name = intern(names, "mate");
	const struct account robot_is = {.meta.name = "robot", .id = "1"},
			     mate_is = {.meta.name = mate_name, .id = "2"},
			     robot_was = {.meta.name = "robot", .id = "2", .former = true},
			     mate_was = {.meta.name = mate_name, .id = "1", .former = true};
	const struct account *planned[] = {&mate_is, &mate_was, &robot_is, &robot_was};
	const struct account before[] = {{.meta.name = mate_name, .id = "1"},
					 {.meta.name = "robot", .id = "2"}},
			     after[] = {mate_is, robot_is};
	const struct account strange[] = {mate_is, {.meta.name = "robot", .id = "3"}};
	const struct {
		const struct account *live;
		bool stale;
	} rows[] = {{before, false}, {after, false}, {strange, true}};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct plan plan = {0};
		struct reread v;
		for (size_t k = 0; k < COUNT(planned); k++)
			vec_push(&a, &plan.accounts, planned[k]);
		world.accounts = rows[i].live;
		world.count = 2;
		look(&a, names,
		     &(struct change){.principal = &robot,
				      .type = CHANGE_ACCOUNT,
				      .action = ACTION_UPDATE,
				      .reason = REASON_RENAMED,
				      .before = &mate_was,
				      .after = &robot_is},
		     NULL, &plan, &v);
		struct error *error = reread_check_identities(&v, "nothing was sent");
		if ((error != NULL) != rows[i].stale)
			fail_msg("row %zu: %s", i, error ? error->message : "not stale");
		error_free(error);
		reread_done(&v);
	}
	world.count = 0;
}

/* A service that knows an API by several names answers with the one that it is asked by. */
static void apis_are_asked_for_as_the_plan_spells_them(void **state UNUSED)
{
	static const struct account mate = {.meta.name = "mate"}, own = {.meta.name = "robot"};
	const struct entitlement api = {.api = intern(names, "An API")};
	const struct principal other = {.kind = PRINCIPAL_ACCOUNT, .name = intern(names, "zoe")};
	const struct principal *who[] = {&robot, &other};
	for (size_t i = 0; i < COUNT(who); i++) {
		ARENA a = {0};
		struct plan plan = {0};
		struct reread v;
		vec_push(&a, &plan.accounts, &mate);
		vec_push(&a, &plan.accounts, &own);
		look(&a, names,
		     &(struct change){.principal = who[i],
				      .entitlement = &api,
				      .type = CHANGE_GRANT,
				      .action = ACTION_CREATE},
		     NULL, &plan, &v);
		assert_int_equal(world.asked.count, 2);
		assert_int_equal(world.asked.managed[0]->apis.len, 0);
		assert_int_equal(world.asked.managed[1]->apis.len, i == 0);
		if (i == 0)
			assert_string_equal(world.asked.managed[1]->apis.at[0].name, "An API");
		assert_int_equal(own.apis.len, 0);
		reread_done(&v);
	}
}

/* Of two organisations with one name the id tells. */
static void a_plan_is_of_one_organisation(void **state UNUSED)
{
	static const struct {
		const char *name, *planned, *live;
		bool same;
	} rows[] = {
		{"acme", "1", "1", true},  {"acme", "1", "2", false}, {"acme", NULL, "2", true},
		{"acme", "1", NULL, true}, {"beta", "1", "1", false},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct plan plan = {.organization = rows[i].name, .org_id = rows[i].planned};
		const struct reread v = {.plan = &plan,
					 .live = {.organization = "acme", .org_id = rows[i].live}};
		struct error *error = reread_check_organization(&v);
		if (!error != rows[i].same)
			fail_msg("row %zu: %s", i, error ? error->message : "taken");
		error_free(error);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_account_stands_before_after_or_elsewhere),
		cmocka_unit_test(what_is_shown_is_not_unseen),
		cmocka_unit_test(a_renamed_account_keeps_what_it_holds),
		cmocka_unit_test(no_more_is_asked_than_matters),
		cmocka_unit_test(a_deletion_asks_for_what_goes_with_it),
		cmocka_unit_test(a_plan_is_of_one_organisation),
		cmocka_unit_test(a_deleted_account_is_gone_when_another_has_its_name),
		cmocka_unit_test(who_the_plan_gives_a_name_is_no_other),
		cmocka_unit_test(apis_are_asked_for_as_the_plan_spells_them),
	};
	return cmocka_run_group_tests(tests, make_names, free_names);
}
