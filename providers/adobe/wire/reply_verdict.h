/* SPDX-License-Identifier: Apache-2.0 */
/* reply_verdict.h - from what was seen of an exchange to an answer: evidence, verdict, tree and
 * message. */
#ifndef ADOBE_REPLY_VERDICT_H
#define ADOBE_REPLY_VERDICT_H

#include "providers/adobe/wire/http.h"

struct seen;

/* Fills the answered members of `r`, but for `attempts`; the message is in `a`. */
void reply_verdict_read(struct http_request *r, const struct seen *seen, struct arena *a);

/* Appends what the service says in an error body, whichever of its forms that has; nothing when it
 * has none. */
void reply_verdict_text(const struct reply *body, struct str *out);

#endif
