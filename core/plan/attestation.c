/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plan/attestation.h"

#include <string.h>

#include "core/util/clock.h"

bool attestation_is_due(const struct change *c)
{
	return c->type == CHANGE_GRANT && c->unseen && !c->idle && change_is_manual(c);
}

bool attestation_is_same(const struct attestation *x, const struct attestation *y)
{
	return x->removal == y->removal && !strcmp(x->address, y->address);
}

static bool is_of(const struct attestation *t, const char *address, const struct change *c,
		  const char *id)
{
	return t->removal == (c->action == ACTION_DELETE) && !strcmp(t->address, address) &&
	       (!t->id || !id || !strcmp(t->id, id));
}

const struct attestation *attestation_find(const struct attestation_vec *all,
					   const struct change *c, const char *id)
{
	ARENA a = {0};
	if (all->len == 0 || !attestation_is_due(c))
		return NULL;
	const char *address = change_address(&a, c->principal, c->entitlement);
	for (size_t i = 0; i < all->len; i++) {
		if (is_of(&all->at[i], address, c, id))
			return &all->at[i];
	}
	return NULL;
}

const char *attestation_text(struct arena *a, const struct attestation *t)
{
	char moment[TIME_TEXT];
	time_format(t->at, moment);
	return arena_printf(a, "attested by %s at %s: \"%s\"; no read shows it", t->by, moment,
			    t->why);
}
