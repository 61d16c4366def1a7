/* SPDX-License-Identifier: Apache-2.0 */
/* subscribe.h - the APIs of a credential and the product profiles that come with them.
 *
 * A list that is put replaces all that is there, also what others added since the last read: it is
 * only for a credential that was made just now. A credential in use is changed one API at a time. A
 * read proves each change afterwards: an answer with status 200 may hold a refusal, of all or of a
 * part. */
#ifndef ADOBE_SUBSCRIBE_H
#define ADOBE_SUBSCRIBE_H

#include "providers/adobe/console/wishes.h"

/* Each function sends one request, or none where the credential is so already. */

/* What a credential that was made just now is to have, and what became of it. */
struct subscribe_list {
	struct credential *credential;
	const struct wish_vec *all;
	struct outcome *out;
};

/* Replaces the list of each credential, side by side. Of what is accepted the session keeps what a
 * read shows afterwards, or what the request said where reads lag. After an error each outcome says
 * how far it came. */
MUST_CHECK struct error *subscribe_put(struct provider *p, struct arena *a,
				       struct subscribe_list *lists, size_t len);

/* Adds one API to a credential that others may change too, with these profiles beside those that it
 * has; or takes the API away, and its profiles with it. */
MUST_CHECK struct error *subscribe_api(struct provider *p, struct arena *a, struct credential *c,
				       const struct wish *wish, struct outcome *out);
MUST_CHECK struct error *unsubscribe_api(struct provider *p, struct arena *a, struct credential *c,
					 const struct api *api, struct outcome *out);

/* Takes profiles from APIs that stay, for which the service only has a put of the whole list.
 * `kept` is what a read just before showed, without those profiles. The outcome is "refused",
 * though the service took the list, when a read afterwards lacks something of it. */
MUST_CHECK struct error *subscribe_take(struct provider *p, struct arena *a, struct credential *c,
					const struct wish_vec *kept, struct outcome *out);

#endif
