/* SPDX-License-Identifier: Apache-2.0 */
#include "core/apply/apply.h"

#include <string.h>

#include "core/apply/applier.h"
#include "core/ledger/lock.h"
#include "core/util/clock.h"
#include "core/util/failpoint.h"

const char *fate_name(enum fate fate)
{
	static const char *const names[FATE_COUNT] = {
		"not tried", "done", "failed", "unknown", "manual", "withheld", "not seen yet"};
	return names[fate];
}

/* ---- fates ---- */

void applier_set_fate(struct applier *p, size_t i, enum fate fate, const char *message)
{
	p->out->fates[i] = (uint8_t)fate;
	p->out->messages[i] = message;
}

bool applier_is_stopped(struct applier *p)
{
	p->out->interrupted |= p->in->stop && *p->in->stop;
	return p->out->interrupted;
}

static bool is_to_send(const struct change *c)
{
	return !c->withheld && !change_is_manual(c);
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

static struct error *send_batch(struct applier *p, struct batch *b)
{
	TRY(applier_record_intent(p, b->numbers, b->len));
	for (size_t i = 0; i < b->len; i++)
		b->outcomes[i].once = p->recalled[b->numbers[i]].once;
	FAILPOINT("apply-before-send");
	struct error *error = provider_execute(p->in->provider->writer, p->in->session, p->arena,
					       b->changes, b->len, b->outcomes);
	FAILPOINT("apply-after-send");
	for (size_t i = 0; i < b->len; i++) {
		/* An error that ended the call does not tell how far it came. */
		enum fate fate = error ? FATE_UNKNOWN : fate_of(b->outcomes[i]);
		const char *why =
			error ? arena_strdup(p->arena, error->message) : b->outcomes[i].message;
		applier_set_fate(p, b->numbers[i], fate, why);
		p->recalled[b->numbers[i]].once = b->outcomes[i].once;
		struct error *lost = applier_record_fate(p, RECORD_RESULT, b->numbers[i]);
		if (lost) {
			error_free(error);
			return lost;
		}
	}
	struct error *unsynced = journal_sync(p->journal);
	if (error && unsynced)
		error_free(unsynced);
	return error ? error : unsynced;
}

/* Sends what is left of changes[from .. to), which are of one phase. */
static struct error *run_phase(struct applier *p, size_t from, size_t to)
{
	size_t max = p->in->provider->writer->batch_max, room = to - from < max ? to - from : max;
	struct batch b = {.changes = arena_alloc(p->arena, room * sizeof(*b.changes)),
			  .numbers = arena_alloc(p->arena, room * sizeof(*b.numbers)),
			  .outcomes = arena_alloc(p->arena, room * sizeof(*b.outcomes))};
	for (size_t i = from; i < to && !applier_is_stopped(p);) {
		for (b.len = 0; i < to && b.len < max; i++) {
			const struct change *c = &p->in->plan->changes.at[i];
			if (!is_to_send(c) || p->out->fates[i] != FATE_NOT_TRIED)
				continue;
			b.changes[b.len] = c;
			b.numbers[b.len++] = i;
		}
		if (b.len == 0)
			break;
		b.len = provider_take(p->in->provider->writer, p->in->session, b.changes, b.len);
		i = b.numbers[b.len - 1] + 1;
		TRY(send_batch(p, &b));
	}
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
	for (size_t i = from; i < p->in->plan->changes.len; i++) {
		if (is_to_send(&p->in->plan->changes.at[i]) && p->out->fates[i] == FATE_NOT_TRIED)
			return true;
	}
	return false;
}

static struct error *run_phases(struct applier *p)
{
	size_t from = 0;
	for (int phase = 0; phase < PHASE_COUNT && !applier_is_stopped(p); phase++) {
		if (phase == PHASE_REMOVE && from > 0 && has_left(p, from)) {
			bool complete;
			TRY(applier_verify(p, 0, from, &complete));
			if (!complete)
				return NULL; /* what was to replace the removed is not there */
		}
		size_t to = phase_end(p->in->plan, from, (enum phase)phase);
		TRY(run_phase(p, from, to));
		from = to;
	}
	return NULL;
}

static struct error *check_life(const struct applier *p)
{
	char expired[TIME_TEXT];
	if (!p->in->saved || p->resumed || p->in->now <= p->in->plan->expires)
		return NULL;
	time_format(p->in->plan->expires, expired);
	return error_new(ERROR_REFUSED, "the plan expired at %s; make a new one", expired);
}

static struct error *start(struct applier *p)
{
	TRY(applier_settle_history(p));
	TRY(check_life(p));
	TRY(applier_check_start(p));
	if (!has_left(p, 0))
		return NULL;
	TRY(provider_begin(p->in->provider->writer, p->in->session, p->in->plan));
	return p->journal ? NULL : applier_begin(p);
}

static void count_fates(struct applier *p)
{
	unsigned char head[SHA256_SIZE];
	memset(p->out->count, 0, sizeof(p->out->count));
	for (size_t i = 0; i < p->in->plan->changes.len; i++)
		p->out->count[p->out->fates[i]]++;
	if (!p->journal)
		return;
	journal_head(p->journal, head);
	sha256_text(head, p->out->head);
}

static struct error *run_locked(struct applier *p)
{
	bool complete = true;
	TRY(start(p));
	if (!p->journal)
		return applier_save_waiting(p);
	struct error *error = run_phases(p);
	struct error *unread = applier_verify(p, 0, p->in->plan->changes.len, &complete);
	if (error && unread)
		error_free(unread);
	error = error ? error : unread;
	struct error *undelivered = applier_deliver(p, error != NULL, &complete);
	if (error && undelivered)
		error_free(undelivered);
	error = error ? error : undelivered;
	if (error)
		return error;
	TRY(applier_save_waiting(p));
	if (complete && !has_left(p, 0))
		TRY(applier_end(p));
	return NULL;
}

struct error *apply_run(const struct apply_input *input, struct arena *a, struct apply_result *out)
{
	struct applier p = {.in = input, .arena = a, .out = out};
	unsigned char digest[SHA256_SIZE];
	CLEANUP(close) int lock = -1;
	char host[65] = "", moment[TIME_TEXT];
	gethostname(host, sizeof(host) - 1);
	time_format(input->now, moment);
	sha256_of(input->bytes, input->len, digest);
	sha256_text(digest, p.digest);
	out->fates = arena_zalloc(a, input->plan->changes.len + 1);
	out->messages = arena_zalloc(a, (input->plan->changes.len + 1) * sizeof(*out->messages));
	out->steps = arena_zalloc(a, (input->plan->changes.len + 1) * sizeof(*out->steps));
	p.recalled = arena_zalloc(a, (input->plan->changes.len + 1) * sizeof(*p.recalled));
	out->emails = arena_zalloc(a, (input->plan->changes.len + 1) * sizeof(*out->emails));
	TRY(lock_take(arena_printf(a, "%s/lock", input->state),
		      arena_printf(a, "process %d on %s since %s\n", (int)getpid(), host, moment),
		      &lock));
	struct error *error = run_locked(&p);
	count_fates(&p);
	if (error && p.journal && error->code != ERROR_GUARD)
		error->code = ERROR_PARTIAL;
	journal_close(p.journal);
	return error;
}
