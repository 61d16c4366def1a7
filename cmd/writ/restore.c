/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/restore.h"
#include "cmd/writ/planning.h"
#include "cmd/writ/publishing.h"
#include "cmd/writ/reviewing.h"
#include "cmd/writ/snapshot_recording.h"

#include <assert.h>
#include <string.h>

#include "core/language/stored.h"
#include "core/render/rehearsal.h"
#include "core/render/render_result.h"
#include "core/util/terminal.h"

/* The organisation that the snapshot is of, or the one that --org names: names carry, ids are
 * learnt anew. */
static struct named_organization target(const struct run *run, const struct organization *o)
{
	struct named_organization service = service_of(o);
	if (run->options.org && strcmp(run->options.org, o->meta.name) != 0) {
		service.organization = run->options.org;
		service.org_id = NULL;
	}
	return service;
}

static struct error *open_target(struct run *run, struct restore *r)
{
	assert(r->wanted.organizations.len == 1 && r->wanted.organizations.at); /* it was checked */
	struct named_organization service = target(run, &r->wanted.organizations.at[0]);
	close_session(&r->session);
	return open_session(run, &service, &r->session);
}

/* Finds the snapshot to restore, and first the configuration by the organisation: only it says
 * where the last snapshot is. */
static struct error *find_source(struct run *run, const char *given, struct restore *r)
{
	if (!given) {
		TRY(open_session(run, &(struct named_organization){0}, &r->session));
		if (run->report.errors)
			return NULL;
	}
	TRY(find_snapshot(run, &r->session, given, run->options.org, &r->source));
	if (r->source.path)
		return fix_snapshot(run, &r->source);
	return error_new(ERROR_USAGE,
			 "there is no snapshot where they are kept; name one with --%s",
			 run->command && !strcmp(run->command->name, "drift") ? "base" : "from");
}

/* With --org the plan is of the live organisation, whatever the snapshot's was called. */
static void rename_wanted(struct run *run, struct restore *r)
{
	struct organization *o = &r->wanted.organizations.at[0];
	if (!run->options.org || strcmp(run->options.org, r->live.organization) != 0)
		return;
	o->meta.name = r->live.organization;
	o->org_id = r->live.org_id;
	for (size_t i = 0; i < r->wanted.accounts.len; i++)
		r->wanted.accounts.at[i].id =
			NULL; /* in another organisation, accounts have other ids */
}

struct error *restore_read(struct run *run, const char *given, struct restore *out)
{
	*out = (struct restore){0};
	TRY(find_source(run, given, out));
	if (run->report.errors)
		return NULL;
	out->source.agreed = true;
	TRY(load_snapshot(run, &out->source, &out->wanted));
	assert(out->wanted.organizations.len); /* load_snapshot() refuses what has none */
	struct organization *o = &out->wanted.organizations.at[0];
	if (o->snapshot.format) /* manifests that are no snapshot keep what they say */
		o->guards = o->snapshot.policy;
	model_index(&out->wanted, &run->arena, &out->index);
	TRY(open_target(run, out));
	if (run->report.errors)
		return NULL;
	out->universe = universe_new(run->strings);
	struct query query = query_all;
	query.told = true; /* below */
	TRY(provider_read(out->session.provider->reader, out->session.handle, &run->arena,
			  out->universe, &query, &out->live));
	warn_of_left_out(run, &out->live, o->at);
	TRY(check_target(run, &out->index, &out->live));
	rename_wanted(run, out);
	return NULL;
}

void restore_done(struct restore *r)
{
	close_session(&r->session);
	universe_free(r->universe);
}

struct drift_sides restore_sides(const struct restore *r)
{
	return (struct drift_sides){&r->session, r->live.organization, &r->source, &r->wanted};
}

/* What the command line asks for. */
static struct restore_wish wish_of(const struct options *options)
{
	return (struct restore_wish){.prune = options->prune, .consent = options->consent};
}

/* What the plan says that it restores: the snapshot that was named, or the one that a restore which
 * is under way leads back to. */
static const char *goal_of(const struct run *run, const struct restore *r)
{
	const char *from = run->options.from ? NULL : snapshot_restores(&r->wanted, "from");
	return from ? from : r->source.path;
}

void restore_plan(struct run *run, struct restore *r, const struct restore_wish *wish,
		  struct plan *out)
{
	struct live *base = NULL;
	if (wish->left) {
		struct model *copy = arena_alloc(&run->arena, sizeof(*copy));
		*copy = r->wanted;
		base = arena_zalloc(&run->arena, sizeof(*base));
		stored_of_model(copy, COLLECT_ALL, &run->arena, r->universe, base);
	}
	struct plan_input input = {.wanted = &r->wanted,
				   .index = &r->index,
				   .live = &r->live,
				   .base = base,
				   .base_name = base ? r->source.path : NULL,
				   .left = wish->left,
				   .exact = true,
				   .known_since = &r->last_index,
				   .prune = wish->prune,
				   .universe = r->universe,
				   .reader = r->session.provider->reader,
				   .session = r->session.handle,
				   .operator_policy = session_policy(&r->session),
				   .consent = wish->consent,
				   .target = run->options.target,
				   .restores = wish->left ? NULL : goal_of(run, r),
				   .now = run->now};
	input.consent.live_shrink = true; /* live has shrunk, which is why it is restored */
	plan_make(&input, &run->arena, &run->report, out);
}

/* ---- the end of one ---- */

static struct error *check_why(const struct options *o)
{
	return o->why ? NULL : error_new(ERROR_USAGE, "--end needs --why TEXT");
}

/* Reads the last snapshot, which stands where snapshots are written. */
static struct error *find_last(struct run *run, const struct session *session, struct model *out)
{
	struct snapshot_source last;
	TRY(find_snapshot(run, session, NULL, run->options.org, &last));
	last.agreed = true;
	*out = (struct model){0};
	return last.path ? load_snapshot(run, &last, out) : NULL;
}

static struct error *end_restore(struct run *run, struct session *session)
{
	const struct record_decision decision = {.ends_restore = true, .why = run->options.why};
	struct str text = STR(&run->arena);
	struct result_record done = {0};
	struct model last;
	bool any; /* a place is configured, since there is a last snapshot */
	TRY(open_session(run, &(struct named_organization){0}, session));
	if (run->report.errors)
		return NULL;
	TRY(find_last(run, session, &last));
	if (!snapshot_restores(&last, "from"))
		return error_new(ERROR_INPUT, "no restore is under way where snapshots are kept");
	TRY(record_decided(run, session, &decision, &done, &any));
	assert(last.organizations.len);
	render_record_text(&text, &done);
	terminal_write(stdout, str_text(&text), text.len);
	return NULL;
}

static struct error *end(struct run *run)
{
	struct session session = {0};
	if (run->options.from || run->options.rehearse || run->options.out)
		return error_new(ERROR_USAGE, "--end makes no plan: it takes no --from, --out or "
					      "--rehearse");
	TRY(check_why(&run->options));
	struct error *error = end_restore(run, &session);
	close_session(&session);
	return error;
}

/* Another restore may be under way: who begins one hears of it. The way back needs no last
 * snapshot. */
static void tell_last(struct run *run, struct restore *r)
{
	struct error *error = run->options.from ? find_last(run, &r->session, &r->last) : NULL;
	if (error)
		r->last = (struct model){0};
	error_free(error);
	model_index(&r->last, &run->arena, &r->last_index);
}

/* ---- the command ---- */

static struct error *rehearse(struct run *run, struct restore *r)
{
	struct plan plan = {0};
	const struct restore_wish wish = wish_of(&run->options);
	TRY(refuse_reviews(run, "a rehearsal"));
	/* Keeps what writ does not make in the empty organisation of a rehearsal: it needs to know
	 * which products there are. */
	r->live.accounts.len = 0;
	r->live.grants.len = 0;
	restore_plan(run, r, &wish, &plan);
	struct prerequisites first = {.credential = !run->options.live};
	prerequisites_find(&r->wanted, &run->arena, &first);
	for (size_t i = 0; i < run->options.outputs.len && run->report.errors == 0; i++) {
		const struct output *o = &run->options.outputs.at[i];
		struct str text = STR(&run->arena);
		if (o->format == FORMAT_JSON)
			rehearsal_json(&text, &plan, &first, r->source.path);
		else
			rehearsal_text(&text, &plan, &first, r->source.path);
		TRY(output_write(o, str_text(&text), text.len));
	}
	return NULL;
}

/* What is agreed has what runs made, which a plan by the snapshot alone would take back. */
static struct error *check_recorded(struct run *run, const struct restore *r)
{
	const struct drift_sides sides = restore_sides(r);
	const char *name = drift_find_unrecorded(run, &sides);
	if (!name)
		return NULL;
	return error_new(ERROR_INPUT,
			 "the last snapshot does not have what run %s did, so that what is agreed "
			 "is not on record; record it first: %s; or name a snapshot with --from",
			 name, drift_record_command(run, name));
}

static struct error *restore(struct run *run, struct restore *r, int *status)
{
	struct plan plan = {0};
	const struct restore_wish wish = wish_of(&run->options);
	TRY(restore_read(run, run->options.from, r));
	if (run->report.errors)
		return NULL;
	tell_open_runs(run, &r->session, r->live.organization);
	if (run->options.rehearse)
		return rehearse(run, r);
	if (!run->options.from)
		TRY(check_recorded(run, r));
	tell_last(run, r);
	restore_plan(run, r, &wish, &plan);
	if (run->report.errors)
		return NULL;
	TRY(note_ledger(run, &r->session, &plan));
	return publish_plan(run, &plan, status);
}

struct error *cmd_restore(struct run *run, int *status)
{
	struct restore r;
	if (run->options.path_count)
		return error_new(ERROR_USAGE,
				 "restore takes no PATH; name the snapshot with --from");
	if (run->options.end)
		return end(run);
	if (run->options.why || run->options.commit)
		return error_new(ERROR_USAGE, "--%s goes with --end alone",
				 run->options.why ? "why" : "commit");
	struct error *error = restore(run, &r, status);
	restore_done(&r);
	return error;
}
