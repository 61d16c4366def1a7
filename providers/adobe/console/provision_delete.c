/* SPDX-License-Identifier: Apache-2.0 */
/* An account goes with its credential; the project stays. */
#include "providers/adobe/console/provision_steps.h"
#include "providers/adobe/session/console_calls.h"

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

struct error *provision_delete(struct provider *p, struct arena *a, struct credential *c,
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
