/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/snapshot_recording.h"
#include "cmd/writ/ledger_access.h"
#include "cmd/writ/members.h"
#include "cmd/writ/session.h"
#include "cmd/writ/snapshot_reading.h"

#include <errno.h>
#include <string.h>

#include "core/past/run_list.h"
#include "core/render/planfile.h"
#include "core/render/render_result.h"
#include "core/util/log.h"
#include "core/util/terminal.h"

const char *recording_folder(const struct run *run)
{
	return run->options.snapshot ? run->options.snapshot : run->options.out;
}

/* ---- the command that does it again ---- */

static const char *repeat_command(struct run *run, const struct record_place *place,
				  const char *name, const struct record_run *did)
{
	const struct options *o = &run->options;
	struct str out = STR(&run->arena);
	str_add(&out, "writ snapshot");
	if (place->commit)
		str_add(&out, " --commit");
	option_add(&out, "snapshot", place->configured ? NULL : place->folder);
	option_add(&out, "live", o->live);
	option_add(&out, "config", o->config);
	option_add(&out, "org", o->org ? o->org : place->configured ? name : NULL);
	option_add(&out, "roles-from", o->roles_from);
	option_add(&out, "run", did && place->commit ? did->name : NULL);
	return str_text(&out);
}

/* ---- recording ---- */

static void note(const char *line)
{
	log_note("%s", line);
}

static struct result_record *told(struct arena *a, const struct record_place *place,
				  const struct record_result *r)
{
	struct result_record *out = arena_zalloc(a, sizeof(*out));
	out->folder = r->written		     ? place->folder
		      : place->commit && !r->changed ? "as committed"
						     : "as it stands";
	out->organization = r->organization;
	out->serial = r->serial;
	out->changed = r->changed;
	out->commit_count = r->commit_count;
	for (size_t i = 0; i < r->commit_count; i++) {
		out->commits[i] = arena_strdup(a, r->commits[i].id);
		out->subjects[i] = r->commits[i].subject;
	}
	out->tree = r->tree;
	out->pushed = r->pushed;
	return out;
}

static const char *known_name(const struct session *session, const char *name)
{
	return session->config && session->config->name ? session->config->name : name;
}

/* What a recording is made of besides live; a member is NULL where there is none. */
struct record_wish {
	const struct record_run *run;
	const struct record_decision *decision;
};

static struct error *record(struct run *run, const struct session *session,
			    const struct record_place *place, const char *name,
			    const struct record_wish *wish, struct result_record *out)
{
	struct record_result result;
	struct record_input input = {.place = place,
				     .reader = session->provider->reader,
				     .session = session->handle,
				     .strings = run->strings,
				     .read = run->read,
				     .roles_from = run->options.roles_from,
				     .repeat = repeat_command(run, place, name, wish->run),
				     .now = run->now,
				     .run = wish->run,
				     .decision = wish->decision,
				     .note = note};
	TRY(member_take_turn(run->member));
	struct error *error = record_write(&input, &run->arena, &result);
	member_leave_turn(run->member);
	TRY(error);
	*out = *told(&run->arena, place, &result);
	return NULL;
}

static struct error *find_place(struct run *run, const struct session *session,
				struct record_place *out, const char **name, bool *any)
{
	*name = known_name(session, "snapshot");
	return record_find_place(&run->arena, recording_folder(run),
				 snapshot_settings_of(session->config), *name, run->options.commit,
				 out, any);
}

/* ---- runs that were not recorded when they ended ---- */

/* What may be the run's work: without a read that shows it, what is unknown or not seen yet too,
 * for live will tell. */
static bool *done_of(struct arena *a, const struct plan *plan, const uint8_t *fates, size_t count,
		     bool unverified)
{
	bool *done = arena_zalloc(a, plan->changes.len + 1);
	for (size_t i = 0; i < plan->changes.len && i < count; i++) {
		const struct change *c = &plan->changes.at[i];
		bool maybe = unverified && !c->unseen &&
			     (fates[i] == FATE_UNKNOWN || fates[i] == FATE_LATE);
		done[i] = (maybe || fates[i] == FATE_DONE) && !change_is_manual(c);
	}
	return done;
}

static const char *digest_text(struct arena *a, const unsigned char digest[SHA256_SIZE])
{
	char text[SHA256_TEXT];
	sha256_text(digest, text);
	return arena_strdup(a, text);
}

static struct error *load_goal(struct run *run, const char *path, const char *repository,
			       struct model *out)
{
	const struct snapshot_source source = {
		.path = path, .repository = repository, .proper = true, .agreed = true};
	*out = (struct model){0};
	TRY(load_snapshot(run, &source, out));
	if (out->organizations.len == 1)
		return NULL;
	return error_new(ERROR_INPUT, "%s is no snapshot any more", path);
}

/* What the plan leads back to: a folder, or a commit of the snapshots' repository, else of the
 * current folder's. Where it is not at hand, what was agreed before stays agreed. */
static const struct model *goal_of(struct run *run, const struct record_place *place,
				   const struct plan *plan)
{
	struct model *goal = arena_zalloc(&run->arena, sizeof(*goal));
	if (!plan->restores)
		return NULL;
	struct error *error = load_goal(run, plan->restores, place->repository, goal);
	if (error && place->repository) {
		error_free(error);
		error = load_goal(run, plan->restores, NULL, goal);
	}
	if (!error)
		return goal;
	log_note("%s: what was agreed before this restore stays agreed",
		 error_text(&run->arena, error));
	error_free(error);
	return NULL;
}

/* Reads from the ledger all that a recording needs of a run. */
static struct error *load_run(struct run *run, const struct session *session,
			      const struct record_place *place, const char *name,
			      struct record_run *out)
{
	struct arena *a = &run->arena;
	const struct commit_vec none = {0};
	struct known_run_vec runs = {0};
	struct known_ledger_vec *ledgers = arena_zalloc(a, sizeof(*ledgers));
	const struct known_run *found;
	struct plan *plan = arena_zalloc(a, sizeof(*plan));
	struct run_plan kept;
	TRY(ledger_access_all(run, ledgers));
	run_list_load(a, ledgers, &none, &runs);
	TRY(run_list_find(&runs, name, &found));
	if (!found->ledger || found->damage)
		return error_new(ERROR_INPUT, "the records of run %s cannot be read: %s",
				 found->name, found->damage ? found->damage : "they are not here");
	TRY(run_list_plan(a, found, &kept));
	TRY(planfile_parse(found->name, kept.bytes, kept.len, run->strings, a, plan));
	if (strcmp(found->ledger->key,
		   ledger_key(a, plan->organization,
			      provider_identity(session->provider->reader, session->handle))) != 0)
		return error_new(ERROR_INPUT, "run %s was not of this live organisation",
				 found->name);
	bool unverified = found->state != RUN_DONE;
	*out = (struct record_run){
		.name = found->name,
		.plan_digest = found->plan,
		.ledger_head = run_list_head(a, found),
		.actor = found->by,
		.manifests = plan->manifest_commit ? plan->manifest_commit
						   : digest_text(a, plan->manifest_digest),
		.plan = plan,
		.done = done_of(a, plan, found->fates, found->changes, unverified),
		.unverified = unverified,
		.goal = goal_of(run, place, plan)};
	return NULL;
}

struct error *record_decided(struct run *run, const struct session *session,
			     const struct record_decision *decision, struct result_record *out,
			     bool *out_any)
{
	struct record_place place;
	const char *name;
	TRY(find_place(run, session, &place, &name, out_any));
	if (!*out_any)
		return NULL;
	return record(run, session, &place, name, &(struct record_wish){NULL, decision}, out);
}

struct error *recording_snapshot(struct run *run, const struct session *session)
{
	struct record_place place;
	struct record_run did;
	const char *name;
	bool any;
	TRY(find_place(run, session, &place, &name, &any));
	if (!any)
		return error_new(ERROR_USAGE, "name the snapshot's folder with --snapshot DIR, or "
					      "configure it");
	if (run->options.run)
		TRY(load_run(run, session, &place, run->options.run, &did));
	struct result_record done = {0};
	struct str text = STR(&run->arena);
	const struct record_wish wish = {run->options.run ? &did : NULL, NULL};
	TRY(record(run, session, &place, name, &wish, &done));
	render_record_text(&text, &done);
	terminal_write(stdout, str_text(&text), text.len);
	return NULL;
}

/* ---- behind an apply ---- */

/* What the manifests were made from: they are not as any commit has them, or the plan would say
 * which. */
static struct error *commit_behind(struct run *run, const char *path, const char **out)
{
	CLEANUP(history_close) struct history *h = NULL;
	const char *root, *below;
	char id[HISTORY_ID];
	TRY(history_find(&run->arena, path, &root, &below));
	if (!root)
		return NULL;
	TRY(history_open(root, &h));
	TRY(history_tip(h, NULL, id));
	if (*id)
		*out = arena_printf(&run->arena, "%s-dirty", id);
	return NULL;
}

/* The commit of the manifests; their digest when git does not know, for they may be in no
 * repository or in a foreign one. */
static const char *manifests_of(struct run *run, const struct plan *plan, bool saved)
{
	const char *path = run->options.path_count ? run->options.paths[0] : ".";
	const char *commit = plan->manifest_commit;
	if (!commit && !saved && !access(path, F_OK))
		error_free(commit_behind(run, path, &commit));
	return commit ? commit : digest_text(&run->arena, plan->manifest_digest);
}

/* Where an apply is recorded: anywhere or nowhere, but with --commit somewhere. */
static struct error *find_place_of_run(struct run *run, const struct session *session,
				       struct record_place *out, const char **name, bool *any)
{
	TRY(find_place(run, session, out, name, any));
	if (!*any && run->options.commit)
		return error_new(ERROR_USAGE,
				 "--commit needs --snapshot DIR, or a configured snapshot");
	return NULL;
}

struct error *recording_prepare_apply(struct run *run, const struct session *session,
				      const struct plan *plan)
{
	struct record_place place;
	const char *name;
	bool any;
	TRY(find_place_of_run(run, session, &place, &name, &any));
	if (!any)
		return NULL;
	TRY(member_take_turn(run->member));
	struct error *error = record_prepare(&place, plan->organization, run->read, &run->arena);
	member_leave_turn(run->member);
	if (!error)
		return NULL;
	error = error_wrap(error, "nothing was changed, for the run could not be recorded");
	error->code = ERROR_INPUT;
	return error;
}

struct error *recording_earlier(struct run *run, const struct session *session, const char *name,
				bool *done)
{
	struct record_place place;
	struct record_run did;
	struct result_record unused = {0};
	const char *known;
	bool any;
	*done = false;
	TRY(find_place(run, session, &place, &known, &any));
	if (!any || !place.commit)
		return NULL;
	log_note("run %s has no snapshot: it is recorded first", name);
	TRY(load_run(run, session, &place, name, &did));
	*done = true;
	return record(run, session, &place, known, &(struct record_wish){&did, NULL}, &unused);
}

struct error *recording_apply(struct run *run, const struct session *session,
			      const struct planned *planned, bool saved,
			      const struct result *result, bool stopped, struct result_record *out)
{
	const struct plan *plan = planned->plan;
	struct record_place place;
	const char *name;
	bool any;
	TRY(find_place_of_run(run, session, &place, &name, &any));
	if (!any)
		return NULL;
	struct record_run idle = {.plan = plan,
				  .done = arena_zalloc(&run->arena, plan->changes.len + 1)};
	idle.goal = goal_of(run, &place, plan);
	if (!result || !result->run)
		return record(run, session, &place, name, &(struct record_wish){&idle, NULL}, out);
	bool unverified = stopped || result->count[FATE_LATE];
	struct record_run did = {
		.name = result->run,
		.plan_digest = planned->digest,
		.ledger_head = arena_printf(&run->arena, "%llu %s",
					    (unsigned long long)result->number, result->head),
		.manifests = manifests_of(run, plan, saved),
		.actor = result->actor,
		.plan = plan,
		.done = done_of(&run->arena, plan, result->fates, plan->changes.len, unverified),
		.unverified = unverified,
		.goal = idle.goal};
	return record(run, session, &place, name, &(struct record_wish){&did, NULL}, out);
}
