/* SPDX-License-Identifier: Apache-2.0 */
/* Who an account is: another id or credential under a known name gets what the name had. */
#include <string.h>

#include "core/model/live.h"
#include "core/plan/planner.h"

#define RIGHTS_NAMED 5 /* of those that go along with an account */

const char *identity_kind_name(enum identity_kind kind)
{
	static const char *const names[] = {"made-anew", "credential", "project", "unproven"};
	return names[kind];
}

static void tell(struct planner *p, const char *account, enum identity_kind kind,
		 const char *message)
{
	vec_push(p->arena, &p->plan->identities, (struct identity_item){account, kind, message});
}

/* Whether the snapshot has this account under an earlier name that its manifest tells. */
static bool is_agreed_move(const struct planner *p, const struct account *live)
{
	const struct account *said = model_find_account(p->in->index, live->meta.name);
	for (size_t i = 0; said && i < said->meta.previously.len; i++) {
		const struct account *base =
			live_find(p->in->base, said->meta.previously.at[i].text);
		if (base && base->id && !strcmp(base->id, live->id))
			return true;
	}
	return false;
}

static bool is_other(const struct account *known, const struct account *live)
{
	return known && known->id && live->id && strcmp(live->id, known->id) != 0;
}

/* Whether one of two accounts that the snapshot tells apart has the other's name by now. */
static bool is_mixed_up(struct planner *p, const struct account *said, const struct account *live)
{
	return planner_with_id(p, said) || planner_wants_id(p, live);
}

/* The snapshot's account when the snapshot itself is what is wanted. Accounts that were made
 * anew on the way back to it are known by the snapshot that was taken since. */
static const struct account *find_restored(struct planner *p, const struct account *live)
{
	const char *name = live->meta.name;
	const struct account *said = model_find_account(p->in->index, name);
	const struct account *since =
		p->in->known_since ? model_find_account(p->in->known_since, name) : NULL;
	bool is_known = since && since->id && !is_other(since, live);
	return is_other(said, live) && (!is_known || is_mixed_up(p, said, live)) ? said : NULL;
}

/* The snapshot's account with the name of this live one, when it is another account. */
static const struct account *find_predecessor(struct planner *p, const struct account *live)
{
	if (p->in->exact && !p->in->base && live)
		return find_restored(p, live);
	const struct account *base =
		p->in->base && live ? live_find(p->in->base, live->meta.name) : NULL;
	return is_other(base, live) && !is_agreed_move(p, live) ? base : NULL;
}

static bool gets_admin(const struct planner *p, uint32_t rank)
{
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		const struct change *c = &p->plan->changes.at[i];
		if (c->principal_rank == rank && c->type == CHANGE_GRANT &&
		    c->risk == RISK_ADMIN_GRANT)
			return true;
	}
	return false;
}

static const char *right_text(struct arena *a, const struct entitlement *e)
{
	const char *of = e->group ? e->group : e->product;
	if (e->api)
		return arena_printf(a, "API %s", quoted(a, e->api));
	if (e->profile)
		of = arena_printf(a, "%s / %s", e->product, e->profile);
	if (!e->role)
		return quoted(a, of);
	return of ? arena_printf(a, "%s of %s", role_table[e->role].name, quoted(a, of))
		  : role_table[e->role].name;
}

/* What the account is seen to hold, the greatest first; NULL: nothing. */
static const char *rights_text(const struct planner *p, uint32_t rank)
{
	struct str out = STR(p->arena);
	size_t count = 0;
	for (size_t i = keys_from(&p->live, grant_key(rank, 0));
	     i < p->live.len && grant_principal(p->live.at[i]) == rank; i++, count++) {
		const struct entitlement *e =
			universe_entitlement_at(p->u, grant_entitlement(p->live.at[i]));
		if (count < RIGHTS_NAMED)
			str_printf(&out, "%s%s", count ? ", " : "", right_text(p->arena, e));
	}
	if (count > RIGHTS_NAMED)
		str_printf(&out, " and %zu more", count - RIGHTS_NAMED);
	return count ? str_text(&out) : NULL;
}

static void note_rights(const struct planner *p, struct change *c)
{
	const char *rights = rights_text(p, c->principal_rank);
	if (rights)
		c->note = arena_printf(p->arena, "%s%swhat it holds goes along: %s",
				       c->note ? c->note : "", c->note ? "; " : "", rights);
}

/* Whoever has the other credential gets the administrator's rights of the name, those that no read
 * shows too. */
static void raise_moved(struct planner *p, struct change *c)
{
	bool known = planner_holds_admin(p, c->principal_rank) || gets_admin(p, c->principal_rank);
	if (!known && !provider_hides_role(p->in->reader, p->in->session, c->principal, c->before))
		return;
	c->risk = RISK_ADMIN_GRANT;
	if (!known)
		c->note = "whether the account holds admin roles cannot be seen";
}

static void raise_risks(struct planner *p)
{
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		struct change *c = &p->plan->changes.at[i];
		if (change_moves_identity(c)) {
			raise_moved(p, c);
			note_rights(p, c);
		}
	}
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		struct change *c = &p->plan->changes.at[i];
		if (c->type == CHANGE_GRANT && c->action == ACTION_CREATE &&
		    find_predecessor(p, planner_live(p, c->principal_rank)))
			c->risk = RISK_ADMIN_GRANT;
	}
}

static void tell_predecessor(struct planner *p, const char *name, const struct account *live)
{
	const struct account *base = live ? find_predecessor(p, live) : NULL;
	if (!base)
		return;
	const char *was = strcmp(live->meta.name, name) == 0
				  ? ""
				  : arena_printf(p->arena, "was %s, which ", live->meta.name);
	tell(p, name, IDENTITY_MADE_ANEW,
	     arena_printf(p->arena, "%sis another account than at the %s: id %s, was %s", was,
			  p->in->exact && !p->in->base ? "snapshot" : "last snapshot",
			  quoted(p->arena, live->id), quoted(p->arena, base->id)));
}

static void tell_made_anew(struct planner *p, const struct account *a)
{
	uint32_t rank = planner_account_rank(p, a->meta.name, false);
	tell_predecessor(p, a->meta.name, a->former ? NULL : planner_live(p, rank));
}

/* Accounts that the plan leaves as they are: what the name holds, another one holds by now. */
static void tell_left_alone(struct planner *p)
{
	bool *told = arena_zalloc(&p->scratch, universe_principals(p->u) + 1);
	for (size_t i = 0; i < p->plan->accounts.len; i++)
		told[planner_account_rank(p, p->plan->accounts.at[i]->meta.name, false)] = true;
	for (size_t i = 0; i < p->in->live->accounts.len; i++) {
		const struct account *live = &p->in->live->accounts.at[i];
		uint32_t rank = p->names[planner_account_rank(p, live->meta.name, false)];
		const struct principal *who = universe_principal_at(p->u, rank);
		if (!told[rank] && planner_is_targeted(p, who) &&
		    (p->declared[rank] || planner_holds_admin(p, rank)))
			tell_predecessor(p, who->name, live);
	}
}

static void tell_credential(struct planner *p, const struct account *a, const bool *made)
{
	if (a->former)
		return;
	const char *name = account_credential(a);
	const char *of =
		a->project ? arena_printf(p->arena, " of project %s", quoted(p->arena, a->project))
			   : "";
	if (strcmp(name, a->meta.name) != 0)
		tell(p, a->meta.name, IDENTITY_CREDENTIAL,
		     arena_printf(p->arena, "is credential %s%s", quoted(p->arena, name), of));
	else if (a->project && made[planner_account_rank(p, a->meta.name, false)])
		tell(p, a->meta.name, IDENTITY_PROJECT,
		     arena_printf(p->arena, "is made in project %s", quoted(p->arena, a->project)));
}

/* Tells of a project that is neither the live one nor the snapshot's. Another credential is told
 * as a change. */
static void tell_moved(struct planner *p, const struct change *c)
{
	if (!change_moves_identity(c))
		return;
	if (c->attributes & ATTRIBUTE_CREDENTIAL)
		tell(p, c->principal->name, IDENTITY_CREDENTIAL,
		     arena_printf(p->arena, "changes its credential from %s to %s",
				  quoted(p->arena, account_credential(c->before)),
				  quoted(p->arena, account_credential(c->after))));
	if ((c->attributes & ATTRIBUTE_PROJECT) && c->before->project && c->after->project)
		tell(p, c->principal->name, IDENTITY_PROJECT,
		     arena_printf(p->arena, "changes its project from %s to %s",
				  quoted(p->arena, c->before->project),
				  quoted(p->arena, c->after->project)));
}

/* Accounts that are called as somebody was, when nothing here says that they are the same. */
static void tell_unproven(struct planner *p, const struct account *a)
{
	const struct text_vec *all = p->in->unproven;
	for (size_t i = 0; all && !a->former && i < all->len; i++) {
		if (!strcmp(all->at[i].text, a->meta.name))
			tell(p, a->meta.name, IDENTITY_UNPROVEN,
			     "is perhaps another account than the one that the run made: no record "
			     "here has that one's id");
	}
}

static int by_account(const void *a, const void *b)
{
	const struct identity_item *x = a, *y = b;
	int order = strcmp(x->account, y->account);
	order = order ? order : (int)x->kind - (int)y->kind;
	return order ? order : strcmp(x->message, y->message);
}

/* By principal rank: which accounts the plan makes. One that is not live under its name may be
 * renamed, too. */
static const bool *find_made(struct planner *p)
{
	bool *made = arena_zalloc(&p->scratch, universe_principals(p->u) + 1);
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		const struct change *c = &p->plan->changes.at[i];
		if (c->type == CHANGE_ACCOUNT && c->action == ACTION_CREATE)
			made[c->principal_rank] = true;
	}
	return made;
}

void planner_tell_identities(struct planner *p)
{
	const bool *made = find_made(p);
	raise_risks(p);
	for (size_t i = 0; i < p->plan->accounts.len; i++) {
		tell_made_anew(p, p->plan->accounts.at[i]);
		tell_credential(p, p->plan->accounts.at[i], made);
		tell_unproven(p, p->plan->accounts.at[i]);
	}
	tell_left_alone(p);
	for (size_t i = 0; i < p->plan->changes.len; i++)
		tell_moved(p, &p->plan->changes.at[i]);
	vec_sort(&p->plan->identities, by_account);
}
