/* SPDX-License-Identifier: Apache-2.0 */
/* Which files of a snapshot's folder are opened again. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/record/snapshot.h"
#include "tests/unit/check.h"

static char folder[] = "/tmp/writ-snapshot-XXXXXX";

static int make_folder(void **state UNUSED)
{
	return mkdtemp(folder) && !chdir(folder) ? 0 : -1;
}

static int remove_folder(void **state UNUSED)
{
	unlink("a.yaml");
	unlink("b.yaml");
	return chdir("/") ? -1 : rmdir(folder);
}

static void put(const char *path, const char *text)
{
	FILE *out = fopen(path, "w");
	assert_non_null(out);
	fputs(text, out);
	assert_int_equal(fclose(out), 0);
}

/* As if the reading had begun long after the last change. */
static struct snapshot read_later(struct arena *a)
{
	struct snapshot s;
	put("a.yaml", "one: 1\n");
	put("b.yaml", "two: 2\n");
	assert_ok(snapshot_read_folder(".", NULL, a, &s));
	assert_int_equal(s.files.len, 2);
	assert_int_equal(s.found.len, 2);
	s.began.tv_sec += 60;
	return s;
}

/* Of `s`, by file: that its bytes are those of `earlier`, not a copy. */
static void assert_kept(const struct snapshot *s, const struct snapshot *earlier, bool a, bool b)
{
	assert_int_equal(s->files.len, 2);
	assert_int_equal(s->files.at[0].bytes == earlier->files.at[0].bytes, a);
	assert_int_equal(s->files.at[1].bytes == earlier->files.at[1].bytes, b);
}

static void what_nobody_touched_is_not_opened_again(void **state UNUSED)
{
	ARENA a = {0};
	struct snapshot earlier = read_later(&a), again, third;
	assert_ok(snapshot_read_folder(".", &earlier, &a, &again));
	assert_kept(&again, &earlier, true, true);
	again.began = earlier.began;
	assert_ok(snapshot_read_folder(".", &again, &a, &third));
	assert_kept(&third, &earlier, true, true);
}

static void what_was_replaced_or_grew_is_read(void **state UNUSED)
{
	ARENA a = {0};
	struct snapshot earlier = read_later(&a), again;
	put("next", "two: 3\n");
	assert_int_equal(rename("next", "b.yaml"), 0);
	assert_ok(snapshot_read_folder(".", &earlier, &a, &again));
	assert_kept(&again, &earlier, true, false);
	assert_string_equal(again.files.at[1].bytes, "two: 3\n");
	put("a.yaml", "one: 10\n");
	assert_ok(snapshot_read_folder(".", &earlier, &a, &again));
	assert_kept(&again, &earlier, false, false);
	assert_string_equal(again.files.at[0].bytes, "one: 10\n");
}

static void what_came_or_went_is_seen(void **state UNUSED)
{
	ARENA a = {0};
	struct snapshot earlier = read_later(&a), again;
	put("aa.yaml", "three: 3\n");
	assert_ok(snapshot_read_folder(".", &earlier, &a, &again));
	assert_int_equal(unlink("aa.yaml"), 0);
	assert_int_equal(again.files.len, 3);
	assert_string_equal(again.files.at[1].path, "aa.yaml");
	assert_ptr_equal(again.files.at[2].bytes, earlier.files.at[1].bytes);
	assert_int_equal(unlink("a.yaml"), 0);
	assert_ok(snapshot_read_folder(".", &earlier, &a, &again));
	assert_int_equal(again.files.len, 1);
	assert_ptr_equal(again.files.at[0].bytes, earlier.files.at[1].bytes);
}

/* The clock of files has ticks of some milliseconds: in one, a file can change twice. */
static void what_changed_as_the_reading_began_is_read(void **state UNUSED)
{
	ARENA a = {0};
	struct snapshot earlier = read_later(&a), again;
	earlier.began = earlier.found.at[1].changed;
	assert_ok(snapshot_read_folder(".", &earlier, &a, &again));
	assert_false(again.files.at[1].bytes == earlier.files.at[1].bytes);
	assert_string_equal(again.files.at[1].bytes, "two: 2\n");
}

static void another_folder_is_read(void **state UNUSED)
{
	ARENA a = {0};
	struct snapshot earlier = read_later(&a), again;
	assert_ok(snapshot_read_folder(folder, &earlier, &a, &again));
	assert_kept(&again, &earlier, false, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_nobody_touched_is_not_opened_again),
		cmocka_unit_test(what_was_replaced_or_grew_is_read),
		cmocka_unit_test(what_came_or_went_is_seen),
		cmocka_unit_test(what_changed_as_the_reading_began_is_read),
		cmocka_unit_test(another_folder_is_read),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
