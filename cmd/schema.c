#include "core/schema.h"

#include <string.h>

#include "cmd/command.h"
#include "core/util/nearest.h"

struct error *cmd_schema(struct run *run, int *status UNUSED)
{
	struct str out = STR(&run->arena);
	if (run->options.list) {
		for (int i = 0; i < KIND_COUNT; i++)
			printf("%s\n", kind_names[i]);
		return NULL;
	}
	if (run->options.path_count != 1)
		return error_new(ERROR_USAGE,
				 "schema takes one KIND; `writ schema --list` names them");
	const char *wanted = run->options.paths[0];
	for (int i = 0; i < KIND_COUNT; i++) {
		if (strcmp(kind_names[i], wanted) != 0)
			continue;
		schema_print(&out, (enum kind)i);
		return output_write(&(struct output){FORMAT_TEXT, NULL}, out.at, out.len);
	}
	const char *near = nearest_word(wanted, kind_names, KIND_COUNT);
	return error_new(ERROR_USAGE, "unknown kind \"%.64s\"%s%s%s", wanted,
			 near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}
