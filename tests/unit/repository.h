/* SPDX-License-Identifier: Apache-2.0 */
/* A temporary folder with repositories made by stock git, for tests of core/history. */
#ifndef WRIT_TEST_REPOSITORY_H
#define WRIT_TEST_REPOSITORY_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/util/arena.h"

static char folder[] = "/tmp/writ-history-XXXXXX";

/* Runs a shell script in the folder; its exit status. Nothing of the user's own configuration is
 * seen. */
static int shell(const char *script)
{
	int status;
	pid_t child = fork();
	if (child == 0) {
		if (chdir(folder))
			_exit(99);
		execl("/bin/sh", "sh", "-eu", "-c", script, (char *)NULL);
		_exit(99);
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 100;
}

static const char *in_folder(struct arena *a, const char *name)
{
	return arena_printf(a, "%s/%s", folder, name);
}

static int make_folder(void **state UNUSED)
{
	if (!mkdtemp(folder))
		return -1;
	setenv("HOME", folder, 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	setenv("GIT_AUTHOR_NAME", "Ann", 1);
	setenv("GIT_AUTHOR_EMAIL", "ann@example.com", 1);
	setenv("GIT_COMMITTER_NAME", "Con", 1);
	setenv("GIT_COMMITTER_EMAIL", "con@example.com", 1);
	unsetenv("XDG_CONFIG_HOME");
	return 0;
}

static int drop_folder(void **state UNUSED)
{
	char command[64];
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return shell(command);
}

#endif
