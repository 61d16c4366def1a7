/* SPDX-License-Identifier: Apache-2.0 */
#include "core/report/matrix.h"

#include <string.h>

#include "core/util/clock.h"
#include "core/util/keys.h"

struct matrix_maker {
	const struct matrix_input *in;
	struct arena *arena;
	struct matrix *out;
	struct declaration_vec declarations; /* of the manifests */
	struct declaration_vec recorded;     /* what the snapshot says of its grants */
	struct pair_vec declared, seen_words, held, hidden; /* in numbers, then in ranks */
	struct pair_vec since, drifted;
	VEC(, const struct open_drift *) drifts; /* as `drifted` */
	struct tenure_vec tenures; /* that hold at the snapshot's moment, as `since` */
};

/* ---- numbering ---- */

static uint32_t number_principal(const struct matrix_maker *m, const struct principal *p)
{
	return universe_principal(m->in->universe, p->kind, intern(m->in->strings, p->name), false);
}

static const char *interned(const struct matrix_maker *m, const char *text)
{
	return text ? intern(m->in->strings, text) : NULL;
}

static uint32_t number_entitlement(const struct matrix_maker *m, const struct entitlement *e)
{
	const struct entitlement known = {
		.product = interned(m, e->product),
		.profile = interned(m, e->profile),
		.group = interned(m, e->group),
		.role = e->role,
		.api = interned(m, e->api),
	};
	return universe_number(m->in->universe, &known);
}

static void number_pair(struct matrix_maker *m, const struct principal *p,
			const struct entitlement *e, struct pair_vec *out)
{
	vec_push(m->arena, out, (struct pair){number_principal(m, p), number_entitlement(m, e)});
}

static void number_all(struct matrix_maker *m, const struct declaration_vec *all,
		       struct pair_vec *out)
{
	for (size_t i = 0; i < all->len; i++)
		number_pair(m, &all->at[i].principal, &all->at[i].entitlement, out);
}

static void number_accounts(struct matrix_maker *m, const struct account_vec *all)
{
	for (size_t i = 0; i < all->len; i++) {
		const struct principal p = {all->at[i].meta.name, PRINCIPAL_ACCOUNT};
		if (all->at[i].state != STATE_ABSENT)
			number_principal(m, &p);
	}
}

/* A role that was not seen is one cell, whatever it might be of. */
static void number_hidden(struct matrix_maker *m, const struct principal *who,
			  const struct text_vec *roles)
{
	for (size_t i = 0; i < roles->len; i++) {
		const struct entitlement e = {.role = role_find(roles->at[i].text)};
		if (e.role)
			number_pair(m, who, &e, &m->hidden);
	}
}

/* Where it might hold any, no cell stands for one. */
static void number_hidden_group(struct matrix_maker *m, const struct entry *unseen)
{
	const struct principal who = {unseen->name, PRINCIPAL_GROUP};
	const struct entitlement e = {.product = unseen->product, .profile = unseen->profile};
	if (e.product && e.profile)
		number_pair(m, &who, &e, &m->hidden);
}

static void number_drifts(struct matrix_maker *m)
{
	for (size_t i = 0; i < m->in->seen->drifts.len; i++) {
		const struct open_drift *d = &m->in->seen->drifts.at[i];
		const struct principal who = {d->principal, d->principal_kind};
		const struct entitlement e = {d->product, d->profile, d->group, d->role, d->api};
		if (!d->principal || !(d->role || d->product || d->api))
			continue;
		number_pair(m, &who, &e, &m->drifted);
		vec_push(m->arena, &m->drifts, d);
	}
}

static void number_seen(struct matrix_maker *m)
{
	const struct live *live = m->in->live;
	const struct principal users = {"", PRINCIPAL_USER};
	struct model_index index;
	for (size_t i = 0; i < live->grants.len; i++)
		vec_push(m->arena, &m->held, live->grants.at[i]);
	for (size_t i = 0; i < live->accounts.len; i++) {
		const struct principal who = {live->accounts.at[i].meta.name, PRINCIPAL_ACCOUNT};
		number_hidden(m, &who, &live->accounts.at[i].unseen);
	}
	if (live->document)
		number_hidden(m, &users, &live->document->unseen);
	for (size_t i = 0; i < live->unseen_groups.len; i++)
		number_hidden_group(m, &live->unseen_groups.at[i]);
	model_index(m->in->seen, m->arena, &index);
	declaration_collect(m->in->seen, &index, m->arena, DATE_NONE, &m->recorded);
	number_all(m, &m->recorded, &m->seen_words);
	number_accounts(m, &live->accounts);
	number_drifts(m);
}

static void number_tenures(struct matrix_maker *m)
{
	struct tenure_vec all = {0};
	timeline_tenures(m->in->timeline, m->arena, &all);
	for (size_t i = 0; i < all.len; i++) {
		const struct tenure *t = &all.at[i];
		if (t->from > m->in->moment || t->to <= m->in->moment)
			continue;
		vec_push(m->arena, &m->tenures, *t);
		number_pair(m, &t->principal, &t->entitlement, &m->since);
	}
}

/* ---- in ranks, sorted ---- */

/* What stands at `index` is of this grant. */
struct keyed {
	uint64_t key;
	size_t index;
};
VEC(keyed_vec, struct keyed);

static int by_key(const void *left, const void *right)
{
	const struct keyed *a = left, *b = right;
	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

static struct keyed_vec ranked(const struct matrix_maker *m, const struct pair_vec *pairs)
{
	const struct universe *u = m->in->universe;
	struct keyed_vec out = {0};
	for (size_t i = 0; i < pairs->len; i++)
		vec_push(m->arena, &out,
			 (struct keyed){
				 grant_key(universe_principal_rank(u, pairs->at[i].principal),
					   universe_entitlement_rank(u, pairs->at[i].entitlement)),
				 i});
	vec_sort(&out, by_key);
	return out;
}

/* The first of a key at or behind *at; *at stops there, for keys only grow. */
static size_t run_of(const struct keyed_vec *all, uint64_t key, size_t *at)
{
	size_t run = 0;
	while (*at < all->len && all->at[*at].key < key)
		(*at)++;
	while (*at + run < all->len && all->at[*at + run].key == key)
		run++;
	return run;
}

/* ---- cells ---- */

static int32_t end_of(const struct words *w)
{
	return w && w->expires != DATE_NONE ? w->expires : INT32_MAX;
}

/* Of its lines, the words of the one that holds longest. */
static void judge_lines(struct matrix_cell *c, const struct fact_vec *facts)
{
	const struct declaration *best = NULL;
	for (size_t i = c->fact; i < c->fact + c->facts; i++) {
		const struct declaration *d = facts->at[i].declaration;
		c->declared |= !d->expired;
		if (!best || end_of(d->words) > end_of(best->words))
			best = d;
	}
	c->ended = c->facts && !c->declared;
	if (best)
		c->words = best->words;
}

static enum matrix_state judge(const struct matrix_maker *m, const struct matrix_cell *c)
{
	if (c->held == HELD_YES && c->ended)
		return MATRIX_OVERDUE;
	if (c->held == HELD_YES)
		return m->in->wanted && !c->declared ? MATRIX_NOT_DECLARED : MATRIX_HELD;
	if (c->held == HELD_UNSEEN)
		return c->ended ? MATRIX_LINGERING : MATRIX_NOT_SEEN;
	if (c->ended)
		return MATRIX_ENDED;
	return c->held == HELD_UNASKED ? MATRIX_DECLARED : MATRIX_PENDING;
}

/* Whether the read could not show it, of a grant that it does not have. */
static bool is_hidden(const struct matrix_maker *m, const struct matrix_cell *c)
{
	const struct principal *who = universe_principal_at(m->in->universe, c->principal);
	const struct entitlement *e = universe_entitlement_at(m->in->universe, c->entitlement);
	return live_hides(m->in->live, who, e);
}

static enum matrix_held judge_held(const struct matrix_maker *m, const struct matrix_cell *c,
				   bool held, bool hidden)
{
	if (!m->in->live)
		return HELD_UNASKED;
	if (held)
		return HELD_YES;
	return hidden || is_hidden(m, c) ? HELD_UNSEEN : HELD_NO;
}

static void add_facts(struct matrix_maker *m, struct matrix_cell *c, const struct keyed *lines)
{
	c->fact = m->out->facts.len;
	for (size_t i = 0; i < c->facts; i++)
		vec_push(m->arena, &m->out->facts,
			 (struct fact){.declaration = &m->declarations.at[lines[i].index]});
	judge_lines(c, &m->out->facts);
}

static void date_cell(const struct matrix_maker *m, struct matrix_cell *c,
		      const struct keyed *tenure)
{
	const struct timeline *t = m->in->timeline;
	const struct tenure *held = &m->tenures.at[tenure->index];
	const struct moment *from = &t->moments.at[held->from];
	c->since = from->time;
	c->since_unsure = from->unsure || held->dark_before;
}

static void add_cells(struct matrix_maker *m)
{
	struct keyed_vec lines = ranked(m, &m->declared), held = ranked(m, &m->held);
	struct keyed_vec hidden = ranked(m, &m->hidden), words = ranked(m, &m->seen_words);
	struct keyed_vec since = ranked(m, &m->since), drifts = ranked(m, &m->drifted);
	struct key_vec keys = {0};
	const struct keyed_vec *const all[] = {&lines, &held, &hidden};
	size_t line = 0, grant = 0, blind = 0, word = 0, tenure = 0, drift = 0;
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		for (size_t k = 0; k < all[i]->len; k++)
			vec_push(m->arena, &keys, all[i]->at[k].key);
	}
	keys_sort_once(&keys);
	for (size_t i = 0; i < keys.len; i++) {
		uint64_t key = keys.at[i];
		struct matrix_cell c = {.principal = grant_principal(key),
					.entitlement = grant_entitlement(key),
					.facts = run_of(&lines, key, &line)};
		add_facts(m, &c, lines.at + line);
		bool is_held = run_of(&held, key, &grant) > 0;
		c.held = judge_held(m, &c, is_held, run_of(&hidden, key, &blind) > 0);
		if (run_of(&words, key, &word) && !c.words)
			c.words = m->recorded.at[words.at[word].index].words;
		if (run_of(&since, key, &tenure) && c.held == HELD_YES)
			date_cell(m, &c, &since.at[tenure]);
		if (run_of(&drifts, key, &drift))
			c.drift = m->drifts.at[drifts.at[drift].index];
		c.expires = c.words ? c.words->expires : DATE_NONE;
		c.state = judge(m, &c);
		m->out->unseen += c.held == HELD_UNSEEN;
		vec_push(m->arena, &m->out->cells, c);
	}
}

/* ---- principals ---- */

static void find_account(const struct matrix_maker *m, struct matrix_principal *p)
{
	const struct account *live = m->in->live ? live_find(m->in->live, p->who->name) : NULL;
	const struct account *declared =
		m->in->index ? model_find_account(m->in->index, p->who->name) : NULL;
	p->live = live;
	p->declared = declared && declared->state != STATE_ABSENT ? declared : NULL;
	p->owner = p->declared && p->declared->owner ? p->declared->owner
		   : live			     ? live->owner
						     : NULL;
}

/* Whether it is in force, or may be: what was not seen and no line speaks of is not among these. */
static bool counts(const struct matrix_cell *c)
{
	if (c->held == HELD_UNASKED)
		return c->declared;
	return c->held == HELD_YES || (c->held == HELD_UNSEEN && c->facts);
}

static void count_power(struct matrix_principal *p, const struct matrix_cell *c)
{
	p->unsure += counts(c) && c->held == HELD_UNSEEN;
	if (counts(c))
		p->powers++;
	else if (c->declared)
		p->awaited++;
}

static void add_principals(struct matrix_maker *m)
{
	struct matrix *out = m->out;
	size_t cell = 0;
	for (uint32_t rank = 0; rank < universe_principals(m->in->universe); rank++) {
		struct matrix_principal p = {.who = universe_principal_at(m->in->universe, rank),
					     .cell = cell};
		for (; cell < out->cells.len && out->cells.at[cell].principal == rank; cell++) {
			const struct matrix_cell *c = &out->cells.at[cell];
			if (matrix_is_power(matrix_entitlement(out, c)))
				count_power(&p, c);
			p.cells++;
		}
		if (p.who->kind == PRINCIPAL_ACCOUNT)
			find_account(m, &p);
		out->administrators += p.powers > 0;
		out->unsure += p.powers > 0 && p.powers == p.unsure;
		out->pending += !p.powers && p.awaited;
		out->known += matrix_has(&p) && *p.who->name;
		vec_push(m->arena, &out->principals, p);
	}
}

void matrix_make(const struct matrix_input *input, struct arena *a, struct matrix *out)
{
	struct matrix_maker m = {.in = input, .arena = a, .out = out};
	*out = (struct matrix){.now = input->now, .universe = input->universe};
	if (input->wanted) {
		out->organization = input->wanted->organizations.at[0].meta.name;
		out->org_id = input->wanted->organizations.at[0].org_id;
		declaration_collect(input->wanted, input->index, a, time_day(input->now),
				    &m.declarations);
		number_all(&m, &m.declarations, &m.declared);
		number_accounts(&m, &input->wanted->accounts);
	}
	if (input->live) {
		out->organization = input->live->organization;
		out->org_id = out->org_id ? out->org_id : input->live->org_id;
		number_seen(&m);
	}
	if (input->live && input->timeline)
		number_tenures(&m);
	universe_rank(input->universe);
	add_cells(&m);
	add_principals(&m);
}

void matrix_trace(struct matrix *m, struct arena *a, const struct signers *signers)
{
	struct grant_answer answer = {.facts = m->facts};
	const char *why = NULL;
	bool whole = grant_answer_trace(&answer, a, signers, &why);
	if (!whole && !why)
		why = "the clone is shallow or partial";
	m->lines_lost = why;
}
