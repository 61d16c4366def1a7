/* SPDX-License-Identifier: Apache-2.0 */
/* A ledger of two hundred records, of which one bit is another, one record is cut off at any byte,
 * or some are missing: whoever reads it hears of it, or reads what was written. DAMAGE_STEP=1 for
 * every bit and byte; else every so many. */
#include "core/ledger/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "core/ledger/ledger_view.h"
#include "tests/unit/check.h"

#define RECORDS 200

static struct {
	char *bytes[RECORDS];
	size_t len[RECORDS], count;
} kept;

static struct error *head(struct store *s UNUSED, struct arena *a UNUSED, struct stored_record *out)
{
	*out = (struct stored_record){0};
	if (kept.count)
		*out = (struct stored_record){kept.count, kept.bytes[kept.count - 1],
					      kept.len[kept.count - 1]};
	return NULL;
}

static struct error *read_kept(struct store *s UNUSED, struct arena *a, uint64_t from, uint64_t to,
			       struct stored_record_vec *out)
{
	for (uint64_t n = from; n <= to; n++) {
		if (n < 1 || n > kept.count)
			return error_new(ERROR_INPUT, "record %d is not there", (int)n);
		vec_push(a, out, (struct stored_record){n, kept.bytes[n - 1], kept.len[n - 1]});
	}
	return NULL;
}

static struct error *append(struct store *s UNUSED, struct arena *a UNUSED,
			    const struct new_record *record, enum append_answer *answer,
			    const char **words UNUSED)
{
	assert_int_equal(record->number, kept.count + 1);
	kept.bytes[kept.count] = malloc(record->len + 1);
	memcpy(kept.bytes[kept.count], record->bytes, record->len);
	kept.bytes[kept.count][record->len] = '\0';
	kept.len[kept.count++] = record->len;
	*answer = APPEND_DONE;
	return NULL;
}

static const char *describe(const struct store *s UNUSED, struct arena *a)
{
	return arena_strdup(a, "memory");
}

static void close_kept(struct store *s UNUSED)
{
}

static const struct store_kind kind = {.name = "memory",
				       .head = head,
				       .read = read_kept,
				       .append = append,
				       .describe = describe,
				       .close = close_kept};
static struct store memory = {&kind};

/* Two hundred of all types that a run has. */
static int fill(void **state UNUSED)
{
	struct ledger *l = NULL;
	assert_ok(ledger_open(&memory, &l));
	for (int i = 0; i < RECORDS; i++) {
		ARENA a = {0};
		const char *changes = arena_printf(&a, "{\"changes\": [\"c%d\"]}", i + 1);
		if (i % 50 == 0)
			ledger_add(l, ENTRY_BEGIN, "run",
				   "{\"plan\": \"sha256:0\", \"by\": \"j\xc3\xa4ne\"}");
		ledger_add(l, i % 2 ? ENTRY_RESULT : ENTRY_INTENT, "run", changes);
		if (i % 50 == 49)
			ledger_add(l, ENTRY_END, "run", "{\"end\": \"done\"}");
		assert_ok(ledger_write(l));
	}
	ledger_close(l);
	assert_int_equal(kept.count, RECORDS);
	return 0;
}

static int drop(void **state UNUSED)
{
	for (size_t i = 0; i < RECORDS; i++)
		free(kept.bytes[i]);
	return 0;
}

static size_t step(size_t otherwise)
{
	const char *said = getenv("DAMAGE_STEP");
	return said ? strtoul(said, NULL, 10) : otherwise;
}

/* Whether a reader of the record and of the one behind it hears that something is wrong. */
static bool is_found(size_t i)
{
	ARENA a = {0};
	struct ledger *l = NULL;
	struct ledger_record_vec records = {0};
	struct error *error = ledger_open(&memory, &l);
	size_t last = i + 2 < kept.count ? i + 2 : kept.count;
	if (!error)
		error = ledger_read(l, &a, i + 1, last, &records);
	bool found = error;
	assert_true(!error || error->code == ERROR_INPUT);
	error_free(error);
	ledger_close(l);
	return found;
}

/* The chain holds what a record holds, as soon as there is one behind it. */
static void every_flipped_bit_is_found(void **state UNUSED)
{
	size_t by = step(37), tried = 0;
	for (size_t i = 0; i < RECORDS; i++) {
		for (size_t bit = i % by; bit < kept.len[i] * 8; bit += by) {
			char *at = &kept.bytes[i][bit / 8];
			*at ^= (char)(1 << (bit % 8));
			if (!is_found(i) && i + 1 < RECORDS)
				fail_msg("record %zu, bit %zu: nobody hears of it", i + 1, bit);
			*at ^= (char)(1 << (bit % 8));
			tried++;
		}
	}
	assert_true(tried > RECORDS * 8);
	assert_false(is_found(0));
}

/* A record that was cut off anywhere is none, also where nothing is behind it. */
static void every_truncation_is_found(void **state UNUSED)
{
	size_t by = step(7);
	for (size_t i = 0; i < RECORDS; i++) {
		size_t len = kept.len[i];
		for (kept.len[i] = i % by; kept.len[i] + 1 < len; kept.len[i] += by) {
			char *end = &kept.bytes[i][kept.len[i]], was = *end;
			*end = '\0';
			bool found = is_found(i);
			*end = was;
			if (!found)
				fail_msg("record %zu, cut at %zu: nobody hears of it", i + 1,
					 kept.len[i]);
		}
		kept.len[i] = len;
	}
}

/* Records that are gone at the end leave a ledger that is as it once was; one that is gone between
 * others is missed, and two that changed places are found. */
static void missing_and_swapped_records(void **state UNUSED)
{
	for (kept.count = RECORDS; kept.count > 0; kept.count--) {
		ARENA a = {0};
		struct ledger *l = NULL;
		struct ledger_view view;
		assert_ok(ledger_open(&memory, &l));
		assert_int_equal(ledger_number(l), kept.count);
		assert_ok(ledger_view_read(l, &a, &view));
		ledger_close(l);
	}
	kept.count = RECORDS;
	for (size_t i = 0; i + 1 < RECORDS; i++) {
		char *bytes = kept.bytes[i];
		size_t len = kept.len[i];
		kept.bytes[i] = kept.bytes[i + 1];
		kept.len[i] = kept.len[i + 1];
		assert_true(is_found(i)); /* also: its number is gone */
		kept.bytes[i + 1] = bytes;
		kept.len[i + 1] = len;
		assert_true(is_found(i));
		kept.bytes[i + 1] = kept.bytes[i];
		kept.len[i + 1] = kept.len[i];
		kept.bytes[i] = bytes;
		kept.len[i] = len;
	}
	assert_false(is_found(RECORDS - 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_flipped_bit_is_found),
		cmocka_unit_test(every_truncation_is_found),
		cmocka_unit_test(missing_and_swapped_records),
	};
	return cmocka_run_group_tests(tests, fill, drop);
}
