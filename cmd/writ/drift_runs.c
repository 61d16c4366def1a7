/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/drift_runs.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/writ/ledger_access.h"
#include "core/git/revision_path.h"
#include "core/model/declaration.h"
#include "core/past/run_list.h"
#include "core/render/planfile.h"
#include "core/util/clock.h"
#include "core/util/log.h"

/* What one run did, for as many items as nobody has spoken for. */
struct run_deeds {
	const struct known_run *run;
	const struct plan *plan;
	const struct commit_vec *recordings; /* of the snapshot, newest first; empty: not known */
};

static enum action action_of(const struct drift_item *d)
{
	static const enum action actions[DRIFT_KIND_COUNT] = {ACTION_CREATE, ACTION_DELETE,
							      ACTION_UPDATE};
	return actions[d->kind];
}

static bool was_made(const struct run_deeds *r, size_t i)
{
	return i < r->run->changes && r->run->fates[i] == FATE_DONE;
}

/* The run's change of what an item is about; NULL. */
static const struct change *find_deed(const struct run_deeds *r, const struct drift_item *d)
{
	for (size_t i = 0; i < r->plan->changes.len; i++) {
		const struct change *c = &r->plan->changes.at[i];
		if (!was_made(r, i) || principal_compare(c->principal, d->principal) != 0 ||
		    !c->entitlement != !d->entitlement)
			continue;
		if (!d->entitlement || entitlement_compare(c->entitlement, d->entitlement) == 0)
			return c;
	}
	return NULL;
}

static struct error *load_deeds(struct run *run, const struct known_run *known,
				struct run_deeds *out)
{
	struct run_plan kept;
	struct plan *plan = arena_zalloc(&run->arena, sizeof(*plan));
	TRY(run_list_plan(&run->arena, known, &kept));
	TRY(planfile_parse(known->name, kept.bytes, kept.len, run->strings, &run->arena, plan));
	out->run = known;
	out->plan = plan;
	return NULL;
}

/* What had drifted before the run is recorded first, and without what the run did. */
static bool is_own_drift(const struct known_run *r, const struct commit *c)
{
	const char *by = commit_trailer(c, "Writ-Drift");
	return by && !strcmp(by, r->name);
}

/* Whether nothing was recorded between the run and the look that found this: what was recorded
 * behind the run, and did not show this, has it from somebody else. */
static bool is_first_look(const struct run_deeds *r, const struct drift_item *d)
{
	int64_t found = INT64_MAX;
	if (d->since && (!time_parse(d->since, &found) || r->run->begun > found))
		return false;
	for (size_t i = 0; i < r->recordings->len; i++) {
		const struct commit *c = &r->recordings->at[i];
		if (is_own_drift(r->run, c))
			continue;
		if (c->commit_time < found)
			return !c->cut_off && c->commit_time <= r->run->begun;
	}
	return false;
}

/* Marks what this run made; `spoken` says of which items a later one knows more. */
static void take(const struct run_deeds *r, struct drift_vec *items, bool *spoken)
{
	for (size_t i = 0; i < items->len; i++) {
		struct drift_item *d = &items->at[i];
		const struct change *c = spoken[i] ? NULL : find_deed(r, d);
		if (!c)
			continue;
		spoken[i] = true;
		if (c->action != action_of(d))
			continue;
		d->made_by = r->run->name;
		d->unrecorded = is_first_look(r, d);
	}
}

static bool is_of(struct run *run, const struct session *session, const char *organization,
		  const struct known_run *r)
{
	const struct provider_reader *reader = session->provider->reader;
	return r->ledger &&
	       !strcmp(r->ledger->key, ledger_key(&run->arena, organization,
						  provider_identity(reader, session->handle)));
}

static struct error *load_runs(struct run *run, const char *organization, struct known_run_vec *out)
{
	const struct commit_vec none = {0};
	struct known_ledger_vec *ledgers = arena_zalloc(&run->arena, sizeof(*ledgers));
	TRY(ledger_access_at_hand(run, organization, ledgers));
	run_list_load(&run->arena, ledgers, &none, out);
	return NULL;
}

/* Where the snapshot is in git, the commits that changed it. */
static struct error *list_recordings(struct run *run, const struct snapshot_source *source,
				     struct commit_vec *out)
{
	CLEANUP(history_close) struct history *h = NULL;
	struct revision_path at = {.revision = "HEAD"};
	char tip[HISTORY_ID];
	if (revision_path_is(source->path))
		TRY(revision_path_find(&run->arena, source->path, source->repository, &at));
	else
		TRY(history_find(&run->arena, source->path, &at.root, &at.below));
	if (!at.root)
		return NULL;
	TRY(history_open(at.root, &h));
	TRY(history_resolve(h, at.revision, tip));
	const struct commit_query query = {.from = tip, .folder = at.below};
	return history_list(h, &run->arena, &query, out);
}

/* The recordings of the snapshot, where its files are those of the last one. */
static void find_recordings(struct run *run, const struct snapshot_source *source,
			    const struct model *snapshot, struct commit_vec *out)
{
	struct error *error = list_recordings(run, source, out);
	const char *serial = out->len ? commit_trailer(&out->at[0], "Writ-Snapshot") : NULL;
	bool same =
		serial && strtol(serial, NULL, 10) == snapshot->organizations.at[0].snapshot.serial;
	if (error || !same)
		out->len = 0;
	error_free(error);
}

static void mark_runs(struct run *run, const struct drift_sides *sides, struct drift_vec *items)
{
	struct known_run_vec runs = {0};
	struct commit_vec recordings = {0};
	struct error *error = load_runs(run, sides->organization, &runs);
	if (error)
		log_note("whether a run did this is not known: %s", error_text(&run->arena, error));
	error_free(error);
	if (runs.len)
		find_recordings(run, sides->source, sides->snapshot, &recordings);
	bool *spoken = arena_zalloc(&run->arena, items->len * sizeof(*spoken));
	for (size_t i = runs.len; i-- > 0;) {
		const struct known_run *r = &runs.at[i];
		struct run_deeds deeds = {.recordings = &recordings};
		if (!is_of(run, sides->session, sides->organization, r) || r->damage)
			continue;
		if (r->tree)
			return; /* recorded, and so is what was before it */
		error = load_deeds(run, r, &deeds);
		if (!error)
			take(&deeds, items, spoken);
		error_free(error); /* what its plan was is not known here */
	}
}

static bool is_left_to_others(const struct drift_vec *items)
{
	for (size_t i = 0; i < items->len; i++) {
		if (!items->at[i].made_by)
			return true;
	}
	return false;
}

void drift_tell_runs(struct run *run, const struct drift_sides *sides, struct drift_vec *items)
{
	const struct organization_config *config = sides->session->config;
	const struct ledger_place place = {.settings = config ? &config->ledger : NULL};
	if (items->len == 0)
		return;
	mark_runs(run, sides, items);
	if (is_left_to_others(items) && !ledger_place_is_shared(&place))
		log_note("no ledger is shared: whether a run of another machine did this is not "
			 "known here");
}

const char *drift_find_unrecorded(struct run *run, const struct drift_sides *sides)
{
	struct known_run_vec runs = {0};
	struct commit_vec recordings = {0};
	struct error *error = load_runs(run, sides->organization, &runs);
	if (error)
		log_note("whether a run was not recorded is not known: %s",
			 error_text(&run->arena, error));
	error_free(error);
	if (runs.len)
		find_recordings(run, sides->source, sides->snapshot, &recordings);
	for (size_t i = runs.len; i-- > 0;) {
		const struct known_run *r = &runs.at[i];
		const struct run_deeds deeds = {.run = r, .recordings = &recordings};
		if (!is_of(run, sides->session, sides->organization, r) || r->damage)
			continue;
		if (r->tree)
			return NULL;
		if (r->count[FATE_DONE] && is_first_look(&deeds, &(struct drift_item){0}))
			return r->name;
	}
	return NULL;
}

/* The folder that was compared with, where it is one; what the operator configured needs no name.
 */
static const char *base_folder(const struct run *run)
{
	const char *base = run->options.base;
	struct stat st;
	return base && !stat(base, &st) && S_ISDIR(st.st_mode) ? base : NULL;
}

static bool is_in_repository(struct run *run, const char *folder)
{
	const char *root = NULL, *below;
	error_free(history_find(&run->arena, folder, &root, &below));
	return root != NULL;
}

const char *drift_record_command(struct run *run, const char *name)
{
	const struct options *o = &run->options;
	const char *folder = base_folder(run) ?: o->snapshot;
	struct str out = STR(&run->arena);
	str_add(&out, "writ snapshot");
	if (!folder || is_in_repository(run, folder))
		str_add(&out, " --commit");
	option_add(&out, "snapshot", folder);
	option_add(&out, "live", o->live);
	option_add(&out, "config", o->config);
	option_add(&out, "org", o->org);
	option_add(&out, "roles-from", o->roles_from);
	option_add(&out, "run", name);
	return str_text(&out);
}
