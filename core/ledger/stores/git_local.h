/* SPDX-License-Identifier: Apache-2.0 */
/* git_local.h - what a ledger in git keeps on this machine: a bare repository for each caller, and
 * the last record that any of them has seen. */
#ifndef WRIT_GIT_LOCAL_H
#define WRIT_GIT_LOCAL_H

#include "core/git/git_scratch.h"

#define GIT_ID 41 /* 40 hexadecimal digits and their NUL */

struct git_local {
	const char *folder; /* of the organisation's repositories, in the state folder */
	struct git_scratch scratch;
};

/* `a` must outlive it. */
MUST_CHECK struct error *git_local_open(struct git_local *local, struct arena *a, const char *key);
void git_local_close(struct git_local *local);

/* A record and its commit; number 0: none. */
struct git_record {
	uint64_t number;
	char id[GIT_ID];
};

/* The last record that was seen in a ledger by anybody on this machine. `ledger` tells ledgers of
 * one organisation apart. */
MUST_CHECK struct error *git_known_load(const struct git_local *local, const char *ledger,
					struct git_record *out);
/* Nothing is changed where a later one is known. */
MUST_CHECK struct error *git_known_save(const struct git_local *local, const char *ledger,
					const struct git_record *record);
/* Where it stands, in `a`. */
const char *git_known_path(const struct git_local *local, struct arena *a, const char *ledger);

#endif
