/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/planning.h"
#include "cmd/writ/reviewing.h"
#include "core/contract/rules.h"
#include "core/language/check.h"
#include "core/language/diagnostics.h"
#include "core/render/render.h"
#include "core/util/clock.h"
#include "providers/registry.h"

static void list_ids(void)
{
	size_t count;
	const struct diagnostic_info *all = diagnostics_all(&count);
	for (size_t i = 0; i < count; i++)
		printf("%s  %s\n", all[i].id, all[i].title);
}

static struct error *explain(struct run *run)
{
	if (!*run->options.explain) {
		list_ids();
		return NULL;
	}
	const struct diagnostic_info *d = diagnostics_find(run->options.explain);
	if (!d) {
		const char *near = diagnostics_nearest(&run->arena, run->options.explain);
		return error_new(ERROR_USAGE, "there is no diagnostic \"%.16s\"%s",
				 run->options.explain,
				 *near ? near : "; `writ validate --explain` lists them");
	}
	printf("%s: %s\n\n%s\n\nFor example:\n\n    %s\n\nWhat to do: %s\n", d->id, d->title,
	       d->cause, d->example, d->remedy);
	return NULL;
}

static struct error *print_report(struct run *run, const struct output *o)
{
	struct str out = STR(&run->arena);
	if (o->format == FORMAT_JSON)
		render_report_json(&out, &run->report);
	else if (run->report.items.len == 0)
		str_add(&out, "The manifests are valid.\n");
	else if (run->report.errors == 0)
		str_printf(&out, "The manifests are valid; %zu warning%s%s.\n",
			   run->report.warnings, run->report.warnings == 1 ? "" : "s",
			   run->options.strict ? ", which --strict refuses" : "");
	return output_write(o, str_text(&out), out.len);
}

/* Adds what the services that the manifests name would refuse, whatever is live. */
static void check_rules(struct run *run, const struct manifests *m)
{
	for (size_t i = 0; i < m->organizations.len; i++) {
		const struct model *model = &m->organizations.at[i];
		const struct organization_vec *all = &model->organizations;
		const char *provider = all->len ? all->at[0].provider : NULL;
		const struct provider_entry *named = provider ? registry_find(provider) : NULL;
		if (named)
			rules_check(named->reader, &run->arena, model, &run->report);
	}
}

/* Reads a configuration only where one is named: errors are sought in nothing else. */
static struct error *lint_one(struct run *run, const struct model *model)
{
	const struct named_organization service = service_of(&model->organizations.at[0]);
	const struct organization_config *config = NULL;
	if (run->options.config)
		TRY(find_configured(run, &service, &config));
	lint_manifests(run, model, config ? &config->rules : NULL, LINTS_ALL);
	return NULL;
}

/* All organisations of the set, or the one that --org names. */
static struct error *lint(struct run *run, struct manifests *m)
{
	if (run->options.org)
		TRY(choose_organization(run, m));
	for (size_t i = 0; i < m->organizations.len; i++) {
		const struct model *model = &m->organizations.at[i];
		if (!run->options.org || model->organizations.at == m->model.organizations.at)
			TRY(lint_one(run, model));
	}
	return NULL;
}

struct error *cmd_validate(struct run *run, int *status)
{
	struct manifests m;
	bool text = false;
	if (run->options.explain)
		return explain(run);
	if (run->options.config)
		TRY(load_config(run));
	TRY(load_set(run, run->options.paths, run->options.path_count, false, &m));
	check_rules(run, &m);
	if (run->report.errors == 0)
		TRY(lint(run, &m));
	report_sort(&run->report);
	if (wants_review(&run->options))
		TRY(write_findings(run));
	for (size_t i = 0; i < run->options.outputs.len; i++) {
		if (format_is_review(run->options.outputs.at[i].format))
			continue;
		text |= run->options.outputs.at[i].format == FORMAT_TEXT;
		TRY(print_report(run, &run->options.outputs.at[i]));
	}
	if (text)
		report_print(stderr, &run->report);
	if (run->report.errors || (run->options.strict && run->report.warnings))
		*status = EXIT_ERROR;
	run->report.items.len = run->report.left_out = 0; /* they were shown already */
	run->report.errors = 0;
	return NULL;
}
