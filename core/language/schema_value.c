/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/schema_value.h"

#include <assert.h>
#include <string.h>

#include "core/util/clock.h"
#include "core/util/nearest.h"
#include "core/util/unicode.h"

/* Of the many values that are there nobody needs to know the form. */
static bool is_value(const struct node *n)
{
	return n->type == NODE_SCALAR && !n->missing;
}

/* Wants a scalar with a value. */
bool schema_expect_scalar(struct decode *d, const struct node *key, const struct node *n,
			  const char *what)
{
	if (n->type != NODE_SCALAR) {
		schema_finding(d, n, "E0403",
			       arena_printf(d->to->report->arena, "expected %s", what),
			       "%s where one value is due",
			       n->type == NODE_MAPPING ? "a mapping" : "a list");
		return false;
	}
	if (n->missing) {
		schema_finding(
			d, key, "E0404", arena_printf(d->to->report->arena, "expected %s", what),
			"%s has no value", key == n ? "the item" : schema_quoted(d, key->text));
		return false;
	}
	return true;
}

static bool expect_filled(struct decode *d, const struct node *n, const char *what)
{
	if (n->len > 0)
		return true;
	schema_finding(d, n, "E0412", arena_printf(d->to->report->arena, "expected %s", what),
		       "empty value");
	return false;
}

#define NAME_MOST 63

/* Whether its characters are those of a name, however many they are. */
static bool is_long_name(const char *text, size_t len)
{
	if (len == 0 || text[0] == '-' || text[len - 1] == '-')
		return false;
	return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

bool schema_is_name(const char *text, size_t len)
{
	return len <= NAME_MOST && is_long_name(text, len);
}

static const char *name_rule(struct decode *d, const struct node *n)
{
	if (is_long_name(n->text, n->len) && !report_is_full(d->to->report, SEVERITY_ERROR))
		return arena_printf(d->to->report->arena,
				    "expected at most %d characters; it has %zu", NAME_MOST,
				    n->len);
	return "expected a-z, 0-9 and \"-\" inside, at most 63, such as asset-archiver";
}

static bool check_name(struct decode *d, const struct node *n)
{
	if (!expect_filled(d, n, "a name such as asset-archiver"))
		return false;
	if (schema_is_name(n->text, n->len))
		return true;
	schema_finding(d, n, "E0405", name_rule(d, n), "bad name %s", schema_quoted(d, n->text));
	return false;
}

static bool check_object_name(struct decode *d, const struct node *n)
{
	if (!expect_filled(d, n, "a name such as Default"))
		return false;
	if (text_smuggles_role(n->text)) {
		schema_finding(d, n, "E0413",
			       "such names stand for admin roles in the service; use adminRoles",
			       "name %s begins with \"_\"", schema_quoted(d, n->text));
		return false;
	}
	if (text_is_all_blank(n->text)) {
		schema_finding(d, n, "E0412", "expected a name such as Default",
			       "a name of white space alone");
		return false;
	}
	if (n->len > OBJECT_NAME_MAX && text_length(n->text, n->len) > OBJECT_NAME_MAX) {
		schema_finding(d, n, "E0415", "at most 250 characters", "name %s is too long",
			       schema_quoted(d, n->text));
		return false;
	}
	return true;
}

static bool is_local_part(const char *text, size_t len)
{
	if (len == 0 || text[0] == '.' || text[len - 1] == '.')
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = text[i], lower = ascii_lower(c);
		bool atom = (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') ||
			    (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
		if (!atom && (c != '.' || text[i + 1] == '.'))
			return false;
	}
	return true;
}

/* Letters, digits and hyphens in parts, at least two of them. */
static bool is_domain(const char *text)
{
	size_t parts = 0;
	for (const char *at = text;; parts++) {
		size_t len = strspn(
			at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");
		if (len == 0 || len > 63 || at[0] == '-' || at[len - 1] == '-')
			return false;
		if (at[len] == '\0')
			return parts > 0;
		if (at[len] != '.')
			return false;
		at += len + 1;
	}
}

bool schema_is_email(const char *text)
{
	const char *at = strchr(text, '@');
	return strlen(text) <= OBJECT_NAME_MAX && at && is_local_part(text, (size_t)(at - text)) &&
	       is_domain(at + 1);
}

bool schema_is_user(const char *name)
{
	const char *address;
	user_type_of(name, &address);
	return schema_is_email(address);
}

static bool check_email(struct decode *d, const struct node *n)
{
	if (!expect_filled(d, n, "an e-mail address such as jane@example.com"))
		return false;
	if (schema_is_email(n->text))
		return true;
	schema_finding(d, n, "E0406",
		       "expected local@domain.tld in ASCII, at most 250 characters, such as "
		       "jane@example.com",
		       "bad e-mail address %s", schema_quoted(d, n->text));
	return false;
}

/* The host's length, and where its path begins; NULL when it is no URL of ours. */
static const char *url_path(const char *text, size_t *host)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
	const char *start = strncmp(text, "https://", 8) ? text + 7 : text + 8;
	*host = strspn(start, letters);
	const char *at = start + *host;
	if (*host && *at == ':' && strspn(at + 1, "0123456789") > 0)
		at += 1 + strspn(at + 1, "0123456789");
	return *host && (*at == '/' || *at == '\0') ? at : NULL;
}

bool url_is_local(const char *text)
{
	size_t host;
	if (strncmp(text, "http://", 7) != 0 || !url_path(text, &host))
		return false;
	return (host == 9 && !strncmp(text + 7, "127.0.0.1", 9)) ||
	       (host == 9 && !strncmp(text + 7, "localhost", 9));
}

static bool check_url(struct decode *d, const struct node *n)
{
	size_t host;
	const char *path = NULL;
	if (!strncmp(n->text, "https://", 8) || url_is_local(n->text))
		path = url_path(n->text, &host);
	size_t len = path ? strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					 "0123456789-._~/")
			  : 0;
	if (path && path[len] == '\0' && (len == 0 || path[len - 1] != '/'))
		return true;
	schema_finding(d, n, "E0801",
		       "expected https://HOST[:PORT][/PATH] without a slash at the end, or http to "
		       "127.0.0.1 or localhost",
		       "bad URL %s", schema_quoted(d, n->text));
	return false;
}

static bool parse_number(const char *text, size_t len, int32_t most, int32_t *out)
{
	int64_t value = 0;
	bool good = len > 0 && len <= 10 && (len == 1 || text[0] != '0');
	for (size_t i = 0; good && i < len; i++) {
		good = text[i] >= '0' && text[i] <= '9';
		value = value * 10 + (text[i] - '0');
	}
	if (good && value <= most)
		*out = (int32_t)value;
	return good && value <= most;
}

static void read_count(struct decode *d, const struct field *f, const struct node *n, int32_t *out)
{
	int32_t number, most = f->most ? f->most : INT32_MAX;
	if (n->plain && parse_number(n->text, n->len, most, &number) && number >= f->least) {
		*out = number;
		return;
	}
	int32_t such = most < 5 ? most : f->least > 5 ? f->least : 5;
	const char *range =
		f->most ? arena_printf(d->to->report->arena, "%d to %d", f->least, f->most)
			: arena_printf(d->to->report->arena, "%d", f->least);
	schema_finding(d, n, "E0409",
		       arena_printf(d->to->report->arena,
				    "expected a whole number from %s, without quotes, such as %d",
				    range, such),
		       "bad number %s", schema_quoted(d, n->text));
}

static void read_percent(struct decode *d, const struct node *n, int32_t *out)
{
	if (n->len < 2 || n->text[n->len - 1] != '%' ||
	    !parse_number(n->text, n->len - 1, 100, out))
		schema_finding(d, n, "E0410", "expected 0% to 100%, such as 25%",
			       "bad percentage %s", schema_quoted(d, n->text));
}

static void read_bool(struct decode *d, const struct node *n, bool *out)
{
	bool yes = n->plain && !strcmp(n->text, "true");
	if (yes || (n->plain && !strcmp(n->text, "false")))
		*out = yes;
	else
		schema_finding(d, n, "E0408",
			       "expected true or false, without quotes, such as true",
			       "bad truth value %s", schema_quoted(d, n->text));
}

static void read_date(struct decode *d, const struct node *n, int32_t *out)
{
	if (!date_parse(n->text, out))
		schema_finding(d, n, "E0407", "expected a date such as 2027-03-31", "bad date %s",
			       schema_quoted(d, n->text));
}

static bool read_choice(struct decode *d, const struct field *f, const struct node *n, uint8_t *out)
{
	size_t count = 0;
	for (; f->choices[count]; count++) {
		if (!strcmp(f->choices[count], n->text)) {
			if (out)
				*out = f->first + count;
			return true;
		}
	}
	schema_finding(d, n, "E0411", schema_listed(d, f->choices, count), "%s is %s",
		       schema_quoted(d, f->key), schema_quoted(d, n->text));
	return false;
}

enum role schema_find_role(struct decode *d, const struct node *n)
{
	const char *names[ROLE_COUNT];
	for (int i = 1; i < ROLE_COUNT; i++)
		names[i - 1] = role_table[i].name;
	enum role role = role_find(n->text);
	if (role != ROLE_NONE)
		return role;
	const char *near = nearest_word(n->text, names, ROLE_COUNT - 1);
	schema_finding(d, n, "E0411",
		       near ? arena_printf(d->to->report->arena, "did you mean %s?", near)
			    : schema_listed(d, names, ROLE_COUNT - 1),
		       "unknown role %s", schema_quoted(d, n->text));
	return ROLE_NONE;
}

bool schema_check_text(struct decode *d, enum field_type type, const struct node *n)
{
	bool object = type == FIELD_OBJECT_NAME || type == FIELD_OBJECT_NAMES;
	if (n->decomposed && !object) {
		schema_finding(d, n, "E0206", "write the composed character",
			       "text that is not in normal form C %s", schema_quoted(d, n->text));
		return false;
	}
	switch (type) {
	case FIELD_TITLE:
	case FIELD_TITLES:
	case FIELD_ARGUMENTS:
	case FIELD_PATH:
		return expect_filled(d, n, "a text such as asset-archiver");
	case FIELD_URL:
		return check_url(d, n);
	case FIELD_NAME:
	case FIELD_NAMES:
		return check_name(d, n);
	case FIELD_OBJECT_NAME:
	case FIELD_OBJECT_NAMES:
		return check_object_name(d, n);
	case FIELD_EMAIL:
	case FIELD_EMAILS:
		return check_email(d, n);
	default:
		return true;
	}
}

const char *schema_keep(const struct decode *d, const struct node *n)
{
	return intern_through(d->to->strings, d->to->recent, n->text, n->len);
}

static const char *keep_path(const struct decode *d, const struct node *n)
{
	const char *slash = strrchr(d->to->file, '/');
	if (n->text[0] == '/' || !slash)
		return schema_keep(d, n);
	return intern(d->to->strings,
		      arena_printf(d->to->arena, "%.*s%s", (int)(slash + 1 - d->to->file),
				   d->to->file, n->text));
}

void schema_read_scalar(struct decode *d, const struct field *f, const struct node *key,
			const struct node *n, void *at)
{
	if (!is_value(n) && !schema_expect_scalar(d, key, n, schema_form(d, f)))
		return;
	switch (f->type) {
	case FIELD_DATE:
		read_date(d, n, at);
		break;
	case FIELD_BOOL:
		read_bool(d, n, at);
		break;
	case FIELD_COUNT:
		read_count(d, f, n, at);
		break;
	case FIELD_PERCENT:
		read_percent(d, n, at);
		break;
	case FIELD_CHOICE:
		read_choice(d, f, n, at);
		break;
	case FIELD_WORD:
		assert(at);
		if (read_choice(d, f, n, NULL))
			*(const char **)at = schema_keep(d, n);
		break;
	case FIELD_ROLE:
		*(uint8_t *)at = schema_find_role(d, n);
		break;
	case FIELD_PATH:
		assert(at);
		if (schema_check_text(d, f->type, n))
			*(const char **)at = keep_path(d, n);
		break;
	default:
		if (schema_check_text(d, f->type, n) && at)
			*(const char **)at = schema_keep(d, n);
	}
}
