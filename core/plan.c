#include <assert.h>
#include <string.h>

#include "core/live.h"
#include "core/planner.h"
#include "core/util/clock.h"
#include "core/util/str.h"

/* ---- changes of accounts ---- */

static struct change *add_change(struct planner *p, struct change change)
{
	struct change_vec *phase = &p->phases[change_phase(&change)];
	vec_push(&p->scratch, phase, change);
	return &phase->at[phase->len - 1];
}

/* The live account that `a` was called before. */
static const struct account *find_renamed(const struct planner *p, const struct account *a)
{
	for (size_t i = 0; i < a->meta.previously.len; i++) {
		const char *earlier = a->meta.previously.at[i].text;
		const struct account *live = live_find(p->in->live, earlier);
		if (live && !model_find_account(p->in->index, earlier))
			return live;
	}
	return NULL;
}

static int by_account_id(const void *a, const void *b)
{
	const struct account *const *x = a, *const *y = b;
	int order = strcmp((*x)->id, (*y)->id);
	return order ? order : strcmp((*x)->meta.name, (*y)->meta.name);
}

static void index_ids(struct planner *p)
{
	for (size_t i = 0; i < p->in->live->accounts.len; i++) {
		const struct account *live = &p->in->live->accounts.at[i];
		if (live->id)
			vec_push(&p->scratch, &p->by_id, live);
	}
	vec_sort(&p->by_id, by_account_id);
}

/* The live account that the snapshot knew as `a`: somebody renamed it in the service. */
static const struct account *find_moved(struct planner *p, const struct account *a)
{
	const struct account *base = p->in->base ? live_find(p->in->base, a->meta.name) : NULL;
	if (!base || !base->id)
		return NULL;
	if (p->by_id.len == 0)
		index_ids(p);
	size_t low = 0, high = p->by_id.len;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(p->by_id.at[middle]->id, base->id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < p->by_id.len && !strcmp(p->by_id.at[low]->id, base->id); low++) {
		if (!model_find_account(p->in->index, p->by_id.at[low]->meta.name))
			return p->by_id.at[low];
	}
	return NULL;
}

static uint32_t account_rank(struct planner *p, const char *name, bool live)
{
	uint32_t number = universe_principal(p->u, PRINCIPAL_ACCOUNT, name, live);
	return universe_principal_rank(p->u, number);
}

static struct change account_change(struct planner *p, uint32_t rank, enum action action,
				    enum reason reason, struct location at)
{
	return (struct change){
		.principal = universe_principal_at(p->u, rank),
		.principal_rank = rank,
		.action = (uint8_t)action,
		.type = CHANGE_ACCOUNT,
		.reason = (uint8_t)reason,
		.risk = action == ACTION_DELETE ? RISK_ACCOUNT_DELETE : RISK_ORDINARY,
		.via = (uint8_t)p->in->reader->can_account(p->in->session),
		.at = at,
	};
}

static void delete_account(struct planner *p, uint32_t rank, enum reason reason, struct location at)
{
	struct change c = account_change(p, rank, ACTION_DELETE, reason, at);
	c.before = p->held[rank];
	add_change(p, c);
	p->deleted[rank] = (uint32_t)p->phases[PHASE_DELETE].len;
}

static void check_name_rules(struct planner *p, const struct account *a)
{
	const char *wrong = p->in->reader->check_account(p->in->session, p->arena, a);
	if (wrong)
		report_add(p->report, SEVERITY_ERROR, "E0603", a->meta.name_at, 0, NULL, "%s",
			   wrong);
}

static void plan_account(struct planner *p, uint32_t rank)
{
	const struct account *a = p->declared[rank], *live = p->held[rank];
	const struct account *renamed = live ? NULL : find_renamed(p, a);
	if (!live && !renamed)
		renamed = find_moved(p, a);
	const struct account *before = live ? live : renamed;
	if (a->state == STATE_ABSENT) {
		if (before)
			delete_account(p, account_rank(p, before->meta.name, true),
				       REASON_STATE_ABSENT, a->at);
		return;
	}
	enum action action = before ? ACTION_UPDATE : ACTION_CREATE;
	enum reason reason = renamed ? REASON_RENAMED : before ? REASON_CHANGED : REASON_ADDED;
	unsigned differ = before ? account_difference(before, a, p->in->reader->attributes) : 0;
	if (live && !differ)
		return;
	struct change c = account_change(p, rank, action, reason, a->at);
	if (renamed)
		p->renamed[account_rank(p, renamed->meta.name, true)] = true;
	c.before = before;
	c.after = a;
	c.attributes = (uint8_t)differ;
	check_name_rules(p, a);
	add_change(p, c);
}

static struct unlisted_item *add_unlisted(struct planner *p, uint32_t principal,
					  const struct entitlement *e, struct location at)
{
	struct unlisted_vec *all = &p->plan->unlisted;
	vec_push(p->arena, all,
		 (struct unlisted_item){.principal = universe_principal_at(p->u, principal),
					.entitlement = e,
					.at = at});
	return &all->at[all->len - 1];
}

/* Live accounts that no manifest declares are the Organization's to judge. */
static void plan_undeclared(struct planner *p, uint32_t rank)
{
	const struct account *live = p->held[rank];
	if (p->declared[rank] || p->renamed[rank] || p->deleted[rank])
		return;
	bool known = p->in->exact || (p->in->base && drift_base_of(p->in->base, live));
	bool pruned = known && p->in->prune && p->organization->unlisted != UNLISTED_KEEP;
	if (p->organization->unlisted == UNLISTED_REMOVE || pruned)
		delete_account(p, rank, REASON_UNDECLARED, p->organization->at);
	else if (p->organization->unlisted != UNLISTED_KEEP)
		add_unlisted(p, rank, NULL, p->organization->at)->was_known = known;
}

/* ---- claims ---- */

static void strengthen(struct claim *claim, enum unlisted level, struct location at)
{
	if (level > claim->level)
		*claim = (struct claim){level, at};
}

static void claim_assignments(struct planner *p, const struct assignment_vec *all)
{
	for (size_t i = 0; i < all->len; i++) {
		const struct assignment *d = &all->at[i];
		uint32_t number = universe_entitlement(p->u, (enum role)d->role, d->product,
						       d->profile, d->group);
		strengthen(&p->entitlement_claims[universe_entitlement_rank(p->u, number)],
			   d->unlisted ? (enum unlisted)d->unlisted : UNLISTED_REPORT, d->at);
	}
}

/* What an account's own document says of a live grant that nobody wants. */
static struct claim account_claim(const struct account *a, const struct entitlement *e)
{
	bool listed = e->role ? a->has_roles : a->has_products;
	if (a->state == STATE_ABSENT || (!listed && !a->has_bundles))
		return (struct claim){0};
	return (struct claim){a->unlisted ? (enum unlisted)a->unlisted : UNLISTED_REMOVE, a->at};
}

static struct claim find_claim(const struct planner *p, uint64_t key)
{
	struct claim claim = p->entitlement_claims[entitlement_of(key)];
	if (p->in->exact)
		strengthen(&claim, UNLISTED_REMOVE, p->organization->at);
	const struct account *a = p->declared[principal_of(key)];
	if (a) {
		struct claim own =
			account_claim(a, universe_entitlement_at(p->u, entitlement_of(key)));
		strengthen(&claim, own.level, own.at);
	}
	return claim;
}

/* ---- grants ---- */

/* What is known of a principal that is an account: its manifest, else what is live. */
static const struct account *find_holder(const struct planner *p, uint32_t rank)
{
	return p->declared[rank] ? p->declared[rank] : p->held[rank];
}

static bool is_seen(const struct planner *p, uint64_t key)
{
	const struct provider_reader *r = p->in->reader;
	return !r->sees || r->sees(p->in->session, universe_principal_at(p->u, principal_of(key)),
				   find_holder(p, principal_of(key)),
				   universe_entitlement_at(p->u, entitlement_of(key)));
}

static struct change grant_change(struct planner *p, uint64_t key, enum action action,
				  enum reason reason, struct location at)
{
	const struct principal *principal = universe_principal_at(p->u, principal_of(key));
	const struct entitlement *e = universe_entitlement_at(p->u, entitlement_of(key));
	bool create = action == ACTION_CREATE;
	enum risk role = create ? RISK_ADMIN_GRANT : RISK_ADMIN_REMOVAL;
	enum risk product = create ? RISK_ORDINARY : RISK_REMOVAL;
	return (struct change){
		.principal = principal,
		.entitlement = e,
		.principal_rank = principal_of(key),
		.entitlement_rank = entitlement_of(key),
		.action = (uint8_t)action,
		.type = CHANGE_GRANT,
		.reason = (uint8_t)reason,
		.risk = (uint8_t)(e->role ? role : product),
		.via = (uint8_t)p->in->reader->can_grant(p->in->session, principal,
							 find_holder(p, principal_of(key)), e),
		.at = at,
	};
}

static void report_impossible(struct planner *p, uint64_t key, struct location at)
{
	const struct provider_reader *r = p->in->reader;
	const char *why = r->explain
				  ? r->explain(p->in->session, p->arena,
					       universe_principal_at(p->u, principal_of(key)),
					       find_holder(p, principal_of(key)),
					       universe_entitlement_at(p->u, entitlement_of(key)))
				  : NULL;
	if (why)
		report_add(p->report, SEVERITY_ERROR, "E0604", at, 0, NULL, "%s", why);
	else
		report_add(p->report, SEVERITY_ERROR, "E0604", at, 0, NULL,
			   "provider %s has no way to grant this, by API or by hand", r->name);
}

static const char *idle_words(const struct planner *p, const struct change *c)
{
	const struct provider_reader *r = p->in->reader;
	bool sent = !change_is_manual(c);
	return sent && r->idle ? r->idle(p->in->session, c->principal, c->entitlement) : NULL;
}

static void plan_create(struct planner *p, const struct wanted_pair *w)
{
	struct change c = grant_change(p, w->key, ACTION_CREATE, REASON_ADDED, *w->declared->at);
	const char *missing = existence_check(&p->existence, p->arena, c.principal, c.entitlement);
	c.words = w->declared->words;
	c.unseen = !is_seen(p, w->key);
	c.note = c.unseen ? idle_words(p, &c) : NULL;
	c.idle = c.note != NULL;
	if (missing && p->in->patient)
		vec_push(p->arena, &p->plan->missing,
			 (struct missing_item){c.principal, c.entitlement, c.at, missing});
	else if (missing)
		report_add(p->report, SEVERITY_ERROR, "E0602", c.at, 0,
			   "writ grants what exists and makes only accounts", "%s", missing);
	else if (c.via == CAN_NOT)
		report_impossible(p, w->key, c.at);
	else
		add_change(p, c);
}

/* A live grant that nobody wants: `expired` is an expired declaration of it, or NULL. */
static void plan_unwanted(struct planner *p, uint64_t key, const struct wanted_pair *expired)
{
	uint32_t deletion = p->deleted[principal_of(key)];
	const struct entitlement *e = universe_entitlement_at(p->u, entitlement_of(key));
	if (deletion) {
		struct change *c = &p->phases[PHASE_DELETE].at[deletion - 1];
		*(e->role ? &c->lost_roles : &c->lost_products) += 1;
		return;
	}
	if (expired) {
		add_change(p, grant_change(p, key, ACTION_DELETE, REASON_EXPIRED,
					   *expired->declared->at));
		return;
	}
	struct claim claim = find_claim(p, key);
	if (claim.level == UNLISTED_REMOVE)
		add_change(p, grant_change(p, key, ACTION_DELETE, REASON_NOT_LISTED, claim.at));
	else if (claim.level == UNLISTED_REPORT)
		add_unlisted(p, principal_of(key), e, claim.at);
}

/* The merge: three sorted arrays, walked once. */
static void plan_grants(struct planner *p)
{
	size_t w = 0, x = 0;
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

/* The end of grants that no read shows: a person ends them and takes their lines out of the manifest. */
static void plan_unseen_ends(struct planner *p)
{
	size_t w = 0, l = 0;
	for (size_t x = 0; x < p->expired.len && p->in->reader->sees; x++) {
		uint64_t key = p->expired.at[x].key;
		const struct principal *holder = universe_principal_at(p->u, principal_of(key));
		while (w < p->grants.len && p->grants.at[w].key < key)
			w++;
		while (l < p->live.len && p->live.at[l] < key)
			l++;
		bool wanted = w < p->grants.len && p->grants.at[w].key == key;
		bool seen = (l < p->live.len && p->live.at[l] == key) || is_seen(p, key);
		bool gone = holder->kind == PRINCIPAL_ACCOUNT && !p->held[principal_of(key)];
		if (wanted || seen || gone)
			continue;
		assert(!p->deleted[principal_of(key)]); /* an absent account has no declaration */
		struct change c = grant_change(p, key, ACTION_DELETE, REASON_EXPIRED,
					       *p->expired.at[x].declared->at);
		c.unseen = true;
		add_change(p, c);
	}
}

/* ---- sorted arrays ---- */

static int by_key_then_place(const void *a, const void *b)
{
	const struct wanted_pair *x = a, *y = b;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return location_compare(*x->declared->at, *y->declared->at);
}

/* Said twice counts once: the first in byte order of place. */
#define KEEP_FIRST(vec, key_of)                                                                    \
	do {                                                                                       \
		size_t kept_ = 0;                                                                  \
		for (size_t i_ = 0; i_ < (vec)->len; i_++) {                                       \
			if (!kept_ || key_of((vec)->at[kept_ - 1]) != key_of((vec)->at[i_]))       \
				(vec)->at[kept_++] = (vec)->at[i_];                                \
		}                                                                                  \
		(vec)->len = kept_;                                                                \
	} while (0)
#define KEY_OF_PAIR(pair) ((pair).key)
#define KEY_ITSELF(key) (key)

static void sort_declared(struct planner *p)
{
	vec_reserve(&p->scratch, &p->grants, p->wanted.grants.len);
	for (size_t i = 0; i < p->wanted.grants.len; i++) {
		const struct declared *d = &p->wanted.grants.at[i];
		vec_push(&p->scratch, &p->grants,
			 (struct wanted_pair){make_key(p->u, d->principal, d->entitlement), d});
	}
	for (size_t i = 0; i < p->wanted.expired.len; i++) {
		const struct declared *d = &p->wanted.expired.at[i];
		vec_push(&p->scratch, &p->expired,
			 (struct wanted_pair){make_key(p->u, d->principal, d->entitlement), d});
	}
	vec_sort(&p->grants, by_key_then_place);
	vec_sort(&p->expired, by_key_then_place);
	KEEP_FIRST(&p->grants, KEY_OF_PAIR);
	KEEP_FIRST(&p->expired, KEY_OF_PAIR);
}

/* Grants of an account that is being renamed count as those of its new name. */
static uint32_t *renames(struct planner *p, size_t principals)
{
	uint32_t *to = arena_alloc(&p->scratch, principals * sizeof(*to));
	for (size_t i = 0; i < principals; i++)
		to[i] = (uint32_t)i;
	for (size_t i = 0; i < p->phases[PHASE_ACCOUNTS].len; i++) {
		const struct change *c = &p->phases[PHASE_ACCOUNTS].at[i];
		if (c->reason != REASON_RENAMED)
			continue;
		to[account_rank(p, c->before->meta.name, true)] = c->principal_rank;
	}
	return to;
}

/* Live grants under the names that manifests know, and the snapshot's under those of live. */
static void sort_live(struct planner *p, size_t principals)
{
	const struct pair_vec *pairs = &p->in->live->grants;
	const uint32_t *to = p->names = renames(p, principals);
	vec_reserve(&p->scratch, &p->live, pairs->len);
	for (size_t i = 0; i < pairs->len; i++) {
		uint64_t key = make_key(p->u, pairs->at[i].principal, pairs->at[i].entitlement);
		vec_push(&p->scratch, &p->live,
			 (uint64_t)to[principal_of(key)] << 32 | entitlement_of(key));
	}
	vec_sort(&p->live, planner_by_key);
	KEEP_FIRST(&p->live, KEY_ITSELF);
	if (p->in->base)
		planner_sort_base(p, to);
}

/* ---- the whole ---- */

/* Numbers every name that the plan can meet, then fixes their order. Returns the number of principals. */
static size_t number_names(struct planner *p)
{
	const struct model *m = p->in->wanted;
	size_t most = 0;
	wanted_make(m, p->in->index, p->u, &p->scratch, time_day(p->in->now), &p->wanted);
	for (size_t i = 0; i < m->accounts.len; i++)
		universe_principal(p->u, PRINCIPAL_ACCOUNT, m->accounts.at[i].meta.name, false);
	for (size_t i = 0; i < p->in->live->accounts.len; i++)
		universe_principal(p->u, PRINCIPAL_ACCOUNT, p->in->live->accounts.at[i].meta.name,
				   true);
	for (size_t i = 0; p->in->base && i < p->in->base->accounts.len; i++)
		universe_principal(p->u, PRINCIPAL_ACCOUNT, p->in->base->accounts.at[i].meta.name,
				   false);
	for (size_t i = 0; i < p->in->live->catalogue.users.len; i++)
		universe_principal(p->u, PRINCIPAL_USER, p->in->live->catalogue.users.at[i].text,
				   true);
	universe_rank(p->u);
	most = universe_principals(p->u);
	p->declared = arena_zalloc(&p->scratch, most * sizeof(*p->declared));
	p->held = arena_zalloc(&p->scratch, most * sizeof(*p->held));
	p->deleted = arena_zalloc(&p->scratch, most * sizeof(*p->deleted));
	p->renamed = arena_zalloc(&p->scratch, most * sizeof(*p->renamed));
	p->entitlement_claims = arena_zalloc(&p->scratch, universe_entitlements(p->u) *
								  sizeof(*p->entitlement_claims));
	return most;
}

static void index_accounts(struct planner *p)
{
	for (size_t i = 0; i < p->in->index->accounts.len; i++) {
		const struct account *a = p->in->index->accounts.at[i];
		p->declared[account_rank(p, a->meta.name, false)] = a;
	}
	for (size_t i = 0; i < p->in->live->accounts.len; i++) {
		const struct account *a = &p->in->live->accounts.at[i];
		p->held[account_rank(p, a->meta.name, true)] = a;
	}
}

static int by_content(const void *a, const void *b)
{
	const struct change *x = a, *y = b;
	if (x->principal_rank != y->principal_rank)
		return x->principal_rank < y->principal_rank ? -1 : 1;
	return (x->entitlement_rank > y->entitlement_rank) -
	       (x->entitlement_rank < y->entitlement_rank);
}

static bool is_targeted(const struct planner *p, const struct change *c)
{
	return !p->in->target || (c->principal->kind == PRINCIPAL_ACCOUNT &&
				  !strcmp(c->principal->name, p->in->target));
}

static void collect_changes(struct planner *p)
{
	for (int phase = 0; phase < PHASE_COUNT; phase++) {
		struct change_vec *changes = &p->phases[phase];
		vec_sort(changes, by_content);
		for (size_t i = 0; i < changes->len; i++) {
			if (is_targeted(p, &changes->at[i]))
				vec_push(p->arena, &p->plan->changes, changes->at[i]);
		}
	}
}

/* What is said of an account, with what the service assigned to it. */
static const struct account *describe_account(struct planner *p, const struct account *said,
					      const struct account *live)
{
	struct account *a = arena_zalloc(p->arena, sizeof(*a));
	a->meta.name = said->meta.name;
	a->credential = account_credential(said);
	a->project = said->project || !live ? said->project : live->project;
	a->id = live ? live->id : NULL;
	a->email = live ? live->email : NULL;
	return a;
}

static void add_account(struct planner *p, const struct change *c)
{
	const struct account *said = find_holder(p, c->principal_rank);
	const struct account *live = c->before ? c->before : p->held[c->principal_rank];
	if (said)
		vec_push(p->arena, &p->plan->accounts, describe_account(p, said, live));
	if (c->before && (!said || strcmp(said->meta.name, c->before->meta.name) != 0))
		vec_push(p->arena, &p->plan->accounts, describe_account(p, c->before, c->before));
}

/* Each account that a change is about, once; changes of one account stand together in each phase. */
static void collect_accounts(struct planner *p)
{
	bool *seen = arena_zalloc(&p->scratch, universe_principals(p->u));
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		const struct change *c = &p->plan->changes.at[i];
		if (c->principal->kind != PRINCIPAL_ACCOUNT || seen[c->principal_rank])
			continue;
		seen[c->principal_rank] = true;
		add_account(p, c);
	}
	plan_sort_accounts(p->plan);
}

static const char *describe_steps(struct planner *p, const struct change *c)
{
	struct str steps = STR(p->arena);
	p->in->reader->describe(p->in->session, c, plan_email(p->plan, c), &steps);
	return str_text(&steps);
}

/* The words for people, and the price. */
static void describe_changes(struct planner *p)
{
	const struct provider_reader *r = p->in->reader;
	for (size_t i = 0; i < p->plan->changes.len && (r->describe || r->note); i++) {
		struct change *c = &p->plan->changes.at[i];
		if (r->describe && change_is_manual(c))
			c->steps = describe_steps(p, c);
		if (r->note && !c->note)
			c->note = r->note(p->in->session, p->arena, p->plan, c);
	}
	if (r->price)
		r->price(p->in->session, p->plan, &p->plan->cost);
}

static int by_unlisted_place(const void *a, const void *b)
{
	const struct unlisted_item *x = a, *y = b;
	int order = x->principal->kind - y->principal->kind;
	order = order ? order : strcmp(x->principal->name, y->principal->name);
	if (order || !x->entitlement || !y->entitlement)
		return order ? order : !!x->entitlement - !!y->entitlement;
	return entitlement_compare(x->entitlement, y->entitlement);
}

static bool is_same_organization(struct planner *p)
{
	const struct organization *o = p->organization;
	const struct live *live = p->in->live;
	if (strcmp(o->meta.name, live->organization) != 0) {
		report_add(p->report, SEVERITY_ERROR, "E0601", o->meta.name_at, 0,
			   "plan against the organisation that the manifests describe",
			   "the live organisation is \"%s\"", live->organization);
		return false;
	}
	if (o->org_id && live->org_id && strcmp(o->org_id, live->org_id) != 0) {
		report_add(p->report, SEVERITY_ERROR, "E0601", o->org_id_at, 0,
			   "plan against the organisation that the manifests describe",
			   "the live orgId is \"%s\"", live->org_id);
		return false;
	}
	return true;
}

static bool is_empty_set(const struct model *m)
{
	return m->accounts.len == 0 && m->roles.len == 0 && m->products.len == 0;
}

static void digest_policy(struct plan *plan)
{
	struct sha256 *s = sha256_new();
	sha256_add(s, &plan->policy, sizeof(plan->policy));
	sha256_end(s, plan->policy_digest);
}

/* The names of each entitlement, by rank, as they go into the digest. */
static const struct str *name_entitlements(struct planner *p)
{
	size_t count = universe_entitlements(p->u);
	struct str *names = arena_alloc(&p->scratch, count * sizeof(*names));
	for (size_t i = 0; i < count; i++) {
		const struct entitlement *e = universe_entitlement_at(p->u, (uint32_t)i);
		const char *parts[] = {role_table[e->role].name, e->product, e->profile, e->group};
		names[i] = (struct str)STR(&p->scratch);
		for (size_t k = 0; k < sizeof(parts) / sizeof(*parts); k++) {
			str_add(&names[i], parts[k] ? parts[k] : "");
			str_addc(&names[i], '\0');
		}
	}
	return names;
}

/* A digest of what is live: every account's name and every grant, in their order. */
static void digest_live(struct planner *p)
{
	struct sha256 *s = sha256_new();
	const struct account_vec *accounts = &p->in->live->accounts;
	const struct str *names = name_entitlements(p);
	for (size_t i = 0; i < accounts->len; i++)
		sha256_add_text(s, accounts->at[i].meta.name);
	uint32_t last = UINT32_MAX;
	for (size_t i = 0; i < p->live.len; i++) {
		const struct str *entitlement = &names[entitlement_of(p->live.at[i])];
		if (principal_of(p->live.at[i]) != last) {
			last = principal_of(p->live.at[i]);
			sha256_add_text(s, universe_principal_at(p->u, last)->name);
		}
		sha256_add(s, entitlement->at, entitlement->len);
	}
	sha256_end(s, p->plan->live_digest);
}

static void start(struct planner *p)
{
	const struct plan_input *in = p->in;
	const struct organization *o = &in->wanted->organizations.at[0];
	p->organization = o;
	p->plan->organization = o->meta.name;
	p->plan->org_id = o->org_id;
	p->plan->provider = in->reader->name;
	p->plan->source = in->live->source;
	p->plan->created = p->plan->read_at = in->now;
	p->plan->expires = in->now + PLAN_LIFE;
	p->plan->consent = in->consent;
	p->plan->policy = policy_tighten(policy_of(in->operator_policy), &o->guards);
	p->plan->empty_manifests = is_empty_set(in->wanted);
	digest_policy(p->plan);
}

static void judge(struct planner *p)
{
	struct guard_input input = {.universe = p->u,
				    .live = p->in->live,
				    .pairs = p->live.at,
				    .count = p->live.len,
				    .operator_policy = p->in->operator_policy,
				    .empty_manifests = p->plan->empty_manifests};
	guard_judge(p->plan, &input, p->arena);
}

void plan_make(const struct plan_input *input, struct arena *a, struct report *report,
	       struct plan *out)
{
	struct planner p = {
		.in = input, .u = input->universe, .arena = a, .report = report, .plan = out};
	p.three_way = (struct drift_input){input->universe, input->base,    input->live,
					   input->reader,   input->session, input->whole};
	start(&p);
	if (!is_same_organization(&p))
		return;
	size_t principals = number_names(&p);
	existence_make(&p.existence, &p.scratch, p.u, input->live);
	index_accounts(&p);
	claim_assignments(&p, &input->wanted->roles);
	claim_assignments(&p, &input->wanted->products);
	for (uint32_t rank = 0; rank < principals; rank++) {
		if (p.declared[rank])
			plan_account(&p, rank);
	}
	for (uint32_t rank = 0; rank < principals; rank++) {
		if (p.held[rank])
			plan_undeclared(&p, rank);
	}
	sort_declared(&p);
	sort_live(&p, principals);
	plan_grants(&p);
	plan_unseen_ends(&p);
	digest_live(&p);
	collect_changes(&p);
	if (input->base)
		planner_compare(&p);
	collect_accounts(&p);
	vec_sort(&out->unlisted, by_unlisted_place);
	judge(&p);
	planner_count_licences(&p);
	plan_summarize(out);
	describe_changes(&p);
	arena_done(&p.scratch);
}
