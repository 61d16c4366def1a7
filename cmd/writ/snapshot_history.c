/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/snapshot_history.h"
#include "cmd/writ/configuration.h"

#include <malloc.h>
#include <string.h>

#include "core/util/clock.h"
#include "core/util/log.h"

#define DAY (24 * 60 * 60)
#define KEEP_BYTES (32 << 20)

static struct error *find_configured_memory(struct run *run, const char *organization,
					    struct snapshot_home *out)
{
	const struct organization_config *config;
	const struct named_organization service = {.organization = organization};
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

static struct error *find_memory(struct run *run, const char *organization,
				 struct snapshot_home *out)
{
	const char *folder = run->options.snapshot;
	*out = (struct snapshot_home){0};
	if (!folder)
		return find_configured_memory(run, organization, out);
	TRY(history_find(&run->arena, folder, &out->repository, &out->folder));
	if (!out->repository)
		return error_new(ERROR_INPUT, "--snapshot: \"%.200s\" is in no git repository",
				 folder);
	return NULL;
}

struct error *snapshot_history_find(struct run *run, struct snapshot_home *out)
{
	return find_memory(run, run->options.org, out);
}

struct error *snapshot_history_commits(struct run *run, struct commit_vec *out)
{
	return snapshot_history_commits_of(run, run->options.org, 0, out);
}

struct error *snapshot_history_commits_of(struct run *run, const char *organization, size_t max,
					  struct commit_vec *out)
{
	CLEANUP(history_close) struct history *h = NULL;
	struct snapshot_home m;
	char tip[HISTORY_ID];
	TRY(find_memory(run, organization, &m));
	if (!m.repository || run->report.errors)
		return NULL;
	TRY(history_open(m.repository, &h));
	TRY(history_tip(h, m.branch, tip));
	struct commit_query query = {.from = tip, .folder = m.folder, .max = max};
	return *tip ? history_list(h, &run->arena, &query, out) : NULL;
}

const char *snapshot_history_cut(const struct commit_vec *commits)
{
	for (size_t i = 0; i < commits->len; i++) {
		if (commits->at[i].cut_off)
			return HISTORY_CUT_OFF;
	}
	return NULL;
}

struct error *snapshot_history_timeline(struct run *run, struct history *h,
					const struct snapshot_home *m, struct timeline *out)
{
	const char *why = NULL;
	char tip[HISTORY_ID];
	*out = (struct timeline){0};
	TRY(history_tip(h, m->branch, tip));
	if (!*tip)
		return NULL;
	/* Keeps freed memory: reading a long history takes and gives back the same pages a thousand
	 * times. */
	mallopt(M_MMAP_THRESHOLD, KEEP_BYTES);
	mallopt(M_TRIM_THRESHOLD, KEEP_BYTES);
	struct timeline_source source = {
		.history = h,
		.revision = arena_strdup(&run->arena, tip),
		.folder = m->folder,
		.cache = timeline_cache_path(&run->arena, m->repository, m->folder),
		.strings = run->strings};
	TRY(timeline_load(&source, &run->arena, out, &why));
	if (why)
		log_note("the next question will take as long: %s", why);
	return NULL;
}

struct error *snapshot_history_signers(struct run *run, const struct organization_config **out)
{
	*out = NULL;
	TRY(load_config(run));
	if (run->report.errors || (!run->options.org && run->config.organizations.len > 1))
		return NULL;
	*out = config_find(&run->config, run->options.org, NULL);
	return NULL;
}

struct error *snapshot_history_load_signers(struct run *run, const struct signers **out)
{
	const struct organization_config *config;
	*out = NULL;
	TRY(snapshot_history_signers(run, &config));
	if (!config || !config->signers)
		return NULL;
	struct signers *signers = arena_zalloc(&run->arena, sizeof(*signers));
	TRY(signers_load(config->signers, config->revoked_keys, &run->arena, signers));
	*out = signers;
	return NULL;
}

bool snapshot_history_parse_moment(const char *text, int64_t *out)
{
	int32_t day;
	if (time_parse(text, out))
		return true;
	if (!date_parse(text, &day))
		return false;
	*out = ((int64_t)day + 1) * DAY - 1;
	return true;
}

/* The newest snapshot that was committed by that time. */
static struct error *find_by_time(struct run *run, struct history *h, const struct snapshot_home *m,
				  const char *asked, int64_t time, const char **out)
{
	struct commit_vec commits = {0};
	char tip[HISTORY_ID];
	TRY(history_tip(h, m->branch, tip));
	struct commit_query query = {.from = tip, .folder = m->folder, .simplified = true};
	if (*tip)
		TRY(history_list(h, &run->arena, &query, &commits));
	for (size_t i = 0; i < commits.len; i++) {
		*out = commits.at[i].id;
		if (commits.at[i].commit_time <= time)
			return NULL;
	}
	const char *cut = snapshot_history_cut(&commits);
	return error_new(ERROR_INPUT,
			 "%s has no snapshot in \"%s\" that was committed by %.40s%s%s",
			 m->repository, m->folder, asked, cut ? ": " : "", cut ? cut : "");
}

struct error *snapshot_history_find_snapshot(struct run *run, const char *asked,
					     const char **out_path, const char **out_repository)
{
	CLEANUP(history_close) struct history *h = NULL;
	struct snapshot_home m;
	const char *id = NULL;
	char resolved[HISTORY_ID];
	int64_t time;
	*out_path = *out_repository = NULL;
	bool dated = snapshot_history_parse_moment(asked, &time);
	if (!dated && strchr(asked, ':'))
		return NULL;
	TRY(snapshot_history_find(run, &m));
	if (run->report.errors)
		return NULL;
	if (!m.repository && dated)
		return error_new(ERROR_USAGE,
				 "a date means a snapshot of that time: name the snapshots' folder "
				 "in a git repository with --snapshot DIR, or configure it");
	if (!m.repository)
		return NULL;
	TRY(history_open(m.repository, &h));
	if (dated) {
		TRY(find_by_time(run, h, &m, asked, time, &id));
	} else {
		TRY(history_resolve(h, asked, resolved));
		id = resolved;
	}
	*out_path = arena_printf(&run->arena, "%s:%s", id, m.folder);
	*out_repository = m.repository;
	return NULL;
}
