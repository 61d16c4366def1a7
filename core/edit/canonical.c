/* SPDX-License-Identifier: Apache-2.0 */
#include "core/edit/canonical.h"

#include <string.h>

#include "core/edit/canonical_print.h"
#include "core/language/yaml.h"

/* One document on its way. */
struct canonical {
	const struct yaml_source *source;
	struct arena *arena;
	struct str *out;
	size_t documents;
	const char *problem;
	uint32_t line; /* of the problem */
};

/* What is printed is read again. */
struct canonical_proof {
	const struct yaml_source *printed;
	struct arena *arena;
	const struct node *root;
	const struct canonical_printer *before;
	bool holds;
};

static void fail(struct canonical *c, uint32_t line, const char *why)
{
	if (c->problem)
		return;
	c->problem = why;
	c->line = line;
}

/* ---- the same, in other words ---- */

static bool is_same(const struct node *a, const struct node *b);

static bool is_key(const struct node *n, const struct node *key)
{
	return n && n->len == key->len && !memcmp(n->text, key->text, n->len);
}

/* `guess` is the key where it stands when both have the same order. */
static const struct node *find_key(const struct node *mapping, const struct node *key,
				   const struct node *guess)
{
	if (is_key(guess, key))
		return guess;
	const struct node *n = mapping->first;
	while (n && !is_key(n, key))
		n = n->next->next;
	return n;
}

/* Both have each key once. */
static bool is_same_mapping(const struct node *a, const struct node *b)
{
	const struct node *other = b->first;
	size_t counts[2] = {0};
	for (const struct node *n = b->first; n; n = n->next->next)
		counts[1]++;
	for (const struct node *n = a->first; n; n = n->next->next, counts[0]++) {
		other = find_key(b, n, other);
		if (!other || !is_same(n->next, other->next))
			return false;
		other = other->next->next;
	}
	return counts[0] == counts[1];
}

static bool is_same_sequence(const struct node *a, const struct node *b)
{
	const struct node *x = a->first, *y = b->first;
	for (; x && y; x = x->next, y = y->next) {
		if (!is_same(x, y))
			return false;
	}
	return !x && !y;
}

/* A bare word is the text that quotes would make it, but where it is a number or nothing. */
static bool is_same_scalar(const struct node *a, const struct node *b)
{
	return a->len == b->len && !memcmp(a->text, b->text, a->len) && a->missing == b->missing &&
	       a->decomposed == b->decomposed && (a->plain == b->plain || !a->plain);
}

static bool is_same(const struct node *a, const struct node *b)
{
	if (a->type != b->type)
		return false;
	if (a->type == NODE_SCALAR)
		return is_same_scalar(a, b);
	return a->type == NODE_MAPPING ? is_same_mapping(a, b) : is_same_sequence(a, b);
}

VEC(canonical_texts, struct str);

static int by_text(const void *a, const void *b)
{
	const struct str *x = a, *y = b;
	return strcmp(str_text(x), str_text(y));
}

static struct canonical_texts sorted_comments(const struct canonical_printer *p, struct arena *a)
{
	struct canonical_texts out = {0};
	for (size_t i = 0; i < p->comments.len; i++) {
		struct str text = STR(a);
		str_addn(&text, p->source->text + p->comments.at[i].at, p->comments.at[i].len);
		vec_push(a, &out, text);
	}
	vec_sort(&out, by_text);
	return out;
}

static bool has_same_comments(const struct canonical_printer *x, const struct canonical_printer *y,
			      struct arena *a)
{
	const struct canonical_texts before = sorted_comments(x, a), after = sorted_comments(y, a);
	if (before.len != after.len)
		return false;
	for (size_t i = 0; i < before.len; i++) {
		if (by_text(&before.at[i], &after.at[i]) != 0)
			return false;
	}
	return true;
}

static void prove(void *context, const struct node *root)
{
	struct canonical_proof *p = context;
	struct str again = STR(p->arena);
	struct canonical_printer printer;
	printer_init(&printer, p->printed, root, p->arena, &again);
	printer_print(&printer, root);
	p->holds = !printer.problem && is_same(p->root, root) &&
		   has_same_comments(p->before, &printer, p->arena) &&
		   again.len == p->printed->len && !memcmp(again.at, p->printed->text, again.len);
}

static bool is_proven(const struct canonical_printer *before, const struct node *root,
		      const struct str *text)
{
	struct report report = {.arena = before->arena};
	const struct yaml_source printed = {before->source->file, str_text(text), text->len, 1,
					    false};
	struct canonical_proof proof = {&printed, before->arena, root, before, false};
	yaml_read(&printed, &report, prove, &proof);
	return proof.holds && report.errors == 0;
}

/* ---- a file ---- */

static void print_document(void *context, const struct node *root)
{
	struct canonical *c = context;
	struct canonical_printer printer;
	struct str text = STR(c->arena);
	if (c->documents++) {
		fail(c, root->line, "a document begins without \"---\"");
		return;
	}
	printer_init(&printer, c->source, root, c->arena, &text);
	if (!printer.problem)
		printer_print(&printer, root);
	if (printer.problem)
		fail(c, printer.problem_line, printer.problem);
	else if (!is_proven(&printer, root, &text))
		fail(c, root->line,
		     "the document has no canonical form that says the same; write it more simply");
	str_addn(c->out, str_text(&text), text.len);
}

/* Comments without a document. */
static void print_nothing(struct canonical *c)
{
	struct canonical_printer printer;
	printer_init(&printer, c->source, NULL, c->arena, c->out);
	printer_print(&printer, NULL);
	if (printer.problem)
		fail(c, printer.problem_line, printer.problem);
}

static struct error *print_piece(const struct yaml_source *source, struct report *report,
				 struct str *out)
{
	ARENA a = {0};
	struct str text = STR(&a);
	struct canonical c = {.source = source, .arena = &a, .out = &text};
	yaml_read(source, report, print_document, &c);
	if (report->errors)
		return NULL;
	if (!c.documents)
		print_nothing(&c);
	if (c.problem)
		return error_at(ERROR_INPUT, (struct location){source->file, c.line, 1}, "%s",
				c.problem);
	if (text.len && out->len)
		str_add(out, "---\n");
	str_addn(out, str_text(&text), text.len);
	return NULL;
}

struct error *canonical_text(const char *file, const char *text, size_t len, struct report *report,
			     struct str *out)
{
	struct str made = STR(out->arena);
	uint32_t line = 1;
	if (yaml_is_json(file)) {
		str_addn(out, text, len);
		return NULL;
	}
	if (!yaml_check_start(file, text, len, report))
		return NULL;
	for (size_t at = 0; at < len;) {
		size_t end = yaml_next_document(text, len, at);
		const struct yaml_source piece = {file, text + at, end - at, line, false};
		TRY(print_piece(&piece, report, &made));
		line += yaml_count_lines(text + at, end - at);
		at = end;
	}
	str_addn(out, str_text(&made), made.len);
	return NULL;
}
