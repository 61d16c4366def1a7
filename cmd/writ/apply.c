/* SPDX-License-Identifier: Apache-2.0 */
#include "core/apply/apply.h"

#include <string.h>

#include "cmd/writ/plan_signature.h"
#include "cmd/writ/planning.h"
#include "cmd/writ/snapshot_recording.h"
#include "core/ledger/state_folder.h"
#include "core/render/planfile.h"
#include "core/render/render.h"
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
	if (!isatty(STDIN_FILENO))
		return error_new(ERROR_USAGE,
				 "no terminal to ask on: give --auto-approve, or a saved plan");
	fprintf(stderr, "Only \"yes\" is taken for consent. Apply? ");
	if (!fgets(answer, sizeof(answer), stdin) || strcmp(answer, "yes\n") != 0)
		return error_new(ERROR_INPUT, "not approved; nothing was changed");
	return NULL;
}

static const char *fate_symbol(enum fate fate)
{
	static const char *const symbols[FATE_COUNT] = {".", "+", "!", "?", "h", "-", "~"};
	return symbols[fate];
}

/* What is left for a person, with the words that hold now. */
static void print_steps(const struct run *run UNUSED, const struct plan *plan,
			const struct apply_result *r)
{
	ARENA a = {0};
	bool first = true;
	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct change *c = &plan->changes.at[i];
		struct str steps = STR(&a);
		if (!r->steps[i])
			continue;
		if (first)
			printf("\nBY HAND\n");
		first = false;
		render_steps(&steps, r->steps[i]);
		printf("  %s: %s\n%s", change_address(&a, c->principal, c->entitlement),
		       action_name((enum action)c->action), str_text(&steps));
	}
	if (!first)
		printf("The next plan shows what is done.\n\n");
}

/* The lists that a person needs: everything but what went well. */
static void print_fates(const struct run *run UNUSED, const struct plan *plan,
			const struct apply_result *r)
{
	static const enum fate order[] = {FATE_FAILED, FATE_UNKNOWN, FATE_NOT_TRIED,
					  FATE_LATE,   FATE_MANUAL,  FATE_WITHHELD};
	ARENA a = {0};
	for (size_t k = 0; k < sizeof(order) / sizeof(*order); k++) {
		size_t shown = 0;
		for (size_t i = 0; i < plan->changes.len && r->count[order[k]]; i++) {
			const struct change *c = &plan->changes.at[i];
			if (r->fates[i] != order[k] || ++shown > 20)
				continue;
			printf("  %s %s: %s  %s%s%s\n", fate_symbol(order[k]), fate_name(order[k]),
			       change_address(&a, c->principal, c->entitlement),
			       action_name((enum action)c->action), r->messages[i] ? ": " : "",
			       r->messages[i] ? r->messages[i] : "");
		}
		if (shown > 20)
			printf("  and %zu more %s\n", shown - 20, fate_name(order[k]));
	}
	print_steps(run, plan, r);
	printf("Apply: %zu done, %zu failed, %zu unknown, %zu not tried", r->count[FATE_DONE],
	       r->count[FATE_FAILED], r->count[FATE_UNKNOWN], r->count[FATE_NOT_TRIED]);
	if (r->count[FATE_LATE])
		printf(", %zu not seen yet", r->count[FATE_LATE]);
	if (r->count[FATE_MANUAL])
		printf(", %zu by hand", r->count[FATE_MANUAL]);
	if (r->count[FATE_WITHHELD])
		printf(", %zu withheld", r->count[FATE_WITHHELD]);
	printf(".\n");
	if (r->journal)
		printf("Journal: %s\nChain: %s\n", r->journal, r->head);
}

static bool is_left(const struct apply_result *r)
{
	return r->count[FATE_FAILED] || r->count[FATE_UNKNOWN] || r->count[FATE_NOT_TRIED];
}

static int status_of(const struct apply_result *r)
{
	if (r->interrupted)
		return EXIT_SIGNAL + (int)stopped;
	if (is_left(r))
		return EXIT_PARTIAL;
	if (r->count[FATE_WITHHELD])
		return EXIT_GUARD;
	return r->count[FATE_MANUAL] || r->count[FATE_LATE] ? EXIT_MANUAL : EXIT_DONE;
}

/* A plan that began is carried out once; what it did needs no consent any more. */
static void print_flags(struct arena *a, const struct plan *plan, const struct apply_result *r,
			bool saved)
{
	size_t left = 0;
	for (size_t i = 0; i < plan->changes.len; i++)
		left += plan->changes.at[i].action == ACTION_DELETE && r->fates[i] != FATE_DONE;
	printf("Removals were withheld; carry them out with %s--allow-remove %zu.\n",
	       saved && r->journal ? "a new plan and " : "", left);
	for (size_t i = 0; i < plan->guards.len; i++) {
		const struct guard *g = &plan->guards.at[i];
		if (g->verdict == VERDICT_WITHHELD && !g->flag)
			printf("With it guard %s%s%s refuses: %lld, limit %lld.\n", g->name,
			       g->subject ? " of " : "",
			       render_shown(a, g->subject ? g->subject : ""), (long long)g->value,
			       (long long)g->limit);
	}
}

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
}

static void print_resume(struct run *run, const struct session *session, const struct plan *plan,
			 bool saved)
{
	const struct options *o = &run->options;
	bool configured = session->config && session->config->name;
	struct str options = STR(&run->arena);
	option_add(&options, "live", o->live);
	option_add(&options, "config", o->config);
	option_add(&options, "org", o->org || !configured ? o->org : plan->organization);
	option_add(&options, "roles-from", o->roles_from);
	option_add(&options, "snapshot", o->snapshot);
	if (saved)
		add_consent(&options, &o->consent);
	printf("Stopped part-way; `writ apply --resume%s%s` goes on from here.\n",
	       str_text(&options), o->commit ? " --commit" : "");
}

/* --export-csv: what waits for a person in the form that the service's console takes. */
static struct error *export_manual(struct run *run, const struct session *session,
				   const struct plan *plan, const struct apply_result *r)
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
	reader->export_manual(session->handle, changes.at, emails.at, changes.len, &out);
	struct error *error = beneath_write(run->options.export_csv, str_text(&out), out.len, 0600);
	if (error)
		error->code = ERROR_RECORD;
	return error;
}

static const char *plan_digest_of(struct arena *a, const char *bytes, size_t len)
{
	unsigned char digest[SHA256_SIZE];
	char text[SHA256_TEXT];
	sha256_of(bytes, len, digest);
	sha256_text(digest, text);
	return arena_strdup(a, text);
}

/* An error that another one, or the exit status, stands in front of. */
static void tell(struct error *error)
{
	if (error)
		error_print(stderr, error);
	error_free(error);
}

static struct error *carry_out(struct run *run, struct session *session, struct plan *plan,
			       const char *bytes, size_t len, bool saved, const char *signature,
			       int *status)
{
	struct apply_result result = {0};
	struct apply_input input = {.plan = plan,
				    .bytes = bytes,
				    .len = len,
				    .saved = saved,
				    .signature = signature,
				    .provider = session->provider,
				    .session = session->handle,
				    .strings = run->strings,
				    .operator_policy = session_policy(session),
				    .now = run->now,
				    .stop = &stopped,
				    .note = note};
	if (run->options.export_csv && !session->provider->reader->export_manual)
		return error_new(ERROR_USAGE, "provider %s has no bulk format",
				 session->provider->reader->name);
	TRY(record_prepare_apply(run, session, plan));
	TRY(state_folder(&run->arena, plan->organization,
			 session->provider->reader->identity(session->handle), &input.state));
	catch_signals();
	struct error *error = apply_run(&input, &run->arena, &result);
	run->changed = result.journal && !(error && error->code == ERROR_GUARD);
	if (error && !run->changed)
		return error;
	print_fates(run, plan, &result);
	const char *digest = plan_digest_of(&run->arena, bytes, len);
	if (error) {
		print_resume(run, session, plan, saved);
		tell(record_stopped(run, session, plan, saved, digest, &result));
		return error;
	}
	if (result.count[FATE_WITHHELD])
		print_flags(&run->arena, plan, &result, saved);
	*status = status_of(&result);
	if (is_left(&result) || result.count[FATE_LATE])
		print_resume(run, session, plan, saved);
	struct error *unsaved = export_manual(run, session, plan, &result);
	struct error *unrecorded = record_apply(run, session, plan, saved, digest, &result);
	if (*status != EXIT_DONE && *status != EXIT_MANUAL) {
		tell(unsaved);
		tell(unrecorded);
		return NULL;
	}
	if (unsaved)
		tell(unrecorded);
	return unsaved ? unsaved : unrecorded;
}

/* Consent of the command line adds to what a saved plan carries. */
static void merge_consent(struct plan *plan, const struct consent *given)
{
	if (given->removals != CONSENT_NONE) {
		plan->consent.removals = given->removals;
		plan->consent.amount = given->amount;
		for (size_t i = 0; i < plan->changes.len; i++)
			plan->changes.at[i].withheld = false;
	}
	plan->consent.live_shrink |= given->live_shrink;
	if (given->admin_grants > plan->consent.admin_grants)
		plan->consent.admin_grants = given->admin_grants;
}

static struct error *check_digest(const struct run *run, const char *bytes, size_t len)
{
	unsigned char digest[SHA256_SIZE];
	char text[SHA256_TEXT];
	sha256_of(bytes, len, digest);
	sha256_text(digest, text);
	if (run->options.expect && strcmp(run->options.expect, text) != 0)
		return error_new(ERROR_REFUSED, "the plan's digest is %s, not the one expected",
				 text);
	return NULL;
}

static struct error *apply_saved(struct run *run, struct session *session, const char *path,
				 char *bytes, size_t len, int *status)
{
	struct plan plan = {0};
	struct verified_plan verified;
	TRY(check_digest(run, bytes, len));
	TRY(verify_plan(run, path, bytes, len, &verified, status));
	if (run->report.errors)
		return NULL;
	TRY(planfile_parse(path, bytes, len, run->strings, &run->arena, &plan));
	if (run->options.org && strcmp(run->options.org, plan.organization) != 0)
		return error_new(ERROR_INPUT, "the plan is for organisation \"%s\"",
				 plan.organization);
	TRY(check_signature(run, &plan, &verified, status));
	if (run->report.errors)
		return NULL;
	merge_consent(&plan, &run->options.consent);
	if (!session->provider)
		TRY(open_session(
			run,
			&(struct named_organization){plan.provider, plan.organization, plan.org_id},
			session));
	if (run->report.errors)
		return NULL;
	return carry_out(run, session, &plan, bytes, len, true, verified.signature, status);
}

static struct error *apply_paths(struct run *run, struct session *session,
				 struct universe **universe, int *status)
{
	struct plan plan = {0};
	struct str bytes = STR(&run->arena);
	unsigned char digest[SHA256_SIZE];
	char text[SHA256_TEXT];
	TRY(make_plan(run, session, universe, &plan));
	if (!run->report.errors)
		TRY(check_signature(run, &plan, NULL, status));
	if (run->report.errors)
		return NULL;
	render_plan_json(&bytes, &plan);
	sha256_of(bytes.at, bytes.len, digest);
	sha256_text(digest, text);
	TRY(check_digest(run, bytes.at, bytes.len));
	TRY(show_plan(run, &plan, bytes.at, bytes.len, text));
	if (plan.changes.len == 0)
		return record_apply(run, session, &plan, false, text, NULL);
	TRY(ask(run));
	return carry_out(run, session, &plan, bytes.at, bytes.len, false, NULL, status);
}

/* --resume: the plan is the one that the unfinished run saved beside its journal. */
static struct error *apply_resume(struct run *run, struct session *session, int *status)
{
	CLEANUP(free) char *bytes = NULL;
	const char *state, *path, *digest;
	struct live live = {0};
	size_t len;
	TRY(open_session(run, &(struct named_organization){0}, session));
	if (run->report.errors)
		return NULL;
	struct universe *u = universe_new(run->strings);
	struct error *error = provider_read(session->provider->reader, session->handle, &run->arena,
					    u, &(struct query){COLLECT_ACCOUNTS, NULL, 0}, &live);
	universe_free(u);
	if (error)
		return error;
	TRY(state_folder(&run->arena, live.organization,
			 session->provider->reader->identity(session->handle), &state));
	TRY(apply_find_unfinished(&run->arena, state, &path, &digest));
	if (!path) {
		printf("Nothing to resume: every run of organisation %s has ended.\n",
		       live.organization);
		return NULL;
	}
	TRY(file_read(path, PLANFILE_MAX, &bytes, &len));
	if (strcmp(plan_digest_of(&run->arena, bytes, len), digest) != 0)
		return error_new(ERROR_REFUSED,
				 "%s is not the plan that the stopped run began with; nothing was "
				 "sent, make a new one",
				 path);
	return apply_saved(run, session, path, bytes, len, status);
}

/* A saved plan is named with --plan, so that no file among manifests is ever taken for one. */
static struct error *check_plan_options(const struct options *o)
{
	if (o->resume && (o->path_count || o->plan))
		return error_new(ERROR_USAGE, "--resume takes no %s: the run knows its plan",
				 o->plan ? "--plan" : "PATH");
	if (o->plan && o->path_count)
		return error_new(ERROR_USAGE, "--plan takes no PATH: the plan is carried out as it "
					      "was saved");
	return NULL;
}

static struct error *apply_file(struct run *run, struct session *session, int *status)
{
	CLEANUP(free) char *bytes = NULL;
	size_t len;
	TRY(file_read(run->options.plan, PLANFILE_MAX, &bytes, &len));
	return apply_saved(run, session, run->options.plan, bytes, len, status);
}

struct error *cmd_apply(struct run *run, int *status)
{
	struct session session = {0};
	struct universe *universe = NULL;
	struct error *error;
	TRY(check_plan_options(&run->options));
	if (run->options.resume)
		error = apply_resume(run, &session, status);
	else if (run->options.plan)
		error = apply_file(run, &session, status);
	else
		error = apply_paths(run, &session, &universe, status);
	close_session(&session);
	universe_free(universe);
	return error;
}
