/* SPDX-License-Identifier: Apache-2.0 */
#include "core/record/record.h"

#include <string.h>

#include "core/git/history.h"
#include "core/language/stored.h"
#include "core/model/agreed.h"
#include "core/record/open_drift.h"
#include "core/record/record_commit.h"
#include "core/record/recorder.h"
#include "core/record/rewind.h"
#include "core/record/said.h"
#include "core/record/united.h"
#include "core/util/clock.h"
#include "core/util/failpoint.h"

#define TRIES 3 /* runs that record at once are few */

/* ---- before a run ---- */

struct error *record_prepare(const struct record_place *place, const char *organization,
			     const struct snapshot *read, struct arena *a)
{
	struct record_input input = {.place = place, .read = read};
	struct record_result result = {0};
	struct recorder r = {.in = &input, .arena = a, .out = &result};
	TRY(recorder_load_base(&r));
	const char *base = r.has_base ? r.base.organization : NULL;
	if (base && strcmp(base, organization) != 0)
		return error_new(ERROR_INPUT,
				 "snapshot %s is of another organisation: \"%s\", not \"%s\"",
				 r.base.place, base, organization);
	return place->commit ? record_commit(&input, NULL, a, &result) : NULL;
}

/* ---- making ---- */

static struct error *read_live(struct recorder *r)
{
	TRY(provider_read(r->in->reader, r->in->session, r->arena, r->u, &query_all, &r->live));
	for (size_t i = 0; i < r->live.accounts.len; i++)
		universe_principal(r->u, PRINCIPAL_ACCOUNT, r->live.accounts.at[i].meta.name, true);
	return NULL;
}

static bool did_anything(const struct record_run *run)
{
	for (size_t i = 0; i < run->plan->changes.len; i++) {
		if (run->done[i])
			return true;
	}
	return false;
}

/* ---- what is agreed ---- */

static const struct snapshot_status *last_status(const struct recorder *r)
{
	static const struct snapshot_status none = {0};
	return r->last_model.organizations.len ? &r->last_model.organizations.at[0].snapshot
					       : &none;
}

/* Finds the restore that is under way: the last snapshot's, or one that this run begins. Its
 * source is agreed from here on. */
static bool begins_restore(struct recorder *r)
{
	const struct label_vec *last = &last_status(r)->restore;
	const struct record_run *run = r->in->run;
	const char *goal = run && run->goal ? run->plan->restores : NULL;
	r->restore = (struct snapshot_restore){label_find(last, "from"), label_find(last, "since"),
					       label_find(last, "run")};
	if (!r->restore.since || !r->restore.run)
		r->restore.from = NULL;
	if (!goal || (r->restore.from && !strcmp(r->restore.from, goal)))
		return false;
	char now[TIME_TEXT];
	time_format(r->in->now, now);
	r->restore = (struct snapshot_restore){goal, arena_strdup(r->arena, now),
					       run->name ? run->name : "snapshot"};
	return true;
}

static void take_agreed(struct recorder *r, const struct model *agreed)
{
	r->agreed = arena_zalloc(r->arena, sizeof(*r->agreed));
	r->agreed_model = *agreed;
	struct model copy = *agreed;
	stored_of_model(&copy, COLLECT_ALL, r->arena, r->u, r->agreed);
	for (size_t i = 0; i < r->agreed->accounts.len; i++)
		universe_principal(r->u, PRINCIPAL_ACCOUNT, r->agreed->accounts.at[i].meta.name,
				   false);
}

VEC(planned_accounts, const struct account *);

/* The accounts that the plan found in the service, by the names that it leads to. */
static void list_planned(const struct recorder *r, struct planned_accounts *out)
{
	const struct plan *plan = r->in->run->plan;
	for (size_t i = 0; i < plan->accounts.len; i++) {
		const struct account *a = plan->accounts.at[i];
		if (a->id && !a->former)
			vec_push(r->arena, out, a);
	}
	vec_sort(out, account_by_name);
}

/* The goal of the restore, in which accounts have their present ids: of whom the plan took for
 * them, or whom runs have made anew since. */
static struct model goal_today(struct recorder *r, const struct model *agreed)
{
	struct model goal = *r->in->run->goal;
	struct model_index index;
	struct account_vec accounts = {0};
	struct planned_accounts planned = {0};
	model_index(agreed, r->arena, &index);
	list_planned(r, &planned);
	for (size_t i = 0; i < goal.accounts.len; i++) {
		struct account a = goal.accounts.at[i];
		const struct account *like = &a,
				     **found = vec_find(&planned, &like, account_by_name);
		const struct account *today =
			found ? *found : model_find_account(&index, a.meta.name);
		if (today && today->id) {
			a.id = today->id;
			a.email = today->email;
		}
		vec_push(r->arena, &accounts, a);
	}
	goal.accounts = accounts;
	return goal;
}

/* Finds what is agreed when two clones recorded at once and somebody merged them. */
static struct error *find_united(struct recorder *r, struct model *agreed, bool *out)
{
	CLEANUP(history_close) struct history *h = NULL;
	const struct record_place *place = r->in->place;
	char tip[HISTORY_ID];
	if (!r->has_base || !place->repository)
		return NULL;
	TRY(history_open(place->repository, &h));
	TRY(history_tip(h, place->settings.branch, tip));
	return *tip ? united_agreed(h, tip, place->below, r->in->strings, r->arena, agreed, out)
		    : NULL;
}

/* Reads what the last snapshot saw, and what was agreed by then. */
static struct error *read_base(struct recorder *r)
{
	if (r->has_base) {
		TRY(stored_parse_model(r->base.place, &r->base.files, r->in->strings, r->arena,
				       &r->last_model));
		r->last = arena_zalloc(r->arena, sizeof(*r->last));
		struct model seen = r->last_model;
		stored_of_model(&seen, COLLECT_ALL, r->arena, r->u, r->last);
	}
	struct model agreed = r->last_model;
	bool united = false;
	TRY(find_united(r, &agreed, &united));
	if (united)
		r->last_model.drifts = agreed.drifts;
	else
		agreed_make(&agreed, r->arena);
	if (begins_restore(r)) {
		const struct model goal = goal_today(r, &agreed);
		take_agreed(r, &goal);
	} else if (r->has_base) {
		take_agreed(r, &agreed);
	}
	return NULL;
}

/* What manifests manage: by this run's plan, when it is of all manifests, or else as the last
 * snapshot remembers. */
static const struct text_vec *managed_of(const struct recorder *r, bool decides)
{
	const struct plan *plan = r->in->run ? r->in->run->plan : NULL;
	if (decides && plan && !plan->target && (plan->managed.len || plan->wanted))
		return &plan->managed;
	return &last_status(r)->managed;
}

/* ---- a restore's end ---- */

static bool is_blocked(const struct recorder *r, const char *address)
{
	const struct plan *plan = r->in->run ? r->in->run->plan : NULL;
	for (size_t i = 0; plan && i < plan->blocked.len; i++) {
		const struct blocked_item *b = &plan->blocked.at[i];
		if (!strcmp(change_address(r->arena, b->principal, b->entitlement), address))
			return true;
	}
	return false;
}

/* Whether something of the restore is left. What is not possible yet does not keep it under way,
 * but is told. */
static bool is_left(const struct recorder *r, const struct drift_vec *open,
		    struct text_vec *blocked)
{
	for (size_t i = 0; i < open->len; i++) {
		const struct drift_item *d = &open->at[i];
		const char *address = change_address(r->arena, d->principal, d->entitlement);
		if (strcmp(d->since, r->restore.since) > 0)
			continue;
		if (!is_blocked(r, address))
			return true;
		vec_push(r->arena, blocked, (struct text_item){.text = address});
	}
	return false;
}

static void end_restore(struct recorder *r, const struct drift_vec *open, bool decides)
{
	struct text_vec blocked = {0};
	if (!r->restore.from || !decides || is_left(r, open, &blocked))
		return;
	recorder_note(r,
		      arena_printf(r->arena, "the restore from %s is complete%s", r->restore.from,
				   blocked.len ? ", but for what is not possible yet:" : ""));
	for (size_t i = 0; i < blocked.len; i++)
		recorder_note(r,
			      arena_printf(r->arena, "%s is not possible yet", blocked.at[i].text));
	r->restore.from = NULL;
}

/* ---- what stays open ---- */

static struct open_drift_decision decision_of(const struct recorder *r)
{
	const struct record_decision *d = r->in->decision;
	return (struct open_drift_decision){
		d ? d->accepted : NULL, d ? d->count : 0,
		d && d->ends_restore && r->restore.from ? r->restore.since : NULL};
}

/* What stays open once `live` is recorded. */
static void find_open(struct recorder *r, const struct live *live, bool decides, struct str *out)
{
	const struct record_run *run = r->in->run;
	const struct open_drift_decision decision = decision_of(r);
	struct drift_vec items = {0};
	struct open_drift_input input = {.universe = r->u,
					 .agreed = r->agreed,
					 .live = live,
					 .known = &r->last_model.drifts,
					 .reader = r->in->reader,
					 .session = r->in->session,
					 .plan = run ? run->plan : NULL,
					 .done = r->made,
					 .decides = decides,
					 .managed = managed_of(r, decides),
					 .kept = r->restore.from ? r->restore.since : NULL,
					 .decision = &decision,
					 .found_by = run && run->name ? run->name : "snapshot",
					 .now = r->in->now,
					 .note = r->told ? NULL : r->in->note};
	if (!r->agreed)
		return;
	open_drift_find(&input, r->arena, &items);
	if (items.len)
		open_drift_emit(&items, r->agreed, r->u, out);
	if (!decision.until)
		end_restore(r, &items, decides);
	else
		r->restore.from = NULL;
}

static struct snapshot_input snapshot_of(struct recorder *r, const struct live *live,
					 const struct snapshot *base)
{
	return (struct snapshot_input){.live = live,
				       .u = r->u,
				       .reader = r->in->reader,
				       .session = r->in->session,
				       .roles_from = r->in->roles_from,
				       .base = base,
				       .policy = r->policy};
}

static void make_snapshot(struct recorder *r, const struct live *live, bool decides,
			  const struct snapshot *base, struct snapshot *out)
{
	struct str *open = arena_alloc(r->arena, sizeof(*open));
	*open = (struct str)STR(r->arena);
	find_open(r, live, decides, open);
	struct snapshot_input input = snapshot_of(r, live, base);
	input.open_drift = open;
	input.restore = r->restore.from ? &r->restore : NULL;
	input.managed = managed_of(r, decides);
	snapshot_make(&input, r->arena, out);
}

static struct error *save_files(struct recorder *r, const struct snapshot *s)
{
	if (!r->files || (r->has_disk && snapshot_is_equal(&r->on_disk, s)))
		return NULL;
	if (r->has_disk)
		recorder_tell_edited(r, &r->on_disk);
	TRY(snapshot_save(r->in->place->folder, s, r->has_disk ? &r->on_disk : NULL));
	r->out->written = true;
	return NULL;
}

static const struct guards *last_policy(const struct recorder *r)
{
	const struct guards *last =
		r->has_base ? &r->last_model.organizations.at[0].snapshot.policy : NULL;
	return last && last->max_removals >= 0 ? last : NULL;
}

/* The limits of this run, when they differ from those that the last snapshot has; else NULL. A
 * snapshot without a run keeps what the last one says; so does an apply that had nothing to do,
 * when the last one says nothing. */
static const struct guards *new_policy(const struct recorder *r, bool acted)
{
	const struct record_run *run = r->in->run;
	const struct guards *last = last_policy(r);
	if (!run || (!acted && !last))
		return NULL;
	struct guards *own = arena_alloc(r->arena, sizeof(*own));
	*own = policy_as_guards(&run->plan->policy);
	return last && !memcmp(last, own, sizeof(*own)) ? NULL : own;
}

static struct error *check_run(const struct recorder *r)
{
	const struct record_run *run = r->in->run;
	if (run && strcmp(run->plan->organization, r->live.organization) != 0)
		return error_new(ERROR_INPUT, "the run was of organisation \"%s\", live is \"%s\"",
				 run->plan->organization, r->live.organization);
	return NULL;
}

/* Works out what would be live without the run; false when that is no different. */
static bool rewind_run(struct recorder *r, struct live *out)
{
	const struct record_run *run = r->in->run;
	if (!run)
		return false;
	if (run->unverified)
		rewind_drop_missing(run->plan, &r->live, r->u, r->arena, run->done);
	if (!did_anything(run))
		return false;
	r->made = arena_alloc(r->arena, run->plan->changes.len);
	memcpy(r->made, run->done, run->plan->changes.len);
	const struct live *last = r->last;
	if (r->again && last)
		rewind_drop_recorded(run->plan, last, r->u, r->arena, run->done);
	if (!did_anything(run))
		return false;
	rewind_plan(run->plan, run->done, &r->live, last, r->u, r->arena, out);
	return true;
}

/* Gives reasons and owners to what is live, to what was before the run, and to what is agreed. */
static void say(struct recorder *r, struct live *earlier)
{
	const struct plan *plan = r->in->run ? r->in->run->plan : NULL;
	unsigned attributes = r->in->reader->attributes;
	r->live.words =
		said_words(r->agreed ? &r->agreed_model : NULL, plan, r->made, r->u, r->arena);
	said_owners(r->agreed, plan, attributes, r->arena, &r->live);
	if (r->agreed)
		r->agreed->words = r->live.words;
	if (!earlier)
		return;
	earlier->words = r->live.words;
	said_owners(r->agreed, plan, attributes, r->arena, earlier);
}

/* The snapshots of a recording: that of what is live, and behind what a run did, the one of what
 * would be live without the run in front of it. */
struct two_snapshots {
	struct live earlier; /* without the run */
	struct snapshot before, after;
	const struct snapshot *base; /* that they follow; NULL: none */
	const struct snapshot *last; /* the one that stands in the folder in the end */
	bool acted;		     /* the run changed something: there are both */
};

static void take_snapshots(struct recorder *r, struct two_snapshots *t)
{
	t->acted = rewind_run(r, &t->earlier);
	say(r, t->acted ? &t->earlier : NULL);
	universe_rank(r->u);
	t->base = r->has_base ? &r->base : NULL;
	const struct guards *policy = new_policy(r, t->acted);
	r->policy = last_policy(r);
	make_snapshot(r, t->acted ? &t->earlier : &r->live, !t->acted, t->base, &t->before);
	r->limits = policy && !t->acted && snapshot_is_equal(t->base, &t->before);
	r->policy = policy ? policy : r->policy;
	if (t->acted) {
		make_snapshot(r, &r->live, true, &t->before, &t->after);
	} else if (policy) {
		r->told = true;
		make_snapshot(r, &r->live, true, t->base, &t->before);
	}
	t->last = t->acted ? &t->after : &t->before;
	r->out->organization = r->live.organization;
	r->out->serial = t->last->serial;
	r->out->files = t->last->files.len;
	r->out->changed = !t->base || !snapshot_is_equal(t->base, t->last);
}

static struct error *commit_snapshots(struct recorder *r, const struct two_snapshots *t)
{
	bool known = t->base && snapshot_is_equal(t->base, &t->before);
	struct record_work work = {.expected = r->out->changed ? r->seen : NULL,
				   .before = known ? NULL : &t->before,
				   .after = t->acted ? &t->after : NULL,
				   .first = !t->base,
				   .limits = r->limits,
				   .files = r->files};
	return record_commit(r->in, &work, r->arena, r->out);
}

static struct error *write_all(struct recorder *r)
{
	struct two_snapshots taken = {0};
	bool commit = r->in->place->commit;
	if (commit)
		TRY(recorder_look_at_folder(r, r->seen));
	TRY(read_live(r));
	TRY(check_run(r));
	TRY(recorder_load_base(r));
	TRY(read_base(r));
	take_snapshots(r, &taken);
	FAILPOINT("record-before-files");
	if (commit && r->out->changed)
		TRY(recorder_check_unmoved(r));
	TRY(save_files(r, taken.last));
	FAILPOINT("record-before-commit");
	return commit ? commit_snapshots(r, &taken) : NULL;
}

static struct error *write_once(const struct record_input *input, struct arena *a,
				struct record_result *out)
{
	struct recorder r = {.in = input, .arena = a, .out = out};
	*out = (struct record_result){0};
	r.u = universe_new(input->strings);
	struct error *error = write_all(&r);
	universe_free(r.u);
	return error;
}

struct error *record_write(const struct record_input *input, struct arena *a,
			   struct record_result *out)
{
	struct error *error = write_once(input, a, out);
	for (int tries = 1; error && error->code == ERROR_REFUSED && tries < TRIES; tries++) {
		error_free(error); /* somebody was quicker: live is read again */
		error = write_once(input, a, out);
	}
	if (!error)
		return NULL;
	error = error_wrap(error, "the snapshot was not recorded (again with: %s)", input->repeat);
	error->code = ERROR_RECORD;
	return error;
}
