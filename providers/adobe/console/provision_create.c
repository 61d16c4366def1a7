/* SPDX-License-Identifier: Apache-2.0 */
/* A technical account comes into being with its credential. */
#include <string.h>

#include "core/util/failpoint.h"
#include "core/util/json.h"
#include "core/util/report.h"
#include "providers/adobe/console/project_workspace.h"
#include "providers/adobe/console/provision_steps.h"
#include "providers/adobe/console/wanted_apis.h"
#include "providers/adobe/session/console_calls.h"

static struct error *find_credential(struct provider *p, struct arena *a,
				     const struct project_place *place, const char *name,
				     const char **id)
{
	CALLS_DONE struct calls c = CALLS(p);
	struct http_request *r = calls_add(
		&c, "GET", "/organizations/{org}/projects/{id}/workspaces/{id}/credentials",
		"organizations/%s/projects/%s/workspaces/%s/credentials", p->org_number,
		place->project_id, place->workspace_id);
	TRY(calls_read(&c, 0));
	for (const struct reply *i = reply_first(r->json); i; i = reply_after(i)) {
		const char *own = reply_text(i, "integration_name");
		if (own && !strcmp(own, name))
			*id = session_keep(p, reply_id(i, "id_integration", a));
	}
	return NULL;
}

static struct error *look_for_credential(struct provider *p, struct arena *a,
					 const struct project_place *place, const char *name,
					 const char **id)
{
	for (struct patience t = session_patience(p, false); !*id && patience_next(&t);) {
		TRY(find_credential(p, a, place, name, id));
	}
	return NULL;
}

static bool is_listed(const struct provider *p, const char *name)
{
	for (size_t i = 0; i < p->credentials.len; i++) {
		if (!strcmp(p->credentials.at[i].name, name))
			return true;
	}
	return false;
}

static struct error *send_credential(struct provider *p, struct arena *a,
				     const struct project_place *place,
				     const struct account *account, const struct wish_vec *first,
				     const char **id, const char **client, struct outcome *out)
{
	CALLS_DONE struct calls c = CALLS(p);
	struct str body = STR(&c.arena);
	const char *name = account_credential(account);
	provision_print(&body, name, account->description, first);
	struct http_request *r = calls_add(
		&c, "POST",
		"/organizations/{org}/projects/{id}/workspaces/{id}/credentials/"
		"oauth-server-to-server",
		"organizations/%s/projects/%s/workspaces/%s/credentials/oauth-server-to-server",
		p->org_number, place->project_id, place->workspace_id);
	r->body = str_text(&body);
	FAILPOINT("console-credential");
	TRY(http_run(p->http, &c.arena, c.all.at, 1));
	FAILPOINT("console-credential-made");
	*out = call_outcome(r, a);
	if (out->class == OUTCOME_APPLIED) {
		*id = session_keep(p, reply_id(r->json, "id", a));
		*client = session_keep(p, reply_text(r->json, "apiKey"));
	}
	/* That its name is taken, by none that the list shows, says that it is there. */
	out->once = r->evidence.status == 409 && !is_listed(p, name);
	if (out->once || out->class == OUTCOME_UNKNOWN || (out->class == OUTCOME_APPLIED && !*id))
		error_free(look_for_credential(p, a, place, name, id));
	if (*id)
		*out = (struct outcome){OUTCOME_APPLIED, NULL};
	else if (out->class == OUTCOME_APPLIED)
		*out = (struct outcome){OUTCOME_UNKNOWN, "the credential's id was not told"};
	return NULL;
}

/* The storage API in the very first list brings the licence with it; added later it does not
 * (facts/cloud-storage.md, "Conditions"). */
static void storage_first(struct arena *a, const struct wish_vec *wishes, struct wish_vec *first)
{
	for (size_t i = 0; i < wishes->len; i++) {
		if (wishes->at[i].api->storage)
			vec_push(a, first, (struct wish){.api = wishes->at[i].api});
	}
}

static struct credential *add_credential(struct provider *p, const struct project_place *place,
					 const struct account *account, const char *id)
{
	struct credential c = {.account = account->meta.name,
			       .id = id,
			       .name = session_keep(p, account_credential(account)),
			       .project_id = place->project_id,
			       .project = place->project,
			       .workspace_id = place->workspace_id,
			       .detailed = true};
	vec_push(&p->arena, &p->credentials, c);
	session_sort(p);
	return session_find(p, account->meta.name);
}

static struct error *subscribe_new(struct provider *p, struct arena *a,
				   const struct account *account, struct credential *c,
				   struct outcome *out)
{
	struct wish_vec wishes = {0};
	bool gone = false;
	wanted_of_new(p, a, account, &wishes);
	*out = (struct outcome){OUTCOME_APPLIED, NULL};
	struct error *unseen = console_refresh(p, c, &gone);
	error_free(unseen);
	if (wishes.len == 0 || (!unseen && !gone && wishes_met(&wishes, c)))
		return NULL;
	TRY(subscribe_put(p, a, c, &wishes, out));
	if (out->class != OUTCOME_APPLIED)
		*out = (struct outcome){OUTCOME_PARTLY,
					arena_printf(a, "the account is made, its APIs are not: %s",
						     out->message ? out->message : "unknown")};
	return NULL;
}

/* After a try whose outcome nobody knows, a name that is taken is no refusal: it is there, and not
 * shown yet. */
static void judge_taken(struct outcome earlier, struct outcome *out)
{
	out->once &= earlier.once || earlier.tried;
	if (out->once)
		out->class = OUTCOME_UNKNOWN;
}

/* Nothing else would say that it is there. */
static void tell_empty_project(struct arena *a, const struct project_place *place,
			       struct outcome *out)
{
	out->once |= place->made;
	if (place->made)
		out->message =
			arena_printf(a, "%s; project %s (%s) was made for it and is empty, so far",
				     out->message ? out->message : "no answer",
				     quoted(a, place->project), place->project_id);
}

struct error *provision_create(struct provider *p, struct arena *a, const struct account *account,
			       struct outcome *out)
{
	struct wish_vec wishes = {0}, first = {0};
	struct project_place place;
	const char *id = NULL, *client = NULL;
	const struct outcome earlier = *out;
	TRY(place_prepare(p, a, account, earlier, &place, out));
	if (out->class != OUTCOME_APPLIED)
		return NULL;
	wanted_of_new(p, a, account, &wishes);
	storage_first(a, &wishes, &first);
	TRY(send_credential(p, a, &place, account, &first, &id, &client, out));
	if (out->class != OUTCOME_APPLIED) {
		judge_taken(earlier, out);
		tell_empty_project(a, &place, out);
		return NULL;
	}
	struct credential *c = add_credential(p, &place, account, id);
	c->client_id = client;
	return subscribe_new(p, a, account, c, out);
}
