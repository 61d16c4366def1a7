/* SPDX-License-Identifier: Apache-2.0 */
/* faults.h - failures on order.
 *
 * A fault waits for the n-th request that matches its method and path and then happens to that
 * request and as many following ones as it says, before or after the change was made.
 * adobe-emulator(1) lists the kinds. */
#ifndef EMULATOR_FAULTS_H
#define EMULATOR_FAULTS_H

#include "cmd/adobe-emulator/wire/http.h"

struct fault {
	struct reply *order; /* as it was given, checked */
	int64_t id, nth, count, seen, fired;
	bool after; /* happens when the change was made */
};

struct faults {
	struct arena arena;
	VEC(, struct fault *) all;
	int64_t given;
};

/* Takes over `order`. NULL when it was accepted, else why not. */
const char *faults_add(struct faults *f, struct reply *order, int64_t *out_id);
void faults_clear(struct faults *f);
struct tree *faults_tree(const struct faults *f);
void faults_done(struct faults *f);

/* The fault that happens to this request; NULL. Counts the request for all that match. */
struct fault *faults_find(struct faults *f, const struct request *r);
const char *fault_kind(const struct fault *f);

/* In front of the handler: the reply of a fault that comes before the change. False: call the
 * handler. */
bool fault_before(struct server *s, struct fault *f, struct request *r, struct response *response);
/* What the fault makes of the reply. */
void fault_alter(struct server *s, struct fault *f, struct request *r, struct response *response);

#endif
