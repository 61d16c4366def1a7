/* SPDX-License-Identifier: Apache-2.0 */
#include "core/edit/node_place.h"

#include <string.h>

#include "core/util/unicode.h"

static size_t offset_of(const struct yaml_source *s, uint32_t line, uint32_t column)
{
	size_t at = 0, size;
	for (uint32_t i = s->first_line; i < line; i++) {
		const char *n = memchr(s->text + at, '\n', s->len - at);
		if (!n)
			return s->len;
		at = (size_t)(n - s->text) + 1;
	}
	for (uint32_t i = 1; i < column && at < s->len; i++, at += size)
		text_decode(s->text + at, s->len - at, &size);
	return at;
}

size_t node_start(const struct yaml_source *s, const struct node *n)
{
	return offset_of(s, n->line, n->column);
}

size_t line_start(const struct yaml_source *s, size_t at)
{
	while (at > 0 && s->text[at - 1] != '\n')
		at--;
	return at;
}

size_t line_end(const struct yaml_source *s, size_t at)
{
	const char *n = memchr(s->text + at, '\n', s->len - at);
	size_t end = n ? (size_t)(n - s->text) : s->len;
	return end > at && s->text[end - 1] == '\r' ? end - 1 : end;
}

size_t line_next(const struct yaml_source *s, size_t at)
{
	const char *n = memchr(s->text + at, '\n', s->len - at);
	return n ? (size_t)(n - s->text) + 1 : s->len;
}

size_t line_skip_blanks(const struct yaml_source *s, size_t at)
{
	while (at < s->len && (s->text[at] == ' ' || s->text[at] == '\t'))
		at++;
	return at;
}

bool line_is_indent(const struct yaml_source *s, size_t at)
{
	return line_skip_blanks(s, line_start(s, at)) >= at;
}

bool line_is_over(const struct yaml_source *s, size_t at)
{
	at = line_skip_blanks(s, at);
	return at >= line_end(s, at) || s->text[at] == '#';
}

bool line_has_comment(const struct yaml_source *s, size_t from, size_t to)
{
	return memchr(s->text + from, '#', to - from) != NULL;
}

bool node_is_flow(const struct yaml_source *s, const struct node *n)
{
	char c = s->text[node_start(s, n)];
	return c == '[' || c == '{';
}

/* The end of a folded or literal block: of its last line that has something. */
static size_t block_scalar_end(const struct yaml_source *s, const struct node *n)
{
	size_t start = node_start(s, n), at = offset_of(s, n->end_line, n->end_column);
	if (at < s->len || (at > 0 && s->text[at - 1] == '\n'))
		at = line_start(s, at);
	while (at > start && strchr(" \t\r\n", s->text[at - 1]))
		at--;
	return at;
}

const struct node *node_last_child(const struct node *n)
{
	const struct node *last = n->first;
	while (last && last->next)
		last = last->next;
	return last;
}

/* Of collections in block style libyaml tells where the next token is. */
size_t node_end(const struct yaml_source *s, const struct node *n)
{
	if (n->type == NODE_SCALAR) {
		char c = s->text[node_start(s, n)];
		return c == '|' || c == '>' ? block_scalar_end(s, n)
					    : offset_of(s, n->end_line, n->end_column);
	}
	return node_is_flow(s, n) ? offset_of(s, n->end_line, n->end_column)
				  : node_end(s, node_last_child(n));
}

size_t node_colon(const struct yaml_source *s, const struct node *key)
{
	size_t at = line_skip_blanks(s, offset_of(s, key->end_line, key->end_column));
	return at < s->len && s->text[at] == ':' ? at + 1 : at;
}
