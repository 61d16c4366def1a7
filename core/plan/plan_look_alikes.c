/* SPDX-License-Identifier: Apache-2.0 */
/* Names that a reviewer can take for others, told where something is given to them. */
#include "core/model/look_alikes.h"
#include "core/plan/planner.h"

static enum name_class class_of(const struct principal *p)
{
	static const enum name_class classes[] = {NAME_ACCOUNT, NAME_GROUP, NAME_USER};
	return classes[p->kind];
}

static void add(struct planner *p, struct look_alikes *all, enum name_class class, const char *name)
{
	look_alikes_add(all, &p->scratch, class, name, (struct location){0});
}

static void collect_credentials(struct planner *p, struct look_alikes *all,
				const struct account_vec *accounts)
{
	for (size_t i = 0; i < accounts->len; i++) {
		add(p, all, NAME_CREDENTIAL, accounts->at[i].credential);
		add(p, all, NAME_PROJECT, accounts->at[i].project);
	}
}

/* Collects names of manifests and of live: all that have a number in the universe, and those
 * that exist and that nothing speaks of. */
static void collect(struct planner *p, struct look_alikes *all)
{
	const struct catalogue *c = &p->in->live->catalogue;
	for (uint32_t i = 0; i < universe_principals(p->u); i++) {
		const struct principal *who = universe_principal_at(p->u, i);
		add(p, all, class_of(who), who->name);
	}
	for (uint32_t i = 0; i < universe_entitlements(p->u); i++) {
		const struct entitlement *e = universe_entitlement_at(p->u, i);
		add(p, all, NAME_PRODUCT, e->product);
		add(p, all, NAME_PROFILE, e->profile);
		add(p, all, NAME_GROUP, e->group);
		add(p, all, NAME_API, e->api);
	}
	collect_credentials(p, all, &p->in->wanted->accounts);
	collect_credentials(p, all, &p->in->live->accounts);
	for (size_t i = 0; i < c->groups.len; i++)
		add(p, all, NAME_GROUP, c->groups.at[i].text);
	for (size_t i = 0; i < c->products.len; i++) {
		add(p, all, NAME_PRODUCT, c->products.at[i].product);
		add(p, all, NAME_PROFILE, c->products.at[i].profile);
	}
	look_alikes_sort(all, &p->scratch);
}

/* Appends what there is to say of one name to what was said before. */
static const char *say(struct planner *p, const struct look_alikes *all, enum name_class class,
		       const char *name, const char *before)
{
	const char *twin = name ? look_alikes_twin(all, &p->scratch, class, name) : NULL;
	const char *odd = name ? look_alikes_odd(&p->scratch, name) : NULL;
	const char *join = before ? "; " : "";
	if (!twin && !odd)
		return before;
	before = before ? before : "";
	if (!twin)
		return arena_printf(p->arena, "%s%s%s %s", before, join, quoted(p->arena, name),
				    odd);
	return arena_printf(p->arena, "%s%s%s looks like %s, which is another%s%s", before, join,
			    quoted(p->arena, name), quoted(p->arena, twin), odd ? ", and " : "",
			    odd ? odd : "");
}

/* Who gets something, or loses it, and the credential that this is: that one is what a name
 * stands for. */
static const char *say_principal(struct planner *p, const struct look_alikes *all,
				 const struct change *c)
{
	const struct account *a = c->principal->kind == PRINCIPAL_ACCOUNT
					  ? planner_holder(p, c->principal_rank)
					  : NULL;
	const char *note = say(p, all, class_of(c->principal), c->principal->name, c->note);
	if (!a || c->action == ACTION_DELETE)
		return note;
	note = say(p, all, NAME_CREDENTIAL, a->credential, note);
	return say(p, all, NAME_PROJECT, a->project, note);
}

static const char *say_entitlement(struct planner *p, const struct look_alikes *all,
				   const struct entitlement *e, const char *note)
{
	note = say(p, all, NAME_PRODUCT, e->product, note);
	note = say(p, all, NAME_PROFILE, e->profile, note);
	note = say(p, all, NAME_GROUP, e->group, note);
	return say(p, all, NAME_API, e->api, note);
}

void planner_note_look_alikes(struct planner *p)
{
	struct look_alikes all = {0};
	if (p->plan->changes.len == 0)
		return;
	collect(p, &all);
	if (!look_alikes_any(&all))
		return;
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		struct change *c = &p->plan->changes.at[i];
		c->note = say_principal(p, &all, c);
		if (c->entitlement)
			c->note = say_entitlement(p, &all, c->entitlement, c->note);
	}
}
