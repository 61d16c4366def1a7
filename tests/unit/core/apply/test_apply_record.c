/* SPDX-License-Identifier: Apache-2.0 */
/* What runs leave in the ledger, and what later ones make of it. */
#include "core/apply/apply.h"

#include "core/util/clock.h"
#include "tests/unit/scripted_apply.h"

#define PLAY(...)                                                                                  \
	play_steps(&s, __func__, (const struct step[]){__VA_ARGS__},                               \
		   COUNT(((const struct step[]){__VA_ARGS__})))
#define CARRY(...)                                                                                 \
	carry(&s, &p, __func__, (const struct step[]){__VA_ARGS__},                                \
	      COUNT(((const struct step[]){__VA_ARGS__})))
#define SYS3 "u0.sys u1.sys u2.sys"

/* ---- the ledger, as text ---- */

/* Intents, results and ends, a line each. */
static const char *told(void)
{
	ARENA a = {0};
	struct ledger *l = open_again();
	struct ledger_record_vec records = {0};
	struct str out = STR(&service.arena);
	assert_ok(ledger_read_whole(l, &a, &records));
	for (size_t i = 0; i < records.len; i++) {
		const struct ledger_entry_vec *entries = &records.at[i].entries;
		for (size_t k = 0; k < entries->len; k++) {
			const struct ledger_entry *e = &entries->at[k];
			if (e->type == ENTRY_INTENT || e->type == ENTRY_RESULT ||
			    e->type == ENTRY_RECONCILED || e->type == ENTRY_END)
				str_printf(&out, "%s %.*s\n", entry_type_name(e->type),
					   (int)e->body.len, e->body.at);
		}
	}
	ledger_close(l);
	return str_text(&out);
}

static void check_told(const char *due)
{
	assert_string_equal(told(), due);
}

/* What the next plan is to know. */
static const char *kept(void)
{
	struct arena *a = &service.arena;
	struct ledger *l = open_again();
	struct ledger_view v;
	struct str out = STR(a);
	assert_ok(ledger_view_read(l, a, &v));
	for (size_t i = 0; i < v.open.len; i++) {
		struct ledger_record_vec records = {0};
		uint64_t first = v.open.at[i].first;
		assert_ok(ledger_read(l, a, first, first, &records));
		str_printf(&out, "open, from %s on; ",
			   entry_type_name(records.at[0].entries.at[0].type));
	}
	str_printf(&out, "used %zu", v.used.len);
	for (size_t i = 0; i < v.withheld.len; i++)
		str_printf(&out, "; withheld %s", v.withheld.at[i]);
	for (size_t i = 0; i < v.waiting.len; i++)
		str_printf(&out, "; waiting %s since %lld", v.waiting.at[i].address,
			   (long long)(v.waiting.at[i].since - BEGIN));
	for (size_t i = 0; i < v.attested.len; i++)
		str_printf(&out, "; attested %s", v.attested.at[i].address);
	for (size_t i = 0; i < v.unrecorded.len; i++)
		str_add(&out, "; unrecorded");
	for (size_t i = 0; i < v.ends.len; i++) {
		char day[DATE_TEXT];
		date_format(v.ends.at[i].day, day);
		str_printf(&out, "; %s ends %s", v.ends.at[i].address, day);
	}
	str_add(&out, v.last.manifests ? "; applied whole" : "");
	ledger_close(l);
	return str_text(&out);
}

static void check_kept(const char *due)
{
	assert_string_equal(kept(), due);
}

/* ---- entries ---- */

/* Numbers that follow each other are a range, and what became of several in the same words is one
 * entry. */
static void changes_are_told_in_ranges(void **state UNUSED)
{
	const struct scene s = {.held = SYS3,
				.wanted = SYS3
				" u0.product u1.product u2.product u3.product u4.product "
				"u5.product"};
	begin_scene(&s, __func__);
	PLAY({.answers = "++-qr+",
	      .due = "R (+u0.product +u1.product +u2.product +u3.product +u4.product "
		     "+u5.product) R | ddf[refused]ff[refused, and why]d | no error"},
	     {.due = "R (+u2.product/tried +u3.product/tried +u4.product/tried) R | dddddd | "
		     "no error"});
	check_told("intent {\"changes\": [\"c1-c6\"], \"within_ms\": 120000}\n"
		   "result {\"changes\": [\"c1-c2\"], \"outcome\": \"done\", \"message\": "
		   "null}\n"
		   "result {\"changes\": [\"c3\"], \"outcome\": \"failed\", \"message\": "
		   "\"refused\"}\n"
		   "result {\"changes\": [\"c4\"], \"outcome\": \"failed\", \"message\": "
		   "null}\n"
		   "result {\"changes\": [\"c5\"], \"outcome\": \"failed\", \"message\": "
		   "\"refused, and why\"}\n"
		   "result {\"changes\": [\"c6\"], \"outcome\": \"done\", \"message\": "
		   "null}\n"
		   "intent {\"changes\": [\"c3-c5\"], \"within_ms\": 120000}\n"
		   "result {\"changes\": [\"c3-c5\"], \"outcome\": \"done\", \"message\": "
		   "null}\n"
		   "end {\"end\": \"done\", \"done\": 6, \"commit\": null}\n");
	end_scene();
}

static void who_is_made_is_named(void **state UNUSED)
{
	const struct scene s = {.held = SYS3, .wanted = SYS3 " robot other"};
	begin_scene(&s, __func__);
	PLAY({.commit = "c0ffee", .due = "R (+other +robot) R | dd | no error"});
	check_told("intent {\"changes\": [\"c1-c2\"], \"made\": [{\"change\": \"c1\", "
		   "\"account\": \"other\"}, {\"change\": \"c2\", \"account\": \"robot\"}], "
		   "\"within_ms\": 120000}\n"
		   "result {\"changes\": [\"c1-c2\"], \"outcome\": \"done\", \"message\": "
		   "null}\n"
		   "end {\"end\": \"done\", \"done\": 2, \"commit\": \"c0ffee\"}\n");
	check_kept("used 1; applied whole");
	assert_true(service.reserved > 65536); /* bytes for what ends it, and for its plan twice */
	end_scene();
}

/* What is withheld in mid-run is on record; it lacks no consent, so that the next plan may have it.
 */
static void what_is_withheld_in_mid_run_is_told(void **state UNUSED)
{
	const struct scene s = {.held = SYS3 " u3.sys", .wanted = "u2.sys u3.sys", .batch = 1};
	begin_scene(&s, __func__);
	PLAY({.meanwhile = "u3.sys",
	      .due = "R (-u0.sys) r R r | dw[live has changed: with it too few would hold what "
		     "somebody must keep] | no error"});
	assert_non_null(strstr(told(), "reconciled {\"changes\": [\"c2\"], \"outcome\": "
				       "\"withheld\""));
	check_kept("used 1; applied whole");
	end_scene();
}

/* What was withheld while its replacement was not seen, and is to be sent by the run that goes on,
 * is withheld on record no more. */
static void what_is_withheld_no_more_is_told(void **state UNUSED)
{
	const struct scene s = {.held = SYS3 " u3.support", .wanted = SYS3 " u4.support"};
	begin_scene(&s, __func__);
	PLAY({.answers = "l",
	      .due = "R (+u4.support) R R | l[accepted, but no read shows it yet]w[what is to come "
		     "in its place is not there] | no error"},
	     {.due = "R R (-u3.support) R | dd | no error"});
	assert_non_null(strstr(told(), "reconciled {\"changes\": [\"c2\"], \"outcome\": "
				       "\"not tried\""));
	end_scene();
}

/* ---- what is kept ---- */

static void a_run_that_stopped_is_open(void **state UNUSED)
{
	const struct scene s = {.held = SYS3, .wanted = SYS3 " u0.product u1.product", .batch = 1};
	struct prepared p;
	begin_scene(&s, __func__);
	prepare(&s, &p);
	CARRY({.stop_behind = 1, .due = "R (+u0.product) R | d- | no error"});
	check_kept("open, from plan on; used 1; applied whole");
	CARRY({.uncommitted = true, .due = "R (+u1.product) R | dd | no error"});
	check_kept("used 1; unrecorded; applied whole");
	drop(&p);
	end_scene();
}

static bool begins_with_limits(void)
{
	ARENA a = {0};
	struct ledger *l = open_again();
	struct ledger_record_vec records = {0};
	bool has = false;
	assert_ok(ledger_read_whole(l, &a, &records));
	for (size_t i = 0; i < records.len; i++) {
		for (size_t k = 0; k < records.at[i].entries.len; k++) {
			const struct ledger_entry *e = &records.at[i].entries.at[k];
			struct json_span policy;
			has |= e->type == ENTRY_BEGIN && json_member(e->body, "policy", &policy);
		}
	}
	ledger_close(l);
	return has;
}

/* Nobody agreed to them for the whole where a part was applied. */
static void only_a_whole_run_tells_its_limits(void **state UNUSED)
{
	const struct scene s = {.held = SYS3, .wanted = SYS3 " u0.product u1.product", .batch = 1};
	for (int part = 0; part < 2; part++) {
		struct prepared p;
		begin_scene(&s, part ? "limits_of_part" : "limits_of_whole");
		prepare(&s, &p);
		CARRY({.stop_behind = 1, .part = part, .due = "R (+u0.product) R | d- | no error"});
		assert_int_equal(begins_with_limits(), !part);
		drop(&p);
		end_scene();
	}
}

/* A digest that the operator named is used up, as a file is. */
static void what_was_expected_is_used(void **state UNUSED)
{
	const struct scene s = {.held = SYS3, .wanted = SYS3 " u0.product"};
	begin_scene(&s, __func__);
	PLAY({.unsaved = true, .due = "R (+u0.product) R | d | no error"});
	check_kept("used 0; applied whole");
	let(service.now, "u0.product", false);
	PLAY({.unsaved = true, .expected = true, .due = "R (+u0.product) R | d | no error"});
	check_kept("used 1; applied whole");
	let(service.now, "u0.product", false);
	PLAY({.unsaved = true,
	      .expected = true,
	      .due = "| - | this plan has been applied already (run RUN-000); make a new one"},
	     {.unsaved = true, .due = "R (+u0.product) R | d | no error"});
	end_scene();
}

static void other_manifests_supersede_a_plan(void **state UNUSED)
{
	const struct scene s = {.held = SYS3, .wanted = SYS3 " u0.product"},
			   other = {.wanted = SYS3 " u1.product"};
	struct prepared p;
	begin_scene(&s, __func__);
	prepare(&s, &p);
	play_steps(&other, "other", &(struct step){.due = "R (+u1.product) R | d | no error"}, 1);
	check_kept("used 1; applied whole");
	CARRY({.due = "| - | the plan is superseded: something else was applied at "
		      "2026-06-01T00:00:00Z, run RUN-000; make a new one"},
	      {.unsaved = true, .due = "R (+u0.product) R | d | no error"});
	drop(&p);
	end_scene();
}

/* The same manifests as were applied last do not. */
static void the_same_manifests_do_not_supersede_it(void **state UNUSED)
{
	const struct scene s = {.held = SYS3, .wanted = SYS3 " u0.product u1.product"};
	struct prepared p;
	begin_scene(&s, __func__);
	let(service.now, "u0.product", true);
	prepare(&s, &p);
	let(service.now, "u0.product", false);
	PLAY({.unsaved = true, .due = "R (+u0.product +u1.product) R | dd | no error"});
	let(service.now, "u1.product", false);
	CARRY({.due = "R (+u1.product) R | d | no error"});
	drop(&p);
	end_scene();
}

/* Where it cannot be told whether a plan was used, a ledger that was there before it tells. */
static void a_plan_of_unknown_use_needs_its_ledger(void **state UNUSED)
{
	const struct scene s = {.held = SYS3, .wanted = SYS3 " u0.product"};
	begin_scene(&s, __func__);
	PLAY({.untold = "the clone is shallow",
	      .due = "| - | whether this plan has been applied already cannot be told: the "
		     "clone is shallow; --allow-older insists; nothing was sent"},
	     {.due = "R (+u0.product) R | d | no error"});
	let(service.now, "u0.product", false);
	PLAY({.untold = "the clone is shallow", .due = "R (+u0.product) R | d | no error"});
	end_scene();
}

/* What was made with the history at hand, and warned, is not carried out where it is not; but the
 * same manifests as were applied last are none that are older. */
static void a_plan_that_warned_is_refused(void **state UNUSED)
{
	const struct scene s = {.held = SYS3, .wanted = SYS3 " u0.product"};
	struct prepared p;
	struct diagnostic warning = {.id = PLAN_WARNS_OLDER, .summary = "older", .detail = "why"};
	begin_scene(&s, __func__);
	prepare(&s, &p);
	vec_push(&service.arena, &p.plan.warnings, warning);
	CARRY({.due = "| - | the plan was made with this warning: older; why"});
	PLAY({.unsaved = true, .due = "R (+u0.product) R | d | no error"});
	let(service.now, "u0.product", false);
	CARRY({.due = "R (+u0.product) R | d | no error"});
	drop(&p);
	end_scene();
}

/* Used plans are forgotten a month later, and one that may be among them is refused for that. */
static void a_plan_from_before_memory_is_refused(void **state UNUSED)
{
	const int64_t day = 86400;
	const struct scene s = {.held = SYS3, .wanted = SYS3 " u0.product"},
			   early = {.wanted = s.wanted, .later = 10 * day - 1},
			   late = {.wanted = s.wanted, .later = 10 * day};
	begin_scene(&s, __func__);
	PLAY({.due = "R (+u0.product) R | d | no error"});
	let(service.now, "u0.product", false);
	play_steps(&s, "later",
		   &(struct step){.unsaved = true,
				  .later = 40 * day,
				  .due = "R (+u0.product) R | d | no error"},
		   1);
	let(service.now, "u0.product", false);
	play_steps(&early, "early",
		   &(struct step){.later = 40 * day,
				  .due = "| - | the plan was made before 2026-06-11T00:00:00Z, and "
					 "which plans "
					 "were used before that is not on record; make a new one"},
		   1);
	play_steps(&late, "late",
		   &(struct step){
			   .later = 40 * day,
			   .due = "| - | the plan expired at 2026-06-12T00:00:00Z; make a new one"},
		   1);
	end_scene();
}

static void a_run_in_between_is_told(void **state UNUSED)
{
	const struct scene s = {.held = SYS3, .wanted = SYS3 " u0.product u1.product", .batch = 1},
			   other = {.held = SYS3, .wanted = SYS3 " u2.product"};
	begin_scene(&s, __func__);
	PLAY({.stop_behind = 1, .due = "R (+u0.product) R | d- | no error"});
	play_steps(&other, "other",
		   &(struct step){.due = "R (+u2.product) R (-u0.product) R | dd | no error"}, 1);
	check_told("intent {\"changes\": [\"c1\"], \"within_ms\": 120000}\n"
		   "result {\"changes\": [\"c1\"], \"outcome\": \"done\", \"message\": "
		   "null}\n"
		   "end {\"end\": \"superseded\"}\n"
		   "intent {\"changes\": [\"c1\"], \"within_ms\": 120000}\n"
		   "result {\"changes\": [\"c1\"], \"outcome\": \"done\", \"message\": "
		   "null}\n"
		   "intent {\"changes\": [\"c2\"], \"within_ms\": 120000}\n"
		   "result {\"changes\": [\"c2\"], \"outcome\": \"done\", \"message\": "
		   "null}\n"
		   "end {\"end\": \"done\", \"done\": 2, \"commit\": null}\n");
	check_kept("used 2; applied whole");
	end_scene();
}

/* Nothing else would remember a secret that is owed. */
static void who_owes_a_secret_is_gone_on_with_first(void **state UNUSED)
{
	const struct scene s = {.held = SYS3, .wanted = SYS3 " robot", .sink = true},
			   other = {.wanted = SYS3 " robot u2.product", .sink = true};
	struct prepared p;
	begin_scene(&s, __func__);
	prepare(&s, &p);
	CARRY({.dies_behind = 1, .due = "died"});
	play_steps(&other, "other",
		   &(struct step){.due = "| - | an earlier run was making account \"robot\", whose "
					 "secret has not "
					 "reached the sink (run RUN-000): `writ apply --resume` "
					 "goes on with it, "
					 "and `writ ledger close RUN-000 --why TEXT` says that "
					 "there is none; "
					 "nothing was sent"},
		   1);
	CARRY({.due = "R R $robot/again | d | no error"});
	play_steps(&other, "other", &(struct step){.due = "R (+u2.product) R | d | no error"}, 1);
	drop(&p);
	end_scene();
}

/* What was withheld once needs consent until an apply of all plans it no more. */
static void what_is_withheld_stays_so(void **state UNUSED)
{
	const struct scene one = {.held = SYS3 " u4.support u5.support u6.product",
				  .wanted = SYS3,
				  .percent_given = -1},
			   s = {.wanted = SYS3 " u4.support", .percent_given = -1};
	begin_scene(&one, __func__);
	play_steps(&one, "one",
		   &(struct step){.unsaved = true, .due = "R (-u6.product) R | wwd | no error"}, 1);
	check_kept("used 0; withheld "
		   "grant/user/u4%40example.com/role/support-administrator; withheld "
		   "grant/user/u5%40example.com/role/support-administrator; applied whole");
	PLAY({.unsaved = true, .part = true, .due = "R | w | no error"});
	check_kept("used 0; withheld "
		   "grant/user/u4%40example.com/role/support-administrator; withheld "
		   "grant/user/u5%40example.com/role/support-administrator; applied whole");
	PLAY({.unsaved = true, .due = "R | w | no error"});
	check_kept("used 0; withheld "
		   "grant/user/u5%40example.com/role/support-administrator; applied whole");
	end_scene();
}

/* A step that a person makes waits from the first apply on that leaves it. */
static void what_waits_waits_since_then(void **state UNUSED)
{
	const struct scene s = {.held = SYS3,
				.wanted = SYS3 " u3.product u4.support",
				.manual = "u4.support"},
			   none = {.wanted = SYS3 " u3.product"};
	begin_scene(&s, __func__);
	PLAY({.unsaved = true, .due = "R (+u3.product) R | dm | no error"});
	check_kept("used 0; waiting grant/user/u4%40example.com/role/support-administrator "
		   "since 0; applied whole");
	let(service.now, "u3.product", false);
	PLAY({.unsaved = true, .later = 60, .due = "R (+u3.product) R | dm | no error"});
	check_kept("used 0; waiting grant/user/u4%40example.com/role/support-administrator "
		   "since 0; applied whole");
	play_steps(&none, "none",
		   &(struct step){.unsaved = true, .part = true, .due = "|  | no error"}, 1);
	check_kept("used 0; waiting grant/user/u4%40example.com/role/support-administrator "
		   "since 0; applied whole");
	play_steps(&none, "none", &(struct step){.unsaved = true, .due = "|  | no error"}, 1);
	check_kept("used 0; applied whole");
	end_scene();
}

static void attest(const char *address)
{
	struct ledger *l = open_again();
	attested_add(l,
		     &(struct attestation){
			     .address = address, .by = "ann", .why = "done by hand", .at = BEGIN},
		     NULL);
	assert_ok(ledger_write(l));
	ledger_close(l);
}

/* A person's word counts while the step is due and no read shows it. */
static void what_was_attested_is_kept_while_it_is_due(void **state UNUSED)
{
	static const char support[] = "grant/user/u4%40example.com/role/support-administrator",
			  elsewhere[] = "grant/user/u9%40example.com/role/support-administrator";
	const struct scene s = {.held = SYS3,
				.wanted = SYS3 " u3.product u4.support",
				.manual = "u4.support",
				.hidden = "u4.support"},
			   none = {.wanted = SYS3 " u4.product", .hidden = "u4.support"};
	begin_scene(&s, __func__);
	attest(support);
	attest(elsewhere);
	check_kept("used 0; attested "
		   "grant/user/u4%40example.com/role/support-administrator; attested "
		   "grant/user/u9%40example.com/role/support-administrator");
	PLAY({.unsaved = true,
	      .part = true,
	      .due = "R (+u3.product) R | dm[attested by ann at 2026-06-01T00:00:00Z: \"done "
		     "by hand\"; no read shows it] | no error"});
	check_kept("used 0; attested "
		   "grant/user/u4%40example.com/role/support-administrator; attested "
		   "grant/user/u9%40example.com/role/support-administrator");
	play_steps(&none, "none",
		   &(struct step){.unsaved = true,
				  .part = true,
				  .due = "R (+u4.product) R (-u3.product) R | dd | no error"},
		   1);
	check_kept("used 0; attested "
		   "grant/user/u4%40example.com/role/support-administrator; attested "
		   "grant/user/u9%40example.com/role/support-administrator");
	let(service.now, "u3.product", false);
	PLAY({.unsaved = true,
	      .due = "R (+u3.product) R (-u4.product) R | dm[attested by ann at "
		     "2026-06-01T00:00:00Z: \"done by hand\"; no read shows it]d | no error"});
	check_kept("used 0; attested "
		   "grant/user/u4%40example.com/role/support-administrator; applied whole");
	end_scene();
}

/* An end that has passed is remembered while what it ends is still there. */
static void ends_are_remembered_while_they_are_due(void **state UNUSED)
{
	const int64_t last = (int64_t)60 * 86400, later = (int64_t)70 * 86400;
	const struct scene s = {.held = SYS3 " u3.product u4.product",
				.wanted = SYS3 " u3.product u4.product u5.product",
				.lasting = "u3.product u4.product"},
			   due = {.wanted = s.wanted, .lasting = s.lasting, .later = last},
			   over = {.wanted = s.wanted, .lasting = s.lasting, .later = later};
	begin_scene(&s, __func__);
	play_steps(&s, "one",
		   &(struct step){.unsaved = true, .due = "R (+u5.product) R | d | no error"}, 1);
	check_kept("used 0; grant/user/u3%40example.com/product/P/A ends 2026-07-31; "
		   "grant/user/u4%40example.com/product/P/A ends 2026-07-31; applied whole");
	play_steps(&due, "on the last day",
		   &(struct step){.unsaved = true, .later = last, .due = "|  | no error"}, 1);
	check_kept("used 0; grant/user/u3%40example.com/product/P/A ends 2026-07-31; "
		   "grant/user/u4%40example.com/product/P/A ends 2026-07-31; applied whole");
	play_steps(&over, "two",
		   &(struct step){.unsaved = true,
				  .later = later,
				  .answers = "-",
				  .due = "R (-u3.product -u4.product) R | f[refused]d | no error"},
		   1);
	check_kept("open, from plan on; used 0; grant/user/u3%40example.com/product/P/A "
		   "ends 2026-07-31; applied whole");
	play_steps(&over, "three",
		   &(struct step){.unsaved = true,
				  .later = later,
				  .due = "R (-u3.product) R | d | no error"},
		   1);
	check_kept("used 0; applied whole");
	end_scene();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_are_told_in_ranges),
		cmocka_unit_test(who_is_made_is_named),
		cmocka_unit_test(what_is_withheld_in_mid_run_is_told),
		cmocka_unit_test(what_is_withheld_no_more_is_told),
		cmocka_unit_test(a_run_that_stopped_is_open),
		cmocka_unit_test(only_a_whole_run_tells_its_limits),
		cmocka_unit_test(what_was_expected_is_used),
		cmocka_unit_test(other_manifests_supersede_a_plan),
		cmocka_unit_test(the_same_manifests_do_not_supersede_it),
		cmocka_unit_test(a_plan_of_unknown_use_needs_its_ledger),
		cmocka_unit_test(a_plan_from_before_memory_is_refused),
		cmocka_unit_test(a_plan_that_warned_is_refused),
		cmocka_unit_test(a_run_in_between_is_told),
		cmocka_unit_test(who_owes_a_secret_is_gone_on_with_first),
		cmocka_unit_test(what_is_withheld_stays_so),
		cmocka_unit_test(what_waits_waits_since_then),
		cmocka_unit_test(what_was_attested_is_kept_while_it_is_due),
		cmocka_unit_test(ends_are_remembered_while_they_are_due),
	};
	return cmocka_run_group_tests(tests, make_service_folder, drop_service_folder);
}
