/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/manifest.h"

#include <string.h>
#include <sys/stat.h>

#include "core/git/ignore.h"
#include "core/git/revision_path.h"
#include "core/language/foreign.h"
#include "core/language/parallel_parse.h"
#include "core/util/file.h"
#include "core/util/manifest_walk.h"

struct load {
	const struct manifest_reader *reader;
	struct arena scratch;
	struct piece_input_vec inputs;
	char *standard; /* input, as it was read; malloc()ed */
};

/* An error about one file is a finding like any other. */
static void report_error(const struct manifest_reader *reader, const char *file, const char *id,
			 struct error *error)
{
	report_add(reader->report, SEVERITY_ERROR, id, (struct location){file, 1, 1}, 0, NULL, "%s",
		   error->message);
	error_free(error);
}

static void add_text(struct load *l, const char *file, const char *text, size_t len)
{
	vec_push(&l->scratch, &l->inputs,
		 (struct piece_input){.file = file, .text = text, .len = len});
}

/* By the sizes that the walk saw: a set that is too large is refused before any of it is read. */
static bool fits(const struct load *l, const struct found_file_vec *files)
{
	size_t total = 0;
	for (size_t i = 0; i < files->len; i++) {
		const struct found_file *f = &files->at[i];
		if (!f->path || f->kind != FOUND_REGULAR || f->size > MANIFEST_FILE_MAX)
			continue;
		total += f->size;
		if (total > MANIFEST_RUN_MAX) {
			report_add(l->reader->report, SEVERITY_ERROR, "E0104",
				   (struct location){f->path, 1, 1}, 0, "at most 2 GiB in a run",
				   "too many bytes of manifests");
			return false;
		}
	}
	return true;
}

static void refuse(const struct manifest_reader *reader, const struct found_file *file)
{
	report_add(reader->report, SEVERITY_ERROR, "E0102", (struct location){file->path, 1, 1}, 0,
		   "manifests are regular files; nothing is followed", "%s", file->what);
}

static const char other_case[] = "its ending is not in lower case";

static void leave_out(const struct manifest_reader *reader, const char *file, const char *why)
{
	if (reader->left_out)
		vec_push(reader->arena, reader->left_out, (struct left_out){file, why});
}

/* Walks one PATH, past what git ignores. */
static struct error *walk(const struct manifest_reader *reader, struct file_roots *roots,
			  const char *path, struct found_file_vec *out)
{
	CLEANUP(ignore_close)
	struct ignore *ignore =
		!reader->strict && file_is_folder(path) ? ignore_open(reader->arena, path) : NULL;
	roots->skips = ignore ? ignore_has : NULL;
	roots->context = ignore;
	struct error *error = manifest_walk(roots, reader->arena, path, out);
	roots->skips = NULL;
	return error;
}

static void add_file(struct load *l, const struct found_file *file)
{
	if (file->kind == FOUND_REFUSED)
		refuse(l->reader, file);
	else if (file->kind == FOUND_OTHER_CASE)
		leave_out(l->reader, file->path, other_case);
	else
		vec_push(&l->scratch, &l->inputs,
			 (struct piece_input){.file = file->path,
					      .below = file->below,
					      .found = file,
					      .maybe = file->below && !l->reader->strict});
}

static int by_identity(const void *a, const void *b)
{
	const struct found_file *const *x = a, *const *y = b;
	if ((*x)->device != (*y)->device)
		return (*x)->device < (*y)->device ? -1 : 1;
	if ((*x)->inode != (*y)->inode)
		return (*x)->inode < (*y)->inode ? -1 : 1;
	return (*x < *y) ? -1 : *x > *y;
}

/* Marks what was reached before by another PATH: `below` and `path` become NULL. */
static void drop_repeats(struct arena *a, struct found_file_vec *files)
{
	VEC(, struct found_file *) sorted = {0};
	for (size_t i = 0; i < files->len; i++)
		vec_push(a, &sorted, &files->at[i]);
	vec_sort(&sorted, by_identity);
	for (size_t i = 1, kept = 0; i < sorted.len; i++) {
		if (sorted.at[i]->device == sorted.at[kept]->device &&
		    sorted.at[i]->inode == sorted.at[kept]->inode)
			sorted.at[i]->path = NULL;
		else
			kept = i;
	}
}

static struct error *load_stdin(struct load *l)
{
	size_t len;
	TRY(file_read_stream(stdin, "-", MANIFEST_FILE_MAX, &l->standard, &len));
	add_text(l, "-", l->standard, len);
	return NULL;
}

/* The part of a path up to the folder that has the file, with the slash; 0: it is at the root. */
static size_t folder_length(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? (size_t)(slash - path) + 1 : 0;
}

/* Where snapshots are kept beside their manifests, both are below one PATH. */
static void drop_snapshots(struct arena *a, struct stored_file_vec *files)
{
	VEC(, const char *) inside = {0};
	for (size_t i = 0; i < files->len; i++) {
		const struct stored_file *f = &files->at[i];
		if (folder_length(f->path) && foreign_is_snapshot(f->bytes, f->len))
			vec_push(a, &inside, f->path);
	}
	size_t kept = 0;
	for (size_t i = 0; i < files->len; i++) {
		bool dropped = false;
		for (size_t k = 0; k < inside.len && !dropped; k++)
			dropped = !strncmp(files->at[i].path, inside.at[k],
					   folder_length(inside.at[k]));
		if (!dropped)
			files->at[kept++] = files->at[i];
	}
	files->len = kept;
}

static struct error *load_revision(struct load *l, const char *text)
{
	struct revision_path at;
	struct stored_file_vec files = {0};
	TRY(revision_path_find(&l->scratch, text, l->reader->repository, &at));
	TRY(revision_path_read(&at, &l->scratch, MANIFEST_FILE_MAX, &files));
	if (l->reader->past)
		drop_snapshots(&l->scratch, &files);
	for (size_t i = 0; i < files.len; i++) {
		const struct stored_file *f = &files.at[i];
		const char *name = revision_path_name(&l->scratch, &at, f, files.len);
		add_text(l, intern(l->reader->strings, name), f->bytes, f->len);
		struct piece_input *input = &l->inputs.at[l->inputs.len - 1];
		input->maybe = !l->reader->strict && strcmp(name, text) != 0;
		input->below = strcmp(name, text) != 0 ? f->path : NULL;
	}
	return NULL;
}

static struct error *load_revisions(struct load *l, const char *const *paths, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (revision_path_is(paths[i]))
			TRY(load_revision(l, paths[i]));
	}
	return NULL;
}

/* A file with two names is one file. */
static struct error *check_apart(const char *apart, const struct found_file_vec *files)
{
	struct stat st;
	if (!apart || stat(apart, &st) || !S_ISREG(st.st_mode))
		return NULL;
	for (size_t i = 0; i < files->len; i++) {
		const struct found_file *f = &files->at[i];
		if (f->path && f->device == st.st_dev && f->inode == st.st_ino)
			return error_new(ERROR_USAGE,
					 "--live \"%.64s\" is the same file as the manifest "
					 "\"%.64s\"; keep live apart from manifests",
					 apart, f->path);
	}
	return NULL;
}

static struct error *load_paths(struct load *l, struct file_roots *roots, const char *const *paths,
				size_t count, struct found_file_vec *files)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(paths[i], "-") != 0 && !revision_path_is(paths[i]))
			TRY(walk(l->reader, roots, paths[i], files));
	}
	drop_repeats(&l->scratch, files);
	TRY(check_apart(l->reader->apart, files));
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(paths[i], "-"))
			TRY(load_stdin(l));
	}
	if (!fits(l, files))
		return NULL;
	for (size_t i = 0; i < files->len; i++) {
		if (files->at[i].path)
			add_file(l, &files->at[i]);
	}
	return load_revisions(l, paths, count);
}

/* What stands at the place that the user named, and not somewhere else. */
static struct error *check_writable(const char *path)
{
	struct stat status;
	if (!strcmp(path, "-"))
		return error_new(ERROR_INPUT, "standard input cannot be written back");
	if (revision_path_is(path))
		return error_new(ERROR_INPUT, "\"%s\": a revision cannot be changed", path);
	if (lstat(path, &status) == 0 && S_ISLNK(status.st_mode))
		return error_new(ERROR_INPUT, "\"%s\" is a link; name what it points to", path);
	return NULL;
}

static void keep_file(const struct manifest_reader *reader, const struct found_file *file,
		      struct stored_file_vec *out)
{
	char *bytes;
	size_t len;
	struct error *error = manifest_walk_read(file, MANIFEST_FILE_MAX, &bytes, &len);
	if (error) {
		report_error(reader, file->path, error->code == ERROR_INPUT ? "E0103" : "E0101",
			     error);
		return;
	}
	enum foreign judged = file->below ? foreign_judge(bytes, len) : FOREIGN_NOT;
	if (judged == FOREIGN_OTHER)
		leave_out(reader, file->path, foreign_other);
	else if (judged != FOREIGN_BLANK)
		vec_push(reader->arena, out,
			 (struct stored_file){.path = intern(reader->strings, file->path),
					      .bytes = arena_strndup(reader->arena, bytes, len),
					      .len = len});
	free(bytes);
}

static struct error *keep_files(struct load *l, struct file_roots *roots, const char *const *paths,
				size_t count, struct stored_file_vec *out)
{
	struct found_file_vec files = {0};
	for (size_t i = 0; i < count; i++) {
		TRY(check_writable(paths[i]));
		TRY(walk(l->reader, roots, paths[i], &files));
	}
	drop_repeats(&l->scratch, &files);
	if (!fits(l, &files))
		return NULL;
	for (size_t i = 0; i < files.len; i++) {
		const struct found_file *f = &files.at[i];
		if (f->path && f->kind == FOUND_REFUSED)
			refuse(l->reader, f);
		else if (f->path && f->kind == FOUND_OTHER_CASE)
			leave_out(l->reader, f->path, other_case);
		else if (f->path)
			keep_file(l->reader, f, out);
	}
	return NULL;
}

struct error *manifest_read_files(const struct manifest_reader *reader, const char *const *paths,
				  size_t count, struct stored_file_vec *out)
{
	struct file_roots roots = {0};
	struct load l = {.reader = reader};
	struct error *error = keep_files(&l, &roots, paths, count, out);
	file_roots_done(&roots);
	arena_done(&l.scratch);
	return error;
}

void manifest_parse(const struct manifest_reader *reader, const char *place,
		    const struct stored_file_vec *files, struct model *out)
{
	struct load l = {.reader = reader};
	for (size_t i = 0; i < files->len; i++) {
		const struct stored_file *f = &files->at[i];
		const char *file =
			place ? arena_printf(&l.scratch, "%s/%s", place, f->path) : f->path;
		add_text(&l, intern(reader->strings, file), f->bytes, f->len);
	}
	parallel_parse(reader, &l.inputs, NULL, out);
	arena_done(&l.scratch);
}

struct error *manifest_load(const struct manifest_reader *reader, const char *const *paths,
			    size_t count, struct model *out, unsigned char digest[SHA256_SIZE])
{
	struct found_file_vec files = {0};
	struct file_roots roots = {0};
	struct load l = {.reader = reader};
	struct sha256 *sum = digest ? sha256_new() : NULL;
	struct error *error = load_paths(&l, &roots, paths, count, &files);
	parallel_parse(reader, &l.inputs, sum, out);
	file_roots_done(&roots);
	arena_done(&l.scratch);
	free(l.standard);
	if (sum)
		sha256_end(sum, digest);
	return error;
}
