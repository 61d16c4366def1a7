#include "core/schema.h"

#include <assert.h>
#include <string.h>

#include "core/schema_table.h"
#include "core/util/clock.h"
#include "core/util/nearest.h"
#include "core/util/unicode.h"

static struct location place(const struct decode *d, const struct node *n)
{
	return (struct location){d->to->file, n->line, n->column};
}

static uint32_t width(const struct node *n)
{
	return n->end_line == n->line && n->end_column > n->column ? n->end_column - n->column : 0;
}

static const char *quoted(const struct decode *d, const char *text)
{
	return quote(d->to->report->arena, text, strlen(text));
}

void schema_finding(struct decode *d, const struct node *n, const char *id, const char *expected,
		    const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	const char *summary = arena_vprintf(d->to->report->arena, fmt, args);
	va_end(args);
	report_add(d->to->report, SEVERITY_ERROR, id, place(d, n), width(n), expected, "%s",
		   summary);
	d->sound = false;
}

const struct node *schema_value(const struct node *mapping, const char *key)
{
	for (const struct node *n = mapping->first; n; n = n->next->next) {
		if (!strcmp(n->text, key))
			return n->next;
	}
	return NULL;
}

/* ---- scalars ---- */

/* Wants a scalar with a value. */
static bool expect_scalar(struct decode *d, const struct node *key, const struct node *n,
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
		schema_finding(d, key, "E0404",
			       arena_printf(d->to->report->arena, "expected %s", what),
			       "%s has no value", key == n ? "the item" : quoted(d, key->text));
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

static bool is_name(const char *text, size_t len)
{
	if (len == 0 || len > 63 || text[0] == '-' || text[len - 1] == '-')
		return false;
	return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

static const char name_rule[] = "a-z, 0-9 and \"-\" inside, at most 63";

static bool check_name(struct decode *d, const struct node *n)
{
	if (!expect_filled(d, n, "a name"))
		return false;
	if (!is_name(n->text, n->len))
		schema_finding(d, n, "E0405", name_rule, "bad name %s", quoted(d, n->text));
	return is_name(n->text, n->len);
}

static bool check_object_name(struct decode *d, const struct node *n)
{
	if (!expect_filled(d, n, "a name"))
		return false;
	if (text_smuggles_role(n->text)) {
		schema_finding(d, n, "E0413",
			       "such names stand for admin roles in the service; use adminRoles",
			       "name %s begins with \"_\"", quoted(d, n->text));
		return false;
	}
	if (text_has_outer_space(n->text)) {
		schema_finding(d, n, "E0414", "write it without",
			       "name %s begins or ends with white space", quoted(d, n->text));
		return false;
	}
	if (text_length(n->text, n->len) > OBJECT_NAME_MAX) {
		schema_finding(d, n, "E0415", "at most 250 characters", "name %s is too long",
			       quoted(d, n->text));
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

static bool check_email(struct decode *d, const struct node *n)
{
	if (!expect_filled(d, n, "an e-mail address"))
		return false;
	const char *at = strchr(n->text, '@');
	if (n->len <= OBJECT_NAME_MAX && at && is_local_part(n->text, (size_t)(at - n->text)) &&
	    is_domain(at + 1))
		return true;
	schema_finding(d, n, "E0406", "expected local@domain.tld in ASCII, at most 250 characters",
		       "bad e-mail address %s", quoted(d, n->text));
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
		       "bad URL %s", quoted(d, n->text));
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
	const char *range =
		f->most ? arena_printf(d->to->report->arena, "%d to %d", f->least, f->most)
			: arena_printf(d->to->report->arena, "%d", f->least);
	schema_finding(d, n, "E0409",
		       arena_printf(d->to->report->arena,
				    "expected a whole number from %s, without quotes", range),
		       "bad number %s", quoted(d, n->text));
}

static void read_percent(struct decode *d, const struct node *n, int32_t *out)
{
	if (n->len < 2 || n->text[n->len - 1] != '%' ||
	    !parse_number(n->text, n->len - 1, 100, out))
		schema_finding(d, n, "E0410", "expected 0% to 100%, such as 25%",
			       "bad percentage %s", quoted(d, n->text));
}

static void read_bool(struct decode *d, const struct node *n, bool *out)
{
	bool yes = n->plain && !strcmp(n->text, "true");
	if (yes || (n->plain && !strcmp(n->text, "false")))
		*out = yes;
	else
		schema_finding(d, n, "E0408", "expected true or false, without quotes",
			       "bad truth value %s", quoted(d, n->text));
}

static void read_date(struct decode *d, const struct node *n, int32_t *out)
{
	if (!date_parse(n->text, out))
		schema_finding(d, n, "E0407", "expected a day such as 2027-03-31", "bad date %s",
			       quoted(d, n->text));
}

static const char *listed(const struct decode *d, const char *const *words, size_t count)
{
	struct str out = STR(d->to->report->arena);
	for (size_t i = 0; i < count; i++)
		str_printf(&out, "%s%s", i ? ", " : "expected one of ", words[i]);
	return str_text(&out);
}

static bool read_choice(struct decode *d, const struct field *f, const struct node *n, uint8_t *out)
{
	size_t count = 0;
	for (; f->choices[count]; count++) {
		if (!strcmp(f->choices[count], n->text)) {
			if (out)
				*out = (uint8_t)(f->first + count);
			return true;
		}
	}
	schema_finding(d, n, "E0411", listed(d, f->choices, count), "%s is %s", quoted(d, f->key),
		       quoted(d, n->text));
	return false;
}

static void read_role(struct decode *d, const struct node *n, uint8_t *out)
{
	const char *names[ROLE_COUNT];
	for (int i = 1; i < ROLE_COUNT; i++)
		names[i - 1] = role_table[i].name;
	*out = (uint8_t)role_find(n->text);
	if (*out != ROLE_NONE)
		return;
	const char *near = nearest_word(n->text, names, ROLE_COUNT - 1);
	schema_finding(d, n, "E0411",
		       near ? arena_printf(d->to->report->arena, "did you mean %s?", near)
			    : listed(d, names, ROLE_COUNT - 1),
		       "unknown role %s", quoted(d, n->text));
}

/* ---- collections ---- */

static void read_fields(struct decode *d, const struct table *table, const struct node *mapping,
			void *object);

static bool check_text(struct decode *d, enum field_type type, const struct node *n)
{
	switch (type) {
	case FIELD_TITLE:
	case FIELD_TITLES:
	case FIELD_ARGUMENTS:
	case FIELD_PATH:
		return expect_filled(d, n, "a text");
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

static const char *keep(const struct decode *d, const struct node *n)
{
	return intern_n(d->to->strings, n->text, n->len);
}

static bool expect_list(struct decode *d, const struct node *key, const struct node *n)
{
	if (n->type == NODE_SEQUENCE)
		return true;
	if (n->type == NODE_SCALAR && n->missing)
		schema_finding(d, key, "E0404", "expected a list; \"[]\" is the empty one",
			       "%s has no value", quoted(d, key->text));
	else
		schema_finding(d, n, "E0403", "expected a list", "%s where a list is due",
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
		if (expect_scalar(d, n, n, "a name") && check_text(d, f->type, n))
			vec_push(d->to->arena, out, (struct text_item){keep(d, n), place(d, n)});
	}
}

static int by_label_key(const void *a, const void *b)
{
	const struct label *x = a, *y = b;
	return strcmp(x->key, y->key);
}

static void read_labels(struct decode *d, const struct node *n, struct label_vec *out)
{
	if (n->type != NODE_MAPPING) {
		schema_finding(d, n, "E0403", "expected a mapping of texts",
			       "labels are a mapping");
		return;
	}
	for (const struct node *key = n->first; key; key = key->next->next) {
		if (expect_scalar(d, key, key->next, "a text"))
			vec_push(d->to->arena, out,
				 (struct label){keep(d, key), keep(d, key->next)});
	}
	vec_sort(out, by_label_key);
}

static const struct field *find_field(const struct table *table, const char *key)
{
	for (const struct field *f = table->fields; f->key; f++) {
		if (!strcmp(f->key, key))
			return f;
	}
	return NULL;
}

/* A bare word stands for a mapping with one key. */
static void read_entry(struct decode *d, const struct table *table, const struct node *n,
		       struct entry_vec *out)
{
	struct entry_draft draft = {.entry.at = place(d, n), .words.expires = DATE_NONE};
	struct node key = {.type = NODE_SCALAR, .text = table->bare};
	struct node value = *n, mapping = *n;
	bool was_sound = d->sound;
	d->sound = true;
	if (n->type == NODE_SCALAR && n->missing) {
		schema_finding(d, n, "E0404", "expected an entry", "the item has no value");
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
		schema_finding(d, n, "E0403", "expected a mapping", "%s where an entry is due",
			       n->type == NODE_SCALAR ? "one value" : "a list");
	}
	if (d->sound) {
		const struct words *w = &draft.words;
		if (w->reason || w->ticket || w->expires != DATE_NONE) {
			struct words *kept = arena_alloc(d->to->arena, sizeof(*kept));
			*kept = *w;
			draft.entry.words = kept;
		}
		vec_push(d->to->arena, out, draft.entry);
	}
	d->sound = d->sound && was_sound;
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
		schema_finding(d, key, "E0404", "expected a mapping; \"{}\" is the empty one",
			       "%s has no value", quoted(d, key->text));
	} else {
		schema_finding(d, n, "E0403", "expected a mapping", "%s where a mapping is due",
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
		if (expect_scalar(d, n, n, "a word") &&
		    (n->next || count || check_text(d, f->type, n)))
			words[count++] = keep(d, n);
	}
	if (!words[0] || words[0][0] != '/')
		schema_finding(d, list->first ? list->first : list, "E0804",
			       "expected a list of words, the program's absolute path first",
			       "%s names no program by its absolute path", quoted(d, f->key));
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
	struct location here = place(d, n);
	memcpy(record + table->at, &here, sizeof(here));
	if (n->type == NODE_MAPPING)
		read_fields(d, table, n, record);
	else if (n->type == NODE_SCALAR && n->missing)
		schema_finding(d, n, "E0404", "expected a mapping", "the item has no value");
	else
		schema_finding(d, n, "E0403", "expected a mapping", "%s where a mapping is due",
			       n->type == NODE_SCALAR ? "one value" : "a list");
}

static void read_records(struct decode *d, const struct field *f, const struct node *list,
			 void *out)
{
	const struct table *table = f->table;
	struct any_vec vec = {0};
	for (const struct node *n = list->first; n; n = n->next)
		vec.cap++;
	vec.at = arena_zalloc(d->to->arena, vec.cap * table->size);
	for (const struct node *n = list->first; n; n = n->next)
		read_record(d, table, n, (char *)vec.at + vec.len++ * table->size);
	memcpy(out, &vec, sizeof(vec));
}

static const char *keep_path(const struct decode *d, const struct node *n)
{
	const char *slash = strrchr(d->to->file, '/');
	if (n->text[0] == '/' || !slash)
		return keep(d, n);
	return intern(d->to->strings,
		      arena_printf(d->to->arena, "%.*s%s", (int)(slash + 1 - d->to->file),
				   d->to->file, n->text));
}

static void read_scalar(struct decode *d, const struct field *f, const struct node *key,
			const struct node *n, void *at)
{
	if (!expect_scalar(d, key, n, f->help))
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
			*(const char **)at = keep(d, n);
		break;
	case FIELD_ROLE:
		read_role(d, n, at);
		break;
	case FIELD_PATH:
		assert(at);
		if (check_text(d, f->type, n))
			*(const char **)at = keep_path(d, n);
		break;
	default:
		if (check_text(d, f->type, n) && at)
			*(const char **)at = keep(d, n);
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
		*(struct location *)((char *)object + f->place) = place(d, n);
	switch (f->type) {
	case FIELD_MAPPING:
		read_mapping(d, f, key, n, object);
		break;
	case FIELD_OBJECT:
		read_mapping(d, f, key, n, at);
		break;
	case FIELD_RECORDS:
		if (expect_list(d, key, n))
			read_records(d, f, n, at);
		break;
	case FIELD_ARGUMENTS:
		if (expect_list(d, key, n))
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
		if (expect_list(d, key, n))
			read_texts(d, f, n, at);
		break;
	case FIELD_ENTRIES:
		if (expect_list(d, key, n))
			read_entries(d, f, n, at);
		break;
	default:
		read_scalar(d, f, key, n, at);
	}
}

static void unknown_key(struct decode *d, const struct table *table, const struct node *key)
{
	const char *keys[32];
	size_t count = 0;
	for (const struct field *f = table->fields; f->key; f++)
		keys[count++] = f->key;
	const char *near = nearest_word(key->text, keys, count);
	schema_finding(d, key, "E0401",
		       near ? arena_printf(d->to->report->arena, "did you mean %s?", near)
			    : listed(d, keys, count),
		       "unknown key %s", quoted(d, key->text));
}

static void read_fields(struct decode *d, const struct table *table, const struct node *mapping,
			void *object)
{
	for (const struct node *key = mapping->first; key; key = key->next->next) {
		const struct field *f = find_field(table, key->text);
		if (f)
			read_field(d, f, key, object);
		else
			unknown_key(d, table, key);
	}
	for (const struct field *f = table->fields; f->key; f++) {
		if (f->required && !schema_value(mapping, f->key))
			schema_finding(d, mapping, "E0402",
				       arena_printf(d->to->report->arena, "expected %s", f->help),
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

static enum kind find_kind(struct decode *d, const struct node *root)
{
	const struct node *n = schema_value(root, "kind");
	if (!n) {
		schema_finding(d, root, "E0402", listed(d, kind_names, KIND_COUNT),
			       "missing key \"kind\"");
		return KIND_COUNT;
	}
	for (int i = 0; n->type == NODE_SCALAR && i < KIND_COUNT; i++) {
		if (!strcmp(n->text, kind_names[i]))
			return (enum kind)i;
	}
	if (n->type != NODE_SCALAR || n->missing) {
		expect_scalar(d, n, n, "a kind");
		return KIND_COUNT;
	}
	const char *near = nearest_word(n->text, kind_names, KIND_COUNT);
	schema_finding(d, n, "E0419",
		       near ? arena_printf(d->to->report->arena, "did you mean %s?", near)
			    : listed(d, kind_names, KIND_COUNT),
		       "unknown kind %s", quoted(d, n->text));
	return KIND_COUNT;
}

static void decode_organization(struct decode *d, const struct node *root)
{
	struct organization o = {.at = place(d, root), .guards = {-1, -1, -1, -1}};
	read_fields(d, &schema_documents[KIND_ORGANIZATION], root, &o);
	if (d->sound)
		vec_push(d->to->lists, &d->to->model->organizations, o);
}

static void decode_bundle(struct decode *d, const struct node *root)
{
	struct bundle b = {.at = place(d, root)};
	read_fields(d, &schema_documents[KIND_ACCESS_BUNDLE], root, &b);
	if (d->sound)
		vec_push(d->to->lists, &d->to->model->bundles, b);
}

static void decode_account(struct decode *d, const struct node *root)
{
	struct account a = {.at = place(d, root)};
	read_fields(d, &schema_documents[KIND_TECHNICAL_ACCOUNT], root, &a);
	if (d->sound)
		vec_push(d->to->lists, &d->to->model->accounts, a);
}

static void decode_assignment(struct decode *d, const struct node *root, enum kind kind,
			      struct assignment_vec *out)
{
	struct assignment a = {.at = place(d, root)};
	read_fields(d, &schema_documents[kind], root, &a);
	if (d->sound)
		vec_push(d->to->lists, out, a);
}

void schema_decode(struct decoder *to, const struct node *root)
{
	struct decode d = {.to = to, .sound = true};
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
	case KIND_COUNT:
		break;
	}
}
