/* The last snapshot, and plans between revisions. */
#include <errno.h>
#include <string.h>

#include "cmd/command.h"
#include "core/live.h"

/* What is no file is a revision: of the current folder, unless it says which of its folders. */
static const char *as_source(struct run *run, const char *text)
{
	if (!strcmp(text, "-") || access(text, F_OK) == 0 || errno != ENOENT || strchr(text, ':'))
		return text;
	return arena_printf(&run->arena, "%s:./", text);
}

static bool is_revision(const char *source)
{
	return strcmp(source, "-") != 0 && access(source, F_OK) && errno == ENOENT;
}

void use_revisions(struct run *run)
{
	struct options *o = &run->options;
	bool all = o->path_count > 0;
	if (!o->base || o->live)
		return;
	o->base = as_source(run, o->base);
	for (size_t i = 0; i < o->path_count; i++) {
		const char *source = as_source(run, o->paths[i]);
		all &= is_revision(source);
		o->paths[i] = arena_strdup(&run->arena, source);
	}
	if (!all)
		return;
	o->live = o->base;
	o->base = NULL;
}

/* The operator's snapshot, once there is one. */
static const char *configured(struct run *run, const struct organization_config *config)
{
	if (!config || !config->snapshot.repository)
		return NULL;
	const struct snapshot_settings *s = &config->snapshot;
	const char *path = s->folder ? arena_printf(&run->arena, "%s/%s", s->repository, s->folder)
				     : s->repository;
	const char *first = arena_printf(&run->arena, "%s/organization.yaml", path);
	return access(first, R_OK) == 0 ? path : NULL;
}

struct error *load_base(struct run *run, const struct session *session, struct universe *u,
			const char **name, const struct live **out)
{
	*name = run->options.base ? as_source(run, run->options.base)
				  : configured(run, session->config);
	*out = NULL;
	if (!*name)
		return NULL;
	struct live *base = arena_zalloc(&run->arena, sizeof(*base));
	struct error *error = live_load(*name, COLLECT_ALL, run->strings, &run->arena, u, base);
	if (error)
		return error_wrap(error, "reading the snapshot %s", *name);
	*out = base;
	return NULL;
}
