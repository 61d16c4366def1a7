/* SPDX-License-Identifier: Apache-2.0 */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "core/render/planfile.h"
#include "core/render/render.h"
#include "core/util/file.h"
#include "core/util/str.h"
#include "tests/unit/check.h"

#define CHANGES 9    /* of the plan in tests/data */
#define OTHER_WAYS 6 /* see other_value() */

static cJSON *load_rich(void)
{
	ARENA a = {0};
	char *text;
	size_t len;
	const char *path = in_tree(&a, "tests/data/plans/rich.json");
	assert_ok(file_read(path, 1 << 20, &text, &len));
	cJSON *root = cJSON_Parse(text);
	assert_non_null(root);
	free(text);
	return root;
}

/* Whether it is a plan that says nothing but what is read of it. */
static bool is_sound(const char *text)
{
	ARENA a = {0};
	struct intern *strings = intern_new();
	struct plan plan = {0};
	size_t len = strlen(text);
	struct error *error = planfile_parse("p.json", text, len, strings, &a, &plan);
	if (!error)
		error = planfile_check("p.json", text, len, &plan);
	if (error) {
		assert_int_equal(error->code, ERROR_INPUT);
		assert_true(error->where.line > 0 && error->where.column > 0);
	}
	bool good = !error;
	error_free(error);
	intern_free(strings);
	return good;
}

/* Whether it is a plan; one that is can be shown. `changes` gets how many it has. */
static bool is_plan(const char *text, size_t *changes)
{
	ARENA a = {0};
	struct intern *strings = intern_new();
	struct plan plan = {0};
	struct error *error = planfile_parse("p.json", text, strlen(text), strings, &a, &plan);
	bool good = !error;
	if (error) {
		assert_int_equal(error->code, ERROR_INPUT);
		assert_string_equal(error->where.file, "p.json");
		error_free(error);
	} else {
		struct str out = STR(&a);
		render_plan_json(&out, &plan, plan.digest);
		render_plan_text(&out, &(struct planned){.plan = &plan}, true);
		*changes = plan.changes.len;
	}
	intern_free(strings);
	return good;
}

static bool is_plan_now(const cJSON *root, size_t *changes)
{
	char *text = cJSON_PrintUnformatted(root);
	bool good = is_plan(text, changes);
	cJSON_free(text);
	return good;
}

/* Where a value stands: the index in each level from the root on. */
struct place {
	int at[8];
	int depth;
};

/* A copy of the plan with `other` (NULL: nothing) at the place. */
static bool is_plan_with(const cJSON *root, const struct place *place, cJSON *other)
{
	size_t changes = 0;
	cJSON *copy = cJSON_Duplicate(root, true), *parent = copy;
	for (int i = 0; i + 1 < place->depth; i++)
		parent = cJSON_GetArrayItem(parent, place->at[i]);
	cJSON *item = cJSON_GetArrayItem(parent, place->at[place->depth - 1]);
	if (other && item->string)
		other->string = strdup(item->string);
	if (other)
		cJSON_ReplaceItemViaPointer(parent, item, other);
	else
		cJSON_Delete(cJSON_DetachItemViaPointer(parent, item));
	bool good = is_plan_now(copy, &changes);
	assert_true(changes <= CHANGES);
	cJSON_Delete(copy);
	return good;
}

static cJSON *other_value(int way)
{
	switch (way) {
	case 0:
		return cJSON_CreateNull();
	case 1:
		return cJSON_CreateNumber(-7);
	case 2:
		return cJSON_CreateString("_org_admin");
	case 3:
		return cJSON_CreateTrue();
	case 4:
		return cJSON_CreateArray();
	default:
		return cJSON_CreateObject();
	}
}

/* What no plan can do without, wherever it stands. */
static bool is_required(const cJSON *item, bool in_changes)
{
	static const char *const always[] = {
		"format_version", "organization", "provider", "created",  "expires",  "changes",
		"writ_version",	  "org_id",	  "whole",    "digest",	  "manifest", "live",
		"policy",	  "consent",	  "summary",  "guards",	  "drift",    "manual",
		"unlisted",	  "blocked",	  "unseen",   "accounts", "cost"};
	static const char *const of_change[] = {"type",	     "change",	 "actions", "action_reason",
						"risk",	     "address",	 "kind",    "name",
						"principal", "location", "file"};
	const char *const *keys = in_changes ? of_change : always;
	size_t count = in_changes ? sizeof(of_change) / sizeof(*of_change)
				  : sizeof(always) / sizeof(*always);
	for (size_t i = 0; item->string && i < count; i++) {
		if (!strcmp(item->string, keys[i]))
			return true;
	}
	return false;
}

/* Every value is taken away and changed into what it must not be: no crash, and nothing that
 * matters is missing. */
static void spoil(const cJSON *root, const cJSON *parent, struct place place, bool in_changes,
		  size_t *refused)
{
	int depth = place.depth++;
	assert_true(place.depth <= 8);
	for (int i = 0; i < cJSON_GetArraySize(parent); i++) {
		const cJSON *item = cJSON_GetArrayItem(parent, i);
		bool named = parent->string && !strcmp(parent->string, "entitlement");
		bool due = (depth == 0 || (in_changes && depth <= 3 && !named)) &&
			   is_required(item, depth > 0);
		place.at[depth] = i;
		for (int way = 0; way < OTHER_WAYS; way++)
			*refused += !is_plan_with(root, &place, other_value(way));
		bool good = is_plan_with(root, &place, NULL);
		if (due && good)
			fail_msg("a plan without \"%s\"", item->string);
		*refused += !good;
		spoil(root, item, place,
		      in_changes || (depth == 0 && !strcmp(item->string, "changes")), refused);
	}
}

static void a_spoilt_plan_is_refused_or_shown(void **state UNUSED)
{
	size_t changes = 0, refused = 0;
	cJSON *root = load_rich();
	assert_true(is_plan_now(root, &changes));
	assert_int_equal(changes, CHANGES);
	spoil(root, root, (struct place){.depth = 0}, false, &refused);
	assert_true(refused > 500);
	assert_true(is_plan_now(root, &changes));
	cJSON_Delete(root);
}

/* ---- nothing in a plan means nothing ---- */

static bool is_sound_now(const cJSON *root)
{
	char *text = cJSON_PrintUnformatted(root);
	bool good = is_sound(text);
	cJSON_free(text);
	return good;
}

#define VALUES 10 /* see value_of() */

static cJSON *value_of(int way)
{
	switch (way) {
	case 0:
		return cJSON_CreateNull();
	case 1:
		return cJSON_CreateRaw("-7");
	case 2:
		return cJSON_CreateString("_org_admin");
	case 3:
		return cJSON_CreateTrue();
	case 4:
		return cJSON_CreateArray();
	case 5:
		return cJSON_CreateObject();
	case 6:
		return cJSON_CreateRaw("9007199254740993");
	case 7:
		return cJSON_CreateRaw("1e400");
	case 8:
		return cJSON_CreateFalse();
	default:
		return cJSON_CreateRaw("4294967296");
	}
}

/* What makes another plan, which is as sound: a part that plans may lack, one item of a list less,
 * and orders that say nothing. */
static bool may_go(const char *path)
{
	static const char *const parts[] = {
		".base",
		".guards[",
		".drift[",
		".labels",
		".since_snapshot",
		".description",
		".owner",
		".unknown",
		".idle",
		".steps[",
		".accounts[2]", /* a former name */
		".no_longer_declared",
	};
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		if (strstr(path, parts[i]))
			return true;
	}
	return false;
}

static bool may_come(const char *path)
{
	return strstr(path, ".labels.") || strstr(path, ".drift[") || strstr(path, ".steps[");
}

static bool may_swap(const char *path)
{
	return strstr(path, ".guards[") || strstr(path, ".grants[") || may_come(path);
}

/* A null may be said where a text or a part may be; all else keeps its type. */
static bool keeps_type(const cJSON *item, const cJSON *other)
{
	int from = item->type & 0xFF, to = other->type & 0xFF;
	return from == to || (from == cJSON_NULL && to == cJSON_String) ||
	       ((from == cJSON_String || from == cJSON_Object) && to == cJSON_NULL) ||
	       (from == cJSON_Number && to == cJSON_Raw) ||
	       (cJSON_IsBool(item) && cJSON_IsBool(other));
}

static void each_other_value(cJSON *root, cJSON *item, const char *path)
{
	for (int way = 0; way < VALUES; way++) {
		cJSON *other = value_of(way), kept = *item;
		bool fits = keeps_type(item, other);
		item->type = other->type | (kept.type & cJSON_StringIsConst);
		item->valuestring = other->valuestring;
		item->child = NULL;
		if (is_sound_now(root) && !fits)
			fail_msg("%s of another type, %d", path, way);
		item->type = kept.type;
		item->valuestring = kept.valuestring;
		item->child = kept.child;
		cJSON_Delete(other);
	}
}

/* Printing walks along `next` alone, so that a list is changed for a moment by these. */
static cJSON **link_to(cJSON *parent, cJSON *item)
{
	return item == parent->child ? &parent->child : &item->prev->next;
}

static void swap_values(cJSON *a, cJSON *b)
{
	cJSON kept = *a;
	a->type = b->type, a->valuestring = b->valuestring, a->child = b->child;
	a->valueint = b->valueint, a->valuedouble = b->valuedouble;
	b->type = kept.type, b->valuestring = kept.valuestring, b->child = kept.child;
	b->valueint = kept.valueint, b->valuedouble = kept.valuedouble;
}

/* The item once more, or without it, or with the next one in its place. */
static void each_other_place(cJSON *root, cJSON *parent, cJSON *item, const char *path)
{
	cJSON copy = *item, **link = link_to(parent, item), *next = item->next;
	char unknown[] = "x";
	bool list = cJSON_IsArray(parent);
	*link = next;
	if (is_sound_now(root) && !may_go(path))
		fail_msg("without %s", path);
	*link = item;
	item->next = &copy;
	if (!list)
		copy.string = unknown;
	if (is_sound_now(root) && !may_come(path))
		fail_msg("%s %s", path, list ? "twice" : "under a key that nobody knows");
	item->next = next;
	if (!list || !next)
		return;
	swap_values(item, next);
	if (is_sound_now(root) && !may_swap(path))
		fail_msg("%s in another place", path);
	swap_values(item, next);
	assert_true(is_sound_now(root));
}

static void walk(cJSON *root, cJSON *parent, const char *path)
{
	ARENA a = {0};
	int i = 0;
	cJSON *item;
	cJSON_ArrayForEach(item, parent)
	{
		const char *here = item->string ? arena_printf(&a, "%s.%s", path, item->string)
						: arena_printf(&a, "%s[%d]", path, i);
		each_other_value(root, item, here);
		each_other_place(root, parent, item, here);
		walk(root, item, here);
		i++;
	}
}

static void what_is_read_is_all_that_stands_there(void **state UNUSED)
{
	cJSON *root = load_rich();
	assert_true(is_sound_now(root));
	walk(root, root, "");
	cJSON_Delete(root);
}

/* The limits with which the plan is applied, when one of its parts is changed and its digest is
 * not. */
static struct policy policy_with(const char *object, const char *key, int value)
{
	ARENA a = {0};
	struct intern *strings = intern_new();
	struct plan plan = {0};
	cJSON *root = load_rich(), *in = cJSON_GetObjectItem(root, object);
	if (key)
		cJSON_ReplaceItemInObject(in, key, cJSON_CreateNumber(value));
	char *text = cJSON_PrintUnformatted(root);
	assert_ok(planfile_parse("p.json", text, strlen(text), strings, &a, &plan));
	cJSON_free(text);
	cJSON_Delete(root);
	intern_free(strings);
	return plan.policy;
}

/* Limits of guards are in the digest, which a reviewer may expect; those of the policy are not. */
static void no_limit_is_looser_than_a_guard_shows(void **state UNUSED)
{
	static const char *const looser[] = {"max_removals", "max_removal_delta",
					     "max_admin_grants"};
	const struct policy shown = policy_with("policy", NULL, 0);
	assert_int_equal(shown.max_removals, 3);
	assert_int_equal(shown.max_removal_delta, 25);
	assert_int_equal(shown.max_admin_grants, 5);
	assert_int_equal(shown.min_holders[ROLE_SUPPORT_ADMINISTRATOR], 2);
	assert_int_equal(shown.min_holders[ROLE_USER_GROUP_ADMINISTRATOR], 2);
	assert_int_equal(shown.min_holders[ROLE_STORAGE_ADMINISTRATOR], 0);
	for (size_t i = 0; i < sizeof(looser) / sizeof(*looser); i++) {
		const struct policy p = policy_with("policy", looser[i], 1000);
		assert_memory_equal(&p, &shown, sizeof(p));
	}
	assert_int_equal(policy_with("policy", "max_removals", 2).max_removals, 2);
}

/* Whether it is a plan where one piece of its text is another. */
static bool is_plan_but(const char *from, const char *to)
{
	ARENA a = {0};
	size_t changes = 0;
	cJSON *root = load_rich();
	char *text = cJSON_PrintUnformatted(root), *at = strstr(text, from);
	assert_non_null(at);
	const char *other =
		arena_printf(&a, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
	bool good = is_plan(other, &changes);
	cJSON_free(text);
	cJSON_Delete(root);
	return good;
}

static void a_part_of_a_plan_without_a_key_is_none(void **state UNUSED)
{
	static const char *const rows[] = {
		"\"max_admin_grants\":5,", "\"min_persons\":1,", "\"min_holders\":2,",
		"\"allow_remove\":\"1\",", "\"unseen\":0",
	};
	assert_true(is_plan_but("\"max_admin_grants\":5,", "\"max_admin_grants\":6,"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (is_plan_but(rows[i], i + 1 < sizeof(rows) / sizeof(*rows) ? "" : "\"x\":0"))
			fail_msg("without %s", rows[i]);
	}
}

static void consent_is_what_is_true(void **state UNUSED)
{
	ARENA a = {0};
	struct intern *strings = intern_new();
	cJSON *root = load_rich(), *consent = cJSON_GetObjectItem(root, "consent");
	cJSON_AddFalseToObject(consent, "allow_live_shrink");
	cJSON_AddFalseToObject(consent, "allow_expired");
	cJSON_AddFalseToObject(consent, "allow_unreplaced");
	char *text = cJSON_PrintUnformatted(root);
	struct plan plan = {0};
	assert_ok(planfile_parse("p.json", text, strlen(text), strings, &a, &plan));
	assert_false(plan.consent.live_shrink || plan.consent.expired || plan.consent.unreplaced);
	cJSON_free(text);
	cJSON_Delete(root);
	intern_free(strings);
}

static cJSON *change_of(cJSON *root, int i)
{
	return cJSON_GetArrayItem(cJSON_GetObjectItem(root, "changes"), i);
}

/* A plan that says one thing and does another. */
static void contradictions_are_refused(void **state UNUSED)
{
	static const struct {
		int change; /* -1: of the plan itself */
		const char *key, *value;
		bool good;
	} rows[] = {
		{3, "risk", "ordinary", false},
		{8, "risk", "removal", false},
		{7, "risk", "admin-removal", false},
		{4, "address", "grant/technicalAccount/later/product/Express/Templates", false},
		{3, "type", "technicalAccount", false},
		{0, "type", "grant", false},
		{3, "action_reason", "because", false},
		{3, "action_reason", "renamed", false},
		{0, "action_reason", "renamed", false},
		{-1, "organization", "../elsewhere", false},
		{-1, "organization", "", false},
		{3, "via", "command", true},
		{3, "via", "pigeon", true},
		{-1, "format_version", "2.0", false},
		{-1, "format_version", "1.9", true},
		{-1, "created", "yesterday", false},
		{-1, "created", "2026-06-01T00:00:01Z", true},
		{-1, "expires", "2026-06-02T00:00:01Z", false},
		{-1, "expires", "2027-06-02T00:00:00Z", false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		size_t changes = 0;
		cJSON *root = load_rich();
		cJSON *object = rows[i].change < 0 ? root : change_of(root, rows[i].change);
		cJSON_ReplaceItemInObject(object, rows[i].key, cJSON_CreateString(rows[i].value));
		if (is_plan_now(root, &changes) != rows[i].good)
			fail_msg("row %zu", i);
		cJSON_Delete(root);
	}
}

/* In an object of a change, or of the plan. */
static void names_and_digests_are_judged(void **state UNUSED)
{
	static const struct {
		int change; /* -1: of the plan itself */
		const char *object, *key, *value;
		bool good;
	} rows[] = {
		{4, "principal", "name", "", false},
		{4, "entitlement", "product", "", false},
		{-1, "manifest", "digest", "sha256:0", false},
		{4, "principal", "name", "later", true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		size_t changes = 0;
		cJSON *root = load_rich();
		cJSON *parent = rows[i].change < 0 ? root : change_of(root, rows[i].change);
		cJSON *object = cJSON_GetObjectItem(parent, rows[i].object);
		cJSON_ReplaceItemInObject(object, rows[i].key, cJSON_CreateString(rows[i].value));
		if (is_plan_now(root, &changes) != rows[i].good)
			fail_msg("row %zu", i);
		cJSON_Delete(root);
	}
}

/* What is done to an account is done to the one that is shown. */
static void a_change_is_of_the_account_that_it_names(void **state UNUSED)
{
	static const struct {
		int change;
		const char *side, *name, *reason;
		bool good;
	} rows[] = {
		{8, "before", "reader", "state-absent", true},
		{8, "before", "archiver", "state-absent", false},
		{8, "before", "reader", "renamed", false},
		{8, "before", "archiver", "renamed", false},
		{1, "after", "brand-new", "added", true},
		{1, "after", "archiver", "added", false},
		{1, "after", "brand-new", "renamed", false},
		{2, "before", "earlier", "renamed", true},
		{2, "before", "earlier", "changed", false},
		{2, "before", "later", "renamed", false},
		{2, "before", "../earlier", "renamed", false},
		{2, "after", "archiver", "renamed", false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		size_t changes = 0;
		cJSON *root = load_rich(), *change = change_of(root, rows[i].change);
		cJSON *side =
			cJSON_GetObjectItem(cJSON_GetObjectItem(change, "change"), rows[i].side);
		cJSON_ReplaceItemInObject(side, "name", cJSON_CreateString(rows[i].name));
		cJSON_ReplaceItemInObject(change, "action_reason",
					  cJSON_CreateString(rows[i].reason));
		if (is_plan_now(root, &changes) != rows[i].good)
			fail_msg("row %zu", i);
		cJSON_Delete(root);
	}
}

/* Accounts name files: of secrets, for one. */
static void principals_have_names_of_their_kind(void **state UNUSED)
{
	static const struct {
		const char *kind, *name, *address;
		bool good;
	} rows[] = {
		{"technicalAccount", "later", "technicalAccount/later", true},
		{"technicalAccount", "../later", "technicalAccount/..%2Flater", false},
		{"group", "Designers", "group/Designers", true},
		{"group", "_org_admin", "group/_org_admin", false},
		{"group", "Designers ", "group/Designers%20", true},
		{"group", "De\nsigners", "group/De%0Asigners", false},
		{"user", "jane@example.com", "user/jane%40example.com", true},
		{"user", "jane", "user/jane", false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		size_t changes = 0;
		ARENA a = {0};
		cJSON *root = load_rich(), *change = change_of(root, 4);
		cJSON *principal = cJSON_GetObjectItem(change, "principal");
		const char *address =
			arena_printf(&a, "grant/%s/product/Express/Default", rows[i].address);
		cJSON_ReplaceItemInObject(principal, "kind", cJSON_CreateString(rows[i].kind));
		cJSON_ReplaceItemInObject(principal, "name", cJSON_CreateString(rows[i].name));
		cJSON_ReplaceItemInObject(change, "address", cJSON_CreateString(address));
		if (is_plan_now(root, &changes) != rows[i].good)
			fail_msg("row %zu", i);
		cJSON_Delete(root);
	}
}

/* An account is written where it is read again. */
static void an_account_has_values_that_a_manifest_can_hold(void **state UNUSED)
{
	static const struct {
		const char *key, *value;
		bool good;
	} rows[] = {
		{"description", "one more", true},
		{"description", "one\nmore", false},
		{"owner", "o\x1B[2J", false},
		{"project", "P\xE2\x80\xAE", false},
		{"credential", "brand\tnew", false},
		{"apis", "One API", false}, /* they are grants */
		{"labels", "b\n", false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		size_t changes = 0;
		cJSON *root = load_rich(),
		      *body = cJSON_GetObjectItem(change_of(root, 1), "change");
		cJSON *after = cJSON_GetObjectItem(body, "after"), *value;
		cJSON *item = cJSON_GetObjectItem(after, rows[i].key);
		value = cJSON_CreateString(rows[i].value);
		if (cJSON_IsObject(item))
			cJSON_ReplaceItemInObject(item, "a", value);
		else if (cJSON_IsArray(item))
			cJSON_AddItemToArray(item, value);
		else if (item)
			cJSON_ReplaceItemInObject(after, rows[i].key, value);
		else
			cJSON_AddItemToObject(after, rows[i].key, value);
		if (is_plan_now(root, &changes) != rows[i].good)
			fail_msg("row %zu", i);
		cJSON_Delete(root);
	}
}

static bool is_plan_with_api(const char *address, const char *entitlement, const char *risk)
{
	size_t changes = 0;
	cJSON *root = load_rich(), *change = change_of(root, 4);
	cJSON_ReplaceItemInObject(change, "address", cJSON_CreateString(address));
	cJSON_ReplaceItemInObject(change, "entitlement", cJSON_Parse(entitlement));
	cJSON_ReplaceItemInObject(change, "risk", cJSON_CreateString(risk));
	bool good = is_plan_now(root, &changes);
	cJSON_Delete(root);
	return good;
}

/* An API that hands out rights is never an ordinary change, whatever the file says. */
static void an_api_is_an_entitlement_of_an_account(void **state UNUSED)
{
	static const struct {
		const char *api, *entitlement, *risk;
		bool good;
	} rows[] = {
		{"One", "{\"kind\": \"api\", \"api\": \"One\"}", "ordinary", true},
		{"One", "{\"kind\": \"api\", \"api\": \"One\"}", "admin-grant", true},
		{"One", "{\"kind\": \"api\", \"api\": \"One\"}", "removal", false},
		{"One", "{\"kind\": \"product\", \"api\": \"One\"}", "ordinary", false},
		{"One", "{\"kind\": \"api\"}", "ordinary", false},
		{"One", "{\"api\": \"One\"}", "ordinary", false},
		{"Two", "{\"kind\": \"api\", \"api\": \"One\"}", "ordinary", false},
		{"One", "{\"kind\": \"api\", \"api\": \"One\", \"role\": \"developer\"}",
		 "ordinary", false},
		{"One%0A", "{\"kind\": \"api\", \"api\": \"One\\n\"}", "ordinary", false},
		{"User%20Management%20API", "{\"kind\": \"api\", \"api\": \"User Management API\"}",
		 "ordinary", false},
		{"User%20Management%20API", "{\"kind\": \"api\", \"api\": \"User Management API\"}",
		 "admin-grant", true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		const char *address =
			arena_printf(&a, "grant/technicalAccount/later/api/%s", rows[i].api);
		if (is_plan_with_api(address, rows[i].entitlement, rows[i].risk) != rows[i].good)
			fail_msg("row %zu", i);
	}
	assert_false(is_plan_with_api("grant/technicalAccount/archiver/api/One",
				      "{\"kind\": \"api\", \"api\": \"One\"}", "ordinary"));
}

/* Whoever made the file does not paint on the terminal of who looks at it. */
static void what_is_shown_is_escaped(void **state UNUSED)
{
	static const char spoilt[] = "x\x1B[2K";
	ARENA a = {0};
	struct intern *strings = intern_new();
	struct plan plan = {0};
	struct str out = STR(&a);
	cJSON *root = load_rich(), *guard;
	cJSON_ArrayForEach(guard, cJSON_GetObjectItem(root, "guards"))
	{
		cJSON_ReplaceItemInObject(guard, "verdict", cJSON_CreateString("refused"));
		cJSON_ReplaceItemInObject(guard, "name", cJSON_CreateString(spoilt));
		cJSON_ReplaceItemInObject(guard, "flag", cJSON_CreateString(spoilt));
	}
	char *text = cJSON_PrintUnformatted(root);
	assert_ok(planfile_parse("p.json", text, strlen(text), strings, &a, &plan));
	assert_true(plan.guards.len > 0);
	render_plan_text(&out, &(struct planned){.plan = &plan}, false);
	assert_non_null(strstr(str_text(&out), "  x\\x1B[2K: "));
	assert_null(strchr(str_text(&out), '\x1B'));
	cJSON_free(text);
	cJSON_Delete(root);
	intern_free(strings);
}

static void what_is_no_commit_is_none(void **state UNUSED)
{
	static const struct {
		const char *commit;
		bool good;
	} rows[] = {
		{"0123456789abcdef0123456789abcdef01234567", true},
		{"0123456789abcdef0123456789abcdef0123456", false},
		{"0123456789ABCDEF0123456789abcdef01234567", false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct intern *strings = intern_new();
		struct plan plan = {0};
		cJSON *root = load_rich(), *manifest = cJSON_GetObjectItem(root, "manifest");
		cJSON_ReplaceItemInObject(manifest, "commit", cJSON_CreateString(rows[i].commit));
		char *text = cJSON_PrintUnformatted(root);
		assert_ok(planfile_parse("p.json", text, strlen(text), strings, &a, &plan));
		assert_int_equal(plan.manifest_commit != NULL, rows[i].good);
		cJSON_free(text);
		cJSON_Delete(root);
		intern_free(strings);
	}
}

/* A grant is made or ends: nothing of it could be updated. */
static void a_grant_is_not_updated(void **state UNUSED)
{
	size_t changes = 0;
	cJSON *root = load_rich(), *change = change_of(root, CHANGES - 2);
	cJSON *actions = cJSON_CreateArray();
	cJSON_AddItemToArray(actions, cJSON_CreateString("update"));
	cJSON_ReplaceItemInObject(cJSON_GetObjectItem(change, "change"), "actions", actions);
	assert_false(is_plan_now(root, &changes));
	cJSON_Delete(root);
}

static void the_order_of_execution_is_kept(void **state UNUSED)
{
	size_t changes = 0;
	cJSON *root = load_rich(), *all = cJSON_GetObjectItem(root, "changes");
	cJSON_InsertItemInArray(all, 0, cJSON_DetachItemFromArray(all, CHANGES - 1));
	assert_false(is_plan_now(root, &changes));
	cJSON_Delete(root);
}

static void what_is_no_plan(void **state UNUSED)
{
	static const char text[] = "{\"format_version\": \"1.0\"}";
	size_t changes = 0;
	assert_true(planfile_is(text, sizeof(text) - 1));
	assert_false(planfile_is(text, 10));
	assert_false(planfile_is("", 0));
	assert_false(planfile_is("[]", 2));
	assert_false(is_plan(text, &changes));
	assert_false(is_plan("{", &changes));
	assert_false(is_plan("[]", &changes));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_spoilt_plan_is_refused_or_shown),
		cmocka_unit_test(what_is_read_is_all_that_stands_there),
		cmocka_unit_test(contradictions_are_refused),
		cmocka_unit_test(no_limit_is_looser_than_a_guard_shows),
		cmocka_unit_test(a_part_of_a_plan_without_a_key_is_none),
		cmocka_unit_test(consent_is_what_is_true),
		cmocka_unit_test(names_and_digests_are_judged),
		cmocka_unit_test(a_change_is_of_the_account_that_it_names),
		cmocka_unit_test(principals_have_names_of_their_kind),
		cmocka_unit_test(an_account_has_values_that_a_manifest_can_hold),
		cmocka_unit_test(an_api_is_an_entitlement_of_an_account),
		cmocka_unit_test(what_is_shown_is_escaped),
		cmocka_unit_test(what_is_no_commit_is_none),
		cmocka_unit_test(a_grant_is_not_updated),
		cmocka_unit_test(the_order_of_execution_is_kept),
		cmocka_unit_test(what_is_no_plan),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
