/* provider.h - what a service must offer, and the one place that calls it.
 *
 * A provider translates and nothing more: it never plans, prints, prompts or repeats a write on its own judgement.
 * It has two tables: who is handed the reader alone cannot write. */
#ifndef WRIT_PROVIDER_H
#define WRIT_PROVIDER_H

#include "core/access.h"

struct plan;
struct change;

/* Collections, to be asked for together; never one call a grant. */
enum collection {
	COLLECT_ACCOUNTS = 1,  /* technical accounts and their attributes */
	COLLECT_GRANTS = 2,    /* who holds what */
	COLLECT_CATALOGUE = 4, /* which products, profiles, users and groups exist */
	COLLECT_ALL = 7,
};

/* The live organisation. Names are interned in the run's strings; accounts carry attributes only, their
 * lists are in `grants`. What a provider cannot read of an account is NULL or has its flag off. */
struct live {
	const char *organization, *org_id; /* org_id may be NULL */
	struct account_vec accounts;	   /* sorted by name, each once */
	struct pair_vec grants;
	struct catalogue catalogue;
	const struct organization
		*document;  /* what else the organisation says of itself; may be NULL */
	const char *source; /* "file", ...: named in the plan */
};

/* How a kind of change can be made. */
enum capability { CAN_API, CAN_MANUAL, CAN_NOT };

/* Which attributes of an account a provider reads, as a set; only these are compared. */
enum attribute {
	ATTRIBUTE_DESCRIPTION = 1,
	ATTRIBUTE_OWNER = 2,
	ATTRIBUTE_LABELS = 4,
	ATTRIBUTE_PROJECT = 8,
	ATTRIBUTE_CREDENTIAL = 16,
	ATTRIBUTE_APIS = 32,
	ATTRIBUTE_ALL = 63,
};

/* What became of one action. An unknown one is never sent again before a read. */
enum outcome_class {
	OUTCOME_NOT_SENT,
	OUTCOME_REFUSED,
	OUTCOME_APPLIED,
	OUTCOME_PARTLY,
	OUTCOME_UNKNOWN,
};
const char *outcome_name(enum outcome_class class);

struct outcome {
	enum outcome_class class;
	const char *message; /* why, for all but applied; in the arena of the call; may be NULL */
};

/* What an operator says about one organisation. */
struct settings {
	struct intern *strings;
	const char *live_path; /* of the file provider */
};

struct provider; /* a session, defined by each provider */

struct rate_budget {
	const char *operation;
	unsigned per_minute; /* requests; 0: no limit */
};

struct provider_reader {
	const char *name;    /* as in a manifest's spec.provider */
	unsigned attributes; /* set of enum attribute */
	struct error *(*open)(const struct settings *settings, struct provider **out);
	/* Appends what is live of the set `what` to `out`, in `a`, numbering pairs in `u`. */
	struct error *(*read)(struct provider *p, struct arena *a, struct universe *u,
			      unsigned what, struct live *out);
	/* How a grant of `e` to a `kind` of principal can be made or taken. */
	enum capability (*can_grant)(struct provider *p, enum principal_kind kind,
				     const struct entitlement *e);
	enum capability (*can_account)(struct provider *p);
	/* The service's own rules for an account that is to be made; NULL when it may be. */
	const char *(*check_account)(struct provider *p, struct arena *a,
				     const struct account *account);
	/* What tells this organisation from every other, for locks and journals; lives with the session. */
	const char *(*identity)(struct provider *p);
	void (*close)(struct provider *p); /* accepts NULL */
};

struct provider_writer {
	size_t batch_max; /* changes in one call: the service's limit, with its source */
	const struct rate_budget *budgets; /* ends with a NULL operation */
	/* Sends `batch` once and fills one outcome for each change. The error is for what ends the whole run; then
	 * nothing of the batch was sent. */
	struct error *(*execute)(struct provider *p, struct arena *a,
				 const struct change *const *batch, size_t len,
				 struct outcome *outcomes);
};

struct provider_entry {
	const struct provider_reader *reader;
	const struct provider_writer *writer;
};

/* Calls with logging and contract checks: a name repeated, an outcome not filled. */
MUST_CHECK struct error *provider_read(const struct provider_reader *reader, struct provider *p,
				       struct arena *a, struct universe *u, unsigned what,
				       struct live *out);
MUST_CHECK struct error *provider_execute(const struct provider_writer *writer, struct provider *p,
					  struct arena *a, const struct change *const *batch,
					  size_t len, struct outcome *outcomes);

#endif
