/* SPDX-License-Identifier: Apache-2.0 */
/* The products and APIs of an account that is there, given and taken. */
#include "providers/adobe/console/provision.h"

#include <string.h>

#include "core/util/report.h"
#include "providers/adobe/console/subscribe.h"
#include "providers/adobe/console/wanted_apis.h"
#include "providers/adobe/session/console_calls.h"

/* ---- an account that no read shows ---- */

static bool is_planned_to_come(const struct provider *p, const char *account)
{
	for (size_t i = 0; p->plan && i < p->plan->changes.len; i++) {
		const struct change *c = &p->plan->changes.at[i];
		if (c->type == CHANGE_ACCOUNT && c->action == ACTION_CREATE &&
		    !strcmp(c->principal->name, account))
			return true;
	}
	return false;
}

/* An account that no read shows is refused, unless the plan makes it: then it may be made, and not
 * shown yet. */
static struct outcome not_there(const struct provider *p, struct arena *a, const char *account)
{
	if (is_planned_to_come(p, account))
		return (struct outcome){OUTCOME_NOT_SENT,
					arena_printf(a, "no read shows account %s, which it is for",
						     quoted(a, account))};
	return call_refused(arena_printf(a, "there is no account %s", quoted(a, account)));
}

/* ---- products, which are licences of its APIs ---- */

static void set_all(struct outcome *outcomes, size_t len, struct outcome one)
{
	for (size_t i = 0; i < len; i++)
		outcomes[i] = one;
}

/* The outcome of one grant of several that were sent in one request: what was so already needed
 * none, and what the answer leaves open was told by a look. */
static struct outcome grant_outcome(struct arena *a, const struct credential *c,
				    const struct change *change, struct outcome all, bool offered)
{
	const struct entitlement *e = change->entitlement;
	if (all.class == OUTCOME_APPLIED && !offered)
		return call_refused(
			arena_printf(a, "no API of the account offers product %s, profile %s",
				     quoted(a, e->product), quoted(a, e->profile)));
	if (credential_holds(c, e->product, e->profile) == (change->action == ACTION_CREATE) &&
	    all.class != OUTCOME_REFUSED)
		return (struct outcome){OUTCOME_APPLIED, NULL};
	return all;
}

/* Adds a profile to each API that offers it, with one request for each API. */
static struct error *add_licences(struct provider *p, struct arena *a, struct credential *c,
				  const struct wish_vec *wishes, struct outcome *out)
{
	for (size_t i = 0; i < wishes->len && out->class == OUTCOME_APPLIED; i++)
		TRY(subscribe_api(p, a, c, &wishes->at[i], out));
	return NULL;
}

/* Takes profiles away. The request replaces a list, so it starts from what is there now, not from
 * what the plan's read showed. */
static struct error *take_licences(struct provider *p, struct arena *a, struct credential *c,
				   const struct change *const *changes, size_t len,
				   struct outcome *out)
{
	struct wish_vec kept = {0};
	bool gone = false;
	struct error *error = console_refresh(p, c, &gone);
	if (error || gone) {
		const char *why = error ? error_text(a, error) : "no read shows its credential now";
		*out = (struct outcome){OUTCOME_NOT_SENT, why};
		error_free(error);
		return NULL;
	}
	wishes_of(p, a, c, &kept);
	for (size_t i = 0; i < len; i++)
		wishes_remove(&kept, changes[i]->entitlement->product,
			      changes[i]->entitlement->profile);
	wishes_sort(&kept);
	return wishes_met(&kept, c) ? NULL : subscribe_take(p, a, c, &kept, out);
}

static bool has_any(const struct credential *c, const struct change *const *changes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (credential_holds(c, changes[i]->entitlement->product,
				     changes[i]->entitlement->profile))
			return true;
	}
	return false;
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
	bool add = changes[0]->action == ACTION_CREATE;
	if (!c || !c->detailed) {
		set_all(outcomes, len, not_there(p, a, account));
		return NULL;
	}
	wishes_of(p, a, c, &wishes);
	for (size_t i = 0; i < len; i++)
		offered[i] = !add || wishes_add(a, &wishes, changes[i]->entitlement->product,
						changes[i]->entitlement->profile);
	wishes_sort(&wishes);
	if (add)
		TRY(add_licences(p, a, c, &wishes, &all));
	else if (has_any(c, changes, len))
		TRY(take_licences(p, a, c, changes, len, &all));
	for (size_t i = 0; i < len; i++)
		outcomes[i] = grant_outcome(a, c, changes[i], all, offered[i]);
	return NULL;
}

/* ---- APIs: one service a request ---- */

static const char *code_of(struct provider *p, const char *name)
{
	const struct api *api = console_find_api(p, name);
	return api ? api->code : name;
}

static struct error *give_api(struct provider *p, struct arena *a, struct credential *c,
			      const char *name, struct outcome *out)
{
	const struct api *api = console_find_api(p, name);
	struct wish wish;
	*out = (struct outcome){OUTCOME_APPLIED, NULL};
	if (credential_find_api(c, code_of(p, name)))
		return NULL; /* the API came with the account */
	if (!api) {
		*out = call_refused(
			arena_printf(a, "the catalogue has no API %s", quoted(a, name)));
		return NULL;
	}
	wanted_of_api(p, a, c, api, &wish);
	return subscribe_api(p, a, c, &wish, out);
}

/* Takes an API away. Profiles of it that other APIs offer are handed over to those first. */
static struct error *take_api(struct provider *p, struct arena *a, struct credential *c,
			      const char *name, struct outcome *out)
{
	struct wish_vec all = {0}, kept = {0};
	const char *code = code_of(p, name);
	struct wish gone = {0};
	wishes_of(p, a, c, &all);
	for (size_t i = 0; i < all.len; i++) {
		if (!strcmp(all.at[i].api->code, code))
			gone = all.at[i];
		else
			vec_push(a, &kept, all.at[i]);
	}
	*out = (struct outcome){OUTCOME_APPLIED, NULL};
	if (!gone.api)
		return NULL;
	const char *loss = wanted_loses(p, a, c, &kept, c->account);
	if (loss) {
		*out = call_refused(loss);
		return NULL;
	}
	for (size_t i = 0; i < kept.len && out->class == OUTCOME_APPLIED; i++)
		TRY(subscribe_api(p, a, c, &kept.at[i], out));
	return out->class == OUTCOME_APPLIED ? unsubscribe_api(p, a, c, gone.api, out) : NULL;
}

struct error *provision_api(struct provider *p, struct arena *a, const struct change *change,
			    struct outcome *out)
{
	const char *account = change->principal->name, *name = change->entitlement->api;
	struct credential *c = session_find(p, account);
	if (!c || !c->detailed) {
		*out = not_there(p, a, account);
		return NULL;
	}
	return change->action == ACTION_CREATE ? give_api(p, a, c, name, out)
					       : take_api(p, a, c, name, out);
}
