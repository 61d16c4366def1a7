/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>

#include "core/util/arena.h"
#include "core/util/vec.h"
#include "tests/unit/check.h"

#define KIB ((size_t)1024)

VEC(int_vec, int);

static void fill(char *piece, size_t size, char seed)
{
	for (size_t i = 0; i < size; i++)
		piece[i] = (char)(seed + (char)i);
}

static void assert_filled(const char *piece, size_t size, char seed)
{
	for (size_t i = 0; i < size; i++)
		assert_int_equal(piece[i], (char)(seed + (char)i));
}

static void pieces_are_aligned_and_apart(void **state UNUSED)
{
	static const size_t sizes[] = {0,    1,		15,	   16, 17,	  4000,
				       5000, 100 * KIB, 600 * KIB, 3,  2048 * KIB};
	enum { COUNT = sizeof(sizes) / sizeof(*sizes) };
	char *pieces[4 * COUNT];
	ARENA a = {0};
	for (size_t i = 0; i < 4 * COUNT; i++) {
		pieces[i] = arena_alloc(&a, sizes[i % COUNT]);
		assert_int_equal((uintptr_t)pieces[i] % 16, 0);
		fill(pieces[i], sizes[i % COUNT], (char)i);
	}
	for (size_t i = 0; i < 4 * COUNT; i++)
		assert_filled(pieces[i], sizes[i % COUNT], (char)i);
}

static void zalloc_clears_reused_memory(void **state UNUSED)
{
	ARENA a = {0};
	memset(arena_alloc(&a, 100), 0xFF, 100);
	arena_reset(&a);
	const char *piece = arena_zalloc(&a, 100);
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(piece[i], 0);
}

static void growing_keeps_the_contents(void **state UNUSED)
{
	static const struct {
		size_t old, new;
		bool last, same;
	} rows[] = {
		{10, 100, true, true},	       {10, 100, false, false},
		{10, 16, false, true}, /* fits the rounded size */
		{100, 10, true, true},	       {100, 10, false, true},
		{100, 5000, true, false}, /* more than the block has left */
		{100, 700 * KIB, true, false}, {700 * KIB, 10, true, true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		char *old = arena_grow(&a, NULL, 0, rows[i].old);
		size_t kept = rows[i].old < rows[i].new ? rows[i].old : rows[i].new;
		fill(old, rows[i].old, 7);
		if (!rows[i].last)
			fill(arena_alloc(&a, 8), 8, 1);
		char *new = arena_grow(&a, old, rows[i].old, rows[i].new);
		assert_filled(new, kept, 7);
		assert_int_equal(new == old, rows[i].same);
		fill(new, rows[i].new, 3);
	}
}

static void big_pieces_grow_in_any_order(void **state UNUSED)
{
	ARENA a = {0};
	char *pieces[3];
	for (int i = 0; i < 3; i++)
		fill(pieces[i] = arena_alloc(&a, 600 * KIB), 600 * KIB, (char)i);
	char *small = arena_strdup(&a, "small");
	for (size_t size = 600; size < 9000; size *= 3) {
		for (int i = 0; i < 3; i++)
			pieces[i] = arena_grow(&a, pieces[i], size * KIB, 3 * size * KIB);
	}
	for (int i = 0; i < 3; i++)
		assert_filled(pieces[i], 600 * KIB, (char)i);
	assert_string_equal(small, "small");
}

static void the_newest_big_piece_grows(void **state UNUSED)
{
	ARENA a = {0};
	char *big = arena_alloc(&a, 600 * KIB);
	fill(big, 600 * KIB, 1);
	assert_filled(arena_grow(&a, big, 600 * KIB, 90000 * KIB), 600 * KIB, 1);
}

static void texts_are_copied(void **state UNUSED)
{
	ARENA a = {0};
	assert_string_equal(arena_strdup(&a, ""), "");
	assert_string_equal(arena_strdup(&a, "text"), "text");
	assert_string_equal(arena_strndup(&a, "text", 2), "te");
	assert_string_equal(arena_strndup(&a, NULL, 0), "");
	assert_string_equal(arena_printf(&a, "%s-%d", "a", 42), "a-42");
	assert_int_equal(strlen(arena_printf(&a, "%*s", 5000, "")), 5000);
}

static void reset_keeps_one_shared_block(void **state UNUSED)
{
	ARENA a = {0};
	arena_reset(&a);
	assert_null(a.blocks);
	arena_alloc(&a, 2000 * KIB);
	arena_reset(&a);
	assert_null(a.blocks);
	for (int i = 0; i < 100; i++)
		arena_alloc(&a, 1000);
	const char *end = a.end;
	arena_reset(&a);
	assert_ptr_equal(a.end, end);
	void *first = arena_alloc(&a, 1000);
	arena_reset(&a);
	assert_ptr_equal(arena_alloc(&a, 1000), first);
}

static void join_moves_everything(void **state UNUSED)
{
	static const struct {
		size_t into, from;
	} rows[] = {{0, 0},	{100, 0},   {0, 100},	 {100, 200},
		    {3000, 10}, {10, 3000}, {50000, 10}, {5, 700 * KIB}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA into = {0}, from = {0};
		char *ours = rows[i].into ? arena_alloc(&into, rows[i].into) : NULL;
		char *theirs = rows[i].from ? arena_alloc(&from, rows[i].from) : NULL;
		fill(ours, rows[i].into, 1);
		fill(theirs, rows[i].from, 2);
		if (theirs && i % 2)
			fill(arena_alloc(&from, 5000), 5000, 4); /* a second block */
		arena_join(&into, &from);
		assert_null(from.blocks);
		assert_null(from.next);
		for (int n = 0; n < 100; n++)
			fill(arena_alloc(&into, 900), 900, 3);
		fill(arena_alloc(&from, 900), 900, 3);
		assert_filled(ours, rows[i].into, 1);
		assert_filled(theirs, rows[i].from, 2);
	}
}

static int by_value(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void big_pieces_grow_after_a_join(void **state UNUSED)
{
	ARENA into = {0}, from = {0};
	char *ours = arena_alloc(&into, 600 * KIB), *theirs = arena_alloc(&from, 600 * KIB);
	fill(ours, 600 * KIB, 1);
	fill(theirs, 600 * KIB, 2);
	arena_join(&into, &from);
	ours = arena_grow(&into, ours, 600 * KIB, 9000 * KIB);
	theirs = arena_grow(&into, theirs, 600 * KIB, 9000 * KIB);
	assert_filled(ours, 600 * KIB, 1);
	assert_filled(theirs, 600 * KIB, 2);
}

static void vectors_grow(void **state UNUSED)
{
	ARENA a = {0};
	struct int_vec v = {0};
	vec_sort(&v, by_value);
	for (int i = 0; i < 300000; i++)
		vec_push(&a, &v, i);
	for (int i = 0; i < 300000; i++)
		assert_int_equal(v.at[i], i);
	struct int_vec exact = {0};
	vec_reserve(&a, &exact, 100);
	assert_int_equal(exact.cap, 100);
}

static void vectors_sort(void **state UNUSED)
{
	ARENA a = {0};
	struct int_vec v = {0};
	vec_push(&a, &v, 3);
	vec_push(&a, &v, 1);
	vec_push(&a, &v, 2);
	vec_sort(&v, by_value);
	assert_int_equal(v.at[0] * 100 + v.at[1] * 10 + v.at[2], 123);
}

/* Nearly in order, backwards, and shuffled: both ways of sorting. */
static void long_vectors_sort(void **state UNUSED)
{
	ARENA a = {0};
	for (int way = 0; way < 3; way++) {
		struct int_vec v = {0};
		for (int i = 0; i < 5000; i++)
			vec_push(&a, &v, way == 0 ? i ^ 3 : way == 1 ? 4999 - i : i * 37 % 5000);
		vec_sort(&v, by_value);
		for (int i = 0; i < 5000; i++)
			assert_int_equal(v.at[i], i);
	}
}

/* Each value stands twice; odd ones are missing. */
static void the_first_of_equals_is_found(void **state UNUSED)
{
	ARENA a = {0};
	struct int_vec v = {0};
	int key = 0;
	assert_null(vec_find(&v, &key, by_value));
	for (int i = 0; i < 200; i++)
		vec_push(&a, &v, i / 2 * 2);
	for (key = -1; key <= 200; key++) {
		const int *found = vec_find(&v, &key, by_value);
		assert_ptr_equal(found, key >= 0 && key < 200 && key % 2 == 0 ? &v.at[key] : NULL);
	}
	assert_ptr_equal(vec_next(&v, &v.at[198]), &v.at[199]);
	assert_null(vec_next(&v, &v.at[199]));
}

static void too_much(int way)
{
	static struct arena a;
	size_t cap = 1, all = SIZE_MAX;
	if (way == 0)
		free(xmalloc(all));
	else if (way == 1)
		free(xrealloc(NULL, all));
	else if (way == 2)
		arena_alloc(&a, all - 5);
	else
		vec_grow_(&a, NULL, &cap, SIZE_MAX / 4, 8);
}

static void running_out_of_memory_ends_with_1(void **state UNUSED)
{
	for (int way = 0; way < 4; way++) {
		int status;
		pid_t child = fork();
		if (child == 0) {
			fclose(stderr);
			too_much(way);
			_exit(0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	}
}

static void the_malloc_family_copies(void **state UNUSED)
{
	CLEANUP(free) char *text = xstrdup("text");
	assert_string_equal(text, "text");
	text = xrealloc(text, 100);
	assert_string_equal(text, "text");
	CLEANUP(free) void *nothing = xmalloc(0);
	assert_non_null(nothing);
	nothing = xrealloc(nothing, 0);
	assert_non_null(nothing);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_aligned_and_apart),
		cmocka_unit_test(zalloc_clears_reused_memory),
		cmocka_unit_test(growing_keeps_the_contents),
		cmocka_unit_test(big_pieces_grow_in_any_order),
		cmocka_unit_test(the_newest_big_piece_grows),
		cmocka_unit_test(texts_are_copied),
		cmocka_unit_test(reset_keeps_one_shared_block),
		cmocka_unit_test(join_moves_everything),
		cmocka_unit_test(big_pieces_grow_after_a_join),
		cmocka_unit_test(vectors_grow),
		cmocka_unit_test(vectors_sort),
		cmocka_unit_test(long_vectors_sort),
		cmocka_unit_test(the_first_of_equals_is_found),
		cmocka_unit_test(running_out_of_memory_ends_with_1),
		cmocka_unit_test(the_malloc_family_copies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
