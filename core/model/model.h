/* SPDX-License-Identifier: Apache-2.0 */
/* model.h - what manifests say, as structs: accounts, roles, products, bundles, assignments.
 *
 * The same structs hold wanted and live organisations, for both are written in the same language.
 * All strings are interned (equal names are the same pointer) and live as long as the run. */
#ifndef WRIT_MODEL_H
#define WRIT_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/model/house_rules.h"
#include "core/util/error.h"
#include "core/util/intern.h"
#include "core/util/vec.h"

#define API_VERSION "writ/v1"

enum kind {
	KIND_ORGANIZATION,
	KIND_ACCESS_BUNDLE,
	KIND_TECHNICAL_ACCOUNT,
	KIND_ADMIN_ROLE,
	KIND_PRODUCT_ASSIGNMENT,
	KIND_OPEN_DRIFT, /* of snapshots alone */
	KIND_COUNT,
};

enum role {
	ROLE_NONE, /* no role: a product grant */
	ROLE_SYSTEM_ADMINISTRATOR,
	ROLE_STORAGE_ADMINISTRATOR,
	ROLE_DEPLOYMENT_ADMINISTRATOR,
	ROLE_SUPPORT_ADMINISTRATOR,
	ROLE_PRODUCT_ADMINISTRATOR,
	ROLE_PRODUCT_PROFILE_ADMINISTRATOR,
	ROLE_USER_GROUP_ADMINISTRATOR,
	ROLE_DEVELOPER,
	ROLE_COUNT,
};

/* Which keys a role needs beside its name. */
enum scope { SCOPE_ORGANIZATION, SCOPE_PRODUCT, SCOPE_PROFILE, SCOPE_GROUP };

struct role_info {
	const char *name;
	enum scope scope;
	int rank; /* 1 is the most powerful; who holds a rank can usually hand out those below it */
	const char *title; /* as the Admin Console calls it */
};
extern const struct role_info role_table[ROLE_COUNT];

enum role role_find(const char *name); /* ROLE_NONE when there is no such role */

/* Code points of a product, profile, group or e-mail (facts/umapi.md, "Actions"). */
#define OBJECT_NAME_MAX 250

/* Whether a live document can hold it as the name of a product, profile or group, so that what is
 * written is read again. */
bool object_name_is_live(const char *text);

/* A project holds nothing: it is the object of a change alone, and its name is the service's id. */
enum principal_kind {
	PRINCIPAL_ACCOUNT,
	PRINCIPAL_GROUP,
	PRINCIPAL_USER,
	PRINCIPAL_PROJECT,
	PRINCIPAL_KIND_COUNT
};
const char *principal_kind_name(enum principal_kind kind); /* "technicalAccount", "group", ... */

/* Which of several entries of an address a user is. The name of a user that says it is
 * "TYPE:E-MAIL"
 * ("adobeID:jane@example.com"), for ":" stands in no address; without a type it is the entry that
 * is no Adobe ID, or the only one. So what compares names tells the entries apart. */
enum user_type { USER_ANY, USER_ADOBE_ID, USER_ENTERPRISE_ID, USER_FEDERATED_ID, USER_TYPE_COUNT };
extern const char *const user_type_names[USER_TYPE_COUNT + 1]; /* USER_ANY: ""; NULL at the end */
/* The type that a user's name says, and the address behind it (NULL: not asked), borrowed. */
enum user_type user_type_of(const char *name, const char **out_address);

enum unlisted { UNLISTED_UNSET, UNLISTED_KEEP, UNLISTED_REPORT, UNLISTED_REMOVE };
enum state { STATE_PRESENT, STATE_ABSENT };

#define DATE_NONE INT32_MIN

/* The words that go with a grant; they explain it and are never compared with live. */
struct words {
	const char *reason, *ticket; /* NULL where unsaid */
	int32_t expires;	     /* last day it holds, in days since 1970; DATE_NONE */
};

/* Whether a declaration with these words has expired on that day: it counts as absent. `words` may
 * be NULL. */
bool words_have_ended(const struct words *words, int32_t today);

/* One item of adminRoles, products, apis or members. Each says one half of a grant: an item of
 * members says who holds it, and its document says what is held; with the others it is the other
 * way round. */
struct entry {
	struct location at;	   /* the first character of the item */
	const struct words *words; /* NULL when it has none */
	const char *product, *profile;
	const char *name; /* the group of a role entry, an API, or the name of a member */
	uint8_t role;	  /* enum role; a field of the schema, written at its offset */
	enum principal_kind member : 8;
};
VEC(entry_vec, struct entry);

struct text_item {
	const char *text;
	struct location at;
};
VEC(text_vec, struct text_item);

struct label {
	const char *key, *value;
};
VEC(label_vec, struct label); /* sorted by key bytes once read */

struct metadata {
	const char *name;
	const char *organization; /* which of several the document is of; NULL where unsaid */
	struct location organization_at; /* where unsaid, of the mapping that lacks it */
	const unsigned char *digest; /* SHA-256 of what the document says and where; NULL where it
					does not say of which organisation it is */
	struct label_vec labels;
	struct text_vec previously;
	struct location name_at;
	bool has_labels;
};

/* Whole numbers, or -1 where unsaid. */
struct guards {
	int32_t max_removals, max_removal_delta, max_admin_grants;
	int32_t min_persons; /* users that hold system-administrator */
	int32_t min_holders[ROLE_COUNT];
};
#define GUARDS_UNSAID                                                                              \
	{                                                                                          \
		-1, -1, -1, -1,                                                                    \
		{                                                                                  \
			-1, -1, -1, -1, -1, -1, -1, -1, -1                                         \
		}                                                                                  \
	}
_Static_assert(ROLE_COUNT == 9, "GUARDS_UNSAID has one for each role");

/* Attributes of an account, as a set. A provider reads some; only these are compared. */
enum attribute {
	ATTRIBUTE_DESCRIPTION = 1,
	ATTRIBUTE_OWNER = 2,
	ATTRIBUTE_LABELS = 4,
	ATTRIBUTE_PROJECT = 8,
	ATTRIBUTE_CREDENTIAL = 16,
	ATTRIBUTE_ALL = 31,
};
/* By its name in a manifest; 0: there is none. */
unsigned attribute_find(const char *name);

/* An API that a credential can have, and the product profiles that come with it. */
struct api_offer {
	struct location at;
	const char *name, *code;
	const char *unavailable; /* why it cannot be added, in the service's word; NULL: it can */
	struct entry_vec products;
};
VEC(api_offer_vec, struct api_offer);

/* What exists live; a list that is absent is unknown, which is not the same as empty. */
struct catalogue {
	struct entry_vec products;
	struct text_vec users, groups;
	struct text_vec typed; /* names of users' other entries, as of user_type_of() */
	struct api_offer_vec apis;
	bool has_products, has_users, has_groups, has_apis, has_typed;
};

/* What a snapshot says of itself (snapshot.h); format is 0 in other manifests. */
struct snapshot_status {
	int32_t format, serial;
	const char *lineage;
	struct label_vec sources, digests;
	struct label_vec restore; /* the restore that is under way: from, run, since; or empty */
	struct text_vec unknown;
	struct guards policy;	 /* the limits that the last apply had; all are said, or none */
	struct text_vec managed; /* of the last apply's plan */
};

/* A drift that is known and left for now. */
struct drift_ignore {
	const char *fingerprint, *reason;
	struct location at;
	int32_t until; /* the last day, in days since 1970 */
};
VEC(drift_ignore_vec, struct drift_ignore);

struct organization {
	struct metadata meta;
	struct location at;
	const char *provider, *org_id;
	uint8_t unlisted;
	struct entry_vec enterprise_storage; /* profile may be NULL: any profile of the product */
	struct guards guards;
	struct rules rules;
	struct drift_ignore_vec ignored_drift;
	struct catalogue status;
	struct text_vec unseen; /* live: the admin roles that a read could not show of users, and
				   UNSEEN_PRODUCTS */
	struct entry_vec unseen_groups; /* live: as in live.h */
	struct snapshot_status snapshot;
	struct location provider_at, org_id_at;
};
VEC(organization_vec, struct organization);

struct account {
	struct metadata meta;
	struct location at, description_at, project_at, credential_at,
		state_at;					/* no file where unsaid */
	const char *description, *owner, *project, *credential; /* NULL where unsaid */
	struct text_vec bundles;
	struct entry_vec roles, products, apis;
	const char *id, *email;	  /* live: what the service assigned */
	struct text_vec unseen;	  /* live: the admin roles that a read could not show of it */
	const char *unseen_roles; /* live: what would show them; NULL: not known, as of files */
	uint8_t unlisted, state;
	bool has_apis, has_bundles, has_roles, has_products, protect;
	bool former; /* in a plan: this name is taken from it, and may be another's behind it */
};
VEC(account_vec, struct account);

struct bundle {
	struct metadata meta;
	struct location at;
	struct entry_vec roles, products, apis;
	bool has_apis; /* an empty list says something too */
};
VEC(bundle_vec, struct bundle);

/* An AdminRole or a ProductAssignment: one entitlement and who holds it. */
struct assignment {
	struct metadata meta;
	struct location at;
	const char *product, *profile, *group;
	struct entry_vec members;
	uint8_t role; /* ROLE_NONE in a ProductAssignment */
	uint8_t unlisted;
};
VEC(assignment_vec, struct assignment);

enum drift_kind { DRIFT_APPEARED, DRIFT_GONE, DRIFT_CHANGED, DRIFT_KIND_COUNT };

/* What somebody changed and nobody has decided on yet, beside the snapshot that has it as it was
 * seen: how to get from there to what is agreed. */
struct open_drift {
	struct metadata meta; /* the name is the fingerprint */
	struct location at;
	const char *principal; /* its name where the snapshot saw it, else its agreed one */
	const char *id;	       /* of an account, as the snapshot saw it; set by agreed_make() */
	const char *product, *profile, *group, *api;
	const char *since, *run; /* when and by which run it was found */
	struct words words;	 /* of a grant that is gone: what was said of it */
	struct account before;	 /* of an account: the agreed side; no name when there is none */
	struct location before_at;
	uint8_t role;		/* enum role; without one, a product and an API: the account */
	uint8_t principal_kind; /* enum principal_kind */
	uint8_t kind;		/* enum drift_kind */
	bool unseen;		/* agreed, and no read shows whether it still is so */
	bool unsure;		/* appeared, and the agreed side's read could not have shown it */
};
VEC(open_drift_vec, struct open_drift);

/* All documents of a set, each vector in the order of the files. One that has errors is here with
 * what could be read of it: names of entries, and all that is not its own name, may be NULL then.
 */
struct model {
	struct organization_vec organizations;
	struct bundle_vec bundles;
	struct account_vec accounts;
	struct assignment_vec roles, products;
	struct open_drift_vec drifts;
	uint32_t dropped; /* of documents with errors so that they are not here: DROPPED() */
};

#define DROPPED(kind) (UINT32_C(1) << (kind))
#define DROPPED_ANY UINT32_MAX /* the kind is unknown as well */

/* Sorted by name, for lookups: made by model_index(), which must be called again after a change. */
struct model_index {
	VEC(, const struct account *) accounts;
	VEC(, const struct bundle *) bundles;
};
void model_index(const struct model *m, struct arena *a, struct model_index *out);
/* The Organization of this name; NULL: there is none. */
const struct organization *model_find_organization(const struct model *m, const char *name);
/* Orders for vectors of pointers to accounts: by name; by id, where each has one. */
int account_by_name(const void *a, const void *b);
int account_by_id(const void *a, const void *b);
/* Orders for vectors of what they name: accounts by name, entries by product and profile, labels by
 * key, texts by their bytes. */
int account_order(const void *a, const void *b);
int entry_order(const void *a, const void *b);
int label_order(const void *a, const void *b);
int text_order(const void *a, const void *b);
/* Whether its manifest says that the account had this name before. */
bool account_had_name(const struct account *account, const char *name);
/* The value of this key; NULL: there is none. */
const char *label_find(const struct label_vec *labels, const char *key);
const struct account *model_find_account(const struct model_index *index, const char *name);
const struct bundle *model_find_bundle(const struct model_index *index, const char *name);

/* The account with the APIs of its bundles among its own, without those that have ended on
 * `today` (DATE_NONE: none has). It is the account itself when none of its bundles names an API,
 * else a copy in `a`. */
const struct account *account_with_apis(const struct account *account,
					const struct model_index *index, struct arena *a,
					int32_t today);

/* The credential of an account: what it says, or its name. */
const char *account_credential(const struct account *account);

/* Where a manifest says this attribute of an account; its name's place where it does not. */
struct location account_place(const struct account *account, enum attribute which);

/* Says of a live account that it was not seen whether it holds this role. Its list is made anew in
 * `a`, so that others may share the old one. */
void account_hide_role(struct account *account, enum role role, struct arena *a);

#endif
