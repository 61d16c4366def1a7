/* SPDX-License-Identifier: Apache-2.0 */
/* role_evidence.h - what is known of the roles of technical accounts, and of roles that no
 * directory lists.
 *
 * Adobe lists no technical account's roles anywhere. When the operator gives its secret, an
 * account's own token shows them: its profile, else the organisations that the Developer Console
 * shows it, else a storage policy that only an administrator may read. The User Management API
 * shows an account where the organisation's does; a list that a person exported shows what the
 * Admin Console shows. What none shows is unknown. */
#ifndef ADOBE_ROLE_EVIDENCE_H
#define ADOBE_ROLE_EVIDENCE_H

#include "providers/adobe/session/session.h"

/* Reads a profile's `roles` (facts/ims.md, "The profile"): the entries of this organisation. They
 * tell for certain who is system or storage administrator, and who is not. Of other roles an entry
 * is believed, and its lack proves nothing: a role of the organisation that writ does not know may
 * be one of them under another name. False when `roles` is no array. */
bool role_evidence_from_roles(const struct reply *roles, const char *org_id,
			      struct seen_roles *out);

/* Reads the answer to the policy probe (facts/admin-roles.md, "Proof"): refused means neither
 * system nor storage administrator; granted does not tell which, unless the one is known. */
void role_evidence_from_probe(long status, const struct reply *body, struct seen_roles *out);

/* Asks all sources, as far as they are configured, after the Developer Console was read. */
MUST_CHECK struct error *role_evidence_read(struct provider *p);

/* What they say of a role, which is no product grant. */
enum sighting role_evidence_role(struct provider *p, const struct principal *principal,
				 const struct entitlement *e);

/* Appends what the list of the console's administrators has and no manifest can say, in words. */
void role_evidence_left_out(const struct provider *p, struct arena *a, struct line_vec *out);

/* Appends the roles that they show as held and `known` does not list yet. */
void role_evidence_grants(struct provider *p, struct arena *a, struct universe *u,
			  struct pair_vec *out);

#endif
