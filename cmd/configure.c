/* The operator's configuration, for commands that need it. */
#include <string.h>

#include "cmd/command.h"

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

struct error *find_configured(struct run *run, const struct service *service,
			      const struct organization_config **out)
{
	const char *name = service->organization ? service->organization : run->options.org;
	*out = NULL;
	if (!is_named(run) &&
	    (run->options.live || (service->provider && !strcmp(service->provider, "file"))))
		return NULL;
	TRY(load_config(run));
	if (run->report.errors)
		return NULL;
	if (!name && !service->org_id && run->config.organizations.len > 1)
		return error_new(ERROR_USAGE,
				 "the configuration has %zu organisations; choose one with --org",
				 run->config.organizations.len);
	*out = config_find(&run->config, name, service->org_id);
	return NULL;
}
