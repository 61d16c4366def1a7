/* SPDX-License-Identifier: Apache-2.0 */
/* Seeded worlds: processes that share a ledger die, stand still and come back, and the store's
 * answers are lost. SEED=N replays one world, SEEDS=N tries so many, from SEED or the first on,
 * WORKERS=N of them at a time. */
#include "core/ledger/hold.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/ledger/run_records.h"
#include "core/util/clock.h"
#include "core/util/str.h"
#include "tests/unit/check.h"

#define PROCESSES 4
#define RUNS 12
#define CHANGES 4
#define STEPS 40
#define RECORDS 4000
#define TOKENS 4000
#define DEPTH 3
#define NOW 1780272000
#define WORKERS_MAX 64
#define LEASE 10000 /* ms; the least that a configuration takes */

struct world;

struct process {
	struct world *world;
	int id;
	bool busy, dead, still, holds, begun;
	uint64_t asked; /* number of the takeover that it asked for last */
	char name[33];	/* of its ledger's records */
	struct arena arena;
	struct ledger *ledger;
	struct hold *hold;
	struct ledger_view view;
	struct open_run run;
	int number; /* of its run */
	bool done[CHANGES];
};

struct sim_store {
	struct store store;
	struct process *process;
};

/* A record whose answer was lost, and which lands later. */
struct late {
	struct stored_record record;
	int64_t due;
};

/* A request on its way: whoever sent it may be dead when it arrives. */
struct flight {
	int run, change;
	int64_t due;
	char maker[33];
};

struct world {
	uint64_t seed, random;
	int64_t now;
	int depth;
	bool calm, failed, held, big;
	struct arena arena;
	struct stored_record records[RECORDS];
	size_t count;
	VEC(, struct late) late;
	VEC(, struct flight) flights;
	struct process processes[PROCESSES];
	char holder[33]; /* the name of who holds, or held last */
	char looked[33]; /* of who looked last at what was sent before it, and relies on that */
	int64_t silent_since;
	int sent[RUNS][CHANGES]; /* the service's own log */
	int run;		 /* next */
	size_t tokens;
	bool told[TOKENS]; /* the intent with this token was told to be on record */
};

static struct world *of_clock; /* core/util/clock.h knows no worlds */

static uint64_t any(struct world *w, uint64_t below)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return (w->random >> 11) % below;
}

static bool chance(struct world *w, unsigned percent)
{
	return !w->calm && any(w, 100) < percent;
}

static void must(struct world *w, bool holds, const char *words)
{
	if (holds || w->failed)
		return;
	w->failed = true;
	print_error("seed %llu: %s; SEED=%llu replays it\n", (unsigned long long)w->seed, words,
		    (unsigned long long)w->seed);
}

static void step(struct process *p);

/* What another one has looked at is not to change behind its back. */
static void arrive(struct world *w)
{
	for (size_t i = 0; i < w->flights.len; i++) {
		struct flight f = w->flights.at[i];
		if (f.due > w->now)
			continue;
		w->flights.at[i--] = w->flights.at[--w->flights.len];
		must(w, !strcmp(f.maker, w->looked), "sent, and another one had looked already");
		must(w, ++w->sent[f.run][f.change] == 1, "sent twice");
	}
}

/* What others do while a process waits for an answer. */
static void meanwhile(struct world *w)
{
	arrive(w);
	if (w->depth >= DEPTH || !chance(w, 20))
		return;
	w->depth++;
	for (uint64_t i = any(w, 4); i > 0; i--)
		step(&w->processes[any(w, PROCESSES)]);
	w->depth--;
}

static bool is_holder(const struct process *p)
{
	return *p->name && !strcmp(p->name, p->world->holder);
}

static bool beats(const struct process *p)
{
	return is_holder(p) && p->holds && !p->dead && !p->still;
}

/* From now on it does not beat; one that did not before is not heard of by that. */
static void fall_silent(struct process *p)
{
	if (beats(p))
		p->world->silent_since = p->world->now;
}

static bool holder_beats(const struct world *w)
{
	for (int i = 0; i < PROCESSES; i++) {
		if (beats(&w->processes[i]))
			return true;
	}
	return false;
}

static void be_still(struct process *p)
{
	struct world *w = p->world;
	if (p->still || w->depth >= DEPTH || !chance(w, 2))
		return;
	fall_silent(p);
	p->still = true;
	for (uint64_t i = any(w, 8); i > 0; i--) {
		w->now += (int64_t)any(w, 8000);
		meanwhile(w);
	}
	p->still = false;
}

int64_t clock_steady_ms(void)
{
	return of_clock->now;
}

void clock_sleep_ms(unsigned ms)
{
	of_clock->now += ms;
	meanwhile(of_clock);
}

/* ---- the store ---- */

static bool has(const struct stored_record *r, const char *text)
{
	return memmem(r->bytes, r->len, text, strlen(text)) != NULL;
}

/* When it is asked for first: a takeover may land late, when who was silent is heard of again. */
static void check_takeover(struct process *p, const struct stored_record *r)
{
	struct world *w = p->world;
	if (p->asked == r->number || r->number != w->count + 1 ||
	    !has(r, "\"type\": \"takeover\"") || has(r, "\"actor\": \"told\""))
		return;
	p->asked = r->number;
	must(w, !holder_beats(w) && w->now - w->silent_since >= LEASE - LEASE / 4,
	     "a takeover of one that is heard of");
}

/* Every record is looked at as it lands: one holder, and nobody else's between its own. */
static void land(struct world *w, const struct stored_record *r)
{
	static const char key[] = "\"process\": \"";
	char *copy = arena_strndup(&w->arena, r->bytes, r->len), maker[33];
	if (w->count >= RECORDS || r->number != w->count + 1)
		return;
	w->records[w->count++] = (struct stored_record){r->number, copy, r->len};
	snprintf(maker, sizeof(maker), "%s", strstr(copy, key) + strlen(key));
	bool hold = has(r, "\"type\": \"hold\""), takeover = has(r, "\"type\": \"takeover\"");
	if (hold)
		must(w, !w->held, "a hold behind a hold");
	else if (takeover)
		must(w, w->held, "a takeover of what nobody has");
	else
		must(w, w->held && !strcmp(maker, w->holder),
		     "a record of one that does not hold the ledger");
	if (hold || takeover) {
		w->held = true;
		w->silent_since = w->now;
		memcpy(w->holder, maker, sizeof(maker));
	}
	if (has(r, "\"type\": \"release\""))
		w->held = false;
}

static void land_late(struct world *w)
{
	for (size_t i = 0; i < w->late.len; i++) {
		if (w->late.at[i].due > w->now)
			continue;
		struct late due = w->late.at[i];
		w->late.at[i--] = w->late.at[--w->late.len];
		land(w, &due.record);
	}
}

static struct error *call(struct store *s)
{
	struct process *p = ((struct sim_store *)s)->process;
	struct world *w = p->world;
	if (!w->calm)
		w->now += (int64_t)any(w, 50);
	be_still(p);
	meanwhile(w);
	land_late(w);
	arrive(w);
	if (!p->dead && chance(w, 1)) {
		fall_silent(p);
		p->dead = true;
	}
	return p->dead || w->failed ? error_new(ERROR_SYSTEM, "the process is dead") : NULL;
}

static struct error *sim_head(struct store *s, struct arena *a, struct stored_record *out)
{
	struct world *w = ((struct sim_store *)s)->process->world;
	TRY(call(s));
	*out = (struct stored_record){0};
	if (!w->count)
		return NULL;
	*out = w->records[w->count - 1];
	out->bytes = arena_strndup(a, out->bytes, out->len);
	return NULL;
}

static struct error *sim_read(struct store *s, struct arena *a, uint64_t from, uint64_t to,
			      struct stored_record_vec *out)
{
	struct world *w = ((struct sim_store *)s)->process->world;
	TRY(call(s));
	if (from < 1 || to > w->count)
		return error_new(ERROR_INPUT, "no such record");
	for (; from <= to; from++)
		vec_push(a, out, w->records[from - 1]);
	return NULL;
}

static struct error *sim_append(struct store *s, struct arena *a UNUSED, const struct new_record *n,
				enum append_answer *answer, const char **words)
{
	struct process *p = ((struct sim_store *)s)->process;
	struct world *w = p->world;
	struct stored_record r = {n->number, n->bytes, n->len};
	check_takeover(p, &r);
	TRY(call(s));
	must(w, n->number <= w->count + 1, "a number is left out");
	*answer = n->number <= w->count ? APPEND_TAKEN : APPEND_DONE;
	*words = "lost";
	uint64_t luck = w->calm ? 99 : any(w, 100);
	if (luck < 12)
		*answer = APPEND_UNANSWERED;
	if (luck < 4)
		return NULL; /* it never came */
	if (luck < 8) {
		r.bytes = arena_strndup(&w->arena, r.bytes, r.len);
		vec_push(&w->arena, &w->late, (struct late){r, w->now + (int64_t)any(w, 60000)});
		return NULL;
	}
	land(w, &r);
	return call(s);
}

static struct error *sim_beat(struct store *s UNUSED, const char *text UNUSED)
{
	return NULL; /* sim_read_beat() knows who is alive */
}

static struct error *sim_read_beat(struct store *s, struct arena *a, const char **out)
{
	struct world *w = ((struct sim_store *)s)->process->world;
	TRY(call(s));
	int64_t heard = holder_beats(w) ? w->now : w->silent_since;
	*out = arena_printf(a, "%s %lld", w->holder, (long long)heard / (LEASE / 4));
	return NULL;
}

static const char *sim_describe(const struct store *s UNUSED, struct arena *a UNUSED)
{
	return "memory";
}

static void sim_close(struct store *s)
{
	free(s);
}

static const struct store_kind sim_kind = {.name = "memory",
					   .shared = true,
					   .head = sim_head,
					   .read = sim_read,
					   .append = sim_append,
					   .beat = sim_beat,
					   .read_beat = sim_read_beat,
					   .describe = sim_describe,
					   .close = sim_close};

static struct error *sim_open(void *process, struct store **out)
{
	struct sim_store *s = malloc(sizeof(*s));
	assert_non_null(s);
	*s = (struct sim_store){.store = {&sim_kind}, .process = process};
	*out = &s->store;
	return NULL;
}

/* ---- a process ---- */

/* It is gone, or has been told to stop; what it holds is held until somebody takes over. */
static void drop(struct process *p)
{
	hold_abandon(p->hold);
	ledger_close(p->ledger);
	arena_done(&p->arena);
	if (p->holds && !p->dead)
		fall_silent(p);
	p->hold = NULL;
	p->ledger = NULL;
	p->holds = p->begun = false;
}

static bool stops(struct process *p, struct error *error)
{
	if (!error)
		return false;
	if (error->code == ERROR_INPUT)
		print_error("%s\n", error->message);
	must(p->world, error->code == ERROR_SYSTEM || error->code == ERROR_LOCKED,
	     "an error that is neither of the store nor of another holder");
	error_free(error);
	drop(p);
	return true;
}

static int64_t member(const struct ledger_entry *e, const char *key)
{
	struct json_span value;
	int64_t number = -1;
	return json_member(e->body, key, &value) && json_number(value, &number) ? number : -1;
}

/* The text of a run's plan; in a big world it is longer than a record. */
static const char *plan_of(struct world *w, int run, struct arena *a)
{
	struct str out = STR(a);
	str_printf(&out, "%d", run);
	while (w->big && out.len < STORE_RECORD_MAX + 5000)
		str_add(&out, " and a long text of what is to be done");
	return out.at;
}

/* What the records of a run say; what they do not is looked up at the service. */
static struct error *recall(struct process *p)
{
	struct world *w = p->world;
	struct ledger_entry_vec entries = {0};
	struct run_plan plan;
	bool meant[CHANGES] = {false};
	p->run = p->view.open.at[0];
	TRY(run_records_read(p->ledger, &p->arena, &p->run, &entries));
	TRY(run_records_plan(&entries, p->run.name, &p->arena, &plan));
	p->number = atoi(plan.bytes);
	must(w,
	     p->number >= 0 && p->number < RUNS &&
		     !strcmp(plan.bytes, plan_of(w, p->number, &p->arena)),
	     "a plan came back as another");
	for (size_t i = 0; i < entries.len && !w->failed; i++) {
		int64_t change = member(&entries.at[i], "change");
		if (entries.at[i].type == ENTRY_INTENT)
			meant[change] = true;
		if (entries.at[i].type == ENTRY_RESULT)
			p->done[change] = true;
	}
	for (int i = 0; i < CHANGES && !w->failed; i++) {
		must(w, meant[i] || !w->sent[p->number][i] || !is_holder(p),
		     "sent without a record of it");
		must(w, !p->done[i] || w->sent[p->number][i], "on record as done, and not sent");
		p->done[i] = meant[i] && w->sent[p->number][i];
	}
	p->begun = true;
	return NULL;
}

static void begin(struct process *p)
{
	struct world *w = p->world;
	const struct run_plan plan = {.bytes = plan_of(w, p->number, &p->arena),
				      .len = strlen(plan_of(w, p->number, &p->arena))};
	const char *digest = arena_printf(&p->arena, "sha256:%012d", p->number);
	p->run = (struct open_run){.name = run_records_name(&p->view, &p->arena, NOW, digest),
				   .plan = digest,
				   .by = "ann",
				   .first = ledger_number(p->ledger) + 1,
				   .begun = NOW};
	run_records_add_plan(p->ledger, p->run.name, &plan);
	ledger_add(p->ledger, ENTRY_BEGIN, p->run.name,
		   arena_printf(&p->arena,
				"{\"plan\": \"%s\", \"by\": \"ann\", \"begun\": "
				"\"2026-06-01T00:00:00Z\", \"saved\": true, \"whole\": true, "
				"\"manifests\": \"%s\"}",
				digest, digest));
	vec_push(&p->arena, &p->view.open, p->run);
	vec_push(&p->arena, &p->view.used, (struct used_plan){digest, p->run.name, NOW});
	p->view.last = (struct last_applied){p->run.name, digest, NULL, p->run.first, NOW};
	p->begun = true;
}

/* A number is given to a run that begins; one that never got on record gives it back. */
static int next_run(const struct ledger_view *v)
{
	return (int)v->used.len;
}

static void let_go(struct process *p)
{
	struct hold *hold = p->hold;
	p->hold = NULL; /* whatever comes of it */
	if (!stops(p, hold_release(hold, p->ledger, &p->view, NOW)))
		drop(p);
}

static void wait_for_others(struct process *p)
{
	struct world *w = p->world;
	while (w->now < hold_others_send_until_ms(p->hold) && !w->failed)
		clock_sleep_ms((unsigned)(hold_others_send_until_ms(p->hold) - w->now));
	arrive(w);
	if (is_holder(p))
		memcpy(w->looked, p->name, sizeof(w->looked));
}

static void take(struct process *p)
{
	struct world *w = p->world;
	struct store *store;
	bool told = chance(w, 5);
	struct hold_request request = {.holder = {.actor = told ? "told" : "ann",
						  .host = "host",
						  .boot = "of another machine",
						  .pid_namespace = "",
						  .pid = p->id,
						  .lease_ms = LEASE},
				       .wait_ms = w->calm || chance(w, 30) ? 2 * LEASE : 0,
				       .take_over = told};
	assert_ok(sim_open(p, &store));
	struct error *error = ledger_open(store, &p->ledger);
	if (error)
		p->ledger = NULL;
	if (stops(p, error))
		return;
	snprintf(p->name, sizeof(p->name), "%s", ledger_process(p->ledger));
	p->holds = true;
	error = hold_take(p->ledger, &request, sim_open, p, &p->arena, &p->view, &p->hold);
	if (stops(p, error))
		return;
	if (chance(w, 10)) {
		let_go(p); /* asked to stop before it has waited for the one that it took over */
		return;
	}
	wait_for_others(p);
	memset(p->done, 0, sizeof(p->done));
	must(w, p->view.open.len <= 1, "two runs are open");
	if (p->view.open.len) {
		(void)stops(p, recall(p));
		return;
	}
	p->number = next_run(&p->view);
	if (p->number >= RUNS) /* all is done */
		let_go(p);
}

static void end(struct process *p)
{
	ledger_add(p->ledger, ENTRY_END, p->run.name, "{\"end\": \"done\"}");
	p->view.open.len = 0;
	let_go(p);
}

/* On record once more, with a token of its own. */
static bool mean(struct process *p, int change)
{
	struct world *w = p->world;
	size_t token = w->tokens < TOKENS - 1 ? w->tokens++ : w->tokens;
	ledger_add(p->ledger, ENTRY_INTENT, p->run.name,
		   arena_printf(&p->arena, "{\"change\": %d, \"token\": %zu, \"within_ms\": %lld}",
				change, token, (long long)hold_lease_ms(p->hold)));
	if (stops(p, ledger_write(p->ledger)))
		return false;
	w->told[token] = true;
	return true;
}

/* Time passes between the record and the request, and nothing between the clock and the request. */
static unsigned leave_of(struct process *p, int change)
{
	struct world *w = p->world;
	for (unsigned left = 0;;) {
		if (chance(w, 20))
			clock_sleep_ms((unsigned)any(w, LEASE));
		left = hold_leave_ms(p->hold, p->ledger);
		if (left)
			return left;
		if (!mean(p, change))
			return 0;
	}
}

static void die(struct process *p)
{
	fall_silent(p);
	p->dead = true;
	drop(p);
}

static void send(struct process *p, int change)
{
	struct world *w = p->world;
	unsigned left = leave_of(p, change);
	if (!left)
		return;
	must(w, !strcmp(p->name, w->looked), "sent, and another one has looked already");
	struct flight f = {.run = p->number, .change = change, .due = w->now + 1};
	f.due += w->calm ? 0 : (int64_t)any(w, left);
	memcpy(f.maker, p->name, sizeof(f.maker));
	vec_push(&w->arena, &w->flights, f);
	if (chance(w, 3)) {
		die(p);
		return;
	}
	while (w->now < f.due)
		clock_sleep_ms((unsigned)(f.due - w->now));
	arrive(w);
	p->done[change] = true;
	ledger_add(p->ledger, ENTRY_RESULT, p->run.name,
		   arena_printf(&p->arena, "{\"change\": %d}", change));
}

static void work(struct process *p)
{
	struct world *w = p->world;
	int change = 0;
	while (change < CHANGES && p->done[change])
		change++;
	if (change == CHANGES) {
		end(p);
		return;
	}
	if (p->begun && chance(w, 5)) {
		let_go(p); /* asked to stop */
		return;
	}
	if (!p->begun)
		begin(p);
	if (!mean(p, change))
		return;
	if (chance(w, 3)) {
		die(p);
		return;
	}
	send(p, change);
	if (p->ledger && chance(w, 5))
		die(p);
}

static void step(struct process *p)
{
	if (p->busy || p->world->failed)
		return;
	p->busy = true;
	if (!p->ledger)
		p->dead = false;
	if (p->ledger)
		work(p);
	else
		take(p);
	p->busy = false;
}

/* ---- a world ---- */

static const char *view_text(struct arena *a, const struct ledger_view *v)
{
	struct str out = STR(a);
	str_printf(&out, "%d %s:", v->held, v->last.run ? v->last.run : "");
	for (size_t i = 0; i < v->open.len; i++)
		str_printf(&out, " open %s %s %d", v->open.at[i].name, v->open.at[i].plan,
			   (int)v->open.at[i].first);
	for (size_t i = 0; i < v->used.len; i++)
		str_printf(&out, " used %s %s", v->used.at[i].plan, v->used.at[i].run);
	return out.at;
}

/* From the last state, and from the first record. */
static void check_views(struct world *w, struct ledger *l)
{
	ARENA a = {0};
	struct ledger_record_vec all = {0};
	struct ledger_view last, whole;
	assert_ok(ledger_read_all(l, &a, &all));
	assert_ok(ledger_view_read(l, &a, &last));
	assert_ok(ledger_view_of(&all, &a, &whole));
	must(w, !strcmp(view_text(&a, &last), view_text(&a, &whole)),
	     "the last state is not what all records come to");
}

static void count_tokens(const struct stored_record *r, int seen[TOKENS])
{
	static const char key[] = "\"token\": ";
	const char *at = r->bytes, *end = r->bytes + r->len;
	while ((at = memmem(at, (size_t)(end - at), key, strlen(key)))) {
		at += strlen(key);
		seen[strtoul(at, NULL, 10) % TOKENS]++;
	}
}

static void check_tokens(struct world *w)
{
	int seen[TOKENS] = {0};
	for (size_t i = 0; i < w->count; i++)
		count_tokens(&w->records[i], seen);
	for (size_t token = 0; token < w->tokens; token++) {
		must(w, seen[token] <= 1, "a record stands twice");
		must(w, seen[token] == 1 || !w->told[token], "a record was lost");
	}
}

/* Whatever was left, one that comes next ends it, once. */
static void check_end(struct world *w)
{
	struct process *p = &w->processes[0];
	struct store *store;
	struct ledger *l = NULL;
	w->calm = true;
	for (int i = 0; i < PROCESSES; i++) {
		if (w->processes[i].ledger)
			die(&w->processes[i]);
	}
	p->dead = false;
	take(p);
	int number = p->number;
	must(w, p->ledger != NULL || number >= RUNS, "nobody may take over");
	for (int i = 0; i < CHANGES + 1 && p->ledger && !w->failed; i++)
		work(p);
	must(w, !p->ledger && !w->held,
	     p->ledger ? "one resume does not end it" : "it is held still");
	for (int i = 0; i < CHANGES && number < RUNS && !w->failed; i++)
		must(w, w->sent[number][i] == 1, "not everything was sent");
	if (w->failed)
		return;
	p->dead = false;
	assert_ok(sim_open(p, &store));
	assert_ok(ledger_open(store, &l));
	check_views(w, l);
	ledger_close(l);
	check_tokens(w);
}

static bool live(uint64_t seed)
{
	struct world *w = calloc(1, sizeof(*w));
	assert_non_null(w);
	w->seed = seed;
	w->random = (seed + 1) * 0x9E3779B97F4A7C15u | 1;
	w->big = seed % 400 == 0;
	w->now = 1000000;
	of_clock = w;
	for (int i = 0; i < PROCESSES; i++) {
		w->processes[i].world = w;
		w->processes[i].id = i;
	}
	for (int i = 0; i < STEPS && !w->failed; i++) {
		w->now += (int64_t)any(w, 2000);
		step(&w->processes[any(w, PROCESSES)]);
	}
	if (!w->failed)
		check_end(w);
	for (int i = 0; i < PROCESSES; i++)
		drop(&w->processes[i]);
	bool holds = !w->failed;
	arena_done(&w->arena);
	free(w);
	return holds;
}

static uint64_t number_of(const char *variable, uint64_t otherwise)
{
	const char *text = getenv(variable);
	return text ? strtoull(text, NULL, 10) : otherwise;
}

/* Every so many-th world from `from` on. */
static bool live_some(uint64_t from, uint64_t end, uint64_t each)
{
	for (uint64_t seed = from; seed < end; seed += each) {
		if (!live(seed))
			return false;
	}
	return true;
}

static void every_world_holds(void **state UNUSED)
{
	uint64_t from = number_of("SEED", 1);
	uint64_t count = number_of("SEEDS", getenv("SEED") ? 1 : 300);
	uint64_t workers = number_of("WORKERS", 1);
	assert_true(count > 0 && workers > 0 && workers <= WORKERS_MAX);
	pid_t started[WORKERS_MAX];
	for (uint64_t i = 1; i < workers; i++) {
		started[i] = fork();
		assert_true(started[i] >= 0);
		if (started[i] == 0)
			_exit(!live_some(from + i, from + count, workers));
	}
	bool holds = live_some(from, from + count, workers);
	for (uint64_t i = 1; i < workers; i++) {
		int status = 1;
		assert_int_equal(waitpid(started[i], &status, 0), started[i]);
		holds = holds && WIFEXITED(status) && WEXITSTATUS(status) == 0;
	}
	print_message("# %llu worlds from seed %llu on\n", (unsigned long long)count,
		      (unsigned long long)from);
	assert_true(holds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_world_holds)};
	setenv("WRIT_NOW", "2026-06-01T00:00:00Z", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
