/* SPDX-License-Identifier: Apache-2.0 */
/* manifest_walk.h - the manifest files of a folder, which somebody else may have prepared.
 *
 * Below a folder that the user named, nothing is followed: no link, no "..", no device. */
#ifndef WRIT_MANIFEST_WALK_H
#define WRIT_MANIFEST_WALK_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#include "core/util/error.h"
#include "core/util/vec.h"

/* A file found below a root, and whether it may be read. */
struct found_file {
	const char *path;  /* as shown to the user: the root as given, "/", the path below it */
	const char *below; /* the path below the root; NULL when the root is the file itself */
	/* Refused: a link, FIFO, socket or device. Other: ends like a manifest but for letter case.
	 */
	enum { FOUND_REGULAR, FOUND_REFUSED, FOUND_OTHER_CASE } kind;
	const char *what; /* for FOUND_REFUSED: "a symbolic link", "a FIFO", ... */
	int root;	  /* descriptor of the root folder; -1 when the root is the file itself */
	dev_t device;
	ino_t inode;
	size_t size;		 /* bytes, when it was found */
	struct timespec changed; /* its content, its name or its rights, by the file system */
};
VEC(found_file_vec, struct found_file);

/* Roots that were opened; closed together. What `skips` says of a path below the root (a folder's
 * has a slash behind) is not looked at. */
struct file_roots {
	VEC(, int) fds;
	bool (*skips)(void *context, const char *below); /* NULL: nothing */
	void *context;
};

/* Appends the manifest files of PATH (writ-manifest(5), "FILES") to `out`, in byte order of the
 * path below it: PATH itself when it is a file (it may be a link to one; read whatever its ending),
 * else every file below the folder that file_is_manifest(); entries starting with "." are skipped;
 * folders are entered; a link, FIFO, socket or device with such an ending, and any link to a
 * folder, is FOUND_REFUSED; other entries are ignored. Fails when PATH does not exist or a folder
 * cannot be read, and beyond 1,000,000 files (a repository of manifests is far below; a loop of
 * bind mounts is not). Text is in `a`. */
MUST_CHECK struct error *manifest_walk(struct file_roots *roots, struct arena *a, const char *path,
				       struct found_file_vec *out);
void file_roots_done(struct file_roots *roots);

/* Whether a file of that name, with its folders or without, is a manifest by its ending: .yaml,
 * .yml or .json. */
bool file_is_manifest(const char *name);

/* Whether manifest_walk() of `root` finds the regular file `path`, or will once it is made. */
bool manifest_walk_finds(struct arena *a, const char *root, const char *path);

/* Opens one found file with openat2(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS)
 * below its root (O_NONBLOCK, so that a FIFO put there in between cannot hang), checked with fstat
 * to be regular. *size is in bytes; more than `max` is ERROR_INPUT at FILE:1:1. The caller closes
 * *fd. */
MUST_CHECK struct error *manifest_walk_open(const struct found_file *file, size_t max, int *fd,
					    size_t *size);

/* Reads one found file, opened like that. On success *text is malloc()ed, NUL-terminated, *len
 * bytes long, owned by the caller. */
MUST_CHECK struct error *manifest_walk_read(const struct found_file *file, size_t max, char **text,
					    size_t *len);

#endif
