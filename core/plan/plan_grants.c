/* SPDX-License-Identifier: Apache-2.0 */
/* The merge of what is wanted and what is live. */
#include <assert.h>
#include <string.h>

#include "core/contract/rules.h"
#include "core/plan/planner.h"
#include "core/util/clock.h"

static bool is_admin(const struct planner *p, const struct entitlement *e)
{
	return provider_is_admin(p->in->reader, p->in->session, e);
}

static struct change grant_change(struct planner *p, uint64_t key, enum action action,
				  enum reason reason, struct location at)
{
	const struct principal *principal = universe_principal_at(p->u, grant_principal(key));
	const struct entitlement *e = universe_entitlement_at(p->u, grant_entitlement(key));
	bool create = action == ACTION_CREATE;
	enum risk admin = create ? RISK_ADMIN_GRANT : RISK_ADMIN_REMOVAL;
	enum risk other = create ? RISK_ORDINARY : RISK_REMOVAL;
	return (struct change){
		.principal = principal,
		.entitlement = e,
		.principal_rank = grant_principal(key),
		.entitlement_rank = grant_entitlement(key),
		.action = action,
		.type = CHANGE_GRANT,
		.reason = reason,
		.risk = is_admin(p, e) ? admin : other,
		.via = provider_can_grant(p->in->reader, p->in->session, principal,
					  planner_holder(p, grant_principal(key)), e),
		.at = at,
	};
}

static const char *find_same_api(struct planner *p, const struct change *c)
{
	const struct account *holder = planner_holder(p, c->principal_rank);
	const char *api = c->entitlement->api;
	const char *same =
		api ? provider_same_api(p->in->reader, p->in->session, holder, api) : NULL;
	if (!same && api && p->in->service)
		same = rules_same_api(&p->in->live->catalogue, holder, api);
	return same;
}

/* What the service's own rules refuse, or what nobody can do; true when that was reported. */
static bool report_impossible(struct planner *p, const struct change *c)
{
	const struct provider_reader *service = planner_service(p);
	const char *why = provider_check_kind(service, c->principal->kind, c->entitlement);
	const char *same = find_same_api(p, c);
	if (same)
		why = arena_printf(p->arena, "APIs %s and %s are the same one",
				   quoted(p->arena, same), quoted(p->arena, c->entitlement->api));
	if (why)
		report_add(p->report, SEVERITY_ERROR, "E0604", c->at, 0, NULL, "%s", why);
	else if (c->via == CAN_NOT)
		report_add(p->report, SEVERITY_ERROR, "E0604", c->at, 0, NULL,
			   "provider %s has no way to grant this, by API or by hand",
			   service->name);
	return why || c->via == CAN_NOT;
}

/* What is not there for a grant, in words: who or what is named, or the API that it needs. NULL:
 * all is there. */
static const char *find_missing(struct planner *p, const struct change *c)
{
	const struct account *holder = planner_holder(p, c->principal_rank);
	if (p->stuck[c->principal_rank])
		return "its account is not possible yet";
	const char *missing =
		grantable_check(&p->grantable, p->arena, c->principal, c->entitlement);
	if (!missing && c->via == CAN_NOT)
		missing = provider_explain(p->in->reader, p->in->session, p->arena, c->principal,
					   holder, c->entitlement);
	if (!missing && p->in->service)
		missing = rules_blocks(&p->in->live->catalogue, p->arena, holder,
				       planner_live(p, c->principal_rank), c->entitlement,
				       &p->nearest_steps);
	return missing;
}

static const char *idle_words(const struct planner *p, const struct change *c)
{
	if (change_is_manual(c))
		return NULL;
	return provider_idle(p->in->reader, p->in->session, c->principal, c->entitlement);
}

/* A note for a change whose first declaration ends before another one: a reader would take the
 * end that the change tells for the end of the grant. */
static const char *longer_words(struct planner *p, const struct wanted_pair *w)
{
	const struct wanted_pair *longest = planner_find_longest(p, w->key);
	char day[DATE_TEXT];
	if (!longest)
		return NULL;
	const struct location *at = longest->declared->at;
	if (planner_last_day(longest) == INT32_MAX)
		return arena_printf(p->arena, "also said at %s:%u:%u, without an end", at->file,
				    at->line, at->column);
	date_format(planner_last_day(longest), day);
	return arena_printf(p->arena, "also said at %s:%u:%u, until %s", at->file, at->line,
			    at->column, day);
}

static void block(struct planner *p, const struct change *c, const char *why)
{
	const char *nearest = NULL, *unsought = ""; /* NULL for what is there */
	if (grantable_check(&p->grantable, &p->scratch, c->principal, c->entitlement))
		nearest = grantable_nearest(&p->grantable, &p->scratch, c->principal,
					    c->entitlement, &p->nearest_steps, &unsought);
	if (*unsought)
		why = arena_printf(p->arena, "%s%s", why, unsought);
	vec_push(p->arena, &p->plan->blocked,
		 (struct blocked_item){c->principal, c->entitlement, c->at, why,
				       nearest ? arena_strdup(p->arena, nearest) : NULL});
}

static struct change_bundle *find_bundle(struct planner *p, const struct wanted_pair *w,
					 const struct change *c)
{
	const struct account *account = p->declared[c->principal_rank];
	const struct bundle *bundle;
	const struct entry *item;
	if (!account || !declaration_find_bundle(p->in->index, account, w->declared->at,
						 c->entitlement, &bundle, &item))
		return NULL;
	struct change_bundle *out = arena_zalloc(p->arena, sizeof(*out));
	*out = (struct change_bundle){bundle->meta.name, item->at, bundle, false};
	return out;
}

static void plan_create(struct planner *p, const struct wanted_pair *w)
{
	struct change c = grant_change(p, w->key, ACTION_CREATE, REASON_ADDED, *w->declared->at);
	const char *missing = find_missing(p, &c);
	c.words = w->declared->words;
	c.bundle = find_bundle(p, w, &c);
	c.unseen = !planner_is_seen(p, w->key);
	c.note = c.unseen ? idle_words(p, &c) : NULL;
	c.idle = c.note != NULL;
	if (!c.note)
		c.note = longer_words(p, w);
	if (missing && planner_is_targeted(p, c.principal))
		block(p, &c, missing);
	if (missing || report_impossible(p, &c))
		return;
	if (c.unseen)
		planner_tell_unseen(p, w->key, false);
	planner_add_change(p, c);
}

static void lose(struct planner *p, struct change *deletion, const struct entitlement *e)
{
	*(is_admin(p, e) ? &deletion->lost_roles : &deletion->lost_products) += 1;
	if (!deletion->lost)
		deletion->lost = arena_zalloc(p->arena, sizeof(*deletion->lost));
	vec_push(p->arena, deletion->lost, e);
}

/* A live grant that nobody wants: `expired` is an expired declaration of it, or NULL. */
static void plan_unwanted(struct planner *p, uint64_t key, const struct wanted_pair *expired)
{
	uint32_t deletion = p->deleted[grant_principal(key)];
	const struct entitlement *e = universe_entitlement_at(p->u, grant_entitlement(key));
	if (deletion) {
		lose(p, &p->phases[PHASE_DELETE].at[deletion - 1], e);
		return;
	}
	struct claim claim = planner_claim(p, key);
	if (p->stuck[grant_principal(key)]) { /* perhaps it is somebody else's */
		claim.level = UNLISTED_REPORT;
		planner_tell_unlisted(p, key, &claim);
		return;
	}
	if (expired) {
		planner_add_change(p, grant_change(p, key, ACTION_DELETE, REASON_EXPIRED,
						   *expired->declared->at));
		return;
	}
	if (claim.level == UNLISTED_REMOVE)
		planner_add_change(
			p, grant_change(p, key, ACTION_DELETE, REASON_NOT_LISTED, claim.at));
	else
		planner_tell_unlisted(p, key, &claim);
}

/* ---- how many a plan may add ---- */

static size_t length(const char *text)
{
	return text ? strlen(text) : 0;
}

/* What a plan says of one grant: names, words and the place, several times over. */
static size_t text_of(const struct planner *p, const struct wanted_pair *w)
{
	const struct principal *holder = universe_principal_at(p->u, grant_principal(w->key));
	const struct entitlement *e = universe_entitlement_at(p->u, grant_entitlement(w->key));
	const struct words *words = w->declared->words;
	return length(holder->name) + length(e->product) + length(e->profile) + length(e->group) +
	       length(e->api) + length(w->declared->at->file) +
	       (words ? length(words->reason) + length(words->ticket) : 0);
}

/* This is counted before any change is made, because a few lines of a bundle can mean millions. */
static bool adds_too_much(struct planner *p)
{
	size_t count = 0, text = 0;
	for (size_t w = 0, l = 0; w < p->grants.len; w++) {
		const struct wanted_pair *wanted = &p->grants.at[w];
		while (l < p->live.len && p->live.at[l] < wanted->key)
			l++;
		bool held = l < p->live.len && p->live.at[l] == wanted->key;
		if (held || !planner_is_targeted(
				    p, universe_principal_at(p->u, grant_principal(wanted->key))))
			continue;
		count++;
		text += text_of(p, wanted);
		if (count <= PLAN_ADDED_MAX && text <= PLAN_TEXT_MAX)
			continue;
		report_add(p->report, SEVERITY_ERROR, "E0607", *wanted->declared->at, 0,
			   "plan a part of it, with --target or fewer accounts of the bundle",
			   "the plan adds more than %d grants, or %d MiB of their names and words",
			   PLAN_ADDED_MAX, PLAN_TEXT_MAX >> 20);
		return true;
	}
	return false;
}

/* The merge: three sorted arrays, walked once. */
void planner_add_grant_changes(struct planner *p)
{
	size_t w = 0, x = 0;
	if (adds_too_much(p))
		return;
	for (size_t l = 0; l < p->live.len || w < p->grants.len;) {
		uint64_t wanted = w < p->grants.len ? p->grants.at[w].key : UINT64_MAX;
		uint64_t live = l < p->live.len ? p->live.at[l] : UINT64_MAX;
		if (wanted < live) {
			plan_create(p, &p->grants.at[w++]);
			continue;
		}
		if (wanted == live) {
			w++;
			l++;
			continue;
		}
		while (x < p->expired.len && p->expired.at[x].key < live)
			x++;
		bool over = x < p->expired.len && p->expired.at[x].key == live;
		plan_unwanted(p, live, over ? &p->expired.at[x] : NULL);
		l++;
	}
}

/* Grants that no read shows are ended by a person, who then takes their lines out of the
 * manifest. */
void planner_add_unseen_ends(struct planner *p)
{
	size_t w = 0, l = 0;
	for (size_t x = 0; x < p->expired.len && !p->in->live->all_seen; x++) {
		uint64_t key = p->expired.at[x].key;
		const struct principal *holder = universe_principal_at(p->u, grant_principal(key));
		while (w < p->grants.len && p->grants.at[w].key < key)
			w++;
		while (l < p->live.len && p->live.at[l] < key)
			l++;
		bool wanted = w < p->grants.len && p->grants.at[w].key == key;
		bool seen = (l < p->live.len && p->live.at[l] == key) || planner_is_seen(p, key);
		bool gone =
			holder->kind == PRINCIPAL_ACCOUNT && !planner_live(p, grant_principal(key));
		if (wanted || seen || gone)
			continue;
		assert(!p->deleted[grant_principal(
			key)]); /* an absent account has no declaration */
		struct change c = grant_change(p, key, ACTION_DELETE, REASON_EXPIRED,
					       *p->expired.at[x].declared->at);
		c.unseen = true;
		planner_tell_unseen(p, key, true);
		planner_add_change(p, c);
	}
}

/* ---- bundles ---- */

VEC(bundle_use_vec, struct change_bundle *);
VEC(bundle_ref_vec, const struct bundle *);

static int by_item(const void *a, const void *b)
{
	const struct change_bundle *x = *(struct change_bundle *const *)a,
				   *y = *(struct change_bundle *const *)b;
	return location_compare(x->at, y->at);
}

static int by_address(const void *a, const void *b)
{
	const struct bundle *x = *(const struct bundle *const *)a,
			    *y = *(const struct bundle *const *)b;
	return (x > y) - (x < y);
}

/* Each bundle once for each account that has it. */
static void find_mentions(const struct planner *p, struct arena *a, struct bundle_ref_vec *out)
{
	const struct account_vec *accounts = &p->in->wanted->accounts;
	for (size_t i = 0; i < accounts->len; i++) {
		const struct account *account = &accounts->at[i];
		for (size_t k = 0; account->state != STATE_ABSENT && k < account->bundles.len; k++)
			vec_push(a, out,
				 model_find_bundle(p->in->index, account->bundles.at[k].text));
	}
	vec_sort(out, by_address);
}

static size_t count_mentions(const struct bundle_ref_vec *all, const struct bundle *bundle)
{
	size_t count = 0;
	for (const struct bundle *const *at = vec_find(all, &bundle, by_address);
	     at && at < all->at + all->len && *at == bundle; at++)
		count++;
	return count;
}

void planner_find_whole_bundles(struct planner *p)
{
	ARENA scratch = {0};
	struct bundle_use_vec uses = {0};
	struct bundle_ref_vec mentions = {0};
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		if (p->plan->changes.at[i].bundle)
			vec_push(&scratch, &uses, p->plan->changes.at[i].bundle);
	}
	if (uses.len == 0)
		return;
	find_mentions(p, &scratch, &mentions);
	vec_sort(&uses, by_item);
	for (size_t i = 0, end; i < uses.len; i = end) {
		for (end = i; end < uses.len && by_item(&uses.at[i], &uses.at[end]) == 0; end++)
			;
		bool whole = end - i > 1 && end - i == count_mentions(&mentions, uses.at[i]->of);
		for (size_t k = i; k < end; k++)
			uses.at[k]->whole = whole;
	}
}
