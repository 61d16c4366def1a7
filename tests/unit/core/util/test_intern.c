/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "core/util/arena.h"
#include "core/util/intern.h"
#include "tests/unit/check.h"

#define NAMES 20000
#define THREADS 4

static void equal_texts_are_one(void **state UNUSED)
{
	struct intern *table = intern_new();
	char copy[] = "design";
	const char *one = intern(table, "design");
	assert_string_equal(one, "design");
	assert_ptr_not_equal(one, copy);
	assert_ptr_equal(intern(table, copy), one);
	assert_ptr_equal(intern_n(table, "designer", 6), one);
	assert_ptr_not_equal(intern(table, "designer"), one);
	intern_free(table);
	intern_free(NULL);
}

/* Far more texts than it remembers, each asked for twice in a row and once later. */
static void a_memory_gives_the_same_copy(void **state UNUSED)
{
	struct intern *table = intern_new();
	struct intern_recent recent = {0};
	char text[16];
	for (int i = 0; i < 3 * INTERN_RECENT; i++) {
		int len = snprintf(text, sizeof(text), "name-%d", i);
		const char *one = intern_through(table, &recent, text, (size_t)len);
		assert_string_equal(one, text);
		assert_ptr_equal(intern_through(table, &recent, text, (size_t)len), one);
		assert_ptr_equal(intern(table, text), one);
	}
	for (int i = 0; i < 3 * INTERN_RECENT; i++) {
		int len = snprintf(text, sizeof(text), "name-%d", i);
		assert_ptr_equal(intern_through(table, &recent, text, (size_t)len),
				 intern(table, text));
	}
	intern_free(table);
}

static void lengths_are_kept(void **state UNUSED)
{
	static const char *const texts[] = {"",		"a",	     "1234567",
					    "12345678", "123456789", "1234567812345678x"};
	struct intern *table = intern_new();
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		const char *text = intern(table, texts[i]);
		assert_string_equal(text, texts[i]);
		assert_int_equal(intern_len(text), strlen(texts[i]));
	}
	intern_free(table);
}

static void hashes_spread(void **state UNUSED)
{
	struct intern *table = intern_new();
	unsigned low[16] = {0}, high[16] = {0};
	for (int i = 0; i < 16000; i++) {
		char name[16];
		snprintf(name, sizeof(name), "%d", i);
		uint64_t hash = intern_hash(intern(table, name));
		low[hash & 15]++;
		high[hash >> 60]++;
	}
	for (int i = 0; i < 16; i++) {
		assert_in_range(low[i], 700, 1300);
		assert_in_range(high[i], 700, 1300);
	}
	intern_free(table);
}

struct intern_thread {
	pthread_t thread;
	struct intern *table;
	size_t step; /* prime to NAMES, so that each worker comes by in another order */
	const char *found[NAMES];
};

static void *intern_all(void *argument)
{
	struct intern_thread *w = argument;
	for (size_t i = 0; i < NAMES; i++) {
		size_t n = i * w->step % NAMES;
		char name[32];
		snprintf(name, sizeof(name), "name-%zu@example.com", n);
		w->found[n] =
			i % 3 ? intern(w->table, name) : intern_n(w->table, name, strlen(name));
		if (intern(w->table, name) != w->found[n])
			w->found[n] = NULL;
	}
	return NULL;
}

static void threads_get_the_same_copy(void **state UNUSED)
{
	static const size_t steps[THREADS] = {1, 3, 7, NAMES - 1};
	struct intern_thread *workers = xmalloc(THREADS * sizeof(*workers));
	struct intern *table = intern_new();
	for (size_t i = 0; i < THREADS; i++) {
		workers[i].table = table;
		workers[i].step = steps[i];
		assert_int_equal(pthread_create(&workers[i].thread, NULL, intern_all, &workers[i]),
				 0);
	}
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(workers[i].thread, NULL);
	for (size_t n = 0; n < NAMES; n++) {
		char name[32];
		snprintf(name, sizeof(name), "name-%zu@example.com", n);
		assert_string_equal(workers[0].found[n], name);
		for (size_t i = 1; i < THREADS; i++)
			assert_ptr_equal(workers[i].found[n], workers[0].found[n]);
	}
	intern_free(table);
	free(workers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_texts_are_one),
		cmocka_unit_test(lengths_are_kept),
		cmocka_unit_test(hashes_spread),
		cmocka_unit_test(threads_get_the_same_copy),
		cmocka_unit_test(a_memory_gives_the_same_copy),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
