/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/adobe-emulator/wire/jwt.h"

#include <string.h>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "cmd/adobe-emulator/wire/json_fields.h"
#include "core/util/str.h"

struct token_signer {
	EVP_PKEY *key;
};

static void cleanup_BIO_free(BIO **bio)
{
	BIO_free(*bio);
}

static void cleanup_EVP_MD_CTX_free(EVP_MD_CTX **context)
{
	EVP_MD_CTX_free(*context);
}

static void cleanup_EVP_PKEY_free(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

/* ---- base64url ---- */

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static const char *encode(struct arena *a, const unsigned char *data, size_t len)
{
	struct str out = STR(a);
	for (size_t i = 0; i < len; i += 3) {
		unsigned group = (unsigned)data[i] << 16;
		group |= i + 1 < len ? (unsigned)data[i + 1] << 8 : 0;
		group |= i + 2 < len ? data[i + 2] : 0;
		size_t digits = len - i >= 3 ? 4 : len - i + 1;
		for (size_t k = 0; k < digits; k++)
			str_addc(&out, alphabet[group >> (18 - 6 * k) & 63]);
	}
	return str_text(&out);
}

/* Decodes base64url; the text has no NUL in its first `len` bytes. */
static bool decode(struct arena *a, const char *text, size_t len, unsigned char **out,
		   size_t *out_len)
{
	unsigned char *data = arena_alloc(a, len + 1);
	size_t used = 0;
	unsigned held = 0, have = 0;
	for (size_t i = 0; i < len; i++) {
		const char *at = strchr(alphabet, text[i]);
		if (!at)
			return false;
		held = (held << 6 | (unsigned)(at - alphabet)) & 0xFFFF;
		have += 6;
		if (have >= 8) {
			have -= 8;
			data[used++] = (unsigned char)(held >> have);
		}
	}
	data[used] = '\0';
	*out = data;
	*out_len = used;
	return true;
}

/* ---- keys ---- */

struct error *signer_new(const char *pem, struct token_signer **out)
{
	EVP_PKEY *key = NULL;
	if (pem) {
		CLEANUP(BIO_free) BIO *bio = BIO_new_mem_buf(pem, -1);
		key = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
	} else {
		key = EVP_RSA_gen(2048U);
	}
	if (!key || !EVP_PKEY_is_a(key, "RSA")) {
		EVP_PKEY_free(key);
		return error_new(ERROR_INPUT, "signingKey is no RSA private key in PEM");
	}
	struct token_signer *s = xmalloc(sizeof(*s));
	s->key = key;
	*out = s;
	return NULL;
}

void signer_free(struct token_signer *s)
{
	if (!s)
		return;
	EVP_PKEY_free(s->key);
	free(s);
}

const char *signer_pem(const struct token_signer *s, struct arena *a)
{
	CLEANUP(BIO_free) BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	if (!bio || !PEM_write_bio_PrivateKey(bio, s->key, NULL, NULL, 0, NULL, NULL))
		abort();
	long len = BIO_get_mem_data(bio, &text);
	return arena_strndup(a, text, (size_t)len);
}

static const char *number_text(const struct token_signer *s, struct arena *a, const char *name)
{
	BIGNUM *n = NULL;
	unsigned char bytes[512];
	if (!EVP_PKEY_get_bn_param(s->key, name, &n) || BN_num_bytes(n) > (int)sizeof(bytes))
		abort();
	int len = BN_bn2bin(n, bytes);
	BN_free(n);
	return encode(a, bytes, (size_t)len);
}

struct tree *signer_jwks(const struct token_signer *s)
{
	static const char *const kids[] = {"ims_na1-key-1", TOKEN_KID};
	ARENA scratch = {0};
	struct tree *tree = tree_object(), *keys = tree_add_array(tree, "keys");
	for (size_t i = 0; i < sizeof(kids) / sizeof(*kids); i++) {
		struct tree *key = tree_push_object(keys);
		tree_text(key, "alg", "RS256");
		tree_text(key, "kty", "RSA");
		tree_text(key, "use", "sig");
		tree_text(key, "kid", kids[i]);
		tree_text(key, "e", number_text(s, &scratch, OSSL_PKEY_PARAM_RSA_E));
		tree_text(key, "n", number_text(s, &scratch, OSSL_PKEY_PARAM_RSA_N));
	}
	return tree;
}

/* ---- tokens ---- */

static const char *join_scopes(struct arena *a, const struct words_vec *scopes)
{
	struct str out = STR(a);
	for (size_t i = 0; i < scopes->len; i++)
		str_printf(&out, "%s%s", i ? "," : "", scopes->at[i]);
	return str_text(&out);
}

static const char *payload_of(struct arena *a, const struct caller *c)
{
	struct tree *p = tree_object();
	tree_text(p, "id", c->id);
	tree_text(p, "type", c->type);
	tree_text(p, "client_id", c->client_id);
	tree_text(p, "user_id", c->user_id);
	tree_text(p, "aa_id", c->user_id);
	tree_text(p, "as", "ims-na1");
	tree_int_text(p, "created_at", c->created_ms);
	tree_int_text(p, "expires_in", c->life_ms);
	tree_text(p, "scope", join_scopes(a, &c->scopes));
	return tree_print(a, p);
}

static const char *sign(const struct token_signer *s, struct arena *a, const char *text)
{
	unsigned char bytes[512];
	size_t len = sizeof(bytes);
	CLEANUP(EVP_MD_CTX_free) EVP_MD_CTX *context = EVP_MD_CTX_new();
	if (!context || !EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, s->key) ||
	    !EVP_DigestSign(context, bytes, &len, (const unsigned char *)text, strlen(text)))
		abort();
	return encode(a, bytes, len);
}

const char *token_make(const struct token_signer *s, struct arena *a, const struct caller *caller)
{
	struct tree *header = tree_object();
	tree_text(header, "alg", "RS256");
	tree_text(header, "x5u", TOKEN_KID ".cer");
	tree_text(header, "kid", TOKEN_KID);
	tree_text(header, "itt", "at");
	const char *head = tree_print(a, header), *payload = payload_of(a, caller);
	const char *text =
		arena_printf(a, "%s.%s", encode(a, (const unsigned char *)head, strlen(head)),
			     encode(a, (const unsigned char *)payload, strlen(payload)));
	return arena_printf(a, "%s.%s", text, sign(s, a, text));
}

static struct reply *part_tree(struct arena *a, const char *text, size_t len)
{
	unsigned char *data;
	size_t data_len;
	if (!decode(a, text, len, &data, &data_len))
		return NULL;
	return read_json((const char *)data, data_len, REPLY_KEYS_ONCE);
}

bool jwt_parts(struct arena *a, const char *text, struct reply **header, struct reply **payload)
{
	size_t head = strcspn(text, ".");
	if (!text[head])
		return false;
	size_t body = strcspn(text + head + 1, ".");
	if (!text[head + 1 + body])
		return false;
	*header = part_tree(a, text, head);
	*payload = part_tree(a, text + head + 1, body);
	if (*header && *payload)
		return true;
	reply_free(*header);
	reply_free(*payload);
	*header = *payload = NULL;
	return false;
}

/* Whether the key signed the token; the text has the three parts of a JWT. */
static bool signed_by(struct arena *a, const char *text, EVP_PKEY *key)
{
	const char *dot = strrchr(text, '.');
	unsigned char *bytes;
	size_t len;
	if (!decode(a, dot + 1, strlen(dot + 1), &bytes, &len))
		return false;
	CLEANUP(EVP_MD_CTX_free) EVP_MD_CTX *context = EVP_MD_CTX_new();
	return context && EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
	       EVP_DigestVerify(context, bytes, len, (const unsigned char *)text,
				(size_t)(dot - text)) == 1;
}

bool jwt_signed_by(struct arena *a, const char *text, const char *pem)
{
	CLEANUP(BIO_free) BIO *bio = BIO_new_mem_buf(pem, -1);
	CLEANUP(EVP_PKEY_free) EVP_PKEY *key = NULL;
	if (!bio)
		return false;
	if (strstr(pem, "BEGIN CERTIFICATE")) {
		X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
		key = certificate ? X509_get_pubkey(certificate) : NULL;
		X509_free(certificate);
	} else {
		key = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
	}
	return key && EVP_PKEY_is_a(key, "RSA") && signed_by(a, text, key);
}

static const char *copy_text(struct arena *a, const struct reply *from, const char *key)
{
	const char *text = reply_text(from, key);
	return arena_strdup(a, text ? text : "");
}

static void split_scopes(struct arena *a, const char *text, struct words_vec *out)
{
	while (*text) {
		size_t len = strcspn(text, ",");
		vec_push(a, out, arena_strndup(a, text, len));
		text += len + (text[len] == ',');
	}
}

bool token_read(const struct token_signer *s, struct arena *a, const char *text, struct caller *out)
{
	CLEANUP(reply_free) struct reply *header = NULL;
	CLEANUP(reply_free) struct reply *payload = NULL;
	if (!jwt_parts(a, text, &header, &payload) || !signed_by(a, text, s->key))
		return false;
	*out = (struct caller){
		.id = copy_text(a, payload, "id"),
		.type = copy_text(a, payload, "type"),
		.client_id = copy_text(a, payload, "client_id"),
		.user_id = copy_text(a, payload, "user_id"),
		.created_ms = whole_at(payload, "created_at", 0),
		.life_ms = whole_at(payload, "expires_in", 0),
	};
	split_scopes(a, copy_text(a, payload, "scope"), &out->scopes);
	return true;
}

bool same_secret(const char *x, const char *y)
{
	size_t len = strlen(x);
	return len == strlen(y) && CRYPTO_memcmp(x, y, len) == 0;
}
