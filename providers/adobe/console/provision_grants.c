/* SPDX-License-Identifier: Apache-2.0 */
/* Product grants of an account are licences of its APIs. */
#include <string.h>

#include "core/util/report.h"
#include "providers/adobe/console/provision.h"
#include "providers/adobe/session/console_calls.h"

static void set_all(struct outcome *outcomes, size_t len, struct outcome one)
{
	for (size_t i = 0; i < len; i++)
		outcomes[i] = one;
}

/* What is so needs no request; what the answer leaves open, a look has told. */
static struct outcome grant_outcome(struct arena *a, const struct credential *c,
				    const struct change *change, struct outcome all, bool offered)
{
	const struct entitlement *e = change->entitlement;
	if (credential_holds(c, e->product, e->profile) == (change->action == ACTION_CREATE))
		return (struct outcome){OUTCOME_APPLIED, NULL};
	if (!offered)
		return call_refused(
			arena_printf(a, "no API of the account offers product %s, profile %s",
				     quoted(a, e->product), quoted(a, e->profile)));
	if (all.class != OUTCOME_APPLIED)
		return all;
	return (struct outcome){OUTCOME_UNKNOWN, "it was accepted, but no read shows it yet"};
}

struct error *provision_grants(struct provider *p, struct arena *a,
			       const struct change *const *changes, size_t len,
			       struct outcome *outcomes)
{
	const char *account = changes[0]->principal->name;
	struct credential *c = session_find(p, account);
	struct wish_vec wishes = {0};
	struct outcome all = {OUTCOME_APPLIED, NULL};
	bool *offered = arena_zalloc(a, len * sizeof(*offered));
	if (!c || !c->detailed) {
		set_all(outcomes, len,
			call_refused(
				arena_printf(a, "there is no account %s", quoted(a, account))));
		return NULL;
	}
	wishes_of(p, a, c, &wishes);
	for (size_t i = 0; i < len; i++) {
		const struct entitlement *e = changes[i]->entitlement;
		offered[i] = changes[i]->action == ACTION_CREATE
				     ? wishes_add(a, &wishes, e->product, e->profile)
				     : wishes_remove(&wishes, e->product, e->profile);
	}
	wishes_sort(&wishes);
	if (!wishes_met(&wishes, c))
		TRY(subscribe_put(p, a, c, &wishes, &all));
	for (size_t i = 0; i < len; i++)
		outcomes[i] = grant_outcome(a, c, changes[i], all, offered[i]);
	return NULL;
}
