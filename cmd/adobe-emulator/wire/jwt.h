/* SPDX-License-Identifier: Apache-2.0 */
/* jwt.h - RS256 JSON web tokens.
 *
 * Access tokens have the claims of facts/ims.md, "The token", and no others. How long one lives is
 * in the token, as everywhere at Adobe: created_at and expires_in, strings of milliseconds. No
 * other file of the emulator uses OpenSSL. */
#ifndef EMULATOR_JWT_H
#define EMULATOR_JWT_H

#include "cmd/adobe-emulator/wire/json_tree.h"
#include "core/util/error.h"

#define TOKEN_KID "ims_na1-key-at-1"

struct token_signer;

/* Who sent a token; its texts are in the arena that it was read into. */
struct caller {
	const char *id, *type, *client_id, *user_id;
	struct words_vec scopes;
	int64_t created_ms, life_ms;
};

/* Makes a signer from a private key in PEM, or with a new key when it is NULL. */
MUST_CHECK struct error *signer_new(const char *pem, struct token_signer **out);
void signer_free(struct token_signer *s); /* accepts NULL */
const char *signer_pem(const struct token_signer *s, struct arena *a);
/* {"keys": [...]}, as at /ims/keys. */
struct tree *signer_jwks(const struct token_signer *s);

const char *token_make(const struct token_signer *s, struct arena *a, const struct caller *caller);
/* False when it is no token that this key signed. Whether it has expired or was revoked is not
 * looked at. */
bool token_read(const struct token_signer *s, struct arena *a, const char *text,
		struct caller *out);

/* Reads the parts of anybody's JWT; false when it has not three parts in base64url, the first two
 * of them JSON. The trees belong to the caller. */
bool jwt_parts(struct arena *a, const char *text, struct reply **header, struct reply **payload);
/* Whether this key, a public key or a certificate in PEM, made its RS256 signature. */
bool jwt_signed_by(struct arena *a, const char *text, const char *pem);

/* Compares texts of one length in constant time. */
bool same_secret(const char *x, const char *y);

#endif
