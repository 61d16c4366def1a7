/* SPDX-License-Identifier: Apache-2.0 */
/* What every part of a run does: say a fate, stop, read live, wait. */
#include "core/apply/applier.h"

#include <string.h>

#include "core/util/clock.h"

void applier_set_fate(struct applier *p, size_t i, enum fate fate, const char *message)
{
	p->out->fates[i] = fate;
	p->out->messages[i] = message;
	p->looked[i] = false;
}

bool applier_is_stopped(struct applier *p)
{
	p->out->interrupted |= p->in->stop && *p->in->stop;
	return p->out->interrupted;
}

struct reread_input applier_look(const struct applier *p, bool kept)
{
	return (struct reread_input){.reader = p->in->provider->reader,
				     .session = p->in->session,
				     .strings = p->in->strings,
				     .plan = p->plan,
				     .kept = kept ? &p->policy : NULL};
}

struct error *applier_read(struct applier *p, bool kept, struct reread *out)
{
	const struct reread_input input = applier_look(p, kept);
	return reread_read(out, &input, p->arena);
}

struct error *applier_read_again(struct applier *p, struct arena *look, struct reread *v)
{
	const struct reread_input input = applier_look(p, false);
	reread_done(v);
	arena_done(look);
	return reread_read(v, &input, look);
}

struct patience applier_patience(const struct applier *p)
{
	unsigned all = provider_patience_ms(p->in->provider->writer, p->in->session);
	return (struct patience){.all_ms = all > p->waited_ms ? all - p->waited_ms : 0,
				 .what = APPLIER_ACCEPTED};
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

void applier_init(struct applier *p)
{
	size_t room = p->plan->changes.len + 1;
	p->vouched = !p->in->saved || p->in->vouched;
	p->policy = policy_strictest(policy_of(p->in->operator_policy), p->plan->policy);
	p->consent = consent_merge(p->plan->consent, &p->in->given);
	p->out->fates = arena_zalloc(p->arena, room);
	p->out->withheld = arena_zalloc(p->arena, room);
	p->out->messages = arena_zalloc(p->arena, room * sizeof(*p->out->messages));
	p->out->steps = arena_zalloc(p->arena, room * sizeof(*p->out->steps));
	p->out->attested = arena_zalloc(p->arena, room * sizeof(*p->out->attested));
	p->out->emails = arena_zalloc(p->arena, room * sizeof(*p->out->emails));
	p->recalled = arena_zalloc(p->arena, room * sizeof(*p->recalled));
	p->looked = arena_zalloc(p->arena, room * sizeof(*p->looked));
}

void applier_keep_result(struct applier *p, const char *body)
{
	size_t len = strlen(body) - 1; /* without the brace that closes it */
	vec_push(p->arena, &p->untold,
		 arena_printf(p->arena, "%.*s, \"behind\": %llu}", (int)len, body,
			      (unsigned long long)ledger_number(p->in->ledger)));
}

const char *applier_used_as(const struct applier *p)
{
	return p->in->saved ? p->in->planned->digest : p->in->planned->plan_digest;
}

const char *applier_manifests(const struct applier *p)
{
	char text[SHA256_TEXT];
	sha256_text(p->plan->manifest_digest, text);
	return arena_strdup(p->arena, text);
}

const struct guards *applier_policy(struct applier *p)
{
	struct guards *g = arena_alloc(p->arena, sizeof(*g));
	*g = policy_as_guards(&p->policy);
	return g;
}

const struct guards *applier_set_by_manifests(struct applier *p)
{
	struct guards *g = arena_alloc(p->arena, sizeof(*g));
	const struct policy operators = policy_of(p->in->operator_policy);
	*g = policy_stricter_than(&p->policy, &operators);
	return g;
}
