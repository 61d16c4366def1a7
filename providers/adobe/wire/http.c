/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/wire/http.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/util/clock.h"
#include "core/util/log.h"
#include "core/util/patience.h"
#include "core/util/percent.h"
#include "core/util/progress.h"
#include "core/util/unicode.h"
#include "providers/adobe/wire/budget.h"
#include "providers/adobe/wire/curl_transfer.h"
#include "providers/adobe/wire/reply_verdict.h"

#define TRIES_MAX 6	/* tries of one request, where the service names no time to wait */
#define BACKOFF_MS 1000 /* the first pause, doubled each time */
#define BACKOFF_MAX_MS 60000
/* Added to a wait that was asked for, so that many clients do not come back at once. */
#define JITTER_MAX_MS 5000
#define POLL_MS 1000

/* facts/umapi.md, "Limits": a client's own limits. */
const struct rate_budget http_budgets[] = {
	{"action", 10}, {"users", 25}, {"user", 25}, {"groups", 5}, {NULL, 0},
};

struct http {
	struct transfers *transfers;
	const struct bearer_source *bearers;
	const struct leave *leave;
	struct endpoints endpoints;
	unsigned connections;
	struct budget_state budgets[SERVICE_COUNT][BUDGET_COUNT];
	int64_t max_wait_ms, waited_ms, waited_until; /* overlapping waits count once */
};

enum job_state { JOB_WAITING, JOB_RUNNING, JOB_OVER };

struct job {
	struct http_request *request;
	enum job_state state;
	int64_t not_before;
	bool needs_token, refused; /* refused: the answer to the kept token was 401 */
	bool refreshed;
	char id[33]; /* names the request in the service's logs and ours */
};

/* The state of one call of http_run(). */
struct round {
	struct http *http;
	struct arena *arena;
	struct job *jobs;
	size_t len, running;
	struct error *error; /* set: no further request is started */
};

static const char *const service_names[] = {
	[SERVICE_IMS] = "ims",
	[SERVICE_CONSOLE] = "console",
	[SERVICE_USERS] = "user-management",
	[SERVICE_STORAGE] = "storage",
};

static const char *endpoint_of(const struct http *h, enum service service)
{
	const char *const all[] = {
		[SERVICE_IMS] = h->endpoints.ims,
		[SERVICE_CONSOLE] = h->endpoints.console,
		[SERVICE_USERS] = h->endpoints.user_management,
		[SERVICE_STORAGE] = h->endpoints.storage,
	};
	return all[service];
}

static struct budget_state *budget_of(struct http *h, const struct http_request *r)
{
	return &h->budgets[r->service][r->budget];
}

static bool is_read(const struct http_request *r)
{
	return r->repeatable || !strcmp(r->method, "GET");
}

/* ---- waiting ---- */

static int64_t random_below(int64_t limit)
{
	return limit > 0 ? (int64_t)arc4random_uniform((uint32_t)limit) : 0;
}

/* The pause before the next try: a random time up to the doubled pause, so that clients spread. */
static int64_t backoff_ms(uint32_t tries)
{
	int64_t pause = BACKOFF_MS;
	for (uint32_t i = 1; i < tries && pause < BACKOFF_MAX_MS; i++)
		pause *= 2;
	return random_below(pause < BACKOFF_MAX_MS ? pause : BACKOFF_MAX_MS) + 1;
}

static int64_t asked_ms(uint32_t wait_s)
{
	int64_t wait = (int64_t)wait_s * 1000, jitter = wait / 10;
	return wait + random_below(jitter < JITTER_MAX_MS ? jitter : JITTER_MAX_MS);
}

/* Whether the session's patience lasts until then; if so, the wait is taken from it. */
static bool may_wait(struct http *h, int64_t now, int64_t until)
{
	int64_t from = h->waited_until > now ? h->waited_until : now;
	int64_t extra = until > from ? until - from : 0;
	if (h->waited_ms + extra > h->max_wait_ms)
		return false;
	h->waited_ms += extra;
	if (until > h->waited_until)
		h->waited_until = until;
	return true;
}

/* ---- what to do with an answer ---- */

/* Milliseconds until the next try; -1: there is none. */
static int64_t pause_of(const struct http_request *r)
{
	bool once_more = r->attempts < TRIES_MAX;
	if (r->verdict.next == NEXT_WAIT)
		return asked_ms(r->evidence.wait_s);
	if (r->verdict.next == NEXT_RETRY && once_more)
		return backoff_ms(r->attempts);
	if (r->verdict.class == OUTCOME_UNKNOWN && is_read(r) &&
	    classify_is_passing(&r->evidence) && once_more)
		return backoff_ms(r->attempts);
	return -1;
}

/* Whether a wait may be: a pace goes on as long as there is work, and costs none of the session's
 * patience; other waits do, and so does one that is longer than all of it. */
static bool fits(struct http *h, const struct http_request *r, int64_t now, int64_t until)
{
	bool limit = r->verdict.next == NEXT_WAIT && r->evidence.status == 429 &&
		     (int64_t)r->evidence.wait_s * 1000 <= h->max_wait_ms;
	if (!limit || !budget_is_pace(budget_of(h, r), r->evidence.wait_s))
		return may_wait(h, now, until);
	if (until > h->waited_until)
		h->waited_until = until;
	return true;
}

static void hold(struct http *h, const struct http_request *r, int64_t now, int64_t until)
{
	char wait[DURATION_TEXT];
	bool news = budget_hold(budget_of(h, r), until);
	if (!news || until - now < PATIENCE_TOLD_MS)
		return;
	duration_text(until - now, wait);
	progress_wait("the service asks for it", until - now);
	log_note("%s asks to wait before more of %s %s: %s", service_names[r->service], r->method,
		 r->route, wait);
}

static bool try_later(struct round *round, struct job *job)
{
	struct http_request *r = job->request;
	int64_t pause = pause_of(r), now = clock_steady_ms();
	/* The time that the service asked for must be waited; the jitter on top of it may be left
	 * out. */
	int64_t asked = r->verdict.next == NEXT_WAIT ? (int64_t)r->evidence.wait_s * 1000 : pause;
	if (pause < 0)
		return false;
	bool good = fits(round->http, r, now, now + pause);
	if (!good && asked < pause) {
		pause = asked;
		good = fits(round->http, r, now, now + pause);
	}
	if (!good) {
		r->message = arena_printf(round->arena,
					  "%s; waiting %lld s more is over the limit of %lld s",
					  r->message, (long long)(asked + 999) / 1000,
					  (long long)round->http->max_wait_ms / 1000);
		return false;
	}
	log_debug("again in %lld ms: %s", (long long)pause, r->message);
	job->not_before = now + pause;
	if (r->verdict.next == NEXT_WAIT)
		hold(round->http, r, now, job->not_before);
	return true;
}

static bool try_with_fresh_token(const struct round *round, struct job *job)
{
	struct http_request *r = job->request;
	if (r->verdict.next != NEXT_TOKEN || !r->token || job->refreshed ||
	    !round->http->bearers->may_refresh(r->token))
		return false;
	job->needs_token = job->refused = job->refreshed = true;
	return true;
}

static void forget_answer(struct http_request *r)
{
	reply_free(r->json);
	r->json = NULL;
	r->message = NULL;
}

static void make_id(char out[static 33])
{
	for (int i = 0; i < 4; i++)
		snprintf(out + i * 8, 9, "%08x", arc4random());
}

/* Some services repeat the request's own id and some give one of theirs; both find it in the
 * service's logs. */
static void log_exchange(const struct job *job, const struct seen *seen)
{
	const struct http_request *r = job->request;
	bool echoed = !*seen->request_id || !strcasecmp(seen->request_id, job->id);
	log_debug("%s %s %s: %s%ld, %zu bytes sent, %zu received, %lld ms, request %s%s%s",
		  r->method, service_names[r->service], r->route,
		  seen->transfer == TRANSFER_COMPLETE ? "" : "not complete, ", seen->status,
		  seen->sent, seen->len, (long long)seen->elapsed_ms, job->id,
		  echoed ? "" : ", theirs ", echoed ? "" : seen->request_id);
}

static void finish(struct round *round, struct job *job, const struct seen *seen)
{
	struct http_request *r = job->request;
	round->running--;
	r->attempts++;
	log_exchange(job, seen);
	reply_verdict_read(r, seen, round->arena);
	if (r->token && seen->transfer == TRANSFER_COMPLETE && seen->status != 401)
		round->http->bearers->accepted(r->token);
	if (seen->transfer == TRANSFER_COMPLETE && seen->status != 429)
		budget_served(budget_of(round->http, r));
	job->state = JOB_OVER;
	if (r->verdict.class == OUTCOME_APPLIED || seen->hopeless || round->error)
		return;
	if (!try_with_fresh_token(round, job) && !try_later(round, job))
		return;
	job->state = JOB_WAITING;
}

/* Counts a request as answered when it is not tried again. */
static void finish_and_count(struct round *round, struct job *job, const struct seen *seen)
{
	finish(round, job, seen);
	if (job->state == JOB_OVER)
		progress_requests(0, 1);
}

static void collect(struct round *round)
{
	struct seen seen;
	while (transfers_next(round->http->transfers, &seen)) {
		struct job *job = round->jobs;
		while (job->request != seen.request)
			job++;
		finish_and_count(round, job, &seen);
		seen_done(&seen);
	}
}

/* ---- starting ---- */

/* Whether the run must be asked before the request: not for a token, which changes nothing. */
static bool needs_leave(const struct http_request *r)
{
	return !is_read(r) && r->service != SERVICE_IMS;
}

static struct error *send_now(struct round *round, struct job *job, const struct secret *bearer,
			      unsigned send_ms)
{
	struct http_request *r = job->request;
	struct exchange e = {
		.method = r->method,
		.url = arena_printf(round->arena, "%s%s", endpoint_of(round->http, r->service),
				    r->path),
		.body = r->body,
		.content_type = r->form ? "application/x-www-form-urlencoded" : "application/json",
		.client_id = r->token ? round->http->bearers->client_id(r->token) : NULL,
		.client_header = r->service == SERVICE_IMS ? "X-IMS-ClientId" : "x-api-key",
		.request_id = job->id,
		.bearer = bearer ? secret_reveal(bearer) : NULL,
		.is_read = is_read(r),
		.send_ms = send_ms,
		.request = r,
	};
	forget_answer(r);
	TRY(transfers_start(round->http->transfers, &e));
	job->state = JOB_RUNNING;
	round->running++;
	return NULL;
}

static bool is_due(struct round *round, struct job *job, int64_t now)
{
	if (job->state != JOB_WAITING || job->needs_token || job->not_before > now)
		return false;
	int64_t due = budget_due(budget_of(round->http, job->request), now);
	if (due > now)
		job->not_before = due;
	return due <= now;
}

static void give_up(struct job *job)
{
	job->state = JOB_OVER;
	job->request->verdict = (struct verdict){OUTCOME_NOT_SENT, NEXT_NOTHING};
	job->request->message = "it was not begun, for the run may send nothing more";
}

static void start_job(struct round *round, struct job *job)
{
	struct http_request *r = job->request;
	const struct secret *bearer = r->token ? round->http->bearers->kept(r->token) : NULL;
	unsigned send_ms = 0;
	if (r->token && !bearer) {
		job->needs_token = true;
		return;
	}
	if (needs_leave(r)) {
		send_ms = provider_ask_leave(round->http->leave);
		if (!send_ms) {
			give_up(job);
			return;
		}
	}
	round->error = send_now(round, job, bearer, send_ms);
}

/* Whether tokens are to be asked for now: only while nothing else runs, since that takes requests
 * of its own. */
static bool wants_tokens(const struct round *round)
{
	for (size_t i = 0; i < round->len; i++) {
		if (round->jobs[i].state == JOB_WAITING && round->jobs[i].needs_token)
			return true;
	}
	return false;
}

static void start_due(struct round *round)
{
	int64_t now = clock_steady_ms();
	for (size_t i = 0; i < round->len; i++) {
		if (round->error || round->running == round->http->connections ||
		    wants_tokens(round))
			return;
		if (is_due(round, &round->jobs[i], now))
			start_job(round, &round->jobs[i]);
	}
}

static void fetch_tokens(struct round *round)
{
	for (size_t i = 0; i < round->len && !round->error; i++) {
		struct job *job = &round->jobs[i];
		const struct secret *token;
		if (job->state != JOB_WAITING || !job->needs_token)
			continue;
		round->error = round->http->bearers->get(job->request->token, round->http,
							 job->refused, &token);
		for (size_t k = i; k < round->len; k++) {
			if (round->jobs[k].request->token == job->request->token)
				round->jobs[k].needs_token = round->jobs[k].refused = false;
		}
	}
}

/* ---- a round ---- */

/* Milliseconds until something can be started; -1 when nothing waits. */
static int64_t next_start(const struct round *round)
{
	int64_t first = -1, now = clock_steady_ms();
	for (size_t i = 0; i < round->len && !round->error; i++) {
		const struct job *job = &round->jobs[i];
		int64_t left = job->not_before > now ? job->not_before - now : 0;
		if (job->state == JOB_WAITING && (first < 0 || left < first))
			first = left;
	}
	return first;
}

static void wait_for_something(struct round *round)
{
	int64_t first = next_start(round);
	int ms = first < 0 || first > POLL_MS ? POLL_MS : (int)first;
	if (round->running == 0) {
		clock_sleep_ms((unsigned)ms);
		return;
	}
	/* With every connection in use, or a token due, a waiting request is no reason to look
	 * again. */
	bool blocked = round->running == round->http->connections || wants_tokens(round);
	transfers_wait(round->http->transfers, blocked ? POLL_MS : ms);
	collect(round);
}

static struct error *run_round(struct round *round)
{
	for (;;) {
		bool tokens = wants_tokens(round);
		if (tokens && round->running == 0 && !round->error)
			fetch_tokens(round);
		start_due(round);
		if (round->running == 0 && next_start(round) < 0)
			return round->error;
		wait_for_something(round);
	}
}

struct error *http_run(struct http *h, struct arena *a, struct http_request *const *requests,
		       size_t len)
{
	struct round round = {.http = h,
			      .arena = a,
			      .jobs = arena_zalloc(a, len * sizeof(struct job)),
			      .len = len};
	for (size_t i = 0; i < len; i++) {
		struct http_request *r = requests[i];
		assert(*r->path == '/' && (!r->token || h->bearers));
		round.jobs[i].request = r;
		make_id(round.jobs[i].id);
		r->verdict = (struct verdict){OUTCOME_NOT_SENT, NEXT_NOTHING};
		r->evidence = (struct evidence){.empty_is_fine = r->empty_is_fine};
		r->json = NULL;
		r->message = NULL;
		r->attempts = 0;
	}
	progress_requests(len, 0);
	return run_round(&round);
}

struct error *http_get(struct http *h, struct arena *a, struct http_request *r)
{
	TRY(http_run(h, a, &r, 1));
	if (r->verdict.class == OUTCOME_APPLIED)
		return NULL;
	bool denied = r->evidence.status == 401 || r->evidence.status == 403;
	return error_new(denied ? ERROR_DENIED : ERROR_REMOTE, "%s", r->message);
}

bool http_is_missing(const struct http_request *r)
{
	return r->evidence.status == 404 && r->verdict.class == OUTCOME_REFUSED;
}

void http_done(struct http_request *r)
{
	forget_answer(r);
}

/* ---- the session ---- */

struct error *http_open(const struct http_options *options, struct http **out)
{
	struct transfers_options transfers = {options->allow_local, options->ca_file,
					      options->pinned_key, options->connections};
	unsigned wait_s = options->max_wait_s ? options->max_wait_s : HTTP_MAX_WAIT_S;
	struct http *h = xmalloc(sizeof(*h));
	*h = (struct http){.bearers = options->bearers,
			   .endpoints = *options->endpoints,
			   .connections = options->connections,
			   .max_wait_ms = (int64_t)wait_s * 1000};
	struct error *error = transfers_open(&transfers, &h->transfers);
	if (error) {
		free(h);
		return error;
	}
	*out = h;
	return NULL;
}

void http_close(struct http *h)
{
	if (h)
		transfers_close(h->transfers);
	free(h);
}

void http_set_leave(struct http *h, const struct leave *leave)
{
	h->leave = leave;
}

void http_escape(struct str *out, const char *text)
{
	/* A segment that is only dots would be taken for a step up. */
	if (!strcmp(text, ".") || !strcmp(text, ".."))
		str_add(out, text[1] ? "%2E%2E" : "%2E");
	else
		percent_encode(out, text, "@");
}
