/* SPDX-License-Identifier: Apache-2.0 */
#include "core/past/reviewers.h"

#include <string.h>

#include "tests/unit/check.h"

static struct commit commit_by(struct arena *a, const char *who, const char *reviewer)
{
	struct commit c = {.author_name = who,
			   .author_email = arena_printf(a, "%s@example.com", who)};
	if (reviewer)
		vec_push(a, &c.trailers,
			 (struct trailer){"Reviewed-by", arena_printf(a, "%s <%s@example.com>",
								      reviewer, reviewer)});
	return c;
}

static void who_stands_for_a_line_is_somebody_else(void **state UNUSED)
{
	static const struct {
		const char *writer, *reviewer; /* of the line's commit */
		const char *merger, *vouched;  /* of the merge, and whom it names; NULL: no merge */
		bool is_signed, claimed;
		const char *approver;
	} rows[] = {
		{"ann", NULL, NULL, NULL, false, false, NULL},
		{"ann", "ann", NULL, NULL, false, false, NULL},
		{"ann", "rita", NULL, NULL, false, true, "rita <rita@example.com>"},
		{"ann", "rita", "carl", NULL, true, true, "rita <rita@example.com>"},
		{"ann", NULL, "carl", "rita", true, false, "rita <rita@example.com>"},
		{"ann", NULL, "carl", "rita", false, true, "rita <rita@example.com>"},
		{"ann", NULL, "carl", NULL, false, true, "carl <carl@example.com>"},
		{"ann", NULL, "carl", NULL, true, false, "carl <carl@example.com>"},
		{"ann", "ann", "carl", NULL, true, false, "carl <carl@example.com>"},
		{"ann", NULL, "ann", NULL, true, false, NULL},
		{"ann", NULL, "ann", "ann", true, false, NULL},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		bool claimed;
		struct line_origin o = {.state = LINE_ORIGIN_KNOWN,
					.commit = commit_by(&a, rows[i].writer, rows[i].reviewer),
					.merged = rows[i].merger != NULL,
					.vouched = rows[i].is_signed};
		if (rows[i].merger)
			o.merge = commit_by(&a, rows[i].merger, rows[i].vouched);
		const char *who = reviewers_approver(&a, &o, &claimed);
		if (!rows[i].approver != !who || (who && strcmp(who, rows[i].approver) != 0) ||
		    (who && claimed != rows[i].claimed))
			fail_msg("row %zu: %s, %s", i, who ? who : "nobody",
				 claimed ? "claimed" : "signed");
	}
}

static void nobody_is_named_for_a_line_of_elsewhere(void **state UNUSED)
{
	ARENA a = {0};
	bool claimed;
	struct line_origin o = {.state = LINE_ORIGIN_ELSEWHERE,
				.commit = commit_by(&a, "ann", "rita")};
	assert_null(reviewers_approver(&a, &o, &claimed));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_stands_for_a_line_is_somebody_else),
		cmocka_unit_test(nobody_is_named_for_a_line_of_elsewhere),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
