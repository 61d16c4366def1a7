/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/process.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/check.h"

/* What a child made of itself: its exit status, and what it said on standard error. */
static int run(void (*what)(void), char said[static 200])
{
	int ends[2], status;
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		what();
		_exit(0);
	}
	close(ends[1]);
	ssize_t len = read(ends[0], said, 199);
	said[len > 0 ? len : 0] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void harden(void)
{
	struct rlimit core, file = {0, 0};
	char path[] = "/tmp/writ-process-XXXXXX";
	process_harden();
	if (prctl(PR_GET_DUMPABLE) != 0)
		_exit(10);
	if (getrlimit(RLIMIT_CORE, &core) || core.rlim_cur || core.rlim_max)
		_exit(11);
	int fd = mkstemp(path);
	unlink(path);
	setrlimit(RLIMIT_FSIZE, &file);
	if (write(fd, "x", 1) >= 0) /* a signal would have ended it */
		_exit(12);
}

static void give_up(void)
{
	process_give_up("that is why");
}

static void out_of_memory(void)
{
	process_out_of_memory(17);
}

static void how_processes_end(void **state UNUSED)
{
	char said[200];
	assert_int_equal(run(harden, said), 0);
	assert_int_equal(run(give_up, said), 1);
	assert_string_equal(said, "writ: error: that is why\n");
	assert_int_equal(run(out_of_memory, said), 1);
	assert_string_equal(said, "writ: error: out of memory (17 bytes)\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(how_processes_end)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
