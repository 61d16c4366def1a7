/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/lock.h"

#include <string.h>
#include <unistd.h>

#include "tests/unit/check.h"
#include "tests/unit/moved_clock.h"
#include "tests/unit/repository.h"

static void a_lock_is_waited_for_and_no_longer(void **state UNUSED)
{
	ARENA a = {0};
	const char *path = in_folder(&a, "lock");
	int first = -1, second = -1;
	assert_ok(lock_take(path, "the first\n", &first));
	int64_t began = clock_steady_ms();
	struct error *error = lock_take(path, "the second\n", &second);
	assert_non_null(error);
	assert_int_equal(error->code, ERROR_LOCKED);
	assert_non_null(strstr(error->message, "the first"));
	error_free(error);
	assert_in_range(clock_steady_ms() - began, LOCK_WAIT_MS, LOCK_WAIT_MS + 1000);
	close(first);
	began = clock_steady_ms();
	assert_ok(lock_take(path, "the second\n", &second));
	assert_int_equal(clock_steady_ms(), began);
	close(second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_lock_is_waited_for_and_no_longer)};
	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
