/* SPDX-License-Identifier: Apache-2.0 */
#include "core/edit/edit.h"

#include <string.h>

#include "core/edit/edit_node.h"

/* The text between two markers: a document, or none. */
struct document_text {
	uint32_t first_line, end_line; /* of the file as it is given; end_line is behind it */
};

const char *edit_describe(struct arena *a, const struct edit *e)
{
	const char *value = e->value ? edit_scalar_text(a, e->value) : "";
	switch (e->kind) {
	case EDIT_REMOVE_ITEM:
		return "remove the item";
	case EDIT_RENAME_MEMBER:
		return arena_printf(a, "name the account %s", value);
	case EDIT_SET_IN_ITEM:
	case EDIT_SET:
		return arena_printf(a, "set %s to %s", e->key, value);
	case EDIT_ADD_ITEM:
		return arena_printf(a, "add %s to %s", edit_item_text(a, &e->item), e->key);
	case EDIT_UNSET:
		return arena_printf(a, "remove %s", e->key);
	case EDIT_REMOVE_DOCUMENT:
		return "remove the document";
	default:
		return "add a document";
	}
}

static struct error *refuse(const struct edit *e, const char *why)
{
	return error_at(ERROR_INPUT, e->at.line ? e->at : e->document, "%s", why);
}

static void apply_splices(const struct edit_job *j, struct str *text)
{
	for (size_t i = 0; i < j->splices.len; i++) {
		const struct edit_splice *c = &j->splices.at[i];
		struct str out = STR(j->arena);
		str_addn(&out, text->at, c->from);
		str_add(&out, c->text);
		str_addn(&out, text->at + c->to, text->len - c->to);
		*text = out;
	}
}

static struct error *edit_piece(struct arena *a, const struct document_text *p, const char *newline,
				const struct edit *e, struct str *text)
{
	struct report report = {.arena = a};
	struct yaml_source source = {e->document.file, str_text(text), text->len, p->first_line,
				     false};
	struct edit_job j = {.edit = e, .source = &source, .newline = newline, .arena = a};
	yaml_read(&source, &report, edit_node, &j);
	if (report.errors || !j.found)
		edit_fail(&j, "the document cannot be found again");
	if (j.problem)
		return refuse(e, j.problem);
	apply_splices(&j, text);
	return NULL;
}

/* Last document first; in one, last item first, then the rest: what is edited later keeps its
 * place. */
static int by_turn(const void *a, const void *b)
{
	const struct edit *const *x = a, *const *y = b;
	bool items[] = {(*x)->kind <= EDIT_SET_IN_ITEM, (*y)->kind <= EDIT_SET_IN_ITEM};
	int order = location_compare((*y)->document, (*x)->document);
	if (!order && items[0] && items[1])
		order = location_compare((*y)->at, (*x)->at);
	else if (!order)
		order = (int)(*x)->kind - (int)(*y)->kind;
	return order ? order : (*x > *y) - (*x < *y);
}

VEC(turn_vec, const struct edit *);

static void collect(struct arena *a, const char *file, const struct edit_vec *edits,
		    struct turn_vec *turns, struct turn_vec *appended)
{
	for (size_t i = 0; i < edits->len; i++) {
		const struct edit *e = &edits->at[i];
		if (strcmp(e->document.file, file) != 0)
			continue;
		if (e->kind == EDIT_APPEND_DOCUMENT)
			vec_push(a, appended, e);
		else
			vec_push(a, turns, e);
	}
	vec_sort(turns, by_turn);
}

/* A line that ends otherwise than the file's lines do is given their end. */
static void add_document(struct str *out, const char *text, const char *newline)
{
	if (out->len && out->at[out->len - 1] != '\n')
		str_add(out, newline);
	str_printf(out, "---%s", newline);
	for (const char *n; (n = strchr(text, '\n')); text = n + 1) {
		str_addn(out, text, (size_t)(n - text));
		str_add(out, newline);
	}
	str_add(out, text);
}

/* The edits of one piece, which are the last of `turns` that are left. */
static struct error *edit_turns(struct arena *a, const struct document_text *p, const char *newline,
				struct turn_vec *turns, struct str *text)
{
	size_t first = turns->len;
	while (first > 0 && turns->at[first - 1]->document.line < p->end_line)
		first--;
	for (size_t i = first; i < turns->len; i++)
		TRY(edit_piece(a, p, newline, turns->at[i], text));
	turns->len = first;
	return NULL;
}

struct error *edit_text(const char *file, const char *text, size_t len,
			const struct edit_vec *edits, struct str *out)
{
	ARENA a = {0};
	struct turn_vec turns = {0}, appended = {0};
	const char *first = memchr(text, '\n', len), *suffix = strrchr(file, '.');
	const char *newline = first && first > text && first[-1] == '\r' ? "\r\n" : "\n";
	uint32_t line = 1;
	collect(&a, file, edits, &turns, &appended);
	if (suffix && !strcmp(suffix, ".json") && turns.len + appended.len)
		return refuse(turns.len ? turns.at[0] : appended.at[0],
			      "JSON files are not edited");
	for (size_t at = 0; at < len;) {
		ARENA scratch = {0};
		struct str piece = STR(&scratch);
		size_t end = yaml_next_document(text, len, at);
		uint32_t next = line + yaml_count_lines(text + at, end - at);
		struct document_text p = {line, end < len ? next : UINT32_MAX};
		str_addn(&piece, text + at, end - at);
		TRY(edit_turns(&scratch, &p, newline, &turns, &piece));
		str_addn(out, str_text(&piece), piece.len);
		line = next;
		at = end;
	}
	for (size_t i = 0; i < appended.len; i++)
		add_document(out, appended.at[i]->value, newline);
	return NULL;
}
