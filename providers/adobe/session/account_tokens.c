/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/session/account_tokens.h"

#include <stdlib.h>
#include <string.h>

struct own_token {
	const struct account_credential *credential;
	const char *scopes;
	struct token *token;
	struct own_token *next; /* older; the oldest of a credential keeps its secret */
};

const struct account_credential *account_tokens_credential(const struct provider *p,
							   const char *account)
{
	const struct account_credential_vec *all = &p->config->accounts;
	for (size_t i = 0; i < all->len; i++) {
		if (!strcmp(all->at[i].name, account))
			return &all->at[i];
	}
	return NULL;
}

static struct token *make(struct provider *p, const struct account_credential *c,
			  const char *scopes)
{
	for (const struct own_token *o = p->own; o; o = o->next) {
		if (o->credential == c)
			return token_with_scopes(o->token, scopes);
	}
	return token_of_server(c->client_id, &c->secret, scopes);
}

struct token *account_tokens_get(struct provider *p, const char *account, const char *scopes)
{
	const struct account_credential *c = account_tokens_credential(p, account);
	if (!c)
		return NULL;
	for (const struct own_token *o = p->own; o; o = o->next) {
		if (o->credential == c && !strcmp(o->scopes, scopes))
			return o->token;
	}
	struct own_token *o = xmalloc(sizeof(*o));
	*o = (struct own_token){c, scopes, make(p, c, scopes), p->own};
	p->own = o;
	return o->token;
}

void account_tokens_done(struct provider *p)
{
	while (p->own) {
		struct own_token *o = p->own;
		p->own = o->next;
		token_free(o->token);
		free(o);
	}
}
