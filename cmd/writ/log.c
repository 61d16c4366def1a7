/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cmd/writ/ledger_access.h"
#include "cmd/writ/log_changes.h"
#include "cmd/writ/log_verify.h"
#include "cmd/writ/snapshot_history.h"
#include "core/past/attested_list.h"
#include "core/render/render.h"
#include "core/render/render_result.h"
#include "core/util/csv.h"
#include "core/util/json.h"
#include "core/util/log.h"

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static bool has_counts(const struct known_run *r)
{
	return r->ledger && !r->damage;
}

/* ---- the list ---- */

static void add_counts(struct str *out, const struct known_run *r)
{
	str_printf(out, "  %zu change%s: %zu done", r->changes, r->changes == 1 ? "" : "s",
		   r->count[FATE_DONE]);
	if (r->count[FATE_FAILED])
		str_printf(out, ", %zu failed", r->count[FATE_FAILED]);
	if (r->count[FATE_UNKNOWN])
		str_printf(out, ", %zu unknown", r->count[FATE_UNKNOWN]);
	render_fates_left(out, r->count);
	if (r->count[FATE_NOT_TRIED])
		str_printf(out, ", %zu not sent", r->count[FATE_NOT_TRIED]);
	str_addc(out, '\n');
}

static void add_run_text(struct str *out, const struct known_run *r)
{
	struct arena *a = out->arena;
	str_printf(out, "%s  %s", render_time(a, r->begun), render_words(a, r->name));
	if (*r->organization)
		str_printf(out, "  %s", render_words(a, r->organization));
	str_printf(out, "  %s\n", run_state_name(r->state));
	if (has_counts(r))
		add_counts(out, r);
	if (r->damage)
		str_printf(out, "  damaged: %s\n", render_shown(a, r->damage));
	if (r->by)
		str_printf(out, "  by     %s\n", render_words(a, r->by));
	if (r->plan)
		str_printf(out, "  plan   %s\n", render_shown(a, r->plan));
	if (r->head)
		str_printf(out, "  chain  %s, %zu %s\n", r->head, r->entries.len,
			   r->entries.len == 1 ? "entry" : "entries");
	for (size_t i = 0; i < r->commits.len; i++) {
		const struct commit *c = &r->commits.at[i];
		str_printf(out, "  commit %.12s by %s \"%s\"\n", c->id,
			   render_words(a, c->author_name), render_words(a, c->subject));
	}
}

/* What `log` answers. */
struct run_log {
	const struct known_run_vec *runs;
	const struct known_attestation_vec *attested;
	const char *incomplete; /* why commits may be missing; NULL */
};

static void add_attested_text(struct str *out, const struct known_attestation_vec *all)
{
	struct arena *a = out->arena;
	if (all->len)
		str_printf(out, "\nATTESTED, NOT SEEN (%zu)\n", all->len);
	for (size_t i = all->len; i-- > 0;) {
		const struct known_attestation *k = &all->at[i];
		str_printf(out, "  %s  %s  %s  %s\n    %s\n", render_time(a, k->said.at),
			   render_words(a, k->organization), render_shown(a, k->said.address),
			   action_name(k->said.removal ? ACTION_DELETE : ACTION_CREATE),
			   render_shown(a, attested_list_text(a, k)));
	}
}

static void add_text(struct str *out, const struct run_log *log)
{
	const struct known_run_vec *runs = log->runs;
	if (runs->len == 0)
		str_add(out, "No run is known here.\n");
	for (size_t i = runs->len; i-- > 0;) {
		add_run_text(out, &runs->at[i]);
		str_add(out, i ? "\n" : "");
	}
	add_attested_text(out, log->attested);
}

static void add_json_commits(struct str *out, const struct commit_vec *commits)
{
	json_put_key(out, "commits");
	str_addc(out, '[');
	for (size_t i = 0; i < commits->len; i++) {
		const struct commit *c = &commits->at[i];
		str_add(out, i ? ", {" : "{");
		json_put_text(out, "commit", c->id);
		json_put_text(out, "time", render_time(out->arena, c->commit_time));
		json_put_text(out, "author", c->author_name);
		json_put_text(out, "email", c->author_email);
		json_put_text(out, "subject", c->subject);
		json_put_text(out, "chain", commit_trailer(c, "Writ-Ledger"));
		json_put_text(out, "manifests", commit_trailer(c, "Writ-Manifests"));
		str_addc(out, '}');
	}
	str_addc(out, ']');
}

static void add_run_json(struct str *out, const struct known_run *r)
{
	static const struct {
		const char *key;
		enum fate fate;
	} counts[] = {{"done", FATE_DONE},	   {"failed", FATE_FAILED},
		      {"unknown", FATE_UNKNOWN},   {"not_seen", FATE_LATE},
		      {"manual", FATE_MANUAL},	   {"withheld", FATE_WITHHELD},
		      {"not_sent", FATE_NOT_TRIED}};
	str_addc(out, '{');
	json_put_text(out, "run", r->name);
	json_put_text(out, "organization", *r->organization ? r->organization : NULL);
	json_put_text(out, "time", render_time(out->arena, r->begun));
	json_put_text(out, "by", r->by);
	json_put_text(out, "state", run_state_name(r->state));
	json_put_text(out, "plan", r->plan);
	json_put_text(out, "ledger", r->ledger ? r->ledger->place : NULL);
	json_put_text(out, "chain", r->head);
	json_put_text(out, "damage", r->damage);
	json_put_key(out, "counts");
	if (!has_counts(r)) {
		str_add(out, "null");
	} else {
		str_addc(out, '{');
		json_put_number(out, "changes", (int64_t)r->changes);
		for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++)
			json_put_number(out, counts[i].key, (int64_t)r->count[counts[i].fate]);
		str_addc(out, '}');
	}
	add_json_commits(out, &r->commits);
	str_addc(out, '}');
}

static void add_json(struct str *out, const struct run_log *log)
{
	const struct known_run_vec *runs = log->runs;
	const struct known_attestation_vec *attested = log->attested;
	str_addc(out, '{');
	json_put_text(out, "format_version", FORMAT_VERSION);
	json_put_key(out, "runs");
	str_addc(out, '[');
	for (size_t i = runs->len; i-- > 0;) {
		str_add(out, i + 1 < runs->len ? ",\n  " : "\n  ");
		add_run_json(out, &runs->at[i]);
	}
	str_add(out, runs->len ? "\n]" : "]");
	json_put_key(out, "attested");
	str_addc(out, '[');
	for (size_t i = attested->len; i-- > 0;) {
		str_add(out, i + 1 < attested->len ? ",\n  " : "\n  ");
		attested_list_json(out, &attested->at[i]);
	}
	str_add(out, attested->len ? "\n]" : "]");
	if (log->incomplete)
		json_put_text(out, "incomplete", log->incomplete);
	str_add(out, "}\n");
}

static const char *const csv_titles[] = {
	"time",	    "run",	"organization", "state", "by",	    "changes", "done",	   "failed",
	"unknown",  "not_sent", "plan",		"chain", "commit",  "author",  "not_seen", "manual",
	"withheld", "address",	"action",	"why",	 "over_at", "over"};
#define CSV_COLUMNS (sizeof(csv_titles) / sizeof(*csv_titles))

/* What was attested of a step is no run: its row has columns of its own behind those of runs. */
static void add_csv_attested(struct str *out, const struct known_attestation *k)
{
	struct arena *a = out->arena;
	const char *cells[CSV_COLUMNS] = {NULL};
	const char **own = cells + CSV_COLUMNS - 5;
	cells[0] = render_time(a, k->said.at);
	cells[2] = k->organization;
	cells[3] = "attested";
	cells[4] = k->said.by;
	own[0] = k->said.address;
	own[1] = action_name(k->said.removal ? ACTION_DELETE : ACTION_CREATE);
	own[2] = k->said.why;
	own[3] = k->over ? render_time(a, k->over_at) : NULL;
	own[4] = k->over;
	csv_add_row(out, cells, CSV_COLUMNS);
}

static void add_csv_run(struct str *out, const struct known_run *r)
{
	struct arena *a = out->arena;
	const struct commit *c = r->commits.len ? &r->commits.at[r->commits.len - 1] : NULL;
	size_t counts[] = {r->changes,
			   r->count[FATE_DONE],
			   r->count[FATE_FAILED],
			   r->count[FATE_UNKNOWN],
			   r->count[FATE_NOT_TRIED],
			   r->count[FATE_LATE],
			   r->count[FATE_MANUAL],
			   r->count[FATE_WITHHELD]};
	const char *shown[sizeof(counts) / sizeof(*counts)];
	for (size_t k = 0; k < sizeof(counts) / sizeof(*counts); k++)
		shown[k] = has_counts(r) ? arena_printf(a, "%zu", counts[k]) : "";
	const char *const cells[CSV_COLUMNS] = {render_time(a, r->begun),
						r->name,
						r->organization,
						run_state_name(r->state),
						or_empty(r->by),
						shown[0],
						shown[1],
						shown[2],
						shown[3],
						shown[4],
						or_empty(r->plan),
						or_empty(r->head),
						c ? c->id : "",
						c ? c->author_name : "",
						shown[5],
						shown[6],
						shown[7]};
	csv_add_row(out, cells, CSV_COLUMNS);
}

static void add_csv(struct str *out, const struct run_log *log)
{
	csv_add_row(out, csv_titles, CSV_COLUMNS);
	for (size_t i = log->runs->len; i-- > 0;)
		add_csv_run(out, &log->runs->at[i]);
	for (size_t i = log->attested->len; i-- > 0;)
		add_csv_attested(out, &log->attested->at[i]);
}

static void render(struct str *out, enum format format, const void *answer)
{
	if (format == FORMAT_JSON)
		add_json(out, answer);
	else if (format == FORMAT_CSV)
		add_csv(out, answer);
	else
		add_text(out, answer);
}

/* ---- the command ---- */

static bool is_within(int64_t at, const struct period *period)
{
	return at >= period->since && at <= period->until;
}

static void load_attested(struct run *run, const struct known_ledger_vec *ledgers,
			  const struct period *period, struct known_attestation_vec *out)
{
	size_t kept = 0;
	for (size_t i = 0; i < ledgers->len; i++)
		attested_list_load(&run->arena, &ledgers->at[i], out);
	for (size_t i = 0; i < out->len; i++) {
		if (is_within(out->at[i].said.at, period))
			out->at[kept++] = out->at[i];
	}
	out->len = kept;
}

static void keep_period(struct known_run_vec *runs, const struct period *period)
{
	size_t kept = 0;
	for (size_t i = 0; i < runs->len; i++) {
		if (is_within(runs->at[i].begun, period))
			runs->at[kept++] = runs->at[i];
	}
	runs->len = kept;
}

/* Refuses options that mean something for the table of changes alone. */
static struct error *check_options(const struct options *o, bool verifies)
{
	if (verifies && (o->changes || o->since || o->until))
		return error_new(ERROR_USAGE, "log verify checks all runs, of whatever time");
	if (!o->changes && o->unapproved)
		return error_new(ERROR_USAGE, "--unapproved is about changes: add --changes");
	if (!o->changes && (o->manifests || o->path_count > verifies))
		return error_new(ERROR_USAGE,
				 verifies
					 ? "log verify takes no PATH"
					 : "log takes nothing, or the word verify; a PATH is about "
					   "changes: add --changes");
	for (size_t i = 0; !o->changes && i < o->outputs.len; i++) {
		if (o->outputs.at[i].format == FORMAT_HTML)
			return error_new(ERROR_USAGE, "format html is for changes: add --changes");
	}
	return NULL;
}

static void tell_emptied(const struct known_ledger_vec *ledgers)
{
	for (size_t i = 0; i < ledgers->len; i++) {
		size_t count = known_ledger_emptied(&ledgers->at[i]);
		if (count)
			log_note("%zu record%s of organisation %s %s emptied: what runs of then "
				 "did, commits of snapshots alone tell",
				 count, count == 1 ? "" : "s", ledgers->at[i].organization,
				 count == 1 ? "is" : "are");
	}
}

/* Where no run is known, there may be snapshots that nobody named. */
static struct error *tell_unasked(struct run *run)
{
	struct snapshot_home home;
	TRY(snapshot_history_find(run, &home));
	if (!home.repository)
		log_note("no commits were asked: --snapshot DIR names the folder of snapshots in a "
			 "repository, whose commits tell their runs");
	return NULL;
}

struct error *cmd_log(struct run *run, int *status)
{
	const struct options *o = &run->options;
	struct period period;
	bool verifies = o->path_count && !strcmp(o->paths[0], "verify");
	struct commit_vec commits = {0};
	struct known_run_vec runs = {0};
	struct known_ledger_vec ledgers = {0};
	TRY(check_options(o, verifies));
	if (o->changes)
		return log_changes_answer(run, status);
	TRY(log_changes_period(run, &period));
	struct error *lost = snapshot_history_commits(run, &commits);
	const bool asked = !lost;
	if (lost && (verifies || o->snapshot))
		return lost;
	if (lost) {
		log_note("no commits are told: %s", lost->message);
		if (lost->code == ERROR_SYSTEM)
			*status = EXIT_ERROR; /* the commits are at hand, and cannot be read */
		error_free(lost);
	}
	if (run->report.errors)
		return NULL;
	TRY(ledger_access_all(run, &ledgers));
	tell_emptied(&ledgers);
	if (run->report.errors)
		return NULL;
	run_list_load(&run->arena, &ledgers, &commits, &runs);
	if (o->org && ledgers.len == 0)
		TRY(ledger_access_tell_nearest(run));
	if (runs.len == 0 && asked)
		TRY(tell_unasked(run));
	keep_period(&runs, &period);
	struct known_attestation_vec attested = {0};
	load_attested(run, &ledgers, &period, &attested);
	const struct run_log answer = {&runs, &attested, snapshot_history_cut(&commits)};
	if (answer.incomplete && !verifies)
		log_note("earlier runs may not be known here: %s", answer.incomplete);
	return verifies ? log_verify(run, &ledgers, &runs, &commits, status)
			: output_all(run, render, &answer);
}
