/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/option_table.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/language/diagnostics.h"
#include "core/util/log.h"
#include "core/util/nearest.h"

static struct error *bad_argument(const char *option, const char *argument, const char *expected)
{
	return error_new(ERROR_USAGE, "--%s: \"%.64s\" is not %s", option, argument, expected);
}

static struct error *parse_format(struct parsing *p, const char *argument)
{
	const char *equals = strchr(argument, '=');
	size_t len = equals ? (size_t)(equals - argument) : strlen(argument);
	for (int i = 0; i < FORMAT_COUNT; i++) {
		if (strlen(format_name(i)) != len || strncmp(format_name(i), argument, len) != 0 ||
		    !command_takes_format(p->command, i))
			continue;
		vec_push(p->arena, &p->out->outputs,
			 (struct output){i, equals ? equals + 1 : NULL});
		return NULL;
	}
	return bad_argument("format", argument,
			    arena_printf(p->arena,
					 "%s, with =FILE behind it where it is to be saved",
					 command_list_formats(p->arena, p->command)));
}

/* It holds for the --format in front of it; in front of all of them it holds for those that have
 * none of their own. */
static struct error *parse_max_bytes(struct parsing *p, const char *argument)
{
	struct output_vec *outputs = &p->out->outputs;
	struct output *last = outputs->len ? &outputs->at[outputs->len - 1] : NULL;
	size_t *out = last ? &last->most : &p->out->max_bytes;
	if (!format_parse_bytes(argument, out))
		return bad_argument("max-bytes", argument,
				    "a number of bytes, github-comment, step-summary or gitlab");
	if (last && !format_is_review(last->format))
		return error_new(ERROR_USAGE, "--max-bytes: format %s is never cut",
				 format_name(last->format));
	return NULL;
}

static struct error *check_line(const char *option, const char *text)
{
	for (const char *at = text; *at; at++) {
		if ((unsigned char)*at < ' ' || *at == 127)
			return error_new(ERROR_USAGE, "%s is not one line of text", option);
	}
	return NULL;
}

#define TEXT_OPTION(member)                                                                        \
	static struct error *parse_##member(struct parsing *p, const char *argument)               \
	{                                                                                          \
		p->out->member = argument;                                                         \
		return NULL;                                                                       \
	}
#define FLAG_OPTION(member)                                                                        \
	static struct error *parse_##member(struct parsing *p, const char *argument UNUSED)        \
	{                                                                                          \
		p->out->member = true;                                                             \
		return NULL;                                                                       \
	}
TEXT_OPTION(base)
TEXT_OPTION(until)
TEXT_OPTION(since)
FLAG_OPTION(changes)
FLAG_OPTION(unapproved)
FLAG_OPTION(overdue)
TEXT_OPTION(json_into)
FLAG_OPTION(json)
TEXT_OPTION(sign)
TEXT_OPTION(from)
TEXT_OPTION(live)
TEXT_OPTION(org)
TEXT_OPTION(out)
TEXT_OPTION(target)
TEXT_OPTION(explain)
TEXT_OPTION(config)
TEXT_OPTION(run)
TEXT_OPTION(roles_from)
TEXT_OPTION(export_csv)
TEXT_OPTION(snapshot)
TEXT_OPTION(manifests)
TEXT_OPTION(actor)
TEXT_OPTION(to)
FLAG_OPTION(prune)
TEXT_OPTION(as_of)
FLAG_OPTION(history)
FLAG_OPTION(rehearse)
FLAG_OPTION(end)
FLAG_OPTION(detailed_exitcode)
FLAG_OPTION(auto_approve)
FLAG_OPTION(resume)
FLAG_OPTION(finish)
FLAG_OPTION(again)
FLAG_OPTION(strict)
FLAG_OPTION(list)
FLAG_OPTION(manual)
FLAG_OPTION(no_color)
FLAG_OPTION(commit)
FLAG_OPTION(adobe)
FLAG_OPTION(check)
FLAG_OPTION(diff)
FLAG_OPTION(take_over)

/* A text with which somebody explains a decision; it goes into a manifest, a record or a commit. */
#define LINE_OPTION(member)                                                                        \
	static struct error *parse_##member(struct parsing *p, const char *argument)               \
	{                                                                                          \
		p->out->member = argument;                                                         \
		return check_line("--" #member, argument);                                         \
	}
LINE_OPTION(reason)
LINE_OPTION(ticket)
LINE_OPTION(why)

/* Parses an option that may be given several times, once for each organisation. */
#define WORDS_OPTION(name, member)                                                                 \
	static struct error *parse_##name(struct parsing *p, const char *argument)                 \
	{                                                                                          \
		vec_push(p->arena, &p->out->member, argument);                                     \
		return NULL;                                                                       \
	}
WORDS_OPTION(plan, plans)
WORDS_OPTION(expect, expected)
WORDS_OPTION(attest, attested)

static struct error *parse_allow_remove(struct parsing *p, const char *argument)
{
	if (consent_parse(argument, &p->out->consent))
		return NULL;
	return bad_argument("allow-remove", argument, "a number or a percentage such as 3 or 10%");
}

static struct error *parse_allow_admin_grants(struct parsing *p, const char *argument)
{
	struct consent number;
	if (!consent_parse(argument, &number) || number.removals != CONSENT_COUNT)
		return bad_argument("allow-admin-grants", argument, "a number");
	p->out->consent.admin_grants = number.amount;
	return NULL;
}

static struct error *parse_allow_live_shrink(struct parsing *p, const char *argument UNUSED)
{
	p->out->consent.live_shrink = true;
	return NULL;
}

static struct error *parse_fail_on(struct parsing *p, const char *argument)
{
	static const char *const names[] = {"guard",   "withheld", "admin-grant",
					    "removal", "unseen",   "blocked"};
	const size_t count = sizeof(names) / sizeof(*names);
	for (const char *at = argument; *at;) {
		size_t len = strcspn(at, ","), i = 0;
		while (i < count && (strlen(names[i]) != len || strncmp(names[i], at, len) != 0))
			i++;
		if (i == count)
			return bad_argument(
				"fail-on", argument,
				"a list of guard, withheld, admin-grant, removal, unseen, "
				"blocked");
		p->out->fail_on |= 1U << i;
		at += len + (at[len] == ',');
	}
	return NULL;
}

static struct error *parse_log(struct parsing *p UNUSED, const char *argument)
{
	enum log_level level;
	if (!log_level_parse(argument, &level))
		return bad_argument("log", argument, "quiet, note or debug");
	log_set_level(level);
	return NULL;
}

static struct error *parse_max_wait(struct parsing *p, const char *argument)
{
	struct consent number;
	if (!consent_parse(argument, &number) || number.removals != CONSENT_COUNT || !number.amount)
		return bad_argument("max-wait", argument, "a number of seconds");
	p->out->max_wait = (unsigned)number.amount;
	return NULL;
}

static struct error *parse_wait(struct parsing *p, const char *argument)
{
	struct consent number;
	if (!consent_parse(argument, &number) || number.removals != CONSENT_COUNT)
		return bad_argument("wait", argument, "a number of seconds");
	p->out->wait = (unsigned)number.amount;
	p->out->waits = true;
	return NULL;
}

static struct error *parse_in(struct parsing *p, const char *argument)
{
	size_t digits = strspn(argument, "0123456789");
	long count = digits && digits <= 4 ? strtol(argument, NULL, 10) : 0;
	char unit = argument[digits];
	if (!count || !unit || !strchr("dwm", unit) || argument[digits + 1])
		return bad_argument("in", argument, "a time such as 30d, 4w or 3m");
	p->out->span = (struct span){(int32_t)count, unit};
	return NULL;
}

static struct error *parse_ignore(struct parsing *p, const char *argument)
{
	const struct diagnostic_info *d = diagnostics_find(argument);
	if (d && *argument != 'W')
		return error_new(ERROR_USAGE, "--ignore: %s is an error, which is never left out",
				 d->id);
	if (!d)
		return bad_argument("ignore", argument,
				    arena_printf(p->arena,
						 "the id of a warning such as W0705%s; `writ "
						 "validate --explain` lists them",
						 diagnostics_nearest(p->arena, argument)));
	vec_push(p->arena, &p->out->ignored, d->id);
	return NULL;
}

static struct error *parse_timeout(struct parsing *p, const char *argument)
{
	struct consent number;
	if (!consent_parse(argument, &number) || number.removals != CONSENT_COUNT)
		return bad_argument("timeout", argument, "a number of seconds");
	p->out->timeout = (unsigned)number.amount;
	return NULL;
}

static struct error *parse_allow_expired(struct parsing *p, const char *argument UNUSED)
{
	p->out->consent.expired = true;
	return NULL;
}

static struct error *parse_allow_unreplaced(struct parsing *p, const char *argument UNUSED)
{
	p->out->consent.unreplaced = true;
	return NULL;
}

static struct error *parse_allow_older(struct parsing *p, const char *argument UNUSED)
{
	p->out->allow_older = true;
	return NULL;
}

static struct error *parse_allow_other_ledger(struct parsing *p, const char *argument UNUSED)
{
	p->out->allow_other_ledger = true;
	return NULL;
}

const struct option_row option_rows[] = {
	{"actor", "WHO", "who acts, for the record; default: the job's or the user's name",
	 parse_actor},
	{"adobe", NULL, "manifests for Adobe, and a configuration to fill in", parse_adobe},
	{"again", NULL, "replace a second secret that nobody has used", parse_again},
	{"allow-admin-grants", "N", "let the plan grant up to N admin roles",
	 parse_allow_admin_grants},
	{"allow-expired", NULL, "let grants go whose last day is over", parse_allow_expired},
	{"allow-live-shrink", NULL, "trust a live read that is far below the last snapshot",
	 parse_allow_live_shrink},
	{"allow-older", NULL, "apply manifests that are older than those that were applied last",
	 parse_allow_older},
	{"allow-other-ledger", NULL, "go on though the snapshots' last run is not in this ledger",
	 parse_allow_other_ledger},
	{"allow-remove", "N|P%", "let the plan remove up to N in all, or P % of each class",
	 parse_allow_remove},
	{"allow-unreplaced", NULL, "let grants go though what replaces them is not there",
	 parse_allow_unreplaced},
	{"as-of", "DATE|REV", "who held it then, from the history of snapshots", parse_as_of},
	{"attest", "ADDRESS", "record that this step was made, which no read shows; repeatable",
	 parse_attest},
	{"auto-approve", NULL, "do not ask", parse_auto_approve},
	{"base", "PATH|REV",
	 "the last snapshot; with revisions as PATHs, what they are planned against", parse_base},
	{"changes", NULL, "one row a change: when, who, what, why, and on whose word",
	 parse_changes},
	{"check", NULL, "write nothing; name the files that would change, and exit 1", parse_check},
	{"commit", NULL, "commit the snapshot to its git repository", parse_commit},
	{"config", "FILE", "the operator's configuration is this file", parse_config},
	{"detailed-exitcode", NULL, "exit 2 when changes are pending", parse_detailed_exitcode},
	{"diff", NULL, "write nothing; show what would change", parse_diff},
	{"end", NULL, "end the restore that is under way; what is left of it is agreed as it is",
	 parse_end},
	{"expect", "DIGEST", "refuse a plan with another digest; repeatable", parse_expect},
	{"explain", "[ID]", "tell what a diagnostic means; without ID, list all", parse_explain},
	{"export-csv", "FILE", "save what is left for a person in the console's bulk format",
	 parse_export_csv},
	{"fail-on", "LIST", "exit 4 on guard, withheld, admin-grant, removal, unseen or blocked",
	 parse_fail_on},
	{"finish", NULL, "delete the old secret although it was used a short while ago",
	 parse_finish},
	{"format", "KIND[=FILE]", NULL, parse_format},
	{"from", "PATH|REV", "the snapshot to go back to; default: the last one", parse_from},
	{"history", NULL, "when each grant appeared and went, from the history of snapshots",
	 parse_history},
	{"ignore", "ID", "leave out warnings with this id; may be given several times",
	 parse_ignore},
	{"in", "SPAN", "how far to look: days, weeks or months such as 30d (default), 4w, 3m",
	 parse_in},
	{"json", NULL, "tell what goes on as lines of JSON, in place of results", parse_json},
	{"json-into", "FILE", "the same to a file, beside results", parse_json_into},
	{"list", NULL, "name the kinds, one a line", parse_list},
	{"live", "PATH", "the live organisation is this file or folder", parse_live},
	{"log", "LEVEL", "quiet, note (default) or debug", parse_log},
	{"manual", NULL, "the list of fields as scdoc, for the manual", parse_manual},
	{"manifests", "PATH", "PATH behind the names", parse_manifests, .older = true},
	{"max-bytes", "N|SITE", "cut the --format before it to N bytes, or to what a SITE takes",
	 parse_max_bytes},
	{"max-wait", "SECONDS", "give up when the service asks to wait longer in all",
	 parse_max_wait},
	{"no-color", NULL, "no colour, whatever the terminal", parse_no_color},
	{"org", "NAME", "only this organisation; it must have this name", parse_org},
	{"out", "PATH", "save to this file or folder", parse_out},
	{"overdue", NULL, "what has ended and is still held", parse_overdue},
	{"plan", "FILE|DIR", "carry out this saved plan, or all of a folder; repeatable",
	 parse_plan},
	{"prune", NULL, "delete accounts and projects that were made and are declared no more",
	 parse_prune},
	{"reason", "TEXT", "why it is granted, or the drift ignored", parse_reason},
	{"rehearse", NULL, "only tell what it would take, as if the organisation were empty",
	 parse_rehearse},
	{"resume", NULL, "go on with the run that stopped part-way", parse_resume},
	{"roles-from", "FILE", "the console's export of administrators, as a source of roles",
	 parse_roles_from},
	{"run", "RUN", "record this run, which was not when it ended", parse_run},
	{"sign", "KEY", "sign the saved plan with this file's SSH key; *.pub: with ssh-agent",
	 parse_sign},
	{"since", "DATE", "from this day or moment on, in UTC", parse_since},
	{"snapshot", "DIR", "the snapshot's folder", parse_snapshot},
	{"strict", NULL, "warnings count as errors", parse_strict},
	{"take-over", NULL, "take the organisation from a run that is silent or stuck",
	 parse_take_over},
	{"target", "ACCOUNT", "only this account", parse_target},
	{"ticket", "TEXT", "where it was asked for", parse_ticket},
	{"timeout", "SECONDS", "try again for so long while something is not proven",
	 parse_timeout},
	{"to", "FILE", "the configuration that names the new place", parse_to},
	{"unapproved", NULL, "only what was given and nobody else than its writer stands for",
	 parse_unapproved},
	{"until", "DATE",
	 "the last day of the grant, of ignoring or of a period, such as 2027-03-31", parse_until},
	{"wait", "SECONDS", "how long to wait for another run; default: 10", parse_wait},
	{"why", "TEXT", "why it was decided so; one line", parse_why},
	{0},
};
