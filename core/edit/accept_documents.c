/* SPDX-License-Identifier: Apache-2.0 */
/* Documents for what no manifest has one. */
#include "core/edit/accepter.h"

#include <string.h>

#include "core/language/emit.h"
#include "core/language/schema_decode.h"
#include "core/util/keys.h"

static bool has_text(const struct text_vec *texts, const char *text)
{
	for (size_t i = 0; i < texts->len; i++) {
		if (!strcmp(texts->at[i].text, text))
			return true;
	}
	return false;
}

static bool has_name(const struct assignment_vec *all, const char *name)
{
	for (size_t i = 0; i < all->len; i++) {
		if (!strcmp(all->at[i].meta.name, name))
			return true;
	}
	return false;
}

static const char *free_name(struct accept *s, const struct accept_document *d,
			     struct text_vec *taken)
{
	const struct assignment_vec *all =
		d->what->role ? &s->set->model.roles : &s->set->model.products;
	const char *name = emit_document_name(s->arena, d->what), *tried = name;
	for (unsigned i = 2; has_name(all, tried) || has_text(taken, tried); i++)
		tried = arena_printf(s->arena, "%s-%u", name, i);
	vec_push(s->arena, taken, (struct text_item){.text = tried});
	return tried;
}

static void add_members(struct str *out, const struct accept_document *d)
{
	str_add(out, "  members:\n");
	for (size_t i = 0; i < d->members.len; i++) {
		const struct principal *p = &d->members.at[i];
		if (p->kind == PRINCIPAL_ACCOUNT) {
			str_printf(out, "    - ");
			emit_scalar(out, p->name);
			str_addc(out, '\n');
			continue;
		}
		emit_member(out, p->kind, p->name, NULL);
	}
}

static const char *document_text(struct accept *s, const struct accept_document *d,
				 struct text_vec *taken)
{
	struct str out = STR(s->arena);
	const struct entitlement *e = d->what;
	str_printf(&out, "apiVersion: %s\nkind: %s\nmetadata:\n", API_VERSION,
		   kind_names[e->role ? KIND_ADMIN_ROLE : KIND_PRODUCT_ASSIGNMENT]);
	emit_field(&out, "name", free_name(s, d, taken));
	if (s->set->organizations.len > 1)
		emit_field(&out, "organization", s->set->model.organizations.at[0].meta.name);
	str_add(&out, "spec:\n");
	emit_field(&out, "role", e->role ? role_table[e->role].name : NULL);
	emit_field(&out, "product", e->product);
	emit_field(&out, "profile", e->profile);
	emit_field(&out, "group", e->group);
	add_members(&out, d);
	return str_text(&out);
}

/* The live pairs of an account that are accepted; whether those are all. */
static bool find_accepted(struct accept *s, const struct account *live, struct pair_vec *out)
{
	struct pair_vec all = {0};
	accept_live_pairs_of(s, live->meta.name, &all);
	for (size_t i = 0; i < all.len; i++) {
		const struct entitlement *e =
			universe_entitlement_numbered(s->in->universe, all.at[i].entitlement);
		if (accept_appears(s, live->meta.name, e))
			vec_push(s->arena, out, all.at[i]);
	}
	return out->len == all.len;
}

/* As an export has it, without what the service assigned. What else the account holds is nobody's
 * decision: it is reported, and stays. */
static const char *account_text(struct accept *s, const struct account *live)
{
	struct str out = STR(s->arena);
	struct account copy = *live;
	struct live one = {.accounts = {&copy, 1, 1},
			   .organization = s->set->model.organizations.at[0].meta.name,
			   .is_one_of_several = s->set->organizations.len > 1};
	copy.id = copy.email = NULL;
	if (!find_accepted(s, live, &one.grants))
		copy.unlisted = UNLISTED_REPORT;
	emit_kind(&out, KIND_TECHNICAL_ACCOUNT, &one, s->in->universe);
	return str_text(&out);
}

static void add_held(struct accept *s, uint32_t account, uint32_t entitlement)
{
	const struct entitlement *e = universe_entitlement_numbered(s->in->universe, entitlement);
	vec_push(s->arena, &s->effects,
		 (struct effect){.kind = EFFECT_ADD,
				 .key = grant_key(account, universe_number(s->u, e))});
}

void accept_document_account(struct accept *s, const struct account *live)
{
	struct pair_vec pairs = {0};
	uint32_t self = universe_principal(s->u, PRINCIPAL_ACCOUNT, live->meta.name, false);
	for (size_t i = 0; i < s->documented.len; i++) {
		if (s->documented.at[i] == live)
			return;
	}
	find_accepted(s, live, &pairs);
	for (size_t i = 0; i < pairs.len; i++)
		add_held(s, self, pairs.at[i].entitlement);
	vec_push(s->arena, &s->documented, live);
}

void accept_finish(struct accept *s)
{
	struct text_vec taken = {0};
	struct location place = s->set->model.organizations.at[0].at;
	for (size_t i = 0; i < s->documented.len; i++)
		accept_add_edit(s, EDIT_APPEND_DOCUMENT, place)->value =
			account_text(s, s->documented.at[i]);
	for (size_t i = 0; i < s->documents.len; i++)
		accept_add_edit(s, EDIT_APPEND_DOCUMENT, place)->value =
			document_text(s, &s->documents.at[i], &taken);
}
