/* SPDX-License-Identifier: Apache-2.0 */
/* An apply, step by step, beside a service whose answers are known before. */
#include "core/apply/apply.h"

#include "tests/unit/moved_clock.h"
#include "tests/unit/scripted_apply.h"

#define PLAY(...)                                                                                  \
	begin_scene(&s, __func__);                                                                 \
	play_steps(&s, __func__, (const struct step[]){__VA_ARGS__},                               \
		   COUNT(((const struct step[]){__VA_ARGS__})));                                   \
	end_scene()
#define SYS3 "u0.sys u1.sys u2.sys"
#define SYS4 SYS3 " u3.sys"

/* What was not sent is left for a resume, and is not tried a second time in one run. */
static void what_was_not_sent_is_left(void **state UNUSED)
{
	const struct scene s = {.held = SYS3, .wanted = SYS3 " u2.product u3.product", .batch = 1};
	PLAY({.answers = "n", .due = "R (+u2.product) (+u3.product) R | -[not sent]d | no error"},
	     {.due = "R (+u2.product/tried) R | dd | no error"},
	     {.due = "| -- | this plan has been applied already (run RUN-000); make a new one"});
}

static void the_first_error_is_the_runs(void **state UNUSED)
{
	const struct scene s = {.held = SYS3, .wanted = SYS3 " u2.product"};
	PLAY({.answers = "E",
	      .blind_from = 2,
	      .due = "R (+u2.product) R | u[the service is gone] | the service is gone (goes "
		     "on)"},
	     {.blind_from = 1,
	      .due = "R | u[by the ledger, and not compared with live now] | reading the live "
		     "organisation (goes on)"},
	     {.answers = "+",
	      .blind_from = 2,
	      .due = "R (+u2.product/tried) R | d | reading the live organisation (goes on)"},
	     {.due = "R R | d | no error"});
}

static void an_unknown_account_is_looked_for(void **state UNUSED)
{
	const struct scene s = {.held = SYS3, .wanted = SYS3 " robot.product"};
	PLAY({.answers = "!", .due = "R (+robot) R (+robot.product) R | dd | no error"});
}

static void an_account_that_was_made_is_not_looked_for(void **state UNUSED)
{
	const struct scene s = {.held = SYS3, .wanted = SYS3 " robot.product"};
	PLAY({.answers = "+", .due = "R (+robot) (+robot.product) R | dd | no error"});
}

static void an_unknown_account_that_is_not_there(void **state UNUSED)
{
	const struct scene s = {.held = SYS3, .wanted = SYS3 " robot.product"};
	PLAY({.answers = "?",
	      .due = "R (+robot) R (+robot.product) R | u[no answer; no read shows "
		     "it]l[accepted, but no read shows it yet] | no error"},
	     {.due = "R (+robot/tried) R | dd | no error"});
}

/* What was seen is told once, whatever the service's own words are. */
static void what_a_look_saw_is_told_once(void **state UNUSED)
{
	const struct scene s = {.held = SYS3, .wanted = SYS3 " robot.product"};
	PLAY({.answers = "u",
	      .due = "R (+robot) R (+robot.product) R | u[it says: no read shows it; no read shows "
		     "it]l[accepted, but no read shows it yet] | no error"});
}

static void a_resume_sends_until_its_plan_expires(void **state UNUSED)
{
	const struct scene s = {
		.held = SYS3, .wanted = SYS3 " u0.product u1.product u2.product", .batch = 1};
	PLAY({.stop_behind = 1, .due = "R (+u0.product) R | d-- | no error"},
	     {.later = PLAN_LIFE, .stop_behind = 1, .due = "R (+u1.product) R | dd- | no error"},
	     {.later = PLAN_LIFE + 1,
	      .due = "R R | dd-[the plan expired at 2026-06-02T00:00:00Z; make a new one] | "
		     "no error"},
	     {.later = PLAN_LIFE + 1,
	      .due = "| --- | this plan has been applied already (run RUN-000); make a new one"});
}

static void a_plan_that_expired_is_not_begun(void **state UNUSED)
{
	const struct scene s = {.held = SYS3, .wanted = SYS3 " u0.product"};
	PLAY({.later = PLAN_LIFE + 1,
	      .due = "| - | the plan expired at 2026-06-02T00:00:00Z; make a new one"},
	     {.later = PLAN_LIFE, .due = "R (+u0.product) R | d | no error"});
}

static void a_plan_that_is_no_file_is_carried_out(void **state UNUSED)
{
	const struct scene s = {.held = SYS3, .wanted = SYS3 " u0.product"};
	PLAY({.unsaved = true, .due = "R (+u0.product) R | d | no error"},
	     {.due = "R | - | the plan is stale: grant/user/u0%40example.com/product/P/A has "
		     "changed since; nothing was sent, plan again"});
}

static void nothing_is_read_for_a_plan_of_nothing(void **state UNUSED)
{
	const struct scene s = {.held = SYS3, .wanted = SYS3};
	PLAY({.unsaved = true, .due = "|  | no error"}, {.due = "R |  | no error"});
}

static void a_secret_is_waited_for(void **state UNUSED)
{
	const struct scene s = {.held = SYS3, .wanted = SYS3 " robot", .sink = true};
	PLAY({.secret_after = 3,
	      .patience_ms = 60000,
	      .due = "R (+robot) R $robot $robot $robot $robot | d | no error"});
}

static void behind_an_error_a_secret_is_looked_for_a_few_times(void **state UNUSED)
{
	const struct scene s = {.held = SYS3, .wanted = SYS3 " robot u0.product", .sink = true};
	PLAY({.answers = "+W",
	      .secret_after = 4,
	      .patience_ms = 60000,
	      .due = "R (+robot) (+u0.product) R $robot $robot $robot | ld | the service is "
		     "gone (goes on)"},
	     {.due = "R R $robot/again | dd | no error"});
}

static void a_stale_plan_lets_go(void **state UNUSED)
{
	const struct scene s = {.held = SYS4 " u0.product", .wanted = SYS4};
	PLAY({.before = "u0.product",
	      .due = "R | - | the plan is stale: grant/user/u0%40example.com/product/P/A has "
		     "changed since; nothing was sent, plan again"},
	     {.due = "R | - | the plan is stale: grant/user/u0%40example.com/product/P/A has "
		     "changed since; nothing was sent, plan again"});
}

static void who_was_taken_over_sends_no_more(void **state UNUSED)
{
	const struct scene s = {.held = SYS3, .wanted = SYS3 " u0.product u1.product", .batch = 1};
	PLAY({.taken = true,
	      .due = "R (+u0.product) | d- | another run took over, and nothing more is sent "
		     "(goes on)"});
}

static void a_signal_ends_a_run_between_calls(void **state UNUSED)
{
	const struct scene s = {.held = SYS3, .wanted = SYS3 " u0.product u1.product", .batch = 1};
	PLAY({.stop_behind = 1, .due = "R (+u0.product) R | d- | no error"},
	     {.due = "R (+u1.product) R | dd | no error"},
	     {.due = "| -- | this plan has been applied already (run RUN-000); make a new one"});
}

static void a_dead_run_is_gone_on_with(void **state UNUSED)
{
	const struct scene s = {
		.held = SYS3 " u3.support", .wanted = SYS3 " u0.product u1.product", .batch = 1};
	PLAY({.dies_behind = 2, .answers = "+?", .due = "died"},
	     {.due = "R (+u1.product/tried) R (-u3.support) R | ddd | no error"},
	     {.due = "| --- | this plan has been applied already (run RUN-000); make a new one"});
}

/* A run that dies has withheld something all the same. */
static void who_dies_has_withheld(void **state UNUSED)
{
	ARENA a = {0};
	const struct scene s = {
		.held = SYS3 " u3.support", .wanted = SYS3 " u0.product", .percent_given = -1};
	const struct step step = {.dies_behind = 1};
	struct prepared prepared;
	struct ledger_view view;
	begin_scene(&s, __func__);
	prepare(&s, &prepared);
	assert_string_equal(die_in_step(&prepared.planned, &step), "died");
	struct ledger *ledger = open_again();
	assert_ok(ledger_view_read(ledger, &a, &view));
	assert_int_equal(view.withheld.len, 1);
	assert_string_equal(view.withheld.at[0],
			    "grant/user/u3%40example.com/role/support-administrator");
	ledger_close(ledger);
	drop(&prepared);
	end_scene();
}

static void a_removal_waits_for_what_is_added(void **state UNUSED)
{
	const struct scene s = {.held = SYS3 " u0.product", .wanted = SYS3 " u1.product"};
	PLAY({.answers = "x",
	      .due = "R (+u1.product) R R | l[accepted, but no read shows it yet]w[what is to "
		     "come in its place is not there] | no error"});
}

static size_t memory_of_wait(const struct prepared *prepared, unsigned patience_ms)
{
	const struct step step = {
		.answers = "x", .patience_ms = patience_ms, .read_bytes = (size_t)64 << 10};
	const char *was = apply_step(&prepared->planned, &step);
	assert_string_equal(strchr(was, '|'), "| l[accepted, but no read shows it yet] | no error");
	return service.memory;
}

/* What its looks read is let go: a wait may be a day long. */
static void a_longer_wait_takes_no_more_memory(void **state UNUSED)
{
	const struct scene s = {.held = SYS3, .wanted = SYS3 " u0.product"};
	size_t memory[2];
	for (unsigned longer = 0; longer < 2; longer++) {
		struct prepared prepared;
		begin_scene(&s, longer ? "long" : "short");
		prepare(&s, &prepared);
		memory[longer] = memory_of_wait(&prepared, longer ? 600000 : 30000);
		drop(&prepared);
		end_scene();
	}
	assert_true(memory[1] < memory[0] + ((size_t)1 << 20));
}

/* ---- guards ---- */

static void a_lagging_read_is_no_holder(void **state UNUSED)
{
	const struct scene s = {.held = SYS4, .wanted = "u2.sys u3.sys", .batch = 1};
	PLAY({.answers = "l",
	      .meanwhile = "u3.sys",
	      .patience_ms = 60000,
	      .due = "R (-u0.sys) r R R R r | dw[live has changed: with it too few would hold "
		     "what somebody must keep] | no error"});
}

/* Neither is an account that the run has deleted, and that a read shows as it was. */
static void an_account_that_lingers_is_no_holder(void **state UNUSED)
{
	const struct scene s = {.held = "spare robot.sys other.sys u0.sys u1.sys",
				.wanted = "u0.sys u1.sys",
				.absent = "robot other",
				.batch = 1};
	PLAY({.answers = "l",
	      .meanwhile = "u1.sys",
	      .patience_ms = 60000,
	      .due = "R (-other) r R R R r | dw[live has changed: with it too few would hold "
		     "what somebody must keep] | no error"});
}

/* Nor is its one grant more than all of them: a role that it has besides counts. */
static void who_lost_one_role_holds_another(void **state UNUSED)
{
	const struct scene s = {.held = SYS3 " u0.support u1.support u2.support",
				.wanted = "u1.sys u2.sys u0.support u2.support",
				.min_support = 2,
				.batch = 1};
	PLAY({.due = "R (-u0.sys) r (-u1.support) R r | dd | no error"});
}

/* Where a read still shows all that a deleted account had, none of it counts. */
static void nothing_of_an_account_that_lingers_counts(void **state UNUSED)
{
	const struct scene s = {.held = "spare robot.sys robot.support other.support u0.support "
					"u1.sys u2.sys u3.sys",
				.wanted = "u0.support u1.sys u2.sys u3.sys",
				.absent = "robot other",
				.min_support = 1,
				.batch = 1};
	PLAY({.answers = "l",
	      .meanwhile = "u0.support",
	      .patience_ms = 60000,
	      .due = "R (-other) r R R R r | dw[live has changed: with it too few would hold "
		     "what somebody must keep] | no error"});
}

/* Neither is one from whom a run took it that died since. */
static void a_lagging_read_is_no_holder_for_a_resume(void **state UNUSED)
{
	const struct scene s = {.held = SYS4, .wanted = "u2.sys u3.sys", .batch = 1};
	PLAY({.answers = "l?", .dies_behind = 2, .due = "died"},
	     {.before = "u3.sys",
	      .patience_ms = 60000,
	      .due = "R R R r | dw | 1 holds system-administrator now, limit 2: somebody else "
		     "took some while this run did; give it to somebody (a new plan tells who "
		     "is to have it), then resume (goes on)"});
}

/* But one from whom the service did not take it still is. */
static void who_was_refused_holds_it_still(void **state UNUSED)
{
	const struct scene s = {.held = SYS4, .wanted = "u2.sys u3.sys", .batch = 1};
	PLAY({.answers = "-",
	      .meanwhile = "u3.sys",
	      .due = "R (-u0.sys) r (-u1.sys) R r | f[refused]d | no error"});
}

/* What a plan was free to take is withheld where too few are left by the time of its apply. */
static void what_was_free_is_withheld_by_now(void **state UNUSED)
{
	const struct scene s = {.held = SYS4, .wanted = "u1.sys u2.sys u3.sys"};
	PLAY({.before = "u2.sys u3.sys", .due = "R | w | no error"});
}

static void others_took_what_must_be_kept(void **state UNUSED)
{
	const struct scene s = {.held = SYS4, .wanted = "u1.sys u2.sys u3.sys"};
	PLAY({.meanwhile = "u1.sys u2.sys",
	      .due = "R (-u0.sys) R r | d | 1 holds system-administrator now, limit 2: "
		     "somebody else took some while this run did; give it to somebody (a new "
		     "plan tells who is to have it), then resume (goes on)"});
}

static void others_took_another_role(void **state UNUSED)
{
	const struct scene s = {.held = SYS3 " u3.support u4.support u5.support",
				.wanted = SYS3 " u4.support u5.support",
				.min_support = 2};
	PLAY({.meanwhile = "u4.support",
	      .due = "R (-u3.support) R r | d | 1 holds support-administrator now, limit 2: "
		     "somebody else took some while this run did; give it to somebody (a new "
		     "plan tells who is to have it), then resume (goes on)"});
}

static void others_took_one_of_three(void **state UNUSED)
{
	const struct scene s = {.held = SYS4, .wanted = "u1.sys u2.sys u3.sys", .min_sys = 3};
	PLAY({.meanwhile = "u1.sys",
	      .due = "R (-u0.sys) R r | d | 2 hold system-administrator now, limit 3: "
		     "somebody else took some while this run did; give it to somebody (a new "
		     "plan tells who is to have it), then resume (goes on)"});
}

static void others_took_the_last_person(void **state UNUSED)
{
	const struct scene s = {.held = "robot.sys other.sys u0.sys u1.sys",
				.wanted = "robot.sys other.sys u1.sys"};
	PLAY({.meanwhile = "u1.sys",
	      .due = "R (-u0.sys) R r | d | 0 users hold system-administrator now, limit 1: "
		     "somebody else took some while this run did; give it to somebody (a new "
		     "plan tells who is to have it), then resume (goes on)"});
}

static void no_persons_are_asked_of_other_roles(void **state UNUSED)
{
	const struct scene s = {.held = SYS3 " robot.support other.support u0.support",
				.wanted = SYS3 " robot.support other.support",
				.min_support = 2};
	PLAY({.due = "R (-u0.support) R r | d | no error"});
}

static void a_holder_can_go_while_enough_are_left(void **state UNUSED)
{
	const struct scene s = {.held = SYS3, .wanted = "u1.sys u2.sys"};
	PLAY({.due = "R (-u0.sys) R r | d | no error"});
}

static void a_deleted_account_took_its_role(void **state UNUSED)
{
	const struct scene s = {.held = SYS3 " robot.sys", .wanted = SYS3, .absent = "robot"};
	PLAY({.meanwhile = "u1.sys u2.sys",
	      .due = "R (-robot) R r | d | 1 holds system-administrator now, limit 2: "
		     "somebody else took some while this run did; give it to somebody (a new "
		     "plan tells who is to have it), then resume (goes on)"});
}

/* Where there were too few before, and the run took none, nobody says that it did. */
static void what_was_short_before_is_nobodys_doing(void **state UNUSED)
{
	const struct scene s = {.held = "u0.sys", .wanted = "u1.product"};
	PLAY({.due = "R (+u1.product) R | dw | no error"});
}

static void what_ends_may_leave_nobody(void **state UNUSED)
{
	const struct scene s = {.held = SYS3 " u3.support",
				.wanted = SYS3 " u3.support",
				.expired = "u3.support",
				.min_support = 1};
	PLAY({.unsaved = true, .due = "R r (-u3.support) R r | d | no error"});
}

/* But a plan that nobody vouches for may call any removal an end. */
static void what_a_plan_alone_says_has_ended_leaves_somebody(void **state UNUSED)
{
	const struct scene s = {.held = SYS3 " u3.support",
				.wanted = SYS3 " u3.support",
				.expired = "u3.support",
				.min_support = 1};
	PLAY({.due = "R | w | no error"});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_not_sent_is_left),
		cmocka_unit_test(the_first_error_is_the_runs),
		cmocka_unit_test(an_unknown_account_is_looked_for),
		cmocka_unit_test(an_account_that_was_made_is_not_looked_for),
		cmocka_unit_test(an_unknown_account_that_is_not_there),
		cmocka_unit_test(what_a_look_saw_is_told_once),
		cmocka_unit_test(a_resume_sends_until_its_plan_expires),
		cmocka_unit_test(a_plan_that_expired_is_not_begun),
		cmocka_unit_test(a_plan_that_is_no_file_is_carried_out),
		cmocka_unit_test(nothing_is_read_for_a_plan_of_nothing),
		cmocka_unit_test(a_secret_is_waited_for),
		cmocka_unit_test(behind_an_error_a_secret_is_looked_for_a_few_times),
		cmocka_unit_test(a_stale_plan_lets_go),
		cmocka_unit_test(who_was_taken_over_sends_no_more),
		cmocka_unit_test(a_signal_ends_a_run_between_calls),
		cmocka_unit_test(a_dead_run_is_gone_on_with),
		cmocka_unit_test(who_dies_has_withheld),
		cmocka_unit_test(a_removal_waits_for_what_is_added),
		cmocka_unit_test(a_longer_wait_takes_no_more_memory),
		cmocka_unit_test(a_lagging_read_is_no_holder),
		cmocka_unit_test(an_account_that_lingers_is_no_holder),
		cmocka_unit_test(who_lost_one_role_holds_another),
		cmocka_unit_test(nothing_of_an_account_that_lingers_counts),
		cmocka_unit_test(a_lagging_read_is_no_holder_for_a_resume),
		cmocka_unit_test(who_was_refused_holds_it_still),
		cmocka_unit_test(what_was_free_is_withheld_by_now),
		cmocka_unit_test(others_took_what_must_be_kept),
		cmocka_unit_test(others_took_another_role),
		cmocka_unit_test(others_took_one_of_three),
		cmocka_unit_test(others_took_the_last_person),
		cmocka_unit_test(no_persons_are_asked_of_other_roles),
		cmocka_unit_test(a_holder_can_go_while_enough_are_left),
		cmocka_unit_test(a_deleted_account_took_its_role),
		cmocka_unit_test(what_was_short_before_is_nobodys_doing),
		cmocka_unit_test(what_ends_may_leave_nobody),
		cmocka_unit_test(what_a_plan_alone_says_has_ended_leaves_somebody),
	};
	return cmocka_run_group_tests(tests, make_service_folder, drop_service_folder);
}
