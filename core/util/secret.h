/* SPDX-License-Identifier: Apache-2.0 */
/* secret.h - bytes that must not be seen.
 *
 * A secret has no printf form and is never a plain string of ours: it is read, handed to the one
 * library call that needs it, and wiped. Memory comes from OPENSSL_secure_malloc() when its heap is
 * there. */
#ifndef WRIT_SECRET_H
#define WRIT_SECRET_H

#include <stddef.h>
#include <stdint.h>

#include "core/util/error.h"

#define SECRET_MAX 65536 /* a token is under 8 KiB; a helper that prints more is broken */

struct secret;

/* Takes a copy of `len` bytes and wipes the caller's. */
struct secret *secret_take(char *bytes, size_t len);

/* From a file that is regular, no link, owned by this user and closed to group and others (mode &
 * 077 == 0); from an environment variable, whose bytes are overwritten in place and unset. One
 * trailing newline is dropped. Empty or longer than SECRET_MAX is an error; no message holds any of
 * the bytes. */
MUST_CHECK struct error *secret_from_file(const char *path, struct secret **out);
MUST_CHECK struct error *secret_from_env(const char *name, struct secret **out);

/* Where a secret comes from, as the operator's configuration says. */
enum secret_kind { SECRET_NONE, SECRET_FILE, SECRET_ENV, SECRET_COMMAND, SECRET_FD };
struct secret_source {
	enum secret_kind kind;
	const char *name;	 /* of the file or variable */
	const char *const *argv; /* of the command: an absolute path first, NULL last */
	int32_t fd;
};

#define SECRET_COMMAND_MS 30000 /* a helper that asks a person is not for unattended runs */

/* Fetches a secret. A command runs without a shell, with standard input from /dev/null, its
 * standard error dropped, and no environment but PATH, HOME, LANG, USER and XDG_RUNTIME_DIR; it
 * must exit 0 within SECRET_COMMAND_MS and print at most SECRET_MAX bytes. A descriptor is read to
 * its end and closed. The same trimming and limits as above; ERROR_INPUT for SECRET_NONE. */
MUST_CHECK struct error *secret_read(const struct secret_source *source, struct secret **out);

/* Hands `s` and a newline to a command on its standard input, under the same rules; `more`
 * (NAME=VALUE, NULL last) is added to its environment and its standard output is dropped too. It
 * must read all and exit 0 in time. */
MUST_CHECK struct error *secret_hand(const struct secret *s, const char *const *argv,
				     const char *const *more);

/* The bytes, for the one call that needs them; NUL-terminated; valid until secret_free(). */
const char *secret_reveal(const struct secret *s);
size_t secret_len(const struct secret *s);

void secret_free(struct secret *s); /* wipes; accepts NULL */

static inline void cleanup_secret_free(struct secret **s)
{
	secret_free(*s);
}

#endif
