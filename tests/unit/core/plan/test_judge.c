/* SPDX-License-Identifier: Apache-2.0 */
/* What guards count and decide, each case a line: who holds what, what is to change, and what comes
 * of it. */
#include <string.h>

#include "core/plan/guard.h"
#include "core/util/keys.h"
#include "core/util/str.h"
#include "tests/unit/check.h"
#include "tests/unit/fence.h"

/* A holder is an account, "a" to "m", a user group, "n" to "t", or a user, "u" to "z". Held can be
 * the role of system or support administrators ("S", "T"), a product profile ("0" to "9"), an API
 * ("A"), or one that hands out rights ("M"). "a0" is a grant, "a" the account. */
#define HOLDERS 26

static const struct entitlement kinds[] = {
	{.role = ROLE_SYSTEM_ADMINISTRATOR},
	{.role = ROLE_SUPPORT_ADMINISTRATOR},
	{.api = "Some API"},
	{.api = "User Management API"},
};
static const char letters[] = "STAM";

struct handed {
	void *bytes;
	size_t len;
};

struct world {
	struct arena *arena;
	struct universe *u;
	struct intern *strings;
	uint32_t holders[HOLDERS], whats[128];
	struct key_vec pairs;
	struct change_vec changes;
	VEC(, struct change_rank) ranks;
	bool settled[64], unmet[64], owed[64], passed[64];
	VEC(, struct handed) given; /* what is judged; nothing behind it may be read */
};

static enum principal_kind kind_of(char who)
{
	return who < 'n' ? PRINCIPAL_ACCOUNT : who < 'u' ? PRINCIPAL_GROUP : PRINCIPAL_USER;
}

static void number_all(struct world *w)
{
	for (char who = 'a'; who <= 'z'; who++) {
		const char *name = arena_printf(
			w->arena, kind_of(who) == PRINCIPAL_USER ? "%c@x.org" : "%c", who);
		w->holders[who - 'a'] =
			universe_principal(w->u, kind_of(who), intern(w->strings, name), true);
	}
	for (size_t i = 0; letters[i]; i++)
		w->whats[(int)letters[i]] = universe_number(w->u, &kinds[i]);
	for (char what = '0'; what <= '9'; what++)
		w->whats[(int)what] = universe_entitlement(
			w->u, ROLE_NONE, intern(w->strings, "P"),
			intern(w->strings, arena_printf(w->arena, "%c", what)), NULL);
	universe_rank(w->u);
}

static uint64_t key_of(const struct world *w, const char *grant)
{
	return grant_key(universe_principal_rank(w->u, w->holders[grant[0] - 'a']),
			 universe_entitlement_rank(w->u, w->whats[(int)grant[1]]));
}

static void hold(struct world *w, const char *held)
{
	for (; *held; held += strcspn(held, " "), held += strspn(held, " ")) {
		if (held[1] && held[1] != ' ')
			vec_push(w->arena, &w->pairs, key_of(w, held));
	}
	keys_sort_once(&w->pairs);
}

static const struct account *account_of(struct world *w, char name, const char *credential)
{
	struct account *a = arena_zalloc(w->arena, sizeof(*a));
	a->meta.name = arena_printf(w->arena, "%c", name);
	a->credential = credential;
	return a;
}

/* "+a0" gives, "-a0" takes, "-a" deletes, "+a" makes, "~a" gives the name to another credential.
 * Behind it: "n" for a grant that is not listed any more, "e" for one that has ended, "p" where the
 * end is on record; "d" when it is done, "u" when it did not come about, "o" when an apply withheld
 * it; "?" when no read shows it, "i" when nobody would gain by it; "h" for one by hand, "g" for
 * one that gives rights in another way. */
static void change(struct world *w, const char *text)
{
	size_t n = w->changes.len;
	bool grant = text[2] && strchr("STAM0123456789", text[2]);
	uint64_t key = grant ? key_of(w, text + 1) : 0;
	struct change c = {.principal =
				   universe_principal_numbered(w->u, w->holders[text[1] - 'a']),
			   .type = grant ? CHANGE_GRANT : CHANGE_ACCOUNT,
			   .action = *text == '+'   ? ACTION_CREATE
				     : *text == '-' ? ACTION_DELETE
						    : ACTION_UPDATE,
			   .reason = REASON_ADDED,
			   .risk = RISK_ORDINARY};
	if (grant)
		c.entitlement = universe_entitlement_at(w->u, grant_entitlement(key));
	if (c.action == ACTION_UPDATE) {
		c.before = account_of(w, text[1], "old");
		c.after = account_of(w, text[1], "new");
		c.attributes = ATTRIBUTE_CREDENTIAL;
	}
	for (const char *flag = text + (grant ? 3 : 2); *flag && *flag != ' '; flag++) {
		c.reason = *flag == 'n'	  ? REASON_NOT_LISTED
			   : *flag == 'e' ? REASON_EXPIRED
					  : c.reason;
		w->passed[n] |= *flag == 'p';
		w->settled[n] |= *flag == 'd';
		w->unmet[n] |= *flag == 'u';
		w->owed[n] |= *flag == 'o';
		c.unseen |= *flag == '?';
		c.idle |= *flag == 'i';
		c.via = *flag == 'h' ? CAN_MANUAL : c.via;
		c.risk = *flag == 'g' ? RISK_ADMIN_GRANT : c.risk;
	}
	vec_push(w->arena, &w->changes, c);
	struct change_rank rank = {universe_principal_rank(w->u, w->holders[text[1] - 'a']),
				   grant_entitlement(key)};
	vec_push(w->arena, &w->ranks, rank);
}

static void change_all(struct world *w, const char *changes)
{
	for (; *changes; changes += strcspn(changes, " "), changes += strspn(changes, " "))
		change(w, changes);
}

/* "maxRemovals 21/20 withheld; " for each guard that does not pass, then a letter for each change:
 * "." goes on, "c" lacks consent, "h" would leave too few, "o" is writ's own, "r" has no
 * replacement. */
static const char *told(struct world *w, const struct judgement *j)
{
	static const char why[WITHHELD_COUNT] = ".chor?";
	struct str out = STR(w->arena);
	for (size_t i = 0; i < j->guards.len; i++) {
		const struct guard *g = &j->guards.at[i];
		if (g->verdict != VERDICT_PASS)
			str_printf(&out, "%s %lld/%lld %s; ", g->name, (long long)g->value,
				   (long long)g->limit, verdict_name(g->verdict));
	}
	for (size_t i = 0; i < w->changes.len; i++)
		str_addc(&out, why[j->withheld[i]]);
	return str_text(&out);
}

static void *give(struct world *w, const void *bytes, size_t len)
{
	struct handed given = {fenced(bytes, len), len};
	vec_push(w->arena, &w->given, given);
	return given.bytes;
}

struct row {
	const char *held, *changes;
	struct consent consent;
	const char *due;
	const char *own;
	int accounts; /* that are live */
	bool empty;
	int shrink;
	bool again;   /* in mid-run */
	char blocked; /* a grant of it is not possible yet; 0: none is */
};

#define ASKED .admin_grants = -1
#define SOME(n)                                                                                    \
	{                                                                                          \
		CONSENT_COUNT, (n), ASKED                                                          \
	}
#define SHARE(n)                                                                                   \
	{                                                                                          \
		CONSENT_PERCENT, (n), ASKED                                                        \
	}
#define NONE                                                                                       \
	{                                                                                          \
		CONSENT_NONE, 0, ASKED                                                             \
	}
#define ENDED                                                                                      \
	{                                                                                          \
		CONSENT_NONE, 0, ASKED, .expired = true                                            \
	}

static const char *judge(struct arena *a, const struct row *row, const struct policy *policy)
{
	struct world w = {.arena = a, .strings = intern_new()};
	struct account accounts[16] = {0};
	w.u = universe_new(w.strings);
	number_all(&w);
	hold(&w, row->held);
	change_all(&w, row->changes);
	for (int i = 0; i < row->accounts; i++)
		accounts[i].meta.name = arena_printf(a, "%c", 'a' + i);
	const struct live live = {.own = row->own,
				  .accounts = {accounts, (size_t)row->accounts, 16}};
	const struct entitlement *blocked =
		row->blocked
			? universe_entitlement_at(
				  w.u, grant_entitlement(key_of(&w, (char[]){'a', row->blocked})))
			: NULL;
	const size_t count = w.changes.len;
	w.changes.at = give(&w, w.changes.at, count * sizeof(*w.changes.at));
	const struct guard_input input = {
		.changes = &w.changes,
		.ranks = give(&w, w.ranks.at, count * sizeof(*w.ranks.at)),
		.blocked = &blocked,
		.blocked_count = blocked != NULL,
		.universe = w.u,
		.live = &live,
		.pairs = give(&w, w.pairs.at, w.pairs.len * sizeof(*w.pairs.at)),
		.count = w.pairs.len,
		.policy = *policy,
		.consent = row->consent,
		.empty_manifests = row->empty,
		.live_shrink = row->shrink,
		.settled = give(&w, w.settled, count),
		.unmet = give(&w, w.unmet, count),
		.owed = give(&w, w.owed, count),
		.passed = give(&w, w.passed, count)};
	struct judgement j;
	if (row->again) {
		j = (struct judgement){.withheld = arena_zalloc(a, w.changes.len + 1)};
		guard_judge_again(&input, a, &j);
	} else {
		guard_judge(&input, a, &j);
	}
	const char *out = told(&w, &j);
	for (size_t i = 0; i < w.given.len; i++)
		unfence(w.given.at[i].bytes, w.given.at[i].len);
	universe_free(w.u);
	intern_free(w.strings);
	return out;
}

static void check(const struct row *rows, size_t count, const struct policy *policy)
{
	for (size_t i = 0; i < count; i++) {
		ARENA a = {0};
		const char *out = judge(&a, &rows[i], policy);
		if (strcmp(out, rows[i].due) != 0)
			fail_msg("row %zu, held %s, changes %s: \"%s\", not \"%s\"", i,
				 rows[i].held, rows[i].changes, out, rows[i].due);
	}
}

#define CHECK(rows, policy) check(rows, sizeof(rows) / sizeof(*(rows)), policy)

/* At most two ordinary removals and half of what is held go without consent; two rights may be
 * given, and nobody has to be kept. */
static const struct policy small = {
	.max_removals = 2, .max_removal_delta = 50, .max_admin_grants = 2, .max_live_shrink = 25};
/* Any number of them; the share alone counts. */
static const struct policy share = {
	.max_removals = 100, .max_removal_delta = 50, .max_admin_grants = 2, .max_live_shrink = 25};
static const struct policy kept = {
	.max_removals = 100,
	.max_removal_delta = 100,
	.max_admin_grants = 100,
	.max_live_shrink = 25,
	.min_persons = 1,
	.min_holders = {[ROLE_SYSTEM_ADMINISTRATOR] = 2, [ROLE_SUPPORT_ADMINISTRATOR] = 1}};

static void removals_need_consent(void **state UNUSED)
{
	static const struct row rows[] = {
		{"a0 a1 a2 b0", "-a0 -a1", NONE, ".."},
		{"a0 a1 a2 b0", "-a0 -a1 -a2", NONE, "maxRemovals 3/2 withheld; ccc"},
		{"a0 a1 a2 b0", "-a0 -a1 -a2", SOME(3), "maxRemovals 3/2 allowed; ..."},
		{"a0 a1 a2 b0", "-a0 -a1 -a2", SOME(2), "maxRemovals 3/2 withheld; ccc"},
		{"a0 a1 a2 b0", "-a0 -a1 -a2", SHARE(75), "maxRemovals 3/2 allowed; ..."},
		{"a0 a1 a2 b0", "-a0 -a1 -a2", SHARE(74), "maxRemovals 3/2 withheld; ccc"},
		/* a role always does, and the other class goes on without it */
		{"aT a0 b0", "-aT -a0", NONE, "roleRemovals 1/0 withheld; c."},
		{"aT a0 b0", "-aT -a0", SOME(2), "roleRemovals 1/0 allowed; .."},
		{"aT a0 b0", "-aT -a0", SOME(1), "roleRemovals 1/0 withheld; c."},
		/* an API that hands out rights is one of the roles */
		{"aM aA b0", "-aM -aA", NONE, "roleRemovals 1/0 withheld; c."},
		/* what goes with an account counts, of that account alone */
		{"a0 aT b0 b1 c0 c1", "-a", SOME(1), "accountDeletes 1/0 allowed; ."},
		{"a0 a1 a2 b0 b1 b2 c0", "-a", SOME(1),
		 "maxRemovals 3/2 allowed; accountDeletes 1/0 allowed; ."},
		{"a0 a1 a2 b0 b1 b2 c0", "-a", NONE,
		 "maxRemovals 3/2 withheld; accountDeletes 1/0 withheld; c"},
		{"a0 a1 b0 b1", "-a -b0", SOME(1),
		 "maxRemovals 3/2 withheld; accountDeletes 1/0 withheld; cc"},
		{"a0 a1 b0 b1", "-a -b0", SOME(2),
		 "maxRemovals 3/2 allowed; accountDeletes 1/0 allowed; .."},
		{"aS aT aM bS", "-a", SHARE(50), "accountDeletes 1/0 withheld; c", .accounts = 1},
		{"aS aT aM bS", "-a", SHARE(50), "accountDeletes 1/0 allowed; .", .accounts = 2},
		/* rights that go with an account are part of their class */
		{"aS aT bS bT", "-a -bT", SHARE(75),
		 "roleRemovals 1/0 allowed; accountDeletes 1/0 allowed; ..", .accounts = 2},
		{"aS aT bS bT", "-a -bT", SHARE(74),
		 "roleRemovals 1/0 withheld; accountDeletes 1/0 allowed; .c", .accounts = 2},
		/* what is done is not counted again */
		{"a0 a1 a2 b0", "-a0d -a1 -a2", NONE, "..."},
		{"a0 a1 a2 b0", "-a0d -a1d -a2d", NONE, "..."},
		/* what no read shows may be live: 1 of 2, not 1 of 1 */
		{"aT", "-aT -bT?", SHARE(99), "roleRemovals 2/0 withheld; cc"},
		{"aT", "-bT?", SHARE(50), "roleRemovals 1/0 allowed; ."},
		/* no more than what is taken is asked for */
		{"a0", "+b0", NONE, "."},
		{"", "", NONE, ""},
	};
	CHECK(rows, &small);
}

static void a_share_counts_from_five_on(void **state UNUSED)
{
	static const struct row rows[] = {
		{"a0 a1 a2 a3 b0", "-a0 -a1 -a2 -a3", NONE, "...."},
		{"a0 a1 a2 a3 a4 b0", "-a0 -a1 -a2 -a3 -a4", NONE,
		 "maxRemovalDelta 84/50 withheld; ccccc"},
		{"a0 a1 a2 a3 a4 b0 b1 b2 b3 b4", "-a0 -a1 -a2 -a3 -a4", NONE, "....."},
		{"a0 a1 a2 a3 a4 b0 b1 b2 b3", "-a0 -a1 -a2 -a3 -a4", NONE,
		 "maxRemovalDelta 56/50 withheld; ccccc"},
		{"a0 a1 a2 a3 a4 b0 b1 b2 b3", "-a0 -a1 -a2 -a3 -a4", SHARE(56),
		 "maxRemovalDelta 56/50 allowed; ....."},
		/* roles are another class */
		{"a0 a1 a2 a3 a4 bS bT bM cS cT cM", "-a0 -a1 -a2 -a3 -a4", NONE,
		 "maxRemovalDelta 100/50 withheld; ccccc"},
	};
	CHECK(rows, &share);
}

static void what_was_withheld_once_needs_consent(void **state UNUSED)
{
	static const struct row rows[] = {
		{"a0 a1 b0", "-a0o", NONE, "withheldBefore 1/0 withheld; c"},
		{"a0 a1 b0", "-a0o -a1", NONE, "withheldBefore 2/0 withheld; cc"},
		{"a0 a1 b0", "-a0o", SOME(1), "withheldBefore 1/0 allowed; ."},
		{"a0 a1 b0", "-a0od -a1", NONE, ".."},
		/* the class of what was withheld, not each other one */
		{"a0 a1 bT", "-a0 -bTo", NONE, "roleRemovals 1/0 withheld; .c"},
		{"a0 a1 a2", "-a0o -a1 -a2", NONE, "maxRemovals 3/2 withheld; ccc"},
		/* it went another way, and is given again */
		{"a1 b0", "+a0o -a1", NONE, ".."},
	};
	CHECK(rows, &small);
}

static void ends_need_a_record(void **state UNUSED)
{
	static const struct row rows[] = {
		{"aT b0", "-aTe", NONE, "roleRemovals 1/0 withheld; c"},
		{"aT b0", "-aTep", NONE, "roleRemovals 1/0 withheld; c"},
		{"aT b0", "-aTe", ENDED, "roleRemovals 1/0 withheld; c"},
		{"aT b0", "-aTep", ENDED, "."},
		{"aT b0", "-aTp", ENDED, "roleRemovals 1/0 withheld; c"},
		/* what has ended lends its consent to nothing else */
		{"aT bT", "-aTep -bT", ENDED, "roleRemovals 1/0 withheld; .c"},
		{"a0 a1 a2 b0", "-a0ep -a1 -a2", ENDED, "..."},
	};
	CHECK(rows, &small);
}

static void rights_are_given_up_to_a_number(void **state UNUSED)
{
	static const struct row rows[] = {
		{"", "+aT +bT", NONE, ".."},
		{"", "+aT +bT +cM", NONE, "maxAdminGrants 3/2 refused; ..."},
		{"", "+aT +bT +cM", {CONSENT_NONE, 0, 3}, "maxAdminGrants 3/2 allowed; ..."},
		{"", "+aT +bT +cM", {CONSENT_NONE, 0, 2}, "maxAdminGrants 3/2 refused; ..."},
		{"", "+aTd +bT +cM", NONE, "..."},
		{"", "+a0 +bA +aT +bT", NONE, "...."},
		/* a name that holds or gets rights goes to another credential */
		{"aT", "~a +bT +cT", NONE, "maxAdminGrants 3/2 refused; ..."},
		{"a0", "~a +bT +cT", NONE, "..."},
		{"a0", "~a +aT +cT", NONE, "maxAdminGrants 3/2 refused; ..."},
		{"a0", "~a +bT +cM +d0", NONE, "...."},
		{"a0", "~a +bT +a0", NONE, "..."},
		{"a0", "+a1g +bT +cT", NONE, "maxAdminGrants 3/2 refused; ..."},
	};
	CHECK(rows, &small);
}

static void some_things_refuse_the_whole(void **state UNUSED)
{
	static const struct row rows[] = {
		{"a0", "-a0", NONE, "emptyManifests 1/0 refused; .", .empty = true},
		{"a0", "", NONE, "", .empty = true},
		{"a0 b0", "-a -b", SOME(2),
		 "accountDeletes 2/0 allowed; emptyManifests 2/0 refused; ..", .accounts = 2},
		{"a0 b0", "-a -b", SOME(2), "accountDeletes 2/0 allowed; ..", .accounts = 3},
		{"a0 b0", "-a", SOME(1), "accountDeletes 1/0 allowed; .", .accounts = 1},
		{"a0 b0", "+c -a -b", SOME(2), "accountDeletes 2/0 allowed; ...", .accounts = 2},
		{"a0", "", NONE, "", .shrink = 25},
		{"a0", "", NONE, "liveShrink 26/25 refused; ", .shrink = 26},
		{"a0",
		 "",
		 {CONSENT_NONE, 0, ASKED, .live_shrink = true},
		 "liveShrink 26/25 allowed; ",
		 .shrink = 26},
	};
	CHECK(rows, &small);
}

static void roles_keep_their_holders(void **state UNUSED)
{
	static const struct row rows[] = {
		{"aS bS uS", "-aS", SOME(9), "roleRemovals 1/0 allowed; ."},
		{"aS uS", "-aS", SOME(9), "roleRemovals 1/0 allowed; minHolders 1/2 withheld; h"},
		/* the last person stays, though enough others hold it */
		{"aS bS cS uS", "-uS", SOME(9),
		 "roleRemovals 1/0 allowed; minPersons 0/1 withheld; h"},
		{"aS bS uS vS", "-uS", SOME(9), "roleRemovals 1/0 allowed; ."},
		/* holders enough, persons too few: one limit is told, and not the other */
		{"aS bS uS", "-uS", SOME(9),
		 "roleRemovals 1/0 allowed; minPersons 0/1 withheld; h"},
		/* what may not be there takes no person from those who are */
		{"aS bS uS", "-vS?", SOME(9), "roleRemovals 1/0 allowed; ."},
		{"aS bS uS", "-v", SOME(9), "accountDeletes 1/0 allowed; ."},
		/* a group is a holder, and no person */
		{"nS uS vS", "-uS -nS", SOME(9),
		 "roleRemovals 2/0 allowed; minHolders 1/2 withheld; .h"},
		/* of several those from the first that would leave too few */
		{"aS bS cS uS", "-aS -bS -cS", SOME(9),
		 "roleRemovals 3/0 allowed; minHolders 1/2 withheld; ..h"},
		/* what comes counts, when it is known to come */
		{"aS uS", "+bS -aS", SOME(9), "roleRemovals 1/0 allowed; .."},
		{"aS uS", "+bSh -aS", SOME(9),
		 "roleRemovals 1/0 allowed; minHolders 1/2 withheld; .h"},
		{"aS uS", "+bS? -aS", SOME(9),
		 "roleRemovals 1/0 allowed; minHolders 1/2 withheld; .h"},
		{"aS uS", "+bSd -aS", SOME(9),
		 "roleRemovals 1/0 allowed; minHolders 1/2 withheld; .h"},
		/* with an account goes what it holds */
		{"aS uS", "-a", SOME(9), "accountDeletes 1/0 allowed; minHolders 1/2 withheld; h",
		 .accounts = 3},
		{"aS bS uS", "-a", SOME(9), "accountDeletes 1/0 allowed; .", .accounts = 3},
		/* what has ended ends, but for the last system administrators */
		{"aT uS vS", "-aTep", ENDED, "."},
		{"aT uS vS", "-aT", SOME(9),
		 "roleRemovals 1/0 allowed; minHolders 0/1 withheld; h"},
		{"aS uS", "-aSep", ENDED, "minHolders 1/2 withheld; h"},
		/* where too few are there already, only what takes one of them stays */
		{"uS", "-a0 -b", SOME(9), "accountDeletes 1/0 allowed; ..", .accounts = 3},
		/* one that lacks consent takes no seat from another */
		{"aS bS uS aT bT", "-aS -bSd", SOME(9), "roleRemovals 1/0 allowed; .."},
	};
	CHECK(rows, &kept);
}

static void replacements_come_first(void **state UNUSED)
{
	static const struct row rows[] = {
		{"a0", "+b0h -a0n", NONE, "replacement 1/0 withheld; .r"},
		{"a0", "+b0 -a0n", NONE, ".."},
		{"a0", "+b0hd -a0n", NONE, ".."},
		{"a0", "+b0? -a0n", NONE, "replacement 1/0 withheld; .r"},
		{"a0", "+b0?i -a0n", NONE, ".."},
		{"a0", "+b1h -a0n", NONE, ".."},
		{"a0", "+b0h -a0", NONE, ".."},
		{"a0 c0", "+b0h -a0n -c0n", NONE, "replacement 2/0 withheld; .rr"},
		{"a0 c0", "+b0h -a0n -c0nd", NONE, "replacement 1/0 withheld; .r."},
		{"a0", "+b0h -a0n", {CONSENT_NONE, 0, ASKED, .unreplaced = true}, ".."},
		/* what was to come is not possible yet */
		{"a0", "-a0n", NONE, "replacement 1/0 withheld; r", .blocked = '0'},
		{"a0", "-a0n", NONE, ".", .blocked = '1'},
		/* by now it failed */
		{"a0", "+b0ud -a0n", NONE, "replacement 1/0 withheld; .r", .again = true},
		{"a0", "+b0d -a0n", NONE, "..", .again = true},
		{"a0 bT", "-a0u -bTn", NONE, "..", .again = true},
	};
	CHECK(rows, &small);
}

static void own_rights_stay(void **state UNUSED)
{
	static const struct row rows[] = {
		{"aT bT", "-aT -bT", SOME(9),
		 "roleRemovals 2/0 allowed; ownRights 1/0 withheld; o.", .own = "a"},
		{"a0 aA", "-a0 -aA", NONE, "..", .own = "a"},
		{"aT", "-a", SOME(9), "accountDeletes 1/0 allowed; ownRights 1/0 withheld; o",
		 .own = "a", .accounts = 3},
		{"aT", "~a", SOME(9), "ownRights 1/0 withheld; o", .own = "a"},
		{"aT", "+aT", SOME(9), ".", .own = "a"},
		{"aT", "-aTd", SOME(9), ".", .own = "a"},
		{"aT", "-aT", SOME(9), "ownRights 1/0 withheld; o", .own = "a", .again = true},
	};
	CHECK(rows, &small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(removals_need_consent),
		cmocka_unit_test(a_share_counts_from_five_on),
		cmocka_unit_test(what_was_withheld_once_needs_consent),
		cmocka_unit_test(ends_need_a_record),
		cmocka_unit_test(rights_are_given_up_to_a_number),
		cmocka_unit_test(some_things_refuse_the_whole),
		cmocka_unit_test(roles_keep_their_holders),
		cmocka_unit_test(replacements_come_first),
		cmocka_unit_test(own_rights_stay),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
