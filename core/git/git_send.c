/* SPDX-License-Identifier: Apache-2.0 */
#include "core/git/git_send.h"

#include <string.h>

#include "core/util/str.h"
#include "core/util/text_escape.h"

#define REASON_MAX 200

/* Whether the server refused only because another push is at work at this moment. */
static bool is_passing(const char *reason)
{
	static const char *const signs[] = {
		"stale info",		"fetch first",	       "non-fast-forward",
		"failed to update ref", "failed to lock",      "cannot lock ref",
		"already exists",	"incorrect old value", "nternal Server Error",
	};
	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
		if (strstr(reason, signs[i]))
			return true;
	}
	return false;
}

/* The line of `git push --porcelain` about the reference, FLAG TAB FROM:TO TAB SUMMARY; NULL: there
 * is none. */
static const char *line_of(struct arena *a, const char *output, const char *ref)
{
	const char *to = arena_printf(a, ":%s\t", ref);
	for (const char *at = output; *at;) {
		size_t len = strcspn(at, "\n");
		const char *line = arena_strndup(a, at, len);
		if (len > 1 && line[1] == '\t' && strstr(line, to))
			return line;
		at += len + (at[len] == '\n');
	}
	return NULL;
}

/* What the remote said, and the reason that git gives for the refusal. */
static const char *all_words(struct arena *a, const struct child_said *said, const char *line)
{
	struct str out = STR(a);
	const char *reason = line ? strrchr(line, '\t') : NULL;
	if (!reason || strstr(said->errors, "remote: "))
		str_add(&out, git_words(a, said));
	if (!reason)
		return out.at;
	str_add(&out, out.len ? " " : "");
	text_escape(&out, reason + 1, strlen(reason + 1), REASON_MAX);
	return out.at;
}

static enum push_answer answer_of(const struct child_said *said, const char *line, bool forward)
{
	if (!line)
		return git_was_denied(said) ? PUSH_DENIED : PUSH_UNKNOWN;
	if (line[0] == ' ' || line[0] == '+' || line[0] == '*')
		return said->well ? PUSH_DONE : PUSH_UNKNOWN;
	if (line[0] == '=') /* the commit stands there already; whether this push put it there is
			       for the caller to find out */
		return forward ? PUSH_DONE : PUSH_MOVED;
	if (strstr(line, "[remote failure]"))
		return PUSH_UNKNOWN;
	if (is_passing(line))
		return PUSH_MOVED;
	return strstr(line, "declined") || strstr(line, "protected") || strstr(line, "denied") ||
			       strstr(line, "prohibited")
		       ? PUSH_DENIED
		       : PUSH_REFUSED;
}

void git_send(const struct git_program *g, struct arena *a, const struct git_sending *push,
	      struct git_sent *out)
{
	const char *force =
		push->forward ? "--no-force"
		: push->old   ? arena_printf(a, "--force-with-lease=%s:%s", push->ref, push->old)
			      : "--force";
	const char *arguments[] = {"push",
				   "--porcelain",
				   "--no-verify",
				   "--no-progress",
				   force,
				   GIT_REMOTE,
				   arena_printf(a, "%s:%s", push->id, push->ref),
				   NULL};
	struct child_said said = {0};
	struct error *late = git_run(
		g, a, &(struct git_call){.arguments = arguments, .timeout_ms = push->timeout_ms},
		&said);
	if (late) {
		*out = (struct git_sent){PUSH_UNKNOWN, arena_strdup(a, late->message)};
		error_free(late);
		return;
	}
	const char *line = line_of(a, said.output, push->ref);
	*out = (struct git_sent){answer_of(&said, line, push->forward), all_words(a, &said, line)};
}
