/* SPDX-License-Identifier: Apache-2.0 */
/* digest.h - SHA-256 and git's ids (OpenSSL), and CRC32C (Castagnoli, RFC 3720 appendix B.4). */
#ifndef WRIT_DIGEST_H
#define WRIT_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE 32
#define SHA256_TEXT 72 /* "sha256:", 64 hexadecimal digits, NUL */

struct sha256; /* a running digest */

struct sha256 *sha256_new(void);
void sha256_add(struct sha256 *s, const void *data, size_t len);
void sha256_add_text(struct sha256 *s,
		     const char *text); /* with its NUL, so that fields do not run together */
void sha256_end(struct sha256 *s, unsigned char out[static SHA256_SIZE]); /* frees `s` */

/* The first `bytes` of a digest as hexadecimal digits, two each, and NUL; also of other digests. */
void sha256_hex(const unsigned char *digest, size_t bytes, char *out);

/* In base64, as a Content-Security-Policy says it, and NUL. */
#define SHA256_BASE64 45
void sha256_base64(const unsigned char digest[static SHA256_SIZE], char out[static SHA256_BASE64]);

void sha256_of(const void *data, size_t len, unsigned char out[static SHA256_SIZE]);
void sha256_text(const unsigned char digest[static SHA256_SIZE], char out[static SHA256_TEXT]);

/* Reads the text of sha256_text() back; false, and nothing is written, when it is none. */
bool sha256_parse(const char *text, unsigned char out[static SHA256_SIZE]);

/* Git's id of a file with these contents: SHA-1 over "blob LENGTH", NUL and the contents, in
 * hexadecimal digits. */
#define BLOB_ID 41
struct blob *blob_new(size_t len);			     /* of contents of `len` bytes */
void blob_add(struct blob *b, const void *data, size_t len); /* in pieces, all of them */
void blob_end(struct blob *b, char out[static BLOB_ID]);     /* frees `b` */

/* Continues `crc` (0 at first) over `data`. */
uint32_t crc32c(uint32_t crc, const void *data, size_t len);

#endif
