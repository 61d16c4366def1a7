/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/journal.h"

#include <string.h>

#include "core/util/file.h"
#include "tests/unit/check.h"
#include "tests/unit/old_journal.h"

#define RECORDS 6
#define MAGIC OLD_MAGIC

struct fixture {
	struct arena arena;
	char *bytes;
	size_t len, ends[RECORDS + 1]; /* of the magic, and behind each record */
	unsigned char heads[RECORDS + 1][SHA256_SIZE];
};

static enum record_type type_of(int i)
{
	static const enum record_type types[RECORDS] = {RECORD_BEGIN,  RECORD_INTENT,
							RECORD_RESULT, RECORD_RECONCILED,
							RECORD_INTENT, RECORD_END};
	return types[i];
}

static size_t payload_of(int i, char text[64])
{
	return (size_t)snprintf(
		text, 64, "%.*s", i * 3,
		"{\"change\": \"c1\", \"outcome\": \"done\", \"message\": null, \"n\": 1}");
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct old_journal j;
	char text[64];
	old_journal_begin(&j, &f->arena);
	f->ends[0] = j.bytes.len;
	memcpy(f->heads[0], j.head, SHA256_SIZE);
	for (int i = 0; i < RECORDS; i++) {
		payload_of(i, text);
		old_journal_add(&j, type_of(i), text);
		f->ends[i + 1] = j.bytes.len;
		memcpy(f->heads[i + 1], j.head, SHA256_SIZE);
	}
	f->bytes = j.bytes.at;
	f->len = j.bytes.len;
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	arena_done(&f->arena);
	free(f);
	return 0;
}

/* True when parsed; then the records are the first ones written and nothing else. */
static bool parse(const struct fixture *f, const char *bytes, size_t len, struct journal_state *s)
{
	ARENA a = {0};
	struct journal_record_vec records = {0};
	char text[64];
	struct error *error = journal_parse("run.wal", bytes, len, &a, &records, s);
	if (error) {
		assert_int_equal(error->code, ERROR_INPUT);
		error_free(error);
		return false;
	}
	assert_int_equal(s->good + s->torn, len);
	assert_true(records.len <= RECORDS);
	assert_int_equal(s->next, records.len + 1);
	for (size_t i = 0; i < records.len; i++) {
		const struct journal_record *r = &records.at[i];
		assert_int_equal(r->len, payload_of((int)i, text));
		assert_string_equal(r->payload, text);
		assert_int_equal(r->type, type_of((int)i));
		assert_int_equal(r->sequence, i + 1);
	}
	assert_int_equal(s->ended, records.len == RECORDS);
	if (s->good) {
		assert_int_equal(s->good, f->ends[records.len]);
		assert_memory_equal(s->head, f->heads[records.len], SHA256_SIZE);
	}
	return true;
}

static void what_is_written_is_read(void **state)
{
	struct journal_state s;
	const struct fixture *f = *state;
	assert_true(parse(f, f->bytes, f->len, &s));
	assert_int_equal(s.next, RECORDS + 1);
	assert_int_equal(s.torn, 0);
	assert_true(s.ended);
}

static void every_truncation_is_cut(void **state)
{
	const struct fixture *f = *state;
	for (size_t len = 0, whole = 0; len < f->len; len++) {
		struct journal_state s;
		/* A copy of its own size, so that a sanitizer sees a read behind it. */
		char *copy = memcpy(xmalloc(len + 1), f->bytes, len);
		assert_true(parse(f, copy, len, &s));
		free(copy);
		while (f->ends[whole + 1] <= len)
			whole++;
		assert_int_equal(s.good, len < MAGIC ? 0 : f->ends[whole]);
		assert_int_equal(s.next, whole + 1);
	}
}

/* A flipped bit loses the record it is in: behind it a good record proves damage, at the end it may
 * be a torn write. */
static void every_flipped_bit_is_found(void **state)
{
	const struct fixture *f = *state;
	size_t refused = 0, cut = 0;
	for (size_t bit = 0; bit < f->len * 8; bit++) {
		struct journal_state s;
		f->bytes[bit / 8] ^= (char)(1 << (bit % 8));
		if (!parse(f, f->bytes, f->len, &s)) {
			refused++;
		} else {
			assert_true(bit / 8 >= f->ends[RECORDS - 1]);
			assert_int_equal(s.good, f->ends[RECORDS - 1]);
			assert_false(s.ended);
			cut++;
		}
		f->bytes[bit / 8] ^= (char)(1 << (bit % 8));
	}
	assert_int_equal(refused + cut, f->len * 8);
	assert_true(refused >= f->ends[RECORDS - 1] * 8);
}

static void records_cannot_be_left_out_repeated_or_moved(void **state)
{
	const struct fixture *f = *state;
	for (size_t i = 0; i + 1 < RECORDS; i++) {
		struct journal_state s;
		size_t from = f->ends[i], to = f->ends[i + 1], size = to - from;
		char *bytes = xmalloc(f->len + size);
		memcpy(bytes, f->bytes, from);
		memcpy(bytes + from, f->bytes + to, f->len - to);
		assert_false(parse(f, bytes, f->len - size, &s));
		memcpy(bytes, f->bytes, to);
		memcpy(bytes + to, f->bytes + from, f->len - from);
		assert_false(parse(f, bytes, f->len + size, &s));
		size_t next = f->ends[i + 2] - to;
		memcpy(bytes, f->bytes, f->len);
		memcpy(bytes + from, f->bytes + to, next);
		memcpy(bytes + from + next, f->bytes + from, size);
		assert_false(parse(f, bytes, f->len, &s));
		free(bytes);
	}
}

static void what_is_no_journal_is_refused(void **state)
{
	const struct fixture *f = *state;
	struct journal_state s;
	assert_false(parse(f, "something else here", 19, &s));
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(what_is_written_is_read),
		TEST(every_truncation_is_cut),
		TEST(every_flipped_bit_is_found),
		TEST(records_cannot_be_left_out_repeated_or_moved),
		TEST(what_is_no_journal_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
