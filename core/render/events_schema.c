/* SPDX-License-Identifier: Apache-2.0 */
#include "core/render/part_schema.h"
#include "core/render/render_events.h"

#define BOOLEAN "\"type\": \"boolean\""
#define NAMED TEXT ", \"minLength\": 1"
#define ACTION "\"enum\": [\"create\", \"update\", \"delete\"]"

static const struct part resource[] = {
	{"addr", NAMED, "the address, as in the plan"},
	{"resource_type", "\"enum\": [\"grant\", \"technicalAccount\", \"project\"]", "what it is"},
	{"principal", .help = "who", .parts = part_principal},
	{"entitlement", .help = "what; not of an account itself", .parts = part_entitlement,
	 .optional = true},
	{0},
};
static const struct part change[] = {
	{"id", TEXT, "as in the plan; not of drift", .optional = true},
	{"resource", .help = "what it is of", .parts = resource},
	{"action", ACTION, "what is to be done, or was by somebody"},
	{"reason", TEXT, "why it is in the plan", .optional = true},
	{"risk", TEXT, "its class", .optional = true},
	{"manual", BOOLEAN, "a person makes it", .optional = true},
	{"withheld", BOOLEAN, "a guard withholds it", .optional = true},
	{"location", .help = "the line that causes it", .parts = part_location, .nullable = true,
	 .optional = true},
	{"fate", TEXT, "what a plan does about a drift", .optional = true},
	{"fingerprint", TEXT, "of a drift", .optional = true},
	{"unseen", BOOLEAN, "no read shows whether this drift is one", .optional = true},
	{0},
};
static const struct part hook[] = {
	{"id", TEXT, "as in the plan"},
	{"resource", .help = "what it is of", .parts = resource},
	{"action", ACTION, "what is done"},
	{"elapsed_seconds", COUNT, "since it was sent", .optional = true},
	{"fate", TEXT, "what became of it, as in the result", .optional = true},
	{"message", TEXT_OR_NULL, "why", .optional = true},
	{0},
};
static const struct part changes[] = {
	{"operation", "\"enum\": [\"plan\", \"apply\", \"drift\", \"import\"]", "of what it is"},
	{"add", COUNT, "to be made", .optional = true},
	{"change", COUNT, "to be changed", .optional = true},
	{"remove", COUNT, "to be removed", .optional = true},
	{"manual", COUNT, "left for a person", .optional = true},
	{"withheld", COUNT, "not carried out, for the sake of a guard", .optional = true},
	{"blocked", COUNT, "not possible yet", .optional = true},
	{"unseen", COUNT, "pairs that no read shows", .optional = true},
	{"unlisted", COUNT, "live, not listed, and left alone", .optional = true},
	{"not_tried", COUNT, "not sent", .optional = true},
	{"done", COUNT, "made, and seen where a read can show it", .optional = true},
	{"failed", COUNT, "refused, or not there afterwards", .optional = true},
	{"unknown", COUNT, "sent, and it is not known what came of it", .optional = true},
	{"not_seen", COUNT, "accepted, and no read shows it yet", .optional = true},
	{"open", COUNT, "drifts that wait for a decision", .optional = true},
	{"ignored", COUNT, "drifts that a manifest ignores", .optional = true},
	{"accounts", COUNT, "technical accounts that were read", .optional = true},
	{"grants", COUNT, "grants that were read", .optional = true},
	{0},
};
static const struct part progress[] = {
	{"what", NAMED, "what goes on"},
	{"unit", TEXT, "what is counted"},
	{"done", COUNT, "so many are done"},
	{"total", COUNT, "of so many, as far as is known", .optional = true},
	{"requests_answered", COUNT, "so many requests for the next units were answered",
	 .optional = true},
	{"requests", COUNT, "of so many, as far as is known", .optional = true},
	{"elapsed_seconds", COUNT, "since it began"},
	{"waits_for", TEXT, "why nothing is sent now", .optional = true},
	{"waits_seconds", COUNT, "until something is", .optional = true},
	{0},
};
static const struct part event[] = {
	{"@level", "\"enum\": [\"debug\", \"info\", \"warn\", \"error\"]", "how much it matters"},
	{"@message", TEXT, "the same for people; enough where the type is not known"},
	{"@module", TEXT, "\"writ.ui\""},
	{"@timestamp", MOMENT, "when, UTC"},
	{"type", NAMED,
	 "version, log, diagnostic, resource_drift, planned_change, change_summary, apply_start, "
	 "apply_progress, apply_complete, apply_errored, apply_left, progress or end; more may "
	 "come"},
	{"writ", TEXT, "of version: the program's", .optional = true},
	{"ui", TEXT, "of version: of this stream; a new major one breaks readers",
	 .optional = true},
	{"command", TEXT, "of version: what was called", .optional = true},
	{"diagnostic", .help = "of diagnostic", .parts = part_diagnostic, .optional = true},
	{"change", .help = "of planned_change and resource_drift", .parts = change,
	 .optional = true},
	{"changes", .help = "of change_summary: counts", .parts = changes, .optional = true},
	{"organization", TEXT,
	 "whose; of each line that is about one of several, and of change_summary",
	 .optional = true},
	{"plan_digest", DIGEST, "of a plan's change_summary: for --expect", .optional = true},
	{"file_digest", DIGEST, "of a plan's change_summary: of the saved file", .optional = true},
	{"run", TEXT_OR_NULL, "of an apply's change_summary: its name", .optional = true},
	{"hook", .help = "of apply_*", .parts = hook, .optional = true},
	{"progress", .help = "of progress: every ten seconds of a long step", .parts = progress,
	 .optional = true},
	{"status", COUNT,
	 "of end: the exit status, of one of several organisations or, in the last line, of all",
	 .optional = true},
	{0},
};

void events_print_schema(struct str *out)
{
	part_print_schema(out, "events", event);
}
