/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/git/git_scratch.h"
#include "core/git/git_send.h"
#include "core/git/history_git.h"
#include "core/git/history_write.h"

#define REMOTE_MS 240000 /* for a pack over a slow line */

/* ---- the git program, over this repository's objects ---- */

struct history_remote {
	struct history *h;
	const char *name;
	struct arena arena;
	struct git_scratch scratch;
	struct git_program git;
};

static struct error *start(struct history_remote *r)
{
	struct arena *a = &r->arena;
	git_repository *repository = r->h->repository;
	const char *root = git_repository_workdir(repository);
	const char *common = git_repository_commondir(repository); /* ends with a slash */
	const struct git_source source = {
		.what = "snapshots",
		.repository = root ? root : git_repository_path(repository),
		.remote = r->name,
		.objects = arena_printf(a, "%sobjects", common),
		.shallow = arena_printf(a, "%sshallow", common),
	};
	TRY(git_scratch_open(&r->scratch, a, arena_printf(a, "%swrit", common)));
	return git_program_init(&r->git, a, r->scratch.path, &source);
}

struct error *history_remote_open(struct history *h, const char *name, struct history_remote **out)
{
	struct history_remote *r = xmalloc(sizeof(*r));
	*r = (struct history_remote){.h = h, .name = name, .scratch.fd = -1};
	*out = NULL;
	struct error *error = start(r);
	if (error)
		history_remote_close(r);
	else
		*out = r;
	return error;
}

void history_remote_close(struct history_remote *r)
{
	if (!r)
		return;
	git_program_done(&r->git);
	git_scratch_close(&r->scratch);
	arena_done(&r->arena);
	free(r);
}

/* Calls git. Whatever fails is told as a failure of the remote, or of the way there. */
static struct error *call(struct history_remote *r, const char *doing, const char *const *arguments,
			  struct child_said *out)
{
	const struct git_call call = {.arguments = arguments, .timeout_ms = REMOTE_MS};
	struct error *error = git_must(&r->git, &r->arena, doing, &call, out);
	if (error)
		error->code = ERROR_REMOTE;
	return error;
}

struct error *history_remote_find(struct history_remote *r, const char *branch, git_oid *out)
{
	const char *arguments[] = {"ls-remote", "--quiet", "--", GIT_REMOTE, branch, NULL};
	const char *tab = arena_printf(&r->arena, "\t%s\n", branch);
	struct child_said said = {0};
	*out = (git_oid){{0}};
	TRY(call(r,
		 arena_printf(&r->arena, "asking remote \"%s\" of %s for %s", r->name, r->h->path,
			      branch),
		 arguments, &said));
	/* Git takes the name for a pattern, so branches that end in it are listed too. */
	for (const char *at = said.output; *at; at += strcspn(at, "\n") + 1) {
		size_t id = strcspn(at, "\t");
		if (id == HISTORY_ID - 1 && !strncmp(at + id, tab, strlen(tab)) &&
		    git_oid_fromstr(out, at))
			return error_new(ERROR_REMOTE, "remote \"%s\" names no commit for %s",
					 r->name, branch);
		if (!at[strcspn(at, "\n")])
			break;
	}
	return NULL;
}

struct error *history_remote_fetch(struct history_remote *r, const char *branch,
				   const git_oid *ours)
{
	struct arena *a = &r->arena;
	struct child_said said = {0};
	const char *doing = arena_printf(a, "fetching %s of remote \"%s\"", branch, r->name);
	/* Git does not fetch again what a reference here names. */
	const char *name[] = {"update-ref", "refs/heads/ours", ours ? history_id_text(a, ours) : "",
			      NULL};
	const char *arguments[] = {"fetch",
				   "--quiet",
				   "--no-tags",
				   "--no-write-fetch-head",
				   "--no-recurse-submodules",
				   "--",
				   GIT_REMOTE,
				   branch,
				   NULL};
	if (ours)
		TRY(call(r, doing, name, &said));
	return call(r, doing, arguments, &said);
}

/* ---- pushing ---- */

/* Moves the branch that remembers where the remote's was last, as git would do after a push. */
static void follow(struct history_remote *r, const char *branch, const git_oid *id)
{
	CLEANUP(git_reference_free) git_reference *moved = NULL;
	CLEANUP(git_remote_free) git_remote *named = NULL;
	static const char heads[] = "refs/heads/";
	if (strncmp(branch, heads, strlen(heads)) != 0 ||
	    git_remote_lookup(&named, r->h->repository, r->name))
		return;
	git_reference_create(
		&moved, r->h->repository,
		arena_printf(&r->arena, "refs/remotes/%s/%s", r->name, branch + strlen(heads)), id,
		1, "writ: push");
}

static struct error *push_failed(const struct history_remote *r, const struct git_sent *pushed,
				 const char *branch, bool *out_lost)
{
	*out_lost = pushed->answer == PUSH_MOVED;
	if (*out_lost)
		return error_new(ERROR_REMOTE,
				 "%s of remote \"%s\" has commits that %s lacks: another run was "
				 "quicker; nothing was pushed",
				 branch, r->name, r->h->path);
	if (pushed->answer == PUSH_UNKNOWN)
		return error_new(ERROR_REMOTE, "pushing %s to remote \"%s\": %s", branch, r->name,
				 pushed->words);
	return error_new(ERROR_REMOTE, "remote \"%s\" rejected %s: %s", r->name, branch,
			 pushed->words);
}

static struct error *push(struct history_remote *r, const char *branch, bool *out_lost)
{
	git_oid id;
	struct git_sent pushed;
	int code = git_reference_name_to_id(&id, r->h->repository, branch);
	if (code)
		return git_failed(code, "reading branch %s of %s", branch, r->h->path);
	git_send(&r->git, &r->arena,
		 &(struct git_sending){.id = history_id_text(&r->arena, &id),
				       .ref = branch,
				       .forward = true,
				       .timeout_ms = REMOTE_MS},
		 &pushed);
	if (pushed.answer != PUSH_DONE)
		return push_failed(r, &pushed, branch, out_lost);
	follow(r, branch, &id);
	return NULL;
}

struct error *history_push(struct history *h, const struct history_target *t, const char *remote,
			   bool *out_lost)
{
	ARENA a = {0};
	struct history_remote *to;
	const char *branch = "";
	*out_lost = false;
	TRY(history_branch_name(h, t->branch, &a, &branch));
	TRY(history_remote_open(h, remote, &to));
	struct error *error = push(to, branch, out_lost);
	history_remote_close(to);
	return error;
}
