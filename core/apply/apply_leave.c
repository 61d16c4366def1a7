/* SPDX-License-Identifier: Apache-2.0 */
/* For how long what is on record lets a run send (core/ledger/hold.h). A batch may take longer:
 * then its intent is written once more, which another run's record would prevent. */
#include "core/apply/applier.h"
#include "core/util/clock.h"
#include "core/util/json.h"

#define RENEWALS_MAX 3 /* in a row: a ledger that is slower than the lease gives no leave */
#define LOOK_MS 1000

/* ---- this run ---- */

void applier_begin_intent(struct applier *p)
{
	p->meant.len = 0;
}

void applier_add_intent(struct applier *p, const char *body)
{
	ledger_add(p->in->ledger, ENTRY_INTENT, p->out->run, body);
	vec_push(p->arena, &p->meant, body);
}

void applier_put_within(const struct applier *p, struct str *body)
{
	json_put_number(body, "within_ms", hold_lease_ms(p->hold));
}

static struct error *write_again(struct applier *p)
{
	for (size_t i = 0; i < p->meant.len; i++)
		ledger_add(p->in->ledger, ENTRY_INTENT, p->out->run, p->meant.at[i]);
	return applier_write(p);
}

static struct error *too_slow(void)
{
	return error_new(ERROR_PARTIAL, "the ledger is slower than its lease: what it says is no "
					"leave to send any more, and nothing more is sent");
}

static unsigned ask(void *context)
{
	struct applier *p = context;
	for (int tries = 0; !p->fenced; tries++) {
		unsigned left = hold_leave_ms(p->hold, p->in->ledger);
		if (left)
			return left;
		p->fence = tries < RENEWALS_MAX ? write_again(p) : too_slow();
		p->fenced = p->fence != NULL;
	}
	return 0;
}

void applier_begin_leave(struct applier *p)
{
	p->leave = (struct leave){ask, p};
	provider_set_leave(p->in->provider->writer, p->in->session, &p->leave);
}

void applier_end_leave(struct applier *p)
{
	provider_set_leave(p->in->provider->writer, p->in->session, NULL);
	error_free(applier_take_fence(p));
}

struct error *applier_take_fence(struct applier *p)
{
	struct error *fence = p->fence;
	p->fence = NULL;
	return fence;
}

struct error *applier_ask_leave(struct applier *p)
{
	return ask(p) ? NULL : applier_take_fence(p);
}

/* ---- the one before ---- */

void applier_let_others_end(struct applier *p)
{
	int64_t until = hold_others_send_until_ms(p->hold), left = until - clock_steady_ms();
	if (left > 0 && p->in->note)
		p->in->note(
			arena_printf(p->arena,
				     "a run that may still be alive was taken over: waiting %lld s "
				     "until nothing more of it can be on its way",
				     (long long)(left + 999) / 1000));
	for (; left > 0 && !applier_is_stopped(p); left = until - clock_steady_ms())
		clock_sleep_ms((unsigned)(left < LOOK_MS ? left : LOOK_MS));
}
