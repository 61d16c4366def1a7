/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/git/history_git.h"
#include "core/git/history_write.h"
#include "core/util/str.h"
#include "core/util/text_escape.h"

#define WORDS_MAX 2000 /* of what a server says; more is noise */

/* ---- talking with a remote ---- */

static int on_words(const char *text, int len, void *context)
{
	struct history_session *s = context;
	if (s->words->len < WORDS_MAX && len > 0)
		str_addn(s->words, text, (size_t)len);
	return 0;
}

static int on_update(const char *name UNUSED, const char *status, void *context)
{
	struct history_session *s = context;
	if (status && s->refusal)
		text_escape(s->refusal, status, strlen(status), 200);
	return 0;
}

/* The agent's keys, once: a server that refuses them asks again and again. */
static int on_credential(git_credential **out, const char *url UNUSED, const char *user,
			 unsigned allowed, void *context)
{
	struct history_session *s = context;
	if (!(allowed & GIT_CREDENTIAL_SSH_KEY) || s->attempts++)
		return GIT_EAUTH;
	return git_credential_ssh_key_from_agent(out, user ? user : "git");
}

void history_answer_remote(git_remote_callbacks *callbacks, struct history_session *session)
{
	callbacks->sideband_progress = on_words;
	callbacks->push_update_reference = on_update;
	callbacks->credentials = on_credential;
	callbacks->payload = session;
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

struct error *history_find_remote(struct history *h, struct arena *a, const char *remote,
				  git_remote **out)
{
	int code = git_remote_lookup(out, h->repository, remote);
	if (!code)
		code = make_absolute(h, a, *out);
	return code ? git_failed(code, "remote \"%.200s\" of %s", remote, h->path) : NULL;
}

/* ---- pushing ---- */

/* The server's own words, one line: why a hook or a rule of its refused. */
static const char *words_of(struct arena *a, const struct history_session *s)
{
	struct str joined = STR(a), out = STR(a);
	const char *text = str_text(s->words);
	for (size_t i = 0; i < s->words->len; i++) {
		bool gap = strchr("\r\n\t ", text[i]) != NULL;
		if (!gap)
			str_addc(&joined, text[i]);
		else if (joined.len && str_text(&joined)[joined.len - 1] != ' ')
			str_addc(&joined, ' ');
	}
	text_escape(&out, str_text(&joined), joined.len, WORDS_MAX);
	return str_text(&out);
}

static struct error *push_failed(struct history *h, int code, const char *remote, const char *name,
				 struct arena *a, const struct history_session *s, bool *out_lost)
{
	const char *words = words_of(a, s);
	*out_lost = code == GIT_ENONFASTFORWARD || strstr(str_text(s->refusal), "fast-forward") ||
		    strstr(str_text(s->refusal), "fetch first");
	if (*out_lost)
		return error_new(ERROR_REMOTE,
				 "%s of remote \"%s\" has commits that %s lacks: another run was "
				 "quicker; nothing was pushed",
				 name, remote, h->path);
	if (s->refusal->len)
		return error_new(ERROR_REMOTE, "remote \"%s\" rejected %s: %s%s%s", remote, name,
				 str_text(s->refusal), *words ? "; it says: " : "", words);
	struct error *error = git_failed(code, "pushing %s to remote \"%s\"%s%s%s", name, remote,
					 *words ? " (it says: " : "", words, *words ? ")" : "");
	error->code = ERROR_REMOTE;
	return error;
}

struct error *history_push(struct history *h, const struct history_target *t, const char *remote,
			   bool *out_lost)
{
	ARENA a = {0};
	CLEANUP(git_remote_free) git_remote *to = NULL;
	git_push_options options = GIT_PUSH_OPTIONS_INIT;
	struct str refusal = STR(&a), words = STR(&a);
	struct history_session session = {.refusal = &refusal, .words = &words};
	const char *name = "";
	*out_lost = false;
	TRY(history_branch_name(h, t->branch, &a, &name));
	TRY(history_find_remote(h, &a, remote, &to));
	char *spec = arena_printf(&a, "%s:%s", name, name); /* no "+": never with force */
	git_strarray specs = {&spec, 1};
	history_answer_remote(&options.callbacks, &session);
	int code = git_remote_push(to, &specs, &options);
	if (!code && refusal.len == 0)
		return NULL;
	return push_failed(h, code, remote, name, &a, &session, out_lost);
}
