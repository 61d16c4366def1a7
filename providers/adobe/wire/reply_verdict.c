/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/wire/reply_verdict.h"

#include <string.h>
#include <time.h>

#include "core/util/text_escape.h"
#include "providers/adobe/wire/curl_transfer.h"

#define TEXT_MAX 300 /* bytes of a service's own words that are quoted */

/* Whether a type is application/json or application/ANYTHING+json, with parameters or without. */
static bool is_json_type(const char *type)
{
	static const char head[] = "application/";
	size_t len = strcspn(type, "; \t");
	if (strncasecmp(type, head, sizeof(head) - 1) != 0)
		return false;
	return (len == 16 && !strncasecmp(type + len - 4, "json", 4)) ||
	       (len > 17 && !strncasecmp(type + len - 5, "+json", 5));
}

/* *why gets what is wrong with a body that is BODY_OTHER. */
static enum body_kind kind_of(const struct seen *seen, struct reply **tree, const char **why)
{
	*tree = NULL;
	*why = NULL;
	if (seen->len == 0)
		return BODY_NONE;
	*why = "not of type JSON";
	if (!is_json_type(seen->content_type))
		return BODY_OTHER;
	*tree = reply_parse(seen->body, seen->len, why);
	if (!*tree)
		return BODY_OTHER;
	*why = NULL;
	return BODY_JSON;
}

static void add_escaped(struct str *out, const char *text)
{
	text_escape(out, text, strlen(text), TEXT_MAX);
}

/* The first of these members that is a text; NULL: none is. */
static const char *first_text(const struct reply *object, const char *const *keys)
{
	const char *text = NULL;
	for (; *keys && !text; keys++)
		text = reply_text(object, *keys);
	return text;
}

/* facts/developer-console.md, "Errors", facts/ims.md, "Asking for a token", facts/umapi.md,
 * "Answers", facts/cloud-storage.md, "Answers". */
void reply_verdict_text(const struct reply *body, struct str *out)
{
	static const char *const texts[] = {"error_description", "message", "title", "reason",
					    "errorMessage",	 NULL};
	static const char *const codes[] = {"error_code", "errorCode", "error",
					    "template",	  "code",      NULL};
	ARENA scratch = {0};
	const struct reply *inner = reply_first(reply_get(body, "messages"));
	if (!inner)
		inner = reply_is_array(body) ? reply_first(body) : body;
	const char *text = reply_own_text(inner);
	if (!text)
		text = first_text(inner, texts);
	const char *code = first_text(inner, codes);
	if (!code)
		code = reply_id(inner, "error_code", &scratch);
	if (text)
		add_escaped(out, text);
	if (code && text)
		str_add(out, " (");
	if (code)
		add_escaped(out, code);
	if (code && text)
		str_addc(out, ')');
}

static const char *say(const struct http_request *r, const struct seen *seen, const char *why,
		       struct arena *a)
{
	struct str out = STR(a);
	str_printf(&out, "%s %s: ", r->method, r->route);
	if (seen->transfer != TRANSFER_COMPLETE) {
		add_escaped(&out, seen->problem);
		return str_text(&out);
	}
	str_printf(&out, "%ld", seen->status);
	size_t before = out.len;
	str_add(&out, ": ");
	if (seen->status >= 300 && seen->status < 400)
		str_add(&out, "a redirect, and none is followed");
	else if (why)
		str_printf(&out, "the body is %s", why);
	else if (r->json)
		reply_verdict_text(r->json, &out);
	else if (seen->status < 300)
		str_add(&out, "the body is empty");
	if (out.len == before + 2)
		str_cut(&out, before);
	return str_text(&out);
}

void reply_verdict_read(struct http_request *r, const struct seen *seen, struct arena *a)
{
	const char *why = NULL;
	struct evidence *e = &r->evidence;
	*e = (struct evidence){.transfer = seen->transfer,
			       .status = seen->status,
			       .empty_is_fine = r->empty_is_fine};
	if (seen->transfer == TRANSFER_COMPLETE)
		e->body = kind_of(seen, &r->json, &why);
	/* The date is compared with the service's own clock, when it tells that: this machine's may
	 * be a day off. */
	e->retry_after =
		retry_after_parse(seen->has_retry_after ? seen->retry_after : NULL,
				  seen->date >= 0 ? seen->date : (int64_t)time(NULL), &e->wait_s);
	r->total_count = seen->total_count;
	r->page_count = seen->page_count;
	r->page_size = seen->page_size;
	r->current_page = seen->current_page;
	r->verdict = classify(e);
	r->message = r->verdict.class == OUTCOME_APPLIED ? NULL : say(r, seen, why, a);
}
