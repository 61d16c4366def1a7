/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>

#include "core/util/log.h"
#include "tests/unit/check.h"

/* What is written to stderr, each write with "|" behind: a datagram socket keeps their borders. */
static void captured(void (*say)(void), char out[static 256])
{
	int ends[2], keep = dup(STDERR_FILENO);
	size_t len = 0;
	ssize_t got;
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends), 0);
	dup2(ends[1], STDERR_FILENO);
	say();
	dup2(keep, STDERR_FILENO);
	while ((got = read(ends[0], out + len, 255 - len)) > 0) {
		len += (size_t)got;
		out[len++] = '|';
	}
	out[len] = '\0';
	close(keep);
	close(ends[0]);
	close(ends[1]);
}

static void say_both(void)
{
	log_note("%d of %s", 1, "two, \\t");
	log_debug("a\033[1m\nb");
}

static void levels_choose_what_is_said(void **state UNUSED)
{
	static const struct {
		const char *level, *said;
	} rows[] = {
		{"quiet", ""},
		{"note", "writ: 1 of two, \\t\n|"},
		{"debug", "writ: 1 of two, \\t\n|writ: debug: a\\x1B[1m\\nb\n|"},
	};
	char said[256];
	captured(say_both, said); /* never set: notes */
	assert_string_equal(said, rows[1].said);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		enum log_level level;
		assert_true(log_level_parse(rows[i].level, &level));
		log_set_level(level);
		captured(say_both, said);
		assert_string_equal(said, rows[i].said);
	}
}

static void unknown_levels_are_refused(void **state UNUSED)
{
	static const char *const names[] = {"", "Note", "notes", "2"};
	enum log_level level = LOG_DEBUG;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_false(log_level_parse(names[i], &level));
	assert_int_equal(level, LOG_DEBUG);
}

static void say_into_nothing(void)
{
	int keep = dup(STDERR_FILENO);
	close(STDERR_FILENO);
	log_note("nobody hears this");
	dup2(keep, STDERR_FILENO);
	close(keep);
}

static void a_closed_stderr_does_no_harm(void **state UNUSED)
{
	char said[256];
	log_set_level(LOG_NOTE);
	captured(say_into_nothing, said);
	assert_string_equal(said, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels_choose_what_is_said),
		cmocka_unit_test(unknown_levels_are_refused),
		cmocka_unit_test(a_closed_stderr_does_no_harm),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
