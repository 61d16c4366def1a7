/* SPDX-License-Identifier: Apache-2.0 */
#include "core/render/rehearsal.h"

#include <string.h>

#include "core/render/render.h"
#include "core/util/json.h"
#include "core/util/text_escape.h"

static const struct {
	const char *noun, *done;
} phase_titles[PHASE_COUNT] = {
	[PHASE_ACCOUNTS] = {"technical account", "made"},
	[PHASE_GRANT] = {"grant", "added"},
	[PHASE_REMOVE] = {"grant", "removed"},
	[PHASE_DELETE] = {"technical account", "deleted"},
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

/* Whether the change makes an account, and is not only a grant. */
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

/* ---- what must exist first ---- */

static void add_name(struct arena *a, struct text_vec *all, const char *name)
{
	if (name)
		vec_push(a, all, (struct text_item){.text = name});
}

static void add_scope(struct arena *a, struct prerequisites *out, const char *product,
		      const char *profile, const char *group)
{
	if (product)
		vec_push(a, &out->products, (struct entry){.product = product, .profile = profile});
	add_name(a, &out->groups, group);
}

static void add_assignments(struct arena *a, const struct assignment_vec *all,
			    struct prerequisites *out)
{
	for (size_t i = 0; i < all->len; i++) {
		const struct assignment *x = &all->at[i];
		if (x->members.len)
			add_scope(a, out, x->product, x->profile, x->group);
		for (size_t k = 0; k < x->members.len; k++) {
			const struct entry *e = &x->members.at[k];
			if (e->member != PRINCIPAL_ACCOUNT)
				add_name(a,
					 e->member == PRINCIPAL_USER ? &out->users : &out->groups,
					 e->name);
		}
	}
}

static void add_entries(struct arena *a, const struct entry_vec *all, struct prerequisites *out)
{
	for (size_t i = 0; i < all->len; i++)
		add_scope(a, out, all->at[i].product, all->at[i].profile,
			  all->at[i].role ? all->at[i].name : NULL);
}

static void names_sort_once(struct text_vec *all)
{
	size_t kept = 0;
	vec_sort(all, text_order);
	for (size_t i = 0; i < all->len; i++) {
		if (kept == 0 || text_order(&all->at[kept - 1], &all->at[i]))
			all->at[kept++] = all->at[i];
	}
	all->len = kept;
}

void prerequisites_find(const struct model *m, struct arena *a, struct prerequisites *out)
{
	size_t kept = 0;
	add_assignments(a, &m->roles, out);
	add_assignments(a, &m->products, out);
	for (size_t i = 0; i < m->accounts.len; i++) {
		add_entries(a, &m->accounts.at[i].roles, out);
		add_entries(a, &m->accounts.at[i].products, out);
	}
	names_sort_once(&out->users);
	names_sort_once(&out->groups);
	vec_sort(&out->products, entry_order);
	for (size_t i = 0; i < out->products.len; i++) {
		if (kept == 0 || entry_order(&out->products.at[kept - 1], &out->products.at[i]))
			out->products.at[kept++] = out->products.at[i];
	}
	out->products.len = kept;
}

/* ---- text ---- */

static void add_step(struct str *out, size_t *step, const char *what)
{
	str_printf(out, "  %zu. %s\n", ++*step, what);
}

static void add_names(struct str *out, const struct text_vec *all)
{
	for (size_t i = 0; i < all->len; i++)
		str_printf(out, "     [ ] %s\n", render_shown(out->arena, all->at[i].text));
}

static void add_first(struct str *out, const struct prerequisites *first)
{
	size_t step = 0;
	if (!first->credential && !first->products.len && !first->users.len && !first->groups.len)
		return;
	str_add(out, "\nFIRST, in this order: writ makes none of it\n");
	if (first->credential)
		add_step(out, &step,
			 "writ's own credential, with the rights that the service asks of it, in "
			 "the operator's configuration");
	if (first->products.len)
		add_step(out, &step, "products and their profiles");
	for (size_t i = 0; i < first->products.len; i++) {
		const struct entry *e = &first->products.at[i];
		str_printf(out, "     [ ] %s%s%s\n", render_shown(out->arena, e->product),
			   e->profile ? " / " : "",
			   e->profile ? render_shown(out->arena, e->profile) : "");
	}
	if (first->users.len)
		add_step(out, &step, "users");
	add_names(out, &first->users);
	if (first->groups.len)
		add_step(out, &step, "user groups, and their members, which no snapshot knows");
	add_names(out, &first->groups);
}

static void add_phases(struct str *out, const struct plan *plan)
{
	size_t step = 1;
	for (int phase = 0; phase < PHASE_COUNT; phase++) {
		struct phase_tally t = tally_of(plan, phase);
		if (t.all == 0)
			continue;
		str_printf(out, "  %zu. %zu %s%s %s", step++, t.all, phase_titles[phase].noun,
			   t.all == 1 ? " is" : "s are", phase_titles[phase].done);
		if (t.by_hand)
			str_printf(out, ", %zu of them by hand", t.by_hand);
		if (t.by_command)
			str_printf(out, ", %zu by your command", t.by_command);
		str_addc(out, '\n');
	}
	if (step == 1)
		str_add(out, "  Nothing: the snapshot holds no account and no grant.\n");
	str_printf(out, "  About %s at the service's limits.\n", render_cost(out->arena, plan));
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
		str_printf(out, "  [ ] %s", render_shown(out->arena, c->principal->name));
		if (c->after->owner)
			str_printf(out, "  %s", render_shown(out->arena, c->after->owner));
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
	str_printf(out, "\nNOT POSSIBLE YET (%zu): of the above, this is not there today\n",
		   plan->blocked.len);
	for (size_t i = 0; i < plan->blocked.len; i++) {
		const struct blocked_item *m = &plan->blocked.at[i];
		str_printf(out, "  [ ] %s  %s: %s\n", render_principal(out->arena, m->principal),
			   render_blocked(out->arena, m->entitlement), m->message);
	}
}

void rehearsal_text(struct str *out, const struct plan *plan, const struct prerequisites *first,
		    const char *from)
{
	str_printf(out,
		   "Rehearsal: organisation %s from %s, as if it were empty. Nothing is sent.\n\n",
		   render_shown(out->arena, plan->organization), render_shown(out->arena, from));
	add_phases(out, plan);
	add_first(out, first);
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

static void open_item(struct str *out, bool *first, const char *what)
{
	str_add(out, *first ? "\n  {" : ",\n  {");
	json_put_text(out, "what", what);
	*first = false;
}

static void add_names_json(struct str *out, bool *first, const char *what,
			   const struct text_vec *all)
{
	for (size_t i = 0; i < all->len; i++) {
		open_item(out, first, what);
		json_put_text(out, "name", all->at[i].text);
		str_addc(out, '}');
	}
}

static void add_first_json(struct str *out, const struct prerequisites *p)
{
	bool first = true;
	json_put_key(out, "first");
	str_addc(out, '[');
	if (p->credential) {
		open_item(out, &first, "credential");
		str_addc(out, '}');
	}
	for (size_t i = 0; i < p->products.len; i++) {
		open_item(out, &first, "product");
		json_put_text(out, "name", p->products.at[i].product);
		json_put_text(out, "profile", p->products.at[i].profile);
		str_addc(out, '}');
	}
	add_names_json(out, &first, "user", &p->users);
	add_names_json(out, &first, "group", &p->groups);
	str_add(out, first ? "]" : "\n]");
}

void rehearsal_json(struct str *out, const struct plan *plan, const struct prerequisites *first,
		    const char *from)
{
	str_addc(out, '{');
	json_put_text(out, "format_version", FORMAT_VERSION);
	json_put_text(out, "organization", plan->organization);
	json_put_text(out, "from", from);
	add_first_json(out, first);
	add_steps_json(out, plan);
	json_put_number(out, "calls", (int64_t)plan->cost.calls);
	json_put_number(out, "minutes", (int64_t)((plan->cost.seconds + 59) / 60));
	add_checklist(out, plan);
	str_add(out, "}\n");
}
