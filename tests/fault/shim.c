/* SPDX-License-Identifier: Apache-2.0 */
/* shim.c - makes system calls of a program fail, for tests: LD_PRELOAD=build/fault/shim.so.
 *
 * WRIT_FAULT=N fails the N-th call, "N+" that one and all after it, "N=28" with that number in
 * errno; "N~" cuts the N-th write short instead; "Nk" kills the program in front of the N-th call,
 * and "Ni", "Nt" and "Nh" send it SIGINT, SIGTERM and SIGHUP there; "Ng" fails the program's N-th
 * call of libgit2, "Ng:NAME" the N-th of that function. Counted, over all processes that the
 * program forks, are calls about pipes, new processes, what lies below WRIT_FAULT_BELOW, an
 * absolute folder, and with "k" and the signals those about connections. WRIT_FAULT_LOG=FILE gets
 * the name of each call that failed. WRIT_FAULT_STOP=1 stops the process when it has done all its
 * work and ends, so that its memory can be looked at. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static bool is_below(const char *path)
{
	const char *folder = getenv("WRIT_FAULT_BELOW");
	size_t len = folder ? strlen(folder) : 0;
	return !strncmp(path, "pipe:", 5) ||
	       (len && !strncmp(path, folder, len) && (path[len] == '/' || path[len] == '\0'));
}

static bool is_fd_below(int fd)
{
	char link[64], path[4096];
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t len = readlink(link, path, sizeof(path) - 1);
	path[len > 0 ? len : 0] = '\0';
	return fd > STDERR_FILENO && is_below(path);
}

static bool is_at_below(int folder, const char *path)
{
	char current[4096];
	if (path[0] == '/')
		return is_below(path);
	if (folder != AT_FDCWD)
		return is_fd_below(folder);
	return getcwd(current, sizeof(current)) && is_below(current);
}

static void log_call(const char *call)
{
	const char *path = getenv("WRIT_FAULT_LOG");
	if (!path)
		return;
	int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	dprintf(fd, "%s\n", call);
	close(fd);
}

static pid_t first_process;  /* its children end too */
static unsigned long *calls; /* so many counted, by all of them */

__attribute__((constructor)) static void begin(void)
{
	void *shared = mmap(NULL, sizeof(*calls), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	static unsigned long own;
	calls = shared == MAP_FAILED ? &own : shared;
	first_process = getpid();
}

/* Whether this call, one more of those that count, is to go wrong. `kind`: '~' to be cut short, 'g'
 * of libgit2, 'k' to have a signal in front of it, 0 any other to fail. */
static bool is_hit(const char *call, char kind)
{
	const char *text = getenv("WRIT_FAULT");
	char *end;
	unsigned long due = text ? strtoul(text, &end, 10) : 0;
	if (!due || !calls)
		return false;
	char asked = *end && strchr("kith", *end) ? 'k' : *end && strchr("~g", *end) ? *end : 0;
	if (asked != kind || (*end == 'g' && end[1] == ':' && strcmp(end + 2, call) != 0))
		return false;
	unsigned long now = __atomic_add_fetch(calls, 1, __ATOMIC_RELAXED);
	if (now != due && (now < due || *end != '+'))
		return false;
	log_call(call);
	return true;
}

/* Of a kill what was written before stands, and nothing of what comes after it does. */
static void may_be_signalled(const char *call)
{
	if (!is_hit(call, 'k'))
		return;
	const char *text = getenv("WRIT_FAULT");
	char how = text[strspn(text, "0123456789")];
	if (how == 'k') {
		kill(first_process, SIGKILL);
		kill(getpid(), SIGKILL);
	}
	kill(first_process, how == 'i' ? SIGINT : how == 't' ? SIGTERM : SIGHUP);
}

static int error_due(int likely)
{
	const char *text = getenv("WRIT_FAULT"), *said = text ? strchr(text, '=') : NULL;
	return said ? (int)strtol(said + 1, NULL, 10) : likely;
}

static bool fails(bool counts, const char *call, int number)
{
	if (counts)
		may_be_signalled(call);
	int before = errno;
	bool hit = counts && is_hit(call, 0);
	errno = hit ? error_due(number) : before;
	return hit;
}

#define WRAP(type, bad, name, number, counts, params, args)                                        \
	type name params                                                                           \
	{                                                                                          \
		if (fails(counts, #name, number))                                                  \
			return bad;                                                                \
		return REAL(name) args;                                                            \
	}
#define WRAP_INT(name, number, counts, params, args)                                               \
	WRAP(int, -1, name, number, counts, params, args)
/* A disk is slow, and where the power is cut power_log.c writes down what was asked of it. */
#define WRAP_SYNC(name)                                                                            \
	int name(int fd)                                                                           \
	{                                                                                          \
		return fails(is_fd_below(fd), #name, EIO) ? -1 : 0;                                \
	}
#define WRAP_OPEN(name)                                                                            \
	int name(const char *path, int flags, ...)                                                 \
	{                                                                                          \
		va_list rest;                                                                      \
		va_start(rest, flags);                                                             \
		unsigned mode = flags & O_CREAT ? va_arg(rest, unsigned) : 0;                      \
		va_end(rest);                                                                      \
		if (fails(is_at_below(AT_FDCWD, path), #name, EMFILE))                             \
			return -1;                                                                 \
		return REAL(name)(path, flags, mode);                                              \
	}
#define WRAP_OPENAT(name)                                                                          \
	int name(int folder, const char *path, int flags, ...)                                     \
	{                                                                                          \
		va_list rest;                                                                      \
		va_start(rest, flags);                                                             \
		unsigned mode = flags & O_CREAT ? va_arg(rest, unsigned) : 0;                      \
		va_end(rest);                                                                      \
		if (fails(is_at_below(folder, path), #name, EMFILE))                               \
			return -1;                                                                 \
		return REAL(name)(folder, path, flags, mode);                                      \
	}

WRAP_OPEN(open)
WRAP_OPEN(open64)
WRAP_OPENAT(openat)
WRAP_OPENAT(openat64)

/* Files below a folder are opened with openat2(), which has no function of its own. */
long syscall(long number, ...)
{
	va_list rest;
	long a[6];
	va_start(rest, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(rest, long);
	va_end(rest);
	if (number == SYS_openat2 &&
	    fails(is_at_below((int)a[0], (const char *)a[1]), "openat2", EMFILE))
		return -1;
	return REAL(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

ssize_t write(int fd, const void *data, size_t len)
{
	if (is_fd_below(fd)) {
		if (is_hit("write", '~'))
			len = (len + 1) / 2;
		if (fails(true, "write", ENOSPC))
			return -1;
	}
	return REAL(write)(fd, data, len);
}

/* The stream finds out by itself: its descriptor becomes one that cannot be read. */
size_t fread(void *to, size_t size, size_t count, FILE *in)
{
	if (fails(is_fd_below(fileno(in)), "fread", EIO)) {
		int unreadable = REAL(open)("/dev/null", O_WRONLY | O_CLOEXEC);
		dup2(unreadable, fileno(in));
		close(unreadable);
	}
	return REAL(fread)(to, size, count, in);
}

WRAP(ssize_t, -1, read, EIO, is_fd_below(fd), (int fd, void *to, size_t len), (fd, to, len))
WRAP(ssize_t, -1, pread, EIO, is_fd_below(fd), (int fd, void *to, size_t len, off_t at),
     (fd, to, len, at))
WRAP(ssize_t, -1, pwrite, ENOSPC, is_fd_below(fd), (int fd, const void *data, size_t len, off_t at),
     (fd, data, len, at))
WRAP(FILE *, NULL, fdopen, ENOMEM, is_fd_below(fd), (int fd, const char *mode), (fd, mode))
WRAP(DIR *, NULL, opendir, EMFILE, is_at_below(AT_FDCWD, path), (const char *path), (path))
WRAP(DIR *, NULL, fdopendir, ENOMEM, is_fd_below(fd), (int fd), (fd))
WRAP(struct dirent *, NULL, readdir, EIO, is_fd_below(dirfd(dir)), (DIR * dir), (dir))
WRAP(char *, NULL, realpath, EACCES, is_at_below(AT_FDCWD, path),
     (const char *restrict path, char *restrict to), (path, to))
WRAP_INT(stat, EACCES, is_at_below(AT_FDCWD, path),
	 (const char *restrict path, struct stat *restrict out), (path, out))
WRAP_INT(lstat, EACCES, is_at_below(AT_FDCWD, path),
	 (const char *restrict path, struct stat *restrict out), (path, out))
WRAP_INT(fstat, EIO, is_fd_below(fd), (int fd, struct stat *out), (fd, out))
WRAP_INT(fstatat, EACCES, is_at_below(fd, path),
	 (int fd, const char *restrict path, struct stat *restrict out, int flags),
	 (fd, path, out, flags))
WRAP_INT(access, EACCES, is_at_below(AT_FDCWD, path), (const char *path, int mode), (path, mode))
WRAP_INT(faccessat, EACCES, is_at_below(fd, path), (int fd, const char *path, int mode, int flags),
	 (fd, path, mode, flags))
WRAP_SYNC(fsync)
WRAP_SYNC(fdatasync)
WRAP_SYNC(syncfs)
WRAP_INT(fchmod, EPERM, is_fd_below(fd), (int fd, mode_t mode), (fd, mode))
WRAP_INT(ftruncate, EIO, is_fd_below(fd), (int fd, off_t len), (fd, len))
WRAP_INT(fallocate, ENOSPC, is_fd_below(fd), (int fd, int mode, off_t at, off_t len),
	 (fd, mode, at, len))
WRAP(off_t, -1, lseek, EIO, is_fd_below(fd), (int fd, off_t at, int whence), (fd, at, whence))
WRAP_INT(flock, ENOLCK, is_fd_below(fd), (int fd, int how), (fd, how))
WRAP_INT(mkdir, ENOSPC, is_at_below(AT_FDCWD, path), (const char *path, mode_t mode), (path, mode))
WRAP_INT(mkdirat, ENOSPC, is_at_below(fd, path), (int fd, const char *path, mode_t mode),
	 (fd, path, mode))
WRAP_INT(linkat, ENOSPC, is_at_below(to, new),
	 (int from, const char *old, int to, const char *new, int flags),
	 (from, old, to, new, flags))
WRAP_INT(rename, EACCES, is_at_below(AT_FDCWD, old), (const char *old, const char *new), (old, new))
WRAP_INT(renameat2, EACCES, is_at_below(from, old),
	 (int from, const char *old, int to, const char *new, unsigned flags),
	 (from, old, to, new, flags))
WRAP_INT(unlink, EACCES, is_at_below(AT_FDCWD, path), (const char *path), (path))
WRAP_INT(unlinkat, EACCES, is_at_below(fd, path), (int fd, const char *path, int flags),
	 (fd, path, flags))
WRAP_INT(rmdir, EACCES, is_at_below(AT_FDCWD, path), (const char *path), (path))
WRAP_INT(getentropy, EIO, true, (void *to, size_t len), (to, len))
WRAP_INT(pipe2, EMFILE, true, (int ends[2], int flags), (ends, flags))
WRAP(pid_t, -1, fork, EAGAIN, true, (void), ())

/* ---- connections ---- */

#define WRAP_SOCKET(type, name, params, args)                                                      \
	type name params                                                                           \
	{                                                                                          \
		may_be_signalled(#name);                                                           \
		return REAL(name) args;                                                            \
	}
WRAP_SOCKET(int, socket, (int domain, int kind, int protocol), (domain, kind, protocol))
WRAP_SOCKET(int, connect, (int fd, const struct sockaddr *to, socklen_t len), (fd, to, len))
WRAP_SOCKET(ssize_t, send, (int fd, const void *data, size_t len, int flags),
	    (fd, data, len, flags))
WRAP_SOCKET(ssize_t, recv, (int fd, void *to, size_t len, int flags), (fd, to, len, flags))

/* ---- the end ---- */

__attribute__((destructor)) static void stop_at_end(void)
{
	if (getenv("WRIT_FAULT_STOP") && getpid() == first_process)
		raise(SIGSTOP);
}

/* ---- libgit2 ---- */

/* Words as arguments go through the same registers and places of the stack whatever they mean, and
 * no function below has more than ten. Only the program's own calls count, not those of the library
 * to itself. */
#define WORDS long a, long b, long c, long d, long e, long f, long g, long h, long i, long j

static bool is_of_program(void *caller)
{
	static const void *program;
	Dl_info info;
	if (!program && dladdr((void *)getauxval(AT_ENTRY), &info))
		program = info.dli_fbase;
	return dladdr(caller, &info) && info.dli_fbase == program;
}

#define WRAP_GIT(name)                                                                             \
	int git_##name(WORDS);                                                                     \
	int git_##name(WORDS)                                                                      \
	{                                                                                          \
		if (is_of_program(__builtin_return_address(0)) && is_hit("git_" #name, 'g'))       \
			return -1;                                                                 \
		return REAL(git_##name)(a, b, c, d, e, f, g, h, i, j);                             \
	}

/* Those of its functions that tell by -1 that they failed. */
WRAP_GIT(blame_buffer)
WRAP_GIT(blame_file)
WRAP_GIT(blob_lookup)
WRAP_GIT(commit_create_buffer)
WRAP_GIT(commit_create_with_signature)
WRAP_GIT(commit_extract_signature)
WRAP_GIT(commit_lookup)
WRAP_GIT(commit_parent)
WRAP_GIT(commit_tree)
WRAP_GIT(graph_descendant_of)
WRAP_GIT(index_add)
WRAP_GIT(index_remove)
WRAP_GIT(index_write)
WRAP_GIT(mempack_new)
WRAP_GIT(message_trailers)
WRAP_GIT(object_lookup)
WRAP_GIT(object_peel)
WRAP_GIT(odb_add_backend)
WRAP_GIT(odb_hash)
WRAP_GIT(odb_write)
WRAP_GIT(packbuilder_insert)
WRAP_GIT(packbuilder_new)
WRAP_GIT(packbuilder_write)
WRAP_GIT(reference_create)
WRAP_GIT(reference_create_matching)
WRAP_GIT(reference_lookup)
WRAP_GIT(reference_name_is_valid)
WRAP_GIT(reference_name_to_id)
WRAP_GIT(remote_lookup)
WRAP_GIT(remote_push)
WRAP_GIT(remote_set_instance_pushurl)
WRAP_GIT(remote_set_instance_url)
WRAP_GIT(repository_head)
WRAP_GIT(repository_index)
WRAP_GIT(repository_odb)
WRAP_GIT(repository_open_ext)
WRAP_GIT(revparse_single)
WRAP_GIT(revwalk_new)
WRAP_GIT(revwalk_next)
WRAP_GIT(revwalk_push)
WRAP_GIT(revwalk_simplify_first_parent)
WRAP_GIT(revwalk_sorting)
WRAP_GIT(signature_default)
WRAP_GIT(signature_new)
WRAP_GIT(tree_entry_bypath)
WRAP_GIT(tree_lookup)
WRAP_GIT(tree_walk)
WRAP_GIT(treebuilder_filter)
WRAP_GIT(treebuilder_insert)
WRAP_GIT(treebuilder_new)
WRAP_GIT(treebuilder_write)
