/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/adobe-emulator/server/fault_effects.h"

#include <string.h>

#include "cmd/adobe-emulator/server/grant_order.h"
#include "cmd/adobe-emulator/server/server.h"
#include "cmd/adobe-emulator/wire/json_fields.h"

#define HANG_MS 600000	      /* longer than any of our clients waits */
#define LARGE_MAX (256 << 20) /* a test that wants more would only test its own memory */

static const char *text_of(const struct fault *f, const char *key, const char *otherwise)
{
	const char *text = reply_text(f->order, key);
	return text ? text : otherwise;
}

static int64_t number_of(const struct fault *f, const char *key, int64_t otherwise)
{
	return whole_at(f->order, key, otherwise);
}

/* ---- whole replies ---- */

/* The value of Retry-After: "5" stays, "+5" is a date in 5 s and "-5" one 5 s ago; anything else
 * stays as it is. */
static const char *retry_after(struct request *r, const char *text)
{
	size_t digits = strspn(text + (*text != '\0'), "0123456789");
	bool signed_number =
		(*text == '+' || *text == '-') && digits > 0 && digits < 10 && !text[1 + digits];
	if (!signed_number)
		return arena_strdup(r->arena, text);
	return http_date(r->arena, r->now + strtol(text, NULL, 10) * 1000);
}

static void add_headers(struct fault *f, struct request *r, struct response *response)
{
	for (const struct reply *item = reply_first(reply_get(f->order, "headers")); item;
	     item = reply_after(item)) {
		if (reply_key(item) && reply_own_text(item))
			response_header(r, response, arena_strdup(r->arena, reply_key(item)),
					arena_strdup(r->arena, reply_own_text(item)));
	}
}

static const char *default_body(struct arena *a, int status)
{
	struct tree *body = tree_object();
	const char *code = status == 429 ? "429050" : arena_printf(a, "%d000", status);
	tree_text(body, "error_code", code);
	tree_text(body, "message", status == 429 ? "Too many requests" : reason_phrase(status));
	return tree_print(a, body);
}

static void alter_status(struct server *s UNUSED, struct fault *f, struct request *r,
			 struct response *response)
{
	int status = (int)number_of(f, "status", 500);
	const char *body = reply_text(f->order, "body");
	const char *type = text_of(f, "content_type", "application/json");
	const char *wait = reply_text(f->order, "retry_after");
	response->headers.len = 0;
	response_text(response, status, *type ? arena_strdup(r->arena, type) : NULL,
		      body ? arena_strdup(r->arena, body) : default_body(r->arena, status));
	if (wait)
		response_header(r, response, "Retry-After", retry_after(r, wait));
}

static void alter_html(struct server *s UNUSED, struct fault *f, struct request *r UNUSED,
		       struct response *response)
{
	response->headers.len = 0;
	response_text(response, (int)number_of(f, "status", 200), "text/html;charset=UTF-8",
		      "<!DOCTYPE html>\n<html><head><title>Sign in</title></head>"
		      "<body><form method=\"post\">Sign in to go on</form></body></html>\n");
}

static void alter_garbage(struct server *s UNUSED, struct fault *f, struct request *r UNUSED,
			  struct response *response)
{
	response_text(response, (int)number_of(f, "status", 200), "application/json",
		      "\x93\xF0{[garbage\x01\x02 :,]\"\\u12");
}

static void alter_redirect(struct server *s, struct fault *f, struct request *r,
			   struct response *response)
{
	const char *host = request_header(r, "Host");
	const char *here = arena_printf(r->arena, "%s://%s/redirected%s", s->scheme,
					host ? host : "127.0.0.1", r->path);
	response->headers.len = 0;
	response_empty(response, (int)number_of(f, "status", 302));
	response_header(r, response, "Location",
			arena_strdup(r->arena, text_of(f, "location", here)));
}

static void alter_unauthorized(struct server *s, struct fault *f UNUSED, struct request *r,
			       struct response *response)
{
	response->headers.len = 0;
	server_refuse(s, r, response, 401, "401013", "Oauth token is not valid");
	response_header(r, response, "WWW-Authenticate",
			"Bearer realm=\"JIL\", error=\"invalid_token\", "
			"error_description=\"The access token is invalid\"");
}

/* ---- how it is delivered ---- */

static void cut(struct fault *f, struct response *response, enum delivery how)
{
	struct arena scratch = {0};
	struct str message = STR(&scratch);
	response_render(response, &message);
	int64_t bytes = number_of(f, "bytes", -1);
	/* A negative number counts from the end of the message. */
	if (bytes < 0)
		bytes += (int64_t)message.len;
	response->delivery = how;
	response->cut = bytes < 0 ? 0 : (size_t)bytes;
	arena_done(&scratch);
}

static void alter_reset(struct server *s UNUSED, struct fault *f, struct request *r UNUSED,
			struct response *response)
{
	cut(f, response, DELIVER_RESET);
}

static void alter_truncate(struct server *s UNUSED, struct fault *f, struct request *r UNUSED,
			   struct response *response)
{
	cut(f, response, DELIVER_SHORT);
}

static void alter_hang(struct server *s UNUSED, struct fault *f, struct request *r UNUSED,
		       struct response *response)
{
	response->delivery = DELIVER_HANG;
	response->delay_ms = (int)number_of(f, "ms", HANG_MS);
}

static void alter_drip(struct server *s UNUSED, struct fault *f, struct request *r UNUSED,
		       struct response *response)
{
	response->delivery = DELIVER_DRIP;
	response->delay_ms = (int)number_of(f, "ms", 1000);
}

static void alter_delay(struct server *s UNUSED, struct fault *f, struct request *r UNUSED,
			struct response *response)
{
	response->delay_ms = (int)number_of(f, "ms", 1000);
}

/* ---- the body ---- */

static void set_body(struct response *response, const char *body)
{
	response->body = body;
	response->len = strlen(body);
}

static struct reply *body_of(const struct response *response)
{
	return read_json(response->body, response->len, REPLY_KEYS_ONCE);
}

/* The body as a tree that can be changed; NULL when it is no JSON. */
static struct tree *body_tree(const struct response *response)
{
	CLEANUP(reply_free) struct reply *body = body_of(response);
	return body ? tree_of(body) : NULL;
}

/* Changes members of the top object: "set" puts them there, "remove" takes them away. */
static void alter_edit(struct server *s UNUSED, struct fault *f, struct request *r,
		       struct response *response)
{
	struct tree *body = body_tree(response);
	const struct reply *removed = reply_first(reply_get(f->order, "remove"));
	const struct reply *set = reply_first(reply_get(f->order, "set"));
	if (!body)
		return;
	for (; removed; removed = reply_after(removed)) {
		if (reply_own_text(removed))
			tree_drop(body, reply_own_text(removed));
	}
	for (; set && reply_key(set); set = reply_after(set)) {
		tree_drop(body, reply_key(set));
		tree_add(body, reply_key(set), tree_of(set));
	}
	set_body(response, tree_print(r->arena, body));
}

static void alter_counts(struct server *s UNUSED, struct fault *f UNUSED, struct request *r,
			 struct response *response)
{
	CLEANUP(reply_free) struct reply *old = body_of(response);
	if (!old)
		return;
	struct tree *body = tree_of(old);
	tree_drop(body, "completed");
	tree_int(body, "completed", whole_at(old, "completed", 0) + 7);
	set_body(response, tree_print(r->arena, body));
}

static void alter_no_result(struct server *s UNUSED, struct fault *f UNUSED, struct request *r,
			    struct response *response)
{
	struct tree *body = body_tree(response);
	if (!body)
		return;
	tree_drop(body, "result");
	set_body(response, tree_print(r->arena, body));
}

/* Repeats the first member of the first object. */
static void alter_duplicate(struct server *s UNUSED, struct fault *f UNUSED, struct request *r,
			    struct response *response)
{
	const char *brace = memchr(response->body, '{', response->len);
	CLEANUP(reply_free) struct reply *body = body_of(response);
	const struct reply *object = reply_is_array(body) ? reply_first(body) : body;
	const struct reply *first = reply_is_object(object) ? reply_first(object) : NULL;
	if (brace && first) {
		struct tree *twice = tree_object();
		tree_add(twice, reply_key(first), tree_of(first));
		const char *member = tree_print(r->arena, twice);
		set_body(response, arena_printf(r->arena, "%.*s%.*s,%s",
						(int)(brace - response->body + 1), response->body,
						(int)strlen(member) - 2, member + 1, brace + 1));
	}
}

/* Adds blanks behind the document until it is as large as wanted. */
static void alter_large(struct server *s UNUSED, struct fault *f, struct request *r,
			struct response *response)
{
	int64_t size = number_of(f, "bytes", (int64_t)BODY_MAX + 1);
	if (size > LARGE_MAX || (size_t)size <= response->len)
		return;
	struct str out = STR(r->arena);
	str_addn(&out, response->body, response->len);
	str_fill(&out, ' ', (size_t)size - response->len);
	response->body = out.at;
	response->len = out.len;
}

static void alter_type(struct server *s UNUSED, struct fault *f, struct request *r,
		       struct response *response)
{
	response->type = arena_strdup(r->arena, text_of(f, "content_type", "text/plain"));
}

static void alter_bom(struct server *s UNUSED, struct fault *f UNUSED, struct request *r,
		      struct response *response)
{
	struct str out = STR(r->arena);
	str_add(&out, "\xEF\xBB\xBF");
	str_addn(&out, response->body, response->len);
	response->body = out.at;
	response->len = out.len;
}

static void alter_empty(struct server *s UNUSED, struct fault *f UNUSED, struct request *r UNUSED,
			struct response *response)
{
	set_body(response, "");
}

static void alter_nothing(struct server *s UNUSED, struct fault *f UNUSED, struct request *r UNUSED,
			  struct response *response UNUSED)
{
}

/* ---- around the request ---- */

/* Ends the caller's token now, as if its time were over. */
static void alter_expire(struct server *s, struct fault *f UNUSED, struct request *r,
			 struct response *response UNUSED)
{
	const struct caller *c = server_caller(s, r);
	if (c)
		vec_push(&s->arena, &s->revoked, arena_strdup(&s->arena, c->id));
}

static void alter_lag(struct server *s UNUSED, struct fault *f, struct request *r,
		      struct response *response UNUSED)
{
	uint64_t back = (uint64_t)number_of(f, "changes", 1);
	r->view = r->view > back ? r->view - back : 0;
}

/* Changes the organisation as if somebody else did just then. */
static void alter_change(struct server *s, struct fault *f, struct request *r UNUSED,
			 struct response *response UNUSED)
{
	const struct reply *give = reply_get(f->order, "give"), *take = reply_get(f->order, "take");
	if (give)
		grant_order_carry_out(s, give, true);
	if (take)
		grant_order_carry_out(s, take, false);
}

const struct fault_kind fault_kinds[] = {
	{"bom", false, true, alter_bom},
	{"change", false, false, alter_change},
	{"content-type", false, true, alter_type},
	{"delay", false, true, alter_delay},
	{"drip", true, false, alter_drip},
	{"duplicate-keys", false, true, alter_duplicate},
	{"edit", false, true, alter_edit},
	{"empty", true, false, alter_empty},
	{"expire", false, false, alter_expire},
	{"garbage", true, false, alter_garbage},
	{"hang", true, false, alter_hang},
	{"headers", false, true, alter_nothing},
	{"html", true, false, alter_html},
	{"lag", false, false, alter_lag},
	{"large", false, true, alter_large},
	{"missing-result", false, true, alter_no_result},
	{"redirect", true, false, alter_redirect},
	{"reset", true, false, alter_reset},
	{"status", true, false, alter_status},
	{"truncate", true, false, alter_truncate},
	{"unauthorized", true, false, alter_unauthorized},
	{"wrong-counts", false, true, alter_counts},
	{0},
};

bool fault_before(struct server *s, struct fault *f, struct request *r, struct response *response)
{
	if (f->kind->replaces) {
		response_text(response, 200, "application/json", "{}");
		return true;
	}
	f->kind->alter(s, f, r, response);
	return false;
}

void fault_alter(struct server *s, struct fault *f, struct request *r, struct response *response)
{
	if (f->after || f->kind->replaces)
		f->kind->alter(s, f, r, response);
	add_headers(f, r, response);
}
