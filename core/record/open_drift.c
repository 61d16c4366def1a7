/* SPDX-License-Identifier: Apache-2.0 */
#include "core/record/open_drift.h"

#include <string.h>

#include "core/model/declaration.h"
#include "core/model/live.h"
#include "core/util/clock.h"

/* An address, as compared, and the index of what has it in its list. */
struct addressed {
	const char *address;
	size_t at;
};
VEC(addressed_vec, struct addressed);

static int by_address(const void *a, const void *b)
{
	const struct addressed *x = a, *y = b;
	return strcmp(x->address, y->address);
}

struct drift_finder {
	const struct open_drift_input *in;
	struct arena *arena;
	struct arena scratch;
	struct addressed_vec ids, known, done, judged, unlisted, managed;
	struct addressed_vec deleted;	 /* by id: accounts that the run deleted */
	struct drift_rename_vec renames; /* by the run, not recorded yet; by `from` */
	bool *still;			 /* by index in `known`: the item is open again */
	struct drift_vec *out;
};

static const struct addressed *find(const struct addressed_vec *all, const char *address)
{
	const struct addressed key = {address, 0};
	return vec_find(all, &key, by_address);
}

/* Where the service folds names, all spellings of them are one. */
static const char *compared(struct drift_finder *f, const char *address)
{
	return universe_folds_names(f->in->universe) ? address_fold(&f->scratch, address) : address;
}

static const char *compared_address(struct drift_finder *f, const struct principal *p,
				    const struct entitlement *e)
{
	return compared(f, change_address(&f->scratch, p, e));
}

static void add(struct drift_finder *f, struct addressed_vec *to, const struct principal *p,
		const struct entitlement *e, size_t at)
{
	vec_push(&f->scratch, to, (struct addressed){compared_address(f, p, e), at});
}

/* One account can be gone while another has its name and is changed. */
static const char *kind_and_address(struct drift_finder *f, enum drift_kind kind,
				    const char *address)
{
	return arena_printf(&f->scratch, "%s %s", drift_kind_name(kind), address);
}

static const struct addressed *find_judged(struct drift_finder *f, const struct drift_item *d,
					   const char *address)
{
	return find(&f->judged, kind_and_address(f, d->kind, address));
}

static void index_plan(struct drift_finder *f)
{
	const struct plan *plan = f->in->plan;
	for (size_t i = 0; plan && i < plan->changes.len; i++) {
		const struct change *c = &plan->changes.at[i];
		if (!f->in->done || !f->in->done[i])
			continue;
		add(f, &f->done, c->principal, c->entitlement, i);
		const char *id = c->type == CHANGE_ACCOUNT ? plan_account_id(plan, c) : NULL;
		if (id && c->action == ACTION_DELETE)
			vec_push(&f->scratch, &f->deleted, (struct addressed){id, i});
	}
	vec_sort(&f->deleted, by_address);
	for (size_t i = 0; plan && i < plan->drift.len; i++) {
		const struct drift_item *d = &plan->drift.at[i];
		const char *address = compared_address(f, d->principal, d->entitlement);
		vec_push(&f->scratch, &f->judged,
			 (struct addressed){kind_and_address(f, d->kind, address), i});
	}
	for (size_t i = 0; plan && i < plan->unlisted.len; i++) {
		const struct unlisted_item *u = &plan->unlisted.at[i];
		if (u->principal) /* without one, only their number is told */
			add(f, &f->unlisted, u->principal, u->entitlement, i);
	}
	vec_sort(&f->done, by_address);
	vec_sort(&f->judged, by_address);
	vec_sort(&f->unlisted, by_address);
}

static void index_managed(struct drift_finder *f)
{
	const struct text_vec *all = f->in->managed;
	for (size_t i = 0; all && i < all->len; i++)
		vec_push(&f->scratch, &f->managed,
			 (struct addressed){compared(f, all->at[i].text), i});
	vec_sort(&f->managed, by_address);
}

static int by_new_name(const void *a, const void *b)
{
	const struct drift_rename *x = a, *y = b;
	return strcmp(x->to, y->to);
}

/* Whether a chain of names was recorded before: then its first name is no longer in what is
 * agreed. */
static bool is_recorded(const struct drift_finder *f, const struct drift_rename_vec *by_to,
			const char *from)
{
	for (size_t i = 0; i <= by_to->len; i++) {
		const struct drift_rename key = {.to = from};
		const struct drift_rename *before = vec_find(by_to, &key, by_new_name);
		if (!before)
			break;
		from = before->from;
	}
	return !live_find(f->in->agreed, from);
}

/* Finds the names that the run gave to accounts and that no recording has yet. */
static void find_renames(struct drift_finder *f)
{
	struct drift_rename_vec all = {0};
	for (size_t i = 0; f->in->decides && i < f->done.len; i++) {
		const struct change *c = &f->in->plan->changes.at[f->done.at[i].at];
		if (c->reason == REASON_RENAMED)
			vec_push(&f->scratch, &all,
				 (struct drift_rename){c->before->meta.name, c->principal->name});
	}
	vec_sort(&all, by_new_name);
	for (size_t i = 0; i < all.len; i++) {
		if (!is_recorded(f, &all, all.at[i].from))
			vec_push(&f->scratch, &f->renames, all.at[i]);
	}
	vec_sort(&f->renames, drift_rename_compare);
}

/* ---- what is known ---- */

static void index_ids(struct drift_finder *f)
{
	const struct account_vec *all = &f->in->live->accounts;
	for (size_t i = 0; i < all->len && f->in->known->len; i++) {
		if (all->at[i].id)
			vec_push(&f->scratch, &f->ids, (struct addressed){all->at[i].id, i});
	}
	vec_sort(&f->ids, by_address);
}

/* The present name of an item's account: its id tells, whatever the account is called by now;
 * without an id, the names that runs gave. */
static const char *name_today(const struct drift_finder *f, const struct open_drift *d)
{
	const struct drift_rename key = {.from = d->principal};
	if (d->principal_kind != PRINCIPAL_ACCOUNT)
		return d->principal;
	const struct addressed *found = d->id ? find(&f->ids, d->id) : NULL;
	if (found)
		return f->in->live->accounts.at[found->at].meta.name;
	const struct drift_rename *moved =
		d->id ? NULL : vec_find(&f->renames, &key, drift_rename_compare);
	return moved ? moved->to : d->principal;
}

static const char *address_of_known(struct drift_finder *f, const struct open_drift *d)
{
	const struct principal p = {.name = name_today(f, d), .kind = d->principal_kind};
	const struct entitlement e = {d->product, d->profile, d->group, d->role, d->api};
	return change_address(&f->scratch, &p, d->role || d->product || d->api ? &e : NULL);
}

static void index_known(struct drift_finder *f)
{
	const struct open_drift_vec *all = f->in->known;
	index_ids(f);
	for (size_t i = 0; i < all->len; i++)
		vec_push(&f->scratch, &f->known,
			 (struct addressed){compared(f, address_of_known(f, &all->at[i])), i});
	vec_sort(&f->known, by_address);
	f->still = arena_zalloc(&f->scratch, all->len + 1);
}

static bool has_other_id(const struct drift_item *d, const struct open_drift *known)
{
	const struct account *who = d->before ? d->before : d->after;
	return who && who->id && known->id && strcmp(who->id, known->id) != 0;
}

/* Of several items of one address, that of the same kind, and of these that of the same account:
 * one account can be gone while another has its name. Where two clones found one thing, each by
 * itself, it is open since the first of them. NULL: none is of this kind. */
static const struct addressed *find_known(const struct drift_finder *f, const struct drift_item *d,
					  const char *address)
{
	const struct addressed key = {address, 0}, *best = NULL;
	const struct open_drift *chosen = NULL;
	for (const struct addressed *i = find(&f->known, address); i && by_address(i, &key) == 0;
	     i = vec_next(&f->known, i)) {
		const struct open_drift *known = &f->in->known->at[i->at];
		if (known->kind != d->kind)
			continue;
		bool better = chosen && (has_other_id(d, chosen) != has_other_id(d, known)
						 ? has_other_id(d, chosen)
						 : strcmp(known->since, chosen->since) < 0);
		if (!chosen || better) {
			best = i;
			chosen = known;
		}
	}
	return best;
}

/* ---- what closes an item ---- */

static bool brings_profiles(const struct change *c)
{
	return c->action == ACTION_CREATE && (!c->entitlement || c->entitlement->api);
}

/* A service may give product profiles with an account or its APIs, without a change for them. One
 * that was known, or that the plan had seen, did not come so. */
static bool came_along(struct drift_finder *f, const struct drift_item *d, const char *address)
{
	if (!d->entitlement || !entitlement_is_product(d->entitlement) ||
	    d->kind != DRIFT_APPEARED || d->principal->kind != PRINCIPAL_ACCOUNT ||
	    find(&f->known, address) || find_judged(f, d, address))
		return false;
	for (size_t i = 0; i < f->done.len; i++) {
		const struct change *c = &f->in->plan->changes.at[f->done.at[i].at];
		if (c->principal->kind == PRINCIPAL_ACCOUNT && brings_profiles(c) &&
		    !strcmp(c->principal->name, d->principal->name))
			return true;
	}
	return false;
}

/* A run that changed some attributes of an account made those agreed, and left the others. */
static bool is_made(struct drift_finder *f, struct drift_item *d, const char *address)
{
	const struct addressed *found = f->in->decides ? find(&f->done, address) : NULL;
	bool is_deleted = d->kind == DRIFT_GONE && !d->entitlement && d->before->id &&
			  find(&f->deleted, d->before->id);
	if (f->in->decides && is_deleted)
		return true; /* under the name that somebody had given it */
	if (!found)
		return f->in->decides && came_along(f, d, address);
	const struct change *c = &f->in->plan->changes.at[found->at];
	if (c->action != ACTION_UPDATE || d->kind != DRIFT_CHANGED)
		return true;
	struct account *before = arena_alloc(f->arena, sizeof(*before));
	*before = *d->before;
	account_copy(before, d->after, c->attributes);
	if (c->reason == REASON_RENAMED)
		before->meta.name = d->after->meta.name;
	d->before = before;
	d->attributes &= ~c->attributes;
	return !d->attributes && !d->remade && !strcmp(before->meta.name, d->after->meta.name);
}

/* What the manifests say of it; NULL when they were not asked, or of another account alone. */
static const struct drift_item *judgement(struct drift_finder *f, const struct drift_item *d,
					  const char *address)
{
	const struct plan *plan = f->in->plan;
	const struct addressed *found = plan && !plan->target ? find_judged(f, d, address) : NULL;
	return found ? &plan->drift.at[found->at] : NULL;
}

static bool is_managed(struct drift_finder *f, const struct drift_item *d, const char *address,
		       const struct drift_item *judged)
{
	if (!d->entitlement || d->entitlement->role || d->entitlement->api || d->unseen ||
	    d->principal->kind == PRINCIPAL_ACCOUNT)
		return true;
	if (f->in->kept && strcmp(d->since, f->in->kept) <= 0)
		return true;
	if (find(&f->managed, address) ||
	    find(&f->managed, compared(f, entitlement_address(&f->scratch, d->entitlement))))
		return true;
	if (judged)
		return judged->fate != DRIFT_LEFT || find(&f->unlisted, address);
	return find(&f->known, address);
}

/* The words of a decision on it; NULL: none was made. */
static const char *decided(const struct drift_finder *f, const struct drift_item *d)
{
	const struct open_drift_decision *decision = f->in->decision;
	if (!decision || d->unseen)
		return NULL;
	if (decision->until && strcmp(d->since, decision->until) <= 0)
		return "the restore was ended; it is agreed as it is";
	for (size_t i = 0; i < decision->count; i++) {
		if (!strcmp(decision->accepted[i], d->fingerprint))
			return "accepted; it is agreed as it is";
	}
	return NULL;
}

static void tell(struct drift_finder *f, const char *address, enum drift_kind kind,
		 const char *what)
{
	if (f->in->note)
		f->in->note(
			arena_printf(f->arena, "%s %s: %s", address, drift_kind_name(kind), what));
}

static void tell_item(struct drift_finder *f, const struct drift_item *d, const char *what)
{
	tell(f, change_address(&f->scratch, d->principal, d->entitlement), d->kind, what);
}

static bool is_closed(struct drift_finder *f, struct drift_item *d, const char *address)
{
	const struct drift_item *judged = judgement(f, d, address);
	const char *decision = decided(f, d);
	if (decision)
		tell_item(f, d, decision);
	if (decision || is_made(f, d, address))
		return true;
	if (f->in->decides && judged && judged->fate == DRIFT_AGREED && !d->unseen)
		return true;
	if (is_managed(f, d, address, judged))
		return false;
	if (f->in->decides)
		tell_item(f, d, "nobody manages it; this is told once");
	return true;
}

/* ---- since when ---- */

/* Notes that items of this address have not gone back: those of the same thing, or all where none
 * of them is open in the same way. */
static void keep_open(struct drift_finder *f, const struct drift_item *d, const char *address,
		      bool same)
{
	const struct addressed key = {address, 0};
	for (const struct addressed *i = find(&f->known, address); i && by_address(i, &key) == 0;
	     i = vec_next(&f->known, i)) {
		const struct open_drift *known = &f->in->known->at[i->at];
		if (!same || (known->kind == d->kind && !has_other_id(d, known)))
			f->still[i->at] = true;
	}
}

static void remember(struct drift_finder *f, struct drift_item *d, const char *address)
{
	const struct addressed *found = find_known(f, d, address);
	const struct open_drift *known = found ? &f->in->known->at[found->at] : NULL;
	keep_open(f, d, address, found != NULL);
	if (known && known->unseen == d->unseen) {
		d->since = known->since;
		d->run = known->run;
		d->unsure |= known->unsure;
		return;
	}
	char now[TIME_TEXT];
	time_format(f->in->now, now);
	d->since = arena_strdup(f->arena, now);
	d->run = f->in->found_by;
}

void open_drift_remember(const struct open_drift_vec *known, const struct live *live,
			 struct universe *u, struct arena *a, struct drift_vec *items)
{
	const struct open_drift_input input = {.universe = u, .known = known, .live = live};
	struct drift_finder f = {.in = &input, .arena = a};
	index_known(&f);
	for (size_t i = 0; i < items->len; i++) {
		struct drift_item *d = &items->at[i];
		const char *address = compared_address(&f, d->principal, d->entitlement);
		const struct addressed *found = find_known(&f, d, address);
		if (!found)
			continue;
		d->since = known->at[found->at].since;
		d->run = known->at[found->at].run;
		d->unsure |= known->at[found->at].unsure;
	}
	arena_done(&f.scratch);
}

static bool holds_live(struct drift_finder *f, const struct principal *who,
		       const struct entitlement *e)
{
	const struct universe *u = f->in->universe;
	const struct pair_vec *all = &f->in->live->grants;
	const char *address = compared_address(f, who, e);
	for (size_t i = 0; i < all->len; i++) {
		const struct principal *p = universe_principal_numbered(u, all->at[i].principal);
		const struct entitlement *held =
			universe_entitlement_numbered(u, all->at[i].entitlement);
		if (p->kind == who->kind && held->role == e->role &&
		    !strcmp(compared_address(f, p, held), address))
			return true;
	}
	return false;
}

static bool is_as_before(const struct account *live, const struct account *before)
{
	unsigned compared = ATTRIBUTE_ALL;
	if (!before->credential)
		compared &= ~(unsigned)ATTRIBUTE_CREDENTIAL;
	return !strcmp(live->meta.name, before->meta.name) &&
	       account_difference(live, before, compared) == 0;
}

/* Whether live is again as it was before this drift. Else it is as the drift left it, and agreed:
 * another recording, which a merge brought, says so. */
static bool went_back(struct drift_finder *f, const struct open_drift *d)
{
	const struct principal who = {.name = name_today(f, d), .kind = d->principal_kind};
	const struct entitlement e = {d->product, d->profile, d->group, d->role, d->api};
	bool grant = d->role || d->product || d->api;
	const struct account *live = grant ? NULL : live_find(f->in->live, who.name);
	bool there = grant ? holds_live(f, &who, &e) : live != NULL;
	if (d->kind == DRIFT_CHANGED)
		return live && is_as_before(live, &d->before);
	return there == (d->kind == DRIFT_GONE);
}

/* Two clones may have found the same, each by itself: that is told once. */
static bool is_told(const struct drift_finder *f, size_t i)
{
	const struct addressed *known = &f->known.at[i];
	for (size_t k = i; k-- > 0 && by_address(&f->known.at[k], known) == 0;) {
		if (f->in->known->at[f->known.at[k].at].kind == f->in->known->at[known->at].kind)
			return true;
	}
	return false;
}

static void tell_gone_back(struct drift_finder *f)
{
	for (size_t i = 0; i < f->known.len && f->in->decides; i++) {
		const struct addressed *known = &f->known.at[i];
		const struct open_drift *d = &f->in->known->at[known->at];
		if (!f->still[known->at] && !d->unseen && !find(&f->done, known->address) &&
		    !is_told(f, i))
			tell(f, address_of_known(f, d), d->kind,
			     went_back(f, d) ? "this drift went back, and is closed"
					     : "another recording, which a merge brought, has it "
					       "as agreed");
	}
}

/* ---- names that are somebody else's by now ---- */

/* Whether the live account of this name is agreed under it: nothing open says that it had another
 * one, or was not there. */
static bool is_agreed_name(const struct drift_vec *open, const char *name)
{
	for (size_t i = 0; i < open->len; i++) {
		const struct drift_item *d = &open->at[i];
		if (!d->entitlement && d->after && !strcmp(d->after->meta.name, name))
			return d->before && !strcmp(d->before->meta.name, name);
	}
	return true;
}

/* Whether what is open of an account would leave its former name to two. */
static bool is_name_lost(const struct drift_finder *f, const struct drift_vec *open,
			 const struct drift_item *d)
{
	const char *name = !d->entitlement && d->before ? d->before->meta.name : NULL;
	bool has_it = name && d->after && !strcmp(d->after->meta.name, name);
	return name && !has_it && live_find(f->in->live, name) && is_agreed_name(open, name);
}

/* Closes what is open of accounts whose names a run, its manifests or a person's decision gave to
 * others. Each that is closed may have the former name of another. */
static void close_lost_names(struct drift_finder *f, struct drift_vec *open)
{
	for (size_t i = 0; i < open->len;) {
		const struct drift_item *d = &open->at[i];
		if (!is_name_lost(f, open, d)) {
			i++;
			continue;
		}
		tell_item(f, d, "another account has its name by now; it is agreed as it is");
		memmove(open->at + i, open->at + i + 1, (--open->len - i) * sizeof(*open->at));
		i = 0;
	}
}

void open_drift_find(const struct open_drift_input *in, struct arena *a, struct drift_vec *out)
{
	struct drift_finder f = {.in = in, .arena = a, .out = out};
	struct drift_input input = {in->universe, in->agreed,  in->live,
				    in->reader,	  in->session, .unseen = true};
	struct drift_vec all = {0};
	index_plan(&f);
	index_managed(&f);
	find_renames(&f);
	index_known(&f);
	input.renames = &f.renames;
	drift_find(&input, a, &all);
	for (size_t i = 0; i < all.len; i++) {
		struct drift_item *d = &all.at[i];
		const char *address = compared_address(&f, d->principal, d->entitlement);
		remember(&f, d, address);
		if (!is_closed(&f, d, address))
			vec_push(a, out, *d);
	}
	close_lost_names(&f, out);
	tell_gone_back(&f);
	arena_done(&f.scratch);
}
