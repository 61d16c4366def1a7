/* SPDX-License-Identifier: Apache-2.0 */
/* Whom the lists of the User Management API have, and who is a member of which group. */
#include "cmd/adobe-emulator/umapi/umapi_parts.h"
#include "core/util/unicode.h"

static int by_email(const void *a, const void *b)
{
	const struct person *x = a, *y = b;
	return ascii_casecmp(x->email, y->email);
}

void umapi_people(struct server *s, struct request *r, struct person_vec *out)
{
	for (size_t i = 0; i < s->org->users.len; i++) {
		const struct user *u = s->org->users.at[i];
		if (lives(&u->life, r->view))
			vec_push(r->arena, out, (struct person){u, NULL, u->email});
	}
	bool absent = switch_is(&s->switches, SWITCH_TECH_LIST, "absent");
	for (size_t i = 0; !absent && i < s->org->credentials.len; i++) {
		const struct org_credential *c = s->org->credentials.at[i];
		if (lives(&c->life, r->view))
			vec_push(r->arena, out, (struct person){NULL, c, c->tech_email});
	}
	vec_sort(out, by_email);
}

bool umapi_is_shown(const struct server *s, const struct person *p)
{
	return p->user || switch_is(&s->switches, SWITCH_TECH_LIST, "shown");
}

/* Whether a user group that the user is a member of holds the profile. */
static bool by_group(const struct server *s, uint64_t view, const struct named_group *g,
		     const struct user *u)
{
	for (size_t i = 0; i < s->org->groups.len; i++) {
		const struct group *row = s->org->groups.at[i];
		if (lives(&row->life, view) && in_group(row, u, view) &&
		    org_holds(s->org, view, PRINCIPAL_GROUP, row->name, &g->entitlement))
			return true;
	}
	return false;
}

static bool user_is_member(const struct server *s, uint64_t view, const struct named_group *g,
			   const struct user *u, bool direct)
{
	if (g->type == GROUP_USER)
		return in_group(g->group, u, view);
	if (org_holds(s->org, view, PRINCIPAL_USER, u->email, &g->entitlement))
		return true;
	return !direct && g->type == GROUP_PROFILE && by_group(s, view, g, u);
}

bool umapi_person_is_member(const struct server *s, uint64_t view, const struct named_group *g,
			    const struct person *p, bool direct)
{
	if (p->user)
		return user_is_member(s, view, g, p->user, direct);
	return g->type != GROUP_USER &&
	       org_holds(s->org, view, PRINCIPAL_ACCOUNT, p->account->account, &g->entitlement);
}
