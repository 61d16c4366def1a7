/* SPDX-License-Identifier: Apache-2.0 */
/* Every fault of the emulator, at the first, a middle and the last request of every kind of work:
 * what is done is done once, what is unknown is not sent again before a look, one resume converges,
 * and then nothing is left to plan.
 *
 * Prints TAP, a line a case. */
#include "tests/fault/emulated_world.h"

#define EXISTS                                                                                     \
	"status:\n  products: [{product: P, profile: A}, {product: P, profile: B}]\n"              \
	"  users: [jane@example.com, joe@example.com, kim@example.com, lee@example.com]\n  "       \
	"groups: [Designers]\n"
#define SUPPORT(members)                                                                           \
	"---\napiVersion: writ/v1\nkind: AdminRole\nmetadata: {name: support}\n"                   \
	"spec: {role: support-administrator, members: [" members "], unlisted: remove}\n"
#define HAS(apis, profiles) "{apis: [" apis "], products: [" profiles "]}"
#define IN(project) "{project: " project ", apis: [P API], products: [" PA "]}"
#define PA "{product: P, profile: A}"
#define PB "{product: P, profile: B}"
#define THREE(spec) ACCOUNT("account-1", spec) ACCOUNT("account-2", spec) ACCOUNT("account-3", spec)
#define JANE "{user: jane@example.com}"
#define JOE "{user: joe@example.com}"
#define OTHERS "{user: kim@example.com}, {user: lee@example.com}" /* a role keeps two holders */

/* One kind of work. */
static const struct work {
	const char *name, *live, *wanted;
} works[] = {
	{"read", ORGANIZATION EXISTS READER THREE(HAS("P API", PA)) SUPPORT(JANE),
	 ORGANIZATION READER THREE(HAS("P API", PA)) SUPPORT(JANE)},
	{"create", ORGANIZATION EXISTS READER,
	 ORGANIZATION READER ACCOUNT("account-1", HAS("P API", PA))},
	{"wave", ORGANIZATION EXISTS READER,
	 ORGANIZATION READER ACCOUNT("account-1", IN("shared")) ACCOUNT("account-2", IN("shared"))
		 ACCOUNT("account-3", IN("alone"))},
	{"subscribe",
	 ORGANIZATION EXISTS READER ACCOUNT("account-0", "{apis: [A API, B API]}")
		 THREE("{apis: [A API]}"),
	 ORGANIZATION READER ACCOUNT("account-0", "{}") THREE("{apis: [A API, B API]}")},
	{"grant", ORGANIZATION EXISTS READER THREE(HAS("P API", PA)) SUPPORT(""),
	 ORGANIZATION READER THREE(HAS("P API", PA ", " PB)) SUPPORT(JANE ", " JOE)},
	{"remove",
	 ORGANIZATION EXISTS READER THREE(HAS("P API", PA ", " PB))
		 SUPPORT(JANE ", " JOE ", " OTHERS),
	 ORGANIZATION READER THREE(HAS("P API", PA)) SUPPORT(OTHERS)},
	{"delete", ORGANIZATION EXISTS READER THREE(HAS("P API", PA)),
	 ORGANIZATION READER THREE("{state: absent}")},
};

/* What becomes of a write that meets the fault. */
enum fault_effect {
	RETRIED,  /* it is known not to be done, and may be sent again at once */
	LOST,	  /* it is not done; who sent it cannot know, or may not wait that long */
	MADE,	  /* it is done, and a look tells */
	EITHER,	  /* it is not done; whether it may be sent again depends on the token's source */
	FOLLOWED, /* it is not done; other requests of the plan do the same, and a look tells */
};

static const struct fault_case {
	const char *name, *body; /* of the fault, without "{" and "}" */
	enum fault_effect effect;
} faults[] = {
	{"429, seconds", "'kind':'status','status':429,'retry_after':'1'", RETRIED},
	{"429, a date", "'kind':'status','status':429,'retry_after':'+1'", RETRIED},
	{"429, a past date", "'kind':'status','status':429,'retry_after':'-5'", RETRIED},
	{"429, junk", "'kind':'status','status':429,'retry_after':'soon'", RETRIED},
	{"429, nothing", "'kind':'status','status':429", RETRIED},
	{"429, huge", "'kind':'status','status':429,'retry_after':'99999999999'", LOST},
	{"503, seconds", "'kind':'status','status':503,'retry_after':'1'", RETRIED},
	{"500 before", "'kind':'status','status':500,'phase':'before'", LOST},
	{"500 after", "'kind':'status','status':500,'phase':'after'", MADE},
	{"502 before", "'kind':'status','status':502,'phase':'before'", LOST},
	{"503 after", "'kind':'status','status':503,'phase':'after'", MADE},
	{"504 after", "'kind':'status','status':504,'phase':'after'", MADE},
	{"408 after", "'kind':'status','status':408,'phase':'after'", MADE},
	{"502 after", "'kind':'status','status':502,'phase':'after'", MADE},
	{"503 before", "'kind':'status','status':503,'phase':'before'", LOST},
	{"504 before", "'kind':'status','status':504,'phase':'before'", LOST},
	{"408 before", "'kind':'status','status':408,'phase':'before'", LOST},
	{"a status of no standard", "'kind':'status','status':599,'phase':'after'", MADE},
	{"202 after", "'kind':'status','status':202,'phase':'after'", MADE},
	{"204 after", "'kind':'status','status':204,'phase':'after'", MADE},
	{"400", "'kind':'status','status':400,'phase':'before'", LOST},
	{"422", "'kind':'status','status':422,'phase':'before'", LOST},
	{"403", "'kind':'status','status':403,'phase':'before'", LOST},
	{"401 once", "'kind':'unauthorized'", RETRIED},
	{"token over", "'kind':'expire'", EITHER},
	{"redirect", "'kind':'redirect','location':'http://127.0.0.1:9/','phase':'before'", LOST},
	{"reset before", "'kind':'reset','bytes':0,'phase':'before'", LOST},
	{"reset at 0", "'kind':'reset','bytes':0,'phase':'after'", MADE},
	{"reset at 40", "'kind':'reset','bytes':40,'phase':'after'", MADE},
	{"reset at the end", "'kind':'reset','bytes':-1,'phase':'after'", MADE},
	{"cut at 0", "'kind':'truncate','bytes':0,'phase':'after'", MADE},
	{"cut at 120", "'kind':'truncate','bytes':120,'phase':'after'", MADE},
	{"cut at the end", "'kind':'truncate','bytes':-1,'phase':'after'", MADE},
	{"cut before", "'kind':'truncate','bytes':40,'phase':'before'", LOST},
	{"hang before", "'kind':'hang','ms':200,'phase':'before'", LOST},
	{"hang after", "'kind':'hang','ms':200,'phase':'after'", MADE},
	{"garbage", "'kind':'garbage','phase':'after'", MADE},
	{"a sign-in page", "'kind':'html','phase':'after'", MADE},
	{"garbage before", "'kind':'garbage','phase':'before'", LOST},
	{"a sign-in page before", "'kind':'html','phase':'before'", LOST},
	{"no body", "'kind':'empty','phase':'after'", MADE},
	{"a mark in front", "'kind':'bom'", MADE},
	{"another type", "'kind':'content-type'", MADE},
	{"too large", "'kind':'large'", MADE},
	{"keys twice", "'kind':'duplicate-keys'", MADE},
	{"wrong counts", "'kind':'wrong-counts'", MADE},
	{"no result", "'kind':'missing-result'", MADE},
	{"delay", "'kind':'delay','ms':100", RETRIED},
};

static bool same_request(const struct sent *a, const struct sent *b)
{
	return !strcmp(a->method, b->method) && !strcmp(a->path, b->path) &&
	       !strcmp(a->body, b->body);
}

/* How often the request that met the fault was sent. */
static size_t count_sent(const struct sent_vec *log)
{
	size_t count = 0;
	for (size_t i = 0; i < log->len; i++) {
		if (!log->at[i].faulted)
			continue;
		for (size_t k = 0; k < log->len; k++)
			count += same_request(&log->at[i], &log->at[k]);
		return count;
	}
	return 0;
}

/* ---- cases ---- */

/* A request to fail: the nth of its method to a service that is no token service. */
struct place {
	const char *method, *service;
	size_t nth;
	bool write;
};
VEC(place_vec, struct place);

static void schedule(struct world *w, const struct fault_case *fault, const struct place *place)
{
	char *body = arena_printf(&w->arena, "{'method':'%s','path':'%s*','nth':%zu,%s}",
				  place->method, place->service, place->nth, fault->body);
	for (char *at = body; *at; at++)
		*at = *at == '\'' ? '"' : *at;
	emulator_control(w->emulator, &w->arena, "POST", "faults", body);
}

static struct place place_of(const struct sent_vec *log, size_t i)
{
	const char *service = !strncmp(log->at[i].path, "/v2", 3) ? "/v2" : "/console";
	struct place p = {log->at[i].method, service, 0, log->at[i].write};
	for (size_t k = 0; k <= i; k++)
		p.nth += !strcmp(log->at[k].method, p.method) &&
			 !strncmp(log->at[k].path, service, strlen(service));
	return p;
}

static void add_places(struct arena *a, const struct sent_vec *log, bool writes,
		       struct place_vec *out)
{
	VEC(, size_t) fit = {0};
	for (size_t i = 0; i < log->len; i++) {
		if (log->at[i].write == writes && strncmp(log->at[i].path, "/ims", 4) != 0)
			vec_push(a, &fit, i);
	}
	size_t at[] = {0, fit.len / 2, fit.len ? fit.len - 1 : 0};
	for (size_t i = 0; i < 3 && fit.len; i++) {
		if (i == 0 || at[i] != at[i - 1])
			vec_push(a, out, place_of(log, fit.at[at[i]]));
	}
}

static bool is_done(const struct result *r)
{
	return r->count[FATE_FAILED] + r->count[FATE_UNKNOWN] + r->count[FATE_NOT_TRIED] == 0;
}

/* How many projects the work makes: its first requests. */
static size_t projects_of(const struct work *work)
{
	return !strcmp(work->name, "create") ? 1 : !strcmp(work->name, "wave") ? 2 : 0;
}

/* The list of APIs that a new account gets at once: each is a change of its own too, which finds
 * what the list did, or sends that API by itself. */
static enum fault_effect effect_at(const struct work *work, const struct place *place,
				   const struct fault_case *fault)
{
	bool list = projects_of(work) > 0 && !strcmp(place->method, "PUT") &&
		    !strcmp(place->service, "/console");
	return list && fault->effect == LOST ? FOLLOWED : fault->effect;
}

static void judge_write(struct world *w, enum fault_effect effect, const struct result *r,
			bool failed, bool *good)
{
	struct sent_vec log = {0};
	read_log(w, &log);
	size_t sent = count_sent(&log);
	bool done = !failed && is_done(r);
	check(sent >= 1, good, "the fault did not happen");
	bool again = effect == RETRIED || effect == EITHER;
	bool due = effect == MADE || effect == RETRIED || effect == FOLLOWED;
	check(again || sent == 1, good, "it was sent again without a look");
	check(effect != LOST || !done, good, "it was called done");
	check(!due || done, good, "it was not found to be done");
	for (size_t i = 0; i < w->plan.changes.len && !*good; i++)
		printf("# %s: %s\n", fate_name(r->fates[i]), r->messages[i] ? r->messages[i] : "");
}

/* Titles are not unique: a resume looks for it, and only another plan asks again. */
static bool is_lost_project(const struct work *work, const struct place *place,
			    const struct result *r)
{
	return place->write && place->nth <= projects_of(work) && r->count[FATE_UNKNOWN] > 0 &&
	       !strcmp(place->method, "POST");
}

static struct error *plan_anew(struct world *w, struct result *out)
{
	TRY(make_plan(w));
	serial++;
	return run_apply(w, out);
}

static void run_case(struct emulator *e, const struct work *work, const struct fault_case *fault,
		     const struct place *place, const char *changes)
{
	struct world w;
	struct result result;
	bool good = true;
	e->config.max_wait = fault->effect == LOST ? 1 : 2;
	start(&w, e, work->live, work->wanted);
	struct error *error = make_plan(&w);
	check(!error, &good, "no plan");
	clear_log(&w);
	schedule(&w, fault, place);
	struct error *failed = run_apply(&w, &result);
	if (place->write)
		judge_write(&w, effect_at(work, place, fault), &result, failed != NULL, &good);
	emulator_control(e, &w.arena, "DELETE", "faults", "");
	bool lost = is_lost_project(work, place, &result);
	if (failed || !is_done(&result)) {
		renew(&w);
		error_free(failed);
		failed = run_apply(&w, &result);
		check(lost || (!failed && is_done(&result)), &good, "one resume did not converge");
	}
	if (lost) {
		bool none = projects_of(work) > 1 || !*read_changes(&w);
		check(result.count[FATE_UNKNOWN] == 1 && none, &good,
		      "a project of unknown outcome was asked for again");
		renew(&w);
		error_free(failed);
		failed = plan_anew(&w, &result);
	}
	const char *made = read_changes(&w);
	check(!strcmp(made, changes), &good, "other changes than those of the plan");
	if (strcmp(made, changes) != 0)
		printf("# made %s\n# due  %s\n", made, changes);
	renew(&w);
	error_free(error);
	error = make_plan(&w);
	check(!error && w.plan.changes.len == 0, &good, "the second plan is not empty");
	if (failed && !good)
		printf("# %s\n", failed->message);
	failures += !good;
	printf("%s - %s, %s %s %zu: %s\n", good ? "ok" : "not ok", work->name, place->method,
	       place->service, place->nth, fault->name);
	fflush(stdout);
	error_free(error);
	error_free(failed);
	end(&w);
}

/* Without a fault: which requests there are, and what they change. */
static void rehearse(struct emulator *e, const struct work *work, struct arena *a,
		     struct sent_vec *log, const char **changes)
{
	struct world w;
	struct result result;
	start(&w, e, work->live, work->wanted);
	struct error *error = make_plan(&w);
	clear_log(&w);
	if (!error)
		error = run_apply(&w, &result);
	if (error || !is_done(&result)) {
		printf("Bail out! %s: %s\n", work->name, error ? error->message : "not done");
		exit(1);
	}
	read_log(&w, log);
	*changes = arena_strdup(a, read_changes(&w));
	for (size_t i = 0; i < log->len; i++) {
		log->at[i].method = arena_strdup(a, log->at[i].method);
		log->at[i].path = arena_strdup(a, log->at[i].path);
	}
	struct sent *rows = arena_alloc(a, (log->len + 1) * sizeof(*rows));
	memcpy(rows, log->at, log->len * sizeof(*rows));
	log->at = rows;
	end(&w);
}

/* A read that meets a fault is a read or an error, and the next one is as if nothing had been. */
static void run_read(struct emulator *e, const struct work *work, const struct fault_case *fault,
		     const struct place *place)
{
	struct world w;
	bool good = true;
	start(&w, e, work->live, work->wanted);
	schedule(&w, fault, place);
	struct error *failed = make_plan(&w);
	check(failed || w.plan.changes.len == 0, &good, "it was misread");
	check(fault->effect != RETRIED || !failed, &good, "it was given up");
	emulator_control(e, &w.arena, "DELETE", "faults", "");
	renew(&w);
	struct error *error = make_plan(&w);
	check(!error && w.plan.changes.len == 0, &good, "the next read is not clean");
	check(!*read_changes(&w), &good, "a read changed something");
	failures += !good;
	printf("%s - read, %s %s %zu: %s\n", good ? "ok" : "not ok", place->method, place->service,
	       place->nth, fault->name);
	error_free(error);
	error_free(failed);
	end(&w);
}

/* Waiting is the same wherever it is asked for: the kinds of it are tried at one place. */
static bool is_due(const struct fault_case *fault, size_t place)
{
	return place == 0 || fault->effect != RETRIED || fault == &faults[0] ||
	       strstr(fault->name, "429") == NULL;
}

static void run_work(struct emulator *e, const struct work *work)
{
	ARENA a = {0};
	struct sent_vec log = {0};
	struct place_vec places = {0};
	const char *changes = "";
	bool reads = !strcmp(work->name, "read");
	rehearse(e, work, &a, &log, &changes);
	add_places(&a, &log, !reads, &places);
	for (size_t i = 0; i < places.len; i++) {
		for (size_t k = 0; k < sizeof(faults) / sizeof(*faults); k++) {
			if (!is_due(&faults[k], i))
				continue;
			if (reads)
				run_read(e, work, &faults[k], &places.at[i]);
			else
				run_case(e, work, &faults[k], &places.at[i], changes);
		}
	}
}

/* Most of the time is waiting, so each kind of work has a process and an emulator of its own. */
static pid_t start_work(const struct work *work, FILE *out)
{
	struct emulator e;
	fflush(stdout);
	pid_t pid = fork();
	if (pid != 0)
		return pid;
	dup2(fileno(out), STDOUT_FILENO);
	emulator_start(&e, ORGANIZATION);
	setenv("XDG_STATE_HOME", e.folder, 1);
	run_work(&e, work);
	emulator_stop(&e);
	fflush(stdout);
	exit(failures != 0); /* with what is done at the end: coverage is written there */
}

static size_t copy_results(FILE *in)
{
	char line[4096];
	size_t cases = 0;
	rewind(in);
	while (fgets(line, sizeof(line), in)) {
		fputs(line, stdout);
		cases += !strncmp(line, "ok", 2) || !strncmp(line, "not ok", 6);
	}
	return cases;
}

#define WORKS (sizeof(works) / sizeof(*works))

int main(void)
{
	FILE *outs[WORKS];
	pid_t pids[WORKS];
	size_t cases = 0;
	bool good = true;
	for (size_t i = 0; i < WORKS; i++) {
		outs[i] = tmpfile();
		pids[i] = start_work(&works[i], outs[i]);
	}
	for (size_t i = 0; i < WORKS; i++) {
		int status;
		waitpid(pids[i], &status, 0);
		good &= status == 0;
		cases += copy_results(outs[i]);
		fclose(outs[i]);
	}
	printf("%s - every kind of work ran to its end\n1..%zu\n", good ? "ok" : "not ok",
	       cases + 1);
	printf("# %zu cases of a fault at a request\n", cases);
	return !good;
}
