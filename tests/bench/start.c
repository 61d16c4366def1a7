/* SPDX-License-Identifier: Apache-2.0 */
/* start COUNT PROGRAM ARGUMENT...: the median of the microseconds from starting a program to its
 * end. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

#define COUNT_MAX 10000

extern char **environ;

static long long now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int by_size(const void *a, const void *b)
{
	const long long *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

int main(int argc, char **argv)
{
	static long long times[COUNT_MAX];
	posix_spawn_file_actions_t actions;
	long count = argc > 2 ? strtol(argv[1], NULL, 10) : 0;
	if (count < 1 || count > COUNT_MAX || posix_spawn_file_actions_init(&actions) ||
	    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0))
		return 1;
	for (long i = 0; i < count; i++) {
		int status;
		pid_t child;
		long long begun = now();
		if (posix_spawn(&child, argv[2], &actions, NULL, argv + 2, environ) ||
		    waitpid(child, &status, 0) != child || status)
			return 1;
		times[i] = now() - begun;
	}
	qsort(times, (size_t)count, sizeof(*times), by_size);
	printf("%lld\n", times[count / 2]);
	return 0;
}
