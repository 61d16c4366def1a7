/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/render/planfile_loader.h"

void loader_read_lines(const struct planfile_loader *l, struct json_span object, const char *key,
		       struct line_vec *out)
{
	struct json_span list, item;
	struct json_cursor cursor = {0};
	if (!json_member(object, key, &list))
		return;
	while (json_next(list, &cursor, &item)) {
		const char *line = json_string(l->arena, item);
		if (line)
			vec_push(l->arena, out, line);
	}
}

/* A limit that the plan does not say is none: when it is applied, the plan's limits can only
 * tighten the operator's. */
static const struct policy no_limits = {.max_removals = INT32_MAX,
					.max_removal_delta = 100,
					.max_admin_grants = INT32_MAX,
					.max_live_shrink = 100};

static void read_min_holders(struct json_span policy, int32_t *out)
{
	struct json_span by_role;
	if (json_member(policy, "min_holders_by_role", &by_role)) {
		for (int role = 1; role < ROLE_COUNT; role++)
			out[role] = (int32_t)json_get_number(by_role, role_table[role].name, -1);
	}
	out[ROLE_SYSTEM_ADMINISTRATOR] = (int32_t)json_get_number(policy, "min_holders", -1);
}

/* For show. */
static void read_lost_rules(const struct planfile_loader *l, struct json_span policy)
{
	l->plan->rules_before = loader_text(l, policy, "rules_before");
	if (l->plan->rules_before)
		loader_read_lines(l, policy, "lost_rules", &l->plan->lost_rules);
}

/* For show. */
static void read_loosened(const struct planfile_loader *l, struct json_span policy)
{
	struct json_span list, item;
	struct json_cursor cursor = {0};
	l->plan->policy_before = loader_text(l, policy, "before");
	if (!l->plan->policy_before || !json_member(policy, "loosened", &list))
		return;
	while (json_next(list, &cursor, &item)) {
		struct loosened limit = {.name = loader_text(l, item, "name"),
					 .subject = loader_text(l, item, "subject"),
					 .before = json_get_number(item, "before", 0),
					 .now = json_get_number(item, "now", 0)};
		if (limit.name)
			vec_push(l->arena, &l->plan->loosened, limit);
	}
}

void loader_read_policy(const struct planfile_loader *l, struct json_span root)
{
	struct json_span policy;
	struct guards limits = GUARDS_UNSAID;
	int64_t shrink = no_limits.max_live_shrink;
	if (json_member(root, "policy", &policy)) {
		const char *digest = loader_text(l, policy, "digest");
		if (digest) /* for show */
			sha256_parse(digest, l->plan->policy_digest);
		shrink = json_get_number(policy, "max_live_shrink", shrink);
		limits.max_removals = (int32_t)json_get_number(policy, "max_removals", -1);
		limits.max_removal_delta =
			(int32_t)json_get_number(policy, "max_removal_delta", -1);
		limits.max_admin_grants = (int32_t)json_get_number(policy, "max_admin_grants", -1);
		limits.min_persons = (int32_t)json_get_number(policy, "min_persons", -1);
		read_min_holders(policy, limits.min_holders);
		read_loosened(l, policy);
		read_lost_rules(l, policy);
	}
	l->plan->policy = policy_tighten(no_limits, &limits);
	if (shrink < no_limits.max_live_shrink)
		l->plan->policy.max_live_shrink = (int32_t)shrink;
}

void loader_read_consent(const struct planfile_loader *l, struct json_span root)
{
	struct json_span consent;
	l->plan->consent = (struct consent){.admin_grants = -1};
	if (!json_member(root, "consent", &consent))
		return;
	const char *remove = loader_text(l, consent, "allow_remove");
	if (remove)
		consent_parse(remove, &l->plan->consent);
	l->plan->consent.admin_grants = (int32_t)json_get_number(consent, "allow_admin_grants", -1);
	l->plan->consent.live_shrink = json_get_true(consent, "allow_live_shrink");
	l->plan->consent.expired = json_get_true(consent, "allow_expired");
	l->plan->consent.unreplaced = json_get_true(consent, "allow_unreplaced");
}

static const char *verdict_word(unsigned i)
{
	return verdict_name(i);
}

/* Takes over what a reviewer was shown of a guard, since the digest is over that: no limit counts
 * for less than it said there, and what the read lacked stays as it was. */
static void hold_to(struct plan *plan, const struct guard *g)
{
	struct guards said = GUARDS_UNSAID;
	int32_t limit = g->limit >= 0 && g->limit <= INT32_MAX ? (int32_t)g->limit : -1;
	if (!strcmp(g->name, "maxRemovals"))
		said.max_removals = limit;
	if (!strcmp(g->name, "maxRemovalDelta"))
		said.max_removal_delta = limit;
	if (!strcmp(g->name, "maxAdminGrants"))
		said.max_admin_grants = limit;
	if (!strcmp(g->name, "minPersons"))
		said.min_persons = limit;
	if (!strcmp(g->name, "liveShrink") && g->value > 0 && g->value <= 100)
		plan->live_shrink = (int32_t)g->value;
	plan->empty_manifests |= !strcmp(g->name, "emptyManifests");
	for (int role = 1; role < ROLE_COUNT && g->subject; role++) {
		size_t len = strlen(role_table[role].name);
		if (!strcmp(g->name, "minHolders") &&
		    !strncmp(g->subject, role_table[role].name, len) &&
		    (g->subject[len] == '\0' || g->subject[len] == ' '))
			said.min_holders[role] = limit;
	}
	plan->policy = policy_tighten(plan->policy, &said);
}

/* Reads the guards. Only their limits count; values and verdicts are for show, since apply judges
 * anew. */
void loader_read_guards(const struct planfile_loader *l, struct json_span root)
{
	struct json_span list, item;
	struct json_cursor cursor = {0};
	if (!json_member(root, "guards", &list))
		return;
	while (json_next(list, &cursor, &item)) {
		unsigned verdict =
			loader_word(loader_text(l, item, "verdict"), VERDICT_COUNT, verdict_word);
		struct guard g = {.name = loader_text(l, item, "name"),
				  .subject = loader_text(l, item, "subject"),
				  .flag = loader_text(l, item, "flag"),
				  .limit = json_get_number(item, "limit", 0),
				  .value = json_get_number(item, "value", 0),
				  .verdict = verdict};
		if (!g.name || verdict == VERDICT_COUNT)
			continue;
		vec_push(l->arena, &l->plan->guards, g);
		hold_to(l->plan, &g);
	}
}
