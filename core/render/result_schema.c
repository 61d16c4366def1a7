/* SPDX-License-Identifier: Apache-2.0 */
#include "core/render/part_schema.h"
#include "core/render/render_result.h"

#define BOOLEAN "\"type\": \"boolean\""

static const struct part counts[] = {
	{"not_tried", COUNT, "not sent"},
	{"done", COUNT, "made, and seen where a read can show it"},
	{"failed", COUNT, "refused, or not there afterwards"},
	{"unknown", COUNT, "sent, and it is not known what came of it"},
	{"manual", COUNT, "left for a person"},
	{"withheld", COUNT, "not carried out, for the sake of a guard"},
	{"blocked", COUNT, "not possible yet: what it is of does not exist"},
	{"not_seen", COUNT, "accepted, and no read shows it yet"},
	{0},
};
static const struct part guard[] = {
	{"name", TEXT, "which"},
	{"subject", TEXT, "what it is about", .optional = true},
	{"limit", "\"type\": \"integer\"", "what would pass"},
	{"value", "\"type\": \"integer\"", "what the plan does"},
	{"verdict", "\"enum\": [\"pass\", \"allowed\", \"withheld\"]", "the verdict"},
	{"flag", TEXT_OR_NULL, "what would let it pass"},
	{0},
};
static const struct part change[] = {
	{"id", TEXT ", \"pattern\": \"^c[1-9][0-9]*$\"", "as in the plan"},
	{"address", TEXT, "what it is about"},
	{"action", "\"enum\": [\"create\", \"update\", \"delete\"]", "what was to be done"},
	{"fate",
	 "\"enum\": [\"not tried\", \"done\", \"failed\", \"unknown\", \"manual\", \"withheld\", "
	 "\"not seen yet\"]",
	 "what became of it"},
	{"message", TEXT_OR_NULL, "why; null when there is nothing to say"},
	{"withheld",
	 "\"enum\": [\"consent\", \"minHolders\", \"own\", \"replacement\", \"carrier\"]",
	 "what withheld it", .optional = true},
	{"email", TEXT_OR_NULL, "under which the service knows the principal, of a step by hand",
	 .optional = true},
	{"steps", "\"type\": [\"array\", \"null\"], \"items\": {\"type\": \"string\"}",
	 "what a person does", .optional = true},
	{"attested", NULL, "who says that a step by hand was made, which no read shows",
	 part_attested, .optional = true},
	{0},
};
static const struct part record[] = {
	{"snapshot", TEXT_OR_NULL, "its folder"},
	{"serial", COUNT, "its number"},
	{"changed", BOOLEAN, "unlike the snapshot before"},
	{"commits", TEXTS, "their ids"},
	{"pushed", TEXT_OR_NULL, "the remote"},
	{"error", TEXT_OR_NULL, "why there is none"},
	{0},
};
static const struct part ledger[] = {
	{"place", TEXT, "the ledger"},
	{"record", COUNT, "number of the last record before the run's end"},
	{"digest", DIGEST, "that record's"},
	{0},
};
static const struct part result[] = {
	{"format_version", TEXT ", \"pattern\": \"^1[.]\"", "of this format"},
	{"writ_version", TEXT, "of the program"},
	{"organization", TEXT, "its name"},
	{"plan", DIGEST_OR_NULL,
	 "what the plan that was carried out comes to; null when there was no run to resume"},
	{"plan_file", DIGEST_OR_NULL, "its bytes as they are saved"},
	{"status", COUNT, "the exit status"},
	{"error", TEXT_OR_NULL, "what stopped the run"},
	{"resume", TEXT_OR_NULL, "the command that goes on from here"},
	{"close", TEXT,
	 "the command that ends the run where the service does not have what is unknown",
	 .optional = true},
	{"summary", NULL, "counts of changes", counts},
	{"guards", NULL, "what the limits said before the first request", guard, .list = true},
	{"changes", NULL, "what became of each", change, .list = true},
	{"unasked", TEXTS,
	 "addresses of what accounts of the plan hold since then and it did not give",
	 .optional = true},
	{"run", TEXT_OR_NULL, "its name; null when nothing was sent"},
	{"ledger", NULL, "where the run is on record", ledger, .nullable = true},
	{"record", NULL, "the snapshot of what is live now", record, .nullable = true},
	{0},
};

void result_print_schema(struct str *out)
{
	part_print_schema(out, "result", result);
}
