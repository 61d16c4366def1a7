/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/edit/edit_set.h"
#include "core/edit/edit_write.h"
#include "core/util/file.h"
#include "tests/unit/own_folder.h"

#define ORGANIZATION                                                                               \
	"apiVersion: writ/v1\nkind: Organization\nmetadata: {name: acme}\n"                        \
	"spec: {provider: file}\n"
#define ACCOUNT "apiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: a}\nspec: {}\n"

static void put(const char *path, const char *text)
{
	assert_ok(file_write_atomic(path, text, strlen(text), 0600));
}

static void assert_file(const char *path, const char *text)
{
	char *bytes;
	size_t len;
	assert_ok(file_read(path, 1000, &bytes, &len));
	assert_string_equal(bytes, text);
	free(bytes);
}

static void load(struct intern *strings, struct arena *a, struct edit_set *out)
{
	static const char *const paths[] = {"a.yaml", "b.yaml", "a.yaml"};
	struct report report = {.arena = a};
	struct manifest_reader reader = {strings, a, &report};
	put("a.yaml", ORGANIZATION);
	put("b.yaml", "# b\n" ACCOUNT);
	assert_ok(edit_set_load(&reader, paths, 3, NULL, out));
	assert_int_equal(report.errors, 0);
	assert_int_equal(out->files.len, 2);
	assert_int_equal(out->model.accounts.len, 1);
}

/* Of the account: a field of its spec. */
static struct edit set_field(const struct edit_set *set, const char *key, const char *value)
{
	return (struct edit){.kind = EDIT_SET,
			     .document = set->model.accounts.at[0].at,
			     .parents = {"spec"},
			     .key = key,
			     .value = value};
}

static void edits_are_read_again_before_they_are_written(void **state)
{
	(void)state;
	ARENA a = {0};
	struct intern *strings = intern_new();
	struct edit_set set, after;
	struct text_vec written = {0};
	load(strings, &a, &set);
	struct edit good = set_field(&set, "owner", "x@example.com"),
		    bad = set_field(&set, "unlisted", "sometimes");
	struct edit_vec edits = {&good, 1, 1};
	assert_ok(edit_set_apply(&set, &edits, strings, &a, &after));
	assert_string_equal(after.model.accounts.at[0].owner, "x@example.com");
	assert_file("b.yaml", "# b\n" ACCOUNT);
	assert_ok(edit_write(&set.files, &after.files, &a, &written));
	assert_int_equal(written.len, 1);
	assert_string_equal(written.at[0].text, "b.yaml");
	assert_file("a.yaml", ORGANIZATION);
	assert_file("b.yaml",
		    "# b\napiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: a}\n"
		    "spec:\n  owner: x@example.com\n");
	edits.at = &bad;
	assert_failed(edit_set_apply(&set, &edits, strings, &a, &after), ERROR_INPUT,
		      "the edited manifests have an error");
	intern_free(strings);
}

static void a_file_that_moved_stops_all(void **state)
{
	(void)state;
	ARENA a = {0};
	struct intern *strings = intern_new();
	struct edit_set set, after;
	struct text_vec written = {0};
	load(strings, &a, &set);
	struct edit both[] = {set_field(&set, "owner", "x@example.com"), {0}};
	both[1] = (struct edit){.kind = EDIT_APPEND_DOCUMENT,
				.document = set.model.organizations.at[0].at,
				.value = "# more\n"};
	struct edit_vec edits = {both, 2, 2};
	assert_ok(edit_set_apply(&set, &edits, strings, &a, &after));
	put("b.yaml", ACCOUNT "# mine\n");
	assert_failed(edit_write(&set.files, &after.files, &a, &written), ERROR_REFUSED, "b.yaml");
	assert_file("a.yaml", ORGANIZATION);
	assert_file("b.yaml", ACCOUNT "# mine\n");
	assert_int_equal(written.len, 0);
	intern_free(strings);
}

/* Nobody, root neither, makes files in /proc. */
static void what_was_written_is_put_back(void **state)
{
	(void)state;
	ARENA a = {0};
	char *name;
	size_t len;
	struct text_vec written = {0};
	put("a.yaml", "old\n");
	assert_ok(file_read("/proc/self/comm", 1000, &name, &len));
	struct stored_file was[] = {{.path = "a.yaml", .bytes = "old\n", .len = 4},
				    {.path = "/proc/self/comm", .bytes = name, .len = len}};
	struct stored_file now[] = {{.path = "a.yaml", .bytes = "new\n", .len = 4},
				    {.path = "/proc/self/comm", .bytes = "x", .len = 1}};
	struct edit_set before = {.files = {was, 2, 2}}, after = {.files = {now, 2, 2}};
	assert_failed(edit_write(&before.files, &after.files, &a, &written), ERROR_SYSTEM,
		      "/proc/");
	assert_file("a.yaml", "old\n");
	free(name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(edits_are_read_again_before_they_are_written),
		IN_FOLDER(a_file_that_moved_stops_all),
		IN_FOLDER(what_was_written_is_put_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
