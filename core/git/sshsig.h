/* SPDX-License-Identifier: Apache-2.0 */
/* sshsig.h - signatures with SSH keys (OpenSSH's PROTOCOL.sshsig), as git takes them for commits.
 *
 * Ed25519 alone. The key is a file that ssh-keygen made and nobody encrypted, or one that ssh-agent
 * holds: then it never comes into this process. `ssh-keygen -Y verify` and git accept what is made
 * here. */
#ifndef WRIT_SSHSIG_H
#define WRIT_SSHSIG_H

#include <stdbool.h>

#include "core/util/arena.h"
#include "core/util/error.h"

#define SSHSIG_GIT "git"	/* the namespace of commits and tags */
#define SSHSIG_PLAN "writ-plan" /* of saved plans */
#define SSHSIG_KEY 32		/* bytes of an Ed25519 public key: RFC 8032 */

struct ssh_key;

/* Reads a private key. ERROR_INPUT when it is encrypted, not Ed25519, or no key. */
MUST_CHECK struct error *ssh_key_load(const char *path, struct ssh_key **out);

/* The key of ssh-agent (SSH_AUTH_SOCK) with this public half: "ssh-ed25519 AAAA...". */
MUST_CHECK struct error *ssh_key_from_agent(const char *public_key, struct ssh_key **out);

void ssh_key_free(struct ssh_key *key); /* wipes; accepts NULL */

/* Signs `len` bytes under a namespace. *out is the armored signature, in `a`, without a line feed
 * at its end. */
MUST_CHECK struct error *sshsig_sign(const struct ssh_key *key, const char *name, const void *data,
				     size_t len, struct arena *a, const char **out);

/* Whether an armored signature is one of `len` bytes under this namespace; then out_key is the
 * public half of the key that made it, which may be anybody's. ERROR_INPUT tells what is wrong. */
MUST_CHECK struct error *sshsig_verify(const char *signature, size_t signature_len,
				       const char *name, const void *data, size_t len,
				       unsigned char out_key[static SSHSIG_KEY]);

/* Reads "TYPE BASE64"; false when it is no public key. *out_usable: it is an Ed25519 key, and in
 * out_key. */
bool ssh_public_read(const char *type, const char *base64, bool *out_usable,
		     unsigned char out_key[static SSHSIG_KEY]);

#endif
