/* SPDX-License-Identifier: Apache-2.0 */
/* What every part of a run does: say a fate, stop, read live, wait. */
#include "core/apply/applier.h"

#include "core/util/clock.h"

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

struct error *applier_read(struct applier *p, bool kept, struct reread *out)
{
	const struct reread_input input = {.reader = p->in->provider->reader,
					   .session = p->in->session,
					   .strings = p->in->strings,
					   .plan = p->plan,
					   .kept = kept ? &p->policy : NULL};
	return reread_read(out, &input, p->arena);
}

struct patience applier_patience(const struct applier *p)
{
	unsigned all = provider_patience_ms(p->in->provider->writer, p->in->session);
	return (struct patience){.all_ms = all > p->waited_ms ? all - p->waited_ms : 0,
				 .what = "accepted, waiting to see it"};
}

void applier_has_waited(struct applier *p, const struct patience *t)
{
	if (t->looks > 1)
		p->waited_ms += (unsigned)(clock_steady_ms() - t->began_ms);
}

struct error *applier_write(struct applier *p)
{
	struct error *error = ledger_write(p->in->ledger);
	p->on_record |= p->begun && !error;
	if (!error)
		p->untold.len = 0;
	if (!error || error->code != ERROR_LOCKED)
		return error;
	p->out->taken_over = true;
	error = error_wrap(error, "another run took over, and nothing more is sent");
	error->code = ERROR_PARTIAL;
	return error;
}
