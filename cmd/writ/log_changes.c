/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/log_changes.h"

#include "cmd/writ/ledger_access.h"
#include "cmd/writ/snapshot_history.h"
#include "core/past/past_changes_print.h"
#include "core/render/render.h"
#include "core/util/clock.h"
#include "core/util/log.h"

#define DAY (24 * 60 * 60)

/* ---- which period ---- */

static struct error *parse_edge(const char *name, const char *text, bool begin, int64_t *out)
{
	int32_t day;
	if (!text)
		return NULL;
	if (time_parse(text, out))
		return NULL;
	if (!date_parse(text, &day))
		return error_new(
			ERROR_USAGE,
			"--%s: \"%.40s\" is neither a date such as 2026-11-30 nor a moment "
			"such as 2026-11-30T12:00:00Z",
			name, text);
	*out = ((int64_t)day + (begin ? 0 : 1)) * DAY - (begin ? 0 : 1);
	return NULL;
}

struct error *log_changes_period(const struct run *run, struct period *out)
{
	const struct options *o = &run->options;
	*out = (struct period){INT64_MIN, INT64_MAX, "."};
	TRY(parse_edge("since", o->since, true, &out->since));
	TRY(parse_edge("until", o->until, false, &out->until));
	if (out->since > out->until)
		return error_new(ERROR_USAGE, "--since %.40s is after --until %.40s", o->since,
				 o->until);
	return NULL;
}

/* ---- what is at hand ---- */

/* The history of snapshots, which stays open while the table is made. */
struct at_hand {
	struct history *history; /* NULL: none */
	struct timeline timeline;
	struct timeline_source source; /* of which it is */
	struct commit_vec commits;
	const char *missing; /* why there are no snapshots; NULL */
	bool failed;
};

static struct error *open_snapshots(struct run *run, struct at_hand *h)
{
	struct snapshot_home m;
	TRY(snapshot_history_find(run, &m));
	if (run->report.errors || !m.repository)
		return NULL;
	TRY(history_open(m.repository, &h->history));
	h->source = (struct timeline_source){
		.history = h->history, .folder = m.folder, .strings = run->strings};
	TRY(snapshot_history_timeline(run, h->history, &m, &h->timeline));
	return snapshot_history_commits(run, &h->commits);
}

/* Manifests that were named must be there; those that are only configured may be missing. */
static struct error *load_snapshots(struct run *run, struct at_hand *h)
{
	struct error *error = open_snapshots(run, h);
	if (error && run->options.snapshot)
		return error;
	if (!error && !h->history)
		h->missing = "no snapshots are at hand (--snapshot tells where)";
	if (!error)
		return NULL;
	h->missing = arena_printf(&run->arena, "the snapshots are not at hand: %s",
				  error_text(&run->arena, error));
	h->failed = error->code == ERROR_SYSTEM;
	error_free(error);
	return NULL;
}

static struct error *make(struct run *run, const struct period *period, struct at_hand *h,
			  struct past_changes *out)
{
	struct known_ledger_vec *ledgers = arena_zalloc(&run->arena, sizeof(*ledgers));
	struct known_run_vec *runs = arena_zalloc(&run->arena, sizeof(*runs));
	const struct signers *signers;
	TRY(ledger_access_all(run, ledgers));
	if (run->report.errors)
		return NULL;
	TRY(snapshot_history_load_signers(run, &signers));
	run_list_load(&run->arena, ledgers, &h->commits, runs);
	struct past_changes_input input = {.since = period->since,
					   .until = period->until,
					   .runs = runs,
					   .snapshots = h->missing ? NULL : h->history,
					   .timeline = h->missing ? NULL : &h->timeline,
					   .source = h->missing ? NULL : &h->source,
					   .manifests = period->manifests,
					   .signers = signers,
					   .strings = run->strings};
	past_changes_make(&input, &run->arena, out);
	out->failed |= h->failed;
	if (run->options.org && ledgers->len == 0)
		TRY(ledger_access_tell_nearest(run));
	if (ledgers->len == 0)
		vec_push(&run->arena, &out->gaps, "no ledger is at hand");
	if (!ledger_access_is_shared(run))
		vec_push(&run->arena, &out->gaps,
			 "no ledger is shared: what runs of other machines changed is not known "
			 "here, but for what snapshots show");
	if (h->missing)
		vec_push(&run->arena, &out->gaps,
			 arena_printf(&run->arena, "%s: drift is not known here", h->missing));
	return NULL;
}

struct error *log_changes_load(struct run *run, const struct period *period,
			       struct past_changes *out)
{
	struct at_hand h = {0};
	*out = (struct past_changes){0};
	struct error *error = load_snapshots(run, &h);
	if (!error && !run->report.errors)
		error = make(run, period, &h, out);
	universe_free(h.timeline.universe);
	history_close(h.history);
	return error;
}

/* ---- the answer ---- */

static void render(struct str *out, enum format format, const void *answer)
{
	static void (*const printers[FORMAT_COUNT])(struct str *, const struct change_table *) = {
		[FORMAT_TEXT] = past_changes_print_text,
		[FORMAT_JSON] = past_changes_print_json,
		[FORMAT_CSV] = past_changes_print_csv,
		[FORMAT_HTML] = past_changes_print_html};
	printers[format](out, answer);
}

/* A CSV table has no place for what could not be told, so this goes to standard error. */
static void note_gaps(struct run *run, const struct past_changes *changes)
{
	bool table = false;
	for (size_t i = 0; i < run->options.outputs.len; i++)
		table |= run->options.outputs.at[i].format == FORMAT_CSV;
	for (size_t i = 0; table && i < changes->gaps.len; i++)
		log_note("%s", render_shown(&run->arena, changes->gaps.at[i]));
	for (size_t i = 0; table && i < changes->unseen.len; i++)
		log_note("no snapshot shows all the time who held %s",
			 render_entitlement(&run->arena, changes->unseen.at[i].entitlement));
}

struct error *log_changes_answer(struct run *run, int *status)
{
	struct period period;
	struct past_changes changes;
	TRY(log_changes_period(run, &period));
	TRY(options_past_manifests(&run->options, 0, &period.manifests));
	TRY(log_changes_load(run, &period, &changes));
	if (run->report.errors)
		return NULL;
	if (run->options.unapproved)
		past_changes_keep_unapproved(&changes, &run->arena);
	struct change_table table = {.changes = &changes,
				     .organization = run->options.org,
				     .since = period.since,
				     .until = period.until,
				     .unapproved = run->options.unapproved};
	TRY(output_all(run, render, &table));
	note_gaps(run, &changes);
	if (changes.failed || (run->options.strict && (changes.gaps.len || changes.unseen.len)))
		*status = EXIT_ERROR;
	return NULL;
}
