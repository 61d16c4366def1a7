/* SPDX-License-Identifier: Apache-2.0 */
/* A read of the live organisation: what it is asked for, and what it could not show. */
#include <string.h>

#include "core/contract/provider.h"
#include "core/model/live.h"

static bool removes_from_any(const struct model *m)
{
	for (size_t i = 0; i < m->organizations.len; i++) {
		if (m->organizations.at[i].unlisted == UNLISTED_REMOVE)
			return true;
	}
	for (size_t i = 0; i < m->roles.len; i++) {
		if (m->roles.at[i].unlisted == UNLISTED_REMOVE)
			return true;
	}
	for (size_t i = 0; i < m->products.len; i++) {
		if (m->products.at[i].unlisted == UNLISTED_REMOVE)
			return true;
	}
	return false;
}

static bool is_about_groups(const struct assignment *d)
{
	for (size_t i = 0; i < d->members.len; i++) {
		if (d->members.at[i].member == PRINCIPAL_GROUP)
			return true;
	}
	return d->unlisted != UNLISTED_KEEP; /* unsaid, what is not listed is reported */
}

/* User groups hold products alone. */
static bool is_any_about_groups(const struct model *m)
{
	for (size_t i = 0; i < m->products.len; i++) {
		if (is_about_groups(&m->products.at[i]))
			return true;
	}
	return false;
}

struct query query_of(const struct model *wanted, const struct model_index *index, struct arena *a)
{
	VEC(, const struct account *) all = {0};
	vec_reserve(a, &all, wanted->accounts.len + 1);
	for (size_t i = 0; i < wanted->accounts.len; i++) {
		const struct account *account =
			account_with_apis(&wanted->accounts.at[i], index, a, DATE_NONE);
		vec_push(a, &all, account);
		for (size_t k = 0; k < account->meta.previously.len; k++) {
			const char *name = account->meta.previously.at[k].text;
			struct account *earlier;
			if (model_find_account(index, name))
				continue;
			earlier = arena_zalloc(a, sizeof(*earlier));
			earlier->meta.name = name;
			earlier->apis = account->apis; /* how they are spelled */
			vec_push(a, &all, earlier);
		}
	}
	return (struct query){.what = COLLECT_ALL,
			      .managed = all.at,
			      .count = all.len,
			      .all = removes_from_any(wanted),
			      .groups = is_any_about_groups(wanted)};
}

const struct query query_all = {.what = COLLECT_ALL, .all = true, .groups = true};

/* ---- what a read did not show ---- */

static const enum role everywhere[] = {ROLE_SYSTEM_ADMINISTRATOR, ROLE_STORAGE_ADMINISTRATOR,
				       ROLE_DEPLOYMENT_ADMINISTRATOR, ROLE_SUPPORT_ADMINISTRATOR};
#define EVERYWHERE (sizeof(everywhere) / sizeof(*everywhere))

struct looker {
	const struct provider_reader *reader;
	struct provider *session;
	struct arena *arena;
	struct live *live;
	struct text_vec lists[1U << EVERYWHERE]; /* by set of indices in everywhere[]; made once */
};

/* The roles that are hidden of a principal, as a set of indices, and what would show each. */
static unsigned hidden_of(const struct looker *l, const struct principal *who,
			  const struct account *account, const char *sources[static EVERYWHERE])
{
	unsigned set = 0;
	for (unsigned i = 0; i < EVERYWHERE; i++) {
		const struct entitlement role = {.role = everywhere[i]};
		if (provider_sees(l->reader, l->session, who, account, &role))
			continue;
		sources[i] = provider_source_of(l->reader, l->session, who, account, &role);
		set |= 1U << i;
	}
	return set;
}

static void count_hidden(struct looker *l, enum principal_kind kind, unsigned set, size_t count,
			 const char *const sources[static EVERYWHERE])
{
	struct blind_vec *all = &l->live->blind;
	for (unsigned i = 0; i < EVERYWHERE; i++) {
		size_t at = 0;
		if (!(set & 1U << i))
			continue;
		while (at < all->len &&
		       (all->at[at].role != everywhere[i] || all->at[at].kind != kind ||
			all->at[at].source != sources[i]))
			at++;
		if (at == all->len)
			vec_push(l->arena, all,
				 (struct blind_spot){sources[i], 0, everywhere[i], kind});
		all->at[at].count += count;
	}
}

/* "X and Y", each once, in words that complete "... would show them". */
static const char *name_sources(const struct looker *l, unsigned set,
				const char *const sources[static EVERYWHERE])
{
	const char *named = NULL, *last = NULL;
	for (unsigned i = 0; i < EVERYWHERE; i++) {
		if (!(set & 1U << i) || !sources[i] || sources[i] == last)
			continue;
		last = sources[i];
		named = named ? arena_printf(l->arena, "%s and %s", named, last) : last;
	}
	return named ? named : "no configured source";
}

static const struct text_vec *list_of(struct looker *l, unsigned set)
{
	struct text_vec *list = &l->lists[set];
	for (unsigned i = 0; i < EVERYWHERE && set; i++) {
		if (set & 1U << i && list->len < (size_t)__builtin_popcount(set))
			vec_push(l->arena, list,
				 (struct text_item){role_table[everywhere[i]].name, {0}});
	}
	return list;
}

static void look_at_account(struct looker *l, struct account *account)
{
	const struct principal who = {.name = account->meta.name, .kind = PRINCIPAL_ACCOUNT};
	const char *sources[EVERYWHERE] = {0};
	unsigned set = hidden_of(l, &who, account, sources);
	if (!set)
		return;
	account->unseen = *list_of(l, set);
	account->unseen_roles = name_sources(l, set, sources);
	count_hidden(l, PRINCIPAL_ACCOUNT, set, 1, sources);
}

static void look_at_user(struct looker *l, const char *name, size_t count)
{
	const struct principal who = {.name = name, .kind = PRINCIPAL_USER};
	const char *sources[EVERYWHERE] = {0};
	unsigned set = hidden_of(l, &who, NULL, sources);
	count_hidden(l, PRINCIPAL_USER, set, count, sources);
}

/* Where no list says who is there, any address stands for them all. */
static void look_at_users(struct looker *l)
{
	const struct catalogue *c = &l->live->catalogue;
	if (!c->has_users)
		look_at_user(l, "", 0);
	for (size_t i = 0; c->has_users && i < c->users.len; i++)
		look_at_user(l, c->users.at[i].text, 1);
}

static int by_kind_then_role(const void *a, const void *b)
{
	const struct blind_spot *x = a, *y = b;
	int order = (int)x->kind - (int)y->kind;
	order = order ? order : (int)x->role - (int)y->role;
	return order ? order : strcmp(x->source ? x->source : "", y->source ? y->source : "");
}

/* A store of files says so itself. */
static void find_hidden(const struct provider_reader *reader, struct provider *p, struct arena *a,
			struct live *live)
{
	struct looker l = {.reader = reader, .session = p, .arena = a, .live = live};
	live->all_seen |= provider_shows_all(reader);
	if (live->all_seen || live->blind.len)
		return;
	for (size_t i = 0; i < live->accounts.len; i++)
		look_at_account(&l, &live->accounts.at[i]);
	look_at_users(&l);
	vec_sort(&live->blind, by_kind_then_role);
}

struct error *provider_read(const struct provider_reader *reader, struct provider *p,
			    struct arena *a, struct universe *u, const struct query *query,
			    struct live *out)
{
	struct error *error = reader->read(p, a, u, query, out);
	if (error)
		return error_wrap(error, "reading the live organisation");
	out->whole |= !query->managed || query->all;
	live_sort(&out->accounts);
	live_sort_unseen_groups(out);
	if (query->what & COLLECT_GRANTS)
		find_hidden(reader, p, a, out);
	for (size_t i = 1; i < out->accounts.len; i++) {
		if (account_order(&out->accounts.at[i - 1], &out->accounts.at[i]) == 0)
			return error_new(ERROR_REMOTE,
					 "provider %s: two live accounts are named \"%s\"",
					 reader->name, out->accounts.at[i].meta.name);
	}
	return NULL;
}
