/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/session.h"

#include <string.h>

#include "providers/registry.h"

struct error *load_config(struct run *run)
{
	if (run->configured)
		return NULL;
	TRY(config_load(run->options.config, run->strings, &run->arena, &run->report,
			&run->config));
	run->configured = true;
	return NULL;
}

static bool is_named(const struct run *run)
{
	const char *file = getenv("WRIT_CONFIG");
	return run->options.config || (file && *file);
}

/* An entry that has the name is meant, so an orgId that is written in the checkout does not lead
 * around its policy. */
static struct error *check_org_id(const struct config *config, const char *name, const char *org_id)
{
	const struct organization_config *o = name ? config_find(config, name, NULL) : NULL;
	if (!o || !o->name)
		return NULL;
	return error_at(ERROR_INPUT, o->at,
			"organisation \"%s\" has orgId \"%s\" here, and \"%s\" where it is used",
			o->name, o->org_id, org_id);
}

/* With --live only a configuration that the operator names counts, since a file needs none. */
static bool counts(const struct run *run, const char *live, const char *provider)
{
	return is_named(run) || !(live || (provider && !strcmp(provider, "file")));
}

struct error *load_config_that_counts(struct run *run)
{
	return counts(run, run->options.live, NULL) ? load_config(run) : NULL;
}

struct error *find_configured_at(struct run *run, const char *live,
				 const struct named_organization *service,
				 const struct organization_config **out)
{
	const char *name = service->organization ? service->organization : run->options.org;
	*out = NULL;
	if (!counts(run, live, service->provider))
		return NULL;
	TRY(load_config(run));
	if (run->report.errors)
		return NULL;
	if (!name && !service->org_id && run->config.organizations.len > 1)
		return error_new(ERROR_USAGE,
				 "the configuration has %zu organisations; choose one with --org",
				 run->config.organizations.len);
	*out = config_find(&run->config, name, service->org_id);
	return *out ? NULL : check_org_id(&run->config, name, service->org_id);
}

struct error *find_configured(struct run *run, const struct named_organization *service,
			      const struct organization_config **out)
{
	return find_configured_at(run, run->options.live, service, out);
}

struct named_organization service_of(const struct organization *o)
{
	return (struct named_organization){o->provider, o->meta.name, o->org_id};
}

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
	if (!config && run->member && run->config.file && !strcmp(provider, "adobe"))
		return error_new(ERROR_INPUT, "%s has no organisation \"%s\"", run->config.file,
				 name);
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
