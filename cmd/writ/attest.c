/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/attest.h"

#include <string.h>

#include "cmd/writ/ledger_access.h"
#include "cmd/writ/planning.h"
#include "core/plan/plan.h"
#include "core/render/render.h"
#include "core/util/json.h"
#include "core/util/nearest.h"

struct attest_answer {
	const char *organization;
	struct attestation_vec said;
};

/* ---- which step ---- */

static bool is_made(const struct plan *plan, const struct principal *who)
{
	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct change *c = &plan->changes.at[i];
		if (c->type == CHANGE_ACCOUNT && c->action == ACTION_CREATE &&
		    who->kind == PRINCIPAL_ACCOUNT && !strcmp(c->principal->name, who->name))
			return true;
	}
	return false;
}

/* Why nobody can attest it; NULL: it can be. */
static const char *objection(const struct plan *plan, const struct change *c)
{
	if (!c->unseen)
		return "a read shows whether it was made, so there is nothing to attest";
	if (!change_is_manual(c))
		return "writ makes it itself, so there is nothing to attest";
	if (is_made(plan, c->principal))
		return "its account is not made yet";
	return NULL;
}

static struct error *find_step(struct run *run, const struct plan *plan, const char *address,
			       const char *actor, struct attestation_vec *out)
{
	VEC(, const char *) due = {0};
	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct change *c = &plan->changes.at[i];
		const char *one = change_address(&run->arena, c->principal, c->entitlement);
		if (strcmp(one, address) != 0) {
			if (!objection(plan, c))
				vec_push(&run->arena, &due, one);
			continue;
		}
		const char *why_not = objection(plan, c);
		if (why_not)
			return error_new(ERROR_INPUT, "--attest %s: %s", address, why_not);
		struct attestation t = {.address = address,
					.by = actor,
					.why = run->options.why,
					.id = plan_account_id(plan, c),
					.at = run->now,
					.removal = c->action == ACTION_DELETE};
		vec_push(&run->arena, out, t);
		return NULL;
	}
	const char *near = nearest_word(address, due.at, due.len);
	return error_new(ERROR_INPUT,
			 "--attest %s: no change of the plan has this address%s%s%s; `writ plan "
			 "--format json` has all, with \"unknown\" where no read shows them",
			 address, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

static struct error *find_steps(struct run *run, const struct plan *plan, const char *actor,
				struct attestation_vec *out)
{
	const struct line_vec *addresses = &run->options.attested;
	for (size_t i = 0; i < addresses->len; i++)
		TRY(find_step(run, plan, addresses->at[i], actor, out));
	return NULL;
}

/* ---- on record ---- */

/* The new word on a step takes the place of an older one. */
static void replace(struct arena *a, struct attestation_vec *all, const struct attestation *t)
{
	size_t kept = 0;
	for (size_t i = 0; i < all->len; i++) {
		if (!attestation_is_same(&all->at[i], t))
			all->at[kept++] = all->at[i];
	}
	all->len = kept;
	vec_push(a, all, *t);
}

static struct error *record(struct run *run, const struct session *session, const struct plan *plan,
			    struct attest_answer *answer)
{
	struct organization_ledger l = {0};
	struct ledger_view view;
	struct hold *hold = NULL;
	TRY(ledger_access_open(run, session, plan->organization, &l));
	const struct hold_request request = ledger_access_request(run, &l);
	struct error *error = find_steps(run, plan, request.holder.actor, &answer->said);
	if (!error)
		error = hold_take(l.ledger, &request, ledger_access_reopen, l.place, &run->arena,
				  &view, &hold);
	for (size_t i = 0; !error && hold && i < answer->said.len; i++) {
		attested_add(l.ledger, &answer->said.at[i], NULL);
		replace(&run->arena, &view.attested, &answer->said.at[i]);
	}
	if (!error && hold)
		error = hold_release(hold, l.ledger, &view, run->now);
	if (!error)
		ledger_access_tell_unshared(l.place);
	ledger_access_close(&l);
	return error;
}

/* ---- the answer ---- */

static void print_text(struct str *out, const struct attest_answer *answer)
{
	for (size_t i = 0; i < answer->said.len; i++) {
		const struct attestation *t = &answer->said.at[i];
		str_printf(out, "Attested, not seen: %s  %s, by %s. Nothing was sent.\n",
			   render_shown(out->arena, t->address),
			   action_name(t->removal ? ACTION_DELETE : ACTION_CREATE),
			   render_words(out->arena, t->by));
	}
}

static void print_json(struct str *out, const struct attest_answer *answer)
{
	str_addc(out, '{');
	json_put_text(out, "format_version", FORMAT_VERSION);
	json_put_text(out, "organization", answer->organization);
	json_put_key(out, "attested");
	str_addc(out, '[');
	for (size_t i = 0; i < answer->said.len; i++) {
		str_add(out, i ? ",\n  " : "\n  ");
		attested_put(out, &answer->said.at[i], NULL);
	}
	str_add(out, "\n]}\n");
}

static void render(struct str *out, enum format format, const void *answer)
{
	(format == FORMAT_JSON ? print_json : print_text)(out, answer);
}

static struct error *attest_in(struct run *run, struct session *session, struct universe **universe)
{
	struct plan plan = {0};
	struct attest_answer answer = {0};
	TRY(make_plan(run, session, universe, &plan));
	if (run->report.errors)
		return NULL;
	answer.organization = plan.organization;
	TRY(record(run, session, &plan, &answer));
	return output_all(run, render, &answer);
}

struct error *attest_steps(struct run *run, int *status UNUSED)
{
	struct session session = {0};
	struct universe *universe = NULL;
	if (run->member)
		return error_new(ERROR_USAGE, "--attest is about one organisation: name it with "
					      "--org");
	struct error *error = attest_in(run, &session, &universe);
	close_session(&session);
	universe_free(universe);
	return error;
}
