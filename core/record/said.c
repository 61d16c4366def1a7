/* SPDX-License-Identifier: Apache-2.0 */
#include "core/record/said.h"

#include "core/model/declaration.h"
#include "core/util/clock.h"
#include "core/util/keys.h"

/* Where words are from; the later counts. */
enum said_source { SOURCE_SNAPSHOT, SOURCE_CHANGE, SOURCE_MANIFEST };

struct said_grant {
	struct grant_words grant;
	enum said_source source;
};
VEC(said_vec, struct said_grant);

static int32_t end_of(const struct words *w)
{
	return !w || w->expires == DATE_NONE ? INT32_MAX : w->expires;
}

/* Puts the source that counts last among those of one grant, and of that source the declaration
 * that ends last. */
static int by_weight(const void *a, const void *b)
{
	const struct said_grant *x = a, *y = b;
	if (x->grant.key != y->grant.key)
		return x->grant.key < y->grant.key ? -1 : 1;
	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	int32_t left = end_of(x->grant.words), right = end_of(y->grant.words);
	return (left > right) - (left < right);
}

/* An end that is past at `today` is not taken over from manifests: an end in a snapshot has to
 * prove that it was said before it passed. */
static void add_model(const struct model *model, enum said_source source, int32_t today,
		      struct universe *u, struct arena *a, struct said_vec *out)
{
	struct model_index index;
	struct wanted wanted = {0};
	model_index(model, a, &index);
	wanted_make(model, &index, u, a, INT32_MIN, &wanted);
	for (size_t i = 0; i < wanted.grants.len; i++) {
		const struct declared *d = &wanted.grants.at[i];
		const struct grant_words grant = {grant_key(d->principal, d->entitlement),
						  d->words};
		if (words_have_ended(d->words, today))
			continue;
		vec_push(a, out, (struct said_grant){grant, source});
	}
}

static void add_changes(const struct plan *plan, const bool *made, struct universe *u,
			struct arena *a, struct said_vec *out)
{
	for (size_t i = 0; made && i < plan->changes.len; i++) {
		const struct change *c = &plan->changes.at[i];
		const struct entitlement *e = c->entitlement;
		if (!made[i] || !e || c->action != ACTION_CREATE)
			continue;
		const struct grant_words grant = {
			grant_key(
				universe_principal(u, c->principal->kind, c->principal->name,
						   false),
				universe_entitlement(u, e->role, e->product, e->profile, e->group)),
			c->words};
		vec_push(a, out, (struct said_grant){grant, SOURCE_CHANGE});
	}
}

const struct grant_words_vec *said_words(const struct model *last, const struct plan *plan,
					 const bool *made, struct universe *u, struct arena *a)
{
	struct grant_words_vec *out = arena_zalloc(a, sizeof(*out));
	struct said_vec all = {0};
	if (last)
		add_model(last, SOURCE_SNAPSHOT, INT32_MIN, u, a, &all);
	if (plan)
		add_changes(plan, made, u, a, &all);
	if (plan && plan->wanted)
		add_model(plan->wanted, SOURCE_MANIFEST, time_day(plan->created), u, a, &all);
	vec_sort(&all, by_weight);
	for (size_t i = 0; i < all.len; i++) {
		bool counts = i + 1 == all.len || all.at[i + 1].grant.key != all.at[i].grant.key;
		if (counts && all.at[i].grant.words)
			vec_push(a, out, all.at[i].grant);
	}
	return out;
}

static const char *owner_of(const struct account *account, const struct live *last,
			    const struct model_index *wanted)
{
	const struct account *said = wanted ? model_find_account(wanted, account->meta.name) : NULL;
	if (!said || !said->owner)
		said = last ? drift_base_of(last, account) : NULL;
	return said ? said->owner : NULL;
}

void said_owners(const struct live *last, const struct plan *plan, unsigned attributes,
		 struct arena *a, struct live *live)
{
	struct account_vec accounts = {0};
	struct model_index index;
	const struct model *wanted = plan ? plan->wanted : NULL;
	if (attributes & ATTRIBUTE_OWNER)
		return;
	if (wanted)
		model_index(wanted, a, &index);
	vec_reserve(a, &accounts, live->accounts.len + 1);
	for (size_t i = 0; i < live->accounts.len; i++) {
		struct account account = live->accounts.at[i];
		account.owner = owner_of(&account, last, wanted ? &index : NULL);
		vec_push(a, &accounts, account);
	}
	live->accounts = accounts;
}
