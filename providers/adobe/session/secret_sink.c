/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/session/secret_sink.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "core/util/file.h"
#include "core/util/trusted_file.h"

bool sink_is_configured(const struct organization_config *config)
{
	return config->sink_directory || config->sink_command;
}

/* What is wrong with a file that is there: file_write_atomic() would keep its mode, and follow a
 * link. */
static const char *file_objection(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return "is not a regular file";
	return st->st_mode & 077 ? "is open to group or others; it must have mode 0600" : NULL;
}

static struct error *check_folder(const char *folder, const char *path)
{
	struct stat st;
	if (stat(folder, &st))
		return error_errno(errno, "the folder %s for new secrets", folder);
	const char *wrong = trusted_file_objection_to_folder(&st);
	if (wrong)
		return error_new(ERROR_INPUT, "the folder %s for new secrets %s", folder, wrong);
	if (lstat(path, &st))
		return errno == ENOENT ? NULL : error_errno(errno, "the secret's file %s", path);
	wrong = file_objection(&st);
	return wrong ? error_new(ERROR_INPUT, "the secret's file %s %s", path, wrong) : NULL;
}

struct error *sink_check(const struct organization_config *config, const char *account)
{
	ARENA scratch = {0};
	const char *folder = config->sink_directory;
	if (!sink_is_configured(config))
		return error_new(ERROR_INPUT,
				 "the configuration has no secretSink, so a new secret "
				 "would be lost");
	if (folder)
		return check_folder(folder, arena_printf(&scratch, "%s/%s", folder, account));
	if (access(config->sink_command[0], X_OK))
		return error_errno(errno, "the command %s for new secrets",
				   config->sink_command[0]);
	return NULL;
}

struct error *sink_write(const struct organization_config *config, const char *account,
			 const char *client_id, const struct secret *secret)
{
	ARENA scratch = {0};
	TRY(sink_check(config, account));
	if (config->sink_directory)
		return file_write_atomic(
			arena_printf(&scratch, "%s/%s", config->sink_directory, account),
			secret_reveal(secret), secret_len(secret), 0600);
	const char *const more[] = {arena_printf(&scratch, "WRIT_ACCOUNT=%s", account),
				    arena_printf(&scratch, "WRIT_CLIENT_ID=%s", client_id), NULL};
	return secret_hand(secret, config->sink_command, more);
}
