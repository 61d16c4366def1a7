/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/child.h"

#include <string.h>
#include <sys/stat.h>

#include "tests/unit/check.h"

static struct child_said run(struct arena *a, const char *script, const char *input)
{
	const char *argv[] = {"/bin/sh", "-c", script, NULL};
	const char *more[] = {"GIVEN=yes", NULL};
	const struct child_bytes files[] = {{"first", 5}, {"second", 6}};
	const struct child_job job = {.argv = argv,
				      .more = more,
				      .input = {input, strlen(input)},
				      .files = files,
				      .file_count = 2,
				      .timeout_ms = 20000};
	struct child_said said;
	assert_null(child_run(&job, a, &said));
	return said;
}

static void what_it_reads_and_says(void **state UNUSED)
{
	static const struct {
		const char *script, *output, *errors;
		bool well;
	} rows[] = {
		{"cat", "in", "", true},
		{"cat /dev/fd/4 /dev/fd/3 /dev/fd/4", "secondfirstsecond", "", true},
		{"echo x; echo y >&2; exit 3", "x\n", "y\n", false},
		{"kill -9 $$", "", "", false},
		{"echo $GIVEN$SECRET", "yes\n", "", true},
		{"ls /proc/self/fd | tr '\\n' ' '", "0 1 2 3 4 5 ", "", true}, /* 5: ls's own */
		{"(: </dev/tty) 2>/dev/null || echo none", "none\n", "", true},
	};
	setenv("SECRET", "canary", 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct child_said said = run(&a, rows[i].script, "in");
		assert_string_equal(said.output, rows[i].output);
		assert_string_equal(said.errors, rows[i].errors);
		assert_int_equal(said.well, rows[i].well);
	}
}

static void more_than_is_kept(void **state UNUSED)
{
	ARENA a = {0};
	struct child_said said = run(&a, "head -c 200000 /dev/zero | tr '\\0' x", "");
	assert_int_equal(strlen(said.output), CHILD_SAID_MAX);
}

static void a_longer_output_is_kept_where_asked(void **state UNUSED)
{
	ARENA a = {0};
	const char *argv[] = {"/bin/sh", "-c", "printf 'a\\000'; head -c 200000 /dev/zero", NULL};
	struct child_said said;
	assert_null(child_run(
		&(struct child_job){.argv = argv, .output_max = 150000, .timeout_ms = 20000}, &a,
		&said));
	assert_int_equal(said.output_len, 150000);
	assert_int_equal(said.output[0], 'a');
	assert_int_equal(said.output[1], '\0');
}

static void variables_are_kept_by_name(void **state UNUSED)
{
	static const char *const names[] = {"KEPT", "KEPT_ALL_*", NULL};
	ARENA a = {0};
	struct variable_vec kept = {0};
	setenv("KEPT", "1", 1);
	setenv("KEPT_NOT", "2", 1);
	setenv("KEPT_ALL_3", "3", 1);
	child_keep(&a, names, &kept);
	assert_int_equal(kept.len, 2);
	for (size_t i = 0; i < kept.len; i++)
		assert_null(strstr(kept.at[i], "NOT"));
}

/* However many they are. */
static void all_variables_of_a_caller_arrive(void **state UNUSED)
{
	ARENA a = {0};
	struct variable_vec more = {0};
	const char *argv[] = {"/bin/sh", "-c", "echo $V0 $V199", NULL};
	struct child_said said;
	for (int i = 0; i < 200; i++)
		vec_push(&a, &more, arena_printf(&a, "V%d=%d", i, i));
	vec_push(&a, &more, NULL);
	assert_null(
		child_run(&(struct child_job){.argv = argv, .more = more.at, .timeout_ms = 20000},
			  &a, &said));
	assert_string_equal(said.output, "0 199\n");
}

static void one_that_is_late_or_missing(void **state UNUSED)
{
	ARENA a = {0};
	struct child_said said;
	const char *sleeper[] = {"/bin/sleep", "60", NULL}, *missing[] = {"/nowhere/it", NULL};
	struct error *error =
		child_run(&(struct child_job){.argv = sleeper, .timeout_ms = 20}, &a, &said);
	assert_string_equal(error->message, "/bin/sleep did not end in time");
	error_free(error);
	error = child_run(&(struct child_job){.argv = missing, .timeout_ms = 1000}, &a, &said);
	assert_int_equal(error->code, ERROR_SYSTEM);
	error_free(error);
}

static void where_programs_are_found(void **state UNUSED)
{
	ARENA a = {0};
	char folder[] = "/tmp/writ-child-XXXXXX";
	assert_non_null(mkdtemp(folder));
	const char *program = arena_printf(&a, "%s/tool", folder);
	FILE *out = fopen(program, "w");
	assert_non_null(out);
	fclose(out);
	assert_int_equal(chdir(folder), 0);
	setenv("PATH", arena_printf(&a, "::.:relative:%s", folder), 1);
	assert_null(child_find(&a, "tool")); /* it cannot be run */
	assert_int_equal(chmod(program, 0755), 0);
	assert_string_equal(child_find(&a, "tool"), program);
	setenv("PATH", "::.:relative", 1);
	assert_null(child_find(&a, "tool"));
	unsetenv("PATH");
	assert_string_equal(strrchr(child_find(&a, "sh"), '/'), "/sh");
	unlink(program);
	rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_reads_and_says),
		cmocka_unit_test(more_than_is_kept),
		cmocka_unit_test(a_longer_output_is_kept_where_asked),
		cmocka_unit_test(variables_are_kept_by_name),
		cmocka_unit_test(all_variables_of_a_caller_arrive),
		cmocka_unit_test(one_that_is_late_or_missing),
		cmocka_unit_test(where_programs_are_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
