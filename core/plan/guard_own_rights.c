/* SPDX-License-Identifier: Apache-2.0 */
/* What writ itself must keep, so that it can go on. */
#include <assert.h>
#include <string.h>

#include "core/plan/judge.h"

/* The name that changes use for an account with this live name: what is taken from an account
 * that is renamed is taken under its new name. */
static const char *said_name(const struct judge *j, const char *live_name)
{
	for (size_t i = 0; i < j->in->changes->len; i++) {
		const struct change *c = &j->in->changes->at[i];
		if (c->reason == REASON_RENAMED && !strcmp(c->before->meta.name, live_name))
			return c->principal->name;
	}
	return live_name;
}

/* The account whose credential writ uses, and the person whose token it uses. */
struct self {
	const char *account, *user;
};

static bool is_self(const struct self *self, const struct principal *p)
{
	assert(p->name);
	if (p->kind == PRINCIPAL_ACCOUNT)
		return self->account && !strcmp(self->account, p->name);
	return p->kind == PRINCIPAL_USER && self->user && !strcasecmp(self->user, p->name);
}

/* Whether that is needed of who loses something by this change, which is one of writ's own: of its
 * account, whatever the plan calls that. */
static bool is_need_of(const struct judge *j, const struct change *c, uint32_t rank)
{
	const struct principal *who = universe_principal_at(j->u, rank);
	const char *own = j->in->live->own;
	if (c->principal->kind == PRINCIPAL_ACCOUNT)
		return who->kind == PRINCIPAL_ACCOUNT && own && !strcmp(who->name, own);
	return who->kind == c->principal->kind && !strcasecmp(who->name, c->principal->name);
}

/* Whether writ needs the grant that change i takes for its own work. When the service does not
 * tell, it needs every role and administrative API, but no licence. */
static bool is_needed(const struct judge *j, size_t i)
{
	const struct pair_vec *needs = j->in->live->own_needs;
	const struct change *c = &j->in->changes->at[i];
	for (size_t k = 0; needs && k < needs->len; k++) {
		uint32_t whose = universe_principal_rank(j->u, needs->at[k].principal);
		uint32_t what = universe_entitlement_rank(j->u, needs->at[k].entitlement);
		if (what == j->in->ranks[i].entitlement && is_need_of(j, c, whose))
			return true;
	}
	return !needs && judge_is_admin(j, j->in->changes->at[i].entitlement);
}

static bool takes_right(const struct judge *j, size_t i)
{
	const struct change *c = &j->in->changes->at[i];
	if (c->type == CHANGE_GRANT)
		return c->action == ACTION_DELETE && is_needed(j, i);
	return c->action == ACTION_DELETE || change_moves_identity(c);
}

void judge_own_rights(struct judge *j)
{
	const struct live *live = j->in->live;
	struct self self = {live->own ? said_name(j, live->own) : NULL, live->own_user};
	int64_t losses = 0;
	if (!self.account && !self.user)
		return;
	for (size_t i = 0; i < j->in->changes->len; i++) {
		const struct change *c = &j->in->changes->at[i];
		if (!judge_is_ahead(j, i) || !is_self(&self, c->principal) || !takes_right(j, i))
			continue;
		j->out->withheld[i] = WITHHELD_OWN;
		losses++;
	}
	judge_add(j, (struct guard){"ownRights", self.account ? self.account : self.user, NULL, 0,
				    losses, losses ? VERDICT_WITHHELD : VERDICT_PASS});
}
