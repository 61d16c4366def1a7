/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/schema_decode.h"

#include <assert.h>
#include <string.h>

#include "core/language/schema_value.h"
#include "core/util/digest.h"
#include "core/util/nearest.h"
#include "core/util/unicode.h"

static void read_fields(struct decode *d, const struct table *table, const struct node *mapping,
			void *object);

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
		if (schema_expect_scalar(d, n, n, "a name such as asset-archiver") &&
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
		if (key->missing || !key->len)
			schema_finding(d, key, key->missing ? "E0404" : "E0412",
				       "expected a name such as team", "a label has no name");
		else if (schema_expect_scalar(d, key, key->next, "a text such as media"))
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
		read_fields(d, table, &mapping, &draft);
	} else if (n->type == NODE_MAPPING) {
		read_fields(d, table, n, &draft);
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
	for (const struct node *n = list->first; n; n = n->next)
		read_entry(d, f->table, n, out);
}

static void read_mapping(struct decode *d, const struct field *f, const struct node *key,
			 const struct node *n, void *object)
{
	if (n->type == NODE_MAPPING) {
		read_fields(d, f->table, n, object);
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
		read_fields(d, table, n, record);
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
	for (const struct node *n = list->first; n; n = n->next)
		read_record(d, table, n, (char *)vec.at + vec.len++ * table->size);
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
		enum role number = schema_find_role(d, role);
		if (number != ROLE_NONE)
			schema_read_scalar(d, &(struct field){role->text, FIELD_COUNT}, role,
					   role->next, &out[number]);
	}
}

static void read_field(struct decode *d, const struct field *f, const struct node *key,
		       void *object)
{
	const struct node *n = key->next;
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

static void unknown_key(struct decode *d, const struct table *table, const struct node *key)
{
	const char *keys[32];
	size_t count = 0;
	if (report_is_full(d->to->report, SEVERITY_ERROR)) {
		schema_finding(d, key, "E0401", "", "unknown key");
		return;
	}
	for (const struct field *f = table->fields; f->key; f++)
		keys[count++] = f->key;
	const char *near = nearest_word(key->text, keys, count);
	schema_finding(d, key, "E0401",
		       near ? arena_printf(d->to->report->arena, "did you mean %s?", near)
			    : schema_listed(d, keys, count),
		       "unknown key %s", schema_quoted(d, key->text));
}

/* The field that a key is meant for when it differs by case alone and the right one is absent. */
static const struct field *find_miswritten(const struct table *table, const struct node *mapping,
					   const struct node *key)
{
	for (const struct field *f = table->fields; f->key; f++) {
		if (!ascii_casecmp(f->key, key->text) && schema_key(mapping, f->key) == key)
			return f;
	}
	return NULL;
}

static void read_fields(struct decode *d, const struct table *table, const struct node *mapping,
			void *object)
{
	for (const struct node *key = mapping->first; key; key = key->next->next) {
		const struct field *f = find_field(table, key->text);
		if (!f) {
			unknown_key(d, table, key);
			f = find_miswritten(table, mapping, key);
		}
		if (f)
			read_field(d, f, key, object);
	}
	for (const struct field *f = table->fields; f->key; f++) {
		if (f->required && !schema_value(mapping, f->key))
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
	read_fields(&d, table, root, object);
	return d.sound;
}

/* ---- documents ---- */

/* As `plan --out` writes one. */
static bool is_plan(const struct node *root)
{
	return schema_value(root, "format_version") && schema_value(root, "changes") &&
	       !schema_value(root, "kind");
}

/* The operator's, which has a table of its own. */
static bool is_configuration(const struct node *root)
{
	const struct node *kind = schema_value(root, "kind");
	return kind && kind->type == NODE_SCALAR && !strcmp(kind->text, "Configuration");
}

/* What is written in this language, or by writ, and is no manifest; false: none of that. */
static bool is_no_manifest(struct decode *d, const struct node *root)
{
	if (is_plan(root))
		schema_finding(d, root, "E0423", "carry it out with `writ apply --plan FILE`",
			       "this is a saved plan, not a manifest");
	else if (is_configuration(root))
		schema_finding(d, root, "E0424",
			       "keep it where only operators may write, and name it with "
			       "--config FILE",
			       "this is an operator's configuration, not a manifest");
	else
		return false;
	return true;
}

/* KIND_COUNT when it is none; a missing or empty one is reported with the other keys. */
static enum kind find_kind(struct decode *d, const struct node *root)
{
	const struct node *n = schema_value(root, "kind");
	if (!n || n->type != NODE_SCALAR || n->missing)
		return KIND_COUNT;
	for (int i = 0; i < KIND_COUNT; i++) {
		if (!strcmp(n->text, kind_names[i]))
			return i;
	}
	const char *near = nearest_word(n->text, kind_names, KIND_OPEN_DRIFT);
	schema_finding(d, n, "E0419",
		       near ? arena_printf(d->to->report->arena, "did you mean %s?", near)
			    : schema_listed(d, kind_names, KIND_OPEN_DRIFT),
		       "unknown kind %s", schema_quoted(d, n->text));
	return KIND_COUNT;
}

/* Comments, spelling and places are no part of what a document says. */
static void hash_node(struct sha256 *s, const struct node *n)
{
	const unsigned char head[] = {(unsigned char)n->type, n->plain};
	sha256_add(s, head, sizeof(head));
	if (n->type == NODE_SCALAR)
		sha256_add_text(s, n->text);
	for (const struct node *child = n->first; child; child = child->next)
		hash_node(s, child);
	sha256_add(s, "", 1);
}

static const unsigned char *hash_document(const struct decode *d, const struct node *root)
{
	unsigned char *out = arena_alloc(d->to->arena, SHA256_SIZE);
	struct sha256 *s = sha256_new();
	sha256_add_text(s, d->to->below ? d->to->below : "");
	hash_node(s, root);
	sha256_end(s, out);
	return out;
}

/* Whether the model can hold it: what has no name cannot be looked up or compared. */
static bool is_named(struct decode *d, const struct node *root, struct metadata *meta)
{
	if (meta->organization)
		meta->digest = hash_document(d, root);
	if (!meta->name)
		d->to->model->dropped++;
	return meta->name;
}

static void decode_organization(struct decode *d, const struct node *root)
{
	struct organization o = {.at = schema_place(d, root),
				 .guards = GUARDS_UNSAID,
				 .snapshot.policy = GUARDS_UNSAID};
	read_fields(d, &schema_documents[KIND_ORGANIZATION], root, &o);
	o.meta.digest = hash_document(d, root);
	if (is_named(d, root, &o.meta))
		vec_push(d->to->lists, &d->to->model->organizations, o);
}

static void decode_bundle(struct decode *d, const struct node *root)
{
	struct bundle b = {.at = schema_place(d, root)};
	read_fields(d, &schema_documents[KIND_ACCESS_BUNDLE], root, &b);
	if (is_named(d, root, &b.meta))
		vec_push(d->to->lists, &d->to->model->bundles, b);
}

static void decode_account(struct decode *d, const struct node *root)
{
	struct account a = {.at = schema_place(d, root)};
	read_fields(d, &schema_documents[KIND_TECHNICAL_ACCOUNT], root, &a);
	if (is_named(d, root, &a.meta))
		vec_push(d->to->lists, &d->to->model->accounts, a);
}

static void decode_assignment(struct decode *d, const struct node *root, enum kind kind,
			      struct assignment_vec *out)
{
	struct assignment a = {.at = schema_place(d, root)};
	read_fields(d, &schema_documents[kind], root, &a);
	if (is_named(d, root, &a.meta))
		vec_push(d->to->lists, out, a);
}

static void decode_drift(struct decode *d, const struct node *root)
{
	struct open_drift o = {.at = schema_place(d, root), .words.expires = DATE_NONE};
	read_fields(d, &schema_documents[KIND_OPEN_DRIFT], root, &o);
	if (is_named(d, root, &o.meta) && o.principal)
		vec_push(d->to->lists, &d->to->model->drifts, o);
}

/* Its kind is not known, but what every document has is. */
static void decode_nothing(struct decode *d, const struct node *root)
{
	struct metadata meta = {0};
	read_fields(d, &schema_any_document, root, &meta);
	d->to->model->dropped++;
}

void schema_decode(struct decoder *to, const struct node *root)
{
	struct decode d = {.to = to, .sound = true};
	if (is_no_manifest(&d, root)) {
		to->model->dropped++; /* nothing is said of what a set lacks without it */
		return;
	}
	switch (find_kind(&d, root)) {
	case KIND_ORGANIZATION:
		decode_organization(&d, root);
		break;
	case KIND_ACCESS_BUNDLE:
		decode_bundle(&d, root);
		break;
	case KIND_TECHNICAL_ACCOUNT:
		decode_account(&d, root);
		break;
	case KIND_ADMIN_ROLE:
		decode_assignment(&d, root, KIND_ADMIN_ROLE, &to->model->roles);
		break;
	case KIND_PRODUCT_ASSIGNMENT:
		decode_assignment(&d, root, KIND_PRODUCT_ASSIGNMENT, &to->model->products);
		break;
	case KIND_OPEN_DRIFT:
		decode_drift(&d, root);
		break;
	case KIND_COUNT:
		decode_nothing(&d, root);
		break;
	}
}

/* ---- for those who write documents ---- */

const struct table *schema_document_fields(const struct node *root)
{
	const struct node *n = schema_value(root, "kind");
	for (int i = 0; n && n->type == NODE_SCALAR && i < KIND_COUNT; i++) {
		if (!strcmp(n->text, kind_names[i]))
			return &schema_documents[i];
	}
	return NULL;
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
