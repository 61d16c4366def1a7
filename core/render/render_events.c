/* SPDX-License-Identifier: Apache-2.0 */
#include "core/render/render_events.h"

#include <string.h>

#include "core/model/version.h"
#include "core/plan/planned.h"
#include "core/render/part_schema.h"
#include "core/render/render.h"
#include "core/util/clock.h"
#include "core/util/json.h"

/* ---- the shape of a line ---- */

static void begin(struct str *out, struct event_from from, const char *level, const char *type,
		  const char *message)
{
	char when[TIME_TEXT];
	time_format(from.now, when);
	str_addc(out, '{');
	json_put_text(out, "@level", level);
	json_put_text(out, "@message", message);
	json_put_text(out, "@module", "writ.ui");
	json_put_text(out, "@timestamp", when);
	json_put_text(out, "type", type);
	if (from.organization)
		json_put_text(out, "organization", from.organization);
}

/* Adds the organisation's name to a line that has it even where there is only one. */
static void add_organization(struct str *out, struct event_from from, const char *name)
{
	if (!from.organization)
		json_put_text(out, "organization", name);
}

static void end(struct str *out)
{
	str_add(out, "}\n");
}

static void open_object(struct str *out, const char *key)
{
	json_put_key(out, key);
	str_addc(out, '{');
}

/* ---- what goes on ---- */

void event_version(struct str *out, struct event_from from, const char *command)
{
	begin(out, from, "info", "version",
	      arena_printf(out->arena, "writ %s, %s", WRIT_VERSION, command));
	json_put_text(out, "writ", WRIT_VERSION);
	json_put_text(out, "ui", EVENTS_VERSION);
	json_put_text(out, "command", command);
	end(out);
}

void event_log(struct str *out, struct event_from from, bool debug, const char *text)
{
	begin(out, from, debug ? "debug" : "info", "log", text);
	end(out);
}

void event_diagnostic(struct str *out, struct event_from from, const struct diagnostic *d)
{
	const char *level = d->severity == SEVERITY_ERROR ? "error" : "warn";
	begin(out, from, level, "diagnostic",
	      arena_printf(out->arena, "%s: %s",
			   d->severity == SEVERITY_ERROR ? "Error" : "Warning", d->summary));
	json_put_key(out, "diagnostic");
	render_diagnostic_json(out, d);
	end(out);
}

void event_progress(struct str *out, struct event_from from, const struct progress *p)
{
	char text[PROGRESS_TEXT_MAX];
	progress_text(p, text);
	begin(out, from, "info", "progress", text);
	open_object(out, "progress");
	json_put_text(out, "what", p->what);
	json_put_text(out, "unit", p->unit);
	json_put_number(out, "done", (int64_t)p->done);
	if (p->total)
		json_put_number(out, "total", (int64_t)p->total);
	if (p->asked) {
		json_put_number(out, "requests_answered", (int64_t)p->answered);
		json_put_number(out, "requests", (int64_t)p->asked);
	}
	json_put_number(out, "elapsed_seconds", p->elapsed_ms / 1000);
	if (*p->wait) {
		json_put_text(out, "waits_for", p->wait);
		json_put_number(out, "waits_seconds", p->wait_ms / 1000);
	}
	str_addc(out, '}');
	end(out);
}

void event_end(struct str *out, struct event_from from, int status)
{
	begin(out, from, status ? "error" : "info", "end",
	      arena_printf(out->arena, "exit status %d", status));
	json_put_number(out, "status", status);
	end(out);
}

/* ---- plans ---- */

static const char *verb_of(const struct change *c)
{
	static const char *const verbs[] = {
		[ACTION_CREATE] = "create", [ACTION_UPDATE] = "update", [ACTION_DELETE] = "delete"};
	return verbs[c->action];
}

/* Adds the resource of a change under the key and in the form that Terraform has for it. */
static void add_resource(struct str *out, const struct principal *principal,
			 const struct entitlement *e)
{
	open_object(out, "resource");
	json_put_text(out, "addr", change_address(out->arena, principal, e));
	json_put_text(out, "resource_type", e ? "grant" : principal_kind_name(principal->kind));
	render_principal_json(out, principal);
	if (e)
		render_entitlement_json(out, e);
	str_addc(out, '}');
}

static void add_id(struct str *out, size_t i)
{
	json_put_text(out, "id", arena_printf(out->arena, "c%zu", i + 1));
}

static void event_change(struct str *out, struct event_from from, const struct plan *plan, size_t i)
{
	const struct change *c = &plan->changes.at[i];
	const char *address = change_address(out->arena, c->principal, c->entitlement);
	begin(out, from, "info", "planned_change",
	      arena_printf(out->arena, "%s: Plan to %s%s", address, verb_of(c),
			   c->withheld ? " (withheld)" : ""));
	open_object(out, "change");
	add_id(out, i);
	add_resource(out, c->principal, c->entitlement);
	json_put_text(out, "action", verb_of(c));
	json_put_text(out, "reason", reason_name(c->reason));
	json_put_text(out, "risk", risk_name(c->risk));
	json_put_key(out, "manual");
	str_add(out, change_is_manual(c) ? "true" : "false");
	json_put_key(out, "withheld");
	str_add(out, c->withheld ? "true" : "false");
	render_location_json(out, c->at);
	str_addc(out, '}');
	end(out);
}

void event_drift(struct str *out, struct event_from from, const struct drift_item *d)
{
	static const char *const actions[] = {
		[DRIFT_APPEARED] = "create", [DRIFT_GONE] = "delete", [DRIFT_CHANGED] = "update"};
	begin(out, from, "info", "resource_drift",
	      arena_printf(out->arena, "%s: Drift detected (%s)",
			   change_address(out->arena, d->principal, d->entitlement),
			   actions[d->kind]));
	open_object(out, "change");
	add_resource(out, d->principal, d->entitlement);
	json_put_text(out, "action", actions[d->kind]);
	json_put_text(out, "fate", drift_fate_name(d->fate));
	json_put_text(out, "fingerprint", d->fingerprint);
	json_put_key(out, "unseen");
	str_add(out, d->unseen || d->unsure ? "true" : "false");
	str_addc(out, '}');
	end(out);
}

void event_drift_summary(struct str *out, struct event_from from, const struct drift_vec *all)
{
	size_t open = 0, ignored = 0;
	for (size_t i = 0; i < all->len; i++) {
		open += drift_is_open(&all->at[i]);
		ignored += all->at[i].fate == DRIFT_IGNORED;
	}
	begin(out, from, "info", "change_summary",
	      arena_printf(out->arena, "Drift: %zu open, %zu ignored", open, ignored));
	open_object(out, "changes");
	json_put_text(out, "operation", "drift");
	json_put_number(out, "open", (int64_t)open);
	json_put_number(out, "ignored", (int64_t)ignored);
	str_addc(out, '}');
	end(out);
}

void event_import(struct str *out, struct event_from from, const char *organization,
		  size_t accounts, size_t grants)
{
	begin(out, from, "info", "change_summary",
	      arena_printf(out->arena, "Import: %zu account%s, %zu grant%s", accounts,
			   accounts == 1 ? "" : "s", grants, grants == 1 ? "" : "s"));
	open_object(out, "changes");
	json_put_text(out, "operation", "import");
	json_put_number(out, "accounts", (int64_t)accounts);
	json_put_number(out, "grants", (int64_t)grants);
	str_addc(out, '}');
	add_organization(out, from, organization);
	end(out);
}

static void add_plan_summary(struct str *out, struct event_from from, const struct planned *planned)
{
	const struct summary *s = &planned->plan->summary;
	begin(out, from, "info", "change_summary",
	      arena_printf(out->arena, "Plan: %zu to add, %zu to change, %zu to remove", s->add,
			   s->change, s->remove));
	open_object(out, "changes");
	json_put_text(out, "operation", "plan");
	json_put_number(out, "add", (int64_t)s->add);
	json_put_number(out, "change", (int64_t)s->change);
	json_put_number(out, "remove", (int64_t)s->remove);
	json_put_number(out, "manual", (int64_t)s->manual);
	json_put_number(out, "withheld", (int64_t)s->withheld);
	json_put_number(out, "blocked", (int64_t)s->blocked);
	json_put_number(out, "unseen", (int64_t)s->unseen);
	json_put_number(out, "unlisted", (int64_t)s->unlisted);
	str_addc(out, '}');
	add_organization(out, from, planned->plan->organization);
	json_put_text(out, "plan_digest", planned->plan_digest);
	json_put_text(out, "file_digest", planned->digest);
	end(out);
}

void event_plan(struct str *out, struct event_from from, const struct planned *planned)
{
	const struct plan *plan = planned->plan;
	for (size_t i = 0; i < plan->drift.len; i++)
		event_drift(out, from, &plan->drift.at[i]);
	for (size_t i = 0; i < plan->changes.len; i++)
		event_change(out, from, plan, i);
	add_plan_summary(out, from, planned);
}

/* ---- carrying it out ---- */

static void begin_hook(struct str *out, struct event_from from, const char *level, const char *type,
		       const struct plan *plan, size_t i, const char *words)
{
	const struct change *c = &plan->changes.at[i];
	begin(out, from, level, type,
	      arena_printf(out->arena, "%s: %s",
			   change_address(out->arena, c->principal, c->entitlement), words));
	open_object(out, "hook");
	add_id(out, i);
	add_resource(out, c->principal, c->entitlement);
	json_put_text(out, "action", verb_of(c));
}

void event_start(struct str *out, struct event_from from, const struct plan *plan, size_t i)
{
	begin_hook(out, from, "info", "apply_start", plan, i, "Sending...");
	str_addc(out, '}');
	end(out);
}

void event_answer(struct str *out, struct event_from from, const struct plan *plan, size_t i,
		  int64_t elapsed_ms)
{
	begin_hook(out, from, "info", "apply_progress", plan, i,
		   "The answer is there; a read is to show it");
	json_put_number(out, "elapsed_seconds", elapsed_ms / 1000);
	str_addc(out, '}');
	end(out);
}

/* Only what is done is called complete, and only what went wrong an error. */
static const char *type_of(enum fate fate)
{
	static const char *const types[FATE_COUNT] = {
		[FATE_DONE] = "apply_complete",	  [FATE_FAILED] = "apply_errored",
		[FATE_UNKNOWN] = "apply_errored", [FATE_NOT_TRIED] = "apply_left",
		[FATE_MANUAL] = "apply_left",	  [FATE_WITHHELD] = "apply_left",
		[FATE_LATE] = "apply_left"};
	return types[fate];
}

static void event_fate(struct str *out, struct event_from from, const struct plan *plan,
		       const struct result *r, size_t i)
{
	bool wrong = r->fates[i] == FATE_FAILED || r->fates[i] == FATE_UNKNOWN;
	begin_hook(out, from, wrong ? "error" : "info", type_of(r->fates[i]), plan, i,
		   fate_name(r->fates[i]));
	json_put_text(out, "fate", fate_name(r->fates[i]));
	json_put_text(out, "message", r->messages[i]);
	str_addc(out, '}');
	end(out);
}

void event_result(struct str *out, struct event_from from, const struct plan *plan,
		  const struct result *r)
{
	static const char *const keys[FATE_COUNT] = {
		[FATE_NOT_TRIED] = "not_tried", [FATE_DONE] = "done",
		[FATE_FAILED] = "failed",	[FATE_UNKNOWN] = "unknown",
		[FATE_MANUAL] = "manual",	[FATE_WITHHELD] = "withheld",
		[FATE_LATE] = "not_seen"};
	static const struct result nothing; /* of a run that sent nothing */
	for (size_t i = 0; r && i < plan->changes.len; i++)
		event_fate(out, from, plan, r, i);
	r = r ? r : &nothing;
	begin(out, from, "info", "change_summary",
	      arena_printf(out->arena, "Apply: %zu done, %zu failed, %zu unknown, %zu by hand",
			   r->count[FATE_DONE], r->count[FATE_FAILED], r->count[FATE_UNKNOWN],
			   r->count[FATE_MANUAL]));
	open_object(out, "changes");
	json_put_text(out, "operation", "apply");
	for (int fate = 0; fate < FATE_COUNT; fate++)
		json_put_number(out, keys[fate], (int64_t)r->count[fate]);
	str_addc(out, '}');
	add_organization(out, from, plan->organization);
	json_put_text(out, "run", r->run);
	end(out);
}
