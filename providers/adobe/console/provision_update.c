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
	return NULL;
}

bool provision_lacks_apis(struct provider *p, const struct credential *c,
			  const struct account *wanted)
{
	struct wish_vec wishes = {0};
	ARENA scratch = {0};
	wanted_apis(p, &scratch, wanted, c, &wishes);
	return wanted->has_apis && !wishes_met(&wishes, c);
}

bool provision_lacks_words(const struct credential *c, const struct account *wanted)
{
	return !same_text(wanted->description, c->description);
}
