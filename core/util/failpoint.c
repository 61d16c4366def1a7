/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/failpoint.h"

#ifdef WRIT_FAILPOINTS
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/util/clock.h"
#include "core/util/file.h"

static void log_hit(const char *name)
{
	const char *path = getenv("WRIT_FAILPOINT_LOG");
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
	if (fd < 0)
		return;
	error_free(file_write_all(fd, path, name, strlen(name)));
	error_free(file_write_all(fd, path, "\n", 1));
	close(fd);
}

#define SLEEP_MS 50

/* "*:3" is killed at the third point, "*:3:term" and "*:3:int" are asked to stop, "*:3:stop" stands
 * still, "*:3:abort" ends by itself. */
static int wanted_signal(const char *behind_number)
{
	static const struct {
		const char *name;
		int number;
	} signals[] = {
		{":term", SIGTERM}, {":int", SIGINT}, {":stop", SIGSTOP}, {":abort", SIGABRT}};
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		if (!strcmp(behind_number, signals[i].name))
			return signals[i].number;
	}
	return SIGKILL;
}

void failpoint_hit(const char *name)
{
	static unsigned long hits;
	const char *wanted = getenv("WRIT_FAILPOINT");
	const char *colon = wanted ? strchr(wanted, ':') : NULL;
	char *behind;
	log_hit(name);
	if (!colon)
		return;
	size_t len = (size_t)(colon - wanted);
	bool matches =
		!strncmp(wanted, "*", len) || (strlen(name) == len && !strncmp(wanted, name, len));
	if (!matches || ++hits != strtoul(colon + 1, &behind, 10))
		return;
	if (!strcmp(behind, ":sleep"))
		clock_sleep_ms(SLEEP_MS);
	else
		raise(wanted_signal(behind));
}

void failpoint_write(const char *name, int fd, const char **bytes, size_t *len)
{
	size_t half = *len / 2;
	if (write(fd, *bytes, half) != (ssize_t)half)
		abort(); /* a test of a full disk uses no failpoints */
	*bytes += half;
	*len -= half;
	failpoint_hit(name);
}
#else
typedef int failpoint_unused; /* ISO C demands a declaration in every file */
#endif
