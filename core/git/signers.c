/* SPDX-License-Identifier: Apache-2.0 */
#include "core/git/signers.h"

#include <string.h>
#include <strings.h>
#include <time.h>

#include "core/util/clock.h"
#include "core/util/file.h"
#include "core/util/str.h"

/* ---- one line ---- */

struct signers_line {
	const char *file, *at, *end;
	uint32_t number;
	struct arena *arena;
};

static struct error *bad(const struct signers_line *l, const char *what)
{
	return error_at(ERROR_INPUT, (struct location){l->file, l->number, 1}, "%s", what);
}

static void skip_blanks(struct signers_line *l)
{
	while (l->at < l->end && (*l->at == ' ' || *l->at == '\t'))
		l->at++;
}

/* The next word; blanks between double quotes are part of it. NULL when a quote does not end. */
static const char *take_word(struct signers_line *l)
{
	const char *from = l->at;
	bool inside = false;
	for (; l->at < l->end && (inside || (*l->at != ' ' && *l->at != '\t')); l->at++) {
		if (inside && *l->at == '\\' && l->at + 1 < l->end && l->at[1] == '"')
			l->at++;
		else if (*l->at == '"')
			inside = !inside;
	}
	const char *word = inside ? NULL : arena_strndup(l->arena, from, (size_t)(l->at - from));
	skip_blanks(l);
	return word;
}

/* ---- options ---- */

/* "20270331", "202703311200" or "20270331120000" in local time, in UTC with a "Z" behind it. */
static bool parse_moment(const char *text, int64_t *out)
{
	static const int widths[] = {4, 2, 2, 2, 2, 2};
	int parts[6] = {0};
	size_t digits = strspn(text, "0123456789");
	bool utc = !strcmp(text + digits, "Z");
	if ((digits != 8 && digits != 12 && digits != 14) || (text[digits] && !utc))
		return false;
	for (size_t i = 0, at = 0; at < digits; at += (size_t)widths[i++]) {
		for (int k = 0; k < widths[i]; k++)
			parts[i] = parts[i] * 10 + text[at + (size_t)k] - '0';
	}
	struct tm tm = {.tm_year = parts[0] - 1900,
			.tm_mon = parts[1] - 1,
			.tm_mday = parts[2],
			.tm_hour = parts[3],
			.tm_min = parts[4],
			.tm_sec = parts[5],
			.tm_isdst = -1};
	const struct tm asked = tm;
	time_t moment = utc ? timegm(&tm) : mktime(&tm);
	*out = moment;
	/* A day or hour that does not exist would have become another. */
	return parts[0] >= 1970 && tm.tm_mday == asked.tm_mday && tm.tm_mon == asked.tm_mon &&
	       tm.tm_hour == asked.tm_hour && tm.tm_min == asked.tm_min &&
	       tm.tm_sec == asked.tm_sec;
}

/* `NAME="VALUE"` at *at: the value, without quotes, and *at behind it. NULL when it is another
 * option. */
static const char *take_value(struct arena *a, const char **at, const char *name)
{
	size_t len = strlen(name);
	struct str value = STR(a);
	if (strncasecmp(*at, name, len) != 0 || (*at)[len] != '=' || (*at)[len + 1] != '"')
		return NULL;
	const char *from = *at + len + 2;
	for (; *from && *from != '"'; from++) {
		if (*from == '\\' && from[1] == '"')
			from++;
		str_addc(&value, *from);
	}
	if (!*from || value.len == 0)
		return NULL;
	*at = from + 1;
	return str_text(&value);
}

struct signer_limits {
	bool authority, after, before;
};

static struct error *take_option(struct signers_line *l, const char **at, struct signer *out,
				 struct signer_limits *seen)
{
	static const char authority[] = "cert-authority";
	const char *value;
	if (!strncasecmp(*at, authority, strlen(authority)) && !seen->authority) {
		seen->authority = true;
		*at += strlen(authority);
	} else if (!out->namespaces && (value = take_value(l->arena, at, "namespaces"))) {
		out->namespaces = value;
	} else if (!seen->after && (value = take_value(l->arena, at, "valid-after"))) {
		seen->after = true;
		if (!parse_moment(value, &out->valid_after))
			return bad(l, "valid-after is no time such as 20270331Z");
	} else if (!seen->before && (value = take_value(l->arena, at, "valid-before"))) {
		seen->before = true;
		if (!parse_moment(value, &out->valid_before))
			return bad(l, "valid-before is no time such as 20270331Z");
	} else {
		return bad(l, "an option that is unknown, malformed or stands twice");
	}
	return NULL;
}

static struct error *read_options(struct signers_line *l, const char *text, struct signer *out,
				  bool *authority)
{
	struct signer_limits seen = {0};
	for (const char *at = text;;) {
		TRY(take_option(l, &at, out, &seen));
		if (!*at)
			break;
		if (*at++ != ',')
			return bad(l, "a comma stands between options");
	}
	*authority = seen.authority;
	if (out->valid_after > out->valid_before)
		return bad(l, "valid-after is later than valid-before");
	return NULL;
}

/* ---- the file ---- */

static const char *without_quotes(struct arena *a, const char *word)
{
	size_t len = strlen(word);
	if (len < 2 || word[0] != '"' || word[len - 1] != '"')
		return word;
	return arena_strndup(a, word + 1, len - 2);
}

static bool are_principals(const char *text)
{
	for (const char *at = text;; at++) {
		size_t len = strcspn(at, ",");
		if (len == 0 || (len == 1 && *at == '!') || memchr(at, '"', len))
			return false;
		at += len;
		if (!*at)
			return true;
	}
}

static bool is_key_type(const char *word)
{
	return !strncmp(word, "ssh-", 4) || !strncmp(word, "ecdsa-", 6) || !strncmp(word, "sk-", 3);
}

static struct error *read_line(struct signers_line *l, struct signers *out)
{
	struct signer s = {.line = l->number, .valid_after = INT64_MIN, .valid_before = INT64_MAX};
	bool authority = false, usable;
	const char *word = take_word(l);
	s.principals = word ? without_quotes(l->arena, word) : NULL;
	if (!s.principals || !are_principals(s.principals))
		return bad(l, "it does not begin with principals");
	word = take_word(l);
	if (word && *word && !is_key_type(word)) {
		TRY(read_options(l, word, &s, &authority));
		word = take_word(l);
	}
	const char *key = take_word(l);
	if (!word || !key || !ssh_public_read(word, key, &usable, s.key))
		return bad(l, "no public key such as \"ssh-ed25519 AAAA...\"");
	if (usable && !authority)
		vec_push(l->arena, &out->all, s);
	return NULL;
}

struct error *signers_parse(const char *file, const char *text, size_t len, struct arena *a,
			    struct signers *out)
{
	struct signers_line l = {.file = file, .arena = a};
	*out = (struct signers){.file = file};
	if (memchr(text, '\0', len))
		return error_at(ERROR_INPUT, (struct location){file, 1, 1}, "a NUL in it");
	for (const char *at = text, *end = text + len; at < end;) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		l.at = at;
		l.end = newline ? newline : end;
		l.number++;
		at = newline ? newline + 1 : end;
		if (l.end > l.at && l.end[-1] == '\r')
			l.end--;
		skip_blanks(&l);
		if (l.at < l.end && *l.at != '#')
			TRY(read_line(&l, out));
	}
	return NULL;
}

struct error *signers_load(const char *path, struct arena *a, struct signers *out)
{
	CLEANUP(free) char *text = NULL;
	const char *objection = NULL;
	size_t len = 0;
	TRY(file_read_trusted(path, SIGNERS_FILE_MAX, &objection, &text, &len));
	if (objection)
		return error_at(ERROR_INPUT, (struct location){path, 1, 1},
				"the file of allowed signers %s", objection);
	return signers_parse(path, text, len, a, out);
}

/* ---- checking ---- */

/* `*` is any text, `?` one character; as ssh matches. */
static bool matches(const char *text, size_t len, const char *pattern, size_t pattern_len)
{
	size_t t = 0, p = 0, star = SIZE_MAX, mark = 0;
	while (t < len) {
		if (p < pattern_len && pattern[p] == '*') {
			star = p++;
			mark = t;
		} else if (p < pattern_len && (pattern[p] == '?' || pattern[p] == text[t])) {
			p++;
			t++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			t = ++mark;
		} else {
			return false;
		}
	}
	while (p < pattern_len && pattern[p] == '*')
		p++;
	return p == pattern_len;
}

/* Whether a list with commas names it; what stands behind "!" forbids, wherever it stands. */
static bool is_listed(const char *list, const char *text)
{
	bool found = false;
	for (const char *at = list; *at;) {
		size_t len = strcspn(at, ",");
		bool negated = *at == '!';
		if (matches(text, strlen(text), at + negated, len - negated)) {
			if (negated)
				return false;
			found = true;
		}
		at += len + (at[len] == ',');
	}
	return found;
}

static const char *objection(const struct signer *s, const struct signed_data *data)
{
	if (s->namespaces && !is_listed(s->namespaces, data->name))
		return "may not sign in this namespace";
	if (data->when < s->valid_after)
		return "is not valid yet";
	return data->when > s->valid_before ? "is no longer valid" : NULL;
}

struct error *signers_check(const struct signers *signers, const char *signature, size_t len,
			    const struct signed_data *data, const char **out_by)
{
	unsigned char key[SSHSIG_KEY];
	const struct signer *last = NULL;
	const char *wrong = NULL;
	TRY(sshsig_verify(signature, len, data->name, data->at, data->len, key));
	for (size_t i = 0; i < signers->all.len; i++) {
		const struct signer *s = &signers->all.at[i];
		if (memcmp(s->key, key, sizeof(key)) != 0)
			continue;
		last = s;
		wrong = objection(s, data);
		if (!wrong) {
			*out_by = s->principals;
			return NULL;
		}
	}
	if (!last)
		return error_new(ERROR_DENIED, "the key that signed is not among those of %s",
				 signers->file);
	return error_new(ERROR_DENIED, "the key of %.200s (%s, line %u) %s", last->principals,
			 signers->file, last->line, wrong);
}

/* ---- what signs ---- */

struct error *signing_load(const struct signing *signing, struct ssh_key **out)
{
	switch (signing->kind) {
	case SIGN_FILE:
		return ssh_key_load(signing->file, out);
	case SIGN_AGENT:
		return ssh_key_from_agent(signing->agent, out);
	default:
		*out = NULL;
		return NULL;
	}
}
