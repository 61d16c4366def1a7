/* SPDX-License-Identifier: Apache-2.0 */
/* store_suite.h - what every store of a ledger must keep, tested on a real one.
 *
 * A test program of a store opens it anew for each caller, as another process would, and runs
 * STORE_TESTS. */
#ifndef WRIT_STORE_SUITE_H
#define WRIT_STORE_SUITE_H

#include <pthread.h>
#include <string.h>

#include "core/ledger/emptied.h"
#include "core/ledger/ledger.h"
#include "core/util/clock.h"
#include "tests/unit/check.h"

/* Opens the store of the ledger `key`; each call is another caller. Defined by the program. */
static struct store *suite_open(const char *key);
/* How many callers try for one number, and how often: fewer where each try is a request. */
static int suite_racers, suite_rounds;

static enum append_answer suite_append(struct store *s, uint64_t number, const char *bytes,
				       const unsigned char *before)
{
	ARENA a = {0};
	enum append_answer answer = APPEND_UNANSWERED;
	const char *words = NULL;
	struct new_record record = {.number = number, .bytes = bytes, .len = strlen(bytes)};
	if (before)
		memcpy(record.before, before, SHA256_SIZE);
	for (int i = 0; i < 20 && answer == APPEND_UNANSWERED; i++)
		assert_ok(s->kind->append(s, &a, &record, &answer, &words));
	return answer;
}

/* Appends `count` records, each naming the one before it, as a ledger does. */
static void suite_fill(struct store *s, int count)
{
	unsigned char before[SHA256_SIZE] = {0};
	for (int i = 1; i <= count; i++) {
		char bytes[64];
		snprintf(bytes, sizeof(bytes), "{\"number\": %d}", i);
		assert_int_equal(suite_append(s, (uint64_t)i, bytes, before), APPEND_DONE);
		sha256_of(bytes, strlen(bytes), before);
	}
}

static void an_empty_store_has_no_head(void **state UNUSED)
{
	ARENA a = {0};
	struct store *s = suite_open("empty");
	struct stored_record head;
	const char *beat;
	assert_ok(s->kind->head(s, &a, &head));
	assert_int_equal(head.number, 0);
	assert_ok(s->kind->read_beat(s, &a, &beat));
	assert_string_equal(beat, "");
	s->kind->close(s);
}

static void records_are_read_as_they_were_made(void **state UNUSED)
{
	ARENA a = {0};
	struct store *s = suite_open("order"), *other = suite_open("order");
	struct stored_record_vec found = {0};
	struct stored_record head;
	suite_fill(s, 12);
	assert_ok(other->kind->head(other, &a, &head));
	assert_int_equal(head.number, 12);
	assert_string_equal(head.bytes, "{\"number\": 12}");
	assert_ok(other->kind->read(other, &a, 3, 11, &found));
	assert_int_equal(found.len, 9);
	for (size_t i = 0; i < found.len; i++) {
		assert_int_equal(found.at[i].number, 3 + i);
		assert_string_equal(found.at[i].bytes,
				    arena_printf(&a, "{\"number\": %zu}", 3 + i));
		assert_int_equal(found.at[i].len, strlen(found.at[i].bytes));
	}
	s->kind->close(s);
	other->kind->close(other);
}

/* A record is as it was made, whatever is in it and however long it is. */
static void bytes_are_kept(void **state UNUSED)
{
	ARENA a = {0};
	struct store *s = suite_open("bytes");
	struct stored_record_vec found = {0};
	struct str text = STR(&a);
	str_add(&text, "{\"text\": \"\xc3\xa4 \xe2\x82\xac \\u001b '\\\\\\n $(x) %s ");
	str_fill(&text, 'x', STORE_RECORD_MAX - 200);
	str_add(&text, " \"}");
	assert_int_equal(suite_append(s, 1, text.at, NULL), APPEND_DONE);
	assert_ok(s->kind->read(s, &a, 1, 1, &found));
	assert_int_equal(found.len, 1);
	assert_int_equal(found.at[0].len, text.len);
	assert_memory_equal(found.at[0].bytes, text.at, text.len);
	s->kind->close(s);
}

static void a_number_is_used_once(void **state UNUSED)
{
	ARENA a = {0};
	unsigned char before[SHA256_SIZE];
	struct store *s = suite_open("once"), *other = suite_open("once");
	struct stored_record_vec found = {0};
	suite_fill(s, 2);
	sha256_of("{\"number\": 1}", strlen("{\"number\": 1}"), before);
	assert_int_equal(suite_append(other, 2, "{\"number\": 2, \"of\": \"another\"}", before),
			 APPEND_TAKEN);
	assert_int_equal(suite_append(other, 2, "{\"number\": 2}", before), APPEND_TAKEN);
	assert_ok(s->kind->read(s, &a, 2, 2, &found));
	assert_string_equal(found.at[0].bytes, "{\"number\": 2}");
	s->kind->close(s);
	other->kind->close(other);
}

static void a_record_that_is_not_there_is_an_error(void **state UNUSED)
{
	ARENA a = {0};
	struct store *s = suite_open("missing");
	struct stored_record_vec found = {0};
	suite_fill(s, 2);
	struct error *error = s->kind->read(s, &a, 2, 3, &found);
	assert_non_null(error);
	assert_int_equal(error->code, ERROR_INPUT);
	error_free(error);
	s->kind->close(s);
}

static void ledgers_do_not_mix(void **state UNUSED)
{
	ARENA a = {0};
	struct store *s = suite_open("mine"), *other = suite_open("mine-too");
	struct stored_record head;
	suite_fill(s, 3);
	assert_ok(other->kind->head(other, &a, &head));
	assert_int_equal(head.number, 0);
	suite_fill(other, 1);
	assert_ok(s->kind->head(s, &a, &head));
	assert_int_equal(head.number, 3);
	s->kind->close(s);
	other->kind->close(other);
}

static void beats_replace_each_other(void **state UNUSED)
{
	ARENA a = {0};
	struct store *s = suite_open("beats"), *other = suite_open("beats");
	struct stored_record head;
	const char *beat;
	suite_fill(s, 1);
	assert_ok(s->kind->beat(s, "one 1"));
	assert_ok(other->kind->read_beat(other, &a, &beat));
	assert_string_equal(beat, "one 1");
	assert_ok(s->kind->beat(s, "one 2"));
	assert_ok(other->kind->read_beat(other, &a, &beat));
	assert_string_equal(beat, "one 2");
	assert_ok(other->kind->head(other, &a, &head));
	assert_int_equal(head.number, 1);
	s->kind->close(s);
	other->kind->close(other);
}

/* ---- races ---- */

struct racer {
	pthread_t thread;
	struct store *store;
	pthread_barrier_t *gate;
	uint64_t number;
	unsigned char before[SHA256_SIZE];
	char bytes[64];
	enum append_answer answer;
};

static void *race(void *context)
{
	struct racer *r = context;
	pthread_barrier_wait(r->gate);
	r->answer = suite_append(r->store, r->number, r->bytes, r->before);
	return NULL;
}

/* One wins, whoever it is, and the record is the winner's. */
static void one_of_many_wins(void **state UNUSED)
{
	ARENA a = {0};
	struct racer racers[8];
	unsigned char before[SHA256_SIZE] = {0};
	pthread_barrier_t gate;
	assert_true(suite_racers <= 8);
	assert_int_equal(pthread_barrier_init(&gate, NULL, (unsigned)suite_racers), 0);
	for (int i = 0; i < suite_racers; i++)
		racers[i] = (struct racer){.store = suite_open("race"), .gate = &gate};
	for (int round = 1; round <= suite_rounds; round++) {
		struct stored_record_vec found = {0};
		int winner = -1;
		for (int i = 0; i < suite_racers; i++) {
			racers[i].number = (uint64_t)round;
			memcpy(racers[i].before, before, sizeof(before));
			snprintf(racers[i].bytes, sizeof(racers[i].bytes),
				 "{\"number\": %d, \"of\": %d}", round, i);
			assert_int_equal(pthread_create(&racers[i].thread, NULL, race, &racers[i]),
					 0);
		}
		for (int i = 0; i < suite_racers; i++) {
			pthread_join(racers[i].thread, NULL);
			assert_int_not_equal(racers[i].answer, APPEND_UNANSWERED);
			if (racers[i].answer != APPEND_DONE)
				continue;
			assert_int_equal(winner, -1);
			winner = i;
		}
		assert_int_not_equal(winner, -1);
		assert_ok(racers[0].store->kind->read(racers[0].store, &a, (uint64_t)round,
						      (uint64_t)round, &found));
		assert_string_equal(found.at[0].bytes, racers[winner].bytes);
		sha256_of(found.at[0].bytes, found.at[0].len, before);
	}
	for (int i = 0; i < suite_racers; i++)
		racers[i].store->kind->close(racers[i].store);
	pthread_barrier_destroy(&gate);
}

/* ---- the ledger on top ---- */

static void a_ledger_stands_on_it(void **state UNUSED)
{
	ARENA a = {0};
	struct ledger *mine = NULL, *theirs = NULL;
	struct ledger_record_vec records = {0};
	assert_ok(ledger_open(suite_open("ledger"), &mine));
	assert_ok(ledger_open(suite_open("ledger"), &theirs));
	ledger_add(mine, ENTRY_INTENT, "run", "{\"changes\": [\"c1\"]}");
	assert_ok(ledger_write(mine));
	ledger_add(theirs, ENTRY_INTENT, "other", "{\"changes\": [\"c1\"]}");
	struct error *taken = ledger_write(theirs);
	assert_non_null(taken);
	assert_int_equal(taken->code, ERROR_LOCKED);
	error_free(taken);
	assert_ok(ledger_refresh(theirs));
	ledger_add(theirs, ENTRY_RESULT, "other", "{}");
	assert_ok(ledger_write(theirs));
	assert_ok(ledger_refresh(mine));
	assert_int_equal(ledger_number(mine), 2);
	assert_ok(ledger_read(mine, &a, 1, 2, &records));
	assert_int_equal(records.len, 2);
	assert_string_equal(records.at[0].entries.at[0].run, "run");
	assert_int_equal(records.at[1].entries.at[0].type, ENTRY_RESULT);
	ledger_close(mine);
	ledger_close(theirs);
}

/* ---- emptying ---- */

/* What is left of record `number` in a store that has `bytes` there. */
static struct new_record suite_left(struct arena *a, struct store *s, uint64_t number)
{
	struct stored_record_vec found = {0};
	struct emptied e = {.number = number};
	char *text = arena_alloc(a, EMPTIED_TEXT);
	assert_ok(s->kind->read(s, a, number > 1 ? number - 1 : 1, number, &found));
	if (number > 1)
		record_digest(number - 1, found.at[0].bytes, found.at[0].len, e.before);
	const struct stored_record *r = &found.at[found.len - 1];
	record_digest(number, r->bytes, r->len, e.digest);
	struct new_record left = {.number = number, .bytes = text};
	left.len = emptied_text(&e, text);
	memcpy(left.before, e.before, SHA256_SIZE);
	return left;
}

/* Its number stays taken, all others stay as they are, and the ledger goes on. */
static void an_emptied_record_keeps_its_place(void **state UNUSED)
{
	ARENA a = {0};
	struct store *s = suite_open("emptied"), *other = suite_open("emptied");
	struct stored_record_vec found = {0};
	struct stored_record head;
	unsigned char before[SHA256_SIZE];
	suite_fill(s, 5);
	for (uint64_t number = 1; s->kind->empty && number <= 3; number += 2) {
		struct new_record left = suite_left(&a, s, number);
		assert_ok(s->kind->empty(s, &a, &left));
		assert_ok(s->kind->empty(s, &a, &left)); /* as after a lost answer */
		vec_push(&a, &found, (struct stored_record){number, left.bytes, left.len});
	}
	const struct stored_record_vec left = found;
	found = (struct stored_record_vec){0};
	assert_ok(other->kind->read(other, &a, 1, 5, &found));
	for (size_t i = 0; i < left.len; i++)
		assert_string_equal(found.at[left.at[i].number - 1].bytes, left.at[i].bytes);
	assert_string_equal(found.at[1].bytes, "{\"number\": 2}");
	assert_string_equal(found.at[3].bytes, "{\"number\": 4}");
	sha256_of("{\"number\": 2}", strlen("{\"number\": 2}"), before);
	assert_int_equal(suite_append(other, 3, "{\"number\": 3}", before), APPEND_TAKEN);
	sha256_of("{\"number\": 5}", strlen("{\"number\": 5}"), before);
	assert_int_equal(suite_append(other, 6, "{\"number\": 6}", before), APPEND_DONE);
	assert_ok(s->kind->head(s, &a, &head));
	assert_int_equal(head.number, 6);
	s->kind->close(s);
	other->kind->close(other);
}

/* Another place takes what is left of records, and their chain with it. */
static void what_is_left_is_copied(void **state UNUSED)
{
	ARENA a = {0};
	struct store *s = suite_open("left");
	struct stored_record_vec found = {0};
	unsigned char digest[SHA256_SIZE], before[SHA256_SIZE] = {0};
	char text[EMPTIED_TEXT];
	for (uint64_t number = 1; number <= 3; number++) {
		struct emptied e = {.number = number};
		memset(e.digest, (int)number, SHA256_SIZE);
		memcpy(e.before, before, SHA256_SIZE);
		emptied_text(&e, text);
		assert_int_equal(suite_append(s, number, text, before), APPEND_DONE);
		memcpy(before, e.digest, SHA256_SIZE);
	}
	assert_int_equal(suite_append(s, 4, "{\"number\": 4}", before), APPEND_DONE);
	assert_ok(s->kind->read(s, &a, 3, 4, &found));
	record_digest(3, found.at[0].bytes, found.at[0].len, digest);
	assert_memory_equal(digest, before, SHA256_SIZE);
	s->kind->close(s);
}

#define STORE_TESTS                                                                                \
	cmocka_unit_test(an_empty_store_has_no_head),                                              \
		cmocka_unit_test(records_are_read_as_they_were_made),                              \
		cmocka_unit_test(bytes_are_kept), cmocka_unit_test(a_number_is_used_once),         \
		cmocka_unit_test(a_record_that_is_not_there_is_an_error),                          \
		cmocka_unit_test(ledgers_do_not_mix), cmocka_unit_test(beats_replace_each_other),  \
		cmocka_unit_test(one_of_many_wins), cmocka_unit_test(a_ledger_stands_on_it),       \
		cmocka_unit_test(an_emptied_record_keeps_its_place),                               \
		cmocka_unit_test(what_is_left_is_copied)

#endif
