/* SPDX-License-Identifier: Apache-2.0 */
#include "core/git/text_diff.h"

#include <string.h>

#include "core/git/history_git.h"
#include "core/util/unicode.h"

static int on_hunk(const git_diff_delta *delta UNUSED, const git_diff_hunk *hunk, void *context)
{
	str_addn(context, hunk->header, hunk->header_len);
	return 0;
}

static int on_line(const git_diff_delta *delta UNUSED, const git_diff_hunk *hunk UNUSED,
		   const git_diff_line *line, void *context)
{
	struct str *out = context;
	if (line->origin == GIT_DIFF_LINE_CONTEXT || line->origin == GIT_DIFF_LINE_ADDITION ||
	    line->origin == GIT_DIFF_LINE_DELETION)
		str_addc(out, line->origin);
	str_addn(out, line->content, line->content_len);
	return 0;
}

static bool is_mark(char c)
{
	return c == '"' || c == '\\';
}

/* Whether the path can stand without quotes, on a terminal too. */
static bool is_plain(const char *path)
{
	size_t size;
	for (const char *at = path; *at; at += size) {
		if (is_mark(*at) || !text_is_printable(text_decode(at, strnlen(at, 4), &size)))
			return false;
	}
	return true;
}

/* Adds a path as git writes it and `git apply` reads it: one that is not plain stands in quotes,
 * with each byte that is not printable ASCII as an octal number. */
static void add_name(struct str *out, const char *mark, const char *path)
{
	bool odd = !is_plain(path);
	str_printf(out, "%s%s%s/", mark, odd ? " \"" : " ", mark[0] == '-' ? "a" : "b");
	for (const char *at = path; *at; at++) {
		if (odd && (*at < ' ' || *at > '~' || is_mark(*at)))
			str_printf(out, "\\%03o", (unsigned)(unsigned char)*at);
		else
			str_addc(out, *at);
	}
	str_add(out, odd ? "\"\n" : "\n");
}

static struct error *add_lines(const char *path, struct text before, struct text after,
			       struct str *out)
{
	git_diff_options options = GIT_DIFF_OPTIONS_INIT;
	struct str lines = STR(out->arena);
	options.flags = GIT_DIFF_FORCE_TEXT | GIT_DIFF_INDENT_HEURISTIC;
	int code = git_diff_buffers(before.at, before.len, path, after.at, after.len, path,
				    &options, NULL, NULL, on_hunk, on_line, &lines);
	if (code)
		return git_failed(code, "comparing two texts of %s", path);
	if (!lines.len)
		return NULL;
	add_name(out, "---", path);
	add_name(out, "+++", path);
	str_addn(out, str_text(&lines), lines.len);
	return NULL;
}

struct error *text_diff(const char *path, struct text before, struct text after, struct str *out)
{
	TRY(git_start());
	struct error *error = add_lines(path + 2 * !strncmp(path, "./", 2), before, after, out);
	git_libgit2_shutdown();
	return error;
}
