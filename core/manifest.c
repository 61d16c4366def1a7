#include "core/manifest.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>

#include "core/history.h"
#include "core/schema.h"
#include "core/util/file.h"
#include "core/yaml.h"

#define GROUP_BYTES ((size_t)64 << 20)	/* text held in memory at a time */
#define PIECE_BYTES ((size_t)512 << 10) /* enough work to be worth a thread's attention */
#define THREADS_MAX 64

struct text {
	const char *file;
	char *bytes;
	size_t len;
};
VEC(text_list, struct text);

/* Some documents of one file, and what became of them. */
struct piece {
	struct yaml_source source;
	struct model model;
	struct report report;
};
VEC(piece_vec, struct piece);

struct loader {
	const struct manifest_reader *reader;
	struct piece_vec pieces;
	atomic_size_t next;
};

struct worker {
	struct loader *loader;
	struct arena arena; /* what its documents hold, and its findings */
	struct arena lists; /* of its pieces' models, until they are joined */
	pthread_t thread;
};

static void decode(void *context, const struct node *root)
{
	schema_decode(context, root);
}

static void *work(void *argument)
{
	struct worker *w = argument;
	struct loader *l = w->loader;
	for (size_t i; (i = atomic_fetch_add(&l->next, 1)) < l->pieces.len;) {
		struct piece *p = &l->pieces.at[i];
		p->report.arena = &w->arena;
		struct decoder d = {.strings = l->reader->strings,
				    .arena = &w->arena,
				    .lists = &w->lists,
				    .report = &p->report,
				    .file = p->source.file,
				    .model = &p->model};
		yaml_read(&p->source, &p->report, decode, &d);
	}
	return NULL;
}

static size_t thread_count(size_t pieces)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	size_t count = cores < 1 ? 1 : (size_t)cores;
	count = count > THREADS_MAX ? THREADS_MAX : count;
	return count > pieces ? pieces : count;
}

#define APPEND(arena, to, from)                                                                    \
	do {                                                                                       \
		if ((from)->len) {                                                                 \
			vec_reserve(arena, to, (to)->len + (from)->len);                           \
			memcpy((to)->at + (to)->len, (from)->at,                                   \
			       (from)->len * sizeof(*(from)->at));                                 \
			(to)->len += (from)->len;                                                  \
		}                                                                                  \
	} while (0)

static void join(struct arena *a, struct model *to, const struct model *from)
{
	APPEND(a, &to->organizations, &from->organizations);
	APPEND(a, &to->bundles, &from->bundles);
	APPEND(a, &to->accounts, &from->accounts);
	APPEND(a, &to->roles, &from->roles);
	APPEND(a, &to->products, &from->products);
}

/* Parses the pieces on all cores; this thread is one of the workers. Returns how many there were. */
static size_t run_workers(struct loader *l, struct worker *workers)
{
	bool started[THREADS_MAX] = {0};
	size_t count = thread_count(l->pieces.len);
	atomic_store(&l->next, 0);
	for (size_t i = 0; i < count; i++)
		workers[i].loader = l;
	for (size_t i = 1; i < count; i++)
		started[i] = !pthread_create(&workers[i].thread, NULL, work, &workers[i]);
	if (count)
		work(&workers[0]);
	for (size_t i = 1; i < count; i++) {
		if (started[i])
			pthread_join(workers[i].thread, NULL);
	}
	return count;
}

/* Puts together what the workers read, in the order of the pieces. */
/* Room for what all pieces hold, so that the lists are not moved piece by piece. */
static void make_room(struct loader *l, struct model *to)
{
	size_t accounts = to->accounts.len, roles = to->roles.len, products = to->products.len;
	for (size_t i = 0; i < l->pieces.len; i++) {
		accounts += l->pieces.at[i].model.accounts.len;
		roles += l->pieces.at[i].model.roles.len;
		products += l->pieces.at[i].model.products.len;
	}
	vec_reserve(l->reader->arena, &to->accounts, accounts);
	vec_reserve(l->reader->arena, &to->roles, roles);
	vec_reserve(l->reader->arena, &to->products, products);
}

static void collect(struct loader *l, struct worker *workers, size_t count, struct model *out)
{
	make_room(l, out);
	for (size_t i = 0; i < l->pieces.len; i++) {
		join(l->reader->arena, out, &l->pieces.at[i].model);
		report_join(l->reader->report, &l->pieces.at[i].report);
	}
	for (size_t i = 0; i < count; i++) {
		arena_join(l->reader->arena, &workers[i].arena);
		arena_done(&workers[i].lists);
	}
}

static uint32_t count_lines(const char *text, size_t len)
{
	uint32_t lines = 0;
	for (const char *at = text, *end = text + len; (at = memchr(at, '\n', (size_t)(end - at)));
	     at++)
		lines++;
	return lines;
}

static bool is_json(const char *file)
{
	size_t len = strlen(file);
	return len >= 5 && !strcmp(file + len - 5, ".json");
}

/* Cuts a file where documents begin; JSON is one document. */
static void cut(struct loader *l, struct arena *a, const struct text *t)
{
	uint32_t line = 1;
	bool json = is_json(t->file);
	for (size_t at = 0; at < t->len;) {
		size_t end = t->len;
		if (!json && t->len - at > PIECE_BYTES) {
			const char *newline = memchr(t->bytes + at + PIECE_BYTES, '\n',
						     t->len - at - PIECE_BYTES);
			size_t from = newline ? (size_t)(newline - t->bytes) + 1 : t->len;
			end = from < t->len ? yaml_next_document(t->bytes, t->len, from) : t->len;
		}
		vec_push(a, &l->pieces,
			 (struct piece){.source = {t->file, t->bytes + at, end - at, line, json}});
		line += count_lines(t->bytes + at, end - at);
		at = end;
	}
}

static void parse_group(const struct manifest_reader *reader, struct text_list *texts,
			struct model *out)
{
	ARENA a = {0};
	struct loader l = {.reader = reader};
	struct worker workers[THREADS_MAX] = {0};
	for (size_t i = 0; i < texts->len; i++) {
		const struct text *t = &texts->at[i];
		if (yaml_check_start(t->file, t->bytes, t->len, reader->report))
			cut(&l, &a, t);
	}
	size_t count = run_workers(&l, workers);
	for (size_t i = 0; i < texts->len; i++)
		free(texts->at[i].bytes);
	texts->len = 0;
	collect(&l, workers, count, out);
}

struct load {
	const struct manifest_reader *reader;
	struct model *out;
	struct sha256 *digest;
	struct arena scratch;
	struct text_list texts;
	size_t group, total;
};

/* An error about one file is a finding like any other. */
static void report_error(const struct manifest_reader *reader, const char *file, const char *id,
			 struct error *error)
{
	report_add(reader->report, SEVERITY_ERROR, id, (struct location){file, 1, 1}, 0, NULL, "%s",
		   error->message);
	error_free(error);
}

static void add_text(struct load *l, const char *file, char *bytes, size_t len)
{
	sha256_add_text(l->digest, file);
	sha256_add(l->digest, &len, sizeof(len));
	sha256_add(l->digest, bytes, len);
	vec_push(&l->scratch, &l->texts, (struct text){file, bytes, len});
	l->group += len;
	l->total += len;
	if (l->group >= GROUP_BYTES) {
		parse_group(l->reader, &l->texts, l->out);
		l->group = 0;
	}
}

static bool is_within_run(const struct load *l, const char *file, size_t total)
{
	if (total <= MANIFEST_RUN_MAX)
		return true;
	report_add(l->reader->report, SEVERITY_ERROR, "E0104", (struct location){file, 1, 1}, 0,
		   "at most 2 GiB in a run", "too many bytes of manifests");
	return false;
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
		if (!is_within_run(l, f->path, total))
			return false;
	}
	return true;
}

static void note_id(const struct manifest_reader *reader, const char *path, const char *bytes,
		    size_t len)
{
	char id[BLOB_ID];
	blob_id(bytes, len, id);
	vec_push(reader->arena, reader->read,
		 (struct stored_file){.path = path, .id = arena_strdup(reader->arena, id)});
}

static void load_file(struct load *l, const struct found_file *file)
{
	const struct manifest_reader *reader = l->reader;
	struct location at = {file->path, 1, 1};
	char *bytes;
	size_t len;
	if (file->kind == FOUND_REFUSED) {
		report_add(reader->report, SEVERITY_ERROR, "E0102", at, 0,
			   "manifests are regular files; nothing is followed", "%s", file->what);
		return;
	}
	struct error *error = file_read_found(file, MANIFEST_FILE_MAX, &bytes, &len);
	if (error) {
		report_error(reader, file->path, error->code == ERROR_INPUT ? "E0103" : "E0101",
			     error);
		return;
	}
	if (!is_within_run(l, file->path, l->total + len)) {
		free(bytes);
		return;
	}
	if (reader->read)
		note_id(reader, file->path, bytes, len);
	add_text(l, file->path, bytes, len);
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
	char *bytes;
	size_t len;
	TRY(file_read_stream(stdin, "-", MANIFEST_FILE_MAX, &bytes, &len));
	add_text(l, "-", bytes, len);
	return NULL;
}

bool manifest_is_revision(struct arena *a, const char *path, const char **out_revision,
			  const char **out_below)
{
	return access(path, F_OK) && errno == ENOENT &&
	       history_split(a, path, out_revision, out_below);
}

/* PATH counts from the root of the repository; "./" at its front: from the current folder. */
static const char *path_in_repository(struct arena *a, const char *path, const char *here)
{
	if (strncmp(path, "./", 2) != 0 && strcmp(path, ".") != 0)
		return path;
	path += path[1] ? 2 : 1;
	return arena_printf(a, "%s%s%s", here, *here && *path ? "/" : "", path);
}

static struct error *load_revision(struct load *l, const char *revision, const char *path)
{
	const char *root, *here;
	CLEANUP(history_close) struct history *h = NULL;
	struct stored_file_vec files = {0};
	if (l->reader->repository) {
		root = l->reader->repository;
		here = "";
	} else {
		TRY(history_find(&l->scratch, ".", &root, &here));
	}
	if (!root)
		return error_new(ERROR_INPUT, "\"%s:%s\": this folder is in no git repository",
				 revision, path);
	TRY(history_open(root, &h));
	path = path_in_repository(&l->scratch, path, here);
	TRY(history_read_files(h, &l->scratch, revision, path, MANIFEST_FILE_MAX, &files));
	for (size_t i = 0; i < files.len; i++) {
		const struct stored_file *f = &files.at[i];
		size_t len = strlen(path), name = strlen(f->path);
		bool is_path = len >= name && !strcmp(path + len - name, f->path) && files.len == 1;
		const char *file =
			arena_printf(&l->scratch, "%s:%s%s%s", revision, path,
				     *path && !is_path ? "/" : "", is_path ? "" : f->path);
		add_text(l, intern(l->reader->strings, file), xmemdup(f->bytes, f->len + 1),
			 f->len);
	}
	return NULL;
}

static struct error *load_revisions(struct load *l, char *const *paths, size_t count)
{
	const char *revision, *below;
	for (size_t i = 0; i < count; i++) {
		if (manifest_is_revision(&l->scratch, paths[i], &revision, &below))
			TRY(load_revision(l, revision, below));
	}
	return NULL;
}

static struct error *load_paths(struct load *l, struct file_roots *roots, char *const *paths,
				size_t count)
{
	struct found_file_vec files = {0};
	const char *revision, *below;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(paths[i], "-") != 0 &&
		    !manifest_is_revision(&l->scratch, paths[i], &revision, &below))
			TRY(file_walk(roots, l->reader->arena, paths[i], &files));
	}
	drop_repeats(&l->scratch, &files);
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(paths[i], "-"))
			TRY(load_stdin(l));
	}
	if (!fits(l, &files))
		return NULL;
	for (size_t i = 0; i < files.len; i++) {
		if (files.at[i].path)
			load_file(l, &files.at[i]);
	}
	return load_revisions(l, paths, count);
}

/* What stands at the place that the user named, and not somewhere else. */
static struct error *check_writable(struct arena *a, const char *path)
{
	struct stat status;
	const char *revision, *below;
	if (!strcmp(path, "-"))
		return error_new(ERROR_INPUT, "standard input cannot be written back");
	if (manifest_is_revision(a, path, &revision, &below))
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
	struct error *error = file_read_found(file, MANIFEST_FILE_MAX, &bytes, &len);
	if (error) {
		report_error(reader, file->path, error->code == ERROR_INPUT ? "E0103" : "E0101",
			     error);
		return;
	}
	vec_push(reader->arena, out,
		 (struct stored_file){.path = intern(reader->strings, file->path),
				      .bytes = arena_strndup(reader->arena, bytes, len),
				      .len = len});
	free(bytes);
}

static struct error *keep_files(struct load *l, struct file_roots *roots, char *const *paths,
				size_t count, struct stored_file_vec *out)
{
	struct found_file_vec files = {0};
	for (size_t i = 0; i < count; i++) {
		TRY(check_writable(&l->scratch, paths[i]));
		TRY(file_walk(roots, l->reader->arena, paths[i], &files));
	}
	drop_repeats(&l->scratch, &files);
	if (!fits(l, &files))
		return NULL;
	for (size_t i = 0; i < files.len; i++) {
		const struct found_file *f = &files.at[i];
		if (f->path && f->kind == FOUND_REFUSED)
			load_file(l, f);
		else if (f->path)
			keep_file(l->reader, f, out);
	}
	return NULL;
}

struct error *manifest_read_files(const struct manifest_reader *reader, char *const *paths,
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
	unsigned char unused[SHA256_SIZE];
	struct load l = {.reader = reader, .out = out, .digest = sha256_new()};
	for (size_t i = 0; i < files->len; i++) {
		const struct stored_file *f = &files->at[i];
		const char *file =
			place ? arena_printf(&l.scratch, "%s/%s", place, f->path) : f->path;
		add_text(&l, intern(reader->strings, file), xmemdup(f->bytes, f->len + 1), f->len);
	}
	parse_group(reader, &l.texts, out);
	arena_done(&l.scratch);
	sha256_end(l.digest, unused);
}

struct error *manifest_load(const struct manifest_reader *reader, char *const *paths, size_t count,
			    struct model *out, unsigned char digest[SHA256_SIZE])
{
	unsigned char unused[SHA256_SIZE];
	struct file_roots roots = {0};
	struct load l = {.reader = reader, .out = out, .digest = sha256_new()};
	struct error *error = load_paths(&l, &roots, paths, count);
	parse_group(reader, &l.texts, out);
	file_roots_done(&roots);
	arena_done(&l.scratch);
	sha256_end(l.digest, digest ? digest : unused);
	return error;
}
