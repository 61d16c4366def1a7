/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "core/render/format.h"
#include "core/render/planfile.h"
#include "core/render/render_result.h"
#include "core/util/file.h"
#include "core/util/intern.h"
#include "tests/unit/check.h"

#define MOST 16 /* changes of the plan in tests/data, at most */

/* A run of that plan: what became of its changes stands in letters, in their order. */
struct story {
	struct arena arena;
	struct intern *strings;
	char *bytes;
	struct plan plan;
	struct planned planned;
	struct result result;
	struct result_record record;
	struct run_report report;
	uint8_t fates[MOST], withheld[MOST];
	const char *messages[MOST], *steps[MOST], *emails[MOST];
	const struct attestation *attested[MOST];
};

static enum fate fate_of(char letter)
{
	static const char letters[FATE_COUNT + 1] = "nd!?hw~";
	const char *at = strchr(letters, letter);
	assert_non_null(at);
	return (enum fate)(at - letters);
}

static struct story *begin(const char *fates)
{
	struct story *s = calloc(1, sizeof(*s));
	size_t len;
	s->strings = intern_new();
	assert_ok(file_read(in_tree(&s->arena, "tests/data/plans/rich.json"), 1 << 20, &s->bytes,
			    &len));
	assert_ok(planfile_parse("p.json", s->bytes, len, s->strings, &s->arena, &s->plan));
	assert_int_equal(s->plan.changes.len, strlen(fates));
	s->planned = (struct planned){.plan = &s->plan};
	s->result = (struct result){.fates = s->fates,
				    .withheld = s->withheld,
				    .messages = s->messages,
				    .steps = s->steps,
				    .attested = s->attested,
				    .emails = s->emails,
				    .guards = s->plan.guards,
				    .run = "20260601T000000Z-0123456789ab-000",
				    .ledger = "a folder",
				    .number = 7};
	for (size_t i = 0; fates[i]; i++) {
		s->fates[i] = (uint8_t)fate_of(fates[i]);
		s->result.count[s->fates[i]]++;
	}
	s->report = (struct run_report){
		.planned = &s->planned, .result = &s->result, .record = &s->record};
	return s;
}

static void end(struct story *s)
{
	intern_free(s->strings);
	free(s->bytes);
	arena_done(&s->arena);
	free(s);
}

/* "failed:1 admin-grant:2 ...": its sections and how many items each has. */
static const char *sections_of(struct arena *a, const struct review *r)
{
	struct str out = STR(a);
	for (size_t i = 0; i < r->sections.len; i++)
		str_printf(&out, "%s%s:%zu", i ? " " : "", r->sections.at[i].rule,
			   r->sections.at[i].items.len);
	return str_text(&out);
}

static void what_went_wrong_is_first_and_what_was_done_last(void **state UNUSED)
{
	static const struct {
		const char *fates, *heading, *sections;
	} rows[] = {
		{"dddddddww",
		 "Applied, but for what is withheld: 3 administrator rights granted, 1 account "
		 "moved to another credential",
		 "admin-grant:3 credential:1 withheld:2 ordinary:3 guard:3"},
		{"dddddd!nn",
		 "Stopped part-way: 2 administrator rights granted, 1 account moved to another "
		 "credential",
		 "failed:1 not-tried:2 admin-grant:2 credential:1 ordinary:3 guard:3"},
		{"ddd?dd~hd",
		 "Stopped part-way: 1 administrator right granted, 1 account moved to another "
		 "credential, 1 account deleted",
		 "unknown:1 admin-grant:1 credential:1 by-hand:1 late:1 account-delete:1 "
		 "ordinary:3 guard:3"},
		{"dddddddhd",
		 "Applied, something waits: 3 administrator rights granted, 1 account moved to "
		 "another credential, 1 account deleted",
		 "admin-grant:3 credential:1 by-hand:1 account-delete:1 ordinary:3 guard:3"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct story *s = begin(rows[i].fates);
		struct review r;
		review_of_result(&r, &s->arena, &s->report);
		assert_string_equal(r.calm, rows[i].heading);
		assert_string_equal(sections_of(&s->arena, &r), rows[i].sections);
		assert_string_equal(r.subject, "apply");
		end(s);
	}
}

static void a_run_that_stopped_says_why_and_how_it_goes_on(void **state UNUSED)
{
	struct story *s = begin("dddddd!nn");
	struct str out = STR(&s->arena);
	struct review r;
	s->report.error = "the `service`\ndoes not answer";
	s->report.resume = "writ apply --resume";
	s->record.error = "no room";
	s->messages[6] = "refused: [x](http://example.com)";
	review_of_result(&r, &s->arena, &s->report);
	assert_ok(format_review(FORMAT_MARKDOWN, &r, 0, &out));
	const char *text = str_text(&out);
	assert_non_null(
		strstr(text, "\n> **The run (3)**\n> - ``the `service`\\ndoes not answer``"));
	assert_non_null(strstr(text, "`not recorded: no room`"));
	assert_non_null(strstr(text, "`it goes on with: writ apply --resume`"));
	assert_non_null(strstr(text, "`refused: [x](http://example.com)`"));
	assert_true(strstr(text, "**The run") < strstr(text, "**Failed"));
	end(s);
}

static void what_is_not_asked_for_again_is_ended_by_a_person(void **state UNUSED)
{
	struct story *s = begin("dddddd?nn");
	struct str out = STR(&s->arena), json = STR(&s->arena), review = STR(&s->arena);
	struct review r;
	s->report.resume = "writ apply --resume";
	render_result_text(&out, &s->report);
	assert_non_null(strstr(str_text(&out), "`writ apply --resume` goes on from here.\n"));
	s->result.unsure = true;
	out = (struct str)STR(&s->arena);
	render_result_text(&out, &s->report);
	assert_null(strstr(str_text(&out), "goes on from here.\n"));
	assert_non_null(strstr(str_text(&out),
			       ": `writ ledger close 20260601T000000Z-0123456789ab-000 --why TEXT` "
			       "ends the run where the service does not have it.\n"));
	render_result_json(&json, &s->report);
	assert_non_null(strstr(str_text(&json), "\"close\": \"writ ledger close 2026"));
	review_of_result(&r, &s->arena, &s->report);
	assert_ok(format_review(FORMAT_MARKDOWN, &r, 0, &review));
	assert_non_null(strstr(str_text(&review), "the run ends with: writ ledger close 2026"));
	end(s);
}

static void a_budget_leaves_what_went_wrong_and_administrator_rights(void **state UNUSED)
{
	struct story *s = begin("ddddddd!d");
	struct str out = STR(&s->arena), whole = STR(&s->arena);
	struct review r;
	review_of_result(&r, &s->arena, &s->report);
	assert_ok(format_review(FORMAT_MARKDOWN, &r, 0, &whole));
	assert_ok(format_review(FORMAT_MARKDOWN, &r, whole.len - 1, &out));
	assert_true(out.len < whole.len);
	assert_non_null(strstr(str_text(&out), "**Failed (1)**"));
	assert_non_null(strstr(str_text(&out), "**Administrator rights granted (3)**"));
	assert_non_null(strstr(str_text(&out), "Left out to stay within"));
	end(s);
}

static void steps_are_those_of_now_unless_somebody_made_them(void **state UNUSED)
{
	const struct attestation said = {.by = "jane", .why = "made it", .at = 1780272000};
	struct story *s = begin("dddddddhh");
	struct review r;
	s->steps[7] = s->steps[8] = "Open the console\nChoose Save";
	s->attested[8] = &said;
	review_of_result(&r, &s->arena, &s->report);
	const struct review_section *hand = &r.sections.at[2];
	assert_string_equal(hand->rule, "by-hand");
	for (size_t i = 0; i < hand->items.len; i++) {
		const struct review_item *item = &hand->items.at[i];
		assert_true(!item->steps == !!item->note);
	}
	end(s);
}

static void outputs_count_every_fate(void **state UNUSED)
{
	struct story *s = begin("ddd?dd~hn");
	struct str out = STR(&s->arena);
	struct review r;
	s->report.status = 5;
	review_of_result(&r, &s->arena, &s->report);
	render_github_outputs(&out, &r);
	assert_non_null(strstr(str_text(&out), "status=5\n"));
	assert_non_null(strstr(str_text(&out),
			       "run=20260601T000000Z-0123456789ab-000\nnot-tried=1\n"
			       "done=5\nfailed=0\nunknown=1\nmanual=1\n"
			       "withheld=0\nnot-seen-yet=1\n"));
	end(s);
}

static void nothing_to_apply_is_a_result_too(void **state UNUSED)
{
	struct story *s = begin("ddddddddd");
	struct review r;
	s->report.result = NULL;
	s->plan.changes.len = 0;
	review_of_result(&r, &s->arena, &s->report);
	assert_string_equal(r.calm, "Nothing to apply");
	assert_string_equal(sections_of(&s->arena, &r), "guard:3");
	end(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_went_wrong_is_first_and_what_was_done_last),
		cmocka_unit_test(a_run_that_stopped_says_why_and_how_it_goes_on),
		cmocka_unit_test(what_is_not_asked_for_again_is_ended_by_a_person),
		cmocka_unit_test(a_budget_leaves_what_went_wrong_and_administrator_rights),
		cmocka_unit_test(steps_are_those_of_now_unless_somebody_made_them),
		cmocka_unit_test(outputs_count_every_fate),
		cmocka_unit_test(nothing_to_apply_is_a_result_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
