/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/yaml.h"

#include <string.h>

#include "core/language/yaml_syntax.h"
#include "core/util/process.h"

/* Why one document could not be read. */
enum document_fate { OUTCOME_DONE, OUTCOME_SKIP_DOCUMENT };

static bool is_marker(const char *line, const char *end)
{
	return end - line >= 3 && !memcmp(line, "---", 3) &&
	       (end - line == 3 || strchr(" \t\r\n", line[3]));
}

bool yaml_is_json(const char *file)
{
	size_t len = strlen(file);
	return len >= 5 && !strcmp(file + len - 5, ".json");
}

size_t yaml_next_document(const char *text, size_t len, size_t from)
{
	const char *end = text + len;
	for (const char *at = text + from; at < end;) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		if (!newline)
			break;
		at = newline + 1;
		if (is_marker(at, end))
			return (size_t)(at - text);
	}
	return len;
}

/* ---- events to nodes ---- */

struct parse {
	struct yaml_reader *reader;
	yaml_parser_t parser;
	bool sound; /* of the document being read */
	bool clear; /* the same: whatever is wrong with it, its tree is what its author meant */
};

/* What leaves no doubt of what stands in the rest of the document. */
static void blemish(struct parse *p, const char *id, struct location at, const char *detail,
		    const char *what)
{
	report_add(p->reader->report, SEVERITY_ERROR, id, at, 1, detail, "%s", what);
	p->sound = false;
}

static void finding(struct parse *p, const char *id, struct location at, const char *detail,
		    const char *what)
{
	blemish(p, id, at, detail, what);
	p->clear = false;
}

static bool next_event(struct parse *p, yaml_event_t *event)
{
	yaml_parser_t *y = &p->parser;
	if (yaml_parser_parse(y, event))
		return true;
	yaml_report_syntax(p->reader, y);
	p->sound = p->clear = false;
	return false;
}

static void check_properties(struct parse *p, const yaml_event_t *event, const yaml_char_t *anchor,
			     const yaml_char_t *tag)
{
	if (anchor)
		blemish(p, "E0302", yaml_mark_place(p->reader, &event->start_mark),
			"write the value out", "anchors are not allowed");
	if (tag)
		blemish(p, "E0303", yaml_mark_place(p->reader, &event->start_mark),
			"the schema gives every value its type", "tags are not allowed");
}

static struct node *new_node(struct parse *p, const yaml_event_t *event, enum node_type type)
{
	struct node *n = arena_alloc(&p->reader->scratch, sizeof(*n));
	struct location at = yaml_mark_place(p->reader, &event->start_mark);
	struct location end = yaml_mark_place(p->reader, &event->end_mark);
	*n = (struct node){.type = type,
			   .line = at.line,
			   .column = at.column,
			   .end_line = end.line,
			   .end_column = end.column};
	return n;
}

/* The place of a raw tab inside a scalar, so that the error points at the character itself. */
static struct location find_tab(struct yaml_reader *r, struct location at)
{
	const struct yaml_source *s = r->source;
	size_t offset = 0;
	for (uint32_t line = s->first_line; line < at.line; line++) {
		const char *n = memchr(s->text + offset, '\n', s->len - offset);
		offset = n ? (size_t)(n - s->text) + 1 : s->len;
	}
	uint32_t column = 1;
	for (size_t size; offset < s->len && s->text[offset] != '\n'; offset += size, column++) {
		text_decode(s->text + offset, s->len - offset, &size);
		if (column > at.column && s->text[offset] == '\t')
			return reader_place(r, at.line, column);
	}
	return at;
}

static void check_value(struct parse *p, struct node *n)
{
	struct yaml_reader *r = p->reader;
	struct location at = reader_place(r, n->line, n->column);
	size_t offset = 0, size = 0;
	bool verbatim = n->plain && n->line == n->end_line;
	if (n->len > YAML_SCALAR_MAX) {
		report_add(r->report, SEVERITY_ERROR, "E0106", at, 1, "at most 4096 bytes",
			   "value of %zu bytes", n->len);
		p->sound = p->clear = false;
		return;
	}
	if (verbatim && !r->has_tabs)
		return; /* the gate saw it */
	enum text_fault fault = text_check(n->text, n->len, TEXT_VALUE, &offset, &size);
	while (fault == TEXT_NOT_NFC) {
		n->decomposed = true; /* the gate saw none, so it is by escapes */
		offset += size;
		fault = text_check(n->text, n->len, TEXT_VALUE, &offset, &size);
	}
	if (fault == TEXT_OK)
		return;
	gate_report(r, fault, fault == TEXT_TAB ? find_tab(r, at) : at, n->text + offset, size);
	p->sound = p->clear = false;
}

/* Nothing, or what YAML and JSON write for nothing. */
static bool is_no_value(const char *text)
{
	static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
	if (*text && *text != '~' && *text != 'n' && *text != 'N')
		return false;
	for (size_t i = 0; i < sizeof(nulls) / sizeof(*nulls); i++) {
		if (!strcmp(text, nulls[i]))
			return true;
	}
	return false;
}

static struct node *scalar_node(struct parse *p, const yaml_event_t *event)
{
	struct node *n = new_node(p, event, NODE_SCALAR);
	check_properties(p, event, event->data.scalar.anchor, event->data.scalar.tag);
	n->len = event->data.scalar.length;
	n->text =
		arena_strndup(&p->reader->scratch, (const char *)event->data.scalar.value, n->len);
	n->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	n->missing = n->plain && is_no_value(n->text);
	check_value(p, n);
	return n;
}

/* Stands as a word that nobody reads, so that what follows is looked at too. */
static struct node *alias_node(struct parse *p, const yaml_event_t *event)
{
	struct node *n = new_node(p, event, NODE_SCALAR);
	n->text = arena_printf(&p->reader->scratch, "*%s", (const char *)event->data.alias.anchor);
	n->len = strlen(n->text);
	n->alias = true;
	blemish(p, "E0304", yaml_mark_place(p->reader, &event->start_mark), "write the value out",
		"aliases are not allowed");
	return n;
}

static struct node *read_node(struct parse *p, yaml_event_t *event, unsigned depth, bool *broken);

static bool is_start(const yaml_event_t *event)
{
	return event->type == YAML_SEQUENCE_START_EVENT || event->type == YAML_MAPPING_START_EVENT;
}

/* A key that is no plain name: a collection, an alias, or "<<". */
static void check_key(struct parse *p, const struct node *key)
{
	struct location at = reader_place(p->reader, key->line, key->column);
	if (key->type != NODE_SCALAR)
		finding(p, "E0305", at, "keys are plain words", "a collection cannot be a key");
	else if (key->plain && !strcmp(key->text, "<<"))
		finding(p, "E0306", at, "use an AccessBundle for what repeats",
			"merge keys are not allowed");
	else if (key->missing && key->len == 0)
		finding(p, "E0307", at, "expected a key", "empty key");
}

static void report_duplicate(struct parse *p, const struct node *key)
{
	struct location at = reader_place(p->reader, key->line, key->column);
	report_add(p->reader->report, SEVERITY_ERROR, "E0308", at, (uint32_t)key->len,
		   "each key may stand once", "duplicate key %s",
		   quote(p->reader->report->arena, key->text, key->len));
	p->sound = false;
}

static int by_text_then_place(const void *a, const void *b)
{
	const struct node *const *x = a, *const *y = b;
	int order = strcmp((*x)->text, (*y)->text);
	if (order)
		return order;
	if ((*x)->line != (*y)->line)
		return (*x)->line < (*y)->line ? -1 : 1;
	return ((*x)->column > (*y)->column) - ((*x)->column < (*y)->column);
}

static bool is_equal_key(const struct node *a, const struct node *b)
{
	return a->len == b->len && !memcmp(a->text, b->text, a->len);
}

/* Keys that are compared pair by pair; more are sorted first, for a hostile file has a million. */
#define FEW_KEYS 16

static void compare_pairs(struct parse *p, const struct node *const *keys, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		size_t k = 0;
		while (k < i && !is_equal_key(keys[k], keys[i]))
			k++;
		if (k < i)
			report_duplicate(p, keys[i]);
	}
}

static void compare_sorted(struct parse *p, const struct node *mapping)
{
	VEC(, const struct node *) keys = {0};
	for (const struct node *n = mapping->first; n; n = n->next->next) {
		if (n->type == NODE_SCALAR)
			vec_push(&p->reader->scratch, &keys, n);
	}
	vec_sort(&keys, by_text_then_place);
	for (size_t i = 1; i < keys.len; i++) {
		if (is_equal_key(keys.at[i - 1], keys.at[i]))
			report_duplicate(p, keys.at[i]);
	}
}

static void check_duplicates(struct parse *p, const struct node *mapping)
{
	const struct node *few[FEW_KEYS];
	size_t count = 0;
	for (const struct node *n = mapping->first; n && count <= FEW_KEYS; n = n->next->next) {
		if (n->type != NODE_SCALAR)
			continue;
		if (count < FEW_KEYS)
			few[count] = n;
		count++;
	}
	if (count <= FEW_KEYS)
		compare_pairs(p, few, count);
	else
		compare_sorted(p, mapping);
}

/* Reads the children of a collection up to its end event. */
static void read_children(struct parse *p, struct node *parent, unsigned depth, bool *broken)
{
	struct node **tail = &parent->first;
	bool mapping = parent->type == NODE_MAPPING, key_due = true;
	for (;;) {
		yaml_event_t event;
		if (!next_event(p, &event)) {
			*broken = true;
			return;
		}
		if (event.type == YAML_SEQUENCE_END_EVENT || event.type == YAML_MAPPING_END_EVENT) {
			struct location end = yaml_mark_place(p->reader, &event.end_mark);
			parent->end_line = end.line;
			parent->end_column = end.column;
			yaml_event_delete(&event);
			if (mapping)
				check_duplicates(p, parent);
			return;
		}
		struct node *child = read_node(p, &event, depth + 1, broken);
		yaml_event_delete(&event);
		if (*broken)
			return;
		*tail = child;
		tail = &child->next;
		if (mapping && key_due)
			check_key(p, child);
		key_due = !key_due;
	}
}

/* The node that begins with `event`. Sets *broken when the rest of the document cannot be read. */
static struct node *read_node(struct parse *p, yaml_event_t *event, unsigned depth, bool *broken)
{
	if (is_start(event) && depth > YAML_DEPTH_MAX) {
		finding(p, "E0107", yaml_mark_place(p->reader, &event->start_mark),
			"at most 32 levels", "nested too deep");
		*broken = true;
		return NULL;
	}
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return scalar_node(p, event);
	case YAML_ALIAS_EVENT:
		return alias_node(p, event);
	case YAML_SEQUENCE_START_EVENT: {
		struct node *n = new_node(p, event, NODE_SEQUENCE);
		check_properties(p, event, event->data.sequence_start.anchor,
				 event->data.sequence_start.tag);
		read_children(p, n, depth, broken);
		return n;
	}
	default: {
		struct node *n = new_node(p, event, NODE_MAPPING);
		n->flow = event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
		check_properties(p, event, event->data.mapping_start.anchor,
				 event->data.mapping_start.tag);
		read_children(p, n, depth, broken);
		return n;
	}
	}
}

static void use_document(struct parse *p, const struct node *root)
{
	struct yaml_reader *r = p->reader;
	if (!p->sound && !(p->clear && r->source->blemished))
		return;
	if (root->type == NODE_SCALAR && (root->missing || root->alias))
		return;
	struct location at = reader_place(r, root->line, root->column);
	if (root->type != NODE_MAPPING) {
		finding(p, "E0309", at, "expected apiVersion, kind, metadata and spec",
			"a document must be a mapping");
		return;
	}
	if (r->source->json && r->documents++ > 0) {
		finding(p, "E0310", at, "a JSON file holds one", "second document");
		return;
	}
	r->use(r->context, root);
}

static void check_directives(struct parse *p, const yaml_event_t *event)
{
	if (event->data.document_start.version_directive ||
	    event->data.document_start.tag_directives.start !=
		    event->data.document_start.tag_directives.end)
		finding(p, "E0311", yaml_mark_place(p->reader, &event->start_mark),
			"leave them out", "directives are not allowed");
}

static enum document_fate break_off(const struct parse *p, uint32_t *line)
{
	*line = (uint32_t)(p->parser.problem ? p->parser.problem_mark.line : p->parser.mark.line);
	return OUTCOME_SKIP_DOCUMENT;
}

/* Reads documents until the end of the text or the first one that is broken; then *line is where it
 * broke and *start where that document began. */
static enum document_fate read_documents(struct parse *p, uint32_t *line, uint32_t *start)
{
	for (bool broken = false, ended = false; !ended;) {
		yaml_event_t event;
		if (!next_event(p, &event))
			return break_off(p, line);
		if (event.type == YAML_DOCUMENT_START_EVENT) {
			p->sound = p->clear = true;
			*start = (uint32_t)event.start_mark.line;
			check_directives(p, &event);
		} else if (is_start(&event) || event.type == YAML_SCALAR_EVENT ||
			   event.type == YAML_ALIAS_EVENT) {
			const struct node *root = read_node(p, &event, 1, &broken);
			if (!broken)
				use_document(p, root);
			arena_reset(&p->reader->scratch);
		}
		ended = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
		if (broken)
			return break_off(p, line);
	}
	return OUTCOME_DONE;
}

/* The offset of the document behind the one that began at line `start` and broke at `line` of the
 * text. */
static size_t find_resume(const char *text, size_t len, uint32_t line, uint32_t start)
{
	size_t offset = 0;
	for (uint32_t at = 0; at < line; at++) {
		const char *n = memchr(text + offset, '\n', len - offset);
		offset = n ? (size_t)(n - text) + 1 : len;
	}
	if (line > start && is_marker(text + offset, text + len))
		return offset;
	return yaml_next_document(text, len, offset);
}

uint32_t yaml_count_lines(const char *text, size_t len)
{
	uint32_t lines = 0;
	for (const char *at = text, *end = text + len; (at = memchr(at, '\n', (size_t)(end - at)));
	     at++)
		lines++;
	return lines;
}

/* Parses text whose characters are sound, going on behind each broken document. */
static void parse_text(struct yaml_reader *r, const char *text, size_t len, uint32_t first_line)
{
	struct yaml_source piece = *r->source;
	const struct yaml_source *whole = r->source;
	piece.first_line = first_line;
	while (len > 0 && !gate_is_full(r)) {
		struct parse p = {.reader = r};
		uint32_t line = 0, start = 0;
		r->source = &piece;
		piece.text = text;
		piece.len = len;
		if (!yaml_parser_initialize(&p.parser))
			process_out_of_memory(0);
		yaml_parser_set_input_string(&p.parser, (const unsigned char *)text, len);
		yaml_parser_set_encoding(&p.parser, YAML_UTF8_ENCODING);
		enum document_fate outcome = read_documents(&p, &line, &start);
		yaml_parser_delete(&p.parser);
		arena_reset(&r->scratch);
		r->source = whole;
		if (outcome == OUTCOME_DONE)
			return;
		size_t resume = find_resume(text, len, line, start);
		piece.first_line += yaml_count_lines(text, resume);
		text += resume;
		len -= resume;
	}
}

/* ---- the whole ---- */

static void read_json(struct yaml_reader *r)
{
	ARENA a = {0};
	const char *text = json_rewrite(r, &a);
	parse_text(r, text, strlen(text), r->source->first_line);
	r->rewrites = (struct rewrite_vec){0};
}

/* Some document has a fault: the sound ones are read all the same. */
static void read_sound_documents(struct yaml_reader *r)
{
	const struct yaml_source *s = r->source;
	struct report quiet = {.arena = r->report->arena};
	struct report *loud = r->report;
	uint32_t line = s->first_line;
	for (size_t at = 0; at < s->len && !gate_is_full(r);) {
		size_t end = yaml_next_document(s->text, s->len, at);
		r->report = &quiet;
		bool sound = gate_check(r, at, end, (struct cursor){at, line});
		r->report = loud;
		if (sound)
			parse_text(r, s->text + at, end - at, line);
		line += yaml_count_lines(s->text + at, end - at);
		at = end;
	}
}

void yaml_read(const struct yaml_source *source, struct report *report,
	       void (*use)(void *context, const struct node *root), void *context)
{
	struct yaml_reader r = {.source = source,
				.report = report,
				.findings = report->errors,
				.has_tabs = memchr(source->text, '\t', source->len),
				.use = use,
				.context = context};
	bool sound = gate_check(&r, 0, source->len, (struct cursor){0, source->first_line});
	if (!sound && !source->json)
		read_sound_documents(&r);
	else if (sound && source->json)
		read_json(&r);
	else if (sound)
		parse_text(&r, source->text, source->len, source->first_line);
	arena_done(&r.scratch);
}
