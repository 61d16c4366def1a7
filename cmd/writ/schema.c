/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/schema_decode.h"

#include <string.h>

#include "cmd/writ/command.h"
#include "core/render/changes_schema.h"
#include "core/render/ledger_schema.h"
#include "core/render/plan_schema.h"
#include "core/render/render_events.h"
#include "core/render/render_organizations.h"
#include "core/render/render_result.h"
#include "core/render/report_schema.h"
#include "core/util/nearest.h"

/* The schemas that are printed beside those of the kinds of manifests. */
static const struct {
	const char *name;
	void (*print)(struct str *out), (*print_manual)(struct str *out);
} others[] = {
	{"Configuration", config_print_schema, config_print_manual},
	{"plan", plan_print_schema, NULL}, /* writ-plan(5) tells more than a table could */
	{"result", result_print_schema, NULL},
	{"ledger", ledger_print_schema, NULL},
	{"organizations", organizations_print_schema, NULL},
	{"events", events_print_schema, NULL},
	{"report", report_print_schema, NULL},
	{"changes", changes_print_schema, NULL},
};
#define OTHERS (sizeof(others) / sizeof(*others))
#define NAMES (KIND_COUNT + OTHERS)

static void print(struct str *out, size_t which, bool manual)
{
	if (which < KIND_COUNT)
		(manual ? schema_print_manual : schema_print)(out, which);
	else
		(manual ? others[which - KIND_COUNT].print_manual
			: others[which - KIND_COUNT].print)(out);
}

struct error *cmd_schema(struct run *run, int *status UNUSED)
{
	struct str out = STR(&run->arena);
	const char *names[NAMES];
	for (size_t i = 0; i < NAMES; i++)
		names[i] = i < KIND_COUNT ? kind_names[i] : others[i - KIND_COUNT].name;
	for (size_t i = 0; run->options.list && i < NAMES; i++)
		str_printf(&out, "%s\n", names[i]);
	if (run->options.list)
		return output_write_whole(&(struct output){FORMAT_TEXT, NULL}, out.at, out.len);
	if (run->options.path_count != 1)
		return error_new(ERROR_USAGE,
				 "schema takes one KIND; `writ schema --list` names them");
	const char *wanted = run->options.paths[0];
	for (size_t i = 0; i < NAMES; i++) {
		if (strcmp(names[i], wanted) != 0)
			continue;
		if (run->options.manual && i >= KIND_COUNT && !others[i - KIND_COUNT].print_manual)
			return error_new(ERROR_USAGE, "%s has no list of fields", names[i]);
		print(&out, i, run->options.manual);
		return output_write_whole(&(struct output){FORMAT_TEXT, NULL}, out.at, out.len);
	}
	const char *near = nearest_word(wanted, names, NAMES);
	return error_new(ERROR_USAGE, "unknown kind \"%.64s\"%s%s%s", wanted,
			 near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}
