/* sshsig.h - signatures with SSH keys (OpenSSH's PROTOCOL.sshsig), as git takes them for commits.
 *
 * Ed25519 alone. The key is a file that ssh-keygen made and nobody encrypted, or one that ssh-agent holds: then it never
 * comes into this process. `ssh-keygen -Y verify` and git accept what is made here. */
#ifndef WRIT_SSHSIG_H
#define WRIT_SSHSIG_H

#include "core/util/arena.h"
#include "core/util/error.h"

#define SSHSIG_GIT "git" /* the namespace of commits and tags */

struct ssh_key;

/* Reads a private key. ERROR_INPUT when it is encrypted, not Ed25519, or no key. */
MUST_CHECK struct error *ssh_key_load(const char *path, struct ssh_key **out);

/* The key of ssh-agent (SSH_AUTH_SOCK) with this public half: "ssh-ed25519 AAAA...". */
MUST_CHECK struct error *ssh_key_from_agent(const char *public_key, struct ssh_key **out);

void ssh_key_free(struct ssh_key *key); /* wipes; accepts NULL */

/* Signs `len` bytes under a namespace. *out is the armored signature, in `a`, without a line feed at its end. */
MUST_CHECK struct error *sshsig_sign(const struct ssh_key *key, const char *name, const void *data,
				     size_t len, struct arena *a, const char **out);

#endif
