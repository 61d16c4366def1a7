/* SPDX-License-Identifier: Apache-2.0 */
#include "core/model/look_alikes.h"

#include <string.h>

#include "core/util/confusables.h"
#include "core/util/report.h"
#include "core/util/unicode.h"

static const char *const class_words[] = {"account", "group", "user", "product", "profile"};

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
		vec_push(a, &x->names,
			 (struct class_name){.name = name, .at = at, .class = (uint8_t) class});
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

static enum name_class class_of(const struct principal *p)
{
	static const enum name_class classes[] = {[PRINCIPAL_ACCOUNT] = NAME_ACCOUNT,
						  [PRINCIPAL_GROUP] = NAME_GROUP,
						  [PRINCIPAL_USER] = NAME_USER};
	return classes[p->kind];
}

void look_alikes_make(struct look_alikes *x, struct arena *a, const struct universe *u)
{
	const struct location none = {0};
	for (uint32_t i = 0; i < universe_principals(u); i++) {
		const struct principal *p = universe_principal_numbered(u, i);
		look_alikes_add(x, a, class_of(p), p->name, none);
	}
	for (uint32_t i = 0; i < universe_entitlements(u); i++) {
		const struct entitlement *e = universe_entitlement_numbered(u, i);
		look_alikes_add(x, a, NAME_GROUP, e->role ? e->group : NULL, none);
		look_alikes_add(x, a, NAME_PRODUCT, e->product, none);
		look_alikes_add(x, a, NAME_PROFILE, e->profile, none);
	}
	look_alikes_sort(x, a);
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
	return c ? arena_printf(a, "has a character that is drawn as a blank: U+%04X", (unsigned)c)
		 : NULL;
}

/* Another name that looks like it; NULL. */
static const char *find_twin(const struct look_alikes *x, struct arena *a, enum name_class class,
			     const char *name)
{
	struct class_name key = {.class = (uint8_t) class, .skeleton = text_skeleton(a, name)};
	const struct class_name *n = vec_find(&x->names, &key, by_skeleton);
	while (n && n > x->names.at && by_skeleton(n - 1, &key) == 0)
		n--;
	for (; n && n < x->names.at + x->names.len && by_skeleton(n, &key) == 0; n++) {
		if (strcmp(n->name, name) != 0)
			return n->name;
	}
	return NULL;
}

static void add_note(const struct look_alikes *x, struct str *out, enum name_class class,
		     const char *name)
{
	if (!name)
		return;
	const char *twin = find_twin(x, out->arena, class, name);
	const char *odd = look_alikes_odd(out->arena, name);
	if (!twin && !odd)
		return;
	str_printf(out, "%s%s %s ", out->len ? "; " : "", class_words[class],
		   quoted(out->arena, name));
	if (twin)
		str_printf(out, "looks like %s", quoted(out->arena, twin));
	str_printf(out, "%s%s", twin && odd ? " and " : "", odd ? odd : "");
}

const char *look_alikes_note(const struct look_alikes *x, struct arena *a,
			     const struct principal *principal, const struct entitlement *e)
{
	struct str out = STR(a);
	add_note(x, &out, class_of(principal), principal->name);
	if (e) {
		add_note(x, &out, NAME_GROUP, e->role ? e->group : NULL);
		add_note(x, &out, NAME_PRODUCT, e->product);
		add_note(x, &out, NAME_PROFILE, e->profile);
	}
	return out.len ? str_text(&out) : NULL;
}
