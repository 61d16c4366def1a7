/* SPDX-License-Identifier: Apache-2.0 */
#include "core/past/past_seen.h"

#include <string.h>

#include "core/past/grant_periods.h"
#include "core/past/past_renamed.h"
#include "core/render/render.h"
#include "core/util/keys.h"

/* A row of a run, to be found by what it did. */
struct told {
	const char *run;
	uint64_t key;
	bool came;
	size_t row;
};
VEC(told_vec, struct told);

struct seer {
	const struct past_changes_input *in;
	const struct timeline *t;
	struct arena *arena;
	struct past_changes *out;
	struct told_vec told; /* sorted */
	struct past_renames renames;
	struct sight sight;
	const char *organization; /* whose snapshots these are, by its runs; "" when unknown */
};

static uint32_t number_of(const struct seer *s, enum principal_kind kind, const char *name)
{
	return universe_principal(s->t->universe, kind, intern(s->in->strings, name), false);
}

PRINTF(2, 3)
static void add_gap(const struct seer *s, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	vec_push(s->arena, &s->out->gaps, arena_vprintf(s->arena, fmt, args));
	va_end(args);
}

static bool is_in(const struct seer *s, int64_t time)
{
	return time >= s->in->since && time <= s->in->until;
}

/* ---- what runs told ---- */

static int by_deed(const void *a, const void *b)
{
	const struct told *x = a, *y = b;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (int)x->came - (int)y->came;
}

static void list_told(struct seer *s)
{
	const struct past_change_vec *rows = &s->out->rows;
	for (size_t i = 0; i < rows->len; i++) {
		const struct past_change *row = &rows->at[i];
		if (!row->has_entitlement)
			continue;
		uint64_t key = grant_key(number_of(s, row->principal.kind, row->principal.name),
					 universe_number(s->t->universe, &row->entitlement));
		vec_push(s->arena, &s->told,
			 (struct told){row->run, key, row->verb == PAST_GIVEN, i});
	}
	vec_sort(&s->told, by_deed);
}

static const struct known_run *find_run(const struct seer *s, const char *name)
{
	for (size_t i = 0; i < s->in->runs->len; i++) {
		const struct known_run *r = &s->in->runs->at[i];
		if (!strcmp(r->name, name))
			return r;
	}
	return NULL;
}

static const char *find_organization(const struct seer *s)
{
	for (size_t i = 0; i < s->t->moments.len; i++) {
		const char *name = s->t->moments.at[i].run;
		const struct known_run *run = name ? find_run(s, name) : NULL;
		if (run && *run->organization)
			return run->organization;
	}
	return "";
}

/* Whether a run renamed this account: then its grants moved to another name with it. */
static bool is_renamed(const struct seer *s, size_t rows_told, const char *run,
		       const struct principal *p, bool came)
{
	const struct past_change_vec *rows = &s->out->rows;
	for (size_t i = 0; i < rows_told; i++) {
		const struct past_change *row = &rows->at[i];
		if (row->verb != PAST_CHANGED || !row->with_account || !row->run ||
		    strcmp(row->run, run) != 0)
			continue;
		if (!strcmp(p->name, came ? row->principal.name : row->with_account))
			return p->kind == PRINCIPAL_ACCOUNT;
	}
	return false;
}

/* ---- what was not seen ---- */

static void list_unseen(struct seer *s)
{
	struct tenure_vec all = {0};
	const struct moment_vec *moments = &s->t->moments;
	const struct tenure *last = NULL;
	timeline_hidden(s->t, s->arena, &all);
	for (size_t i = 0; i < all.len; i++) {
		const struct tenure *t = &all.at[i];
		bool over = t->to != SIZE_MAX && moments->at[t->to].time < s->in->since;
		if (over || moments->at[t->from].time > s->in->until)
			continue;
		grant_periods_hide(&s->out->unseen, s->arena, t, last);
		last = t;
	}
}

/* Whether it is unsure that something changed: what went when it ceased to be seen, or came when
 * it was seen again, may have been so all the time. */
static bool is_unsure(const struct seer *s, const struct shift *shift)
{
	if (shift->came && shift->moment == 0)
		return false;
	return sight_lacks(&s->sight, shift->principal, shift->entitlement,
			   shift->came ? shift->moment - 1 : shift->moment);
}

/* ---- rows ---- */

static const char *manifests_of(const struct seer *s, const struct moment *m)
{
	struct commit commit;
	struct error *error = history_read_commit(s->in->snapshots, s->arena, m->id, &commit);
	const char *named = error ? NULL : commit_trailer(&commit, "Writ-Manifests");
	error_free(error);
	return named && history_is_id(named) ? named : NULL;
}

static struct past_change row_of(const struct seer *s, const struct shift *shift)
{
	const struct moment *m = &s->t->moments.at[shift->moment];
	const struct universe *u = s->t->universe;
	const struct known_run *run = m->run ? find_run(s, m->run) : NULL;
	struct past_change row = {
		.principal = *universe_principal_numbered(u, shift->principal),
		.entitlement = *universe_entitlement_numbered(u, shift->entitlement),
		.has_entitlement = true,
		.time = m->time,
		.latest = m->unsure,
		.organization = s->organization,
		.run = m->run,
		.plan = m->plan,
		.found_by = m->drift,
		.snapshot = m->id,
		.expires = DATE_NONE,
		.verb = shift->came ? PAST_GIVEN : PAST_TAKEN,
		.source = m->run     ? PAST_RUN
			  : m->drift ? PAST_DRIFT
				     : PAST_UNNAMED,
	};
	if (m->unsure) {
		row.source = PAST_UNNAMED;
		row.run = row.plan = row.found_by = NULL;
		row.unknown = "what made it is not known here: the snapshot before the one that "
			      "shows it is not at hand";
	} else if (run && run->ledger) {
		row.source = PAST_UNNAMED;
		row.unknown = arena_printf(s->arena,
					   "the snapshot of run %s shows it, and the run's record "
					   "does not say that it made it",
					   m->run);
	} else if (m->run) {
		row.manifests = manifests_of(s, m);
	}
	return row;
}

/* An account without grants leaves no shift, so its row is shown by the run's own snapshot. */
static void show_accounts(struct seer *s, const struct moment *m)
{
	struct past_change_vec *rows = &s->out->rows;
	for (size_t i = 0; m->run && i < rows->len; i++) {
		struct past_change *row = &rows->at[i];
		if (!row->has_entitlement && !row->snapshot && !strcmp(row->run, m->run))
			row->snapshot = m->id;
	}
}

/* When the last moment before this one was that can be read: what came about since is shown by
 * this one. */
static int64_t readable_before(const struct seer *s, size_t moment)
{
	while (moment-- > 0) {
		if (!s->t->moments.at[moment].damage)
			return s->t->moments.at[moment].time;
	}
	return INT64_MIN;
}

/* Whether a run's row is what this moment shows: the moment is of that run, or the run left no
 * snapshot of its own, or none that can be read, and was there between the two. */
static bool is_row_of(const struct seer *s, const struct told *one, size_t moment)
{
	const struct moment *m = &s->t->moments.at[moment];
	int64_t time = s->out->rows.at[one->row].time;
	if (m->run && !strcmp(m->run, one->run))
		return true;
	return moment > 0 && readable_before(s, moment) < time && time <= m->time;
}

static bool is_told(struct seer *s, const struct shift *shift)
{
	struct told key = {.key = grant_key(shift->principal, shift->entitlement),
			   .came = shift->came};
	bool told = false;
	const struct told *one = vec_find(&s->told, &key, by_deed);
	for (; one && by_deed(one, &key) == 0; one = vec_next(&s->told, one)) {
		if (!is_row_of(s, one, shift->moment))
			continue;
		s->out->rows.at[one->row].snapshot = s->t->moments.at[shift->moment].id;
		told = true;
	}
	return told;
}

static void add_shift(struct seer *s, const struct shift *shift)
{
	const struct moment *m = &s->t->moments.at[shift->moment];
	struct principal p = *universe_principal_numbered(s->t->universe, shift->principal);
	if (is_told(s, shift) || shift->moment == 0 || !is_in(s, m->time) || is_unsure(s, shift) ||
	    (m->run && is_renamed(s, s->out->rows.len, m->run, &p, shift->came)) ||
	    past_renames_have(&s->renames, shift))
		return;
	vec_push(s->arena, &s->out->rows, row_of(s, shift));
}

/* An account has another name since, and no run's record says so. */
static void add_rename(struct seer *s, size_t told, const struct past_rename *one)
{
	const struct shift like = {.moment = one->moment, .principal = one->now};
	const struct moment *m = &s->t->moments.at[one->moment];
	const struct principal *now = universe_principal_numbered(s->t->universe, one->now);
	if (m->run && is_renamed(s, told, m->run, now, true))
		return;
	struct past_change row = row_of(s, &like);
	row.has_entitlement = false;
	row.entitlement = (struct entitlement){0};
	row.verb = PAST_CHANGED;
	row.with_account = universe_principal_numbered(s->t->universe, one->then)->name;
	vec_push(s->arena, &s->out->rows, row);
}

/* ---- what may be missing ---- */

static void tell_beginning(const struct seer *s)
{
	const struct moment *first = &s->t->moments.at[0];
	size_t there = 0;
	for (size_t i = 0; i < s->t->shifts.len && s->t->shifts.at[i].moment == 0; i++)
		there += !s->t->shifts.at[i].hidden;
	if (first->time < s->in->since)
		return;
	if (first->damage) {
		add_gap(s,
			"the history of snapshots begins at %s with one that cannot be read: who "
			"held what by then is not known here",
			render_time(s->arena, first->time));
		return;
	}
	add_gap(s,
		"the history of snapshots begins at %s%s%s: %zu grant%s there by then, and drift "
		"before it is not known here",
		render_time(s->arena, first->time), first->unsure ? ", for " : "",
		first->unsure ? first->unsure : "", there, there == 1 ? " was" : "s were");
}

static void tell_moments(const struct seer *s)
{
	for (size_t i = 0; i < s->t->moments.len; i++) {
		const struct moment *m = &s->t->moments.at[i];
		if (m->damage)
			add_gap(s,
				"the snapshot of commit %.12s cannot be read, and what changed "
				"there is told of the next: %s",
				m->id, m->damage);
		if (m->edited && is_in(s, m->time))
			add_gap(s,
				"%s of the snapshot of commit %.12s was edited by hand, or mixed "
				"by a merge",
				m->edited, m->id);
	}
	const struct moment *last = &s->t->moments.at[s->t->moments.len - 1];
	if (last->time < s->in->until)
		add_gap(s, "the newest snapshot is of %s: drift after it is not known here",
			render_time(s->arena, last->time));
}

void past_seen_add(const struct past_changes_input *input, struct arena *a,
		   struct past_changes *out)
{
	struct seer s = {.in = input, .t = input->timeline, .arena = a, .out = out};
	if (s.t->moments.len == 0) {
		add_gap(&s, "no commit has a snapshot: drift is not known here");
		return;
	}
	timeline_sight(s.t, a, &s.sight);
	s.organization = find_organization(&s);
	list_told(&s);
	list_unseen(&s);
	past_renames_find(input, a, &s.renames);
	for (size_t i = 0; i < s.t->shifts.len; i++) {
		if (!s.t->shifts.at[i].hidden)
			add_shift(&s, &s.t->shifts.at[i]);
	}
	size_t told = out->rows.len;
	for (size_t i = 0; i < s.renames.all.len; i++)
		add_rename(&s, told, &s.renames.all.at[i]);
	for (size_t i = 0; i < s.t->moments.len; i++)
		show_accounts(&s, &s.t->moments.at[i]);
	tell_beginning(&s);
	tell_moments(&s);
	out->failed |= s.t->failed;
}
