/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/emitter.h"

#include <string.h>

#include "core/language/schema_decode.h"
#include "core/util/clock.h"
#include "core/util/unicode.h"

/* ---- scalars ---- */

/* Words that YAML 1.1 or 1.2 readers take for something other than text. */
static bool is_special_word(const char *text)
{
	static const char *const words[] = {"y",   "n",	   "yes",   "no",   "on",
					    "off", "true", "false", "null", "~"};
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (ascii_casecmp(text, words[i]) == 0)
			return true;
	}
	return false;
}

static bool is_plain_byte(char c)
{
	char lower = ascii_lower(c);
	return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') ||
	       (c && strchr("-_./@+ ()", c));
}

/* Plain when every YAML reader takes it for this text. */
static bool is_plain(const char *text)
{
	char start = ascii_lower(text[0]);
	size_t len = strlen(text);
	if (!(start >= 'a' && start <= 'z') || text[len - 1] == ' ' || is_special_word(text))
		return false;
	for (const char *at = text; *at; at++) {
		if (!is_plain_byte(*at))
			return false;
	}
	return true;
}

/* What is not in normal form C would be refused as it is. */
static void add_escaped(struct str *out, const char *text)
{
	size_t len = strlen(text);
	for (size_t at = 0, size; at < len; at += size) {
		uint32_t c = text_decode(text + at, len - at, &size);
		if (c >= 0x80)
			str_printf(out, c > 0xFFFF ? "\\U%08X" : "\\u%04X", (unsigned)c);
		else
			str_printf(out, "%s%c", c == '"' || c == '\\' ? "\\" : "", (char)c);
	}
	str_addc(out, '"');
}

void emit_scalar(struct str *out, const char *text)
{
	if (is_plain(text)) {
		str_add(out, text);
		return;
	}
	str_addc(out, '"');
	if (!text_is_composed(text, strlen(text))) {
		add_escaped(out, text);
		return;
	}
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			str_addc(out, '\\');
		str_addc(out, *text);
	}
	str_addc(out, '"');
}

void emitter_add_field(struct str *out, int indent, const char *key, const char *text)
{
	if (!text)
		return;
	str_fill(out, ' ', (size_t)indent);
	str_printf(out, "%s: ", key);
	emit_scalar(out, text);
	str_addc(out, '\n');
}

/* ---- pieces ---- */

void emitter_begin(struct emitter *e, enum kind kind, const char *name)
{
	if (!e->first)
		str_add(e->out, "---\n");
	e->first = false;
	str_printf(e->out, "apiVersion: %s\nkind: %s\nmetadata:\n", API_VERSION, kind_names[kind]);
	emitter_add_field(e->out, 2, "name", name);
	if (e->live->is_one_of_several && kind != KIND_ORGANIZATION)
		emitter_add_field(e->out, 2, "organization", e->live->organization);
}

void emitter_add_labels(struct str *out, const struct label_vec *labels)
{
	str_add(out, labels->len ? "  labels:\n" : "  labels: {}\n");
	for (size_t i = 0; i < labels->len; i++) {
		str_add(out, "    ");
		emit_scalar(out, labels->at[i].key);
		str_add(out, ": ");
		emit_scalar(out, labels->at[i].value);
		str_addc(out, '\n');
	}
}

void emitter_add_item(struct str *out, bool *first, const char *key, const char *text)
{
	if (!text)
		return;
	str_printf(out, "%s%s: ", *first ? "{" : ", ", key);
	emit_scalar(out, text);
	*first = false;
}

void emitter_add_words(struct str *out, bool *first, const struct words *w)
{
	char day[DATE_TEXT];
	if (!w)
		return;
	emitter_add_item(out, first, "reason", w->reason);
	emitter_add_item(out, first, "ticket", w->ticket);
	if (w->expires == DATE_NONE)
		return;
	date_format(w->expires, day);
	emitter_add_item(out, first, "expires", day);
}

void emitter_add_entitlement(struct str *out, const struct entitlement *e, const struct words *w)
{
	bool first = true;
	str_add(out, "    - ");
	if (!w && e->role && role_table[e->role].scope == SCOPE_ORGANIZATION) {
		str_printf(out, "%s\n", role_table[e->role].name);
		return;
	}
	if (!w && e->api) {
		emit_scalar(out, e->api);
		str_addc(out, '\n');
		return;
	}
	emitter_add_item(out, &first, "api", e->api);
	emitter_add_item(out, &first, "role", e->role ? role_table[e->role].name : NULL);
	emitter_add_item(out, &first, "product", e->product);
	emitter_add_item(out, &first, "profile", e->profile);
	emitter_add_item(out, &first, "group", e->group);
	emitter_add_words(out, &first, w);
	str_add(out, "}\n");
}

void emitter_add_unseen(struct str *out, const struct text_vec *roles)
{
	for (size_t i = 0; i < roles->len; i++)
		str_printf(out, "%s%s", i ? ", " : "  unseen: [", roles->at[i].text);
	str_add(out, roles->len ? "]\n" : "");
}
