/* SPDX-License-Identifier: Apache-2.0 */
/* config.h - the operator's trusted configuration.
 *
 * Manifests come from a checkout that anyone with a pull request may shape; where requests go,
 * which credentials they carry, and what a plan may do at most come from here alone: --config,
 * WRIT_CONFIG, the user's configuration folder, or WRIT_ADOBE_* variables for a single
 * organisation. The file is read with the manifests' YAML subset by field tables of its own
 * (writ-config(5)). Secrets are named here, never kept: secret_read() fetches one when it is
 * needed, which is after all untrusted input has been parsed. */
#ifndef WRIT_CONFIG_H
#define WRIT_CONFIG_H

#include "core/git/signature.h"
#include "core/model/model.h"
#include "core/util/report.h"
#include "core/util/secret.h"
#include "core/util/str.h"

#define CONFIG_FILE_MAX ((size_t)1 << 20) /* a thousand organisations are under 1 MiB */
#define CONFIG_CONNECTIONS_MAX 8	  /* more only wait for the service's rate limits */

/* Where requests go: no trailing slash; https, or http to this machine when `allow_local`. Never
 * NULL. */
struct endpoints {
	const char *ims;	     /* "/ims/token/v3" follows */
	const char *console;	     /* "/console/organizations" follows */
	const char *user_management; /* "/action/ORG" follows */
	const char *storage;	     /* "/policies/org" follows */
};

/* OAuth server-to-server. client_id is NULL when there is none; `scopes` may be NULL: the
 * provider's own. */
struct server_credential {
	const char *client_id, *scopes;
	struct secret_source secret;
};

/* A person's session, for what no technical account may do. client_id is NULL when there
 * is none. */
struct user_credential {
	const char *client_id;
	struct secret_source token;
};

/* A technical account whose own secret is at hand: to see its roles, and to verify. */
struct account_credential {
	struct location at;
	const char *name, *client_id;
	struct secret_source secret;
};
VEC(account_credential_vec, struct account_credential);

/* Who must hold a role after every plan: exactly one of account, user and user_group. */
struct required_holder {
	struct location at;
	const char *product, *profile, *group; /* the role's scope; NULL */
	const char *account, *user, *user_group;
	uint8_t role; /* enum role */
};
VEC(required_holder_vec, struct required_holder);

/* Limits of the operator; -1 where unsaid. */
struct operator_policy {
	struct guards guards;
	bool ignore_admin_drift; /* manifests may ignore drift of administrator rights */
	int32_t max_live_shrink; /* percent that a live read may be below the last snapshot */
	struct required_holder_vec required;
};

/* Where the organisation is kept as manifests; repository is NULL when nowhere. */
struct snapshot_settings {
	const char *repository, *folder, *branch, *author_name, *author_email, *message, *push;
	struct signing sign; /* commits */
	bool commit;	     /* default: true */
};

/* Where runs are remembered. */
/* An object store. All but prefix, ca_file and token are there. */
struct s3_settings {
	const char *endpoint, *region, *bucket;
	const char *prefix;  /* of all keys, without a slash behind it; NULL: "writ" */
	const char *ca_file; /* NULL: the system's */
	struct secret_source key_id, secret, token;
};

enum ledger_kind { LEDGER_FOLDER, LEDGER_POSTGRES, LEDGER_GIT, LEDGER_S3 };
struct ledger_settings {
	enum ledger_kind kind;
	const char *folder;	       /* NULL: the one of this user on this machine */
	struct secret_source postgres; /* a connection string */
	const char *git_remote, *git_ref, *git_repository; /* NULL unsaid */
	struct s3_settings s3;
	int32_t lease; /* seconds of silence after which a run may be taken over; -1 unsaid */
};

enum account_roles { ACCOUNT_ROLES_MANUAL, ACCOUNT_ROLES_USER_MANAGEMENT };

struct organization_config {
	struct location at;
	const char *name, *org_id; /* name is NULL when it came from the environment: any; org_id
				    * NULL: of provider file */
	const char *live;	   /* where one of provider file stands; NULL */
	struct endpoints endpoints;
	bool allow_local;
	const char *ca_file;	/* NULL: the system's */
	const char *pinned_key; /* "sha256//BASE64", several with ";" between; NULL: any that is
				   vouched for */
	struct server_credential server;
	struct user_credential user;
	struct account_credential_vec accounts;
	const char *sink_directory;	 /* where new client secrets go; NULL */
	const char *const *sink_command; /* argv, or NULL; at most one of both */
	const char *const *role_writer;	 /* argv; NULL: a person makes these changes */
	uint8_t account_roles;		 /* enum account_roles */
	int32_t connections;		 /* 1 to CONFIG_CONNECTIONS_MAX */
	int32_t max_wait;		 /* seconds in all; -1 unsaid */
	int32_t patience;		 /* seconds, for reads that lag; -1 unsaid */
	struct operator_policy policy;
	struct rules rules;
	struct snapshot_settings snapshot;
	struct ledger_settings ledger;
	struct signing sign_plans;
	const char *signers; /* who may sign plans: an allowed_signers file; NULL: none need be */
	const char *revoked_keys; /* whose signatures hold no more; NULL: none's */
};
VEC(organization_config_vec, struct organization_config);

struct config {
	const char *file; /* NULL: from the environment, or there is none */
	struct organization_config_vec organizations;
};

/* Reads PATH; NULL: WRIT_CONFIG, else $XDG_CONFIG_HOME/writ/config.yaml, else
 * $HOME/.config/writ/config.yaml when there is one, else what WRIT_ADOBE_* say; `out` is empty when
 * nothing says anything. The file must be regular, belong to this user or root and be writable by
 * nobody else. Paths in it are relative to its folder. What is wrong inside the file goes to
 * `report`, sorted by the caller; the error is for a file that cannot be used. Strings are interned
 * or in `arena`. */
MUST_CHECK struct error *config_load(const char *path, struct intern *strings, struct arena *arena,
				     struct report *report, struct config *out);

/* The file that is read where no PATH is named; NULL: there is none. In `arena`. */
const char *config_unnamed_file(struct arena *arena);

/* What is said of the organisation with this name and id (either may be NULL: any); NULL when
 * nothing is. An entry with the right name and another id is not it; one without an id, of provider
 * file, is. Borrowed from `config`. */
const struct organization_config *config_find(const struct config *config, const char *name,
					      const char *org_id);

/* Appends the JSON Schema (2020-12) of kind Configuration; the fields as scdoc,
 * for writ-config(5). */
void config_print_schema(struct str *out);
void config_print_manual(struct str *out);

#endif
