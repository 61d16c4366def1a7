/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/adopt.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#include "core/ledger/journal.h"
#include "core/ledger/run_records.h"
#include "core/util/clock.h"
#include "core/util/compare.h"
#include "core/util/file.h"
#include "core/util/str.h"

#define JOURNALS "journal"
#define ASIDE "before-the-ledger"
#define ENDING ".wal"
#define PLAN_MAX ((size_t)1 << 30)
#define WAITING_MAX ((size_t)64 << 20) /* 100,000 addresses of the longest names */

struct adoption {
	struct arena arena;
	struct ledger *ledger;
	const char *state;
	VEC(, const char *) runs; /* names, sorted */
};

/* A file that cannot be looked at counts as there: reading it says why it cannot be read. */
static bool is_absent(const char *path)
{
	return access(path, F_OK) && errno == ENOENT;
}

static struct error *find_journals(struct adoption *d)
{
	const char *folder = arena_printf(&d->arena, "%s/" JOURNALS, d->state);
	CLEANUP(closedir) DIR *dir = opendir(folder);
	if (!dir)
		return errno == ENOENT ? NULL : error_errno(errno, "opening %s", folder);
	for (const struct dirent *e;;) {
		TRY(file_next(dir, folder, &e));
		if (!e)
			break;
		size_t len = strlen(e->d_name), end = strlen(ENDING);
		if (len > end && !strcmp(e->d_name + len - end, ENDING))
			vec_push(&d->arena, &d->runs,
				 arena_strndup(&d->arena, e->d_name, len - end));
	}
	vec_sort(&d->runs, compare_texts);
	return NULL;
}

/* ---- one run ---- */

static enum entry_type type_of(enum record_type type)
{
	static const enum entry_type types[] = {
		[RECORD_BEGIN] = ENTRY_BEGIN,	[RECORD_INTENT] = ENTRY_INTENT,
		[RECORD_RESULT] = ENTRY_RESULT, [RECORD_RECONCILED] = ENTRY_RECONCILED,
		[RECORD_END] = ENTRY_END,
	};
	return types[type];
}

/* In a journal each fate was of one change, and has a list of one here. A run with a journal had
 * carried out a saved plan, which the entry of its beginning has to say. */
static const char *body_of(struct arena *a, const struct journal_record *r)
{
	static const char change[] = "{\"change\": \"";
	const char *id_end = NULL;
	if (!strncmp(r->payload, change, strlen(change)))
		id_end = strchr(r->payload + strlen(change), '"');
	if (id_end)
		return arena_printf(a, "{\"changes\": [\"%.*s\"]%s",
				    (int)(id_end - r->payload - (long)strlen(change)),
				    r->payload + strlen(change), id_end + 1);
	if (r->type == RECORD_BEGIN && r->len > 2)
		return arena_printf(a, "%.*s, \"saved\": true}", (int)r->len - 1, r->payload);
	return r->payload;
}

/* Without its plan a run can be told and closed, but not resumed. */
static struct error *add_plan(struct adoption *d, const char *run, const char *path)
{
	struct run_plan plan = {0};
	CLEANUP(free) char *bytes = NULL, *signature = NULL;
	const char *signed_by = arena_printf(&d->arena, "%s.sig", path);
	size_t len;
	if (is_absent(path))
		return NULL;
	TRY(file_read(path, PLAN_MAX, &bytes, &plan.len));
	plan.bytes = bytes;
	if (!is_absent(signed_by))
		TRY(file_read(signed_by, PLAN_MAX, &signature, &len));
	plan.signature = signature;
	run_records_add_plan(d->ledger, run, &plan);
	return NULL;
}

static struct error *move_aside(struct adoption *d, const char *path)
{
	const char *folder = arena_printf(&d->arena, "%s/" ASIDE, d->state);
	const char *to = arena_printf(&d->arena, "%s/%s", folder, strrchr(path, '/') + 1);
	TRY(file_make_folders(folder, 0700));
	if (rename(path, to) && errno != ENOENT)
		return error_errno(errno, "moving %s aside", path);
	return NULL;
}

static struct error *adopt_run(struct adoption *d, const char *run)
{
	struct journal_record_vec records = {0};
	struct journal_state state;
	const char *stem = arena_printf(&d->arena, "%s/" JOURNALS "/%s", d->state, run);
	const char *path = arena_printf(&d->arena, "%s" ENDING, stem);
	const char *plan = arena_printf(&d->arena, "%s.plan.json", stem);
	TRY(journal_read(path, &d->arena, &records, &state));
	if (records.len)
		TRY(add_plan(d, run, plan));
	for (size_t i = 0; i < records.len; i++) {
		const char *body = body_of(&d->arena, &records.at[i]);
		TRY(json_check(path, body, strlen(body)));
		ledger_add(d->ledger, type_of(records.at[i].type), run, body);
	}
	TRY(ledger_write(d->ledger));
	TRY(move_aside(d, path));
	TRY(move_aside(d, plan));
	return move_aside(d, arena_printf(&d->arena, "%s.sig", plan));
}

/* ---- waiting changes ---- */

static void take_line(struct adoption *d, struct ledger_view *view, const char *line, size_t len)
{
	struct waiting_change w = {0};
	if (len <= TIME_TEXT ||
	    !time_parse(arena_strndup(&d->arena, line, TIME_TEXT - 1), &w.since))
		return;
	w.address = arena_strndup(&d->arena, line + TIME_TEXT, len - TIME_TEXT);
	vec_push(&d->arena, &view->waiting, w);
}

/* Each line is a change that waits: since which moment, and its address. */
static struct error *adopt_waiting(struct adoption *d, int64_t now)
{
	CLEANUP(free) char *text = NULL;
	struct ledger_view view;
	const char *path = arena_printf(&d->arena, "%s/waiting", d->state);
	size_t len;
	if (is_absent(path))
		return NULL;
	TRY(file_read(path, WAITING_MAX, &text, &len));
	TRY(ledger_view_read(d->ledger, &d->arena, &view));
	for (const char *at = text; *at;) {
		size_t line = strcspn(at, "\n");
		take_line(d, &view, at, line);
		at += line + (at[line] == '\n');
	}
	ledger_view_add(d->ledger, &view, now);
	TRY(ledger_write(d->ledger));
	return move_aside(d, path);
}

/* ---- all of it ---- */

/* A program of that time locked this file for as long as it worked. */
static struct error *check_idle(struct adoption *d)
{
	const char *path = arena_printf(&d->arena, "%s/lock", d->state);
	CLEANUP(close) int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
		return error_new(ERROR_LOCKED, "another run holds the lock %s", path);
	return NULL;
}

static struct error *adopt(struct adoption *d, int64_t now)
{
	struct ledger_view view;
	const char *waiting = arena_printf(&d->arena, "%s/waiting", d->state);
	TRY(find_journals(d));
	if (!d->runs.len && is_absent(waiting))
		return NULL;
	TRY(check_idle(d));
	TRY(ledger_view_read(d->ledger, &d->arena, &view));
	if (view.held)
		return NULL;
	for (size_t i = 0; i < d->runs.len; i++)
		TRY(adopt_run(d, d->runs.at[i]));
	return adopt_waiting(d, now);
}

struct error *ledger_adopt(struct ledger *l, const char *state, int64_t now)
{
	struct adoption d = {.ledger = l, .state = state};
	struct error *error = adopt(&d, now);
	arena_done(&d.arena);
	ledger_drop(l);
	return error;
}
