/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/account/verify.h"

#include <string.h>

#include "core/util/unicode.h"
#include "providers/adobe/account/verify_excess.h"
#include "providers/adobe/session/account_tokens.h"
#include "providers/adobe/users/role_names.h"

#define CALL_TOKEN "POST /ims/token/v3"
#define CALL_PROFILE "GET /ims/profile/v1"
#define CALL_POLICY "GET /policies/org/inactive_user_content_purge"
#define CALL_PROJECTS "GET /projects?limit=1"

/* The three questions after the token, each with the scopes that it needs. */
enum verify_question { ASK_PROFILE, ASK_POLICY, ASK_PROJECTS, QUESTIONS };

static const struct {
	enum service service;
	const char *path, *scopes;
} questions[QUESTIONS] = {
	[ASK_PROFILE] = {SERVICE_IMS, "/ims/profile/v1", IMS_SCOPES_ROLES},
	[ASK_POLICY] = {SERVICE_STORAGE, "/policies/org/inactive_user_content_purge",
			IMS_SCOPES_POLICIES},
	[ASK_PROJECTS] = {SERVICE_STORAGE, "/projects?limit=1", IMS_SCOPES_STORAGE},
};

struct checking {
	struct provider *p;
	struct arena *a;
	const struct account *account;
	const struct entry_vec *licences; /* the licences among its products that bring storage */
	struct proof_vec *out;
	struct line_vec *not_looked_at;
	bool storage; /* it is to get into the organisation's storage */
	struct http_request requests[QUESTIONS];
	bool asked[QUESTIONS]; /* by question: there was a token with its scopes */
	uint16_t held;	       /* bit (1 << enum role), of the profile */
	const char *email;     /* of the technical account; NULL */
	const char *product;   /* the product that brings the storage licence; NULL */
	bool sees_project;
};

static void prove(struct checking *c, const char *condition, const char *call, bool proven,
		  const char *message)
{
	vec_push(c->a, c->out, (struct proof){condition, call, proven, message, false});
}

static void prove_excess(struct checking *c, const char *message)
{
	vec_push(c->a, c->out, (struct proof){"role", CALL_PROFILE, true, message, true});
}

/* ---- what the account is meant to have ---- */

static bool wants_role(const struct account *account, enum role role)
{
	for (size_t i = 0; i < account->roles.len; i++) {
		if (account->roles.at[i].role == role)
			return true;
	}
	return false;
}

/* By its name in the catalogue: the code is not public (facts/developer-console.md, "The
 * catalogue"). */
static bool wants_storage_api(const struct account *account)
{
	for (size_t i = 0; i < account->apis.len; i++) {
		if (strcasestr(account->apis.at[i].name, "Cloud Storage and Collaboration"))
			return true;
	}
	return false;
}

static bool wants_storage(const struct account *account, const struct entry_vec *licences)
{
	return wants_storage_api(account) || wants_role(account, ROLE_STORAGE_ADMINISTRATOR) ||
	       licences->len > 0;
}

/* ---- condition 1: a token with the scopes of the API ---- */

static const char *token_meaning(const struct checking *c, enum token_fault fault,
				 const struct error *error)
{
	const struct error *root = error;
	while (root->cause)
		root = root->cause;
	switch (fault) {
	case TOKEN_FAULT_CLIENT:
		return arena_printf(
			c->a,
			"%s: the secret was deleted or is not this credential's; whoever "
			"operates writ gives its configuration the current one",
			root->message);
	case TOKEN_FAULT_SCOPE:
		return arena_printf(
			c->a,
			"%s: the API is not on the credential; a developer of the organisation "
			"adds "
			"it in the Developer Console, or `writ apply` when the manifest lists it "
			"under apis",
			root->message);
	default:
		return arena_strdup(c->a, root->message);
	}
}

/* *proven tells how it went; the error is for what says nothing about the account. */
static struct error *check_token(struct checking *c, bool *proven)
{
	const char *scopes = c->storage ? IMS_SCOPES_STORAGE : IMS_SCOPES_PLAIN;
	struct token *token = account_tokens_get(c->p, c->account->meta.name, scopes);
	const struct secret *access;
	struct error *error = token_get(token, c->p->http, true, &access);
	*proven = !error;
	if (error && error->code != ERROR_DENIED)
		return error;
	prove(c, "token", CALL_TOKEN, *proven,
	      error ? token_meaning(c, token_fault(token), error)
		    : arena_printf(c->a, "a token with %s", scopes));
	error_free(error);
	return NULL;
}

/* ---- asking ---- */

/* Gets the token for a question. Where its scopes are not granted the question is not asked, and
 * the proofs say what stays open. */
static struct error *prepare(struct checking *c, enum verify_question q)
{
	struct token *token = account_tokens_get(c->p, c->account->meta.name, questions[q].scopes);
	const struct secret *access;
	/* The token for the projects is the one that check_token() got just now. */
	struct error *error = token_get(token, c->p->http, q != ASK_PROJECTS, &access);
	if (error && error->code != ERROR_DENIED)
		return error;
	c->asked[q] = !error;
	error_free(error);
	c->requests[q] = (struct http_request){.service = questions[q].service,
					       .method = "GET",
					       .path = questions[q].path,
					       .route = questions[q].path,
					       .token = token};
	return NULL;
}

static struct error *ask(struct checking *c)
{
	struct http_request *list[QUESTIONS];
	size_t count = 0;
	for (enum verify_question q = ASK_PROFILE; q < QUESTIONS; q++) {
		if (c->asked[q])
			list[count++] = &c->requests[q];
	}
	return http_run(c->p->http, c->a, list, count);
}

/* The error of an answer that failed and so says nothing of the account; NULL: none did. */
static struct error *check_answers(const struct checking *c)
{
	for (enum verify_question q = ASK_PROFILE; q < QUESTIONS; q++) {
		const struct http_request *r = &c->requests[q];
		if (c->asked[q] && r->verdict.class != OUTCOME_APPLIED &&
		    r->evidence.status != 401 && r->evidence.status != 403)
			return error_new(ERROR_REMOTE, "%s", r->message);
	}
	return NULL;
}

static bool passed(const struct checking *c, enum verify_question q)
{
	return c->asked[q] && c->requests[q].verdict.class == OUTCOME_APPLIED;
}

/* ---- what the profile says ---- */

static void read_roles(struct checking *c, const struct reply *profile)
{
	static const char *const keys[] = {"organization", "target", NULL};
	for (const struct reply *i = reply_first(reply_get(profile, "roles")); i;
	     i = reply_after(i)) {
		const char *named = reply_text(i, "named_role");
		for (enum role role = ROLE_NONE; named && role < ROLE_COUNT; role++) {
			if (role_names[role].named && !strcasecmp(role_names[role].named, named) &&
			    profile_is_ours(c->p, i, keys))
				c->held |= (uint16_t)(1U << role);
		}
	}
}

static bool is_active(const struct reply *context)
{
	const char *status = reply_text(context, "statusCode");
	return !status || !strcasecmp(status, "ACTIVE");
}

static void read_products(struct checking *c, const struct reply *profile)
{
	static const char *const keys[] = {"owningEntity", "organization_id", NULL};
	const struct reply *all = reply_get(profile, "projectedProductContext");
	for (const struct reply *i = reply_first(all); i; i = reply_after(i)) {
		const struct reply *context = reply_get(i, "prodCtx");
		const char *label = reply_text(context, "label");
		for (size_t k = 0; label && k < c->licences->len; k++) {
			const char *wanted = c->licences->at[k].product;
			if (!strcasecmp(wanted, label) && is_active(context) &&
			    profile_is_ours(c->p, context, keys))
				c->product = wanted;
		}
	}
}

static void read_answers(struct checking *c)
{
	const struct reply *profile = c->requests[ASK_PROFILE].json;
	if (passed(c, ASK_PROFILE)) {
		const char *email = reply_text(profile, "email");
		c->email = email ? arena_strdup(c->a, email) : NULL;
		read_roles(c, profile);
		read_products(c, profile);
	}
	if (passed(c, ASK_PROJECTS))
		c->sees_project =
			reply_count(reply_get(c->requests[ASK_PROJECTS].json, "items")) > 0;
}

/* ---- condition 3: the role ---- */

static bool holds(const struct checking *c, enum role role)
{
	return c->held & (1U << role);
}

/* Who can mend it, with the address that the Admin Console wants; the id would make a
 * wrong entry. */
static const char *role_remedy(const struct checking *c, enum role role)
{
	return arena_printf(c->a,
			    "a System administrator adds %s under Administrators in the Admin "
			    "Console, as Technical Account, and ticks %s",
			    c->email ? c->email : "the technical account's e-mail",
			    role_names[role].title);
}

static const char *excess(const struct checking *c)
{
	return arena_printf(
		c->a,
		"over-privileged: it is System administrator, which is more than the %s that is "
		"asked for; a System administrator should take that away",
		role_names[ROLE_STORAGE_ADMINISTRATOR].title);
}

static void check_role(struct checking *c, enum role role)
{
	bool probe = role == ROLE_STORAGE_ADMINISTRATOR && passed(c, ASK_POLICY);
	bool more = role == ROLE_STORAGE_ADMINISTRATOR && holds(c, ROLE_SYSTEM_ADMINISTRATOR) &&
		    !wants_role(c->account, ROLE_SYSTEM_ADMINISTRATOR);
	const char *title = role_names[role].title;
	if (more)
		prove_excess(c, excess(c));
	else if (holds(c, role))
		prove(c, "role", CALL_PROFILE, true, arena_printf(c->a, "it is %s", title));
	else if (probe)
		prove(c, "role", CALL_POLICY, true,
		      "it may read the storage policies, which only administrators may");
	else if (passed(c, ASK_PROFILE) || c->asked[ASK_POLICY])
		prove(c, "role", passed(c, ASK_PROFILE) ? CALL_PROFILE : CALL_POLICY, false,
		      arena_printf(c->a, "it is not %s: %s", title, role_remedy(c, role)));
	else
		prove(c, "role", CALL_PROFILE, false,
		      arena_printf(c->a,
				   "nothing shows whether it is %s: its credential has neither the "
				   "I/O Management API nor the Storage Management API, which would",
				   title));
}

/* What nobody asks for proves nothing, and fails nothing: it is told. What replaces Storage
 * administrator is told there. */
static void tell_excess(struct checking *c, enum role role)
{
	bool told = role == ROLE_SYSTEM_ADMINISTRATOR &&
		    wants_role(c->account, ROLE_STORAGE_ADMINISTRATOR);
	if (holds(c, role) && !wants_role(c->account, role) && !told)
		prove_excess(c, arena_printf(c->a,
					     "over-privileged: it is %s, which nothing asks for; "
					     "a System administrator should take that away",
					     role_names[role].title));
}

static void check_roles(struct checking *c)
{
	for (enum role role = ROLE_SYSTEM_ADMINISTRATOR; role <= ROLE_SUPPORT_ADMINISTRATOR;
	     role++) {
		if (wants_role(c->account, role))
			check_role(c, role);
		tell_excess(c, role);
	}
}

/* ---- condition 2: the licence; and the storage itself ---- */

static void check_licence(struct checking *c)
{
	if (c->product)
		prove(c, "licence", CALL_PROFILE, true,
		      arena_printf(c->a, "it holds %s", c->product));
	else if (c->sees_project)
		prove(c, "licence", CALL_PROJECTS, true,
		      "it sees projects, which nobody does without a licence");
	else
		prove(c, "licence", passed(c, ASK_PROFILE) ? CALL_PROFILE : CALL_PROJECTS, false,
		      "no licence of a product that includes Enterprise Storage is to be seen: an "
		      "administrator assigns it a product profile in the Admin Console (Users, API "
		      "credentials, the credential, Edit products)");
}

static const char *storage_meaning(const struct checking *c)
{
	return arena_printf(c->a,
			    "%s: the licence or the role is missing, or a change has not arrived "
			    "yet; see the other conditions, and wait some minutes (--timeout)",
			    c->requests[ASK_PROJECTS].message);
}

static void check_storage(struct checking *c)
{
	if (!c->asked[ASK_PROJECTS])
		prove(c, "storage", CALL_PROJECTS, false, "not asked, without a token");
	else if (!passed(c, ASK_PROJECTS))
		prove(c, "storage", CALL_PROJECTS, false, storage_meaning(c));
	else
		prove(c, "storage", CALL_PROJECTS, true,
		      c->sees_project ? "it gets in and sees projects"
				      : "it gets in and sees no project yet");
}

static void conclude(struct checking *c)
{
	read_answers(c);
	check_roles(c);
	if (c->storage) {
		check_licence(c);
		check_storage(c);
	}
	if (passed(c, ASK_PROFILE))
		verify_excess_products(c->p, c->a, c->account, c->requests[ASK_PROFILE].json,
				       c->out);
}

static struct error *ask_all(struct checking *c)
{
	for (enum verify_question q = ASK_PROFILE; q < QUESTIONS; q++) {
		if (q == ASK_PROFILE || c->storage)
			TRY(prepare(c, q));
	}
	struct error *error = ask(c);
	if (!error)
		error = check_answers(c);
	if (!error)
		conclude(c);
	if (!error)
		error = verify_excess_apis(c->p, c->a, c->account, c->out);
	verify_not_looked_at(c->a, passed(c, ASK_PROFILE), c->not_looked_at);
	for (enum verify_question q = ASK_PROFILE; q < QUESTIONS; q++)
		http_done(&c->requests[q]);
	return error;
}

struct error *adobe_verify(struct provider *p, struct arena *a, const struct account *account,
			   const struct entry_vec *licences, struct proof_vec *out,
			   struct line_vec *not_looked_at)
{
	struct checking c = {.p = p,
			     .a = a,
			     .account = account,
			     .licences = licences,
			     .out = out,
			     .not_looked_at = not_looked_at,
			     .storage = wants_storage(account, licences)};
	bool proven;
	if (!account_tokens_credential(p, account->meta.name))
		return error_new(ERROR_INPUT, "the configuration has no secret of account \"%s\"",
				 account->meta.name);
	TRY(check_token(&c, &proven));
	/* If there is no token for the scopes of storage, there may still be one for the rest. */
	const struct token *token = account_tokens_get(
		p, account->meta.name, c.storage ? IMS_SCOPES_STORAGE : IMS_SCOPES_PLAIN);
	return proven || token_fault(token) == TOKEN_FAULT_SCOPE ? ask_all(&c) : NULL;
}
