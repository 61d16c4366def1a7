/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/adobe-emulator/wire/http.h"

#include <string.h>
#include <strings.h>
#include <time.h>

#include "cmd/adobe-emulator/wire/json_fields.h"
#include "core/util/percent.h"
#include "core/util/unicode.h"

static const char *find(const struct fields_vec *fields, const char *name, bool fold)
{
	for (size_t i = 0; i < fields->len; i++) {
		const char *have = fields->at[i].name;
		if (fold ? ascii_casecmp(have, name) == 0 : strcmp(have, name) == 0)
			return fields->at[i].value;
	}
	return NULL;
}

const char *request_header(const struct request *r, const char *name)
{
	return find(&r->headers, name, true);
}

const char *request_query(const struct request *r, const char *name)
{
	return find(&r->query, name, false);
}

const char *form_get(const struct fields_vec *form, const char *name)
{
	return find(form, name, false);
}

bool request_flag(const struct request *r, const char *name, bool otherwise)
{
	const char *text = request_query(r, name);
	if (!text)
		return otherwise;
	return ascii_casecmp(text, "true") == 0 || (otherwise && ascii_casecmp(text, "false") != 0);
}

struct reply *request_json(const struct request *r)
{
	return read_json(r->body, r->body_len, REPLY_KEYS_REPEAT);
}

/* ---- decoding ---- */

static bool is_text(const char *text, size_t len)
{
	for (size_t at = 0, size; at < len; at += size) {
		if (!text[at] || text_decode(text + at, len - at, &size) == TEXT_MALFORMED)
			return false;
	}
	return true;
}

const char *http_decode(struct arena *a, const char *text, size_t len, bool plus)
{
	char *out = arena_alloc(a, len + 1);
	size_t used = 0;
	for (size_t i = 0; i < len; i++) {
		char c = text[i];
		if (c == '%') {
			int byte = percent_byte(text + i, len - i);
			if (byte < 0)
				return NULL;
			c = (char)byte;
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		out[used++] = c;
	}
	out[used] = '\0';
	return is_text(out, used) ? out : NULL;
}

/* Parses name=value pairs between "&"; what cannot be decoded is dropped. */
static void add_pairs(struct arena *a, const char *text, size_t len, struct fields_vec *out)
{
	const char *end = text + len;
	while (text < end) {
		const char *stop = memchr(text, '&', (size_t)(end - text));
		if (!stop)
			stop = end;
		const char *equals = memchr(text, '=', (size_t)(stop - text));
		const char *name_end = equals ? equals : stop;
		const char *from = equals ? equals + 1 : stop;
		const char *name = http_decode(a, text, (size_t)(name_end - text), true);
		const char *value = http_decode(a, from, (size_t)(stop - from), true);
		if (name && value && *name)
			vec_push(a, out, (struct pair_text){name, value});
		text = stop + 1;
	}
}

void request_split_target(struct request *r)
{
	const char *path = r->target, *scheme = strstr(path, "://");
	if (*path != '/' && scheme) {
		path = scheme + 3;
		path += strcspn(path, "/?");
	}
	size_t len = strcspn(path, "?#");
	if (path[len] == '?')
		add_pairs(r->arena, path + len + 1, strcspn(path + len + 1, "#"), &r->query);
	r->path = len ? arena_strndup(r->arena, path, len) : "/";
}

/* ---- forms ---- */

static const char *parameter(struct arena *a, const char *header, const char *name)
{
	size_t len = strlen(name);
	for (const char *at = header; (at = strcasestr(at, name)); at += len) {
		bool starts = at == header || strchr("; \t", at[-1]);
		if (!starts || at[len] != '=')
			continue;
		const char *value = at + len + 1;
		if (*value == '"')
			return arena_strndup(a, value + 1, strcspn(value + 1, "\""));
		return arena_strndup(a, value, strcspn(value, "; \t\r\n"));
	}
	return NULL;
}

/* Parses one part, from behind its boundary's line to before the next boundary. */
static void add_part(struct arena *a, const char *part, size_t len, struct fields_vec *out)
{
	const char *blank = memmem(part, len, "\r\n\r\n", 4);
	if (!blank)
		return;
	const char *head = arena_strndup(a, part, (size_t)(blank - part));
	const char *value = blank + 4;
	size_t value_len = len - (size_t)(value - part);
	const char *name = parameter(a, head, "name");
	if (name && *name && is_text(value, value_len))
		vec_push(a, out, (struct pair_text){name, arena_strndup(a, value, value_len)});
}

static void add_parts(struct arena *a, const char *body, size_t len, const char *boundary,
		      struct fields_vec *out)
{
	const char *mark = arena_printf(a, "--%s", boundary), *end = body + len;
	size_t mark_len = strlen(mark);
	const char *at = memmem(body, len, mark, mark_len);
	while (at) {
		const char *part = at + mark_len;
		at = memmem(part, (size_t)(end - part), mark, mark_len);
		if (!at)
			return;
		/* The line break in front of a boundary belongs to the boundary. */
		size_t part_len = (size_t)(at - part);
		if (part_len >= 2 && !memcmp(at - 2, "\r\n", 2))
			part_len -= 2;
		add_part(a, part, part_len, out);
	}
}

void request_form(const struct request *r, struct fields_vec *out)
{
	const char *type = request_header(r, "Content-Type");
	const char *boundary = NULL;
	if (type && strncasecmp(type, "multipart/form-data", 19) == 0)
		boundary = parameter(r->arena, type, "boundary");
	if (boundary && *boundary)
		add_parts(r->arena, r->body, r->body_len, boundary, out);
	else
		add_pairs(r->arena, r->body, r->body_len, out);
	for (size_t i = 0; i < r->query.len; i++)
		vec_push(r->arena, out, r->query.at[i]);
}

static const char *base64_decode(struct arena *a, const char *text)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct str out = STR(a);
	unsigned held = 0, have = 0;
	for (; *text && *text != '='; text++) {
		const char *at = strchr(alphabet, *text);
		if (!at)
			return NULL;
		held = (held << 6 | (unsigned)(at - alphabet)) & 0xFFFF;
		have += 6;
		if (have >= 8) {
			have -= 8;
			str_addc(&out, (char)(held >> have & 0xFF));
		}
	}
	return is_text(str_text(&out), out.len) ? str_text(&out) : NULL;
}

bool request_basic(const struct request *r, const char **user, const char **password)
{
	const char *header = request_header(r, "Authorization");
	if (!header || strncasecmp(header, "Basic ", 6) != 0)
		return false;
	const char *text = base64_decode(r->arena, header + 6);
	const char *colon = text ? strchr(text, ':') : NULL;
	if (!colon)
		return false;
	*user = arena_strndup(r->arena, text, (size_t)(colon - text));
	*password = colon + 1;
	return true;
}

/* ---- replies ---- */

const char *http_date(struct arena *a, int64_t ms)
{
	time_t at = (time_t)(ms / 1000);
	struct tm tm;
	char date[64];
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&at, &tm));
	return arena_strdup(a, date);
}

void response_header(struct request *r, struct response *response, const char *name,
		     const char *value)
{
	vec_push(r->arena, &response->headers, (struct pair_text){name, value});
}

void response_json(struct request *r, struct response *response, int status, struct tree *tree)
{
	response_text(response, status, "application/json", tree_print(r->arena, tree));
}

void response_text(struct response *response, int status, const char *type, const char *text)
{
	response->status = status;
	response->type = type;
	response->body = text;
	response->len = strlen(text);
}

void response_empty(struct response *response, int status)
{
	response_text(response, status, NULL, "");
}

const char *reason_phrase(int status)
{
	static const struct {
		int status;
		const char *phrase;
	} rows[] = {
		{200, "OK"},
		{201, "Created"},
		{204, "No Content"},
		{301, "Moved Permanently"},
		{302, "Found"},
		{303, "See Other"},
		{304, "Not Modified"},
		{307, "Temporary Redirect"},
		{308, "Permanent Redirect"},
		{400, "Bad Request"},
		{401, "Unauthorized"},
		{403, "Forbidden"},
		{404, "Not Found"},
		{405, "Method Not Allowed"},
		{406, "Not Acceptable"},
		{408, "Request Timeout"},
		{409, "Conflict"},
		{412, "Precondition Failed"},
		{413, "Payload Too Large"},
		{415, "Unsupported Media Type"},
		{422, "Unprocessable Entity"},
		{429, "Too Many Requests"},
		{500, "Internal Server Error"},
		{501, "Not Implemented"},
		{502, "Bad Gateway"},
		{503, "Service Unavailable"},
		{504, "Gateway Timeout"},
		{507, "Insufficient Storage"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (rows[i].status == status)
			return rows[i].phrase;
	}
	return "Unknown";
}

void response_render(const struct response *response, struct str *out)
{
	str_printf(out, "HTTP/1.1 %d %s\r\n", response->status, reason_phrase(response->status));
	if (response->type)
		str_printf(out, "Content-Type: %s\r\n", response->type);
	for (size_t i = 0; i < response->headers.len; i++)
		str_printf(out, "%s: %s\r\n", response->headers.at[i].name,
			   response->headers.at[i].value);
	str_printf(out, "Content-Length: %zu\r\n\r\n", response->len);
	str_addn(out, response->body, response->len);
}
