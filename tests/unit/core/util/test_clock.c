/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <time.h>

#include "core/util/clock.h"
#include "tests/unit/check.h"

static void times_are_strict(void **state UNUSED)
{
	static const struct {
		const char *text;
		int64_t seconds; /* -1: refused */
	} rows[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"2026-03-31T12:34:56Z", 1774960496},
		{"2000-02-29T23:59:59Z", 951868799},
		{"9999-12-31T23:59:59Z", 253402300799},
		{"", -1},
		{"1969-12-31T23:59:59Z", -1},
		{"2026-03-31T12:34:56", -1},
		{"2026-03-31T12:34:56z", -1},
		{"2026-03-31 12:34:56Z", -1},
		{"2026-03-31T12:34:56Z ", -1},
		{"2026-03-31T12:34:5Z", -1},
		{"2026-03-31T24:00:00Z", -1},
		{"2026-03-31T12:60:00Z", -1},
		{"2026-03-31T12:34:60Z", -1},
		{"2026-03-31T12-34:56Z", -1},
		{"2026-03-31T12:34-56Z", -1},
		{"2026-03-31T1x:34:56Z", -1},
		{"2026-03-31T12:x4:56Z", -1},
		{"2026-03-31T12:34:/6Z", -1},
		{"2026-02-30T12:34:56Z", -1},
		{"2026-03-31T-1:34:56Z", -1},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int64_t seconds = -1;
		char text[TIME_TEXT];
		assert_int_equal(time_parse(rows[i].text, &seconds), rows[i].seconds >= 0);
		assert_int_equal(seconds, rows[i].seconds);
		if (seconds < 0)
			continue;
		time_format(seconds, text);
		assert_string_equal(text, rows[i].text);
	}
}

static void dates_are_strict(void **state UNUSED)
{
	static const struct {
		const char *text;
		int32_t days; /* -1: refused */
	} rows[] = {
		{"1970-01-01", 0},     {"1970-12-31", 364},   {"2000-02-29", 11016},
		{"2026-03-31", 20543}, {"2100-03-01", 47541}, {"9999-12-31", 2932896},
		{"1969-12-31", -1},    {"2026-02-29", -1},    {"2100-02-29", -1},
		{"2026-04-31", -1},    {"2026-00-01", -1},    {"2026-13-01", -1},
		{"2026-01-00", -1},    {"2026-1-01", -1},     {"2026-01-1", -1},
		{"2026/01-01", -1},    {"2026-01/01", -1},    {"20x6-01-01", -1},
		{"2026-0x-01", -1},    {"2026-01-0x", -1},    {"", -1},
		{"2026-01-01Z", -1},   {"2026", -1},	      {" 026-01-01", -1},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int32_t days = -1;
		char text[DATE_TEXT];
		assert_int_equal(date_parse(rows[i].text, &days), rows[i].days >= 0);
		assert_int_equal(days, rows[i].days);
		if (days < 0)
			continue;
		date_format(days, text);
		assert_string_equal(text, rows[i].text);
	}
}

static void every_day_has_one_text(void **state UNUSED)
{
	for (int32_t day = 0; day <= 2932896; day++) {
		char text[DATE_TEXT];
		int32_t again = -1;
		date_format(day, text);
		assert_true(date_parse(text, &again));
		assert_int_equal(again, day);
	}
}

static void a_day_has_86400_seconds(void **state UNUSED)
{
	assert_int_equal(time_day(0), 0);
	assert_int_equal(time_day(86399), 0);
	assert_int_equal(time_day(86400), 1);
	assert_int_equal(time_day(1774960496), 20543);
}

static void the_clock_can_be_set(void **state UNUSED)
{
	int64_t now = 0;
	setenv("WRIT_NOW", "2026-03-31T12:34:56Z", 1);
	assert_ok(clock_now(&now));
	assert_int_equal(now, 1774960496);
	setenv("WRIT_NOW", "yesterday", 1);
	CLEANUP(error_free) struct error *error = clock_now(&now);
	assert_int_equal(error->code, ERROR_USAGE);
	assert_int_equal(now, 1774960496);
	unsetenv("WRIT_NOW");
	time_t before = time(NULL);
	assert_ok(clock_now(&now));
	assert_in_range(now, before, time(NULL));
}

static void times_are_told_as_people_do(void **state)
{
	static const struct {
		int64_t ms;
		const char *text;
	} rows[] = {{0, "0 s"},
		    {12999, "12 s"},
		    {60000, "1 min"},
		    {300000, "5 min"},
		    {95000, "1 min 35 s"}};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[DURATION_TEXT];
		duration_text(rows[i].ms, text);
		assert_string_equal(text, rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_strict),
		cmocka_unit_test(dates_are_strict),
		cmocka_unit_test(every_day_has_one_text),
		cmocka_unit_test(a_day_has_86400_seconds),
		cmocka_unit_test(the_clock_can_be_set),
		cmocka_unit_test(times_are_told_as_people_do),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
