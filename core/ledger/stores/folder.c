/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>

#include "core/ledger/state_folder.h"
#include "core/ledger/stores/stores.h"
#include "core/util/failpoint.h"
#include "core/util/file.h"

#define DIGITS 12
#define BEAT "beat"
#define DRAFT ".draft-"
/* A draft is written in one go: one that is older was left by a process that died. */
#define DRAFT_SECONDS 86400

struct folder_store {
	struct store store;
	char *path;
	int fd;
	unsigned long long token; /* of this handle, so that no two drafts have one name */
	int room_fd;		  /* of a file that takes the room that is kept; -1: none */
	size_t room;
};

static struct folder_store *of(struct store *s)
{
	return (struct folder_store *)s;
}

static void name_of(uint64_t number, char out[static DIGITS + 1])
{
	snprintf(out, DIGITS + 1, "%0*llu", DIGITS, (unsigned long long)number % 1000000000000);
}

/* 0 when it is not the name of a record. */
static uint64_t number_of(const char *name)
{
	if (strlen(name) != DIGITS || strspn(name, "0123456789") != DIGITS)
		return 0;
	return strtoull(name, NULL, 10);
}

static struct error *last_number(const struct folder_store *f, uint64_t *out)
{
	CLEANUP(closedir) DIR *dir = opendir(f->path);
	*out = 0;
	if (!dir)
		return error_errno(errno, "opening ledger %s", f->path);
	for (const struct dirent *e;;) {
		TRY(file_next(dir, f->path, &e));
		if (!e)
			return NULL;
		uint64_t number = number_of(e->d_name);
		*out = number > *out ? number : *out;
	}
}

static struct error *read_one(const struct folder_store *f, struct arena *a, uint64_t number,
			      struct stored_record *out)
{
	char name[DIGITS + 1];
	CLEANUP(free) char *bytes = NULL;
	size_t len;
	name_of(number, name);
	const char *path = arena_printf(a, "%s/%s", f->path, name);
	if (access(path, F_OK) && errno == ENOENT)
		return error_new(ERROR_INPUT, "ledger %s has no record %llu", f->path,
				 (unsigned long long)number);
	TRY(file_read(path, STORE_RECORD_MAX, &bytes, &len));
	*out = (struct stored_record){number, arena_strndup(a, bytes, len), len};
	return NULL;
}

static struct error *head(struct store *s, struct arena *a, struct stored_record *out)
{
	uint64_t number;
	*out = (struct stored_record){0};
	TRY(last_number(of(s), &number));
	return number ? read_one(of(s), a, number, out) : NULL;
}

static struct error *read_range(struct store *s, struct arena *a, uint64_t from, uint64_t to,
				struct stored_record_vec *out)
{
	struct stored_record record;
	for (uint64_t number = from; number <= to; number++) {
		TRY(read_one(of(s), a, number, &record));
		vec_push(a, out, record);
	}
	return NULL;
}

/* ---- room ---- */

/* Bytes that a record takes beside its own: its names, and the rest of a block. */
#define ROOM_RECORD 8192

/* What cannot be taken away stays: it is in nobody's way. */
static void drop_old_drafts(const struct folder_store *f)
{
	CLEANUP(closedir) DIR *dir = opendir(f->path);
	const time_t now = time(NULL);
	struct stat st;
	for (const struct dirent *e; dir && (e = readdir(dir));) {
		bool draft = !strncmp(e->d_name, DRAFT, strlen(DRAFT));
		if (draft && !fstatat(f->fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) &&
		    now - st.st_mtime > DRAFT_SECONDS)
			unlinkat(f->fd, e->d_name, 0);
	}
}

/* Without a name: it goes with the process. */
static struct error *reserve(struct store *s, size_t bytes)
{
	struct folder_store *f = of(s);
	drop_old_drafts(f);
	f->room_fd = openat(f->fd, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600);
	if (f->room_fd < 0) /* a file system that has no such files keeps no room */
		return errno == EOPNOTSUPP || errno == EISDIR
			       ? NULL
			       : error_errno(errno, "reserving room in ledger %s", f->path);
	f->room = bytes + ROOM_RECORD;
	if (fallocate(f->room_fd, 0, 0, (off_t)f->room) && errno != EOPNOTSUPP)
		return error_errno(errno, "reserving room in ledger %s", f->path);
	return NULL;
}

static void give_room(struct folder_store *f, size_t len)
{
	size_t given = len + ROOM_RECORD;
	f->room = f->room > given ? f->room - given : 0;
	if (f->room_fd >= 0 && ftruncate(f->room_fd, (off_t)f->room))
		f->room = 0; /* the record may find room all the same */
}

/* ---- making ---- */

static struct error *write_draft(const struct folder_store *f, int fd, const char *path,
				 const struct new_record *record)
{
	const char *bytes = record->bytes;
	size_t len = record->len;
	FAILPOINT_WRITE("ledger-half-record", fd, bytes, len);
	TRY(file_write_all(fd, path, bytes, len));
	FAILPOINT("ledger-before-sync");
	if (fsync(fd))
		return error_errno(errno, "syncing a record of ledger %s", f->path);
	return NULL;
}

/* Once it has its number it is made, though it may not last before the folder is synced: then the
 * same bytes are tried again, and are found to be there. */
static struct error *give_number(const struct folder_store *f, const char *draft,
				 const struct new_record *record, enum append_answer *answer,
				 const char **words)
{
	char name[DIGITS + 1];
	name_of(record->number, name);
	FAILPOINT("ledger-before-record");
	if (linkat(f->fd, draft, f->fd, name, 0)) {
		if (errno != EEXIST)
			return error_errno(errno, "making record %llu of ledger %s",
					   (unsigned long long)record->number, f->path);
		*answer = APPEND_TAKEN;
		return NULL;
	}
	FAILPOINT("ledger-after-record");
	*answer = fsync(f->fd) ? APPEND_UNANSWERED : APPEND_DONE;
	*words = strerror(errno);
	FAILPOINT("ledger-after-folder");
	return NULL;
}

static struct error *append(struct store *s, struct arena *a, const struct new_record *record,
			    enum append_answer *answer, const char **words)
{
	struct folder_store *f = of(s);
	const char *draft = arena_printf(a, DRAFT "%016llx", f->token);
	const char *path = arena_printf(a, "%s/%s", f->path, draft);
	unlinkat(f->fd, draft, 0); /* of an append that failed */
	give_room(f, record->len);
	FAILPOINT("ledger-before-draft");
	CLEANUP(close)
	int fd = openat(f->fd, draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return error_errno(errno, "making a record in ledger %s", f->path);
	struct error *error = write_draft(f, fd, path, record);
	if (!error)
		error = give_number(f, draft, record, answer, words);
	unlinkat(f->fd, draft, 0);
	return error;
}

static struct error *empty(struct store *s, struct arena *a, const struct new_record *left)
{
	char name[DIGITS + 1];
	name_of(left->number, name);
	const char *path = arena_printf(a, "%s/%s", of(s)->path, name);
	if (access(path, F_OK))
		return error_errno(errno, "emptying record %llu of ledger %s",
				   (unsigned long long)left->number, of(s)->path);
	return file_write_atomic(path, left->bytes, left->len, 0600);
}

/* ---- signs of life ---- */

static struct error *beat(struct store *s, const char *text)
{
	ARENA a = {0};
	return file_write_atomic(arena_printf(&a, "%s/" BEAT, of(s)->path), text, strlen(text),
				 0600);
}

static struct error *read_beat(struct store *s, struct arena *a, const char **out)
{
	CLEANUP(free) char *text = NULL;
	size_t len;
	const char *path = arena_printf(a, "%s/" BEAT, of(s)->path);
	*out = "";
	if (access(path, F_OK) && errno == ENOENT)
		return NULL;
	TRY(file_read(path, STORE_RECORD_MAX, &text, &len));
	*out = arena_strndup(a, text, len);
	return NULL;
}

static const char *describe(const struct store *s, struct arena *a)
{
	return arena_printf(a, "folder %s", ((const struct folder_store *)s)->path);
}

static void close_folder(struct store *s)
{
	if (of(s)->room_fd >= 0)
		close(of(s)->room_fd);
	close(of(s)->fd);
	free(of(s)->path);
	free(s);
}

static const struct store_kind folder_kind = {
	.name = "folder",
	.head = head,
	.read = read_range,
	.append = append,
	.empty = empty,
	.reserve = reserve,
	.beat = beat,
	.read_beat = read_beat,
	.describe = describe,
	.close = close_folder,
};

struct error *folder_store_open(const char *path, struct store **out)
{
	TRY(file_make_folders(path, 0700));
	TRY(state_folder_check(path));
	CLEANUP(close) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return error_errno(errno, "opening ledger %s", path);
	unsigned long long token;
	if (getrandom(&token, sizeof(token), 0) != (ssize_t)sizeof(token))
		return error_new(ERROR_SYSTEM, "the system has no random numbers");
	struct folder_store *f = xmalloc(sizeof(*f));
	*f = (struct folder_store){.store = {&folder_kind},
				   .path = xstrdup(path),
				   .fd = keep_fd(&fd),
				   .token = token,
				   .room_fd = -1};
	*out = &f->store;
	return NULL;
}
