/* SPDX-License-Identifier: Apache-2.0 */
#include "core/edit/edit_node.h"

#include <string.h>

#include "core/edit/node_place.h"
#include "core/language/emit.h"

#define INDENT 2 /* where no neighbour shows another: what exports are written with */

static void splice(struct edit_job *j, size_t from, size_t to, const char *text)
{
	vec_push(j->arena, &j->splices, (struct edit_splice){from, to, text});
}

void edit_fail(struct edit_job *j, const char *why)
{
	if (!j->problem)
		j->problem = why;
}

/* ---- new text ---- */

static void add_fields(struct str *out, const struct edit_item *item, const char *between)
{
	for (size_t i = 0; i < EDIT_FIELDS_MAX && item->fields[i].key; i++) {
		str_printf(out, "%s%s: ", i ? between : "", item->fields[i].key);
		emit_scalar(out, item->fields[i].value);
	}
}

static void add_item_text(struct str *out, const struct edit_item *item)
{
	if (item->bare) {
		emit_scalar(out, item->bare);
		return;
	}
	str_addc(out, '{');
	add_fields(out, item, ", ");
	str_addc(out, '}');
}

const char *edit_item_text(struct arena *a, const struct edit_item *item)
{
	struct str out = STR(a);
	add_item_text(&out, item);
	return str_text(&out);
}

const char *edit_scalar_text(struct arena *a, const char *value)
{
	struct str out = STR(a);
	emit_scalar(&out, value);
	return str_text(&out);
}

static const char *blanks(struct arena *a, size_t count)
{
	struct str out = STR(a);
	str_fill(&out, ' ', count);
	return str_text(&out);
}

/* "key: value" in one line, of the edit's key or of one of its parents that is missing. */
static const char *flow_field(struct edit_job *j, size_t depth)
{
	const struct edit *e = j->edit;
	const char *parent = depth < 2 ? e->parents[depth] : NULL;
	if (parent)
		return arena_printf(j->arena, "%s: {%s}", parent, flow_field(j, depth + 1));
	const char *key = edit_scalar_text(j->arena, e->key);
	if (e->kind == EDIT_ADD_ITEM)
		return arena_printf(j->arena, "%s: [%s]", key, edit_item_text(j->arena, &e->item));
	return arena_printf(j->arena, "%s: %s", key, edit_scalar_text(j->arena, e->value));
}

/* The same in block style; the first line is not indented. */
static const char *block_field(struct edit_job *j, size_t depth, size_t indent, size_t step)
{
	const struct edit *e = j->edit;
	const char *parent = depth < 2 ? e->parents[depth] : NULL;
	if (parent)
		return arena_printf(j->arena, "%s:%s%s%s", parent, j->newline,
				    blanks(j->arena, indent + INDENT),
				    block_field(j, depth + 1, indent + INDENT, step));
	if (e->kind != EDIT_ADD_ITEM)
		return flow_field(j, depth);
	return arena_printf(j->arena, "%s:%s%s- %s", edit_scalar_text(j->arena, e->key), j->newline,
			    blanks(j->arena, indent + step), edit_item_text(j->arena, &e->item));
}

/* How far lists are indented below their keys in this mapping or in those of the document. */
static size_t list_step(const struct yaml_source *s, const struct node *mapping)
{
	for (const struct node *key = mapping->first; key; key = key->next->next) {
		const struct node *value = key->next;
		if (value->type == NODE_SEQUENCE && !node_is_flow(s, value))
			return value->column - key->column;
	}
	return INDENT;
}

/* ---- collections ---- */

/* A collection and how it is reached. */
struct collection_place {
	const struct node *key;	   /* NULL: the document itself */
	const struct node *parent; /* the mapping that has the key */
	const struct node *node;
};

/* Puts a line behind the one on which something ends at `end`, and nothing but a
 * comment follows. */
static void add_line(struct edit_job *j, size_t end, size_t indent, const char *text)
{
	if (!line_is_over(j->source, end)) {
		edit_fail(j, "something else stands on the line");
		return;
	}
	size_t at = line_end(j->source, end);
	splice(j, at, at,
	       arena_printf(j->arena, "%s%s%s", j->newline, blanks(j->arena, indent), text));
}

/* Behind the last child of a collection in flow style: on its line, or on one of its own as that
 * one is. */
static void add_to_flow(struct edit_job *j, const struct node *n, const char *text)
{
	const struct yaml_source *s = j->source;
	const struct node *last = node_last_child(n), *first = last;
	if (!last) {
		size_t at = node_start(s, n) + 1;
		splice(j, at, at, text);
		return;
	}
	for (const struct node *k = n->first; n->type == NODE_MAPPING && k; k = k->next->next)
		first = k;
	size_t end = node_end(s, last), behind = line_skip_blanks(s, end);
	bool comma = behind < s->len && s->text[behind] == ',';
	size_t rest = comma ? behind + 1 : end, start = node_start(s, first);
	if (!line_is_indent(s, start) || !line_is_over(s, rest)) {
		splice(j, end, end, arena_printf(j->arena, ", %s", text));
		return;
	}
	add_line(j, rest, start - line_start(s, start),
		 arena_printf(j->arena, "%s%s", text, comma ? "," : ""));
	if (!comma)
		splice(j, end, end, ",");
}

/* "key: []" in a block mapping makes room for lines below it. */
static bool open_empty(struct edit_job *j, const struct collection_place *p, const char *text,
		       size_t indent)
{
	const struct yaml_source *s = j->source;
	if (p->node->first || !p->key || node_is_flow(s, p->parent))
		return false;
	size_t colon = node_colon(s, p->key), end = node_end(s, p->node);
	if (memchr(s->text + colon, '\n', end - colon))
		return false;
	add_line(j, end, indent, text);
	splice(j, colon, end, "");
	return true;
}

static void add_field(struct edit_job *j, const struct collection_place *p, size_t depth)
{
	const struct yaml_source *s = j->source;
	const struct node *n = p->node;
	size_t below = p->key ? p->key->column - 1 + INDENT : 0;
	size_t indent = n->first && !node_is_flow(s, n) ? n->column - 1 : below;
	const char *text = block_field(j, depth, indent, list_step(s, n));
	if (!node_is_flow(s, n))
		add_line(j, node_end(s, n), indent, text);
	else if (!open_empty(j, p, text, indent))
		add_to_flow(j, n, flow_field(j, depth));
}

/* An item in the style of the one before it. */
static const char *block_item(struct edit_job *j, const struct node *list, size_t *indent)
{
	const struct yaml_source *s = j->source;
	const struct node *last = node_last_child(list);
	struct str out = STR(j->arena);
	size_t lead = last->column > list->column + 1 ? last->column - list->column : INDENT;
	*indent = list->column - 1;
	str_addc(&out, '-');
	str_fill(&out, ' ', lead - 1);
	if (last->type != NODE_MAPPING || node_is_flow(s, last) || j->edit->item.bare)
		add_item_text(&out, &j->edit->item);
	else
		add_fields(&out, &j->edit->item,
			   arena_printf(j->arena, "%s%s", j->newline,
					blanks(j->arena, *indent + lead)));
	return str_text(&out);
}

static void add_to_list(struct edit_job *j, const struct collection_place *p)
{
	const struct yaml_source *s = j->source;
	const char *flow = edit_item_text(j->arena, &j->edit->item);
	size_t indent = p->key->column - 1 + list_step(s, p->parent);
	if (p->node->type != NODE_SEQUENCE) {
		edit_fail(j, "there is no list");
	} else if (!node_is_flow(s, p->node)) {
		const char *text = block_item(j, p->node, &indent);
		add_line(j, node_end(s, p->node), indent, text);
	} else if (!open_empty(j, p, arena_printf(j->arena, "- %s", flow), indent)) {
		add_to_flow(j, p->node, flow);
	}
}

/* ---- removing ---- */

/* The lines of a child in block style, from its dash or key; what is left of the last one is "[]"
 * or "{}". */
static void remove_lines(struct edit_job *j, const struct collection_place *p, size_t from,
			 size_t to, bool only)
{
	const struct yaml_source *s = j->source;
	if (!line_is_indent(s, from) || !line_is_over(s, to)) {
		edit_fail(j, "something else stands on the line");
		return;
	}
	splice(j, line_start(s, from), line_next(s, to), "");
	if (only && p->key) {
		size_t colon = node_colon(s, p->key);
		splice(j, colon, colon, p->node->type == NODE_SEQUENCE ? " []" : " {}");
	} else if (only) {
		edit_fail(j, "nothing would be left");
	}
}

/* A child in flow style with its comma; a line that it has for itself goes as a whole. */
static void remove_inline(struct edit_job *j, size_t from, size_t to, bool first, size_t before)
{
	const struct yaml_source *s = j->source;
	size_t behind = line_skip_blanks(s, to);
	bool comma = behind < s->len && s->text[behind] == ',';
	size_t rest = comma ? behind + 1 : to;
	if (line_is_indent(s, from) && line_is_over(s, rest)) {
		splice(j, line_start(s, from), line_next(s, rest), "");
		return;
	}
	if (comma) {
		splice(j, from, line_skip_blanks(s, rest), "");
		return;
	}
	/* The comma before it may end a line: then it stays, and is a trailing one. */
	bool joined = !first && !memchr(s->text + before, '\n', from - before);
	splice(j, joined ? before : from, to, "");
}

/* Where the child `n` of a collection begins: its dash in a block sequence. */
static size_t child_start(struct edit_job *j, const struct collection_place *p,
			  const struct node *n)
{
	const struct yaml_source *s = j->source;
	size_t at = node_start(s, n);
	if (p->node->type != NODE_SEQUENCE || node_is_flow(s, p->node))
		return at;
	while (at > 0 && s->text[at - 1] == ' ')
		at--;
	if (at == 0 || s->text[at - 1] != '-') {
		edit_fail(j, "the item does not begin behind its dash");
		return at;
	}
	return at - 1;
}

static void remove_child(struct edit_job *j, const struct collection_place *p,
			 const struct node *child, const struct node *before)
{
	const struct yaml_source *s = j->source;
	bool mapping = p->node->type == NODE_MAPPING;
	const struct node *value = mapping ? child->next : child;
	size_t from = child_start(j, p, child), to = node_end(s, value);
	if (node_is_flow(s, p->node))
		remove_inline(j, from, to, !before, before ? node_end(s, before) : from);
	else
		remove_lines(j, p, from, to, !before && !value->next);
}

/* ---- the edits ---- */

static const struct node *find_key(const struct node *mapping, const char *key)
{
	for (const struct node *n = mapping->first; n; n = n->next->next) {
		if (!strcmp(n->text, key))
			return n;
	}
	return NULL;
}

/* The mapping that an edit is about, or how far down it there is one: `depth` parents
 * were found. */
static struct collection_place find_parent(struct edit_job *j, const struct node *root,
					   size_t *depth)
{
	struct collection_place p = {NULL, NULL, root};
	for (*depth = 0; *depth < 2 && j->edit->parents[*depth]; ++*depth) {
		const struct node *key = find_key(p.node, j->edit->parents[*depth]);
		if (!key)
			break;
		if (key->next->type != NODE_MAPPING) {
			edit_fail(j, "there is no mapping");
			break;
		}
		p = (struct collection_place){key, p.node, key->next};
	}
	return p;
}

static bool is_found(const struct edit_job *j, size_t depth)
{
	return depth == 2 || !j->edit->parents[depth];
}

static void replace_text(struct edit_job *j, const struct node *n, const char *text)
{
	splice(j, node_start(j->source, n), node_end(j->source, n), text);
}

static void replace_scalar(struct edit_job *j, const struct node *value, const char *text)
{
	if (value->type != NODE_SCALAR) {
		edit_fail(j, "there is no plain value");
		return;
	}
	replace_text(j, value, edit_scalar_text(j->arena, text));
}

static void set_field(struct edit_job *j, const struct node *root)
{
	size_t depth;
	struct collection_place p = find_parent(j, root, &depth);
	const struct node *key = is_found(j, depth) ? find_key(p.node, j->edit->key) : NULL;
	if (key)
		replace_scalar(j, key->next, j->edit->value);
	else
		add_field(j, &p, depth);
}

static void add_item(struct edit_job *j, const struct node *root)
{
	size_t depth;
	struct collection_place p = find_parent(j, root, &depth);
	const struct node *key = is_found(j, depth) ? find_key(p.node, j->edit->key) : NULL;
	if (key)
		add_to_list(j, &(struct collection_place){key, p.node, key->next});
	else
		add_field(j, &p, depth);
}

static void unset_field(struct edit_job *j, const struct node *root)
{
	size_t depth;
	struct collection_place p = find_parent(j, root, &depth);
	const struct node *before = NULL;
	for (const struct node *key = is_found(j, depth) ? p.node->first : NULL; key;
	     key = key->next->next) {
		if (!strcmp(key->text, j->edit->key)) {
			remove_child(j, &p, key, before);
			return;
		}
		before = key->next;
	}
	edit_fail(j, "the key is not there");
}

struct found_item {
	struct collection_place list;
	const struct node *node, *before;
};

/* The item of some list below `mapping` that begins at the edit's place. */
static bool find_item(const struct edit_job *j, const struct node *mapping, struct found_item *out)
{
	for (const struct node *key = mapping->first; key; key = key->next->next) {
		const struct node *value = key->next, *before = NULL;
		if (value->type == NODE_MAPPING && find_item(j, value, out))
			return true;
		for (const struct node *n = value->type == NODE_SEQUENCE ? value->first : NULL; n;
		     before = n, n = n->next) {
			if (n->line != j->edit->at.line || n->column != j->edit->at.column)
				continue;
			*out = (struct found_item){{key, mapping, value}, n, before};
			return true;
		}
	}
	return false;
}

static void remove_item(struct edit_job *j, const struct node *root)
{
	struct found_item item;
	if (find_item(j, root, &item))
		remove_child(j, &item.list, item.node, item.before);
	else
		edit_fail(j, "the item is not there");
}

static void rename_member(struct edit_job *j, const struct node *root)
{
	struct found_item item;
	if (!find_item(j, root, &item)) {
		edit_fail(j, "the item is not there");
		return;
	}
	const struct node *n = item.node;
	const struct node *key = n->type == NODE_MAPPING ? find_key(n, "account") : NULL;
	replace_scalar(j, key ? key->next : n, j->edit->value);
}

static void set_in_item(struct edit_job *j, const struct node *root)
{
	const struct yaml_source *s = j->source;
	const struct edit *e = j->edit;
	struct found_item item;
	if (!find_item(j, root, &item)) {
		edit_fail(j, "the item is not there");
		return;
	}
	const struct node *n = item.node;
	const struct node *key = n->type == NODE_MAPPING ? find_key(n, e->key) : NULL;
	const char *field =
		arena_printf(j->arena, "%s: %s", e->key, edit_scalar_text(j->arena, e->value));
	if (key)
		replace_scalar(j, key->next, e->value);
	else if (n->type == NODE_SCALAR)
		replace_text(j, n,
			     arena_printf(j->arena, "{%s: %s, %s}", e->item.bare,
					  edit_scalar_text(j->arena, n->text), field));
	else if (node_is_flow(s, n))
		add_to_flow(j, n, field);
	else
		add_line(j, node_end(s, n), n->column - 1, field);
}

/* Its lines, with the marker above them; at the head of the file what stands above stays. */
static void remove_document(struct edit_job *j, const struct node *root)
{
	const struct yaml_source *s = j->source;
	size_t start = line_start(s, node_start(s, root)), end = line_next(s, node_end(s, root));
	bool marked = s->len >= 3 && !memcmp(s->text, "---", 3);
	size_t from = marked ? 0 : start;
	splice(j, from, line_has_comment(s, end, s->len) ? end : s->len, "");
}

void edit_node(void *context, const struct node *root)
{
	static void (*const makers[])(struct edit_job *, const struct node *) = {
		[EDIT_REMOVE_ITEM] = remove_item,
		[EDIT_RENAME_MEMBER] = rename_member,
		[EDIT_SET_IN_ITEM] = set_in_item,
		[EDIT_SET] = set_field,
		[EDIT_ADD_ITEM] = add_item,
		[EDIT_UNSET] = unset_field,
		[EDIT_REMOVE_DOCUMENT] = remove_document,
	};
	struct edit_job *j = context;
	const struct location at = j->edit->document;
	if (root->line != at.line || root->column != at.column)
		return;
	j->found = true;
	makers[j->edit->kind](j, root);
}
