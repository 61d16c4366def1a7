/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/progress.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/util/clock.h"
#include "tests/unit/check.h"

/* The steady clock of this program: it stands still until a test moves it. */
static _Atomic int64_t now_ms;

int64_t clock_steady_ms(void)
{
	return now_ms;
}

void clock_sleep_ms(unsigned ms)
{
	now_ms += ms;
}

static void says(const struct progress *p, size_t columns, const char *expected)
{
	char text[PROGRESS_TEXT_MAX];
	progress_text(p, columns, text);
	assert_string_equal(text, expected);
	assert_true(strlen(text) <= columns);
}

static void tells_what_is_known(void **state UNUSED)
{
	struct progress p = {.what = "reading users", .unit = "requests"};
	says(&p, 80, "reading users");
	p.done = 12;
	says(&p, 80, "reading users: 12 requests");
	p.total = 40;
	says(&p, 80, "reading users: 12 of 40 requests");
	p.elapsed_ms = 6000;
	says(&p, 80, "reading users: 12 of 40 requests, 2 a second, about 14 s left");
	p.elapsed_ms = 120000;
	says(&p, 80, "reading users: 12 of 40 requests, 6 a minute, about 4 min 40 s left");
	p.done = 40;
	says(&p, 80, "reading users: 40 of 40 requests, 20 a minute");
}

static void leaves_out_whole_words(void **state UNUSED)
{
	const struct progress p = {.what = "reading users and groups",
				   .unit = "requests",
				   .done = 12,
				   .total = 40,
				   .elapsed_ms = 6000};
	says(&p, 64, "reading users and groups: 12 of 40 requests, 2 a second");
	says(&p, 54, "reading users and groups: 12 of 40 requests");
	says(&p, 42, "reading users and groups");
	says(&p, 23, "reading users and");
	says(&p, 8, "reading");
	says(&p, 6, "");
	says(&p, 0, "");
}

static void says_why_it_waits(void **state UNUSED)
{
	const struct progress p = {.what = "sending changes",
				   .unit = "changes",
				   .done = 10,
				   .total = 40,
				   .elapsed_ms = 6000,
				   .wait = "the service asks for it",
				   .wait_ms = 38000};
	says(&p, 100, "sending changes: 10 of 40 changes; waiting 38 s: the service asks for it");
	says(&p, 60, "sending changes: 10 of 40 changes; waiting 38 s: the service");
	says(&p, 40, "sending changes; waiting 38 s: the");
	says(&p, 29, "sending changes; waiting 38 s");
	says(&p, 20, "sending changes");
}

/* ---- the thread that tells ---- */

static atomic_int beats;
static struct progress last;

static void listen(const struct progress *now)
{
	last = *now;
	beats++;
}

/* Until the listener was called so many times; false after ten seconds. */
static bool has_beaten(int times)
{
	for (int i = 0; i < 1000 && beats < times; i++)
		nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
	return beats >= times;
}

/* What `use` leads to on standard error. */
static const char *told(void (*use)(void), char out[], size_t size)
{
	char path[] = "/tmp/test_progress.XXXXXX";
	int fd = mkstemp(path), saved = dup(STDERR_FILENO);
	assert_true(fd >= 0 && saved >= 0);
	unlink(path);
	dup2(fd, STDERR_FILENO);
	use();
	dup2(saved, STDERR_FILENO);
	close(saved);
	ssize_t len = pread(fd, out, size - 1, 0);
	close(fd);
	assert_true(len >= 0);
	out[len] = '\0';
	return out;
}

static void work_for_a_minute(void)
{
	progress_show(PROGRESS_LOG, listen);
	progress_step("reading users", "requests", 0);
	progress_requests(40, 0);
	progress_requests(0, 10);
	progress_wait("the service asks for it", 90000);
	now_ms += 10000;
	assert_true(has_beaten(1));
	now_ms += 50000;
	assert_true(has_beaten(2));
	progress_stop();
}

static void tells_a_line_a_minute_and_beats_every_ten_seconds(void **state UNUSED)
{
	char out[512];
	assert_string_equal(
		told(work_for_a_minute, out, sizeof(out)),
		"writ: reading users: 10 of 40 requests; waiting 30 s: the service asks "
		"for it\n");
	assert_int_equal(last.done, 10);
	assert_int_equal(last.elapsed_ms, 60000);
}

static void work_on_a_terminal(void)
{
	beats = 0;
	progress_show(PROGRESS_LINE, listen);
	progress_step("sending changes", "changes", 3);
	progress_requests(40, 10); /* they are not what is counted */
	progress_add(1);
	now_ms += PROGRESS_BEAT_MS;
	assert_true(has_beaten(1));
	progress_hide();
	progress_stop();
}

/* A slow machine may draw it more than once. */
static void one_line_is_written_over(void **state UNUSED)
{
	static const char line[] =
		"\r\033[Ksending changes: 1 of 3 changes, 6 a minute, about 20 s left";
	char out[4096];
	const char *at = told(work_on_a_terminal, out, sizeof(out));
	assert_memory_equal(at, line, strlen(line));
	while (!strncmp(at, line, strlen(line)))
		at += strlen(line);
	assert_string_equal(at, "\r\033[K");
}

static void work_in_silence(void)
{
	progress_show(PROGRESS_SILENT, NULL);
	progress_step("sending changes", "changes", 3);
	now_ms += 120000;
	progress_add(3);
	progress_idle();
	progress_stop();
}

static void who_asks_for_silence_gets_it(void **state UNUSED)
{
	char out[512];
	assert_string_equal(told(work_in_silence, out, sizeof(out)), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_what_is_known),
		cmocka_unit_test(leaves_out_whole_words),
		cmocka_unit_test(says_why_it_waits),
		cmocka_unit_test(tells_a_line_a_minute_and_beats_every_ten_seconds),
		cmocka_unit_test(one_line_is_written_over),
		cmocka_unit_test(who_asks_for_silence_gets_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
