/* SPDX-License-Identifier: Apache-2.0 */
/* Names that a reviewer can take for others, told where something is given to them,
 * is taken, or was by somebody else. */
#include "core/model/look_alikes.h"
#include "core/plan/planner.h"

struct look {
	struct look_alikes all;
	struct arena *arena; /* of what is told */
	struct arena *scratch;
};

static enum name_class class_of(const struct principal *p)
{
	static const enum name_class classes[PRINCIPAL_KIND_COUNT] = {NAME_ACCOUNT, NAME_GROUP,
								      NAME_USER, NAME_PROJECT};
	return classes[p->kind];
}

static void add(struct look *l, enum name_class class, const char *name)
{
	look_alikes_add(&l->all, l->scratch, class, name, (struct location){0});
}

static void collect_credentials(struct look *l, const struct account_vec *accounts)
{
	for (size_t i = 0; i < accounts->len; i++) {
		add(l, NAME_CREDENTIAL, accounts->at[i].credential);
		add(l, NAME_PROJECT, accounts->at[i].project);
	}
}

static void collect_numbered(struct look *l, const struct universe *u)
{
	for (uint32_t i = 0; i < universe_principals(u); i++) {
		const struct principal *who = universe_principal_at(u, i);
		add(l, class_of(who), who->name);
	}
	for (uint32_t i = 0; i < universe_entitlements(u); i++) {
		const struct entitlement *e = universe_entitlement_at(u, i);
		add(l, NAME_PRODUCT, e->product);
		add(l, NAME_PROFILE, e->profile);
		add(l, NAME_GROUP, e->group);
		add(l, NAME_API, e->api);
	}
}

static void collect_bundles(struct look *l, const struct bundle_vec *bundles)
{
	for (size_t i = 0; i < bundles->len; i++)
		add(l, NAME_BUNDLE, bundles->at[i].meta.name);
}

/* Collects names of one side and of live: all that have a number in the universe, and those that
 * exist and that nothing speaks of. Returns whether there is anything to say of any. */
static bool collect(struct look *l, const struct universe *u, const struct account_vec *other,
		    const struct live *live)
{
	const struct catalogue *c = &live->catalogue;
	l->all.fold = universe_folds_names(u);
	collect_numbered(l, u);
	collect_credentials(l, other);
	collect_credentials(l, &live->accounts);
	for (size_t i = 0; i < c->groups.len; i++)
		add(l, NAME_GROUP, c->groups.at[i].text);
	for (size_t i = 0; i < c->products.len; i++) {
		add(l, NAME_PRODUCT, c->products.at[i].product);
		add(l, NAME_PROFILE, c->products.at[i].profile);
	}
	look_alikes_sort(&l->all, l->scratch);
	return look_alikes_any(&l->all);
}

/* Appends what there is to say of one name to what was said before. */
static const char *say(struct look *l, enum name_class class, const char *name, const char *before)
{
	const char *twin = name ? look_alikes_twin(&l->all, l->scratch, class, name) : NULL;
	const char *odd = name ? look_alikes_odd(l->scratch, name) : NULL;
	const char *join = before ? "; " : "";
	if (!twin && !odd)
		return before;
	before = before ? before : "";
	if (!twin)
		return arena_printf(l->arena, "%s%s%s %s", before, join, quoted(l->arena, name),
				    odd);
	return arena_printf(l->arena, "%s%s%s looks like %s, which is another%s%s", before, join,
			    quoted(l->arena, name), quoted(l->arena, twin), odd ? ", and " : "",
			    odd ? odd : "");
}

static const char *say_entitlement(struct look *l, const struct entitlement *e, const char *note)
{
	note = say(l, NAME_PRODUCT, e->product, note);
	note = say(l, NAME_PROFILE, e->profile, note);
	note = say(l, NAME_GROUP, e->group, note);
	return say(l, NAME_API, e->api, note);
}

static const char *say_account(struct look *l, const struct account *a, const char *note)
{
	note = say(l, NAME_CREDENTIAL, a->credential, note);
	return say(l, NAME_PROJECT, a->project, note);
}

/* Who gets something, or loses it, and what. */
static const char *say_pair(struct look *l, const struct principal *who,
			    const struct entitlement *e, const char *note)
{
	note = say(l, class_of(who), who->name, note);
	return e ? say_entitlement(l, e, note) : note;
}

static void note_changes(struct planner *p, struct look *l)
{
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		struct change *c = &p->plan->changes.at[i];
		/* The credential too that this is: that one is what a name stands for. */
		const struct account *a =
			c->principal->kind == PRINCIPAL_ACCOUNT && c->action != ACTION_DELETE
				? planner_holder(p, c->principal_rank)
				: NULL;
		c->note = say(l, class_of(c->principal), c->principal->name, c->note);
		if (a)
			c->note = say_account(l, a, c->note);
		if (c->entitlement)
			c->note = say_entitlement(l, c->entitlement, c->note);
		if (c->bundle)
			c->note = say(l, NAME_BUNDLE, c->bundle->name, c->note);
	}
}

static void note_drift(struct look *l, struct drift_vec *all)
{
	for (size_t i = 0; i < all->len; i++) {
		struct drift_item *d = &all->at[i];
		d->look_alike = say_pair(l, d->principal, d->entitlement, NULL);
		if (!d->entitlement && d->after)
			d->look_alike = say_account(l, d->after, d->look_alike);
	}
}

static void note_unlisted(struct look *l, struct unlisted_vec *all)
{
	for (size_t i = 0; i < all->len; i++) {
		struct unlisted_item *u = &all->at[i];
		if (u->principal)
			u->look_alike = say_pair(l, u->principal, u->entitlement, NULL);
		else
			u->look_alike = say_entitlement(l, u->entitlement, NULL);
	}
}

void planner_note_look_alikes(struct planner *p)
{
	struct look l = {.arena = p->arena, .scratch = &p->scratch};
	struct plan *plan = p->plan;
	collect_bundles(&l, &p->in->wanted->bundles);
	if (plan->changes.len + plan->drift.len + plan->unlisted.len == 0 ||
	    !collect(&l, p->u, &p->in->wanted->accounts, p->in->live))
		return;
	note_changes(p, &l);
	note_drift(&l, &plan->drift);
	note_unlisted(&l, &plan->unlisted);
}

void drift_note_look_alikes(const struct drift_input *in, struct arena *a, struct drift_vec *all)
{
	ARENA scratch = {0};
	struct look l = {.arena = a, .scratch = &scratch};
	if (all->len && collect(&l, in->universe, &in->base->accounts, in->live))
		note_drift(&l, all);
}
