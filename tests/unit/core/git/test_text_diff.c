/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/git/text_diff.h"
#include "tests/unit/check.h"

static void a_diff_is_what_patch_takes(void **state)
{
	(void)state;
	static const struct {
		const char *path, *before, *after, *diff;
	} rows[] = {
		{"a.yaml", "a\n", "a\n", ""},
		{"./a.yaml", "a\nb\n", "a\nc\n",
		 "--- a/a.yaml\n+++ b/a.yaml\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"},
		{"a.yaml", "1\n2\n3\n4\n5\n", "2\n3\n4\n5\n",
		 "--- a/a.yaml\n+++ b/a.yaml\n@@ -1,4 +1,3 @@\n-1\n 2\n 3\n 4\n"},
		/* A name with odd bytes, as git writes it. */
		{"\x1b[1m\"\\\n", "a\n", "b\n",
		 "--- \"a/\\033[1m\\042\\134\\012\"\n+++ \"b/\\033[1m\\042\\134\\012\"\n"
		 "@@ -1 +1 @@\n-a\n+b\n"},
		/* A control character of two bytes; a letter of two stays where all are plain. */
		{"\u00E9\xC2\x9B", "a\n", "b\n",
		 "--- \"a/\\303\\251\\302\\233\"\n+++ \"b/\\303\\251\\302\\233\"\n"
		 "@@ -1 +1 @@\n-a\n+b\n"},
		{"\u00E9", "a\n", "b\n", "--- a/\u00E9\n+++ b/\u00E9\n@@ -1 +1 @@\n-a\n+b\n"},
		{"a.yaml", "a", "a\n",
		 "--- a/a.yaml\n+++ b/a.yaml\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ARENA a = {0};
		struct str out = STR(&a);
		assert_ok(text_diff(rows[i].path,
				    (struct text){rows[i].before, strlen(rows[i].before)},
				    (struct text){rows[i].after, strlen(rows[i].after)}, &out));
		assert_string_equal(str_text(&out), rows[i].diff);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_diff_is_what_patch_takes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
