/* SPDX-License-Identifier: Apache-2.0 */
/* signature.h - signatures with SSH keys, made and checked by ssh-keygen(1), as git does it.
 *
 * Whatever OpenSSH knows is known here: Ed25519, RSA, ECDSA, keys on security keys (sk-),
 * certificates, ssh-agent, lists of revoked keys. What is signed goes to its standard input, and a
 * signature and the files that say whom to trust are handed over as open files: its command line
 * names nothing but the private key that the operator named. ssh-keygen is taken from PATH; where
 * there is none, each function is ERROR_REFUSED with a sentence about it. */
#ifndef WRIT_SIGNATURE_H
#define WRIT_SIGNATURE_H

#include <stdint.h>

#include "core/util/child.h"

#define SIGNATURE_GIT "git"		   /* the namespace of commits and tags */
#define SIGNATURE_PLAN "writ-plan"	   /* of saved plans */
#define SIGNERS_FILE_MAX ((size_t)1 << 20) /* ten thousand signers */

enum sign_kind { SIGN_NONE, SIGN_FILE, SIGN_AGENT };

/* A key that signs; SIGN_FILE or SIGN_AGENT say which of the two is set. */
struct signing {
	const char *file;  /* a private key, or the public half of one that ssh-agent holds */
	const char *agent; /* "ssh-ed25519 AAAA...": ssh-agent holds the other half */
	enum sign_kind kind;
};

/* Signs `len` bytes under a namespace. *out is the armored signature, in `a`, without a line feed
 * at its end. ERROR_INPUT: the key does not sign, with what ssh-keygen says of it. */
MUST_CHECK struct error *signature_make(const struct signing *signing, const char *name,
					const void *data, size_t len, struct arena *a,
					const char **out);

/* Who may sign, as it was when it was read. */
struct signers {
	const char *file; /* for messages */
	struct child_bytes allowed;
	struct child_bytes revoked; /* NULL: none is */
};

/* Reads a file of allowed signers and one of revoked keys (a list of keys or a KRL; NULL: none).
 * Both must belong to this user or root and be writable by nobody else: ERROR_INPUT names the one
 * that does not. Text is in `a`. */
MUST_CHECK struct error *signers_load(const char *path, const char *revoked, struct arena *a,
				      struct signers *out);

/* What is asked of a signature. */
struct signed_data {
	const char *name; /* namespace */
	const void *at;
	size_t len;
	int64_t when; /* the moment that the key must be valid at, in seconds since 1970 */
};

/* NULL when the armored signature holds for the data and is by a key that may sign it; *out_by is
 * then the principal, in `a`. ERROR_INPUT: it does not hold; ERROR_DENIED: it does, and its signer
 * may not. */
MUST_CHECK struct error *signature_check(const struct signers *signers, const char *signature,
					 size_t len, const struct signed_data *data,
					 struct arena *a, const char **out_by);

#endif
