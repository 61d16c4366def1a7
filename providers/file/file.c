/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/file/file_session.h"

#include <errno.h>
#include <string.h>

#include "core/language/stored.h"
#include "core/plan/plan.h"
#include "core/util/log.h"
#include "core/util/nearest.h"

static struct error *open_session(const struct settings *settings, struct provider **out)
{
	if (!settings->live_path)
		return error_new(
			ERROR_USAGE,
			"provider file needs --live PATH, the live organisation, or `live` in "
			"the operator's configuration");
	char *real = realpath(settings->live_path, NULL);
	bool stored = !real && errno == ENOENT && strchr(settings->live_path, ':');
	if (stored)
		real = xstrdup(settings->live_path);
	if (!real)
		return nearest_path(settings->live_path,
				    error_errno(errno, "opening the live organisation \"%s\"",
						settings->live_path));
	if (settings->roles_from)
		log_note("%s is not read: the live organisation is %s, which says who has which "
			 "role",
			 settings->roles_from, settings->live_path);
	struct provider *p = xmalloc(sizeof(*p));
	*p = (struct provider){.strings = settings->strings,
			       .path = xstrdup(settings->live_path),
			       .real = real,
			       .stored = stored};
	*out = p;
	return NULL;
}

static void close_session(struct provider *p)
{
	if (!p)
		return;
	arena_done(&p->arena);
	free(p->path);
	free(p->real);
	free(p);
}

static const char *identity(struct provider *p)
{
	return p->real;
}

static int by_account(const void *a, const void *b)
{
	const struct hidden *x = a, *y = b;
	return strcmp(x->account ? x->account : "", y->account ? y->account : "");
}

static unsigned roles_of(const struct text_vec *names)
{
	unsigned set = 0;
	for (size_t i = 0; i < names->len; i++)
		set |= 1U << role_find(names->at[i].text);
	return set & ~(1U << ROLE_NONE);
}

/* Notes what the read did not show. It is copied, since accounts live in the arena of the read. */
static void note_hidden(struct provider *p, const struct live *live)
{
	arena_done(&p->arena);
	p->arena = (struct arena){0};
	p->hidden.len = p->hidden.cap = 0;
	p->hidden.at = NULL;
	p->products_unseen = live->products_unseen;
	p->unseen_groups = (struct entry_vec){0};
	for (size_t i = 0; i < live->unseen_groups.len; i++)
		vec_push(&p->arena, &p->unseen_groups, live->unseen_groups.at[i]);
	struct hidden users = {.roles = roles_of(&live->document->unseen)};
	if (users.roles)
		vec_push(&p->arena, &p->hidden, users);
	for (size_t i = 0; i < live->accounts.len; i++) {
		const struct account *a = &live->accounts.at[i];
		if (a->unseen.len)
			vec_push(&p->arena, &p->hidden,
				 (struct hidden){a->meta.name, roles_of(&a->unseen)});
	}
}

static struct error *read_live(struct provider *p, struct arena *a, struct universe *u,
			       const struct query *query, struct live *out)
{
	TRY(stored_load(p->path, query->what, p->strings, a, u, out));
	if (query->what & COLLECT_ACCOUNTS)
		note_hidden(p, out);
	return NULL;
}

static bool sees(struct provider *p, const struct principal *principal,
		 const struct account *account UNUSED, const struct entitlement *e)
{
	struct hidden key = {.account = principal->name};
	if (p && e->product && !e->role && principal->kind != PRINCIPAL_ACCOUNT)
		return !p->products_unseen &&
		       (principal->kind == PRINCIPAL_USER ||
			!live_lists_group(&p->unseen_groups, principal->name, e));
	if (!e->role || principal->kind == PRINCIPAL_GROUP || !p || !p->hidden.len)
		return true;
	if (principal->kind == PRINCIPAL_USER)
		key.account = NULL;
	const struct hidden *found = vec_find(&p->hidden, &key, by_account);
	return !found || !(found->roles & 1U << e->role);
}

static enum capability can_grant(struct provider *p UNUSED,
				 const struct principal *principal UNUSED,
				 const struct account *account UNUSED,
				 const struct entitlement *e UNUSED)
{
	return CAN_API;
}

static enum capability can_account(struct provider *p UNUSED)
{
	return CAN_API;
}

static const char *check_account(struct provider *p UNUSED, struct arena *a UNUSED,
				 const struct account *account UNUSED)
{
	return NULL;
}

/* A plan costs as many writes of the file as it has phases. */
static void price(struct provider *p UNUSED, const struct plan *plan, struct cost *out)
{
	bool used[PHASE_COUNT] = {0};
	for (size_t i = 0; i < plan->changes.len; i++)
		used[change_phase(&plan->changes.at[i])] |= !plan->changes.at[i].withheld;
	*out = (struct cost){0};
	for (int phase = 0; phase < PHASE_COUNT; phase++)
		out->calls += used[phase];
}

const struct provider_reader file_reader = {
	.name = "file",
	.attributes = ATTRIBUTE_ALL,
	.open = open_session,
	.read = read_live,
	.can_grant = can_grant,
	.can_account = can_account,
	.sees = sees,
	.check_account = check_account,
	.price = price,
	.identity = identity,
	.close = close_session,
};
