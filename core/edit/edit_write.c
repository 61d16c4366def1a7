/* SPDX-License-Identifier: Apache-2.0 */
#include "core/edit/edit_write.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/util/failpoint.h"
#include "core/util/file.h"
#include "core/util/str.h"

static bool is_equal(const struct stored_file *a, const struct stored_file *b)
{
	return a->len == b->len && !memcmp(a->bytes, b->bytes, a->len);
}

static struct error *check_unmoved(const struct stored_file *file)
{
	char *bytes;
	size_t len;
	TRY(file_read(file->path, MANIFEST_FILE_MAX, &bytes, &len));
	bool same = len == file->len && !memcmp(bytes, file->bytes, len);
	free(bytes);
	return same ? NULL : error_new(ERROR_REFUSED, "%s was changed in the meantime", file->path);
}

/* A file's new text stands beside it: under the first name until that of every file does, then
 * under the second until it takes the file's place. So whoever finds only second names knows that a
 * set was complete, and may be half in place. */
#define PART ".writ-part"
#define NEW ".writ-new"
#define FILE_MODE 0644 /* unused: every file is there, and keeps its own */

struct swap {
	const struct stored_file *before, *after;
	const char *part, *new, *folder;
};
VEC(swap_vec, struct swap);

static const char *beside(struct arena *a, const char *path, const char *ending)
{
	const char *slash = strrchr(path, '/');
	return arena_printf(a, "%s.%s%s", file_folder(a, path), slash ? slash + 1 : path, ending);
}

static struct swap swap_of(struct arena *a, const struct stored_file *before,
			   const struct stored_file *after)
{
	return (struct swap){.before = before,
			     .after = after,
			     .part = beside(a, before->path, PART),
			     .new = beside(a, before->path, NEW),
			     .folder = file_folder(a, before->path)};
}

/* The folders that a run has to itself: the names beside a file are the same for every run. */
struct held {
	dev_t device;
	ino_t inode;
	int fd;
};
VEC(held_vec, struct held);

static void release(const struct held_vec *held)
{
	for (size_t i = 0; i < held->len; i++)
		close(held->at[i].fd);
}

/* Locks a folder that is to be written, where its file system has locks. */
static struct error *lock_folder(const char *folder, struct arena *a, struct held_vec *held)
{
	struct stat st;
	CLEANUP(close) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st))
		return error_errno(errno, "opening %s", folder);
	for (size_t i = 0; i < held->len; i++) {
		if (held->at[i].device == st.st_dev && held->at[i].inode == st.st_ino)
			return NULL;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
		return error_new(ERROR_LOCKED, "another run is writing in %s", folder);
	vec_push(a, held, (struct held){st.st_dev, st.st_ino, keep_fd(&fd)});
	return NULL;
}

static struct error *hold_folders(const struct swap_vec *swaps, struct arena *a,
				  struct held_vec *held)
{
	for (size_t i = 0; i < swaps->len; i++) {
		bool same = i && !strcmp(swaps->at[i].folder, swaps->at[i - 1].folder);
		if (!same)
			TRY(lock_folder(swaps->at[i].folder, a, held));
	}
	return NULL;
}

static void discard(const struct swap_vec *swaps)
{
	for (size_t i = 0; i < swaps->len; i++) {
		unlink(swaps->at[i].part);
		unlink(swaps->at[i].new);
	}
}

static struct error *move(const struct swap *s, const char *from, const char *to)
{
	if (rename(from, to))
		return error_errno(errno, "renaming %s to %s", from, to);
	return file_sync_folder(s->folder);
}

static struct error *prepare(const struct swap_vec *swaps)
{
	for (size_t i = 0; i < swaps->len; i++) {
		const struct swap *s = &swaps->at[i];
		FAILPOINT("edit-before-part");
		TRY(file_write_beside(s->part, s->after->path, s->after->bytes, s->after->len));
	}
	for (size_t i = 0; i < swaps->len; i++)
		TRY(check_unmoved(swaps->at[i].before));
	for (size_t i = 0; i < swaps->len; i++) {
		FAILPOINT("edit-before-new");
		TRY(move(&swaps->at[i], swaps->at[i].part, swaps->at[i].new));
	}
	return NULL;
}

/* What was written goes back to what it was; the first error says why. */
static void put_back(const struct swap_vec *swaps, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct stored_file *f = swaps->at[i].before;
		error_free(file_write_atomic(f->path, f->bytes, f->len, FILE_MODE));
	}
}

static struct error *put_in_place(const struct swap_vec *swaps)
{
	for (size_t i = 0; i < swaps->len; i++) {
		FAILPOINT("edit-before-place");
		struct error *error =
			move(&swaps->at[i], swaps->at[i].new, swaps->at[i].before->path);
		if (error) {
			put_back(swaps, i + 1);
			return error;
		}
	}
	return NULL;
}

static struct error *replace(const struct swap_vec *swaps)
{
	struct error *error = prepare(swaps);
	if (!error)
		error = put_in_place(swaps);
	if (error)
		discard(swaps);
	return error;
}

struct error *edit_write(const struct stored_file_vec *before, const struct stored_file_vec *after,
			 struct arena *a, struct text_vec *written)
{
	struct swap_vec swaps = {0};
	struct held_vec held = {0};
	for (size_t i = 0; i < before->len; i++) {
		const struct stored_file *x = &before->at[i], *y = &after->at[i];
		if (!is_equal(x, y))
			vec_push(a, &swaps, swap_of(a, x, y));
	}
	struct error *error = hold_folders(&swaps, a, &held);
	if (!error)
		error = replace(&swaps);
	release(&held);
	for (size_t i = 0; i < swaps.len && !error; i++)
		vec_push(a, written, (struct text_item){.text = swaps.at[i].before->path});
	return error;
}

/* ---- what an earlier run left ---- */

static bool is_there(const char *path)
{
	struct stat st;
	return lstat(path, &st) == 0;
}

static void add_move(struct str *commands, const struct swap *s)
{
	str_add(commands, commands->len ? " && mv -- " : "mv -- ");
	str_add_word(commands, s->new);
	str_addc(commands, ' ');
	str_add_word(commands, s->before->path);
}

static void find_left(const struct stored_file_vec *files, struct arena *a, struct swap_vec *out)
{
	for (size_t i = 0; i < files->len; i++) {
		const struct swap s = swap_of(a, &files->at[i], NULL);
		if (is_there(s.part) || is_there(s.new))
			vec_push(a, out, s);
	}
}

/* A set that was half put in place is named, for what stands beside the files may be anybody's; one
 * that was never complete goes. */
static struct error *judge_left(const struct swap_vec *swaps, struct arena *a)
{
	struct str commands = STR(a);
	bool incomplete = false;
	for (size_t i = 0; i < swaps->len; i++) {
		const struct swap *s = &swaps->at[i];
		incomplete |= is_there(s->part);
		if (is_there(s->new))
			add_move(&commands, s);
	}
	if (commands.len && !incomplete)
		return error_new(
			ERROR_INPUT,
			"an earlier run was stopped while it wrote manifests; look at the "
			"files and finish with: %s; or take back with git what it wrote, and "
			"remove them",
			str_text(&commands));
	discard(swaps);
	return NULL;
}

/* What stands there may be of a run that is still at it. */
struct error *edit_write_check(const struct stored_file_vec *files, struct arena *a)
{
	struct swap_vec swaps = {0};
	struct held_vec held = {0};
	find_left(files, a, &swaps);
	struct error *error = hold_folders(&swaps, a, &held);
	if (!error)
		error = judge_left(&swaps, a);
	release(&held);
	return error;
}
