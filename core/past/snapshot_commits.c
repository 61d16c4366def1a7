/* SPDX-License-Identifier: Apache-2.0 */
#include "core/past/snapshot_commits.h"

#include <stdlib.h>
#include <string.h>

#include "core/language/manifest.h"
#include "core/record/snapshot.h"

static void complain(struct arena *a, const struct commit *c, const char *what, bool unchecked,
		     struct run_finding_vec *out)
{
	vec_push(a, out, (struct run_finding){.commit = c, .what = what, .unchecked = unchecked});
}

/* ---- each by itself ---- */

static bool is_writs(const struct commit *c)
{
	return commit_trailer(c, "Writ-Run") || commit_trailer(c, "Writ-Drift");
}

/* The serial that a commit's message names; 0: none. */
static int32_t serial_of(const struct commit *c)
{
	const char *text = commit_trailer(c, "Writ-Snapshot");
	return text && is_writs(c) ? (int32_t)strtol(text, NULL, 10) : 0;
}

static bool has_serial(const struct commit_vec *commits, int32_t serial)
{
	for (size_t i = 0; i < commits->len; i++) {
		if (serial_of(&commits->at[i]) == serial)
			return true;
	}
	return false;
}

/* *out is the file of the snapshot in this commit that was edited by hand; NULL: none was, and then
 * *out_serial is the serial that its files say, else 0. */
static struct error *find_edited(struct history *h, const char *folder, struct arena *a,
				 const struct commit *c, const char **out, int32_t *out_serial)
{
	struct snapshot s = {0};
	*out = NULL;
	TRY(history_read_files(h, a, c->id, folder, MANIFEST_FILE_MAX, &s.files));
	TRY(snapshot_parse(folder, a, &s));
	*out = snapshot_find_edited(&s, a);
	*out_serial = *out ? 0 : s.serial;
	return NULL;
}

/* What a message says of the serial is what its files say, or what the message of another commit
 * says whose files it has: else it took the place of a commit of writ. */
static void verify_message(struct arena *a, const struct commit_vec *commits,
			   const struct commit *c, int32_t serial, struct run_finding_vec *out)
{
	int32_t said = serial_of(c);
	if (!serial || c->cut_off || said == serial)
		return;
	if (said)
		complain(a, c,
			 arena_printf(a, "its message names serial %d, and its files are of %d",
				      (int)said, (int)serial),
			 false, out);
	else if (!has_serial(commits, serial))
		complain(a, c,
			 arena_printf(a,
				      "its files are of serial %d, which no message names: a "
				      "commit of writ was amended, squashed or dropped",
				      (int)serial),
			 false, out);
	else if (c->parents < 2)
		complain(a, c, "it changes the folder, and names neither a run nor drift", true,
			 out);
}

/* A snapshot that this clone lacks, or that is none, is unchecked. */
static struct error *verify_files(struct history *h, const char *folder, struct arena *a,
				  const struct commit_vec *commits, const struct commit *c,
				  struct run_finding_vec *out)
{
	ARENA scratch = {0};
	const char *edited = NULL;
	int32_t serial = 0;
	if (!c->tree) {
		complain(a, c, "it deletes the snapshot", false, out);
		return NULL;
	}
	struct error *error = find_edited(h, folder, &scratch, c, &edited, &serial);
	if (error && error->code == ERROR_SYSTEM)
		return error_wrap(error, "commit %.12s", c->id);
	if (error)
		complain(a, c,
			 arena_printf(a, "its snapshot cannot be read: %s", error_text(a, error)),
			 true, out);
	else if (edited)
		complain(a, c,
			 arena_printf(a, "%s was edited by hand, or mixed by a merge", edited),
			 false, out);
	else
		verify_message(a, commits, c, serial, out);
	error_free(error);
	return NULL;
}

/* ---- serials ---- */

/* Whether any commit has a smaller one: where the history begins, nothing is missing. */
static bool has_before(const struct commit_vec *commits, int32_t serial)
{
	for (size_t i = 0; i < commits->len; i++) {
		int32_t other = serial_of(&commits->at[i]);
		if (other && other < serial)
			return true;
	}
	return false;
}

static void verify_serials(struct arena *a, const struct commit_vec *commits,
			   struct run_finding_vec *out)
{
	for (size_t i = 0; i < commits->len; i++) {
		const struct commit *c = &commits->at[i];
		int32_t serial = serial_of(c);
		if (serial > 1 && !has_serial(commits, serial - 1) && has_before(commits, serial))
			complain(a, c,
				 arena_printf(a,
					      "it has serial %d, and no commit has %d: one was "
					      "dropped, or made anew",
					      (int)serial, (int)serial - 1),
				 false, out);
	}
}

/* ---- runs ---- */

static bool is_recorded(const struct known_run_vec *runs, size_t count, const char *organization)
{
	for (size_t i = 0; i < count; i++) {
		const struct known_run *r = &runs->at[i];
		if (r->commits.len && !strcmp(r->organization, organization))
			return true;
	}
	return false;
}

static bool has_tree(const struct commit_vec *commits, const char *tree)
{
	for (size_t i = 0; i < commits->len; i++) {
		if (commits->at[i].tree && !strcmp(commits->at[i].tree, tree))
			return true;
	}
	return false;
}

static bool is_cut_off(const struct commit_vec *commits)
{
	for (size_t i = 0; i < commits->len; i++) {
		if (commits->at[i].cut_off)
			return true;
	}
	return false;
}

/* A rebase or a squash changes commits, and leaves the folder as the run's end has it. A run of
 * another folder than this one is not looked for here. */
static bool lost_its_tree(const struct commit_vec *commits, const struct known_run_vec *runs,
			  size_t i)
{
	const struct known_run *r = &runs->at[i];
	bool here = r->commits.len || is_recorded(runs, i, r->organization);
	return r->ledger && r->tree && here && !has_tree(commits, r->tree);
}

static void verify_trees(struct arena *a, const struct commit_vec *commits,
			 const struct known_run_vec *runs, struct run_finding_vec *out)
{
	for (size_t i = 0; i < runs->len; i++) {
		if (lost_its_tree(commits, runs, i))
			vec_push(
				a, out,
				(struct run_finding){
					.run = &runs->at[i],
					.what = "its end names the folder as it was committed, and "
						"no commit has it so: its commit was amended, "
						"squashed with others, or dropped",
					.unchecked = is_cut_off(commits)});
	}
}

static void verify_runs(struct arena *a, const struct known_run_vec *runs,
			struct run_finding_vec *out)
{
	for (size_t i = 0; i < runs->len; i++) {
		const struct known_run *r = &runs->at[i];
		if (!r->ledger || r->tree || r->commits.len || !r->count[FATE_DONE] ||
		    !is_recorded(runs, i, r->organization))
			continue;
		vec_push(a, out,
			 (struct run_finding){.run = r,
					      .what = "no commit names it, but runs before it "
						      "have theirs: it was not recorded, or its "
						      "commit was dropped",
					      .unchecked = true});
	}
}

struct error *snapshot_commits_verify(struct history *h, const char *folder, struct arena *a,
				      const struct commit_vec *commits,
				      const struct known_run_vec *runs, struct run_finding_vec *out)
{
	for (size_t i = commits->len; i-- > 0;) {
		const struct commit *c = &commits->at[i];
		if (c->cut_off)
			complain(a, c,
				 "the clone is shallow: what was committed before it is not here",
				 true, out);
		TRY(verify_files(h, folder, a, commits, c, out));
	}
	verify_serials(a, commits, out);
	verify_trees(a, commits, runs, out);
	verify_runs(a, runs, out);
	return NULL;
}

/* ---- signatures ---- */

struct error *snapshot_commits_verify_signatures(struct history *h, struct arena *a,
						 const struct commit_vec *commits,
						 const struct signers *signers,
						 struct run_finding_vec *out, size_t *out_signed)
{
	bool seen = false;
	*out_signed = 0;
	for (size_t i = commits->len; i-- > 0;) {
		const struct commit *c = &commits->at[i];
		struct signed_data data = {.name = SIGNATURE_GIT, .when = c->commit_time};
		const char *signature, *text, *by;
		TRY(history_read_signature(h, a, c->id, &signature, &text));
		if (!signature) {
			complain(a, c, "it is not signed", !seen, out);
			continue;
		}
		seen = true;
		data.at = text;
		data.len = strlen(text);
		struct error *error =
			signature_check(signers, signature, strlen(signature), &data, a, &by);
		if (error && error->code != ERROR_INPUT && error->code != ERROR_DENIED)
			return error_wrap(error, "commit %.12s", c->id);
		if (error)
			complain(a, c, error_text(a, error), false, out);
		else
			++*out_signed;
		error_free(error);
	}
	return NULL;
}
