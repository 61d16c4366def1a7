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
	provision_print(&body, name, description, &none);
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

/* Changes the attributes of an account that differ: a set of enum attribute. */
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

/* Whether the account lacks APIs of its manifest, as after a create that a run left half done. */
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

/* Deletes the credential, also from what the session knows. */
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

/* Goes on with the create of an account that a read shows: an earlier run left it half done, or did
 * not live to put its answer on record. */
static struct error *complete_account(struct provider *p, struct arena *a, struct credential *c,
				      const struct account *wanted, struct outcome *out)
{
	bool made_before = out->tried;
	if (c->detailed && lacks_words(c, wanted))
		return change_account(p, a, c, wanted, ATTRIBUTE_DESCRIPTION, out);
	*out = (struct outcome){OUTCOME_APPLIED, NULL};
	if (made_before || (c->detailed && lacks_apis(p, c, wanted)))
		return NULL; /* the plan's own grants add what it lacks */
	*out = call_refused(
		arena_printf(a, "there is already an account %s", quoted(a, wanted->meta.name)));
	return NULL;
}

static struct error *change_one(struct provider *p, struct arena *a, const struct change *change,
				struct outcome *out)
{
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

/* Does the same with an error as the change's outcome, since a look tells how far it came. */
static void complete(struct provider *p, struct arena *a, struct credential *c,
		     const struct change *change, struct outcome *out)
{
	struct error *error = complete_account(p, a, c, change->after, out);
	if (error)
		*out = (struct outcome){OUTCOME_UNKNOWN, error_text(a, error)};
	error_free(error);
}

/* Makes the accounts of a run of creates: those that a read shows by now are completed, the others
 * are made side by side. */
static struct error *create_all(struct provider *p, struct arena *a,
				const struct change *const *changes, size_t len,
				struct outcome *outcomes)
{
	const struct change **due = arena_alloc(a, len * sizeof(*due));
	struct outcome *own = arena_alloc(a, len * sizeof(*own));
	size_t *numbers = arena_alloc(a, len * sizeof(*numbers)), count = 0;
	struct error *error = NULL;
	for (size_t i = 0; i < len; i++) {
		struct credential *there = session_find(p, changes[i]->after->meta.name);
		if (there) {
			complete(p, a, there, changes[i], &outcomes[i]);
			continue;
		}
		due[count] = changes[i];
		own[count] = outcomes[i];
		numbers[count++] = i;
	}
	if (count > 0)
		error = provision_create(p, a, due, count, own);
	if (error && count == len)
		return error;
	for (size_t i = 0; i < count; i++)
		outcomes[numbers[i]] = own[i];
	error_free(error); /* the outcomes tell the error */
	return NULL;
}

struct error *provision_accounts(struct provider *p, struct arena *a,
				 const struct change *const *changes, size_t len,
				 struct outcome *outcomes)
{
	if (changes[0]->action == ACTION_CREATE)
		return create_all(p, a, changes, len, outcomes);
	return change_one(p, a, changes[0], outcomes);
}
