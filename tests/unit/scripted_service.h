/* SPDX-License-Identifier: Apache-2.0 */
/* scripted_service.h - an organisation of a dozen names, beside which a plan is applied whose every
 * answer is written down before. What is read and sent, what becomes of each change and what the
 * ledger then says come back as texts, so that a test is a row of them.
 *
 * Pairs are words: "u0.sys", "robot.product", "ops.product"; "robot" alone is the account. */
#ifndef WRIT_TEST_SCRIPTED_SERVICE_H
#define WRIT_TEST_SCRIPTED_SERVICE_H

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/contract/provider.h"
#include "core/ledger/ledger.h"
#include "core/ledger/stores/stores.h"
#include "core/model/live.h"
#include "core/plan/change.h"
#include "core/util/str.h"
#include "tests/unit/check.h"

enum { ROBOT, OTHER, SPARE, OPS, U0, WHO = U0 + 10 };
enum { SYS, SUPPORT, PRODUCT, WHAT };
#define ACCOUNTS 3
#define BEGIN 1780272000 /* when plans are made */
#define PLANS_MAX 8
#define CALLS_MAX 200 /* a run that calls more often does not end by itself */

static const char *const who_names[WHO] = {"robot", "other", "spare", "Ops"};
static const char *const what_names[WHAT] = {"sys", "support", "product"};
static const enum role what_roles[WHAT] = {ROLE_SYSTEM_ADMINISTRATOR, ROLE_SUPPORT_ADMINISTRATOR,
					   ROLE_NONE};

struct holdings {
	bool there[ACCOUNTS], held[WHO][WHAT];
	int late[WHO][WHAT];	   /* so many more reads show it as it was before */
	int lingers[ACCOUNTS];	   /* so many more reads show the account, which is gone, */
	bool left[ACCOUNTS][WHAT]; /* and that it holds this */
};

/* What one apply is to meet. */
struct step {
	/* By change that is sent: '+' done, '-' refused ('q' without a word, 'r' in others), '?'
	 * not done and unknown ('u' in words of a look), '!' done and unknown, 'n' not sent, 'l'
	 * done and shown three reads later, 'x' accepted and never done, 'E' the whole call fails,
	 * 'W' though it was done. Behind its end all is done. */
	const char *answers;
	const char *due; /* "reads and sends | fates | error" */
	int64_t later;	 /* seconds behind BEGIN */
	bool unsaved, part, expected;
	size_t stop_behind;    /* a signal comes with this call; 0: none */
	size_t blind_from;     /* reads fail from this one on; 0: none does */
	const char *meanwhile; /* what others take behind the first call, such as "u2.sys" */
	const char *commit;    /* the snapshot's; NULL: none */
	bool uncommitted;      /* and there should be one */
	bool taken;	       /* another run takes over behind the first call */
	size_t dies_behind;    /* this call of the service is the last of its process; 0: none */
	const char *before;    /* what others took before the run */
	const char *untold;    /* why it cannot be told whether the plan was used; NULL: it can */
	unsigned patience_ms;
	size_t read_bytes;     /* that each read takes; 0: what there is to tell */
	unsigned secret_after; /* so many looks do not show a new account's secret */
};

struct scene {
	const char *held, *wanted; /* pairs and accounts */
	const char *absent;	   /* accounts that are to go */
	const char *manual;	   /* pairs that a person changes */
	const char *hidden;	   /* pairs that no read shows */
	const char *expired;	   /* pairs whose last day is over */
	const char *lasting;	   /* pairs with an end that is to come */
	size_t batch;		   /* 0: 10 */
	int min_sys;		   /* 0: 2 */
	int min_support;
	int64_t later; /* seconds behind BEGIN at which it is planned */
	bool sink;
	int percent_given; /* consent to removals; 0: to all, -1: to none */
};

static struct scripted_service {
	const struct scene *scene;
	const struct step *step;
	struct holdings *now; /* shared with processes that die */
	struct arena arena;
	struct intern *strings;
	struct universe *universes[PLANS_MAX]; /* which the names of plans are in */
	size_t plans;
	struct str trace;
	size_t reads, calls, answered, looks;
	volatile sig_atomic_t stop;
	size_t memory;	 /* what all of the process has, behind the last read */
	size_t reserved; /* bytes that were asked of the ledger before a run began */
	const char *key;
} service;

static char service_folder[] = "/dev/shm/writ-apply-XXXXXX";

/* ---- words ---- */

static int index_of(const char *const *names, int count, const char *name, size_t len)
{
	for (int i = 0; i < count; i++) {
		if (strlen(names[i]) == len && !strncasecmp(names[i], name, len))
			return i;
	}
	return -1;
}

static int who_called(const char *name, size_t len)
{
	if (len == 2 && name[0] == 'u')
		return U0 + name[1] - '0';
	return index_of(who_names, U0, name, len);
}

static const char *full_name(struct arena *a, int who)
{
	return who < U0 ? who_names[who] : arena_printf(a, "u%d@example.com", who - U0);
}

static enum principal_kind kind_of(int who)
{
	return who < ACCOUNTS ? PRINCIPAL_ACCOUNT : who == OPS ? PRINCIPAL_GROUP : PRINCIPAL_USER;
}

/* Sets each pair that a text names. */
static void let(struct holdings *h, const char *text, bool value)
{
	while (text && *text) {
		size_t len = strcspn(text, " "), name = strcspn(text, ". ");
		int who = who_called(text, name);
		assert_in_range(who, 0, WHO - 1);
		if (name < len) {
			int what = index_of(what_names, WHAT, text + name + 1, len - name - 1);
			assert_in_range(what, 0, WHAT - 1);
			h->held[who][what] = value;
		}
		if (who < ACCOUNTS && value)
			h->there[who] = true;
		if (who < ACCOUNTS && name == len)
			h->there[who] = value;
		text += len + (text[len] == ' ');
	}
}

static int who_of(const struct principal *p)
{
	ARENA a = {0};
	for (int who = 0; who < WHO; who++) {
		if (!strcmp(full_name(&a, who), p->name))
			return who;
	}
	return -1; /* any user, where no list says who is there */
}

static int what_of(const struct entitlement *e)
{
	for (int what = 0; what < WHAT; what++) {
		if (what_roles[what] == e->role)
			return what;
	}
	return -1; /* a role that no scene is about */
}

static bool is_named(const char *text, const struct principal *p, const struct entitlement *e)
{
	struct holdings named = {0};
	int who = who_of(p), what = what_of(e);
	let(&named, text, true);
	return who >= 0 && what >= 0 && named.held[who][what];
}

static struct ledger *open_again(void)
{
	struct store *store = NULL;
	struct ledger *l = NULL;
	assert_ok(folder_store_open(service.key, &store));
	assert_ok(ledger_open(store, &l));
	return l;
}

/* ---- the service ---- */

static const char *service_identity(struct provider *p UNUSED)
{
	return "scripted";
}

static enum capability service_can_grant(struct provider *p UNUSED, const struct principal *who,
					 const struct account *account UNUSED,
					 const struct entitlement *e)
{
	return is_named(service.scene->manual, who, e) ? CAN_MANUAL : CAN_API;
}

static enum capability service_can_account(struct provider *p UNUSED)
{
	return CAN_API;
}

static const char *service_check(struct provider *p UNUSED, struct arena *a UNUSED,
				 const struct account *account UNUSED)
{
	return NULL;
}

static bool service_sees(struct provider *p UNUSED, const struct principal *who,
			 const struct account *account UNUSED, const struct entitlement *e)
{
	return !is_named(service.scene->hidden, who, e);
}

static bool lingers(int who)
{
	bool late = !service.now->there[who] && service.now->lingers[who] > 0;
	service.now->lingers[who] -= late;
	return late;
}

static bool shows(int who, int what)
{
	bool late = service.now->late[who][what] > 0;
	service.now->late[who][what] -= late;
	return service.now->held[who][what] != late;
}

static uint32_t number_of(struct universe *u, int what)
{
	const char *product = intern(service.strings, "P"), *profile = intern(service.strings, "A");
	return what == PRODUCT ? universe_entitlement(u, ROLE_NONE, product, profile, NULL)
			       : universe_entitlement(u, what_roles[what], NULL, NULL, NULL);
}

static struct error *service_read(struct provider *p UNUSED, struct arena *a, struct universe *u,
				  const struct query *query, struct live *out)
{
	struct holdings hidden = {0};
	let(&hidden, service.scene->hidden, true);
	str_add(&service.trace, query->role_count ? "r " : "R ");
	if (service.step && service.step->blind_from && ++service.reads >= service.step->blind_from)
		return error_new(ERROR_REMOTE, "nothing can be read");
	out->organization = "acme";
	out->source = "scripted";
	out->whole = true;
	for (int who = 0; who < WHO; who++) {
		const char *name = intern(service.strings, full_name(a, who));
		uint32_t principal = universe_principal(u, kind_of(who), name, true);
		bool late = who < ACCOUNTS && lingers(who);
		if (who < ACCOUNTS && !service.now->there[who] && !late)
			continue;
		if (who < ACCOUNTS) {
			struct account account = {.meta.name = name,
						  .id = arena_printf(a, "id-%d", who)};
			vec_push(a, &out->accounts, account);
		}
		for (int what = 0; what < WHAT; what++) {
			bool shown = late ? service.now->left[who][what] : shows(who, what);
			if (shown && !hidden.held[who][what])
				vec_push(a, &out->grants,
					 (struct pair){principal, number_of(u, what)});
		}
	}
	live_sort(&out->accounts);
	if (service.step && service.step->read_bytes) {
		arena_alloc(a, service.step->read_bytes);
		const struct mallinfo2 m = mallinfo2();
		service.memory = m.uordblks + m.hblkhd;
	}
	return NULL;
}

static void linger(int who)
{
	service.now->lingers[who] = 3;
	memcpy(service.now->left[who], service.now->held[who], sizeof(service.now->left[who]));
}

static void carry_out(const struct change *c)
{
	int who = who_of(c->principal);
	bool value = c->action == ACTION_CREATE;
	if (c->type == CHANGE_GRANT) {
		service.now->held[who][what_of(c->entitlement)] = value;
		return;
	}
	service.now->there[who] = value;
	if (!value)
		memset(service.now->held[who], 0, sizeof(service.now->held[who]));
}

static void answer(const struct change *c, char how, struct outcome *out)
{
	static const struct {
		char how;
		enum outcome_class class;
		bool done;
		const char *message;
	} rows[] = {
		{'+', OUTCOME_APPLIED, true, NULL},
		{'-', OUTCOME_REFUSED, false, "refused"},
		{'?', OUTCOME_UNKNOWN, false, "no answer"},
		{'!', OUTCOME_UNKNOWN, true, "no answer"},
		{'u', OUTCOME_UNKNOWN, false, "it says: no read shows it"},
		{'q', OUTCOME_REFUSED, false, NULL},
		{'r', OUTCOME_REFUSED, false, "refused, and why"},
		{'n', OUTCOME_NOT_SENT, false, "not sent"},
		{'l', OUTCOME_APPLIED, true, NULL},
		{'x', OUTCOME_APPLIED, false, NULL},
		{'W', OUTCOME_APPLIED, true, NULL},
	};
	size_t i = 0;
	while (i < COUNT(rows) && rows[i].how != how)
		i++;
	assert_in_range(i, 0, COUNT(rows) - 1);
	*out = (struct outcome){.class = rows[i].class, .message = rows[i].message};
	bool delete = c->type == CHANGE_ACCOUNT && c->action == ACTION_DELETE;
	if (how == 'l' && delete)
		linger(who_of(c->principal));
	if (rows[i].done)
		carry_out(c);
	if (how == 'l' && !delete)
		service.now->late[who_of(c->principal)][what_of(c->entitlement)] = 3;
}

static void trace_change(const struct change *c, const struct outcome *o)
{
	static const char *const signs[] = {"+", "~", "-"};
	int who = who_of(c->principal);
	str_add(&service.trace, signs[c->action]);
	if (who < U0)
		str_add(&service.trace, who == OPS ? "ops" : who_names[who]);
	else
		str_printf(&service.trace, "u%d", who - U0);
	if (c->entitlement)
		str_printf(&service.trace, ".%s", what_names[what_of(c->entitlement)]);
	str_add(&service.trace, o->tried ? "/tried " : " ");
}

static void others_come_by(void)
{
	if (service.calls != 1)
		return;
	let(service.now, service.step->meanwhile, false);
	if (!service.step->taken)
		return;
	struct ledger *other = open_again();
	ledger_add(other, ENTRY_TAKEOVER, NULL, "{\"actor\": \"bob\", \"lease_ms\": 10}");
	assert_ok(ledger_write(other));
	ledger_close(other);
}

static struct error *lose_call(void)
{
	service.trace.len--;
	str_add(&service.trace, ") ");
	return error_new(ERROR_REMOTE, "the service is gone");
}

static struct error *service_execute(struct provider *p UNUSED, struct arena *a UNUSED,
				     const struct change *const *batch, size_t len,
				     struct outcome *outcomes)
{
	const char *answers = service.step->answers ? service.step->answers : "";
	assert_in_range(++service.calls, 1, CALLS_MAX);
	str_addc(&service.trace, '(');
	for (size_t i = 0; i < len; i++) {
		size_t at = service.answered++;
		char how = '+';
		if (at < strlen(answers))
			how = answers[at];
		trace_change(batch[i], &outcomes[i]);
		if (how != 'E')
			answer(batch[i], how, &outcomes[i]);
		if (how == 'E' || how == 'W')
			return lose_call();
	}
	service.trace.len--;
	str_add(&service.trace, ") ");
	others_come_by();
	if (service.calls == service.step->dies_behind)
		_exit(0);
	service.stop = service.calls == service.step->stop_behind;
	return NULL;
}

static unsigned service_patience(struct provider *p UNUSED)
{
	return service.step->patience_ms;
}

static bool service_has_sink(struct provider *p UNUSED)
{
	return service.scene->sink;
}

static struct error *service_deliver(struct provider *p UNUSED, struct arena *a UNUSED,
				     const char *account, bool again, struct outcome *out)
{
	bool there = service.looks++ >= service.step->secret_after;
	str_printf(&service.trace, "$%s%s ", account, again ? "/again" : "");
	*out = (struct outcome){.class = there ? OUTCOME_APPLIED : OUTCOME_NOT_SENT};
	return NULL;
}

static const struct provider_reader scripted_reader = {.name = "scripted",
						       .read = service_read,
						       .can_grant = service_can_grant,
						       .can_account = service_can_account,
						       .check_account = service_check,
						       .sees = service_sees,
						       .identity = service_identity};

#endif
