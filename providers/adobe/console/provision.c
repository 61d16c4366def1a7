/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/console/provision.h"

#include "core/util/report.h"
#include "providers/adobe/console/provision_steps.h"
#include "providers/adobe/session/console_calls.h"

static struct error *create_account(struct provider *p, struct arena *a,
				    const struct change *change, struct outcome *out)
{
	const struct account *wanted = change->after;
	struct credential *c = session_find(p, wanted->meta.name);
	if (!c)
		return provision_create(p, a, wanted, out);
	if (c->detailed && provision_lacks_words(c, wanted))
		return provision_update(p, a, c, wanted, ATTRIBUTE_DESCRIPTION, out);
	*out = (struct outcome){OUTCOME_APPLIED, NULL};
	if (c->detailed && provision_lacks_apis(p, c, wanted))
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
		return provision_delete(p, a, c, out);
	TRY(provision_update(p, a, c, change->after, change->attributes, out));
	if (out->class == OUTCOME_APPLIED && change->reason == REASON_RENAMED) {
		c->account = session_keep(p, change->after->meta.name);
		session_sort(p);
	}
	return NULL;
}
