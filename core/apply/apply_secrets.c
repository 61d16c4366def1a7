/* SPDX-License-Identifier: Apache-2.0 */
/* The secret of a new account is owed from the moment the account may be made, and handing it over
 * is a send like any other. */
#include "core/apply/applier.h"
#include "core/util/clock.h"
#include "core/util/failpoint.h"
#include "core/util/json.h"

static bool is_owed(const struct applier *p, size_t i)
{
	const struct change *c = &p->plan->changes.at[i];
	enum fate fate = p->out->fates[i];
	return c->type == CHANGE_ACCOUNT && c->action == ACTION_CREATE && p->recalled[i].sent &&
	       !p->recalled[i].delivered && (fate == FATE_DONE || fate == FATE_LATE);
}

static struct error *record_intent(struct applier *p, size_t i)
{
	struct str record = STR(p->arena);
	str_printf(&record, "{\"deliver\": \"c%zu\", \"account\": ", i + 1);
	json_add_text(&record, p->plan->changes.at[i].principal->name);
	applier_put_within(p, &record);
	str_addc(&record, '}');
	applier_begin_intent(p);
	applier_add_intent(p, record.at);
	return applier_write(p);
}

static struct error *record_result(struct applier *p, size_t i, enum fate fate, const char *why)
{
	struct str record = STR(p->arena);
	str_printf(&record, "{\"deliver\": \"c%zu\", \"outcome\": \"%s\", \"message\": ", i + 1,
		   fate_name(fate));
	json_add_text(&record, why);
	str_addc(&record, '}');
	ledger_add(p->in->ledger, ENTRY_RESULT, p->out->run, record.at);
	applier_keep_result(p, record.at);
	if (fate != FATE_DONE) {
		applier_set_fate(p, i, fate, why);
		applier_record_fates(p, ENTRY_RECONCILED, &i, 1);
	}
	return applier_write(p);
}

static enum fate fate_of(const struct outcome *o)
{
	if (o->class == OUTCOME_APPLIED)
		return FATE_DONE;
	return o->class == OUTCOME_NOT_SENT ? FATE_LATE : FATE_FAILED;
}

static struct error *deliver(struct applier *p, size_t i, bool hurried)
{
	const char *account = p->plan->changes.at[i].principal->name;
	struct recalled *r = &p->recalled[i];
	struct outcome out = {OUTCOME_NOT_SENT, NULL, false};
	struct patience t = applier_patience(p);
	t.what = "made, waiting for its secret";
	t.hurried = hurried;
	bool again = p->resumed || r->delivering;
	TRY(record_intent(p, i));
	FAILPOINT("deliver-before");
	while (out.class == OUTCOME_NOT_SENT && !p->fenced && patience_next(&t))
		TRY(provider_deliver(p->in->provider->writer, p->in->session, p->arena, account,
				     again, &out));
	FAILPOINT("deliver-after");
	applier_has_waited(p, &t);
	r->delivered = out.class == OUTCOME_APPLIED;
	struct error *fence = applier_take_fence(p);
	struct error *error = record_result(p, i, fate_of(&out), out.message);
	if (!fence)
		return error;
	error_free(error);
	return fence;
}

struct error *applier_deliver(struct applier *p, bool hurried, bool *complete)
{
	if (!provider_has_sink(p->in->provider->writer, p->in->session))
		return NULL;
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		if (!is_owed(p, i))
			continue;
		TRY(deliver(p, i, hurried || applier_is_stopped(p)));
		*complete &= p->recalled[i].delivered;
	}
	return NULL;
}
