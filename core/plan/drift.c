/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plan/drift.h"

#include <string.h>

#include "core/model/live.h"
#include "core/plan/change.h"
#include "core/util/compare.h"
#include "core/util/digest.h"
#include "core/util/keys.h"

const char *drift_kind_name(enum drift_kind kind)
{
	static const char *const names[DRIFT_KIND_COUNT] = {"appeared", "gone", "changed"};
	return names[kind];
}

const char *drift_fate_name(enum drift_fate fate)
{
	static const char *const names[DRIFT_FATE_COUNT] = {"left", "reverted", "agreed",
							    "conflict", "ignored"};
	return names[fate];
}

/* ---- the same account ---- */

VEC(account_list, const struct account *);

static void index_ids(const struct live *live, struct arena *a, struct account_list *out)
{
	for (size_t i = 0; i < live->accounts.len; i++) {
		if (live->accounts.at[i].id)
			vec_push(a, out, &live->accounts.at[i]);
	}
	vec_sort(out, account_by_id);
}

static const struct account *find_id(const struct account_list *all, const char *id)
{
	const struct account key = {.id = id}, *probe = &key;
	const struct account **found = id ? vec_find(all, &probe, account_by_id) : NULL;
	return found ? *found : NULL;
}

bool drift_gives_rights(const struct drift_item *d)
{
	const struct entitlement *e = d->entitlement;
	return d->kind == DRIFT_APPEARED && e &&
	       (d->admin || e->role || (e->api && api_is_admin(e->api)));
}

const struct account *drift_base_of(const struct live *base, const struct account *live)
{
	const struct account *named = live_find(base, live->meta.name);
	if (named && (!named->id || !live->id || is_same_text(named->id, live->id)))
		return named;
	for (size_t i = 0; live->id && i < base->accounts.len; i++) {
		if (is_same_text(base->accounts.at[i].id, live->id))
			return &base->accounts.at[i];
	}
	return named;
}

/* ---- the search ---- */

struct search {
	const struct drift_input *in;
	struct arena *arena;
	struct arena scratch;
	struct account_list live_ids, base_ids;
	const uint32_t *names;
	struct key_vec base, live;
	struct drift_vec *out;
};

static uint32_t rank_of(const struct search *s, const struct account *a)
{
	/* Every account's name was numbered before the ranks were fixed. */
	uint32_t number =
		universe_principal(s->in->universe, PRINCIPAL_ACCOUNT, a->meta.name, true);
	return universe_principal_rank(s->in->universe, number);
}

static void hash_labels(struct sha256 *h, const struct label_vec *labels)
{
	for (size_t i = 0; i < labels->len; i++) {
		sha256_add_text(h, labels->at[i].key);
		sha256_add_text(h, labels->at[i].value);
	}
}

static void hash_text(struct sha256 *h, bool differs, const char *text)
{
	if (differs)
		sha256_add_text(h, text ? text : "");
}

static void hash_attributes(struct sha256 *h, const struct account *a, unsigned set)
{
	hash_text(h, set & ATTRIBUTE_DESCRIPTION, a->description);
	hash_text(h, set & ATTRIBUTE_OWNER, a->owner);
	hash_text(h, set & ATTRIBUTE_PROJECT, a->project);
	hash_text(h, set & ATTRIBUTE_CREDENTIAL, account_credential(a));
	if (set & ATTRIBUTE_LABELS)
		hash_labels(h, &a->meta.labels);
}

/* What it has when whom it is about is called so. */
void drift_fingerprint(struct arena *scratch, const struct drift_item *item, const char *name,
		       char out[static DRIFT_FINGERPRINT + 1])
{
	unsigned char digest[SHA256_SIZE];
	char text[SHA256_TEXT];
	struct sha256 *h = sha256_new();
	const unsigned char differ = item->attributes;
	const struct principal who = {.kind = item->principal->kind, .name = name};
	sha256_add_text(h, drift_kind_name(item->kind));
	sha256_add_text(h, change_address(scratch, &who, item->entitlement));
	sha256_add(h, &differ, 1);
	if (item->kind == DRIFT_CHANGED && item->after)
		hash_attributes(h, item->after, item->attributes);
	if (item->after && item->after->id && item->remade)
		sha256_add_text(h, item->after->id);
	sha256_end(h, digest);
	sha256_text(digest, text);
	memcpy(out, strchr(text, ':') + 1, DRIFT_FINGERPRINT);
	out[DRIFT_FINGERPRINT] = '\0';
}

/* What the snapshot calls an account that has another name by now; NULL. */
static const char *base_name(const struct search *s, const struct principal *who)
{
	const struct account *live =
		who->kind == PRINCIPAL_ACCOUNT ? live_find(s->in->live, who->name) : NULL;
	const struct account *base = live ? find_id(&s->base_ids, live->id) : NULL;
	return base && strcmp(base->meta.name, who->name) != 0 ? base->meta.name : NULL;
}

static void add_item(struct search *s, struct drift_item item)
{
	item.principal = universe_principal_at(s->in->universe, item.principal_rank);
	item.base_name = base_name(s, item.principal);
	drift_fingerprint(&s->scratch, &item, item.principal->name, item.fingerprint);
	vec_push(s->arena, s->out, item);
}

/* ---- accounts ---- */

int drift_rename_compare(const void *a, const void *b)
{
	const struct drift_rename *x = a, *y = b;
	return strcmp(x->from, y->from);
}

/* The live account that this one of the snapshot is by now: by its id, or by a name that a run
 * gave it; NULL: none. */
static const struct account *find_elsewhere(const struct search *s, const struct account *base)
{
	const struct drift_rename key = {.from = base->meta.name};
	const struct drift_rename *moved =
		s->in->renames && !base->id ? vec_find(s->in->renames, &key, drift_rename_compare)
					    : NULL;
	return moved ? live_find(s->in->live, moved->to) : find_id(&s->live_ids, base->id);
}

/* One that has the name is another account where the snapshot has its id under another name. */
static const struct account *live_of(const struct search *s, const struct account *base)
{
	const struct account *same = find_elsewhere(s, base);
	const struct account *named = same ? NULL : live_find(s->in->live, base->meta.name);
	const struct account *other = named ? find_id(&s->base_ids, named->id) : NULL;
	return same || (other && other != base) ? same : named;
}

static bool was_moved_to(const struct search *s, const char *name)
{
	for (size_t i = 0; s->in->renames && i < s->in->renames->len; i++) {
		if (!strcmp(s->in->renames->at[i].to, name))
			return true;
	}
	return false;
}

/* A live account that took the name of one whose id is elsewhere is another account. */
static bool is_known(const struct search *s, const struct account *live)
{
	if (find_id(&s->base_ids, live->id))
		return true;
	const struct account *named = live_find(s->in->base, live->meta.name);
	return (named && live_of(s, named) == live) ||
	       (!live->id && was_moved_to(s, live->meta.name));
}

static void compare_account(struct search *s, const struct account *base)
{
	const struct account *live = live_of(s, base);
	unsigned compared =
		s->in->reader->attributes & ~(s->in->live->unknown | s->in->base->unknown);
	if (!live) {
		add_item(s, (struct drift_item){.principal_rank = rank_of(s, base),
						.kind = DRIFT_GONE,
						.before = base});
		return;
	}
	unsigned differ = account_difference(base, live, compared);
	if (s->in->live->whole)
		differ |= account_difference(live, base, compared);
	bool remade = base->id && live->id && !is_same_text(base->id, live->id);
	bool renamed = strcmp(base->meta.name, live->meta.name) != 0;
	if (differ || remade || renamed)
		add_item(s, (struct drift_item){.principal_rank = rank_of(s, live),
						.kind = DRIFT_CHANGED,
						.attributes = differ,
						.remade = remade,
						.before = base,
						.after = live});
}

static void compare_accounts(struct search *s)
{
	for (size_t i = 0; i < s->in->base->accounts.len; i++)
		compare_account(s, &s->in->base->accounts.at[i]);
	for (size_t i = 0; i < s->in->live->accounts.len; i++) {
		const struct account *a = &s->in->live->accounts.at[i];
		if (!is_known(s, a))
			add_item(s, (struct drift_item){.principal_rank = rank_of(s, a),
							.kind = DRIFT_APPEARED,
							.after = a});
	}
}

static const uint32_t *name_ranks(struct search *s, struct arena *a)
{
	size_t count = universe_principals(s->in->universe);
	uint32_t *to = arena_alloc(a, (count + 1) * sizeof(*to));
	for (size_t i = 0; i < count; i++)
		to[i] = (uint32_t)i;
	for (size_t i = 0; i < s->in->base->accounts.len; i++) {
		const struct account *base = &s->in->base->accounts.at[i];
		const struct account *live = find_elsewhere(s, base);
		if (live)
			to[rank_of(s, base)] = rank_of(s, live);
	}
	return to;
}

const uint32_t *drift_names(const struct drift_input *in, struct arena *a)
{
	struct search s = {.in = in};
	index_ids(in->live, &s.scratch, &s.live_ids);
	const uint32_t *names = name_ranks(&s, a);
	arena_done(&s.scratch);
	return names;
}

/* ---- grants ---- */

/* By principal rank: accounts of the snapshot that are gone. What they held is told with them, also
 * where somebody else has the name. */
static const bool *find_gone(struct search *s)
{
	bool *gone = arena_zalloc(&s->scratch, universe_principals(s->in->universe) + 1);
	for (size_t i = 0; i < s->in->base->accounts.len; i++) {
		const struct account *base = &s->in->base->accounts.at[i];
		gone[rank_of(s, base)] = !live_of(s, base);
	}
	return gone;
}

static void sort_pairs(struct search *s, const struct pair_vec *pairs, bool base,
		       struct key_vec *out)
{
	const bool *gone = base ? find_gone(s) : NULL;
	vec_reserve(&s->scratch, out, pairs->len);
	for (size_t i = 0; i < pairs->len; i++) {
		uint32_t p = universe_principal_rank(s->in->universe, pairs->at[i].principal);
		uint32_t e = universe_entitlement_rank(s->in->universe, pairs->at[i].entitlement);
		if (gone && gone[p])
			continue;
		vec_push(&s->scratch, out, grant_key(base ? s->names[p] : p, e));
	}
	keys_sort_once(out);
}

static const struct account *holder_of(const struct search *s, uint64_t key)
{
	const struct principal *p = universe_principal_at(s->in->universe, grant_principal(key));
	return p->kind == PRINCIPAL_ACCOUNT ? live_find(s->in->live, p->name) : NULL;
}

static bool is_seen(const struct search *s, uint64_t key)
{
	return provider_sees(s->in->reader, s->in->session,
			     universe_principal_at(s->in->universe, grant_principal(key)),
			     holder_of(s, key),
			     universe_entitlement_at(s->in->universe, grant_entitlement(key)));
}

static void add_grant(struct search *s, uint64_t key, enum drift_kind kind)
{
	bool unseen = kind == DRIFT_GONE && !is_seen(s, key);
	const struct entitlement *e =
		universe_entitlement_at(s->in->universe, grant_entitlement(key));
	const struct principal *who = universe_principal_at(s->in->universe, grant_principal(key));
	if (unseen && !s->in->unseen)
		return;
	add_item(s, (struct drift_item){
			    .principal_rank = grant_principal(key),
			    .entitlement_rank = grant_entitlement(key),
			    .entitlement = e,
			    .kind = kind,
			    .admin = provider_is_admin(s->in->reader, s->in->session, e),
			    .unsure = kind == DRIFT_APPEARED && live_hides(s->in->base, who, e),
			    .unseen = unseen});
}

static void compare_grants(struct search *s)
{
	size_t b = 0, l = 0;
	while (b < s->base.len || l < s->live.len) {
		uint64_t base = b < s->base.len ? s->base.at[b] : UINT64_MAX;
		uint64_t live = l < s->live.len ? s->live.at[l] : UINT64_MAX;
		if (base != live)
			add_grant(s, base < live ? base : live,
				  base < live ? DRIFT_GONE : DRIFT_APPEARED);
		b += base <= live;
		l += live <= base;
	}
}

static int by_principal(const void *a, const void *b)
{
	const struct drift_item *x = a, *y = b;
	if (x->principal_rank != y->principal_rank)
		return x->principal_rank < y->principal_rank ? -1 : 1;
	if (!x->entitlement != !y->entitlement)
		return x->entitlement ? 1 : -1;
	return (x->entitlement_rank > y->entitlement_rank) -
	       (x->entitlement_rank < y->entitlement_rank);
}

void drift_find(const struct drift_input *in, struct arena *a, struct drift_vec *out)
{
	struct search s = {.in = in, .arena = a, .out = out};
	index_ids(in->live, &s.scratch, &s.live_ids);
	index_ids(in->base, &s.scratch, &s.base_ids);
	s.names = name_ranks(&s, &s.scratch);
	sort_pairs(&s, &in->base->grants, true, &s.base);
	sort_pairs(&s, &in->live->grants, false, &s.live);
	compare_accounts(&s);
	compare_grants(&s);
	vec_sort(out, by_principal);
	arena_done(&s.scratch);
}
