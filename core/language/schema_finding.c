/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/schema_finding.h"

#include <string.h>

struct location schema_place(const struct decode *d, const struct node *n)
{
	return (struct location){d->to->file, n->line, n->column};
}

static uint32_t width(const struct node *n)
{
	return n->end_line == n->line && n->end_column > n->column ? n->end_column - n->column : 0;
}

const char *schema_quoted(const struct decode *d, const char *text)
{
	return report_is_full(d->to->report, SEVERITY_ERROR)
		       ? ""
		       : quote(d->to->report->arena, text, strlen(text));
}

void schema_finding(struct decode *d, const struct node *n, const char *id, const char *expected,
		    const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	const char *summary = report_is_full(d->to->report, SEVERITY_ERROR)
				      ? ""
				      : arena_vprintf(d->to->report->arena, fmt, args);
	va_end(args);
	report_add(d->to->report, SEVERITY_ERROR, id, schema_place(d, n), width(n), expected, "%s",
		   summary);
	d->sound = false;
}

const char *schema_listed(const struct decode *d, const char *const *words, size_t count)
{
	struct str out = STR(d->to->report->arena);
	const char *begin = count == 1 ? "expected " : "expected one of ";
	for (size_t i = 0; i < count; i++)
		str_printf(&out, "%s%s", i ? ", " : begin, words[i]);
	return str_text(&out);
}

/* ---- what is expected ---- */

/* "{product: …, profile: …}": the keys that are due, else the first two. */
static const char *mapping_form(const struct decode *d, const struct table *table)
{
	struct str out = STR(d->to->report->arena);
	bool any = false;
	size_t count = 0;
	for (const struct field *f = table->fields; f->key; f++)
		any |= f->required;
	for (const struct field *f = table->fields; f->key; f++) {
		if (any ? f->required : count < 2)
			str_printf(&out, "%s%s: …", count++ ? ", " : "{", f->key);
	}
	str_addc(&out, '}');
	return count ? str_text(&out) : "{}";
}

const char *schema_item_form(const struct decode *d, const struct table *table)
{
	if (report_is_full(d->to->report, SEVERITY_ERROR))
		return "";
	return arena_printf(d->to->report->arena, "expected %s%s%s",
			    table->bare ? "a word or " : "", "a mapping ", mapping_form(d, table));
}

static const char *example_of(const struct decode *d, const struct field *f, const char *otherwise)
{
	size_t len = f->example ? strlen(f->example) : 0;
	if (len > 2 && f->example[0] == '"')
		return arena_strndup(d->to->report->arena, f->example + 1, len - 2);
	return f->example ? f->example : otherwise;
}

/* By type: the form, and what stands behind "such as" where the field has no example. */
static const struct {
	const char *form, *example;
} forms[] = {
	[FIELD_TEXT] = {"a text", "nightly sync"},
	[FIELD_TITLE] = {"a text", "asset-archiver"},
	[FIELD_NAME] = {"a name", "asset-archiver"},
	[FIELD_OBJECT_NAME] = {"a name", "Default"},
	[FIELD_EMAIL] = {"an e-mail address", "jane@example.com"},
	[FIELD_DATE] = {"a date", "2027-03-31"},
	[FIELD_BOOL] = {"true or false, without quotes,", "true"},
	[FIELD_COUNT] = {"a whole number", "5"},
	[FIELD_PERCENT] = {"a percentage", "25%"},
	[FIELD_HOLDERS] = {"a whole number or a mapping of roles to them",
			   "{support-administrator: 1}"},
	[FIELD_ROLE] = {"a role", "storage-administrator"},
	[FIELD_LABELS] = {"a mapping of texts", "{team: media}"},
	[FIELD_ANYTHING] = {"a mapping", NULL},
	[FIELD_TITLES] = {"a list of texts", "[one, two]"},
	[FIELD_NAMES] = {"a list of names", "[one, two]"},
	[FIELD_OBJECT_NAMES] = {"a list of names", "[one, two]"},
	[FIELD_EMAILS] = {"a list of e-mail addresses", "[jane@example.com]"},
	[FIELD_ARGUMENTS] = {"a list of words, an absolute path first", "[/usr/bin/pass, show, x]"},
	[FIELD_PATH] = {"a path", "secret.txt"},
	[FIELD_URL] = {"a URL", "https://example.com"},
};

const char *schema_form(const struct decode *d, const struct field *f)
{
	struct arena *a = d->to->report->arena;
	size_t count = 0;
	switch (f->type) {
	case FIELD_CHOICE:
	case FIELD_WORD:
		while (f->choices[count])
			count++;
		return count == 1 ? f->choices[0]
				  : schema_listed(d, f->choices, count) + strlen("expected ");
	case FIELD_MAPPING:
	case FIELD_OBJECT:
		return arena_printf(a, "a mapping %s", mapping_form(d, f->table));
	case FIELD_ENTRIES:
	case FIELD_RECORDS:
		return arena_printf(a, "a list of %smappings %s", f->table->bare ? "words or " : "",
				    mapping_form(d, f->table));
	default:
		break;
	}
	const char *example = example_of(d, f, forms[f->type].example);
	return example ? arena_printf(a, "%s such as %s", forms[f->type].form, example)
		       : forms[f->type].form;
}
