#include "core/util/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/stat.h>

struct secret {
	size_t len, size; /* `size` bytes are allocated */
	char bytes[];
};

static struct secret *new_secret(size_t room)
{
	size_t size = sizeof(struct secret) + room + 1;
	struct secret *s = OPENSSL_secure_zalloc(size);
	if (!s)
		abort();
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

/* Drops the newline at the end; says what is wrong with the rest, or NULL. */
static const char *trim(struct secret *s)
{
	if (s->len > 0 && s->bytes[s->len - 1] == '\n')
		s->bytes[--s->len] = '\0';
	if (s->len == 0)
		return "is empty";
	return s->len > SECRET_MAX ? "is too long for a secret" : NULL;
}

/* What forbids to take the open file for a secret, or NULL. */
static const char *objection(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return "is not a regular file";
	if (st->st_uid != geteuid())
		return "belongs to another user";
	if (st->st_mode & 077)
		return "is open to group or others; it must have mode 0600 or 0400";
	return st->st_size > SECRET_MAX + 1 ? "is too long for a secret" : NULL;
}

/* Straight into the secret's memory: no buffer of ours or of stdio keeps a copy. */
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

struct error *secret_from_file(const char *path, struct secret **out)
{
	struct location where = {.file = path};
	struct stat st;
	CLEANUP(close)
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st))
		return error_at(ERROR_SYSTEM, where, "%s",
				errno == ELOOP ? "is a link" : strerrordesc_np(errno));
	const char *wrong = objection(&st);
	if (wrong)
		return error_at(ERROR_INPUT, where, "%s", wrong);
	CLEANUP(secret_free) struct secret *s = new_secret((size_t)st.st_size + 1);
	wrong = read_all(fd, (size_t)st.st_size, s);
	if (wrong)
		return error_at(ERROR_INPUT, where, "%s", wrong);
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
