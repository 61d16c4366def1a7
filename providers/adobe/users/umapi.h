/* SPDX-License-Identifier: Apache-2.0 */
/* umapi.h - the User Management API: reading its lists, changing what users and user groups hold
 * (facts/umapi.md).
 *
 * Lists are read whole and once, because the service has a limit of its own for their first pages.
 * After a write, the users that it was about are read one by one. Requests are built, and answers
 * are read, by functions that send nothing. */
#ifndef ADOBE_UMAPI_H
#define ADOBE_UMAPI_H

#include "core/plan/plan.h"
#include "providers/adobe/users/directory.h"
#include "providers/adobe/wire/http.h"
#include "providers/adobe/wire/ims_token.h"

/* facts/umapi.md, "Actions". */
#define UMAPI_ENTRIES_MAX 10 /* of a request */
#define UMAPI_STEPS_MAX 10   /* of an entry */
#define UMAPI_NAMES_MAX 10   /* of a step */
#define UMAPI_CHANGES_MAX (UMAPI_ENTRIES_MAX * UMAPI_STEPS_MAX * UMAPI_NAMES_MAX)

struct umapi {
	struct http *http;
	struct token *token;
	const char *org_id; /* "...@AdobeOrg" */
	size_t technical;   /* accounts that the Developer Console lists: users that the service
			     * counts and does not show */
};

/* ---- reading ---- */

/* Reads all pages of groups and users into a directory, and finishes it. With `all`, users are read
 * once more with the profiles that they get through user groups, which shows what user groups hold.
 * A directory that has its groups already keeps them and only gets its users anew: calls for groups
 * are the scarcest, and users tell who holds what. ERROR_REMOTE for a list that contradicts itself;
 * when it is a few short, the directory says so. */
MUST_CHECK struct error *umapi_read(const struct umapi *api, bool all, struct directory *d);

/* Reads these users anew, one call each, side by side. An address that the service does not know is
 * dropped. Where an address has several entries, it shows the one that is no Adobe ID. */
MUST_CHECK struct error *umapi_refresh(const struct umapi *api, const char *const *emails,
				       size_t count, struct directory *d);

/* Reads anew who holds these roles, from the list of each role's members, which is not rationed as
 * full lists are. *told is false where the service has no list for one of them; the directory is
 * then as it was. */
MUST_CHECK struct error *umapi_read_holders(const struct umapi *api,
					    const struct entitlement *const *roles, size_t count,
					    struct directory *d, bool *told);

/* ---- changing ---- */

/* How the changes of one call are put into entries and steps. Up to ten of a principal have a step
 * each, so that an error tells which one failed. */
struct umapi_item {
	size_t change;	  /* its index */
	const char *name; /* of the group as it is sent; interned or in the arena */
	uint32_t entry, step;
	bool leads; /* false: an earlier item of the entry asks for the same */
};
VEC(umapi_item_vec, struct umapi_item);

struct umapi_request {
	struct umapi_item_vec items; /* entry by entry, step by step */
	uint32_t *steps;	     /* of each entry */
	uint32_t entries;
	bool add;	  /* grants or removals */
	const char *body; /* JSON; NULL when nothing is to be sent */
};

/* How many of the leading changes, all of one action and sorted by principal, fit into one request;
 * at least 1 when `len` > 0. */
size_t umapi_take(const struct change *const *changes, size_t len);

/* Builds the request. Changes that are not to be sent (there is no name for the group, or the role
 * is system or storage administrator) get their outcome at once. `emails` are the principals'
 * addresses, NULL for user groups. All is in `a`. */
void umapi_build(struct directory *d, struct arena *a, const struct change *const *changes,
		 const char *const *emails, size_t len, struct umapi_request *out,
		 struct outcome *outcomes);

/* Reads the answer to a request. What an error of an entry does not tell apart is "unknown"; an
 * answer that contradicts itself makes all changes "unknown". */
void umapi_understand(const struct umapi_request *request, const struct reply *answer,
		      struct arena *a, struct outcome *outcomes);

/* Sends, in one call, what umapi_build() makes of the changes. It is never repeated after an
 * unknown outcome. */
MUST_CHECK struct error *umapi_execute(const struct umapi *api, struct directory *d,
				       struct arena *a, const struct change *const *changes,
				       const char *const *emails, size_t len,
				       struct outcome *outcomes);

#endif
