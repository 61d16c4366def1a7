/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/roles/manual.h"

#include <string.h>

#include "core/util/csv.h"
#include "core/util/report.h"
#include "core/util/unicode.h"
#include "providers/adobe/users/role_names.h"

#define ADMIN_CONSOLE "https://adminconsole.adobe.com"

/* ---- steps ---- */

struct steps {
	const struct manual_context *context;
	const struct change *change;
	const char *email;
	struct str *out;
	bool begun;
};

static const char *name(const struct steps *s, const char *text)
{
	return quoted(s->out->arena, text);
}

static void add(struct steps *s, const char *format, ...) PRINTF(2, 3);
static void add(struct steps *s, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	const char *text = arena_vprintf(s->out->arena, format, args);
	va_end(args);
	if (s->begun)
		str_addc(s->out, '\n');
	str_add(s->out, text);
	s->begun = true;
}

static const char *scope(const struct steps *s)
{
	const struct entitlement *e = s->change->entitlement;
	switch (role_table[e->role].scope) {
	case SCOPE_PRODUCT:
		return arena_printf(s->out->arena, " of product %s", name(s, e->product));
	case SCOPE_PROFILE:
		return arena_printf(s->out->arena, " of profile %s of product %s",
				    name(s, e->profile), name(s, e->product));
	case SCOPE_GROUP:
		return arena_printf(s->out->arena, " of user group %s", name(s, e->group));
	case SCOPE_ORGANIZATION:
		break;
	}
	return "";
}

static const char *holder(const struct steps *s)
{
	const struct principal *p = s->change->principal;
	if (p->kind == PRINCIPAL_ACCOUNT)
		return arena_printf(s->out->arena, "the technical account of %s", name(s, p->name));
	if (p->kind == PRINCIPAL_GROUP)
		return arena_printf(s->out->arena, "group %s", name(s, p->name));
	const char *address;
	enum user_type type = user_type_of(p->name, &address);
	return type == USER_ANY ? arena_printf(s->out->arena, "user %s", name(s, address))
				: arena_printf(s->out->arena, "user %s (the entry of type %s)",
					       name(s, address), user_type_names[type]);
}

static void add_sign_in(struct steps *s)
{
	const char *who = s->context->organization, *id = s->context->org_id;
	const char *organization = who ? name(s, who) : "of the manifests";
	add(s,
	    "Sign in to " ADMIN_CONSOLE
	    " as an administrator and choose the organisation %s%s%s%s.",
	    organization, id ? " (" : "", id ? id : "", id ? ")" : "");
}

static const char *address(const struct steps *s)
{
	return s->email ? s->email
			: "(known once the credential is made; plan again to see the address)";
}

static void add_seen(struct steps *s)
{
	if (s->context->seen_by)
		add(s, "Run writ plan again: it reads %s and no longer shows this step.",
		    s->context->seen_by);
	else
		add(s,
		    "No configured source shows this to writ: give the account's own secret in the "
		    "configuration, or a list of administrators with --roles-from.");
}

static void grant_account_role(struct steps *s)
{
	const char *title = role_names[s->change->entitlement->role].title;
	add(s, "Open Users > Administrators and choose Add admin.");
	add(s, "Paste the e-mail of %s: %s. Never its id, which looks like an address too.",
	    holder(s), address(s));
	add(s, "Pick the entry of type Technical Account (older screens: Enterprise ID), never one "
	       "of type "
	       "Adobe ID, and choose Next.");
	add(s, "Tick %s%s and choose Save.", title, scope(s));
	add(s, "See that the list of administrators shows it with the type Technical Account; if "
	       "that says "
	       "Adobe ID, remove the entry and start again.");
}

static void grant_user_role(struct steps *s)
{
	const char *title = role_names[s->change->entitlement->role].title;
	add(s, "Open Users > Administrators and choose Add admin.");
	add(s, "Enter %s, pick that user's entry and choose Next.", address(s));
	add(s, "Tick %s%s and choose Save.", title, scope(s));
	add(s, "The user accepts the invitation that comes by mail.");
}

static void remove_role(struct steps *s)
{
	bool account = s->change->principal->kind == PRINCIPAL_ACCOUNT;
	add(s, "Open Users > Administrators and find %s%s.", address(s),
	    account ? ", the e-mail of the technical account" : "");
	add(s, "Choose the entry of %s and edit its admin rights.", holder(s));
	add(s, "Take the tick from %s%s and choose Save; leave all others as they are.",
	    role_names[s->change->entitlement->role].title, scope(s));
}

static void change_developer(struct steps *s, bool grant)
{
	const struct entitlement *e = s->change->entitlement;
	add(s, "Open Products, product %s, profile %s, and its Developers.", name(s, e->product),
	    name(s, e->profile));
	if (grant)
		add(s, "Choose Add developer, enter %s, pick the entry of %s and choose Save.",
		    address(s), holder(s));
	else
		add(s, "Choose %s, which is %s, and remove it.", address(s), holder(s));
}

static void change_account_product(struct steps *s, bool grant)
{
	const struct entitlement *e = s->change->entitlement;
	add(s, "Open Users > API credentials and the credential of %s (%s).",
	    name(s, s->change->principal->name), address(s));
	add(s, "Choose Edit products.");
	add(s, "%s profile %s of product %s and choose Save; leave all others as they are.",
	    grant ? "Add" : "Remove", name(s, e->profile), name(s, e->product));
}

static void change_product(struct steps *s, bool grant)
{
	const struct entitlement *e = s->change->entitlement;
	add(s, "Open Products, product %s, profile %s.", name(s, e->product), name(s, e->profile));
	add(s, "%s %s.", grant ? "Add" : "Remove", holder(s));
}

static void add_click(struct steps *s)
{
	bool grant = s->change->action == ACTION_CREATE;
	bool account = s->change->principal->kind == PRINCIPAL_ACCOUNT;
	if (!s->change->entitlement->role && account)
		change_account_product(s, grant);
	else if (!s->change->entitlement->role)
		change_product(s, grant);
	else if (s->change->entitlement->role == ROLE_DEVELOPER)
		change_developer(s, grant);
	else if (!grant)
		remove_role(s);
	else if (account)
		grant_account_role(s);
	else
		grant_user_role(s);
}

void manual_describe(const struct manual_context *context, const struct change *change,
		     const char *email, struct str *out)
{
	struct steps s = {context, change, email, out, false};
	if (!change->entitlement)
		return;
	add_sign_in(&s);
	add_click(&s);
	add_seen(&s);
}

/* ---- the bulk file ---- */

enum bulk_column {
	COLUMN_IDENTITY,
	COLUMN_USERNAME,
	COLUMN_DOMAIN,
	COLUMN_EMAIL,
	COLUMN_FIRST,
	COLUMN_LAST,
	COLUMN_COUNTRY,
	COLUMN_ID,
	COLUMN_PROFILES,
	COLUMN_ROLES,
	COLUMN_PROFILES_ADMINISTERED,
	COLUMN_GROUPS,
	COLUMN_GROUPS_ADMINISTERED,
	COLUMN_PRODUCTS_ADMINISTERED,
	COLUMN_DEVELOPER,
	COLUMN_AUTOMATIC,
	COLUMN_COUNT,
};

static const char *const header[COLUMN_COUNT] = {
	"Identity Type",
	"Username",
	"Domain",
	"Email",
	"First Name",
	"Last Name",
	"Country Code",
	"ID",
	"Product Configurations",
	"Admin Roles",
	"Product Configurations Administered",
	"User Groups",
	"User Groups Administered",
	"Products Administered",
	"Developer Access",
	"Auto Assigned Products",
};

/* The column of a grant in the table of the Admin Console, and the word that stands in it. */
static enum bulk_column place(const struct entitlement *e, const char **word)
{
	switch (e->role) {
	case ROLE_NONE:
		*word = e->profile;
		return COLUMN_PROFILES;
	case ROLE_PRODUCT_ADMINISTRATOR:
		*word = e->product;
		return COLUMN_PRODUCTS_ADMINISTERED;
	case ROLE_PRODUCT_PROFILE_ADMINISTRATOR:
		*word = e->profile;
		return COLUMN_PROFILES_ADMINISTERED;
	case ROLE_USER_GROUP_ADMINISTRATOR:
		*word = e->group;
		return COLUMN_GROUPS_ADMINISTERED;
	case ROLE_DEVELOPER:
		*word = e->profile;
		return COLUMN_DEVELOPER;
	default:
		*word = role_names[e->role].export;
		return COLUMN_ROLES;
	}
}

static bool is_row(const struct change *c, const char *email)
{
	return c->type == CHANGE_GRANT && c->action == ACTION_CREATE && email &&
	       c->principal->kind != PRINCIPAL_GROUP;
}

static void add_word(struct str *cell, const char *word)
{
	if (cell->len)
		str_add(cell, ",");
	str_add(cell, word);
}

struct bulk_row {
	const char *email;
	const struct change *change;
	size_t at;
};
VEC(bulk_row_vec, struct bulk_row);

static int by_email(const void *a, const void *b)
{
	const struct bulk_row *x = a, *y = b;
	int order = ascii_casecmp(x->email, y->email);
	return order ? order : (x->at > y->at) - (x->at < y->at);
}

/* Adds a row for one address, with all that waits for it. */
static void add_principal(const struct bulk_row *rows, size_t len, struct str *out)
{
	struct str cells[COLUMN_COUNT];
	const char *texts[COLUMN_COUNT];
	for (int i = 0; i < COLUMN_COUNT; i++)
		cells[i] = (struct str)STR(out->arena);
	str_add(&cells[COLUMN_EMAIL], rows->email);
	str_add(&cells[COLUMN_USERNAME], rows->email);
	if (rows->change->principal->kind == PRINCIPAL_ACCOUNT)
		/* the console may refuse this word, but "Adobe ID" would have it make a new user */
		str_add(&cells[COLUMN_IDENTITY], "Technical Account");
	for (size_t i = 0; i < len; i++) {
		const char *word;
		enum bulk_column column = place(rows[i].change->entitlement, &word);
		add_word(&cells[column], word);
	}
	for (int i = 0; i < COLUMN_COUNT; i++)
		texts[i] = str_text(&cells[i]);
	csv_add_row(out, texts, COLUMN_COUNT);
}

void manual_export(const struct change *const *changes, const char *const *emails, size_t len,
		   struct str *out)
{
	struct bulk_row_vec rows = {0};
	for (size_t i = 0; i < len; i++) {
		if (is_row(changes[i], emails[i]))
			vec_push(out->arena, &rows, (struct bulk_row){emails[i], changes[i], i});
	}
	vec_sort(&rows, by_email);
	csv_add_row(out, header, COLUMN_COUNT);
	for (size_t i = 0, end; i < rows.len; i = end) {
		for (end = i + 1; end < rows.len; end++) {
			if (ascii_casecmp(rows.at[i].email, rows.at[end].email) != 0)
				break;
		}
		add_principal(&rows.at[i], end - i, out);
	}
}
