/* SPDX-License-Identifier: Apache-2.0 */
/* session.h - an open organisation at Adobe, and what the last read learnt of it.
 *
 * Manifests call things by names, Adobe's services by numbers. A read brings both together and
 * keeps what the writes after it need: which credential stands for which account, which API offers
 * which product profile. Everything that was learnt lives in `arena` and is replaced as a whole by
 * the next read. */
#ifndef ADOBE_SESSION_H
#define ADOBE_SESSION_H

#include "core/contract/provider.h"
#include "core/util/patience.h"
#include "providers/adobe/users/admin_export.h"
#include "providers/adobe/users/directory.h"
#include "providers/adobe/wire/http.h"
#include "providers/adobe/wire/ims_token.h"

/* A product profile as the Developer Console offers it (its "licenseConfigs"). */
struct licence {
	const char *id, *product_id; /* the service's own, as strings */
	const char *product, *profile;
	bool unnameable; /* no manifest can hold these; what is selected of it stays so */
};
VEC(licence_vec, struct licence);

/* A row of the services catalogue that a server-to-server credential can have (type "entp"). */
struct api {
	const char *name, *code;
	struct licence_vec licences;
	const char *disabled; /* why it cannot be had, in the service's word; NULL: it can */
	bool storage; /* brings a licence that includes Enterprise Storage with a new credential */
};
VEC(api_vec, struct api);

struct console_project {
	const char *id, *title, *name;
};
VEC(console_project_vec, struct console_project);

/* One API of a credential, with the licences that are selected in it; licences of other APIs are
 * not in it. */
struct subscription {
	const char *code;
	struct licence_vec selected;
};
VEC(subscription_vec, struct subscription);

/* A credential and its technical account. */
struct credential {
	const char *account;		   /* its name in writ */
	const char *id, *name, *client_id; /* these are always known */
	const char *project_id,
		*project; /* title; these and what follows: NULL unless `detailed` */
	const char *workspace_id;
	const char *description, *tech_id, *email;
	struct subscription_vec subscriptions;
	bool detailed; /* it is of a managed account */
};
VEC(credential_vec, struct credential);

/* What an account's own token shows of its roles: bits (1 << enum role). */
struct seen_roles {
	const char *account;
	uint16_t known, held; /* the roles that it tells of, and those of them that are held */
};
VEC(seen_roles_vec, struct seen_roles);

/* A secret that was read ahead of its turn, side by side with others. */
struct secret_ahead {
	const char *account, *client; /* interned */
	struct secret *secret; /* owned; NULL: handed over, or not shown when it was asked for */
};
VEC(secret_ahead_vec, struct secret_ahead);

struct provider {
	struct intern *strings;
	const struct organization_config *config; /* borrowed */
	const char *roles_from;			  /* borrowed; NULL */
	const char *organization;		  /* as manifests call it; NULL */
	char *identity;
	int64_t now;
	struct http *http;
	unsigned patience_ms;	/* the operator's, to look for what was written */
	struct token *console;	/* for the Developer Console: a person's, else the server's own;
				   NULL: neither */
	struct token *server;	/* of the server-to-server credential; NULL: not configured */
	struct token *users;	/* the same token, when it may read and change users; else NULL */
	const char *org_id;	/* "...@AdobeOrg" */
	const char *org_number; /* its number in the Developer Console; NULL before
				   console_organization() */
	const char *title;	/* the organisation as the Admin Console shows it; NULL */
	const char *person; /* whose token `console` is, once asked; NULL: nobody's, or unknown */
	bool asked_person;
	struct own_token *own; /* account_tokens.h: of the accounts' own credentials;
				  account_tokens_done() with the session */

	const struct plan *plan;   /* being applied; NULL before */
	const struct leave *leave; /* to change something; NULL: nobody is to be asked */
	struct arena sent_arena;
	struct secret_ahead_vec ahead; /* wiped with the session */
	struct line_vec unsure; /* titles of projects that were asked for, and neither an answer
				   nor a read tells whether they were made */

	/* Learnt by the last read. */
	struct arena arena;
	struct api_vec apis;
	size_t nearest_steps; /* left for finding the API that was meant */
	struct console_project_vec projects;
	struct credential_vec credentials; /* sorted by account */
	size_t most_accounts;	     /* that a read has shown: services forget at different times */
	struct seen_roles_vec roles; /* sorted by account */
	struct line_vec left_out;    /* what the console has and no manifest can name */
	struct arena directory_arena;
	struct directory directory; /* users and groups; empty unless read_users */
	bool read_users;
	struct admin_export admins; /* of roles_from */
};

/* This is provider_reader.identity_of. */
const char *session_identity(const struct settings *settings, struct arena *a);
/* ERROR_USAGE when there is no configuration to open it with. */
MUST_CHECK struct error *session_open(const struct settings *settings, struct provider **out);
void session_close(struct provider *p); /* accepts NULL */
struct error *session_lacks_credential(void);

/* How often and how long to look for what was written; `hurried` where nothing depends on seeing it
 * now. */
struct patience session_patience(const struct provider *p, bool hurried);

/* Text that lives as long as the run; NULL stays NULL. */
const char *session_keep(struct provider *p, const char *text);
/* The same, if a live document can hold the text; else NULL. */
const char *session_keep_live(struct provider *p, const char *text);
/* Notes that the console has a `what` of a name that no live document can hold. */
void session_leave_out(struct provider *p, const char *what, const char *name);

/* The credential of an account after a read; NULL when there is none. */
struct credential *session_find(struct provider *p, const char *account);
/* Puts the credentials in order again after one came or was renamed: pointers to them are stale
 * then. */
void session_sort(struct provider *p);
void session_forget(struct provider *p, struct credential *c);

#endif
