/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "core/git/history_git.h"
#include "core/git/line_map.h"
#include "core/util/file.h"

#define REVS_FILE ".git-blame-ignore-revs" /* forges and editors look for this name */
#define REVS_MAX ((size_t)16 << 20)
#define COPIES_MAX 64 /* changed files of one commit in which a moved line is looked for */
/* A moved run of lines has at least so many letters and digits, as with git's -C. */
#define COPY_LETTERS 40
#define FILE_MAX ((size_t)64 << 20) /* as large as a manifest may be */

/* ---- commits that are looked through ---- */

struct ignored {
	git_oid id;
	UT_hash_handle hh;
};

struct tracer {
	struct history *h;
	struct arena *arena;
	struct ignored *ignored;
	struct blame *out;
	bool *found;
	struct suspect *suspects; /* not yet judged, in no order */
};

static void ignore_ids(struct tracer *t, const char *text)
{
	for (const char *at = text; *at; at += strcspn(at, "\n"), at += *at == '\n') {
		struct ignored *one, *known;
		git_oid id;
		at += strspn(at, " \t");
		if (strspn(at, "0123456789abcdefABCDEF") != HISTORY_ID - 1 ||
		    git_oid_fromstr(&id, at))
			continue;
		HASH_FIND(hh, t->ignored, &id, sizeof(id), known);
		if (known)
			continue;
		one = arena_zalloc(t->arena, sizeof(*one));
		one->id = id;
		HASH_ADD(hh, t->ignored, id, sizeof(id), one);
	}
}

/* Reads a list of commits to look through: the file at that path of the revision or, if it was
 * configured and is not there, a file on disk. */
static struct error *ignore_file(struct tracer *t, const char *revision, const char *path,
				 bool configured)
{
	struct stored_file_vec files = {0};
	CLEANUP(free) char *text = NULL;
	const char *root = git_repository_workdir(t->h->repository);
	size_t len;
	bool there = false;
	if (*path != '/')
		TRY(history_has(t->h, revision, path, &there));
	if (there) {
		TRY(history_read_files(t->h, t->arena, revision, path, REVS_MAX, &files));
		for (size_t i = 0; i < files.len; i++)
			ignore_ids(t, files.at[i].bytes);
		return NULL;
	}
	if (!configured || (*path != '/' && !root))
		return NULL;
	TRY(file_read(*path == '/' ? path : arena_printf(t->arena, "%s%s", root, path), REVS_MAX,
		      &text, &len));
	ignore_ids(t, text);
	return NULL;
}

struct setting {
	struct arena *arena;
	VEC(, const char *) values;
};

static int on_setting(const git_config_entry *entry, void *context)
{
	struct setting *s = context;
	if (entry->value && *entry->value)
		vec_push(s->arena, &s->values, arena_strdup(s->arena, entry->value));
	else
		s->values.len = 0; /* an empty value takes back the values before it */
	return 0;
}

static struct error *load_ignored(struct tracer *t, const char *revision)
{
	git_config *config = NULL;
	struct setting files = {.arena = t->arena};
	int code = git_repository_config_snapshot(&config, t->h->repository);
	if (code)
		return git_failed(code, "reading the configuration of %s", t->h->path);
	code = git_config_get_multivar_foreach(config, "blame.ignorerevsfile", NULL, on_setting,
					       &files);
	git_config_free(config);
	if (code && code != GIT_ENOTFOUND)
		return git_failed(code, "reading blame.ignoreRevsFile of %s", t->h->path);
	TRY(ignore_file(t, revision, REVS_FILE, false));
	for (size_t i = 0; i < files.values.len; i++)
		TRY(ignore_file(t, revision, files.values.at[i], true));
	return NULL;
}

/* ---- suspects ---- */

/* A line that is traced: its index in `out`, and where it stands in the suspect's file. */
struct sought {
	size_t request;
	uint32_t line;
};
VEC(sought_vec, struct sought);

/* A file of a commit that may have brought some of the traced lines. */
struct suspect {
	git_commit *commit; /* owned */
	const char *path;
	git_blob *blob; /* owned; NULL: not read yet */
	struct sought_vec lines;
	struct suspect *next;
};

static void suspect_done(struct suspect *s)
{
	git_commit_free(s->commit);
	git_blob_free(s->blob);
}

/* Takes over `commit`. */
static struct suspect *suspect_of(struct tracer *t, git_commit *commit, const char *path)
{
	for (struct suspect *s = t->suspects; s; s = s->next) {
		if (!git_oid_equal(git_commit_id(s->commit), git_commit_id(commit)) ||
		    strcmp(s->path, path) != 0)
			continue;
		git_commit_free(commit);
		return s;
	}
	struct suspect *s = arena_zalloc(t->arena, sizeof(*s));
	s->commit = commit;
	s->path = path;
	s->next = t->suspects;
	t->suspects = s;
	return s;
}

/* Takes out the newest suspect, so that a commit is judged after all commits that came from it. */
static struct suspect *take_newest(struct tracer *t)
{
	struct suspect **newest = &t->suspects;
	for (struct suspect **at = &t->suspects; *at; at = &(*at)->next) {
		if (git_commit_time((*at)->commit) > git_commit_time((*newest)->commit))
			newest = at;
	}
	struct suspect *s = *newest;
	*newest = s->next;
	return s;
}

/* A file of a parent that lines are passed on to. */
struct other {
	const git_commit *commit;
	const char *path;
	git_blob *blob;		 /* NULL: not read */
	struct suspect *suspect; /* made when the first line is passed on */
};

static struct error *acquit(struct tracer *t, struct other *to, struct sought line)
{
	git_commit *copy = NULL;
	if (!to->suspect) {
		int code = git_commit_dup(&copy, (git_commit *)(uintptr_t)to->commit);
		if (code)
			return git_failed(code, "reading a commit");
		to->suspect = suspect_of(t, copy, to->path);
		if (to->blob && !to->suspect->blob)
			git_blob_dup(&to->suspect->blob, to->blob);
	}
	vec_push(t->arena, &to->suspect->lines, line);
	return NULL;
}

static struct error *convict(struct tracer *t, const struct suspect *s, bool cut_off)
{
	char id[HISTORY_ID];
	struct commit commit;
	if (s->lines.len == 0)
		return NULL;
	git_oid_tostr(id, sizeof(id), git_commit_id(s->commit));
	TRY(history_read_commit(t->h, t->arena, id, &commit));
	commit.cut_off = cut_off;
	for (size_t i = 0; i < s->lines.len; i++) {
		const struct sought *l = &s->lines.at[i];
		t->out[l->request] = (struct blame){commit, s->path, l->line};
		t->found[l->request] = true;
	}
	return NULL;
}

/* ---- one commit against one parent ---- */

static struct error *blob_at(struct tracer *t, const git_commit *commit, const char *path,
			     git_blob **out)
{
	git_oid id;
	*out = NULL;
	TRY(history_entry_id(commit, path, &id));
	if (git_oid_is_zero(&id))
		return NULL;
	int code = git_blob_lookup(out, t->h->repository, &id);
	return code ? git_failed(code, "reading %s", path) : NULL;
}

/* Compares the trees of two commits, with renames found where `renames` says so. */
static struct error *diff_trees(struct tracer *t, const git_commit *from, const git_commit *to,
				bool renames, git_diff **out)
{
	CLEANUP(git_tree_free) git_tree *old = NULL;
	CLEANUP(git_tree_free) git_tree *new = NULL;
	git_diff_options options = GIT_DIFF_OPTIONS_INIT;
	git_diff_find_options find = GIT_DIFF_FIND_OPTIONS_INIT;
	find.flags = GIT_DIFF_FIND_RENAMES;
	int code = git_commit_tree(&old, from);
	if (!code)
		code = git_commit_tree(&new, to);
	if (!code)
		code = git_diff_tree_to_tree(out, t->h->repository, old, new, &options);
	if (!code && renames)
		code = git_diff_find_similar(*out, &find);
	return code ? git_failed(code, "comparing commits") : NULL;
}

/* Finds the path that the file had in the parent: the same one, or the one that it was renamed
 * from; NULL: neither. */
static struct error *find_origin(struct tracer *t, const struct suspect *s,
				 const git_commit *parent, const char **out)
{
	CLEANUP(git_diff_free) git_diff *diff = NULL;
	git_oid id;
	*out = s->path;
	TRY(history_entry_id(parent, s->path, &id));
	if (!git_oid_is_zero(&id))
		return NULL;
	*out = NULL;
	TRY(diff_trees(t, parent, s->commit, true, &diff));
	for (size_t i = 0; i < git_diff_num_deltas(diff); i++) {
		const git_diff_delta *d = git_diff_get_delta(diff, i);
		if (d->status == GIT_DELTA_RENAMED && !strcmp(d->new_file.path, s->path))
			*out = arena_strdup(t->arena, d->old_file.path);
	}
	return NULL;
}

/* Passes on the lines that the other file has too: that one, or one before it, brought them. */
static struct error *pass_same(struct tracer *t, struct suspect *s, struct other *to,
			       const struct line_map *map)
{
	size_t left = 0;
	for (size_t i = 0; i < s->lines.len; i++) {
		struct sought *l = &s->lines.at[i];
		uint32_t before = line_map_find(map, l->line);
		if (!before)
			s->lines.at[left++] = *l;
		else
			TRY(acquit(t, to, (struct sought){l->request, before}));
	}
	s->lines.len = left;
	return NULL;
}

static bool is_ignored(const struct tracer *t, const git_commit *commit)
{
	struct ignored *found;
	HASH_FIND(hh, t->ignored, git_commit_id(commit), sizeof(git_oid), found);
	return found != NULL;
}

static struct text text_of(const git_blob *blob)
{
	return (struct text){git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob)};
}

static struct error *compare_parent(struct tracer *t, struct suspect *s, const git_commit *parent,
				    struct line_map *map)
{
	CLEANUP(git_blob_free) git_blob *before = NULL;
	const char *origin;
	TRY(find_origin(t, s, parent, &origin));
	if (origin)
		TRY(blob_at(t, parent, origin, &before));
	if (!before)
		return line_map_make(map, (struct text){"", 0}, text_of(s->blob));
	if (!git_oid_equal(git_blob_id(s->blob), git_blob_id(before))) {
		struct text old = text_of(before), new = text_of(s->blob);
		TRY(line_map_make(map, old, new));
		if (is_ignored(t, s->commit))
			line_map_match_words(map, old, new);
	}
	struct other to = {.commit = parent, .path = origin, .blob = before};
	return pass_same(t, s, &to, map);
}

/* ---- lines that moved from another file ---- */

static struct error *copy_from(struct tracer *t, struct suspect *s, const git_commit *parent,
			       const char *path, const struct line_block_vec *blocks)
{
	CLEANUP(git_blob_free) git_blob *before = NULL;
	struct line_map map = {.arena = t->arena};
	TRY(blob_at(t, parent, path, &before));
	if (!before || git_blob_rawsize(before) > (git_object_size_t)FILE_MAX)
		return NULL;
	TRY(line_map_moved(&map, text_of(before), text_of(s->blob), blocks, COPY_LETTERS));
	struct other to = {.commit = parent, .path = path, .blob = before};
	return pass_same(t, s, &to, &map);
}

/* Looks for moved lines in the parent's files that the commit changed or deleted, the file itself
 * among them. */
static struct error *find_copies(struct tracer *t, struct suspect *s, const git_commit *parent,
				 const struct line_map *kept)
{
	CLEANUP(git_diff_free) git_diff *diff = NULL;
	struct line_block_vec blocks = {0};
	for (size_t i = 0; i < s->lines.len; i++)
		line_block_add(t->arena, &blocks, kept, s->lines.at[i].line);
	line_block_choose(&blocks, text_of(s->blob), COPY_LETTERS);
	if (blocks.len == 0)
		return NULL;
	TRY(diff_trees(t, parent, s->commit, false, &diff));
	size_t count = git_diff_num_deltas(diff);
	for (size_t i = 0; i < count && i < COPIES_MAX && s->lines.len; i++) {
		const git_diff_delta *d = git_diff_get_delta(diff, i);
		if (d->status == GIT_DELTA_ADDED || d->old_file.mode == GIT_FILEMODE_COMMIT)
			continue;
		TRY(copy_from(t, s, parent, arena_strdup(t->arena, d->old_file.path), &blocks));
	}
	return NULL;
}

/* ---- the walk ---- */

/* Compares the suspect with its file in each parent first, and then looks for lines that moved
 * there from other files. */
static struct error *compare_all(struct tracer *t, struct suspect *s, bool *cut_off)
{
	unsigned count = git_commit_parentcount(s->commit);
	struct line_map *kept = arena_zalloc(t->arena, (count + 1) * sizeof(*kept));
	if (!s->blob)
		TRY(blob_at(t, s->commit, s->path, &s->blob));
	for (unsigned step = 0; step < 2 * count && s->lines.len && s->blob; step++) {
		CLEANUP(git_commit_free) git_commit *parent = NULL;
		unsigned i = step < count ? step : step - count;
		int code = git_commit_parent(&parent, s->commit, i);
		kept[i].arena = t->arena;
		if (history_is_cut_off(t->h, code))
			*cut_off = true;
		else if (code)
			return git_failed(code, "reading a parent");
		else if (step < count)
			TRY(compare_parent(t, s, parent, &kept[i]));
		else
			TRY(find_copies(t, s, parent, &kept[i]));
	}
	return NULL;
}

static struct error *judge(struct tracer *t, struct suspect *s)
{
	bool cut_off = false;
	TRY(compare_all(t, s, &cut_off));
	return convict(t, s, cut_off);
}

static struct error *walk(struct tracer *t)
{
	while (t->suspects) {
		struct suspect *s = take_newest(t);
		struct error *error = judge(t, s);
		suspect_done(s);
		if (error)
			return error;
	}
	return NULL;
}

static struct error *begin(struct tracer *t, git_commit *commit, const char *path,
			   const char *bytes, size_t len, const uint32_t *lines, size_t count)
{
	CLEANUP(git_blob_free) git_blob *blob = NULL;
	struct line_map map = {.arena = t->arena};
	TRY(blob_at(t, commit, path, &blob));
	struct other to = {.commit = commit, .path = path, .blob = blob};
	uint32_t have = bytes ? text_lines((struct text){bytes, len}) : text_lines(text_of(blob));
	if (bytes)
		TRY(line_map_make(&map, text_of(blob), (struct text){bytes, len}));
	for (size_t i = 0; i < count; i++) {
		uint32_t line = line_map_find(&map, lines[i]);
		t->found[i] = false;
		if (lines[i] == 0 || lines[i] > have)
			return error_new(ERROR_INPUT, "there is no line %u", lines[i]);
		if (line)
			TRY(acquit(t, &to, (struct sought){i, line}));
	}
	return NULL;
}

struct error *history_blame_lines(struct history *h, struct arena *a, const char *revision,
				  const char *path, const char *bytes, size_t len,
				  const uint32_t *lines, size_t count, struct blame *out,
				  bool *out_found)
{
	CLEANUP(git_commit_free) git_commit *commit = NULL;
	struct tracer t = {.h = h, .arena = a, .out = out, .found = out_found};
	bool there;
	TRY(history_find_commit(h, revision, &commit));
	TRY(history_has(h, revision, path, &there));
	if (!there)
		return error_new(ERROR_INPUT, "revision %.200s has no \"%.200s\"", revision, path);
	struct error *error = load_ignored(&t, revision);
	if (!error)
		error = begin(&t, commit, arena_strdup(a, path), bytes, len, lines, count);
	if (!error)
		error = walk(&t);
	for (struct suspect *s = t.suspects; s; s = s->next)
		suspect_done(s);
	HASH_CLEAR(hh, t.ignored);
	return error;
}
