/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/wire/ims_token.h"

#include <stdlib.h>
#include <string.h>

#include "core/util/clock.h"
#include "core/util/log.h"
#include "core/util/percent.h"

/* A life beyond this is in milliseconds: facts/ims.md, "Lives". */
#define MILLISECONDS_FROM 10000000
#define LIFE_UNSAID_S 300
#define LIFE_MAX_S 172800 /* twice the life of any token; a larger number is a mistake */
/* A new token is asked for so long before the end, or at nine tenths of the life. */
#define MARGIN_MS 60000

struct token {
	const char *client_id, *scopes; /* scopes NULL: a person's session */
	const struct secret_source *source;
	struct token *of; /* the token whose credential this one shares; NULL: it has its own */
	struct secret *secret; /* of the credential, once read: a source may give it only once */
	struct secret *access;
	int64_t good_until;	/* clock_steady_ms() */
	bool renewed, accepted; /* accepted: since the last renewal some answer was not 401 */
	enum token_fault fault;
};

static struct token *new_token(struct token init)
{
	struct token *t = xmalloc(sizeof(*t));
	*t = init;
	return t;
}

struct token *token_of_server(const char *client_id, const struct secret_source *secret,
			      const char *scopes)
{
	return new_token(
		(struct token){.client_id = client_id, .source = secret, .scopes = scopes});
}

struct token *token_with_scopes(struct token *of, const char *scopes)
{
	struct token *root = of->of ? of->of : of;
	return new_token((struct token){.client_id = of->client_id, .of = root, .scopes = scopes});
}

struct token *token_of_user(const char *client_id, const struct secret_source *source)
{
	return new_token((struct token){.client_id = client_id, .source = source});
}

void token_free(struct token *t)
{
	if (!t)
		return;
	secret_free(t->secret);
	secret_free(t->access);
	free(t);
}

static const char *client_id(const struct token *t)
{
	return t->client_id;
}

static const struct secret *kept_by(const struct token *t)
{
	return t->access && clock_steady_ms() < t->good_until ? t->access : NULL;
}

static void note_accepted(struct token *t)
{
	t->accepted = true;
}

static bool may_refresh(const struct token *t)
{
	bool once = !t->scopes && (t->source->kind == SECRET_ENV || t->source->kind == SECRET_FD);
	return !once && (!t->renewed || t->accepted);
}

enum token_fault token_fault(const struct token *t)
{
	return t->fault;
}

static void keep(struct token *t, struct secret *access, int64_t life_ms)
{
	int64_t margin = life_ms / 10 < MARGIN_MS ? life_ms / 10 : MARGIN_MS;
	secret_free(t->access);
	t->access = access;
	t->fault = TOKEN_FAULT_NONE;
	t->good_until = clock_steady_ms() + life_ms - margin;
}

static void forget(struct token *t)
{
	secret_free(t->access);
	t->access = NULL;
	t->renewed = true;
	t->accepted = false;
}

/* ---- a person's session ---- */

static struct error *read_session(struct token *t)
{
	struct secret *access;
	struct error *error = secret_read(t->source, &access);
	if (error)
		return error_wrap(error, "the token of the user's session");
	keep(t, access, (int64_t)LIFE_MAX_S * 1000);
	return NULL;
}

/* ---- client_credentials ---- */

static char *add_plain(char *to, const char *text)
{
	size_t len = strlen(text);
	memcpy(to, text, len);
	return to + len;
}

/* Makes the form in one piece of memory, so that no copy of the secret stays behind. */
static struct secret *make_form(const struct token *t, const struct secret *secret)
{
	static const char head[] = "grant_type=client_credentials&client_id=";
	static const char middle[] = "&client_secret=", tail[] = "&scope=";
	size_t room = sizeof(head) + sizeof(middle) + sizeof(tail) +
		      3 * (strlen(t->client_id) + secret_len(secret) + strlen(t->scopes));
	char *form = xmalloc(room), *end = add_plain(form, head);
	end = percent_write(end, t->client_id, "");
	end = add_plain(end, middle);
	end = percent_write(end, secret_reveal(secret), "");
	end = add_plain(end, tail);
	end = percent_write(end, t->scopes, "");
	struct secret *out = secret_take(form, (size_t)(end - form));
	free(form);
	return out;
}

static int64_t life_of(const struct reply *body)
{
	int64_t life = reply_int(body, "expires_in", LIFE_UNSAID_S);
	const char *text = reply_text(body, "expires_in");
	if (text && *text && strlen(text) < 16 && strspn(text, "0123456789") == strlen(text))
		life = strtoll(text, NULL, 10);
	if (life <= 0)
		life = LIFE_UNSAID_S;
	if (life <= MILLISECONDS_FROM)
		life *= 1000;
	return life < (int64_t)LIFE_MAX_S * 1000 ? life : (int64_t)LIFE_MAX_S * 1000;
}

static bool is_sendable(const char *token)
{
	for (const char *at = token; *at; at++) {
		if (*at <= ' ' || *at > '~')
			return false;
	}
	return *token != '\0';
}

static struct error *take_answer(struct token *t, const struct reply *body)
{
	const char *text = reply_text(body, "access_token");
	if (!text || !is_sendable(text))
		return error_new(ERROR_REMOTE, "the answer holds no usable access token");
	size_t len = strlen(text);
	char *copy = xmalloc(len + 1);
	memcpy(copy, text, len + 1);
	struct secret *access = secret_take(copy, len);
	free(copy);
	keep(t, access, life_of(body));
	return NULL;
}

/* The service's message, unless it repeats the secret. */
static const char *without(const char *message, const struct secret *secret)
{
	return message && strstr(message, secret_reveal(secret))
		       ? "the service's words hold the secret, so they are left out"
		       : message;
}

/* facts/ims.md, "Asking for a token"; the statuses differ by who answers. */
static enum token_fault fault_of(const struct reply *body)
{
	static const struct {
		const char *word;
		enum token_fault fault;
	} words[] = {{"invalid_client", TOKEN_FAULT_CLIENT},
		     {"unauthorized_client", TOKEN_FAULT_CLIENT},
		     {"invalid_scope", TOKEN_FAULT_SCOPE}};
	const char *said = reply_text(body, "error");
	for (size_t i = 0; said && i < sizeof(words) / sizeof(*words); i++) {
		if (!strcmp(words[i].word, said))
			return words[i].fault;
	}
	return TOKEN_FAULT_OTHER;
}

static struct error *refusal(const struct http_request *r, const struct secret *secret)
{
	bool denied =
		r->evidence.status == 400 || r->evidence.status == 401 || r->evidence.status == 403;
	return error_new(denied ? ERROR_DENIED : ERROR_REMOTE, "%s", without(r->message, secret));
}

/* A request for a token; it is not to be moved while it runs. */
struct asking {
	struct token *token;
	const struct secret *secret;
	struct secret *form;
	struct http_request request;
};

static void begin(struct asking *x, struct token *t, const struct secret *secret)
{
	*x = (struct asking){.token = t, .secret = secret, .form = make_form(t, secret)};
	x->request = (struct http_request){
		.service = SERVICE_IMS,
		.method = "POST",
		.path = "/ims/token/v3",
		.route = "/ims/token/v3",
		.body = secret_reveal(x->form),
		.form = true,
		.repeatable = true, /* several tokens live side by side (facts/ims.md, "Asking for a
				       token") */
	};
}

static struct error *take(struct asking *x)
{
	const struct http_request *r = &x->request;
	x->token->fault = fault_of(r->json);
	return r->verdict.class == OUTCOME_APPLIED ? take_answer(x->token, r->json)
						   : refusal(r, x->secret);
}

static void end(struct asking *x)
{
	http_done(&x->request);
	secret_free(x->form);
}

static struct error *ask(struct token *t, struct http *h, const struct secret *secret)
{
	ARENA scratch = {0};
	struct asking x;
	begin(&x, t, secret);
	struct http_request *const requests[] = {&x.request};
	struct error *error = http_run(h, &scratch, requests, 1);
	if (!error)
		error = take(&x);
	end(&x);
	return error;
}

static struct error *find_secret(struct token *t, const struct secret **out)
{
	struct token *root = t->of ? t->of : t;
	if (!root->secret) {
		struct error *error = secret_read(root->source, &root->secret);
		if (error)
			return error_wrap(error, "the secret of client %s", t->client_id);
	}
	*out = root->secret;
	return NULL;
}

static struct error *named(struct error *error, const struct token *t)
{
	return error ? error_wrap(error, "a token for client %s", t->client_id) : NULL;
}

static struct error *ask_with_secret(struct token *t, struct http *h)
{
	const struct secret *secret = NULL;
	TRY(find_secret(t, &secret));
	return named(ask(t, h, secret), t);
}

struct error *tokens_get(struct token *const *tokens, size_t len, struct http *h,
			 struct error **errors)
{
	ARENA scratch = {0};
	struct asking *all = arena_zalloc(&scratch, (len + 1) * sizeof(*all));
	struct http_request **list = arena_zalloc(&scratch, (len + 1) * sizeof(*list));
	size_t count = 0;
	for (size_t i = 0; i < len; i++) {
		const struct secret *secret = NULL;
		errors[i] = kept_by(tokens[i]) ? NULL : find_secret(tokens[i], &secret);
		if (errors[i] || kept_by(tokens[i]))
			continue;
		begin(&all[i], tokens[i], secret);
		list[count++] = &all[i].request;
	}
	struct error *error = http_run(h, &scratch, list, count);
	for (size_t i = 0; i < len; i++) {
		if (!error && all[i].form)
			errors[i] = named(take(&all[i]), tokens[i]);
		if (all[i].form)
			end(&all[i]);
	}
	return error;
}

struct error *token_get(struct token *t, struct http *h, bool fresh, const struct secret **out)
{
	if (fresh)
		forget(t);
	if (!kept_by(t)) {
		log_debug("a token for client %s is %s", t->client_id, fresh ? "renewed" : "due");
		TRY(t->scopes ? ask_with_secret(t, h) : read_session(t));
	}
	*out = t->access;
	return NULL;
}

const struct bearer_source ims_bearers = {
	.client_id = client_id,
	.kept = kept_by,
	.accepted = note_accepted,
	.may_refresh = may_refresh,
	.get = token_get,
};

struct error *token_try(const char *client_id, struct secret *secret, struct http *h)
{
	struct token t = {.client_id = client_id, .scopes = IMS_SCOPES_PLAIN};
	struct error *error = ask(&t, h, secret);
	secret_free(t.access);
	return error;
}
