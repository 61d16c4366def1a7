/* SPDX-License-Identifier: Apache-2.0 */
/* emulated_world.h - an organisation before the emulator, its plan, an apply and a ledger of its
 * own, and what the emulator then says of it. A case is a world; what goes wrong in it is printed
 * as comments of TAP. */
#ifndef TESTS_FAULT_EMULATED_WORLD_H
#define TESTS_FAULT_EMULATED_WORLD_H

#include "core/apply/apply.h"
#include "core/language/check.h"
#include "core/language/manifest.h"
#include "core/ledger/place.h"
#include "core/render/planfile.h"
#include "providers/registry.h"
#include "tests/conformance/emulator.h"

#define ORGANIZATION                                                                               \
	"apiVersion: writ/v1\nkind: Organization\nmetadata: {name: acme}\n"                        \
	"spec: {provider: adobe, orgId: \"" EMULATED_ORG "\"}\n"
#define ACCOUNT(name, spec)                                                                        \
	"---\napiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: " name                 \
	"}\nspec: " spec "\n"
#define READER ACCOUNT("user-manager", "{apis: [User Management API]}")

struct world {
	struct emulator *emulator;
	struct arena arena;
	struct intern *strings;
	const struct provider_entry *provider;
	struct provider *session;
	struct model *model;
	struct model_index index;
	struct plan plan;
	struct universe *u;
	struct ledger *ledger;
	const char *key;
	void (*follow)(void *world, size_t change, bool answered); /* struct apply_input */
};

static unsigned serial, failures;

static inline void check(bool good, bool *all, const char *what)
{
	if (!good)
		printf("# %s\n", what);
	*all &= good;
}

static inline const char *text_of(struct arena *a, struct json_span object, const char *key)
{
	struct json_span value;
	return json_member(object, key, &value) ? json_string(a, value) : NULL;
}

/* ---- one world ---- */

static inline void configure_reader(struct world *w)
{
	struct emulator *e = w->emulator;
	const char *text = emulator_control(e, &w->arena, "GET", "state", "");
	struct json_span all, item, secrets, secret;
	struct json_cursor at = {0}, first = {0};
	if (!json_member((struct json_span){text, strlen(text)}, "credentials", &all))
		emulator_fail("no credentials");
	while (json_next(all, &at, &item)) {
		const char *account = text_of(&w->arena, item, "account");
		if (!account || strcmp(account, "user-manager") != 0)
			continue;
		if (!json_member(item, "secrets", &secrets) || !json_next(secrets, &first, &secret))
			emulator_fail("no secret");
		const char *value = text_of(&w->arena, secret, "secret");
		const char *path = arena_printf(&w->arena, "%s/secret", e->folder);
		error_free(file_write_atomic(path, value, strlen(value), 0600));
		e->config.server.client_id = text_of(&w->arena, item, "clientId");
		e->config.server.secret = (struct secret_source){.kind = SECRET_FILE, .name = path};
	}
}

static inline void open_session(struct world *w)
{
	struct settings settings = {
		.strings = w->strings, .organization = "acme", .config = &w->emulator->config};
	w->provider = registry_find("adobe");
	if (w->provider->reader->open(&settings, &w->session))
		emulator_fail("no session");
}

static inline void load(struct world *w, const char *manifests)
{
	struct report report = {.arena = &w->arena};
	struct manifest_reader reader = {w->strings, &w->arena, &report};
	const char *path = arena_printf(&w->arena, "%s/manifests.yaml", w->emulator->folder);
	w->model = arena_zalloc(&w->arena, sizeof(*w->model));
	error_free(file_write_atomic(path, manifests, strlen(manifests), 0600));
	error_free(manifest_load(&reader, &path, 1, w->model, NULL));
	check_model(w->model, (struct location){path, 1, 1}, &report);
	if (report.errors)
		emulator_fail(report.items.at[0].summary);
	model_index(w->model, &w->arena, &w->index);
}

static inline struct error *make_plan(struct world *w)
{
	struct report report = {.arena = &w->arena};
	struct live *live = arena_zalloc(&w->arena, sizeof(*live));
	const struct query query = query_of(w->model, &w->index, &w->arena);
	universe_free(w->u);
	w->u = universe_new(w->strings);
	TRY(provider_read(w->provider->reader, w->session, &w->arena, w->u, &query, live));
	struct plan_input input = {.wanted = w->model,
				   .index = &w->index,
				   .live = live,
				   .universe = w->u,
				   .reader = w->provider->reader,
				   .session = w->session,
				   .consent = {CONSENT_PERCENT, 100, 100},
				   .now = 1780272000};
	w->plan = (struct plan){0};
	plan_make(&input, &w->arena, &report, &w->plan);
	return report.errors ? error_new(ERROR_INPUT, "%s", report.items.at[0].summary) : NULL;
}

static inline struct error *open_store(void *key, struct store **out)
{
	struct ledger_place place = {.key = key};
	return ledger_place_open(&place, out);
}

/* Of its own, so that no run is another's stopped one. */
static inline void open_ledger(struct world *w)
{
	struct store *store = NULL;
	w->key = ledger_key(&w->arena, "acme", arena_printf(&w->arena, "%u", ++serial));
	struct error *error = open_store((void *)(uintptr_t)w->key, &store);
	if (!error)
		error = ledger_open(store, &w->ledger);
	if (error)
		emulator_fail("no ledger");
}

static inline void start(struct world *w, struct emulator *e, const char *live, const char *wanted)
{
	*w = (struct world){.emulator = e, .strings = intern_new()};
	emulator_put(e, &w->arena, live);
	e->config.endpoints.user_management =
		arena_printf(&w->arena, "%s/v2/usermanagement", e->url);
	e->config.endpoints.storage = arena_printf(&w->arena, "%s/v1", e->url);
	configure_reader(w);
	load(w, wanted);
	open_session(w);
	open_ledger(w);
}

static inline void end(struct world *w)
{
	ledger_close(w->ledger);
	w->provider->reader->close(w->session);
	universe_free(w->u);
	arena_done(&w->arena);
	intern_free(w->strings);
}

static inline void renew(struct world *w)
{
	struct json_span value;
	const char *text = emulator_control(w->emulator, &w->arena, "POST", "token", "{}");
	if (!json_member((struct json_span){text, strlen(text)}, "access_token", &value))
		emulator_fail("no token");
	const char *token = json_string(&w->arena, value);
	error_free(file_write_atomic(w->emulator->token, token, strlen(token), 0600));
	w->provider->reader->close(w->session);
	open_session(w);
}

static inline struct error *run_apply(struct world *w, struct result *out)
{
	const char *bytes = arena_printf(&w->arena, "plan %u", serial);
	struct planned planned;
	planfile_hold(&w->plan, bytes, strlen(bytes), &planned);
	struct applier *held = NULL;
	const struct hold_request request = {.holder = holder_of_this(&w->arena, "a test")};
	struct apply_input input = {.planned = &planned,
				    .provider = w->provider,
				    .session = w->session,
				    .strings = w->strings,
				    .ledger = w->ledger,
				    .hold = &request,
				    .open_store = open_store,
				    .open_context = (void *)(uintptr_t)w->key,
				    .now = 1780272000,
				    .follow = w->follow,
				    .follow_context = w};
	*out = (struct result){0};
	struct error *error = apply_run(&input, &w->arena, out, &held);
	struct error *unclosed = apply_close(held, &(struct apply_closing){NULL});
	if (unclosed)
		emulator_fail(unclosed->message);
	return error;
}

/* ---- what was sent ---- */

struct sent {
	const char *method, *path, *body;
	bool faulted, write;
};
VEC(sent_vec, struct sent);

/* What a body asks for: a project's title, for it is the same under another name, or all of it. */
static inline const char *said_in(struct arena *a, struct json_span item)
{
	struct json_span body;
	if (!json_member(item, "body", &body))
		return "";
	const char *title = *body.at == '{' ? text_of(a, body, "title") : NULL;
	return title ? title : arena_printf(a, "%.*s", (int)body.len, body.at);
}

static inline void read_log(struct world *w, struct sent_vec *out)
{
	const char *text = emulator_control(w->emulator, &w->arena, "GET", "requests", "");
	struct json_span item, fault;
	struct json_cursor at = {0};
	while (json_next((struct json_span){text, strlen(text)}, &at, &item)) {
		struct sent s = {.method = text_of(&w->arena, item, "method"),
				 .path = text_of(&w->arena, item, "path"),
				 .body = said_in(&w->arena, item)};
		s.faulted = json_member(item, "fault", &fault) && strncmp(fault.at, "null", 4) != 0;
		s.write = strcmp(s.method, "GET") != 0 && strncmp(s.path, "/ims", 4) != 0;
		vec_push(&w->arena, out, s);
	}
}

/* The changes of the organisation, in a line; secrets' names differ. */
static inline const char *read_changes(struct world *w)
{
	const char *text = emulator_control(w->emulator, &w->arena, "GET", "changes", "");
	struct str out = STR(&w->arena);
	VEC(, const char *) lines = {0};
	struct json_span item;
	struct json_cursor at = {0};
	while (json_next((struct json_span){text, strlen(text)}, &at, &item)) {
		const char *what = text_of(&w->arena, item, "what");
		if (strncmp(what, "secret", 6) != 0)
			vec_push(&w->arena, &lines,
				 arena_printf(&w->arena, "%s %s %s", what,
					      text_of(&w->arena, item, "subject"),
					      text_of(&w->arena, item, "object")));
	}
	for (size_t i = 1; i < lines.len; i++) {
		for (size_t k = i; k > 0 && strcmp(lines.at[k - 1], lines.at[k]) > 0; k--) {
			const char *other = lines.at[k];
			lines.at[k] = lines.at[k - 1];
			lines.at[k - 1] = other;
		}
	}
	for (size_t i = 0; i < lines.len; i++)
		str_printf(&out, "%s; ", lines.at[i]);
	return str_text(&out);
}

static inline void clear_log(struct world *w)
{
	emulator_control(w->emulator, &w->arena, "DELETE", "log", "");
}

#endif
