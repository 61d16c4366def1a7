/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/rules_table.h"

#include <string.h>

#include "core/language/diagnostics.h"
#include "core/language/schema_fields.h"
#include "core/language/schema_finding.h"
#include "core/language/schema_value.h"
#include "core/model/house_rules.h"

#define TICKET_MAX 64 /* bytes of a pattern */

/* ---- which grants ---- */

static const char *const sort_choices[] = {"role", "product", "api", NULL};

/* A role that has no such scope would never be met. */
static void check_scope_is_taken(struct decode *d, const struct node *mapping, enum role role)
{
	static const struct {
		const char *key;
		bool taken[SCOPE_GROUP + 1];
	} scopes[] = {
		{"product", {[SCOPE_PRODUCT] = true, [SCOPE_PROFILE] = true}},
		{"profile", {[SCOPE_PROFILE] = true}},
		{"group", {[SCOPE_GROUP] = true}},
	};
	for (size_t i = 0; i < sizeof(scopes) / sizeof(*scopes); i++) {
		const struct node *n = schema_find(mapping, scopes[i].key);
		if (n && !scopes[i].taken[role_table[role].scope])
			schema_finding(d, n, "E0417", "leave it out", "%s has no %s",
				       role_table[role].name, scopes[i].key);
	}
}

static void check_grant(struct decode *d, const struct node *mapping, void *object)
{
	const struct rule_grant *g = object;
	bool role = schema_find(mapping, "role"), api = schema_find(mapping, "api"),
	     any = schema_find(mapping, "any"), product = schema_find(mapping, "product");
	if (role + api + any + (product && !role) != 1)
		schema_finding(d, mapping, "E0430",
			       "expected one of role, product, api, any, such as role: "
			       "system-administrator",
			       "a rule is about one sort of grants");
	else if (role && g->role != ROLE_NONE)
		check_scope_is_taken(d, mapping, g->role);
	else if (!role && schema_find(mapping, "group"))
		schema_finding(d, schema_find(mapping, "group"), "E0417", "leave it out",
			       "only a role has a user group");
	else if (!product && schema_find(mapping, "profile"))
		schema_finding(d, schema_find(mapping, "profile"), "E0416", "say the product too",
			       "a profile without its product");
}

#define GRANT(member) AT(struct rule_grant, member)
#define GRANT_FIELDS                                                                               \
	{"role", FIELD_ROLE, GRANT(role), .help = "grants of this admin role",                     \
	 .example = "\"system-administrator\""},                                                   \
		{"product", FIELD_OBJECT_NAME, GRANT(product),                                     \
		 .help = "grants of this product, or of the role for it"},                         \
		{"profile", FIELD_OBJECT_NAME, GRANT(profile),                                     \
		 .help = "one profile of the product; without it, every one"},                     \
		{"group", FIELD_OBJECT_NAME, GRANT(group),                                         \
		 .help = "the role for this user group; without it, every one"},                   \
		{"api", FIELD_TITLE, GRANT(api),                                                   \
		 .help = "grants of this API, as manifests call it"},                              \
	{                                                                                          \
		"any", FIELD_CHOICE, GRANT(any), .choices = sort_choices, .first = RULE_SORT_ROLE, \
						 .help = "all grants of a sort"                    \
	}
#define ONE_SORT                                                                                   \
	"\"oneOf\": [{\"required\": [\"role\"]}, {\"required\": [\"api\"]}, {\"required\": "       \
	"[\"any\"]}, {\"required\": [\"product\"], \"not\": {\"required\": [\"role\"]}}]"

static const struct field grant_fields[] = {GRANT_FIELDS, {0}};
static const struct table grant = {.help = "Some grants.",
				   .fields = grant_fields,
				   .check = check_grant,
				   .conditions = ONE_SORT,
				   .size = sizeof(struct rule_grant),
				   .at = offsetof(struct rule_grant, at)};

/* ---- what they need ---- */

static const char *const level_choices[] = {"ignore", "warning", "error", NULL};
static const char *const rule_level_choices[] = {"warning", "error", NULL};

static void check_need(struct decode *d, const struct node *mapping, void *object)
{
	const struct rule_need *need = object;
	check_grant(d, mapping, object);
	if (!need->reason && !need->owner && !schema_find(mapping, "ticket") &&
	    !schema_find(mapping, "endsWithin"))
		schema_finding(d, mapping, "E0431",
			       "expected one of reason, owner, ticket, endsWithin, such as "
			       "reason: true",
			       "the rule asks for nothing");
	if (need->ticket && strlen(need->ticket) > TICKET_MAX)
		schema_finding(d, schema_find(mapping, "ticket"), "E0415",
			       "at most 64 bytes, such as OPS-[0-9]*", "the pattern is too long");
}

_Static_assert(offsetof(struct rule_need, grant) == 0, "GRANT_FIELDS serve both");
#define NEED(member) AT(struct rule_need, member)
static const struct field need_fields[] = {
	GRANT_FIELDS,
	{"reason", FIELD_BOOL, NEED(reason), .help = "true: each says why"},
	{"ticket", FIELD_TITLE, NEED(ticket),
	 .help = "each names a ticket like this; * stands for any letters, ? for one, [0-9] for "
		 "one of these",
	 .example = "\"OPS-[0-9]*\""},
	{"owner", FIELD_BOOL, NEED(owner), .help = "true: an account that has it has an owner"},
	{"endsWithin", FIELD_COUNT, NEED(ends_within), .least = 1, .most = 3660,
	 .help = "each ends, and within so many days", .example = "90"},
	{"level", FIELD_CHOICE, NEED(weight), .choices = rule_level_choices,
	 .first = WEIGHT_WARNING, .help = "what a breach counts as; default: error"},
	{0},
};
static const struct rule_need need_initial = {.ends_within = -1, .weight = WEIGHT_ERROR};
static const struct table need = {.help = "What each declaration of some grants needs.",
				  .fields = need_fields,
				  .check = check_need,
				  .conditions = ONE_SORT
				  ", \"anyOf\": [{\"required\": [\"reason\"]}, {\"required\": "
				  "[\"ticket\"]}, {\"required\": [\"owner\"]}, {\"required\": "
				  "[\"endsWithin\"]}]",
				  .size = sizeof(struct rule_need),
				  .initial = &need_initial,
				  .at = offsetof(struct rule_need, grant.at)};

/* ---- what stays apart ---- */

static void check_apart(struct decode *d, const struct node *mapping, void *object)
{
	const struct rule_apart *apart = object;
	const struct node *list = schema_find(mapping, "grants");
	if (list && list->type == NODE_SEQUENCE &&
	    (apart->grants.len < 2 || apart->grants.len > RULE_GRANTS_MAX))
		schema_finding(d, list, "E0431", "expected 2 to 16 of them",
			       "%zu grant%s to keep apart", apart->grants.len,
			       apart->grants.len == 1 ? "" : "s");
}

static const struct field apart_fields[] = {
	{"grants", FIELD_RECORDS, true, AT(struct rule_apart, grants), .table = &grant,
	 .help = "two or more, of which one principal may hold one"},
	{"reason", FIELD_TITLE, AT(struct rule_apart, reason), .help = "why; it is told"},
	{"level", FIELD_CHOICE, AT(struct rule_apart, weight), .choices = rule_level_choices,
	 .first = WEIGHT_WARNING, .help = "what a breach counts as; default: error"},
	{0},
};
static const struct rule_apart apart_initial = {.weight = WEIGHT_ERROR};
static const struct table apart = {.help = "Grants that one principal may not hold together.",
				   .fields = apart_fields,
				   .check = check_apart,
				   .conditions = "\"allOf\": [{\"properties\": {\"grants\": "
						 "{\"minItems\": 2, \"maxItems\": 16}}}]",
				   .size = sizeof(struct rule_apart),
				   .initial = &apart_initial,
				   .at = offsetof(struct rule_apart, at)};

/* ---- what findings count as ---- */

static void check_level(struct decode *d, const struct node *mapping, void *object)
{
	const struct rule_level *level = object;
	const struct node *n = schema_find(mapping, "id");
	if (!level->id || (level->id[0] == 'W' && diagnostics_find(level->id)))
		return;
	if (diagnostics_find(level->id))
		schema_finding(d, n, "E0432", "expected the id of a warning, such as W0705",
			       "%s is an error always", level->id);
	else
		schema_finding(d, n, "E0432",
			       "expected the id of a warning, such as W0705; `writ validate "
			       "--explain` lists them",
			       "there is no diagnostic %s", schema_quoted(d, n->text));
}

#define LEVEL_FIELDS(names, least, words)                                                          \
	{                                                                                          \
		{"id",                                                                             \
		 FIELD_TITLE,                                                                      \
		 true,                                                                             \
		 AT(struct rule_level, id),                                                        \
		 .help = "the id of a warning",                                                    \
		 .example = "\"W0705\""},                                                          \
			{"level",                                                                  \
			 FIELD_CHOICE,                                                             \
			 true,                                                                     \
			 AT(struct rule_level, weight),                                            \
			 .choices = (names),                                                       \
			 .first = (least),                                                         \
			 .help = (words)},                                                         \
			{0},                                                                       \
	}
#define LEVEL_TABLE(rows)                                                                          \
	{                                                                                          \
		.help = "What a warning counts as.", .fields = (rows), .check = check_level,       \
		.conditions = "\"allOf\": [{\"properties\": {\"id\": {\"pattern\": \"^W\"}}}]",    \
		.size = sizeof(struct rule_level), .at = offsetof(struct rule_level, at)           \
	}
static const struct field operator_level_fields[] =
	LEVEL_FIELDS(level_choices, WEIGHT_NONE, "what it counts as");
static const struct table operator_level = LEVEL_TABLE(operator_level_fields);

static const char *const error_alone[] = {"error", NULL};
static const struct field manifest_level_fields[] =
	LEVEL_FIELDS(error_alone, WEIGHT_ERROR, "what it counts as; here only \"error\"");
static const struct table manifest_level = LEVEL_TABLE(manifest_level_fields);

/* ---- all of it ---- */

static void check_rules(struct decode *d, const struct node *mapping, void *object)
{
	const struct rules *rules = object;
	const struct {
		const char *key;
		size_t count;
	} lists[] = {{"require", rules->require.len},
		     {"apart", rules->apart.len},
		     {"levels", rules->levels.len}};
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		if (lists[i].count > RULES_MAX)
			schema_finding(d, schema_find(mapping, lists[i].key), "E0431",
				       "expected at most 32", "%zu rules in one list",
				       lists[i].count);
	}
}

#define RULES(member) AT(struct rules, member)
#define RULES_FIELDS(level_table)                                                                  \
	{                                                                                          \
		{"require", FIELD_RECORDS, RULES(require), .table = &need,                         \
		 .help = "what declarations of some grants need"},                                 \
			{"apart", FIELD_RECORDS, RULES(apart), .table = &apart,                    \
			 .help = "grants that one principal may not hold together"},               \
			{"levels", FIELD_RECORDS, RULES(levels), .table = &(level_table),          \
			 .help = "what some warnings count as"},                                   \
			{0},                                                                       \
	}
static const struct field operator_fields[] = RULES_FIELDS(operator_level);
const struct table rules_of_operator = {.help = "What grants need here, beside what manifests ask.",
					.fields = operator_fields,
					.check = check_rules};

static const struct field manifest_fields[] = RULES_FIELDS(manifest_level);
const struct table rules_of_manifests = {
	.help = "What grants need here, beside what the operator asks.",
	.fields = manifest_fields,
	.check = check_rules};
