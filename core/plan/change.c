/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plan/change.h"

#include <stdlib.h>
#include <string.h>

#include "core/util/compare.h"
#include "core/util/percent.h"
#include "core/util/str.h"
#include "core/util/unicode.h"

/* ---- names ---- */

const char *action_name(enum action action)
{
	static const char *const names[] = {"create", "update", "delete"};
	return names[action];
}

const char *reason_name(enum reason reason)
{
	static const char *const names[REASON_COUNT] = {"added",	"not-listed", "expired",
							"state-absent", "undeclared", "renamed",
							"changed"};
	return names[reason];
}

const char *risk_name(enum risk risk)
{
	static const char *const names[RISK_COUNT] = {"admin-grant", "admin-removal",
						      "account-delete", "removal", "ordinary"};
	return names[risk];
}

const char *mover_name(enum mover mover)
{
	static const char *const names[MOVER_COUNT] = {NULL, "pending", "drift", "conflict"};
	return names[mover];
}

const char *withheld_name(enum withheld why)
{
	static const char *const names[WITHHELD_COUNT] = {NULL,	 "consent",	"minHolders",
							  "own", "replacement", "carrier"};
	return names[why];
}

const char *capability_name(enum capability via)
{
	static const char *const names[CAN_COUNT] = {"api", "command", "manual", "manual"};
	return names[via];
}

static void add_encoded(struct str *out, const char *text)
{
	str_addc(out, '/');
	percent_encode(out, text, "");
}

static void add_entitlement(struct str *out, const struct entitlement *e)
{
	str_add(out, e->api ? "api" : e->role ? "role" : "product");
	if (e->api)
		add_encoded(out, e->api);
	if (e->role)
		add_encoded(out, role_table[e->role].name);
	if (e->product)
		add_encoded(out, e->product);
	if (e->profile)
		add_encoded(out, e->profile);
	if (e->group)
		add_encoded(out, e->group);
}

const char *entitlement_address(struct arena *a, const struct entitlement *e)
{
	struct str out = STR(a);
	add_entitlement(&out, e);
	return str_text(&out);
}

const char *entitlement_title(struct arena *a, const struct entitlement *e)
{
	struct str out = STR(a);
	if (e->api)
		return arena_printf(a, "API %s", e->api);
	str_add(&out, role_table[e->role].title);
	if (e->role && e->group)
		str_printf(&out, " of group %s", e->group);
	if (e->product)
		str_printf(&out, "%s%s", e->role ? " of " : "", e->product);
	if (e->profile)
		str_printf(&out, " / %s", e->profile);
	return str_text(&out);
}

/* Appends what is up to the end of a part, and folded; where that is. */
static const char *fold_part(struct str *out, const char *at)
{
	struct str part = STR(out->arena);
	while (*at && *at != '/') {
		int byte = percent_byte(at, strlen(at));
		str_addc(&part, byte < 0 ? *at : (char)byte);
		at += byte < 0 ? 1 : 3;
	}
	percent_encode(out, text_fold(out->arena, str_text(&part)), "");
	return at;
}

const char *address_fold(struct arena *a, const char *address)
{
	struct str out = STR(a);
	for (const char *at = fold_part(&out, address); *at; at = fold_part(&out, at + 1))
		str_addc(&out, '/');
	return str_text(&out);
}

const char *change_address(struct arena *a, const struct principal *principal,
			   const struct entitlement *entitlement)
{
	struct str out = STR(a);
	if (entitlement)
		str_add(&out, "grant/");
	str_add(&out, principal_kind_name(principal->kind));
	add_encoded(&out, principal->name);
	if (entitlement) {
		str_addc(&out, '/');
		add_entitlement(&out, entitlement);
	}
	return str_text(&out);
}

bool change_is_manual(const struct change *c)
{
	return c->via == CAN_MANUAL || c->via == CAN_NOT;
}

/* A credential that no manifest names is called after its account, and follows that name. */
static bool follows_name(const struct account *a)
{
	return !strcmp(account_credential(a), a->meta.name);
}

/* The service finds a credential by its project and its name. */
bool change_moves_identity(const struct change *c)
{
	if (c->type != CHANGE_ACCOUNT || c->action != ACTION_UPDATE)
		return false;
	if (c->attributes & ATTRIBUTE_PROJECT)
		return true;
	return (c->attributes & ATTRIBUTE_CREDENTIAL) &&
	       !(follows_name(c->before) && follows_name(c->after));
}

struct location change_cause(const struct change *c)
{
	return c->bundle && c->bundle->whole ? c->bundle->at : c->at;
}

static uint8_t power_of_lost(const struct entitlement_ref_vec *lost)
{
	uint8_t most = POWER_NONE;
	for (size_t i = 0; lost && i < lost->len; i++) {
		uint8_t power = entitlement_power(lost->at[i]);
		most = power < most ? power : most;
	}
	return most;
}

uint8_t change_power(const struct change *c)
{
	if (c->type == CHANGE_GRANT)
		return entitlement_power(c->entitlement);
	if (c->action == ACTION_DELETE)
		return power_of_lost(c->lost);
	return c->risk == RISK_ADMIN_GRANT ? 0 : POWER_NONE;
}

enum phase change_phase(const struct change *c)
{
	if (c->type != CHANGE_GRANT)
		return c->action == ACTION_DELETE ? PHASE_DELETE : PHASE_ACCOUNTS;
	return c->action == ACTION_DELETE ? PHASE_REMOVE : PHASE_GRANT;
}

/* ---- attributes of accounts ---- */

static bool same_labels(const struct label_vec *a, const struct label_vec *b)
{
	if (a->len != b->len)
		return false;
	for (size_t i = 0; i < a->len; i++) {
		if (a->at[i].key != b->at[i].key || a->at[i].value != b->at[i].value)
			return false;
	}
	return true;
}

unsigned account_difference(const struct account *before, const struct account *after,
			    unsigned compared)
{
	unsigned differ = 0;
	if (after->description && after->description != before->description)
		differ |= ATTRIBUTE_DESCRIPTION;
	if (after->owner && after->owner != before->owner)
		differ |= ATTRIBUTE_OWNER;
	if (after->meta.has_labels && !same_labels(&before->meta.labels, &after->meta.labels))
		differ |= ATTRIBUTE_LABELS;
	if (after->project && after->project != before->project)
		differ |= ATTRIBUTE_PROJECT;
	if (account_credential(before) != account_credential(after))
		differ |= ATTRIBUTE_CREDENTIAL;
	return differ & compared;
}

unsigned account_unsaid(const struct account *account)
{
	unsigned set = 0;
	set |= account->description ? 0 : ATTRIBUTE_DESCRIPTION;
	set |= account->owner ? 0 : ATTRIBUTE_OWNER;
	set |= account->project ? 0 : ATTRIBUTE_PROJECT;
	return set;
}

void account_copy(struct account *to, const struct account *from, unsigned set)
{
	if (set & ATTRIBUTE_DESCRIPTION)
		to->description = from->description;
	if (set & ATTRIBUTE_OWNER)
		to->owner = from->owner;
	if (set & ATTRIBUTE_LABELS) {
		to->meta.labels = from->meta.labels;
		to->meta.has_labels = from->meta.has_labels;
	}
	if (set & ATTRIBUTE_PROJECT)
		to->project = from->project;
	if (set & ATTRIBUTE_CREDENTIAL)
		to->credential = account_credential(from);
}

/* The change that gives this one's account its name; NULL: none does. */
static const struct change *find_rename(const struct change_vec *changes, const struct change *c)
{
	if (c->principal->kind != PRINCIPAL_ACCOUNT)
		return NULL;
	for (size_t i = 0; i < changes->len; i++) {
		const struct change *r = &changes->at[i];
		if (change_phase(r) > PHASE_ACCOUNTS)
			return NULL;
		if (r->reason == REASON_RENAMED && r->before &&
		    !strcmp(r->principal->name, c->principal->name))
			return r;
	}
	return NULL;
}

const bool *change_find_all(const struct change_vec *changes, const char *const *addresses,
			    size_t count, struct arena *a)
{
	bool *found = count ? arena_zalloc(a, changes->len + 1) : NULL;
	for (size_t i = 0; found && i < changes->len; i++) {
		const struct change *c = &changes->at[i];
		const struct change *rename = find_rename(changes, c);
		const char *address = change_address(a, c->principal, c->entitlement);
		found[i] = bsearch(&address, addresses, count, sizeof(*addresses), compare_texts);
		if (found[i] || !rename)
			continue;
		const struct principal former = {rename->before->meta.name, PRINCIPAL_ACCOUNT};
		address = change_address(a, &former, c->entitlement);
		found[i] = bsearch(&address, addresses, count, sizeof(*addresses), compare_texts);
	}
	return found;
}

#define CHANGES_MAX ((size_t)100000000) /* far above what a plan file can hold */

/* Reads "c3" as 3; 0 when it is no such word. */
static size_t change_ordinal(const char *text, const char **end)
{
	size_t digits = *text == 'c' ? strspn(text + 1, "0123456789") : 0;
	if (!digits || digits > 9)
		return 0;
	*end = text + 1 + digits;
	return strtoul(text + 1, NULL, 10);
}

bool change_range_parse(const char *text, size_t *from, size_t *to)
{
	const char *end = NULL;
	size_t first = text ? change_ordinal(text, &end) : 0, last = first;
	if (first && *end == '-')
		last = change_ordinal(end + 1, &end);
	if (!first || last < first || last > CHANGES_MAX || *end)
		return false;
	*from = first - 1;
	*to = last;
	return true;
}
