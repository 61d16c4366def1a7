/* SPDX-License-Identifier: Apache-2.0 */
/* faults.h - failures on order: which were ordered, and which is due.
 *
 * A fault waits for the n-th request that matches its method and path. It comes with that request
 * and with as many of those that follow as the order says, before or after the change was made.
 * adobe-emulator(1) lists the kinds; what each does is in fault_effects.h. */
#ifndef EMULATOR_FAULTS_H
#define EMULATOR_FAULTS_H

#include "cmd/adobe-emulator/wire/http.h"

struct fault;

/* A kind of fault: it replaces the handler's reply, or alters it. */
struct fault_kind {
	const char *name;
	bool replaces; /* makes a reply of its own when it comes before the change */
	bool alters;   /* only makes sense on the handler's reply */
	void (*alter)(struct server *s, struct fault *f, struct request *r,
		      struct response *response);
};

struct fault {
	struct reply *order; /* as it was given, checked */
	const struct fault_kind *kind;
	int64_t id, nth, count, seen, fired;
	bool after; /* it comes when the change was made */
};

struct faults {
	const struct fault_kind *kinds; /* what can be ordered; ends with a row without name */
	struct arena arena;
	VEC(, struct fault *) all;
	int64_t given;
};

/* Takes over `order`. NULL when it was accepted, else why not. */
const char *faults_add(struct faults *f, struct reply *order, int64_t *out_id);
void faults_clear(struct faults *f);
struct tree *faults_tree(const struct faults *f);
void faults_done(struct faults *f);

/* The fault that comes with this request; NULL. Every fault that the request matches counts it. */
struct fault *faults_find(struct faults *f, const struct request *r);

#endif
