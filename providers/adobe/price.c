/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/price.h"

#include <string.h>

#include "providers/adobe/console/provision.h"
#include "providers/adobe/users/umapi.h"

enum change_route route_of(const struct change *c)
{
	if (c->type == CHANGE_ACCOUNT)
		return ROUTE_ACCOUNT;
	if (c->type == CHANGE_PROJECT)
		return ROUTE_PROJECT;
	if (c->via == CAN_COMMAND)
		return ROUTE_COMMAND;
	if (c->entitlement->api)
		return ROUTE_API;
	bool account = c->principal->kind == PRINCIPAL_ACCOUNT;
	return account && c->entitlement->role == ROLE_NONE ? ROUTE_LICENCE : ROUTE_USERS;
}

unsigned price_queue(const struct change *c)
{
	static const unsigned queues[] = {
		[ROUTE_ACCOUNT] = 0, [ROUTE_PROJECT] = 0, [ROUTE_API] = 0,
		[ROUTE_LICENCE] = 0, [ROUTE_USERS] = 1,	  [ROUTE_COMMAND] = 2,
	};
	return queues[route_of(c)];
}

static bool same_account(const struct change *a, const struct change *b)
{
	return !strcmp(a->principal->name, b->principal->name);
}

static bool same_group(const struct change *a, const struct change *b)
{
	enum change_route route = route_of(a);
	if (route != route_of(b) || a->action != b->action)
		return false;
	switch (route) {
	case ROUTE_ACCOUNT:
		return a->action == ACTION_CREATE;
	case ROUTE_API:
	case ROUTE_PROJECT:
		return false;
	case ROUTE_LICENCE:
		return same_account(a, b);
	case ROUTE_USERS:
	case ROUTE_COMMAND:
		break;
	}
	return true;
}

size_t price_group(const struct change *const *changes, size_t len)
{
	size_t n = 1;
	enum change_route route = route_of(changes[0]);
	if (route == ROUTE_ACCOUNT && len > PROVISION_WAVE)
		len = PROVISION_WAVE;
	while (n < len && same_group(changes[0], changes[n]))
		n++;
	return route == ROUTE_USERS ? umapi_take(changes, n) : n;
}

static bool is_gain(const struct change *c)
{
	enum change_route route = route_of(c);
	return c->action == ACTION_CREATE && (route == ROUTE_API || route == ROUTE_LICENCE);
}

/* How many of the leading changes are made in one wave: all of them give accounts something, and
 * the changes of one account stand together. */
static size_t take_gains(const struct change *const *changes, size_t len)
{
	size_t n = 1, accounts = 1;
	for (; n < len && is_gain(changes[n]); n++) {
		accounts += !same_account(changes[n - 1], changes[n]);
		if (accounts > PROVISION_WAVE)
			break;
	}
	return n;
}

size_t price_take(const struct change *const *changes, size_t len)
{
	return is_gain(changes[0]) ? take_gains(changes, len) : price_group(changes, len);
}

/* Requests of a look at an account: its integration, and the properties of each API that has
 * licences. */
static size_t look(struct provider *p, const struct account *account)
{
	size_t calls = 1;
	for (size_t i = 0; i < account->apis.len; i++) {
		const struct api *api = console_find_api(p, account->apis.at[i].name);
		calls += api && api->licences.len > 0;
	}
	return calls;
}

/* Requests of a create: a project or its workspaces, the credential and a look, the APIs and
 * another look. */
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

/* Requests of a change of licences: one API or the list of them, and a look; none when the
 * account's create does it. */
static size_t price_licences(struct provider *p, const struct plan *plan, const struct change *c)
{
	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct change *other = &plan->changes.at[i];
		if (other->type != CHANGE_ACCOUNT)
			break; /* changes of accounts come first in a plan */
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
	for (unsigned queue = 0; queue < PRICE_QUEUES; queue++) {
		for (size_t i = 0; i < plan->changes.len; i++) {
			const struct change *c = &plan->changes.at[i];
			if (!c->withheld && !change_is_manual(c) && price_queue(c) == queue)
				vec_push(&scratch, &sent, c);
		}
	}
	for (size_t i = 0, n; i < sent.len; i += n) {
		n = price_group(sent.at + i, sent.len - i);
		switch (route_of(sent.at[i])) {
		case ROUTE_ACCOUNT:
			for (size_t k = 0; k < n; k++)
				out->calls += price_account(p, sent.at[i + k]);
			break;
		case ROUTE_PROJECT:
			out->calls += 3; /* two to look into it */
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
