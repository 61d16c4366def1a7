/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/hold.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/ledger/stores/stores.h"
#include "core/util/clock.h"
#include "tests/unit/check.h"
#include "tests/unit/fence.h"
#include "tests/unit/ledger_folder.h"

#define NOW 1780272000

static struct error *open_store(void *context, struct store **out)
{
	ARENA a = {0};
	return folder_store_open(in_folder(&a, context), out);
}

static struct error *take(struct ledger *l, const char *key, struct hold_request request,
			  struct arena *a, struct ledger_view *view, struct hold **out)
{
	return hold_take(l, &request, open_store, (void *)(uintptr_t)key, a, view, out);
}

static void one_at_a_time(void **state UNUSED)
{
	ARENA a = {0};
	struct ledger *mine = open_ledger("one"), *theirs = open_ledger("one");
	struct ledger_view view;
	struct hold *hold = NULL, *other = NULL;
	struct hold_request request = {.holder = holder_of_this(&a, "ann")};
	assert_ok(take(mine, "one", request, &a, &view, &hold));
	CLEANUP(error_free) struct error *held = take(theirs, "one", request, &a, &view, &other);
	assert_non_null(held);
	assert_int_equal(held->code, ERROR_LOCKED);
	assert_non_null(strstr(held->message, "ann"));
	assert_ok(hold_release(hold, mine, &view, NOW));
	assert_ok(take(theirs, "one", request, &a, &view, &other));
	assert_false(hold_is_takeover(other));
	assert_ok(hold_release(other, theirs, &view, NOW));
	ledger_close(mine);
	ledger_close(theirs);
}

/* A process of this machine that took the ledger as `request` says and ended without a word. */
static void take_and_end(const char *key, struct hold_request request)
{
	int status = 1;
	pid_t child = fork();
	if (child == 0) {
		ARENA a = {0};
		struct ledger *l = open_ledger(key);
		struct ledger_view view;
		struct hold *hold = NULL;
		request.holder = holder_of_this(&a, "bob");
		struct error *error = take(l, key, request, &a, &view, &hold);
		_exit(error ? 1 : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* A process of this machine that is gone is seen to be gone: nobody waits for its lease. */
static void a_dead_holder_is_taken_over_at_once(void **state UNUSED)
{
	ARENA a = {0};
	struct ledger_view view;
	struct hold *hold = NULL;
	take_and_end("dead", (struct hold_request){0});
	struct ledger *l = open_ledger("dead");
	assert_ok(take(l, "dead", (struct hold_request){.holder = holder_of_this(&a, "ann")}, &a,
		       &view, &hold));
	assert_false(hold_is_takeover(hold));
	assert_true(view.held);
	assert_string_equal(view.holder.actor, "bob");
	assert_ok(hold_release(hold, l, &view, NOW));
	ledger_close(l);
}

static void mean(const char *key, const char *body)
{
	struct ledger *l = open_ledger(key);
	ledger_add(l, ENTRY_INTENT, "run", body);
	assert_ok(ledger_write(l));
	ledger_close(l);
}

/* Who is known to have ended sends nothing more, and whoever took over from it says so; who may be
 * alive is waited for by the first that goes on, whoever took over before. */
static void those_before_are_waited_for_once(void **state UNUSED)
{
	ARENA a = {0};
	struct ledger_view view;
	struct hold *hold = NULL;
	struct hold_request request = {.holder = holder_of_this(&a, "ann"), .wait_ms = 1000};
	take_and_end("before", request);
	mean("before", "{\"within_ms\": 60000}");
	take_and_end("before", request);
	struct ledger *l = open_ledger("before"), *other = open_ledger("before");
	assert_ok(take(l, "before", request, &a, &view, &hold));
	assert_false(hold_is_takeover(hold));
	assert_int_equal(hold_others_send_until_ms(hold), 0);
	ledger_add(l, ENTRY_INTENT, "run", "{\"within_ms\": 60000}");
	assert_ok(ledger_write(l));
	request.take_over = true;
	take_and_end("before", request);
	hold_abandon(hold);
	for (int i = 0; i < 2; i++) { /* released before it was waited for, and once more */
		request.take_over = false;
		assert_ok(ledger_refresh(other));
		assert_ok(take(other, "before", request, &a, &view, &hold));
		assert_true(hold_is_takeover(hold));
		assert_true(hold_others_send_until_ms(hold) > clock_steady_ms());
		assert_ok(hold_release(hold, other, &view, NOW));
	}
	ledger_close(l);
	ledger_close(other);
}

/* As somebody who sees their own processes alone: 77 where that cannot be arranged. */
static int judge_hidden(const struct holder *alive, const struct holder *dead)
{
	char shown[32];
	snprintf(shown, sizeof(shown), "/proc/%lld", (long long)alive->pid);
	if (unshare(CLONE_NEWNS) || mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) ||
	    mount("proc", "/proc", "proc", 0, "hidepid=2") || setgid(65534) || setuid(65534))
		return 77;
	if (!access(shown, F_OK))
		return 77;
	return holder_is_gone(alive) << 0 | !holder_is_hidden(alive) << 1 |
	       !holder_is_gone(dead) << 2 | holder_is_hidden(dead) << 3;
}

/* Who may not see a process does not take it for gone, and who is gone is seen all the same. */
static void a_hidden_process_is_not_gone(void **state UNUSED)
{
	ARENA a = {0};
	struct holder alive = holder_of_this(&a, "ann"), dead = alive;
	int status = 1;
	pid_t gone = fork();
	if (gone == 0)
		_exit(0);
	assert_int_equal(waitpid(gone, &status, 0), gone);
	dead.pid = gone;
	assert_false(holder_is_gone(&alive));
	assert_false(holder_is_hidden(&alive));
	assert_true(holder_is_gone(&dead));
	pid_t child = fork();
	if (child == 0) {
		int judged = judge_hidden(&alive, &dead);
		arena_done(&a);
		_exit(judged);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WEXITSTATUS(status) == 77) /* skip() of cmocka is a failure to TAP */
		print_message("# no process can be hidden here\n");
	else
		assert_int_equal(WEXITSTATUS(status), 0);
	/* A number that is none is nobody's, and no signal goes to all. */
	dead.pid = -1;
	assert_false(holder_is_gone(&dead));
	dead.pid = 0;
	assert_false(holder_is_gone(&dead));
	dead.pid = (int64_t)1 << 40;
	assert_false(holder_is_gone(&dead));
}

/* One of another machine is judged by its silence alone, which its beats break. */
static void silence_ends_a_hold_and_beats_keep_it(void **state UNUSED)
{
	ARENA a = {0};
	struct ledger *mine = open_ledger("silence"), *theirs = open_ledger("silence");
	struct ledger_view view;
	struct hold *hold = NULL, *other = NULL;
	struct hold_request here = {.holder = holder_of_this(&a, "ann")};
	struct hold_request there = {.holder = here.holder, .wait_ms = 1500};
	there.holder.boot = "another";
	there.holder.lease_ms = 400;
	assert_ok(take(mine, "silence", there, &a, &view, &hold));
	here.wait_ms = 1500;
	CLEANUP(error_free) struct error *held = take(theirs, "silence", here, &a, &view, &other);
	assert_non_null(held); /* it beats, three leases long */
	hold_abandon(hold);
	assert_ok(take(theirs, "silence", here, &a, &view, &other));
	assert_true(hold_is_takeover(other));
	ledger_add(mine, ENTRY_INTENT, "run", "{}");
	struct error *fenced = ledger_write(mine);
	assert_non_null(fenced);
	assert_int_equal(fenced->code, ERROR_LOCKED);
	error_free(fenced);
	assert_ok(hold_release(other, theirs, &view, NOW));
	ledger_close(mine);
	ledger_close(theirs);
}

static const struct store_kind *kept_kind;
static int reads;

static struct error *count_read(struct store *s, struct arena *a, uint64_t from, uint64_t to,
				struct stored_record_vec *out)
{
	reads++;
	return kept_kind->read(s, a, from, to, out);
}

/* How often records are read by one that waits so long for another, which works all the time. */
static int reads_of_one_that_waits(struct ledger *l, int64_t wait_ms)
{
	ARENA a = {0};
	struct ledger_view view;
	struct hold *hold = NULL;
	struct hold_request request = {.holder = holder_of_this(&a, "ann"), .wait_ms = wait_ms};
	reads = 0;
	assert_failed(take(l, "waits", request, &a, &view, &hold), ERROR_LOCKED, "holds the lock");
	return reads;
}

static void who_waits_reads_each_record_once(void **state UNUSED)
{
	ARENA a = {0};
	struct ledger *mine = open_ledger("waits"), *theirs = open_ledger("waits");
	struct store *store = ledger_store(theirs);
	struct store_kind kind = *store->kind;
	struct ledger_view view;
	struct hold *hold = NULL;
	struct hold_request request = {.holder = holder_of_this(&a, "ann")};
	assert_ok(take(mine, "waits", request, &a, &view, &hold));
	kept_kind = store->kind;
	kind.read = count_read;
	store->kind = &kind;
	int once = reads_of_one_that_waits(theirs, 0);
	assert_true(once > 0);
	assert_int_equal(reads_of_one_that_waits(theirs, 400), once);
	store->kind = kept_kind;
	hold_abandon(hold);
	ledger_close(mine);
	ledger_close(theirs);
}

static void who_is_told_to_takes_over(void **state UNUSED)
{
	ARENA a = {0};
	struct ledger *mine = open_ledger("told"), *theirs = open_ledger("told");
	struct ledger_view view;
	struct hold *hold = NULL, *other = NULL;
	struct hold_request request = {.holder = holder_of_this(&a, "ann")};
	assert_ok(take(mine, "told", request, &a, &view, &hold));
	request.take_over = true;
	assert_ok(take(theirs, "told", request, &a, &view, &other));
	assert_true(hold_is_takeover(other));
	hold_abandon(hold);
	hold_abandon(other);
	ledger_close(mine);
	ledger_close(theirs);
}

/* ---- what is open ---- */

static void begin(struct ledger *l, const char *run, const char *plan, bool saved)
{
	ARENA a = {0};
	ledger_add_parts(l, ENTRY_PLAN, run, "{}", 2, ", \"of\": \"plan\"");
	ledger_add(l, ENTRY_BEGIN, run,
		   arena_printf(&a,
				"{\"plan\": \"%s\", \"by\": \"ann\", \"begun\": "
				"\"2026-06-01T00:00:00Z\", \"commit\": \"c0ffee\", \"saved\": %s, "
				"\"whole\": true}",
				plan, saved ? "true" : "false"));
}

static void check_open(const struct ledger_view *v)
{
	assert_int_equal(v->open.len, 1);
	assert_string_equal(v->open.at[0].name, "second");
	assert_string_equal(v->open.at[0].plan, "sha256:2");
	assert_string_equal(v->open.at[0].by, "ann");
	assert_int_equal(v->open.at[0].first, 3);
	assert_int_equal(v->open.at[0].begun, NOW);
	assert_int_equal(v->used.len, 1);
	assert_string_equal(v->used.at[0].plan, "sha256:1");
	assert_string_equal(v->last.run, "second");
	assert_string_equal(v->last.commit, "c0ffee");
}

/* Until when, behind its record, what a run means to send may go out: its own and what those before
 * it had meant, for which it has not waited yet. */
static void what_may_be_on_its_way_is_known(void **state UNUSED)
{
	static const struct {
		enum entry_type type;
		const char *body;
		int64_t own, others;
	} rows[] = {
		{ENTRY_HOLD, "{\"lease_ms\": 10}", 0, 0},
		{ENTRY_INTENT, "{\"changes\": [\"c1\"], \"within_ms\": 70}", 70, 0},
		{ENTRY_RESULT, "{\"changes\": [\"c1\"], \"outcome\": \"done\"}", 0, 0},
		{ENTRY_INTENT, "{\"changes\": [\"c2\"], \"within_ms\": 80}", 80, 0},
		{ENTRY_TAKEOVER, "{\"lease_ms\": 10}", 0, 80},
		{ENTRY_TAKEOVER, "{\"lease_ms\": 10}", 0, 80},
		{ENTRY_INTENT, "{\"changes\": [\"c2\"], \"within_ms\": 30}", 30, 0},
		{ENTRY_TAKEOVER, "{\"lease_ms\": 10}", 0, 30},
		{ENTRY_RELEASE, "{\"others_within_ms\": 20}", 0, 20},
		{ENTRY_HOLD, "{\"lease_ms\": 10}", 0, 20},
		{ENTRY_RELEASE, "{}", 0, 0},
		{ENTRY_HOLD, "{\"lease_ms\": 10}", 0, 0},
		{ENTRY_INTENT, "{\"changes\": [\"c3\"], \"within_ms\": 40}", 40, 0},
		{ENTRY_TAKEOVER, "{\"lease_ms\": 10, \"gone\": true}", 0, 0},
		{ENTRY_INTENT, "{\"changes\": [\"c3\"], \"within_ms\": 50}", 50, 0},
		{ENTRY_TAKEOVER, "{\"lease_ms\": 10}", 0, 50},
		{ENTRY_TAKEOVER, "{\"lease_ms\": 10, \"gone\": true}", 0, 50},
	};
	ARENA a = {0};
	struct ledger *l = open_ledger("way");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct ledger_view v;
		ledger_add(l, rows[i].type, "run", rows[i].body);
		assert_ok(ledger_write(l));
		assert_ok(ledger_view_read(l, &a, &v));
		assert_int_equal(v.number, ledger_number(l));
		assert_int_equal(v.sends_within_ms, rows[i].own);
		assert_int_equal(v.others_within_ms, rows[i].others);
	}
	ledger_close(l);
}

/* A run that writes a state on its way still has the ledger, and who takes it over waits. */
static void a_state_in_mid_run_leaves_the_hold(void **state UNUSED)
{
	ARENA a = {0};
	struct ledger *l = open_ledger("mid"), *other = open_ledger("mid");
	struct ledger_view v;
	struct hold *hold = NULL, *none = NULL;
	struct hold_request request = {.holder = holder_of_this(&a, "ann")};
	for (int again = 0; again < 2;
	     again++) { /* the first of all runs, and one behind another */
		assert_ok(take(l, "mid", request, &a, &v, &hold));
		ledger_add(l, ENTRY_INTENT, "run", "{\"within_ms\": 70}");
		assert_ok(ledger_write(l));
		ledger_view_add(l, &v, NOW);
		assert_ok(ledger_write(l));
		assert_int_equal(ledger_state_at(l), ledger_number(l));
		assert_ok(ledger_view_read(l, &a, &v));
		assert_true(v.held);
		assert_string_equal(v.holder.actor, "ann");
		assert_int_equal(v.sends_within_ms, 70);
		assert_ok(ledger_refresh(other));
		struct error *error = take(other, "mid", request, &a, &v, &none);
		assert_failed(error, ERROR_LOCKED, "another run holds the lock");
		assert_ok(hold_release(hold, l, &v, NOW));
	}
	ledger_close(l);
	ledger_close(other);
}

/* What the records come to, the state that is written of it comes to again. */
static void a_state_says_what_its_records_say(void **state UNUSED)
{
	ARENA a = {0};
	struct ledger *l = open_ledger("state");
	struct ledger_view v;
	struct hold *hold = NULL;
	struct hold_request request = {.holder = holder_of_this(&a, "ann")};
	assert_ok(take(l, "state", request, &a, &v, &hold));
	begin(l, "first", "sha256:1", true);
	ledger_add(l, ENTRY_END, "first", "{\"end\": \"done\"}");
	assert_ok(ledger_write(l));
	begin(l, "second", "sha256:2", false);
	assert_ok(ledger_write(l));
	assert_ok(ledger_view_read(l, &a, &v));
	check_open(&v);
	vec_push(&a, &v.withheld, "grant/z");
	vec_push(&a, &v.withheld, "grant/a");
	vec_push(&a, &v.waiting, (struct waiting_change){"grant/m", NOW});
	vec_push(&a, &v.unrecorded, "first");
	vec_push(&a, &v.ends, (struct grant_end){"grant/m", NOW / 86400});
	assert_ok(hold_release(hold, l, &v, NOW));
	assert_int_equal(ledger_state_at(l), ledger_number(l));
	assert_ok(ledger_view_read(l, &a, &v));
	check_open(&v);
	assert_false(v.held);
	assert_int_equal(v.withheld.len, 2);
	assert_string_equal(v.withheld.at[0], "grant/a");
	assert_string_equal(v.withheld.at[1], "grant/z");
	assert_int_equal(ledger_view_waits_since(&v, "grant/m"), NOW);
	assert_int_equal(v.unrecorded.len, 1);
	assert_string_equal(v.unrecorded.at[0], "first");
	assert_int_equal(v.ends.len, 1);
	assert_string_equal(v.ends.at[0].address, "grant/m");
	assert_int_equal(v.ends.at[0].day, NOW / 86400);
	ledger_close(l);
}

/* One element, behind which nobody may read. */
#define FENCE(vec, ...)                                                                            \
	((vec).at = fenced(&(__VA_ARGS__), sizeof(*(vec).at)), (vec).len = (vec).cap = 1)
#define UNFENCE(vec) unfence((vec).at, sizeof(*(vec).at))

static void no_list_is_read_past_its_end(void **state UNUSED)
{
	ARENA a = {0};
	struct ledger *l = open_ledger("lists");
	struct ledger_view v = {0}, read;
	FENCE(v.open, (struct open_run){.name = "run", .plan = "sha256:1", .by = "ann"});
	FENCE(v.used, (struct used_plan){"sha256:1", "run", NOW});
	FENCE(v.withheld, (const char *){"grant/w"});
	FENCE(v.unrecorded, (const char *){"run"});
	FENCE(v.waiting, (struct waiting_change){"grant/m", NOW});
	FENCE(v.attested, (struct attestation){.address = "grant/a", .by = "ann", .why = "seen"});
	FENCE(v.ends, (struct grant_end){"grant/e", 1});
	ledger_view_add(l, &v, NOW);
	assert_null(ledger_view_find(&v, "another"));
	assert_int_equal(ledger_view_waits_since(&v, "another"), 0);
	UNFENCE(v.open);
	UNFENCE(v.used);
	UNFENCE(v.withheld);
	UNFENCE(v.unrecorded);
	UNFENCE(v.waiting);
	UNFENCE(v.attested);
	UNFENCE(v.ends);
	assert_ok(ledger_write(l));
	assert_ok(ledger_view_read(l, &a, &read));
	assert_int_equal(read.open.len, 1);
	assert_int_equal(read.used.len, 1);
	assert_int_equal(read.withheld.len, 1);
	assert_int_equal(read.unrecorded.len, 1);
	assert_int_equal(read.waiting.len, 1);
	assert_int_equal(read.attested.len, 1);
	assert_int_equal(read.ends.len, 1);
	ledger_close(l);
}

/* A state that is too long for a record stands in several, and counts where it is whole. */
static void a_long_state_comes_in_parts(void **state UNUSED)
{
	ARENA a = {0};
	struct ledger *l = open_ledger("parts");
	struct ledger_view v = {0};
	for (int i = 0; i < 20000; i++)
		vec_push(&a, &v.withheld, arena_printf(&a, "grant/user/somebody-%05d", i));
	ledger_view_add(l, &v, NOW);
	assert_ok(ledger_write(l));
	v = (struct ledger_view){0};
	assert_ok(ledger_view_read(l, &a, &v));
	assert_int_equal(v.withheld.len, 20000);
	assert_string_equal(v.withheld.at[19999], "grant/user/somebody-19999");
	ledger_close(l);
}

/* One that was cut off says nothing, and neither does an end without its beginning. */
static void a_state_that_was_cut_off_is_none(void **state UNUSED)
{
	static const char *const parts[] = {
		"{\"part\": 2, \"parts\": 2, \"text\": \"[\\\"z\\\"]}\"}",
		"{\"part\": 1, \"parts\": 2, \"text\": \"{\\\"withheld\\\": \"}",
		"{\"part\": 1, \"parts\": 2, \"text\": \"{\\\"withheld\\\": \"}",
		"{\"part\": 2, \"parts\": 2, \"text\": \"[\\\"a\\\"]}\"}",
		"{\"part\": 2, \"parts\": 2, \"text\": \"[\\\"b\\\"]}\"}",
	};
	ARENA a = {0};
	struct ledger *l = open_ledger("cut");
	struct ledger_view v = {0};
	for (size_t i = 0; i < COUNT(parts); i++) {
		ledger_add(l, ENTRY_STATE, NULL, parts[i]);
		assert_ok(ledger_write(l));
		assert_ok(ledger_view_read(l, &a, &v));
		assert_int_equal(v.withheld.len, i >= 3);
	}
	assert_string_equal(v.withheld.at[0], "a");
	ledger_close(l);
}

/* A run begins once, and ends as itself. */
static void a_run_is_open_once(void **state UNUSED)
{
	ARENA a = {0};
	struct ledger *l = open_ledger("once");
	struct ledger_view v;
	begin(l, "first", "sha256:1", true);
	begin(l, "first", "sha256:2", true);
	begin(l, "second", "sha256:2", false);
	ledger_add(l, ENTRY_END, "third", "{}");
	assert_ok(ledger_write(l));
	assert_ok(ledger_view_read(l, &a, &v));
	assert_int_equal(v.open.len, 2);
	assert_string_equal(v.open.at[0].plan, "sha256:1");
	assert_int_equal(v.used.len, 1);
	ledger_add(l, ENTRY_END, "first", "{}");
	assert_ok(ledger_write(l));
	assert_ok(ledger_view_read(l, &a, &v));
	assert_int_equal(v.open.len, 1);
	assert_string_equal(v.open.at[0].name, "second");
	ledger_close(l);
}

/* A used plan is remembered for longer than a plan lives, and what is forgotten is said. */
static void used_plans_are_forgotten_last(void **state UNUSED)
{
	ARENA a = {0};
	struct ledger *l = open_ledger("used");
	struct ledger_view v = {0};
	vec_push(&a, &v.used, (struct used_plan){"sha256:1", "old", NOW - 40 * 86400});
	vec_push(&a, &v.used, (struct used_plan){"sha256:2", "new", NOW - 30 * 86400});
	ledger_view_add(l, &v, NOW);
	assert_ok(ledger_write(l));
	assert_ok(ledger_view_read(l, &a, &v));
	assert_int_equal(v.used.len, 1);
	assert_string_equal(v.used.at[0].run, "new");
	assert_int_equal(v.used_since, NOW - 30 * 86400);
	ledger_close(l);
}

static void who_holds_it_is_told_with_one_place(void **state UNUSED)
{
	static const struct {
		const char *actor, *host, *name;
	} rows[] = {
		{"ann on vm", "vm", "ann on vm"},
		{"job 7", "vm", "job 7 on vm"},
		{"ann on big-vm", "vm", "ann on big-vm on vm"},
		{"", "vm", " on vm"},
	};
	ARENA a = {0};
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(holder_name(&a, &(struct holder){.actor = rows[i].actor,
								     .host = rows[i].host}),
				    rows[i].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_at_a_time),
		cmocka_unit_test(a_dead_holder_is_taken_over_at_once),
		cmocka_unit_test(those_before_are_waited_for_once),
		cmocka_unit_test(a_hidden_process_is_not_gone),
		cmocka_unit_test(silence_ends_a_hold_and_beats_keep_it),
		cmocka_unit_test(who_waits_reads_each_record_once),
		cmocka_unit_test(who_is_told_to_takes_over),
		cmocka_unit_test(what_may_be_on_its_way_is_known),
		cmocka_unit_test(a_state_in_mid_run_leaves_the_hold),
		cmocka_unit_test(a_state_says_what_its_records_say),
		cmocka_unit_test(no_list_is_read_past_its_end),
		cmocka_unit_test(a_long_state_comes_in_parts),
		cmocka_unit_test(a_state_that_was_cut_off_is_none),
		cmocka_unit_test(a_run_is_open_once),
		cmocka_unit_test(used_plans_are_forgotten_last),
		cmocka_unit_test(who_holds_it_is_told_with_one_place),
	};
	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
