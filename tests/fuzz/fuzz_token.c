/* SPDX-License-Identifier: Apache-2.0 */
/* What a token server says: a secret that could be sent in a header, or an error that does not hold
 * the one that was sent. */
#include <assert.h>
#include <string.h>

#include "core/util/reply.h"
#include "providers/adobe/wire/ims_token.h"

#define SENT "p8e-canary+of/the=client"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t *said;
static size_t said_len;

/* In place of the one that connects: the first two bytes say how the transfer ended. */
struct error *http_run(struct http *h, struct arena *a, struct http_request *const *requests,
		       size_t len)
{
	static const long statuses[] = {200, 201, 400, 401, 403, 404, 429, 500, 503, 302};
	(void)h;
	for (size_t i = 0; i < len; i++) {
		struct http_request *r = requests[i];
		const char *why = NULL;
		r->json = reply_parse((const char *)said + 2, said_len - 2, &why);
		r->evidence = (struct evidence){
			.transfer = said[1] % 8 ? TRANSFER_COMPLETE : said[1] / 8 % 4,
			.status = statuses[said[0] % (sizeof(statuses) / sizeof(*statuses))],
			.body = r->json ? BODY_JSON : BODY_OTHER};
		r->verdict = classify(&r->evidence);
		r->message = arena_printf(a, "POST /ims/token/v3: %s", r->json ? "said" : why);
	}
	return NULL;
}

void http_done(struct http_request *r)
{
	reply_free(r->json);
	r->json = NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char secret[] = SENT;
	if (size < 2)
		return 0;
	said = data;
	said_len = size;
	struct secret *sent = secret_take(secret, sizeof(secret) - 1);
	struct error *error = token_try("client", sent, NULL);
	for (const struct error *e = error; e; e = e->cause)
		assert(!strstr(e->message, SENT));
	secret_free(sent);
	error_free(error);
	return 0;
}
