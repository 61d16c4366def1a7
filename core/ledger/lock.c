/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#include "core/util/arena.h"
#include "core/util/file.h"
#include "core/util/str.h"
#include "core/util/unicode.h"

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

struct error *lock_take(const char *path, const char *holder, int *out)
{
	CLEANUP(close) int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return error_errno(errno, "opening lock %s", path);
	if (flock(fd, LOCK_EX | LOCK_NB))
		return errno == EWOULDBLOCK ? locked_by(fd)
					    : error_errno(errno, "locking %s", path);
	if (ftruncate(fd, 0))
		return error_errno(errno, "writing lock %s", path);
	TRY(file_write_all(fd, path, holder, strlen(holder)));
	*out = keep_fd(&fd);
	return NULL;
}
