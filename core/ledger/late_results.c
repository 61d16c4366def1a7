/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/late_results.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/ledger/state_folder.h"
#include "core/util/cleanup.h"
#include "core/util/file.h"
#include "core/util/json.h"

#define KEPT_MAX ((size_t)64 << 20) /* bytes of a file */
#define ENDING ".late"

/* ---- kept ---- */

struct error *late_results_keep(const struct ledger *l, const char *folder, const char *run,
				const struct late_result_vec *results)
{
	ARENA a = {0};
	struct str out = STR(&a);
	str_add(&out, "{\"run\": ");
	json_add_text(&out, run);
	str_add(&out, ", \"results\": [");
	for (size_t i = 0; i < results->len; i++) {
		str_add(&out, i ? ",\n" : "\n");
		str_add(&out, results->at[i]);
	}
	str_add(&out, "]}\n");
	TRY(file_make_folders(folder, 0700));
	TRY(state_folder_check(folder));
	return file_write_atomic(arena_printf(&a, "%s/%s" ENDING, folder, ledger_process(l)),
				 out.at, out.len, 0600);
}

/* ---- appended ---- */

static bool is_kept(const char *name)
{
	size_t len = strlen(name), end = strlen(ENDING);
	return name[0] != '.' && len > end && !strcmp(name + len - end, ENDING);
}

static struct error *find_kept(struct arena *a, const char *folder, struct late_result_vec *out)
{
	CLEANUP(closedir) DIR *dir = opendir(folder);
	if (!dir)
		return errno == ENOENT ? NULL : error_errno(errno, "opening %s", folder);
	TRY(state_folder_check(folder));
	for (const struct dirent *e;;) {
		TRY(file_next(dir, folder, &e));
		if (!e)
			return NULL;
		if (is_kept(e->d_name))
			vec_push(a, out, arena_printf(a, "%s/%s", folder, e->d_name));
	}
}

static struct error *add_kept(struct ledger *l, struct arena *a, const char *path)
{
	CLEANUP(free) char *text = NULL;
	size_t len;
	struct json_span results, item;
	struct json_cursor at = {0};
	TRY(file_read(path, KEPT_MAX, &text, &len));
	TRY(json_check(path, text, len));
	const struct json_span whole = {text, len};
	const char *run = json_get_text(a, whole, "run");
	if (!run || !json_member(whole, "results", &results))
		return error_new(ERROR_INPUT, "%s does not say what came of which run", path);
	while (json_next(results, &at, &item))
		ledger_add(l, ENTRY_LATE, run, arena_strndup(a, item.at, item.len));
	return NULL;
}

struct error *late_results_append(struct ledger *l, const char *folder, size_t *count)
{
	ARENA a = {0};
	struct late_result_vec kept = {0};
	*count = 0;
	TRY(find_kept(&a, folder, &kept));
	for (size_t i = 0; i < kept.len; i++)
		TRY(add_kept(l, &a, kept.at[i]));
	if (kept.len)
		TRY(ledger_write(l));
	for (size_t i = 0; i < kept.len; i++) {
		if (unlink(kept.at[i]))
			return error_errno(errno, "removing %s", kept.at[i]);
	}
	*count = kept.len;
	return NULL;
}
