/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/streaming.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/render/render_events.h"
#include "core/util/beneath.h"
#include "core/util/clock.h"
#include "core/util/file.h"
#include "core/util/log.h"
#include "core/util/vec.h"

/* There is one stream for the process, since notes and progress come from anywhere in it. */
static struct {
	int fd;			  /* -1: none */
	const char *organization; /* of all that is told here; NULL: the only one, or all */
	const char *name;	  /* in words */
	struct error *failed;	  /* the first line that could not be written; none follows it */
	VEC(, int64_t) started;	  /* by change: when it was sent; 0: it was not */
	struct arena arena;
} stream = {.fd = -1, .name = "the lines of --json"};

static struct event_from now(void)
{
	struct event_from from = {0, stream.organization};
	error_free(clock_now(&from.now));
	return from;
}

/* Writes one whole line, so that whoever follows never reads half of one. */
void stream_pass(const char *lines, size_t len)
{
	const char *at = lines, *end;
	for (size_t left = len; stream.fd >= 0 && left; left -= (size_t)(end - at), at = end) {
		end = (const char *)memchr(at, '\n', left) + 1;
		if (!stream.failed)
			stream.failed =
				file_write_all(stream.fd, stream.name, at, (size_t)(end - at));
	}
}

static void send(const struct str *lines)
{
	stream_pass(lines->at, lines->len);
}

static void on_log(enum log_level level, const char *text)
{
	ARENA scratch = {0};
	struct str line = STR(&scratch);
	event_log(&line, now(), level == LOG_DEBUG, text);
	send(&line);
}

static void on_progress(const struct progress *p)
{
	ARENA scratch = {0};
	struct str line = STR(&scratch);
	event_progress(&line, now(), p);
	send(&line);
}

/* ---- opening ---- */

bool stream_is_result(const struct options *options)
{
	return options->json;
}

static struct error *open_into(const char *path)
{
	struct stat st;
	TRY(beneath_check(path));
	stream.fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
			 0600);
	if (stream.fd < 0 && errno == ENXIO)
		return error_new(
			ERROR_SYSTEM,
			"nobody reads the pipe %s (--json-into) yet; start its reader first", path);
	if (stream.fd < 0)
		return error_errno(errno, "opening %s (--json-into)", path);
	stream.name = arena_printf(&stream.arena, "%s (--json-into)", path);
	if (!fstat(stream.fd, &st))
		fcntl(stream.fd, F_SETFL, 0); /* from here on a write to a full pipe waits */
	return NULL;
}

static enum progress_view view_of(const struct options *options)
{
	const char *term = getenv("TERM"), *ci = getenv("CI");
	if (log_level() == LOG_QUIET || stream_is_result(options))
		return PROGRESS_SILENT;
	bool terminal = isatty(STDERR_FILENO) && term && *term && strcmp(term, "dumb") != 0;
	return terminal && !(ci && *ci) ? PROGRESS_LINE : PROGRESS_LOG;
}

struct error *stream_open(const struct run *run)
{
	const struct options *o = &run->options;
	struct str line = STR(&stream.arena);
	if (o->json_into)
		TRY(open_into(o->json_into));
	else if (o->json)
		stream.fd = STDOUT_FILENO;
	progress_show(view_of(o), stream.fd < 0 ? NULL : on_progress);
	if (stream.fd < 0)
		return NULL;
	log_set_sink(on_log);
	event_version(&line, (struct event_from){run->now, NULL}, run->command->name);
	send(&line);
	return NULL;
}

bool stream_is_open(void)
{
	return stream.fd >= 0;
}

void stream_take_part(const char *organization, int fd)
{
	stream.fd = fd;
	stream.organization = organization;
	progress_show(PROGRESS_SILENT, fd < 0 ? NULL : on_progress);
}

void stream_end(const char *organization, int status)
{
	ARENA scratch = {0};
	struct str line = STR(&scratch);
	event_end(&line, (struct event_from){now().now, organization}, status);
	send(&line);
}

/* ---- what is told ---- */

void stream_plan(const struct planned *planned)
{
	ARENA scratch = {0};
	struct str lines = STR(&scratch);
	if (stream.fd < 0)
		return;
	event_plan(&lines, now(), planned);
	send(&lines);
}

void stream_drift(const struct drift_vec *all)
{
	ARENA scratch = {0};
	struct str lines = STR(&scratch);
	for (size_t i = 0; stream.fd >= 0 && i < all->len; i++)
		event_drift(&lines, now(), &all->at[i]);
	if (stream.fd >= 0)
		event_drift_summary(&lines, now(), all);
	send(&lines);
}

void stream_import(const char *organization, size_t accounts, size_t grants)
{
	ARENA scratch = {0};
	struct str line = STR(&scratch);
	event_import(&line, now(), organization, accounts, grants);
	send(&line);
}

void stream_follow(void *context, size_t i, bool answered)
{
	const struct plan *plan = context;
	ARENA scratch = {0};
	struct str line = STR(&scratch);
	if (stream.fd < 0)
		return;
	while (stream.started.len <= i)
		vec_push(&stream.arena, &stream.started, 0);
	if (answered) {
		event_answer(&line, now(), plan, i, clock_steady_ms() - stream.started.at[i]);
	} else {
		stream.started.at[i] = clock_steady_ms();
		event_start(&line, now(), plan, i);
	}
	send(&line);
}

void stream_result(const struct plan *plan, const struct result *result)
{
	ARENA scratch = {0};
	struct str lines = STR(&scratch);
	if (stream.fd < 0)
		return;
	event_result(&lines, now(), plan, result);
	send(&lines);
}

void stream_report(const struct report *report)
{
	ARENA scratch = {0};
	struct str lines = STR(&scratch);
	for (size_t i = 0; stream.fd >= 0 && i < report->items.len; i++)
		event_diagnostic(&lines, now(), &report->items.at[i]);
	send(&lines);
}

struct error *stream_close(int status)
{
	struct str line = STR(&stream.arena);
	progress_stop();
	if (stream.fd >= 0)
		event_end(&line, now(), status);
	send(&line);
	if (stream.fd > STDERR_FILENO && close(stream.fd) && !stream.failed)
		stream.failed = file_failed(errno, "writing", stream.name);
	stream.fd = -1;
	arena_done(&stream.arena);
	return stream.failed;
}
