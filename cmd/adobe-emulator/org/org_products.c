/* SPDX-License-Identifier: Apache-2.0 */
/* Products and their profiles, made and taken away. */
#include <string.h>

#include "cmd/adobe-emulator/org/org.h"
#include "cmd/adobe-emulator/wire/ids.h"

static bool includes_storage(const struct org *s, const char *product, const char *profile)
{
	const struct entry_vec *rows = &s->document.enterprise_storage;
	for (size_t i = 0; i < rows->len; i++) {
		const struct entry *row = &rows->at[i];
		if (!strcmp(row->product, product) &&
		    (!row->profile || !strcmp(row->profile, profile)))
			return true;
	}
	return false;
}

/* Products and profiles stand in the order of their names, so that which is first does not depend
 * on history. */
static struct product *make_product(struct org *s, const char *name)
{
	ARENA scratch = {0};
	struct product *p = arena_zalloc(&s->arena, sizeof(*p));
	p->name = org_intern(s, name);
	p->id = org_intern(s, id_base32(&scratch, "product", s->name, name));
	p->admin_id = org_group_id(s, "product", s->name, name);
	vec_push(&s->arena, &s->products, p);
	for (size_t i = s->products.len - 1; i > 0 && strcmp(s->products.at[i - 1]->name, name) > 0;
	     i--) {
		s->products.at[i] = s->products.at[i - 1];
		s->products.at[i - 1] = p;
	}
	return p;
}

static bool is_behind(const struct profile *x, const struct profile *y)
{
	int order = strcmp(x->product->name, y->product->name);
	return order ? order > 0 : strcmp(x->name, y->name) > 0;
}

static void insert_profile(struct org *s, struct profile *p)
{
	vec_push(&s->arena, &s->profiles, p);
	for (size_t i = s->profiles.len - 1; i > 0 && is_behind(s->profiles.at[i - 1], p); i--) {
		s->profiles.at[i] = s->profiles.at[i - 1];
		s->profiles.at[i - 1] = p;
	}
}

struct profile *make_profile(struct org *s, const char *product, const char *name)
{
	ARENA scratch = {0};
	struct product *owner = find_product(s, product);
	struct profile *p = arena_zalloc(&s->arena, sizeof(*p));
	p->product = owner ? owner : make_product(s, product);
	p->name = org_intern(s, name);
	p->quota = "100";
	p->id = org_group_id(s, "profile", product, name);
	p->storage = includes_storage(s, product, name);
	insert_profile(s, p);
	org_made(s, &p->life, "profile.create",
		 arena_printf(&scratch, "product/%s/%s", product, name), NULL);
	return p;
}

void drop_profile(struct org *s, struct profile *p)
{
	ARENA scratch = {0};
	org_take_about(s, p->product->name, p->name, NULL);
	org_gone(s, &p->life, "profile.delete",
		 arena_printf(&scratch, "product/%s/%s", p->product->name, p->name), NULL);
}
