#include "core/sshsig.h"

#include <errno.h>
#include <openssl/crypto.h>
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
#define RAW 32	     /* bytes of an Ed25519 seed or public key: RFC 8032 */
#define SIGNATURE 64 /* bytes of a signature */
#define BEGIN_KEY "-----BEGIN OPENSSH PRIVATE KEY-----\n"
#define END_KEY "-----END OPENSSH PRIVATE KEY-----"
#define KEY_MAGIC "openssh-key-v1" /* with its NUL */
#define ARMOR_COLUMNS 70	   /* as ssh-keygen breaks lines */
#define ANSWER_MAX 65536	   /* of an agent; a signature is under 200 bytes */
#define ANSWER_SECONDS 60	   /* an agent may ask a person */

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
				 "%s: a key of type %.*s; commits are signed with Ed25519 "
				 "(ssh-keygen -t ed25519)",
				 name, (int)(type.end - type.at < 40 ? type.end - type.at : 40),
				 (const char *)type.at);
	if (!take_bytes(&w, RAW, &bytes))
		return error_new(ERROR_INPUT, "%s: not a public key", name);
	memcpy(out, bytes, RAW);
	return NULL;
}

/* Base64 without line breaks; returns the length, 0 when it is none. `out` has room for 3/4 of `len`. */
static size_t decode(const char *text, size_t len, unsigned char *out)
{
	size_t padding = len && text[len - 1] == '=' ? 1 + (len > 1 && text[len - 2] == '=') : 0;
	if (len == 0 || len % 4 || len > INT32_MAX)
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
	    !take_bytes(&w, RAW + RAW, &private) || memcmp(public, out->public, RAW) != 0)
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
	TRY(read_public(public, path, out->public));
	return read_private(private, path, out);
}

/* What stands between the lines of the armor, without line breaks; its length. */
static size_t strip_armor(const char *text, char *out)
{
	const char *from = strstr(text, BEGIN_KEY);
	const char *to = from ? strstr(from, END_KEY) : NULL;
	size_t len = 0;
	for (const char *at = from ? from + strlen(BEGIN_KEY) : NULL; to && at < to; at++) {
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
	size_t len = decode(base64, strip_armor(secret_reveal(text), base64), blob);
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
	str_add(&out, "-----BEGIN SSH SIGNATURE-----\n");
	for (int i = 0; i < len; i += ARMOR_COLUMNS) {
		int rest = len - i;
		str_addn(&out, (const char *)text + i,
			 (size_t)(rest < ARMOR_COLUMNS ? rest : ARMOR_COLUMNS));
		str_addc(&out, '\n');
	}
	str_add(&out, "-----END SSH SIGNATURE-----");
	return str_text(&out);
}

/* What both the signed data and the signature begin with. */
static void add_context(struct str *out, const char *name)
{
	add_text(out, name);
	add_text(out, ""); /* reserved */
	add_text(out, "sha512");
}

struct error *sshsig_sign(const struct ssh_key *key, const char *name, const void *data, size_t len,
			  struct arena *a, const char **out)
{
	unsigned char digest[EVP_MAX_MD_SIZE], bytes[SIGNATURE];
	unsigned digest_len = 0;
	struct str message = STR(a), public = STR(a), signature = STR(a), blob = STR(a);
	if (EVP_Digest(data, len, digest, &digest_len, EVP_sha512(), NULL) != 1)
		return error_new(ERROR_SYSTEM, "OpenSSL does not make SHA-512");
	str_add(&message, "SSHSIG");
	add_context(&message, name);
	add_string(&message, digest, digest_len);
	TRY(key->in_agent ? sign_in_agent(key, &message, a, bytes)
			  : sign_here(key, &message, bytes));
	add_public(&public, key);
	add_text(&signature, TYPE);
	add_string(&signature, bytes, SIGNATURE);
	str_add(&blob, "SSHSIG");
	add_number(&blob, 1); /* version */
	add_string(&blob, public.at, public.len);
	add_context(&blob, name);
	add_string(&blob, signature.at, signature.len);
	*out = armor(a, &blob);
	return NULL;
}
