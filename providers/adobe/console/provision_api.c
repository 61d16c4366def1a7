/* SPDX-License-Identifier: Apache-2.0 */
/* APIs of an account that is there: one service a request. */
#include <string.h>

#include "core/util/report.h"
#include "providers/adobe/console/provision.h"
#include "providers/adobe/console/wanted_apis.h"
#include "providers/adobe/session/console_calls.h"

static const char *code_of(struct provider *p, const char *name)
{
	const struct api *api = console_find_api(p, name);
	return api ? api->code : name;
}

static struct error *give(struct provider *p, struct arena *a, struct credential *c,
			  const char *name, struct outcome *out)
{
	const struct api *api = console_find_api(p, name);
	struct wish wish;
	*out = (struct outcome){OUTCOME_APPLIED, NULL};
	if (credential_find_api(c, code_of(p, name)))
		return NULL; /* it came with the account */
	if (!api) {
		*out = call_refused(
			arena_printf(a, "the catalogue has no API %s", quoted(a, name)));
		return NULL;
	}
	wanted_of_api(p, a, c, api, &wish);
	return subscribe_api(p, a, c, &wish, out);
}

/* What others offer of the API's licences is handed to them before it goes. */
static struct error *take(struct provider *p, struct arena *a, struct credential *c,
			  const char *name, struct outcome *out)
{
	struct wish_vec all = {0}, kept = {0};
	const char *code = code_of(p, name);
	struct wish gone = {0};
	wishes_of(p, a, c, &all);
	for (size_t i = 0; i < all.len; i++) {
		if (!strcmp(all.at[i].api->code, code))
			gone = all.at[i];
		else
			vec_push(a, &kept, all.at[i]);
	}
	*out = (struct outcome){OUTCOME_APPLIED, NULL};
	if (!gone.api)
		return NULL;
	const char *loss = wanted_loses(p, a, c, &kept, c->account);
	if (loss) {
		*out = call_refused(loss);
		return NULL;
	}
	for (size_t i = 0; i < kept.len && out->class == OUTCOME_APPLIED; i++)
		TRY(subscribe_api(p, a, c, &kept.at[i], out));
	return out->class == OUTCOME_APPLIED ? unsubscribe_api(p, a, c, gone.api, out) : NULL;
}

struct error *provision_api(struct provider *p, struct arena *a, const struct change *change,
			    struct outcome *out)
{
	const char *account = change->principal->name, *name = change->entitlement->api;
	struct credential *c = session_find(p, account);
	if (!c || !c->detailed) {
		*out = call_refused(arena_printf(a, "there is no account %s", quoted(a, account)));
		return NULL;
	}
	return change->action == ACTION_CREATE ? give(p, a, c, name, out)
					       : take(p, a, c, name, out);
}
