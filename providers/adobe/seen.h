/* seen.h - what is known of the roles of technical accounts, and of roles that no directory lists.
 *
 * Adobe lists no technical account's roles anywhere. An account's own token shows them, when the operator gives its
 * secret; a list that a person exported shows what the Admin Console shows. What neither shows is unknown. */
#ifndef ADOBE_SEEN_H
#define ADOBE_SEEN_H

#include "providers/adobe/session.h"

/* Asks both sources, as far as they are configured, after the Developer Console was read. */
MUST_CHECK struct error *seen_read(struct provider *p);

/* What they say of a role, which is no product grant. */
enum sighting seen_role(struct provider *p, const struct principal *principal,
			const struct entitlement *e);

/* Appends the roles that they show as held and `known` does not list yet. */
void seen_grants(struct provider *p, struct arena *a, struct universe *u, struct pair_vec *out);

#endif
