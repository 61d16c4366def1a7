/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cmd/writ/log_changes.h"
#include "cmd/writ/organization_tables.h"
#include "cmd/writ/organizations.h"
#include "cmd/writ/planning.h"
#include "cmd/writ/snapshot_history.h"
#include "cmd/writ/snapshot_reading.h"
#include "core/git/revision_path.h"
#include "core/language/stored.h"
#include "core/render/render.h"
#include "core/report/matrix.h"
#include "core/report/matrix_page.h"
#include "core/util/log.h"

/* The parts of a report, as far as they were read. */
struct report_sides {
	struct manifests manifests;
	struct model *seen; /* the snapshot; NULL: none */
	struct live live;
	struct snapshot_source source;
	struct timeline timeline; /* its universe: NULL where there is none */
	size_t moment;
	const char *manifests_at; /* NULL: none were read */
	const char *history_lost;
};

static void render(struct str *out, enum format format, const void *answer)
{
	if (format == FORMAT_JSON)
		matrix_print_json(out, answer);
	else if (format == FORMAT_HTML)
		matrix_page_print(out, answer);
	else if (format == FORMAT_CSV)
		matrix_print_csv(out, answer);
	else
		matrix_print_text(out, answer);
}

/* ---- reading ---- */

static const char *join_paths(struct run *run)
{
	struct str out = STR(&run->arena);
	for (size_t i = 0; i < run->options.path_count; i++)
		str_printf(&out, "%s%s", i ? ", " : "", run->options.paths[i]);
	return out.len ? str_text(&out) : "the current folder";
}

/* Loads the manifests. A snapshot that is named in their place says what is held, and then nothing
 * is declared. */
static struct error *load_paths(struct run *run, struct report_sides *s, struct universe *u)
{
	const struct options *o = &run->options;
	TRY(load_manifests_of_commit(run, o->paths, o->path_count, &s->manifests));
	if (run->report.errors)
		return NULL;
	const struct organization *said = &s->manifests.model.organizations.at[0];
	if (!said->snapshot.format) {
		s->manifests_at = join_paths(run);
		return NULL;
	}
	if (o->base)
		return error_new(ERROR_USAGE,
				 "%s is a snapshot already; --base goes with manifests",
				 join_paths(run));
	s->seen = &s->manifests.model;
	s->source.path = join_paths(run);
	stored_of_model(s->seen, COLLECT_ALL, &run->arena, u, &s->live);
	return NULL;
}

/* The snapshot beside the manifests, if there is one. */
static struct error *load_seen(struct run *run, struct report_sides *s, struct universe *u,
			       const char *given)
{
	struct session session = {0};
	const struct organization *said =
		s->manifests_at ? &s->manifests.model.organizations.at[0] : NULL;
	const char *name = said ? said->meta.name : run->options.org;
	struct named_organization service = {.organization = name};
	if (said)
		service = service_of(said);
	TRY(find_configured(run, &service, &session.config));
	if (run->report.errors)
		return NULL;
	TRY(find_snapshot(run, &session, given, name, &s->source));
	if (!s->source.path && run->options.snapshot)
		return error_new(ERROR_INPUT, "there is no snapshot in %.200s",
				 run->options.snapshot);
	if (!s->source.path)
		return NULL;
	TRY(fix_snapshot(run, &s->source));
	struct model *seen = arena_zalloc(&run->arena, sizeof(*seen));
	TRY(load_snapshot(run, &s->source, seen));
	stored_of_model(seen, COLLECT_ALL, &run->arena, u, &s->live);
	s->seen = seen;
	return check_snapshot_of(&s->source, &s->live, name, said ? said->org_id : NULL);
}

/* ---- since when ---- */

/* Where the snapshot's history is; a snapshot in no repository has none. */
static struct error *find_history(struct run *run, const struct report_sides *s,
				  struct timeline_source *out, const char **out_root)
{
	struct revision_path at = {0};
	*out_root = NULL;
	if (revision_path_is(s->source.path)) {
		TRY(revision_path_find(&run->arena, s->source.path, s->source.repository, &at));
		out->revision = at.revision;
		out->folder = at.below;
		*out_root = at.root;
		return NULL;
	}
	TRY(history_find(&run->arena, s->source.path, out_root, &out->folder));
	if (*out_root)
		out->cache = timeline_cache_path(&run->arena, *out_root, out->folder);
	return NULL;
}

static struct error *load_timeline(struct run *run, struct report_sides *s)
{
	CLEANUP(history_close) struct history *h = NULL;
	struct timeline_source source = {.strings = run->strings};
	const char *root, *why = NULL;
	char tip[HISTORY_ID];
	TRY(find_history(run, s, &source, &root));
	if (!root)
		return NULL;
	TRY(history_open(root, &h));
	if (!source.revision) {
		TRY(history_tip(h, NULL, tip));
		if (!*tip)
			return NULL;
		source.revision = tip;
	}
	source.history = h;
	TRY(timeline_load(&source, &run->arena, &s->timeline, &why));
	if (s->timeline.moments.len)
		s->moment = s->timeline.moments.len - 1;
	return NULL;
}

/* Reads since when grants are held; where that fails the report says so and goes on without it. */
static void find_since(struct run *run, struct report_sides *s)
{
	bool recorded = s->seen && s->seen->organizations.at[0].snapshot.format;
	struct error *error = recorded ? load_timeline(run, s) : NULL;
	if (error)
		s->history_lost = error_text(&run->arena, error);
	else if (s->timeline.incomplete)
		s->history_lost = s->timeline.incomplete;
	if (s->history_lost)
		log_note("since when grants are held is not wholly known: %s", s->history_lost);
	error_free(error);
}

/* "serial 4, committed 2026-05-01T09:00:00Z". */
static const char *note_of(struct run *run, const struct report_sides *s)
{
	struct str out = STR(&run->arena);
	const struct organization *said = &s->seen->organizations.at[0];
	const struct timeline *t = &s->timeline;
	if (said->snapshot.format)
		str_printf(&out, "serial %d", said->snapshot.serial);
	if (t->moments.len)
		str_printf(&out, "%sits last commit %.12s of %s", out.len ? ", " : "",
			   t->moments.at[s->moment].id,
			   render_time(&run->arena, t->moments.at[s->moment].time));
	return out.len ? str_text(&out) : NULL;
}

/* ---- the report ---- */

static struct error *trace(struct run *run, struct matrix *m)
{
	struct signers signers;
	const struct organization_config *config;
	if (!m->manifests)
		return NULL;
	TRY(snapshot_history_signers(run, &config));
	bool known = config && config->signers;
	if (known)
		TRY(signers_load(config->signers, config->revoked_keys, &run->arena, &signers));
	if (run->report.errors)
		return NULL;
	matrix_trace(m, &run->arena, known ? &signers : NULL);
	if (m->lines_lost)
		log_note("not all commits are told: %s", m->lines_lost);
	return NULL;
}

static struct error *make(struct run *run, struct report_sides *s, struct universe *u,
			  struct matrix *out)
{
	struct matrix_input input = {.universe = u, .strings = run->strings, .now = run->now};
	const char *as_of = run->options.as_of;
	if (!as_of)
		TRY(load_paths(run, s, u));
	if (run->report.errors)
		return NULL;
	if (!s->seen)
		TRY(load_seen(run, s, u, as_of ? as_of : run->options.base));
	if (run->report.errors)
		return NULL;
	if (as_of && !s->seen)
		return error_new(ERROR_INPUT, "there is no snapshot of %.64s", as_of);
	find_since(run, s);
	if (s->manifests_at) {
		input.wanted = &s->manifests.model;
		input.index = &s->manifests.index;
	}
	if (s->seen) {
		input.seen = s->seen;
		input.live = &s->live;
		input.timeline = s->timeline.moments.len ? &s->timeline : NULL;
		input.moment = s->moment;
	}
	matrix_make(&input, &run->arena, out);
	out->manifests = s->manifests_at;
	out->commit = s->manifests.commit;
	out->snapshot = s->seen ? s->source.path : NULL;
	out->snapshot_note = s->seen ? note_of(run, s) : NULL;
	out->history_lost = s->history_lost;
	return trace(run, out);
}

/* Makes the table of changes of the period that is asked about; it stays NULL where no period is.
 */
static struct error *find_changes(struct run *run, struct change_table *table, struct matrix *out,
				  int *status)
{
	struct period period;
	const struct options *o = &run->options;
	struct past_changes *changes = arena_zalloc(&run->arena, sizeof(*changes));
	if (!o->since && !o->until)
		return NULL;
	TRY(log_changes_period(run, &period));
	TRY(options_past_manifests(o, 0, &period.manifests));
	TRY(log_changes_load(run, &period, changes));
	*table = (struct change_table){.changes = changes,
				       .organization = out->organization,
				       .since = period.since,
				       .until = period.until};
	if (changes->failed)
		*status = EXIT_ERROR;
	out->changes = table;
	return NULL;
}

/* Writes the changes as a CSV file of their own, since a table has one kind of rows. */
static struct error *save_changes(struct run *run, const struct matrix *m)
{
	for (size_t i = 0; m->changes && i < run->options.outputs.len; i++) {
		struct output o = run->options.outputs.at[i];
		struct str out = STR(&run->arena);
		if (o.format != FORMAT_CSV)
			continue;
		if (!o.file) {
			log_note("what changed is saved beside a table that has a name: --format "
				 "csv=FILE");
			continue;
		}
		o.file = output_file_beside(&run->arena, o.file, "changes");
		if (o.memory)
			str_addc(&out, TABLES_APART);
		past_changes_print_csv(&out, m->changes);
		TRY(output_write(&o, str_text(&out), out.len));
	}
	return NULL;
}

static struct error *report_one(struct run *run, int *status)
{
	struct report_sides sides = {0};
	struct matrix matrix;
	struct change_table table;
	struct universe *u = universe_new(run->strings);
	struct error *error = make(run, &sides, u, &matrix);
	if (!error && !run->report.errors)
		error = find_changes(run, &table, &matrix, status);
	if (!error && !run->report.errors)
		error = output_all(run, render, &matrix);
	if (!error && !run->report.errors)
		error = save_changes(run, &matrix);
	universe_free(sides.timeline.universe);
	universe_free(u);
	return error;
}

struct error *cmd_report(struct run *run, int *status)
{
	const struct options *o = &run->options;
	if (!o->as_of)
		return organizations_of_set(run, arguments_of(o), report_one, status);
	if (o->path_count || o->base)
		return error_new(ERROR_USAGE, "--as-of is a report of that snapshot alone, without "
					      "manifests");
	return report_one(run, status);
}
