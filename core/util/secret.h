/* secret.h - bytes that must not be seen.
 *
 * A secret has no printf form and is never a plain string of ours: it is read, handed to the one library
 * call that needs it, and wiped. Memory comes from OPENSSL_secure_malloc() when its heap is there. */
#ifndef WRIT_SECRET_H
#define WRIT_SECRET_H

#include <stddef.h>

#include "core/util/error.h"

#define SECRET_MAX 65536 /* a token is under 8 KiB; a helper that prints more is broken */

struct secret;

/* Takes a copy of `len` bytes and wipes the caller's. */
struct secret *secret_take(char *bytes, size_t len);

/* From a file that is regular, no link, owned by this user and closed to group and others (mode & 077 == 0);
 * from an environment variable, whose bytes are overwritten in place and unset. One trailing newline is
 * dropped. Empty or longer than SECRET_MAX is an error; no message holds any of the bytes. */
MUST_CHECK struct error *secret_from_file(const char *path, struct secret **out);
MUST_CHECK struct error *secret_from_env(const char *name, struct secret **out);

/* The bytes, for the one call that needs them; NUL-terminated; valid until secret_free(). */
const char *secret_reveal(const struct secret *s);
size_t secret_len(const struct secret *s);

void secret_free(struct secret *s); /* wipes; accepts NULL */

static inline void cleanup_secret_free(struct secret **s)
{
	secret_free(*s);
}

#endif
