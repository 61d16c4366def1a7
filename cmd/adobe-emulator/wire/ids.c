/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/adobe-emulator/wire/ids.h"

#include <string.h>

#include "core/util/digest.h"

static void digest_of(const char *kind, const char *x, const char *y,
		      unsigned char out[static SHA256_SIZE])
{
	struct sha256 *s = sha256_new();
	sha256_add_text(s, kind);
	sha256_add_text(s, x);
	sha256_add_text(s, y);
	sha256_end(s, out);
}

const char *id_digits(struct arena *a, size_t digits, const char *kind, const char *x,
		      const char *y)
{
	unsigned char d[SHA256_SIZE];
	digest_of(kind, x, y, d);
	char *text = arena_zalloc(a, digits + 1);
	for (size_t i = 0; i < digits; i++)
		text[i] = (char)(i ? '0' + d[i] % 10 : '1' + d[i] % 9);
	return text;
}

static const char *spell(struct arena *a, size_t digits, const char *alphabet, unsigned bits,
			 const unsigned char d[static SHA256_SIZE])
{
	char *text = arena_zalloc(a, digits + 1);
	unsigned held = 0, have = 0;
	for (size_t i = 0, next = 0; i < digits; i++) {
		if (have < bits) {
			held = held << 8 | d[next++ % SHA256_SIZE];
			have += 8;
		}
		have -= bits;
		text[i] = alphabet[held >> have & ((1U << bits) - 1)];
		held &= (1U << have) - 1;
	}
	return text;
}

const char *id_hex(struct arena *a, size_t digits, const char *kind, const char *x, const char *y)
{
	unsigned char d[SHA256_SIZE];
	digest_of(kind, x, y, d);
	return spell(a, digits, "0123456789abcdef", 4, d);
}

const char *id_hex_upper(struct arena *a, size_t digits, const char *kind, const char *x,
			 const char *y)
{
	unsigned char d[SHA256_SIZE];
	digest_of(kind, x, y, d);
	return spell(a, digits, "0123456789ABCDEF", 4, d);
}

const char *id_base32(struct arena *a, const char *kind, const char *x, const char *y)
{
	unsigned char d[SHA256_SIZE];
	digest_of(kind, x, y, d);
	return spell(a, 26, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 5, d);
}

const char *id_uuid(struct arena *a, const char *kind, const char *x, const char *y)
{
	const char *h = id_hex(a, 32, kind, x, y);
	return arena_printf(a, "%.8s-%.4s-4%.3s-a%.3s-%.12s", h, h + 8, h + 13, h + 17, h + 20);
}
