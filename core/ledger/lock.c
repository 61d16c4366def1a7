/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#include "core/util/arena.h"
#include "core/util/clock.h"
#include "core/util/file.h"
#include "core/util/str.h"
#include "core/util/unicode.h"

#define LOCK_LOOK_MS 50
#define HOLDER_MAX 200 /* bytes shown of what the holder wrote */

static struct error *locked_by(int fd)
{
	ARENA a = {0};
	struct str shown = STR(&a);
	char text[HOLDER_MAX + 1];
	ssize_t len = pread(fd, text, HOLDER_MAX, 0);
	text_escape(&shown, text, len > 0 ? strcspn((text[len] = '\0', text), "\n") : 0,
		    HOLDER_MAX);
	return error_new(ERROR_LOCKED, "another run holds the lock: %s",
			 shown.len ? str_text(&shown) : "unknown");
}

/* 0, or an errno; EWOULDBLOCK when it is still another's at the end. */
static int lock_in_time(int fd)
{
	int64_t deadline = clock_steady_ms() + LOCK_WAIT_MS;
	while (flock(fd, LOCK_EX | LOCK_NB)) {
		if (errno != EINTR && (errno != EWOULDBLOCK || clock_steady_ms() >= deadline))
			return errno;
		clock_sleep_ms(LOCK_LOOK_MS);
	}
	return 0;
}

struct error *lock_take(const char *path, const char *holder, int *out)
{
	CLEANUP(close) int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return error_errno(errno, "opening lock %s", path);
	int number = lock_in_time(fd);
	if (number)
		return number == EWOULDBLOCK ? locked_by(fd)
					     : error_errno(number, "locking %s", path);
	if (ftruncate(fd, 0))
		return error_errno(errno, "writing lock %s", path);
	TRY(file_write_all(fd, path, holder, strlen(holder)));
	*out = keep_fd(&fd);
	return NULL;
}
