/* SPDX-License-Identifier: Apache-2.0 */
/* subscribe.h - the APIs of a credential and the product profiles that come with them.
 *
 * A list that is put replaces all that is there, also what others added since the last read: it is
 * for a credential that was made just now. One that is in use is changed an API at a time. A read
 * proves it afterwards: a 200 may hold a refusal, and a refusal may be of a part. */
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
struct wish *wishes_find(const struct wish_vec *all, const char *code);
/* Every wished-for API that offers the profile gets or loses it; false when none does. */
bool wishes_add(struct arena *a, struct wish_vec *all, const char *product, const char *profile);
bool wishes_remove(struct wish_vec *all, const char *product, const char *profile);
/* Storage first, whose licence comes by itself; then by code. */
void wishes_sort(struct wish_vec *all);

/* The list as the console takes it: `[{"sdkCode": ...}]`, and one item of it. */
void wishes_print(const struct wish_vec *all, struct str *out);
void wish_print(const struct wish *wish, struct str *out);
/* Whether the credential has just these; whether it has this one, and maybe more. */
bool wishes_met(const struct wish_vec *all, const struct credential *c);
bool wish_met(const struct wish *wish, const struct credential *c);
/* From now on the session takes it for what there is: the service has accepted it. */
void wish_assume(struct provider *p, struct credential *c, const struct wish *wish);
bool licences_have(const struct licence_vec *all, const char *id);

/* ---- subscribe_send.c: each sends one request, or none where it is so already ---- */

/* What a credential that was made just now is to have, and what became of it. */
struct subscribe_list {
	struct credential *credential;
	const struct wish_vec *all;
	struct outcome *out;
};

/* Replaces the list of each, side by side. Of what is accepted the session knows afterwards what a
 * read shows, or what the request said where reads lag. After an error each outcome says how far it
 * came. */
MUST_CHECK struct error *subscribe_put(struct provider *p, struct arena *a,
				       struct subscribe_list *lists, size_t len);

/* One API of a credential that others may change too: it is added, with these profiles beside those
 * that it has, or it is taken away and its profiles with it. */
MUST_CHECK struct error *subscribe_api(struct provider *p, struct arena *a, struct credential *c,
				       const struct wish *wish, struct outcome *out);
MUST_CHECK struct error *unsubscribe_api(struct provider *p, struct arena *a, struct credential *c,
					 const struct api *api, struct outcome *out);

/* Takes profiles from APIs that stay, for which the service has nothing but the whole list: `kept`
 * is what a read just before showed, without them. Refused, though it was taken, when a read
 * afterwards lacks something of it. */
MUST_CHECK struct error *subscribe_take(struct provider *p, struct arena *a, struct credential *c,
					const struct wish_vec *kept, struct outcome *out);

#endif
