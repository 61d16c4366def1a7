/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/hold.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/util/clock.h"
#include "core/util/failpoint.h"
#include "core/util/str.h"
#include "core/util/text_escape.h"

#define BEATS_A_LEASE 4
#define LONGEST_PAUSE_MS 30000 /* between two, however long the lease is */
#define LOOK_OWN_MS 50
#define LOOK_SHARED_MS 1000 /* a look at a store elsewhere is a request */
#define RACES_MAX 3	    /* lost in a row, without a pause */
#define SHOWN_MAX 200	    /* bytes of what the holder says of itself */

/* ---- beating ---- */

struct hold {
	struct store *store; /* of the beats alone */
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t wake;
	bool beats, ends, over;
	int64_t lease_ms, others_until_ms;
	char process[64];
};

static void beat_once(struct hold *h, unsigned long count)
{
	char text[128];
	snprintf(text, sizeof(text), "%s %lu", h->process, count);
	error_free(h->store->kind->beat(h->store, text)); /* the next one may get through */
}

static void *beat(void *context)
{
	struct hold *h = context;
	struct timespec until;
	pthread_mutex_lock(&h->mutex);
	for (unsigned long count = 1; !h->ends; count++) {
		pthread_mutex_unlock(&h->mutex);
		beat_once(h, count);
		pthread_mutex_lock(&h->mutex);
		clock_gettime(CLOCK_MONOTONIC, &until);
		int64_t pause_ms = h->lease_ms / BEATS_A_LEASE;
		pause_ms = pause_ms < LONGEST_PAUSE_MS ? pause_ms : LONGEST_PAUSE_MS;
		until.tv_sec += pause_ms / 1000;
		until.tv_nsec += pause_ms % 1000 * 1000000;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		if (!h->ends)
			pthread_cond_timedwait(&h->wake, &h->mutex, &until);
	}
	pthread_mutex_unlock(&h->mutex);
	return NULL;
}

static void start_beats(struct hold *h)
{
	pthread_condattr_t steady;
	pthread_mutex_init(&h->mutex, NULL);
	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_cond_init(&h->wake, &steady);
	pthread_condattr_destroy(&steady);
	h->beats = pthread_create(&h->thread, NULL, beat, h) == 0;
}

static void stop_beats(struct hold *h)
{
	pthread_mutex_lock(&h->mutex);
	h->ends = true;
	pthread_cond_signal(&h->wake);
	pthread_mutex_unlock(&h->mutex);
	if (h->beats)
		pthread_join(h->thread, NULL);
	pthread_cond_destroy(&h->wake);
	pthread_mutex_destroy(&h->mutex);
}

/* ---- waiting ---- */

/* What was last seen of the holder, and since when nothing new was seen. */
struct watch {
	uint64_t number;
	const char *beat;
	int64_t since_ms, record_ms; /* without record and beat; without a record */
};

static struct error *look(struct ledger *l, struct arena *a, struct watch *w)
{
	struct store *store = ledger_store(l);
	const char *beat;
	TRY(store->kind->read_beat(store, a, &beat));
	if (!w->beat || w->number != ledger_number(l))
		w->record_ms = clock_steady_ms();
	if (!w->beat || w->number != ledger_number(l) || strcmp(w->beat, beat) != 0) {
		w->number = ledger_number(l);
		w->beat = arena_strdup(a, beat);
		w->since_ms = clock_steady_ms();
	}
	return NULL;
}

static const char *shown(struct arena *a, const char *text)
{
	struct str out = STR(a);
	text_escape(&out, text, strlen(text), SHOWN_MAX);
	return str_text(&out);
}

static int64_t lease_of(const struct holder *h)
{
	return h->lease_ms > 0 ? h->lease_ms : LEASE_MS;
}

/* Words that say why a holder that may be gone is not taken over. */
static const char *hidden_words(struct arena *a, const struct holder *h)
{
	return holder_is_hidden(h)
		       ? arena_printf(
				 a,
				 "; this machine does not show whether it is alive (/proc), so "
				 "it is waited for until it was silent for %lld s",
				 (long long)(lease_of(h) / 1000))
		       : "";
}

static struct error *is_held(struct arena *a, const struct ledger_view *v, const struct watch *w)
{
	char moment[TIME_TEXT];
	time_format(v->holder.since, moment);
	return error_new(ERROR_LOCKED,
			 "another run holds the lock: %s, process %lld on %s since %s%s%s, heard "
			 "of within the last %lld s%s",
			 shown(a, v->holder.actor), (long long)v->holder.pid,
			 shown(a, v->holder.host), moment, v->held_by ? ", run " : "",
			 v->held_by ? shown(a, v->held_by) : "",
			 (long long)((clock_steady_ms() - w->since_ms) / 1000) + 1,
			 hidden_words(a, &v->holder));
}

/* Whether the holder may be taken over now. */
static bool may_take_over(const struct hold_request *request, const struct ledger_view *v,
			  const struct watch *w)
{
	if (holder_is_gone(&v->holder))
		return true;
	return request->take_over || clock_steady_ms() - w->since_ms >= lease_of(&v->holder);
}

/* `gone`: who had it is known to have ended, so that nobody needs to wait for it any more. */
static struct error *append_hold(struct ledger *l, const struct hold_request *request,
				 struct arena *a, enum entry_type type, bool gone)
{
	struct holder holder = request->holder;
	struct str body = STR(a);
	holder.lease_ms = lease_of(&holder);
	str_addc(&body, '{');
	holder_add(&holder, &body);
	if (gone)
		str_add(&body, ", \"gone\": true");
	str_addc(&body, '}');
	ledger_add(l, type, NULL, body.at);
	return ledger_write(l);
}

static void say(const struct hold_request *request, const char *line)
{
	if (request->note)
		request->note(line);
}

/* How the ledger was taken. */
struct taking {
	bool taken, over;
	int64_t others_until_ms;
};

/* Tries once to take the ledger; out->taken is false when somebody still has it, or was faster. */
static struct error *try_once(struct ledger *l, const struct hold_request *request, struct arena *a,
			      struct ledger_view *view, struct watch *w, struct taking *out)
{
	TRY(ledger_refresh(l));
	if (!view->number || view->number != ledger_number(l))
		TRY(ledger_view_read(l, a, view));
	TRY(ledger_view_check_here(view));
	if (view->held) {
		TRY(look(l, a, w));
		if (!may_take_over(request, view, w))
			return NULL;
	}
	bool gone = view->held && holder_is_gone(&view->holder);
	int64_t within = view->held && !gone ? view->sends_within_ms : 0;
	if (within < view->others_within_ms)
		within = view->others_within_ms;
	*out = (struct taking){.over = (view->held && !gone) || view->others_within_ms};
	if (within)
		out->others_until_ms = (view->held ? w->record_ms : clock_steady_ms()) + within;
	struct error *error =
		append_hold(l, request, a, view->held ? ENTRY_TAKEOVER : ENTRY_HOLD, gone);
	if (error && error->code == ERROR_LOCKED) {
		error_free(error);
		return NULL;
	}
	out->taken = !error;
	return error;
}

static struct error *wait_and_take(struct ledger *l, const struct hold_request *request,
				   struct arena *a, struct ledger_view *view, struct taking *out)
{
	int64_t began = clock_steady_ms(), wait = request->wait_ms;
	struct watch w = {.since_ms = began};
	bool told = false;
	int lost = 0;
	unsigned pause = ledger_store(l)->kind->shared ? LOOK_SHARED_MS : LOOK_OWN_MS;
	wait = wait < 0 ? HOLD_WAIT_MS : wait;
	for (;;) {
		TRY(try_once(l, request, a, view, &w, out));
		if (out->taken)
			return NULL;
		if (!view->held && ++lost < RACES_MAX)
			continue; /* somebody was quicker; the next look tells who */
		if (clock_steady_ms() - began >= wait)
			return view->held ? is_held(a, view, &w)
					  : error_new(ERROR_LOCKED,
						      "others write to the ledger all the time");
		if (view->held && !told && wait > HOLD_WAIT_MS)
			say(request, arena_printf(a, "waiting for %s%s",
						  shown(a, holder_name(a, &view->holder)),
						  hidden_words(a, &view->holder)));
		told |= view->held;
		lost = 0;
		clock_sleep_ms(pause);
	}
}

struct error *hold_take(struct ledger *l, const struct hold_request *request,
			struct error *(*open)(void *context, struct store **out), void *context,
			struct arena *a, struct ledger_view *view, struct hold **out)
{
	struct taking taking = {0};
	struct store *store = NULL;
	*view = (struct ledger_view){0};
	TRY(open(context, &store));
	FAILPOINT("hold-before-take");
	struct error *error = wait_and_take(l, request, a, view, &taking);
	if (error) {
		store->kind->close(store);
		return error;
	}
	struct hold *h = xmalloc(sizeof(*h));
	*h = (struct hold){.store = store,
			   .over = taking.over,
			   .others_until_ms = taking.others_until_ms,
			   .lease_ms = lease_of(&request->holder)};
	snprintf(h->process, sizeof(h->process), "%s", ledger_process(l));
	start_beats(h);
	FAILPOINT("hold-taken");
	*out = h;
	return NULL;
}

bool hold_is_takeover(const struct hold *h)
{
	return h->over;
}

int64_t hold_others_send_until_ms(const struct hold *h)
{
	return h->others_until_ms;
}

int64_t hold_lease_ms(const struct hold *h)
{
	return h->lease_ms;
}

unsigned hold_leave_ms(const struct hold *h, const struct ledger *l)
{
	int64_t passed = clock_steady_ms() - ledger_written_ms(l);
	return passed < h->lease_ms / 2 ? (unsigned)(h->lease_ms - passed) : 0;
}

void hold_abandon(struct hold *h)
{
	if (!h)
		return;
	stop_beats(h);
	h->store->kind->close(h->store);
	free(h);
}

/* For how long whoever comes next has to wait for those that this one took over. */
static const char *release_body(const struct hold *h, struct arena *a)
{
	int64_t left = h->others_until_ms - clock_steady_ms();
	return left > 0 ? arena_printf(a, "{\"others_within_ms\": %lld}", (long long)left) : "{}";
}

struct error *hold_release(struct hold *h, struct ledger *l, struct ledger_view *view, int64_t now)
{
	ARENA a = {0};
	struct error *error = NULL;
	if (h && view) {
		ledger_view_add(l, view, now);
		ledger_add(l, ENTRY_RELEASE, NULL, release_body(h, &a));
		FAILPOINT("hold-before-release");
		error = ledger_write(l);
	}
	hold_abandon(h);
	return error;
}
