/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <string.h>

#include "core/apply/applier.h"
#include "core/model/live.h"
#include "core/util/clock.h"
#include "core/util/report.h"

/* ---- before sending ---- */

static enum fate manual_fate(const struct reread *v, size_t i)
{
	assert(v->unseen); /* what was read has it */
	return !v->unseen[i] && reread_standing(v, i) == STANDING_AFTER ? FATE_DONE : FATE_MANUAL;
}

/* A person's word is told beside the step, and is no proof of it. */
static void set_manual(struct applier *p, const struct reread *v, size_t i)
{
	const struct change *c = &p->plan->changes.at[i];
	enum fate fate = manual_fate(v, i);
	const struct attestation *said =
		fate == FATE_MANUAL
			? attestation_find(&p->view.attested, c, plan_account_id(p->plan, c))
			: NULL;
	p->out->attested[i] = said;
	applier_set_fate(p, i, fate, said ? attestation_text(p->arena, said) : NULL);
}

/* What waits for a person, in words that hold now: an account's e-mail is known once the account is
 * made. */
static void settle_manual(struct applier *p, const struct reread *v)
{
	const struct provider_reader *r = p->in->provider->reader;
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		const struct change *c = &p->plan->changes.at[i];
		const struct account *live = live_find(&v->live, c->principal->name);
		bool user = c->principal->kind == PRINCIPAL_USER;
		p->out->emails[i] = user ? c->principal->name : live ? live->email : NULL;
		p->out->steps[i] = NULL;
		if (p->out->fates[i] != FATE_MANUAL)
			continue;
		set_manual(p, v, i);
		if (p->out->fates[i] != FATE_MANUAL || p->out->attested[i])
			continue;
		p->out->steps[i] =
			provider_describe(r, p->in->session, p->arena, c, p->out->emails[i]);
	}
}

/* Where an account is made by several requests, a run can stop between them: sending the change
 * again finishes it. */
static bool is_half_made(const struct change *c)
{
	return c->type == CHANGE_ACCOUNT && c->action == ACTION_CREATE;
}

/* A run that began goes on although its plan has expired since; but a grant whose last day is
 * over is not given any more. */
static bool has_ended(const struct applier *p, const struct change *c)
{
	return p->resumed && c->type == CHANGE_GRANT && c->action == ACTION_CREATE &&
	       words_have_ended(c->words, time_day(p->in->now));
}

static const char *late_words(const struct applier *p, size_t i)
{
	return p->plan->changes.at[i].action == ACTION_DELETE
		       ? "accepted, but reads still show it"
		       : "accepted, but no read shows it yet";
}

/* What the run itself did may hide it: once every member of a group holds a profile by itself, no
 * list shows whether the group holds it too. Then the service's word is all there is. */
static bool is_hidden(const struct applier *p, size_t i)
{
	const struct change *c = &p->plan->changes.at[i];
	return c->type == CHANGE_GRANT && c->principal->kind != PRINCIPAL_ACCOUNT &&
	       !provider_sees(p->in->provider->reader, p->in->session, c->principal, NULL,
			      c->entitlement);
}

/* What was accepted before: where no read can show it, the service's answer is believed, as it was
 * when it came. */
static void recall_accepted(struct applier *p, const struct reread *v, size_t i)
{
	if (is_hidden(p, i))
		applier_set_fate(p, i, FATE_DONE, "accepted; what is live now hides it");
	else if (v->unseen[i])
		applier_set_fate(p, i, FATE_DONE, "accepted; no read can show it");
	else
		applier_set_fate(p, i, FATE_LATE, late_words(p, i));
}

/* What was withheld at the barrier, and is to be sent after all by the run that goes on. */
static bool is_released(const struct applier *p, size_t i)
{
	return p->recalled[i].fate == FATE_WITHHELD && p->out->fates[i] == FATE_NOT_TRIED;
}

/* Adds each fate that the look at the start of a resumed run found to differ from the record. */
static struct error *record_found(struct applier *p)
{
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		enum fate fate = p->out->fates[i];
		bool told = fate == FATE_DONE || fate == FATE_LATE || fate == FATE_FAILED ||
			    is_released(p, i);
		if (told && (p->recalled[i].cut || fate != p->recalled[i].fate))
			applier_record_fates(p, ENTRY_RECONCILED, &i, 1);
	}
	return applier_write(p);
}

/* A plan file is not believed about what runs made: no other project is ever deleted. */
static struct error *check_projects(struct applier *p)
{
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		const struct change *c = &p->plan->changes.at[i];
		bool known = c->type != CHANGE_PROJECT;
		bool gone = p->resumed && p->recalled[i].fate == FATE_DONE;
		for (size_t k = 0; k < p->view.projects.len && !known; k++)
			known = !strcmp(p->view.projects.at[k].id, c->project->id) &&
				!strcmp(p->view.projects.at[k].title, c->project->title);
		if (!known && !gone)
			return error_new(ERROR_REFUSED,
					 "the ledger has no run that made project %s (%s); nothing "
					 "was sent",
					 quoted(p->arena, c->project->title), c->project->id);
	}
	return NULL;
}

static struct error *stale(const struct applier *p, size_t i, const char *unnamed)
{
	const struct change *c = &p->plan->changes.at[i];
	const char *address = change_address(p->arena, c->principal, c->entitlement);
	return unnamed ? error_new(
				 ERROR_REFUSED,
				 "the plan is stale: %s holds by now what the plan does not name: "
				 "%s; nothing was sent, plan again",
				 address, unnamed)
		       : error_new(
				 ERROR_REFUSED,
				 "the plan is stale: %s has changed since; nothing was sent, plan "
				 "again",
				 address);
}

/* Of a fresh run every change must stand where it was planned from; a resumed one finds
 * some done. */
static struct error *check_standing(struct applier *p, const struct reread *v)
{
	const struct plan *plan = p->plan;
	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct change *c = &plan->changes.at[i];
		enum standing now = v->unseen[i] ? STANDING_BEFORE : reread_standing(v, i);
		const char *unnamed = reread_unnamed(v, i, p->arena);
		if (p->out->withheld[i] && !(p->resumed && now == STANDING_AFTER))
			applier_set_fate(p, i, FATE_WITHHELD, NULL);
		else if (change_is_manual(c))
			set_manual(p, v, i);
		else if (!p->resumed && (now != STANDING_BEFORE || unnamed))
			return stale(p, i, unnamed);
		else if (now == STANDING_AFTER)
			applier_set_fate(p, i, FATE_DONE, "found done when resuming");
		else if (applier_is_accepted(p, i))
			recall_accepted(p, v, i);
		else if (unnamed)
			applier_set_fate(p, i, FATE_FAILED, applier_unnamed_words(p, unnamed));
		else if (now == STANDING_OTHER && !is_half_made(c))
			applier_set_fate(p, i, FATE_FAILED, "live has changed since the plan");
		else if (has_ended(p, c))
			applier_set_fate(p, i, FATE_FAILED,
					 "its last day is over; make a new plan");
	}
	p->compared = true;
	if (!p->resumed)
		return NULL;
	applier_record_doubts(p, v);
	return record_found(p);
}

/* A resumed run is judged by what it still has to do: it may find live changed, and be given more
 * consent. */
static const bool *find_settled(const struct applier *p, const struct reread *v)
{
	const struct plan *plan = p->plan;
	bool *settled = p->resumed ? arena_zalloc(p->arena, plan->changes.len + 1) : NULL;
	for (size_t i = 0; settled && i < plan->changes.len; i++)
		settled[i] = has_ended(p, &plan->changes.at[i]) || applier_is_accepted(p, i) ||
			     (!v->unseen[i] && reread_standing(v, i) != STANDING_BEFORE);
	return settled;
}

struct error *applier_check_start(struct applier *p)
{
	struct reread v = {0};
	TRY(applier_read_start(p, &v));
	struct error *error = reread_check_organization(&v);
	if (!error)
		error = reread_check_identities(&v, "nothing was sent");
	if (!error)
		error = check_projects(p);
	if (!error)
		error = applier_judge(p, &v, find_settled(p, &v));
	if (!error)
		error = check_standing(p, &v);
	if (!error)
		settle_manual(p, &v);
	if (!error)
		applier_note_held(p, &v);
	reread_done(&v);
	return error;
}

/* ---- after sending ---- */

/* Whether a read can tell what became of change i, which was sent. */
static bool is_open(const struct applier *p, const struct reread *v, size_t i)
{
	enum fate fate = p->out->fates[i];
	assert(v->unseen); /* what was read has it */
	return (fate == FATE_DONE || fate == FATE_UNKNOWN || fate == FATE_LATE) && !v->unseen[i];
}

static bool is_awaited(const struct applier *p, const struct reread *v, size_t i)
{
	return is_open(p, v, i) && reread_standing(v, i) != STANDING_AFTER && !is_hidden(p, i);
}

/* What is waited for, in words, while live does not show every change that was accepted or may
 * have been; NULL: it shows all of them. */
static const char *find_awaited(const struct applier *p, const struct reread *v, size_t from,
				size_t to)
{
	size_t unknown = 0, accepted = 0;
	for (size_t i = from; i < to; i++) {
		if (is_awaited(p, v, i))
			++*(p->out->fates[i] == FATE_UNKNOWN ? &unknown : &accepted);
	}
	if (unknown == 0)
		return accepted ? APPLIER_ACCEPTED : NULL;
	return accepted ? "accepted, or sent with unknown outcome, waiting to see it"
			: "sent with unknown outcome, looking for it";
}

/* No time brings back an account whose name another one has by now. */
static bool is_of_others(const struct reread *v)
{
	struct error *error = reread_check_identities(v, "nothing more was sent");
	bool others = error != NULL;
	error_free(error);
	return others;
}

/* A service may show later what it has accepted: that is no failure, and nothing to send again. */
static struct error *read_settled(struct applier *p, size_t from, size_t to, struct reread *v)
{
	ARENA look = {0};
	struct patience t = applier_patience(p);
	for (bool first = true; t.what && patience_next(&t); first = false) {
		if (!first && applier_is_stopped(p))
			break;
		TRY(applier_read_again(p, &look, v));
		t.what = is_of_others(v) ? NULL : find_awaited(p, v, from, to);
	}
	arena_join(p->arena, &look);
	applier_has_waited(p, &t);
	return NULL;
}

/* What was told of the request stays, and what the first look saw is told beside it, once. */
static void settle_unknown(struct applier *p, size_t i)
{
	const char *why = p->out->messages[i], *seen = "no read shows it";
	if (p->looked[i])
		return;
	if (p->plan->changes.at[i].action == ACTION_DELETE)
		seen = "reads still show it";
	applier_set_fate(p, i, FATE_UNKNOWN,
			 why ? arena_printf(p->arena, "%s; %s", why, seen) : seen);
	p->looked[i] = true;
}

/* A change that was accepted and is not seen yet is late, which is no failure; one whose outcome
 * was unknown stays unknown. */
static void settle(struct applier *p, size_t i, enum standing now)
{
	if (now == STANDING_AFTER)
		applier_set_fate(p, i, FATE_DONE, "seen in live");
	else if (p->out->fates[i] != FATE_UNKNOWN && is_hidden(p, i))
		applier_set_fate(p, i, FATE_DONE, "accepted; what is live now hides it");
	else if (p->out->fates[i] == FATE_UNKNOWN)
		settle_unknown(p, i);
	else
		applier_set_fate(p, i, FATE_LATE, late_words(p, i));
}

/* Corrects fates that were done or unknown by what live shows. Where no read can show a change,
 * the service's answer is believed. */
struct error *applier_verify(struct applier *p, size_t from, size_t to,
			     struct error *(*next)(struct applier *, const struct reread *),
			     bool *complete)
{
	struct reread v = {0};
	TRY(read_settled(p, from, to, &v));
	struct error *error = NULL;
	for (size_t i = from; i < to && !error; i++) {
		enum fate fate = p->out->fates[i];
		if (!is_open(p, &v, i))
			continue;
		enum standing now = reread_standing(&v, i);
		if (fate == FATE_DONE && now == STANDING_AFTER)
			continue;
		settle(p, i, now);
		if (p->begun)
			applier_record_fates(p, ENTRY_RECONCILED, &i, 1);
	}
	settle_manual(p, &v);
	if (!error && next)
		error = next(p, &v);
	reread_done(&v);
	if (!error && p->begun)
		error = applier_write(p);
	*complete = true;
	for (size_t i = from; i < to; i++)
		*complete &= p->out->fates[i] != FATE_FAILED && p->out->fates[i] != FATE_UNKNOWN &&
			     p->out->fates[i] != FATE_LATE;
	return error;
}
