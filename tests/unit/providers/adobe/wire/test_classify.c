/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "providers/adobe/wire/classify.h"
#include "tests/unit/check.h"

#define N OUTCOME_NOT_SENT
#define R OUTCOME_REFUSED
#define A OUTCOME_APPLIED
#define U OUTCOME_UNKNOWN

/* Reliability section 6.2, row by row: a status with each kind of body. */
static void every_status_has_its_row(void **state UNUSED)
{
	static const struct {
		long status;
		enum outcome_class none, json, other;
		enum next_step next;
	} rows[] = {
		{200, U, A, U, NEXT_NOTHING}, {201, U, A, U, NEXT_NOTHING},
		{202, U, U, U, NEXT_NOTHING}, {204, U, U, U, NEXT_NOTHING},
		{206, U, U, U, NEXT_NOTHING}, {301, U, U, U, NEXT_NOTHING},
		{302, U, U, U, NEXT_NOTHING}, {304, U, U, U, NEXT_NOTHING},
		{307, U, U, U, NEXT_NOTHING}, {400, U, R, U, NEXT_NOTHING},
		{401, R, R, R, NEXT_TOKEN},   {403, R, R, R, NEXT_NOTHING},
		{404, U, R, U, NEXT_NOTHING}, {406, U, R, U, NEXT_NOTHING},
		{408, U, U, U, NEXT_NOTHING}, {409, U, R, U, NEXT_NOTHING},
		{412, U, R, U, NEXT_NOTHING}, {422, U, R, U, NEXT_NOTHING},
		{429, R, R, R, NEXT_RETRY},   {500, U, U, U, NEXT_NOTHING},
		{501, U, U, U, NEXT_NOTHING}, {502, U, U, U, NEXT_NOTHING},
		{503, U, U, U, NEXT_NOTHING}, {504, U, U, U, NEXT_NOTHING},
		{507, U, U, U, NEXT_NOTHING}, {599, U, U, U, NEXT_NOTHING},
		{0, U, U, U, NEXT_NOTHING},   {1000, U, U, U, NEXT_NOTHING},
		{100, U, U, U, NEXT_NOTHING}, {-1, U, U, U, NEXT_NOTHING},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const enum outcome_class due[] = {rows[i].none, rows[i].json, rows[i].other};
		for (enum body_kind body = BODY_NONE; body <= BODY_OTHER; body++) {
			struct evidence e = {TRANSFER_COMPLETE, rows[i].status, .body = body};
			struct verdict v = classify(&e);
			if (v.class != due[body] || v.next != rows[i].next)
				fail_msg("status %ld, body %d: class %d, next %d", rows[i].status,
					 body, v.class, v.next);
		}
	}
}

/* However good the part of an answer looks that was seen, a transfer that did not end well says
 * nothing. */
static void the_transfer_comes_first(void **state UNUSED)
{
	static const long statuses[] = {0, 200, 204, 400, 401, 403, 429, 500, 503};
	for (size_t i = 0; i < COUNT(statuses); i++) {
		for (enum body_kind body = BODY_NONE; body <= BODY_OTHER; body++) {
			struct evidence e = {TRANSFER_NOT_CONNECTED, statuses[i], body,
					     RETRY_SECONDS,	     1,		  true};
			struct verdict v = classify(&e);
			assert_int_equal(v.class, N);
			assert_int_equal(v.next, NEXT_RETRY);
			e.transfer = TRANSFER_BROKEN;
			v = classify(&e);
			assert_int_equal(v.class, U);
			assert_int_equal(v.next, NEXT_NOTHING);
			e.transfer = TRANSFER_TOO_LARGE;
			v = classify(&e);
			assert_int_equal(v.class, U);
			assert_int_equal(v.next, NEXT_NOTHING);
		}
	}
}

static void a_time_to_wait_counts_where_the_service_gives_it(void **state UNUSED)
{
	static const struct {
		long status;
		enum body_kind body;
		enum retry_after retry_after;
		enum outcome_class class;
		enum next_step next;
	} rows[] = {
		{429, BODY_JSON, RETRY_SECONDS, R, NEXT_WAIT},
		{429, BODY_NONE, RETRY_SECONDS, R, NEXT_WAIT},
		{429, BODY_OTHER, RETRY_SECONDS, R, NEXT_WAIT},
		{429, BODY_JSON, RETRY_JUNK, R, NEXT_RETRY},
		{429, BODY_JSON, RETRY_NONE, R, NEXT_RETRY},
		{503, BODY_JSON, RETRY_SECONDS, R, NEXT_WAIT},
		{503, BODY_JSON, RETRY_JUNK, U, NEXT_NOTHING},
		{503, BODY_JSON, RETRY_NONE, U, NEXT_NOTHING},
		{503, BODY_NONE, RETRY_SECONDS, U, NEXT_NOTHING},
		{503, BODY_OTHER, RETRY_SECONDS, U, NEXT_NOTHING},
		{500, BODY_JSON, RETRY_SECONDS, U, NEXT_NOTHING},
		{502, BODY_JSON, RETRY_SECONDS, U, NEXT_NOTHING},
		{200, BODY_JSON, RETRY_SECONDS, A, NEXT_NOTHING},
		{403, BODY_JSON, RETRY_SECONDS, R, NEXT_NOTHING},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct evidence e = {TRANSFER_COMPLETE,
				     rows[i].status,
				     rows[i].body,
				     rows[i].retry_after,
				     5,
				     false};
		struct verdict v = classify(&e);
		if (v.class != rows[i].class || v.next != rows[i].next)
			fail_msg("row %zu: class %d, next %d", i, v.class, v.next);
	}
}

static void an_empty_body_is_an_answer_where_it_is_documented(void **state UNUSED)
{
	static const struct {
		long status;
		enum body_kind body;
		enum outcome_class class;
	} rows[] = {
		{200, BODY_NONE, A}, {201, BODY_NONE, A}, {204, BODY_NONE, A},	{200, BODY_JSON, A},
		{204, BODY_JSON, U}, {202, BODY_NONE, U}, {200, BODY_OTHER, U}, {302, BODY_NONE, U},
		{404, BODY_NONE, U}, {500, BODY_NONE, U}, {404, BODY_JSON, R},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct evidence e = {TRANSFER_COMPLETE, rows[i].status, rows[i].body,
				     .empty_is_fine = true};
		if (classify(&e).class != rows[i].class)
			fail_msg("row %zu: class %d", i, classify(&e).class);
	}
}

#define NOW INT64_C(1792750000) /* 2026-10-23 */

static void retry_after_has_many_forms(void **state UNUSED)
{
	static const struct {
		const char *value;
		enum retry_after kind;
		uint32_t wait_s;
	} rows[] = {
		{NULL, RETRY_NONE, 0},
		{"0", RETRY_SECONDS, 1},
		{"1", RETRY_SECONDS, 1},
		{"17", RETRY_SECONDS, 17},
		{" 17 ", RETRY_SECONDS, 17},
		{"0017", RETRY_SECONDS, 17},
		{"600", RETRY_SECONDS, 600},
		{"601", RETRY_SECONDS, 601},
		{"1938", RETRY_SECONDS, 1938},
		{"99999999999", RETRY_SECONDS, RETRY_AFTER_MAX},
		{"999999999999999999999999999999999999999", RETRY_SECONDS, RETRY_AFTER_MAX},
		{"Fri, 23 Oct 2026 10:06:40 GMT", RETRY_SECONDS, 1}, /* NOW itself */
		{"Fri, 23 Oct 2026 10:06:41 GMT", RETRY_SECONDS, 1},
		{"Fri, 23 Oct 2026 10:07:40 GMT", RETRY_SECONDS, 60},
		{"Friday, 23-Oct-26 10:07:40 GMT", RETRY_SECONDS, 60},
		{"Fri Oct 23 10:07:40 2026", RETRY_SECONDS, 60},
		{"Sun, 06 Nov 1994 08:49:37 GMT", RETRY_SECONDS, 1},
		{"Fri, 31 Dec 9999 23:59:59 GMT", RETRY_SECONDS, RETRY_AFTER_MAX},
		{"Fri, 23 Oct 2026 10:07:40 CEST", RETRY_JUNK, 0},
		{"Fri, 23 Oct 2026", RETRY_JUNK, 0},
		{"", RETRY_JUNK, 0},
		{"   ", RETRY_JUNK, 0},
		{"-5", RETRY_JUNK, 0},
		{"+5", RETRY_JUNK, 0},
		{"1.5", RETRY_JUNK, 0},
		{"5s", RETRY_JUNK, 0},
		{"5 5", RETRY_JUNK, 0},
		{"0x10", RETRY_JUNK, 0},
		{"soon", RETRY_JUNK, 0},
		{"2026-10-23T12:07:40Z", RETRY_JUNK, 0},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint32_t wait_s = 0;
		enum retry_after kind = retry_after_parse(rows[i].value, NOW, &wait_s);
		if (kind != rows[i].kind || wait_s != rows[i].wait_s)
			fail_msg("\"%s\": kind %d, %u s", rows[i].value ? rows[i].value : "(none)",
				 kind, wait_s);
	}
}

static void what_passes_may_be_tried_again(void **state UNUSED)
{
	static const struct {
		enum transfer transfer;
		long status;
		bool passing;
	} rows[] = {
		{TRANSFER_BROKEN, 0, true},	 {TRANSFER_COMPLETE, 500, true},
		{TRANSFER_COMPLETE, 501, true},	 {TRANSFER_COMPLETE, 499, false},
		{TRANSFER_COMPLETE, 408, true},	 {TRANSFER_COMPLETE, 407, false},
		{TRANSFER_COMPLETE, 409, false}, {TRANSFER_COMPLETE, 200, false},
		{TRANSFER_TOO_LARGE, 0, false},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct evidence e = {.transfer = rows[i].transfer, .status = rows[i].status};
		if (classify_is_passing(&e) != rows[i].passing)
			fail_msg("row %zu", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_status_has_its_row),
		cmocka_unit_test(the_transfer_comes_first),
		cmocka_unit_test(a_time_to_wait_counts_where_the_service_gives_it),
		cmocka_unit_test(an_empty_body_is_an_answer_where_it_is_documented),
		cmocka_unit_test(retry_after_has_many_forms),
		cmocka_unit_test(what_passes_may_be_tried_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
