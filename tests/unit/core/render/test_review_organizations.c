/* SPDX-License-Identifier: Apache-2.0 */
#include "core/render/review_organizations.h"

#include <string.h>

#include "core/render/format.h"
#include "core/render/review_pack.h"
#include "tests/unit/check.h"

/* A review that has something in each of its members. */
static void make(struct review *r, struct arena *a)
{
	*r = (struct review){.subject = "plan",
			     .organization = "acme",
			     .alarm = "1 administrator right granted",
			     .headline = "Plan: 1 to add.",
			     .foreign = true,
			     .at = {"acme.yaml", 1, 2}};
	review_open(r, a,
		    &(struct review_section){.rule = "admin-grant",
					     .title = "Administrator rights granted",
					     .kept = true,
					     .least = 3,
					     .again = true,
					     .aside = true,
					     .group_from = 2});
	for (uint32_t i = 0; i < 3; i++)
		review_add(r, a,
			   &(struct review_item){.rule = "admin-grant",
						 .sign = "+",
						 .what = i ? "group" : "alone",
						 .who = i == 2 ? "b" : "a",
						 .reason = "why",
						 .ticket = "OPS-1",
						 .marks = "withheld",
						 .note = "a note",
						 .steps = "one\ntwo",
						 .address = "grant/1",
						 .about = true,
						 .borrowed = true,
						 .at = {"team.yaml", 3, 4},
						 .end_line = 5,
						 .end_column = 6,
						 .level = LEVEL_ERROR,
						 .rank = i});
	review_close(r);
	vec_push(a, &r->facts, (struct review_fact){"Plan", "sha256:1"});
	vec_push(a, &r->outputs, (struct review_fact){"changes", "true"});
	review_add_count(&r->outputs, a, "add", 12);
	vec_push(a, &r->outputs, (struct review_fact){"digest", "sha256:1"});
}

/* Another one, of which nothing has to be feared and nothing has a place. */
static void make_calm(struct review *r, struct arena *a)
{
	*r = (struct review){.subject = "plan", .calm = "No administrator right granted"};
	review_open(r, a, &(struct review_section){.rule = "ordinary", .title = "Changes"});
	review_add(r, a,
		   &(struct review_item){.rule = "ordinary", .what = "x", .address = "grant/1"});
	review_close(r);
	vec_push(a, &r->outputs, (struct review_fact){"changes", "false"});
	review_add_count(&r->outputs, a, "add", 1);
}

static const char *packed(struct arena *a, const struct review *r, size_t *len)
{
	struct str out = STR(a);
	review_pack(&out, r);
	*len = out.len;
	return out.at;
}

static void a_review_comes_back_as_it_was(void **state UNUSED)
{
	ARENA a = {0};
	struct review r, calm, back, next;
	size_t len, all;
	struct str two = STR(&a);
	make(&r, &a);
	make_calm(&calm, &a);
	const char *bytes = packed(&a, &r, &len);
	str_addn(&two, bytes, len);
	review_pack(&two, &calm);
	const char *at = two.at;
	all = two.len;
	assert_true(review_unpack(&at, &all, &a, &back));
	assert_true(review_unpack(&at, &all, &a, &next));
	assert_false(review_unpack(&at, &all, &a, &(struct review){0}));
	assert_null(next.alarm);
	assert_null(next.sections.at[0].items.at[0].at.file);
	size_t again;
	const char *copy = packed(&a, &back, &again);
	assert_int_equal(again, len);
	assert_memory_equal(copy, bytes, len);
	for (int format = FORMAT_MARKDOWN; format < FORMAT_COUNT; format++) {
		struct str before = STR(&a), behind = STR(&a);
		assert_ok(format_review(format, &r, 0, &before));
		assert_ok(format_review(format, &back, 0, &behind));
		assert_string_equal(str_text(&behind), str_text(&before));
	}
}

/* Whoever wrote it may have been killed at any byte. */
static void half_a_review_is_none(void **state UNUSED)
{
	ARENA a = {0};
	struct review r, back;
	size_t len;
	make(&r, &a);
	const char *bytes = packed(&a, &r, &len);
	for (size_t some = 0; some < len; some++) {
		char *copy = memcpy(malloc(some + 1), bytes, some);
		const char *at = copy;
		size_t left = some;
		assert_false(review_unpack(&at, &left, &a, &back));
		free(copy);
	}
}

static struct organization_result results[] = {
	{"acme", 0, "done", "Plan: 12 to add."},
	{"beta", 137, "signal", "killed", .at = {"beta.yaml", 7, 1}, .cut = true},
	{"gamma", 4, "guard", NULL, .at = {"gamma.yaml", 9, 1}},
};
static const struct organization_result_vec all = {results, COUNT(results), COUNT(results)};

static void join(struct review *out, struct arena *a)
{
	struct review one, other;
	struct review_vec *each = arena_zalloc(a, COUNT(results) * sizeof(*each));
	make(&one, a);
	make_calm(&other, a);
	vec_push(a, &each[0], one);
	vec_push(a, &each[2], other);
	review_of_organizations(out, a, "plan", &all, each, 137);
}

static void what_is_dangerous_in_any_comes_first(void **state UNUSED)
{
	ARENA a = {0};
	struct review r;
	struct str titles = STR(&a);
	join(&r, &a);
	for (size_t i = 0; i < r.sections.len; i++)
		str_printf(&titles, "%s (%zu); ", review_title(&a, &r.sections.at[i]),
			   r.sections.at[i].items.len);
	assert_string_equal(str_text(&titles),
			    "Organisations without a result (1); acme: Administrator rights "
			    "granted (3); Organisations (3); gamma: Changes (1); ");
	assert_string_equal(r.alarm, "acme: 1 administrator right granted");
	assert_string_equal(r.headline, "3 organisations, exit status 137.");
}

static void each_thing_says_whose_it_is(void **state UNUSED)
{
	ARENA a = {0};
	struct review r;
	join(&r, &a);
	const struct review_item *unknown = &r.sections.at[0].items.at[0];
	const struct review_item *acme = &r.sections.at[1].items.at[0];
	const struct review_item *gamma = &r.sections.at[3].items.at[0];
	assert_string_equal(review_sentence(&a, unknown),
			    "beta: no whole result, 137, signal, killed");
	assert_string_equal(unknown->at.file, "beta.yaml");
	assert_string_equal(review_sentence(&a, gamma), "gamma: x");
	assert_string_equal(gamma->at.file, "gamma.yaml");
	assert_null(review_place(&a, gamma)); /* which is not its own line */
	assert_string_equal(acme->at.file, "team.yaml");
	struct review_item same = *gamma;
	same.of = "acme";
	assert_string_not_equal(review_fingerprint(&a, gamma), review_fingerprint(&a, &same));
}

static void counts_are_added_up(void **state UNUSED)
{
	ARENA a = {0};
	struct review r;
	struct str out = STR(&a);
	join(&r, &a);
	render_github_outputs(&out, &r);
	assert_string_equal(str_text(&out), "changes=true\nadd=13\norganizations=3\nstatus=137\n"
					    "changes_acme=true\nadd_acme=12\ndigest_acme=sha256:1\n"
					    "changes_gamma=false\nadd_gamma=1\n");
	assert_int_equal(r.facts.len, 1);
	assert_string_equal(r.facts.at[0].name, "acme: Plan");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_review_comes_back_as_it_was),
		cmocka_unit_test(half_a_review_is_none),
		cmocka_unit_test(what_is_dangerous_in_any_comes_first),
		cmocka_unit_test(each_thing_says_whose_it_is),
		cmocka_unit_test(counts_are_added_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
