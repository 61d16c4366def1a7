/* SPDX-License-Identifier: Apache-2.0 */
/* org.h - the organisation that the emulator stands for.
 *
 * Two files hold it. The manifest (writ/v1, as the file provider has it) says who exists and who
 * holds what. The JSON document beside it has what the manifest language has no words for: numbers,
 * secrets, projects without accounts, names of people, members of groups. What the document lacks
 * follows from names (ids.h). Both are replaced atomically after each request that changed
 * something.
 *
 * Every row has a life in revisions: a request that changes something starts a new one. A read asks
 * for a revision and so can see the organisation as it was, which is how reads lag behind writes.
 * Rows are never freed; strings are interned. */
#ifndef EMULATOR_ORG_H
#define EMULATOR_ORG_H

#include "cmd/adobe-emulator/wire/json_tree.h"
#include "core/model/access.h"
#include "core/util/error.h"

#define REVISION_LATEST UINT64_MAX
#define SECRETS_MAX 2 /* of a credential: facts/developer-console.md, "Writing" */

/* From which revision to which a row is there; `died` is 0 while it still is. */
struct life {
	uint64_t born, died;
};
static inline bool lives(const struct life *life, uint64_t view)
{
	return life->born <= view && (!life->died || life->died > view);
}

struct product {
	const char *name, *id; /* id: 26 characters */
	int64_t admin_id;      /* the id of its administrators' group */
};

struct profile {
	struct life life;
	struct product *product;
	const char *name, *quota;
	int64_t id;   /* licenseConfigs[].id and UMAPI's groupId */
	bool storage; /* its licence includes Enterprise Storage */
};

/* A row of the services catalogue. */
struct catalogue_service {
	const char *name, *code, *type, *description;
	struct words_vec scopes;
	VEC(, struct profile *) offers;
	bool enabled, needs_profile, brings_storage, admin_only, given;
};

struct workspace {
	struct life life;
	const char *id, *name, *title, *description;
	int64_t created, modified; /* milliseconds since 1970 */
};
VEC(workspace_vec, struct workspace *);

struct project {
	struct life life;
	const char *id, *name, *title, *description, *type, *who;
	int64_t created, modified;
	struct workspace_vec workspaces;
	bool guarded; /* cannot be deleted: an event provider is attached */
};

struct secret_row {
	struct life life;
	const char *uuid, *value, *grant_type;
	int64_t created, used; /* used 0: never */
};

struct org_subscription {
	struct life life;
	struct catalogue_service *service;
	const char *spelling; /* as the manifest names it */
	bool fresh;	      /* its selected profiles were changed and not read since */
	uint64_t before;      /* the revision in front of that change */
};

/* A credential and its technical account. */
struct org_credential {
	struct life life;
	struct project *project;
	struct workspace *workspace;
	const char *account; /* metadata.name of the TechnicalAccount document */
	const char *id, *name, *description, *client_id, *tech_id, *tech_email, *type, *migration;
	const char *public_key; /* PEM, of an old JWT credential; NULL */
	int64_t created, modified;
	VEC(, struct secret_row *) secrets;
	VEC(, struct org_subscription *) subscriptions;
	struct account document; /* what else the manifest says of it, such as labels and owner */
	bool has_apis, bound, cached;
};

struct user {
	struct life life;
	const char *email, *username, *domain, *first, *last, *country, *type, *id;
	bool wrong; /* an "Adobe ID" entry made by pasting a technical account's id */
};

struct membership {
	struct life life;
	struct user *user;
};

struct group {
	struct life life;
	const char *name, *description;
	int64_t id;
	bool read_only;
	VEC(, struct membership *) members;
};

/* Who holds what. Users and groups are named as in their rows, accounts as in their documents. */
struct grant {
	struct life life;
	enum principal_kind kind;
	const char *name;
	struct entitlement entitlement;
};

struct identity_directory {
	const char *domain, *type; /* "federatedID", "enterpriseID" */
	bool by_username, trusted;
};

struct content {
	const char *id, *name, *creator, *state;
	int64_t created;
};

VEC(product_vec, struct product *);
VEC(profile_row_vec, struct profile *);
VEC(catalogue_service_vec, struct catalogue_service *);
VEC(project_vec, struct project *);
VEC(org_credential_vec, struct org_credential *);
VEC(user_vec, struct user *);
VEC(group_vec, struct group *);
VEC(grant_vec, struct grant *);

struct org {
	struct arena arena;
	struct intern *strings;
	const char *manifest_path, *json_path; /* where it is saved; borrowed */
	struct organization document;
	const char *name, *ims_org, *id, *title;
	bool terms_accepted, catalogue_given;
	bool catalogue_read; /* since the start */
	struct {
		const char *email, *id, *first, *last;
	} developer;
	struct product_vec products;
	struct profile_row_vec profiles;
	struct catalogue_service_vec services;
	struct project_vec projects;
	struct org_credential_vec credentials;
	struct user_vec users;
	struct group_vec groups;
	struct grant_vec grants;
	VEC(, struct identity_directory) directories;
	VEC(, struct content *) contents;
	const char *signing_key; /* PEM */
	uint64_t serial;	 /* makes new ids differ */
	uint64_t revision;
	VEC(, int64_t) revision_at; /* when each began, in ms */
	bool open;		    /* the current request has its revision */
	bool dirty;
	bool loading; /* a file is being read: ids are made from names alone */
	int64_t now;  /* of the current request */
	/* Is called for each change; see log.h. */
	void (*changed)(void *context, const char *what, const char *subject, const char *object);
	void *context;
};

/* Reads the manifest file, and the document, which may be NULL and is not needed afterwards. */
MUST_CHECK struct error *org_read(const char *manifest_path, const struct reply *document,
				  int64_t now, struct org **out);
/* The same from both files; the second may be missing. */
MUST_CHECK struct error *org_load(const char *manifest_path, const char *json_path, int64_t now,
				  struct org **out);
/* Writes the JSON document, then the manifest, when anything changed. */
MUST_CHECK struct error *org_save(struct org *s);
void org_free(struct org *s); /* accepts NULL */
const char *org_manifest_text(struct org *s, struct arena *a);
struct tree *org_tree(struct org *s);

/* ---- revisions ---- */

/* A request begins at `now`; its first change starts a revision. */
void org_begin(struct org *s, int64_t now);
/* The newest revision that began at least `delay_ms` before now. */
uint64_t org_view(const struct org *s, int64_t delay_ms);
/* Every change goes through one of these two: the row is new, or gone. Both log. */
void org_made(struct org *s, struct life *life, const char *what, const char *subject,
	      const char *object);
void org_gone(struct org *s, struct life *life, const char *what, const char *subject,
	      const char *object);
/* Notes a change of attributes, which reads see at once. */
void org_touched(struct org *s, const char *what, const char *subject, const char *object);

/* ---- looking up ---- */

const char *org_intern(struct org *s, const char *text); /* NULL stays NULL */
/* A name that a manifest can hold: valid text, no outer blanks, 1 to 250 bytes, no "_" in front. */
bool org_name_ok(const char *text);
/* Text that a manifest can hold; may be empty. */
bool org_text_ok(const char *text);

/* Rows by what they are called, of those that lived at the revision `view`; NULL: there is none.
 * E-mails are compared without their case, names with it. */
struct product *find_product(struct org *s, const char *name);
struct profile *find_profile(struct org *s, const char *product, const char *name, uint64_t view);
struct profile *find_profile_id(struct org *s, int64_t id, uint64_t view);
struct catalogue_service *find_service(struct org *s, const char *code, const char *type);
struct project *find_project(struct org *s, const char *id, uint64_t view);
struct workspace *find_workspace(const struct project *p, const char *id, uint64_t view);
struct org_credential *find_credential(struct org *s, const char *id, uint64_t view);
struct org_credential *find_client(struct org *s, const char *client_id, uint64_t view);
struct org_credential *find_account(struct org *s, const char *name, uint64_t view);
/* By the technical account's e-mail or id, letter case aside. */
struct org_credential *find_tech_email(struct org *s, const char *email, uint64_t view);
struct org_credential *find_tech_id(struct org *s, const char *id, uint64_t view);
struct user *find_user(struct org *s, const char *email, uint64_t view);
struct group *find_group(struct org *s, const char *name, uint64_t view);
/* The row of a service that the credential was subscribed to at a revision; NULL: it was not. */
struct org_subscription *find_subscription(const struct org_credential *c,
					   const struct catalogue_service *service, uint64_t view);
const struct identity_directory *find_directory(const struct org *s, const char *domain);

/* ---- changing; each is logged when it changes something ---- */

/* Whether a principal holds an entitlement at a revision; giving it and taking it, which say
 * whether that changed anything. */
bool org_holds(const struct org *s, uint64_t view, enum principal_kind kind, const char *name,
	       const struct entitlement *e);
bool org_holds_role(const struct org *s, uint64_t view, enum principal_kind kind, const char *name,
		    enum role role);
bool org_give(struct org *s, enum principal_kind kind, const char *name,
	      const struct entitlement *e);
bool org_take(struct org *s, enum principal_kind kind, const char *name,
	      const struct entitlement *e);
/* Takes all grants of the principal but those of the role `kept`. */
void org_take_all(struct org *s, enum principal_kind kind, const char *name, enum role kept);
/* Takes all grants about something that goes: about a profile, or, where `group` is given, about
 * the administrators of a user group. */
void org_take_about(struct org *s, const char *product, const char *profile, const char *group);
struct entitlement entitlement_of_profile(const struct profile *p);

/* A number that no group and no profile has yet. */
int64_t org_group_id(struct org *s, const char *kind, const char *x, const char *y);
struct profile *make_profile(struct org *s, const char *product, const char *name);
struct project *make_project(struct org *s, const char *name, const char *title,
			     const char *description, const char *type, const char *who);
struct workspace *make_workspace(struct org *s, struct project *p, const char *name,
				 const char *title, const char *description);
/* A credential with one secret; `name` becomes the name of its account's document. */
struct org_credential *make_credential(struct org *s, struct project *p, struct workspace *w,
				       const char *name, const char *description);
struct secret_row *make_secret(struct org *s, struct org_credential *c);
struct user *make_user(struct org *s, const char *email, const char *type);
struct group *make_group(struct org *s, const char *name);
void drop_credential(struct org *s, struct org_credential *c);
void drop_project(struct org *s, struct project *p); /* with its credentials */
void drop_workspace(struct org *s, struct project *p, struct workspace *w);
void drop_user(struct org *s, struct user *u);
void drop_group(struct org *s, struct group *g);
void drop_profile(struct org *s, struct profile *p);
/* Moves members and grants to the new name. */
void rename_group(struct org *s, struct group *g, const char *name);
void rename_user(struct org *s, struct user *u, const char *email);
bool join_group(struct org *s, struct group *g, struct user *u);
bool leave_group(struct org *s, struct group *g, struct user *u);
bool in_group(const struct group *g, const struct user *u, uint64_t view);

void subscribe(struct org *s, struct org_credential *c, struct catalogue_service *service);
void unsubscribe(struct org *s, struct org_credential *c, struct org_subscription *row);
/* The scopes that a token of the credential may have. */
void credential_scopes(const struct org_credential *c, struct arena *a, uint64_t view,
		       struct words_vec *out);

/* The name of a project with this title: its letters and digits, at most 20. */
const char *project_name_of(struct arena *a, const char *title);

/* Fills the catalogue that follows from products and names; called when products change. */
void catalogue_make(struct org *s);
/* The row that a manifest's `apis` names by name or code; made when there is none. */
struct catalogue_service *catalogue_find(struct org *s, const char *name);
bool words_have(const struct words_vec *words, const char *word);

#endif
