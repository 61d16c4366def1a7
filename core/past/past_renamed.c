/* SPDX-License-Identifier: Apache-2.0 */
#include "core/past/past_renamed.h"

#include <string.h>

struct renaming {
	const struct past_changes_input *in;
	const struct timeline *t;
	struct arena *arena;
	struct past_renames *out;
};

static bool is_of_account(const struct renaming *r, const struct shift *s)
{
	return !s->hidden &&
	       universe_principal_numbered(r->t->universe, s->principal)->kind == PRINCIPAL_ACCOUNT;
}

/* Whether accounts both lost and got something there, which a rename looks like. */
static bool may_rename(const struct renaming *r, size_t from, size_t to)
{
	bool came = false, went = false;
	for (size_t i = from; i < to; i++) {
		const struct shift *s = &r->t->shifts.at[i];
		if (is_of_account(r, s))
			*(s->came ? &came : &went) = true;
	}
	return came && went;
}

/* The last moment before this one whose snapshot can be read; NULL. */
static const struct moment *before(const struct renaming *r, uint32_t moment)
{
	while (moment-- > 0) {
		if (!r->t->moments.at[moment].damage)
			return &r->t->moments.at[moment];
	}
	return NULL;
}

static uint32_t number_of(const struct renaming *r, const char *name)
{
	return universe_principal(r->t->universe, PRINCIPAL_ACCOUNT, intern(r->in->strings, name),
				  true);
}

static void list_entitlements(const struct renaming *r, size_t from, size_t to, uint32_t principal,
			      bool came, struct arena *a, struct key_vec *out)
{
	for (size_t i = from; i < to; i++) {
		const struct shift *s = &r->t->shifts.at[i];
		if (!s->hidden && s->principal == principal && s->came == came)
			vec_push(a, out, s->entitlement);
	}
	keys_sort_once(out);
}

/* What the one name lost and the other got. */
static void take(struct renaming *r, size_t from, size_t to, const struct past_rename *one)
{
	ARENA scratch = {0};
	struct key_vec went = {0}, came = {0};
	list_entitlements(r, from, to, one->then, false, &scratch, &went);
	list_entitlements(r, from, to, one->now, true, &scratch, &came);
	struct key_vec *along = &r->out->along[one->moment];
	size_t kept = along->len;
	for (size_t i = 0; i < went.len; i++) {
		if (!keys_have(&came, went.at[i]))
			continue;
		vec_push(r->arena, along, grant_key(one->then, (uint32_t)went.at[i]));
		vec_push(r->arena, along, grant_key(one->now, (uint32_t)went.at[i]));
	}
	if (along->len > kept)
		vec_push(r->arena, &r->out->all, *one);
	keys_sort_once(along);
}

static void look(struct renaming *r, size_t from, size_t to)
{
	ARENA scratch = {0};
	struct renamed_account_vec found = {0};
	uint32_t moment = r->t->shifts.at[from].moment;
	const struct moment *last = before(r, moment), *now = &r->t->moments.at[moment];
	if (!last || now->time < r->in->since || now->time > r->in->until ||
	    !may_rename(r, from, to))
		return;
	timeline_renamed(r->in->source, last->id, now->id, &scratch, &found);
	for (size_t i = 0; i < found.len; i++) {
		const struct past_rename one = {moment, number_of(r, found.at[i].then),
						number_of(r, found.at[i].now)};
		take(r, from, to, &one);
	}
}

void past_renames_find(const struct past_changes_input *input, struct arena *a,
		       struct past_renames *out)
{
	struct renaming r = {input, input->timeline, a, out};
	const struct shift_vec *shifts = &r.t->shifts;
	out->along = arena_zalloc(a, (r.t->moments.len + 1) * sizeof(*out->along));
	for (size_t from = 0, to; input->source && from < shifts->len; from = to) {
		for (to = from + 1;
		     to < shifts->len && shifts->at[to].moment == shifts->at[from].moment; to++)
			;
		look(&r, from, to);
	}
}

bool past_renames_have(const struct past_renames *all, const struct shift *shift)
{
	return keys_have(&all->along[shift->moment],
			 grant_key(shift->principal, shift->entitlement));
}
