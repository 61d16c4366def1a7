/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/adobe.h"

#include <string.h>

#include "core/plan/plan.h"
#include "providers/adobe/account/secret_delivery.h"
#include "providers/adobe/account/secret_rotation.h"
#include "providers/adobe/account/verify.h"
#include "providers/adobe/capabilities.h"
#include "providers/adobe/console/adobe_names.h"
#include "providers/adobe/console/console.h"
#include "providers/adobe/console/project_delete.h"
#include "providers/adobe/console/provision.h"
#include "providers/adobe/live_read.h"
#include "providers/adobe/plan_notes.h"
#include "providers/adobe/price.h"
#include "providers/adobe/roles/manual.h"
#include "providers/adobe/roles/role_command.h"
#include "providers/adobe/users/role_names.h"
#include "providers/adobe/users/umapi.h"

/* facts/umapi.md, "Actions": 10 entries of 10 steps of 10 names; no other call takes more. */
#define BATCH_MAX UMAPI_CHANGES_MAX

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

/* The configured source that will show the change once a person has made it; NULL: none. */
static const char *seen_by(struct provider *p, const struct change *c)
{
	if (c->principal->kind != PRINCIPAL_ACCOUNT && p->read_users &&
	    directory_sees(&p->directory, c->principal, c->entitlement))
		return "the User Management API";
	if (p->roles_from)
		return "the list given with --roles-from";
	for (size_t i = 0; i < p->config->accounts.len; i++) {
		if (c->principal->kind == PRINCIPAL_ACCOUNT && c->entitlement->role &&
		    !strcmp(p->config->accounts.at[i].name, c->principal->name))
			return "the account's own profile";
	}
	return NULL;
}

static void describe(struct provider *p, const struct change *change, const char *email,
		     struct str *out)
{
	const struct manual_context context = {p->title, p->org_id, seen_by(p, change)};
	manual_describe(&context, change, email, out);
}

static void export_manual(struct provider *p UNUSED, const struct change *const *changes,
			  const char *const *emails, size_t len, struct str *out)
{
	manual_export(changes, emails, len, out);
}

/* ---- writing ---- */

static unsigned patience_ms(struct provider *p)
{
	return p->patience_ms;
}

static size_t take(struct provider *p UNUSED, const struct change *const *changes, size_t len)
{
	return price_take(changes, len);
}

static void set_leave(struct provider *p, const struct leave *leave)
{
	p->leave = leave;
	http_set_leave(p->http, leave);
}

static struct error *begin(struct provider *p, const struct plan *plan)
{
	p->plan = plan;
	return NULL;
}

/* Reads the account's e-mail, which the answer that makes an account does not have; and the list
 * lags. */
static void look_for_email(struct provider *p, struct credential *c)
{
	struct error *unseen = NULL;
	bool gone;
	for (struct patience t = session_patience(p, false);
	     !unseen && !c->email && patience_next(&t);)
		unseen = console_refresh(p, c, &gone);
	error_free(unseen);
}

/* The address under which the directory knows a principal; groups have none. */
static const char *email_of(struct provider *p, const struct principal *principal)
{
	if (principal->kind == PRINCIPAL_USER)
		return principal->name;
	struct credential *c =
		principal->kind == PRINCIPAL_ACCOUNT ? session_find(p, principal->name) : NULL;
	if (c && c->detailed && !c->email)
		look_for_email(p, c);
	return c ? c->email : NULL;
}

static const char *const *emails_of(struct provider *p, struct arena *a,
				    const struct change *const *batch, size_t len)
{
	const char **emails = arena_alloc(a, len * sizeof(*emails));
	for (size_t i = 0; i < len; i++)
		emails[i] = email_of(p, batch[i]->principal);
	return emails;
}

static struct error *send_users(struct provider *p, struct arena *a,
				const struct change *const *batch, size_t len,
				struct outcome *outcomes)
{
	const struct umapi api = {p->http, p->users, p->org_id, p->most_accounts};
	return umapi_execute(&api, &p->directory, a, batch, emails_of(p, a, batch, len), len,
			     outcomes);
}

static void run_command(struct provider *p, struct arena *a, const struct change *const *batch,
			size_t len, struct outcome *outcomes)
{
	const struct role_command writer = {.argv = p->config->role_writer,
					    .organization =
						    p->organization ? p->organization : p->title,
					    .org_id = p->org_id,
					    .leave = p->leave};
	for (size_t i = 0; i < len && !writer.argv; i++)
		outcomes[i] = (struct outcome){OUTCOME_NOT_SENT,
					       "the configuration names no role writer any more"};
	if (writer.argv)
		role_command_run(&writer, a, batch, emails_of(p, a, batch, len), len, outcomes);
}

/* Sends the leading `len` changes, which are of one kind. */
static struct error *send(struct provider *p, struct arena *a, const struct change *const *batch,
			  size_t len, struct outcome *outcomes)
{
	switch (route_of(batch[0])) {
	case ROUTE_ACCOUNT:
		return provision_accounts(p, a, batch, len, outcomes);
	case ROUTE_PROJECT:
		return project_delete(p, a, batch[0], outcomes);
	case ROUTE_LICENCE:
		return provision_grants(p, a, batch, len, outcomes);
	case ROUTE_API:
		return provision_api(p, a, batch[0], outcomes);
	case ROUTE_USERS:
		return send_users(p, a, batch, len, outcomes);
	case ROUTE_COMMAND:
		run_command(p, a, batch, len, outcomes);
		return NULL;
	}
	return NULL;
}

static void set_rest(struct outcome *outcomes, size_t len, struct arena *a, struct error *error)
{
	const char *why = error_text(a, error);
	for (size_t i = 0; i < len; i++)
		outcomes[i] = (struct outcome){i ? OUTCOME_NOT_SENT : OUTCOME_UNKNOWN, why};
	error_free(error);
}

/* Sends the changes of a batch, one group of the same kind after the other. */
static struct error *execute(struct provider *p, struct arena *a, const struct change *const *batch,
			     size_t len, struct outcome *outcomes)
{
	for (size_t i = 0; i < len;) {
		size_t n = price_group(batch + i, len - i);
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
	.attributes = ATTRIBUTE_DESCRIPTION | ATTRIBUTE_PROJECT | ATTRIBUTE_CREDENTIAL,
	.fixed = ATTRIBUTE_PROJECT,
	.names_are_credentials = true,
	.open = session_open,
	.read = live_read,
	.can_grant = can_grant,
	.explain = can_explain,
	.same_api = can_same_api,
	.is_admin_api = can_is_admin_api,
	.carries = can_carries,
	.has_unnamed = can_have_unnamed,
	.can_account = can_account,
	.project_of = project_title,
	.look_at_projects = project_look_at_all,
	.sees = can_see,
	.source_of = can_source,
	.idle = can_idle,
	.check_names = names_check,
	.check_kind = roles_refuse,
	.check_account = check_account,
	.describe = describe,
	.note = note_change,
	.export_manual = export_manual,
	.price = price_plan,
	.identity = identity,
	.identity_of = session_identity,
	.close = session_close,
};

const struct provider_writer adobe_writer = {
	.batch_max = BATCH_MAX,
	.patience_ms = patience_ms,
	.budgets = http_budgets,
	.queue = price_queue,
	.queues = PRICE_QUEUES,
	.take = take,
	.set_leave = set_leave,
	.begin = begin,
	.execute = execute,
	.has_sink = secret_delivery_has_sink,
	.deliver = secret_deliver,
};

const struct provider_access adobe_access = {
	.verify = adobe_verify,
	.rotate = adobe_rotate,
};
