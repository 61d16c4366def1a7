/* SPDX-License-Identifier: Apache-2.0 */
#include "core/render/render.h"

#include <string.h>

#include "core/model/version.h"
#include "core/util/clock.h"
#include "core/util/json.h"

static void moment(struct str *out, const char *name, int64_t seconds)
{
	char buffer[TIME_TEXT];
	time_format(seconds, buffer);
	json_put_text(out, name, buffer);
}

static void add_bundle(struct str *out, const struct change_bundle *bundle)
{
	if (!bundle)
		return;
	json_put_key(out, "bundle");
	str_addc(out, '{');
	json_put_text(out, "name", bundle->name);
	if (bundle->whole)
		str_add(out, ", \"whole\": true");
	render_location_json(out, bundle->at);
	str_addc(out, '}');
}

void render_plan_change_json(struct str *out, const struct plan *plan, size_t i)
{
	const struct change *c = &plan->changes.at[i];
	char id[32];
	snprintf(id, sizeof(id), "c%zu", i + 1);
	str_addc(out, '{');
	json_put_text(out, "id", id);
	render_change_json(out, c);
	if (c->mover)
		json_put_text(out, "since_snapshot", mover_name(c->mover));
	if (c->withheld) {
		str_add(out, ", \"withheld\": true");
		json_put_text(out, "withheld_by", withheld_name(c->withheld));
	}
	if (c->unseen)
		str_add(out, ", \"unknown\": true");
	if (c->idle)
		str_add(out, ", \"idle\": true");
	json_put_text(out, "note", c->note);
	render_attested_json(out, c->attested);
	add_bundle(out, c->bundle);
	render_location_json(out, c->at);
	str_addc(out, '}');
}

static void add_consent(struct str *out, const struct consent *c)
{
	json_put_key(out, "consent");
	str_addc(out, '{');
	json_put_text(out, "allow_remove",
		      c->removals == CONSENT_NONE
			      ? NULL
			      : arena_printf(out->arena, "%d%s", c->amount,
					     c->removals == CONSENT_PERCENT ? "%" : ""));
	json_put_key(out, "allow_admin_grants");
	str_add(out,
		c->admin_grants < 0 ? "null" : arena_printf(out->arena, "%d", c->admin_grants));
	if (c->live_shrink)
		str_add(out, ", \"allow_live_shrink\": true");
	if (c->expired)
		str_add(out, ", \"allow_expired\": true");
	if (c->unreplaced)
		str_add(out, ", \"allow_unreplaced\": true");
	str_addc(out, '}');
}

static void add_changes(struct str *out, const struct plan *plan)
{
	json_put_key(out, "changes");
	str_addc(out, '[');
	for (size_t i = 0; i < plan->changes.len; i++) {
		str_add(out, i ? ",\n  " : "\n  ");
		render_plan_change_json(out, plan, i);
	}
	str_add(out, plan->changes.len ? "\n]" : "]");
}

void render_plan_manual_json(struct str *out, const struct plan *plan, size_t i)
{
	const struct change *c = &plan->changes.at[i];
	str_printf(out, "{\"id\": \"c%zu\"", i + 1);
	json_put_text(out, "address", change_address(out->arena, c->principal, c->entitlement));
	if (c->since)
		moment(out, "since", c->since);
	else
		json_put_text(out, "since", NULL);
	json_put_key(out, "steps");
	render_steps_json(out, c->steps);
	str_addc(out, '}');
}

/* Adds the changes by hand, each with its steps. */
static void add_manual(struct str *out, const struct plan *plan)
{
	bool first = true;
	json_put_key(out, "manual");
	str_addc(out, '[');
	for (size_t i = 0; i < plan->changes.len; i++) {
		if (!change_is_manual(&plan->changes.at[i]))
			continue;
		str_add(out, first ? "\n  " : ",\n  ");
		render_plan_manual_json(out, plan, i);
		first = false;
	}
	str_add(out, first ? "]" : "\n]");
}

/* Adds how the service knows the accounts that changes[] are about. */
static void add_accounts(struct str *out, const struct plan *plan)
{
	json_put_key(out, "accounts");
	str_addc(out, '[');
	for (size_t i = 0; i < plan->accounts.len; i++) {
		const struct account *a = plan->accounts.at[i];
		str_add(out, i ? ",\n  {" : "\n  {");
		json_put_text(out, "name", a->meta.name);
		json_put_text(out, "credential", account_credential(a));
		json_put_text(out, "project", a->project);
		json_put_text(out, "id", a->id);
		json_put_text(out, "email", a->email);
		if (a->former)
			str_add(out, ", \"former\": true");
		str_addc(out, '}');
	}
	str_add(out, plan->accounts.len ? "\n]" : "]");
}

static void add_unlisted(struct str *out, const struct plan *plan)
{
	json_put_key(out, "unlisted");
	str_addc(out, '[');
	for (size_t i = 0; i < plan->unlisted.len; i++) {
		const struct unlisted_item *u = &plan->unlisted.at[i];
		str_add(out, i ? ",\n  {" : "\n  {");
		json_put_text(out, "address",
			      u->principal
				      ? change_address(out->arena, u->principal, u->entitlement)
				      : entitlement_address(out->arena, u->entitlement));
		if (u->principal)
			render_principal_json(out, u->principal);
		else
			json_put_text(out, "principal", NULL);
		render_entitlement_json(out, u->entitlement);
		if (u->count)
			json_put_number(out, "count", (int64_t)u->count);
		if (u->was_known)
			str_add(out, ", \"no_longer_declared\": true");
		if (u->look_alike)
			json_put_text(out, "look_alike", u->look_alike);
		if (u->was_to_end)
			json_put_text(out, "was_to_end", u->was_to_end);
		render_location_json(out, u->at);
		str_addc(out, '}');
	}
	str_add(out, plan->unlisted.len ? "\n]" : "]");
}

static void add_projects(struct str *out, const struct plan *plan)
{
	if (plan->projects.len == 0)
		return;
	json_put_key(out, "projects");
	str_addc(out, '[');
	for (size_t i = 0; i < plan->projects.len; i++) {
		str_add(out, i ? ",\n  {" : "\n  {");
		render_project_json(out, &plan->projects.at[i]);
		str_addc(out, '}');
	}
	str_add(out, "\n]");
}

static void put_day(struct str *out, const char *name, int32_t day)
{
	char text[DATE_TEXT];
	if (day != DATE_NONE)
		date_format(day, text);
	json_put_text(out, name, day == DATE_NONE ? NULL : text);
}

static void add_extended(struct str *out, const struct plan *plan)
{
	const struct extended_vec *all = &plan->extended;
	if (all->len == 0)
		return;
	json_put_key(out, "extended");
	str_addc(out, '[');
	for (size_t i = 0; i < all->len; i++) {
		const struct extended_item *x = &all->at[i];
		str_add(out, i ? ",\n  {" : "\n  {");
		json_put_text(out, "address",
			      change_address(out->arena, x->principal, x->entitlement));
		render_principal_json(out, x->principal);
		render_entitlement_json(out, x->entitlement);
		put_day(out, "before", x->before);
		put_day(out, "after", x->after);
		render_location_json(out, x->at);
		str_addc(out, '}');
	}
	str_add(out, "\n]");
}

static void add_blocked(struct str *out, const struct plan *plan)
{
	json_put_key(out, "blocked");
	str_addc(out, '[');
	for (size_t i = 0; i < plan->blocked.len; i++) {
		const struct blocked_item *b = &plan->blocked.at[i];
		str_add(out, i ? ",\n  {" : "\n  {");
		json_put_text(out, "address",
			      change_address(out->arena, b->principal, b->entitlement));
		render_principal_json(out, b->principal);
		render_entitlement_json(out, b->entitlement);
		json_put_text(out, "message", b->message);
		json_put_text(out, "nearest", b->nearest);
		render_location_json(out, b->at);
		str_addc(out, '}');
	}
	str_add(out, plan->blocked.len ? "\n]" : "]");
}

static void add_identities(struct str *out, const struct plan *plan)
{
	if (plan->identities.len == 0)
		return;
	json_put_key(out, "identity");
	str_addc(out, '[');
	for (size_t i = 0; i < plan->identities.len; i++) {
		const struct identity_item *item = &plan->identities.at[i];
		str_add(out, i ? ",\n  {" : "\n  {");
		json_put_text(out, "account", item->account);
		json_put_text(out, "kind", identity_kind_name(item->kind));
		json_put_text(out, "message", item->message);
		str_addc(out, '}');
	}
	str_add(out, "\n]");
}

static void add_left_out(struct str *out, const struct plan *plan)
{
	if (plan->left_out.len == 0)
		return;
	json_put_key(out, "left_out");
	str_addc(out, '[');
	for (size_t i = 0; i < plan->left_out.len; i++) {
		str_add(out, i ? ", " : "");
		json_add_text(out, plan->left_out.at[i]);
	}
	str_addc(out, ']');
}

static void add_loosened(struct str *out, const struct plan *plan)
{
	json_put_text(out, "before", plan->policy_before);
	json_put_key(out, "loosened");
	str_addc(out, '[');
	for (size_t i = 0; i < plan->loosened.len; i++) {
		const struct loosened *l = &plan->loosened.at[i];
		str_add(out, i ? ", {" : "{");
		json_put_text(out, "name", l->name);
		if (l->subject)
			json_put_text(out, "subject", l->subject);
		json_put_number(out, "before", l->before);
		json_put_number(out, "now", l->now);
		str_addc(out, '}');
	}
	str_addc(out, ']');
}

static void add_lost_rules(struct str *out, const struct plan *plan)
{
	json_put_text(out, "rules_before", plan->rules_before);
	json_put_key(out, "lost_rules");
	for (size_t i = 0; i < plan->lost_rules.len; i++) {
		str_add(out, i ? ", " : "[");
		json_add_text(out, plan->lost_rules.at[i]);
	}
	str_addc(out, ']');
}

static void add_policy(struct str *out, const struct plan *plan)
{
	const struct policy *p = &plan->policy;
	json_put_key(out, "policy");
	str_addc(out, '{');
	render_digest_json(out, "digest", plan->policy_digest);
	json_put_number(out, "max_removals", p->max_removals);
	json_put_number(out, "max_removal_delta", p->max_removal_delta);
	json_put_number(out, "max_admin_grants", p->max_admin_grants);
	json_put_number(out, "min_holders", p->min_holders[ROLE_SYSTEM_ADMINISTRATOR]);
	json_put_key(out, "min_holders_by_role");
	str_addc(out, '{');
	for (int role = 1; role < ROLE_COUNT; role++) {
		if (p->min_holders[role])
			json_put_number(out, role_table[role].name, p->min_holders[role]);
	}
	str_addc(out, '}');
	json_put_number(out, "min_persons", p->min_persons);
	json_put_number(out, "max_live_shrink", p->max_live_shrink);
	if (plan->loosened.len)
		add_loosened(out, plan);
	if (plan->lost_rules.len)
		add_lost_rules(out, plan);
	str_addc(out, '}');
}

static void add_sources(struct str *out, const struct plan *plan)
{
	json_put_key(out, "manifest");
	str_addc(out, '{');
	render_digest_json(out, "digest", plan->manifest_digest);
	json_put_text(out, "commit", plan->manifest_commit);
	str_addc(out, '}');
	json_put_key(out, "live");
	str_addc(out, '{');
	render_digest_json(out, "digest", plan->live_digest);
	json_put_text(out, "source", plan->source);
	moment(out, "read_at", plan->read_at);
	str_addc(out, '}');
	if (plan->base) {
		json_put_key(out, "base");
		str_addc(out, '{');
		json_put_text(out, "snapshot", plan->base);
		str_addc(out, '}');
	}
	add_policy(out, plan);
}

static void add_summary(struct str *out, const struct summary *s)
{
	json_put_key(out, "summary");
	str_printf(out,
		   "{\"add\": %zu, \"change\": %zu, \"remove\": %zu, \"manual\": %zu, "
		   "\"withheld\": %zu, \"unlisted\": %zu, \"blocked\": %zu, \"unseen\": %zu}",
		   s->add, s->change, s->remove, s->manual, s->withheld, s->unlisted, s->blocked,
		   s->unseen);
}

void render_diagnostics_json(struct str *out, const struct diagnostic *items, size_t count)
{
	if (count == 0)
		return;
	json_put_key(out, "diagnostics");
	for (size_t i = 0; i < count; i++) {
		str_add(out, i ? ",\n  " : "[\n  ");
		render_diagnostic_json(out, &items[i]);
	}
	str_add(out, "\n]");
}

static void add_managed(struct str *out, const struct plan *plan)
{
	const struct text_vec *all = &plan->managed;
	if (all->len == 0)
		return;
	json_put_key(out, "managed");
	for (size_t i = 0; i < all->len; i++) {
		str_add(out, i ? ", " : "[");
		json_add_text(out, all->at[i].text);
	}
	str_addc(out, ']');
}

static void add_ends(struct str *out, const struct plan *plan)
{
	const struct grant_end_vec *all = &plan->ends;
	char day[DATE_TEXT];
	if (all->len == 0)
		return;
	json_put_key(out, "ends");
	for (size_t i = 0; i < all->len; i++) {
		date_format(all->at[i].day, day);
		str_add(out, i ? ", {" : "[{");
		json_put_text(out, "grant", all->at[i].address);
		json_put_text(out, "expires", day);
		str_addc(out, '}');
	}
	str_addc(out, ']');
}

void render_plan_json(struct str *out, const struct plan *plan, const char *plan_digest)
{
	str_addc(out, '{');
	json_put_text(out, "format_version", FORMAT_VERSION);
	json_put_text(out, "writ_version", WRIT_VERSION);
	json_put_text(out, "organization", plan->organization);
	json_put_text(out, "org_id", plan->org_id);
	json_put_text(out, "provider", plan->provider);
	if (plan->target)
		json_put_text(out, "target", plan->target);
	if (plan->restores)
		json_put_text(out, "restores", plan->restores);
	json_put_key(out, "whole");
	str_add(out, plan->whole ? "true" : "false");
	if (plan->ledger_number)
		json_put_number(out, "ledger", (int64_t)plan->ledger_number);
	json_put_text(out, "digest", plan_digest);
	moment(out, "created", plan->created);
	moment(out, "expires", plan->expires);
	add_sources(out, plan);
	add_consent(out, &plan->consent);
	add_summary(out, &plan->summary);
	render_guards_json(out, &plan->guards);
	render_drift_json(out, &plan->drift, true);
	add_changes(out, plan);
	add_manual(out, plan);
	add_unlisted(out, plan);
	add_extended(out, plan);
	add_blocked(out, plan);
	render_unseen_json(out, &plan->unseen);
	add_projects(out, plan);
	add_left_out(out, plan);
	render_diagnostics_json(out, plan->warnings.at, plan->warnings.len);
	add_managed(out, plan);
	add_ends(out, plan);
	add_identities(out, plan);
	add_accounts(out, plan);
	json_put_key(out, "cost");
	str_printf(out,
		   "{\"calls\": %zu, \"minutes\": %zu, \"licences_used\": %zu, "
		   "\"licences_freed\": %zu}",
		   plan->cost.calls, (plan->cost.seconds + 59) / 60, plan->licences_used,
		   plan->licences_freed);
	str_add(out, "}\n");
}

void render_report_json(struct str *out, const struct report *report)
{
	str_addc(out, '{');
	json_put_text(out, "format_version", FORMAT_VERSION);
	json_put_key(out, "valid");
	str_add(out, report->errors ? "false" : "true");
	json_put_number(out, "error_count", (int64_t)report->errors);
	json_put_number(out, "warning_count", (int64_t)report->warnings);
	json_put_key(out, "diagnostics");
	str_addc(out, '[');
	for (size_t i = 0; i < report->items.len; i++) {
		const struct diagnostic *d = &report->items.at[i];
		str_add(out, i ? ",\n  " : "\n  ");
		render_diagnostic_json(out, d);
	}
	str_add(out, report->items.len ? "\n]}\n" : "]}\n");
}
