/* SPDX-License-Identifier: Apache-2.0 */
/* ledger_access.h - the ledgers that a command reads and writes. */
#ifndef WRIT_CMD_LEDGER_ACCESS_H
#define WRIT_CMD_LEDGER_ACCESS_H

#include "cmd/writ/session.h"
#include "core/ledger/hold.h"
#include "core/ledger/place.h"
#include "core/past/attested_list.h"

/* The ledger of one organisation. */
struct organization_ledger {
	struct ledger_place *place; /* the run's */
	struct ledger *ledger;
};

/* Opens the ledger of the organisation that the session is of; ledger_access_close() closes it. */
MUST_CHECK struct error *ledger_access_open(struct run *run, const struct session *session,
					    const char *organization,
					    struct organization_ledger *out);
void ledger_access_close(struct organization_ledger *l);
/* The folder, in the run's arena, of results that the ledger could not be told; NULL: this machine
 * has none. */
const char *ledger_access_late_folder(struct run *run, const struct organization_ledger *l);

/* The name of the organisation that the session is of: the operator's, else as the service has
 * it. */
MUST_CHECK struct error *ledger_access_organization(struct run *run, struct session *session,
						    const char **out);

/* Opens a ledger's store once more, for hold_take(); `place` is a struct ledger_place. */
MUST_CHECK struct error *ledger_access_reopen(void *place, struct store **out);

/* What the options say of the hold to take: who asks for it, how long to wait for another run, and
 * whether to take over from one. */
struct hold_request ledger_access_request(struct run *run, const struct organization_ledger *l);

/* Reads what the ledger tells of the present; the view is empty where no ledger could be read. No
 * ledger is made. A note says where it was moved to. *out_foreign is what ledger_trailer_compare()
 * says; the pointer may be NULL. */
MUST_CHECK struct error *ledger_access_view(struct run *run, const struct session *session,
					    const char *organization, struct ledger_view *out,
					    const char **out_foreign);

/* Reads all ledgers at hand: those in this user's state folder, and those that the configuration
 * names, of the organisation of --org or of all. A note says where one was moved to that is not at
 * hand. */
MUST_CHECK struct error *ledger_access_all(struct run *run, struct known_ledger_vec *out);

/* The same of one organisation. Where no ledger is shared, no note says so. */
MUST_CHECK struct error *ledger_access_at_hand(struct run *run, const char *organization,
					       struct known_ledger_vec *out);

/* What was attested in this organisation, as far as ledgers at hand tell; a note says where one
 * could not be read. */
void ledger_access_attested(struct run *run, const char *organization,
			    struct known_attestation_vec *out);

/* Notes that no ledger at hand is of the organisation of --org, and which name was meant. */
MUST_CHECK struct error *ledger_access_tell_nearest(struct run *run);

/* Whether the configuration names a place for a ledger that other machines write too. */
bool ledger_access_is_shared(const struct run *run);

/* Wipes the secrets that were read for the places of ledgers. */
void ledger_access_done(struct run *run);

/* Says, where no ledger is shared, that other machines' runs are not known here. */
void ledger_access_tell_unshared(const struct ledger_place *place);

#endif
