/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <unistd.h>

#include "cmd/writ/applying.h"
#include "cmd/writ/attest.h"
#include "cmd/writ/ledger_access.h"
#include "cmd/writ/members.h"
#include "cmd/writ/organization_options.h"
#include "cmd/writ/organizations.h"
#include "cmd/writ/plan_signature.h"
#include "cmd/writ/planning.h"
#include "cmd/writ/reviewing.h"
#include "cmd/writ/snapshot_history.h"
#include "cmd/writ/snapshot_reading.h"
#include "cmd/writ/streaming.h"
#include "core/render/planfile.h"
#include "core/render/render.h"
#include "core/render/review.h"
#include "core/util/file.h"
#include "core/util/log.h"
#include "core/util/nearest.h"
#include "core/util/terminal.h"

/* Where the whole plan went elsewhere, the question says what it comes to: nobody consents to what
 * he has not seen. */
static void put_question(const struct run *run)
{
	ARENA scratch = {0};
	struct str question = STR(&scratch);
	if (!isatty(STDOUT_FILENO))
		str_printf(&question, "%s\n", run->summary);
	str_add(&question, "Only \"yes\" is taken for consent. Apply? ");
	terminal_write(stderr, str_text(&question), question.len);
}

static struct error *ask(const struct run *run)
{
	char answer[16];
	if (run->options.auto_approve)
		return NULL;
	if (run->member && !stream_is_result(&run->options))
		return member_ask(run->member, run->summary);
	if (stream_is_result(&run->options) || !isatty(STDIN_FILENO))
		return error_new(ERROR_USAGE,
				 "no terminal to ask on: give --auto-approve, or a saved plan");
	progress_idle();
	put_question(run);
	if (!fgets(answer, sizeof(answer), stdin) || strcmp(answer, "yes\n") != 0)
		return error_new(ERROR_INPUT, "not approved; nothing was changed");
	return NULL;
}

/* Says in one line what the plan comes to: this process may be killed before there is a result to
 * tell. */
static void tell_summary(struct run *run, const struct plan *plan)
{
	run->summary = review_plan_line(&run->arena, plan);
	if (run->member)
		member_tell(run->member, run->summary);
}

/* Shows the plan before anything is asked or done: on standard output where text goes there, else
 * on standard error. */
static struct error *tell_plan(struct run *run, const struct planned *planned)
{
	const struct options *o = &run->options;
	bool shown = false;
	stream_plan(planned);
	for (size_t i = 0; i < o->outputs.len; i++) {
		const struct output *to = &o->outputs.at[i];
		struct str text = STR(&run->arena);
		if (to->format != FORMAT_TEXT || to->file)
			continue;
		render_plan_text(&text, planned, output_has_colour(o, to));
		TRY(output_write(to, str_text(&text), text.len));
		shown = true;
	}
	if (!shown && !o->auto_approve) {
		struct str text = STR(&run->arena);
		render_plan_text(&text, planned, false);
		terminal_write(stderr, str_text(&text), text.len);
	}
	return NULL;
}

/* The snapshot that live must not be much smaller than: the last one, else the one that the plan
 * was compared with. */
static struct error *find_base(struct run *run, const struct session *session, struct plan *plan)
{
	struct base base = {0};
	struct universe *u = universe_new(run->strings);
	struct error *error =
		load_base(run, session, run->options.base, plan->organization, u, &base);
	const char *lost = base.lost;
	if (!error && !base.live && plan->base) {
		error = load_base(run, session, plan->base, plan->organization, u, &base);
		lost = error ? error_text(&run->arena, error) : NULL;
		error_free(error);
		error = NULL;
	}
	universe_free(u);
	if (lost)
		log_note("%s: whether live is far below the last snapshot is not judged", lost);
	plan->base_live = base.live;
	plan->base_ends = base.ends;
	return error;
}

/* --expect names either digest: of what the plan comes to, or of the file that it was saved as. */
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

/* Why snapshots taken since then may be missing in a shallow clone: a commit where it is cut off
 * may have the snapshot of any before it. NULL: none is. */
static const char *find_cut(const struct commit_vec *commits, int64_t since)
{
	for (size_t i = 0; i < commits->len; i++) {
		const struct commit *c = &commits->at[i];
		if (c->cut_off && c->commit_time >= since)
			return snapshot_history_cut(commits);
	}
	return NULL;
}

/* Where machines share no ledger, the snapshots' history tells which runs the others made. */
static void find_recorded(struct run *run, const struct session *session, struct order *out)
{
	const struct ledger_place place = {.settings = session->config ? &session->config->ledger
								       : NULL};
	struct commit_vec commits = {0};
	if (ledger_place_is_shared(&place))
		return;
	struct error *unknown = snapshot_history_commits(run, &commits);
	error_free(unknown); /* no history is there, and nobody said that there is one */
	for (size_t i = 0; i < commits.len; i++) {
		const char *plan = commit_trailer(&commits.at[i], "Writ-Plan");
		if (plan && !strcmp(plan, out->planned->digest))
			out->recorded = commits.at[i].id;
	}
	out->untold = find_cut(&commits, out->planned->plan->created);
}

/* Who applies a plan answers for what somebody else consented to when it was made. A restore begins
 * where live has shrunk already; but a file that nobody vouches for may call itself one. */
static void tell_consent(struct run *run, const struct plan *plan, bool vouched)
{
	struct str options = STR(&run->arena);
	struct consent given = plan->consent;
	given.live_shrink &= !(plan->restores && vouched);
	consent_add_options(&options, &given);
	if (options.len)
		log_note("the plan carries consent:%s", str_text(&options));
}

/* A saved plan whose signature was checked before it is parsed. */
static struct error *apply_verified(struct run *run, struct session *session, const char *name,
				    struct planned *planned, struct plan *plan,
				    struct verified_plan *verified, int *status)
{
	planned->signature = verified->signature;
	TRY(planfile_parse(name, planned->bytes, planned->len, run->strings, &run->arena, plan));
	if (!run->options.resume) /* the version that began a run may have been another */
		TRY(planfile_check(name, planned->bytes, planned->len, plan));
	if (wants_review(&run->options))
		plan_rank(plan, run->strings);
	struct error *edited = planfile_know(planned);
	const char *objection = edited ? error_text(&run->arena, edited) : NULL;
	error_free(edited);
	TRY(check_digest(run, planned));
	if (run->options.org && strcmp(run->options.org, plan->organization) != 0)
		return error_new(ERROR_INPUT, "the plan is for organisation \"%s\"",
				 plan->organization);
	TRY(check_signature(run, plan, verified, status));
	if (run->report.errors)
		return NULL;
	/* A run that stopped goes on where its ledger is, even if its plan has an older name of the
	 * organisation. */
	struct named_organization service = {0};
	if (!run->options.resume)
		service = (struct named_organization){plan->provider, plan->organization,
						      plan->org_id};
	if (!session->handle)
		TRY(open_session(run, &service, session));
	if (run->report.errors)
		return NULL;
	TRY(find_base(run, session, plan));
	struct order order = {.planned = planned,
			      .saved = true,
			      .whole = plan->whole,
			      .vouched = verified->by || run->options.expected.len > 0,
			      .objection = objection};
	find_recorded(run, session, &order);
	if (!order.vouched && !run->options.resume)
		log_note("nobody vouches for the plan: it is not signed, and no --expect names "
			 "it");
	tell_consent(run, plan, order.vouched);
	tell_summary(run, plan);
	return apply_planned(run, session, &order, status);
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
	tell_summary(run, &plan);
	TRY(check_digest(run, &planned));
	TRY(tell_plan(run, &planned));
	const struct order order = {.planned = &planned, .whole = plan.whole};
	if (plan.changes.len == 0)
		return apply_nothing(run, session, &order, status);
	TRY(ask(run));
	return apply_planned(run, session, &order, status);
}

/* A run's digest may stand in another record than its plan, or in one that nothing follows yet, so
 * that the chain does not vouch for it: the two are compared. */
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
	if (!error)
		error = ledger_view_check_here(&view);
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
	if (!name)
		return apply_unresumed(run, organization);
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
	if (o->attested.len && (o->resume || o->plans.len))
		return error_new(ERROR_USAGE, "--attest is about the plan that manifests make: it "
					      "takes neither --resume nor --plan");
	if (!o->attested.len != !o->why)
		return error_new(ERROR_USAGE, "--attest ADDRESS and --why TEXT go together");
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
	struct error *error = file_read(path, PLANFILE_MAX, &bytes, &len);
	if (error)
		return nearest_path(path, error);
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

/* Keeps the plan of one organisation alone. */
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

/* Keeps from saved plans of several organisations the one that is meant. */
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
	if (o->attested.len)
		TRY(refuse_reviews(run, "apply --attest"));
	if (o->attested.len)
		return organizations_of_set(run, (struct arguments){o->paths, o->path_count},
					    attest_steps, status);
	if (o->plans.len > 1 || has_plan_folder(o))
		return apply_plans(run, status);
	if (o->resume || o->plans.len)
		return apply_one(run, status);
	struct plan_sides sides = find_sides(run);
	return organizations_of_set(run, (struct arguments){sides.paths, sides.count}, apply_one,
				    status);
}
