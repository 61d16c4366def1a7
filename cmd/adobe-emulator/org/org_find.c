/* SPDX-License-Identifier: Apache-2.0 */
/* Finds rows by their names, numbers and addresses. */
#include <string.h>

#include "cmd/adobe-emulator/org/org.h"
#include "core/util/unicode.h"

struct product *find_product(struct org *s, const char *name)
{
	for (size_t i = 0; i < s->products.len; i++) {
		if (!strcmp(s->products.at[i]->name, name))
			return s->products.at[i];
	}
	return NULL;
}

struct profile *find_profile(struct org *s, const char *product, const char *name, uint64_t view)
{
	for (size_t i = 0; i < s->profiles.len; i++) {
		struct profile *p = s->profiles.at[i];
		if (lives(&p->life, view) && !strcmp(p->name, name) &&
		    !strcmp(p->product->name, product))
			return p;
	}
	return NULL;
}

struct profile *find_profile_id(struct org *s, int64_t id, uint64_t view)
{
	for (size_t i = 0; i < s->profiles.len; i++) {
		if (s->profiles.at[i]->id == id && lives(&s->profiles.at[i]->life, view))
			return s->profiles.at[i];
	}
	return NULL;
}

struct catalogue_service *find_service(struct org *s, const char *code, const char *type)
{
	for (size_t i = 0; i < s->services.len; i++) {
		struct catalogue_service *row = s->services.at[i];
		if (!strcmp(row->code, code) && !strcmp(row->type, type))
			return row;
	}
	return NULL;
}

struct project *find_project(struct org *s, const char *id, uint64_t view)
{
	for (size_t i = 0; i < s->projects.len; i++) {
		struct project *p = s->projects.at[i];
		if (lives(&p->life, view) && !strcmp(p->id, id))
			return p;
	}
	return NULL;
}

struct workspace *find_workspace(const struct project *p, const char *id, uint64_t view)
{
	for (size_t i = 0; i < p->workspaces.len; i++) {
		struct workspace *w = p->workspaces.at[i];
		if (lives(&w->life, view) && !strcmp(w->id, id))
			return w;
	}
	return NULL;
}

#define FIND_CREDENTIAL(function, member, same)                                                    \
	struct org_credential *function(struct org *s, const char *key, uint64_t view)             \
	{                                                                                          \
		for (size_t i = 0; i < s->credentials.len; i++) {                                  \
			struct org_credential *c = s->credentials.at[i];                           \
			if (lives(&c->life, view) && (same)(c->member, key) == 0)                  \
				return c;                                                          \
		}                                                                                  \
		return NULL;                                                                       \
	}
FIND_CREDENTIAL(find_credential, id, strcmp)
FIND_CREDENTIAL(find_client, client_id, strcmp)
FIND_CREDENTIAL(find_account, account, strcmp)
FIND_CREDENTIAL(find_tech_email, tech_email, ascii_casecmp)
FIND_CREDENTIAL(find_tech_id, tech_id, ascii_casecmp)

struct org_subscription *find_subscription(const struct org_credential *c,
					   const struct catalogue_service *service, uint64_t view)
{
	for (size_t i = 0; i < c->subscriptions.len; i++) {
		struct org_subscription *row = c->subscriptions.at[i];
		if (!strcmp(row->service->code, service->code) && lives(&row->life, view))
			return row;
	}
	return NULL;
}

struct user *find_user(struct org *s, const char *email, uint64_t view)
{
	for (size_t i = 0; i < s->users.len; i++) {
		struct user *u = s->users.at[i];
		if (lives(&u->life, view) && ascii_casecmp(u->email, email) == 0)
			return u;
	}
	return NULL;
}

struct group *find_group(struct org *s, const char *name, uint64_t view)
{
	for (size_t i = 0; i < s->groups.len; i++) {
		struct group *g = s->groups.at[i];
		if (lives(&g->life, view) && !strcmp(g->name, name))
			return g;
	}
	return NULL;
}

const struct identity_directory *find_directory(const struct org *s, const char *domain)
{
	for (size_t i = 0; i < s->directories.len; i++) {
		if (ascii_casecmp(s->directories.at[i].domain, domain) == 0)
			return &s->directories.at[i];
	}
	return NULL;
}
