/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/snapshot_history.h"
#include "cmd/writ/session.h"

#include <string.h>

static struct error *find_configured_memory(struct run *run, struct memory *out)
{
	const struct organization_config *config;
	const struct named_organization service = {.organization = run->options.org};
	TRY(find_configured(run, &service, &config));
	if (run->report.errors || !config || !config->snapshot.repository)
		return NULL;
	out->repository = config->snapshot.repository;
	out->folder = config->snapshot.folder ? config->snapshot.folder
		      : config->name	      ? config->name
					      : "snapshot";
	out->branch = config->snapshot.branch;
	return NULL;
}

struct error *memory_find(struct run *run, struct memory *out)
{
	const char *folder = run->options.snapshot;
	*out = (struct memory){0};
	if (!folder)
		return find_configured_memory(run, out);
	TRY(history_find(&run->arena, folder, &out->repository, &out->folder));
	if (!out->repository)
		return error_new(ERROR_INPUT, "--snapshot: \"%.200s\" is in no git repository",
				 folder);
	return NULL;
}

struct error *memory_commits(struct run *run, struct commit_vec *out)
{
	CLEANUP(history_close) struct history *h = NULL;
	struct memory m;
	char tip[HISTORY_ID];
	TRY(memory_find(run, &m));
	if (!m.repository || run->report.errors)
		return NULL;
	TRY(history_open(m.repository, &h));
	TRY(history_tip(h, m.branch, tip));
	struct commit_query query = {.from = tip, .folder = m.folder};
	return *tip ? history_list(h, &run->arena, &query, out) : NULL;
}

struct error *memory_signers(struct run *run, const struct organization_config **out)
{
	*out = NULL;
	TRY(load_config(run));
	if (run->report.errors || (!run->options.org && run->config.organizations.len > 1))
		return NULL;
	*out = config_find(&run->config, run->options.org, NULL);
	return NULL;
}
