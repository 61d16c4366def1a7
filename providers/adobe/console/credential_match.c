/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/console/credential_match.h"

#include <string.h>
#include <uthash.h>

#include "providers/adobe/console/adobe_names.h"

struct taken {
	const char *name; /* interned: the key is its address */
	UT_hash_handle hh;
};

struct matcher {
	struct provider *session;
	const struct query *query;
	struct arena arena;
	struct taken *taken;
	bool *matched; /* by managed account */
};

/* Whether an account stands for an earlier name of another one, and so has nothing but its name. */
static bool is_earlier(const struct account *a)
{
	return !a->credential && !a->at.file;
}

static bool is_slug_of(const struct account *a, const char *credential)
{
	ARENA scratch = {0};
	return !strcmp(account_slug(&scratch, credential), a->meta.name);
}

bool match_wants(const struct query *query, const char *credential)
{
	if (query->all)
		return true;
	for (size_t i = 0; i < query->count; i++) {
		const struct account *a = query->managed[i];
		if (!strcmp(account_credential(a), credential) ||
		    (is_earlier(a) && is_slug_of(a, credential)))
			return true;
	}
	return false;
}

static bool is_taken(struct matcher *m, const char *name)
{
	struct taken *t;
	HASH_FIND_PTR(m->taken, &name, t);
	return t != NULL;
}

static void take(struct matcher *m, const char *name)
{
	if (is_taken(m, name))
		return;
	struct taken *t = arena_zalloc(&m->arena, sizeof(*t));
	t->name = name;
	HASH_ADD_PTR(m->taken, name, t);
}

enum closeness { SAME_PLACE, SAME_NAME, SAME_SLUG };

static bool is_close(const struct account *a, const struct credential *c, enum closeness how)
{
	if (how == SAME_SLUG)
		return is_earlier(a) && is_slug_of(a, c->name);
	if (strcmp(account_credential(a), c->name) != 0)
		return false;
	return how == SAME_NAME || !a->project || (c->project && !strcmp(a->project, c->project));
}

static void match_managed(struct matcher *m, enum closeness how)
{
	struct credential_vec *all = &m->session->credentials;
	for (size_t i = 0; i < m->query->count; i++) {
		const struct account *a = m->query->managed[i];
		for (size_t k = 0; k < all->len && !m->matched[i]; k++) {
			struct credential *c = &all->at[k];
			if (c->account || !c->detailed || !is_close(a, c, how))
				continue;
			c->account = a->meta.name;
			m->matched[i] = true;
		}
	}
}

static int by_id(const void *a, const void *b)
{
	const struct credential *x = a, *y = b;
	size_t n = strlen(x->id), m = strlen(y->id);
	return n != m ? (n > m ? 1 : -1) : strcmp(x->id, y->id);
}

static const char *free_name(struct matcher *m, const char *credential)
{
	struct intern *strings = m->session->strings;
	const char *slug = account_slug(&m->arena, credential), *name = intern(strings, slug);
	for (unsigned n = 2; is_taken(m, name); n++)
		name = intern(strings, arena_printf(&m->arena, "%.56s-%u", slug, n));
	take(m, name);
	return name;
}

static void name_rest(struct matcher *m)
{
	struct credential_vec *all = &m->session->credentials;
	for (size_t i = 0; i < m->query->count; i++)
		take(m, m->query->managed[i]->meta.name);
	for (size_t i = 0; i < all->len; i++) {
		if (!all->at[i].account)
			all->at[i].account = free_name(m, all->at[i].name);
	}
}

void match_accounts(struct provider *p, const struct query *query)
{
	struct matcher m = {.session = p, .query = query};
	m.matched = arena_zalloc(&m.arena, m.query->count + 1);
	vec_sort(&p->credentials, by_id);
	match_managed(&m, SAME_PLACE);
	match_managed(&m, SAME_NAME);
	match_managed(&m, SAME_SLUG);
	name_rest(&m);
	session_sort(p);
	HASH_CLEAR(hh, m.taken);
	arena_done(&m.arena);
}

static const struct account *find_managed(const struct query *query, const char *name)
{
	for (size_t i = 0; i < query->count; i++) {
		if (query->managed[i]->meta.name == name)
			return query->managed[i];
	}
	return NULL;
}

const char *match_spelling(const struct query *query, const char *account, const char *code,
			   const char *name)
{
	const struct account *a = find_managed(query, account);
	for (size_t i = 0; a && i < a->apis.len; i++) {
		if (names_equal(a->apis.at[i].name, name) || names_equal(a->apis.at[i].name, code))
			return a->apis.at[i].name;
	}
	return name;
}
