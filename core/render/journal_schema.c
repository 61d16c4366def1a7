/* SPDX-License-Identifier: Apache-2.0 */
#include "core/render/journal_schema.h"

#include "core/render/part_schema.h"

#define CHANGE TEXT ", \"pattern\": \"^c[1-9][0-9]*$\""
#define CHANGES "\"type\": \"array\", \"minItems\": 1, \"items\": {" CHANGE "}"

/* The payloads, in the words of core/apply/apply.c. */
static const struct part begin[] = {
	{"plan", DIGEST, "of the plan that is carried out"},
	{"organization", TEXT, "its name"},
	{"by", TEXT_OR_NULL, "who ran it, as the system or its continuous integration says"},
	{"begun", MOMENT, "when the run began"},
	{"changes", COUNT, "changes in the plan"},
	{0},
};
static const struct part made[] = {
	{"change", CHANGE, "id of the change"},
	{"account", TEXT, "the account, whose secret is owed from here on"},
	{0},
};
static const struct part intent[] = {
	{"changes", CHANGES, "ids of the changes that are about to be sent"},
	{"made", NULL, "accounts among them that are to be made", made, .optional = true,
	 .list = true},
	{0},
};
static const struct part outcome[] = {
	{"change", CHANGE, "id of the change"},
	{"outcome",
	 "\"enum\": [\"not tried\", \"done\", \"failed\", \"unknown\", \"manual\", \"withheld\", "
	 "\"not seen yet\"]",
	 "what became of it"},
	{"message", TEXT_OR_NULL, "why; null when there is nothing to say"},
	{0},
};
static const struct part delivery[] = {
	{"deliver", CHANGE, "id of the change that made the account"},
	{"account", TEXT, "whose secret is about to be handed over"},
	{0},
};
static const struct part delivered[] = {
	{"deliver", CHANGE, "id of the change that made the account"},
	{"outcome", TEXT, "what became of handing its secret over"},
	{"message", TEXT_OR_NULL, "why; null when there is nothing to say"},
	{0},
};
static const struct part end[] = {
	{"end", "\"enum\": [\"done\", \"superseded\"]",
	 "whether the run ended by itself or gave way to a newer plan"},
	{"manual", CHANGES, "ids of the changes that a person makes", .optional = true},
	{"withheld", CHANGES, "ids of the removals that were not sent", .optional = true},
	{0},
};

/* A record of one type. */
#define RECORD(name, kind, payload, text)                                                          \
	static const struct part name##_record[] = {                                               \
		{"sequence", "\"type\": \"integer\", \"minimum\": 1", "from 1, without gaps"},     \
		{"type", "\"const\": \"" #kind "\"", text},                                        \
		{"payload", NULL, "what it says", payload},                                        \
		{0},                                                                               \
	}
RECORD(begin, begin, begin, "the run began");
RECORD(intent, intent, intent, "changes are about to be sent");
RECORD(result, result, outcome, "what came of one");
RECORD(delivery, intent, delivery, "a secret is about to be handed over");
RECORD(delivered, result, delivered, "what came of it");
RECORD(reconciled, reconciled, outcome, "what a later read showed of one");
RECORD(end, end, end, "nothing is left to do or to find out");

static const struct part *const records[] = {
	begin_record,	  intent_record,     result_record, delivery_record,
	delivered_record, reconciled_record, end_record,    NULL};

static const struct part events[] = {
	{"chain", DIGEST, "the head of the chain of digests: names this history and no other"},
	{"ended", "\"type\": \"boolean\"", "whether nothing is left to do"},
	{"torn", COUNT, "bytes of a record that was never finished"},
	{"records", NULL, "in the order in which they were written", .list = true,
	 .variants = records},
	{0},
};

void journal_print_schema(struct str *out)
{
	part_print_schema(out, "events", events);
}
