/* SPDX-License-Identifier: Apache-2.0 */
/* subscribe.h - the APIs of a credential and the product profiles that come with them.
 *
 * The console takes the whole list each time, so every request carries the union of what is there
 * and what is to be, and a read proves it afterwards: a 200 may hold a refusal, and a refusal may
 * be of a part. */
#ifndef ADOBE_SUBSCRIBE_H
#define ADOBE_SUBSCRIBE_H

#include "providers/adobe/console/console.h"

/* What a credential shall have of one API. */
struct wish {
	const struct api *api;
	struct licence_vec licences;
	bool exact; /* these licences and no other; else null where there is none: the service's
		       choice */
};
VEC(wish_vec, struct wish);

/* What is there, as wishes, in `a`; APIs that the catalogue lacks are kept by their code. */
void wishes_of(struct provider *p, struct arena *a, const struct credential *c,
	       struct wish_vec *out);
struct wish *wishes_find(struct wish_vec *all, const char *code);
/* Every wished-for API that offers the profile gets or loses it; false when none does. */
bool wishes_add(struct arena *a, struct wish_vec *all, const char *product, const char *profile);
bool wishes_remove(struct wish_vec *all, const char *product, const char *profile);
/* Storage first, whose licence comes by itself; then by code. */
void wishes_sort(struct wish_vec *all);

/* The list as the console takes it: `[{"sdkCode": ...}]`. */
void wishes_print(const struct wish_vec *all, struct str *out);
/* Whether the credential has just these. */
bool wishes_met(const struct wish_vec *all, const struct credential *c);

/* A refusal inside a good answer, in words, in `a`; NULL when there is none. */
const char *subscription_refusal(const struct reply *body, struct arena *a);

/* Puts the list and waits until reads show it, for a few seconds; the session knows what is there
 * afterwards. */
MUST_CHECK struct error *subscribe_put(struct provider *p, struct arena *a, struct credential *c,
				       const struct wish_vec *all, struct outcome *out);

/* A look for what was written may come too early: `for (struct patience t = {0}; patience_next(p,
 * &t);)` looks at once, then after growing pauses, as long as the session has patience. */
struct patience {
	unsigned looks, waited_ms;
};
bool patience_next(const struct provider *p, struct patience *t);

#endif
