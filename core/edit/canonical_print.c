/* SPDX-License-Identifier: Apache-2.0 */
#include "core/edit/canonical_print.h"

#include <string.h>

#include "core/language/emit.h"
#include "core/util/unicode.h"

#define INDENT 2 /* what exports are written with */

/* Comments [first, end) of the printer. */
struct comment_range {
	size_t first, end;
};

/* What a line begins with: a key and its value, or an item of a list, which has no key. */
struct entry_line {
	const struct node *key, *value;
	const struct table *below;
	size_t order;
	struct comment_range comments; /* all that belong to it */
	size_t above;		       /* those before this one stand above it */
};
VEC(entry_line_vec, struct entry_line);

/* ---- places in the text ---- */

static void fail(struct canonical_printer *p, uint32_t line, const char *why)
{
	if (p->problem)
		return;
	p->problem = why;
	p->problem_line = line;
}

static size_t start_of(const struct canonical_printer *p, const struct node *n)
{
	return places_offset(&p->places, n->line, n->column);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool is_block_scalar(const struct canonical_printer *p, const struct node *n)
{
	size_t at = start_of(p, n);
	return n->type == NODE_SCALAR && !n->plain && at < p->source->len &&
	       strchr("|>", p->source->text[at]);
}

static bool is_flow(const struct canonical_printer *p, const struct node *n)
{
	return n->type != NODE_SCALAR && strchr("[{", p->source->text[start_of(p, n)]);
}

static const struct node *last_child(const struct node *n)
{
	const struct node *last = n->first;
	while (last->next)
		last = last->next;
	return last;
}

/* Just behind the last character of a node. libyaml tells of blocks where the next token is. */
static size_t end_of(const struct canonical_printer *p, const struct node *n)
{
	const char *text = p->source->text;
	while (n->type != NODE_SCALAR && !is_flow(p, n))
		n = last_child(n);
	size_t at = places_offset(&p->places, n->end_line, n->end_column);
	if (!is_block_scalar(p, n))
		return at;
	if (at < p->source->len)
		at = places_of_line(&p->places, n->end_line);
	while (at > 0 && (is_blank(text[at - 1]) || text[at - 1] == '\n'))
		at--;
	return at;
}

/* Whether the line above is empty. */
static bool is_spaced(const struct canonical_printer *p, uint32_t line)
{
	if (line <= p->source->first_line)
		return false;
	size_t end = places_of_line(&p->places, line) - 1;
	for (size_t at = places_of_line(&p->places, line - 1); at < end; at++) {
		if (!is_blank(p->source->text[at]))
			return false;
	}
	return true;
}

/* A collection that becomes lines. */
static bool is_block(const struct canonical_printer *p, const struct node *n)
{
	return n->type != NODE_SCALAR && n->first && (!is_flow(p, n) || n->line != n->end_line);
}

/* ---- comments ---- */

static void add_comment(struct canonical_printer *p, size_t at, size_t to)
{
	const char *text = p->source->text;
	uint32_t line = places_line(&p->places, at);
	size_t first = places_of_line(&p->places, line), before = first;
	while (before < at && is_blank(text[before]))
		before++;
	while (is_blank(text[to - 1]))
		to--;
	vec_push(p->arena, &p->comments,
		 (struct canonical_comment){
			 .at = at,
			 .len = to - at,
			 .line = line,
			 .column = (uint32_t)text_length(text + first, at - first) + 1,
			 .alone = before == at});
}

/* Between two values stand only marks and comments. */
static void scan_gap(struct canonical_printer *p, size_t from, size_t to)
{
	const char *text = p->source->text;
	for (size_t at = from; at < to; at++) {
		if (text[at] == '#') {
			const char *n = memchr(text + at, '\n', to - at);
			size_t end = n ? (size_t)(n - text) : to;
			add_comment(p, at, end);
			at = end - 1;
		} else if (text[at] == '.') {
			fail(p, places_line(&p->places, at),
			     "\"...\" ends the document; leave it out, and begin the next one "
			     "with \"---\"");
		} else if (!is_blank(text[at]) && !strchr("\n-?:,[]{}", text[at])) {
			fail(p, places_line(&p->places, at), "this is no part of the document");
		}
	}
}

static void scan_node(struct canonical_printer *p, const struct node *n, size_t *done)
{
	if (n->type == NODE_SCALAR) {
		scan_gap(p, *done, start_of(p, n));
		*done = end_of(p, n);
		return;
	}
	for (const struct node *child = n->first; child; child = child->next)
		scan_node(p, child, done);
}

void printer_init(struct canonical_printer *p, const struct yaml_source *source,
		  const struct node *root, struct arena *a, struct str *out)
{
	size_t done = 0;
	*p = (struct canonical_printer){.source = source, .arena = a, .out = out};
	places_make(&p->places, a, source);
	if (root)
		scan_node(p, root, &done);
	scan_gap(p, done, source->len);
}

/* On lines of their own; the first thing of a block has no empty line above it. */
static void print_above(struct canonical_printer *p, struct comment_range c, size_t indent,
			bool *first)
{
	for (size_t i = c.first; i < c.end; i++) {
		const struct canonical_comment *m = &p->comments.at[i];
		if (!*first && is_spaced(p, m->line))
			str_addc(p->out, '\n');
		str_fill(p->out, ' ', indent);
		str_addn(p->out, p->source->text + m->at, m->len);
		str_addc(p->out, '\n');
		*first = false;
	}
}

/* At the end of a line, as far from it as it was. */
static void print_behind(struct canonical_printer *p, const struct canonical_comment *m)
{
	size_t at = m->at;
	while (at > 0 && p->source->text[at - 1] == ' ')
		at--;
	str_fill(p->out, ' ', m->at > at ? m->at - at : 1);
	str_addn(p->out, p->source->text + m->at, m->len);
}

/* The first comment that does not stand before `at`. */
static size_t first_from(const struct canonical_printer *p, struct comment_range c, size_t at)
{
	while (c.first < c.end && p->comments.at[c.first].at < at)
		c.first++;
	return c.first;
}

/* Behind the comments that belong to a line of `block` whose successor begins at `limit`. */
static size_t end_of_line(const struct canonical_printer *p, const struct node *block,
			  const struct node *value, struct comment_range c, size_t limit)
{
	size_t end = end_of(p, value), i = first_from(p, c, end);
	if (i < c.end && p->comments.at[i].at < limit &&
	    p->comments.at[i].line == places_line(&p->places, end ? end - 1 : 0))
		i++;
	if (!is_block(p, value) || is_flow(p, value) || is_flow(p, block))
		return i;
	while (i < c.end && p->comments.at[i].at < limit && p->comments.at[i].alone &&
	       p->comments.at[i].column > block->column)
		i++;
	return i;
}

/* ---- the lines of a block ---- */

/* Appends the lines of a collection to `out`, in the order to print; the comments that belong to
 * none of them are left. */
static struct comment_range split(struct canonical_printer *p, const struct node *n,
				  const struct table *fields, struct comment_range c,
				  struct entry_line_vec *out)
{
	bool mapping = n->type == NODE_MAPPING;
	for (const struct node *at = n->first, *value; at; at = value->next) {
		struct entry_line l = {.key = mapping ? at : NULL, .below = fields};
		l.value = value = mapping ? at->next : at;
		if (mapping)
			l.order = schema_field_order(fields, at->text, &l.below);
		size_t limit = value->next ? start_of(p, value->next) : p->source->len;
		l.comments = (struct comment_range){c.first, end_of_line(p, n, value, c, limit)};
		l.above = first_from(p, l.comments,
				     is_block(p, value) ? start_of(p, at) : end_of(p, value));
		c.first = l.comments.end;
		vec_push(p->arena, out, l);
	}
	return c;
}

static void sort_lines(struct entry_line_vec *lines)
{
	for (size_t i = 1; i < lines->len; i++) { /* few, and nearly in order */
		struct entry_line l = lines->at[i];
		size_t k = i;
		for (; k > 0 && l.order < lines->at[k - 1].order; k--)
			lines->at[k] = lines->at[k - 1];
		lines->at[k] = l;
	}
}

/* ---- values on one line ---- */

/* What follows a "|" or ">", below `indent`. */
static void print_block_scalar(struct canonical_printer *p, const struct node *n, size_t indent)
{
	const char *text = p->source->text;
	size_t at = start_of(p, n), end = end_of(p, n), margin = 0;
	size_t header = strcspn(text + at, "\r\n");
	if (memchr(text + at, '#', header) || strcspn(text + at, "0123456789") < header)
		fail(p, n->line,
		     "write the value without a number or a comment behind \"|\" or "
		     "\">\"");
	while (header && is_blank(text[at + header - 1]))
		header--;
	str_addn(p->out, text + at, header);
	for (uint32_t line = n->line + 1; (at = places_of_line(&p->places, line)) < end; line++) {
		size_t stop = at + strcspn(text + at, "\r\n");
		size_t blanks = strspn(text + at, " ");
		if (!margin)
			margin = blanks;
		str_addc(p->out, '\n');
		if (at + margin >= stop)
			continue;
		str_fill(p->out, ' ', indent);
		str_addn(p->out, text + at + margin, (stop < end ? stop : end) - at - margin);
	}
}

/* A value that is folded over lines stays so. */
static void print_folded(struct canonical_printer *p, const struct node *n, size_t indent)
{
	const char *text = p->source->text;
	size_t end = end_of(p, n);
	for (size_t at = start_of(p, n); at < end;) {
		size_t stop = at + strcspn(text + at, "\n"), last;
		last = stop = stop < end ? stop : end;
		while (last > at && is_blank(text[last - 1]) && stop < end)
			last--;
		if (last < stop && last > at && text[last - 1] == '\\')
			last++; /* an escaped blank */
		str_addn(p->out, text + at, last - at);
		for (at = stop; at < end && (is_blank(text[at]) || text[at] == '\n'); at++)
			;
		if (at < end) {
			str_addc(p->out, '\n');
			str_fill(p->out, ' ', indent);
		}
	}
}

/* What somebody wrote as an escape may not be seen otherwise. */
static bool is_escaped(const struct canonical_printer *p, const struct node *n)
{
	size_t at = start_of(p, n);
	return p->source->text[at] == '"' && memchr(p->source->text + at, '\\', end_of(p, n) - at);
}

static void print_scalar(struct canonical_printer *p, const struct node *n, size_t indent)
{
	if (is_block_scalar(p, n))
		print_block_scalar(p, n, indent);
	else if (n->line != n->end_line)
		print_folded(p, n, indent);
	else if (n->plain || is_escaped(p, n))
		str_addn(p->out, p->source->text + start_of(p, n), end_of(p, n) - start_of(p, n));
	else
		emit_scalar(p->out, n->text);
}

static void print_key(struct canonical_printer *p, const struct node *key)
{
	if (key->line != key->end_line)
		fail(p, key->line, "the key stands on more than one line");
	print_scalar(p, key, 0);
	str_addc(p->out, ':');
}

static void print_inline(struct canonical_printer *p, const struct node *n,
			 const struct table *fields, size_t indent)
{
	struct entry_line_vec lines = {0};
	if (n->type == NODE_SCALAR) {
		print_scalar(p, n, indent);
		return;
	}
	split(p, n, fields, (struct comment_range){0, 0}, &lines);
	sort_lines(&lines);
	str_addc(p->out, n->type == NODE_MAPPING ? '{' : '[');
	for (size_t i = 0; i < lines.len; i++) {
		const struct entry_line *l = &lines.at[i];
		str_add(p->out, i ? ", " : "");
		if (l->key) {
			print_key(p, l->key);
			str_addc(p->out, ' ');
		}
		print_inline(p, l->value, l->below, indent);
	}
	str_addc(p->out, n->type == NODE_MAPPING ? '}' : ']');
}

/* ---- blocks ---- */

static void print_lines(struct canonical_printer *p, struct entry_line_vec *lines,
			struct comment_range rest, size_t indent, bool started);

static void print_block(struct canonical_printer *p, const struct entry_line *l,
			struct comment_range c, size_t indent)
{
	struct entry_line_vec lines = {0};
	struct comment_range rest = split(p, l->value, l->below, c, &lines);
	sort_lines(&lines);
	print_lines(p, &lines, rest, indent, false);
}

/* What stands behind a key or a dash. */
static void print_value(struct canonical_printer *p, const struct entry_line *l, size_t indent)
{
	struct comment_range c = {l->above, l->comments.end};
	if (!is_block(p, l->value)) {
		if (!l->value->missing || l->value->len) {
			str_addc(p->out, ' ');
			print_inline(p, l->value, l->below, indent + INDENT);
		}
		if (c.first < c.end)
			print_behind(p, &p->comments.at[c.first]);
		str_addc(p->out, '\n');
		return;
	}
	const struct canonical_comment *m = &p->comments.at[c.first];
	if (c.first < c.end && !m->alone && m->line == l->key->line &&
	    m->at < start_of(p, l->value->first)) {
		print_behind(p, m);
		c.first++;
	}
	str_addc(p->out, '\n');
	print_block(p, l, c, indent + INDENT);
}

/* A mapping that begins behind the dash: comments above its first key stand above the dash. */
static void print_item(struct canonical_printer *p, const struct entry_line *l, size_t indent,
		       bool *first)
{
	struct entry_line_vec lines = {0};
	struct comment_range c = {l->above, l->comments.end};
	if (l->value->type != NODE_MAPPING) {
		fail(p, l->value->line, "a list stands in a list");
		return;
	}
	struct comment_range rest = split(p, l->value, l->below, c, &lines);
	sort_lines(&lines);
	if (lines.len == 0) {
		fail(p, l->value->line, "an item of a list says nothing");
		return;
	}
	print_above(p, (struct comment_range){lines.at[0].comments.first, lines.at[0].above},
		    indent, first);
	if (!*first && is_spaced(p, l->value->line))
		str_addc(p->out, '\n');
	str_fill(p->out, ' ', indent);
	str_add(p->out, "- ");
	print_lines(p, &lines, rest, indent + INDENT, true);
}

static void print_line(struct canonical_printer *p, const struct entry_line *l, size_t indent,
		       bool *first)
{
	const struct node *begin = l->key ? l->key : l->value;
	print_above(p, (struct comment_range){l->comments.first, l->above}, indent, first);
	if (!l->key && is_block(p, l->value)) {
		print_item(p, l, indent, first);
		return;
	}
	if (!*first && is_spaced(p, begin->line))
		str_addc(p->out, '\n');
	str_fill(p->out, ' ', indent);
	if (l->key)
		print_key(p, l->key);
	else
		str_addc(p->out, '-');
	print_value(p, l, indent);
}

/* The beginning of the first line may be printed already. */
static void print_lines(struct canonical_printer *p, struct entry_line_vec *lines,
			struct comment_range rest, size_t indent, bool started)
{
	bool first = true;
	for (size_t i = 0; i < lines->len; i++) {
		if (i == 0 && started) {
			print_key(p, lines->at[i].key);
			print_value(p, &lines->at[i], indent);
		} else {
			print_line(p, &lines->at[i], indent, &first);
		}
		first = false;
	}
	print_above(p, rest, indent, &first);
}

/* It has no keys that its comments could stand above. */
static void print_empty(struct canonical_printer *p, const struct node *root)
{
	struct comment_range head = {0, p->comments.len}, rest = head;
	bool first = true;
	head.end = rest.first = first_from(p, head, start_of(p, root));
	print_above(p, head, 0, &first);
	if (!first && is_spaced(p, root->line))
		str_addc(p->out, '\n');
	str_add(p->out, "{}\n");
	first = false;
	print_above(p, rest, 0, &first);
}

void printer_print(struct canonical_printer *p, const struct node *root)
{
	struct comment_range all = {0, p->comments.len}, head = all;
	struct entry_line_vec lines = {0};
	bool first = true;
	if (!root) {
		print_above(p, all, 0, &first);
		return;
	}
	if (!root->first) {
		print_empty(p, root);
		return;
	}
	/* What heads the document stays there, whatever its first key was. */
	head.end = all.first = first_from(p, all, start_of(p, root->first));
	print_above(p, head, 0, &first);
	if (head.end && is_spaced(p, root->first->line))
		str_addc(p->out, '\n');
	struct comment_range rest = split(p, root, schema_document_fields(root), all, &lines);
	sort_lines(&lines);
	print_lines(p, &lines, rest, 0, false);
}
