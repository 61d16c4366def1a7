/* SPDX-License-Identifier: Apache-2.0 */
/* place.h - which store keeps an organisation's ledger, as the operator says. */
#ifndef WRIT_PLACE_H
#define WRIT_PLACE_H

#include "core/language/config.h"
#include "core/ledger/store.h"

#define LEDGER_SECRETS 3 /* as many as a store takes */

struct ledger_place {
	const struct ledger_settings *settings; /* NULL: the default */
	/* NAME-XXXXXXXX, of ledger_key(): tells organisations apart in one store. */
	const char *key;
	const char *repository; /* of the snapshots; a ledger in git is kept in its remote; NULL */
	const char *remote;	/* the one that snapshots are pushed to; NULL */
	struct secret *secrets[LEDGER_SECRETS]; /* read when they are first needed */
};

/* An organisation's name and what tells it from others of the same name, in `a`. */
const char *ledger_key(struct arena *a, const char *organization, const char *identity);

/* Opens its store; each call opens it anew. Secrets are read once, for a variable or a descriptor
 * gives its secret but once, and are kept in `place`, which outlives its stores. */
MUST_CHECK struct error *ledger_place_open(struct ledger_place *place, struct store **out);
void ledger_place_done(struct ledger_place *place); /* wipes the secrets */

/* Whether other machines see what is written there. */
bool ledger_place_is_shared(const struct ledger_place *place);

#endif
