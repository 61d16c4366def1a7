/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/console/wishes.h"

#include <string.h>

#include "core/util/json.h"
#include "providers/adobe/console/adobe_names.h"

static const struct api *find_api(struct provider *p, struct arena *a, const char *code)
{
	for (size_t i = 0; i < p->apis.len; i++) {
		if (!strcmp(p->apis.at[i].code, code))
			return &p->apis.at[i];
	}
	struct api *unknown = arena_zalloc(a, sizeof(*unknown));
	unknown->name = unknown->code = code;
	return unknown;
}

static void add_licence(struct arena *a, struct licence_vec *to, const struct licence *l)
{
	for (size_t i = 0; i < to->len; i++) {
		if (!strcmp(to->at[i].id, l->id))
			return;
	}
	vec_push(a, to, *l);
}

void wishes_of(struct provider *p, struct arena *a, const struct credential *c,
	       struct wish_vec *out)
{
	for (size_t i = 0; i < c->subscriptions.len; i++) {
		const struct subscription *s = &c->subscriptions.at[i];
		struct wish w = {.api = find_api(p, a, s->code)};
		for (size_t k = 0; k < s->selected.len; k++)
			add_licence(a, &w.licences, &s->selected.at[k]);
		vec_push(a, out, w);
	}
}

struct wish *wishes_find(const struct wish_vec *all, const char *code)
{
	for (size_t i = 0; i < all->len; i++) {
		if (!strcmp(all->at[i].api->code, code))
			return &all->at[i];
	}
	return NULL;
}

bool wishes_add(struct arena *a, struct wish_vec *all, const char *product, const char *profile)
{
	bool any = false;
	for (size_t i = 0; i < all->len; i++) {
		const struct licence *l = api_find_licence(all->at[i].api, product, profile);
		if (!l)
			continue;
		add_licence(a, &all->at[i].licences, l);
		any = true;
	}
	return any;
}

bool wishes_remove(struct wish_vec *all, const char *product, const char *profile)
{
	bool any = false;
	for (size_t i = 0; i < all->len; i++) {
		struct licence_vec *l = &all->at[i].licences;
		size_t kept = 0;
		for (size_t k = 0; k < l->len; k++) {
			if (names_equal(l->at[k].product, product) &&
			    names_equal(l->at[k].profile, profile))
				continue;
			l->at[kept++] = l->at[k];
		}
		all->at[i].exact |= kept < l->len;
		any |= kept < l->len;
		l->len = kept;
	}
	return any;
}

static int by_storage_and_code(const void *a, const void *b)
{
	const struct wish *x = a, *y = b;
	if (x->api->storage != y->api->storage)
		return x->api->storage ? -1 : 1;
	return strcmp(x->api->code, y->api->code);
}

void wishes_sort(struct wish_vec *all)
{
	vec_sort(all, by_storage_and_code);
}

static void print_licences(const struct wish *w, struct str *out)
{
	json_put_key(out, "licenseConfigs");
	if (w->licences.len == 0) {
		str_add(out, w->exact && w->api->licences.len > 0 ? "[]" : "null");
		return;
	}
	str_addc(out, '[');
	for (size_t i = 0; i < w->licences.len; i++) {
		str_add(out, i ? ", {" : "{");
		json_put_text(out, "op", "add");
		json_put_text(out, "id", w->licences.at[i].id);
		json_put_text(out, "productId", w->licences.at[i].product_id);
		str_addc(out, '}');
	}
	str_addc(out, ']');
}

void wish_print(const struct wish *w, struct str *out)
{
	str_addc(out, '{');
	json_put_text(out, "sdkCode", w->api->code);
	print_licences(w, out);
	json_put_key(out, "roles");
	str_add(out, "null}");
}

void wishes_print(const struct wish_vec *all, struct str *out)
{
	str_addc(out, '[');
	for (size_t i = 0; i < all->len; i++) {
		str_add(out, i ? ", " : "");
		wish_print(&all->at[i], out);
	}
	str_addc(out, ']');
}

bool licences_have(const struct licence_vec *all, const char *id)
{
	for (size_t i = 0; i < all->len; i++) {
		if (!strcmp(all->at[i].id, id))
			return true;
	}
	return false;
}

bool wish_met(const struct wish *w, const struct credential *c)
{
	const struct subscription *s = credential_find_api(c, w->api->code);
	for (size_t i = 0; s && i < w->licences.len; i++) {
		if (!licences_have(&s->selected, w->licences.at[i].id))
			return false;
	}
	return s != NULL;
}

static bool has_no_more(const struct wish *w, const struct credential *c)
{
	bool open = w->licences.len == 0 && !w->exact;
	const struct subscription *s = credential_find_api(c, w->api->code);
	return open || s->selected.len == w->licences.len;
}

bool wishes_met(const struct wish_vec *all, const struct credential *c)
{
	for (size_t i = 0; i < all->len; i++) {
		if (!wish_met(&all->at[i], c) || !has_no_more(&all->at[i], c))
			return false;
	}
	return c->subscriptions.len == all->len;
}

void wish_assume(struct provider *p, struct credential *c, const struct wish *w)
{
	struct subscription *s = credential_find_api(c, w->api->code);
	if (!s) {
		vec_push(&p->arena, &c->subscriptions,
			 (struct subscription){.code = session_keep(p, w->api->code)});
		s = &c->subscriptions.at[c->subscriptions.len - 1];
	}
	if (w->licences.len == 0 && !w->exact)
		return;
	s->selected = (struct licence_vec){0};
	for (size_t i = 0; i < w->licences.len; i++)
		add_licence(&p->arena, &s->selected, &w->licences.at[i]);
}
