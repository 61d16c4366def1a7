/* SPDX-License-Identifier: Apache-2.0 */
#include "core/past/line_origin.h"

#include <string.h>

#include "core/git/revision_path.h"
#include "core/util/file.h"

#define FILE_MAX ((size_t)64 << 20) /* as large as a manifest may be */

struct finder {
	struct arena *arena;
	struct history *history; /* of `root` */
	const char *root;
	const struct signers *signers; /* NULL */
	struct merge_index *merges;    /* of `indexed`; NULL: not yet */
	const char *indexed;
	int64_t since; /* from when on */
};

static int by_place(const void *a, const void *b)
{
	const struct line_origin_request *x = a, *y = b;
	int order = strcmp(x->revision ? x->revision : "", y->revision ? y->revision : "");
	return order ? order : location_compare(x->at, y->at);
}

static bool is_same_file(const struct line_origin_request *a, const struct line_origin_request *b)
{
	return !strcmp(a->at.file, b->at.file) && a->revision == b->revision && a->root == b->root;
}

static struct error *open_root(struct finder *f, const char *root)
{
	if (f->root && !strcmp(f->root, root))
		return NULL;
	history_merges_free(f->merges);
	f->merges = NULL;
	history_close(f->history);
	f->history = NULL;
	f->root = NULL;
	TRY(history_open(root, &f->history));
	f->root = root;
	return NULL;
}

/* Finds the repository, revision and path that a location's file stands for. *revision is NULL when
 * there is none. */
static struct error *locate(struct finder *f, const struct line_origin_request *request,
			    const char **revision, const char **below, bool *stored)
{
	const char *root, *here, *file = request->at.file;
	char tip[HISTORY_ID];
	struct revision_path at;
	*revision = request->revision;
	*below = file;
	*stored = true;
	if (request->revision)
		return open_root(f, request->root);
	*stored = revision_path_is(file);
	if (!*stored && access(file, F_OK) != 0)
		return NULL; /* standard input */
	if (*stored) {
		TRY(revision_path_find(f->arena, file, NULL, &at));
		*revision = at.root ? at.revision : NULL;
		*below = at.below;
		return at.root ? open_root(f, at.root) : NULL;
	}
	TRY(history_find(f->arena, file, &root, &here));
	if (!root)
		return NULL;
	TRY(open_root(f, root));
	*below = here;
	TRY(history_tip(f->history, NULL, tip));
	*revision = arena_strdup(f->arena, tip);
	return NULL;
}

/* A signature that does not hold vouches for nothing; one that cannot be checked is an error. */
static struct error *check_merge(struct finder *f, const struct commit *merge, bool *out)
{
	struct signed_data data = {.name = SIGNATURE_GIT, .when = merge->commit_time};
	const char *signature = NULL, *text = NULL, *by;
	*out = false;
	if (!f->signers)
		return NULL;
	TRY(history_read_signature(f->history, f->arena, merge->id, &signature, &text));
	if (!signature)
		return NULL;
	data.at = text;
	data.len = strlen(text);
	struct error *error =
		signature_check(f->signers, signature, strlen(signature), &data, f->arena, &by);
	*out = !error;
	if (error && error->code != ERROR_INPUT && error->code != ERROR_DENIED)
		return error;
	error_free(error);
	return NULL;
}

static struct error *find_merge(struct finder *f, const char *revision, struct line_origin *o)
{
	if (f->merges && strcmp(f->indexed, revision) != 0) {
		history_merges_free(f->merges);
		f->merges = NULL;
	}
	if (!f->merges)
		TRY(history_index_merges(f->history, revision, f->since, &f->merges));
	f->indexed = revision;
	TRY(history_find_merge(f->merges, f->arena, o->commit.id, &o->merge, &o->merged));
	if (!o->merged)
		o->merge = (struct commit){0};
	return NULL;
}

/* Finds the oldest commit among the blames, since only later merges matter. The index of merges
 * is made anew when the one at hand does not go back that far. */
static void find_oldest(struct finder *f, const struct blame *blames, const bool *found,
			size_t count)
{
	int64_t oldest = INT64_MAX;
	for (size_t i = 0; i < count; i++) {
		if (found[i] && blames[i].commit.commit_time < oldest)
			oldest = blames[i].commit.commit_time;
	}
	if (!f->merges || oldest < f->since) {
		history_merges_free(f->merges);
		f->merges = NULL;
		f->since = oldest;
	}
}

/* All requests of one file. */
static struct error *trace_file(struct finder *f, struct line_origin_request *requests,
				size_t count)
{
	CLEANUP(free) char *bytes = NULL;
	const char *revision, *below = NULL;
	size_t len = 0;
	bool stored, there;
	TRY(locate(f, &requests[0], &revision, &below, &stored));
	if (!revision)
		return NULL;
	for (size_t i = 0; i < count; i++)
		requests[i].out->state = LINE_ORIGIN_NEW;
	if (!*revision)
		return NULL; /* no commit yet */
	TRY(history_has(f->history, revision, below, &there));
	if (!there)
		return NULL;
	if (!stored)
		TRY(file_read(requests[0].at.file, FILE_MAX, &bytes, &len));
	uint32_t *lines = arena_alloc(f->arena, count * sizeof(*lines));
	struct blame *blames = arena_zalloc(f->arena, count * sizeof(*blames));
	bool *found = arena_zalloc(f->arena, count * sizeof(*found));
	for (size_t i = 0; i < count; i++)
		lines[i] = requests[i].at.line;
	TRY(history_blame_lines(f->history, f->arena, revision, below, bytes, len, lines, count,
				blames, found));
	find_oldest(f, blames, found, count);
	for (size_t i = 0; i < count; i++) {
		struct line_origin *o = requests[i].out;
		if (!found[i])
			continue;
		bool elsewhere = blames[i].commit.cut_off;
		*o = (struct line_origin){.state = elsewhere ? LINE_ORIGIN_ELSEWHERE
							     : LINE_ORIGIN_KNOWN,
					  .commit = blames[i].commit};
		if (!elsewhere)
			TRY(find_merge(f, revision, o));
		if (o->merged)
			TRY(check_merge(f, &o->merge, &o->vouched));
	}
	return NULL;
}

/* Origins that a repository should have and lacks are elsewhere; a repository that cannot be
 * used says nothing. */
static void forget(struct line_origin_request *requests, size_t count, const struct error *error)
{
	bool usable = error->code != ERROR_INPUT;
	for (size_t i = 0; i < count; i++)
		*requests[i].out = (struct line_origin){.state = usable ? LINE_ORIGIN_ELSEWHERE
									: LINE_ORIGIN_UNKNOWN};
}

void line_origin_find(struct arena *a, struct line_origin_request_vec *requests,
		      const struct signers *signers, const char **why)
{
	struct finder f = {.arena = a, .signers = signers};
	vec_sort(requests, by_place);
	for (size_t i = 0, end; i < requests->len; i = end) {
		for (end = i + 1;
		     end < requests->len && is_same_file(&requests->at[i], &requests->at[end]);
		     end++)
			;
		struct error *error = trace_file(&f, requests->at + i, end - i);
		if (!error)
			continue;
		forget(requests->at + i, end - i, error);
		*why = error_text(a, error);
		error_free(error);
	}
	history_merges_free(f.merges);
	history_close(f.history);
}

struct error *line_origin_of_commit(struct history *h, struct arena *a, const char *revision,
				    const struct commit *commit, const struct signers *signers,
				    struct line_origin *out)
{
	struct finder f = {
		.arena = a, .history = h, .signers = signers, .since = commit->commit_time};
	*out = (struct line_origin){.state = LINE_ORIGIN_KNOWN, .commit = *commit};
	struct error *error = find_merge(&f, revision, out);
	if (!error && out->merged)
		error = check_merge(&f, &out->merge, &out->vouched);
	history_merges_free(f.merges);
	return error;
}
