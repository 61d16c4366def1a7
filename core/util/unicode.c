/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/unicode.h"

#include <assert.h>
#include <string.h>
#include <utf8proc.h>

#include "core/util/confusables.h"

#include "core/util/arena.h"
#include "core/util/process.h"

/* What decides whether the next code point keeps the text in NFC: the last starter and, of each
 * combining class behind it, the first mark. A later mark of the same class is blocked by that one:
 * it composes with nothing. Classes rise in NFC and are below 255, so this has an end however long
 * the text is. */
struct segment {
	utf8proc_uint8_t text[256 * 4];
	size_t len;
	int class; /* combining class of the last code point; 0: a starter, or there is none yet */
};

/* utf8proc_decompose() makes at most four code points of one. */
#define DECOMPOSED_MAX (256 * 4)

char ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

int ascii_casecmp(const char *a, const char *b)
{
	for (; *a && ascii_lower(*a) == ascii_lower(*b); a++, b++)
		;
	return (unsigned char)ascii_lower(*a) - (unsigned char)ascii_lower(*b);
}

uint32_t text_decode(const char *text, size_t len, size_t *size)
{
	utf8proc_int32_t c;
	utf8proc_ssize_t used =
		utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)len, &c);
	*size = used > 0 ? (size_t)used : 1;
	return used > 0 ? (uint32_t)c : TEXT_MALFORMED;
}

size_t text_encode(uint32_t c, char out[static 4])
{
	return (size_t)utf8proc_encode_char((utf8proc_int32_t)c, (utf8proc_uint8_t *)out);
}

static const utf8proc_property_t *property_of(uint32_t c)
{
	return utf8proc_get_property((utf8proc_int32_t)c);
}

/* Whether a code point is ignorable. utf8proc's table lacks those that are not assigned; the
 * standard fixes these ranges. */
static bool is_ignorable(uint32_t c, const utf8proc_property_t *property)
{
	return property->ignorable || c == 0x2065 || (c >= 0xFFF0 && c <= 0xFFF8) ||
	       (c >= 0xE0000 && c <= 0xE0FFF);
}

static bool is_noncharacter(uint32_t c)
{
	return (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE;
}

static bool is_space(uint32_t c)
{
	return (c >= 0x9 && c <= 0xD) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
	       (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
	       c == 0x205F || c == 0x3000;
}

/* The fault of a code point from U+0080 up, whatever stands before it. */
static enum text_fault check_alone(uint32_t c, const utf8proc_property_t *property)
{
	if (property->category == UTF8PROC_CATEGORY_CC || c == 0x2028 || c == 0x2029)
		return TEXT_CONTROL;
	if (is_noncharacter(c))
		return TEXT_NONCHARACTER;
	return is_ignorable(c, property) ? TEXT_INVISIBLE : TEXT_OK;
}

static bool is_nfc(const utf8proc_uint8_t *text, size_t len)
{
	const int options = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
	utf8proc_int32_t normal[DECOMPOSED_MAX], c;
	utf8proc_ssize_t count =
		utf8proc_decompose(text, (utf8proc_ssize_t)len, normal, DECOMPOSED_MAX, options);
	assert(count >= 0 && count <= DECOMPOSED_MAX);
	count = utf8proc_normalize_utf32(normal, count, options);
	for (utf8proc_ssize_t i = 0; i < count; i++) {
		utf8proc_ssize_t size = utf8proc_iterate(text, (utf8proc_ssize_t)len, &c);
		if (size <= 0 || c != normal[i])
			return false;
		text += size;
		len -= (size_t)size;
	}
	return len == 0;
}

/* Whether a code point leaves any text in NFC: a starter that has no decomposition and is second in
 * no composition, as only marks and the vowels and final consonants of Hangul are. What is below
 * U+0300 may have a decomposition, but one that composes again. */
static bool is_inert(uint32_t c, const utf8proc_property_t *property)
{
	if (c < 0x300)
		return true;
	return property->decomp_seqindex == UINT16_MAX &&
	       property->category != UTF8PROC_CATEGORY_MN &&
	       property->category != UTF8PROC_CATEGORY_MC && !(c >= 0x1161 && c <= 0x11C2);
}

static void add_to_segment(struct segment *s, const char *text, size_t size)
{
	assert(s->len + size <= sizeof(s->text));
	memcpy(s->text + s->len, text, size);
	s->len += size;
}

static void start_segment(struct segment *s, const char *text, size_t size)
{
	s->len = 0;
	s->class = 0;
	add_to_segment(s, text, size);
}

/* Adds the code point at text[0 .. size) to the segment; whether the text is still in NFC. */
static bool extend(struct segment *s, const char *text, size_t size, uint32_t c,
		   const utf8proc_property_t *property)
{
	int class = property->combining_class;
	if (class != 0 && class == s->class)
		return is_nfc((const utf8proc_uint8_t *)text, size);
	if (!is_inert(c, property)) {
		add_to_segment(s, text, size);
		if (!is_nfc(s->text, s->len))
			return false;
	}
	if (class == 0)
		start_segment(s, text, size);
	s->class = class;
	return true;
}

static enum text_fault check_wide(struct segment *s, const char *text, size_t len, size_t *size)
{
	uint32_t c = text_decode(text, len, size);
	if (c == TEXT_MALFORMED)
		return TEXT_NOT_UTF8;
	const utf8proc_property_t *property = property_of(c);
	enum text_fault fault = check_alone(c, property);
	if (fault != TEXT_OK)
		return fault;
	return extend(s, text, *size, c, property) ? TEXT_OK : TEXT_NOT_NFC;
}

static enum text_fault check_control(const char *text, size_t len, enum text_mode mode,
				     size_t *size)
{
	bool crlf = len > 1 && text[0] == '\r' && text[1] == '\n';
	*size = crlf ? 2 : 1;
	if (*text == '\n' || crlf)
		return mode == TEXT_VALUE ? TEXT_LINE_BREAK : TEXT_OK;
	if (*text == '\t')
		return mode == TEXT_VALUE ? TEXT_TAB : TEXT_OK;
	return TEXT_CONTROL;
}

#define EACH_BYTE(value) (0x0101010101010101 * (uint64_t)(value))

/* Whether eight bytes are all printable ASCII or `other`, which is ASCII too. A sum carries into
 * the next byte only from one above 0x7F, which decides by itself. */
static bool is_plain_word(const char *text, char other)
{
	uint64_t word;
	memcpy(&word, text, sizeof(word));
	uint64_t printable = word + EACH_BYTE(0x80 - 0x20);
	uint64_t different = (word ^ EACH_BYTE(other)) + EACH_BYTE(0x7F);
	uint64_t del_or_wide = (word + EACH_BYTE(1)) | word;
	return !(((~printable & different) | del_or_wide) & EACH_BYTE(0x80));
}

/* The first byte from `at` on that is neither printable ASCII nor, in a file, a line feed. */
static size_t skip_plain(const char *text, size_t at, size_t len, enum text_mode mode)
{
	char other = mode == TEXT_FILE ? '\n' : ' ';
	while (len - at >= sizeof(uint64_t) && is_plain_word(text + at, other))
		at += sizeof(uint64_t);
	while (at < len && ((text[at] >= ' ' && text[at] < 0x7F) || text[at] == other))
		at++;
	return at;
}

enum text_fault text_check(const char *text, size_t len, enum text_mode mode, size_t *offset,
			   size_t *size)
{
	struct segment segment;
	segment.len = 0;
	segment.class = 0;
	for (size_t at = *offset;; at += *size) {
		size_t plain = skip_plain(text, at, len, mode);
		if (plain > at)
			start_segment(&segment, text + plain - 1, 1);
		at = *offset = plain;
		if (at == len)
			return TEXT_OK;
		enum text_fault fault = (unsigned char)text[at] < 0x80
						? check_control(text + at, len - at, mode, size)
						: check_wide(&segment, text + at, len - at, size);
		if (fault != TEXT_OK)
			return fault;
		if ((unsigned char)text[at] < 0x80)
			start_segment(&segment, text + at, 1);
	}
}

bool text_is_live(const char *text)
{
	size_t offset = 0, size = 0, len = strlen(text);
	enum text_fault fault;
	while ((fault = text_check(text, len, TEXT_VALUE, &offset, &size)) == TEXT_NOT_NFC)
		offset += size;
	return len > 0 && fault == TEXT_OK;
}

bool text_is_printable(uint32_t c)
{
	const utf8proc_property_t *property = property_of(c);
	switch (property->category) {
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return false;
	case UTF8PROC_CATEGORY_ZS:
		return c == ' ';
	default:
		return !is_ignorable(c, property);
	}
}

bool text_is_blank(uint32_t c)
{
	/* Braille without dots, a note without a head, and what stands for an object that is not
	 * there */
	return is_space(c) || c == 0x2800 || c == 0x1D159 || c == 0xFFFC;
}

bool text_is_mark(uint32_t c)
{
	switch (property_of(c)->category) {
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ME:
		return true;
	default:
		return false;
	}
}

bool text_is_overlay(uint32_t c)
{
	const utf8proc_property_t *property = property_of(c);
	/* The class of overlays; above, it is of scripts that write their vowels or tones so. */
	return property->category == UTF8PROC_CATEGORY_ME ||
	       (property->combining_class == 1 && c < 0x2100);
}

bool text_is_low_line(uint32_t c)
{
	return (property_of(c)->category == UTF8PROC_CATEGORY_PC && c != '_') || c == 0x2017;
}

bool text_is_all_blank(const char *text)
{
	size_t len = strlen(text);
	for (size_t at = 0, size; at < len; at += size) {
		if (!text_is_blank(text_decode(text + at, len - at, &size)))
			return false;
	}
	return true;
}

bool text_is_composed(const char *text, size_t len)
{
	size_t offset = 0, size;
	while (offset < len) {
		enum text_fault fault = text_check(text, len, TEXT_FILE, &offset, &size);
		if (fault == TEXT_OK || fault == TEXT_NOT_NFC)
			return fault == TEXT_OK;
		offset += size;
	}
	return true;
}

bool text_has_outer_space(const char *text)
{
	size_t len = strlen(text), last = len, size;
	if (len == 0)
		return false;
	do
		last--;
	while (last > 0 && (text[last] & 0xC0) == 0x80);
	return is_space(text_decode(text, len, &size)) ||
	       is_space(text_decode(text + last, len - last, &size));
}

size_t text_columns(uint32_t c)
{
	int columns = c < 0x80 || c == TEXT_MALFORMED ? 1 : utf8proc_charwidth((utf8proc_int32_t)c);
	return columns > 0 ? (size_t)columns : 0;
}

size_t text_length(const char *text, size_t len)
{
	size_t count = 0;
	for (size_t i = 0; i < len; i++)
		count += (text[i] & 0xC0) != 0x80;
	return count;
}
