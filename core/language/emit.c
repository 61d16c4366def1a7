/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/emit.h"

#include <stdlib.h>
#include <string.h>

#include "core/language/schema.h"
#include "core/util/clock.h"
#include "core/util/keys.h"
#include "core/util/unicode.h"

/* The live pairs in rank order, each once. */
struct emitter {
	struct str *out;
	const struct live *live;
	const struct universe *u;
	struct arena scratch;
	struct key_vec keys;
	bool first;
};

const char *emit_file_name(enum kind kind)
{
	static const char *const names[KIND_COUNT] = {
		[KIND_ORGANIZATION] = "organization.yaml",
		[KIND_ACCESS_BUNDLE] = "access-bundles.yaml",
		[KIND_TECHNICAL_ACCOUNT] = "technical-accounts.yaml",
		[KIND_ADMIN_ROLE] = "admin-roles.yaml",
		[KIND_PRODUCT_ASSIGNMENT] = "product-assignments.yaml",
		[KIND_OPEN_DRIFT] = "open-drift.yaml",
	};
	return names[kind];
}

/* ---- scalars ---- */

/* Words that YAML 1.1 or 1.2 readers take for something other than text. */
static bool is_special_word(const char *text)
{
	static const char *const words[] = {"y",   "n",	   "yes",   "no",   "on",
					    "off", "true", "false", "null", "~"};
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (ascii_casecmp(text, words[i]) == 0)
			return true;
	}
	return false;
}

static bool is_plain_byte(char c)
{
	char lower = ascii_lower(c);
	return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') ||
	       (c && strchr("-_./@+ ()", c));
}

/* Plain when every YAML reader takes it for this text. */
static bool is_plain(const char *text)
{
	char start = ascii_lower(text[0]);
	size_t len = strlen(text);
	if (!(start >= 'a' && start <= 'z') || text[len - 1] == ' ' || is_special_word(text))
		return false;
	for (const char *at = text; *at; at++) {
		if (!is_plain_byte(*at))
			return false;
	}
	return true;
}

/* What is not in normal form C would be refused as it is. */
static void add_escaped(struct str *out, const char *text)
{
	size_t len = strlen(text);
	for (size_t at = 0, size; at < len; at += size) {
		uint32_t c = text_decode(text + at, len - at, &size);
		if (c >= 0x80)
			str_printf(out, c > 0xFFFF ? "\\U%08X" : "\\u%04X", (unsigned)c);
		else
			str_printf(out, "%s%c", c == '"' || c == '\\' ? "\\" : "", (char)c);
	}
	str_addc(out, '"');
}

void emit_scalar(struct str *out, const char *text)
{
	if (is_plain(text)) {
		str_add(out, text);
		return;
	}
	str_addc(out, '"');
	if (!text_is_composed(text, strlen(text))) {
		add_escaped(out, text);
		return;
	}
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			str_addc(out, '\\');
		str_addc(out, *text);
	}
	str_addc(out, '"');
}

static void add_field(struct str *out, int indent, const char *key, const char *text)
{
	if (!text)
		return;
	str_fill(out, ' ', (size_t)indent);
	str_printf(out, "%s: ", key);
	emit_scalar(out, text);
	str_addc(out, '\n');
}

/* ---- pieces ---- */

static void begin(struct emitter *e, enum kind kind, const char *name)
{
	if (!e->first)
		str_add(e->out, "---\n");
	e->first = false;
	str_printf(e->out, "apiVersion: %s\nkind: %s\nmetadata:\n", API_VERSION, kind_names[kind]);
	add_field(e->out, 2, "name", name);
	if (e->live->is_one_of_several && kind != KIND_ORGANIZATION)
		add_field(e->out, 2, "organization", e->live->organization);
}

static void add_labels(struct str *out, const struct label_vec *labels)
{
	str_add(out, labels->len ? "  labels:\n" : "  labels: {}\n");
	for (size_t i = 0; i < labels->len; i++) {
		str_add(out, "    ");
		emit_scalar(out, labels->at[i].key);
		str_add(out, ": ");
		emit_scalar(out, labels->at[i].value);
		str_addc(out, '\n');
	}
}

static void add_item_field(struct str *out, bool *first, const char *key, const char *text)
{
	if (!text)
		return;
	str_printf(out, "%s%s: ", *first ? "{" : ", ", key);
	emit_scalar(out, text);
	*first = false;
}

static void add_words(struct str *out, bool *first, const struct words *w)
{
	char day[DATE_TEXT];
	if (!w)
		return;
	add_item_field(out, first, "reason", w->reason);
	add_item_field(out, first, "ticket", w->ticket);
	if (w->expires == DATE_NONE)
		return;
	date_format(w->expires, day);
	add_item_field(out, first, "expires", day);
}

static void add_entitlement(struct str *out, const struct entitlement *e, const struct words *w)
{
	bool first = true;
	str_add(out, "    - ");
	if (!w && e->role && role_table[e->role].scope == SCOPE_ORGANIZATION) {
		str_printf(out, "%s\n", role_table[e->role].name);
		return;
	}
	if (!w && e->api) {
		emit_scalar(out, e->api);
		str_addc(out, '\n');
		return;
	}
	add_item_field(out, &first, "api", e->api);
	add_item_field(out, &first, "role", e->role ? role_table[e->role].name : NULL);
	add_item_field(out, &first, "product", e->product);
	add_item_field(out, &first, "profile", e->profile);
	add_item_field(out, &first, "group", e->group);
	add_words(out, &first, w);
	str_add(out, "}\n");
}

static int compare_text(const void *a, const void *b)
{
	const struct text_item *x = a, *y = b;
	return strcmp(x->text, y->text);
}

static void add_texts(struct emitter *e, const char *key, const struct text_vec *texts)
{
	struct text_vec sorted = {0};
	for (size_t i = 0; i < texts->len; i++)
		vec_push(&e->scratch, &sorted, texts->at[i]);
	vec_sort(&sorted, compare_text);
	str_printf(e->out, "  %s:%s\n", key, sorted.len ? "" : " []");
	for (size_t i = 0; i < sorted.len; i++) {
		str_add(e->out, "    - ");
		emit_scalar(e->out, sorted.at[i].text);
		str_addc(e->out, '\n');
	}
}

/* ---- kinds ---- */

static int compare_entry(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = strcmp(x->product, y->product);
	return order ? order : strcmp(x->profile ? x->profile : "", y->profile ? y->profile : "");
}

static void add_products(struct emitter *e, const char *key, const struct entry_vec *products)
{
	struct entry_vec sorted = {0};
	for (size_t i = 0; i < products->len; i++)
		vec_push(&e->scratch, &sorted, products->at[i]);
	vec_sort(&sorted, compare_entry);
	str_printf(e->out, "  %s:%s\n", key, sorted.len ? "" : " []");
	for (size_t i = 0; i < sorted.len; i++) {
		struct entitlement item = {sorted.at[i].product, sorted.at[i].profile, NULL,
					   ROLE_NONE};
		add_entitlement(e->out, &item, NULL);
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
	vec_sort(&sorted, compare_entry);
	for (size_t i = 0; i < sorted.len; i++) {
		bool first = true;
		str_add(e->out, i ? ", " : ", products: [");
		add_item_field(e->out, &first, "product", sorted.at[i].product);
		add_item_field(e->out, &first, "profile", sorted.at[i].profile);
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
		add_item_field(e->out, &first, "api", o->name);
		add_item_field(e->out, &first, "code", o->code);
		add_item_field(e->out, &first, "unavailable", o->unavailable);
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
		add_item_field(out, &first, "fingerprint", d->fingerprint);
		add_item_field(out, &first, "until", day);
		add_item_field(out, &first, "reason", d->reason);
		str_add(out, "}\n");
	}
}

static void add_unseen(struct str *out, const struct text_vec *roles)
{
	for (size_t i = 0; i < roles->len; i++)
		str_printf(out, "%s%s", i ? ", " : "  unseen: [", roles->at[i].text);
	str_add(out, roles->len ? "]\n" : "");
}

/* The roles that a read could not show of some user. */
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
}

static void emit_organization(struct emitter *e)
{
	const struct organization *o = e->live->document;
	const struct catalogue *c = &e->live->catalogue;
	begin(e, KIND_ORGANIZATION, e->live->organization);
	if (o && o->meta.has_labels)
		add_labels(e->out, &o->meta.labels);
	str_add(e->out, "spec:\n");
	add_field(e->out, 2, "provider", o ? o->provider : "file");
	add_field(e->out, 2, "orgId", e->live->org_id);
	if (o && o->unlisted) {
		static const char *const words[] = {"", "keep", "report", "remove"};
		add_field(e->out, 2, "unlisted", words[o->unlisted]);
	}
	if (o && o->enterprise_storage.len)
		add_products(e, "enterpriseStorage", &o->enterprise_storage);
	if (o) {
		add_guards(e->out, &o->guards);
		add_ignored(e->out, &o->ignored_drift);
	}
	struct text_vec unseen = {0};
	list_unseen(e, &unseen);
	if (!c->has_products && !c->has_users && !c->has_groups && !c->has_apis && !unseen.len)
		return;
	str_add(e->out, "status:\n");
	if (c->has_products)
		add_products(e, "products", &c->products);
	if (c->has_users)
		add_texts(e, "users", &c->users);
	if (c->has_groups)
		add_texts(e, "groups", &c->groups);
	if (c->has_apis)
		add_apis(e, &c->apis);
	add_unseen(e->out, &unseen);
}

static void sort_pairs(struct emitter *e)
{
	const struct pair_vec *pairs = &e->live->grants;
	vec_reserve(&e->scratch, &e->keys, pairs->len + 1);
	for (size_t i = 0; i < pairs->len; i++)
		vec_push(&e->scratch, &e->keys,
			 grant_key(universe_principal_rank(e->u, pairs->at[i].principal),
				   universe_entitlement_rank(e->u, pairs->at[i].entitlement)));
	keys_sort_once(&e->keys);
}

static const struct principal *principal_of(const struct emitter *e, size_t i)
{
	return universe_principal_at(e->u, grant_principal(e->keys.at[i]));
}

static const struct entitlement *entitlement_of(const struct emitter *e, size_t i)
{
	return universe_entitlement_at(e->u, (uint32_t)e->keys.at[i]);
}

static const struct words *words_of(const struct emitter *e, size_t i)
{
	uint64_t key = e->keys.at[i];
	return live_words(e->live, universe_principal_number(e->u, grant_principal(key)),
			  universe_entitlement_number(e->u, grant_entitlement(key)));
}

enum entitlement_list { LIST_APIS, LIST_ROLES, LIST_PRODUCTS };

static bool is_in(enum entitlement_list list, const struct entitlement *e)
{
	if (list == LIST_APIS)
		return e->api;
	return !e->api && !!e->role == (list == LIST_ROLES);
}

static size_t count_of(const struct emitter *e, enum entitlement_list list, size_t from, size_t to)
{
	size_t count = 0;
	for (size_t i = from; i < to; i++)
		count += is_in(list, entitlement_of(e, i));
	return count;
}

/* One of an account's lists; its keys are at[from .. to), in the order of entitlements. */
static void add_list(struct emitter *e, enum entitlement_list list, size_t from, size_t to)
{
	static const char *const keys[] = {"apis", "adminRoles", "products"};
	str_printf(e->out, "  %s:%s\n", keys[list], count_of(e, list, from, to) ? "" : " []");
	for (size_t i = from; i < to; i++) {
		if (is_in(list, entitlement_of(e, i)))
			add_entitlement(e->out, entitlement_of(e, i), words_of(e, i));
	}
}

/* A list says that it is complete, so one that could not be seen whole is left out; where some of
 * it was seen, it is there and claims nothing. False for the latter. */
static bool add_roles(struct emitter *e, const struct account *a, size_t from, size_t to)
{
	bool any = count_of(e, LIST_ROLES, from, to) > 0;
	if (a->unseen.len && a->unseen_roles)
		str_printf(e->out, "  # adminRoles could not be seen whole: %s would show them\n",
			   a->unseen_roles);
	if (!a->unseen.len || any)
		add_list(e, LIST_ROLES, from, to);
	return !a->unseen.len || !any;
}

static void emit_account(struct emitter *e, const struct account *a, size_t from, size_t to)
{
	begin(e, KIND_TECHNICAL_ACCOUNT, a->meta.name);
	if (a->meta.has_labels)
		add_labels(e->out, &a->meta.labels);
	str_add(e->out, "spec:\n");
	add_field(e->out, 2, "description", a->description);
	add_field(e->out, 2, "owner", a->owner);
	add_field(e->out, 2, "project", a->project);
	add_field(e->out, 2, "credential",
		  account_credential(a) == a->meta.name ? NULL : a->credential);
	if (a->has_apis || count_of(e, LIST_APIS, from, to))
		add_list(e, LIST_APIS, from, to);
	bool whole = add_roles(e, a, from, to);
	add_list(e, LIST_PRODUCTS, from, to);
	if (!whole)
		str_add(e->out, "  unlisted: report\n");
	if (!a->id && !a->email && !a->unseen.len)
		return;
	str_add(e->out, "status:\n");
	add_field(e->out, 2, "id", a->id);
	add_field(e->out, 2, "email", a->email);
	add_unseen(e->out, &a->unseen);
}

/* Accounts and their grants are both in name order. */
static void emit_accounts(struct emitter *e)
{
	size_t from = 0;
	for (size_t i = 0; i < e->live->accounts.len; i++) {
		const struct account *a = &e->live->accounts.at[i];
		while (from < e->keys.len && principal_of(e, from)->kind == PRINCIPAL_ACCOUNT &&
		       strcmp(principal_of(e, from)->name, a->meta.name) < 0)
			from++;
		size_t to = from;
		while (to < e->keys.len && principal_of(e, to)->kind == PRINCIPAL_ACCOUNT &&
		       !strcmp(principal_of(e, to)->name, a->meta.name))
			to++;
		emit_account(e, a, from, to);
		from = to;
	}
}

const char *emit_document_name(struct arena *a, const struct entitlement *x)
{
	const char *parts[] = {x->role ? role_table[x->role].name : NULL, x->product, x->profile,
			       x->group};
	struct str out = STR(a);
	for (size_t i = 0; i < 4; i++) {
		for (const char *at = parts[i]; at && *at; at++) {
			char c = ascii_lower(*at);
			bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
			if (good)
				str_addc(&out, c);
			else if (out.len && out.at[out.len - 1] != '-')
				str_addc(&out, '-');
		}
		if (parts[i] && out.len && out.at[out.len - 1] != '-')
			str_addc(&out, '-');
	}
	if (out.len > 50)
		str_cut(&out, 50);
	while (out.len && out.at[out.len - 1] == '-')
		str_cut(&out, out.len - 1);
	return out.len ? str_text(&out) : "grant";
}

struct holding {
	const struct entitlement *entitlement;
	const struct principal *principal;
	const char *name; /* of the document */
	const struct words *words;
	uint64_t order; /* entitlement's rank, then the principal's */
};
VEC(holding_vec, struct holding);

static int by_order(const void *a, const void *b)
{
	const struct holding *x = a, *y = b;
	return x->order < y->order ? -1 : x->order > y->order;
}

void emit_member(struct str *out, enum principal_kind kind, const char *name,
		 const struct words *words)
{
	const char *address = name;
	enum user_type type = kind == PRINCIPAL_USER ? user_type_of(name, &address) : USER_ANY;
	str_printf(out, "    - {%s: ", kind == PRINCIPAL_USER ? "user" : "group");
	emit_scalar(out, address);
	if (type != USER_ANY)
		str_printf(out, ", type: %s", user_type_names[type]);
	bool first = false;
	add_words(out, &first, words);
	str_add(out, "}\n");
}

static void begin_assignment(struct emitter *e, enum kind kind, const struct entitlement *x,
			     const char *name)
{
	begin(e, kind, name);
	str_add(e->out, "spec:\n");
	add_field(e->out, 2, "role", x->role ? role_table[x->role].name : NULL);
	add_field(e->out, 2, "product", x->product);
	add_field(e->out, 2, "profile", x->profile);
	add_field(e->out, 2, "group", x->group);
	str_add(e->out, "  members:\n");
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Gives each entitlement of `all` its own document name. */
static void name_documents(struct emitter *e, struct holding_vec *all)
{
	VEC(, const char *) names = {0};
	size_t serial = 1;
	for (size_t i = 0; i < all->len; i++) {
		if (i && all->at[i].entitlement == all->at[i - 1].entitlement)
			continue;
		vec_push(&e->scratch, &names,
			 emit_document_name(&e->scratch, all->at[i].entitlement));
	}
	vec_sort(&names, by_text);
	for (size_t i = 0; i < all->len; i++) {
		struct holding *h = &all->at[i];
		if (i && h->entitlement == all->at[i - 1].entitlement) {
			h->name = all->at[i - 1].name;
			continue;
		}
		const char *name = emit_document_name(&e->scratch, h->entitlement);
		const char **first = vec_find(&names, &name, by_text);
		const char **next = vec_next(&names, first);
		bool shared = next && !strcmp(*next, name);
		h->name = shared ? arena_printf(&e->scratch, "%s--%zu", name, serial++) : name;
	}
}

static void emit_assignments(struct emitter *e, enum kind kind)
{
	struct holding_vec all = {0};
	for (size_t i = 0; i < e->keys.len; i++) {
		const struct entitlement *x = entitlement_of(e, i);
		bool fits = is_in(kind == KIND_ADMIN_ROLE ? LIST_ROLES : LIST_PRODUCTS, x);
		if (!fits || principal_of(e, i)->kind == PRINCIPAL_ACCOUNT)
			continue;
		uint64_t key = e->keys.at[i];
		/* by entitlement first */
		uint64_t order = grant_key(grant_entitlement(key), grant_principal(key));
		vec_push(&e->scratch, &all,
			 (struct holding){x, principal_of(e, i), NULL, words_of(e, i), order});
	}
	vec_sort(&all, by_order);
	name_documents(e, &all);
	for (size_t i = 0; i < all.len; i++) {
		if (i == 0 || all.at[i].entitlement != all.at[i - 1].entitlement)
			begin_assignment(e, kind, all.at[i].entitlement, all.at[i].name);
		emit_member(e->out, all.at[i].principal->kind, all.at[i].principal->name,
			    all.at[i].words);
	}
}

static void emit_one(struct emitter *e, enum kind kind)
{
	switch (kind) {
	case KIND_ORGANIZATION:
		emit_organization(e);
		break;
	case KIND_TECHNICAL_ACCOUNT:
		emit_accounts(e);
		break;
	case KIND_ADMIN_ROLE:
	case KIND_PRODUCT_ASSIGNMENT:
		emit_assignments(e, kind);
		break;
	default: /* bundles are expanded: a live organisation has none */
		break;
	}
}

void emit_kind(struct str *out, enum kind kind, const struct live *live, const struct universe *u)
{
	struct emitter e = {.out = out, .live = live, .u = u, .first = true};
	sort_pairs(&e);
	emit_one(&e, kind);
	arena_done(&e.scratch);
}

void emit_kinds(struct str out[KIND_COUNT], const struct live *live, const struct universe *u)
{
	struct emitter e = {.live = live, .u = u};
	sort_pairs(&e);
	for (int kind = 0; kind < KIND_COUNT; kind++) {
		e.out = &out[kind];
		e.first = true;
		emit_one(&e, kind);
	}
	arena_done(&e.scratch);
}

void emit_all(struct str *out, const struct live *live, const struct universe *u)
{
	struct emitter e = {.out = out, .live = live, .u = u, .first = true};
	sort_pairs(&e);
	for (int kind = 0; kind < KIND_COUNT; kind++)
		emit_one(&e, kind);
	arena_done(&e.scratch);
}
