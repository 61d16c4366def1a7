/* SPDX-License-Identifier: Apache-2.0 */
/* What is changed of an account that is there. */
#include <string.h>

#include "core/util/json.h"
#include "providers/adobe/console/provision_steps.h"
#include "providers/adobe/console/wanted_apis.h"
#include "providers/adobe/session/console_calls.h"

#define DESCRIPTION_DEFAULT "Kept by writ" /* the console wants one */

void provision_print(struct str *body, const char *name, const char *description,
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

/* What is sent after a first one that was taken leaves the change half done. */
static struct outcome after_others(struct outcome one, size_t sent)
{
	return one.class != OUTCOME_APPLIED && sent ? (struct outcome){OUTCOME_PARTLY, one.message}
						    : one;
}

/* Additions first: what is to replace an API is there before it goes. */
static struct error *change_one_by_one(struct provider *p, struct arena *a, struct credential *c,
				       const struct wish_vec *wishes, struct outcome *out)
{
	struct wish_vec there = {0};
	struct outcome one = {OUTCOME_APPLIED, NULL};
	size_t sent = 0;
	wishes_of(p, a, c, &there);
	for (size_t i = 0; i < wishes->len && one.class == OUTCOME_APPLIED; i++) {
		bool due = !wish_met(&wishes->at[i], c);
		TRY(subscribe_api(p, a, c, &wishes->at[i], &one));
		sent += due && one.class == OUTCOME_APPLIED;
	}
	for (size_t i = 0; i < there.len && one.class == OUTCOME_APPLIED; i++) {
		if (wishes_find(wishes, there.at[i].api->code))
			continue;
		TRY(unsubscribe_api(p, a, c, there.at[i].api, &one));
		sent += one.class == OUTCOME_APPLIED;
	}
	*out = after_others(one, sent);
	return NULL;
}

static struct error *change_apis(struct provider *p, struct arena *a, struct credential *c,
				 const struct account *account, struct outcome *out)
{
	struct wish_vec wishes = {0};
	wanted_apis(p, a, account, c, &wishes);
	const char *loss = wanted_loses(p, a, c, &wishes, account->meta.name);
	if (loss) {
		*out = call_refused(loss);
		return NULL;
	}
	return change_one_by_one(p, a, c, &wishes, out);
}

struct error *provision_update(struct provider *p, struct arena *a, struct credential *c,
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
	if (out->class != OUTCOME_APPLIED || !(attributes & ATTRIBUTE_APIS))
		return NULL;
	TRY(change_apis(p, a, c, after, out));
	if (edited && out->class != OUTCOME_APPLIED)
		out->class = OUTCOME_PARTLY;
	return NULL;
}

unsigned provision_missing(struct provider *p, const struct credential *c,
			   const struct account *wanted)
{
	unsigned missing = 0;
	struct wish_vec wishes = {0};
	ARENA scratch = {0};
	wanted_apis(p, &scratch, wanted, c, &wishes);
	if (wanted->has_apis && !wishes_met(&wishes, c))
		missing |= ATTRIBUTE_APIS;
	if (!same_text(wanted->description, c->description))
		missing |= ATTRIBUTE_DESCRIPTION;
	return missing;
}
