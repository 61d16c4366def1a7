/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests in one spelling: what was spelled so stays as it is. */
#include <assert.h>
#include <string.h>

#include "core/edit/canonical.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool spell(const char *text, size_t len, struct arena *a, struct str *out)
{
	struct report report = {.arena = a};
	struct error *error = canonical_text("fuzz.yaml", text, len, &report, out);
	bool good = !error && report.errors == 0;
	error_free(error);
	return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA a = {0};
	struct str once = STR(&a), twice = STR(&a);
	const char *text = arena_strndup(&a, (const char *)data, size);
	if (!spell(text, size, &a, &once))
		return 0;
	assert(spell(str_text(&once), once.len, &a, &twice));
	assert(!strcmp(str_text(&once), str_text(&twice)));
	return 0;
}
