/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/account/verify_excess.h"

#include <string.h>

#include "core/util/report.h"
#include "providers/adobe/session/account_tokens.h"

#define CALL_TOKEN "POST /ims/token/v3"
#define CALL_PROFILE "GET /ims/profile/v1"

/* The APIs that hand out rights over others, by words that are in their names and codes, and
 * scopes that no other API has (facts/ims.md, "Scopes"). */
static const struct {
	const char *name, *words[2], *scopes;
} administrative[] = {
	{"User Management API", {"usermanagement", "usermgmt"}, IMS_SCOPES_UMAPI},
	{"I/O Management API", {"iomanagement"}, IMS_SCOPES_SECRETS},
	{"Adobe Admin APIs - Storage Management", {"storagemanagement"}, IMS_SCOPES_POLICIES},
};
#define ADMINISTRATIVE (sizeof(administrative) / sizeof(*administrative))

static bool lists_api(const struct account *account, size_t which)
{
	for (size_t i = 0; i < account->apis.len; i++) {
		for (size_t k = 0; k < 2 && administrative[which].words[k]; k++) {
			if (api_has_word(account->apis.at[i].name, administrative[which].words[k]))
				return true;
		}
	}
	return false;
}

static const char *words_of(struct arena *a, const char *what)
{
	return arena_printf(a, "over-privileged: it has %s, which nothing asks for", what);
}

/* *given: there is a token with the scopes. */
static struct error *ask_token(struct provider *p, const struct account *account,
			       const char *scopes, bool *given)
{
	const struct secret *access;
	struct token *token = account_tokens_get(p, account->meta.name, scopes);
	struct error *error = token_get(token, p->http, true, &access);
	*given = !error;
	if (error && error->code != ERROR_DENIED)
		return error;
	error_free(error);
	return NULL;
}

struct error *verify_excess_apis(struct provider *p, struct arena *a, const struct account *account,
				 struct proof_vec *out)
{
	for (size_t i = 0; i < ADMINISTRATIVE; i++) {
		bool given;
		if (lists_api(account, i))
			continue;
		TRY(ask_token(p, account, administrative[i].scopes, &given));
		if (given)
			vec_push(a, out,
				 (struct proof){"token", CALL_TOKEN, true,
						words_of(a, arena_printf(a, "the %s",
									 administrative[i].name)),
						true});
	}
	return NULL;
}

bool profile_is_ours(const struct provider *p, const struct reply *item, const char *const *keys)
{
	bool said = false;
	for (; *keys; keys++) {
		const char *org = reply_text(item, *keys);
		if (org && !strcasecmp(org, p->org_id))
			return true;
		said |= org != NULL;
	}
	return !said;
}

static bool lists_product(const struct account *account, const char *product)
{
	for (size_t i = 0; i < account->products.len; i++) {
		if (!strcasecmp(account->products.at[i].product, product))
			return true;
	}
	return false;
}

static bool is_told(const struct proof_vec *all, const char *message)
{
	for (size_t i = 0; i < all->len; i++) {
		if (!strcmp(all->at[i].message, message))
			return true;
	}
	return false;
}

void verify_excess_products(const struct provider *p, struct arena *a,
			    const struct account *account, const struct reply *profile,
			    struct proof_vec *out)
{
	static const char *const keys[] = {"owningEntity", "organization_id", NULL};
	const struct reply *all = reply_get(profile, "projectedProductContext");
	for (const struct reply *i = reply_first(all); i; i = reply_after(i)) {
		const struct reply *context = reply_get(i, "prodCtx");
		const char *label = reply_text(context, "label");
		if (!label || !*label || !profile_is_ours(p, context, keys) ||
		    lists_product(account, label))
			continue;
		const char *message = words_of(a, arena_printf(a, "product %s", quoted(a, label)));
		if (!is_told(out, message))
			vec_push(a, out,
				 (struct proof){"licence", CALL_PROFILE, true, message, true});
	}
}

void verify_not_looked_at(struct arena *a, bool profile, struct line_vec *out)
{
	struct str apis = STR(a);
	for (size_t i = 0; i < ADMINISTRATIVE; i++)
		str_printf(&apis, "%s%s", i ? ", " : "", administrative[i].name);
	vec_push(a, out,
		 profile ? "admin roles of one product, profile or user group, and which profiles "
			   "it has: its own profile tells neither"
			 : "its other admin roles and products: its own profile, which would tell "
			   "them, could not be had");
	vec_push(a, out, arena_printf(a, "APIs that nothing asks for, but %s", str_text(&apis)));
}
