/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/progress.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "core/util/clock.h"
#include "core/util/log.h"

#define TICK_MS 500
#define RATE_FROM_MS 3000 /* a rate is told from then on; before, it says little */
#define COLUMNS_UNKNOWN 80

static struct {
	pthread_mutex_t lock;
	pthread_cond_t woken; /* waits by the steady clock */
	pthread_t thread;
	bool running, ends;
	atomic_bool drawn; /* a signal handler reads it */
	enum progress_view view;
	void (*listener)(const struct progress *now);
	struct progress now; /* the step; elapsed_ms and wait_ms are filled in when it is told */
	bool counts_requests;
	int64_t began_ms, wait_until_ms, logged_ms, beaten_ms;
} state = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- words ---- */

static void count_text(const struct progress *p, char out[static PROGRESS_TEXT_MAX])
{
	size_t count = p->total ? p->total : p->done;
	int unit = (int)strlen(p->unit) - (count == 1); /* "requests": one is a request */
	if (p->total)
		snprintf(out, PROGRESS_TEXT_MAX, ": %zu of %zu %.*s", p->done, p->total, unit,
			 p->unit);
	else if (p->done)
		snprintf(out, PROGRESS_TEXT_MAX, ": %zu %.*s", p->done, unit, p->unit);
	else
		*out = '\0';
}

/* What moves while many units are on their way together. */
static void next_text(const struct progress *p, char out[static PROGRESS_TEXT_MAX])
{
	*out = '\0';
	if (p->asked)
		snprintf(out, PROGRESS_TEXT_MAX, ", %zu of %zu request%s for the next", p->answered,
			 p->asked, p->asked == 1 ? "" : "s");
}

static void rate_text(const struct progress *p, char out[static PROGRESS_TEXT_MAX])
{
	*out = '\0';
	if (p->elapsed_ms < RATE_FROM_MS || !p->done)
		return;
	double rate = (double)p->done * 1000 / (double)p->elapsed_ms;
	if (rate >= 1)
		snprintf(out, PROGRESS_TEXT_MAX, ", %.0f a second", rate);
	else
		snprintf(out, PROGRESS_TEXT_MAX, ", %.0f a minute", rate * 60);
}

static void left_text(const struct progress *p, char out[static PROGRESS_TEXT_MAX])
{
	char time[DURATION_TEXT];
	*out = '\0';
	if (p->elapsed_ms < RATE_FROM_MS || !p->done || p->done >= p->total)
		return;
	double left = (double)p->elapsed_ms / (double)p->done * (double)(p->total - p->done);
	duration_text((int64_t)left, time);
	snprintf(out, PROGRESS_TEXT_MAX, ", about %s left", time);
}

/* Appends a part of the line, or leaves it out where it has no room. */
static void add(char out[static PROGRESS_TEXT_MAX], const char *part)
{
	size_t len = strlen(out);
	if (len + strlen(part) < PROGRESS_TEXT_MAX)
		memcpy(out + len, part, strlen(part) + 1);
}

void progress_text(const struct progress *p, char out[static PROGRESS_TEXT_MAX])
{
	static void (*const parts[])(const struct progress *p, char out[]) = {count_text, next_text,
									      rate_text, left_text};
	char part[PROGRESS_TEXT_MAX], time[DURATION_TEXT];
	size_t count = *p->wait ? 2 : sizeof(parts) / sizeof(*parts);
	*out = '\0';
	add(out, p->what);
	for (size_t i = 0; i < count; i++) {
		parts[i](p, part);
		add(out, part);
	}
	if (!*p->wait)
		return;
	duration_text(p->wait_ms, time);
	snprintf(part, sizeof(part), "; waiting %s: ", time);
	add(out, part);
	add(out, p->wait);
}

/* ---- lines ---- */

#define INDENT "  "

/* Whether a word has room in a line. Bytes are counted as columns: of a character that has more
 * bytes the line gets shorter, never longer. */
static bool has_room(size_t line, size_t word, size_t columns)
{
	return line + word <= columns;
}

size_t progress_wrap(const char *text, size_t columns, size_t lines,
		     char out[static PROGRESS_WRAPPED_MAX])
{
	size_t count = 1, line = 0, len = 0;
	*out = '\0';
	for (size_t word, blanks; *text; text += blanks + word) {
		blanks = strspn(text, " ");
		word = strcspn(text + blanks, " ");
		const char *before = line ? " " : "";
		if (line && !has_room(line, 1 + word, columns)) {
			if (count == lines || !has_room(strlen(INDENT), word, columns))
				break;
			before = "\n" INDENT;
			line = strlen(INDENT);
			count++;
		} else if (!has_room(line, strlen(before) + word, columns)) {
			break;
		} else {
			line += strlen(before);
		}
		len += (size_t)snprintf(out + len, PROGRESS_WRAPPED_MAX - len, "%s%.*s", before,
					(int)word, text + blanks);
		line += word;
	}
	return count;
}

/* ---- telling, with the lock held ---- */

static void find_size(size_t *columns, size_t *lines)
{
	struct winsize size;
	bool known = !ioctl(STDERR_FILENO, TIOCGWINSZ, &size) && size.ws_col > 0;
	*columns = known ? size.ws_col : COLUMNS_UNKNOWN;
	*lines = known && size.ws_row > 0 && size.ws_row <= PROGRESS_LINES ? size.ws_row - 1U
									   : PROGRESS_LINES;
	*lines = *lines ? *lines : 1;
}

static void put(const char *text)
{
	if (write(STDERR_FILENO, text, strlen(text)) < 0)
		state.view = PROGRESS_SILENT; /* its descriptor cannot be written to */
}

/* The cursor stands at the beginning of what was drawn. A terminal that is resized meanwhile may
 * break its lines anew: the cursor goes along, so that all of them lie behind it, and nothing else.
 */
#define ERASURE "\r\033[J"

static void hide(void)
{
	if (state.drawn)
		put(ERASURE);
	state.drawn = false;
}

/* Draws the lines. The last column stays free, since a terminal that wraps there would leave lines
 * behind. */
static void draw(const struct progress *now)
{
	static const char up[] = "\033[A";
	char text[PROGRESS_TEXT_MAX], wrapped[PROGRESS_WRAPPED_MAX];
	char all[sizeof(ERASURE) + sizeof(wrapped) + PROGRESS_LINES * sizeof(up)];
	size_t columns, lines;
	find_size(&columns, &lines);
	progress_text(now, text);
	size_t drawn = progress_wrap(text, columns - 1, lines, wrapped);
	int len = snprintf(all, sizeof(all), "%s%s\r", ERASURE, wrapped);
	for (size_t i = 1; i < drawn; i++, len += (int)strlen(up))
		memcpy(all + len, up, sizeof(up));
	put(all);
	state.drawn = true;
}

/* Whoever is killed takes the line along: what stands there next would be written over it. */
static void on_signal(int number)
{
	if (state.drawn && write(STDERR_FILENO, ERASURE, strlen(ERASURE)) < 0)
		state.drawn = false;
	raise(number); /* once more, when this one is over */
}

static void clear_when_killed(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND}, old;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		if (!sigaction(numbers[i], NULL, &old) && old.sa_handler == SIG_DFL)
			sigaction(numbers[i], &action, NULL);
	}
}

static bool is_due(int64_t now, int64_t *last, int64_t pause)
{
	if (now - *last < pause)
		return false;
	*last = now;
	return true;
}

static struct progress snapshot(int64_t now)
{
	struct progress p = state.now;
	p.elapsed_ms = now - state.began_ms;
	p.wait_ms = state.wait_until_ms - now;
	if (p.wait_ms <= 0) {
		p.wait_ms = 0;
		*p.wait = '\0';
	}
	return p;
}

/* Finds what is to be told now besides the terminal's line: to the log and to the listener. The
 * lock is held. */
static void tick(struct progress *log, struct progress *beat)
{
	int64_t now = clock_steady_ms();
	log->what = beat->what = NULL;
	if (!state.now.what)
		return;
	struct progress p = snapshot(now);
	if (state.view == PROGRESS_LINE && p.elapsed_ms >= PROGRESS_FIRST_MS)
		draw(&p);
	if (state.view == PROGRESS_LOG && is_due(now, &state.logged_ms, PROGRESS_LOG_MS))
		*log = p;
	if (state.listener && is_due(now, &state.beaten_ms, PROGRESS_BEAT_MS))
		*beat = p;
}

static void tell(const struct progress *log, const struct progress *beat)
{
	char text[PROGRESS_TEXT_MAX];
	if (log->what) {
		progress_text(log, text);
		log_note("%s", text);
	}
	if (beat->what)
		state.listener(beat);
}

static void *run(void *unused)
{
	struct progress log, beat;
	pthread_mutex_lock(&state.lock);
	while (!state.ends) {
		struct timespec until;
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += TICK_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		pthread_cond_timedwait(&state.woken, &state.lock, &until);
		if (state.ends)
			break;
		tick(&log, &beat);
		pthread_mutex_unlock(&state.lock);
		tell(&log, &beat);
		pthread_mutex_lock(&state.lock);
	}
	pthread_mutex_unlock(&state.lock);
	return unused;
}

/* ---- who does the steps ---- */

/* Starts the thread that tells, with all signals blocked, which the working threads take. If it
 * cannot start nothing is told, and all goes on. */
static void start_thread(void)
{
	sigset_t all, before;
	pthread_condattr_t steady;
	if (state.running || (state.view == PROGRESS_SILENT && !state.listener))
		return;
	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_cond_init(&state.woken, &steady);
	pthread_condattr_destroy(&steady);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	state.running = !pthread_create(&state.thread, NULL, run, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void progress_show(enum progress_view view, void (*listener)(const struct progress *now))
{
	state.view = view;
	state.listener = listener;
	log_set_clear(progress_hide);
	if (view == PROGRESS_LINE)
		clear_when_killed();
}

void progress_stop(void)
{
	pthread_mutex_lock(&state.lock);
	bool running = state.running;
	state.now.what = NULL;
	state.ends = true;
	hide();
	if (running)
		pthread_cond_signal(&state.woken);
	pthread_mutex_unlock(&state.lock);
	if (running)
		pthread_join(state.thread, NULL);
	state.running = state.ends = false;
}

void progress_step(const char *what, const char *unit, size_t total)
{
	pthread_mutex_lock(&state.lock);
	int64_t now = clock_steady_ms();
	if (!state.now.what)
		state.logged_ms = state.beaten_ms = now;
	state.now =
		(struct progress){.what = what, .unit = total ? unit : "requests", .total = total};
	state.counts_requests = total == 0;
	state.began_ms = now;
	state.wait_until_ms = 0;
	start_thread();
	pthread_mutex_unlock(&state.lock);
}

void progress_idle(void)
{
	pthread_mutex_lock(&state.lock);
	state.now.what = NULL;
	hide();
	pthread_mutex_unlock(&state.lock);
}

void progress_add(size_t done)
{
	pthread_mutex_lock(&state.lock);
	if (!state.counts_requests) {
		state.now.done += done;
		state.now.asked = state.now.answered = 0;
	}
	pthread_mutex_unlock(&state.lock);
}

void progress_requests(size_t queued, size_t answered)
{
	pthread_mutex_lock(&state.lock);
	*(state.counts_requests ? &state.now.total : &state.now.asked) += queued;
	*(state.counts_requests ? &state.now.done : &state.now.answered) += answered;
	pthread_mutex_unlock(&state.lock);
}

void progress_wait(const char *why, int64_t ms)
{
	pthread_mutex_lock(&state.lock);
	snprintf(state.now.wait, sizeof(state.now.wait), "%s", why);
	state.wait_until_ms = clock_steady_ms() + ms;
	pthread_mutex_unlock(&state.lock);
}

void progress_hide(void)
{
	pthread_mutex_lock(&state.lock);
	hide();
	pthread_mutex_unlock(&state.lock);
}
