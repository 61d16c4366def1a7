/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/attested.h"

#include <string.h>

#include "core/util/clock.h"
#include "core/util/json.h"
#include "core/util/str.h"

bool attested_read(struct arena *a, struct json_span object, struct attestation *out)
{
	const char *at = json_get_text(a, object, "at"),
		   *action = json_get_text(a, object, "action");
	struct attestation t = {.address = json_get_text(a, object, "address"),
				.by = json_get_text(a, object, "by"),
				.why = json_get_text(a, object, "why"),
				.id = json_get_text(a, object, "id"),
				.removal = action && !strcmp(action, "delete")};
	if (!t.address || !t.by || !t.why || !action || !at || !time_parse(at, &t.at))
		return false;
	*out = t;
	return true;
}

const char *attested_over(struct arena *a, struct json_span object)
{
	return json_get_text(a, object, "over");
}

void attested_put(struct str *out, const struct attestation *t, const char *over)
{
	char moment[TIME_TEXT];
	time_format(t->at, moment);
	str_addc(out, '{');
	json_put_text(out, "address", t->address);
	json_put_text(out, "action", action_name(t->removal ? ACTION_DELETE : ACTION_CREATE));
	json_put_text(out, "by", t->by);
	json_put_text(out, "at", moment);
	json_put_text(out, "why", t->why);
	json_put_text(out, "id", t->id);
	if (over)
		json_put_text(out, "over", over);
	str_addc(out, '}');
}

void attested_add(struct ledger *l, const struct attestation *t, const char *over)
{
	ARENA a = {0};
	struct str body = STR(&a);
	attested_put(&body, t, over);
	ledger_add(l, ENTRY_ATTESTED, NULL, str_text(&body));
}

void attested_take(struct arena *a, struct json_span body, struct attestation_vec *all)
{
	struct attestation t;
	size_t kept = 0;
	if (!attested_read(a, body, &t))
		return;
	for (size_t i = 0; i < all->len; i++) {
		if (!attestation_is_same(&all->at[i], &t))
			all->at[kept++] = all->at[i];
	}
	all->len = kept;
	if (!attested_over(a, body))
		vec_push(a, all, t);
}
