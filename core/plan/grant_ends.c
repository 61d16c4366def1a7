/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plan/grant_ends.h"

#include <string.h>

#include "core/model/declaration.h"

static int by_address(const void *a, const void *b)
{
	const struct grant_end *x = a, *y = b;
	return strcmp(x->address, y->address);
}

static int by_address_then_day(const void *a, const void *b)
{
	const struct grant_end *x = a, *y = b;
	int order = by_address(a, b);
	return order ? order : (x->day < y->day) - (x->day > y->day);
}

void grant_ends_sort(struct grant_end_vec *ends)
{
	size_t kept = 0;
	vec_sort(ends, by_address_then_day);
	for (size_t i = 0; i < ends->len; i++) {
		if (!kept || by_address(&ends->at[kept - 1], &ends->at[i]) != 0)
			ends->at[kept++] = ends->at[i];
	}
	ends->len = kept;
}

const struct grant_end *grant_ends_find(const struct grant_end_vec *ends, const char *address)
{
	const struct grant_end key = {.address = address};
	return vec_find(ends, &key, by_address);
}

struct grant_end_vec *grant_ends_join(const struct grant_end_vec *ledger,
				      const struct grant_end_vec *snapshot, struct arena *a)
{
	struct grant_end_vec *all = arena_zalloc(a, sizeof(*all));
	for (size_t i = 0; i < ledger->len; i++)
		vec_push(a, all, ledger->at[i]);
	for (size_t i = 0; snapshot && i < snapshot->len; i++) {
		if (!vec_find(ledger, &snapshot->at[i], by_address))
			vec_push(a, all, snapshot->at[i]);
	}
	grant_ends_sort(all);
	return all;
}

void grant_ends_of(const struct model *snapshot, struct universe *u, struct arena *a,
		   struct grant_end_vec *out)
{
	struct model_index index;
	struct wanted said = {0};
	model_index(snapshot, a, &index);
	wanted_make(snapshot, &index, u, a, INT32_MIN, &said);
	for (size_t i = 0; i < said.grants.len; i++) {
		const struct declared *d = &said.grants.at[i];
		if (!d->words || d->words->expires == DATE_NONE)
			continue;
		const char *address =
			change_address(a, universe_principal_numbered(u, d->principal),
				       universe_entitlement_numbered(u, d->entitlement));
		vec_push(a, out, (struct grant_end){address, d->words->expires});
	}
	grant_ends_sort(out);
}

/* What the addresses of an account's grants begin with. */
static const char *grants_of(struct arena *a, const char *account)
{
	const struct principal who = {account, PRINCIPAL_ACCOUNT};
	return arena_printf(a, "grant/%s/", change_address(a, &who, NULL));
}

struct end_move {
	const char *from, *to;
};
VEC(end_move_vec, struct end_move);

static void find_moves(const struct change_vec *changes, const bool *of, struct arena *a,
		       struct end_move_vec *out)
{
	for (size_t i = 0; i < changes->len; i++) {
		const struct change *c = &changes->at[i];
		if (c->reason == REASON_RENAMED && c->before && (!of || of[i]))
			vec_push(a, out,
				 (struct end_move){grants_of(a, c->before->meta.name),
						   grants_of(a, c->principal->name)});
	}
}

/* The address that this one has by now; NULL: its account has none any more. */
static const char *moved_address(const struct end_move_vec *moves, const char *address,
				 struct arena *a)
{
	bool taken = false;
	for (size_t i = 0; i < moves->len; i++) {
		const struct end_move *m = &moves->at[i];
		size_t from = strlen(m->from);
		if (!strncmp(address, m->from, from))
			return arena_printf(a, "%s%s", m->to, address + from);
		taken |= !strncmp(address, m->to, strlen(m->to));
	}
	return taken ? NULL : address;
}

void grant_ends_move(struct grant_end_vec *ends, const struct change_vec *changes, const bool *of,
		     struct arena *a)
{
	struct end_move_vec moves = {0};
	size_t kept = 0;
	find_moves(changes, of, a, &moves);
	for (size_t i = 0; i < ends->len && moves.len; i++) {
		const char *address = moved_address(&moves, ends->at[i].address, a);
		if (address)
			ends->at[kept++] = (struct grant_end){address, ends->at[i].day};
	}
	if (!moves.len)
		return;
	ends->len = kept;
	grant_ends_sort(ends);
}

const bool *grant_ends_passed(const struct change_vec *changes, const struct grant_end_vec *ends,
			      int32_t today, struct arena *a)
{
	bool *passed = ends && ends->len ? arena_zalloc(a, changes->len + 1) : NULL;
	for (size_t i = 0; passed && i < changes->len; i++) {
		const struct change *c = &changes->at[i];
		if (c->reason != REASON_EXPIRED)
			continue;
		const struct grant_end key = {change_address(a, c->principal, c->entitlement), 0};
		const struct grant_end *found = vec_find(ends, &key, by_address);
		passed[i] = found && found->day < today;
	}
	return passed;
}
