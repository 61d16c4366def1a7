/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/keys.h"
#include "tests/unit/check.h"

static struct key_vec make(struct arena *a, const uint64_t *keys, size_t count)
{
	struct key_vec out = {0};
	for (size_t i = 0; i < count; i++)
		vec_push(a, &out, keys[i]);
	return out;
}

static void they_are_sorted_by_all_64_bits(void **state UNUSED)
{
	static const uint64_t keys[] = {UINT64_MAX, 3, 1ULL << 32, 0, 3, UINT32_MAX, 0, 3};
	static const uint64_t all[] = {0, 0, 3, 3, 3, UINT32_MAX, 1ULL << 32, UINT64_MAX};
	static const uint64_t once[] = {0, 3, UINT32_MAX, 1ULL << 32, UINT64_MAX};
	ARENA a = {0};
	struct key_vec v = make(&a, keys, 8);
	keys_sort(&v);
	assert_int_equal(v.len, 8);
	assert_memory_equal(v.at, all, sizeof(all));
	keys_sort_once(&v);
	assert_int_equal(v.len, 5);
	assert_memory_equal(v.at, once, sizeof(once));
	for (size_t i = 0; i < 5; i++) {
		assert_true(keys_have(&v, once[i]));
		assert_int_equal(keys_from(&v, once[i]), i);
	}
	assert_int_equal(keys_from(&v, 1), 1);
	assert_false(keys_have(&v, 1));
	assert_int_equal(keys_from(&v, (1ULL << 32) + 1), 4);
}

static void an_empty_set_has_nothing(void **state UNUSED)
{
	ARENA a = {0};
	struct key_vec v = {0};
	keys_sort_once(&v);
	assert_int_equal(keys_from(&v, 0), 0);
	assert_false(keys_have(&v, 0));
	vec_push(&a, &v, 7);
	assert_int_equal(keys_from(&v, 8), 1);
	assert_false(keys_have(&v, 8));
}

static void a_grant_is_a_key(void **state UNUSED)
{
	uint64_t key = grant_key(UINT32_MAX, 7);
	assert_true(key == 0xFFFFFFFF00000007);
	assert_int_equal(grant_principal(key), UINT32_MAX);
	assert_int_equal(grant_entitlement(key), 7);
	assert_true(grant_key(1, UINT32_MAX) < grant_key(2, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_are_sorted_by_all_64_bits),
		cmocka_unit_test(a_grant_is_a_key),
		cmocka_unit_test(an_empty_set_has_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
