/* SPDX-License-Identifier: Apache-2.0 */
/* Guards against a model that shares no code with them: random organisations, manifests, limits and
 * consents, services that fail and lag, and somebody else who changes things in mid-run. After each
 * call of the service the model asks whether what was just done could ever be right.
 *
 * GUARD_RUNS says how many (default 2000), GUARD_SEED where to begin; a failure prints its seed. */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/apply/apply.h"
#include "core/language/check.h"
#include "core/language/manifest.h"
#include "core/ledger/place.h"
#include "core/model/live.h"
#include "core/render/planfile.h"
#include "core/util/str.h"
#include "tests/unit/check.h"

enum { OWN, A1, A2, U0, U1, U2, U3, G0, WHO };
enum { SYS, SUPPORT, STORAGE, PRODUCT, WHAT };
#define ACCOUNTS 3

static const char *const who_names[WHO] = {
	"own", "a1", "a2", "u0@example.com", "u1@example.com", "u2@example.com", "u3@example.com",
	"Ops"};
static const enum role roles[WHAT] = {ROLE_SYSTEM_ADMINISTRATOR, ROLE_SUPPORT_ADMINISTRATOR,
				      ROLE_STORAGE_ADMINISTRATOR, ROLE_NONE};
static const char *const role_words[] = {"system-administrator", "support-administrator",
					 "storage-administrator"};

static enum principal_kind kind_of(int who)
{
	return who < ACCOUNTS ? PRINCIPAL_ACCOUNT : who == G0 ? PRINCIPAL_GROUP : PRINCIPAL_USER;
}

/* ---- the world ---- */

struct facts {
	bool held[WHO][WHAT];
	bool there[ACCOUNTS];
	int id[ACCOUNTS];
};

struct world {
	uint64_t random;
	struct facts now, read, full; /* as it is; at the last read; at the last whole read */
	int ghost[WHO][WHAT];	      /* taken by the run, and so many more reads show it */
	struct facts buried;	      /* deleted accounts as they were, */
	int spirit[ACCOUNTS];	      /* which so many more reads show */
	bool taken[WHO][WHAT];	      /* sent for removal by the run */
	bool removing;		      /* past the barrier of this run */
	bool sent[64], applied[64];   /* by change: in this run; ever, as the service said */
	bool strict;  /* nobody interferes: what is live counts, not what was read */
	int mess;     /* percent, after each call */
	int trouble;  /* percent of requests that do not simply succeed */
	int absent;   /* percent of accounts that are to go */
	bool by_hand; /* what users hold of the system's administration, a person changes */
	size_t batch, stop_at, calls;
	volatile sig_atomic_t stop;
	/* What is to hold, found out without the code under test. */
	int min_sys, min_support, min_persons;
	int planned_id[ACCOUNTS];
	const struct plan *plan;
	struct intern *strings;
	const char *wrong; /* the first violation; NULL */
	size_t removals, withheld, interfered, steps;
};
static struct world w;

static unsigned draw(unsigned below)
{
	w.random ^= w.random << 13;
	w.random ^= w.random >> 7;
	w.random ^= w.random << 17;
	return (unsigned)(w.random >> 33) % below;
}

static bool chance(int percent)
{
	return (int)draw(100) < percent;
}

static void drop_account(int who)
{
	w.now.there[who] = false;
	memset(w.now.held[who], 0, sizeof(w.now.held[who]));
}

/* Somebody else, between two requests. */
static void interfere(void)
{
	int who = (int)draw(WHO), what = (int)draw(WHAT);
	if (!chance(w.mess))
		return;
	w.interfered++;
	if (who < ACCOUNTS && chance(20)) {
		drop_account(who);
		if (chance(60)) { /* made anew under its name */
			w.now.there[who] = true;
			w.now.id[who] += 100;
		}
	} else if (who >= ACCOUNTS || w.now.there[who]) {
		w.now.held[who][what] = chance(25);
	}
}

/* ---- the model's questions ---- */

static void violate(const char *what)
{
	if (!w.wrong)
		w.wrong = what;
}

static int index_of(const char *name)
{
	for (int i = 0; i < WHO; i++) {
		if (!strcmp(who_names[i], name))
			return i;
	}
	fail_msg("nobody is called %s", name);
	return 0;
}

static int what_of(const struct entitlement *e)
{
	for (int i = 0; i < WHAT; i++) {
		if (roles[i] == e->role)
			return i;
	}
	fail_msg("no such role: %d", (int)e->role);
	return 0;
}

/* Who counts as a holder before a removal: whom the last read showed, and the run has not taken. */
static int count_holders(const struct facts *f, int what, bool persons)
{
	int n = 0;
	for (int i = 0; i < WHO; i++)
		n += f->held[i][what] && !w.taken[i][what] &&
		     (!persons || kind_of(i) == PRINCIPAL_USER);
	return n;
}

static void ask_kept(int who, int what)
{
	const struct facts *f = &w.read;
	int limit = what == SYS ? w.min_sys : what == SUPPORT ? w.min_support : 0;
	bool person = kind_of(who) == PRINCIPAL_USER;
	if (!f->held[who][what] || w.taken[who][what])
		return;
	if (count_holders(f, what, false) - 1 < limit)
		violate("a role has fewer holders than it must keep");
	if (what == SYS && person && count_holders(f, what, true) - 1 < w.min_persons)
		violate("fewer persons administer the system than must");
}

static void ask_removal(const struct change *c)
{
	int who = index_of(c->principal->name);
	w.removals++;
	for (size_t i = 0; i < w.plan->changes.len && !w.removing; i++) {
		const struct change *add = &w.plan->changes.at[i];
		if (add->action != ACTION_CREATE || change_is_manual(add))
			continue;
		int other = index_of(add->principal->name);
		bool seen = add->type == CHANGE_GRANT
				    ? w.full.held[other][what_of(add->entitlement)]
				    : w.full.there[other];
		if (!seen)
			violate("something was removed before what was added was seen");
	}
	w.removing = true;
	if (who < ACCOUNTS && w.full.there[who] && w.planned_id[who] &&
	    w.full.id[who] != w.planned_id[who])
		violate("another account has the name by now, and lost what it did not have");
	if (who == OWN && (c->type == CHANGE_ACCOUNT || what_of(c->entitlement) != PRODUCT))
		violate("writ took its own rights");
	if (c->type == CHANGE_GRANT) {
		ask_kept(who, what_of(c->entitlement));
	} else {
		ask_kept(who, SYS);
		ask_kept(who, SUPPORT);
	}
}

/* What the run asks a person to take, when it is over, step by step. */
static void ask_steps(const struct result *r)
{
	int left = count_holders(&w.read, SYS, false), persons = count_holders(&w.read, SYS, true);
	for (size_t i = 0; i < w.plan->changes.len; i++) {
		const struct change *c = &w.plan->changes.at[i];
		if (r->fates[i] != FATE_MANUAL || c->action != ACTION_DELETE)
			continue;
		w.steps++;
		bool held = w.read.held[index_of(c->principal->name)][SYS];
		left -= held;
		persons -= held;
		if (held && (left < w.min_sys || persons < w.min_persons))
			violate("somebody is asked to take what must be kept");
	}
}

static int64_t all_deletes(void)
{
	int64_t n = 0;
	for (size_t i = 0; i < w.plan->changes.len; i++)
		n += w.plan->changes.at[i].action == ACTION_DELETE;
	return n;
}

static struct consent given;
static int max_admin_grants;

static void ask_consent(const struct change *c)
{
	bool grave = c->type == CHANGE_ACCOUNT || what_of(c->entitlement) != PRODUCT;
	if (grave && given.removals == CONSENT_NONE)
		violate("an administrator's right or an account went without consent");
	if (given.removals == CONSENT_COUNT && grave && all_deletes() > given.amount)
		violate("more went than was consented to");
}

static void ask_grants(void)
{
	int n = 0;
	for (size_t i = 0; i < w.plan->changes.len; i++) {
		const struct change *c = &w.plan->changes.at[i];
		n += c->type == CHANGE_GRANT && c->action == ACTION_CREATE && c->entitlement->role;
	}
	if (n > max_admin_grants && n > given.admin_grants)
		violate("more administrator's rights were given than may be");
}

/* Whatever was read, when nobody interferes: each moment of the organisation itself. */
static void ask_moment(const struct facts *before)
{
	static const int kept[] = {SYS, SUPPORT};
	for (size_t k = 0; w.strict && k < COUNT(kept); k++) {
		int was = 0, is = 0, limit = kept[k] == SYS ? w.min_sys : w.min_support;
		for (int i = 0; i < WHO; i++) {
			was += before->held[i][kept[k]];
			is += w.now.held[i][kept[k]];
		}
		if (is < limit && is < was)
			violate("at one moment a role had fewer holders than it must keep");
	}
}

/* ---- the service ---- */

static const char *fake_identity(struct provider *p UNUSED)
{
	return "fake";
}

static enum capability fake_can_grant(struct provider *p UNUSED, const struct principal *who,
				      const struct account *account UNUSED,
				      const struct entitlement *e)
{
	bool by_hand = w.by_hand && who->kind == PRINCIPAL_USER;
	return by_hand && e->role == ROLE_SYSTEM_ADMINISTRATOR ? CAN_MANUAL : CAN_API;
}

static enum capability fake_can_account(struct provider *p UNUSED)
{
	return CAN_API;
}

static const char *fake_check(struct provider *p UNUSED, struct arena *a UNUSED,
			      const struct account *account UNUSED)
{
	return NULL;
}

static uint32_t number_what(struct universe *u, int what)
{
	const char *product = intern(w.strings, "P"), *profile = intern(w.strings, "A");
	return what == PRODUCT ? universe_entitlement(u, ROLE_NONE, product, profile, NULL)
			       : universe_entitlement(u, roles[what], NULL, NULL, NULL);
}

static void read_grants(struct arena *a, struct universe *u, int who, struct live *out)
{
	uint32_t principal =
		universe_principal(u, kind_of(who), intern(w.strings, who_names[who]), true);
	const struct facts *f = who < ACCOUNTS && !w.now.there[who] ? &w.buried : &w.now;
	for (int what = 0; what < WHAT; what++) {
		if (f->held[who][what] || w.ghost[who][what])
			vec_push(a, &out->grants, (struct pair){principal, number_what(u, what)});
		w.ghost[who][what] -= w.ghost[who][what] > 0;
	}
}

static struct error *fake_read(struct provider *p UNUSED, struct arena *a, struct universe *u,
			       const struct query *query, struct live *out)
{
	interfere();
	out->organization = "acme";
	out->source = "fake";
	out->own = "own";
	out->whole = true;
	w.read = w.now;
	if (!query->role_count)
		w.full = w.now;
	for (int who = 0; who < WHO; who++) {
		if (who < ACCOUNTS && !w.now.there[who] && !w.spirit[who])
			continue;
		if (who < ACCOUNTS) {
			const struct facts *f = w.now.there[who] ? &w.now : &w.buried;
			struct account account = {.meta.name = intern(w.strings, who_names[who]),
						  .id = arena_printf(a, "id-%d", f->id[who])};
			w.spirit[who] -= w.spirit[who] > 0;
			vec_push(a, &out->accounts, account);
		}
		read_grants(a, u, who, out);
	}
	live_sort(&out->accounts);
	return NULL;
}

static void bury(int who)
{
	memcpy(w.buried.held[who], w.now.held[who], sizeof(w.now.held[who]));
	w.buried.id[who] = w.now.id[who];
}

static void carry_out(const struct change *c)
{
	int who = index_of(c->principal->name);
	if (c->type == CHANGE_ACCOUNT) {
		if (c->action == ACTION_DELETE) {
			w.spirit[who] = w.now.there[who] && chance(30) ? 1 + (int)draw(4) : 0;
			bury(who);
			drop_account(who);
		} else {
			w.now.there[who] = true;
			w.now.id[who] = 1000 + who;
		}
		return;
	}
	int what = what_of(c->entitlement);
	if (who < ACCOUNTS && !w.now.there[who])
		return;
	bool lags = c->action == ACTION_DELETE && w.now.held[who][what] && chance(30);
	w.ghost[who][what] = lags ? 1 + (int)draw(4) : 0;
	w.now.held[who][what] = c->action == ACTION_CREATE;
}

static void send(const struct change *c, struct outcome *out)
{
	size_t i = (size_t)(c - w.plan->changes.at);
	if (w.sent[i] || w.applied[i])
		violate("a change was sent again");
	w.sent[i] = true;
	if (c->action == ACTION_DELETE) {
		ask_removal(c);
		ask_consent(c);
	}
	bool trouble = chance(w.trouble), done = !trouble || chance(50);
	out->class = !trouble ? OUTCOME_APPLIED : chance(50) ? OUTCOME_UNKNOWN : OUTCOME_REFUSED;
	if (done && out->class != OUTCOME_REFUSED)
		carry_out(c);
	w.applied[i] |= out->class == OUTCOME_APPLIED;
	int who = index_of(c->principal->name);
	for (int what = 0; what < WHAT && c->action == ACTION_DELETE; what++) {
		bool this = c->type == CHANGE_ACCOUNT || what == what_of(c->entitlement);
		w.taken[who][what] |= this && out->class != OUTCOME_REFUSED;
	}
}

static struct error *fake_execute(struct provider *p UNUSED, struct arena *a UNUSED,
				  const struct change *const *batch, size_t len,
				  struct outcome *outcomes)
{
	ask_grants();
	for (size_t i = 0; i < len; i++) {
		struct facts before = w.now;
		send(batch[i], &outcomes[i]);
		ask_moment(&before);
	}
	interfere();
	if (++w.calls == w.stop_at)
		w.stop = 1;
	return NULL;
}

static const struct provider_reader fake_reader = {.name = "fake",
						   .read = fake_read,
						   .can_grant = fake_can_grant,
						   .can_account = fake_can_account,
						   .check_account = fake_check,
						   .identity = fake_identity};

/* ---- one run ---- */

static void make_world(uint64_t seed)
{
	w = (struct world){.random = seed * 0x9E3779B97F4A7C15U + 1};
	for (int i = 0; i < 8; i++)
		draw(2);
	w.strict = chance(40);
	w.mess = w.strict ? 0 : (int)draw(60);
	w.trouble = chance(50) ? 0 : (int)draw(40);
	w.absent = chance(20) ? 80 : 15;
	w.by_hand = chance(50);
	w.batch = 1 + draw(4);
	w.stop_at = chance(20) ? 1 + draw(4) : 0;
	for (int i = 0; i < ACCOUNTS; i++) {
		w.now.there[i] = i == OWN || chance(70);
		w.now.id[i] = i + 1;
	}
	for (int i = 0; i < WHO; i++) {
		for (int k = 0; k < WHAT; k++)
			w.now.held[i][k] = (i >= ACCOUNTS || w.now.there[i]) &&
					   chance(k == SYS && w.by_hand ? 80 : 45);
	}
}

static void want_list(struct str *out, const char *head, int what)
{
	bool first = true;
	str_printf(out, "---\napiVersion: writ/v1\nkind: %s\n", head);
	if (what == PRODUCT)
		str_add(out, "metadata: {name: p}\nspec: {product: P, profile: A, ");
	else
		str_printf(out, "metadata: {name: r%d}\nspec: {role: %s, ", what, role_words[what]);
	str_printf(out, "unlisted: %s, members: [", chance(80) ? "remove" : "report");
	for (int i = ACCOUNTS; i < WHO; i++) {
		if (!chance(40))
			continue;
		str_printf(out, "%s{%s: %s}", first ? "" : ", ", i == G0 ? "group" : "user",
			   who_names[i]);
		first = false;
	}
	str_add(out, "]}\n");
}

static void want_account(struct str *out, int who)
{
	bool absent = chance(w.absent);
	str_printf(out, "---\napiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: %s}\n",
		   who_names[who]);
	if (absent) {
		str_add(out, "spec: {state: absent}\n");
		return;
	}
	str_add(out, "spec: {adminRoles: [");
	bool first = true;
	for (int k = 0; k < PRODUCT; k++) {
		if (!chance(35))
			continue;
		str_printf(out, "%s%s", first ? "" : ", ", role_words[k]);
		first = false;
	}
	str_printf(out, "], products: [%s]}\n", chance(50) ? "{product: P, profile: A}" : "");
}

static const char *make_manifests(struct arena *a)
{
	struct str out = STR(a);
	w.min_sys = 2 + (int)draw(2);
	w.min_support = (int)draw(3);
	w.min_persons = 1 + (int)draw(2);
	max_admin_grants = (int)draw(6);
	str_printf(&out,
		   "apiVersion: writ/v1\nkind: Organization\nmetadata: {name: acme}\nspec: "
		   "{provider: file, unlisted: %s, guards: {minHolders: {system-administrator: %d, "
		   "support-administrator: %d}, minPersons: %d, maxAdminGrants: %d}}\n",
		   chance(30) ? "remove" : "report", w.min_sys, w.min_support, w.min_persons,
		   max_admin_grants);
	for (int what = 0; what < WHAT; what++) {
		if (chance(70))
			want_list(&out, what == PRODUCT ? "ProductAssignment" : "AdminRole", what);
	}
	for (int who = 0; who < ACCOUNTS; who++) {
		if (chance(70))
			want_account(&out, who);
	}
	return str_text(&out);
}

static void make_consent(void)
{
	static const int32_t counts[] = {1, 2, 4, 9};
	given = (struct consent){.admin_grants = chance(50) ? 20 : -1};
	if (chance(25))
		return;
	given.removals = chance(50) ? CONSENT_PERCENT : CONSENT_COUNT;
	given.amount = given.removals == CONSENT_PERCENT ? 100 : counts[draw(COUNT(counts))];
}

/* False: the manifests are none, such as one with an absent account among members. */
static bool make_the_plan(struct arena *a, struct universe *u, struct plan *plan)
{
	const char *text = make_manifests(a);
	struct report report = {.arena = a};
	struct manifest_reader reader = {.strings = w.strings, .arena = a, .report = &report};
	struct stored_file_vec files = {0};
	struct model *model = arena_zalloc(a, sizeof(*model));
	struct model_index index = {0};
	struct live *live = arena_zalloc(a, sizeof(*live));
	vec_push(a, &files, (struct stored_file){"m.yaml", NULL, text, strlen(text)});
	manifest_parse(&reader, NULL, &files, model);
	check_model(model, (struct location){"m.yaml", 1, 1}, &report);
	if (report.errors)
		return false;
	model_index(model, a, &index);
	int mess = w.mess;
	w.mess = 0;
	assert_ok(provider_read(&fake_reader, NULL, a, u, &query_all, live));
	w.mess = mess;
	make_consent();
	struct plan_input input = {.wanted = model,
				   .index = &index,
				   .live = live,
				   .universe = u,
				   .reader = &fake_reader,
				   .consent = given,
				   .now = 1000};
	plan_make(&input, a, &report, plan);
	for (int i = 0; i < ACCOUNTS; i++)
		w.planned_id[i] = w.now.there[i] ? w.now.id[i] : 0;
	return !report.errors && plan->changes.len < COUNT(w.sent);
}

static char state[] = "/dev/shm/writ-guards-XXXXXX";

static struct error *open_store(void *key, struct store **out)
{
	struct ledger_place place = {.key = key};
	return ledger_place_open(&place, out);
}

static void apply_once(struct arena *a, const struct planned *planned, const char *key)
{
	const struct provider_writer writer = {.batch_max = w.batch, .execute = fake_execute};
	const struct provider_entry entry = {&fake_reader, &writer, NULL};
	const struct hold_request request = {.holder = holder_of_this(a, "a test")};
	struct store *store = NULL;
	struct ledger *ledger = NULL;
	assert_ok(open_store((void *)(uintptr_t)key, &store));
	assert_ok(ledger_open(store, &ledger));
	struct apply_input input = {.planned = planned,
				    .saved = true,
				    .provider = &entry,
				    .strings = w.strings,
				    .ledger = ledger,
				    .hold = &request,
				    .open_store = open_store,
				    .open_context = (void *)(uintptr_t)key,
				    .now = 1000,
				    .stop = &w.stop};
	struct result result = {0};
	struct applier *held = NULL;
	struct error *error = apply_run(&input, a, &result, &held);
	assert_ok(apply_close(held, &(struct apply_closing){NULL}));
	ledger_close(ledger);
	w.withheld += result.count[FATE_WITHHELD];
	if (!error && result.run)
		ask_steps(&result);
	error_free(error);
}

static size_t removals_seen, withheld_seen, plans_seen, interfered_seen, steps_seen;

static const char *one_run(uint64_t seed)
{
	ARENA a = {0};
	struct plan plan = {0};
	struct planned planned;
	make_world(seed);
	w.strings = intern_new();
	struct universe *u = universe_new(w.strings);
	if (make_the_plan(&a, u, &plan) && plan.changes.len) {
		plans_seen++;
		w.plan = &plan;
		planfile_render(&plan, &a, &planned);
		const char *key =
			ledger_key(&a, "acme", arena_printf(&a, "%llu", (unsigned long long)seed));
		apply_once(&a, &planned, key);
		if (w.stop) { /* it is resumed; what no answer came for may be sent again */
			w.stop = 0;
			w.removing = false;
			memset(w.sent, 0, sizeof(w.sent));
			apply_once(&a, &planned, key);
		}
	}
	universe_free(u);
	intern_free(w.strings);
	removals_seen += w.removals;
	withheld_seen += w.withheld;
	interfered_seen += w.interfered;
	steps_seen += w.steps;
	return w.wrong;
}

static uint64_t number_from(const char *name, uint64_t otherwise)
{
	const char *said = getenv(name);
	return said ? strtoull(said, NULL, 10) : otherwise;
}

static void guards_hold_at_every_step(void **unused UNUSED)
{
	uint64_t first = number_from("GUARD_SEED", 1), runs = number_from("GUARD_RUNS", 2000);
	for (uint64_t seed = first; seed < first + runs; seed++) {
		const char *wrong = one_run(seed);
		if (wrong)
			fail_msg("GUARD_SEED=%llu GUARD_RUNS=1: %s", (unsigned long long)seed,
				 wrong);
	}
	print_message("%zu plans, %zu removals sent, %zu withheld, %zu by hand, %zu changes by "
		      "others\n",
		      plans_seen, removals_seen, withheld_seen, steps_seen, interfered_seen);
	if (runs >= 1000) { /* a test that asks nothing would pass as well */
		assert_true(plans_seen > runs / 3);
		assert_true(removals_seen > runs / 10);
		assert_true(withheld_seen > runs / 10);
		assert_true(steps_seen > runs / 100);
	}
}

static int make_state(void **unused UNUSED)
{
	if (!mkdtemp(state))
		return -1;
	return setenv("XDG_STATE_HOME", state, 1);
}

static int drop_state(void **unused UNUSED)
{
	char command[64];
	snprintf(command, sizeof(command), "exec rm -rf '%s'", state);
	pid_t child = fork();
	if (child == 0) {
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(99);
	}
	return child < 0 || waitpid(child, NULL, 0) < 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(guards_hold_at_every_step),
	};
	return cmocka_run_group_tests(tests, make_state, drop_state);
}
