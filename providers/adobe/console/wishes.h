/* SPDX-License-Identifier: Apache-2.0 */
/* wishes.h - which APIs a credential shall have, and which product profiles with each. */
#ifndef ADOBE_WISHES_H
#define ADOBE_WISHES_H

#include "providers/adobe/console/console.h"

/* What a credential shall have of one API. */
struct wish {
	const struct api *api;
	struct licence_vec licences;
	bool exact; /* these licences and no other; if not, and there is none, the service
		       chooses: null is sent */
};
VEC(wish_vec, struct wish);

/* Fills in what the credential has, as wishes, in `a`. APIs that the catalogue lacks are kept by
 * their code. */
void wishes_of(struct provider *p, struct arena *a, const struct credential *c,
	       struct wish_vec *out);
struct wish *wishes_find(const struct wish_vec *all, const char *code);
/* Adds the profile to, or removes it from, every wished-for API that offers it; false when none
 * does. */
bool wishes_add(struct arena *a, struct wish_vec *all, const char *product, const char *profile);
bool wishes_remove(struct wish_vec *all, const char *product, const char *profile);
/* Sorts by code, with storage first, whose licence comes by itself. */
void wishes_sort(struct wish_vec *all);

/* Appends the list as the console takes it, `[{"sdkCode": ...}]`, and one item of it. */
void wishes_print(const struct wish_vec *all, struct str *out);
void wish_print(const struct wish *wish, struct str *out);
/* Whether the credential has these APIs and licences and no others; and whether it has this API
 * with these licences, and maybe more. */
bool wishes_met(const struct wish_vec *all, const struct credential *c);
bool wish_met(const struct wish *wish, const struct credential *c);
/* Makes the session take the wish for what is there: the service has accepted it. */
void wish_assume(struct provider *p, struct credential *c, const struct wish *wish);
bool licences_have(const struct licence_vec *all, const char *id);

#endif
