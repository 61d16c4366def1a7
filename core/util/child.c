/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/child.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/util/clock.h"
#include "core/util/file.h"

#define CHILD_FAILED "failed"

/* The environment of a program: the few variables that it may need, and those of the caller. */
static const char *const *make_environment(struct arena *a, const char *const *more)
{
	static const char *const names[] = {"PATH", "HOME", "LANG", "USER", "XDG_RUNTIME_DIR",
					    NULL};
	struct variable_vec kept = {0};
	child_keep(a, names, &kept);
	for (; more && *more; more++)
		vec_push(a, &kept, *more);
	vec_push(a, &kept, NULL);
	return kept.at;
}

static bool is_named(const char *variable, const char *name)
{
	size_t len = strlen(name);
	bool begins = len > 0 && name[len - 1] == '*';
	return begins ? !strncmp(variable, name, len - 1)
		      : !strncmp(variable, name, len) && variable[len] == '=';
}

void child_keep(struct arena *a, const char *const *names, struct variable_vec *out)
{
	for (char **e = environ; e && *e; e++) {
		for (const char *const *name = names; *name; name++) {
			if (is_named(*e, *name)) {
				vec_push(a, out, *e);
				break;
			}
		}
	}
}

/* Takes the const away for posix_spawn(), which does not change its arguments. */
union child_words {
	const char *const *given;
	char *const *spawned;
};

/* The open files of a program; below 0 stands for /dev/null, and `more` become 3, 4, ... */
struct descriptors {
	int input, output, errors;
	const int *more;
	int count;
};

static void set_up(posix_spawn_file_actions_t *files, int fd, int target, int mode)
{
	if (fd < 0)
		posix_spawn_file_actions_addopen(files, target, "/dev/null", mode, 0);
	else
		posix_spawn_file_actions_adddup2(files, fd, target);
}

static void set_up_files(posix_spawn_file_actions_t *files, const struct descriptors *d)
{
	posix_spawn_file_actions_init(files);
	set_up(files, d->input, STDIN_FILENO, O_RDONLY);
	set_up(files, d->output, STDOUT_FILENO, O_WRONLY);
	set_up(files, d->errors, STDERR_FILENO, O_WRONLY);
	for (int i = 0; i < d->count; i++)
		posix_spawn_file_actions_adddup2(files, d->more[i], STDERR_FILENO + 1 + i);
	posix_spawn_file_actions_addclosefrom_np(files, STDERR_FILENO + 1 + d->count);
}

/* Has the program end by these signals as programs expect, which are ignored in this process. */
static void set_up_signals(posix_spawnattr_t *attributes)
{
	sigset_t usual;
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	sigaddset(&usual, SIGXFSZ);
	posix_spawnattr_setsigdefault(attributes, &usual);
}

static int start(const char *const *argv, const char *const *more, const struct descriptors *d,
		 pid_t *child)
{
	ARENA a = {0};
	union child_words words = {.given = argv},
			  variables = {.given = make_environment(&a, more)};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF);
	set_up_signals(&attributes);
	set_up_files(&files, d);
	int failed =
		posix_spawn(child, argv[0], &files, &attributes, words.spawned, variables.spawned);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return failed;
}

int child_start(const char *const *argv, const char *const *more, int input, int output,
		pid_t *child)
{
	return start(argv, more,
		     &(struct descriptors){.input = input, .output = output, .errors = -1}, child);
}

/* Waits for the child until the deadline, and kills its whole group then. */
const char *child_end(pid_t child, int64_t deadline, const char *wrong)
{
	int status = 0;
	pid_t ended = 0;
	while (!wrong && (ended = waitpid(child, &status, WNOHANG)) == 0 &&
	       clock_steady_ms() < deadline)
		poll(NULL, 0, 5);
	if (ended == child)
		return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? NULL : CHILD_FAILED;
	kill(-child, SIGKILL);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return wrong ? wrong : "did not end in time";
}

/* ---- to its end ---- */

#define USUAL_PATH "/usr/local/bin:/usr/bin:/bin"

static bool is_program(const char *path)
{
	struct stat st;
	return !stat(path, &st) && S_ISREG(st.st_mode) && !access(path, X_OK);
}

const char *child_find(struct arena *a, const char *name)
{
	const char *path = getenv("PATH");
	for (const char *at = path && *path ? path : USUAL_PATH; *at;) {
		size_t len = strcspn(at, ":");
		const char *program = arena_printf(a, "%.*s/%s", (int)len, at, name);
		if (*at == '/' && is_program(program))
			return program;
		at += len + (at[len] == ':');
	}
	return NULL;
}

/* The lowest descriptor that files are moved to first, so that none is overwritten while others
 * take their places. */
#define HIGH (STDERR_FILENO + 1 + CHILD_FILES)

/* Makes a file in memory with these bytes, positioned at its beginning. */
static struct error *make_memory(struct child_bytes bytes, int *out)
{
	CLEANUP(close) int low = memfd_create("writ", MFD_CLOEXEC);
	CLEANUP(close) int fd = low < 0 ? -1 : fcntl(low, F_DUPFD_CLOEXEC, HIGH);
	if (fd < 0)
		return error_errno(errno, "making a file in memory");
	TRY(file_write_all(fd, "a file in memory", bytes.at, bytes.len));
	if (lseek(fd, 0, SEEK_SET))
		return error_errno(errno, "making a file in memory");
	*out = keep_fd(&fd);
	return NULL;
}

/* What a program wrote into a file, at most `max` bytes. */
static const char *said_in(int fd, size_t max, struct arena *a, size_t *out_len)
{
	struct stat st;
	size_t size = fstat(fd, &st) || st.st_size < 0 ? 0 : (size_t)st.st_size;
	size = size < max ? size : max;
	char *text = arena_alloc(a, size + 1);
	ssize_t len = pread(fd, text, size, 0);
	*out_len = len > 0 ? (size_t)len : 0;
	text[*out_len] = '\0';
	return text;
}

static void close_all(const int *fds, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
	}
}

/* Makes the files of a job, all in memory: input, output, errors, then those that it reads. */
static struct error *make_all(const struct child_job *job, int fds[static 3 + CHILD_FILES])
{
	assert(job->file_count <= CHILD_FILES);
	for (size_t i = 0; i < 3 + CHILD_FILES; i++)
		fds[i] = -1;
	TRY(make_memory(job->input, &fds[0]));
	TRY(make_memory((struct child_bytes){0}, &fds[1]));
	TRY(make_memory((struct child_bytes){0}, &fds[2]));
	for (size_t i = 0; i < job->file_count; i++)
		TRY(make_memory(job->files[i], &fds[3 + i]));
	return NULL;
}

static struct error *run(const struct child_job *job, const int *fds, struct arena *a,
			 struct child_said *out)
{
	struct descriptors d = {fds[0], fds[1], fds[2], fds + 3, (int)job->file_count};
	pid_t child;
	int failed = start(job->argv, job->more, &d, &child);
	if (failed)
		return error_errno(failed, "running %s", job->argv[0]);
	const char *wrong = child_end(child, clock_steady_ms() + job->timeout_ms, NULL);
	if (wrong && strcmp(wrong, CHILD_FAILED) != 0)
		return error_new(ERROR_SYSTEM, "%s %s", job->argv[0], wrong);
	size_t len;
	*out = (struct child_said){.well = !wrong};
	out->errors = said_in(fds[2], CHILD_SAID_MAX, a, &len);
	out->output = said_in(fds[1], job->output_max ? job->output_max : CHILD_SAID_MAX, a,
			      &out->output_len);
	return NULL;
}

struct error *child_run(const struct child_job *job, struct arena *a, struct child_said *out)
{
	int fds[3 + CHILD_FILES];
	struct error *error = make_all(job, fds);
	if (!error)
		error = run(job, fds, a, out);
	close_all(fds, 3 + CHILD_FILES);
	return error;
}
