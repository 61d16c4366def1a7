/* SPDX-License-Identifier: Apache-2.0 */
/* look_alikes.h - names that a reader can take for one another, or that hide a letter.
 *
 * Names are compared within their class: a group may be called as a product is. */
#ifndef WRIT_LOOK_ALIKES_H
#define WRIT_LOOK_ALIKES_H

#include "core/model/model.h"

enum name_class {
	NAME_ACCOUNT,
	NAME_GROUP,
	NAME_USER,
	NAME_PRODUCT,
	NAME_PROFILE,
	NAME_API, /* in any letter case the same one */
	NAME_CREDENTIAL,
	NAME_PROJECT,
	NAME_BUNDLE
};

struct class_name {
	const char *name, *skeleton; /* text_skeleton() */
	struct location at;	     /* where it first stands; nothing for what is live */
	enum name_class class : 8;
};
VEC(class_name_vec, struct class_name);

/* Each name once in its class, sorted by class, skeleton and place once look_alikes_sort() was
 * called; then those that look alike stand side by side. */
struct look_alikes {
	struct class_name_vec names;
	bool fold; /* groups, products and profiles are one in any letter case, as their service has
		      it */
};

/* Names are interned; NULL is no name. */
void look_alikes_add(struct look_alikes *x, struct arena *a, enum name_class class,
		     const char *name, struct location at);
void look_alikes_sort(struct look_alikes *x, struct arena *a);

/* Whether two names of one class look alike. */
bool look_alikes_are(const struct look_alikes *x, const struct class_name *one,
		     const struct class_name *other);

/* Once sorted: another name of the class that a reader can take for this one; NULL: none. `a` is
 * for what is thrown away. */
const char *look_alikes_twin(const struct look_alikes *x, struct arena *a, enum name_class class,
			     const char *name);

/* Once sorted: whether any of the names has a twin or is odd. */
bool look_alikes_any(const struct look_alikes *x);

/* What is odd about a name by itself, in `a`: "has letters of mixed scripts, Latin
 * and Cyrillic: "е" is U+0435";
 * NULL: nothing. */
const char *look_alikes_odd(struct arena *a, const char *name);

#endif
