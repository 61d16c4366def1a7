/* The operator's configuration, for commands that need it. */
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
