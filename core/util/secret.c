/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>

#include "core/util/child.h"
#include "core/util/clock.h"
#include "core/util/process.h"
#include "core/util/trusted_file.h"

struct secret {
	size_t len, size; /* `size` bytes are allocated */
	char bytes[];
};

static struct secret *new_secret(size_t room)
{
	size_t size = sizeof(struct secret) + room + 1;
	struct secret *s = OPENSSL_secure_zalloc(size);
	if (!s)
		process_out_of_memory(0);
	s->size = size;
	return s;
}

struct secret *secret_take(char *bytes, size_t len)
{
	struct secret *s = new_secret(len);
	memcpy(s->bytes, bytes, len);
	s->len = len;
	OPENSSL_cleanse(bytes, len);
	return s;
}

/* Drops the newline at the end. Returns what is wrong with the rest, or NULL. */
static const char *trim(struct secret *s)
{
	if (s->len > 0 && s->bytes[s->len - 1] == '\n')
		s->bytes[--s->len] = '\0';
	if (s->len == 0)
		return "is empty";
	return s->len > SECRET_MAX ? "is too long for a secret" : NULL;
}

/* Reads a file straight into the secret's memory, so that no buffer of ours or of stdio keeps a
 * copy. */
static const char *read_all(int fd, size_t size, struct secret *s)
{
	ssize_t got;
	do {
		got = read(fd, s->bytes + s->len, size + 1 - s->len);
		if (got < 0)
			return strerrordesc_np(errno);
		s->len += (size_t)got;
	} while (got > 0);
	return s->len == size ? trim(s) : "changed while it was read";
}

static struct error *cannot_open(struct location where, int number)
{
	if (number == ELOOP)
		return error_at(ERROR_SYSTEM, where, "the file is a link");
	if (number == ENOENT)
		return error_at(ERROR_SYSTEM, where,
				"the file is not there; write the secret into it, with mode 0600");
	return error_at(ERROR_SYSTEM, where, "the file cannot be opened: %s",
			strerrordesc_np(number));
}

struct error *secret_from_file(const char *path, struct secret **out)
{
	struct location where = {.file = path};
	struct stat st;
	CLEANUP(close)
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st))
		return cannot_open(where, errno);
	const char *wrong = trusted_file_objection_to_secret(&st);
	if (!wrong && st.st_size > SECRET_MAX + 1)
		wrong = "is too long for a secret";
	if (wrong)
		return error_at(ERROR_INPUT, where, "the file %s", wrong);
	CLEANUP(secret_free) struct secret *s = new_secret((size_t)st.st_size + 1);
	wrong = read_all(fd, (size_t)st.st_size, s);
	if (wrong)
		return error_at(ERROR_INPUT, where, "the file %s", wrong);
	*out = s;
	s = NULL;
	return NULL;
}

struct error *secret_from_env(const char *name, struct secret **out)
{
	char *value = getenv(name);
	if (!value)
		return error_new(ERROR_INPUT, "the environment variable %s is not set", name);
	CLEANUP(secret_free) struct secret *s = secret_take(value, strlen(value));
	unsetenv(name);
	const char *wrong = trim(s);
	if (wrong)
		return error_new(ERROR_INPUT, "the environment variable %s %s", name, wrong);
	*out = s;
	s = NULL;
	return NULL;
}

/* ---- from a descriptor or a command ---- */

/* Reads to the end or the deadline, straight into the secret's memory. Returns what is wrong, or
 * NULL. */
static const char *drain(int fd, int64_t deadline, struct secret *s)
{
	for (;;) {
		struct pollfd wait = {.fd = fd, .events = POLLIN};
		int64_t left = deadline - clock_steady_ms();
		int ready = left > 0 ? poll(&wait, 1, (int)left) : 0;
		if (ready == 0)
			return "gave nothing in time";
		ssize_t got = ready < 0 ? -1 : read(fd, s->bytes + s->len, SECRET_MAX + 2 - s->len);
		if (got < 0 && errno != EINTR && errno != EAGAIN)
			return strerrordesc_np(errno);
		if (got == 0)
			return trim(s);
		s->len += got > 0 ? (size_t)got : 0;
		if (s->len > SECRET_MAX + 1)
			return "is too long for a secret";
	}
}

static struct error *from_fd(int fd, struct secret **out)
{
	CLEANUP(close) int in = fd;
	CLEANUP(secret_free) struct secret *s = new_secret(SECRET_MAX + 2);
	const char *wrong = drain(in, clock_steady_ms() + SECRET_COMMAND_MS, s);
	if (wrong)
		return error_new(ERROR_INPUT, "the secret on descriptor %d: %s", fd, wrong);
	*out = s;
	s = NULL;
	return NULL;
}

static struct error *from_command(const char *const *argv, struct secret **out)
{
	int ends[2];
	pid_t child;
	CLEANUP(secret_free) struct secret *s = new_secret(SECRET_MAX + 2);
	if (pipe2(ends, O_CLOEXEC))
		return error_errno(errno, "running %s", argv[0]);
	CLEANUP(close) int in = ends[0];
	int failed = child_start(argv, NULL, -1, ends[1], &child);
	close(ends[1]);
	if (failed)
		return error_errno(failed, "running %s", argv[0]);
	int64_t deadline = clock_steady_ms() + SECRET_COMMAND_MS;
	const char *wrong = child_end(child, deadline, drain(in, deadline, s));
	if (wrong)
		return error_new(ERROR_INPUT, "the secret's command %s: %s", argv[0], wrong);
	*out = s;
	s = NULL;
	return NULL;
}

struct error *secret_read(const struct secret_source *source, struct secret **out)
{
	switch (source->kind) {
	case SECRET_FILE:
		return secret_from_file(source->name, out);
	case SECRET_ENV:
		return secret_from_env(source->name, out);
	case SECRET_COMMAND:
		return from_command(source->argv, out);
	case SECRET_FD:
		return from_fd(source->fd, out);
	case SECRET_NONE:
		break;
	}
	return error_new(ERROR_INPUT, "the configuration names no source for this secret");
}

/* Writes all bytes before the deadline and closes the input. Returns what is wrong, or NULL. */
static const char *pour(int fd, int64_t deadline, const char *bytes, size_t len)
{
	while (len > 0) {
		struct pollfd wait = {.fd = fd, .events = POLLOUT};
		int64_t left = deadline - clock_steady_ms();
		if (left <= 0 || poll(&wait, 1, (int)left) == 0)
			return "did not read it in time";
		ssize_t put = write(fd, bytes, len);
		if (put < 0 && errno != EINTR && errno != EAGAIN)
			return "did not read it all";
		bytes += put > 0 ? put : 0;
		len -= put > 0 ? (size_t)put : 0;
	}
	return NULL;
}

struct error *secret_hand(const struct secret *s, const char *const *argv, const char *const *more)
{
	int ends[2];
	pid_t child;
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK))
		return error_errno(errno, "running %s", argv[0]);
	fcntl(ends[0], F_SETFL, 0); /* the child's end blocks, as programs expect */
	int failed = child_start(argv, more, ends[0], -1, &child);
	close(ends[0]);
	if (failed) {
		close(ends[1]);
		return error_errno(failed, "running %s", argv[0]);
	}
	int64_t deadline = clock_steady_ms() + SECRET_COMMAND_MS;
	const char *wrong = pour(ends[1], deadline, s->bytes, s->len);
	if (!wrong)
		wrong = pour(ends[1], deadline, "\n", 1);
	close(ends[1]);
	wrong = child_end(child, deadline, wrong);
	return wrong ? error_new(ERROR_SYSTEM, "the command %s for new secrets %s", argv[0], wrong)
		     : NULL;
}

const char *secret_reveal(const struct secret *s)
{
	return s->bytes;
}

size_t secret_len(const struct secret *s)
{
	return s->len;
}

void secret_free(struct secret *s)
{
	if (s)
		OPENSSL_secure_clear_free(s, s->size);
}
