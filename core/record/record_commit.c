/* SPDX-License-Identifier: Apache-2.0 */
#include "core/record/record_commit.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "core/git/history_write.h"
#include "core/git/signature.h"
#include "core/record/record_message.h"
#include "core/util/failpoint.h"
#include "core/util/file.h"
#include "core/util/str.h"

/* For a push over a slow line; a remote that never answers must not hang a pipeline. */
#define CHILD_SECONDS 300
#define PUSHES 3 /* pushes in a row for which somebody was quicker */
#define ANSWER_MAX 65536
#define KEEP_BYTES (32 << 20)

static bool owns(const char *name)
{
	return !strcmp(name, "technical-accounts") || (!strchr(name, '/') && snapshot_owns(name));
}

static struct history_target target_of(const struct record_place *place, int64_t now)
{
	return (struct history_target){.branch = place->settings.branch,
				       .folder = place->below,
				       .author_name = place->settings.author_name,
				       .author_email = place->settings.author_email,
				       .time = now,
				       .owns = owns};
}

struct error *record_check(struct history *h, const struct record_place *place, bool *out_files)
{
	struct history_target target = target_of(place, 0);
	TRY(history_check_target(h, &target));
	return history_is_checked_out(h, place->settings.branch, out_files);
}

/* ---- before a run ---- */

static struct error *check_ahead(struct history *h, const struct record_place *place)
{
	const struct history_target target = target_of(place, 0);
	const char *remote = place->settings.push;
	enum history_ahead ahead;
	char tip[HISTORY_ID];
	if (!remote)
		return NULL;
	TRY(history_look_ahead(h, &target, remote, &ahead, tip));
	if (ahead != HISTORY_AHEAD_IN_FOLDER)
		return NULL;
	return error_new(
		ERROR_INPUT,
		"the branch of remote \"%s\" has a snapshot in %s that %s lacks, at commit "
		"%.12s: another run recorded it; fetch and merge it, then plan again",
		remote, place->below, place->repository, tip);
}

/* Signs something: a key that is there may still be locked, or gone from the agent. */
static struct error *try_key(const struct signing *key)
{
	ARENA a = {0};
	const char *signature;
	if (key->kind == SIGN_NONE)
		return NULL;
	struct error *error = signature_make(key, SIGNATURE_GIT, "", 0, &a, &signature);
	return error ? error_wrap(error, "signing the commit") : NULL;
}

static struct error *prepare(const struct record_place *place)
{
	CLEANUP(history_close) struct history *h = NULL;
	history_write_start();
	TRY(try_key(&place->settings.sign));
	TRY(history_open(place->repository, &h));
	return check_ahead(h, place);
}

/* ---- the child ---- */

/* What the child tells: a line for each commit and for the push, then one for an error, which
 * begins with m where somebody was quicker; no line has a line feed. */
struct child {
	const struct record_input *in;
	const struct record_work *work; /* NULL: only look whether it could be done */
	struct arena *arena;
	struct str answer;
	struct made_commit {
		char kind, id[HISTORY_ID];
	} made[2]; /* told at the end: the push may move them */
	size_t count;
};

static void tell(struct child *c, char kind, const char *text)
{
	str_printf(&c->answer, "%c%s\n", kind, text);
}

static struct error *commit_one(struct child *c, struct history *h, const struct history_target *t,
				const struct snapshot *s, char kind, const char *message)
{
	char id[HISTORY_ID];
	TRY(history_commit(h, t, &s->files, message, id));
	if (*id) {
		c->made[c->count].kind = kind;
		memcpy(c->made[c->count++].id, id, HISTORY_ID);
	}
	return NULL;
}

static struct error *commit_both(struct child *c, struct history *h, const struct history_target *t)
{
	const struct record_work *work = c->work;
	struct history_target target = *t;
	const char *organization = work->before	 ? work->before->organization
				   : work->after ? work->after->organization
						 : "";
	target.expected = work->expected;
	if (work->before) {
		TRY(commit_one(c, h, &target, work->before, 'd',
			       record_message(c->in, work, c->arena, 'd', organization)));
		target.expected = NULL; /* it is ours now */
	}
	FAILPOINT("record-between-commits");
	if (work->after)
		TRY(commit_one(c, h, &target, work->after, 'r',
			       record_message(c->in, work, c->arena, 'r', organization)));
	return NULL;
}

static void take_moves(struct child *c, const struct history_moved_vec *moved)
{
	for (size_t i = 0; i < moved->len; i++) {
		for (size_t k = 0; k < c->count; k++) {
			if (!strcmp(c->made[k].id, moved->at[i].from))
				memcpy(c->made[k].id, moved->at[i].to, HISTORY_ID);
		}
	}
}

/* The remote has commits that are not here. If they are of other folders only, ours go behind
 * them. If they are of this folder too, both are united, and *out is false: live has to be read
 * again. */
static struct error *go_behind(struct child *c, const struct history_target *t, bool *out)
{
	/* A handle of its own: objects of the other may still go to memory. */
	CLEANUP(history_close) struct history *h = NULL;
	const struct record_place *place = c->in->place;
	struct history_moved_vec moved = {0};
	enum history_ahead ahead;
	char tip[HISTORY_ID];
	*out = false;
	TRY(history_open(place->repository, &h));
	TRY(history_look_ahead(h, t, place->settings.push, &ahead, tip));
	if (ahead == HISTORY_AHEAD_IN_FOLDER)
		return history_unite(h, t, c->arena, tip,
				     record_united_message(c->in, c->work, c->arena));
	if (ahead == HISTORY_AHEAD_ELSEWHERE)
		TRY(history_rebase(h, t, c->arena, tip, &moved));
	take_moves(c, &moved);
	*out = true;
	return NULL;
}

static struct error *push_once(struct child *c, const struct history_target *t, bool *lost)
{
	CLEANUP(history_close) struct history *h = NULL;
	TRY(history_open(c->in->place->repository, &h));
	return history_push(h, t, c->in->place->settings.push, lost);
}

static struct error *push(struct child *c, const struct history_target *t)
{
	const char *remote = c->in->place->settings.push;
	bool lost = false, behind = true;
	if (!remote)
		return NULL;
	FAILPOINT("record-before-push");
	struct error *error = push_once(c, t, &lost);
	for (int i = 0; error && lost && i < PUSHES; i++) {
		struct error *why = go_behind(c, t, &behind);
		if (why) {
			error_free(error);
			return error_wrap(why, "the commit stays here, not pushed");
		}
		error_free(error);
		if (!behind)
			return error_new(
				ERROR_REFUSED,
				"another run recorded meanwhile, and both are united here");
		error = push_once(c, t, &lost);
	}
	if (error && lost)
		return error_wrap(error,
				  "others were quicker each time; the commit stays here: record "
				  "again");
	if (!error)
		tell(c, 'p', remote);
	return error;
}

static struct error *sign(const void *key, const char *bytes, size_t len, struct arena *a,
			  const char **out)
{
	struct error *error = signature_make(key, SIGNATURE_GIT, bytes, len, a, out);
	if (error)
		error->code = ERROR_RECORD; /* ERROR_REFUSED means that somebody was quicker */
	return error ? error_wrap(error, "signing the commit") : NULL;
}

static struct error *work_in_child(struct child *c)
{
	CLEANUP(history_close) struct history *h = NULL;
	const struct record_place *place = c->in->place;
	struct history_target target = target_of(place, c->in->now);
	if (!c->work)
		return prepare(place);
	history_write_start();
	target.sign = place->settings.sign.kind == SIGN_NONE ? NULL : sign;
	target.sign_context = &place->settings.sign;
	TRY(history_open(place->repository, &h));
	TRY(commit_both(c, h, &target));
	if (c->work->files) /* also when nothing is new: an earlier run may have been killed before
			       it */
		TRY(history_update_index(h, &target));
	history_close(h);
	h = NULL;
	return push(c, &target);
}

static void tell_error(struct child *c, const struct error *error)
{
	tell(c, error->code == ERROR_REFUSED ? 'm' : 'e', error_text(c->arena, error));
}

/* Tells the id of the folder's tree, which a squash or a rebase leaves as it is. */
static struct error *tell_tree(struct child *c)
{
	CLEANUP(history_close) struct history *h = NULL;
	const struct record_place *place = c->in->place;
	struct commit_vec found = {0};
	if (c->count == 0)
		return NULL;
	const struct commit_query query = {
		.from = c->made[c->count - 1].id, .folder = place->below, .max = 1};
	TRY(history_open(place->repository, &h));
	TRY(history_list(h, c->arena, &query, &found));
	if (found.len && found.at[0].tree)
		tell(c, 't', found.at[0].tree);
	return NULL;
}

static int run_child(struct child *c, int out)
{
	alarm(CHILD_SECONDS);
	/* zlib and libgit2 take and give back 64 KiB pieces for each object: keep them. */
	mallopt(M_MMAP_THRESHOLD, KEEP_BYTES);
	mallopt(M_TRIM_THRESHOLD, KEEP_BYTES);
	struct error *error = work_in_child(c);
	for (size_t i = 0; i < c->count; i++)
		tell(c, c->made[i].kind, c->made[i].id);
	if (!error)
		error = tell_tree(c);
	if (error)
		tell_error(c, error);
	struct error *unsaid = file_write_all(out, "the pipe", c->answer.at, c->answer.len);
	return error || unsaid;
}

/* ---- the parent ---- */

static struct error *hear_line(const struct record_input *in, const struct record_work *work,
			       struct arena *a, const char *line, size_t len,
			       struct record_result *out)
{
	const char *text = arena_strndup(a, line + 1, len - 1);
	if (*line == 'e' || *line == 'm')
		return error_new(*line == 'm' ? ERROR_REFUSED : ERROR_RECORD, "%s", text);
	if (*line == 'p') {
		out->pushed = text;
	} else if (*line == 't') {
		out->tree = text;
	} else if (len == HISTORY_ID && out->commit_count < 2) {
		struct recorded_commit *c = &out->commits[out->commit_count++];
		memcpy(c->id, text, HISTORY_ID);
		c->subject = record_subject(in, work, a, *line, out->organization);
	}
	return NULL;
}

static struct error *hear(const struct record_input *in, const struct record_work *work,
			  struct arena *a, int from, struct record_result *out)
{
	CLEANUP(fclose) FILE *pipe = fdopen(from, "r");
	CLEANUP(free) char *text = NULL;
	size_t len;
	if (!pipe)
		return error_errno(errno, "hearing of the commits");
	TRY(file_read_stream(pipe, "the git process", ANSWER_MAX, &text, &len));
	for (const char *at = text; at < text + len;) {
		size_t line = strcspn(at, "\n");
		if (line)
			TRY(hear_line(in, work, a, at, line, out));
		at += line + 1;
	}
	return NULL;
}

static struct error *judge_end(int status)
{
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		return error_new(ERROR_RECORD, "git was not done after %d seconds", CHILD_SECONDS);
	if (WIFSIGNALED(status))
		return error_new(ERROR_RECORD, "the process that commits was ended by signal %d",
				 WTERMSIG(status));
	if (WEXITSTATUS(status))
		return error_new(ERROR_RECORD, "the process that commits failed");
	return NULL;
}

struct error *record_commit(const struct record_input *input, const struct record_work *work,
			    struct arena *a, struct record_result *out)
{
	int ends[2], status = 0;
	if (pipe2(ends, O_CLOEXEC))
		return error_errno(errno, "making a pipe");
	fflush(NULL); /* or the child would print it again */
	pid_t pid = fork();
	if (pid < 0) {
		int number = errno;
		close(ends[0]);
		close(ends[1]);
		return error_errno(number, "starting the process that commits");
	}
	if (pid == 0) {
		struct child child = {.in = input, .work = work, .arena = a, .answer = STR(a)};
		close(ends[0]);
		_exit(run_child(&child, ends[1]));
	}
	close(ends[1]);
	struct error *error = hear(input, work, a, ends[0], out);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	struct error *end = judge_end(status);
	if (error && end)
		error_free(end);
	return error ? error : end;
}
