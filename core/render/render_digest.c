/* SPDX-License-Identifier: Apache-2.0 */
/* The digest of what a plan comes to, over lines of JSON that have all of it and nothing else. */
#include "core/render/render.h"
#include "core/util/digest.h"
#include "core/util/json.h"

/* Guards without what consent changes: a plan comes to the same, whoever consents to it. */
static void add_bare_guards(struct str *out, const struct guard_vec *guards)
{
	for (size_t i = 0; i < guards->len; i++) {
		const struct guard *g = &guards->at[i];
		str_addc(out, '{');
		json_put_text(out, "name", g->name);
		json_put_text(out, "subject", g->subject);
		json_put_number(out, "limit", g->limit);
		json_put_number(out, "value", g->value);
		json_put_text(out, "verdict",
			      g->verdict == VERDICT_PASS ? "pass" : "needs consent");
		str_add(out, "}\n");
	}
}

static void add_bare_accounts(struct str *out, const struct plan *plan)
{
	for (size_t i = 0; i < plan->accounts.len; i++) {
		str_addc(out, '{');
		json_put_text(out, "name", plan->accounts.at[i]->meta.name);
		json_put_text(out, "id", plan->accounts.at[i]->id);
		str_add(out, "}\n");
	}
}

static void add_line(struct sha256 *s, struct str *line)
{
	sha256_add(s, str_text(line), line->len);
	arena_reset(line->arena);
	*line = (struct str)STR(line->arena);
}

void render_plan_digest(const struct plan *plan, char out[static SHA256_TEXT])
{
	ARENA a = {0};
	struct str line = STR(&a);
	unsigned char result[SHA256_SIZE];
	struct sha256 *s = sha256_new();
	str_add(&line, "writ plan 1 {");
	json_put_text(&line, "provider", plan->provider);
	json_put_text(&line, "organization", plan->organization);
	json_put_text(&line, "org_id", plan->org_id);
	json_put_text(&line, "target", plan->target);
	render_digest_json(&line, "manifests", plan->manifest_digest);
	str_add(&line, "}\n");
	add_bare_accounts(&line, plan);
	add_bare_guards(&line, &plan->guards);
	add_line(s, &line);
	for (size_t i = 0; i < plan->changes.len; i++) {
		str_addc(&line, '{');
		render_change_json(&line, &plan->changes.at[i]);
		str_printf(&line, ", \"unknown\": %d, \"idle\": %d}\n", plan->changes.at[i].unseen,
			   plan->changes.at[i].idle);
		add_line(s, &line);
	}
	for (size_t i = 0; i < plan->blocked.len; i++) {
		const struct blocked_item *b = &plan->blocked.at[i];
		str_printf(&line, "blocked %s\n", change_address(&a, b->principal, b->entitlement));
		add_line(s, &line);
	}
	sha256_end(s, result);
	sha256_text(result, out);
}
