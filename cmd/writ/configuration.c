/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/configuration.h"

struct error *load_config(struct run *run)
{
	if (run->configured)
		return NULL;
	TRY(config_load(run->options.config, run->strings, &run->arena, &run->report,
			&run->config));
	run->configured = true;
	return options_check_configured(&run->options, &run->config);
}

static bool is_named(const struct run *run)
{
	const char *file = getenv("WRIT_CONFIG");
	return run->options.config || (file && *file);
}

/* Only the entry of this name is meant: an orgId that somebody wrote into the checkout cannot lead
 * around its policy. */
static struct error *check_org_id(const struct config *config, const char *name, const char *org_id)
{
	const struct organization_config *o = name ? config_find(config, name, NULL) : NULL;
	if (!o || !o->name)
		return NULL;
	return error_at(ERROR_INPUT, o->at,
			"organisation \"%s\" has orgId \"%s\" here, and \"%s\" in the manifests or "
			"the plan; both must have the right one",
			o->name, o->org_id, org_id);
}

/* With --live only a configuration that the operator names counts, since a file needs none. */
static bool counts(const struct run *run, const char *live)
{
	return is_named(run) || !live;
}

struct error *load_config_that_counts(struct run *run)
{
	return counts(run, run->options.live) ? load_config(run) : NULL;
}

struct error *find_configured_at(struct run *run, const char *live,
				 const struct named_organization *service,
				 const struct organization_config **out)
{
	const char *name = service->organization ? service->organization : run->options.org;
	*out = NULL;
	if (!counts(run, live))
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
