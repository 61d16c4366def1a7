/* SPDX-License-Identifier: Apache-2.0 */
#include <openssl/crypto.h>
#include <string.h>
#include <sys/stat.h>

#include "core/util/secret.h"
#include "tests/unit/own_folder.h"

#define TOKEN "Tok3n-of-a-test"

static void put(const char *text, size_t len, mode_t mode)
{
	unlink("file");
	FILE *out = fopen("file", "w");
	assert_int_equal(fwrite(text, 1, len, out), len);
	fclose(out);
	assert_int_equal(chmod("file", mode), 0);
}

static void assert_secret(const struct secret *s, const char *expected)
{
	assert_string_equal(secret_reveal(s), expected);
	assert_int_equal(secret_len(s), strlen(expected));
}

/* The error says `message` and nothing of the token. */
static void assert_refused(struct error *error, const char *message)
{
	assert_non_null(error);
	if (!strstr(error->message, message))
		fail_msg("\"%s\" instead of \"%s\"", error->message, message);
	assert_null(strstr(error->message, TOKEN));
	error_free(error);
}

static void taking_wipes_the_source(void **state UNUSED)
{
	char bytes[] = TOKEN;
	CLEANUP(secret_free) struct secret *s = secret_take(bytes, strlen(TOKEN));
	assert_secret(s, TOKEN);
	for (size_t i = 0; i < strlen(TOKEN); i++)
		assert_int_equal(bytes[i], 0);
	secret_free(NULL);
}

static void files_are_read_without_their_newline(void **state UNUSED)
{
	static const struct {
		const char *text, *secret;
		mode_t mode;
	} rows[] = {
		{TOKEN, TOKEN, 0600},
		{TOKEN "\n", TOKEN, 0400},
		{TOKEN "\n\n", TOKEN "\n", 0600},
		{" \t ", " \t ", 0700},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		CLEANUP(secret_free) struct secret *s = NULL;
		put(rows[i].text, strlen(rows[i].text), rows[i].mode);
		assert_ok(secret_from_file("file", &s));
		assert_secret(s, rows[i].secret);
	}
}

static void unsafe_files_are_refused(void **state UNUSED)
{
	static const mode_t modes[] = {0640, 0604, 0610, 0601, 0620, 0602};
	struct secret *s = NULL;
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		put(TOKEN, strlen(TOKEN), modes[i]);
		assert_refused(secret_from_file("file", &s), "open to group or others");
	}
	put(TOKEN, strlen(TOKEN), 0600);
	assert_int_equal(symlink("file", "link"), 0);
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_refused(secret_from_file("link", &s), "the file is a link");
	assert_refused(secret_from_file("fifo", &s), "not a regular file");
	assert_refused(secret_from_file(".", &s), "not a regular file");
	assert_refused(secret_from_file("missing", &s),
		       "the file is not there; write the secret into it");
	put("", 0, 0600);
	assert_refused(secret_from_file("file", &s), "is empty");
	put("\n", 1, 0600);
	assert_refused(secret_from_file("file", &s), "is empty");
	assert_refused(secret_from_file("/proc/self/environ", &s), "changed while it was read");
	assert_null(s);
}

static void files_of_others_are_refused(void **state UNUSED)
{
	struct secret *s = NULL;
	put(TOKEN, strlen(TOKEN), 0600);
	if (geteuid() == 0)
		assert_int_equal(chown("file", 1, 1), 0);
	assert_refused(secret_from_file(geteuid() ? "/etc/passwd" : "file", &s),
		       "belongs to another user");
}

/* A byte more than allowed, and the last that is. */
static void secrets_have_a_ceiling(void **state UNUSED)
{
	static char text[SECRET_MAX + 3];
	struct secret *s = NULL;
	memset(text, 'x', SECRET_MAX + 2);
	put(text, SECRET_MAX + 2, 0600);
	assert_refused(secret_from_file("file", &s), "too long");
	put(text, SECRET_MAX + 1, 0600);
	assert_refused(secret_from_file("file", &s), "too long");
	text[SECRET_MAX] = '\n';
	put(text, SECRET_MAX + 1, 0600);
	assert_ok(secret_from_file("file", &s));
	assert_int_equal(secret_len(s), SECRET_MAX);
	secret_free(s);
}

static void variables_are_wiped(void **state UNUSED)
{
	CLEANUP(secret_free) struct secret *s = NULL;
	setenv("TEST_TOKEN", TOKEN "\n", 1);
	const char *value = getenv("TEST_TOKEN");
	assert_ok(secret_from_env("TEST_TOKEN", &s));
	assert_secret(s, TOKEN);
	assert_null(getenv("TEST_TOKEN"));
	assert_int_equal(value[0], 0);
	assert_int_equal(memcmp(value, "\0\0\0\0\0", 5), 0);
}

static void bad_variables_are_refused(void **state UNUSED)
{
	static char text[SECRET_MAX + 2];
	struct secret *s = NULL;
	memset(text, 'x', SECRET_MAX + 1);
	assert_refused(secret_from_env("TEST_TOKEN", &s), "TEST_TOKEN is not set");
	setenv("TEST_TOKEN", "", 1);
	assert_refused(secret_from_env("TEST_TOKEN", &s), "TEST_TOKEN is empty");
	setenv("TEST_TOKEN", text, 1);
	assert_refused(secret_from_env("TEST_TOKEN", &s), "TEST_TOKEN is too long");
	assert_null(s);
}

#define SHELL(script) ((const char *const[]){"/bin/sh", "-c", script, NULL})

static void commands_print_secrets(void **state UNUSED)
{
	struct secret_source source = {.kind = SECRET_COMMAND};
	CLEANUP(secret_free) struct secret *s = NULL;
	setenv("TEST_LEAK", TOKEN, 1);
	source.argv = SHELL("echo noise >&2; printf '%s\\n' \"" TOKEN "$TEST_LEAK$(cat)\"");
	assert_ok(secret_read(&source, &s));
	assert_secret(s, TOKEN);
	unsetenv("TEST_LEAK");
}

static void broken_commands_are_refused(void **state UNUSED)
{
	static const struct {
		const char *script, *message;
	} rows[] = {
		{"echo " TOKEN "; exit 3", "/bin/sh: failed"},
		{"echo " TOKEN "; kill -9 $$", "/bin/sh: failed"},
		{"exit 0", "is empty"},
		{"while :; do echo " TOKEN "; done", "too long"},
	};
	struct secret *s = NULL;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct secret_source source = {.kind = SECRET_COMMAND,
					       .argv = SHELL(rows[i].script)};
		assert_refused(secret_read(&source, &s), rows[i].message);
	}
	struct secret_source missing = {.kind = SECRET_COMMAND,
					.argv = (const char *const[]){"/nowhere/helper", NULL}};
	assert_refused(secret_read(&missing, &s), "running /nowhere/helper: No such file");
	assert_null(s);
}

static void descriptors_are_read_once(void **state UNUSED)
{
	int ends[2];
	CLEANUP(secret_free) struct secret *s = NULL;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], TOKEN "\n", strlen(TOKEN) + 1), strlen(TOKEN) + 1);
	close(ends[1]);
	struct secret_source source = {.kind = SECRET_FD, .fd = ends[0]};
	assert_ok(secret_read(&source, &s));
	assert_secret(s, TOKEN);
	secret_free(s);
	s = NULL;
	assert_refused(secret_read(&source, &s), "descriptor");
}

static void every_source_is_read(void **state UNUSED)
{
	struct secret *s = NULL;
	put(TOKEN, strlen(TOKEN), 0600);
	assert_ok(secret_read(&(struct secret_source){.kind = SECRET_FILE, .name = "file"}, &s));
	assert_secret(s, TOKEN);
	secret_free(s);
	setenv("TEST_TOKEN", TOKEN, 1);
	assert_null(
		secret_read(&(struct secret_source){.kind = SECRET_ENV, .name = "TEST_TOKEN"}, &s));
	assert_secret(s, TOKEN);
	secret_free(s);
	s = NULL;
	assert_refused(secret_read(&(struct secret_source){0}, &s), "names no source");
	assert_null(s);
}

static void the_secure_heap_is_used(void **state UNUSED)
{
	char bytes[] = TOKEN;
	assert_int_equal(CRYPTO_secure_malloc_init(1 << 18, 16), 1);
	struct secret *s = secret_take(bytes, strlen(TOKEN));
	assert_int_equal(CRYPTO_secure_allocated(s), 1);
	secret_free(s);
	assert_int_equal(CRYPTO_secure_used(), 0);
	CRYPTO_secure_malloc_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(taking_wipes_the_source),
		IN_FOLDER(files_are_read_without_their_newline),
		IN_FOLDER(unsafe_files_are_refused),
		IN_FOLDER(files_of_others_are_refused),
		IN_FOLDER(secrets_have_a_ceiling),
		cmocka_unit_test(variables_are_wiped),
		cmocka_unit_test(bad_variables_are_refused),
		cmocka_unit_test(commands_print_secrets),
		cmocka_unit_test(broken_commands_are_refused),
		cmocka_unit_test(descriptors_are_read_once),
		IN_FOLDER(every_source_is_read),
		cmocka_unit_test(the_secure_heap_is_used),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
