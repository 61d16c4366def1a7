/* SPDX-License-Identifier: Apache-2.0 */
/* members.h - the processes that do a command's work for several organisations.
 *
 * Each has an empty standard input, prints to files in memory, and is in a process group of its
 * own. So a signal from the terminal comes to this process alone, which passes each on. When this
 * process is killed, its members get SIGTERM. */
#ifndef WRIT_CMD_MEMBERS_H
#define WRIT_CMD_MEMBERS_H

#include <sys/types.h>

#include "cmd/writ/command.h"

#define MEMBERS_AT_ONCE 4 /* members that ask or wait for others are not counted */

enum member_state { MEMBER_NEW, MEMBER_WORKS, MEMBER_ASKS, MEMBER_APPROVED, MEMBER_ENDED };

/* Files in memory; descriptors, -1 until it is started. */
struct member_files {
	int out, errors; /* what it prints */
	int findings;	 /* errors as JSON */
	int summary;	 /* its result, in a line */
	int *results;	 /* one for each result that the options ask for */
};

struct member {
	const char *name; /* of its organisation */
	enum member_state state;
	pid_t process;
	struct member_files files;
	int question;	 /* this process' end of the line on which it asks */
	int lines;	 /* this process' end of the pipe for what goes on; -1: nobody follows */
	int turn;	 /* a file that is locked by who commits to a repository */
	int status;	 /* once it has ended */
	bool cut;	 /* it was killed: what it left may be half */
	bool quiet;	 /* it has not said itself how it ended */
	struct str line; /* the last line that came, as far as it did */
};
VEC(member_vec, struct member);

/* What this process does while its members work. */
struct member_watch {
	/* Takes whole lines of a member's --json; NULL: nobody follows. */
	void (*pass)(void *context, const char *lines, size_t len);
	/* Shows what a member has printed. It is called in the order of members once each has ended
	 * or asks, and again for one that asked when it has ended. */
	void (*show)(void *context, const struct member *member);
	/* Called when every member has ended or asks: says whether those that ask shall go on. They
	 * get the value that it returns: MEMBER_YES, MEMBER_NO or MEMBER_NOBODY. `signals` is
	 * readable when a signal came. */
	char (*ask)(void *context, const struct member_vec *members, int signals);
	void *context;
};
#define MEMBER_YES 'y'
#define MEMBER_NO 'n'
#define MEMBER_NOBODY '?' /* there is no terminal to ask on */

/* Starts all members and watches them until each has ended. It returns in every process: in a
 * member's, *out_self is the member and its descriptors are in place, so that the caller does its
 * work and ends as usual; in this one, *out_self is NULL. *out_signal is the last signal that was
 * passed on, or 0. */
MUST_CHECK struct error *members_run(struct member_vec *members, size_t results,
				     const struct member_watch *watch, struct member **out_self,
				     int *out_signal);

/* In a member's process: whether it shall go on with what `summary` says. An error says why not. */
MUST_CHECK struct error *member_ask(const struct member *self, const char *summary);

/* Tells the member's result, in one line, in place of one told before; NULL: it has none. */
void member_tell(const struct member *self, const char *summary);

/* Waits until no other member holds the turn. Work on a repository that several may share is done
 * within a turn. A NULL `self` waits for nothing. */
MUST_CHECK struct error *member_take_turn(const struct member *self);
void member_leave_turn(const struct member *self);

/* The contents of one of a member's files, in `a`. */
const char *member_read(int file, struct arena *a, size_t *len);

/* Closes what members_run() opened. */
void members_done(struct member_vec *members, size_t results);

#endif
