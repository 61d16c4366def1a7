/* SPDX-License-Identifier: Apache-2.0 */
#include "core/apply/apply.h"

#include <string.h>

#include "core/apply/applier.h"
#include "core/util/clock.h"
#include "core/util/failpoint.h"
#include "core/util/progress.h"

#define SKEW_MAX 300 /* seconds that two clocks may differ by */

/* ---- fates ---- */

/* Whether change i is writ's own to send. */
static bool is_sent(const struct applier *p, size_t i)
{
	return !p->out->withheld[i] && !change_is_manual(&p->plan->changes.at[i]);
}

static enum fate fate_of(struct outcome o)
{
	switch (o.class) {
	case OUTCOME_APPLIED:
		return FATE_DONE;
	case OUTCOME_NOT_SENT:
		return FATE_NOT_TRIED;
	case OUTCOME_REFUSED:
		return FATE_FAILED;
	default:
		return FATE_UNKNOWN;
	}
}

/* ---- sending ---- */

struct batch {
	const struct change **changes;
	size_t *numbers;
	struct outcome *outcomes;
	size_t len;
};

static void follow(const struct applier *p, const struct batch *b, bool answered)
{
	for (size_t i = 0; p->in->follow && i < b->len; i++)
		p->in->follow(p->in->follow_context, b->numbers[i], answered);
	if (answered)
		progress_add(b->len);
}

static struct error *send_batch(struct applier *p, struct batch *b)
{
	for (size_t i = 0; i < b->len; i++)
		b->outcomes[i] =
			(struct outcome){.once = p->recalled[b->numbers[i]].once,
					 .tried = p->resumed && p->recalled[b->numbers[i]].sent};
	TRY(applier_record_intent(p, b->numbers, b->len));
	p->judged = false;
	follow(p, b, false);
	FAILPOINT("apply-before-send");
	TRY(applier_ask_leave(p));
	struct error *error = provider_execute(p->in->provider->writer, p->in->session, p->arena,
					       b->changes, b->len, b->outcomes);
	FAILPOINT("apply-after-send");
	for (size_t i = 0; i < b->len; i++) {
		/* An error that ended the call does not tell how far it came. */
		enum fate fate = error ? FATE_UNKNOWN : fate_of(b->outcomes[i]);
		const char *why = error ? error_text(p->arena, error) : b->outcomes[i].message;
		applier_set_fate(p, b->numbers[i], fate, why);
		p->recalled[b->numbers[i]].once = b->outcomes[i].once;
		p->recalled[b->numbers[i]].made = b->outcomes[i].made;
	}
	follow(p, b, true);
	applier_record_fates(p, ENTRY_RESULT, b->numbers, b->len);
	return error_first(error, applier_take_fence(p));
}

static bool is_left(const struct applier *p, size_t i)
{
	return !p->is_over && is_sent(p, i) && p->out->fates[i] == FATE_NOT_TRIED;
}

/* The next changes of changes[from .. to) and the queue that one call can carry. */
static void fill_batch(struct applier *p, size_t from, size_t to, unsigned queue, struct batch *b)
{
	const struct provider_writer *w = p->in->provider->writer;
	b->len = 0;
	for (size_t i = from; i < to && b->len < w->batch_max; i++) {
		if (!is_left(p, i) || provider_queue(w, &p->plan->changes.at[i]) != queue)
			continue;
		b->changes[b->len] = &p->plan->changes.at[i];
		b->numbers[b->len++] = i;
	}
	if (b->len)
		b->len = provider_take(w, p->in->session, b->changes, b->len);
}

static struct error *run_queue(struct applier *p, size_t from, size_t to, unsigned queue,
			       struct batch *b)
{
	while (from < to && !applier_is_stopped(p)) {
		fill_batch(p, from, to, queue, b);
		if (b->len == 0)
			break;
		TRY(applier_judge_batch(p, b->numbers, b->len));
		fill_batch(p, from, to, queue, b);
		if (b->len == 0)
			break;
		from = b->numbers[b->len - 1] + 1;
		TRY(send_batch(p, b));
	}
	return NULL;
}

static void begin_step(const struct applier *p, size_t from, size_t to)
{
	size_t count = 0;
	for (size_t i = from; i < to; i++)
		count += is_left(p, i);
	if (count)
		progress_step("sending changes", "changes", count);
}

/* Sends what is left of changes[from .. to), which are of one phase. */
static struct error *run_phase(struct applier *p, size_t from, size_t to)
{
	begin_step(p, from, to);
	const struct provider_writer *w = p->in->provider->writer;
	size_t room = to - from < w->batch_max ? to - from : w->batch_max;
	struct batch b = {.changes = arena_alloc(p->arena, (room + 1) * sizeof(*b.changes)),
			  .numbers = arena_alloc(p->arena, (room + 1) * sizeof(*b.numbers)),
			  .outcomes = arena_alloc(p->arena, (room + 1) * sizeof(*b.outcomes))};
	for (unsigned queue = 0; queue < provider_queues(w); queue++)
		TRY(run_queue(p, from, to, queue, &b));
	return NULL;
}

static size_t phase_end(const struct plan *plan, size_t from, enum phase phase)
{
	while (from < plan->changes.len && change_phase(&plan->changes.at[from]) == phase)
		from++;
	return from;
}

static bool has_left(const struct applier *p, size_t from)
{
	while (from < p->plan->changes.len && !is_left(p, from))
		from++;
	return from < p->plan->changes.len;
}

/* Whether grants are left to be sent while it is open if an account was made. */
static bool awaits_account(const struct applier *p, size_t from)
{
	for (size_t i = 0; i < from; i++) {
		const struct change *c = &p->plan->changes.at[i];
		enum fate fate = p->out->fates[i];
		if (c->type == CHANGE_ACCOUNT && c->action == ACTION_CREATE &&
		    (fate == FATE_UNKNOWN || fate == FATE_LATE))
			return has_left(p, from);
	}
	return false;
}

static struct error *run_phases(struct applier *p)
{
	bool looked;
	size_t from = 0;
	for (int phase = 0; phase < PHASE_COUNT && !applier_is_stopped(p); phase++) {
		if (phase == PHASE_REMOVE && from > 0 && has_left(p, from)) {
			bool complete;
			FAILPOINT("apply-before-barrier");
			TRY(applier_verify(p, 0, from, applier_look_again, &complete));
			if (!complete)
				return NULL; /* what was to replace the removed is not there */
		}
		if (phase == PHASE_GRANT && awaits_account(p, from))
			TRY(applier_verify(p, 0, from, NULL, &looked));
		size_t to = phase_end(p->plan, from, phase);
		TRY(run_phase(p, from, to));
		from = to;
	}
	return NULL;
}

static struct error *check_life(const struct applier *p)
{
	char moment[TIME_TEXT];
	if (!p->in->saved || p->resumed)
		return NULL;
	if (p->plan->created > p->in->now + SKEW_MAX) {
		time_format(p->plan->created, moment);
		return error_new(ERROR_REFUSED,
				 "the plan was made at %s, which is still to come: this clock or "
				 "that of the plan is wrong",
				 moment);
	}
	if (p->in->now <= p->plan->expires)
		return NULL;
	time_format(p->plan->expires, moment);
	return error_new(ERROR_REFUSED, "the plan expired at %s; make a new one", moment);
}

/* A resumed run sends nothing more of a plan that expired: it was reviewed for the organisation of
 * another day. */
static void close_expired(struct applier *p)
{
	char expired[TIME_TEXT];
	if (!p->resumed || p->in->now <= p->plan->expires)
		return;
	time_format(p->plan->expires, expired);
	const char *why = arena_printf(p->arena, "the plan expired at %s; make a new one", expired);
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		if (!is_left(p, i))
			continue;
		applier_set_fate(p, i, FATE_NOT_TRIED, why);
		p->out->expired = true;
	}
	p->is_over = true;
}

static struct error *start(struct applier *p)
{
	TRY(applier_settle_history(p));
	applier_keep_limits(p);
	TRY(check_life(p));
	TRY(applier_settle_others(p));
	TRY(applier_record_earlier(p));
	if (p->plan->changes.len == 0 && !p->in->saved)
		return NULL; /* the plan was made a moment ago, and live was read for it */
	TRY(applier_check_start(p));
	if (p->in->objection)
		return error_new(ERROR_INPUT, "%s", p->in->objection);
	close_expired(p);
	if (!has_left(p, 0))
		return NULL;
	FAILPOINT("apply-judged");
	TRY(provider_begin(p->in->provider->writer, p->in->session, p->plan));
	return p->begun ? NULL : applier_begin(p);
}

static void count_fates(struct applier *p)
{
	unsigned char digest[SHA256_SIZE];
	memset(p->out->count, 0, sizeof(p->out->count));
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		p->out->count[p->out->fates[i]]++;
		p->out->unsure |= p->out->fates[i] == FATE_UNKNOWN && p->recalled[i].once;
	}
	if (!p->begun)
		return;
	struct store *store = ledger_store(p->in->ledger);
	p->out->ledger = store->kind->describe(store, p->arena);
	p->out->number = ledger_number(p->in->ledger);
	ledger_digest(p->in->ledger, digest);
	sha256_text(digest, p->out->head);
}

static struct error *run_held(struct applier *p)
{
	bool complete = true;
	TRY(applier_append_late(p));
	struct error *error = start(p);
	if (error && p->resumed && !p->compared)
		applier_tell_recorded(p);
	if (error)
		return error;
	if (!p->begun) {
		applier_supersede(p);
		return NULL;
	}
	error = run_phases(p);
	if (p->out->taken_over)
		return error; /* the run that took over looks at live */
	FAILPOINT("apply-before-last-look");
	error = error_first(
		error, applier_verify(p, 0, p->plan->changes.len, applier_find_unasked, &complete));
	if (!error)
		error = applier_judge_end(p);
	error = error_first(error, applier_deliver(p, error != NULL, &complete));
	FAILPOINT("apply-before-last-results");
	error = error_first(error, applier_write(p));
	p->ends = !error && complete && !has_left(p, 0);
	return error;
}

/* ---- the run as a whole ---- */

/* Nothing was sent, so that nothing of it is to be remembered. */
static struct error *let_go(struct applier *p, struct error *error)
{
	ledger_drop(p->in->ledger);
	applier_restore_names(p);
	return error_first(error, hold_release(p->hold, p->in->ledger, &p->view, p->in->now));
}

struct error *apply_run(const struct apply_input *input, struct arena *a, struct result *out,
			struct applier **held)
{
	struct applier *p = arena_zalloc(a, sizeof(*p));
	*p = (struct applier){.in = input, .plan = input->planned->plan, .arena = a, .out = out};
	*held = NULL;
	applier_init(p);
	TRY(hold_take(input->ledger, input->hold, input->open_store, input->open_context, a,
		      &p->view, &p->hold));
	applier_follow_names(p);
	applier_let_others_end(p);
	applier_begin_leave(p);
	struct error *error = run_held(p);
	applier_end_leave(p);
	applier_keep_late(p);
	count_fates(p);
	if (error && (!p->on_record || error->code == ERROR_GUARD))
		return let_go(p, error);
	if (error)
		error->code = ERROR_PARTIAL;
	*held = p;
	return error;
}

struct error *apply_close(struct applier *p, const struct apply_closing *closing)
{
	if (!p)
		return NULL;
	if (p->out->taken_over) {
		hold_abandon(p->hold); /* the run that took over has it, and says so */
		return NULL;
	}
	FAILPOINT("apply-before-end");
	applier_keep_open(p);
	if (closing->failed && p->ends)
		vec_push(p->arena, &p->view.unrecorded, p->out->run);
	if (p->ends)
		applier_end(p, closing);
	struct error *error = hold_release(p->hold, p->in->ledger, &p->view, p->in->now);
	if (error) {
		error = error_wrap(error, "the end of the run is not on record");
		error->code = ERROR_RECORD;
	}
	return error;
}
