/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/process.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define STATUS_ERROR 1

void process_harden(void)
{
	static const struct rlimit none = {0, 0};
	prctl(PR_SET_DUMPABLE, 0);
	setrlimit(RLIMIT_CORE, &none);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

_Noreturn void process_give_up(const char *why)
{
	char line[200];
	int len = snprintf(line, sizeof(line), "writ: error: %.180s\n", why);
	/* It is one write that allocates nothing; if nobody hears the line, nothing can be done. */
	if (write(STDERR_FILENO, line, (size_t)len) < 0)
		_exit(STATUS_ERROR);
	_exit(STATUS_ERROR);
}

_Noreturn void process_out_of_memory(unsigned long size)
{
	char line[64];
	if (size)
		snprintf(line, sizeof(line), "out of memory (%lu bytes)", size);
	else
		snprintf(line, sizeof(line), "out of memory");
	process_give_up(line);
}
