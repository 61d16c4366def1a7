/* SPDX-License-Identifier: Apache-2.0 */
#include "core/git/sshsig.h"

#include <assert.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "core/util/file.h"
#include "core/util/secret.h"
#include "core/util/str.h"

#define TYPE "ssh-ed25519"
#define RAW SSHSIG_KEY /* bytes of a seed too */
#define SIGNATURE 64   /* bytes of a signature */
#define BEGIN_KEY "-----BEGIN OPENSSH PRIVATE KEY-----\n"
#define END_KEY "-----END OPENSSH PRIVATE KEY-----"
#define BEGIN_SIGNATURE "-----BEGIN SSH SIGNATURE-----\n"
#define END_SIGNATURE "-----END SSH SIGNATURE-----"
#define KEY_MAGIC "openssh-key-v1" /* with its NUL */
#define MAGIC "SSHSIG"
#define VERSION 1
#define DIGEST "sha512"
#define SIGNATURE_MAX 16384 /* of armor; one by a key of 16384 bits is under 6000 */
#define ARMOR_COLUMNS 70    /* as ssh-keygen breaks lines */
#define ANSWER_MAX 65536    /* of an agent; a signature is under 200 bytes */
#define ANSWER_SECONDS 60   /* an agent may ask a person */

/* draft-miller-ssh-agent, sections 5.1 and 6.1 */
enum agent_message { AGENT_SIGN_REQUEST = 13, AGENT_SIGN_RESPONSE = 14 };

struct ssh_key {
	unsigned char public[RAW], seed[RAW];
	bool in_agent;
};

/* ---- SSH's wire format: numbers and strings with their length in front, big-endian ---- */

struct wire {
	const unsigned char *at, *end;
};

static bool take_number(struct wire *w, uint32_t *out)
{
	if (w->end - w->at < 4)
		return false;
	*out = (uint32_t)w->at[0] << 24 | (uint32_t)w->at[1] << 16 | (uint32_t)w->at[2] << 8 |
	       w->at[3];
	w->at += 4;
	return true;
}

static bool take_string(struct wire *w, struct wire *out)
{
	uint32_t len;
	if (!take_number(w, &len) || len > (size_t)(w->end - w->at))
		return false;
	*out = (struct wire){w->at, w->at + len};
	w->at += len;
	return true;
}

static bool is_text(struct wire w, const char *text)
{
	size_t len = strlen(text);
	return (size_t)(w.end - w.at) == len && !memcmp(w.at, text, len);
}

static bool take_bytes(struct wire *w, size_t len, const unsigned char **out)
{
	struct wire string;
	if (!take_string(w, &string) || (size_t)(string.end - string.at) != len)
		return false;
	*out = string.at;
	return true;
}

static void add_number(struct str *out, uint32_t n)
{
	const unsigned char bytes[4] = {(unsigned char)(n >> 24), (unsigned char)(n >> 16),
					(unsigned char)(n >> 8), (unsigned char)n};
	for (size_t i = 0; i < 4; i++)
		str_addc(out, (char)bytes[i]);
}

static void add_string(struct str *out, const void *data, size_t len)
{
	add_number(out, (uint32_t)len);
	for (size_t i = 0; i < len; i++)
		str_addc(out, ((const char *)data)[i]);
}

static void add_text(struct str *out, const char *text)
{
	add_string(out, text, strlen(text));
}

/* ---- public keys ---- */

static void add_public(struct str *out, const struct ssh_key *key)
{
	add_text(out, TYPE);
	add_string(out, key->public, RAW);
}

/* The blob of a public key; the error names its type. */
static struct error *read_public(struct wire w, const char *name, unsigned char out[RAW])
{
	const unsigned char *bytes;
	struct wire type;
	if (!take_string(&w, &type))
		return error_new(ERROR_INPUT, "%s: not a public key", name);
	if (!is_text(type, TYPE))
		return error_new(ERROR_INPUT,
				 "%s: a key of type %.*s; Ed25519 alone is taken "
				 "(ssh-keygen -t ed25519)",
				 name, (int)(type.end - type.at < 40 ? type.end - type.at : 40),
				 (const char *)type.at);
	if (!take_bytes(&w, RAW, &bytes))
		return error_new(ERROR_INPUT, "%s: not a public key", name);
	memcpy(out, bytes, RAW);
	return NULL;
}

/* Base64 without line breaks; returns the length, 0 when it is none. `out` has room for 3/4 of
 * `len`. */
static size_t decode(const char *text, size_t len, unsigned char *out)
{
	size_t padding = len && text[len - 1] == '=' ? 1 + (len > 1 && text[len - 2] == '=') : 0;
	assert(len <= INT32_MAX); /* each caller has a far lower limit */
	if (len == 0 || len % 4)
		return 0;
	int got = EVP_DecodeBlock(out, (const unsigned char *)text, (int)len);
	return got < 0 ? 0 : (size_t)got - padding;
}

struct error *ssh_key_from_agent(const char *public_key, struct ssh_key **out)
{
	ARENA a = {0};
	const char *text = public_key + strcspn(public_key, " ");
	text += strspn(text, " ");
	size_t len = strcspn(text, " \n");
	unsigned char *blob = arena_alloc(&a, len + 4);
	size_t size = decode(text, len, blob);
	struct ssh_key key = {.in_agent = true};
	if (strncmp(public_key, "ssh-", 4) != 0 || size == 0)
		return error_new(ERROR_INPUT,
				 "the public key to sign with is none; expected \"" TYPE
				 " AAAA...\" as ssh-add -L prints it");
	TRY(read_public((struct wire){blob, blob + size}, "the public key to sign with",
			key.public));
	*out = xmalloc(sizeof(**out));
	**out = key;
	return NULL;
}

/* ---- private keys in files ---- */

static struct error *no_key(const char *path)
{
	return error_new(ERROR_INPUT, "%s: not a private key as ssh-keygen writes it", path);
}

/* The part that a passphrase would have encrypted. */
static struct error *read_private(struct wire w, const char *path, struct ssh_key *out)
{
	const unsigned char *public, *private;
	uint32_t one, two;
	struct wire type;
	if (!take_number(&w, &one) || !take_number(&w, &two) || one != two ||
	    !take_string(&w, &type) || !is_text(type, TYPE) || !take_bytes(&w, RAW, &public) ||
	    !take_bytes(&w, RAW + RAW, &private) || memcmp(public, out->public, RAW) != 0 ||
	    memcmp(private + RAW, public, RAW) != 0)
		return no_key(path);
	memcpy(out->seed, private, RAW);
	return NULL;
}

static struct error *read_key(struct wire w, const char *path, struct ssh_key *out)
{
	struct wire cipher, kdf, options, public, private;
	uint32_t count;
	if (w.end - w.at < (ptrdiff_t)sizeof(KEY_MAGIC) ||
	    memcmp(w.at, KEY_MAGIC, sizeof(KEY_MAGIC)) != 0)
		return no_key(path);
	w.at += sizeof(KEY_MAGIC);
	if (!take_string(&w, &cipher) || !take_string(&w, &kdf) || !take_string(&w, &options) ||
	    !take_number(&w, &count) || count != 1 || !take_string(&w, &public) ||
	    !take_string(&w, &private))
		return no_key(path);
	if (!is_text(cipher, "none"))
		return error_new(ERROR_INPUT,
				 "%s is encrypted; add it to ssh-agent and configure sign.agent "
				 "with its public key",
				 path);
	if (!is_text(kdf, "none"))
		return no_key(path);
	TRY(read_public(public, path, out->public));
	return read_private(private, path, out);
}

/* What stands between the lines of an armor, without line breaks; its length. */
static size_t strip_armor(const char *text, const char *begin, const char *end, char *out)
{
	const char *from = strstr(text, begin);
	const char *to = from ? strstr(from, end) : NULL;
	size_t len = 0;
	for (const char *at = from ? from + strlen(begin) : NULL; to && at < to; at++) {
		if (*at != '\n' && *at != '\r')
			out[len++] = *at;
	}
	return len;
}

struct error *ssh_key_load(const char *path, struct ssh_key **out)
{
	struct secret *text = NULL;
	struct ssh_key key = {.in_agent = false};
	TRY(secret_from_file(path, &text));
	size_t size = secret_len(text) + 4;
	char *base64 = xmalloc(size);
	unsigned char *blob = xmalloc(size);
	size_t len =
		decode(base64, strip_armor(secret_reveal(text), BEGIN_KEY, END_KEY, base64), blob);
	struct error *error =
		len ? read_key((struct wire){blob, blob + len}, path, &key) : no_key(path);
	OPENSSL_cleanse(base64, size);
	OPENSSL_cleanse(blob, size);
	free(base64);
	free(blob);
	secret_free(text);
	if (!error) {
		*out = xmalloc(sizeof(**out));
		**out = key;
	}
	OPENSSL_cleanse(&key, sizeof(key));
	return error;
}

void ssh_key_free(struct ssh_key *key)
{
	if (key)
		OPENSSL_cleanse(key, sizeof(*key));
	free(key);
}

/* ---- ssh-agent ---- */

static struct error *connect_agent(int *out)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const struct timeval patience = {.tv_sec = ANSWER_SECONDS};
	const char *path = getenv("SSH_AUTH_SOCK");
	if (!path || !*path || strlen(path) >= sizeof(address.sun_path))
		return error_new(ERROR_INPUT, "no ssh-agent: SSH_AUTH_SOCK names no socket");
	memcpy(address.sun_path, path, strlen(path) + 1);
	CLEANUP(close) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof(address)))
		return error_errno(errno, "connecting to ssh-agent at %s", path);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	*out = keep_fd(&fd);
	return NULL;
}

static bool read_exactly(int fd, unsigned char *to, size_t len)
{
	while (len > 0) {
		ssize_t got = read(fd, to, len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		to += got;
		len -= (size_t)got;
	}
	return true;
}

static struct error *ask_agent(int fd, const struct str *request, struct arena *a, struct wire *out)
{
	unsigned char head[4];
	struct wire length = {head, head + sizeof(head)};
	uint32_t len = 0;
	TRY(file_write_all(fd, "ssh-agent", request->at, request->len));
	if (!read_exactly(fd, head, sizeof(head)) || !take_number(&length, &len) || len == 0 ||
	    len > ANSWER_MAX)
		return error_new(ERROR_SYSTEM, "ssh-agent does not answer");
	unsigned char *answer = arena_alloc(a, len);
	if (!read_exactly(fd, answer, len))
		return error_new(ERROR_SYSTEM, "ssh-agent does not answer");
	*out = (struct wire){answer, answer + len};
	return NULL;
}

static struct error *sign_in_agent(const struct ssh_key *key, const struct str *data,
				   struct arena *a, unsigned char out[SIGNATURE])
{
	CLEANUP(close) int fd = -1;
	struct str public = STR(a), body = STR(a), request = STR(a);
	struct wire answer = {0}, signature, type;
	const unsigned char *bytes;
	TRY(connect_agent(&fd));
	add_public(&public, key);
	str_addc(&body, AGENT_SIGN_REQUEST);
	add_string(&body, public.at, public.len);
	add_string(&body, data->at, data->len);
	add_number(&body, 0);
	add_string(&request, body.at, body.len);
	TRY(ask_agent(fd, &request, a, &answer));
	if (answer.at == answer.end || *answer.at++ != AGENT_SIGN_RESPONSE)
		return error_new(ERROR_INPUT, "ssh-agent does not sign: it holds no such key, or "
					      "somebody refused (ssh-add -L lists its keys)");
	if (!take_string(&answer, &signature) || !take_string(&signature, &type) ||
	    !is_text(type, TYPE) || !take_bytes(&signature, SIGNATURE, &bytes))
		return error_new(ERROR_SYSTEM, "ssh-agent answers nonsense");
	memcpy(out, bytes, SIGNATURE);
	return NULL;
}

/* ---- signing ---- */

static struct error *sign_here(const struct ssh_key *key, const struct str *data,
			       unsigned char out[SIGNATURE])
{
	size_t len = SIGNATURE;
	EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, key->seed, RAW);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool signed_ =
		pkey && context && EVP_DigestSignInit(context, NULL, NULL, NULL, pkey) == 1 &&
		EVP_DigestSign(context, out, &len, (const unsigned char *)data->at, data->len) == 1;
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(pkey);
	return signed_ ? NULL : error_new(ERROR_SYSTEM, "OpenSSL does not sign with Ed25519");
}

static const char *armor(struct arena *a, const struct str *blob)
{
	struct str out = STR(a);
	unsigned char *text = arena_alloc(a, blob->len / 3 * 4 + 8);
	int len = EVP_EncodeBlock(text, (const unsigned char *)blob->at, (int)blob->len);
	str_add(&out, BEGIN_SIGNATURE);
	for (int i = 0; i < len; i += ARMOR_COLUMNS) {
		int rest = len - i;
		str_addn(&out, (const char *)text + i,
			 (size_t)(rest < ARMOR_COLUMNS ? rest : ARMOR_COLUMNS));
		str_addc(&out, '\n');
	}
	str_add(&out, END_SIGNATURE);
	return str_text(&out);
}

/* What both the signed data and the signature begin with. */
static void add_context(struct str *out, const char *name, const char *algorithm)
{
	add_text(out, name);
	add_text(out, ""); /* reserved */
	add_text(out, algorithm);
}

/* What the key signs: the namespace and the digest of the data. */
static struct error *make_message(struct str *out, const char *name, const char *algorithm,
				  const void *data, size_t len)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned digest_len = 0;
	const EVP_MD *md = !strcmp(algorithm, "sha256") ? EVP_sha256() : EVP_sha512();
	if (EVP_Digest(data, len, digest, &digest_len, md, NULL) != 1)
		return error_new(ERROR_SYSTEM, "OpenSSL does not make a digest");
	str_add(out, MAGIC);
	add_context(out, name, algorithm);
	add_string(out, digest, digest_len);
	return NULL;
}

struct error *sshsig_sign(const struct ssh_key *key, const char *name, const void *data, size_t len,
			  struct arena *a, const char **out)
{
	unsigned char bytes[SIGNATURE];
	struct str message = STR(a), public = STR(a), signature = STR(a), blob = STR(a);
	TRY(make_message(&message, name, DIGEST, data, len));
	TRY(key->in_agent ? sign_in_agent(key, &message, a, bytes)
			  : sign_here(key, &message, bytes));
	add_public(&public, key);
	add_text(&signature, TYPE);
	add_string(&signature, bytes, SIGNATURE);
	str_add(&blob, MAGIC);
	add_number(&blob, VERSION);
	add_string(&blob, public.at, public.len);
	add_context(&blob, name, DIGEST);
	add_string(&blob, signature.at, signature.len);
	*out = armor(a, &blob);
	return NULL;
}

/* ---- verifying ---- */

bool ssh_public_read(const char *type, const char *base64, bool *out_usable,
		     unsigned char out_key[static SSHSIG_KEY])
{
	ARENA a = {0};
	size_t len = strlen(base64);
	const unsigned char *bytes;
	unsigned char *blob = arena_alloc(&a, len + 4);
	size_t size = len < SIGNATURE_MAX ? decode(base64, len, blob) : 0;
	struct wire w = {blob, blob + size}, inner;
	if (!take_string(&w, &inner) || !is_text(inner, type) || w.at == w.end)
		return false;
	*out_usable = !strcmp(type, TYPE);
	if (!*out_usable)
		return true;
	if (!take_bytes(&w, RAW, &bytes) || w.at != w.end)
		return false;
	memcpy(out_key, bytes, RAW);
	return true;
}

static bool is_signature_of(const struct str *message, const unsigned char key[static RAW],
			    const unsigned char bytes[static SIGNATURE])
{
	EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, RAW);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool holds = pkey && context &&
		     EVP_DigestVerifyInit(context, NULL, NULL, NULL, pkey) == 1 &&
		     EVP_DigestVerify(context, bytes, SIGNATURE, (const unsigned char *)message->at,
				      message->len) == 1;
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(pkey);
	return holds;
}

/* A signature's parts. */
struct parts {
	unsigned char key[RAW];
	const unsigned char *bytes;
	struct wire name;
	const char *algorithm;
};

static struct error *no_signature(void)
{
	return error_new(ERROR_INPUT, "it is no signature as ssh-keygen -Y sign makes them");
}

static struct error *read_parts(struct wire w, struct parts *out)
{
	struct wire public, reserved, algorithm, signature, type;
	uint32_t version;
	if ((size_t)(w.end - w.at) < strlen(MAGIC) || memcmp(w.at, MAGIC, strlen(MAGIC)) != 0)
		return no_signature();
	w.at += strlen(MAGIC);
	if (!take_number(&w, &version) || version != VERSION || !take_string(&w, &public) ||
	    !take_string(&w, &out->name) || !take_string(&w, &reserved) ||
	    !take_string(&w, &algorithm) || !take_string(&w, &signature) || w.at != w.end)
		return no_signature();
	TRY(read_public(public, "the signature", out->key));
	out->algorithm = is_text(algorithm, "sha256") ? "sha256" : DIGEST;
	if (!is_text(algorithm, out->algorithm) || !take_string(&signature, &type) ||
	    !is_text(type, TYPE) || !take_bytes(&signature, SIGNATURE, &out->bytes) ||
	    signature.at != signature.end)
		return no_signature();
	return NULL;
}

/* Nothing but the armor, and a line feed behind it. */
static bool is_armored(const char *text, size_t len)
{
	const char *end = strstr(text, END_SIGNATURE);
	return strlen(text) == len && !strncmp(text, BEGIN_SIGNATURE, strlen(BEGIN_SIGNATURE)) &&
	       end && (!strcmp(end + strlen(END_SIGNATURE), "\n") || !end[strlen(END_SIGNATURE)]);
}

struct error *sshsig_verify(const char *signature, size_t signature_len, const char *name,
			    const void *data, size_t len, unsigned char out_key[static SSHSIG_KEY])
{
	ARENA a = {0};
	struct parts parts;
	struct str message = STR(&a);
	if (signature_len > SIGNATURE_MAX)
		return no_signature();
	const char *text = arena_strndup(&a, signature, signature_len);
	if (!is_armored(text, signature_len))
		return no_signature();
	char *base64 = arena_alloc(&a, signature_len);
	unsigned char *blob = arena_alloc(&a, signature_len + 4);
	size_t size =
		decode(base64, strip_armor(text, BEGIN_SIGNATURE, END_SIGNATURE, base64), blob);
	TRY(read_parts((struct wire){blob, blob + size}, &parts));
	if (!is_text(parts.name, name))
		return error_new(ERROR_INPUT, "it was made for another namespace than \"%s\"",
				 name);
	TRY(make_message(&message, name, parts.algorithm, data, len));
	if (!is_signature_of(&message, parts.key, parts.bytes))
		return error_new(ERROR_INPUT, "it is not a signature of these bytes");
	memcpy(out_key, parts.key, RAW);
	return NULL;
}
