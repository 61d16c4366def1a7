/* SPDX-License-Identifier: Apache-2.0 */
#include "core/past/past_manifests.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/language/stored.h"

/* The run in effect at a moment; NULL when none is on record. */
static const struct moment *find_run(const struct timeline *t, size_t moment)
{
	for (size_t i = moment + 1; i-- > 0;) {
		if (t->moments.at[i].run)
			return &t->moments.at[i];
	}
	return NULL;
}

struct error *past_manifests_of_moment(struct history *snapshots, struct arena *a,
				       const struct moment *m, const char **out)
{
	struct commit commit;
	struct error *error = history_read_commit(snapshots, a, m->id, &commit);
	if (error) {
		error->code = ERROR_SYSTEM; /* the timeline has just listed it */
		return error;
	}
	const char *named = commit_trailer(&commit, "Writ-Manifests");
	if (!named)
		return error_new(ERROR_INPUT, "commit %.12s names no manifests", m->id);
	if (!history_is_id(named))
		return error_new(ERROR_INPUT,
				 "the manifests of run %s were in no commit as they were read",
				 m->run);
	*out = named;
	return NULL;
}

/* The commit that the trailer of the run in effect then names. ERROR_INPUT: it names none. */
static struct error *find_commit(const struct past_manifests_source *s, struct arena *a,
				 const char **out)
{
	const struct moment *run = find_run(s->timeline, s->moment);
	if (!run)
		return error_new(ERROR_INPUT, "no run is on record by then");
	return past_manifests_of_moment(s->history, a, run, out);
}

/* Files are called "COMMIT:PATH". */
static void shorten(struct location *at)
{
	if (at->file && strlen(at->file) >= HISTORY_ID && at->file[HISTORY_ID - 1] == ':')
		at->file += HISTORY_ID;
}

struct error *past_manifests_read(const char *commit, const char *at, int32_t today,
				  struct intern *strings, struct arena *a,
				  struct past_manifests *out)
{
	CLEANUP(history_close) struct history *h = NULL;
	const char *root, *below;
	char id[HISTORY_ID];
	struct model *model = arena_zalloc(a, sizeof(*model));
	struct model_index index = {0};
	*out = (struct past_manifests){0};
	if (access(at, F_OK) && (errno == ENOENT || errno == ENOTDIR))
		return error_new(ERROR_INPUT, "finding %s: No such file or directory", at);
	TRY(history_find(a, at, &root, &below));
	if (!root)
		return error_new(ERROR_INPUT, "\"%s\" is in no git repository", at);
	TRY(history_open(root, &h));
	TRY(history_resolve(h, commit, id));
	TRY(stored_load_past(arena_printf(a, "%s:%s", commit, below), root, strings, a, model));
	model_index(model, a, &index);
	declaration_collect(model, &index, a, today, &out->declarations);
	for (size_t i = 0; i < out->declarations.len; i++) {
		shorten(&out->declarations.at[i].at);
		shorten(&out->declarations.at[i].bundle_at);
	}
	out->model = model;
	out->commit = commit;
	out->root = root;
	return NULL;
}

void past_manifests_load(const struct past_manifests_source *source, struct arena *a,
			 struct past_manifests *out)
{
	const char *commit = NULL;
	*out = (struct past_manifests){0};
	struct error *error = find_commit(source, a, &commit);
	if (!error)
		error = past_manifests_read(commit, source->manifests, source->today,
					    source->strings, a, out);
	if (error && commit)
		error = error_wrap(error, "the manifests of commit %.12s (PATH tells where)",
				   commit);
	if (!error)
		return;
	out->unknown = error_text(a, error);
	out->failed = error->code == ERROR_SYSTEM;
	error_free(error);
}

static int by_grant(const void *a, const void *b)
{
	const struct declaration *x = a, *y = b;
	int order = principal_compare(&x->principal, &y->principal);
	return order ? order : entitlement_compare(&x->entitlement, &y->entitlement);
}

const struct declaration *past_manifests_find(const struct past_manifests *r,
					      const struct principal *principal,
					      const struct entitlement *entitlement,
					      size_t *out_count)
{
	struct declaration key = {.principal = *principal, .entitlement = *entitlement};
	const struct declaration *first = vec_find(&r->declarations, &key, by_grant);
	*out_count = 0;
	for (const struct declaration *s = first; s && by_grant(s, &key) == 0;
	     s = vec_next(&r->declarations, s))
		++*out_count;
	return first;
}
