/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/schema_table.h"

#include <string.h>

#include "core/util/json.h"

struct printer {
	struct str *out;
	int depth;
};

static void newline(struct printer *p)
{
	str_addc(p->out, '\n');
	str_fill(p->out, ' ', (size_t)p->depth * 2);
}

static void open_object(struct printer *p)
{
	str_addc(p->out, '{');
	p->depth++;
	newline(p);
}

static void close_object(struct printer *p)
{
	p->depth--;
	newline(p);
	str_addc(p->out, '}');
}

static void comma(struct printer *p)
{
	str_addc(p->out, ',');
	newline(p);
}

static void member_text(struct printer *p, const char *key, const char *value)
{
	json_add_key(p->out, key);
	json_add_text(p->out, value);
}

/* ---- types ---- */

static const char name_pattern[] = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$";
static const char email_pattern[] =
	"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@"
	"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
	")+$";
static const char url_pattern[] =
	"^(https://[A-Za-z0-9._-]+|http://(127\\.0\\.0\\.1|localhost))(:[0-9]+)?"
	"(/[A-Za-z0-9._~/-]*[A-Za-z0-9._~-])?$";
static const char object_name_pattern[] = "^(?!\\s*[_\\uFF3F])[\\s\\S]*\\S[\\s\\S]*$";

static void print_text_type(struct printer *p, enum field_type type)
{
	str_add(p->out, "\"type\": \"string\"");
	switch (type) {
	case FIELD_TITLE:
	case FIELD_TITLES:
	case FIELD_PATH:
		str_add(p->out, ", \"minLength\": 1");
		break;
	case FIELD_URL:
		str_add(p->out, ", ");
		member_text(p, "pattern", url_pattern);
		break;
	case FIELD_NAME:
	case FIELD_NAMES:
		str_add(p->out, ", ");
		member_text(p, "pattern", name_pattern);
		break;
	case FIELD_OBJECT_NAME:
	case FIELD_OBJECT_NAMES:
		str_printf(p->out, ", \"maxLength\": %d, ", OBJECT_NAME_MAX);
		member_text(p, "pattern", object_name_pattern);
		break;
	case FIELD_EMAIL:
	case FIELD_EMAILS:
		str_printf(p->out, ", \"maxLength\": %d, ", OBJECT_NAME_MAX);
		member_text(p, "pattern", email_pattern);
		break;
	case FIELD_DATE:
		str_add(p->out, ", \"format\": \"date\", ");
		member_text(p, "pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$");
		break;
	case FIELD_PERCENT:
		str_add(p->out, ", ");
		member_text(p, "pattern", "^(100|[1-9]?[0-9])%$");
		break;
	default:
		break;
	}
}

static void print_choices(struct printer *p, const struct field *f)
{
	str_add(p->out, "\"enum\": [");
	for (size_t i = 0; f->choices[i]; i++) {
		str_add(p->out, i ? ", " : "");
		json_add_text(p->out, f->choices[i]);
	}
	str_add(p->out, "]");
}

static void print_roles(struct printer *p)
{
	str_add(p->out, "\"enum\": [");
	for (int i = 1; i < ROLE_COUNT; i++) {
		str_add(p->out, i > 1 ? ", " : "");
		json_add_text(p->out, role_table[i].name);
	}
	str_add(p->out, "]");
}

static void print_mapping(struct printer *p, const struct table *table, const char *kind);

static enum field_type type_of(const struct table *table, const char *key)
{
	const struct field *f = table->fields;
	while (strcmp(f->key, key) != 0)
		f++;
	return f->type;
}

static void print_entries(struct printer *p, const struct table *table)
{
	str_add(p->out, "\"type\": \"array\",");
	newline(p);
	str_add(p->out, "\"items\": ");
	open_object(p);
	if (!table->bare) {
		print_mapping(p, table, NULL);
		close_object(p);
		return;
	}
	str_add(p->out, "\"anyOf\": [");
	p->depth++;
	newline(p);
	enum field_type bare = type_of(table, table->bare);
	str_add(p->out, "{");
	if (bare == FIELD_ROLE) {
		str_add(p->out, "\"enum\": [");
		for (int i = 1, first = 1; i < ROLE_COUNT; i++) {
			if (role_table[i].scope != SCOPE_ORGANIZATION)
				continue;
			str_add(p->out, first ? "" : ", ");
			json_add_text(p->out, role_table[i].name);
			first = 0;
		}
		str_add(p->out, "]");
	} else {
		print_text_type(p, bare);
	}
	str_add(p->out, "}");
	comma(p);
	open_object(p);
	print_mapping(p, table, NULL);
	close_object(p);
	p->depth--;
	newline(p);
	str_add(p->out, "]");
	close_object(p);
}

/* Types that say the same of every field; the others are worked out. */
static const char *const fixed_types[] = {
	[FIELD_BOOL] = "\"type\": \"boolean\"",
	[FIELD_LABELS] = ("\"type\": \"object\", \"additionalProperties\": {\"type\": \"string\"}, "
			  "\"propertyNames\": {\"minLength\": 1}"),
	[FIELD_ARGUMENTS] =
		("\"type\": \"array\", \"minItems\": 1, \"prefixItems\": [{\"type\": "
		 "\"string\", \"pattern\": \"^/\"}], \"items\": {\"type\": \"string\"}"),
	[FIELD_ANYTHING] = "\"type\": \"object\"",
};

/* A number, which is of the system administrators, or an object with one for each role. */
static void print_holders(struct printer *p)
{
	str_printf(p->out,
		   "\"type\": [\"integer\", \"object\"], \"minimum\": 0, \"maximum\": %d, "
		   "\"propertyNames\": {",
		   INT32_MAX);
	print_roles(p);
	str_printf(p->out,
		   "}, \"additionalProperties\": {\"type\": \"integer\", \"minimum\": 0, "
		   "\"maximum\": %d}",
		   INT32_MAX);
}

static void print_type(struct printer *p, const struct field *f, const char *kind)
{
	if (f->type < sizeof(fixed_types) / sizeof(*fixed_types) && fixed_types[f->type]) {
		str_add(p->out, fixed_types[f->type]);
		return;
	}
	switch (f->type) {
	case FIELD_COUNT:
		str_printf(p->out, "\"type\": \"integer\", \"minimum\": %d, \"maximum\": %d",
			   f->least, f->most ? f->most : INT32_MAX);
		break;
	case FIELD_HOLDERS:
		print_holders(p);
		break;
	case FIELD_CHOICE:
	case FIELD_WORD:
		if (f->choices == kind_names)
			member_text(p, "const", kind);
		else
			print_choices(p, f);
		break;
	case FIELD_ROLE:
		print_roles(p);
		break;
	case FIELD_MAPPING:
	case FIELD_OBJECT:
		print_mapping(p, f->table, NULL);
		break;
	case FIELD_RECORDS:
	case FIELD_ENTRIES:
		print_entries(p, f->table);
		break;
	case FIELD_TITLES:
	case FIELD_NAMES:
	case FIELD_OBJECT_NAMES:
	case FIELD_EMAILS:
		str_add(p->out, "\"type\": \"array\", \"items\": {");
		print_text_type(p, f->type);
		str_add(p->out, "}");
		break;
	default:
		print_text_type(p, f->type);
	}
}

static void print_property(struct printer *p, const struct field *f, const char *kind)
{
	json_add_key(p->out, f->key);
	open_object(p);
	member_text(p, "description", f->help);
	comma(p);
	if (f->example) {
		str_printf(p->out, "\"examples\": [%s]", f->example);
		comma(p);
	}
	print_type(p, f, kind);
	close_object(p);
}

/* One condition a role: the keys of its scope are required, the others refused. */
static void print_scopes(struct printer *p)
{
	static const char *const required[] = {
		[SCOPE_ORGANIZATION] = "\"properties\": {\"product\": false, \"profile\": false, "
				       "\"group\": false}",
		[SCOPE_PRODUCT] =
			"\"required\": [\"product\"], \"properties\": {\"profile\": false, "
			"\"group\": false}",
		[SCOPE_PROFILE] = "\"required\": [\"product\", \"profile\"], \"properties\": "
				  "{\"group\": false}",
		[SCOPE_GROUP] = "\"required\": [\"group\"], \"properties\": {\"product\": false, "
				"\"profile\": false}",
	};
	str_add(p->out, "\"allOf\": [");
	p->depth++;
	for (int i = 1; i < ROLE_COUNT; i++) {
		newline(p);
		str_printf(p->out,
			   "{\"if\": {\"properties\": {\"role\": {\"const\": \"%s\"}}, "
			   "\"required\": [\"role\"]}, \"then\": {%s}}%s",
			   role_table[i].name, required[role_table[i].scope],
			   i + 1 < ROLE_COUNT ? "," : "");
	}
	p->depth--;
	newline(p);
	str_add(p->out, "]");
}

/* The members of a schema object, without its braces. */
static void print_mapping(struct printer *p, const struct table *table, const char *kind)
{
	bool first = true;
	str_add(p->out, "\"type\": \"object\",");
	newline(p);
	str_add(p->out, "\"additionalProperties\": false,");
	newline(p);
	str_add(p->out, "\"properties\": ");
	open_object(p);
	for (const struct field *f = table->fields; f->key; f++) {
		if (f != table->fields)
			comma(p);
		print_property(p, f, kind);
	}
	close_object(p);
	for (const struct field *f = table->fields; f->key; f++) {
		if (!f->required)
			continue;
		if (first) {
			comma(p);
			str_add(p->out, "\"required\": [");
		}
		str_add(p->out, first ? "" : ", ");
		json_add_text(p->out, f->key);
		first = false;
	}
	str_add(p->out, first ? "" : "]");
	if (!table->conditions)
		return;
	comma(p);
	if (table->conditions == schema_scopes)
		print_scopes(p);
	else
		str_add(p->out, table->conditions);
}

void schema_print_table(struct str *out, const char *title, const struct table *table)
{
	struct printer p = {.out = out};
	open_object(&p);
	member_text(&p, "$schema", "https://json-schema.org/draft/2020-12/schema");
	comma(&p);
	member_text(&p, "title", title);
	comma(&p);
	member_text(&p, "description", table->help);
	comma(&p);
	print_mapping(&p, table, title);
	close_object(&p);
	str_addc(out, '\n');
}

void schema_print(struct str *out, enum kind kind)
{
	schema_print_table(out, kind_names[kind], &schema_documents[kind]);
}

/* ---- the manual ---- */

static const char *type_words(const struct field *f)
{
	switch (f->type) {
	case FIELD_NAME:
		return "name";
	case FIELD_OBJECT_NAME:
		return "name in the service";
	case FIELD_EMAIL:
		return "e-mail";
	case FIELD_DATE:
		return "day";
	case FIELD_BOOL:
		return "true or false";
	case FIELD_COUNT:
		return "number";
	case FIELD_PERCENT:
		return "percentage";
	case FIELD_HOLDERS:
		return "number or mapping";
	case FIELD_CHOICE:
	case FIELD_WORD:
		return "word";
	case FIELD_ROLE:
		return "role";
	case FIELD_LABELS:
	case FIELD_MAPPING:
	case FIELD_ANYTHING:
	case FIELD_OBJECT:
		return "mapping";
	case FIELD_ARGUMENTS:
		return "command";
	case FIELD_PATH:
		return "path";
	case FIELD_URL:
		return "URL";
	case FIELD_TITLES:
	case FIELD_NAMES:
	case FIELD_OBJECT_NAMES:
	case FIELD_EMAILS:
	case FIELD_ENTRIES:
	case FIELD_RECORDS:
		return "list";
	default:
		return "text";
	}
}

/* A sentence of a field's help, with what scdoc would take for its own escaped. */
static void print_sentence(struct str *out, const char *text)
{
	char first = text[0];
	str_addc(out, first >= 'a' && first <= 'z' ? (char)(first - 'a' + 'A') : first);
	for (text++; *text; text++) {
		if (strchr("\\_*<>#", *text))
			str_addc(out, '\\');
		str_addc(out, *text);
	}
	if (text[-1] != '.')
		str_addc(out, '.');
}

/* `kind` is what a document's own kind must be; NULL below its top. */
static void print_manual_choices(struct str *out, const struct field *f, const char *kind)
{
	if (f->choices == kind_names) {
		str_printf(out, " Here *%s*.", kind);
		return;
	}
	if (!f->choices || !f->choices[1])
		return; /* the help says it */
	str_add(out, " One of");
	for (size_t i = 0; f->choices[i]; i++)
		str_printf(out, "%s *%s*", i ? "," : "", f->choices[i]);
	str_addc(out, '.');
}

static void print_manual_fields(struct str *out, const struct table *table, const char *prefix,
				const char *kind)
{
	for (const struct field *f = table->fields; f->key; f++) {
		const char *path = arena_printf(out->arena, "%s%s", prefix, f->key);
		str_printf(out, "*%s* (%s%s)\n\t", path, type_words(f),
			   f->required ? ", required" : "");
		print_sentence(out, f->help);
		print_manual_choices(out, f, kind);
		str_add(out, "\n\n");
		if (f->type == FIELD_MAPPING || f->type == FIELD_OBJECT)
			print_manual_fields(out, f->table, arena_printf(out->arena, "%s.", path),
					    NULL);
		else if (f->type == FIELD_ENTRIES || f->type == FIELD_RECORDS)
			print_manual_fields(out, f->table, arena_printf(out->arena, "%s[].", path),
					    NULL);
	}
}

void schema_print_table_manual(struct str *out, const struct table *table)
{
	print_manual_fields(out, table, "", NULL);
}

void schema_print_manual(struct str *out, enum kind kind)
{
	str_printf(out, "## %s\n\n", kind_names[kind]);
	print_sentence(out, schema_documents[kind].help);
	str_add(out, "\n\n");
	print_manual_fields(out, &schema_documents[kind], "", kind_names[kind]);
}
