/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/schema_table.h"

#include <string.h>

#include "core/language/rules_table.h"
#include "core/language/schema_fields.h"
#include "core/language/schema_finding.h"

const char *const kind_names[KIND_COUNT + 1] = {
	[KIND_ORGANIZATION] = "Organization",
	[KIND_ACCESS_BUNDLE] = "AccessBundle",
	[KIND_TECHNICAL_ACCOUNT] = "TechnicalAccount",
	[KIND_ADMIN_ROLE] = "AdminRole",
	[KIND_PRODUCT_ASSIGNMENT] = "ProductAssignment",
	[KIND_OPEN_DRIFT] = "OpenDrift",
};

const char schema_scopes[] = "";

/* ---- rules inside one mapping ---- */

void schema_check_scope(struct decode *d, const struct node *mapping, enum role role)
{
	static const char *const keys[] = {"product", "profile", "group"};
	static const bool takes[][3] = {[SCOPE_ORGANIZATION] = {false, false, false},
					[SCOPE_PRODUCT] = {true, false, false},
					[SCOPE_PROFILE] = {true, true, false},
					[SCOPE_GROUP] = {false, false, true}};
	if (role == ROLE_NONE)
		return;
	for (size_t i = 0; i < 3; i++) {
		const struct node *value = schema_find(mapping, keys[i]);
		bool due = takes[role_table[role].scope][i];
		if (due && !value)
			schema_finding(d, mapping, "E0416", "this role has it as its scope",
				       "%s needs \"%s\"", role_table[role].name, keys[i]);
		if (!due && value)
			schema_finding(d, value, "E0417", "leave it out", "%s takes no \"%s\"",
				       role_table[role].name, keys[i]);
	}
}

static void check_role_entry(struct decode *d, const struct node *mapping, void *object)
{
	struct entry_draft *draft = object;
	schema_check_scope(d, mapping, draft->entry.role);
}

static void check_admin_role(struct decode *d, const struct node *mapping, void *object)
{
	const struct assignment *a = object;
	schema_check_scope(d, mapping, a->role);
}

static const char *user_name(const struct decode *d, const struct entry_draft *draft)
{
	ARENA a = {0};
	if (draft->user_type == USER_ANY)
		return draft->user;
	return intern(d->to->strings,
		      arena_printf(&a, "%s:%s", user_type_names[draft->user_type], draft->user));
}

static void check_member(struct decode *d, const struct node *mapping, void *object)
{
	struct entry_draft *draft = object;
	struct entry *e = &draft->entry;
	int named = !!schema_find(mapping, "account") + !!schema_find(mapping, "user") +
		    !!schema_find(mapping, "group");
	bool meant = schema_is_meant(d, mapping, "account") ||
		     schema_is_meant(d, mapping, "user") || schema_is_meant(d, mapping, "group");
	if (named > 1 || (!named && !meant))
		schema_finding(d, mapping, "E0418", "expected one of account, user, group",
			       "a member has %s",
			       named ? "more than one principal" : "no principal");
	if (named != 1) {
		e->name = NULL;
		return;
	}
	const struct node *type = schema_find(mapping, "type");
	if (type && !schema_find(mapping, "user"))
		schema_finding(d, type, "E0420", "leave it out", "only a user has a type");
	if (e->name) {
		e->member = PRINCIPAL_GROUP;
	} else if (draft->user) {
		e->member = PRINCIPAL_USER;
		e->name = user_name(d, draft);
	} else {
		e->member = PRINCIPAL_ACCOUNT;
		e->name = draft->account;
	}
}

static void check_organization(struct decode *d, const struct node *mapping, void *object)
{
	const struct organization *o = object;
	if (o->provider && !strcmp(o->provider, "adobe") && !schema_find(mapping, "orgId"))
		schema_finding(d, mapping, "E0422", "such as 0123456789ABCDEF01234567@AdobeOrg",
			       "provider adobe needs \"orgId\"");
}

static void check_account(struct decode *d, const struct node *mapping, void *object)
{
	static const char *const lists[] = {"adminRoles", "products", "apis", "bundles"};
	const struct account *a = object;
	const struct node *state = schema_find(mapping, "state");
	if (a->state != STATE_ABSENT || !state)
		return;
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		const struct node *list = schema_find(mapping, lists[i]);
		if (list && list->type == NODE_SEQUENCE && list->first)
			schema_finding(d, state, "E0505",
				       "an absent account holds nothing; empty the list",
				       "state is absent, but %s has entries", lists[i]);
	}
	if (a->protect)
		schema_finding(d, state, "E0506", "remove protect first, in a change of its own",
			       "state is absent, but the account is protected");
}

/* ---- the tables ---- */

static const char *const unlisted_choices[] = {"keep", "report", "remove", NULL};
static const char *const state_choices[] = {"present", "absent", NULL};

#define DRAFT(member) AT(struct entry_draft, member)
#define WORDS                                                                                      \
	{"reason", FIELD_TEXT, DRAFT(words.reason), .help = "why it is granted",                   \
	 .example = "\"nightly template sync\""},                                                  \
		{"ticket", FIELD_TEXT, DRAFT(words.ticket), .help = "where it was asked for",      \
		 .example = "\"OPS-1182\""},                                                       \
	{                                                                                          \
		"expires", FIELD_DATE, DRAFT(words.expires),                                       \
			.help = "last day it holds, UTC; afterwards the grant is removed",         \
			.example = "\"2027-03-31\""                                                \
	}

static const struct field role_entry_fields[] = {
	{"role", FIELD_ROLE, true, DRAFT(entry.role), .help = "an admin role",
	 .example = "\"storage-administrator\""},
	{"product", FIELD_OBJECT_NAME, DRAFT(entry.product), .help = "product that it administers"},
	{"profile", FIELD_OBJECT_NAME, DRAFT(entry.profile), .help = "profile that it administers"},
	{"group", FIELD_OBJECT_NAME, DRAFT(entry.name), .help = "user group that it administers"},
	WORDS,
	{0},
};
static const struct table role_entry = {
	.help = "An admin role: its name, or a mapping when it has a scope or needs words.",
	.fields = role_entry_fields,
	.bare = "role",
	.check = check_role_entry,
	.conditions = schema_scopes,
};

static const struct field product_entry_fields[] = {
	{"product", FIELD_OBJECT_NAME, true, DRAFT(entry.product),
	 .help = "a product of the service", .example = "\"Adobe Express\""},
	{"profile", FIELD_OBJECT_NAME, true, DRAFT(entry.profile),
	 .help = "a profile of the product", .example = "\"Default\""},
	WORDS,
	{0},
};
static const struct table product_entry = {.help = "A product profile that is assigned.",
					   .fields = product_entry_fields};

static const struct field api_entry_fields[] = {
	{"api", FIELD_TITLE, true, DRAFT(entry.name), .help = "an API, by catalogue name or code",
	 .example = "\"User Management API\""},
	WORDS,
	{0},
};
static const struct table api_entry = {
	.help = "An API: its name, or a mapping when it needs words.",
	.fields = api_entry_fields,
	.bare = "api",
};

static const struct field licence_entry_fields[] = {
	{"product", FIELD_OBJECT_NAME, true, DRAFT(entry.product),
	 .help = "a product of the service"},
	{"profile", FIELD_OBJECT_NAME, DRAFT(entry.profile),
	 .help = "one profile of it; without it, every profile"},
	{0},
};
static const struct table licence_entry = {
	.help = "A product, or one profile of it, whose licence includes Enterprise Storage.",
	.fields = licence_entry_fields};

static const struct field live_product_fields[] = {
	{"product", FIELD_OBJECT_NAME, true, DRAFT(entry.product), .help = "a product that exists"},
	{"profile", FIELD_OBJECT_NAME, true, DRAFT(entry.profile), .help = "a profile of it"},
	{0},
};
static const struct table live_product = {.help = "A product profile that exists.",
					  .fields = live_product_fields};

static const struct field unseen_group_fields[] = {
	{"group", FIELD_OBJECT_NAME, true, DRAFT(entry.name), .help = "name of a user group"},
	{"product", FIELD_OBJECT_NAME, DRAFT(entry.product),
	 .help = "a product; without it, any that there is"},
	{"profile", FIELD_OBJECT_NAME, DRAFT(entry.profile),
	 .help = "a profile; without it, any that there is"},
	{0},
};
static const struct table unseen_group = {.help = "A user group, and what it may hold.",
					  .fields = unseen_group_fields};

static const struct field member_fields[] = {
	{"account", FIELD_NAME, DRAFT(account), .help = "name of a TechnicalAccount"},
	{"user", FIELD_EMAIL, DRAFT(user), .help = "e-mail address of a user"},
	{"type", FIELD_CHOICE, DRAFT(user_type), .choices = user_type_names + 1,
	 .first = USER_ADOBE_ID,
	 .help = "which of several entries of the address; default: the one that is no Adobe ID"},
	{"group", FIELD_OBJECT_NAME, DRAFT(entry.name), .help = "name of a user group"},
	WORDS,
	{0},
};
static const struct table member = {
	.help = "Who holds it: the name of an account, or a mapping with account, user or group.",
	.fields = member_fields,
	.bare = "account",
	.check = check_member,
	.conditions = "\"oneOf\": [{\"required\": [\"account\"]}, {\"required\": [\"user\"]}, "
		      "{\"required\": [\"group\"]}], "
		      "\"dependentRequired\": {\"type\": [\"user\"]}",
};

#define ORGANIZATION_FIELD                                                                         \
	{                                                                                          \
		"organization", FIELD_NAME,                                                        \
			PLACED(struct metadata, organization, organization_at),                    \
			.help = "which Organization the document is of; needed where a set has "   \
				"several",                                                         \
			.example = "\"acme\""                                                      \
	}

static const struct field own_metadata_fields[] = {
	{"name", FIELD_NAME, true, PLACED(struct metadata, name, name_at),
	 .help = "a name, unique among the documents of its kind", .example = "\"asset-archiver\""},
	{"labels", FIELD_LABELS, HAS(struct metadata, labels, has_labels),
	 .help = "texts under keys of your own", .example = "{\"team\": \"media\"}"},
	{0},
};
static const struct table own_metadata = {.help = "What identifies the document.",
					  .fields = own_metadata_fields};

static const struct field metadata_fields[] = {
	{"name", FIELD_NAME, true, PLACED(struct metadata, name, name_at),
	 .help = "a name, unique among the documents of its kind", .example = "\"asset-archiver\""},
	ORGANIZATION_FIELD,
	{"labels", FIELD_LABELS, HAS(struct metadata, labels, has_labels),
	 .help = "texts under keys of your own", .example = "{\"team\": \"media\"}"},
	{0},
};
static const struct table metadata = {.help = "What identifies the document.",
				      .fields = metadata_fields};

static const struct field account_metadata_fields[] = {
	{"name", FIELD_NAME, true, PLACED(struct metadata, name, name_at),
	 .help = "a name, unique among the technical accounts", .example = "\"asset-archiver\""},
	ORGANIZATION_FIELD,
	{"labels", FIELD_LABELS, HAS(struct metadata, labels, has_labels),
	 .help = "texts under keys of your own", .example = "{\"team\": \"media\"}"},
	{"previously", FIELD_NAMES, AT(struct metadata, previously),
	 .help = "earlier names; a rename is then not a delete and a create"},
	{0},
};
static const struct table account_metadata = {.help = "What identifies the account.",
					      .fields = account_metadata_fields};

/* Of guards that stand so many bytes behind the beginning of an organization. */
#define GUARD(base, member)                                                                        \
	.at = (base) + offsetof(struct guards, member), .has = NOWHERE, .place = NOWHERE
#define GUARD_FIELDS(base)                                                                         \
	{                                                                                          \
		{"maxRemovals", FIELD_COUNT, GUARD(base, max_removals),                            \
		 .help = "product grants that a plan may remove without consent; default: 20",     \
		 .example = "5"},                                                                  \
			{"maxRemovalDelta", FIELD_PERCENT, GUARD(base, max_removal_delta),         \
			 .help = "share of all live product grants that a plan may remove "        \
				 "without "                                                        \
				 "consent; default: 25%",                                          \
			 .example = "\"25%\""},                                                    \
			{"maxAdminGrants", FIELD_COUNT, GUARD(base, max_admin_grants),             \
			 .help = "admin roles that a plan may grant without consent; default: 5",  \
			 .example = "2"},                                                          \
			{"minHolders", FIELD_HOLDERS, GUARD(base, min_holders),                    \
			 .help = MIN_HOLDERS_HELP,                                                 \
			 .example =                                                                \
				 "{\"system-administrator\": 3, \"support-administrator\": 1}"},   \
			{"minPersons", FIELD_COUNT, GUARD(base, min_persons),                      \
			 .help = MIN_PERSONS_HELP, .example = "1"},                                \
			{0},                                                                       \
	}
static const struct field guard_fields[] = GUARD_FIELDS(offsetof(struct organization, guards));
static const struct table guards = {
	.help = "Limits; the strictest of these and the operator's counts.",
	.fields = guard_fields};

static const struct field drift_ignore_fields[] = {
	{"fingerprint", FIELD_TITLE, true, AT(struct drift_ignore, fingerprint),
	 .help = "what `writ drift` prints of it", .example = "\"0a1b2c3d4e5f6071\""},
	{"until", FIELD_DATE, true, AT(struct drift_ignore, until),
	 .help = "the last day that it is ignored, UTC", .example = "\"2027-03-31\""},
	{"reason", FIELD_TITLE, true, AT(struct drift_ignore, reason), .help = "why"},
	{0},
};
static const struct drift_ignore drift_ignore_initial = {.until = DATE_NONE};
static const struct table drift_ignore = {.help = "A drift that is known and left for now.",
					  .fields = drift_ignore_fields,
					  .size = sizeof(struct drift_ignore),
					  .initial = &drift_ignore_initial,
					  .at = offsetof(struct drift_ignore, at)};

static const struct field organization_fields[] = {
	{"provider", FIELD_WORD, true, PLACED(struct organization, provider, provider_at),
	 .choices = (const char *const[]){"adobe", "file", NULL},
	 .help = "the service; with --live the file provider serves, whatever stands here"},
	{"orgId", FIELD_TITLE, PLACED(struct organization, org_id, org_id_at),
	 .help = "the organisation's id in the service; adobe needs it",
	 .example = "\"0123456789ABCDEF01234567@AdobeOrg\""},
	{"unlisted", FIELD_CHOICE, AT(struct organization, unlisted), .choices = unlisted_choices,
	 .first = UNLISTED_KEEP,
	 .help = "what becomes of live accounts that no manifest declares; default: report"},
	{"enterpriseStorage", FIELD_ENTRIES, AT(struct organization, enterprise_storage),
	 .table = &licence_entry, .help = "products whose licence includes Enterprise Storage"},
	{"guards", FIELD_MAPPING, NONE, .table = &guards, .help = "limits to what one plan may do"},
	{"rules", FIELD_OBJECT, AT(struct organization, rules), .table = &rules_of_manifests,
	 .help = "what grants need here; the operator's rules hold as well"},
	{"ignoredDrift", FIELD_RECORDS, AT(struct organization, ignored_drift),
	 .table = &drift_ignore, .help = "drifts that are known and left for now"},
	{0},
};
static const struct table organization = {
	.help = "The organisation; where a set has several, its other documents name theirs.",
	.fields = organization_fields,
	.check = check_organization,
	.conditions = "\"if\": {\"properties\": {\"provider\": {\"const\": \"adobe\"}}, "
		      "\"required\": [\"provider\"]}, \"then\": {\"required\": [\"orgId\"]}"};

#define SNAPSHOT(member) AT(struct organization, snapshot.member)
static const struct field snapshot_policy_fields[] =
	GUARD_FIELDS(offsetof(struct organization, snapshot.policy));
static const struct table snapshot_policy = {.help = "Limits that held.",
					     .fields = snapshot_policy_fields};
static const struct field snapshot_fields[] = {
	{"format", FIELD_COUNT, true, SNAPSHOT(format), .help = "version of the snapshot's layout",
	 .example = "1"},
	{"serial", FIELD_COUNT, true, SNAPSHOT(serial),
	 .help = "how many times the contents have changed, from 1", .example = "7"},
	{"lineage", FIELD_TITLE, true, SNAPSHOT(lineage),
	 .help = "what tells this organisation from others"},
	{"sources", FIELD_LABELS, SNAPSHOT(sources), .help = "where each part was read"},
	{"unknown", FIELD_TITLES, SNAPSHOT(unknown), .help = "what could not be read"},
	{"policy", FIELD_MAPPING, NONE, .table = &snapshot_policy,
	 .help = "the limits that the last recorded apply had"},
	{"digests", FIELD_LABELS, SNAPSHOT(digests), .help = "SHA-256 of each part as written"},
	{"restore", FIELD_LABELS, SNAPSHOT(restore),
	 .help = "the restore that is under way: from which snapshot, by which run, since when"},
	{"managed", FIELD_TITLES, SNAPSHOT(managed),
	 .help = "addresses of what the last apply's manifests said of product profiles"},
	{0},
};
static const struct table snapshot = {.help = "What a snapshot says of itself.",
				      .fields = snapshot_fields};

static const struct field api_offer_fields[] = {
	{"api", FIELD_TITLE, true, AT(struct api_offer, name), .help = "its name in the catalogue"},
	{"code", FIELD_TITLE, true, AT(struct api_offer, code), .help = "its code"},
	{"unavailable", FIELD_TITLE, AT(struct api_offer, unavailable),
	 .help = "why it cannot be added, in the service's word"},
	{"products", FIELD_ENTRIES, AT(struct api_offer, products), .table = &live_product,
	 .help = "the product profiles that come with it"},
	{0},
};
static const struct table api_offer = {.help = "An API that a credential can have.",
				       .fields = api_offer_fields,
				       .size = sizeof(struct api_offer),
				       .at = offsetof(struct api_offer, at)};

static const struct field organization_status_fields[] = {
	{"products", FIELD_ENTRIES, HAS(struct organization, status.products, status.has_products),
	 .table = &live_product, .help = "live: the product profiles that exist"},
	{"users", FIELD_EMAILS, HAS(struct organization, status.users, status.has_users),
	 .help = "live: e-mail addresses of the users that exist"},
	{"groups", FIELD_OBJECT_NAMES, HAS(struct organization, status.groups, status.has_groups),
	 .help = "live: names of the user groups that exist"},
	{"apis", FIELD_RECORDS, HAS(struct organization, status.apis, status.has_apis),
	 .table = &api_offer, .help = "live: the APIs that credentials can have"},
	{"unseen", FIELD_NAMES, AT(struct organization, unseen),
	 .help = "live: admin roles of which a read could not show which users hold them; "
		 "\"products\", of product profiles",
	 .example = "[\"storage-administrator\"]"},
	{"unseenGroups", FIELD_ENTRIES, AT(struct organization, unseen_groups),
	 .table = &unseen_group,
	 .help = "live: user groups of which a read could not show which product profiles they "
		 "hold"},
	{"snapshot", FIELD_MAPPING, NONE, .table = &snapshot,
	 .help = "of a snapshot: what it is, and of what"},
	{0},
};
static const struct table organization_status = {
	.help = "What the service said; ignored in what is wanted.",
	.fields = organization_status_fields};

static const struct field bundle_fields[] = {
	{"adminRoles", FIELD_ENTRIES, AT(struct bundle, roles), .table = &role_entry,
	 .help = "admin roles of each account that has the bundle"},
	{"products", FIELD_ENTRIES, AT(struct bundle, products), .table = &product_entry,
	 .help = "product profiles of each account that has the bundle"},
	{"apis", FIELD_ENTRIES, HAS(struct bundle, apis, has_apis), .table = &api_entry,
	 .help = "APIs of each account that has the bundle"},
	{0},
};
static const struct table bundle = {.help = "A named set of grants.", .fields = bundle_fields};

static const struct field account_fields[] = {
	{"description", FIELD_TEXT, PLACED(struct account, description, description_at),
	 .help = "what it is for"},
	{"owner", FIELD_TITLE, AT(struct account, owner), .help = "who answers for it",
	 .example = "\"media-platform@example.com\""},
	{"project", FIELD_TITLE, PLACED(struct account, project, project_at),
	 .help = "Developer Console project title; made when absent"},
	{"credential", FIELD_TITLE, PLACED(struct account, credential, credential_at),
	 .help = "name of the credential; default: metadata.name"},
	{"apis", FIELD_ENTRIES, HAS(struct account, apis, has_apis), .table = &api_entry,
	 .help = "all APIs of its credential; without the key they are not managed"},
	{"bundles", FIELD_NAMES, HAS(struct account, bundles, has_bundles),
	 .help = "names of AccessBundles; the key claims both roles and products"},
	{"adminRoles", FIELD_ENTRIES, HAS(struct account, roles, has_roles), .table = &role_entry,
	 .help = "all of its admin roles; without the key they are not managed"},
	{"products", FIELD_ENTRIES, HAS(struct account, products, has_products),
	 .table = &product_entry,
	 .help = "all of its product profiles; without the key they are not managed"},
	{"unlisted", FIELD_CHOICE, AT(struct account, unlisted), .choices = unlisted_choices,
	 .first = UNLISTED_KEEP,
	 .help = "what becomes of grants that it holds live and no list names; default: remove"},
	{"protect", FIELD_BOOL, AT(struct account, protect), .help = "never deleted by a plan"},
	{"state", FIELD_CHOICE, PLACED(struct account, state, state_at), .choices = state_choices,
	 .first = STATE_PRESENT,
	 .help = "present (default), or absent: the plan deletes the account"},
	{0},
};
static const struct table account = {
	.help = "A service account, its credential, and what it may do.",
	.fields = account_fields,
	.check = check_account,
	.conditions =
		"\"if\": {\"properties\": {\"state\": {\"const\": \"absent\"}}, \"required\": "
		"[\"state\"]}, \"then\": {\"properties\": {\"protect\": {\"const\": false}, "
		"\"adminRoles\": {\"maxItems\": 0}, \"products\": {\"maxItems\": 0}, "
		"\"apis\": {\"maxItems\": 0}, "
		"\"bundles\": {\"maxItems\": 0}}}",
};

static const struct field account_status_fields[] = {
	{"id", FIELD_TITLE, AT(struct account, id), .help = "live: the service's id"},
	{"email", FIELD_EMAIL, AT(struct account, email), .help = "live: the service's e-mail"},
	{"unseen", FIELD_NAMES, AT(struct account, unseen),
	 .help = "live: admin roles of which a read could not show whether it holds them",
	 .example = "[\"storage-administrator\"]"},
	{0},
};
static const struct table account_status = {
	.help = "What the service assigned; ignored in what is wanted.",
	.fields = account_status_fields};

static const struct field admin_role_fields[] = {
	{"role", FIELD_ROLE, true, AT(struct assignment, role), .help = "an admin role"},
	{"product", FIELD_OBJECT_NAME, AT(struct assignment, product), .help = "its product"},
	{"profile", FIELD_OBJECT_NAME, AT(struct assignment, profile), .help = "its profile"},
	{"group", FIELD_OBJECT_NAME, AT(struct assignment, group), .help = "its user group"},
	{"members", FIELD_ENTRIES, true, AT(struct assignment, members), .table = &member,
	 .help = "who holds the role"},
	{"unlisted", FIELD_CHOICE, AT(struct assignment, unlisted), .choices = unlisted_choices,
	 .first = UNLISTED_KEEP,
	 .help = "what becomes of others that hold it live; default: report"},
	{0},
};
static const struct table admin_role = {.help = "An admin role and who holds it.",
					.fields = admin_role_fields,
					.check = check_admin_role,
					.conditions = schema_scopes};

static const struct field product_assignment_fields[] = {
	{"product", FIELD_OBJECT_NAME, true, AT(struct assignment, product), .help = "the product"},
	{"profile", FIELD_OBJECT_NAME, true, AT(struct assignment, profile), .help = "its profile"},
	{"members", FIELD_ENTRIES, true, AT(struct assignment, members), .table = &member,
	 .help = "who has the profile"},
	{"unlisted", FIELD_CHOICE, AT(struct assignment, unlisted), .choices = unlisted_choices,
	 .first = UNLISTED_KEEP,
	 .help = "what becomes of others that have it live; default: report"},
	{0},
};
static const struct table product_assignment = {.help = "A product profile and who has it.",
						.fields = product_assignment_fields};

static const struct field agreed_fields[] = {
	{"name", FIELD_NAME, true, AT(struct account, meta.name), .help = "its agreed name"},
	{"labels", FIELD_LABELS, HAS(struct account, meta.labels, meta.has_labels),
	 .help = "its agreed labels"},
	{"spec", FIELD_MAPPING, true, NONE, .table = &account, .help = "what was agreed of it"},
	{"id", FIELD_TITLE, AT(struct account, id), .help = "the service's id of it"},
	{"email", FIELD_EMAIL, AT(struct account, email), .help = "the service's e-mail of it"},
	{"unseen", FIELD_NAMES, AT(struct account, unseen),
	 .help = "admin roles of which it was not seen whether it held them"},
	{0},
};
static const struct table agreed = {.help = "The account as it was agreed.",
				    .fields = agreed_fields};

#define DRIFT(member) AT(struct open_drift, member)
static const struct field open_drift_fields[] = {
	{"drift", FIELD_CHOICE, true, DRIFT(kind),
	 .choices = (const char *const[]){"appeared", "gone", "changed", NULL},
	 .first = DRIFT_APPEARED, .help = "what became of it"},
	{"unseen", FIELD_BOOL, DRIFT(unseen),
	 .help = "no read shows whether it is gone, so it stays agreed"},
	{"unseenBefore", FIELD_BOOL, DRIFT(unsure),
	 .help = "true: it appeared, and what is agreed could not show if it was there before"},
	{"principal", FIELD_CHOICE, true, DRIFT(principal_kind),
	 .choices = (const char *const[]){"technicalAccount", "group", "user", NULL},
	 .first = PRINCIPAL_ACCOUNT, .help = "whom it is about"},
	{"name", FIELD_TITLE, true, DRIFT(principal), .help = "the principal's name"},
	{"role", FIELD_ROLE, DRIFT(role), .help = "the admin role of a grant"},
	{"product", FIELD_OBJECT_NAME, DRIFT(product), .help = "the product of a grant"},
	{"profile", FIELD_OBJECT_NAME, DRIFT(profile), .help = "the product's profile"},
	{"group", FIELD_OBJECT_NAME, DRIFT(group), .help = "the user group of an admin role"},
	{"api", FIELD_TITLE, DRIFT(api), .help = "the API of an account's credential"},
	{"reason", FIELD_TEXT, DRIFT(words.reason), .help = "of a grant that is gone: its reason"},
	{"ticket", FIELD_TEXT, DRIFT(words.ticket), .help = "of a grant that is gone: its ticket"},
	{"expires", FIELD_DATE, DRIFT(words.expires), .help = "of a grant that is gone: its end"},
	{"since", FIELD_TITLE, true, DRIFT(since), .help = "when it was found",
	 .example = "\"2026-06-01T00:00:00Z\""},
	{"run", FIELD_TITLE, true, DRIFT(run), .help = "which run found it"},
	{"before", FIELD_OBJECT, PLACED(struct open_drift, before, before_at), .table = &agreed,
	 .help = "of an account that is gone or changed: as it was agreed"},
	{0},
};
static const struct table open_drift = {
	.help = "What somebody changed and nobody has decided on yet; only beside a snapshot.",
	.fields = open_drift_fields};

static const struct field no_fields[] = {{0}};
static const struct table no_status = {.help = "Ignored in what is wanted.", .fields = no_fields};

/* Every document's struct begins with it. */
#define METADATA .at = NOWHERE, .has = NOWHERE, .place = offsetof(struct metadata, organization_at)
#define FIRST(type) _Static_assert(offsetof(struct type, meta) == 0, "METADATA relies on it")
FIRST(organization);
FIRST(bundle);
FIRST(account);
FIRST(assignment);
FIRST(open_drift);

#define DOCUMENT(name, meta_table, spec_table, status_type, status_table)                          \
	static const struct field name##_document[] = {                                            \
		VERSION_FIELD,                                                                     \
		{"kind", FIELD_CHOICE, true, NONE, .settled = true, .choices = kind_names,         \
		 .help = "a kind"},                                                                \
		{"metadata", FIELD_MAPPING, true, METADATA, .table = &(meta_table),                \
		 .help = "metadata with a name"},                                                  \
		{"spec", FIELD_MAPPING, true, NONE, .table = &(spec_table),                        \
		 .help = "a spec; it may be {}"},                                                  \
		{"status", status_type, NONE, .table = &(status_table),                            \
		 .help = "what the service said; ignored in what is wanted"},                      \
		{0},                                                                               \
	}

DOCUMENT(organization, own_metadata, organization, FIELD_MAPPING, organization_status);
DOCUMENT(bundle, metadata, bundle, FIELD_ANYTHING, no_status);
DOCUMENT(account, account_metadata, account, FIELD_MAPPING, account_status);
DOCUMENT(admin_role, metadata, admin_role, FIELD_ANYTHING, no_status);
DOCUMENT(product_assignment, metadata, product_assignment, FIELD_ANYTHING, no_status);
DOCUMENT(open_drift, metadata, open_drift, FIELD_ANYTHING, no_status);

static const struct field any_fields[] = {
	VERSION_FIELD,
	{"kind", FIELD_TITLE, true, NONE, .help = "a kind", .example = "\"TechnicalAccount\""},
	{"metadata", FIELD_MAPPING, true, NONE, .table = &account_metadata,
	 .help = "metadata with a name"},
	{"spec", FIELD_ANYTHING, true, NONE, .help = "a spec; it may be {}"},
	{"status", FIELD_ANYTHING, NONE, .help = "what the service said"},
	{0},
};
const struct table schema_any_document = {.help = "A document.", .fields = any_fields};

const struct table schema_documents[KIND_COUNT] = {
	[KIND_ORGANIZATION] = {.help = "An organisation that a set of manifests describes.",
			       .fields = organization_document},
	[KIND_ACCESS_BUNDLE] =
		{.help = "A named set of grants, for what would otherwise be repeated.",
		 .fields = bundle_document},
	[KIND_TECHNICAL_ACCOUNT] = {.help = "A service account and what it may do.",
				    .fields = account_document},
	[KIND_ADMIN_ROLE] = {.help = "An admin role and who holds it.",
			     .fields = admin_role_document},
	[KIND_PRODUCT_ASSIGNMENT] = {.help = "A product profile and who has it.",
				     .fields = product_assignment_document},
	[KIND_OPEN_DRIFT] = {.help = "Drift of a snapshot that is not decided; writ writes it.",
			     .fields = open_drift_document},
};
