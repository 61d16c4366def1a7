/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/git/history_git.h"
#include "core/git/history_write.h"
#include "core/util/str.h"
#include "core/util/unicode.h"

struct push {
	struct str *refusal; /* what the remote says of our branch */
	int attempts;
};

static int on_update(const char *name UNUSED, const char *status, void *context)
{
	struct push *p = context;
	if (status)
		text_escape(p->refusal, status, strlen(status), 200);
	return 0;
}

/* The agent's keys, once: a server that refuses them asks again and again. */
static int on_credential(git_credential **out, const char *url UNUSED, const char *user,
			 unsigned allowed, void *context)
{
	struct push *p = context;
	if (!(allowed & GIT_CREDENTIAL_SSH_KEY) || p->attempts++)
		return GIT_EAUTH;
	return git_credential_ssh_key_from_agent(out, user ? user : "git");
}

static struct error *push_failed(struct history *h, int code, const char *remote, const char *name,
				 const struct str *refusal, bool *out_lost)
{
	*out_lost = code == GIT_ENONFASTFORWARD || strstr(str_text(refusal), "fast-forward");
	if (*out_lost)
		return error_new(ERROR_REMOTE,
				 "%s of remote \"%s\" has commits that %s lacks: another run was "
				 "quicker; nothing was pushed",
				 name, remote, h->path);
	if (refusal->len)
		return error_new(ERROR_REMOTE, "remote \"%s\" rejected %s: %s", remote, name,
				 str_text(refusal));
	struct error *error = git_failed(code, "pushing %s to remote \"%s\"", name, remote);
	error->code = ERROR_REMOTE;
	return error;
}

/* libgit2 takes no path that begins at the work tree, git does. */
static int make_absolute(struct history *h, struct arena *a, git_remote *remote)
{
	const char *url = git_remote_pushurl(remote), *root = git_repository_workdir(h->repository);
	url = url ? url : git_remote_url(remote);
	if (!url || strncmp(url, ".", 1) != 0)
		return 0;
	root = root ? root : git_repository_path(h->repository);
	url = arena_printf(a, "%s%s", root, url);
	int code = git_remote_set_instance_url(remote, url);
	return code ? code : git_remote_set_instance_pushurl(remote, url);
}

struct error *history_push(struct history *h, const struct history_target *t, const char *remote,
			   bool *out_lost)
{
	ARENA a = {0};
	CLEANUP(git_remote_free) git_remote *to = NULL;
	git_push_options options = GIT_PUSH_OPTIONS_INIT;
	struct str refusal = STR(&a);
	struct push push = {&refusal, 0};
	const char *name = "";
	*out_lost = false;
	TRY(history_branch_name(h, t->branch, &a, &name));
	int code = git_remote_lookup(&to, h->repository, remote);
	if (!code)
		code = make_absolute(h, &a, to);
	if (code)
		return git_failed(code, "remote \"%.200s\" of %s", remote, h->path);
	char *spec = arena_printf(&a, "%s:%s", name, name); /* no "+": never with force */
	git_strarray specs = {&spec, 1};
	options.callbacks.push_update_reference = on_update;
	options.callbacks.credentials = on_credential;
	options.callbacks.payload = &push;
	code = git_remote_push(to, &specs, &options);
	if (!code && refusal.len == 0)
		return NULL;
	return push_failed(h, code, remote, name, &refusal, out_lost);
}
