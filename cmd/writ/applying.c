/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/applying.h"

#include <signal.h>
#include <string.h>

#include "cmd/writ/ledger_access.h"
#include "cmd/writ/ledger_trailer.h"
#include "cmd/writ/reviewing.h"
#include "cmd/writ/snapshot_recording.h"
#include "cmd/writ/streaming.h"
#include "core/apply/apply.h"
#include "core/language/checkout.h"
#include "core/render/render.h"
#include "core/render/render_result.h"
#include "core/util/beneath.h"
#include "core/util/log.h"

/* Set by a signal; the only mutable global, for a handler has no other way to speak. */
static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
	stopped = number;
}

/* The first signal lets the batch in flight finish; the second acts as usual. One that is ignored,
 * as nohup has it, stays so. */
static void catch_signals(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND}, old;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		if (!sigaction(numbers[i], NULL, &old) && old.sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
	}
}

static void note(const char *line)
{
	log_note("%s", line);
}

static bool is_left(const struct result *r)
{
	return r->count[FATE_FAILED] || r->count[FATE_UNKNOWN] || r->count[FATE_NOT_TRIED];
}

/* Whether a step is left that a person must make, and that nobody attested. */
static bool waits_for_person(const struct plan *plan, const struct result *r)
{
	for (size_t i = 0; i < plan->changes.len; i++) {
		if (r->fates[i] == FATE_MANUAL && !r->attested[i])
			return true;
	}
	return false;
}

static int status_of(const struct plan *plan, const struct result *r)
{
	if (r->interrupted)
		return EXIT_SIGNAL + (int)stopped;
	if (is_left(r))
		return EXIT_PARTIAL;
	if (r->count[FATE_WITHHELD])
		return EXIT_GUARD;
	bool waits = waits_for_person(plan, r) || r->count[FATE_LATE] || plan->blocked.len;
	return waits ? EXIT_MANUAL : EXIT_DONE;
}

/* ---- the command that goes on from here ---- */

static const char *resume_command(struct run *run, const struct session *session,
				  const struct plan *plan, bool saved)
{
	const struct options *o = &run->options;
	bool configured = session->config && session->config->name;
	struct str out = STR(&run->arena);
	str_add(&out, "writ apply --resume");
	option_add(&out, "live", o->live);
	option_add(&out, "config", o->config);
	option_add(&out, "org", o->org || !configured ? o->org : plan->organization);
	option_add(&out, "roles-from", o->roles_from);
	option_add(&out, "snapshot", o->snapshot);
	if (saved) /* the saved plan lacks the consent that was added when it was applied */
		consent_add_options(&out, &o->consent);
	if (o->commit)
		str_add(&out, " --commit");
	return str_text(&out);
}

/* ---- what a run tells ---- */

/* --export-csv: what waits for a person in the form that the service's console takes. */
static struct error *export_manual(struct run *run, const struct session *session,
				   const struct plan *plan, const struct result *r)
{
	const struct provider_reader *reader = session->provider->reader;
	VEC(, const struct change *) changes = {0};
	VEC(, const char *) emails = {0};
	struct str out = STR(&run->arena);
	if (!run->options.export_csv)
		return NULL;
	for (size_t i = 0; i < plan->changes.len; i++) {
		if (r->fates[i] != FATE_MANUAL || r->attested[i])
			continue;
		vec_push(&run->arena, &changes, &plan->changes.at[i]);
		vec_push(&run->arena, &emails, r->emails[i]);
	}
	provider_export_manual(reader, session->handle, changes.at, emails.at, changes.len, &out);
	struct error *error = beneath_write(run->options.export_csv, str_text(&out), out.len, 0600);
	if (error)
		error->code = ERROR_RECORD;
	return error;
}

static struct error *review_result(struct run *run, const struct run_report *report)
{
	struct review review;
	if (!wants_review(&run->options))
		return NULL;
	review_of_result(&review, &run->arena, report);
	review_add_report(&review, &run->arena, &run->report);
	return write_reviews(run, &review);
}

/* Text follows the plan that was shown; JSON is one document with the plan and its result. */
static struct error *tell_result(struct run *run, const struct run_report *report)
{
	run->told = true;
	progress_idle();
	stream_result(report->planned->plan, report->result);
	for (size_t i = 0; i < run->options.outputs.len; i++) {
		const struct output *o = &run->options.outputs.at[i];
		struct str out = STR(&run->arena);
		if (format_is_review(o->format))
			continue;
		if (o->format == FORMAT_JSON)
			render_result_json(&out, report);
		else if (o->file && !report->unresumed) /* whole, for the plan was shown on standard
							   output alone */
			render_plan_text(&out, report->planned, false);
		if (o->format != FORMAT_JSON) {
			render_result_text(&out, report);
			render_record_text(&out, report->record);
		}
		TRY(output_write(o, str_text(&out), out.len));
	}
	return review_result(run, report);
}

/* ---- carrying out ---- */

/* Prints an error that the command goes on after, and frees it. */
static void tell(struct error *error)
{
	if (error)
		error_print(stderr, error);
	error_free(error);
}

/* The command ends with the first error of what follows a run; any other is printed here. */
static struct error *first_of(struct error *a, struct error *b)
{
	if (a)
		tell(b);
	return a ? a : b;
}

static struct error *record(struct run *run, const struct session *session,
			    const struct planned *planned, bool saved, const struct result *result,
			    bool partly, struct result_record *out)
{
	struct error *error = recording_apply(run, session, planned, saved, result, partly, out);
	if (error)
		out->error = error_text(&run->arena, error);
	return error;
}

/* The repository that holds the manifests, or for a saved plan the current folder; NULL: none. */
static const char *repository_of(struct run *run)
{
	static const char *const here[] = {"."};
	const struct options *o = &run->options;
	struct checkout checkout;
	bool found = o->path_count ? checkout_find(&run->arena, o->paths, o->path_count, &checkout)
				   : checkout_find(&run->arena, here, 1, &checkout);
	return found ? checkout.root : NULL;
}

/* The context of record_earlier(), which core/apply calls back. */
struct recording {
	struct run *run;
	const struct session *session;
};

static struct error *record_earlier(void *context, const char *name, bool *done)
{
	const struct recording *r = context;
	return recording_earlier(r->run, r->session, name, done);
}

static struct apply_input apply_input_of(struct run *run, struct session *session,
					 const struct order *order,
					 const struct organization_ledger *ledger,
					 const struct hold_request *request)
{
	struct recording *recording = arena_alloc(&run->arena, sizeof(*recording));
	*recording = (struct recording){run, session};
	return (struct apply_input){.planned = order->planned,
				    .saved = order->saved,
				    .whole = order->whole,
				    .allow_older = run->options.allow_older,
				    .repository = repository_of(run),
				    .recorded = order->recorded,
				    .untold = order->untold,
				    .objection = order->objection,
				    .expected = run->options.expected.len > 0,
				    .vouched = order->vouched,
				    .given = run->options.consent,
				    .base = order->planned->plan->base_live,
				    .provider = session->provider,
				    .session = session->handle,
				    .strings = run->strings,
				    .operator_policy = session_policy(session),
				    .ledger = ledger->ledger,
				    .hold = request,
				    .open_store = ledger_access_reopen,
				    .open_context = ledger->place,
				    .record_earlier = record_earlier,
				    .record_context = recording,
				    .late_folder = ledger_access_late_folder(run, ledger),
				    .now = run->now,
				    .stop = &stopped,
				    .note = note,
				    .follow = stream_follow,
				    .follow_context = (void *)(uintptr_t)order->planned->plan};
}

static const char *own_commit(const struct result_record *r)
{
	return r->commit_count ? r->commits[r->commit_count - 1] : NULL;
}

/* Tells the result of a run that sent something, and records it. */
static struct error *conclude(struct run *run, const struct session *session,
			      const struct order *order, struct result *result,
			      struct applier *held, struct error *error, int *status)
{
	const struct plan *plan = order->planned->plan;
	struct result_record recorded = {0};
	struct run_report report = {.planned = order->planned,
				    .result = result,
				    .record = &recorded,
				    .saved = order->saved};
	*status = error ? exit_status_of(error->code) : status_of(plan, result);
	if (error || (is_left(result) && !result->expired) || result->count[FATE_LATE])
		report.resume = resume_command(run, session, plan, order->saved);
	struct error *unsaved = error ? NULL : export_manual(run, session, plan, result);
	struct error *unrecorded = result->taken_over
					   ? NULL
					   : record(run, session, order->planned, order->saved,
						    result, error != NULL, &recorded);
	struct apply_closing closing = {own_commit(&recorded), recorded.tree, unrecorded != NULL};
	struct error *unclosed = apply_close(held, &closing);
	bool worse = error || (*status != EXIT_DONE && *status != EXIT_MANUAL);
	struct error *after = first_of(unsaved, first_of(unrecorded, unclosed));
	if (after && !worse)
		*status = exit_status_of(after->code);
	report.error = error ? error_text(&run->arena, error) : NULL;
	report.status = *status;
	run->summary = render_result_summary(&run->arena, &report);
	struct error *untold = tell_result(run, &report);
	if (untold)
		untold->code = ERROR_RECORD;
	if (error)
		return first_of(error, first_of(after, untold));
	if (worse) {
		tell(first_of(after, untold));
		return NULL;
	}
	return first_of(after, untold);
}

/* Whether the plan may be applied once alone, so that another machine may have done it. */
static bool is_good_once(const struct run *run, const struct order *order)
{
	return (order->saved || run->options.expected.len) && !run->options.resume;
}

static struct error *send_and_conclude(struct run *run, struct session *session,
				       const struct order *order,
				       const struct organization_ledger *ledger, int *status)
{
	struct result result = {0};
	struct applier *held = NULL;
	const struct hold_request request = ledger_access_request(run, ledger);
	struct apply_input input = apply_input_of(run, session, order, ledger, &request);
	if (run->options.export_csv && !session->provider->reader->export_manual)
		return error_new(ERROR_USAGE, "provider %s has no bulk format",
				 session->provider->reader->name);
	TRY(recording_prepare_apply(run, session, order->planned->plan));
	catch_signals();
	struct error *error = apply_run(&input, &run->arena, &result, &held);
	run->changed = result.run && held;
	if (error && !held)
		return error;
	if (is_good_once(run, order))
		ledger_access_tell_unshared(ledger->place);
	return conclude(run, session, order, &result, held, error, status);
}

/* Whoever made a saved plan may have had the snapshots' history, which is not at hand here. */
static struct error *refused_by_plan(const struct plan *plan)
{
	for (size_t i = 0; i < plan->warnings.len; i++) {
		const struct diagnostic *d = &plan->warnings.at[i];
		if (!strcmp(d->id, PLAN_WARNS_OTHER_LEDGER))
			return error_new(ERROR_INPUT,
					 "the plan was made with this warning: %s; %s; nothing was "
					 "sent",
					 d->summary, d->detail);
	}
	return NULL;
}

/* Refuses a ledger that is another one than the snapshots speak of, for what that one knows would
 * not count. Of a run that is resumed, its plan was looked at when it began. */
static struct error *check_ledger(struct run *run, const struct organization_ledger *ledger,
				  const struct plan *plan)
{
	const char *why = NULL;
	if (run->options.allow_other_ledger)
		return NULL;
	TRY(ledger_trailer_compare(run, plan->organization, ledger->place, ledger->ledger, &why));
	if (!why)
		return run->options.resume ? NULL : refused_by_plan(plan);
	return error_new(
		ERROR_INPUT,
		"%s: it is another ledger, or it lost records; name the right one, or move "
		"the old one with `writ ledger move`; --allow-other-ledger accepts the "
		"loss; nothing was sent",
		why);
}

struct error *apply_planned(struct run *run, struct session *session, const struct order *order,
			    int *status)
{
	struct organization_ledger ledger = {0};
	TRY(ledger_access_open(run, session, order->planned->plan->organization, &ledger));
	struct error *error = check_ledger(run, &ledger, order->planned->plan);
	if (!error)
		error = send_and_conclude(run, session, order, &ledger, status);
	ledger_access_close(&ledger);
	return error;
}

/* Where there is nothing to do this is recorded too: other runs learn that these manifests were
 * applied, and the snapshot of what is live is taken. */
static struct error *conclude_idle(struct run *run, const struct session *session,
				   const struct planned *planned, struct applier *held, int *status)
{
	struct result_record recorded = {0};
	struct run_report report = {.planned = planned, .record = &recorded};
	struct error *error = record(run, session, planned, false, NULL, false, &recorded);
	error = first_of(error, apply_close(held, &(struct apply_closing){NULL, NULL, false}));
	*status = error			       ? exit_status_of(error->code)
		  : planned->plan->blocked.len ? EXIT_MANUAL
					       : EXIT_DONE;
	report.status = *status;
	return first_of(error, tell_result(run, &report));
}

struct error *apply_nothing(struct run *run, struct session *session, const struct order *order,
			    int *status)
{
	struct organization_ledger ledger = {0};
	struct result result = {0};
	struct applier *held = NULL;
	TRY(ledger_access_open(run, session, order->planned->plan->organization, &ledger));
	const struct hold_request request = ledger_access_request(run, &ledger);
	struct apply_input input = apply_input_of(run, session, order, &ledger, &request);
	struct error *error = check_ledger(run, &ledger, order->planned->plan);
	if (!error)
		error = apply_run(&input, &run->arena, &result, &held);
	if (!error)
		error = conclude_idle(run, session, order->planned, held, status);
	ledger_access_close(&ledger);
	return error;
}

struct error *apply_unresumed(struct run *run, const char *organization)
{
	const struct plan plan = {.organization = organization};
	const struct planned planned = {.plan = &plan};
	const struct result_record recorded = {0};
	return tell_result(
		run,
		&(struct run_report){.planned = &planned, .record = &recorded, .unresumed = true});
}
