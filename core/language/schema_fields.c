/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/schema_fields.h"

#include <assert.h>
#include <string.h>

#include "core/language/schema_value.h"
#include "core/util/nearest.h"
#include "core/util/unicode.h"

/* The key, or the first that differs from it by case alone: that is reported as unknown, and read
 * all the same. */
static const struct node *find_key(const struct node *mapping, const char *key)
{
	const struct node *other = NULL;
	char first = ascii_lower(*key);
	for (const struct node *n = mapping->first; n; n = n->next->next) {
		if (ascii_lower(*n->text) != first)
			continue;
		if (!strcmp(n->text, key))
			return n;
		if (!other && !ascii_casecmp(n->text, key))
			other = n;
	}
	return other;
}

const struct node *schema_find(const struct node *mapping, const char *key)
{
	const struct node *n = find_key(mapping, key);
	return n ? n->next : NULL;
}

static bool expect_list(struct decode *d, const struct field *f, const struct node *key,
			const struct node *n)
{
	if (n->type == NODE_SEQUENCE)
		return true;
	if (n->type == NODE_SCALAR && n->missing)
		schema_finding(d, key, "E0404",
			       arena_printf(d->to->report->arena,
					    "expected %s; \"[]\" is the empty one",
					    schema_form(d, f)),
			       "%s has no value", schema_quoted(d, key->text));
	else
		schema_finding(d, n, "E0403",
			       arena_printf(d->to->report->arena, "expected %s", schema_form(d, f)),
			       "%s where a list is due",
			       n->type == NODE_MAPPING ? "a mapping" : "one value");
	return false;
}

static void read_texts(struct decode *d, const struct field *f, const struct node *list,
		       struct text_vec *out)
{
	assert(out);
	size_t count = 0;
	for (const struct node *n = list->first; n; n = n->next)
		count++;
	vec_exact(d->to->arena, out, count);
	for (const struct node *n = list->first; n; n = n->next) {
		if (!n->alias && schema_expect_scalar(d, n, n, "a name such as asset-archiver") &&
		    schema_check_text(d, f->type, n))
			vec_push(d->to->arena, out,
				 (struct text_item){schema_keep(d, n), schema_place(d, n)});
	}
}

static void read_labels(struct decode *d, const struct node *n, struct label_vec *out)
{
	if (n->type != NODE_MAPPING) {
		schema_finding(d, n, "E0403", "expected a mapping of texts such as {team: media}",
			       "labels are a mapping");
		return;
	}
	assert(out);
	for (const struct node *key = n->first; key; key = key->next->next) {
		if (key->alias)
			continue;
		if (key->missing || !key->len)
			schema_finding(d, key, key->missing ? "E0404" : "E0412",
				       "expected a name such as team", "a label has no name");
		else if (!key->next->alias &&
			 schema_expect_scalar(d, key, key->next, "a text such as media"))
			vec_push(d->to->arena, out,
				 (struct label){schema_keep(d, key), schema_keep(d, key->next)});
	}
	vec_sort(out, label_order);
}

static const struct field *find_field(const struct table *table, const char *key)
{
	for (const struct field *f = table->fields; f->key; f++) {
		if (f->key[0] == key[0] && !strcmp(f->key, key))
			return f;
	}
	return NULL;
}

static const struct words *keep_words(struct decode *d, const struct words *w)
{
	if (!w->reason && !w->ticket && w->expires == DATE_NONE)
		return NULL;
	struct words *kept = arena_alloc(d->to->arena, sizeof(*kept));
	*kept = *w;
	return kept;
}

/* An address where the bare word is an account's name. */
static bool is_bare_user(const struct table *table, const struct node *n)
{
	return n->type == NODE_SCALAR && table->bare && !strcmp(table->bare, "account") &&
	       schema_is_email(n->text);
}

/* A bare word stands for a mapping with one key. */
static void read_entry(struct decode *d, const struct table *table, const struct node *n,
		       struct entry_vec *out)
{
	struct entry_draft draft = {.entry.at = schema_place(d, n), .words.expires = DATE_NONE};
	struct node key = {.type = NODE_SCALAR, .text = table->bare};
	struct node value = *n, mapping = *n;
	if (n->type == NODE_SCALAR && n->missing) {
		schema_finding(d, n, "E0404", schema_item_form(d, table), "the item has no value");
		return;
	} else if (is_bare_user(table, n)) {
		schema_finding(
			d, n, "E0405",
			arena_printf(d->to->report->arena, "a user is written {user: %s}", n->text),
			"bad name %s", schema_quoted(d, n->text));
		return;
	} else if (n->type == NODE_SCALAR && table->bare) {
		value.next = NULL;
		key.next = &value;
		key.line = n->line;
		key.column = n->column;
		mapping.type = NODE_MAPPING;
		mapping.first = &key;
		schema_read_fields(d, table, &mapping, &draft);
	} else if (n->type == NODE_MAPPING) {
		schema_read_fields(d, table, n, &draft);
	} else {
		schema_finding(d, n, "E0403", schema_item_form(d, table),
			       "%s where an entry is due",
			       n->type == NODE_SCALAR ? "one value" : "a list");
		return;
	}
	draft.entry.words = keep_words(d, &draft.words);
	vec_push(d->to->arena, out, draft.entry);
}

static void read_entries(struct decode *d, const struct field *f, const struct node *list,
			 struct entry_vec *out)
{
	assert(out);
	size_t count = 0;
	for (const struct node *n = list->first; n; n = n->next)
		count++;
	vec_exact(d->to->arena, out, count);
	for (const struct node *n = list->first; n; n = n->next) {
		if (!n->alias)
			read_entry(d, f->table, n, out);
	}
}

static void read_mapping(struct decode *d, const struct field *f, const struct node *key,
			 const struct node *n, void *object)
{
	if (n->type == NODE_MAPPING) {
		schema_read_fields(d, f->table, n, object);
	} else if (n->type == NODE_SCALAR && n->missing) {
		schema_finding(d, key, "E0404",
			       arena_printf(d->to->report->arena,
					    "expected %s; \"{}\" is the empty one",
					    schema_form(d, f)),
			       "%s has no value", schema_quoted(d, key->text));
	} else {
		schema_finding(d, n, "E0403",
			       arena_printf(d->to->report->arena, "expected %s", schema_form(d, f)),
			       "%s where a mapping is due",
			       n->type == NODE_SCALAR ? "one value" : "a list");
	}
}

/* A list of words with NULL behind them, as exec takes it. */
static void read_arguments(struct decode *d, const struct field *f, const struct node *list,
			   const char *const **out)
{
	assert(out);
	size_t count = 0;
	for (const struct node *n = list->first; n; n = n->next)
		count++;
	const char **words = arena_zalloc(d->to->arena, (count + 1) * sizeof(*words));
	count = 0;
	for (const struct node *n = list->first; n; n = n->next) {
		if (schema_expect_scalar(d, n, n, "a word") &&
		    (n->next || count || schema_check_text(d, f->type, n)))
			words[count++] = schema_keep(d, n);
	}
	if (!words[0] || words[0][0] != '/')
		schema_finding(
			d, list->first ? list->first : list, "E0804",
			"expected a list of words, the program's absolute path first, such as "
			"[/usr/bin/pass, show, writ]",
			"%s names no program by its absolute path", schema_quoted(d, f->key));
	*out = words;
}

/* A typed vector, seen without its type. */
struct any_vec {
	void *at;
	size_t len, cap;
};

static void read_record(struct decode *d, const struct table *table, const struct node *n,
			char *record)
{
	if (table->initial)
		memcpy(record, table->initial, table->size);
	struct location here = schema_place(d, n);
	memcpy(record + table->at, &here, sizeof(here));
	if (n->type == NODE_MAPPING)
		schema_read_fields(d, table, n, record);
	else if (n->type == NODE_SCALAR && n->missing)
		schema_finding(d, n, "E0404", schema_item_form(d, table), "the item has no value");
	else
		schema_finding(d, n, "E0403", schema_item_form(d, table),
			       "%s where a mapping is due",
			       n->type == NODE_SCALAR ? "one value" : "a list");
}

static void read_records(struct decode *d, const struct field *f, const struct node *list,
			 void *out)
{
	const struct table *table = f->table;
	struct any_vec vec = {0};
	assert(out); /* records have a place: AT() in their field */
	for (const struct node *n = list->first; n; n = n->next)
		vec.cap++;
	vec.at = arena_zalloc(d->to->arena, vec.cap * table->size);
	for (const struct node *n = list->first; n; n = n->next) {
		if (!n->alias)
			read_record(d, table, n, (char *)vec.at + vec.len++ * table->size);
	}
	memcpy(out, &vec, sizeof(vec));
}

/* A number is system-administrator's; a mapping has one for each role that it names. */
static void read_holders(struct decode *d, const struct field *f, const struct node *key,
			 const struct node *n, int32_t *out)
{
	if (n->type != NODE_MAPPING) {
		schema_read_scalar(d, &(struct field){f->key, FIELD_COUNT}, key, n,
				   &out[ROLE_SYSTEM_ADMINISTRATOR]);
		return;
	}
	for (const struct node *role = n->first; role; role = role->next->next) {
		enum role number = role->alias ? ROLE_NONE : schema_find_role(d, role);
		if (number != ROLE_NONE && !role->next->alias)
			schema_read_scalar(d, &(struct field){role->text, FIELD_COUNT}, role,
					   role->next, &out[number]);
	}
}

static void read_field(struct decode *d, const struct field *f, const struct node *key,
		       void *object)
{
	const struct node *n = key->next;
	if (f->settled)
		return;
	void *at = f->at == NOWHERE ? NULL : (char *)object + f->at;
	if (f->has != NOWHERE)
		*(bool *)((char *)object + f->has) = true;
	if (f->place != NOWHERE)
		*(struct location *)((char *)object + f->place) = schema_place(d, n);
	switch (f->type) {
	case FIELD_MAPPING:
		read_mapping(d, f, key, n, object);
		break;
	case FIELD_OBJECT:
		read_mapping(d, f, key, n, at);
		break;
	case FIELD_RECORDS:
		if (expect_list(d, f, key, n))
			read_records(d, f, n, at);
		break;
	case FIELD_ARGUMENTS:
		if (expect_list(d, f, key, n))
			read_arguments(d, f, n, at);
		break;
	case FIELD_ANYTHING:
		if (n->type != NODE_MAPPING)
			read_mapping(d, f, key, n, object);
		break;
	case FIELD_LABELS:
		if (n->type == NODE_SCALAR && n->missing)
			read_mapping(d, f, key, n, object);
		else
			read_labels(d, n, at);
		break;
	case FIELD_TITLES:
	case FIELD_NAMES:
	case FIELD_OBJECT_NAMES:
	case FIELD_EMAILS:
		if (expect_list(d, f, key, n))
			read_texts(d, f, n, at);
		break;
	case FIELD_HOLDERS:
		read_holders(d, f, key, n, at);
		break;
	case FIELD_ENTRIES:
		if (expect_list(d, f, key, n))
			read_entries(d, f, n, at);
		break;
	default:
		schema_read_scalar(d, f, key, n, at);
	}
}

#define KEYS_MAX 32

static size_t list_keys(const struct table *table, const char *keys[static KEYS_MAX])
{
	size_t count = 0;
	for (const struct field *f = table->fields; f->key; f++)
		keys[count++] = f->key;
	return count;
}

/* A comma ends a text without quotes in braces, and what is behind it is read as a key. */
static bool is_rest_of_text(const struct node *mapping, const struct node *key)
{
	return mapping->flow && key != mapping->first && key->plain && key->next->missing &&
	       !key->next->len;
}

static void unknown_key(struct decode *d, const struct table *table, const struct node *mapping,
			const struct node *key)
{
	const char *keys[KEYS_MAX];
	if (report_is_full(d->to->report, SEVERITY_ERROR)) {
		schema_finding(d, key, "E0401", "", "unknown key");
		return;
	}
	size_t count = list_keys(table, keys);
	const char *near = nearest_word(key->text, keys, count);
	schema_finding(d, key, "E0401",
		       is_rest_of_text(mapping, key)
			       ? "in braces a text with a comma in it stands in double quotes"
		       : near ? arena_printf(d->to->report->arena, "did you mean %s?", near)
			      : schema_listed(d, keys, count),
		       "unknown key %s", schema_quoted(d, key->text));
}

bool schema_is_meant(const struct decode *d, const struct node *mapping, const char *key)
{
	const char *keys[KEYS_MAX];
	size_t count = list_keys(d->table, keys);
	for (const struct node *k = mapping->first; k; k = k->next->next) {
		const char *near =
			find_field(d->table, k->text) ? NULL : nearest_word(k->text, keys, count);
		if (near && !strcmp(near, key))
			return true;
	}
	return false;
}

/* The field that a key is meant for when it differs by case alone and the right one is absent. */
static const struct field *find_miswritten(const struct table *table, const struct node *mapping,
					   const struct node *key)
{
	for (const struct field *f = table->fields; f->key; f++) {
		if (!ascii_casecmp(f->key, key->text) && find_key(mapping, f->key) == key)
			return f;
	}
	return NULL;
}

void schema_read_fields(struct decode *d, const struct table *table, const struct node *mapping,
			void *object)
{
	uint32_t seen = 0; /* of duplicate keys, which are told, the first is read */
	for (const struct node *key = mapping->first; key; key = key->next->next) {
		const struct field *f = find_field(table, key->text);
		if (key->alias)
			continue;
		if (!f) {
			unknown_key(d, table, mapping, key);
			f = find_miswritten(table, mapping, key);
		}
		if (!f || (seen & UINT32_C(1) << (f - table->fields)))
			continue;
		seen |= UINT32_C(1) << (f - table->fields);
		if (!key->next->alias)
			read_field(d, f, key, object);
	}
	d->table = table;
	for (const struct field *f = table->fields; f->key; f++) {
		if (f->required && !schema_find(mapping, f->key) &&
		    !schema_is_meant(d, mapping, f->key))
			schema_finding(d, mapping, "E0402",
				       arena_printf(d->to->report->arena, "expected %s: %s", f->key,
						    schema_form(d, f)),
				       "missing key \"%s\"", f->key);
	}
	if (table->check)
		table->check(d, mapping, object);
}

bool schema_read_table(struct decoder *to, const struct table *table, const struct node *root,
		       void *object)
{
	struct decode d = {.to = to, .sound = true};
	schema_read_fields(&d, table, root, object);
	return d.sound;
}

size_t schema_field_order(const struct table *fields, const char *key, const struct table **below)
{
	size_t i = 0;
	*below = NULL;
	for (; fields && fields->fields[i].key; i++) {
		if (!strcmp(fields->fields[i].key, key)) {
			*below = fields->fields[i].table;
			break;
		}
	}
	return i;
}
