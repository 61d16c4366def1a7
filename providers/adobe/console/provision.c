/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/console/provision.h"

#include <string.h>

#include "core/util/failpoint.h"
#include "core/util/json.h"
#include "core/util/report.h"
#include "providers/adobe/console/project_workspace.h"
#include "providers/adobe/console/wanted_apis.h"
#include "providers/adobe/session/console_calls.h"

/* ---- what is changed of an account that is there ---- */

#define DESCRIPTION_DEFAULT "Kept by writ" /* the console wants one */

/* The body of a request that makes or changes a credential; `first` may be empty. */
static void print_credential(struct str *body, const char *name, const char *description,
			     const struct wish_vec *first)
{
	str_addc(body, '{');
	json_put_text(body, "name", name);
	json_put_text(body, "description", description ? description : DESCRIPTION_DEFAULT);
	if (first->len) {
		json_put_key(body, "services");
		wishes_print(first, body);
	}
	str_addc(body, '}');
}

static bool same_text(const char *wanted, const char *live)
{
	return !wanted || (live && !strcmp(wanted, live));
}

static bool is_edited(const struct credential *c, const char *name, const char *description)
{
	return !strcmp(c->name, name) && same_text(description, c->description);
}

static struct error *edit_credential(struct provider *p, struct arena *a, struct credential *c,
				     const struct account *account, struct outcome *out)
{
	CALLS_DONE struct calls calls = CALLS(p);
	struct str body = STR(&calls.arena);
	struct wish_vec none = {0};
	bool gone = false;
	const char *name = account_credential(account);
	const char *description = account->description ? account->description : c->description;
	print_credential(&body, name, description, &none);
	struct http_request *r = calls_add(
		&calls, "PUT", "/organizations/{org}/credentials/oauth-server-to-server/{id}",
		"organizations/%s/credentials/oauth-server-to-server/%s", p->org_number, c->id);
	r->body = str_text(&body);
	TRY(http_run(p->http, &calls.arena, calls.all.at, 1));
	*out = call_outcome(r, a);
	if (out->class != OUTCOME_UNKNOWN) {
		c->name = out->class == OUTCOME_APPLIED ? session_keep(p, name) : c->name;
		return NULL;
	}
	for (struct patience t = session_patience(p, true); patience_next(&t);) {
		struct error *unseen = console_refresh(p, c, &gone);
		error_free(unseen);
		if (!unseen && !gone && is_edited(c, name, account->description)) {
			*out = (struct outcome){OUTCOME_APPLIED, NULL};
			return NULL;
		}
	}
	return NULL;
}

/* `attributes` says which of `after` differ: a set of enum attribute. */
static struct error *change_account(struct provider *p, struct arena *a, struct credential *c,
				    const struct account *after, unsigned attributes,
				    struct outcome *out)
{
	bool edited = attributes & (ATTRIBUTE_DESCRIPTION | ATTRIBUTE_CREDENTIAL);
	*out = (struct outcome){OUTCOME_APPLIED, NULL};
	if (attributes & ATTRIBUTE_PROJECT) {
		*out = call_refused("Adobe cannot move a credential to another project");
		return NULL;
	}
	if (edited)
		TRY(edit_credential(p, a, c, after, out));
	return NULL;
}

/* What an account lacks of its manifest: of a create that an earlier run left half done. */
static bool lacks_apis(struct provider *p, const struct credential *c, const struct account *wanted)
{
	struct wish_vec wishes = {0};
	ARENA scratch = {0};
	wanted_apis(p, &scratch, wanted, c, &wishes);
	return wanted->has_apis && !wishes_met(&wishes, c);
}

static bool lacks_words(const struct credential *c, const struct account *wanted)
{
	return !same_text(wanted->description, c->description);
}

/* ---- an account comes into being with its credential ---- */

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
	print_credential(&body, name, account->description, first);
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

static struct error *make_account(struct provider *p, struct arena *a,
				  const struct account *account, struct outcome *out)
{
	struct wish_vec wishes = {0}, first = {0};
	struct project_place place;
	const char *id = NULL, *client = NULL;
	const struct outcome earlier = *out;
	TRY(project_workspace_prepare(p, a, account, earlier, &place, out));
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

/* ---- an account goes with its credential; the project stays ---- */

static struct error *is_gone(struct provider *p, const struct credential *c, bool *gone)
{
	CALLS_DONE struct calls calls = CALLS(p);
	struct http_request *r =
		calls_add(&calls, "GET", "/organizations/{org}/integrations/{id}",
			  "organizations/%s/integrations/%s", p->org_number, c->id);
	for (struct patience t = session_patience(p, true); !*gone && patience_next(&t);) {
		http_done(r);
		TRY(calls_read(&calls, 0));
		*gone = !call_found(r);
	}
	return NULL;
}

/* Afterwards the session knows the credential no more. */
static struct error *delete_account(struct provider *p, struct arena *a, struct credential *c,
				    struct outcome *out)
{
	CALLS_DONE struct calls calls = CALLS(p);
	bool gone = false;
	struct http_request *r =
		calls_add(&calls, "DELETE",
			  "/organizations/{org}/projects/{id}/workspaces/{id}/credentials/{id}",
			  "organizations/%s/projects/%s/workspaces/%s/credentials/%s",
			  p->org_number, c->project_id, c->workspace_id, c->id);
	r->empty_is_fine = true;
	TRY(http_run(p->http, &calls.arena, calls.all.at, 1));
	*out = call_outcome(r, a);
	if (http_is_missing(r))
		*out = (struct outcome){OUTCOME_APPLIED, NULL};
	if (out->class == OUTCOME_UNKNOWN)
		error_free(is_gone(p, c, &gone));
	if (gone)
		*out = (struct outcome){OUTCOME_APPLIED, NULL};
	if (out->class == OUTCOME_APPLIED)
		session_forget(p, c);
	return NULL;
}

/* ---- one change ---- */

static struct error *create_account(struct provider *p, struct arena *a,
				    const struct change *change, struct outcome *out)
{
	const struct account *wanted = change->after;
	struct credential *c = session_find(p, wanted->meta.name);
	if (!c)
		return make_account(p, a, wanted, out);
	if (c->detailed && lacks_words(c, wanted))
		return change_account(p, a, c, wanted, ATTRIBUTE_DESCRIPTION, out);
	*out = (struct outcome){OUTCOME_APPLIED, NULL};
	if (c->detailed && lacks_apis(p, c, wanted))
		return NULL; /* the grants behind it add them */
	*out = call_refused(
		arena_printf(a, "there is already an account %s", quoted(a, wanted->meta.name)));
	return NULL;
}

struct error *provision_change(struct provider *p, struct arena *a, const struct change *change,
			       struct outcome *out)
{
	if (change->action == ACTION_CREATE)
		return create_account(p, a, change, out);
	struct credential *c = session_find(p, change->before->meta.name);
	if (!c || !c->detailed) {
		*out = call_refused(arena_printf(a, "there is no account %s",
						 quoted(a, change->before->meta.name)));
		return NULL;
	}
	if (change->action == ACTION_DELETE)
		return delete_account(p, a, c, out);
	TRY(change_account(p, a, c, change->after, change->attributes, out));
	if (out->class == OUTCOME_APPLIED && change->reason == REASON_RENAMED) {
		c->account = session_keep(p, change->after->meta.name);
		session_sort(p);
	}
	return NULL;
}
