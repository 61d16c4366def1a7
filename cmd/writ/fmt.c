/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cmd/writ/command.h"
#include "core/edit/canonical.h"
#include "core/edit/edit_set.h"
#include "core/edit/edit_write.h"
#include "core/git/text_diff.h"
#include "core/language/check.h"
#include "core/language/manifest.h"
#include "core/util/text_escape.h"

/* The files of `before`, each in its canonical form; a file that has none is an error of the set.
 */
static struct error *format_files(struct run *run, const struct edit_set *before,
				  struct edit_set *out)
{
	for (size_t i = 0; i < before->files.len; i++) {
		struct stored_file f = before->files.at[i];
		struct str text = STR(&run->arena);
		TRY(canonical_text(f.path, f.bytes, f.len, &run->report, &text));
		f.bytes = str_text(&text);
		f.len = text.len;
		vec_push(&run->arena, &out->files, f);
	}
	return NULL;
}

static bool differs(const struct stored_file *a, const struct stored_file *b)
{
	return a->len != b->len || memcmp(a->bytes, b->bytes, a->len) != 0;
}

/* Appends the names of the files that `fmt` would change, or with --diff what it would change;
 * *any: there is one. */
static struct error *show_files(const struct run *run, const struct edit_set *before,
				const struct edit_set *after, struct str *out, bool *any)
{
	*any = false;
	for (size_t i = 0; i < before->files.len; i++) {
		const struct stored_file *x = &before->files.at[i], *y = &after->files.at[i];
		if (!differs(x, y))
			continue;
		*any = true;
		if (run->options.diff) {
			TRY(text_diff(x->path, (struct text){x->bytes, x->len},
				      (struct text){y->bytes, y->len}, out));
			continue;
		}
		text_escape(out, x->path, strlen(x->path), 0);
		str_addc(out, '\n');
	}
	return NULL;
}

struct error *cmd_fmt(struct run *run, int *status)
{
	static const char *const here[] = {"."};
	const struct options *o = &run->options;
	const struct manifest_reader reader = {
		.strings = run->strings, .arena = &run->arena, .report = &run->report};
	struct edit_set before, after = {0};
	struct model said = {0}; /* an invalid manifest has no form */
	struct text_vec written = {0};
	struct str out = STR(&run->arena);
	bool any;
	TRY(edit_set_read(&reader, o->path_count ? o->paths : here,
			  o->path_count ? o->path_count : 1, &before));
	manifest_parse(&reader, NULL, &before.files, &said);
	if (run->report.errors == 0) /* what cannot be read is there all the same */
		check_presence(&said,
			       (struct location){o->path_count ? o->paths[0] : here[0], 1, 1},
			       &run->report);
	if (run->report.errors == 0)
		TRY(format_files(run, &before, &after));
	if (run->report.errors)
		return NULL;
	TRY(show_files(run, &before, &after, &out, &any));
	if (!o->check && !o->diff)
		TRY(edit_write(&before.files, &after.files, &run->arena, &written));
	if (o->check && any)
		*status = EXIT_ERROR;
	return output_write_whole(&o->outputs.at[0], str_text(&out), out.len);
}
