/* SPDX-License-Identifier: Apache-2.0 */
#include "core/past/undo.h"

#include <assert.h>
#include <string.h>

#include "core/model/live.h"
#include "core/render/render.h"
#include "core/util/keys.h"
#include "core/util/text_escape.h"

struct given {
	uint64_t key; /* as in `by_principal` or `by_entitlement` */
	const struct principal *who;
	const struct entitlement *what;
	struct location at;
};
VEC(given_vec, struct given);
struct undoer {
	const struct undo_input *in;
	struct arena *arena;
	struct undo *out;
	const struct words *words;     /* of grants that are given back */
	struct key_vec by_principal;   /* live, principal first; sorted */
	struct key_vec by_entitlement; /* live, entitlement first; sorted */
	struct key_vec taken;	       /* principal first; sorted before the documents are filled */
	struct given_vec given;
	const char **ids; /* of accounts when the run had ended, by principal number; NULL */
	struct account **accounts;	 /* documents by principal number; NULL */
	struct assignment **assignments; /* documents by entitlement number; NULL */
};

static uint32_t principal_number(const struct undoer *u, enum principal_kind kind, const char *name)
{
	return universe_principal(u->in->universe, kind, name, false);
}

static uint32_t holder_number(const struct undoer *u, const struct change *c)
{
	return principal_number(u, c->principal->kind, c->principal->name);
}

static uint32_t entitlement_number(const struct undoer *u, const struct entitlement *e)
{
	return universe_number(u->in->universe, e);
}

PRINTF(3, 4)
static void note(struct undoer *u, const struct change *c, const char *fmt, ...)
{
	va_list args;
	struct str name = STR(u->arena);
	va_start(args, fmt);
	const char *text = arena_vprintf(u->arena, fmt, args);
	va_end(args);
	text_escape(&name, c->principal->name, strlen(c->principal->name), 0);
	vec_push(u->arena, &u->out->notes, arena_printf(u->arena, "%s: %s", str_text(&name), text));
}

/* Each change stands on a line of its own behind the first (render_plan_json()). */
static struct location place_of(const struct undoer *u, size_t i)
{
	return (struct location){u->in->file, (uint32_t)i + 2, 3};
}

/* Whether the run may have made it: it was sent, or left for a person. */
static bool is_candidate(const struct undoer *u, size_t i)
{
	const struct change *c = &u->in->plan->changes.at[i];
	const struct known_run *r = u->in->run;
	enum fate fate = i < r->changes ? r->fates[i] : FATE_NOT_TRIED;
	return fate == FATE_DONE || fate == FATE_UNKNOWN || (change_is_manual(c) && !c->withheld);
}

/* ---- live as it is ---- */

static void sort_live(struct undoer *u)
{
	const struct pair_vec *pairs = &u->in->live->grants;
	for (size_t i = 0; i < pairs->len; i++) {
		const struct pair *p = &pairs->at[i];
		vec_push(u->arena, &u->by_principal, grant_key(p->principal, p->entitlement));
		vec_push(u->arena, &u->by_entitlement, grant_key(p->entitlement, p->principal));
	}
	keys_sort(&u->by_principal);
	keys_sort(&u->by_entitlement);
}

/* All names get their numbers before anything is kept by number. */
static void number_names(struct undoer *u)
{
	const struct plan *plan = u->in->plan;
	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct change *c = &plan->changes.at[i];
		holder_number(u, c);
		if (c->entitlement)
			entitlement_number(u, c->entitlement);
		for (size_t k = 0; c->lost && k < c->lost->len; k++)
			entitlement_number(u, c->lost->at[k]);
		if (c->before)
			principal_number(u, PRINCIPAL_ACCOUNT, c->before->meta.name);
	}
	for (size_t i = 0; i < plan->accounts.len; i++)
		principal_number(u, PRINCIPAL_ACCOUNT, plan->accounts.at[i]->meta.name);
	for (size_t i = 0; i < u->in->live->accounts.len; i++)
		principal_number(u, PRINCIPAL_ACCOUNT, u->in->live->accounts.at[i].meta.name);
	u->accounts = arena_zalloc(u->arena, (universe_principals(u->in->universe) + 1) *
						     sizeof(*u->accounts));
	u->assignments = arena_zalloc(u->arena, (universe_entitlements(u->in->universe) + 1) *
							sizeof(*u->assignments));
}

static const char *recorded_id(const struct undoer *u, const char *name)
{
	const struct account *a = u->in->agreed ? live_find(u->in->agreed, name) : NULL;
	return a ? a->id : NULL;
}

/* Names may have moved in the run, and who was made has an id that the plan cannot know. */
static void find_ids(struct undoer *u)
{
	const struct plan *plan = u->in->plan;
	u->ids = arena_zalloc(u->arena,
			      (universe_principals(u->in->universe) + 1) * sizeof(*u->ids));
	for (size_t i = 0; i < plan->accounts.len; i++) {
		const struct account *a = plan->accounts.at[i];
		if (!a->former)
			u->ids[principal_number(u, PRINCIPAL_ACCOUNT, a->meta.name)] = a->id;
	}
	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct change *c = &plan->changes.at[i];
		if (c->type == CHANGE_ACCOUNT && c->action == ACTION_CREATE)
			u->ids[holder_number(u, c)] = recorded_id(u, c->principal->name);
		else if (c->type == CHANGE_ACCOUNT && c->reason == REASON_RENAMED)
			u->ids[holder_number(u, c)] = c->before->id;
	}
}

/* ---- accounts ---- */

static struct account *new_document(struct undoer *u, uint32_t number, const struct account *like,
				    struct location at)
{
	struct account *a = arena_alloc(u->arena, sizeof(*a));
	*a = *like;
	a->at = a->meta.name_at = at;
	a->meta.previously = (struct text_vec){0};
	a->roles = a->products = a->apis = (struct entry_vec){0};
	a->bundles = (struct text_vec){0};
	a->has_bundles = a->protect = false;
	a->has_roles = a->has_products = a->has_apis = true;
	a->unlisted = UNLISTED_REMOVE;
	a->state = STATE_PRESENT;
	u->accounts[number] = a;
	return a;
}

/* Who has not got the name any more: what the account is called by now, where that is known. */
static const char *nobody(const struct undoer *u, const struct change *c)
{
	const struct account_vec *live = &u->in->live->accounts;
	const char *id = u->ids[holder_number(u, c)];
	for (size_t i = 0; id && i < live->len; i++) {
		if (live->at[i].id && !strcmp(live->at[i].id, id))
			return arena_printf(u->arena, "the account is called %s by now",
					    quoted(u->arena, live->at[i].meta.name));
	}
	return "no account has this name any more: it was deleted or renamed since";
}

static void undo_account_create(struct undoer *u, const struct change *c, struct location at)
{
	const struct account *live = live_find(u->in->live, c->principal->name);
	if (!live) {
		note(u, c, "%s; left alone", nobody(u, c));
		return;
	}
	struct account *a = new_document(u, holder_number(u, c), live, at);
	a->state = STATE_ABSENT;
	a->has_roles = a->has_products = a->has_apis = false;
	note(u, c, "the account goes with its credential, and its secret stops working");
}

/* The grants that went with a deleted account. */
static void give_back_lost(struct undoer *u, const struct change *c, struct location at)
{
	uint32_t named = c->lost ? (uint32_t)c->lost->len : 0;
	uint32_t all = c->lost_roles + c->lost_products, unnamed = all > named ? all - named : 0;
	for (size_t i = 0; i < named; i++) {
		const struct entitlement *e = c->lost->at[i];
		vec_push(u->arena, &u->given,
			 (struct given){grant_key(holder_number(u, c), entitlement_number(u, e)),
					c->principal, e, at});
	}
	if (named)
		note(u, c, "the %u grant%s that it held when the run was planned %s back", named,
		     named == 1 ? "" : "s", named == 1 ? "comes" : "come");
	if (unnamed)
		note(u, c, "the %u grant%s that went with it %s", unnamed, unnamed == 1 ? "" : "s",
		     unnamed == 1 ? "is not on record; a snapshot has it"
				  : "are not on record; a snapshot has them");
}

static void undo_account_delete(struct undoer *u, const struct change *c, struct location at)
{
	if (live_find(u->in->live, c->principal->name)) {
		note(u, c, "the account is there again; left alone");
		return;
	}
	new_document(u, holder_number(u, c), c->before, at);
	note(u, c, "the account is made anew: its id, e-mail and secret will be others");
	give_back_lost(u, c, at);
}

static void take_attributes(struct undoer *u, struct account *a, const struct change *c)
{
	const struct account *b = c->before;
	unsigned set = c->attributes, lost = set & account_unsaid(b);
	if ((set & ATTRIBUTE_DESCRIPTION) && b->description)
		a->description = b->description;
	if ((set & ATTRIBUTE_OWNER) && b->owner)
		a->owner = b->owner;
	if ((set & ATTRIBUTE_PROJECT) && b->project)
		a->project = b->project;
	if (set & ATTRIBUTE_LABELS) {
		a->meta.labels = b->meta.labels;
		a->meta.has_labels = true;
	}
	if (set & ATTRIBUTE_CREDENTIAL)
		a->credential = account_credential(b);
	if (lost)
		note(u, c, "%s had no value before the run, and keeps the one it has",
		     lost & ATTRIBUTE_DESCRIPTION ? "its description"
		     : lost & ATTRIBUTE_OWNER	  ? "its owner"
						  : "its project");
}

/* The rename of the run that gave this name; NULL. */
static const struct change *find_rename(const struct undoer *u, const char *name)
{
	for (size_t i = 0; i < u->in->plan->changes.len; i++) {
		const struct change *c = &u->in->plan->changes.at[i];
		if (c->reason == REASON_RENAMED && !strcmp(c->principal->name, name))
			return c;
	}
	return NULL;
}

/* Whether the account is as the run left it, and its old name is free, or is given back by another
 * rename of the run, and so on: names may go around in a circle. */
static bool goes_back(const struct undoer *u, const struct change *c)
{
	for (size_t i = 0; c && i <= u->in->plan->changes.len; i++) {
		const struct account *live = live_find(u->in->live, c->principal->name);
		unsigned compared = u->in->attributes & c->attributes;
		if (!live || account_difference(live, c->after, compared))
			return false;
		if (c->reason != REASON_RENAMED || !live_find(u->in->live, c->before->meta.name))
			return true;
		if (!live->id || !c->before->id || strcmp(live->id, c->before->id) != 0)
			return false;
		c = find_rename(u, c->before->meta.name);
	}
	return c;
}

static void undo_account_update(struct undoer *u, const struct change *c, struct location at)
{
	const struct account *live = live_find(u->in->live, c->principal->name);
	bool renamed = c->reason == REASON_RENAMED;
	if (!live || !goes_back(u, c)) {
		note(u, c, "the account has changed since; left alone");
		return;
	}
	struct account *a = new_document(u, holder_number(u, c), live, at);
	a->credential = account_credential(live);
	take_attributes(u, a, c);
	if (!renamed)
		return;
	vec_push(u->arena, &a->meta.previously, (struct text_item){live->meta.name, at});
	a->meta.name = c->before->meta.name;
}

/* Whether the name of whom the run changed is by now that of an account with another id, which is
 * nobody that the run did anything to. */
static bool is_another(const struct undoer *u, const struct change *c)
{
	if (c->principal->kind != PRINCIPAL_ACCOUNT)
		return false;
	const char *id = u->ids[holder_number(u, c)];
	const struct account *live = id ? live_find(u->in->live, c->principal->name) : NULL;
	return live && live->id && strcmp(live->id, id) != 0;
}

static void undo_account(struct undoer *u, size_t i)
{
	const struct change *c = &u->in->plan->changes.at[i];
	if (is_another(u, c))
		note(u, c, "another account has this name since; left alone");
	else if (c->action == ACTION_CREATE)
		undo_account_create(u, c, place_of(u, i));
	else if (c->action == ACTION_DELETE)
		undo_account_delete(u, c, place_of(u, i));
	else
		undo_account_update(u, c, place_of(u, i));
}

/* ---- grants ---- */

/* Makes sure that a document speaks for the holder, or, when it is a user or group, for the
 * entitlement. */
static bool find_document(struct undoer *u, const struct change *c, struct location at)
{
	uint32_t number = holder_number(u, c), e = entitlement_number(u, c->entitlement);
	if (c->principal->kind == PRINCIPAL_ACCOUNT) {
		if (!u->accounts[number]) {
			const struct account *live = live_find(u->in->live, c->principal->name);
			assert(live); /* is_nobody() */
			new_document(u, number, live, at)->credential = account_credential(live);
		}
		return u->accounts[number]->state == STATE_PRESENT;
	}
	if (u->assignments[e])
		return true;
	struct assignment *d = arena_zalloc(u->arena, sizeof(*d));
	d->at = d->meta.name_at = at;
	d->meta.name = "undo";
	d->role = c->entitlement->role;
	d->product = c->entitlement->product;
	d->profile = c->entitlement->profile;
	d->group = c->entitlement->group;
	d->unlisted = UNLISTED_REMOVE;
	u->assignments[e] = d;
	return true;
}

/* Deleted since, or renamed: then it may hold what the run gave it. */
static bool is_nobody(const struct undoer *u, const struct change *c)
{
	return c->principal->kind == PRINCIPAL_ACCOUNT && !u->accounts[holder_number(u, c)] &&
	       !live_find(u->in->live, c->principal->name);
}

/* Whether a read shows that what is not in live is not held. */
static bool is_seen(const struct undoer *u, const struct change *c)
{
	const struct live *live = u->in->live;
	const struct account *holder = c->principal->kind == PRINCIPAL_ACCOUNT
					       ? live_find(live, c->principal->name)
					       : NULL;
	if (live->all_seen)
		return true;
	return u->in->reader ? provider_sees(u->in->reader, u->in->session, c->principal, holder,
					     c->entitlement)
			     : !live_hides(live, c->principal, c->entitlement);
}

/* Whether the name of whom the run changed is by now nobody's, or another's; noted where it
 * matters.
 */
static bool has_lost_holder(struct undoer *u, const struct change *c, bool sent)
{
	const char *what = render_entitlement(u->arena, c->entitlement);
	if (is_nobody(u, c)) {
		if (sent)
			note(u, c, "%s; %s is left alone", nobody(u, c), what);
		return true;
	}
	if (!is_another(u, c))
		return false;
	note(u, c, "another account has this name since; %s is left alone", what);
	return true;
}

/* Wants the pair the other way round than it is. */
static void turn_pair(struct undoer *u, const struct change *c, bool held, struct location at)
{
	uint32_t p = holder_number(u, c), e = entitlement_number(u, c->entitlement);
	if (!held) {
		vec_push(u->arena, &u->given,
			 (struct given){grant_key(p, e), c->principal, c->entitlement, at});
		return;
	}
	vec_push(u->arena, &u->taken, grant_key(p, e));
	if (u->accounts[p]) /* which may be on the way to another name */
		p = principal_number(u, PRINCIPAL_ACCOUNT, u->accounts[p]->meta.name);
	vec_push(u->arena, &u->out->places, (struct undo_place){p, e, at});
}

static void undo_grant(struct undoer *u, size_t i)
{
	const struct change *c = &u->in->plan->changes.at[i];
	struct location at = place_of(u, i);
	const char *what = render_entitlement(u->arena, c->entitlement);
	bool held = keys_have(&u->by_principal, grant_key(holder_number(u, c),
							  entitlement_number(u, c->entitlement)));
	bool sent = i < u->in->run->changes && u->in->run->fates[i] == FATE_DONE;
	if (has_lost_holder(u, c, sent))
		return;
	if (!held && c->action == ACTION_CREATE && !is_seen(u, c)) {
		note(u, c,
		     "whether %s is still held cannot be seen; this plan does not take it away",
		     what);
		find_document(u, c, at);
		return;
	}
	if (held == (c->action == ACTION_CREATE)) {
		if (find_document(u, c, at))
			turn_pair(u, c, held, at);
	} else if (sent) {
		note(u, c, "%s is %s again already", what, held ? "there" : "gone");
	}
}

/* ---- the documents ---- */

static struct entry entry_of(const struct undoer *u, const struct entitlement *e,
			     struct location at, bool back)
{
	return (struct entry){.at = at,
			      .words = back ? u->words : NULL,
			      .product = e->product,
			      .profile = e->profile,
			      .name = e->api ? e->api : e->group,
			      .role = e->role};
}

static void list_grant(struct undoer *u, struct account *a, const struct entitlement *what,
		       struct entry e)
{
	if (what->api)
		vec_push(u->arena, &a->apis, e);
	else if (what->role)
		vec_push(u->arena, &a->roles, e);
	else
		vec_push(u->arena, &a->products, e);
}

static const struct entitlement *entitlement_numbered(const struct undoer *u, uint64_t key)
{
	return universe_entitlement_numbered(u->in->universe, grant_entitlement(key));
}

static void fill_account(struct undoer *u, uint32_t number)
{
	struct account *a = u->accounts[number];
	for (size_t i = keys_from(&u->by_principal, grant_key(number, 0));
	     i < u->by_principal.len && grant_principal(u->by_principal.at[i]) == number; i++) {
		uint64_t key = u->by_principal.at[i];
		if (!keys_have(&u->taken, key))
			list_grant(u, a, entitlement_numbered(u, key),
				   entry_of(u, entitlement_numbered(u, key), a->at, false));
	}
}

static void fill_assignment(struct undoer *u, uint32_t number)
{
	struct assignment *d = u->assignments[number];
	for (size_t i = keys_from(&u->by_entitlement, grant_key(number, 0));
	     i < u->by_entitlement.len && grant_principal(u->by_entitlement.at[i]) == number; i++) {
		uint32_t p = (uint32_t)u->by_entitlement.at[i];
		const struct account *own = u->accounts[p];
		if (keys_have(&u->taken, grant_key(p, number)) ||
		    (own && own->state == STATE_ABSENT))
			continue;
		const struct principal *holder = universe_principal_numbered(u->in->universe, p);
		struct entry e = {.at = d->at,
				  .name = own ? own->meta.name : holder->name,
				  .member = holder->kind};
		vec_push(u->arena, &d->members, e);
	}
}

static void give_back(struct undoer *u, const struct given *g)
{
	uint32_t p = grant_principal(g->key), e = grant_entitlement(g->key);
	if (u->accounts[p]) {
		list_grant(u, u->accounts[p], g->what, entry_of(u, g->what, g->at, true));
		return;
	}
	struct entry member = {
		.at = g->at, .words = u->words, .name = g->who->name, .member = g->who->kind};
	vec_push(u->arena, &u->assignments[e]->members, member);
}

static void fill_documents(struct undoer *u)
{
	struct model *m = &u->out->wanted;
	size_t principals = universe_principals(u->in->universe),
	       entitlements = universe_entitlements(u->in->universe);
	keys_sort(&u->taken);
	for (uint32_t i = 0; i < principals; i++) {
		if (u->accounts[i] && u->accounts[i]->state == STATE_PRESENT)
			fill_account(u, i);
	}
	for (uint32_t i = 0; i < entitlements; i++) {
		if (u->assignments[i])
			fill_assignment(u, i);
	}
	for (size_t i = 0; i < u->given.len; i++)
		give_back(u, &u->given.at[i]);
	for (uint32_t i = 0; i < principals; i++) {
		if (u->accounts[i])
			vec_push(u->arena, &m->accounts, *u->accounts[i]);
	}
	for (uint32_t i = 0; i < entitlements; i++) {
		struct assignment *d = u->assignments[i];
		if (d && d->role)
			vec_push(u->arena, &m->roles, *d);
		else if (d)
			vec_push(u->arena, &m->products, *d);
	}
}

static struct organization organization_of(const struct undo_input *in)
{
	const struct plan *plan = in->plan;
	struct location at = {in->file, 1, 1};
	return (struct organization){
		.meta = {.name = plan->organization, .name_at = at},
		.at = at,
		.provider = plan->provider,
		.org_id = plan->org_id,
		.unlisted = UNLISTED_KEEP,
		.guards = policy_as_guards(&plan->policy),
		.provider_at = at,
		.org_id_at = at,
	};
}

/* Accounts that something is taken back of, and of which the run's plan had no id and no snapshot
 * has one: whoever is called so now may be another. */
static void find_unproven(struct undoer *u)
{
	const struct account_vec *live = &u->in->live->accounts;
	for (size_t i = 0; i < live->len; i++) {
		const struct account *a = &live->at[i];
		uint32_t number = principal_number(u, PRINCIPAL_ACCOUNT, a->meta.name);
		if (a->id && u->accounts[number] && !u->ids[number])
			vec_push(u->arena, &u->out->unproven,
				 (struct text_item){.text = a->meta.name});
	}
}

void undo_make(const struct undo_input *input, struct arena *a, struct undo *out)
{
	struct words *words = arena_alloc(a, sizeof(*words));
	*words = (struct words){arena_printf(a, "undo of run %s", input->run->name), NULL,
				DATE_NONE};
	struct undoer u = {.in = input, .arena = a, .out = out, .words = words};
	const struct change_vec *changes = &input->plan->changes;
	*out = (struct undo){0};
	vec_push(a, &out->wanted.organizations, organization_of(input));
	sort_live(&u);
	number_names(&u);
	find_ids(&u);
	for (size_t i = 0; i < changes->len; i++) {
		if (changes->at[i].type == CHANGE_ACCOUNT && is_candidate(&u, i))
			undo_account(&u, i);
	}
	for (size_t i = 0; i < changes->len; i++) {
		if (changes->at[i].type == CHANGE_GRANT && is_candidate(&u, i))
			undo_grant(&u, i);
		if (changes->at[i].type == CHANGE_PROJECT && is_candidate(&u, i))
			note(&u, &changes->at[i],
			     "the project was deleted, and comes back with no plan; an account "
			     "that "
			     "is made in it gets a new one");
	}
	fill_documents(&u);
	find_unproven(&u);
}
