/* SPDX-License-Identifier: Apache-2.0 */
/* record.h - what a run leaves behind: the snapshot, and its commits.
 *
 * The organisation is read once more and written as a snapshot; then, when asked for, committed:
 * first what had drifted since the last snapshot, then what the run changed, so that who reads the
 * history sees who did what. The state between the two is the one just read with the run's own
 * finished changes undone, so it is right after a resume too. All of git happens last, in a child
 * process, for the library may die of a full memory (core/README.md, "Promises"); whatever happens
 * there, the organisation is as it is, and the error says how to record it later.
 *
 * Trailers of a run's commit: Writ-Run (its name), Writ-Plan (the plan's digest),
 * Writ-Ledger (number and digest of the ledger's head), Writ-Manifests (commit of the manifests,
 * else their digest), Writ-Snapshot (serial). Of a drift commit: Writ-Drift (the run that found it,
 * or "snapshot") and Writ-Snapshot; of a decision Writ-Why too. */
#ifndef WRIT_RECORD_H
#define WRIT_RECORD_H

#include "core/language/config.h"
#include "core/plan/plan.h"
#include "core/record/snapshot.h"

/* Where the snapshot goes. */
struct record_place {
	const char *folder;	/* as the user knows it; what commands that repeat it name */
	const char *repository; /* root of its work tree, or a bare repository; NULL: none */
	const char *below;	/* the folder in the repository */
	struct snapshot_settings settings;
	bool configured; /* by the operator's configuration, not --snapshot */
	bool commit;
};

/* Finds the place by --snapshot (NULL: not given), else by the operator's settings (NULL: none).
 * `name` is the organisation's, and the default folder in a configured repository. *out_any is
 * false when neither says a place. ERROR_INPUT: a commit was asked for and the folder is in no
 * repository. */
MUST_CHECK struct error *record_find_place(struct arena *a, const char *folder,
					   const struct snapshot_settings *settings,
					   const char *name, bool commit, struct record_place *out,
					   bool *out_any);

/* What a run did. */
struct record_run {
	const char *name;	 /* NULL: nothing was sent */
	const char *plan_digest; /* "sha256:..." */
	const char *ledger_head; /* "12 sha256:..." */
	const char *manifests;	 /* commit or digest; NULL: unknown */
	const char *actor;	 /* who began it, as claimed; NULL: unknown */
	const struct plan *plan;
	bool *done; /* by change: whether this run made it; cleared where an earlier record of the
		       run counted it already */
	bool unverified; /* no read followed its last write: only what live shows counts as done */
	/* Of a plan that leads back to a snapshot: what was agreed in it; NULL: not known. Its
	 * first apply makes that agreed. */
	const struct model *goal;
};

/* What a person decided on open drift. */
struct record_decision {
	const char *const *accepted; /* fingerprints of what is agreed as it is live */
	size_t count;
	bool ends_restore; /* the restore under way ends; what is left of it is agreed */
	const char *why;   /* one line; NULL: unsaid */
};

struct record_input {
	const struct record_place *place;
	const struct provider_reader *reader;
	struct provider *session;
	struct intern *strings;
	const struct snapshot *read; /* that was read from the folder before; NULL: none */
	const char *roles_from;	     /* as in settings; NULL */
	const char *repeat;	     /* the command that does it again, for messages */
	int64_t now;
	const struct record_run *run;		/* NULL: a snapshot by itself */
	const struct record_decision *decision; /* without a run; NULL: none */
	void (*note)(const char *line);		/* NULL: none */
};

struct recorded_commit {
	char id[HISTORY_ID];
	const char *subject;
};

struct record_result {
	const char *organization;
	int32_t serial;
	size_t files;
	bool changed; /* unlike the last snapshot */
	bool written; /* files of the folder were */
	struct recorded_commit commits[2];
	size_t commit_count;
	const char *tree;   /* of the folder in the last of them, where all went well; NULL */
	const char *pushed; /* the remote; NULL */
};

/* What would keep a run from being recorded, as far as it is seen before its first request: no
 * repository, a detached HEAD, a merge in progress, a lock, a key or remote that is not there, a
 * remote whose branch has a snapshot that this one lacks, a link in the way, a snapshot that cannot
 * be read or is of another organisation. `read` is as in struct record_input. */
MUST_CHECK struct error *record_prepare(const struct record_place *place, const char *organization,
					const struct snapshot *read, struct arena *a);

/* Reads live, writes the snapshot, commits. Every failure is ERROR_RECORD, with `repeat` in its
 * message. */
MUST_CHECK struct error *record_write(const struct record_input *input, struct arena *a,
				      struct record_result *out);

#endif
