/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/progress.h"

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
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

static void says(const struct progress *p, const char *expected)
{
	char text[PROGRESS_TEXT_MAX];
	progress_text(p, text);
	assert_string_equal(text, expected);
}

static void tells_what_is_known(void **state UNUSED)
{
	struct progress p = {.what = "reading users", .unit = "requests"};
	says(&p, "reading users");
	p.done = 12;
	says(&p, "reading users: 12 requests");
	p.done = 1;
	says(&p, "reading users: 1 request");
	p.total = 1;
	says(&p, "reading users: 1 of 1 request");
	p.done = 12;
	p.total = 40;
	says(&p, "reading users: 12 of 40 requests");
	p.elapsed_ms = 6000;
	says(&p, "reading users: 12 of 40 requests, 2 a second, about 14 s left");
	p.elapsed_ms = 120000;
	says(&p, "reading users: 12 of 40 requests, 6 a minute, about 4 min 40 s left");
	p.done = 40;
	says(&p, "reading users: 40 of 40 requests, 20 a minute");
}

static void moves_while_many_are_on_their_way(void **state UNUSED)
{
	struct progress p = {.what = "sending changes",
			     .unit = "changes",
			     .total = 300,
			     .answered = 12,
			     .asked = 57,
			     .elapsed_ms = 6000};
	says(&p, "sending changes: 0 of 300 changes, 12 of 57 requests for the next");
	p.done = 60;
	says(&p, "sending changes: 60 of 300 changes, 12 of 57 requests for the next, 10 a second, "
		 "about 24 s left");
	strcpy(p.wait, "the service asks for it");
	p.wait_ms = 38000;
	p.answered = 0;
	p.asked = 1;
	says(&p, "sending changes: 60 of 300 changes, 0 of 1 request for the next; waiting 38 s: "
		 "the service asks for it");
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
	says(&p, "sending changes: 10 of 40 changes; waiting 38 s: the service asks for it");
}

static void lines_break_between_words_and_hang(void **state UNUSED)
{
	static const char text[] = "reading users: 12 of 40 requests; waiting 38 s: it is asked";
	static const struct {
		size_t columns, lines, count;
		const char *out;
	} rows[] = {
		{80, 4, 1, text},
		{59, 4, 1, text},
		{58, 4, 2, "reading users: 12 of 40 requests; waiting 38 s: it is\n  asked"},
		{34, 4, 2, "reading users: 12 of 40 requests;\n  waiting 38 s: it is asked"},
		{20, 4, 4, "reading users: 12 of\n  40 requests;\n  waiting 38 s: it\n  is asked"},
		{20, 2, 2, "reading users: 12 of\n  40 requests;"},
		{34, 1, 1, "reading users: 12 of 40 requests;"},
		{10, 4, 3, "reading\n  users:\n  12 of 40"}, /* "requests;" has no room */
		{8, 4, 4, "reading\n  users:\n  12 of\n  40"},
		{6, 4, 1, ""},
		{0, 4, 1, ""},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char out[PROGRESS_WRAPPED_MAX];
		size_t count = progress_wrap(text, rows[i].columns, rows[i].lines, out);
		assert_string_equal(out, rows[i].out);
		assert_int_equal(count, rows[i].count);
	}
}

/* Whatever the width is: no line is wider, no word is broken or turned round. */
static void every_width_has_whole_words(void **state UNUSED)
{
	static const char text[] = "the service asks for it; s\xc3\xa9"
				   "curit\xc3\xa9 (15 min), about "
				   "3 min left of a-very-long-word-in-one-piece and more";
	for (size_t columns = 0; columns < 120; columns++) {
		char out[PROGRESS_WRAPPED_MAX], joined[PROGRESS_WRAPPED_MAX] = "";
		progress_wrap(text, columns, PROGRESS_LINES, out);
		for (char *line = strtok(out, "\n"); line; line = strtok(NULL, "\n")) {
			assert_true(strlen(line) <= columns);
			if (*joined)
				strcat(joined, " ");
			strcat(joined, line + strspn(line, " "));
		}
		size_t len = strlen(joined);
		assert_memory_equal(joined, text, len);
		assert_true(len == 0 || text[len] == ' ' || text[len] == '\0');
	}
}

/* ---- the thread that tells ---- */

static atomic_int beats;
static struct progress last, at_first;

static void listen(const struct progress *now)
{
	if (beats == 0)
		at_first = *now;
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

static void work_in_batches(void)
{
	beats = 0;
	progress_show(PROGRESS_LOG, listen);
	progress_step("sending changes", "changes", 30);
	progress_requests(10, 0);
	progress_requests(0, 4);
	now_ms += PROGRESS_BEAT_MS;
	assert_true(has_beaten(1));
	progress_requests(0, 6);
	progress_add(10);
	now_ms += PROGRESS_BEAT_MS;
	assert_true(has_beaten(2));
	progress_stop();
}

static void requests_are_told_until_their_units_are_done(void **state UNUSED)
{
	char out[512];
	assert_string_equal(told(work_in_batches, out, sizeof(out)), "");
	assert_int_equal(at_first.done, 0);
	assert_int_equal(at_first.answered, 4);
	assert_int_equal(at_first.asked, 10);
	assert_int_equal(last.done, 10);
	assert_int_equal(last.asked, 0);
}

/* A slow machine may draw it more than once. */
static void one_line_is_written_over(void **state UNUSED)
{
	static const char line[] =
		"\r\033[Jsending changes: 1 of 3 changes, 6 a minute, about 20 s left\r";
	char out[4096];
	const char *at = told(work_on_a_terminal, out, sizeof(out));
	assert_memory_equal(at, line, strlen(line));
	while (!strncmp(at, line, strlen(line)))
		at += strlen(line);
	assert_string_equal(at, "\r\033[J");
}

/* ---- a terminal ---- */

#define SCREEN_ROWS 24
#define SCREEN_COLUMNS 100
struct screen {
	char at[SCREEN_ROWS][SCREEN_COLUMNS + 1];
	size_t row, column, lowest;
};

/* What a terminal makes of those bytes. */
static void show(struct screen *s, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] == '\r') {
			s->column = 0;
		} else if (bytes[i] == '\n') {
			s->row++;
		} else if (!strncmp(bytes + i, "\033[J", 3)) {
			assert_int_equal(s->column, 0);
			memset(s->at[s->row], 0, (SCREEN_ROWS - s->row) * sizeof(*s->at));
			i += 2;
		} else if (!strncmp(bytes + i, "\033[A", 3)) {
			assert_true(s->row > 0);
			s->row--;
			i += 2;
		} else {
			assert_true(s->column < SCREEN_COLUMNS);
			s->at[s->row][s->column++] = bytes[i];
		}
		assert_true(s->row < SCREEN_ROWS);
		s->lowest = s->row > s->lowest ? s->row : s->lowest;
	}
}

static void read_into(struct screen *s, int terminal)
{
	char bytes[4096];
	ssize_t len;
	while ((len = read(terminal, bytes, sizeof(bytes) - 1)) > 0) {
		bytes[len] = '\0';
		show(s, bytes, (size_t)len);
	}
}

static void resize(int terminal, unsigned short columns)
{
	const struct winsize size = {.ws_row = 24, .ws_col = columns};
	assert_int_equal(ioctl(terminal, TIOCSWINSZ, &size), 0);
}

/* As most terminals do that become narrower: each line takes the rows that it now needs, and the
 * cursor stays where it is in it. */
static void break_lines(struct screen *s, size_t columns)
{
	struct screen to = {.row = s->row, .column = s->column};
	size_t at = 0;
	for (size_t row = 0; row <= s->lowest; row++) {
		size_t len = strlen(s->at[row]), from = 0;
		if (row == s->row) {
			to.row = at + s->column / columns;
			to.column = s->column % columns;
		}
		do {
			assert_true(at < SCREEN_ROWS);
			snprintf(to.at[at++], columns + 1, "%s", s->at[row] + from);
			from += columns;
		} while (from < len);
	}
	to.lowest = at - 1;
	*s = to;
}

/* Standard error is a terminal meanwhile. */
static int begin_terminal(int *saved)
{
	int terminal, end;
	assert_int_equal(openpty(&terminal, &end, NULL, NULL, NULL), 0);
	assert_int_equal(fcntl(terminal, F_SETFL, O_NONBLOCK), 0);
	*saved = dup(STDERR_FILENO);
	dup2(end, STDERR_FILENO);
	close(end);
	return terminal;
}

/* Draws once more, on a terminal that has so many columns by now. */
static void draw_again(struct screen *s, int terminal, unsigned short columns)
{
	int before = beats;
	resize(terminal, columns);
	now_ms += PROGRESS_BEAT_MS;
	assert_true(has_beaten(before + 1));
	read_into(s, terminal);
}

static void lines_are_taken_away_whatever_the_width_became(void **state UNUSED)
{
	struct screen s = {0};
	int saved, terminal = begin_terminal(&saved);
	resize(terminal, 30);
	dprintf(STDERR_FILENO, "what stood there before\n");
	beats = 0;
	progress_show(PROGRESS_LINE, listen);
	progress_step("sending changes", "changes", 3);
	progress_add(1);
	draw_again(&s, terminal, 30);
	struct screen narrow = s;
	draw_again(&s, terminal, 90);
	struct screen wide = s;
	break_lines(&s, 20);
	draw_again(&s, terminal, 20);
	struct screen narrower = s;
	break_lines(&s, 9);
	progress_stop();
	read_into(&s, terminal);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(terminal);
	assert_string_equal(narrow.at[1], "sending changes: 1 of 3");
	assert_string_equal(narrow.at[2], "  changes, 6 a minute, about");
	assert_string_equal(narrow.at[3], "  20 s left");
	assert_string_equal(wide.at[1],
			    "sending changes: 1 of 3 changes, 3 a minute, about 40 s left");
	assert_string_equal(wide.at[2], "");
	assert_string_equal(narrower.at[1], "ore");
	assert_string_equal(narrower.at[2], "sending changes: 1");
	assert_string_equal(narrower.at[3], "  of 3 changes, 2 a");
	assert_string_equal(s.at[0], "what stoo");
	assert_string_equal(s.at[3], "ore");
	for (size_t row = 4; row < SCREEN_ROWS; row++)
		assert_string_equal(s.at[row], "");
	assert_int_equal(s.row, 4);
}

static void draw_and_die(void)
{
	beats = 0;
	progress_show(PROGRESS_LINE, listen);
	progress_step("sending changes", "changes", 3);
	now_ms += PROGRESS_BEAT_MS;
	if (has_beaten(1))
		raise(SIGTERM);
	_exit(1);
}

static void who_is_killed_takes_the_lines_along(void **state UNUSED)
{
	struct screen s = {0};
	int saved, ended, terminal = begin_terminal(&saved);
	resize(terminal, 20);
	dprintf(STDERR_FILENO, "before\n");
	pid_t child = fork();
	if (child == 0)
		draw_and_die();
	assert_int_equal(waitpid(child, &ended, 0), child);
	read_into(&s, terminal);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(terminal);
	assert_true(WIFSIGNALED(ended) && WTERMSIG(ended) == SIGTERM);
	assert_int_equal(s.lowest, 2);
	assert_string_equal(s.at[0], "before");
	for (size_t row = 1; row < SCREEN_ROWS; row++)
		assert_string_equal(s.at[row], "");
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
		cmocka_unit_test(moves_while_many_are_on_their_way),
		cmocka_unit_test(says_why_it_waits),
		cmocka_unit_test(lines_break_between_words_and_hang),
		cmocka_unit_test(every_width_has_whole_words),
		cmocka_unit_test(tells_a_line_a_minute_and_beats_every_ten_seconds),
		cmocka_unit_test(requests_are_told_until_their_units_are_done),
		cmocka_unit_test(one_line_is_written_over),
		cmocka_unit_test(lines_are_taken_away_whatever_the_width_became),
		cmocka_unit_test(who_is_killed_takes_the_lines_along),
		cmocka_unit_test(who_asks_for_silence_gets_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
