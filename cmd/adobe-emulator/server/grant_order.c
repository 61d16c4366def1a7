/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/adobe-emulator/server/grant_order.h"

struct click {
	enum principal_kind kind;
	const char *name;
};

/* What was pasted into "Add admin": an e-mail of a technical account or of a person. The id of a
 * technical account looks like an e-mail too; the console then makes an Adobe ID entry of it, which
 * is of no use to anybody. */
static const char *find_pasted(struct server *s, const char *email, bool give, struct click *out)
{
	const struct org_credential *c = find_tech_email(s->org, email, REVISION_LATEST);
	struct user *u = find_user(s->org, email, REVISION_LATEST);
	if (c) {
		*out = (struct click){PRINCIPAL_ACCOUNT, c->account};
		return NULL;
	}
	if (!u && give && find_tech_id(s->org, email, REVISION_LATEST)) {
		u = make_user(s->org, email, "adobeID");
		u->wrong = true;
	}
	if (!u)
		return "no such e-mail";
	*out = (struct click){PRINCIPAL_USER, u->email};
	return NULL;
}

static const char *find_principal(struct server *s, const struct reply *order, bool give,
				  struct click *out)
{
	const char *email = reply_text(order, "email");
	const char *account = reply_text(order, "account");
	const char *group = reply_text(order, "group_member");
	if (email)
		return find_pasted(s, email, give, out);
	if (account) {
		const struct org_credential *c = find_account(s->org, account, REVISION_LATEST);
		if (!c)
			return "no such account";
		*out = (struct click){PRINCIPAL_ACCOUNT, c->account};
		return NULL;
	}
	if (group) {
		const struct group *g = find_group(s->org, group, REVISION_LATEST);
		if (!g)
			return "no such group";
		*out = (struct click){PRINCIPAL_GROUP, g->name};
		return NULL;
	}
	return "email, account or group_member is due";
}

static const char *check_scope(struct server *s, const struct entitlement *e)
{
	enum scope scope = role_table[e->role].scope;
	bool needs_product = scope == SCOPE_PRODUCT || scope == SCOPE_PROFILE;
	bool needs_profile = scope == SCOPE_PROFILE;
	if (needs_product != !!e->product || needs_profile != !!e->profile ||
	    (scope == SCOPE_GROUP) != !!e->group)
		return "product, profile and group do not fit the role";
	if (needs_profile && !find_profile(s->org, e->product, e->profile, REVISION_LATEST))
		return "no such product profile";
	if (needs_product && !find_product(s->org, e->product))
		return "no such product";
	if (e->group && !find_group(s->org, e->group, REVISION_LATEST))
		return "no such group";
	return NULL;
}

const char *grant_order_carry_out(struct server *s, const struct reply *order, bool give)
{
	const char *role = reply_text(order, "role");
	struct click who;
	struct entitlement e = {reply_text(order, "product"), reply_text(order, "profile"),
				reply_text(order, "group"), role ? role_find(role) : ROLE_NONE};
	if (role && !e.role)
		return "no such role";
	if (!role && !(e.product && e.profile))
		return "role, or product and profile, are due";
	const char *wrong = check_scope(s, &e);
	if (!wrong)
		wrong = find_principal(s, order, give, &who);
	if (wrong)
		return wrong;
	if (give)
		org_give(s->org, who.kind, who.name, &e);
	else
		org_take(s->org, who.kind, who.name, &e);
	return NULL;
}
