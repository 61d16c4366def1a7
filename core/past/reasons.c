#include "core/past/reasons.h"

#include <string.h>

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

static bool is_commit(const char *text)
{
	return strlen(text) == HISTORY_ID - 1 && strspn(text, "0123456789abcdef") == HISTORY_ID - 1;
}

/* The commit that a run's trailer names. ERROR_INPUT: it names none. */
static struct error *find_commit(const struct reasons_source *s, struct arena *a, const char **out)
{
	struct commit commit;
	const struct moment *run = find_run(s->timeline, s->moment);
	if (!run)
		return error_new(ERROR_INPUT, "no run is on record by then");
	TRY(history_read_commit(s->history, a, run->id, &commit));
	const char *named = commit_trailer(&commit, "Writ-Manifests");
	if (!named)
		return error_new(ERROR_INPUT, "commit %.12s names no manifests", run->id);
	if (!is_commit(named))
		return error_new(ERROR_INPUT,
				 "the manifests of run %s were in no commit as they were read",
				 run->run);
	*out = named;
	return NULL;
}

/* Files are called "COMMIT:PATH". */
static void shorten(struct location *at)
{
	if (at->file && strlen(at->file) >= HISTORY_ID && at->file[HISTORY_ID - 1] == ':')
		at->file += HISTORY_ID;
}

static struct error *load(const struct reasons_source *s, struct arena *a, const char *commit,
			  struct reasons *out)
{
	CLEANUP(history_close) struct history *h = NULL;
	const char *root, *below;
	char id[HISTORY_ID];
	struct model *model = arena_zalloc(a, sizeof(*model));
	struct model_index index = {0};
	TRY(history_find(a, s->manifests, &root, &below));
	if (!root)
		return error_new(ERROR_INPUT, "\"%s\" is in no git repository", s->manifests);
	TRY(history_open(root, &h));
	TRY(history_resolve(h, commit, id));
	TRY(stored_load_model(arena_printf(a, "%s:%s", commit, below), root, s->strings, a, model));
	model_index(model, a, &index);
	saying_collect(model, &index, a, s->today, &out->sayings);
	for (size_t i = 0; i < out->sayings.len; i++) {
		shorten(&out->sayings.at[i].at);
		shorten(&out->sayings.at[i].bundle_at);
	}
	return NULL;
}

void reasons_load(const struct reasons_source *source, struct arena *a, struct reasons *out)
{
	const char *commit = NULL;
	*out = (struct reasons){0};
	struct error *error = find_commit(source, a, &commit);
	if (!error)
		error = load(source, a, commit, out);
	if (error && commit)
		error = error_wrap(error, "the manifests of commit %.12s (--manifests tells where)",
				   commit);
	if (!error) {
		out->commit = commit;
		return;
	}
	out->unknown = error->cause
			       ? arena_printf(a, "%s: %s", error->message, error->cause->message)
			       : arena_strdup(a, error->message);
	error_free(error);
}

static int by_grant(const void *a, const void *b)
{
	const struct saying *x = a, *y = b;
	int order = principal_compare(&x->principal, &y->principal);
	return order ? order : entitlement_compare(&x->entitlement, &y->entitlement);
}

const struct saying *reasons_find(const struct reasons *r, const struct principal *principal,
				  const struct entitlement *entitlement, size_t *out_count)
{
	struct saying key = {.principal = *principal, .entitlement = *entitlement};
	const struct saying *first = vec_find(&r->sayings, &key, by_grant);
	*out_count = 0;
	for (const struct saying *s = first; s && by_grant(s, &key) == 0;
	     s = vec_next(&r->sayings, s))
		++*out_count;
	return first;
}
