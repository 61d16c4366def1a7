/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/util/clock.h"

#define ENVIRONMENT_MAX 16

/* The few variables that a helper may need, and those of the caller. */
static void build_environment(const char *room[static ENVIRONMENT_MAX], const char *const *more)
{
	static const char *const names[] = {"PATH=", "HOME=", "LANG=", "USER=", "XDG_RUNTIME_DIR="};
	size_t kept = 0;
	for (char **e = environ; *e && kept + 1 < ENVIRONMENT_MAX; e++) {
		for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
			if (!strncmp(*e, names[i], strlen(names[i])))
				room[kept++] = *e;
		}
	}
	for (; more && *more && kept + 1 < ENVIRONMENT_MAX; more++)
		room[kept++] = *more;
	room[kept] = NULL;
}

/* posix_spawn() does not change them. */
union child_words {
	const char *const *given;
	char *const *spawned;
};

static void set_up_files(posix_spawn_file_actions_t *files, int input, int output)
{
	posix_spawn_file_actions_init(files);
	if (input < 0)
		posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	else
		posix_spawn_file_actions_adddup2(files, input, STDIN_FILENO);
	if (output < 0)
		posix_spawn_file_actions_addopen(files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	else
		posix_spawn_file_actions_adddup2(files, output, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addclosefrom_np(files, STDERR_FILENO + 1);
}

/* A descriptor below 0 stands for /dev/null. */
int child_start(const char *const *argv, const char *const *more, int input, int output,
		pid_t *child)
{
	const char *environment[ENVIRONMENT_MAX];
	union child_words words = {.given = argv}, variables = {.given = environment};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t usual;
	build_environment(environment, more);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE); /* ignored here, but not by programs that expect to end by it */
	posix_spawnattr_setsigdefault(&attributes, &usual);
	set_up_files(&files, input, output);
	int failed =
		posix_spawn(child, argv[0], &files, &attributes, words.spawned, variables.spawned);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return failed;
}

/* Waits for the child until the deadline; its whole group is killed then. */
const char *child_end(pid_t child, int64_t deadline, const char *wrong)
{
	int status = 0;
	pid_t ended = 0;
	while (!wrong && (ended = waitpid(child, &status, WNOHANG)) == 0 &&
	       clock_steady_ms() < deadline)
		poll(NULL, 0, 5);
	if (ended == child)
		return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? NULL : "failed";
	kill(-child, SIGKILL);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return wrong ? wrong : "did not end in time";
}
