/* SPDX-License-Identifier: Apache-2.0 */
#include "core/render/changes_schema.h"

#include "core/render/part_schema.h"

#define BOOLEAN "\"type\": \"boolean\""
#define WHOLE "\"type\": \"integer\", \"minimum\": 1"

static const struct part principal[] = {
	{"kind", "\"enum\": [\"technicalAccount\", \"group\", \"user\", \"project\"]",
	 "what it is"},
	{"name", TEXT, "as the service spells it; of a project its id"},
	{0},
};
static const struct part location[] = {
	{"file", TEXT, "below the root of the manifests' repository"},
	{"line", WHOLE, "from 1"},
	{"column", WHOLE, "from 1, in characters"},
	{0},
};
static const struct part commit[] = {
	{"commit", TEXT ", \"pattern\": \"^[0-9a-f]{40}$\"", "its id"},
	{"time", MOMENT, "the committer's"},
	{"author", TEXT, "who wrote it, as the commit says"},
	{"email", TEXT, "the author's"},
	{"subject", TEXT, "first line of its message"},
	{0},
};
static const struct part change[] = {
	{"time", MOMENT,
	 "when it was sent; of what only a snapshot shows, when that was committed"},
	{"latest", TEXT_OR_NULL, "why it may have been earlier; null: it was then"},
	{"organization", TEXT_OR_NULL, "its name"},
	{"change", "\"enum\": [\"given\", \"taken\", \"created\", \"changed\", \"deleted\"]",
	 "what was done; the last three to an account, and the last one to a project, too"},
	{"address", TEXT, "as in a plan"},
	{"principal", NULL, "whose", principal},
	{"entitlement", NULL, "what; null of an account or project", part_entitlement,
	 .nullable = true},
	{"title", TEXT_OR_NULL, "the entitlement as the Admin Console calls it"},
	{"source", "\"enum\": [\"run\", \"drift\", \"unnamed\"]",
	 "a run of writ, somebody past it, or nobody whom a commit names"},
	{"run", TEXT_OR_NULL, "name of the run"},
	{"plan", TEXT_OR_NULL, "digest of the run's plan"},
	{"actor", TEXT_OR_NULL, "who ran it, as claimed; null: not known"},
	{"found_by", TEXT_OR_NULL, "of drift: the run that found it, or \"snapshot\""},
	{"proof", "\"enum\": [\"done\", \"not seen yet\", \"unknown\"]", "how sure it is"},
	{"snapshot", TEXT_OR_NULL, "commit of the snapshot that shows it first"},
	{"cause", TEXT_OR_NULL, "action_reason of the plan"},
	{"reason", TEXT_OR_NULL, "of the grant, as its line says"},
	{"ticket", TEXT_OR_NULL, "the same"},
	{"expires", TEXT_OR_NULL, "its last day"},
	{"with_account", TEXT_OR_NULL,
	 "of a grant, the account that it went with; of a renamed account its earlier name"},
	{"location", NULL, "the line that gave it, or that is gone", location, .nullable = true},
	{"line_gone", BOOLEAN, "whether that line is there no more, and `written` took it away"},
	{"bundle", TEXT_OR_NULL, "through which the line gives it"},
	{"manifests", TEXT_OR_NULL, "the commit that the run's manifests are of"},
	{"written", NULL, "the commit that wrote the line, or took it away", commit,
	 .nullable = true},
	{"merged", NULL, "the merge that brought it in", commit, .nullable = true},
	{"reviewers", TEXT_OR_NULL, "whom the trailers name"},
	{"review", "\"enum\": [\"claimed\", \"signed\", null]",
	 "whether a signed merge names all of them"},
	{"approver", TEXT_OR_NULL, "who stands for it beside the writer of the line"},
	{"approved", "\"enum\": [\"yes\", \"no\", \"unknown\"]", "whether somebody does"},
	{"note", TEXT_OR_NULL, "what is not known of it, and why"},
	{0},
};
static const struct part unseen[] = {{"entitlement", NULL, "what", part_entitlement}, {0}};
static const struct part changes[] = {
	{"format_version", TEXT ", \"pattern\": \"^1[.]\"", "of this format"},
	{"organization", TEXT_OR_NULL, "that was asked for; null: all"},
	{"since", TEXT_OR_NULL, "begin of the period; null: from the beginning"},
	{"until", TEXT_OR_NULL, "its last second; null: open"},
	{"unapproved", BOOLEAN, "whether only what nobody else stands for is listed"},
	{"changes", NULL, "one by one, oldest first", change, .list = true},
	{"not_known", TEXTS, "what may be missing, a sentence each"},
	{"unseen", NULL, "of what no snapshot shows all the time who held it", unseen,
	 .list = true},
	{0},
};

void changes_print_schema(struct str *out)
{
	part_print_schema(out, "changes", changes);
}
