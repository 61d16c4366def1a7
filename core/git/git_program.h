/* SPDX-License-Identifier: Apache-2.0 */
/* git_program.h - the git program, run in a bare repository of its own to talk with a remote.
 *
 * Git is the program here, and not libgit2, for three reasons. The credentials are git's own: a
 * checkout's extra header, a helper, a job's token, a key of ssh. A push compares: on a path
 * libgit2 was seen to give one number to two pushers. And a remote's hooks are asked, which libgit2
 * passes over on a path.
 *
 * Of the user's configuration it sees what says where the remote is and who asks: remote.NAME.url
 * and pushurl, url.*.insteadOf, http.* (but sslVerify), credential.*. No hook, no filter, no
 * signing program, no core.sshCommand of a file runs; GIT_SSH_COMMAND of the environment does. It
 * never asks, and speaks file paths, https and ssh alone: what came over an open line would be
 * anybody's. */
#ifndef WRIT_GIT_PROGRAM_H
#define WRIT_GIT_PROGRAM_H

#include "core/util/child.h"

/* The remote, as every command of git_run() names it. */
#define GIT_REMOTE "writ"

struct git_program {
	const char *path, *folder;     /* of the program, and of its repository */
	const char *url;	       /* of the remote, for people: without user and password */
	struct variable_vec variables; /* of each call; the last is NULL */
	VEC(, char *) secrets;	       /* what is wiped in the end */
};

/* Where the remote is said. */
struct git_source {
	const char *what;	/* it is for, in errors: "the ledger" */
	const char *repository; /* whose configuration tells; NULL: only what is said to all */
	const char *remote;	/* a name there, or a URL */
	/* Of the repository whose commits are sent and fetched, which is its user's own; NULL: the
	 * folder has its own, and what comes is looked at closely. `shallow` need not be there. */
	const char *objects, *shallow;
};

/* Finds the program and reads the configuration; everything is in `a`. `folder` is there, and
 * becomes a bare repository. */
MUST_CHECK struct error *git_program_init(struct git_program *g, struct arena *a,
					  const char *folder, const struct git_source *source);
/* Wipes what may be secret in its memory. */
void git_program_done(struct git_program *g);

struct git_call {
	const char *const *arguments; /* NULL last */
	struct child_bytes input;
	size_t output_max; /* 0: CHILD_SAID_MAX */
	int64_t timeout_ms;
};
#define GIT_ARGUMENTS 14   /* at most */
#define GIT_LOCAL_MS 30000 /* for calls that ask nobody */

/* ERROR_SYSTEM when it cannot be started or is late. That it failed is said by out->well. */
MUST_CHECK struct error *git_run(const struct git_program *g, struct arena *a,
				 const struct git_call *call, struct child_said *out);

/* The same for a call that ought to succeed: ERROR_DENIED where the remote refused the credentials,
 * else ERROR_SYSTEM, with what git and the remote said. */
MUST_CHECK struct error *git_must(const struct git_program *g, struct arena *a, const char *doing,
				  const struct git_call *call, struct child_said *out);

/* What the remote said ("remote: ..."), else what git and ssh did; one line in `a`, escaped,
 * without users and passwords of URLs. */
const char *git_words(struct arena *a, const struct child_said *said);
/* Whether the remote refused the credentials, or there are none. */
bool git_was_denied(const struct child_said *said);

#endif
