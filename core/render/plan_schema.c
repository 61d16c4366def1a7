/* SPDX-License-Identifier: Apache-2.0 */
#include "core/render/plan_schema.h"

#include "core/render/part_schema.h"

/* The values on one side of a change: of a grant the words that it is given with, of an account its
 * attributes, of an update only those that differ. */
static const struct part values[] = {
	{"reason", TEXT_OR_NULL, "of a grant: why", .optional = true},
	{"ticket", TEXT_OR_NULL, "of a grant: where it was asked for", .optional = true},
	{"expires", TEXT_OR_NULL, "of a grant: its last day", .optional = true},
	{"name", TEXT, "of an account: its name", .optional = true},
	{"id", TEXT, "of an account that gets another name, or a project: the service's id",
	 .optional = true},
	{"title", TEXT, "of a project: what people call it", .optional = true},
	{"account", TEXT_OR_NULL, "of a project: the account that it was made for",
	 .optional = true},
	{"run", TEXT, "of a project: the run that made it", .optional = true},
	{"description", TEXT_OR_NULL, "of an account: what it is for", .optional = true},
	{"owner", TEXT_OR_NULL, "of an account: who answers for it", .optional = true},
	{"labels", "\"type\": \"object\", \"additionalProperties\": {\"type\": \"string\"}",
	 "of an account: texts under keys", .optional = true},
	{"project", TEXT_OR_NULL, "of an account: its project", .optional = true},
	{"credential", TEXT, "of an account: its credential", .optional = true},
	{0},
};
static const struct part transition[] = {
	{"actions",
	 "\"type\": \"array\", \"items\": {\"enum\": [\"create\", \"update\", \"delete\"]}, "
	 "\"minItems\": 1, \"maxItems\": 1",
	 "what is done"},
	{"before", NULL, "what there is; null for a create", values, .nullable = true},
	{"after", NULL, "what there will be; null for a delete", values, .nullable = true},
	{0},
};
static const struct part lost_grant[] = {{"entitlement", NULL, "what", part_entitlement}, {0}};
static const struct part lost[] = {
	{"roles", COUNT, "admin roles and administrative APIs"},
	{"products", COUNT, "product profiles and other APIs"},
	{"grants", NULL, "each of them", lost_grant, .list = true},
	{0},
};
static const struct part change_bundle[] = {
	{"name", TEXT, "its name"},
	{"whole", "\"const\": true", "all accounts of the bundle, and several, get the grant",
	 .optional = true},
	{"location", NULL, "its item", part_location, .nullable = true},
	{0},
};
static const struct part change[] = {
	{"id", TEXT ", \"pattern\": \"^c[1-9][0-9]*$\"", "in the order of execution"},
	{"address", TEXT, "what it is about"},
	{"type", "\"enum\": [\"grant\", \"technicalAccount\", \"project\"]", "what is changed"},
	{"principal", NULL, "who", part_principal},
	{"entitlement", NULL, "what; null for an account or project", part_entitlement,
	 .nullable = true},
	{"change", NULL, "from what to what", transition},
	{"action_reason",
	 "\"enum\": [\"added\", \"not-listed\", \"expired\", \"state-absent\", \"undeclared\", "
	 "\"renamed\", \"changed\"]",
	 "why"},
	{"risk",
	 "\"enum\": [\"admin-grant\", \"admin-removal\", \"account-delete\", \"removal\", "
	 "\"ordinary\"]",
	 "how much harm a mistake would do"},
	{"via", "\"enum\": [\"api\", \"command\", \"manual\"]", "how it is made"},
	{"lost", NULL, "what goes with a deleted account", lost, .optional = true},
	{"since_snapshot", "\"enum\": [\"pending\", \"drift\", \"conflict\"]",
	 "who moved since the last snapshot", .optional = true},
	{"withheld", "\"const\": true", "it is not carried out", .optional = true},
	{"withheld_by",
	 "\"enum\": [\"consent\", \"minHolders\", \"own\", \"replacement\", \"carrier\"]",
	 "why: it needs consent, or who must keep what", .optional = true},
	{"unknown", "\"const\": true", "no read shows whether it is there", .optional = true},
	{"idle", "\"const\": true", "nobody would gain by it now; it is not pending",
	 .optional = true},
	{"note", TEXT_OR_NULL, "what else there is to say of it"},
	{"attested", NULL, "what somebody says of it, which no read shows; it is not pending",
	 part_attested, .optional = true},
	{"bundle", NULL, "by which the location says it", change_bundle, .optional = true},
	{"location", NULL, "what asks for it", part_location, .nullable = true},
	{0},
};
static const struct part manifest[] = {{"digest", DIGEST, "of all files"},
				       {"commit", TEXT_OR_NULL, "that holds just these files"},
				       {0}};
static const struct part live[] = {
	{"digest", DIGEST, "of what was read"},
	{"source", TEXT, "where from"},
	{"read_at", MOMENT, "when"},
	{0},
};
static const struct part loosened[] = {
	{"name", TEXT, "which guard"},
	{"subject", TEXT, "the role it is about", .optional = true},
	{"before", "\"type\": \"integer\"", "its limit then"},
	{"now", "\"type\": \"integer\"", "its limit now"},
	{0},
};
static const struct part policy[] = {
	{"digest", DIGEST, "of the limits"},
	{"max_removals", COUNT, "product grants"},
	{"max_removal_delta", COUNT, "percent"},
	{"max_admin_grants", COUNT, "admin roles"},
	{"min_holders", COUNT, "holders of system-administrator"},
	{"min_holders_by_role", "\"type\": \"object\", \"additionalProperties\": {" COUNT "}",
	 "holders of each role that somebody must keep"},
	{"min_persons", COUNT, "users among the system administrators"},
	{"max_live_shrink", COUNT, "percent"},
	{"before", TEXT, "whose limits were stricter", .optional = true},
	{"loosened", NULL, "limits that are looser than those", loosened, .list = true,
	 .optional = true},
	{"rules_before", TEXT, "when the manifests had more rules", .optional = true},
	{"lost_rules", TEXTS, "what they and the operator no longer ask for", .optional = true},
	{0},
};
static const struct part consent[] = {
	{"allow_remove", TEXT_OR_NULL, "--allow-remove"},
	{"allow_admin_grants", COUNT_OR_NULL, "--allow-admin-grants"},
	{"allow_live_shrink", "\"const\": true", "--allow-live-shrink", .optional = true},
	{"allow_expired", "\"const\": true", "--allow-expired", .optional = true},
	{"allow_unreplaced", "\"const\": true", "--allow-unreplaced", .optional = true},
	{0},
};
static const struct part summary[] = {
	{"add", COUNT, "created"},
	{"change", COUNT, "updated"},
	{"remove", COUNT, "deleted"},
	{"manual", COUNT, "made by a person"},
	{"withheld", COUNT, "not applied"},
	{"unlisted", COUNT, "left alone"},
	{"blocked", COUNT, "wanted, and not possible yet"},
	{"unseen", COUNT, "claimed, wanted or ended, and not shown by any read"},
	{0},
};
static const struct part guard[] = {
	{"name", TEXT, "which"},
	{"subject", TEXT, "the role it is about", .optional = true},
	{"limit", "\"type\": \"integer\"", "what would pass"},
	{"value", "\"type\": \"integer\"", "what the plan does"},
	{"verdict", "\"enum\": [\"pass\", \"allowed\", \"withheld\", \"refused\"]", "the verdict"},
	{"flag", TEXT_OR_NULL, "what would let it pass"},
	{0},
};
static const struct part manual[] = {
	{"id", TEXT, "of the change"},
	{"address", TEXT, "what it is about"},
	{"since", TEXT_OR_NULL, "since when it waits; null: not yet"},
	{"steps", TEXTS, "what to do"},
	{0},
};
static const struct part account[] = {
	{"name", TEXT, "as manifests call it, or called it before"},
	{"credential", TEXT, "name of its credential"},
	{"project", TEXT_OR_NULL, "its project"},
	{"id", TEXT_OR_NULL, "the service's id; null while it has none"},
	{"email", TEXT_OR_NULL, "the service's e-mail; null while it has none"},
	{"former", "\"const\": true", "the plan takes this name from it", .optional = true},
	{0},
};
static const struct part cost[] = {
	{"calls", COUNT, "requests to the service"},
	{"minutes", COUNT, "minutes at its published limits"},
	{"licences_used", COUNT, "of products, by accounts and users that held none of them"},
	{"licences_freed", COUNT,
	 "of products, by accounts and users that hold none of them any more"},
	{0},
};
static const struct part blocked[] = {
	{"address", TEXT, "what it is"},
	{"principal", NULL, "who", part_principal},
	{"entitlement", NULL, "what; null for an account", part_entitlement, .nullable = true},
	{"message", TEXT, "what does not exist, or why it cannot be"},
	{"nearest", TEXT_OR_NULL, "a name that does"},
	{"location", NULL, "what asks for it", part_location, .nullable = true},
	{0},
};
static const struct part unlisted[] = {
	{"address", TEXT, "what it is"},
	{"principal", NULL, "who; null where they are told by number", part_principal,
	 .nullable = true},
	{"entitlement", NULL, "what; null for an account", part_entitlement, .nullable = true},
	{"count", COUNT, "how many have it", .optional = true},
	{"no_longer_declared", "\"const\": true", "the last snapshot has the account",
	 .optional = true},
	{"look_alike", TEXT, "which of its names a reader can take for another", .optional = true},
	{"was_to_end", TEXT, "the last day that is on record of it; no manifest says it any more",
	 .optional = true},
	{"location", NULL, "what leaves it alone", part_location, .nullable = true},
	{0},
};
static const struct part extended[] = {
	{"address", TEXT, "what it is"},
	{"principal", NULL, "who", part_principal},
	{"entitlement", NULL, "what", part_entitlement},
	{"before", DAY_OR_NULL, "its last day on record"},
	{"after", DAY_OR_NULL, "its last day by now; null: it has no end"},
	{"location", NULL, "the line that says so", part_location, .nullable = true},
	{0},
};
static const struct part unseen[] = {
	{"entitlement", NULL, "what", part_entitlement},
	{"claimed", COUNT, "of how many principals, by a complete list"},
	{"wanted", COUNT, "to be granted"},
	{"ended", COUNT, "past their last day: they may still be held"},
	{"unclaimed", COUNT, "of how many no document says anything"},
	{"anybody", "\"const\": true", "users whom nothing lists are among them, and count as one",
	 .optional = true},
	{"source", TEXT_OR_NULL, "what would show it; null: no configured source does"},
	{0},
};
static const struct part identity[] = {
	{"account", TEXT, "as manifests call it"},
	{"kind", "\"enum\": [\"made-anew\", \"credential\", \"project\", \"unproven\"]",
	 "what its name hides"},
	{"message", TEXT, "in words"},
	{0},
};
static const struct part ignored[] = {
	{"until", TEXT_OR_NULL, "the last day; null: this plan alone leaves it"},
	{"reason", TEXT, "why"},
	{"location", NULL, "what says so", part_location, .nullable = true},
	{0},
};
#define OBJECT_OR_NULL "\"type\": [\"object\", \"null\"]"
static const struct part end[] = {
	{"grant", TEXT, "its address"},
	{"expires", TEXT, "the last day on which it holds"},
	{0},
};
static const struct part drift[] = {
	{"address", TEXT, "what it is about"},
	{"type", "\"enum\": [\"grant\", \"technicalAccount\"]", "what moved"},
	{"principal", NULL, "who", part_principal},
	{"entitlement", NULL, "what; null for an account", part_entitlement, .nullable = true},
	{"kind", "\"enum\": [\"appeared\", \"gone\", \"changed\"]", "how"},
	{"differs", TEXTS, "attributes that changed"},
	{"before", OBJECT_OR_NULL, "of an account: in the snapshot", .optional = true},
	{"after", OBJECT_OR_NULL, "of an account: live", .optional = true},
	{"fingerprint", TEXT ", \"pattern\": \"^[0-9a-f]{16}$\"", "what tells it from others"},
	{"unseen_before", "\"const\": true", "the snapshot could not show it", .optional = true},
	{"fate", "\"enum\": [\"left\", \"reverted\", \"agreed\", \"conflict\", \"ignored\"]",
	 "what the plan does about it", .optional = true},
	{"ignored", NULL, "what ignores it", ignored, .optional = true},
	{"not_ignored", TEXT, "why what would ignore it does not count", .optional = true},
	{"look_alike", TEXT, "which of its names a reader can take for another", .optional = true},
	{"made_by", TEXT, "the run that did just this, which the snapshot does not have",
	 .optional = true},
	{"unrecorded", "\"const\": true",
	 "nobody recorded anything since that run; it does not count", .optional = true},
	{0},
};
static const struct part project[] = {
	{"id", TEXT, "the service's"},
	{"title", TEXT, "what people call it"},
	{"account", TEXT_OR_NULL, "the account that it was made for"},
	{"run", TEXT, "the run that made it"},
	{0},
};
static const struct part base[] = {{"snapshot", TEXT, "where it is"}, {0}};
static const struct part plan[] = {
	{"format_version", TEXT ", \"pattern\": \"^1[.]\"", "of this format"},
	{"writ_version", TEXT, "of the program"},
	{"organization", TEXT, "its name"},
	{"org_id", TEXT_OR_NULL, "its id in the service"},
	{"provider", TEXT, "the service"},
	{"target", TEXT, "the account that its changes were narrowed to", .optional = true},
	{"restores", TEXT, "the snapshot that it leads back to", .optional = true},
	{"whole", "\"type\": \"boolean\"", "whether it is of all manifests, and of nothing else"},
	{"ledger", COUNT, "the last record of the ledger when it was made", .optional = true},
	{"digest", DIGEST, "what it comes to: the same plan made again has the same"},
	{"created", MOMENT, "when it was made"},
	{"expires", MOMENT, "when it is too old to apply"},
	{"manifest", NULL, "what is wanted", manifest},
	{"live", NULL, "what there is", live},
	{"base", NULL, "the last snapshot", base, .optional = true},
	{"policy", NULL, "the limits", policy},
	{"consent", NULL, "what was agreed to", consent},
	{"summary", NULL, "counts of changes", summary},
	{"guards", NULL, "what the limits say", guard, .list = true},
	{"drift", NULL, "what moved since the last snapshot", drift, .list = true},
	{"changes", NULL, "what apply does", change, .list = true},
	{"manual", NULL, "what a person does", manual, .list = true},
	{"unlisted", NULL, "what no list names", unlisted, .list = true},
	{"extended", NULL, "held, and given until a later day than is on record", extended,
	 .list = true, .optional = true},
	{"blocked", NULL, "wanted, and not possible yet", blocked, .list = true},
	{"projects", NULL, "that runs made, that have no credential, and that stay", project,
	 .list = true, .optional = true},
	{"left_out", TEXTS, "files below the manifests that are none", .optional = true},
	{"diagnostics", NULL, "what was warned of when it was made", part_diagnostic, .list = true,
	 .optional = true},
	{"unseen", NULL, "what no configured source shows", unseen, .list = true},
	{"managed", TEXTS,
	 "the product profiles, and the grants of users and groups, that the manifests speak of",
	 .optional = true},
	{"ends", NULL, "until when its manifests grant what they grant with an end", end,
	 .list = true, .optional = true},
	{"identity", NULL, "accounts that are not who their names say", identity, .list = true,
	 .optional = true},
	{"accounts", NULL, "what the service calls the accounts that changes are about", account,
	 .list = true},
	{"cost", NULL, "what it takes to apply", cost},
	{0},
};

void plan_print_schema(struct str *out)
{
	part_print_schema(out, "plan", plan);
}

const char *plan_schema_find_missing(struct json_span root, struct arena *a)
{
	return part_find_missing(plan, root, a);
}
