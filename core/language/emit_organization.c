/* SPDX-License-Identifier: Apache-2.0 */
/* The document of an organisation: what it asks for, and what there is to grant. */
#include <string.h>

#include "core/language/emitter.h"
#include "core/util/clock.h"

static void add_texts(struct emitter *e, const char *key, const struct text_vec *texts)
{
	struct text_vec sorted = {0};
	for (size_t i = 0; i < texts->len; i++)
		vec_push(&e->scratch, &sorted, texts->at[i]);
	vec_sort(&sorted, text_order);
	str_printf(e->out, "  %s:%s\n", key, sorted.len ? "" : " []");
	for (size_t i = 0; i < sorted.len; i++) {
		str_add(e->out, "    - ");
		emit_scalar(e->out, sorted.at[i].text);
		str_addc(e->out, '\n');
	}
}

static void add_products(struct emitter *e, const char *key, const struct entry_vec *products)
{
	struct entry_vec sorted = {0};
	for (size_t i = 0; i < products->len; i++)
		vec_push(&e->scratch, &sorted, products->at[i]);
	vec_sort(&sorted, entry_order);
	str_printf(e->out, "  %s:%s\n", key, sorted.len ? "" : " []");
	for (size_t i = 0; i < sorted.len; i++) {
		struct entitlement item = {sorted.at[i].product, sorted.at[i].profile, NULL,
					   ROLE_NONE};
		emitter_add_entitlement(e->out, &item, NULL);
	}
}

static int compare_offer(const void *a, const void *b)
{
	const struct api_offer *x = a, *y = b;
	int order = strcmp(x->name, y->name);
	return order ? order : strcmp(x->code, y->code);
}

static void add_offered(struct emitter *e, const struct entry_vec *products)
{
	struct entry_vec sorted = {0};
	for (size_t i = 0; i < products->len; i++)
		vec_push(&e->scratch, &sorted, products->at[i]);
	vec_sort(&sorted, entry_order);
	for (size_t i = 0; i < sorted.len; i++) {
		bool first = true;
		str_add(e->out, i ? ", " : ", products: [");
		emitter_add_item(e->out, &first, "product", sorted.at[i].product);
		emitter_add_item(e->out, &first, "profile", sorted.at[i].profile);
		str_addc(e->out, '}');
	}
	str_add(e->out, sorted.len ? "]" : "");
}

static void add_apis(struct emitter *e, const struct api_offer_vec *apis)
{
	struct api_offer_vec sorted = {0};
	for (size_t i = 0; i < apis->len; i++)
		vec_push(&e->scratch, &sorted, apis->at[i]);
	vec_sort(&sorted, compare_offer);
	str_printf(e->out, "  apis:%s\n", sorted.len ? "" : " []");
	for (size_t i = 0; i < sorted.len; i++) {
		const struct api_offer *o = &sorted.at[i];
		bool first = true;
		str_add(e->out, "    - ");
		emitter_add_item(e->out, &first, "api", o->name);
		emitter_add_item(e->out, &first, "code", o->code);
		emitter_add_item(e->out, &first, "unavailable", o->unavailable);
		add_offered(e, &o->products);
		str_add(e->out, "}\n");
	}
}

static void add_guard(struct str *out, const char *key, int32_t value, const char *unit)
{
	if (value >= 0)
		str_printf(out, "    %s: %d%s\n", key, value, unit);
}

/* A plain number is of the system administrators. */
static void add_min_holders(struct str *out, const int32_t least[static ROLE_COUNT])
{
	bool any = false, others = false;
	for (int i = ROLE_NONE + 1; i < ROLE_COUNT; i++)
		others |= i != ROLE_SYSTEM_ADMINISTRATOR && least[i] >= 0;
	if (!others) {
		add_guard(out, "minHolders", least[ROLE_SYSTEM_ADMINISTRATOR], "");
		return;
	}
	for (int i = ROLE_NONE + 1; i < ROLE_COUNT; i++) {
		if (least[i] < 0)
			continue;
		str_printf(out, "%s      %s: %d\n", any ? "" : "    minHolders:\n",
			   role_table[i].name, least[i]);
		any = true;
	}
}

static void add_guards(struct str *out, const struct guards *g)
{
	const struct guards unsaid = GUARDS_UNSAID;
	if (!memcmp(g, &unsaid, sizeof(unsaid)))
		return;
	str_add(out, "  guards:\n");
	add_guard(out, "maxRemovals", g->max_removals, "");
	add_guard(out, "maxRemovalDelta", g->max_removal_delta, "%");
	add_guard(out, "maxAdminGrants", g->max_admin_grants, "");
	add_guard(out, "minPersons", g->min_persons, "");
	add_min_holders(out, g->min_holders);
}

static void add_ignored(struct str *out, const struct drift_ignore_vec *all)
{
	if (all->len)
		str_add(out, "  ignoredDrift:\n");
	for (size_t i = 0; i < all->len; i++) {
		const struct drift_ignore *d = &all->at[i];
		bool first = true;
		char day[DATE_TEXT];
		date_format(d->until, day);
		str_add(out, "    - ");
		emitter_add_item(out, &first, "fingerprint", d->fingerprint);
		emitter_add_item(out, &first, "until", day);
		emitter_add_item(out, &first, "reason", d->reason);
		str_add(out, "}\n");
	}
}

/* What a read could not show of some user. */
static void list_unseen(struct emitter *e, struct text_vec *out)
{
	for (int role = 1; role < ROLE_COUNT; role++) {
		bool hidden = false;
		for (size_t i = 0; i < e->live->blind.len; i++)
			hidden |= e->live->blind.at[i].kind == PRINCIPAL_USER &&
				  e->live->blind.at[i].role == role;
		if (hidden)
			vec_push(&e->scratch, out, (struct text_item){role_table[role].name, {0}});
	}
	if (e->live->products_unseen)
		vec_push(&e->scratch, out, (struct text_item){UNSEEN_PRODUCTS, {0}});
}

static void add_unseen_groups(struct emitter *e)
{
	const struct entry_vec *all = &e->live->unseen_groups;
	str_add(e->out, all->len ? "  unseenGroups:\n" : "");
	for (size_t i = 0; i < all->len; i++) {
		bool first = true;
		str_add(e->out, "    - ");
		emitter_add_item(e->out, &first, "group", all->at[i].name);
		emitter_add_item(e->out, &first, "product", all->at[i].product);
		emitter_add_item(e->out, &first, "profile", all->at[i].profile);
		str_add(e->out, "}\n");
	}
}

void emitter_organization(struct emitter *e)
{
	const struct organization *o = e->live->document;
	const struct catalogue *c = &e->live->catalogue;
	emitter_begin(e, KIND_ORGANIZATION, e->live->organization);
	if (o && o->meta.has_labels)
		emitter_add_labels(e->out, &o->meta.labels);
	str_add(e->out, "spec:\n");
	emit_field(e->out, "provider", o ? o->provider : "file");
	emit_field(e->out, "orgId", e->live->org_id);
	if (o && o->unlisted) {
		static const char *const words[] = {"", "keep", "report", "remove"};
		emit_field(e->out, "unlisted", words[o->unlisted]);
	}
	if (o && o->enterprise_storage.len)
		add_products(e, "enterpriseStorage", &o->enterprise_storage);
	if (o) {
		add_guards(e->out, &o->guards);
		add_ignored(e->out, &o->ignored_drift);
	}
	struct text_vec unseen = {0};
	list_unseen(e, &unseen);
	if (!c->has_products && !c->has_users && !c->has_groups && !c->has_apis && !unseen.len &&
	    !e->live->unseen_groups.len)
		return;
	str_add(e->out, "status:\n");
	for (size_t i = 0; i < e->live->left_out.len; i++)
		str_printf(e->out, "  # left out: %s\n", e->live->left_out.at[i]);
	if (c->has_products)
		add_products(e, "products", &c->products);
	if (c->has_users)
		add_texts(e, "users", &c->users);
	if (c->has_groups)
		add_texts(e, "groups", &c->groups);
	if (c->has_apis)
		add_apis(e, &c->apis);
	emitter_add_unseen(e->out, &unseen);
	add_unseen_groups(e);
}
