/* SPDX-License-Identifier: Apache-2.0 */
#include "core/past/timeline.h"

#include <string.h>

#include "core/language/check.h"
#include "core/language/stored.h"
#include "core/model/declaration.h"
#include "core/past/parse_cache.h"
#include "core/past/timeline_cache.h"
#include "core/record/snapshot.h"
#include "core/util/keys.h"
#include "core/util/progress.h"

/* ---- one snapshot ---- */

static struct error *first_finding(struct report *report)
{
	report_sort(report);
	const struct diagnostic *d = &report->items.at[0];
	for (size_t i = 0; d->severity != SEVERITY_ERROR; i++)
		d = &report->items.at[i];
	return error_new(ERROR_INPUT, "%s:%u:%u: %s", d->at.file, d->at.line, d->at.column,
			 d->summary);
}

static struct error *read_anew(const struct timeline_source *source, struct arena *scratch,
			       const char *place, const struct stored_file_vec *files,
			       struct model *out)
{
	struct report report = {.arena = scratch};
	struct manifest_reader reader = {source->strings, scratch, &report};
	*out = (struct model){0};
	manifest_parse(&reader, place, files, out);
	check_model(out, (struct location){place, 1, 1}, &report);
	return report.errors ? first_finding(&report) : NULL;
}

/* Most of a snapshot stood in the one before; false when anything is wrong, of which read_anew()
 * knows the place. */
static bool read_again(const struct timeline_source *source, struct parse_cache *memo,
		       struct arena *scratch, const struct stored_file_vec *files,
		       struct model *out)
{
	struct report report = {.arena = scratch};
	struct manifest_reader reader = {source->strings, scratch, &report};
	if (!parse_cache_parse(memo, &reader, files, out))
		return false;
	check_model(out, (struct location){"", 1, 1}, &report);
	return report.errors == 0;
}

static void add_hidden(struct arena *a, struct universe *u, uint32_t principal,
		       const struct text_vec *roles, struct pair_vec *out)
{
	for (size_t i = 0; i < roles->len; i++) {
		enum role role = role_find(roles->at[i].text);
		if (role)
			vec_push(a, out,
				 (struct pair){principal,
					       universe_entitlement(u, role, NULL, NULL, NULL)});
	}
}

static uint32_t number_profile(struct universe *u, const struct entry *profile)
{
	return universe_entitlement(u, ROLE_NONE, profile->product, profile->profile, NULL);
}

/* What a user group may have held: the profile that is named, else each that there was. */
static void add_hidden_group(const struct organization *o, struct arena *a, struct universe *u,
			     struct entry *unseen, struct pair_vec *out)
{
	const struct entry_vec one = {.at = unseen, .len = 1};
	uint32_t group = universe_principal(u, PRINCIPAL_GROUP, unseen->name, true);
	if (unseen->product && unseen->profile) {
		vec_push(a, out, (struct pair){group, number_profile(u, unseen)});
		return;
	}
	for (size_t i = 0; i < o->status.products.len; i++) {
		uint32_t number = number_profile(u, &o->status.products.at[i]);
		if (live_lists_group(&one, unseen->name, universe_entitlement_numbered(u, number)))
			vec_push(a, out, (struct pair){group, number});
	}
}

/* What no user was seen to hold; a principal without a name stands for all users, and for all user
 * groups where it is a product. */
static void add_hidden_users(const struct organization *o, struct intern *strings, struct arena *a,
			     struct universe *u, struct pair_vec *out)
{
	uint32_t anybody = universe_principal(u, PRINCIPAL_USER, intern(strings, ""), false);
	bool products = live_lists_products(&o->unseen);
	add_hidden(a, u, anybody, &o->unseen, out);
	for (size_t i = 0; products && i < o->status.products.len; i++)
		vec_push(a, out,
			 (struct pair){anybody, number_profile(u, &o->status.products.at[i])});
}

/* What the read behind a snapshot did not show. */
static void list_hidden(const struct model *m, struct intern *strings, struct arena *a,
			struct universe *u, struct pair_vec *out)
{
	const struct organization *o = &m->organizations.at[0];
	if (o->unseen.len)
		add_hidden_users(o, strings, a, u, out);
	for (size_t i = 0; i < o->unseen_groups.len; i++)
		add_hidden_group(o, a, u, &o->unseen_groups.at[i], out);
	for (size_t i = 0; i < m->accounts.len; i++) {
		const struct account *account = &m->accounts.at[i];
		if (account->unseen.len)
			add_hidden(
				a, u,
				universe_principal(u, PRINCIPAL_ACCOUNT, account->meta.name, true),
				&account->unseen, out);
	}
}

/* Everything but names is in `scratch` and the memo. */
static struct error *read_snapshot(const struct timeline_source *source, struct parse_cache *memo,
				   struct arena *scratch, struct universe *u, struct moment *m,
				   struct pair_vec *out, struct pair_vec *out_hidden)
{
	struct snapshot s = {0};
	struct model model = {0};
	struct live live = {0};
	const char *place = arena_printf(scratch, "%.12s:%s", m->id, source->folder);
	TRY(history_read_files(source->history, scratch, m->id, source->folder, MANIFEST_FILE_MAX,
			       &s.files));
	TRY(snapshot_parse(place, scratch, &s));
	m->edited = snapshot_find_edited(&s, scratch);
	if (!read_again(source, memo, scratch, &s.files, &model))
		TRY(read_anew(source, scratch, place, &s.files, &model));
	stored_of_model(&model, COLLECT_GRANTS, scratch, u, &live);
	*out = live.grants;
	list_hidden(&model, source->strings, scratch, u, out_hidden);
	return NULL;
}

/* ---- the walk ---- */

struct history_walk {
	const struct timeline_source *source;
	struct arena *arena;
	struct parse_cache *memo;
	struct timeline *t;
	struct key_vec held, hidden; /* at the last moment; sorted, each once */
	bool partial;		     /* a snapshot is not here: nothing to be remembered */
};

static void add_shift(struct history_walk *w, uint64_t key, bool came, bool hidden)
{
	vec_push(w->arena, &w->t->shifts,
		 (struct shift){(uint32_t)(w->t->moments.len - 1), grant_principal(key),
				grant_entitlement(key), came, hidden});
}

/* Compares what is so now with what was, in *last, and keeps it there. */
static void take_pairs(struct history_walk *w, const struct pair_vec *pairs, bool hidden,
		       struct key_vec *last)
{
	ARENA scratch = {0};
	struct key_vec now = {0};
	for (size_t i = 0; i < pairs->len; i++)
		vec_push(&scratch, &now,
			 grant_key(pairs->at[i].principal, pairs->at[i].entitlement));
	keys_sort_once(&now);
	for (size_t i = 0, k = 0; i < last->len || k < now.len;) {
		uint64_t before = i < last->len ? last->at[i] : UINT64_MAX;
		uint64_t after = k < now.len ? now.at[k] : UINT64_MAX;
		if (before != after)
			add_shift(w, before < after ? before : after, after < before, hidden);
		i += before <= after;
		k += after <= before;
	}
	last->len = 0;
	for (size_t i = 0; i < now.len; i++)
		vec_push(w->arena, last, now.at[i]);
}

static const char *copy(struct arena *a, const char *text)
{
	return text ? arena_strdup(a, text) : NULL;
}

static struct moment moment_of(struct arena *a, const struct commit *c)
{
	return (struct moment){.id = copy(a, c->id),
			       .author = copy(a, c->author_name),
			       .email = copy(a, c->author_email),
			       .subject = copy(a, c->subject),
			       .run = copy(a, commit_trailer(c, "Writ-Run")),
			       .plan = copy(a, commit_trailer(c, "Writ-Plan")),
			       .drift = copy(a, commit_trailer(c, "Writ-Drift")),
			       .actor = copy(a, commit_trailer(c, "Writ-Actor")),
			       .time = c->commit_time};
}

static void take_commit(struct history_walk *w, const struct commit *c)
{
	ARENA scratch = {0};
	struct pair_vec grants = {0}, hidden = {0};
	struct moment m = moment_of(w->arena, c);
	struct error *error =
		read_snapshot(w->source, w->memo, &scratch, w->t->universe, &m, &grants, &hidden);
	m.edited = copy(w->arena, m.edited);
	m.damage = error ? error_text(w->arena, error) : NULL;
	vec_push(w->arena, &w->t->moments, m);
	w->t->fresh++;
	w->partial |= error && error->code != ERROR_INPUT;
	w->t->failed |= error && error->code == ERROR_SYSTEM;
	if (error) {
		error_free(error);
		return;
	}
	take_pairs(w, &grants, false, &w->held);
	take_pairs(w, &hidden, true, &w->hidden);
}

/* What was so at the last moment that the cache knew. */
static void replay(struct history_walk *w, bool hidden, struct key_vec *out)
{
	for (size_t i = 0; i < w->t->shifts.len; i++) {
		const struct shift *s = &w->t->shifts.at[i];
		if (s->came && s->hidden == hidden)
			vec_push(w->arena, out, grant_key(s->principal, s->entitlement));
	}
	keys_sort_once(out);
	size_t kept = 0;
	bool *gone = arena_zalloc(w->arena, out->len + 1);
	for (size_t i = 0; i < w->t->shifts.len; i++) {
		const struct shift *s = &w->t->shifts.at[i];
		uint64_t key = grant_key(s->principal, s->entitlement);
		size_t at = s->hidden == hidden ? keys_from(out, key) : out->len;
		if (at < out->len && out->at[at] == key)
			gone[at] = !s->came;
	}
	for (size_t i = 0; i < out->len; i++) {
		if (!gone[i])
			out->at[kept++] = out->at[i];
	}
	out->len = kept;
}

/* Forgets what the cache knows beyond the commits that the history still begins with. */
static bool cut_to(struct timeline *t, const struct commit_vec *commits)
{
	size_t same = 0, kept = 0;
	while (same < t->moments.len && same < commits->len &&
	       !strcmp(t->moments.at[same].id, commits->at[commits->len - 1 - same].id))
		same++;
	bool cut = same < t->moments.len;
	t->moments.len = same;
	while (kept < t->shifts.len && t->shifts.at[kept].moment < same)
		kept++;
	t->shifts.len = kept;
	return cut;
}

/* Where the history is not whole; `commits` are newest first. */
static void find_gaps(struct timeline *t, struct arena *a, const struct commit_vec *commits)
{
	for (size_t i = 0; i < t->moments.len; i++) {
		struct moment *m = &t->moments.at[i];
		const struct moment *before = i ? m - 1 : NULL;
		if (commits->at[commits->len - 1 - i].cut_off)
			m->unsure = HISTORY_CUT_OFF;
		else if (before && before->damage)
			m->unsure = arena_printf(
				a, "the snapshot before it, of commit %.12s, cannot be read: %s",
				before->id, before->damage);
		const char *why = m->unsure ? m->unsure
				  : m->damage
					  ? arena_printf(a,
							 "the snapshot of commit %.12s cannot be "
							 "read: %s",
							 m->id, m->damage)
					  : NULL;
		t->incomplete = t->incomplete ? t->incomplete : why;
	}
}

struct error *timeline_load(const struct timeline_source *source, struct arena *a,
			    struct timeline *out, const char **why)
{
	struct history_walk w = {.source = source, .arena = a, .t = out};
	struct commit_vec commits = {0};
	struct commit_query query = {
		.from = source->revision, .folder = source->folder, .simplified = true};
	*out = (struct timeline){.universe = universe_new(source->strings)};
	TRY(history_list(source->history, a, &query, &commits));
	if (source->cache)
		timeline_cache_read(source->cache, source->strings, a, out);
	bool cut = cut_to(out, &commits);
	replay(&w, false, &w.held);
	replay(&w, true, &w.hidden);
	w.memo = parse_cache_new();
	progress_step("reading snapshots", "snapshots", commits.len - out->moments.len);
	for (size_t i = commits.len - out->moments.len; i-- > 0; progress_add(1))
		take_commit(&w, &commits.at[i]);
	progress_idle();
	parse_cache_free(w.memo);
	find_gaps(out, a, &commits);
	if (!source->cache || w.partial || (!cut && out->fresh == 0))
		return NULL;
	struct error *error = timeline_cache_write(source->cache, a, out);
	if (error) {
		*why = error_text(a, error);
		error_free(error);
	}
	return NULL;
}

/* ---- accounts that were renamed ---- */

VEC(known_account_vec, const struct account *);

/* Those of a commit's snapshot that have an id, by it. */
static void list_ids(const struct timeline_source *source, const char *id, struct arena *a,
		     struct known_account_vec *out)
{
	struct snapshot s = {0};
	struct model *model = arena_zalloc(a, sizeof(*model));
	const char *place = arena_printf(a, "%.12s:%s", id, source->folder);
	struct error *error = history_read_files(source->history, a, id, source->folder,
						 MANIFEST_FILE_MAX, &s.files);
	if (!error)
		error = snapshot_parse(place, a, &s);
	if (!error)
		error = read_anew(source, a, place, &s.files, model);
	for (size_t i = 0; !error && i < model->accounts.len; i++) {
		if (model->accounts.at[i].id)
			vec_push(a, out, &model->accounts.at[i]);
	}
	error_free(error);
	vec_sort(out, account_by_id);
}

void timeline_renamed(const struct timeline_source *source, const char *before, const char *after,
		      struct arena *a, struct renamed_account_vec *out)
{
	ARENA scratch = {0};
	struct known_account_vec then = {0}, now = {0};
	list_ids(source, before, &scratch, &then);
	list_ids(source, after, &scratch, &now);
	for (size_t i = 0; i < now.len; i++) {
		const struct account **old = vec_find(&then, &now.at[i], account_by_id);
		if (old && strcmp((*old)->meta.name, now.at[i]->meta.name) != 0)
			vec_push(a, out,
				 (struct renamed_account){arena_strdup(a, (*old)->meta.name),
							  arena_strdup(a, now.at[i]->meta.name)});
	}
}

/* ---- questions ---- */

static int by_grant_then_moment(const void *left, const void *right)
{
	const struct shift *a = left, *b = right;
	uint64_t x = grant_key(a->principal, a->entitlement),
		 y = grant_key(b->principal, b->entitlement);
	if (x != y)
		return x < y ? -1 : 1;
	return a->moment < b->moment ? -1 : a->moment > b->moment;
}

static int by_names_then_moment(const void *left, const void *right)
{
	const struct tenure *a = left, *b = right;
	int order = principal_compare(&a->principal, &b->principal);
	order = order ? order : entitlement_compare(&a->entitlement, &b->entitlement);
	return order ? order : a->from < b->from ? -1 : a->from > b->from;
}

/* Those that are hidden, or those that are not, in the order of grants. */
static void sort_shifts(const struct timeline *t, bool hidden, struct arena *a,
			struct shift_vec *out)
{
	for (size_t i = 0; i < t->shifts.len; i++) {
		if (t->shifts.at[i].hidden == hidden)
			vec_push(a, out, t->shifts.at[i]);
	}
	vec_sort(out, by_grant_then_moment);
}

static int by_key(const void *a, const void *b)
{
	const struct dark *x = a, *y = b;
	return x->key < y->key ? -1 : x->key > y->key;
}

void timeline_sight(const struct timeline *t, struct arena *a, struct sight *out)
{
	ARENA scratch = {0};
	struct shift_vec shifts = {0};
	*out = (struct sight){.universe = t->universe, .anybody = UINT32_MAX};
	sort_shifts(t, true, &scratch, &shifts);
	for (size_t i = 0; i < shifts.len; i++) {
		const struct shift *s = &shifts.at[i];
		const struct principal *who =
			universe_principal_numbered(t->universe, s->principal);
		if (who->kind == PRINCIPAL_USER && !*who->name)
			out->anybody = s->principal;
		if (s->came)
			vec_push(a, &out->dark,
				 (struct dark){grant_key(s->principal, s->entitlement), s->moment,
					       SIZE_MAX});
		else if (out->dark.len)
			out->dark.at[out->dark.len - 1].to = s->moment;
	}
	vec_sort(&out->dark, by_key);
}

static bool is_dark(const struct sight *s, uint32_t principal, uint32_t what, size_t moment)
{
	struct dark key = {.key = grant_key(principal, what)};
	const struct dark *d = vec_find(&s->dark, &key, by_key);
	for (; d && d->key == key.key; d = vec_next(&s->dark, d)) {
		if (d->from <= moment && moment < d->to)
			return true;
	}
	return false;
}

bool sight_lacks(const struct sight *s, uint32_t principal, uint32_t entitlement, size_t moment)
{
	if (s->dark.len == 0)
		return false;
	const struct entitlement *e = universe_entitlement_numbered(s->universe, entitlement);
	uint32_t what = e->role ? universe_entitlement(s->universe, e->role, NULL, NULL, NULL)
				: entitlement;
	bool own = universe_principal_numbered(s->universe, principal)->kind == PRINCIPAL_ACCOUNT;
	return is_dark(s, principal, what, moment) ||
	       (!own && is_dark(s, s->anybody, what, moment));
}

/* Whether the snapshot of a moment could not show what came or went with another; what a run did is
 * the run's. */
static bool is_unsure(const struct timeline *t, const struct sight *sight, const struct shift *s,
		      size_t moment)
{
	return sight && s->moment > 0 && !t->moments.at[s->moment].run &&
	       sight_lacks(sight, s->principal, s->entitlement, moment);
}

/* The tenures of sorted shifts; `sight` is NULL where they are themselves what was hidden. */
static void find_tenures(const struct timeline *t, const struct shift_vec *shifts,
			 const struct sight *sight, struct arena *a, struct tenure_vec *out)
{
	for (size_t i = 0; i < shifts->len; i++) {
		const struct shift *s = &shifts->at[i];
		if (s->came)
			vec_push(
				a, out,
				(struct tenure){
					*universe_principal_numbered(t->universe, s->principal),
					*universe_entitlement_numbered(t->universe, s->entitlement),
					s->moment, SIZE_MAX, is_unsure(t, sight, s, s->moment - 1),
					false});
		else if (out->len) {
			struct tenure *last = &out->at[out->len - 1];
			last->to = s->moment;
			last->dark_after = is_unsure(t, sight, s, s->moment);
		}
	}
	vec_sort(out, by_names_then_moment);
}

void timeline_tenures(const struct timeline *t, struct arena *a, struct tenure_vec *out)
{
	ARENA scratch = {0};
	struct shift_vec shifts = {0};
	struct sight sight;
	timeline_sight(t, &scratch, &sight);
	sort_shifts(t, false, &scratch, &shifts);
	find_tenures(t, &shifts, &sight, a, out);
}

void timeline_hidden(const struct timeline *t, struct arena *a, struct tenure_vec *out)
{
	ARENA scratch = {0};
	struct shift_vec shifts = {0};
	sort_shifts(t, true, &scratch, &shifts);
	find_tenures(t, &shifts, NULL, a, out);
}

size_t timeline_find_time(const struct timeline *t, int64_t time)
{
	size_t i = t->moments.len;
	while (i > 0 && t->moments.at[i - 1].time > time)
		i--;
	return i - 1;
}

size_t timeline_find_commit(const struct timeline *t, const char *id)
{
	for (size_t i = 0; i < t->moments.len; i++) {
		if (!strcmp(t->moments.at[i].id, id))
			return i;
	}
	return SIZE_MAX;
}
