/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/digest.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "core/util/arena.h"
#include "core/util/process.h"

struct sha256 {
	EVP_MD_CTX *context;
};

/* Ends the process when a call of OpenSSL fails: those used here do so only when memory is out. */
static void must(int done)
{
	if (done != 1)
		process_give_up("libcrypto makes no digest: out of memory, or SHA-256 is disabled");
}

struct sha256 *sha256_new(void)
{
	struct sha256 *s = xmalloc(sizeof(*s));
	s->context = EVP_MD_CTX_new();
	must(s->context && EVP_DigestInit_ex(s->context, EVP_sha256(), NULL));
	return s;
}

void sha256_add(struct sha256 *s, const void *data, size_t len)
{
	must(EVP_DigestUpdate(s->context, data, len));
}

void sha256_add_text(struct sha256 *s, const char *text)
{
	sha256_add(s, text, strlen(text) + 1);
}

void sha256_end(struct sha256 *s, unsigned char out[static SHA256_SIZE])
{
	must(EVP_DigestFinal_ex(s->context, out, NULL));
	EVP_MD_CTX_free(s->context);
	free(s);
}

void sha256_base64(const unsigned char digest[static SHA256_SIZE], char out[static SHA256_BASE64])
{
	EVP_EncodeBlock((unsigned char *)out, digest, SHA256_SIZE);
}

void sha256_of(const void *data, size_t len, unsigned char out[static SHA256_SIZE])
{
	must(EVP_Digest(data, len, out, NULL, EVP_sha256(), NULL));
}

void sha256_hex(const unsigned char *digest, size_t bytes, char *out)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < bytes; i++) {
		*out++ = digits[digest[i] >> 4];
		*out++ = digits[digest[i] & 15];
	}
	*out = '\0';
}

void sha256_text(const unsigned char digest[static SHA256_SIZE], char out[static SHA256_TEXT])
{
	memcpy(out, "sha256:", 7);
	sha256_hex(digest, SHA256_SIZE, out + 7);
}

static unsigned hex_value(char digit)
{
	return digit <= '9' ? (unsigned)(digit - '0') : (unsigned)(digit - 'a') + 10;
}

bool sha256_parse(const char *text, unsigned char out[static SHA256_SIZE])
{
	if (strlen(text) != SHA256_TEXT - 1 || strncmp(text, "sha256:", 7) != 0 ||
	    strspn(text + 7, "0123456789abcdef") != (size_t)2 * SHA256_SIZE)
		return false;
	for (const char *at = text + 7; *at; at += 2)
		*out++ = (unsigned char)(hex_value(at[0]) << 4 | hex_value(at[1]));
	return true;
}

struct blob {
	EVP_MD_CTX *context;
};

struct blob *blob_new(size_t len)
{
	struct blob *b = xmalloc(sizeof(*b));
	char head[32];
	int head_len = snprintf(head, sizeof(head), "blob %zu", len) + 1;
	b->context = EVP_MD_CTX_new();
	must(b->context && EVP_DigestInit_ex(b->context, EVP_sha1(), NULL));
	blob_add(b, head, (size_t)head_len);
	return b;
}

void blob_add(struct blob *b, const void *data, size_t len)
{
	must(EVP_DigestUpdate(b->context, data, len));
}

void blob_end(struct blob *b, char out[static BLOB_ID])
{
	unsigned char digest[(BLOB_ID - 1) / 2];
	must(EVP_DigestFinal_ex(b->context, digest, NULL));
	EVP_MD_CTX_free(b->context);
	free(b);
	sha256_hex(digest, sizeof(digest), out);
}

/* Four bits at a time, with RFC 3720's polynomial 0x82F63B78 (reflected). */
uint32_t crc32c(uint32_t crc, const void *data, size_t len)
{
	static const uint32_t table[16] = {
		0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3,
		0x61c69362, 0x7198540d, 0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
		0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
	};
	const unsigned char *at = data;
	crc = ~crc;
	for (size_t i = 0; i < len; i++) {
		crc ^= at[i];
		crc = (crc >> 4) ^ table[crc & 15];
		crc = (crc >> 4) ^ table[crc & 15];
	}
	return ~crc;
}
