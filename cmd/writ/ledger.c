/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/ledger.h"

#include <string.h>

#include "cmd/writ/ledger_access.h"
#include "cmd/writ/ledger_render.h"
#include "cmd/writ/log_changes.h"
#include "core/ledger/checkpoint.h"
#include "core/ledger/ledger_move.h"
#include "core/util/json.h"

/* ---- show ---- */

/* Without --org all ledgers of the machine are shown: it keeps one for each organisation. */
static struct error *show_all(struct run *run)
{
	struct open_ledger_vec open = {0};
	struct known_ledger_vec ledgers = {0};
	TRY(ledger_access_all(run, &ledgers));
	for (size_t i = 0; i < ledgers.len && !run->report.errors; i++) {
		struct open_ledger l = {.known = &ledgers.at[i]};
		TRY(ledger_view_of(&ledgers.at[i].records, &run->arena, &l.view));
		vec_push(&run->arena, &open, l);
	}
	return run->report.errors ? NULL : output_all(run, ledger_render_open, &open);
}

static struct error *show_run(struct run *run, const char *name)
{
	struct known_ledger_vec ledgers = {0};
	struct known_run_vec runs = {0};
	const struct known_run *found;
	TRY(ledger_access_all(run, &ledgers));
	if (run->report.errors)
		return NULL;
	run_list_load(&run->arena, &ledgers, &(struct commit_vec){0}, &runs);
	TRY(run_list_find(&runs, name, &found));
	return output_all(run, ledger_render_run, found);
}

/* ---- verify ---- */

static struct error *verify(struct run *run, int *status)
{
	struct known_ledger_vec ledgers = {0};
	struct known_run_vec runs = {0};
	struct run_finding_vec findings = {0};
	size_t records = 0;
	TRY(ledger_access_all(run, &ledgers));
	if (run->report.errors)
		return NULL;
	run_list_load(&run->arena, &ledgers, &(struct commit_vec){0}, &runs);
	run_verify(&run->arena, &ledgers, &runs, &findings);
	for (size_t i = 0; i < ledgers.len; i++)
		records += ledgers.at[i].records.len;
	const struct ledger_verdict verdict = {ledgers.len, records, &findings};
	TRY(output_all(run, ledger_render_verdict, &verdict));
	if (findings.len || records == 0)
		*status = EXIT_ERROR;
	return NULL;
}

/* ---- close ---- */

/* The ledger of the organisation that the options mean, held. */
struct held_ledger {
	struct session session;
	const char *organization;
	struct organization_ledger ledger;
	struct ledger_view view;
	struct hold *hold;
};

static struct error *take(struct run *run, struct held_ledger *h)
{
	TRY(name_session(run, &(struct named_organization){0}, &h->session));
	if (run->report.errors)
		return NULL;
	TRY(ledger_access_organization(run, &h->session, &h->organization));
	TRY(ledger_access_open(run, &h->session, h->organization, &h->ledger));
	const struct hold_request request = ledger_access_request(run, &h->ledger);
	return hold_take(h->ledger.ledger, &request, ledger_access_reopen, h->ledger.place,
			 &run->arena, &h->view, &h->hold);
}

static void let_go(struct held_ledger *h)
{
	ledger_access_close(&h->ledger);
	close_session(&h->session);
}

static struct error *close_held(struct run *run, struct held_ledger *h, const char *name)
{
	struct str body = STR(&run->arena);
	const struct open_run *found = NULL;
	for (size_t i = 0; i < h->view.open.len; i++) {
		if (!strncmp(h->view.open.at[i].name, name, strlen(name)))
			found = &h->view.open.at[i];
	}
	if (!found)
		return error_new(ERROR_INPUT, "no run \"%.64s\" of organisation %s is open", name,
				 h->organization);
	str_add(&body, "{\"end\": \"closed\", \"why\": ");
	json_add_text(&body, run->options.why);
	str_addc(&body, '}');
	ledger_add(h->ledger.ledger, ENTRY_END, found->name, body.at);
	printf("Run %s is closed: nothing goes on with it.\n", found->name);
	h->view.open.at[found - h->view.open.at] = h->view.open.at[h->view.open.len - 1];
	h->view.open.len--;
	return NULL;
}

/* Closes a run that nobody goes on with: until then every later command tells of it. */
static struct error *close_run(struct run *run, const char *name)
{
	struct held_ledger h = {0};
	if (!run->options.why)
		return error_new(ERROR_USAGE, "ledger close needs --why TEXT");
	struct error *error = take(run, &h);
	if (!error && h.hold) {
		error = close_held(run, &h, name);
		if (error)
			ledger_drop(h.ledger.ledger);
		struct error *kept = hold_release(h.hold, h.ledger.ledger, &h.view, run->now);
		if (error)
			error_free(kept);
		else
			error = kept;
	}
	let_go(&h);
	return error;
}

/* ---- move ---- */

/* Moves the ledger to the place that another configuration names for the same organisation. */
static struct error *find_target(struct run *run, const struct held_ledger *h,
				 struct ledger_place *out)
{
	struct config *config = arena_zalloc(&run->arena, sizeof(*config));
	TRY(config_load(run->options.to, run->strings, &run->arena, &run->report, config));
	if (run->report.errors)
		return NULL;
	const struct organization_config *o = config_find(config, h->organization, NULL);
	if (!o)
		return error_new(ERROR_INPUT, "%s says nothing of organisation %s", run->options.to,
				 h->organization);
	*out = (struct ledger_place){.settings = &o->ledger,
				     .key = h->ledger.place->key,
				     .repository = o->snapshot.repository,
				     .remote = o->snapshot.push};
	return NULL;
}

static struct error *move_held(struct run *run, struct held_ledger *h)
{
	struct ledger_place place;
	struct store *store = NULL;
	struct ledger *to = NULL;
	uint64_t count = 0;
	TRY(find_target(run, h, &place));
	if (run->report.errors)
		return NULL;
	TRY(ledger_place_open(&place, &store));
	TRY(ledger_open(store, &to));
	struct error *error = ledger_move(h->ledger.ledger, to, &h->view, run->now, &count);
	if (!error)
		printf("%llu records of organisation %s are in %s now; name that place in the "
		       "configuration.\n",
		       (unsigned long long)count, h->organization,
		       store->kind->describe(store, &run->arena));
	ledger_close(to);
	ledger_place_done(&place);
	return error;
}

static struct error *move(struct run *run)
{
	struct held_ledger h = {0};
	if (!run->options.to)
		return error_new(ERROR_USAGE,
				 "ledger move needs --to FILE, the configuration that names the "
				 "new place");
	struct error *error = take(run, &h);
	if (!error && h.hold) {
		error = move_held(run, &h);
		hold_abandon(h.hold);
	}
	let_go(&h);
	return error;
}

/* ---- checkpoint ---- */

#define KEPT_DAYS 30 /* of records, unless --until says otherwise */
#define DAY_SECONDS 86400

static struct error *made_before(const struct run *run, int64_t *out)
{
	struct period period;
	*out = run->now - (int64_t)KEPT_DAYS * DAY_SECONDS;
	if (!run->options.until)
		return NULL;
	TRY(log_changes_period(run, &period));
	*out = period.until + 1;
	return NULL;
}

/* Adds a checkpoint when there are records to empty that no earlier one names; `all` gets the
 * records of all checkpoints. */
static struct error *name_emptied(struct run *run, struct held_ledger *h, int64_t until,
				  struct ledger_record_vec *records, struct checkpoint *all)
{
	struct checkpoint found;
	size_t before;
	TRY(ledger_read_whole(h->ledger.ledger, &run->arena, records));
	checkpoint_check(records, &run->arena, all);
	checkpoint_find(records, &h->view, until, &run->arena, &found);
	before = all->count;
	for (uint64_t number = 1; number <= found.to; number++) {
		if (found.marked[number])
			checkpoint_mark(all, number);
	}
	if (all->count > before)
		checkpoint_add(h->ledger.ledger, records, &found);
	return NULL;
}

static void tell_emptied(struct ledger *l, const struct held_ledger *h, const struct checkpoint *c,
			 size_t count)
{
	if (!c->count)
		printf("No record of organisation %s is that old and needed by nobody.\n",
		       h->organization);
	else if (!ledger_store(l)->kind->empty)
		printf("%zu record%s of organisation %s may be emptied, and the place keeps all "
		       "that was ever in it: nothing was.\n",
		       c->count, c->count == 1 ? "" : "s", h->organization);
	else
		printf("%zu record%s of organisation %s %s emptied now, %zu in all.\n", count,
		       count == 1 ? "" : "s", h->organization, count == 1 ? "is" : "are", c->count);
}

/* Records are emptied without the hold, so that nobody waits: the checkpoint is on record by then,
 * and nobody needs what it names. */
static struct error *checkpoint(struct run *run)
{
	struct held_ledger h = {0};
	struct ledger_record_vec records = {0};
	struct checkpoint all;
	int64_t until;
	size_t count = 0;
	TRY(made_before(run, &until));
	struct error *error = take(run, &h);
	if (!error && h.hold) {
		error = name_emptied(run, &h, until, &records, &all);
		struct error *kept =
			hold_release(h.hold, h.ledger.ledger, error ? NULL : &h.view, run->now);
		error = error ? error : kept;
		if (!error)
			error = checkpoint_empty(h.ledger.ledger, &records, &all, &count);
		if (!error)
			tell_emptied(h.ledger.ledger, &h, &all, count);
	}
	let_go(&h);
	return error;
}

struct error *cmd_ledger(struct run *run, int *status)
{
	const struct options *o = &run->options;
	const char *verb = o->path_count ? o->paths[0] : "show";
	if (!strcmp(verb, "show") && o->path_count <= 2)
		return o->path_count == 2 ? show_run(run, o->paths[1]) : show_all(run);
	if (!strcmp(verb, "verify") && o->path_count == 1)
		return verify(run, status);
	if (!strcmp(verb, "close") && o->path_count == 2)
		return close_run(run, o->paths[1]);
	if (!strcmp(verb, "move") && o->path_count == 1)
		return move(run);
	if (!strcmp(verb, "checkpoint") && o->path_count == 1)
		return checkpoint(run);
	return error_new(
		ERROR_USAGE,
		"ledger takes show [RUN], verify, close RUN, move --to FILE, or checkpoint");
}
