/* SPDX-License-Identifier: Apache-2.0 */
#include "core/render/format.h"

#include <string.h>

#include "core/render/render.h"
#include "tests/unit/check.h"

/* A section "title" with items "what of who" from "what/who" words; `from` as group_from. */
static void add_section(struct review *r, struct arena *a, const char *title, bool kept,
			size_t from, const char *const *words)
{
	review_open(r, a,
		    &(struct review_section){
			    .rule = "ordinary", .title = title, .kept = kept, .group_from = from});
	for (uint32_t rank = 0; *words; words++, rank++) {
		const char *slash = strchr(*words, '/');
		struct review_item item = {
			.rule = "ordinary",
			.sign = "+",
			.what = arena_strndup(a, *words, (size_t)(slash - *words)),
			.who = slash + 1,
			.rank = rank,
		};
		review_add(r, a, &item);
	}
	review_close(r);
}

/* "title: a b|c d;": what is shown, a bar between groups and what stands alone. */
static void render_names(struct str *out, const struct review *r)
{
	for (size_t i = 0; i < r->sections.len; i++) {
		const struct review_section *s = &r->sections.at[i];
		str_printf(out, "%s:", s->title);
		for (size_t k = 0; k < s->shown; k++)
			str_printf(out, "%s%s",
				   k && s->items.at[k].group != s->items.at[k - 1].group ? "|"
											 : " ",
				   s->items.at[k].who);
		str_addc(out, ';');
	}
}

static const char *names_of(struct arena *a, const struct review *r)
{
	struct str out = STR(a);
	render_names(&out, r);
	return str_text(&out);
}

static const char *const mixed[] = {"X/a", "Y/b", "X/c", "Z/d", "X/e", "Z/f", NULL};
static const char *const few[] = {"X/p", "Y/q", NULL};
static const char *const none[] = {NULL};

static void equal_items_become_groups(void **state UNUSED)
{
	ARENA a = {0};
	struct review r = {0};
	add_section(&r, &a, "open", false, 2, mixed);
	add_section(&r, &a, "kept", true, 2, mixed);
	add_section(&r, &a, "big", false, 3, mixed);
	add_section(&r, &a, "alone", false, 0, mixed);
	add_section(&r, &a, "empty", false, 0, none);
	assert_string_equal(names_of(&a, &r), "open: a c e|d f|b;kept: b|a c e|d f;"
					      "big: a c e|b d f;alone: a b c d e f;");
	assert_int_equal(review_run(&r.sections.at[0], 0), 3);
	assert_int_equal(review_run(&r.sections.at[0], 3), 2);
	assert_int_equal(review_run(&r.sections.at[0], 5), 1);
}

static struct review three(struct arena *a)
{
	struct review r = {0};
	add_section(&r, a, "kept", true, 2, mixed);
	add_section(&r, a, "two", false, 0, few);
	add_section(&r, a, "three", false, 2, mixed);
	return r;
}

/* From the last section up, in each from the end; what is kept goes last, and what of it stands
 * alone never. */
static void names_are_cut_in_the_order_that_is_told(void **state UNUSED)
{
	static const struct {
		size_t most;
		const char *shown;
	} rows[] = {
		{0, "kept: b|a c e|d f;two: p q;three: a c e|d f|b;"},
		{100, "kept: b|a c e|d f;two: p q;three: a c e|d f|b;"},
		{46, "kept: b|a c e|d f;two: p q;three: a c e|d f|b;"},
		{45, "kept: b|a c e|d f;two: p q;three: a c e|d f;"},
		{40, "kept: b|a c e|d f;two: p q;three: a c e;"},
		{36, "kept: b|a c e|d f;two: p q;three: a;"},
		{35, "kept: b|a c e|d f;two: p q;three:;"},
		{33, "kept: b|a c e|d f;two: p;three:;"},
		{31, "kept: b|a c e|d f;two:;three:;"},
		{29, "kept: b|a c e|d;two:;three:;"},
		{20, "kept: b;two:;three:;"},
	};
	ARENA a = {0};
	struct review r = three(&a);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str out = STR(&a);
		assert_ok(review_fit(&r, render_names, rows[i].most, &out));
		assert_string_equal(str_text(&out), rows[i].shown);
	}
}

static void what_is_kept_needs_its_room(void **state UNUSED)
{
	ARENA a = {0};
	struct review r = three(&a);
	struct str out = STR(&a);
	struct error *error = review_fit(&r, render_names, 19, &out);
	assert_non_null(error);
	assert_int_equal(error->code, ERROR_INPUT);
	assert_non_null(strstr(error->message, "takes 20"));
	error_free(error);
}

static void what_was_left_out_is_told(void **state UNUSED)
{
	ARENA a = {0};
	struct review r = three(&a);
	struct str out = STR(&a);
	assert_null(review_left_out(&r, &a));
	assert_ok(review_fit(&r, render_names, 30, &out));
	assert_string_equal(review_left_out(&r, &a), "2 of \"two\", 6 of \"three\"");
	assert_int_equal(r.budget, 30);
	out = (struct str)STR(&a);
	assert_ok(review_fit(&r, render_names, 0, &out));
	assert_null(review_left_out(&r, &a));
	assert_int_equal(r.budget, 0);
}

static void a_fingerprint_stays_while_lines_move(void **state UNUSED)
{
	ARENA a = {0};
	struct review_item x = {.rule = "r", .what = "w", .address = "a", .at = {"f", 1, 1}};
	struct review_item y = x, z = x, v = x;
	y.at.line = 7;
	y.what = "said otherwise";
	z.address = "b";
	v.rule = "ra";
	v.address = "";
	assert_int_equal(strlen(review_fingerprint(&a, &x)), 32);
	assert_string_equal(review_fingerprint(&a, &x), review_fingerprint(&a, &y));
	assert_string_not_equal(review_fingerprint(&a, &x), review_fingerprint(&a, &z));
	assert_string_not_equal(review_fingerprint(&a, &x), review_fingerprint(&a, &v));
}

static void a_sentence_says_all_that_is_there(void **state UNUSED)
{
	static const struct {
		struct review_item item;
		const char *text;
	} rows[] = {
		{{.what = "w"}, "w"},
		{{.what = "w", .who = "x"}, "w · x"},
		{{.sign = "+", .what = "w", .who = "x", .reason = "r", .ticket = "T-1"},
		 "+ w → x: \"r\", T-1"},
		{{.sign = "-", .what = "w", .who = "x", .marks = "expired", .note = "n"},
		 "- w from x: expired, n"},
		{{.what = "w", .who = "x", .about = true, .marks = "m"}, "x: w, m"},
		{{.what = "w", .about = true, .note = "n"}, "w, n"},
	};
	ARENA a = {0};
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(review_sentence(&a, &rows[i].item), rows[i].text);
}

static void bytes_are_a_number_or_a_site(void **state UNUSED)
{
	static const struct {
		const char *text;
		size_t bytes;
	} rows[] = {{"1", 1},
		    {"999999999999", 999999999999},
		    {"github-comment", 65536},
		    {"gitlab", 1000000},
		    {"step-summary", 1048576},
		    {"0", 0},
		    {"", 0},
		    {"1k", 0},
		    {"-1", 0},
		    {"git", 0},
		    {"1234567890123", 0}};
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t bytes = 0;
		assert_int_equal(format_parse_bytes(rows[i].text, &bytes), rows[i].bytes != 0);
		assert_int_equal(bytes, rows[i].bytes);
	}
}

static size_t count_of(const char *text, const char *words)
{
	size_t count = 0;
	for (const char *at = text; (at = strstr(at, words)); at++)
		count++;
	return count;
}

/* What apply refuses is told first, and once; other warnings are not about the whole plan. */
static void what_apply_refuses_is_told_first(void **state UNUSED)
{
	static const struct {
		const char *id;
		bool refused;
	} rows[] = {{"W0906", true}, {"W0907", true}, {"W0908", true}, {"W0701", false}};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct str text = STR(&a), page = STR(&a);
		struct report found = {.arena = &a};
		struct review r;
		report_add(&found, SEVERITY_WARNING, rows[i].id, (struct location){"o.yaml", 1, 1},
			   0, "take others", "these are older");
		struct plan plan = {
			.organization = "acme", .provider = "file", .warnings = found.items};
		const struct planned planned = {.plan = &plan};
		assert_int_equal(plan_will_be_refused(&plan), rows[i].refused);
		render_plan_text(&text, &planned, false);
		assert_int_equal(count_of(text.at, "\nAPPLY REFUSES THIS (1)\n"), rows[i].refused);
		assert_int_equal(count_of(text.at, "these are older; take others"),
				 rows[i].refused);
		review_of_plan(&r, &a, &planned);
		review_add_report(&r, &a, &found);
		assert_ok(format_review(FORMAT_MARKDOWN, &r, 0, &page));
		assert_int_equal(count_of(page.at, "these are older"), 1);
		assert_int_equal(r.alarm && strstr(r.alarm, "Apply refuses"), rows[i].refused);
		assert_string_equal(r.sections.at[0].rule, rows[i].refused ? "refused" : "finding");
	}
}

/* A site keeps one finding of each address. */
static void what_two_sources_would_show_is_two_findings(void **state UNUSED)
{
	ARENA a = {0};
	struct review r = {0};
	static const struct entitlement role = {.role = ROLE_STORAGE_ADMINISTRATOR};
	struct unseen_vec all = {0};
	unseen_item_of(&all, &a, &role, "one source")->claimed = 1;
	unseen_item_of(&all, &a, &role, "another")->claimed = 1;
	unseen_item_of(&all, &a, &role, NULL)->claimed = 1;
	review_open(&r, &a, &(struct review_section){.rule = "unseen"});
	review_add_unseen(&r, &a, &all, LEVEL_WARNING);
	const struct review_section *s = &r.sections.at[0];
	assert_int_equal(s->items.len, 3);
	for (size_t i = 0; i < 3; i++)
		assert_string_not_equal(s->items.at[i].address, s->items.at[(i + 1) % 3].address);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_items_become_groups),
		cmocka_unit_test(names_are_cut_in_the_order_that_is_told),
		cmocka_unit_test(what_is_kept_needs_its_room),
		cmocka_unit_test(what_was_left_out_is_told),
		cmocka_unit_test(a_fingerprint_stays_while_lines_move),
		cmocka_unit_test(a_sentence_says_all_that_is_there),
		cmocka_unit_test(bytes_are_a_number_or_a_site),
		cmocka_unit_test(what_apply_refuses_is_told_first),
		cmocka_unit_test(what_two_sources_would_show_is_two_findings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
