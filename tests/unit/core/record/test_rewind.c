/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/model/live.h"
#include "core/record/rewind.h"
#include "tests/unit/check.h"

static const struct principal robot = {"robot", PRINCIPAL_ACCOUNT};
static const struct entitlement express = {.product = "Express", .profile = "Default"};
static const struct entitlement stock = {.product = "Stock", .profile = "Default"};
static const struct account as_it_is = {.meta.name = "robot", .owner = "ann"};
static const struct account otherwise = {.meta.name = "robot", .owner = "bob"};
static const struct account absent = {.meta.name = "gone"};

#define GRANT(what, does)                                                                          \
	{                                                                                          \
		.principal = &robot, .entitlement = &(what), .type = CHANGE_GRANT,                 \
		.action = (does)                                                                   \
	}
#define CREATE(account)                                                                            \
	{                                                                                          \
		.type = CHANGE_ACCOUNT, .action = ACTION_CREATE, .after = &(account)               \
	}
#define DELETE(account)                                                                            \
	{                                                                                          \
		.type = CHANGE_ACCOUNT, .action = ACTION_DELETE, .before = &(account)              \
	}
#define UPDATE(account)                                                                            \
	{                                                                                          \
		.type = CHANGE_ACCOUNT, .action = ACTION_UPDATE, .before = &as_it_is,              \
		.after = &(account), .attributes = ATTRIBUTE_OWNER                                 \
	}

/* Of an organisation with the account "robot", owned by ann, that holds Express: which changes it
 * shows. */
static const struct {
	struct change change;
	bool shown;
} rows[] = {
	{GRANT(express, ACTION_CREATE), true},
	{GRANT(stock, ACTION_CREATE), false},
	{GRANT(express, ACTION_DELETE), false},
	{GRANT(stock, ACTION_DELETE), true},
	{CREATE(as_it_is), true},
	{CREATE(absent), false},
	{DELETE(as_it_is), false},
	{DELETE(absent), true},
	{UPDATE(as_it_is), true},
	{UPDATE(otherwise), false},
	{UPDATE(absent), false},
};
#define ROWS (sizeof(rows) / sizeof(*rows))

/* What is left of `done` for one change. */
static bool is_left(void (*call)(const struct plan *, const struct live *, struct universe *,
				 struct arena *, bool *),
		    struct change c, bool done)
{
	ARENA a = {0};
	struct intern *strings = intern_new();
	struct universe *u = universe_new(strings);
	struct account account = as_it_is;
	struct live live = {.accounts = {&account, 1, 1}};
	struct plan plan = {0};
	vec_push(&a, &live.grants,
		 (struct pair){universe_principal(u, PRINCIPAL_ACCOUNT, robot.name, true),
			       universe_entitlement(u, ROLE_NONE, express.product, express.profile,
						    NULL)});
	vec_push(&a, &plan.changes, c);
	call(&plan, &live, u, &a, &done);
	universe_free(u);
	intern_free(strings);
	return done;
}

static void what_is_not_shown_was_not_done(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		struct change c = rows[i].change;
		if (is_left(rewind_drop_missing, c, true) != rows[i].shown)
			fail_msg("row %zu", i);
		assert_false(is_left(rewind_drop_missing, c, false));
		c.unseen = true; /* no read could tell */
		assert_true(is_left(rewind_drop_missing, c, true));
	}
}

static void what_was_recorded_is_not_undone_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		if (is_left(rewind_drop_recorded, rows[i].change, true) == rows[i].shown)
			fail_msg("row %zu", i);
		assert_false(is_left(rewind_drop_recorded, rows[i].change, false));
	}
}

/* A grant to a group, or of a role to an account, that live shows and a run asked for unseen. */
static void what_was_asked_for_unseen_is_not_seen_without_the_run(void **state)
{
	(void)state;
	static const struct principal staff = {"staff", PRINCIPAL_GROUP};
	static const struct entitlement support = {.role = ROLE_SUPPORT_ADMINISTRATOR};
	static const struct {
		const struct principal *who;
		const struct entitlement *what;
		bool unseen, hidden;
	} grants[] = {
		{&staff, &express, true, true},	 {&staff, &express, false, false},
		{&robot, &support, true, true},	 {&robot, &support, false, false},
		{&robot, &express, true, false}, {&robot, &express, false, false},
	};
	for (size_t i = 0; i < sizeof(grants) / sizeof(*grants); i++) {
		ARENA a = {0};
		struct intern *strings = intern_new();
		struct universe *u = universe_new(strings);
		struct account account = as_it_is;
		struct live live = {.accounts = {&account, 1, 1}}, out;
		struct plan plan = {0};
		const bool done = true;
		vec_push(&a, &live.grants,
			 (struct pair){universe_principal(u, grants[i].who->kind,
							  grants[i].who->name, true),
				       universe_number(u, grants[i].what)});
		vec_push(&a, &plan.changes,
			 (struct change){.type = CHANGE_GRANT,
					 .action = ACTION_CREATE,
					 .principal = grants[i].who,
					 .entitlement = grants[i].what,
					 .unseen = grants[i].unseen});
		rewind_plan(&plan, &done, &live, NULL, u, &a, &out);
		assert_int_equal(out.grants.len, 0);
		if (live_hides(&out, grants[i].who, grants[i].what) != grants[i].hidden)
			fail_msg("row %zu", i);
		universe_free(u);
		intern_free(strings);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_shown_was_not_done),
		cmocka_unit_test(what_was_recorded_is_not_undone_again),
		cmocka_unit_test(what_was_asked_for_unseen_is_not_seen_without_the_run),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
