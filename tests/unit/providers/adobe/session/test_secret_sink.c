/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "core/util/file.h"
#include "providers/adobe/session/secret_sink.h"
#include "tests/unit/check.h"

static char folder[64];

static struct secret *secret_of(const char *text)
{
	char copy[128];
	size_t len = strlen(text);
	memcpy(copy, text, len + 1);
	return secret_take(copy, len);
}

/* NULL when it went well, else the message. */
static const char *write_to(struct arena *a, const struct organization_config *config,
			    const char *text)
{
	CLEANUP(secret_free) struct secret *s = secret_of(text);
	CLEANUP(error_free)
	struct error *error = sink_write(config, "asset-archiver", "client1", s);
	if (error)
		assert_null(strstr(error->message, text));
	return error ? arena_strdup(a, error->message) : NULL;
}

static void assert_file(struct arena *a, const char *name, const char *text, unsigned mode)
{
	CLEANUP(free) char *found = NULL;
	size_t len;
	struct stat st;
	const char *path = arena_printf(a, "%s/%s", folder, name);
	assert_ok(file_read(path, 1000, &found, &len));
	assert_string_equal(found, text);
	if (mode)
		assert_int_equal(stat(path, &st) || (st.st_mode & 07777) != mode, 0);
}

static void a_folder_gets_a_private_file(void **state UNUSED)
{
	ARENA a = {0};
	struct organization_config config = {.sink_directory = folder};
	mode_t mask = umask(0);
	assert_null(write_to(&a, &config, "first-secret"));
	assert_file(&a, "asset-archiver", "first-secret", 0600);
	assert_null(write_to(&a, &config, "second"));
	assert_file(&a, "asset-archiver", "second", 0600);
	umask(mask);
}

static void an_unsafe_place_is_refused(void **state UNUSED)
{
	ARENA a = {0};
	struct organization_config config = {.sink_directory = folder};
	const char *path = arena_printf(&a, "%s/asset-archiver", folder);
	unlink(path);
	assert_null(write_to(&a, &config, "first-secret"));
	assert_int_equal(chmod(path, 0644), 0);
	assert_non_null(strstr(write_to(&a, &config, "hunter2"), "must have mode 0600"));
	assert_file(&a, "asset-archiver", "first-secret", 0644);
	unlink(path);
	assert_int_equal(symlink("elsewhere", path), 0);
	assert_non_null(strstr(write_to(&a, &config, "hunter2"), "not a regular file"));
	unlink(path);
	assert_int_equal(chmod(folder, 0777), 0);
	assert_non_null(strstr(write_to(&a, &config, "hunter2"), "may be written by others"));
	assert_int_equal(chmod(folder, 0700), 0);
	config.sink_directory = arena_printf(&a, "%s/none", folder);
	assert_non_null(write_to(&a, &config, "hunter2"));
	config.sink_directory = "/dev/null";
	assert_non_null(strstr(write_to(&a, &config, "hunter2"), "is no folder"));
	if (geteuid() == 0) {
		config.sink_directory = folder;
		assert_int_equal(chown(folder, 65534, 65534), 0);
		assert_non_null(
			strstr(write_to(&a, &config, "hunter2"), "belongs to another user"));
		assert_int_equal(chown(folder, 0, 0), 0);
	}
	config.sink_directory = NULL;
	assert_non_null(strstr(write_to(&a, &config, "hunter2"), "no secretSink"));
	assert_false(sink_is_configured(&config));
}

static void a_name_that_no_file_can_have(void **state UNUSED)
{
	ARENA a = {0};
	struct str name = STR(&a);
	const struct organization_config config = {.sink_directory = folder};
	CLEANUP(secret_free) struct secret *s = secret_of("hunter2");
	str_fill(&name, 'x', 300);
	CLEANUP(error_free)
	struct error *error = sink_write(&config, str_text(&name), "client1", s);
	assert_non_null(error);
	assert_non_null(strstr(error->message, "the secret's file"));
}

static void a_command_gets_it_on_standard_input(void **state UNUSED)
{
	ARENA a = {0};
	const char *script = "cat >got; echo \"$WRIT_ACCOUNT $WRIT_CLIENT_ID $#\" >names";
	const char *const argv[] = {"/bin/sh", "-c",
				    arena_printf(&a, "cd '%s'; %s", folder, script), NULL};
	struct organization_config config = {.sink_command = argv};
	assert_null(write_to(&a, &config, "third-secret"));
	assert_file(&a, "got", "third-secret\n", 0);
	assert_file(&a, "names", "asset-archiver client1 0\n", 0);
}

static void a_command_that_fails_is_said(void **state UNUSED)
{
	static const char *const argvs[][4] = {
		{"/bin/false"}, {"/bin/sh", "-c", "cat >/dev/null; exit 3"}, {"/none/there"}};
	ARENA a = {0};
	for (size_t i = 0; i < sizeof(argvs) / sizeof(*argvs); i++) {
		struct organization_config config = {.sink_command = argvs[i]};
		assert_non_null(write_to(&a, &config, "a-secret"));
	}
}

static int set_up(void **state UNUSED)
{
	signal(SIGPIPE, SIG_IGN);
	strcpy(folder, "/tmp/writ-sink-XXXXXX");
	return !mkdtemp(folder);
}

static int tear_down(void **state UNUSED)
{
	static const char *const names[] = {"asset-archiver", "got", "names"};
	for (size_t i = 0; i < 3; i++) {
		ARENA a = {0};
		unlink(arena_printf(&a, "%s/%s", folder, names[i]));
	}
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_folder_gets_a_private_file),
		cmocka_unit_test(an_unsafe_place_is_refused),
		cmocka_unit_test(a_name_that_no_file_can_have),
		cmocka_unit_test(a_command_gets_it_on_standard_input),
		cmocka_unit_test(a_command_that_fails_is_said),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
