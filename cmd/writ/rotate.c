/* SPDX-License-Identifier: Apache-2.0 */
/* One step of putting a new client secret in place of the old one. */
#include <string.h>

#include "cmd/writ/plan_signature.h"
#include "cmd/writ/planning.h"
#include "core/render/render.h"
#include "core/util/json.h"
#include "core/util/text_escape.h"
#include "providers/registry.h"

/* What the manifests, where some are named, say of the account; its name alone is enough where the
 * configuration has its secret. Where plans are to be signed, no manifest may choose the credential
 * whose secret is handed over. */
static struct error *find_account(struct run *run, struct manifests *m, struct account *out,
				  struct named_organization *service, int *status)
{
	const char *name = intern(run->strings, run->options.paths[0]);
	*out = (struct account){.meta = {.name = name}};
	if (run->options.path_count == 1 && !run->options.manifests)
		return NULL;
	struct arguments paths = {0};
	TRY(options_manifests(&run->options, 1, &paths));
	TRY(load_manifests(run, paths.at, paths.count, m));
	if (run->report.errors)
		return NULL;
	const struct account *found = model_find_account(&m->index, name);
	if (!found)
		return error_new(ERROR_INPUT, "the manifests have no account \"%.64s\"%s", name,
				 nearest_account(&run->arena, name, &m->index, NULL));
	*out = *found;
	*service = service_of(&m->model.organizations.at[0]);
	return check_unsigned(run, service, "whose secret it is", status);
}

struct rotate_step {
	const char *account, *message;
	bool done;
};

static void add_text(struct str *out, const struct rotate_step *s)
{
	str_printf(out, "%s: ", s->account);
	text_escape(out, s->message, strlen(s->message), 0);
	str_addc(out, '\n');
}

static void add_json(struct str *out, const struct rotate_step *s)
{
	str_addc(out, '{');
	json_put_text(out, "format_version", FORMAT_VERSION);
	json_put_text(out, "account", s->account);
	json_put_key(out, "done");
	str_add(out, s->done ? "true" : "false");
	json_put_text(out, "message", s->message);
	str_add(out, "}\n");
}

static void render(struct str *out, enum format format, const void *answer)
{
	if (format == FORMAT_JSON)
		add_json(out, answer);
	else
		add_text(out, answer);
}

static struct error *rotate(struct run *run, struct session *session, int *status)
{
	struct manifests m;
	struct account account;
	struct named_organization service = {0};
	enum rotate_way way = run->options.finish  ? ROTATE_FINISH
			      : run->options.again ? ROTATE_AGAIN
						   : ROTATE_NEXT;
	bool done;
	const char *message;
	TRY(find_account(run, &m, &account, &service, status));
	if (run->report.errors)
		return NULL;
	TRY(open_session(run, &service, session));
	if (run->report.errors)
		return NULL;
	const struct provider_access *access = session->provider->access;
	if (!access)
		return error_new(ERROR_USAGE,
				 "accounts of provider %s have no secrets, so there is nothing to "
				 "rotate",
				 session->provider->reader->name);
	TRY(provider_rotate(access, session->handle, &run->arena, &account, way, &done, &message));
	*status = done ? EXIT_DONE : EXIT_MANUAL;
	return output_all(run, render, &(struct rotate_step){account.meta.name, message, done});
}

struct error *cmd_rotate(struct run *run, int *status)
{
	struct session session = {0};
	if (run->options.path_count < 1)
		return error_new(ERROR_USAGE, "rotate takes ACCOUNT [PATH...]");
	if (run->options.finish && run->options.again)
		return error_new(ERROR_USAGE, "--finish and --again exclude each other");
	struct error *error = rotate(run, &session, status);
	close_session(&session);
	return error;
}
