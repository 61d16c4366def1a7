/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/adobe-emulator/wire/json_tree.h"

#include <assert.h>
#include <string.h>

#include "core/util/json.h"

struct tree {
	enum reply_kind kind;
	char *key;  /* of a member of an object */
	char *text; /* of REPLY_TEXT */
	double number;
	struct tree *first, *last, *next;
};

static struct tree *make(enum reply_kind kind)
{
	struct tree *tree = xmalloc(sizeof(*tree));
	*tree = (struct tree){.kind = kind};
	return tree;
}

static struct tree *make_text(const char *text)
{
	struct tree *tree = make(text ? REPLY_TEXT : REPLY_NULL);
	tree->text = text ? xstrdup(text) : NULL;
	return tree;
}

static struct tree *make_number(double number)
{
	struct tree *tree = make(REPLY_NUMBER);
	tree->number = number;
	return tree;
}

struct tree *tree_object(void)
{
	return make(REPLY_OBJECT);
}

struct tree *tree_array(void)
{
	return make(REPLY_ARRAY);
}

struct tree *tree_of(const struct reply *value)
{
	enum reply_kind kind = reply_kind(value);
	if (kind == REPLY_TEXT)
		return make_text(reply_own_text(value));
	if (kind == REPLY_NUMBER)
		return make_number(reply_number(value));
	struct tree *tree = make(kind == REPLY_ABSENT ? REPLY_NULL : kind);
	for (const struct reply *i = reply_first(value); i; i = reply_after(i)) {
		if (kind == REPLY_OBJECT)
			tree_add(tree, reply_key(i), tree_of(i));
		else
			tree_push(tree, tree_of(i));
	}
	return tree;
}

/* Frees a tree; it is no deeper than what is made here or passed the gate of reply.h. */
void tree_free(struct tree *root)
{
	if (!root)
		return;
	for (struct tree *next, *i = root->first; i; i = next) {
		next = i->next;
		tree_free(i);
	}
	free(root->key);
	free(root->text);
	free(root);
}

/* ---- members and items ---- */

struct tree *tree_push(struct tree *array, struct tree *child)
{
	assert(array->kind == REPLY_ARRAY || child->key);
	if (array->last)
		array->last->next = child;
	else
		array->first = child;
	array->last = child;
	return child;
}

struct tree *tree_add(struct tree *object, const char *key, struct tree *child)
{
	child->key = xstrdup(key);
	return tree_push(object, child);
}

void tree_text(struct tree *object, const char *key, const char *text)
{
	tree_add(object, key, make_text(text));
}

void tree_int(struct tree *object, const char *key, int64_t value)
{
	tree_add(object, key, make_number((double)value));
}

void tree_int_text(struct tree *object, const char *key, int64_t value)
{
	char digits[24];
	snprintf(digits, sizeof(digits), "%lld", (long long)value);
	tree_text(object, key, digits);
}

void tree_bool(struct tree *object, const char *key, bool value)
{
	tree_add(object, key, make(value ? REPLY_TRUE : REPLY_FALSE));
}

void tree_null(struct tree *object, const char *key)
{
	tree_add(object, key, make(REPLY_NULL));
}

struct tree *tree_add_object(struct tree *object, const char *key)
{
	return tree_add(object, key, tree_object());
}

struct tree *tree_add_array(struct tree *object, const char *key)
{
	return tree_add(object, key, tree_array());
}

void tree_texts(struct tree *object, const char *key, const struct words_vec *texts)
{
	struct tree *array = tree_add_array(object, key);
	for (size_t i = 0; i < texts->len; i++)
		tree_push_text(array, texts->at[i]);
}

struct tree *tree_push_object(struct tree *array)
{
	return tree_push(array, tree_object());
}

void tree_push_text(struct tree *array, const char *text)
{
	tree_push(array, make_text(text));
}

void tree_push_int(struct tree *array, int64_t value)
{
	tree_push(array, make_number((double)value));
}

bool tree_is_empty(const struct tree *value)
{
	return !value->first;
}

void tree_rename(struct tree *object, const char *from, const char *to)
{
	for (struct tree *i = object->first; i; i = i->next) {
		if (strcmp(i->key, from) != 0)
			continue;
		free(i->key);
		i->key = xstrdup(to);
		return;
	}
}

void tree_drop(struct tree *object, const char *key)
{
	struct tree *before = NULL;
	for (struct tree *i = object->first; i; before = i, i = i->next) {
		if (!i->key || strcmp(i->key, key) != 0)
			continue;
		*(before ? &before->next : &object->first) = i->next;
		if (object->last == i)
			object->last = before;
		tree_free(i);
		return;
	}
}

/* ---- text ---- */

static void write_number(struct str *out, double number)
{
	bool whole = number > -1e15 && number < 1e15 && (double)(int64_t)number == number;
	if (whole)
		str_printf(out, "%lld", (long long)number);
	else
		str_printf(out, "%.17g", number);
}

/* Begins a line, indented by the depth. A negative depth stands for a text without white space, and
 * then nothing is added. */
static void new_line(struct str *out, int depth)
{
	if (depth < 0)
		return;
	str_addc(out, '\n');
	str_fill(out, '\t', (size_t)depth);
}

static void write_value(struct str *out, const struct tree *tree, int depth);

static void write_items(struct str *out, const struct tree *tree, int depth)
{
	bool pretty = depth >= 0, object = tree->kind == REPLY_OBJECT;
	int inner = pretty ? depth + 1 : depth;
	str_addc(out, object ? '{' : '[');
	for (const struct tree *i = tree->first; i; i = i->next) {
		new_line(out, inner);
		if (object) {
			json_add_text(out, i->key);
			str_add(out, pretty ? ": " : ":");
		}
		write_value(out, i, inner);
		str_add(out, i->next ? "," : "");
	}
	if (tree->first)
		new_line(out, depth);
	str_addc(out, object ? '}' : ']');
}

static void write_value(struct str *out, const struct tree *tree, int depth)
{
	switch (tree->kind) {
	case REPLY_TEXT:
		json_add_text(out, tree->text);
		return;
	case REPLY_NUMBER:
		write_number(out, tree->number);
		return;
	case REPLY_ARRAY:
	case REPLY_OBJECT:
		write_items(out, tree, depth);
		return;
	case REPLY_FALSE:
	case REPLY_TRUE:
		str_add(out, tree->kind == REPLY_TRUE ? "true" : "false");
		return;
	case REPLY_NULL:
	case REPLY_ABSENT:
		str_add(out, "null");
	}
}

void tree_write(struct str *out, const struct tree *tree)
{
	write_value(out, tree, -1);
}

const char *tree_print(struct arena *a, struct tree *tree)
{
	struct str out = STR(a);
	tree_write(&out, tree);
	tree_free(tree);
	return str_text(&out);
}

const char *tree_print_pretty(struct arena *a, struct tree *tree)
{
	struct str out = STR(a);
	write_value(&out, tree, 0);
	str_addc(&out, '\n');
	tree_free(tree);
	return str_text(&out);
}
