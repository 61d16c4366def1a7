/* SPDX-License-Identifier: Apache-2.0 */
/* git_send.h - one commit to one reference of a remote, and what came of it. */
#ifndef WRIT_GIT_SEND_H
#define WRIT_GIT_SEND_H

#include "core/git/git_program.h"

struct git_sending {
	const char *id, *ref;
	/* The commit that must stand there; "": none may. NULL: whatever stands there goes. */
	const char *old;
	int64_t timeout_ms;
	bool forward; /* `old` does not count: only where it descends from what stands there */
};

enum push_answer {
	PUSH_DONE,
	PUSH_MOVED,   /* the reference is no longer where it was, or is just being moved */
	PUSH_REFUSED, /* the remote's rules or its state are against it */
	PUSH_DENIED,  /* the credentials are */
	PUSH_UNKNOWN, /* it may have been done, or be done yet */
};

struct git_sent {
	enum push_answer answer;
	const char *words; /* what the remote said; in the arena of the call */
};

/* Pushes once, and never again: whatever is not known for certain is PUSH_UNKNOWN. */
void git_send(const struct git_program *g, struct arena *a, const struct git_sending *push,
	      struct git_sent *out);

#endif
