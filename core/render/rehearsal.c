/* SPDX-License-Identifier: Apache-2.0 */
#include "core/render/rehearsal.h"

#include <string.h>

#include "core/render/render.h"
#include "core/util/json.h"
#include "core/util/unicode.h"

static const char *const phase_titles[PHASE_COUNT] = {
	[PHASE_ACCOUNTS] = "technical accounts are made",
	[PHASE_GRANT] = "grants are added",
	[PHASE_REMOVE] = "grants are removed",
	[PHASE_DELETE] = "technical accounts are deleted",
};
static const char *const phase_names[PHASE_COUNT] = {"accounts", "grants", "removals", "deletions"};

struct phase_tally {
	size_t all, by_hand, by_command;
};

static struct phase_tally tally_of(const struct plan *plan, enum phase phase)
{
	struct phase_tally t = {0};
	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct change *c = &plan->changes.at[i];
		if (change_phase(c) != phase)
			continue;
		t.all++;
		t.by_hand += change_is_manual(c);
		t.by_command += c->via == CAN_COMMAND;
	}
	return t;
}

/* Nothing was there before. */
static bool is_made(const struct change *c)
{
	return c->type == CHANGE_ACCOUNT;
}

static size_t count_secrets(const struct plan *plan)
{
	size_t count = 0;
	for (size_t i = 0; i < plan->changes.len; i++)
		count += is_made(&plan->changes.at[i]);
	return count;
}

static const char *shown(struct arena *a, const char *text)
{
	struct str out = STR(a);
	text_escape(&out, text, strlen(text), 0);
	return str_text(&out);
}

/* ---- text ---- */

static void add_phases(struct str *out, const struct plan *plan)
{
	size_t step = 1;
	for (int phase = 0; phase < PHASE_COUNT; phase++) {
		struct phase_tally t = tally_of(plan, phase);
		if (t.all == 0)
			continue;
		str_printf(out, "  %zu. %zu %s", step++, t.all, phase_titles[phase]);
		if (t.by_hand)
			str_printf(out, ", %zu of them by hand", t.by_hand);
		if (t.by_command)
			str_printf(out, ", %zu by your command", t.by_command);
		str_addc(out, '\n');
	}
	if (step == 1)
		str_add(out, "  Nothing: the snapshot holds no account and no grant.\n");
	str_printf(out, "  About %zu calls, %zu minutes at the service's limits.\n",
		   plan->cost.calls, (plan->cost.seconds + 59) / 60);
}

static void add_secrets(struct str *out, const struct plan *plan)
{
	size_t count = count_secrets(plan);
	if (count == 0)
		return;
	str_printf(out,
		   "\nSECRETS (%zu): the credential of each account is new, and so is its secret; "
		   "give it to "
		   "whoever runs the account\n",
		   count);
	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct change *c = &plan->changes.at[i];
		if (!is_made(c))
			continue;
		str_printf(out, "  [ ] %s", shown(out->arena, c->principal->name));
		if (c->after->owner)
			str_printf(out, "  %s", shown(out->arena, c->after->owner));
		str_addc(out, '\n');
	}
}

static void add_hands(struct str *out, const struct plan *plan)
{
	if (plan->summary.manual == 0)
		return;
	str_printf(out, "\nBY HAND (%zu): no API makes these changes\n", plan->summary.manual);
	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct change *c = &plan->changes.at[i];
		if (change_is_manual(c))
			str_printf(out, "  [ ] %s  %s\n",
				   render_principal(out->arena, c->principal),
				   render_change(out->arena, c));
	}
}

static void add_absent(struct str *out, const struct plan *plan)
{
	if (plan->blocked.len == 0)
		return;
	str_printf(out, "\nMUST EXIST FIRST (%zu): writ makes no users, groups or products\n",
		   plan->blocked.len);
	for (size_t i = 0; i < plan->blocked.len; i++) {
		const struct blocked_item *m = &plan->blocked.at[i];
		str_printf(out, "  [ ] %s  %s: %s\n", render_principal(out->arena, m->principal),
			   render_entitlement(out->arena, m->entitlement), m->message);
	}
}

void rehearsal_text(struct str *out, const struct plan *plan, const char *from)
{
	str_printf(out,
		   "Rehearsal: organisation %s from %s, as if it were empty. Nothing is sent.\n\n",
		   shown(out->arena, plan->organization), shown(out->arena, from));
	add_phases(out, plan);
	add_secrets(out, plan);
	add_hands(out, plan);
	add_absent(out, plan);
}

/* ---- JSON ---- */

static void add_steps_json(struct str *out, const struct plan *plan)
{
	bool first = true;
	json_put_key(out, "steps");
	str_addc(out, '[');
	for (int phase = 0; phase < PHASE_COUNT; phase++) {
		struct phase_tally t = tally_of(plan, phase);
		if (t.all == 0)
			continue;
		str_add(out, first ? "{" : ", {");
		json_put_text(out, "phase", phase_names[phase]);
		json_put_number(out, "changes", (int64_t)t.all);
		json_put_number(out, "manual", (int64_t)t.by_hand);
		json_put_number(out, "command", (int64_t)t.by_command);
		str_addc(out, '}');
		first = false;
	}
	str_addc(out, ']');
}

static void add_item(struct str *out, bool *first, const char *what, const char *address,
		     const char *message)
{
	str_add(out, *first ? "\n  {" : ",\n  {");
	json_put_text(out, "what", what);
	json_put_text(out, "address", address);
	if (message)
		json_put_text(out, "message", message);
	str_addc(out, '}');
	*first = false;
}

static void add_checklist(struct str *out, const struct plan *plan)
{
	bool first = true;
	json_put_key(out, "checklist");
	str_addc(out, '[');
	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct change *c = &plan->changes.at[i];
		const char *address = change_address(out->arena, c->principal, c->entitlement);
		if (is_made(c))
			add_item(out, &first, "secret", address, NULL);
		if (change_is_manual(c))
			add_item(out, &first, "manual", address, NULL);
	}
	for (size_t i = 0; i < plan->blocked.len; i++) {
		const struct blocked_item *m = &plan->blocked.at[i];
		add_item(out, &first, "missing",
			 change_address(out->arena, m->principal, m->entitlement), m->message);
	}
	str_add(out, first ? "]" : "\n]");
}

void rehearsal_json(struct str *out, const struct plan *plan, const char *from)
{
	str_addc(out, '{');
	json_put_text(out, "format_version", FORMAT_VERSION);
	json_put_text(out, "organization", plan->organization);
	json_put_text(out, "from", from);
	add_steps_json(out, plan);
	json_put_number(out, "calls", (int64_t)plan->cost.calls);
	json_put_number(out, "minutes", (int64_t)((plan->cost.seconds + 59) / 60));
	add_checklist(out, plan);
	str_add(out, "}\n");
}
