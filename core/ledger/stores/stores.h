/* SPDX-License-Identifier: Apache-2.0 */
/* stores.h - the places that keep a ledger. */
#ifndef WRIT_STORES_H
#define WRIT_STORES_H

#include "core/language/config.h"
#include "core/ledger/store.h"
#include "core/util/secret.h"

/* Files in a folder, 000000000001 and so on, each synced and then linked to its number: link()
 * makes a name for one caller alone, on a shared disk too. The folder is made (0700) when absent,
 * and refused when it is another user's or others may write there. `path` is copied. */
MUST_CHECK struct error *folder_store_open(const char *path, struct store **out);

/* Rows of the tables writ_ledger and writ_ledger_beat, which are made where the user may make them.
 * The database keeps each number, and each record's link to the one before it, once. `connection`
 * is a connection string of libpq; it is borrowed until the store is closed, because a connection
 * that was lost is made anew by the next call. `key` is copied. */
MUST_CHECK struct error *postgres_store_open(const struct secret *connection, const char *key,
					     struct store **out);

/* Commits on a reference of a repository that others reach too, pushed by the git program: a
 * reference is moved for one caller alone. git_program.h says what of the user's configuration
 * counts. Nothing is asked before the first head(). */
struct git_ledger {
	const char *key;
	const char *ref;	/* NULL: refs/heads/writ/KEY */
	const char *remote;	/* a name in `repository`, or a URL; NULL: origin */
	const char *repository; /* NULL: none */
};
MUST_CHECK struct error *git_store_open(const struct git_ledger *ledger, struct store **out);

/* `token` is NULL where the keys need none. */
struct s3_keys {
	const struct secret *id, *secret, *token;
};

/* Objects PREFIX/KEY/000000000001 and so on, each put there on the condition that there is none. A
 * small object `head` says where the list of them is to begin. A store that does not keep the
 * condition is found out before the first record. `settings` and the secrets are borrowed until the
 * store is closed. */
MUST_CHECK struct error *s3_store_open(const struct s3_settings *settings,
				       const struct s3_keys *keys, const char *key,
				       struct store **out);

#endif
