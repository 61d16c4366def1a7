/* SPDX-License-Identifier: Apache-2.0 */
#include "core/render/ledger_schema.h"

#include "core/render/part_schema.h"

#define CHANGE TEXT ", \"pattern\": \"^c[1-9][0-9]*$\""
#define CHANGES                                                                                    \
	"\"type\": \"array\", \"minItems\": 1, \"items\": {" TEXT                                  \
	", \"pattern\": \"^c[1-9][0-9]*(-c[1-9][0-9]*)?$\"}"

/* The bodies of entries, as core/ledger and core/apply write them. */
/* clang-format off */
#define HOLDER                                                                                     \
	{"actor", TEXT, "who acts, as claimed"},                                                   \
	{"host", TEXT, "name of the machine"},                                                     \
	{"boot", TEXT, "what tells this start of the machine from others; \"\" when unknown"},     \
	{"pid_namespace", TEXT, "within which the number of the process counts"},                  \
	{"pid", COUNT, "number of the process"},                                                   \
	{"started", COUNT, "ticks from the start of the machine to that of the process"},          \
	{"lease_ms", COUNT, "silence after which others may take over"}
/* clang-format on */
static const struct part hold[] = {HOLDER, {0}};
static const struct part takeover[] = {
	HOLDER,
	{"gone", "\"const\": true", "who had it is known to have ended: nothing more of it is sent",
	 .optional = true},
	{0},
};
static const struct part release[] = {
	{"others_within_ms", COUNT,
	 "for how long requests of runs that were taken over may still be sent", .optional = true},
	{0},
};
static const struct part text_part[] = {
	{"part", COUNT, "from 1"},
	{"parts", COUNT, "how many there are"},
	{"of", "\"enum\": [\"plan\", \"signature\"]", "what the text is of", .optional = true},
	{"text", TEXT, "this part"},
	{0},
};
static const struct part policy_set[] = {
	{"maxAdminGrants", COUNT, "admin roles that a plan may grant", .optional = true},
	{"maxRemovalDelta", COUNT, "percent of what is held that may go without consent",
	 .optional = true},
	{"maxRemovals", COUNT, "removals that may go without consent", .optional = true},
	{"minPersons", COUNT, "users among the system administrators", .optional = true},
	{"minHolders", "\"type\": \"object\", \"additionalProperties\": {" COUNT "}",
	 "by role, how many must hold it"},
	{0},
};
static const struct part policy[] = {
	{"maxAdminGrants", COUNT, "admin roles that a plan may grant"},
	{"maxRemovalDelta", COUNT, "percent of what is held that may go without consent"},
	{"maxRemovals", COUNT, "removals that may go without consent"},
	{"minPersons", COUNT, "users among the system administrators"},
	{"minHolders", "\"type\": \"object\", \"additionalProperties\": {" COUNT "}",
	 "by role, how many must hold it"},
	{"manifests", NULL, "those that manifests set, stricter than the operator's", policy_set,
	 .optional = true},
	{0},
};
static const struct part begin[] = {
	{"plan", DIGEST, "of the bytes of the plan that is carried out"},
	{"organization", TEXT, "its name"},
	{"by", TEXT, "who runs it, as claimed"},
	{"begun", MOMENT, "when the run began"},
	{"changes", COUNT, "changes in the plan"},
	{"manifests", DIGEST, "of the manifests that the plan is of", .optional = true},
	{"commit", TEXT_OR_NULL, "that holds just these", .optional = true},
	{"policy", NULL, "the limits that held, where it is of all manifests", policy,
	 .optional = true},
	{"saved", "\"type\": \"boolean\"", "whether the plan can be used once alone"},
	{"whole", "\"type\": \"boolean\"", "whether it is of all manifests", .optional = true},
	{"vouched", "\"type\": \"boolean\"",
	 "whether it was made of manifests just then, or signed, or expected", .optional = true},
	{0},
};
static const struct part made[] = {
	{"change", CHANGE, "id of the change"},
	{"account", TEXT, "the account, whose secret is owed from here on"},
	{0},
};
#define WITHIN                                                                                     \
	{                                                                                          \
		"within_ms", COUNT, "behind this record, after which no byte of it is sent",       \
			.optional = true                                                           \
	}
static const struct part intent[] = {
	{"changes", CHANGES, "ids of the changes that are about to be sent"},
	{"made", NULL, "accounts among them that are to be made", made, .optional = true,
	 .list = true},
	WITHIN,
	{0},
};
static const struct part project[] = {
	{"project", TEXT, "the service's id"},
	{"title", TEXT, "what people call it"},
	{"account", TEXT, "the account that it was made for", .optional = true},
	{"run", TEXT, "the run that made it; not said in entries of a run", .optional = true},
	{0},
};
#define PROJECTS                                                                                   \
	{"projects",	   NULL,	"that came into being with these", project,                \
	 .optional = true, .list = true},                                                          \
	{                                                                                          \
		"projects_deleted", TEXTS, "ids of projects that are gone", .optional = true       \
	}
static const struct part outcome[] = {
	{"changes", CHANGES, "ids of the changes"},
	{"outcome",
	 "\"enum\": [\"not tried\", \"done\", \"failed\", \"unknown\", \"manual\", \"withheld\", "
	 "\"not seen yet\"]",
	 "what became of them"},
	{"message", TEXT_OR_NULL, "why; null when there is nothing to say"},
	{"once", "\"type\": \"boolean\"", "whether it may be sent once more", .optional = true},
	PROJECTS,
	{0},
};
static const struct part delivery[] = {
	{"deliver", CHANGE, "id of the change that made the account"},
	{"account", TEXT, "whose secret is about to be handed over"},
	WITHIN,
	{0},
};
static const struct part delivered[] = {
	{"deliver", CHANGE, "id of the change that made the account"},
	{"outcome", TEXT, "what became of handing its secret over"},
	{"message", TEXT_OR_NULL, "why; null when there is nothing to say"},
	{0},
};
#define BEHIND                                                                                     \
	{                                                                                          \
		"behind", COUNT, "record of the intent that it is of"                              \
	}
static const struct part late[] = {
	{"changes", CHANGES, "ids of the changes"},
	{"outcome", TEXT, "what became of them"},
	{"message", TEXT_OR_NULL, "why; null when there is nothing to say"},
	{"once", "\"type\": \"boolean\"", "whether it may be sent once more", .optional = true},
	PROJECTS,
	BEHIND,
	{0},
};
static const struct part late_delivered[] = {
	{"deliver", CHANGE, "id of the change that made the account"},
	{"outcome", TEXT, "what became of handing its secret over"},
	{"message", TEXT_OR_NULL, "why; null when there is nothing to say"},
	BEHIND,
	{0},
};
static const struct part end[] = {
	{"end", "\"enum\": [\"done\", \"superseded\", \"closed\", \"expired\"]",
	 "whether the run ended by itself, gave way to a newer plan, was closed by a person, or "
	 "was "
	 "gone on with after its plan had expired"},
	{"done", COUNT, "changes that were made", .optional = true},
	{"manual", CHANGES, "ids of the changes that a person makes", .optional = true},
	{"withheld", CHANGES, "ids of the removals that were not sent", .optional = true},
	{"commit", TEXT_OR_NULL, "of the snapshot that was made of the run", .optional = true},
	{"tree", TEXT ", \"pattern\": \"^[0-9a-f]{40}$\"",
	 "git's id of the snapshot's folder in that commit, which no rebase changes",
	 .optional = true},
	{"why", TEXT, "why it was closed", .optional = true},
	{0},
};
#define ATTESTED                                                                                   \
	{"address", TEXT, "of the change that a person makes and no read shows"},                  \
		{"action", "\"enum\": [\"create\", \"delete\"]", "what was done"},                 \
		{"by", TEXT, "who says so, as claimed"}, {"at", MOMENT, "when"},                   \
		{"why", TEXT, "in their words"},                                                   \
	{                                                                                          \
		"id", TEXT_OR_NULL,                                                                \
			"the service's, of the account that it is about; null: not known"          \
	}
static const struct part attested[] = {ATTESTED, {0}};
static const struct part over[] = {
	ATTESTED,
	{"over", TEXT, "why it counts no more"},
	{0},
};
static const struct part moved[] = {
	{"to", TEXT, "where the ledger goes on"},
	{0},
};

#define RANGES                                                                                     \
	"\"type\": \"array\", \"items\": {" TEXT ", \"pattern\": "                                 \
	"\"^[1-9][0-9]*(-[1-9][0-9]*)?$\"}"
static const struct part checkpoint[] = {
	{"to", COUNT, "the last record that the chain is of"},
	{"chain", DIGEST,
	 "of all records from the first to that one: 32 zero bytes, then at each "
	 "record the SHA-256 of what it was and of the record's digest"},
	{"emptied", RANGES, "the records that may be emptied"},
	{0},
};

/* Declares the parts of an entry of one type. */
#define ENTRY(name, kind, contents, said)                                                          \
	static const struct part name##_entry[] = {                                                \
		{"type", "\"const\": \"" #kind "\"", said},                                        \
		{"run", TEXT_OR_NULL, "its name; null: of none"},                                  \
		{"body", NULL, "what it says", contents},                                          \
		{0},                                                                               \
	}
ENTRY(hold, hold, hold, "a process has the organisation for itself");
ENTRY(takeover, takeover, takeover, "the same, where another one had it");
ENTRY(plan, plan, text_part, "a part of the plan's bytes or of their signature");
ENTRY(begin, begin, begin, "the run has its plan");
ENTRY(intent, intent, intent, "changes are about to be sent");
ENTRY(result, result, outcome, "what came of some");
ENTRY(delivery, intent, delivery, "a secret is about to be handed over");
ENTRY(delivered, result, delivered, "what came of it");
ENTRY(reconciled, reconciled, outcome, "what a later read showed of some");
ENTRY(late, late, late, "a result that could not be put on record at its time");
ENTRY(late_delivered, late, late_delivered, "the same of a secret");
ENTRY(end, end, end, "nothing is left to do or to find out");
ENTRY(state, state, text_part, "a part of all that is open, as JSON");
ENTRY(release, release, release, "the organisation is free");
ENTRY(attested, attested, attested, "somebody says that a step was made which no read shows");
ENTRY(over, attested, over, "and that is over");
ENTRY(moved, moved, moved, "nothing follows here");
ENTRY(checkpoint, checkpoint, checkpoint, "records that nobody needs any more may be emptied");

static const struct part *const entries[] = {hold_entry,
					     takeover_entry,
					     plan_entry,
					     begin_entry,
					     intent_entry,
					     result_entry,
					     delivery_entry,
					     delivered_entry,
					     reconciled_entry,
					     late_entry,
					     late_delivered_entry,
					     end_entry,
					     state_entry,
					     release_entry,
					     attested_entry,
					     over_entry,
					     moved_entry,
					     checkpoint_entry,
					     NULL};

static const struct part record[] = {
	{"number", "\"type\": \"integer\", \"minimum\": 1", "from 1, without gaps"},
	{"at", MOMENT, "when it was made, by the clock of the machine that made it"},
	{"process", TEXT ", \"pattern\": \"^[0-9a-f]{32}$\"",
	 "what tells the process that made it from all others"},
	{"before", "\"type\": [\"string\", \"null\"]",
	 "digest of the record before it; null for the first"},
	{"state", COUNT, "the record that begins the last whole state; 0: there is none yet"},
	{"entries", NULL, "in the order in which they happened", .list = true, .variants = entries},
	{0},
};

void ledger_print_schema(struct str *out)
{
	part_print_schema(out, "ledger", record);
}
