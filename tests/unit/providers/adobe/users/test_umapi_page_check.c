/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "providers/adobe/users/umapi_page_check.h"
#include "tests/unit/check.h"

static void lists_end_by_every_rule(void **state)
{
	(void)state;
	enum { NOT_SAID = -1 };
	static const struct {
		int asked, current, count, last; /* last: -1 not there */
		bool found, repeated, empty, more;
	} rows[] = {
		{0, 0, 1, 1, true, false, false, false},
		{0, 0, 3, 0, true, false, false, true},
		{2, 2, 3, 0, true, false, false, false},
		{1, 1, 3, 1, true, false, false, false},
		{0, 0, 3, 0, true, false, true, true}, /* hidden accounts fill a page */
		{0, NOT_SAID, NOT_SAID, NOT_SAID, true, false, true, false},
		{0, NOT_SAID, NOT_SAID, NOT_SAID, true, false, false, true},
		{1, NOT_SAID, NOT_SAID, 0, true, true, false, false},
		{1, 0, 3, 0, true, false, false, false}, /* the last page again */
		{1, 0, NOT_SAID, NOT_SAID, true, false, false, false},
		{1, 1, NOT_SAID, 0, false, false, true, false}, /* "Not found" */
		{0, 0, 0, 0, true, false, true, false},
		{999, 999, 5000, 0, true, false, false, false},
		{998, 998, 5000, 0, true, false, false, true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct umapi_page page = {.asked = (uint32_t)rows[i].asked,
					  .current = (uint32_t)rows[i].current,
					  .count = (uint32_t)rows[i].count,
					  .says_last = rows[i].last >= 0,
					  .last = rows[i].last == 1,
					  .found = rows[i].found,
					  .repeated = rows[i].repeated,
					  .total = UINT32_MAX,
					  .rows = rows[i].empty ? 0 : 1};
		assert_int_equal(umapi_has_more(&page), rows[i].more);
	}
}

/* Every way in which a page can speak against itself, beside its honest neighbour. */
static void a_page_that_contradicts_itself_is_no_page(void **state)
{
	(void)state;
	enum { NOT_SAID = -1 };
	static const struct {
		int asked, current, count, total, rows, last;
		bool found, repeated;
		const char *wrong; /* a part; NULL: nothing */
	} rows[] = {
		{0, 0, 1, 3, 3, 1, true, false, NULL},
		{0, 0, 1, 3, 0, 1, true, false, NULL}, /* hidden accounts alone */
		{0, NOT_SAID, NOT_SAID, NOT_SAID, 3, NOT_SAID, true, false, NULL},
		{0, NOT_SAID, NOT_SAID, NOT_SAID, 3, 0, true, false, NULL},
		{0, 0, 1, 3, 3, NOT_SAID, true, false, NULL},
		{0, 0, 1, 3, 3, 0, true, false, "lastPage is not true on the last page"},
		{0, 0, 5, 5000, 3, 1, true, false, "lastPage is true"},
		{0, 0, 5, 5000, 3, 0, true, false, NULL},
		{4, 4, 5, 5000, 3, 1, true, false, NULL},
		{2, 1, 5, 5000, 3, 0, true, false, "another page than the one asked for"},
		{5, 4, 5, 5000, 3, 1, true, false, NULL}, /* beyond the last: the last again */
		{1, 1, 5, 5000, 3, 0, true, true, "the page before came again"},
		{5, 4, 5, 5000, 3, 1, true, true, NULL},
		{0, 0, 1, 2, 3, 1, true, false, "more rows than X-Total-Count"},
		{0, 0, 0, 0, 0, 1, true, false, NULL},
		{0, 0, 0, NOT_SAID, 3, 1, true, false, "X-Page-Count has no page"},
		{0, 0, 1001, NOT_SAID, 3, 0, true, false, "beyond any organisation"},
		{0, NOT_SAID, NOT_SAID, NOT_SAID, 0, 1, false, false, "there is no first page"},
		{1, NOT_SAID, NOT_SAID, NOT_SAID, 0, 1, false, false, NULL},
		{1, NOT_SAID, 3, NOT_SAID, 0, 1, false, false, "X-Page-Count has it"},
		{3, NOT_SAID, 3, NOT_SAID, 0, 1, false, false, NULL},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct umapi_page page = {.asked = (uint32_t)rows[i].asked,
					  .current = (uint32_t)rows[i].current,
					  .count = (uint32_t)rows[i].count,
					  .total = (uint32_t)rows[i].total,
					  .rows = (size_t)rows[i].rows,
					  .says_last = rows[i].last >= 0,
					  .last = rows[i].last == 1,
					  .found = rows[i].found,
					  .repeated = rows[i].repeated};
		const char *wrong = umapi_contradiction(&page);
		if (!wrong != !rows[i].wrong || (wrong && !strstr(wrong, rows[i].wrong)))
			fail_msg("row %zu: %s", i, wrong ? wrong : "nothing");
	}
}

static void a_list_is_held_against_its_count(void **state)
{
	(void)state;
	static const struct {
		struct umapi_tally tally;
		size_t missing;
		const char *wrong;
	} rows[] = {
		{{UINT32_MAX, UINT32_MAX, 3, 0}, 0, NULL},
		{{3, 3, 3, 0}, 0, NULL},
		{{5, 5, 3, 2}, 0, NULL}, /* accounts are counted and not shown */
		{{5, 5, 3, 9}, 0, NULL},
		{{5, 5, 3, 0}, 2, NULL},
		{{5000, 5000, 3, 2}, 4995, "less than half"},
		{{1, 1, 0, 0}, 1, "less than half"},
		{{2, 2, 3, 0}, 0, "more rows"},
		{{3, 2, 3, 0}, 0, NULL}, /* it shrank while it was read */
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *wrong = umapi_list_contradiction(&rows[i].tally);
		if (umapi_missing(&rows[i].tally) != rows[i].missing || !wrong != !rows[i].wrong ||
		    (wrong && !strstr(wrong, rows[i].wrong)))
			fail_msg("row %zu: %zu, %s", i, umapi_missing(&rows[i].tally),
				 wrong ? wrong : "nothing");
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_end_by_every_rule),
		cmocka_unit_test(a_page_that_contradicts_itself_is_no_page),
		cmocka_unit_test(a_list_is_held_against_its_count),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
