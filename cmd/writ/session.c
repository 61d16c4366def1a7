/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/session.h"

#include <string.h>

#include "core/util/nearest.h"
#include "providers/registry.h"

#define NAMES_TOLD 5

/* With --live the manifests' provider does not matter (writ-manifest(5), "LIVE FILES"). */
static const char *provider_name(const struct run *run, const char *live,
				 const struct named_organization *service,
				 const struct organization_config *config)
{
	if (live)
		return "file";
	if (service->provider)
		return service->provider;
	if (config && config->live)
		return "file";
	return run->config.organizations.len ? "adobe" : "file";
}

/* Refuses an organisation that the configuration does not have, and names those that it has. */
static struct error *not_configured(struct run *run, const char *name)
{
	const struct organization_config_vec *all = &run->config.organizations;
	struct arena *a = &run->arena;
	const char **names = arena_alloc(a, (all->len + 1) * sizeof(*names));
	struct str has = STR(a);
	for (size_t i = 0; i < all->len; i++) {
		names[i] = all->at[i].name;
		if (i < NAMES_TOLD)
			str_printf(&has, "%s\"%s\"", i ? ", " : "; it has ", names[i]);
	}
	if (all->len > NAMES_TOLD)
		str_printf(&has, " and %zu more", all->len - NAMES_TOLD);
	const char *near = nearest_said(a, name, names, all->len);
	return error_new(ERROR_INPUT, "%s has no organisation \"%s\"%s", run->config.file, name,
			 *near ? near : str_text(&has));
}

static struct error *find_session(struct run *run, const char *live,
				  const struct named_organization *service, struct session *out,
				  struct settings *settings)
{
	TRY(find_configured_at(run, live, service, &out->config));
	if (run->report.errors)
		return NULL;
	const struct organization_config *config = out->config;
	const char *name = service->organization ? service->organization : run->options.org;
	const char *provider = provider_name(run, live, service, config);
	if (!config && run->config.file && !live && name)
		return not_configured(run, name);
	bool elsewhere = !live && config && !strcmp(provider, "file");
	*settings = (struct settings){.strings = run->strings,
				      .organization = name || !config ? name : config->name,
				      .org_id = service->org_id || !config ? service->org_id
									   : config->org_id,
				      .live_path = elsewhere ? config->live : live,
				      .config = config,
				      .roles_from = run->options.roles_from,
				      .now = run->now,
				      .max_wait_s = run->options.max_wait};
	out->provider = registry_find(provider);
	if (!out->provider)
		return error_new(ERROR_INPUT,
				 "this program has no provider \"%s\"; plan against a file with "
				 "--live PATH",
				 provider);
	return NULL;
}

struct error *open_session_at(struct run *run, const char *live,
			      const struct named_organization *service, struct session *out)
{
	struct settings settings;
	TRY(find_session(run, live, service, out, &settings));
	if (run->report.errors)
		return NULL;
	TRY(provider_open(out->provider->reader, &settings, &out->handle));
	out->identity = provider_identity(out->provider->reader, out->handle);
	return NULL;
}

struct error *name_session(struct run *run, const struct named_organization *service,
			   struct session *out)
{
	struct settings settings;
	TRY(find_session(run, run->options.live, service, out, &settings));
	if (run->report.errors)
		return NULL;
	out->identity = provider_identity_of(out->provider->reader, &settings, &run->arena);
	return out->identity ? NULL : open_session(run, service, out);
}

struct error *open_session(struct run *run, const struct named_organization *service,
			   struct session *out)
{
	return open_session_at(run, run->options.live, service, out);
}

const struct operator_policy *session_policy(const struct session *session)
{
	return session->config ? &session->config->policy : NULL;
}

void close_session(struct session *session)
{
	if (session->provider && session->handle)
		provider_close(session->provider->reader, session->handle);
	*session = (struct session){0};
}
