/* SPDX-License-Identifier: Apache-2.0 */
#include "core/render/report_schema.h"

#include "core/render/part_schema.h"

#define BOOLEAN "\"type\": \"boolean\""
#define BOOLEAN_OR_NULL "\"type\": [\"boolean\", \"null\"]"
#define MOMENT_OR_NULL                                                                             \
	"\"type\": [\"string\", \"null\"], \"pattern\": "                                          \
	"\"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z$\""

static const struct part summary[] = {
	{"administrators", COUNT, "who can administer something, or may"},
	{"principals", COUNT, "accounts, groups and users"},
	{"grants", COUNT, "length of grants"},
	{"not_seen", COUNT, "of those, what the snapshot does not show"},
	{0},
};
static const struct part account[] = {
	{"name", TEXT, "its name"},
	{"owner", TEXT_OR_NULL, "who answers for it"},
	{"description", TEXT_OR_NULL, "what it is for"},
	{"email", TEXT_OR_NULL, "its address in the service"},
	{"declared", BOOLEAN_OR_NULL, "by the manifests; null where none were read"},
	{"live", BOOLEAN_OR_NULL, "in the snapshot; null where none was read"},
	{"unseen", TEXTS, "admin roles of which the snapshot does not show whether it holds them"},
	{0},
};
static const struct part principal[] = {
	{"kind", "\"enum\": [\"technicalAccount\", \"user\", \"group\"]", "what it is"},
	{"name", TEXT_OR_NULL, "its name; null stands for all users"},
	{0},
};
static const struct part document[] = {
	{"kind", TEXT, "its kind"},
	{"name", TEXT, "its name"},
	{0},
};
static const struct part commit[] = {
	{"commit", TEXT, "its id"},	     {"time", MOMENT, "when it was committed"},
	{"author", TEXT, "who wrote it"},    {"email", TEXT, "the author's address"},
	{"subject", TEXT, "its first line"}, {0},
};
#define ORIGIN                                                                                     \
	{"committed", BOOLEAN_OR_NULL, "whether a commit has the line; null: not known"},          \
		{"since", NULL, "which commit", commit, .nullable = true},                         \
		{"merge", NULL, "what brought it in", commit, .nullable = true},                   \
		{"reviewers", TEXT_OR_NULL, "of whom trailers say that they reviewed it"},         \
		{"approver", TEXT_OR_NULL, "who else than its writer stands for it"},              \
	{                                                                                          \
		"reviewers_claimed", BOOLEAN_OR_NULL, "whether no signed merge says so"            \
	}
static const struct part bundle[] = {
	{"name", TEXT, "its name"},
	{"location", NULL, "its line", part_location, .nullable = true},
	ORIGIN,
	{0},
};
static const struct part declaration[] = {
	{"location", NULL, "the line", part_location, .nullable = true},
	{"document", NULL, "that the line is in", document},
	{"reason", TEXT_OR_NULL, "why"},
	{"ticket", TEXT_OR_NULL, "where it was asked for"},
	{"expires", DAY_OR_NULL, "the last day"},
	{"expired", BOOLEAN, "whether that day is over"},
	{"owner", TEXT_OR_NULL, "of the account"},
	ORIGIN,
	{"bundle", NULL, "by which it is said", bundle, .nullable = true},
	{0},
};
static const struct part drift[] = {
	{"kind", "\"enum\": [\"appeared\", \"gone\", \"changed\"]", "what somebody did"},
	{"since", TEXT_OR_NULL, "when it was found"},
	{"run", TEXT_OR_NULL, "by which run"},
	{0},
};
static const struct part grant[] = {
	{"address", TEXT_OR_NULL, "of the grant; null of all users"},
	{"principal", NULL, "who", principal},
	{"entitlement", NULL, "what", part_entitlement},
	{"administers", BOOLEAN, "whether its holder can hand out rights"},
	{"state",
	 "\"enum\": [\"declared\", \"held\", \"declared, not held\", \"held, not declared\", "
	 "\"ended\", \"ended, still held\", \"ended, may still be held\", \"not seen\"]",
	 "what it comes to"},
	{"live", "\"enum\": [\"held\", \"not held\", \"not seen\", null]",
	 "what the snapshot says; null where none was read"},
	{"declared", BOOLEAN_OR_NULL, "by a line that holds; null where no manifests were read"},
	{"expires", DAY_OR_NULL, "the last day, of the line that holds longest"},
	{"reason", TEXT_OR_NULL, "of that line"},
	{"ticket", TEXT_OR_NULL, "of that line"},
	{"owner", TEXT_OR_NULL, "of the account"},
	{"held_since", MOMENT_OR_NULL, "the first of the snapshots in a row that show it"},
	{"held_since_unsure", BOOLEAN_OR_NULL, "whether it may have come earlier"},
	{"declared_since", MOMENT_OR_NULL, "the commit of the first line that holds"},
	{"open_drift", NULL, "what nobody has decided on", drift, .nullable = true},
	{"declarations", NULL, "the lines that say so", declaration, .list = true},
	{0},
};
static const struct part report[] = {
	{"format_version", TEXT ", \"pattern\": \"^1[.]\"", "of this format"},
	{"organization", TEXT, "its name"},
	{"org_id", TEXT_OR_NULL, "the service's id of it"},
	{"made", MOMENT, "when"},
	{"manifests", TEXT_OR_NULL, "that say what is declared; null: none were read"},
	{"manifests_commit", TEXT_OR_NULL, "that holds just these"},
	{"snapshot", TEXT_OR_NULL, "that says what is held; null: none was read"},
	{"snapshot_note", TEXT_OR_NULL, "which one it is"},
	{"lines_lost", TEXT_OR_NULL, "why commits of some lines are not known"},
	{"history_lost", TEXT_OR_NULL, "why it is not wholly known since when grants are held"},
	{"summary", NULL, "counts", summary},
	{"changes", "\"type\": [\"object\", \"null\"]",
	 "of a period, as changes.schema.json has them; null where none was asked for"},
	{"accounts", NULL, "in the order of names", account, .list = true},
	{"grants", NULL, "by principal, then entitlement, what was not seen among them", grant,
	 .list = true},
	{0},
};

void report_print_schema(struct str *out)
{
	part_print_schema(out, "report", report);
}
