/* SPDX-License-Identifier: Apache-2.0 */
/* Objects of a repository that is somebody else's work: commits with their trailers and signatures,
 * trees and files. They are parted by 0x1E; the first byte of each is its type, "@N" in a commit is
 * the id of the N-th object, and 0x01 N in a tree its bytes. */
#include <assert.h>
#include <git2/sys/odb_backend.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/git/history_git.h"

#define OBJECTS 10
#define FILE_MAX 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct history *history;

/* ---- where all objects are ---- */

static struct object {
	git_oid id;
	git_object_t type;
	const char *bytes; /* in the arena of this input */
	size_t len;
} objects[OBJECTS];
static size_t count;

static const struct object *find(const git_oid *id)
{
	for (size_t i = 0; i < count; i++) {
		if (git_oid_equal(&objects[i].id, id))
			return &objects[i];
	}
	return NULL;
}

static int read_header(size_t *len, git_object_t *type, git_odb_backend *b, const git_oid *id)
{
	const struct object *o = find(id);
	(void)b;
	if (!o)
		return GIT_ENOTFOUND;
	*len = o->len;
	*type = o->type;
	return 0;
}

/* With a NUL behind it, as the library's own do. */
static int read_object(void **out, size_t *len, git_object_t *type, git_odb_backend *b,
		       const git_oid *id)
{
	if (read_header(len, type, b, id))
		return GIT_ENOTFOUND;
	char *copy = git_odb_backend_data_alloc(b, *len + 1);
	memcpy(copy, find(id)->bytes, *len);
	copy[*len] = '\0';
	*out = copy;
	return 0;
}

static int exists(git_odb_backend *b, const git_oid *id)
{
	(void)b;
	return find(id) != NULL;
}

static void free_backend(git_odb_backend *b)
{
	(void)b;
}

static git_odb_backend memory = {
	.version = GIT_ODB_BACKEND_VERSION,
	.read = read_object,
	.read_header = read_header,
	.exists = exists,
	.free = free_backend,
};

static void must(int failed)
{
	if (failed)
		abort();
}

static void start(void)
{
	char folder[] = "/tmp/fuzz-git-XXXXXX";
	git_repository *repository;
	git_odb *odb;
	must(!mkdtemp(folder));
	must(git_start() != NULL);
	git_libgit2_opts(GIT_OPT_ENABLE_CACHING, 0);
	must(git_repository_init(&repository, folder, true));
	git_repository_free(repository);
	must(history_open(folder, &history) != NULL);
	must(git_repository_odb(&odb, history->repository));
	must(git_odb_add_backend(odb, &memory, 999));
	git_odb_free(odb);
}

static void add_id(struct str *out, const git_oid *id, bool raw)
{
	char hex[HISTORY_ID];
	if (raw)
		str_addn(out, (const char *)id->id, sizeof(id->id));
	else
		str_add(out, git_oid_tostr(hex, sizeof(hex), id));
}

static void add_object(struct arena *a, const char *text, size_t len)
{
	git_object_t type = *text == 'c'   ? GIT_OBJECT_COMMIT
			    : *text == 't' ? GIT_OBJECT_TREE
					   : GIT_OBJECT_BLOB;
	char mark = type == GIT_OBJECT_COMMIT ? '@' : '\1';
	struct str out = STR(a);
	str_add(&out, "");
	for (size_t i = 1; i < len; i++) {
		size_t other = i + 1 < len ? (size_t)(text[i + 1] - '0') : OBJECTS;
		if (type != GIT_OBJECT_BLOB && text[i] == mark && other < count) {
			add_id(&out, &objects[other].id, mark == '\1');
			i++;
		} else {
			str_addc(&out, text[i]);
		}
	}
	struct object *o = &objects[count];
	*o = (struct object){.type = type, .bytes = out.at, .len = out.len};
	must(git_odb_hash(&o->id, out.at, out.len, type));
	count++;
}

static void add_objects(struct arena *a, const char *text, size_t len)
{
	count = 0;
	for (size_t at = 0; at < len && count < OBJECTS;) {
		const char *end = memchr(text + at, 0x1E, len - at);
		size_t size = end ? (size_t)(end - text) - at : len - at;
		if (size == 0)
			break;
		add_object(a, text + at, size);
		at += size + 1;
	}
}

static void check_files(const struct stored_file_vec *files)
{
	for (size_t i = 0; i < files->len; i++) {
		const char *path = files->at[i].path;
		assert(*path && *path != '/' && strncmp(path, "../", 3) != 0 &&
		       !strstr(path, "/../"));
		assert(!files->at[i].bytes ||
		       (files->at[i].len <= FILE_MAX && !files->at[i].bytes[files->at[i].len]));
	}
}

static void check_commit(const struct commit *c)
{
	assert(strlen(c->id) == HISTORY_ID - 1 && c->message && c->subject && c->author_name);
	assert(!strchr(c->subject, '\n'));
	for (size_t i = 0; i < c->trailers.len; i++)
		assert(commit_trailer(c, c->trailers.at[i].key));
}

/* What a snapshot, its timeline and its proof ask for. */
static void read_all(struct arena *a, const char *id, const char *other)
{
	struct commit commit;
	struct commit_vec commits = {0};
	struct stored_file_vec listed = {0}, read = {0};
	struct blame blame;
	struct united united;
	enum history_order order;
	const char *signature = NULL, *signs = NULL;
	char at[HISTORY_ID];
	bool has, found = false;
	struct error *e = history_read_commit(history, a, id, &commit);
	if (!e)
		check_commit(&commit);
	error_free(e);
	error_free(history_read_signature(history, a, id, &signature, &signs));
	assert(!signature || signs);
	e = history_list(history, a, &(struct commit_query){.from = id, .folder = "org"}, &commits);
	for (size_t i = 0; !e && i < commits.len; i++)
		check_commit(&commits.at[i]);
	error_free(e);
	error_free(history_list_files(history, a, id, "org", &listed));
	check_files(&listed);
	error_free(history_read_files(history, a, id, "", FILE_MAX, &read));
	check_files(&read);
	error_free(history_id_at(history, id, "org/a.yaml", at));
	error_free(history_has(history, id, "org", &has));
	error_free(history_find_united(history, id, "org", &united));
	error_free(history_order(history, id, other, &order));
	error_free(history_blame_lines(history, a, id, "org/a.yaml", NULL, 0, (uint32_t[]){1}, 1,
				       &blame, &found));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA a = {0};
	if (!history)
		start();
	add_objects(&a, (const char *)data, size);
	if (count > 0)
		read_all(&a, history_id_text(&a, &objects[count - 1].id),
			 history_id_text(&a, &objects[0].id));
	return 0;
}
