/* SPDX-License-Identifier: Apache-2.0 */
/* What a run writes into the ledger, and what it makes of the runs before it. */
#include <string.h>

#include "core/apply/applier.h"
#include "core/ledger/kept_policy.h"
#include "core/ledger/last_manifests.h"
#include "core/util/clock.h"
#include "core/util/compare.h"
#include "core/util/json.h"

#define RESERVE_BEGIN 65536 /* bytes of ledger for a run's hold, state and release */
#define RESERVE_CHANGE                                                                             \
	256 /* for one change: its id in an intent, its result, its reconciliation                 \
	     */
#define ENTRY_MOST ((size_t)256 << 10) /* bytes of one entry, which names many changes */

/* ---- earlier runs ---- */

/* Refuses while a run that stopped owes somebody a secret: once that run is superseded, nothing
 * would remember it. */
static struct error *check_owed(struct arena *a, struct ledger *l, const struct provider_writer *w,
				struct provider *session, const struct open_run *r)
{
	const char *account = NULL;
	struct ledger_entry_vec entries = {0};
	if (!provider_has_sink(w, session))
		return NULL;
	TRY(run_records_read(l, a, r, &entries));
	account = recall_owed(a, &entries);
	if (!account)
		return NULL;
	return error_new(ERROR_REFUSED,
			 "an earlier run was making account \"%s\", whose secret has not reached "
			 "the sink (run %s): `writ apply --resume` goes on with it, and `writ "
			 "ledger close %s --why TEXT` says that there is none; nothing was sent",
			 account, r->name, r->name);
}

static bool is_this(const struct applier *p, const struct open_run *r)
{
	return !strcmp(r->plan, p->in->planned->digest);
}

/* A saved plan counts as used by the digest of its file, any other by the digest of what it
 * does. */
static const char *used_as(const struct applier *p)
{
	return p->in->saved ? p->in->planned->digest : p->in->planned->plan_digest;
}

/* Whether this is the ledger that the plan was made beside, as far as its length tells. */
static bool is_ledger_of_plan(const struct applier *p)
{
	uint64_t number = p->plan->ledger_number;
	return number && ledger_number(p->in->ledger) > number;
}

static struct error *check_used(const struct applier *p)
{
	const struct ledger_view *v = &p->view;
	char kept[TIME_TEXT];
	if (p->resumed || !(p->in->saved || p->in->expected))
		return NULL;
	for (size_t i = 0; i < v->used.len; i++) {
		if (!strcmp(v->used.at[i].plan, used_as(p)))
			return error_new(ERROR_REFUSED,
					 "this plan has been applied already (run %s); make a new "
					 "one",
					 v->used.at[i].run);
	}
	if (p->in->recorded)
		return error_new(
			ERROR_REFUSED,
			"this plan has been applied already (commit %.12s); make a new one",
			p->in->recorded);
	if (p->in->untold && !p->in->allow_older && !is_ledger_of_plan(p))
		return error_new(ERROR_INPUT,
				 "whether this plan has been applied already cannot be told: %s; "
				 "--allow-older insists; nothing was sent",
				 p->in->untold);
	time_format(v->used_since, kept);
	if (p->plan->created < v->used_since)
		return error_new(ERROR_REFUSED,
				 "the plan was made before %s, and which plans were used before "
				 "that is not on record; make a new one",
				 kept);
	return NULL;
}

static const char *manifests_of(const struct applier *p)
{
	char text[SHA256_TEXT];
	sha256_text(p->plan->manifest_digest, text);
	return arena_strdup(p->arena, text);
}

/* Something else was applied since: what this plan says was decided anew. */
static struct error *check_superseded(const struct applier *p)
{
	const struct last_applied *latest = &p->view.latest;
	char moment[TIME_TEXT];
	if (!p->in->saved || p->resumed || p->in->allow_older ||
	    latest->number <= p->plan->ledger_number ||
	    last_manifests_are(latest, p->plan->manifest_digest))
		return NULL;
	time_format(latest->begun, moment);
	return error_new(ERROR_REFUSED,
			 "the plan is superseded: something else was applied at %s%s%s; make a new "
			 "one",
			 moment, latest->run ? ", run " : "", latest->run ? latest->run : "");
}

struct error *applier_settle_history(struct applier *p)
{
	const struct ledger_view *v = &p->view;
	const struct open_run *same = NULL;
	struct ledger_entry_vec entries = {0};
	for (size_t i = 0; i < v->open.len; i++)
		same = is_this(p, &v->open.at[i]) ? &v->open.at[i] : same;
	if (same) {
		TRY(run_records_read(p->in->ledger, p->arena, same, &entries));
		applier_recall(p, &entries);
		p->out->run = same->name;
		p->out->actor = same->by;
		p->resumed = p->begun = p->on_record = true;
	}
	TRY(check_used(p));
	TRY(check_superseded(p));
	if (!last_manifests_are(&p->view.last, p->plan->manifest_digest))
		TRY(applier_check_older(p));
	for (size_t i = 0; i < v->open.len; i++) {
		if (!is_this(p, &v->open.at[i]))
			TRY(check_owed(p->arena, p->in->ledger, p->in->provider->writer,
				       p->in->session, &v->open.at[i]));
	}
	return NULL;
}

void applier_supersede(struct applier *p)
{
	struct open_run_vec *open = &p->view.open;
	size_t kept = 0;
	for (size_t i = 0; i < open->len; i++) {
		const struct open_run *r = &open->at[i];
		if (is_this(p, r)) {
			open->at[kept++] = *r;
			continue;
		}
		ledger_add(p->in->ledger, ENTRY_END, r->name, "{\"end\": \"superseded\"}");
		if (p->in->note)
			p->in->note(arena_printf(p->arena,
						 "an earlier run stopped part-way (%s, by %s); "
						 "this plan starts from what it left",
						 r->name, r->by));
	}
	open->len = kept;
}

/* ---- this run ---- */

/* The limits that hold, as the next plan of all manifests is to know them. */
static const struct guards *policy_of_run(struct applier *p)
{
	struct guards *g = arena_alloc(p->arena, sizeof(*g));
	*g = policy_as_guards(&p->policy);
	return g;
}

/* Those that nobody but the manifests asked for. */
static const struct guards *set_by_manifests(struct applier *p)
{
	struct guards *g = arena_alloc(p->arena, sizeof(*g));
	const struct policy operators = policy_of(p->in->operator_policy);
	*g = policy_stricter_than(&p->policy, &operators);
	return g;
}

static const char *tell_looser(struct arena *a, const struct loosened_vec *looser)
{
	struct str out = STR(a);
	for (size_t i = 0; i < looser->len; i++) {
		const struct loosened *l = &looser->at[i];
		str_printf(&out, "%s%s%s%s %lld (the plan says %lld)", i ? ", " : "", l->name,
			   l->subject ? " of " : "", l->subject ? l->subject : "",
			   (long long)l->before, (long long)l->now);
	}
	return str_text(&out);
}

/* A plan that nobody vouches for may say what it likes of its manifests' limits: those that held
 * for the last apply of all manifests hold for it too. */
void applier_keep_limits(struct applier *p)
{
	struct loosened_vec looser = {0};
	const struct guards *set = p->view.last.set;
	if (!p->in->saved || p->in->vouched || !set)
		return;
	const struct policy held = policy_tighten(p->policy, set);
	policy_find_loosened(&held, &p->policy, p->arena, &looser);
	if (looser.len && p->in->note)
		p->in->note(arena_printf(
			p->arena,
			"limits that manifests set at the last apply hold for a plan that is "
			"neither signed nor named by --expect: %s",
			tell_looser(p->arena, &looser)));
	p->policy = held;
}

static void add_begin(struct applier *p, const struct open_run *r)
{
	const struct plan *plan = p->plan;
	struct str body = STR(p->arena);
	char moment[TIME_TEXT];
	time_format(r->begun, moment);
	str_addc(&body, '{');
	json_put_text(&body, "plan", r->plan);
	json_put_text(&body, "organization", plan->organization);
	json_put_text(&body, "by", r->by);
	json_put_text(&body, "begun", moment);
	json_put_number(&body, "changes", (int64_t)plan->changes.len);
	json_put_text(&body, "manifests", manifests_of(p));
	json_put_text(&body, "commit", r->commit);
	if (p->in->whole)
		kept_policy_put(&body, policy_of_run(p), set_by_manifests(p));
	str_printf(&body, ", \"saved\": %s, \"whole\": %s}", p->in->saved ? "true" : "false",
		   p->in->whole ? "true" : "false");
	ledger_add(p->in->ledger, ENTRY_BEGIN, r->name, body.at);
}

static const char *address_of(struct applier *p, size_t i)
{
	const struct change *c = &p->plan->changes.at[i];
	return change_address(p->arena, c->principal, c->entitlement);
}

static void keep_applied(struct applier *p)
{
	const struct last_applied this = {p->out->run,
					  manifests_of(p),
					  p->plan->manifest_commit,
					  ledger_number(p->in->ledger),
					  p->in->now,
					  policy_of_run(p),
					  set_by_manifests(p)};
	p->view.latest = this;
	if (p->in->whole)
		p->view.last = this;
}

static bool is_withheld_for_consent(const struct applier *p, size_t i)
{
	return p->out->fates[i] == FATE_WITHHELD && p->out->withheld[i] == WITHHELD_CONSENT;
}

/* A run that dies has withheld something all the same: what is open goes on record with its
 * beginning. Behind what else it sent, shares may be such that nothing would be withheld. */
static void add_withheld(struct applier *p)
{
	size_t before = p->view.withheld.len;
	const bool *known =
		change_find_all(&p->plan->changes, p->view.withheld.at, before, p->arena);
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		if (is_withheld_for_consent(p, i) && !(known && known[i]))
			vec_push(p->arena, &p->view.withheld, address_of(p, i));
	}
	if (p->view.withheld.len == before)
		return;
	vec_sort(&p->view.withheld, compare_texts);
	keep_applied(p);
	ledger_view_add(p->in->ledger, &p->view, p->in->now);
}

/* The plan and the beginning go with the first intent: a run that never meant to send anything
 * leaves nothing behind. */
struct error *applier_begin(struct applier *p)
{
	struct ledger *l = p->in->ledger;
	const struct store *store = ledger_store(l);
	const struct planned *planned = p->in->planned;
	const struct run_plan plan = {planned->bytes, planned->len, planned->signature};
	const struct open_run r = {
		.name = run_records_name(&p->view, p->arena, p->in->now, planned->digest),
		.plan = planned->digest,
		.by = p->in->hold->holder.actor,
		.commit = p->plan->manifest_commit,
		.first = ledger_number(l) + 1,
		.begun = p->in->now};
	if (store->kind->reserve)
		TRY(store->kind->reserve(ledger_store(l),
					 RESERVE_BEGIN + 2 * planned->len +
						 p->plan->changes.len * RESERVE_CHANGE));
	applier_supersede(p);
	run_records_add_plan(l, r.name, &plan);
	add_begin(p, &r);
	vec_push(p->arena, &p->view.open, r);
	if (p->in->saved)
		vec_push(p->arena, &p->view.used, (struct used_plan){r.plan, r.name, r.begun});
	p->out->run = r.name;
	p->out->actor = r.by;
	add_withheld(p);
	p->begun = true;
	return NULL;
}

/* ---- changes, as entries ---- */

/* "c3", or "c3-c9" for numbers that follow each other; returns how many of them. */
static size_t add_range(struct str *out, const size_t *numbers, size_t len)
{
	size_t count = 1;
	while (count < len && numbers[count] == numbers[0] + count)
		count++;
	if (count > 1)
		str_printf(out, "\"c%zu-c%zu\"", numbers[0] + 1, numbers[count - 1] + 1);
	else
		str_printf(out, "\"c%zu\"", numbers[0] + 1);
	return count;
}

/* KEY: [...], of as many as one entry takes; returns how many. */
static size_t add_changes(struct str *out, const char *key, const size_t *numbers, size_t len)
{
	size_t at = 0;
	json_put_key(out, key);
	str_addc(out, '[');
	while (at < len && out->len < ENTRY_MOST) {
		str_add(out, at ? ", " : "");
		at += add_range(out, numbers + at, len - at);
	}
	str_addc(out, ']');
	return at;
}

/* Accounts to be made are named, for their secrets are owed from then on. */
static void add_made(const struct applier *p, const size_t *numbers, size_t len, struct str *out)
{
	size_t made = 0;
	for (size_t i = 0; i < len; i++) {
		const struct change *c = &p->plan->changes.at[numbers[i]];
		if (c->type != CHANGE_ACCOUNT || c->action != ACTION_CREATE)
			continue;
		str_printf(out, "%s{\"change\": \"c%zu\", \"account\": ",
			   made++ ? ", " : ", \"made\": [", numbers[i] + 1);
		json_add_text(out, c->principal->name);
		str_addc(out, '}');
	}
	if (made)
		str_addc(out, ']');
}

struct error *applier_record_intent(struct applier *p, const size_t *numbers, size_t len)
{
	applier_begin_intent(p);
	for (size_t at = 0; at < len;) {
		struct str body = STR(p->arena);
		str_addc(&body, '{');
		size_t count = add_changes(&body, "changes", numbers + at, len - at);
		add_made(p, numbers + at, count, &body);
		applier_put_within(p, &body);
		str_addc(&body, '}');
		applier_add_intent(p, body.at);
		at += count;
	}
	for (size_t i = 0; i < len; i++)
		p->recalled[numbers[i]].sent = true;
	return applier_write(p);
}

static bool is_alike(const struct applier *p, size_t i, size_t k)
{
	const char *x = p->out->messages[i], *y = p->out->messages[k];
	return p->out->fates[i] == p->out->fates[k] && p->recalled[i].once == p->recalled[k].once &&
	       (x && y ? !strcmp(x, y) : x == y);
}

void applier_record_fates(struct applier *p, enum entry_type type, const size_t *numbers,
			  size_t len)
{
	for (size_t at = 0, count; at < len; at += count) {
		struct str body = STR(p->arena);
		size_t alike = 1;
		while (at + alike < len && is_alike(p, numbers[at], numbers[at + alike]))
			alike++;
		str_addc(&body, '{');
		count = add_changes(&body, "changes", numbers + at, alike);
		json_put_text(&body, "outcome", fate_name(p->out->fates[numbers[at]]));
		json_put_text(&body, "message", p->out->messages[numbers[at]]);
		str_add(&body, p->recalled[numbers[at]].once ? ", \"once\": true}" : "}");
		ledger_add(p->in->ledger, type, p->out->run, body.at);
		if (type == ENTRY_RESULT)
			applier_keep_result(p, body.at);
	}
}

/* Lists the changes of this fate in the entry of the end: what was not to be sent has no entry
 * of its own. */
static void add_unsent(const struct applier *p, const char *key, enum fate fate, struct str *out)
{
	size_t *numbers = arena_alloc(p->arena, (p->plan->changes.len + 1) * sizeof(*numbers));
	size_t count = 0;
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		if (p->out->fates[i] == fate)
			numbers[count++] = i;
	}
	if (count)
		add_changes(out, key, numbers, count);
}

void applier_end(struct applier *p, const struct apply_closing *closing)
{
	struct str body = STR(p->arena);
	str_printf(&body, "{\"end\": \"%s\"", p->out->expired ? "expired" : "done");
	json_put_number(&body, "done", (int64_t)p->out->count[FATE_DONE]);
	add_unsent(p, "manual", FATE_MANUAL, &body);
	add_unsent(p, "withheld", FATE_WITHHELD, &body);
	json_put_text(&body, "commit", closing->commit);
	if (closing->tree)
		json_put_text(&body, "tree", closing->tree);
	str_addc(&body, '}');
	ledger_add(p->in->ledger, ENTRY_END, p->out->run, body.at);
	for (size_t i = 0; i < p->view.open.len; i++) {
		if (!strcmp(p->view.open.at[i].name, p->out->run))
			p->view.open.at[i] = p->view.open.at[--p->view.open.len];
	}
}

/* ---- what stays open ---- */

/* Whether the run is about that address, so that what it leaves is all there is to say of it. */
static bool is_planned(struct applier *p, const char *address)
{
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		if (!strcmp(address_of(p, i), address))
			return true;
	}
	return false;
}

/* What was withheld once needs consent until an apply of all manifests plans it no more. */
static void keep_withheld(struct applier *p)
{
	VEC(, const char *) kept = {0};
	for (size_t i = 0; !p->in->whole && i < p->view.withheld.len; i++) {
		if (!is_planned(p, p->view.withheld.at[i]))
			vec_push(p->arena, &kept, p->view.withheld.at[i]);
	}
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		if (is_withheld_for_consent(p, i))
			vec_push(p->arena, &kept, address_of(p, i));
	}
	vec_sort(&kept, compare_texts);
	p->view.withheld.at = kept.at;
	p->view.withheld.len = kept.len;
	p->view.withheld.cap = kept.cap;
}

static int by_address(const void *a, const void *b)
{
	const struct waiting_change *x = a, *y = b;
	return strcmp(x->address, y->address);
}

static void keep_waiting(struct applier *p)
{
	struct waiting_change_vec kept = {0};
	for (size_t i = 0; !p->in->whole && i < p->view.waiting.len; i++) {
		if (!is_planned(p, p->view.waiting.at[i].address))
			vec_push(p->arena, &kept, p->view.waiting.at[i]);
	}
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		if (p->out->fates[i] != FATE_MANUAL || p->out->attested[i])
			continue;
		const char *address = address_of(p, i);
		int64_t since = ledger_view_waits_since(&p->view, address);
		vec_push(p->arena, &kept,
			 (struct waiting_change){address, since ? since : p->in->now});
	}
	vec_sort(&kept, by_address);
	p->view.waiting = kept;
}

/* Whether a step of the plan is still the one that somebody spoke of. */
static bool is_still_due(struct applier *p, const struct attestation *t)
{
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		if (p->out->attested && p->out->attested[i] &&
		    attestation_is_same(p->out->attested[i], t))
			return true;
	}
	return false;
}

/* A word counts for as long as the step is due and no read can show it: what is asked for anew, or
 * was seen in between, needs another one. */
static void keep_attested(struct applier *p)
{
	struct attestation_vec kept = {0};
	for (size_t i = 0; i < p->view.attested.len; i++) {
		const struct attestation *t = &p->view.attested.at[i];
		bool due = is_still_due(p, t);
		if (due || !(p->in->whole || is_planned(p, t->address)))
			vec_push(p->arena, &kept, *t);
		else
			attested_add(p->in->ledger, t,
				     "the plan has no such step any more, or a read shows it");
	}
	p->view.attested = kept;
}

/* An end that has passed is remembered for as long as it is due. */
static bool is_due(struct applier *p, const char *address)
{
	for (size_t i = 0; i < p->plan->changes.len; i++) {
		if (p->plan->changes.at[i].reason == REASON_EXPIRED &&
		    p->out->fates[i] != FATE_DONE && !strcmp(address_of(p, i), address))
			return true;
	}
	return false;
}

static void keep_ends(struct applier *p)
{
	struct grant_end_vec kept = {0};
	int32_t today = time_day(p->in->now);
	for (size_t i = 0; i < p->view.ends.len; i++) {
		const struct grant_end *e = &p->view.ends.at[i];
		if (e->day < today && is_due(p, e->address))
			vec_push(p->arena, &kept, *e);
	}
	for (size_t i = 0; i < p->plan->ends.len; i++) {
		if (p->plan->ends.at[i].day >= today)
			vec_push(p->arena, &kept, p->plan->ends.at[i]);
	}
	grant_ends_sort(&kept);
	p->view.ends = kept;
}

void applier_keep_open(struct applier *p)
{
	/* A resume that an error ended before it looked at live leaves them as they are. */
	if (p->compared || !p->resumed) {
		keep_withheld(p);
		keep_waiting(p);
		keep_attested(p);
	}
	if (p->ends && p->in->expected && !p->in->saved)
		vec_push(p->arena, &p->view.used,
			 (struct used_plan){used_as(p), p->out->run, p->in->now});
	keep_applied(p);
	if (p->in->whole)
		keep_ends(p);
}
