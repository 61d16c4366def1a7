/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/price.h"

#include <string.h>

#include "providers/adobe/console/console.h"
#include "providers/adobe/users/umapi.h"

enum change_route route_of(const struct change *c)
{
	if (c->type == CHANGE_ACCOUNT)
		return ROUTE_ACCOUNT;
	if (c->via == CAN_COMMAND)
		return ROUTE_COMMAND;
	if (c->entitlement->api)
		return ROUTE_API;
	bool account = c->principal->kind == PRINCIPAL_ACCOUNT;
	return account && c->entitlement->role == ROLE_NONE ? ROUTE_LICENCE : ROUTE_USERS;
}

static bool same_batch(const struct change *a, const struct change *b)
{
	enum change_route route = route_of(a);
	if (route != route_of(b) || a->action != b->action || route == ROUTE_ACCOUNT ||
	    route == ROUTE_API)
		return false;
	return route != ROUTE_LICENCE || !strcmp(a->principal->name, b->principal->name);
}

size_t price_take(const struct change *const *changes, size_t len)
{
	size_t n = 1;
	while (n < len && same_batch(changes[0], changes[n]))
		n++;
	return route_of(changes[0]) == ROUTE_USERS ? umapi_take(changes, n) : n;
}

/* The integration, and the properties of each API that has licences. */
static size_t look(struct provider *p, const struct account *account)
{
	size_t calls = 1;
	for (size_t i = 0; i < account->apis.len; i++) {
		const struct api *api = console_find_api(p, account->apis.at[i].name);
		calls += api && api->licences.len > 0;
	}
	return calls;
}

/* A project or its workspaces, the credential and a look, the APIs and another one. */
static size_t price_create(struct provider *p, const struct account *account)
{
	return 2 + look(p, account) + (account->apis.len ? 1 + look(p, account) : 0);
}

static size_t price_update(const struct change *c)
{
	return c->attributes & (ATTRIBUTE_DESCRIPTION | ATTRIBUTE_CREDENTIAL) ? 1 : 0;
}

static size_t price_account(struct provider *p, const struct change *c)
{
	if (c->action == ACTION_DELETE)
		return 1;
	return c->action == ACTION_CREATE ? price_create(p, c->after) : price_update(c);
}

/* One API or the list of them, and a look; nothing when the account's create takes it along. */
static size_t price_licences(struct provider *p, const struct plan *plan, const struct change *c)
{
	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct change *other = &plan->changes.at[i];
		if (other->type != CHANGE_ACCOUNT)
			break; /* accounts come first */
		if (other->action == ACTION_CREATE && c->action == ACTION_CREATE &&
		    !strcmp(other->principal->name, c->principal->name))
			return 0;
	}
	const struct credential *row = session_find(p, c->principal->name);
	return 2 + (row ? row->subscriptions.len : 0);
}

static size_t actions_seconds(size_t actions)
{
	unsigned per_minute = http_budgets[0].per_minute; /* of BUDGET_ACTION */
	return actions && per_minute ? (actions - 1) / per_minute * 60 : 0;
}

void price_plan(struct provider *p, const struct plan *plan, struct cost *out)
{
	ARENA scratch = {0};
	VEC(, const struct change *) sent = {0};
	size_t actions = 0;
	*out = (struct cost){0};
	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct change *c = &plan->changes.at[i];
		if (!c->withheld && !change_is_manual(c))
			vec_push(&scratch, &sent, c);
	}
	for (size_t i = 0; i < sent.len; i += price_take(sent.at + i, sent.len - i)) {
		switch (route_of(sent.at[i])) {
		case ROUTE_ACCOUNT:
			out->calls += price_account(p, sent.at[i]);
			break;
		case ROUTE_API:
		case ROUTE_LICENCE:
			out->calls += price_licences(p, plan, sent.at[i]);
			break;
		case ROUTE_USERS:
			actions++;
			break;
		case ROUTE_COMMAND:
			break;
		}
	}
	out->calls += actions;
	out->seconds = actions_seconds(actions);
}
