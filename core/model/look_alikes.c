/* SPDX-License-Identifier: Apache-2.0 */
#include "core/model/look_alikes.h"

#include <string.h>

#include "core/util/confusables.h"
#include "core/util/unicode.h"

static int by_name(const void *a, const void *b)
{
	const struct class_name *x = a, *y = b;
	if (x->class != y->class)
		return x->class - y->class;
	int order = x->name == y->name ? 0 : strcmp(x->name, y->name);
	return order ? order : location_compare(x->at, y->at);
}

static int by_skeleton(const void *a, const void *b)
{
	const struct class_name *x = a, *y = b;
	if (x->class != y->class)
		return x->class - y->class;
	return strcmp(x->skeleton, y->skeleton);
}

static int by_skeleton_then_place(const void *a, const void *b)
{
	const struct class_name *x = a, *y = b;
	int order = by_skeleton(a, b);
	order = order ? order : location_compare(x->at, y->at);
	return order ? order : strcmp(x->name, y->name);
}

void look_alikes_add(struct look_alikes *x, struct arena *a, enum name_class class,
		     const char *name, struct location at)
{
	if (name)
		vec_push(a, &x->names, (struct class_name){.name = name, .at = at, .class = class});
}

void look_alikes_sort(struct look_alikes *x, struct arena *a)
{
	size_t kept = 0;
	vec_sort(&x->names, by_name);
	for (size_t i = 0; i < x->names.len; i++) {
		struct class_name *n = &x->names.at[i], *last = &x->names.at[kept - !!kept];
		if (kept && last->class == n->class && !strcmp(last->name, n->name))
			continue;
		n->skeleton = text_skeleton(a, n->name);
		x->names.at[kept++] = *n;
	}
	x->names.len = kept;
	vec_sort(&x->names, by_skeleton_then_place);
}

static bool is_folded(const struct look_alikes *x, enum name_class class)
{
	return x->fold && (class == NAME_GROUP || class == NAME_PRODUCT || class == NAME_PROFILE);
}

static bool is_other(const struct look_alikes *x, enum name_class class, const char *one,
		     const char *other)
{
	ARENA scratch = {0};
	if (class == NAME_API)
		return ascii_casecmp(one, other) != 0;
	if (!strcmp(one, other))
		return false;
	return !is_folded(x, class) ||
	       strcmp(text_fold(&scratch, one), text_fold(&scratch, other)) != 0;
}

bool look_alikes_are(const struct look_alikes *x, const struct class_name *one,
		     const struct class_name *other)
{
	return by_skeleton(one, other) == 0 && is_other(x, one->class, one->name, other->name);
}

const char *look_alikes_twin(const struct look_alikes *x, struct arena *a, enum name_class class,
			     const char *name)
{
	const struct class_name key = {.skeleton = text_skeleton(a, name), .class = class};
	const struct class_name *n = vec_find(&x->names, &key, by_skeleton);
	for (; n && by_skeleton(n, &key) == 0; n = vec_next(&x->names, n)) {
		if (is_other(x, class, n->name, name))
			return n->name;
	}
	return NULL;
}

bool look_alikes_any(const struct look_alikes *x)
{
	ARENA scratch = {0};
	for (size_t i = 0; i < x->names.len; i++) {
		const struct class_name *n = &x->names.at[i];
		if ((i && look_alikes_are(x, n - 1, n)) || look_alikes_odd(&scratch, n->name))
			return true;
	}
	return false;
}

const char *look_alikes_odd(struct arena *a, const char *name)
{
	const char *one, *other;
	char letter[5] = "";
	uint32_t c = confusables_mixed_letter(name, &one, &other);
	if (c) {
		text_encode(c, letter);
		return arena_printf(a, "has letters of mixed scripts, %s and %s: \"%s\" is U+%04X",
				    one, other, letter, (unsigned)c);
	}
	c = confusables_blank_letter(name);
	if (c)
		return arena_printf(a, "has a character that is drawn as a blank: U+%04X",
				    (unsigned)c);
	c = confusables_stray_mark(name, &one);
	return c ? arena_printf(a, "has a character %s: U+%04X", one, (unsigned)c) : NULL;
}
