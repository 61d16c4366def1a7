/* SPDX-License-Identifier: Apache-2.0 */
/* A request of ten entries with three steps each, of which any subset fails: each of the 1,024, by
 * what happens in the service between a run's look and its request. In turn the user of an entry is
 * gone, or holds by then what its first, second or third step is to give, which the service calls
 * an error, and makes no step behind it. What is called done is there, what is called failed is
 * not, nothing is unknown, and one resume makes the rest and nothing twice.
 *
 * SUBSET_STEP says which of them are tried: every so many (37). Prints TAP, a line each. */
#include "tests/fault/emulated_world.h"

#define USERS 10
#define STEPS 3
#define LIST(name, profile)                                                                        \
	"---\napiVersion: writ/v1\nkind: ProductAssignment\nmetadata: {name: " name                \
	"}\nspec: {product: P, profile: " profile ", members: ["
#define EVERYBODY                                                                                  \
	"{user: u0@example.com}, {user: u1@example.com}, {user: u2@example.com}, "                 \
	"{user: u3@example.com}, {user: u4@example.com}, {user: u5@example.com}, "                 \
	"{user: u6@example.com}, {user: u7@example.com}, {user: u8@example.com}, "                 \
	"{user: u9@example.com}]}\n"

static const char live[] =
	ORGANIZATION "status:\n  products: [{product: P, profile: A}, {product: P, profile: B}, "
		     "{product: P, profile: C}]\n  users: [u0@example.com, u1@example.com, "
		     "u2@example.com, u3@example.com, u4@example.com, u5@example.com, "
		     "u6@example.com, u7@example.com, u8@example.com, u9@example.com]\n" READER;
static const char wanted[] = ORGANIZATION READER LIST("a", "A") EVERYBODY LIST("b", "B")
	EVERYBODY LIST("c", "C") EVERYBODY;

static unsigned subset; /* of the users whose entry fails */
static bool interfered;

static void order(struct world *w, const char *what, const char *body)
{
	emulator_control(w->emulator, &w->arena, "POST", what, body);
}

static void set_there(struct world *w, int user, bool there)
{
	order(w, "users",
	      arena_printf(&w->arena, "{\"email\": \"u%d@example.com\"%s}", user,
			   there ? "" : ", \"absent\": true"));
}

/* Which step of a user's entry fails; 0: the user is gone. */
static int failing_step(int user)
{
	return user % (STEPS + 1);
}

/* What others do while the request is on its way. */
static void interfere(void *context, size_t change UNUSED, bool answered)
{
	struct world *w = context;
	if (interfered || answered)
		return;
	interfered = true;
	for (int user = 0; user < USERS; user++) {
		if (!(subset & 1U << user))
			continue;
		if (failing_step(user) == 0)
			set_there(w, user, false);
		else
			order(w, "give",
			      arena_printf(&w->arena,
					   "{\"email\": \"u%d@example.com\", \"product\": \"P\", "
					   "\"profile\": \"%c\"}",
					   user, 'A' + failing_step(user) - 1));
	}
}

/* Whether the service has what a change gives. */
static bool is_held(struct world *w, const struct change *c)
{
	const char *text = emulator_control(w->emulator, &w->arena, "GET", "grants", "");
	struct json_span item;
	struct json_cursor at = {0};
	while (json_next((struct json_span){text, strlen(text)}, &at, &item)) {
		const char *name = text_of(&w->arena, item, "name"),
			   *profile = text_of(&w->arena, item, "profile");
		if (name && profile && !strcmp(name, c->principal->name) &&
		    !strcmp(profile, c->entitlement->profile))
			return true;
	}
	return false;
}

static size_t count_requests(struct world *w)
{
	struct sent_vec log = {0};
	size_t count = 0;
	read_log(w, &log);
	for (size_t i = 0; i < log.len; i++)
		count += log.at[i].write;
	return count;
}

/* Of a user who is gone nothing is done. Of one who has what a step is to give all is there up to
 * that step, and whether the service went on behind it only a look can tell. */
static enum fate due_fate(const struct change *c)
{
	int user = c->principal->name[1] - '0', step = c->entitlement->profile[0] - 'A' + 1;
	if (!(subset & 1U << user) || step <= failing_step(user))
		return FATE_DONE;
	return failing_step(user) == 0 ? FATE_FAILED : FATE_UNKNOWN;
}

static void check_fates(struct world *w, const struct result *r, bool again, bool *good)
{
	for (size_t i = 0; i < w->plan.changes.len; i++) {
		const struct change *c = &w->plan.changes.at[i];
		enum fate due = again ? FATE_DONE : due_fate(c);
		bool held = is_held(w, c);
		if (r->fates[i] == due && held == (due == FATE_DONE))
			continue;
		printf("# %s %s is %s in place of %s, and %s\n", c->principal->name,
		       c->entitlement->profile, fate_name(r->fates[i]), fate_name(due),
		       held ? "held" : "not held");
		*good = false;
	}
}

/* All that is left in one request, and nothing of what is there. */
static struct error *resume(struct world *w, struct result *result, bool *good)
{
	struct error *failed = run_apply(w, result);
	check(!failed && result->count[FATE_DONE] == USERS * STEPS, good,
	      failed ? failed->message : "one resume did not converge");
	check_fates(w, result, true, good);
	check(count_requests(w) <= 2, good, "it was not one more request");
	return failed;
}

static void run_subset(struct emulator *e)
{
	struct world w;
	struct result result;
	bool good = true;
	start(&w, e, live, wanted);
	w.follow = interfere;
	interfered = false;
	emulator_control(e, &w.arena, "PUT", "switches", "{\"action-repeat\": \"error\"}");
	struct error *error = make_plan(&w);
	check(!error && w.plan.changes.len == USERS * STEPS, &good, "another plan");
	clear_log(&w);
	struct error *failed = run_apply(&w, &result);
	check(!failed, &good, failed ? failed->message : "");
	check(count_requests(&w) == 1, &good, "it was not one request");
	check_fates(&w, &result, false, &good);
	for (int user = 0; user < USERS; user++)
		set_there(&w, user, true);
	if (!failed && result.count[FATE_DONE] < USERS * STEPS)
		failed = resume(&w, &result, &good);
	failures += !good;
	printf("%s - subset %u\n", good ? "ok" : "not ok", subset);
	error_free(error);
	error_free(failed);
	end(&w);
}

int main(void)
{
	const char *said = getenv("SUBSET_STEP");
	unsigned step = said ? (unsigned)strtoul(said, NULL, 10) : 37, count = 0;
	struct emulator e;
	emulator_start(&e, ORGANIZATION);
	e.config.max_wait = 1; /* second, in which what is unknown is looked for */
	setenv("XDG_STATE_HOME", e.folder, 1);
	for (subset = 0; subset < 1U << USERS; subset += step ? step : 1) {
		run_subset(&e);
		fflush(stdout);
		count++;
	}
	emulator_stop(&e);
	printf("1..%u\n", count);
	return failures != 0;
}
