/* SPDX-License-Identifier: Apache-2.0 */
/* What a plan tells besides its changes: the accounts they are about, words for people, the price,
 * and digests of what it was made from. */
#include <string.h>

#include "core/plan/planner.h"
#include "core/util/str.h"

/* What is said of an account, with what the service assigned to it. */
static struct account *describe_account(struct planner *p, const struct account *said,
					const struct account *live)
{
	struct account *a = arena_zalloc(p->arena, sizeof(*a));
	a->meta.name = said->meta.name;
	a->credential = account_credential(said);
	a->project = said->project || !live ? said->project : live->project;
	a->apis = said->apis; /* how they are spelled */
	a->id = live ? live->id : NULL;
	a->email = live ? live->email : NULL;
	return a;
}

static void add_account(struct planner *p, const struct change *c)
{
	const struct account *said = planner_holder(p, c->principal_rank);
	const struct account *live = c->before ? c->before : p->held[c->principal_rank];
	if (!said)
		return;
	struct account *now = describe_account(p, said, live);
	if (live && !(c->type == CHANGE_ACCOUNT && (c->attributes & ATTRIBUTE_CREDENTIAL)))
		now->credential = account_credential(live);
	vec_push(p->arena, &p->plan->accounts, now);
	if (!c->before || !strcmp(said->meta.name, c->before->meta.name))
		return;
	struct account *then = describe_account(p, c->before, c->before);
	then->former = true;
	vec_push(p->arena, &p->plan->accounts, then);
}

/* Each account that a change is about, once; changes of one account stand together in
 * each phase. */
void planner_collect_accounts(struct planner *p)
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

/* The words for people, and the price. */
void planner_describe(struct planner *p)
{
	const struct provider_reader *r = p->in->reader;
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		struct change *c = &p->plan->changes.at[i];
		if (change_is_manual(c))
			c->steps = provider_describe(r, p->in->session, p->arena, c,
						     plan_email(p->plan, c));
		if (!c->note)
			c->note = provider_note(r, p->in->session, p->arena, p->plan, c);
	}
	provider_price(r, p->in->session, p->plan, &p->plan->cost);
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
		if (e->api)
			str_addn(&names[i], e->api, strlen(e->api) + 1);
	}
	return names;
}

/* A digest of what is live: every account's name and every grant, in their order. */
void planner_digest_live(struct planner *p)
{
	struct sha256 *s = sha256_new();
	const struct account_vec *accounts = &p->in->live->accounts;
	const struct str *names = name_entitlements(p);
	for (size_t i = 0; i < accounts->len; i++)
		sha256_add_text(s, accounts->at[i].meta.name);
	uint32_t last = UINT32_MAX;
	for (size_t i = 0; i < p->live.len; i++) {
		const struct str *entitlement = &names[grant_entitlement(p->live.at[i])];
		if (grant_principal(p->live.at[i]) != last) {
			last = grant_principal(p->live.at[i]);
			sha256_add_text(s, universe_principal_at(p->u, last)->name);
		}
		sha256_add(s, entitlement->at, entitlement->len);
	}
	sha256_end(s, p->plan->live_digest);
}
