/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/plan_notes.h"

#include <string.h>

#include "core/util/report.h"
#include "providers/adobe/console/console.h"
#include "providers/adobe/session/secret_sink.h"

static bool has_storage(const struct provider *p, const struct account *account)
{
	for (size_t i = 0; i < account->apis.len; i++) {
		const struct api *api = console_find_api(p, account->apis.at[i].name);
		if (api && api->storage)
			return true;
	}
	return false;
}

static bool is_deleted(const struct plan *plan, const char *account)
{
	for (size_t i = plan->changes.len; i-- > 0;) {
		const struct change *c = &plan->changes.at[i];
		if (change_phase(c) != PHASE_DELETE)
			return false; /* deletions come last in a plan */
		if (!strcmp(c->principal->name, account))
			return true;
	}
	return false;
}

/* Whether the credential is the last of its project, as far as is known: in which project accounts
 * are that no manifest names was not asked. */
static bool is_last(const struct provider *p, const struct plan *plan, const struct credential *own)
{
	for (size_t i = 0; i < p->credentials.len; i++) {
		const struct credential *c = &p->credentials.at[i];
		if (c != own && c->project_id && !strcmp(c->project_id, own->project_id) &&
		    !is_deleted(plan, c->account))
			return false;
	}
	return true;
}

/* Whether the plan grants the account a product that its storage API offers. */
static bool keeps_licence(const struct provider *p, const struct plan *plan,
			  const struct change *made)
{
	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct change *c = &plan->changes.at[i];
		const struct entitlement *e = c->entitlement;
		if (c->principal_rank != made->principal_rank || c->type != CHANGE_GRANT ||
		    !entitlement_is_product(e) || c->action != ACTION_CREATE)
			continue;
		for (size_t k = 0; k < p->apis.len; k++) {
			if (p->apis.at[k].storage &&
			    api_find_licence(&p->apis.at[k], e->product, e->profile))
				return true;
		}
	}
	return false;
}

/* facts/cloud-storage.md, "Conditions": the licence comes only to who had the storage API from the
 * start. */
static const char *note_licence(const struct provider *p, const struct plan *plan,
				const struct change *made)
{
	if (!has_storage(p, made->after))
		return NULL;
	return !made->after->has_products || keeps_licence(p, plan, made)
		       ? "made with the storage API first, so that its licence comes by itself"
		       : "made with the storage API first, so that its licence comes by itself; it "
			 "goes again unless `products` lists it";
}

static const char *note_create(const struct provider *p, struct arena *a, const struct plan *plan,
			       const struct change *made)
{
	static const char no_sink[] = "no secretSink is configured, so its secret is not fetched";
	const char *licence = note_licence(p, plan, made);
	if (sink_is_configured(p->config))
		return licence;
	return licence ? arena_printf(a, "%s; %s", licence, no_sink) : no_sink;
}

static bool is_made(const struct plan *plan, const struct principal *principal)
{
	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct change *c = &plan->changes.at[i];
		if (c->type != CHANGE_ACCOUNT)
			return false; /* changes of accounts come first in a plan */
		if (c->action == ACTION_CREATE && !strcmp(c->principal->name, principal->name))
			return true;
	}
	return false;
}

static const char *note_api(const struct provider *p, const struct plan *plan,
			    const struct change *c)
{
	const struct api *api = console_find_api(p, c->entitlement->api);
	if (c->action != ACTION_CREATE || !api || !api->storage || is_made(plan, c->principal))
		return NULL;
	return "the storage API comes later than the account: no licence comes with it, so grant a "
	       "product that includes Enterprise Storage";
}

static const char *note_delete(struct provider *p, struct arena *a, const struct plan *plan,
			       const struct change *c)
{
	const struct credential *own = session_find(p, c->before->meta.name);
	if (!own || !own->project_id || !own->project || !is_last(p, plan, own))
		return NULL;
	return arena_printf(a, "project %s stays; no account that writ knows is left in it",
			    quoted(a, own->project));
}

static const char *note_grant(struct provider *p, const struct change *c)
{
	if (c->principal->kind == PRINCIPAL_ACCOUNT || !p->read_users)
		return NULL;
	if (directory_is_shared(&p->directory, c->entitlement))
		return "something else has the same name, and the User Management API takes names "
		       "alone";
	return directory_outgrows(&p->directory, c->entitlement)
		       ? "its group in the service has a name that is longer than the 255 "
			 "characters that the User Management API takes"
		       : NULL;
}

const char *note_change(struct provider *p, struct arena *a, const struct plan *plan,
			const struct change *change)
{
	if (change->type == CHANGE_PROJECT)
		return NULL;
	if (change->type != CHANGE_ACCOUNT && change->entitlement->api)
		return note_api(p, plan, change);
	if (change->type != CHANGE_ACCOUNT)
		return note_grant(p, change);
	if (change->action == ACTION_CREATE)
		return note_create(p, a, plan, change);
	return change->action == ACTION_DELETE ? note_delete(p, a, plan, change) : NULL;
}
