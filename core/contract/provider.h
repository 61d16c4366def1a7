/* SPDX-License-Identifier: Apache-2.0 */
/* provider.h - what a service must offer, and the one place that calls it.
 *
 * A provider translates and nothing more: it never plans, prints, prompts or repeats a write on its
 * own judgement. It has two tables: who is handed the reader alone cannot write. */
#ifndef WRIT_PROVIDER_H
#define WRIT_PROVIDER_H

#include "core/model/live.h"
#include "core/util/str.h"

struct plan;
struct change;

/* What a read is for. The details of each account cost a call of their own. A provider therefore
 * fetches those of the managed accounts alone, unless `all` is set; of the others it gives what it
 * has without asking, such as their names. */
struct query {
	unsigned what;			      /* set of enum collection */
	const struct account *const *managed; /* what manifests or a plan say of them: names,
						 projects, credentials, APIs */
	size_t count;			      /* of managed */
	bool all;			      /* details of every account are due, managed or not */
	bool rest;			      /* what the session's last read gave is still good:
						 only details that it did not ask for are due */
	bool groups;			      /* it matters what user groups hold */
	bool told;			      /* the caller tells what the read leaves out */
	const struct entitlement *const *roles; /* where set, only the holders of these are asked
						 * for; all else may be as it was read before */
	size_t role_count;			/* of roles */
	const struct plan *plan; /* where set, the read is to show how this plan's changes stand;
				  * all else may be as the session read it before */
};
extern const struct query query_all;

/* The query of a plan for these manifests, in `a`. It asks for the accounts that they declare,
 * under their present and earlier names. Where a document claims a complete list, so that something
 * may be taken from an account that no manifest declares, it asks for all accounts. */
struct query query_of(const struct model *wanted, const struct model_index *index, struct arena *a);

/* How a change can be made: by the service's API, by the operator's own program, by a person, or
 * not at all. */
enum capability { CAN_API, CAN_COMMAND, CAN_MANUAL, CAN_NOT, CAN_COUNT };

/* What became of one change that was sent. Whatever is unknown is read before anything of it is
 * sent again. */
enum outcome_class {
	OUTCOME_NOT_SENT,
	OUTCOME_REFUSED,
	OUTCOME_APPLIED,
	OUTCOME_PARTLY,
	OUTCOME_UNKNOWN,
};

struct outcome {
	enum outcome_class class;
	const char *message; /* why, unless it was applied; in the arena of the call; may be NULL */
	/* Before the call: an earlier try may have been carried out although no read shows it.
	 * The provider then only looks for what the service would do a second time. After the call:
	 * the same is true for a later run. */
	bool once;
	/* Before the call: an earlier run died while it sent this change. What exists already was
	 * then made by that run. */
	bool tried;
	/* After the call: the project that the service made for this change, by its own word; of
	 * several changes that share one the first has it. NULL: none. In the arena of the call. */
	const struct made_project *made;
};

struct organization_config;

/* What an operator says about one organisation. */
struct settings {
	struct intern *strings;
	const char *organization, *org_id; /* what manifests call it; NULL: the service tells */
	const char *live_path;		   /* of the file provider */
	const struct organization_config *config; /* of a service; outlives the session */
	const char *roles_from; /* a list of administrators that a person exported; NULL */
	int64_t now;
	unsigned max_wait_s; /* for a service that asks to wait; 0: the configuration's */
};

/* What a plan costs at the limits that the service publishes. */
struct cost {
	size_t calls;
	size_t seconds;
};

/* What a service refuses of an account, whatever is live. */
struct refusal {
	enum attribute attribute; /* whose value it is */
	const char *message;	  /* in the arena of the call */
	const char *expected;	  /* a form and an example */
};
VEC(refusal_vec, struct refusal);

struct provider; /* a session, defined by each provider */

/* Leave to change something, which a run has for a time, and which may end in the middle of a
 * batch (core/ledger/hold.h). */
struct leave {
	/* Asked before each request that may change something: in how many milliseconds its last
	 * byte has to be out. 0: nothing may be begun any more, now or later. */
	unsigned (*ask)(void *context);
	void *context;
};

struct rate_budget {
	const char *operation;
	unsigned per_minute; /* requests; 0: no limit */
};

struct provider_reader {
	const char *name;    /* as in a manifest's spec.provider */
	unsigned attributes; /* set of enum attribute */
	unsigned fixed;	     /* those that nothing changes while the account lives, as a set */
	/* The service has no name of an account but its credential's: where a manifest says no
	 * credential, that one is renamed with the account. */
	bool names_are_credentials;
	struct error *(*open)(const struct settings *settings, struct provider **out);
	/* Appends what is live to `out`, in `a`, numbering pairs in `u`. */
	struct error *(*read)(struct provider *p, struct arena *a, struct universe *u,
			      const struct query *query, struct live *out);
	/* How a grant can be made or taken. `account` is what manifests say of a principal that is
	 * an account, else what is live of it; NULL when it is no account. */
	enum capability (*can_grant)(struct provider *p, const struct principal *principal,
				     const struct account *account, const struct entitlement *e);
	/* Says why a grant is CAN_NOT and what to do about it, in `a`. The answer or the member may
	 * be NULL: then nothing more is known. */
	const char *(*explain)(struct provider *p, struct arena *a,
			       const struct principal *principal, const struct account *account,
			       const struct entitlement *e);
	/* The other name under which the account lists this API before; NULL when it does not.
	 * NULL member: an API has one name. */
	const char *(*same_api)(struct provider *p, const struct account *account, const char *api);
	/* Whether the service's catalogue says that an API lets its holder hand out rights. Those
	 * that api_is_admin() knows are not asked for. NULL: the service does not tell. */
	bool (*is_admin_api)(const struct provider *p, const char *api);
	/* Whether an API of a credential carries this product profile: when the API is removed, the
	 * profile goes too. NULL: none does. */
	bool (*carries)(struct provider *p, const char *api, const struct entitlement *product);
	/* Whether a live account has a profile by this API that no manifest can name, and that
	 * stays whatever is changed beside it. NULL: there are none. */
	bool (*has_unnamed)(struct provider *p, const char *account, const char *api);
	enum capability (*can_account)(struct provider *p);
	/* The title of the project in which the account is made; it lives in `a`, or as long as the
	 * account. NULL: the service has no projects. */
	const char *(*project_of)(struct arena *a, const struct account *account);
	/* Says how these projects stand, which earlier runs made: by the last read's list of all,
	 * and a look into each that it has. NULL: the service has no projects. */
	struct error *(*look_at_projects)(struct provider *p, struct made_project_vec *all);
	/* Whether the last read would have shown this grant if it were there. Where it would not,
	 * nobody knows whether the grant is held: it is neither removed nor said to be done. NULL:
	 * a read shows all. */
	bool (*sees)(struct provider *p, const struct principal *principal,
		     const struct account *account, const struct entitlement *e);
	/* The source that shows whether this grant is held, or that would if it were configured:
	 * a constant, worded to go in front of "would show it". The answer is NULL where no source
	 * that writ can read shows it. NULL member: a read shows all. */
	const char *(*source_of)(struct provider *p, const struct principal *principal,
				 const struct account *account, const struct entitlement *e);
	/* For a grant that is wanted and not seen: why nobody would gain anything by it now, as
	 * a constant. NULL where somebody might gain. NULL member: somebody always might. */
	const char *(*idle)(struct provider *p, const struct principal *principal,
			    const struct entitlement *e);
	/* Appends the rules of the service's own that an account breaks whatever is live, such as
	 * those for names: no session is needed to know them. NULL: there are none. */
	void (*check_names)(struct arena *a, const struct account *account,
			    struct refusal_vec *out);
	/* Why nobody of this kind can hold such an entitlement in the service, whatever is live;
	 * a constant. The answer is NULL when somebody can. NULL member: everybody can hold all. */
	const char *(*check_kind)(enum principal_kind kind, const struct entitlement *e);
	/* Which of its other rules an account that is to be made or changed breaks; NULL when it
	 * breaks none. */
	const char *(*check_account)(struct provider *p, struct arena *a,
				     const struct account *account);
	/* Appends what a person has to do for a change that is CAN_MANUAL, one step a line. `email`
	 * is the account's address in the service, NULL while it has none. NULL: the provider has
	 * no such changes. */
	void (*describe)(struct provider *p, const struct change *change, const char *email,
			 struct str *out);
	/* One line, in `a`, about what would surprise a reviewer in this change of the plan. The
	 * answer or the member may be NULL: there is nothing to say. */
	const char *(*note)(struct provider *p, struct arena *a, const struct plan *plan,
			    const struct change *change);
	/* Appends the manual changes in the service's own format for bulk changes. emails[i] is the
	 * address of the principal of changes[i]. NULL: the service has no such format. */
	void (*export_manual)(struct provider *p, const struct change *const *changes,
			      const char *const *emails, size_t len, struct str *out);
	/* What it takes to carry out the plan's changes. */
	void (*price)(struct provider *p, const struct plan *plan, struct cost *out);
	/* What tells this organisation from every other, for ledgers; lives with the
	 * session. */
	const char *(*identity)(struct provider *p);
	/* The same without a session, and thus without credentials, in `a`; NULL where the settings
	 * do not tell. NULL member: only a session tells. */
	const char *(*identity_of)(const struct settings *settings, struct arena *a);
	void (*close)(struct provider *p); /* accepts NULL */
};

struct provider_writer {
	size_t batch_max; /* changes in one call: the service's limit, with its source */
	/* How long to look for what a read does not show yet: the operator's patience. NULL: reads
	 * never lag. */
	unsigned (*patience_ms)(struct provider *p);
	const struct rate_budget *budgets; /* ends with a NULL operation */
	/* The queue of a change, a number below `queues`. Within a phase one queue is sent after
	 * the other, so that changes which one request can carry stand together. NULL: all changes
	 * are of one queue. */
	unsigned (*queue)(const struct change *change);
	unsigned queues;
	/* How many of the changes, from the first on, belong in one call of execute(): at least
	 * one. All are of one phase and queue, and `len` is at most batch_max. NULL: all of
	 * them. */
	size_t (*take)(struct provider *p, const struct change *const *changes, size_t len);
	/* Whom to ask before each request of execute() and deliver() that may change something;
	 * what is not begun for that was not sent. `leave` outlives the session's writes. NULL:
	 * each call begins one request, at once. */
	void (*set_leave)(struct provider *p, const struct leave *leave);
	/* Is told the whole plan before its first batch. The plan outlives the session's writes.
	 * NULL: the provider need not know. */
	struct error *(*begin)(struct provider *p, const struct plan *plan);
	/* Sends each change of `batch` once and fills in its outcome. An error ends the whole run,
	 * and says that nothing of the batch was sent. */
	struct error *(*execute)(struct provider *p, struct arena *a,
				 const struct change *const *batch, size_t len,
				 struct outcome *outcomes);
	/* Whether secrets of new accounts are to be handed over at all. NULL: never. */
	bool (*has_sink)(struct provider *p);
	/* Hands over the secret of an account that a run made. `again` says that an earlier run may
	 * have done so before it died. *out is "not sent" while no read shows the secret; where it
	 * could not be handed over, its message has the command that makes another secret. */
	struct error *(*deliver)(struct provider *p, struct arena *a, const char *account,
				 bool again, struct outcome *out);
};

/* One thing that was tried with an account's own credential. */
struct proof {
	const char *condition; /* "token", "role", "licence", "storage" */
	const char *call;      /* the request, without secrets */
	bool proven;
	const char *message; /* what was seen; for a failure, what it means and who can mend it */
	bool excess;	     /* proven, and nothing asks for it */
};
VEC(proof_vec, struct proof);

/* What a rotation is asked for. NEXT is the step that is due. FINISH deletes the old secret
 * although it is still in use. AGAIN makes another second secret in place of one that nobody has
 * used. */
enum rotate_way { ROTATE_NEXT, ROTATE_FINISH, ROTATE_AGAIN };

/* What is done with an account's own secret. NULL members: the service has no such thing. */
struct provider_access {
	/* Appends the proofs of one account, in `a`, and in words what no call looked at. `account`
	 * has all that manifests want for it; `licences` are those of its products that bring what
	 * it is to get into. What is wrong with the account is a proof, and so is, proven, what it
	 * has and nothing asks for; an error says that nothing could be found out. */
	struct error *(*verify)(struct provider *p, struct arena *a, const struct account *account,
				const struct entry_vec *licences, struct proof_vec *out,
				struct line_vec *not_looked_at);
	/* Makes one step of a rotation. What stands in the service decides which: where there is
	 * one secret, a second is made and handed to the operator's sink; where there are two, the
	 * old one is deleted when only the new one is still used. *done says that nothing is left
	 * to do, *message in one line what was done or is waited for. ERROR_PARTIAL: the outcome of
	 * a change is unknown. */
	struct error *(*rotate)(struct provider *p, struct arena *a, const struct account *account,
				enum rotate_way way, bool *done, const char **message);
};

struct provider_entry {
	const struct provider_reader *reader;
	const struct provider_writer *writer;
	const struct provider_access *access; /* NULL: accounts have no secrets here */
};

/* ---- the one place that calls a provider ----
 *
 * Each does what its member is said to do, and where the member is NULL what is said for that.
 * `reader` may be NULL where an answer is given for it. */

MUST_CHECK struct error *provider_open(const struct provider_reader *reader,
				       const struct settings *settings, struct provider **out);
void provider_close(const struct provider_reader *reader, struct provider *p);
const char *provider_identity(const struct provider_reader *reader, struct provider *p);
const char *provider_identity_of(const struct provider_reader *reader,
				 const struct settings *settings, struct arena *a);

/* Reads, and checks what was read: ERROR_REMOTE when two accounts have one name. */
MUST_CHECK struct error *provider_read(const struct provider_reader *reader, struct provider *p,
				       struct arena *a, struct universe *u,
				       const struct query *query, struct live *out);

enum capability provider_can_account(const struct provider_reader *reader, struct provider *p);
enum capability provider_can_grant(const struct provider_reader *reader, struct provider *p,
				   const struct principal *principal, const struct account *account,
				   const struct entitlement *e);
const char *provider_explain(const struct provider_reader *reader, struct provider *p,
			     struct arena *a, const struct principal *principal,
			     const struct account *account, const struct entitlement *e);
const char *provider_same_api(const struct provider_reader *reader, struct provider *p,
			      const struct account *account, const char *api);
void provider_check_names(const struct provider_reader *reader, struct arena *a,
			  const struct account *account, struct refusal_vec *out);
const char *provider_check_kind(const struct provider_reader *reader, enum principal_kind kind,
				const struct entitlement *e);
const char *provider_check_account(const struct provider_reader *reader, struct provider *p,
				   struct arena *a, const struct account *account);
/* Whether who holds it can hand out rights: an admin role, or an administrative API. */
bool provider_is_admin(const struct provider_reader *reader, struct provider *p,
		       const struct entitlement *e);
bool provider_carries(const struct provider_reader *reader, struct provider *p, const char *api,
		      const struct entitlement *product);
bool provider_has_unnamed(const struct provider_reader *reader, struct provider *p,
			  const char *account, const char *api);

/* NULL: the service has no projects. */
const char *provider_project_of(const struct provider_reader *reader, struct arena *a,
				const struct account *account);
MUST_CHECK struct error *provider_look_at_projects(const struct provider_reader *reader,
						   struct provider *p,
						   struct made_project_vec *all);

/* Whether a read shows every grant there is, so that each is seen. */
bool provider_shows_all(const struct provider_reader *reader);
/* Whether there is a role of the whole organisation of which no read shows if the principal holds
 * it. */
bool provider_hides_role(const struct provider_reader *reader, struct provider *p,
			 const struct principal *principal, const struct account *account);
bool provider_sees(const struct provider_reader *reader, struct provider *p,
		   const struct principal *principal, const struct account *account,
		   const struct entitlement *e);
const char *provider_source_of(const struct provider_reader *reader, struct provider *p,
			       const struct principal *principal, const struct account *account,
			       const struct entitlement *e);
const char *provider_idle(const struct provider_reader *reader, struct provider *p,
			  const struct principal *principal, const struct entitlement *e);

/* The steps of a change for a person, in `a`; NULL when the provider has no such changes. */
const char *provider_describe(const struct provider_reader *reader, struct provider *p,
			      struct arena *a, const struct change *change, const char *email);
const char *provider_note(const struct provider_reader *reader, struct provider *p, struct arena *a,
			  const struct plan *plan, const struct change *change);
/* The member must be there. */
void provider_export_manual(const struct provider_reader *reader, struct provider *p,
			    const struct change *const *changes, const char *const *emails,
			    size_t len, struct str *out);
void provider_price(const struct provider_reader *reader, struct provider *p,
		    const struct plan *plan, struct cost *out);

unsigned provider_patience_ms(const struct provider_writer *writer, struct provider *p);
MUST_CHECK struct error *provider_begin(const struct provider_writer *writer, struct provider *p,
					const struct plan *plan);
void provider_set_leave(const struct provider_writer *writer, struct provider *p,
			const struct leave *leave);
/* Asks; without `leave`, which is then NULL, as long as one likes. */
unsigned provider_ask_leave(const struct leave *leave);
unsigned provider_queue(const struct provider_writer *writer, const struct change *change);
unsigned provider_queues(const struct provider_writer *writer); /* at least 1 */
size_t provider_take(const struct provider_writer *writer, struct provider *p,
		     const struct change *const *changes, size_t len);
/* Every outcome is unknown until the provider has said more. */
MUST_CHECK struct error *provider_execute(const struct provider_writer *writer, struct provider *p,
					  struct arena *a, const struct change *const *batch,
					  size_t len, struct outcome *outcomes);
bool provider_has_sink(const struct provider_writer *writer, struct provider *p);
/* Only where provider_has_sink(). */
MUST_CHECK struct error *provider_deliver(const struct provider_writer *writer, struct provider *p,
					  struct arena *a, const char *account, bool again,
					  struct outcome *out);

/* `access` must be there. */
MUST_CHECK struct error *provider_verify(const struct provider_access *access, struct provider *p,
					 struct arena *a, const struct account *account,
					 const struct entry_vec *licences, struct proof_vec *out,
					 struct line_vec *not_looked_at);
MUST_CHECK struct error *provider_rotate(const struct provider_access *access, struct provider *p,
					 struct arena *a, const struct account *account,
					 enum rotate_way way, bool *done, const char **message);

#endif
