/* SPDX-License-Identifier: Apache-2.0 */
#include "core/apply/apply.h"

#include <string.h>

#include "cmd/writ/ledger_access.h"
#include "cmd/writ/members.h"
#include "cmd/writ/organization_options.h"
#include "cmd/writ/organizations.h"
#include "cmd/writ/plan_signature.h"
#include "cmd/writ/planning.h"
#include "cmd/writ/snapshot_history.h"
#include "cmd/writ/snapshot_reading.h"
#include "cmd/writ/snapshot_recording.h"
#include "cmd/writ/streaming.h"
#include "core/language/checkout.h"
#include "core/render/planfile.h"
#include "core/render/render.h"
#include "core/render/render_result.h"
#include "core/util/beneath.h"
#include "core/util/clock.h"
#include "core/util/file.h"
#include "core/util/log.h"
#include "providers/registry.h"

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

static struct error *ask(const struct run *run)
{
	char answer[16];
	if (run->options.auto_approve)
		return NULL;
	if (run->member)
		return member_ask(run->member, run->summary);
	if (stream_is_result(&run->options) || !isatty(STDIN_FILENO))
		return error_new(ERROR_USAGE,
				 "no terminal to ask on: give --auto-approve, or a saved plan");
	progress_idle();
	fprintf(stderr, "Only \"yes\" is taken for consent. Apply? ");
	if (!fgets(answer, sizeof(answer), stdin) || strcmp(answer, "yes\n") != 0)
		return error_new(ERROR_INPUT, "not approved; nothing was changed");
	return NULL;
}

static bool is_left(const struct result *r)
{
	return r->count[FATE_FAILED] || r->count[FATE_UNKNOWN] || r->count[FATE_NOT_TRIED];
}

static int status_of(const struct plan *plan, const struct result *r)
{
	if (r->interrupted)
		return EXIT_SIGNAL + (int)stopped;
	if (is_left(r))
		return EXIT_PARTIAL;
	if (r->count[FATE_WITHHELD])
		return EXIT_GUARD;
	bool waits = r->count[FATE_MANUAL] || r->count[FATE_LATE] || plan->blocked.len;
	return waits ? EXIT_MANUAL : EXIT_DONE;
}

/* ---- the command that goes on from here ---- */

/* What a saved plan does not carry itself. */
static void add_consent(struct str *out, const struct consent *given)
{
	if (given->removals != CONSENT_NONE)
		str_printf(out, " --allow-remove %d%s", (int)given->amount,
			   given->removals == CONSENT_PERCENT ? "%" : "");
	if (given->admin_grants >= 0)
		str_printf(out, " --allow-admin-grants %d", (int)given->admin_grants);
	if (given->live_shrink)
		str_add(out, " --allow-live-shrink");
	if (given->expired)
		str_add(out, " --allow-expired");
	if (given->unreplaced)
		str_add(out, " --allow-unreplaced");
}

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
	if (saved)
		add_consent(&out, &o->consent);
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
		if (r->fates[i] != FATE_MANUAL)
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

/* Text behind the plan that was shown; JSON as one document. */
static struct error *tell_result(struct run *run, const struct run_report *report)
{
	run->told = true;
	progress_idle();
	stream_result(report->planned->plan, report->result);
	for (size_t i = 0; i < run->options.outputs.len; i++) {
		const struct output *o = &run->options.outputs.at[i];
		struct str out = STR(&run->arena);
		if (o->format == FORMAT_JSON)
			render_result_json(&out, report);
		else if (o->file) /* whole, for the plan was shown on standard output alone */
			render_plan_text(&out, report->planned, false);
		if (o->format != FORMAT_JSON) {
			render_result_text(&out, report);
			render_record_text(&out, report->planned->plan->organization,
					   report->record);
		}
		TRY(output_write(o, str_text(&out), out.len));
	}
	return NULL;
}

/* The plan, before anything is asked or done: to standard output where text goes there, else to
 * whoever is asked. */
static struct error *tell_plan(struct run *run, const struct planned *planned)
{
	const struct options *o = &run->options;
	bool shown = false;
	stream_plan(planned);
	for (size_t i = 0; i < o->outputs.len; i++) {
		const struct output *to = &o->outputs.at[i];
		struct str text = STR(&run->arena);
		if (to->format == FORMAT_JSON || to->file)
			continue;
		render_plan_text(&text, planned, output_has_colour(o, to));
		TRY(output_write(to, str_text(&text), text.len));
		shown = true;
	}
	if (!shown && !o->auto_approve) {
		struct str text = STR(&run->arena);
		render_plan_text(&text, planned, false);
		fputs(str_text(&text), stderr);
	}
	return NULL;
}

/* ---- carrying out ---- */

/* An error that another one, or the exit status, stands in front of. */
static void tell(struct error *error)
{
	if (error)
		error_print(stderr, error);
	error_free(error);
}

/* Of the errors of what follows a run, the first is the command's and the others are told. */
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
		out->error = arena_strdup(&run->arena, error->message);
	return error;
}

/* What is carried out, and what of it is known beside its bytes. */
struct order {
	const struct planned *planned;
	bool saved;	       /* from a file, or from the ledger */
	bool whole;	       /* made of all manifests */
	const char *recorded;  /* commit of a snapshot that names the plan; NULL */
	const char *objection; /* what the plan's bytes say against themselves; NULL */
};

/* The one that holds the manifests, or for a saved plan the current folder. */
static const char *repository_of(struct run *run)
{
	static const char *const here[] = {"."};
	const struct options *o = &run->options;
	struct checkout checkout;
	bool found = o->path_count ? checkout_find(&run->arena, o->paths, o->path_count, &checkout)
				   : checkout_find(&run->arena, here, 1, &checkout);
	return found ? checkout.root : NULL;
}

/* What a run that is to record an earlier one hands to itself. */
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
				    .objection = order->objection,
				    .expected = run->options.expected.len > 0,
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

/* What a run that sent something tells, and what it is recorded as. */
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
	struct apply_closing closing = {own_commit(&recorded), unrecorded != NULL};
	struct error *unclosed = apply_close(held, &closing);
	bool worse = error || (*status != EXIT_DONE && *status != EXIT_MANUAL);
	struct error *after = first_of(unsaved, first_of(unrecorded, unclosed));
	if (after && !worse)
		*status = exit_status_of(after->code);
	report.error = error ? arena_strdup(&run->arena, error->message) : NULL;
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

static struct error *carry_out(struct run *run, struct session *session, const struct order *order,
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
	return conclude(run, session, order, &result, held, error, status);
}

static struct error *open_and_carry_out(struct run *run, struct session *session,
					const struct order *order, int *status)
{
	struct organization_ledger ledger = {0};
	TRY(ledger_access_open(run, session, order->planned->plan->organization, &ledger));
	struct error *error = carry_out(run, session, order, &ledger, status);
	ledger_access_close(&ledger);
	return error;
}

/* The snapshot that live may not be far below: the last one, else that which the plan was compared
 * with. */
static struct error *find_base(struct run *run, const struct session *session, struct plan *plan)
{
	struct base base = {0};
	struct universe *u = universe_new(run->strings);
	struct error *error =
		load_base(run, session, run->options.base, plan->organization, u, &base);
	if (!error && !base.live && plan->base) {
		error = load_base(run, session, plan->base, plan->organization, u, &base);
		if (error) {
			log_note("%s: whether live is far below it is not judged", error->message);
			error_free(error);
			error = NULL;
		}
	}
	universe_free(u);
	plan->base_live = base.live;
	plan->base_ends = base.ends;
	return error;
}

/* --expect takes what the plan comes to, or the file that it was saved as. */
static struct error *check_digest(const struct run *run, const struct planned *planned)
{
	const struct line_vec *expected = &run->options.expected;
	for (size_t i = 0; i < expected->len; i++) {
		if (!strcmp(expected->at[i], planned->digest) ||
		    !strcmp(expected->at[i], planned->plan_digest))
			return NULL;
	}
	if (expected->len == 0)
		return NULL;
	return error_new(ERROR_REFUSED, "the plan's digest is %s, not the one expected",
			 *planned->plan_digest ? planned->plan_digest : planned->digest);
}

/* The snapshots' history tells of runs of other machines, where no ledger is shared. */
static const char *find_recorded(struct run *run, const struct session *session,
				 const struct planned *planned)
{
	const struct ledger_place place = {.settings = session->config ? &session->config->ledger
								       : NULL};
	struct commit_vec commits = {0};
	if (ledger_place_is_shared(&place))
		return NULL;
	struct error *unknown = snapshot_history_commits(run, &commits);
	error_free(unknown); /* there is none, and nobody said that there is */
	for (size_t i = 0; i < commits.len; i++) {
		const char *plan = commit_trailer(&commits.at[i], "Writ-Plan");
		if (plan && !strcmp(plan, planned->digest))
			return commits.at[i].id;
	}
	return NULL;
}

/* A plan whose signature was looked at. */
static struct error *apply_verified(struct run *run, struct session *session, const char *name,
				    struct planned *planned, struct plan *plan,
				    const struct verified_plan *verified, int *status)
{
	planned->signature = verified->signature;
	TRY(planfile_parse(name, planned->bytes, planned->len, run->strings, &run->arena, plan));
	struct error *edited = planfile_know(planned);
	const char *objection = edited ? arena_strdup(&run->arena, edited->message) : NULL;
	error_free(edited);
	TRY(check_digest(run, planned));
	if (run->options.org && strcmp(run->options.org, plan->organization) != 0)
		return error_new(ERROR_INPUT, "the plan is for organisation \"%s\"",
				 plan->organization);
	TRY(check_signature(run, plan, verified, status));
	if (run->report.errors)
		return NULL;
	/* A run goes on where its ledger is, whatever its plan calls that. */
	struct named_organization service = {0};
	if (!run->options.resume)
		service = (struct named_organization){plan->provider, plan->organization,
						      plan->org_id};
	if (!session->handle)
		TRY(open_session(run, &service, session));
	if (run->report.errors)
		return NULL;
	TRY(find_base(run, session, plan));
	const struct order order = {planned, true, plan->whole,
				    find_recorded(run, session, planned), objection};
	return open_and_carry_out(run, session, &order, status);
}

/* Nothing to do is a result too: other runs learn of it, and what is live is recorded. */
static struct error *conclude_idle(struct run *run, const struct session *session,
				   const struct planned *planned, struct applier *held, int *status)
{
	struct result_record recorded = {0};
	struct run_report report = {.planned = planned, .record = &recorded};
	struct error *error = record(run, session, planned, false, NULL, false, &recorded);
	error = first_of(error, apply_close(held, &(struct apply_closing){NULL, false}));
	*status = error			       ? exit_status_of(error->code)
		  : planned->plan->blocked.len ? EXIT_MANUAL
					       : EXIT_DONE;
	report.status = *status;
	return first_of(error, tell_result(run, &report));
}

static struct error *apply_idle(struct run *run, struct session *session, const struct order *order,
				int *status)
{
	struct organization_ledger ledger = {0};
	struct result result = {0};
	struct applier *held = NULL;
	TRY(ledger_access_open(run, session, order->planned->plan->organization, &ledger));
	const struct hold_request request = ledger_access_request(run, &ledger);
	struct apply_input input = apply_input_of(run, session, order, &ledger, &request);
	struct error *error = apply_run(&input, &run->arena, &result, &held);
	if (!error)
		error = conclude_idle(run, session, order->planned, held, status);
	ledger_access_close(&ledger);
	return error;
}

static struct error *apply_paths(struct run *run, struct session *session,
				 struct universe **universe, int *status)
{
	struct plan plan = {0};
	struct planned planned;
	TRY(make_plan(run, session, universe, &plan));
	if (!run->report.errors)
		TRY(check_signature(run, &plan, NULL, status));
	if (run->report.errors)
		return NULL;
	planfile_render(&plan, &run->arena, &planned);
	run->summary = render_summary(&run->arena, &plan);
	TRY(check_digest(run, &planned));
	TRY(tell_plan(run, &planned));
	const struct order order = {&planned, false, plan.whole, NULL, NULL};
	if (plan.changes.len == 0)
		return apply_idle(run, session, &order, status);
	TRY(ask(run));
	return open_and_carry_out(run, session, &order, status);
}

/* The digest is in another record than the plan may be, or in the same one, which nothing follows
 * yet. */
static struct error *check_kept(const struct open_run *r, const struct run_plan *plan)
{
	unsigned char digest[SHA256_SIZE];
	char text[SHA256_TEXT];
	sha256_of(plan->bytes, plan->len, digest);
	sha256_text(digest, text);
	if (!strcmp(text, r->plan))
		return NULL;
	return error_new(ERROR_REFUSED,
			 "what the ledger has of run %s is not the plan that the stopped run began "
			 "with; nothing was sent, make a new one",
			 r->name);
}

/* The run that stopped part-way last, and its plan, from the ledger; *out_name is NULL when there
 * is none. */
static struct error *find_stopped(struct run *run, const struct session *session,
				  const char *organization, const char **out_name,
				  struct run_plan *out)
{
	struct organization_ledger ledger = {0};
	struct ledger_view view;
	struct ledger_entry_vec entries = {0};
	*out_name = NULL;
	TRY(ledger_access_open(run, session, organization, &ledger));
	struct error *error = ledger_view_read(ledger.ledger, &run->arena, &view);
	const struct open_run *r =
		!error && view.open.len ? &view.open.at[view.open.len - 1] : NULL;
	if (r) {
		error = run_records_read(ledger.ledger, &run->arena, r, &entries);
		if (!error)
			error = run_records_plan(&entries, r->name, &run->arena, out);
		if (!error)
			error = check_kept(r, out);
		*out_name = r->name;
	} else if (!error) {
		ledger_access_tell_unshared(ledger.place);
	}
	ledger_access_close(&ledger);
	return error;
}

/* --resume: the plan is the one that the stopped run left in the ledger. */
static struct error *apply_resume(struct run *run, struct session *session, int *status)
{
	const char *organization, *name;
	struct run_plan kept = {0};
	struct plan plan = {0};
	struct planned planned;
	struct verified_plan verified;
	TRY(name_session(run, &(struct named_organization){0}, session));
	if (run->report.errors)
		return NULL;
	TRY(ledger_access_organization(run, session, &organization));
	TRY(find_stopped(run, session, organization, &name, &kept));
	if (!name) {
		printf("Nothing to resume: no run of organisation %s is known to have stopped "
		       "part-way.\n",
		       organization);
		return NULL;
	}
	planfile_hold(&plan, kept.bytes, kept.len, &planned);
	TRY(verify_kept_plan(run, name, kept.bytes, kept.len, kept.signature, &verified, status));
	if (run->report.errors)
		return NULL;
	return apply_verified(run, session, name, &planned, &plan, &verified, status);
}

/* A saved plan is named with --plan, so that no file among manifests is ever taken for one. */
static struct error *check_plan_options(const struct options *o)
{
	if (o->resume && (o->path_count || o->plans.len))
		return error_new(ERROR_USAGE, "--resume takes no %s: the run knows its plan",
				 o->plans.len ? "--plan" : "PATH");
	if (o->plans.len && o->path_count)
		return error_new(ERROR_USAGE, "--plan takes no PATH: the plan is carried out as it "
					      "was saved");
	return NULL;
}

static struct error *apply_file(struct run *run, struct session *session, int *status)
{
	CLEANUP(free) char *bytes = NULL;
	const char *path = run->options.plans.at[0];
	struct plan plan = {0};
	struct planned planned;
	struct verified_plan verified;
	size_t len;
	TRY(file_read(path, PLANFILE_MAX, &bytes, &len));
	planfile_hold(&plan, bytes, len, &planned);
	TRY(verify_plan(run, path, bytes, len, &verified, status));
	if (run->report.errors)
		return NULL;
	return apply_verified(run, session, path, &planned, &plan, &verified, status);
}

static struct error *apply_one(struct run *run, int *status)
{
	struct session session = {0};
	struct universe *universe = NULL;
	struct error *error;
	if (run->options.resume)
		error = apply_resume(run, &session, status);
	else if (run->options.plans.len)
		error = apply_file(run, &session, status);
	else
		error = apply_paths(run, &session, &universe, status);
	close_session(&session);
	universe_free(universe);
	return error;
}

/* That of one organisation alone. */
static struct error *choose_plan(const char *org, struct line_vec *names)
{
	for (size_t i = 0; i < names->len; i++) {
		if (strcmp(names->at[i], org) != 0)
			continue;
		names->at[0] = names->at[i];
		names->len = 1;
		return NULL;
	}
	return error_new(ERROR_INPUT, "there is no plan of organisation \"%.64s\"", org);
}

/* Plans of several organisations. */
static struct error *apply_plans(struct run *run, int *status)
{
	struct line_vec names = {0};
	TRY(find_plans(run, &names));
	if (run->options.org)
		TRY(choose_plan(run->options.org, &names));
	return organizations_named(run, &names, apply_one, status);
}

struct error *cmd_apply(struct run *run, int *status)
{
	const struct options *o = &run->options;
	TRY(check_plan_options(o));
	if (o->plans.len > 1 || has_plan_folder(o))
		return apply_plans(run, status);
	if (o->resume || o->plans.len)
		return apply_one(run, status);
	struct plan_sides sides = find_sides(run);
	return organizations_of_set(run, (struct arguments){sides.paths, sides.count}, apply_one,
				    status);
}
