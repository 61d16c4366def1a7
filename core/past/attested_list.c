/* SPDX-License-Identifier: Apache-2.0 */
#include "core/past/attested_list.h"

#include <string.h>

#include "core/render/render.h"
#include "core/util/percent.h"

static void end_older(struct known_attestation_vec *out, size_t from, const struct attestation *t,
		      const char *over, int64_t at)
{
	for (size_t i = from; i < out->len; i++) {
		struct known_attestation *k = &out->at[i];
		if (!k->over && attestation_is_same(&k->said, t)) {
			k->over = over;
			k->over_at = at;
		}
	}
}

static void take(struct arena *a, const char *organization, const struct ledger_entry *e,
		 size_t from, struct known_attestation_vec *out)
{
	struct attestation t;
	if (e->type != ENTRY_ATTESTED || !attested_read(a, e->body, &t))
		return;
	const char *over = attested_over(a, e->body);
	end_older(out, from, &t, over ? over : "it was attested anew", e->at);
	if (!over)
		vec_push(a, out, (struct known_attestation){organization, t, NULL, 0});
}

void attested_list_load(struct arena *a, const struct known_ledger *ledger,
			struct known_attestation_vec *out)
{
	size_t from = out->len;
	for (size_t i = 0; i < ledger->records.len; i++) {
		const struct ledger_entry_vec *entries = &ledger->records.at[i].entries;
		for (size_t k = 0; k < entries->len; k++)
			take(a, ledger->organization, &entries->at[k], from, out);
	}
}

bool attested_list_counts(const struct known_attestation *k, int64_t moment)
{
	return k->said.at <= moment && (!k->over || k->over_at > moment);
}

const char *attested_list_text(struct arena *a, const struct known_attestation *k)
{
	const char *said = attestation_text(a, &k->said);
	if (!k->over)
		return said;
	return arena_printf(a, "%s; over since %s: %s", said, render_time(a, k->over_at), k->over);
}

void attested_list_json(struct str *out, const struct known_attestation *k)
{
	str_addc(out, '{');
	json_put_text(out, "organization", k->organization);
	json_put_text(out, "address", k->said.address);
	json_put_text(out, "action", action_name(k->said.removal ? ACTION_DELETE : ACTION_CREATE));
	json_put_text(out, "by", k->said.by);
	json_put_text(out, "at", render_time(out->arena, k->said.at));
	json_put_text(out, "why", k->said.why);
	json_put_text(out, "over_at", k->over ? render_time(out->arena, k->over_at) : NULL);
	json_put_text(out, "over", k->over);
	str_addc(out, '}');
}

bool attested_list_is_of_user(struct arena *a, const struct known_attestation *k,
			      const struct entitlement *e, const char **name)
{
	static const char head[] = "grant/user/";
	const char *address = k->said.address, *tail = entitlement_address(a, e);
	struct str out = STR(a);
	if (strncmp(address, head, sizeof(head) - 1) != 0)
		return false;
	const char *at = address + sizeof(head) - 1, *end = strchr(at, '/');
	if (!end || strcmp(end + 1, tail) != 0)
		return false;
	while (at < end) {
		int byte = percent_byte(at, (size_t)(end - at));
		str_addc(&out, byte < 0 ? *at : (char)byte);
		at += byte < 0 ? 1 : 3;
	}
	*name = str_text(&out);
	return true;
}
