/* SPDX-License-Identifier: Apache-2.0 */
/* power_log.c - writes down what a program does to files: LD_PRELOAD=build/fault/power_log.so.
 *
 * WRIT_POWER_LOG=FILE gets a record of each call that changed something below WRIT_POWER_BELOW, an
 * absolute folder without links, once it was done; power_cut.c has their form. Beside shim.so this
 * one is named first, so that what is killed in front of a call has no record of it. With
 * WRIT_POWER_UNSYNCED=1 no sync is written down, as if the program had none. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* This library's own calls, which are nobody's faults: past shim.so. */
static int own_open(int folder, const char *path, int flags)
{
	return (int)syscall(SYS_openat, folder, path, flags | O_CLOEXEC, 0600);
}

static void own_close(int fd)
{
	syscall(SYS_close, fd);
}

struct place {
	char path[4096]; /* relative to the folder; "." is the folder itself */
	bool below;
};

/* Of an absolute path. A file without a name is in no folder. */
static void set_place(struct place *p, const char *path)
{
	static const char deleted[] = " (deleted)";
	const char *folder = getenv("WRIT_POWER_BELOW");
	size_t len = folder ? strlen(folder) : 0, all = strlen(path), end = sizeof(deleted) - 1;
	p->below = len && !strncmp(path, folder, len) && (path[len] == '/' || !path[len]) &&
		   (all < end || strcmp(path + all - end, deleted) != 0);
	if (p->below)
		snprintf(p->path, sizeof(p->path), "%s", path[len] ? path + len + 1 : ".");
}

static void path_of(int fd, char *out, size_t size)
{
	char link[64];
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t len = readlink(link, out, size - 1);
	out[len > 0 ? len : 0] = '\0';
}

static struct place place_of(int fd)
{
	struct place p = {.below = false};
	char path[4096];
	path_of(fd, path, sizeof(path));
	set_place(&p, path);
	return p;
}

/* Of a name that need not exist in a folder that does. */
static struct place place_at(int folder, const char *path)
{
	struct place p = {.below = false};
	char real[4096], parent[4096], whole[8192];
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) + 1 : 0;
	if (len >= sizeof(parent))
		return p;
	memcpy(parent, path, len);
	parent[len] = '\0';
	int fd = own_open(folder, len ? parent : ".", O_PATH | O_DIRECTORY);
	if (fd < 0)
		return p;
	path_of(fd, real, sizeof(real));
	own_close(fd);
	snprintf(whole, sizeof(whole), "%s/%s", real, path + len);
	set_place(&p, whole);
	return p;
}

static bool exists_at(int folder, const char *path)
{
	return !syscall(SYS_faccessat, folder, path, F_OK);
}

/* "OP TAB PATH TAB OTHER TAB NUMBER TAB LEN LF" and LEN bytes. */
static void note(char op, const char *path, const char *other, unsigned long long number,
		 const void *data, size_t len)
{
	const char *log = getenv("WRIT_POWER_LOG");
	char head[9000];
	int before = errno;
	if (strchr("SYA", op) && getenv("WRIT_POWER_UNSYNCED"))
		return;
	int size = snprintf(head, sizeof(head), "%c\t%s\t%s\t%llu\t%zu\n", op, path, other, number,
			    len);
	int fd = log ? own_open(AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND) : -1;
	union {
		const void *from;
		void *to;
	} bytes = {data};
	struct iovec parts[2] = {{head, (size_t)size}, {bytes.to, len}};
	if (fd >= 0 && syscall(SYS_writev, fd, parts, 2) != (long)((size_t)size + len))
		abort();
	if (fd >= 0)
		own_close(fd);
	errno = before;
}

static void note_at(bool done, char op, int folder, const char *path, unsigned long long number)
{
	int before = errno;
	struct place p = done ? place_at(folder, path) : (struct place){.below = false};
	if (p.below)
		note(op, p.path, "", number, NULL, 0);
	errno = before;
}

static void note_two(bool done, char op, int from, const char *old, int to, const char *new)
{
	int before = errno;
	struct place a = done ? place_at(from, old) : (struct place){.below = false};
	struct place b = done ? place_at(to, new) : (struct place){.below = false};
	if (a.below && b.below)
		note(op, a.path, b.path, 0, NULL, 0);
	errno = before;
}

static void note_fd(bool done, char op, int fd, unsigned long long number)
{
	int before = errno;
	struct place p = done ? place_of(fd) : (struct place){.below = false};
	if (p.below)
		note(op, p.path, "", number, NULL, 0);
	errno = before;
}

/* ---- contents ---- */

static void note_write(int fd, const void *data, ssize_t len, off_t at)
{
	int before = errno;
	struct place p = len > 0 ? place_of(fd) : (struct place){.below = false};
	if (p.below && at < 0)
		at = (off_t)syscall(SYS_lseek, fd, 0, SEEK_CUR) - len;
	if (p.below)
		note('W', p.path, "", (unsigned long long)at, data, (size_t)len);
	errno = before;
}

ssize_t write(int fd, const void *data, size_t len)
{
	ssize_t written = REAL(write)(fd, data, len);
	note_write(fd, data, written, -1);
	return written;
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t at)
{
	ssize_t written = REAL(pwrite)(fd, data, len, at);
	note_write(fd, data, written, at);
	return written;
}

ssize_t pwrite64(int fd, const void *data, size_t len, off_t at)
{
	return pwrite(fd, data, len, at);
}

int ftruncate(int fd, off_t len)
{
	int failed = REAL(ftruncate)(fd, len);
	note_fd(!failed, 'T', fd, (unsigned long long)len);
	return failed;
}

int ftruncate64(int fd, off_t len)
{
	return ftruncate(fd, len);
}

/* With what the file holds by then, however it came there. */
static void note_sync(int fd)
{
	int before = errno;
	struct place p = place_of(fd);
	char again[64];
	struct stat st;
	snprintf(again, sizeof(again), "/proc/self/fd/%d", fd);
	if (!p.below || syscall(SYS_fstat, fd, &st))
		return;
	if (S_ISDIR(st.st_mode)) {
		note('Y', p.path, "", 0, NULL, 0);
	} else {
		int in = own_open(AT_FDCWD, again, O_RDONLY);
		char *text = malloc((size_t)st.st_size + 1);
		if (in < 0 || !text ||
		    syscall(SYS_pread64, in, text, st.st_size, 0) != (long)st.st_size)
			abort();
		note('S', p.path, "", 0, text, (size_t)st.st_size);
		own_close(in);
		free(text);
	}
	errno = before;
}

#define WRAP_SYNC(name)                                                                            \
	int name(int fd)                                                                           \
	{                                                                                          \
		int failed = REAL(name)(fd);                                                       \
		if (!failed)                                                                       \
			note_sync(fd);                                                             \
		return failed;                                                                     \
	}
WRAP_SYNC(fsync)
WRAP_SYNC(fdatasync)

int syncfs(int fd)
{
	int failed = REAL(syncfs)(fd);
	note_fd(!failed, 'A', fd, 0);
	return failed;
}

/* ---- files ---- */

static void note_open(int fd, bool existed, int flags, unsigned mode)
{
	if (fd >= 0 && !existed && flags & O_CREAT)
		note_fd(true, 'C', fd, mode & 07777);
	else if (fd >= 0 && flags & O_TRUNC)
		note_fd(true, 'T', fd, 0);
}

#define WRAP_OPEN(name)                                                                            \
	int name(const char *path, int flags, ...)                                                 \
	{                                                                                          \
		va_list rest;                                                                      \
		va_start(rest, flags);                                                             \
		unsigned mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, unsigned) : 0;        \
		va_end(rest);                                                                      \
		bool existed = exists_at(AT_FDCWD, path);                                          \
		int fd = REAL(name)(path, flags, mode);                                            \
		note_open(fd, existed, flags, mode);                                               \
		return fd;                                                                         \
	}
#define WRAP_OPENAT(name)                                                                          \
	int name(int folder, const char *path, int flags, ...)                                     \
	{                                                                                          \
		va_list rest;                                                                      \
		va_start(rest, flags);                                                             \
		unsigned mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, unsigned) : 0;        \
		va_end(rest);                                                                      \
		bool existed = exists_at(folder, path);                                            \
		int fd = REAL(name)(folder, path, flags, mode);                                    \
		note_open(fd, existed, flags, mode);                                               \
		return fd;                                                                         \
	}
#define WRAP_TEMPORARY(name)                                                                       \
	int name(char *path)                                                                       \
	{                                                                                          \
		int fd = REAL(name)(path);                                                         \
		note_open(fd, false, O_CREAT, 0600);                                               \
		return fd;                                                                         \
	}
WRAP_OPEN(open)
WRAP_OPEN(open64)
WRAP_OPENAT(openat)
WRAP_OPENAT(openat64)
WRAP_TEMPORARY(mkstemp)
WRAP_TEMPORARY(mkstemp64)

/* ---- names ---- */

#define WRAP(name, after, params, args)                                                            \
	int name params                                                                            \
	{                                                                                          \
		int failed = REAL(name) args;                                                      \
		after;                                                                             \
		return failed;                                                                     \
	}
WRAP(mkdir, note_at(!failed, 'D', AT_FDCWD, path, mode), (const char *path, mode_t mode),
     (path, mode))
WRAP(mkdirat, note_at(!failed, 'D', at, path, mode), (int at, const char *path, mode_t mode),
     (at, path, mode))
WRAP(chmod, note_at(!failed, 'M', AT_FDCWD, path, mode), (const char *path, mode_t mode),
     (path, mode))
WRAP(fchmod, note_fd(!failed, 'M', fd, mode), (int fd, mode_t mode), (fd, mode))
WRAP(unlink, note_at(!failed, 'U', AT_FDCWD, path, 0), (const char *path), (path))
WRAP(unlinkat, note_at(!failed, 'U', at, path, 0), (int at, const char *path, int flags),
     (at, path, flags))
WRAP(rmdir, note_at(!failed, 'U', AT_FDCWD, path, 0), (const char *path), (path))
WRAP(link, note_two(!failed, 'L', AT_FDCWD, old, AT_FDCWD, new), (const char *old, const char *new),
     (old, new))
WRAP(linkat, note_two(!failed, 'L', from, old, to, new),
     (int from, const char *old, int to, const char *new, int flags), (from, old, to, new, flags))
WRAP(rename, note_two(!failed, 'R', AT_FDCWD, old, AT_FDCWD, new),
     (const char *old, const char *new), (old, new))
WRAP(renameat, note_two(!failed, 'R', from, old, to, new),
     (int from, const char *old, int to, const char *new), (from, old, to, new))
WRAP(renameat2, note_two(!failed, flags &RENAME_EXCHANGE ? 'X' : 'R', from, old, to, new),
     (int from, const char *old, int to, const char *new, unsigned flags),
     (from, old, to, new, flags))
