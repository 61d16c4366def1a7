/* SPDX-License-Identifier: Apache-2.0 */
/* ims_token.h - access tokens.
 *
 * A struct token knows where its secret comes from, and keeps what was issued last. Nothing is read
 * or sent before the first request that carries it. */
#ifndef ADOBE_IMS_TOKEN_H
#define ADOBE_IMS_TOKEN_H

#include "providers/adobe/wire/http.h"

#define IMS_SCOPES_UMAPI "openid,AdobeID,user_management_sdk" /* facts/ims.md, "Scopes" */
#define IMS_SCOPES_ROLES                                                                           \
	"openid,AdobeID,additional_info.roles,additional_info.projectedProductContext"
#define IMS_SCOPES_PLAIN "openid,AdobeID"
#define IMS_SCOPES_STORAGE "openid,AdobeID,creative_sdk,cloud_storage_collab_api"
#define IMS_SCOPES_POLICIES "openid,AdobeID,creative_sdk,admin_api.storage"
#define IMS_SCOPES_SECRETS                                                                         \
	"AdobeID,openid,read_organizations,additional_info.projectedProductContext,"               \
	"additional_info.roles,adobeio_api,read_client_secret,manage_client_secrets"

/* A token of a technical account's own credential: client_credentials at /ims/token/v3. All
 * arguments are borrowed and outlive it. */
struct token *token_of_server(const char *client_id, const struct secret_source *secret,
			      const char *scopes);
/* Another token of the same credential; `of` keeps the secret and must outlive it. */
struct token *token_with_scopes(struct token *of, const char *scopes);
/* A token of a person's session, which the operator's source gives itself; after a 401 the source
 * is read once more. */
struct token *token_of_user(const char *client_id, const struct secret_source *source);
void token_free(struct token *t); /* wipes; accepts NULL */

/* What http needs of a token. After a 401 it asks anew when the source can give another one, and
 * the last one was good once. */
extern const struct bearer_source ims_bearers;

/* Makes a token ready, from memory, the source or the service; `fresh` throws the kept one away
 * first. ERROR_DENIED when the service refuses the credential. */
MUST_CHECK struct error *token_get(struct token *t, struct http *h, bool fresh,
				   const struct secret **out);

/* Makes several tokens of server credentials ready, asked for side by side. errors[i] is NULL or
 * why there is none; it belongs to the caller. After an error of its own, tokens that are not ready
 * have no error. */
MUST_CHECK struct error *tokens_get(struct token *const *tokens, size_t len, struct http *h,
				    struct error **errors);

/* Tries whether the service gives a token for this secret, which stays the caller's; the token is
 * thrown away. */
MUST_CHECK struct error *token_try(const char *client_id, struct secret *secret, struct http *h);

/* Why the service gave no token the last time: the credential is refused, or a scope is not granted
 * to it. */
enum token_fault { TOKEN_FAULT_NONE, TOKEN_FAULT_CLIENT, TOKEN_FAULT_SCOPE, TOKEN_FAULT_OTHER };
enum token_fault token_fault(const struct token *t);

#endif
