/* SPDX-License-Identifier: Apache-2.0 */
/* jwt.h - RS256 JSON web tokens.
 *
 * Access tokens have the claims of facts/ims.md, "The token" and no other; how long they live is in
 * the token, as everywhere at Adobe: created_at and expires_in, strings of milliseconds. The only
 * file that uses OpenSSL. */
#ifndef EMULATOR_JWT_H
#define EMULATOR_JWT_H

#include "cmd/adobe-emulator/wire/json_tree.h"
#include "core/util/error.h"

#define TOKEN_KID "ims_na1-key-at-1"

struct token_signer;

/* Who sent a token, in the arena it was read into. */
struct caller {
	const char *id, *type, *client_id, *user_id;
	struct words_vec scopes;
	int64_t created_ms, life_ms;
};

/* From a private key in PEM, or with a new one when it is NULL. */
MUST_CHECK struct error *signer_new(const char *pem, struct token_signer **out);
void signer_free(struct token_signer *s); /* accepts NULL */
const char *signer_pem(const struct token_signer *s, struct arena *a);
/* {"keys": [...]}, as at /ims/keys. */
struct tree *signer_jwks(const struct token_signer *s);

const char *token_make(const struct token_signer *s, struct arena *a, const struct caller *caller);
/* False when it is no token that this key signed. Whether it still holds is the
 * caller's business. */
bool token_read(const struct token_signer *s, struct arena *a, const char *text,
		struct caller *out);

/* The parts of a JWT of any signer; false when it has not three parts of base64url with JSON in the
 * first two. The trees belong to the caller. */
bool jwt_parts(struct arena *a, const char *text, struct reply **header, struct reply **payload);
/* Whether the public key (PEM, or a certificate) made its RS256 signature. */
bool jwt_signed_by(struct arena *a, const char *text, const char *pem);

/* Compares texts of one length in constant time. */
bool same_secret(const char *x, const char *y);

#endif
