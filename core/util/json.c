/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/json.h"

#include <string.h>

#include "core/util/unicode.h"
#include "core/util/vec.h"

#define WHOLE_MAX ((INT64_C(1) << 53) - 1) /* RFC 8259 section 6: what every reader agrees on */

/* A key after unescaping, and where it stands. */
struct key {
	const char *text;
	size_t len;
	const char *at;
};

struct json_reader {
	const char *name, *text, *at, *end;
	bool may_repeat; /* keys of an object */
	int depth;
	VEC(, struct key) keys; /* of the objects that are open, innermost last */
	struct arena arena;
};

struct location json_place(const char *name, struct json_span text, const char *at)
{
	const char *line = text.at;
	struct location where = {.file = name, .line = 1};
	for (const char *feed; (feed = memchr(line, '\n', (size_t)(at - line))); line = feed + 1)
		where.line++;
	where.column = (uint32_t)text_length(line, (size_t)(at - line)) + 1;
	return where;
}

MUST_CHECK static struct error *fault(const struct json_reader *r, const char *at, const char *what)
{
	struct json_span text = {r->text, (size_t)(r->end - r->text)};
	return error_at(ERROR_INPUT, json_place(r->name, text, at), "%s", what);
}

static const char *skip_space(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r'))
		at++;
	return at;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* ---- escapes ---- */

/* The value of a hexadecimal digit, or -1. */
static int hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The code unit of "\uXXXX" at `at`, or -1. */
static int32_t code_unit(const char *at, const char *end)
{
	int32_t unit = 0;
	if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		int digit = hex_digit(at[i]);
		if (digit < 0)
			return -1;
		unit = unit * 16 + digit;
	}
	return unit;
}

/* The code point of an escape that starts with "\u", and the bytes it takes; 0 when there
 * is none. */
static uint32_t code_point(const char *at, const char *end, size_t *size)
{
	int32_t high = code_unit(at, end), low;
	*size = 6;
	if (high < 0 || (high >= 0xDC00 && high <= 0xDFFF))
		return 0;
	if (high < 0xD800 || high > 0xDFFF)
		return (uint32_t)high;
	*size = 12;
	low = code_unit(at + 6, end);
	if (low < 0xDC00 || low > 0xDFFF)
		return 0;
	return 0x10000 + ((uint32_t)(high - 0xD800) << 10) + (uint32_t)(low - 0xDC00);
}

/* The short escapes: the letter behind the backslash, and the character that it stands for. */
static const char short_escapes[][2] = {
	{'"', '"'},  {'\\', '\\'}, {'/', '/'},	{'b', '\b'},
	{'f', '\f'}, {'n', '\n'},  {'r', '\r'}, {'t', '\t'},
};

static char short_escape(char letter)
{
	for (size_t i = 0; i < sizeof(short_escapes) / sizeof(*short_escapes); i++) {
		if (short_escapes[i][0] == letter)
			return short_escapes[i][1];
	}
	return 0;
}

/* Writes the text between the quotes, unescaped, to `to`; it was checked, and gets no longer by
 * that. */
static size_t unescape(char *to, struct json_span inner)
{
	char *start = to;
	const char *at = inner.at, *end = at + inner.len;
	while (at < end) {
		size_t size = 2;
		const char *escape = memchr(at, '\\', (size_t)(end - at));
		size_t plain = (size_t)((escape ? escape : end) - at);
		memcpy(to, at, plain);
		to += plain;
		at += plain;
		if (!escape)
			break;
		if (at[1] == 'u')
			to += text_encode(code_point(at, end, &size), to);
		else
			*to++ = short_escape(at[1]);
		at += size;
	}
	return (size_t)(to - start);
}

/* The same, copied only where there is an escape. */
static struct json_span unescaped(struct arena *a, struct json_span inner)
{
	if (!memchr(inner.at, '\\', inner.len))
		return inner;
	char *text = arena_alloc(a, inner.len);
	return (struct json_span){text, unescape(text, inner)};
}

/* ---- the gate ---- */

/* The bytes that stand in a string as they are, and are a character each. */
static const bool is_plain[256] = {
	[' ' ... '!'] = true, ['#' ... '['] = true, [']' ... 0x7F] = true};

static const char *skip_plain(const char *at, const char *end)
{
	while (at < end && is_plain[(unsigned char)*at])
		at++;
	return at;
}

/* Checks what begins with any other byte: one code point from U+0080 up, or one escape. */
static struct error *check_special(struct json_reader *r)
{
	size_t size = 2;
	if ((unsigned char)*r->at < 0x20)
		return fault(r, r->at, "a control character in a string");
	if (*r->at != '\\') {
		if (text_decode(r->at, (size_t)(r->end - r->at), &size) == TEXT_MALFORMED)
			return fault(r, r->at, "malformed UTF-8");
	} else if (r->end - r->at > 1 && r->at[1] == 'u') {
		if (code_point(r->at, r->end, &size) == 0)
			return fault(r, r->at, "an escape that stands for no character");
	} else if (r->end - r->at < 2 || !short_escape(r->at[1])) {
		return fault(r, r->at, "an unknown escape");
	}
	r->at += size;
	return NULL;
}

/* Checks a string; `inner` gets the text between its quotes. */
static struct error *check_string(struct json_reader *r, struct json_span *inner)
{
	const char *start = r->at++;
	while ((r->at = skip_plain(r->at, r->end)) < r->end && *r->at != '"')
		TRY(check_special(r));
	if (r->at == r->end)
		return fault(r, start, "a string without an end");
	*inner = (struct json_span){start + 1, (size_t)(r->at - start) - 1};
	r->at++;
	return NULL;
}

static bool skip_digits(struct json_reader *r)
{
	const char *start = r->at;
	while (r->at < r->end && is_digit(*r->at))
		r->at++;
	return r->at > start;
}

static bool skip_one_of(struct json_reader *r, const char *set)
{
	bool there = r->at < r->end && *r->at && strchr(set, *r->at);
	r->at += there;
	return there;
}

static struct error *check_number(struct json_reader *r)
{
	const char *start = r->at;
	skip_one_of(r, "-");
	bool good = skip_one_of(r, "0") || skip_digits(r);
	if (good && skip_one_of(r, "."))
		good = skip_digits(r);
	if (good && skip_one_of(r, "eE")) {
		skip_one_of(r, "+-");
		good = skip_digits(r);
	}
	return good ? NULL : fault(r, start, "a malformed number");
}

static struct error *check_word(struct json_reader *r)
{
	static const char *const words[] = {"true", "false", "null"};
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		size_t len = strlen(words[i]);
		if ((size_t)(r->end - r->at) >= len && !memcmp(r->at, words[i], len)) {
			r->at += len;
			return NULL;
		}
	}
	return fault(r, r->at,
		     r->at < r->end ? "not a JSON value" : "a value is missing at the end");
}

/* Orders keys by length and text, and equal ones by their place. */
static int by_key(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	int order = x->len == y->len ? memcmp(x->text, y->text, x->len) : x->len < y->len ? -1 : 1;
	return order ? order : (x->at > y->at) - (x->at < y->at);
}

/* Looks for equal keys among those from `first` on, which are of one object, and forgets them. */
static struct error *check_duplicates(struct json_reader *r, size_t first)
{
	struct key *keys = r->keys.at + first;
	size_t count = r->keys.len - first;
	const char *at = NULL;
	if (count > 1)
		qsort(keys, count, sizeof(*keys), by_key);
	for (size_t i = 1; i < count; i++) {
		bool same = keys[i].len == keys[i - 1].len &&
			    !memcmp(keys[i].text, keys[i - 1].text, keys[i].len);
		if (same && (!at || keys[i].at < at))
			at = keys[i].at;
	}
	r->keys.len = first;
	return at ? fault(r, at, "a key that is there already") : NULL;
}

static void add_key(struct json_reader *r, struct json_span inner)
{
	struct json_span text = unescaped(&r->arena, inner);
	vec_push(&r->arena, &r->keys, (struct key){text.at, text.len, inner.at - 1});
}

static bool skip_char(struct json_reader *r, char c)
{
	r->at = skip_space(r->at, r->end);
	bool there = r->at < r->end && *r->at == c;
	r->at += there;
	return there;
}

static struct error *check_value(struct json_reader *r);

static struct error *check_member(struct json_reader *r)
{
	struct json_span inner;
	r->at = skip_space(r->at, r->end);
	if (r->at == r->end || *r->at != '"')
		return fault(r, r->at, "a key in quotes is due");
	TRY(check_string(r, &inner));
	if (!r->may_repeat)
		add_key(r, inner);
	if (!skip_char(r, ':'))
		return fault(r, r->at, "\":\" is due");
	return check_value(r);
}

static struct error *check_object(struct json_reader *r)
{
	size_t first = r->keys.len;
	r->at++;
	if (skip_char(r, '}'))
		return NULL;
	do
		TRY(check_member(r));
	while (skip_char(r, ','));
	if (!skip_char(r, '}'))
		return fault(r, r->at, "\",\" or \"}\" is due");
	return r->may_repeat ? NULL : check_duplicates(r, first);
}

static struct error *check_array(struct json_reader *r)
{
	r->at++;
	if (skip_char(r, ']'))
		return NULL;
	do
		TRY(check_value(r));
	while (skip_char(r, ','));
	return skip_char(r, ']') ? NULL : fault(r, r->at, "\",\" or \"]\" is due");
}

static struct error *check_container(struct json_reader *r)
{
	if (++r->depth > JSON_DEPTH_MAX)
		return fault(r, r->at, "nested too deeply");
	TRY(*r->at == '{' ? check_object(r) : check_array(r));
	r->depth--;
	return NULL;
}

static struct error *check_value(struct json_reader *r)
{
	struct json_span inner;
	r->at = skip_space(r->at, r->end);
	char c = r->at < r->end ? *r->at : '\0';
	if (c == '"')
		return check_string(r, &inner);
	if (c == '{' || c == '[')
		return check_container(r);
	return c == '-' || is_digit(c) ? check_number(r) : check_word(r);
}

static struct error *check_document(struct json_reader *r)
{
	TRY(check_value(r));
	r->at = skip_space(r->at, r->end);
	return r->at < r->end ? fault(r, r->at, "text behind the value") : NULL;
}

static struct error *check(struct json_reader *r)
{
	struct error *error = check_document(r);
	arena_done(&r->arena);
	return error;
}

struct error *json_check(const char *name, const char *text, size_t len)
{
	struct json_reader r = {.name = name, .text = text, .at = text, .end = text + len};
	return check(&r);
}

struct error *json_check_but_keys(const char *name, const char *text, size_t len)
{
	struct json_reader r = {
		.name = name, .text = text, .at = text, .end = text + len, .may_repeat = true};
	return check(&r);
}

/* ---- spans of text that was checked ---- */

/* Whether a backslash escapes the byte at `at`, so that a quote there ends no string. */
static bool is_escaped(const char *at)
{
	const char *first = at;
	while (first[-1] == '\\')
		first--;
	return (at - first) % 2;
}

static const char *skip_string(const char *at)
{
	do
		at = rawmemchr(at + 1, '"');
	while (is_escaped(at));
	return at + 1;
}

static bool ends_word(char c)
{
	return c <= ' ' || c == ',' || c == ']' || c == '}';
}

static const char *skip_word(const char *at, const char *end)
{
	while (at < end && !ends_word(*at))
		at++;
	return at;
}

static const char *skip_container(const char *at, const char *end)
{
	static const signed char turn[256] = {['['] = 1, ['{'] = 1, [']'] = -1, ['}'] = -1};
	int depth = 0;
	do {
		if (*at == '"')
			at = skip_string(at);
		else
			depth += turn[(unsigned char)*at++];
	} while (depth > 0 && at < end);
	return at;
}

static const char *skip_value(const char *at, const char *end)
{
	if (*at == '"')
		return skip_string(at);
	return *at == '{' || *at == '[' ? skip_container(at, end) : skip_word(at, end);
}

bool json_next(struct json_span array, struct json_cursor *cursor, struct json_span *out)
{
	const char *end = array.at + array.len, *at = skip_space(array.at + cursor->offset, end);
	if (at == end || *at != (cursor->offset ? ',' : '['))
		return false;
	at = skip_space(at + 1, end);
	if (*at == ']')
		return false;
	out->at = at;
	at = skip_value(at, end);
	out->len = (size_t)(at - out->at);
	cursor->offset = (size_t)(at - array.at);
	return true;
}

bool json_next_member(struct json_span object, struct json_cursor *cursor, struct json_span *key,
		      struct json_span *value)
{
	const char *end = object.at + object.len, *at = skip_space(object.at + cursor->offset, end);
	if (at == end || *at != (cursor->offset ? ',' : '{'))
		return false;
	at = skip_space(at + 1, end);
	if (*at == '}')
		return false;
	key->at = at;
	at = skip_string(at);
	key->len = (size_t)(at - key->at);
	value->at = skip_space(skip_space(at, end) + 1, end);
	at = skip_value(value->at, end);
	value->len = (size_t)(at - value->at);
	cursor->offset = (size_t)(at - object.at);
	return true;
}

/* The text of a key, with its quotes. */
static struct json_span key_text(struct arena *a, struct json_span key)
{
	return unescaped(a, (struct json_span){key.at + 1, key.len - 2});
}

static bool is_text(struct json_span span, const char *text)
{
	size_t len = strlen(text);
	return span.len == len && !memcmp(span.at, text, len);
}

bool json_member(struct json_span object, const char *key, struct json_span *out)
{
	ARENA scratch = {0};
	struct json_cursor cursor = {0};
	struct json_span name, value;
	while (json_next_member(object, &cursor, &name, &value)) {
		if (is_text(key_text(&scratch, name), key)) {
			*out = value;
			return true;
		}
	}
	return false;
}

void json_members(struct json_span object, const char *const keys[], size_t count,
		  struct json_span out[])
{
	ARENA scratch = {0};
	struct json_cursor cursor = {0};
	struct json_span name, value;
	memset(out, 0, count * sizeof(*out));
	while (json_next_member(object, &cursor, &name, &value)) {
		struct json_span text = key_text(&scratch, name);
		for (size_t i = 0; i < count; i++) {
			if (is_text(text, keys[i]))
				out[i] = value;
		}
	}
}

const char *json_string(struct arena *a, struct json_span value)
{
	if (value.len < 2 || *value.at != '"')
		return NULL;
	char *text = arena_alloc(a, value.len);
	text[unescape(text, (struct json_span){value.at + 1, value.len - 2})] = '\0';
	return text;
}

bool json_number(struct json_span value, int64_t *out)
{
	int64_t number = 0;
	for (size_t i = 0; i < value.len; i++) {
		if (!is_digit(value.at[i]) || number > WHOLE_MAX / 10)
			return false;
		number = number * 10 + (value.at[i] - '0');
	}
	if (value.len == 0 || number > WHOLE_MAX)
		return false;
	*out = number;
	return true;
}

const char *json_get_text(struct arena *a, struct json_span object, const char *key)
{
	struct json_span value;
	return json_member(object, key, &value) ? json_string(a, value) : NULL;
}

const char *json_get_word(struct arena *a, struct json_span object, const char *key)
{
	const char *text = json_get_text(a, object, key);
	return text ? text : "";
}

int64_t json_get_number(struct json_span object, const char *key, int64_t otherwise)
{
	struct json_span value;
	int64_t number;
	return json_member(object, key, &value) && json_number(value, &number) ? number : otherwise;
}

bool json_get_true(struct json_span object, const char *key)
{
	struct json_span value;
	return json_member(object, key, &value) && *value.at == 't';
}

/* ---- written ---- */

/* The code point of a text that ends at `end`; *size gets its bytes. */
static uint32_t decode_before(const char *at, const char *end, size_t *size)
{
	size_t left = (size_t)(end - at);
	return text_decode(at, left < 4 ? left : 4, size);
}

/* *size gets the bytes of the code point there. */
static bool needs_escape(const char *at, const char *end, size_t *size)
{
	unsigned char c = (unsigned char)*at;
	*size = 1;
	if (c < 0x80)
		return c < 0x20 || c == 0x7F || c == '"' || c == '\\';
	return !text_is_printable(decode_before(at, end, size));
}

static void add_escape(struct str *out, unsigned c)
{
	for (size_t i = 0; i < sizeof(short_escapes) / sizeof(*short_escapes); i++) {
		if ((unsigned char)short_escapes[i][1] == c) {
			str_addn(out, (const char[]){'\\', short_escapes[i][0]}, 2);
			return;
		}
	}
	if (c == TEXT_MALFORMED)
		c = 0xFFFD; /* a malformed byte cannot be written in JSON */
	if (c < 0x10000)
		str_printf(out, "\\u%04X", c);
	else
		str_printf(out, "\\u%04X\\u%04X", 0xD800 + ((c - 0x10000) >> 10),
			   0xDC00 + ((c - 0x10000) & 0x3FF));
}

void json_add_text(struct str *out, const char *text)
{
	if (text)
		json_add_textn(out, text, strlen(text));
	else
		str_add(out, "null");
}

void json_add_textn(struct str *out, const char *text, size_t len)
{
	str_addc(out, '"');
	for (const char *end = text + len; text < end;) {
		size_t plain = 0, size = 0;
		while (text + plain < end && !needs_escape(text + plain, end, &size))
			plain += size;
		str_addn(out, text, plain);
		text += plain;
		if (text == end)
			break;
		add_escape(out, decode_before(text, end, &size));
		text += size;
	}
	str_addc(out, '"');
}

void json_add_key(struct str *out, const char *key)
{
	json_add_text(out, key);
	str_add(out, ": ");
}

void json_put_key(struct str *out, const char *key)
{
	char last = out->len ? out->at[out->len - 1] : '{';
	if (last != '{' && last != '[')
		str_add(out, ", ");
	json_add_key(out, key);
}

void json_put_text(struct str *out, const char *key, const char *value)
{
	json_put_key(out, key);
	json_add_text(out, value);
}

void json_put_number(struct str *out, const char *key, int64_t value)
{
	json_put_key(out, key);
	str_printf(out, "%lld", (long long)value);
}
