/* SPDX-License-Identifier: Apache-2.0 */
/* signers.h - who may sign: a file of allowed signers, as ssh-keygen(1) describes it, and what
 * signs here.
 *
 * Each line is "PRINCIPALS [OPTIONS] KEYTYPE KEY [COMMENT]". Ed25519 keys alone are used; lines
 * with sound keys of other types, and authorities of certificates, are read and never match. A line
 * that cannot be read spoils the file: an option that is not understood may be the one that
 * forbids. */
#ifndef WRIT_SIGNERS_H
#define WRIT_SIGNERS_H

#include "core/git/sshsig.h"
#include "core/util/vec.h"

#define SIGNERS_FILE_MAX ((size_t)1 << 20) /* ten thousand signers */

struct signer {
	const char *principals; /* patterns, with commas, as they stand there */
	const char *namespaces; /* patterns, with commas; NULL: all */
	int64_t valid_after, valid_before;
	uint32_t line;
	unsigned char key[SSHSIG_KEY];
};

struct signers {
	const char *file;
	VEC(, struct signer) all;
};

/* Reads the file, which must belong to this user or root and be writable by nobody else.
 * ERROR_INPUT names the line. */
MUST_CHECK struct error *signers_load(const char *path, struct arena *a, struct signers *out);
/* The same of text that was read; `file` is its name in errors. */
MUST_CHECK struct error *signers_parse(const char *file, const char *text, size_t len,
				       struct arena *a, struct signers *out);

/* What is asked of a signature. */
struct signed_data {
	const char *name; /* namespace */
	const void *at;
	size_t len;
	int64_t when; /* the moment that the key must be valid at */
};

/* NULL when the armored signature holds for the data and is by a key that may sign it; *out_by is
 * then the principals of its line. ERROR_INPUT: it does not hold; ERROR_DENIED: it does, and its
 * signer may not. */
MUST_CHECK struct error *signers_check(const struct signers *signers, const char *signature,
				       size_t len, const struct signed_data *data,
				       const char **out_by);

enum sign_kind { SIGN_NONE, SIGN_FILE, SIGN_AGENT };

/* A key that signs; SIGN_FILE or SIGN_AGENT say which of the two is set. */
struct signing {
	const char *file;  /* a private key */
	const char *agent; /* the public key of one in ssh-agent */
	enum sign_kind kind;
};

/* The key that the configuration names; *out is NULL when it names none. */
MUST_CHECK struct error *signing_load(const struct signing *signing, struct ssh_key **out);

static inline void cleanup_ssh_key_free(struct ssh_key **key)
{
	ssh_key_free(*key);
}

#endif
