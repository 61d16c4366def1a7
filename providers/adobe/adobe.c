#include "providers/adobe/adobe.h"

#include <string.h>

#include "core/plan.h"
#include "providers/adobe/can.h"
#include "providers/adobe/live.h"
#include "providers/adobe/manual.h"
#include "providers/adobe/provision.h"

/* umapi.md section 2.1: 10 entries of 10 steps of 10 names; no other call takes more. */
#define BATCH_MAX 1000
#define LAG_MS 10000 /* reads catch up within seconds: developer-console.md section 6 */

static const char *identity(struct provider *p)
{
	return p->identity;
}

static enum capability can_account(struct provider *p UNUSED)
{
	return CAN_API;
}

static const char *check_account(struct provider *p, struct arena *a, const struct account *account)
{
	return provision_check(p, a, account);
}

static void describe(struct provider *p, const struct change *change, const char *email,
		     struct str *out)
{
	const struct manual_context context = {.organization = p->title, .org_id = p->org_id};
	manual_describe(&context, change, email, out);
}

static void export_manual(struct provider *p UNUSED, const struct change *const *changes,
			  const char *const *emails, size_t len, struct str *out)
{
	manual_export(changes, emails, len, out);
}

/* ---- writing ---- */

/* Which of the services, and so which kind of request, makes a change. */
enum route { ROUTE_ACCOUNT, ROUTE_LICENCE, ROUTE_USERS, ROUTE_COMMAND };

static enum route route_of(const struct change *c)
{
	if (c->type == CHANGE_ACCOUNT)
		return ROUTE_ACCOUNT;
	if (c->via == CAN_COMMAND)
		return ROUTE_COMMAND;
	bool account = c->principal->kind == PRINCIPAL_ACCOUNT;
	return account && c->entitlement->role == ROLE_NONE ? ROUTE_LICENCE : ROUTE_USERS;
}

static bool same_batch(const struct change *a, const struct change *b)
{
	if (route_of(a) != route_of(b) || a->action != b->action || route_of(a) == ROUTE_ACCOUNT)
		return false;
	return route_of(a) != ROUTE_LICENCE || !strcmp(a->principal->name, b->principal->name);
}

static size_t take(struct provider *p UNUSED, const struct change *const *changes, size_t len)
{
	size_t n = 1;
	while (n < len && same_batch(changes[0], changes[n]))
		n++;
	return n;
}

static struct error *begin(struct provider *p, const struct plan *plan)
{
	p->plan = plan;
	return NULL;
}

/* Sends the leading `len` changes, which are of one kind. */
static struct error *send(struct provider *p, struct arena *a, const struct change *const *batch,
			  size_t len, struct outcome *outcomes)
{
	switch (route_of(batch[0])) {
	case ROUTE_ACCOUNT:
		return provision_change(p, a, batch[0], outcomes);
	case ROUTE_LICENCE:
		return provision_grants(p, a, batch, len, outcomes);
	default:
		outcomes[0] = (struct outcome){OUTCOME_NOT_SENT, "no service makes this change"};
		return NULL;
	}
}

static void set_rest(struct outcome *outcomes, size_t len, struct arena *a, struct error *error)
{
	const char *why = arena_strdup(a, error->message);
	for (size_t i = 0; i < len; i++)
		outcomes[i] = (struct outcome){i ? OUTCOME_NOT_SENT : OUTCOME_UNKNOWN, why};
	error_free(error);
}

/* A batch of take() is one request; a longer one, of who does not ask it, is several. */
static struct error *execute(struct provider *p, struct arena *a, const struct change *const *batch,
			     size_t len, struct outcome *outcomes)
{
	for (size_t i = 0; i < len;) {
		size_t n = take(p, batch + i, len - i);
		struct error *error = send(p, a, batch + i, n, outcomes + i);
		if (error && i == 0)
			return error;
		if (error) {
			set_rest(outcomes + i, len - i, a, error);
			return NULL;
		}
		i += n;
	}
	return NULL;
}

const struct provider_reader adobe_reader = {
	.name = "adobe",
	.attributes =
		ATTRIBUTE_DESCRIPTION | ATTRIBUTE_PROJECT | ATTRIBUTE_CREDENTIAL | ATTRIBUTE_APIS,
	.open = session_open,
	.read = live_read,
	.can_grant = can_grant,
	.explain = can_explain,
	.can_account = can_account,
	.sees = can_see,
	.check_account = check_account,
	.describe = describe,
	.export_manual = export_manual,
	.identity = identity,
	.close = session_close,
};

const struct provider_writer adobe_writer = {
	.batch_max = BATCH_MAX,
	.lag_ms = LAG_MS,
	.budgets = http_budgets,
	.take = take,
	.begin = begin,
	.execute = execute,
};
