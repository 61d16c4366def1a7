/* SPDX-License-Identifier: Apache-2.0 */
#include "core/apply/reread.h"

#include <string.h>

#include "core/model/live.h"
#include "core/util/keys.h"

static uint32_t number_principal(const struct reread *v, const struct principal *p)
{
	return universe_principal(v->universe, p->kind, p->name, false);
}

static uint32_t number_entitlement(const struct reread *v, const struct entitlement *e)
{
	return universe_number(v->universe, e);
}

static void number_changes(struct reread *v, const struct plan *plan)
{
	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct change *c = &plan->changes.at[i];
		number_principal(v, c->principal);
		if (c->before)
			universe_principal(v->universe, PRINCIPAL_ACCOUNT, c->before->meta.name,
					   false);
		if (c->entitlement)
			number_entitlement(v, c->entitlement);
	}
	for (size_t i = 0; i < v->live.accounts.len; i++)
		universe_principal(v->universe, PRINCIPAL_ACCOUNT, v->live.accounts.at[i].meta.name,
				   true);
}

static void rank_changes(struct reread *v, struct arena *a)
{
	const struct change_vec *changes = &v->plan->changes;
	v->ranks = arena_zalloc(a, (changes->len + 1) * sizeof(*v->ranks));
	for (size_t i = 0; i < changes->len; i++) {
		const struct change *c = &changes->at[i];
		v->ranks[i].principal =
			universe_principal_rank(v->universe, number_principal(v, c->principal));
		if (c->entitlement)
			v->ranks[i].entitlement = universe_entitlement_rank(
				v->universe, number_entitlement(v, c->entitlement));
	}
}

static bool is_freed(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct change *c = &plan->changes.at[i];
		if (c->reason == REASON_RENAMED && c->before && !strcmp(c->before->meta.name, name))
			return true;
	}
	return false;
}

/* The account that a rename still has to give its name; NULL: it has it, or is not there. Names
 * alone do not tell where the new one was another account's. */
static const struct account *waiting_for_name(const struct reread *v, const struct change *c)
{
	const struct account *old = live_find(&v->live, c->before->meta.name);
	const struct account *now = live_find(&v->live, c->principal->name);
	if (old && old->id && c->before->id)
		return strcmp(old->id, c->before->id) ? NULL : old;
	return now && !is_freed(v->plan, c->principal->name) ? NULL : old;
}

static void sort_pairs(struct reread *v, struct arena *a)
{
	const struct change_vec *changes = &v->plan->changes;
	size_t principals = universe_principals(v->universe);
	uint32_t *to = arena_alloc(a, principals * sizeof(*to));
	for (size_t i = 0; i < principals; i++)
		to[i] = (uint32_t)i;
	for (size_t i = 0; i < changes->len; i++) {
		const struct change *c = &changes->at[i];
		if (c->reason != REASON_RENAMED || !c->before || !waiting_for_name(v, c))
			continue;
		uint32_t from = universe_principal(v->universe, PRINCIPAL_ACCOUNT,
						   c->before->meta.name, false);
		to[universe_principal_rank(v->universe, from)] = v->ranks[i].principal;
	}
	vec_reserve(a, &v->pairs, v->live.grants.len + 1);
	for (size_t i = 0; i < v->live.grants.len; i++) {
		const struct pair *p = &v->live.grants.at[i];
		uint32_t principal = to[universe_principal_rank(v->universe, p->principal)];
		vec_push(a, &v->pairs,
			 grant_key(principal,
				   universe_entitlement_rank(v->universe, p->entitlement)));
	}
	keys_sort_once(&v->pairs);
}

static bool has_pair(const struct reread *v, size_t i)
{
	const struct change_rank *r = &v->ranks[i];
	return keys_have(&v->pairs, grant_key(r->principal, r->entitlement));
}

/* A change that the plan calls unseen is compared all the same where a read shows it. Otherwise
 * an edited plan could take the last holder of a role. */
static void find_unseen(struct reread *v, struct arena *a)
{
	const struct change_vec *changes = &v->plan->changes;
	v->unseen = arena_zalloc(a, changes->len + 1);
	for (size_t i = 0; i < changes->len; i++) {
		const struct change *c = &changes->at[i];
		v->unseen[i] = c->unseen && !provider_shows_all(v->reader) &&
			       !(c->action == ACTION_DELETE && has_pair(v, i));
	}
}

VEC(reread_list, const struct account *);

/* Sorted by name as the plan's accounts are; one that the plan does not have is not looked at. */
static void write_api(struct arena *a, const struct reread_list *all, const char *name,
		      const char *api)
{
	const struct account key = {.meta.name = name}, *named = &key;
	const struct account **found = vec_find(all, &named, account_by_name);
	if (!found)
		return;
	struct account *written = arena_alloc(a, sizeof(*written));
	*written = **found;
	vec_push(a, &written->apis, (struct entry){.name = api});
	written->has_apis = true;
	*found = written;
}

static bool has_group(const struct plan *plan)
{
	for (size_t i = 0; i < plan->changes.len; i++) {
		if (plan->changes.at[i].principal->kind == PRINCIPAL_GROUP)
			return true;
	}
	return false;
}

/* The accounts of a plan, with APIs as its changes spell them: a service that knows one by several
 * names answers with the same. */
static struct query query_of_plan(struct arena *a, const struct plan *plan)
{
	struct reread_list all = {0};
	/* An empty list asks for no account, and NULL for all. */
	vec_reserve(a, &all, plan->accounts.len + 1);
	for (size_t i = 0; i < plan->accounts.len; i++)
		vec_push(a, &all, plan->accounts.at[i]);
	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct change *c = &plan->changes.at[i];
		if (c->type == CHANGE_GRANT && c->entitlement->api)
			write_api(a, &all, c->principal->name, c->entitlement->api);
	}
	return (struct query){.what = COLLECT_ALL,
			      .managed = all.at,
			      .count = all.len,
			      .groups = has_group(plan),
			      .plan = plan};
}

VEC(role_list, const struct entitlement *);

static void add_kept(struct arena *a, const struct policy *kept, const struct entitlement *e,
		     struct role_list *out)
{
	bool known = !e->role || !guard_is_kept(kept, e);
	for (size_t i = 0; i < out->len && !known; i++)
		known = entitlement_compare(out->at[i], e) == 0;
	if (!known)
		vec_push(a, out, e);
}

/* What goes with an account: what it was seen to hold, and each role of the organisation that no
 * read shows it to lack. */
static void add_lost(struct arena *a, const struct reread_input *in, const struct change *c,
		     struct role_list *out)
{
	for (size_t i = 0; c->lost && i < c->lost->len; i++)
		add_kept(a, in->kept, c->lost->at[i], out);
	for (enum role role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
		struct entitlement *e = arena_zalloc(a, sizeof(*e));
		e->role = role;
		if (role_table[role].scope == SCOPE_ORGANIZATION &&
		    !provider_sees(in->reader, in->session, c->principal, c->before, e))
			add_kept(a, in->kept, e, out);
	}
}

static void add_taken(struct arena *a, const struct reread_input *in, const struct change *c,
		      struct role_list *out)
{
	if (c->action == ACTION_DELETE && c->entitlement)
		add_kept(a, in->kept, c->entitlement, out);
	else if (c->action == ACTION_DELETE)
		add_lost(a, in, c, out);
}

bool reread_takes_kept(const struct reread_input *in, const struct change *c)
{
	ARENA a = {0};
	struct role_list roles = {0};
	add_taken(&a, in, c, &roles);
	return roles.len > 0;
}

/* Asks only for the roles that these changes take and that somebody must keep. */
static void narrow_to_roles(struct arena *a, const struct reread_input *in, struct query *query)
{
	struct role_list roles = {0};
	for (size_t i = 0; i < in->plan->changes.len; i++)
		add_taken(a, in, &in->plan->changes.at[i], &roles);
	query->roles = roles.at;
	query->role_count = roles.len;
}

/* Looks how the projects stand that the plan deletes. */
static struct error *look_at_projects(struct reread *v, const struct reread_input *in,
				      struct arena *a)
{
	for (size_t i = 0; i < in->plan->changes.len; i++) {
		if (in->plan->changes.at[i].type == CHANGE_PROJECT)
			vec_push(a, &v->projects, *in->plan->changes.at[i].project);
	}
	return provider_look_at_projects(in->reader, in->session, &v->projects);
}

struct error *reread_read(struct reread *v, const struct reread_input *in, struct arena *a)
{
	*v = (struct reread){
		.plan = in->plan, .reader = in->reader, .universe = universe_new(in->strings)};
	struct query query = query_of_plan(a, in->plan);
	if (in->kept)
		narrow_to_roles(a, in, &query);
	struct error *error =
		provider_read(in->reader, in->session, a, v->universe, &query, &v->live);
	if (!error && !in->kept)
		error = look_at_projects(v, in, a);
	if (error) {
		reread_done(v);
		return error;
	}
	number_changes(v, in->plan);
	universe_rank(v->universe);
	rank_changes(v, a);
	sort_pairs(v, a);
	find_unseen(v, a);
	return NULL;
}

static enum standing rename_standing(const struct reread *v, const struct change *c)
{
	const struct account *now = live_find(&v->live, c->principal->name);
	const struct account *old = waiting_for_name(v, c);
	unsigned compared = v->reader->attributes & c->attributes;
	if (old) {
		bool free = !now || is_freed(v->plan, c->principal->name);
		return free && account_difference(old, c->before, compared) == 0 ? STANDING_BEFORE
										 : STANDING_OTHER;
	}
	bool same = now && (!now->id || !c->before->id || !strcmp(now->id, c->before->id));
	return same && account_difference(now, c->after, compared) == 0 ? STANDING_AFTER
									: STANDING_OTHER;
}

/* Whether another account has the name by now, so that the one that is to go is gone. */
static bool is_another(const struct reread *v, const struct change *c, const struct account *now)
{
	const char *planned = plan_account_id(v->plan, c);
	return now->id && planned && strcmp(now->id, planned) != 0;
}

static enum standing account_standing(const struct reread *v, const struct change *c)
{
	const struct account *now = live_find(&v->live, c->principal->name);
	const struct account *old = c->before ? live_find(&v->live, c->before->meta.name) : NULL;
	if (c->reason == REASON_RENAMED && c->before && c->after)
		return rename_standing(v, c);
	if (c->action == ACTION_DELETE)
		return old && !is_another(v, c, old) ? STANDING_BEFORE : STANDING_AFTER;
	unsigned compared = v->reader->attributes;
	if (c->action == ACTION_UPDATE)
		compared &= c->attributes;
	if (now && account_difference(now, c->after, compared) == 0)
		return STANDING_AFTER;
	if (c->action == ACTION_CREATE)
		return now ? STANDING_OTHER : STANDING_BEFORE;
	bool kept = old && account_difference(old, c->before, compared) == 0;
	return kept ? STANDING_BEFORE : STANDING_OTHER;
}

static bool is_named(const struct change *c, const struct entitlement *e)
{
	for (size_t k = 0; c->lost && k < c->lost->len; k++) {
		if (entitlement_compare(c->lost->at[k], e) == 0)
			return true;
	}
	return false;
}

const char *reread_unnamed(const struct reread *v, size_t i, struct arena *a)
{
	struct str out = STR(a);
	const struct change *c = &v->plan->changes.at[i];
	uint32_t who = v->ranks[i].principal;
	if (c->type != CHANGE_ACCOUNT || c->action != ACTION_DELETE)
		return NULL;
	for (size_t k = keys_from(&v->pairs, grant_key(who, 0));
	     k < v->pairs.len && grant_principal(v->pairs.at[k]) == who; k++) {
		const struct entitlement *e =
			universe_entitlement_at(v->universe, grant_entitlement(v->pairs.at[k]));
		if (!is_named(c, e))
			str_printf(&out, "%s%s", out.len ? ", " : "", entitlement_address(a, e));
	}
	return out.len ? str_text(&out) : NULL;
}

static enum standing project_standing(const struct reread *v, const struct change *c)
{
	static const enum standing standings[PROJECT_STANDING_COUNT] = {
		[PROJECT_UNSEEN] = STANDING_OTHER,
		[PROJECT_GONE] = STANDING_AFTER,
		[PROJECT_EMPTY] = STANDING_BEFORE,
		[PROJECT_USED] = STANDING_OTHER};
	for (size_t i = 0; i < v->projects.len; i++) {
		if (!strcmp(v->projects.at[i].id, c->project->id))
			return standings[v->projects.at[i].standing];
	}
	return STANDING_OTHER;
}

enum standing reread_standing(const struct reread *v, size_t i)
{
	const struct change *c = &v->plan->changes.at[i];
	if (c->type == CHANGE_ACCOUNT)
		return account_standing(v, c);
	if (c->type == CHANGE_PROJECT)
		return project_standing(v, c);
	return has_pair(v, i) == (c->action == ACTION_CREATE) ? STANDING_AFTER : STANDING_BEFORE;
}

struct error *reread_check_organization(const struct reread *v)
{
	const struct plan *plan = v->plan;
	if (strcmp(plan->organization, v->live.organization) != 0 ||
	    (plan->org_id && v->live.org_id && strcmp(plan->org_id, v->live.org_id) != 0))
		return error_new(ERROR_REFUSED,
				 "the plan is for organisation \"%s\", live is \"%s\"",
				 plan->organization, v->live.organization);
	return NULL;
}

/* Where names move on, a plan knows two accounts of one name. One that it makes under a name that
 * somebody took from another has no id yet. */
static bool knows(const struct plan *plan, const struct account *live)
{
	for (size_t i = 0; i < plan->accounts.len; i++) {
		const struct account *a = plan->accounts.at[i];
		if ((!a->id || !strcmp(a->id, live->id)) && !strcmp(a->meta.name, live->meta.name))
			return true;
	}
	return false;
}

struct error *reread_check_identities(const struct reread *v, const char *sent)
{
	for (size_t i = 0; i < v->plan->accounts.len; i++) {
		const struct account *planned = v->plan->accounts.at[i];
		const struct account *live = live_find(&v->live, planned->meta.name);
		if (live && live->id && planned->id && strcmp(live->id, planned->id) != 0 &&
		    !knows(v->plan, live))
			return error_new(ERROR_REFUSED,
					 "the plan is stale: %s is another account by now, with id "
					 "%s in place of %s; %s, plan again",
					 planned->meta.name, live->id, planned->id, sent);
	}
	return NULL;
}

void reread_done(struct reread *v)
{
	universe_free(v->universe);
	v->universe = NULL;
}
