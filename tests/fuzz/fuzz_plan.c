/* SPDX-License-Identifier: Apache-2.0 */
/* Saved plans: whatever is accepted can be shown. */
#include "core/render/planfile.h"
#include "core/render/render.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA a = {0};
	struct plan plan = {0};
	struct intern *strings = intern_new();
	struct error *error = planfile_parse("fuzz", (const char *)data, size, strings, &a, &plan);
	if (!error) {
		struct str out = STR(&a);
		plan_rank(&plan, strings);
		render_plan_text(&out, &(struct planned){.plan = &plan}, false);
		render_plan_json(&out, &plan, plan.digest);
		error_free(planfile_check("fuzz", (const char *)data, size, &plan));
	}
	error_free(error);
	intern_free(strings);
	return 0;
}
