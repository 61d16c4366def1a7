/* SPDX-License-Identifier: Apache-2.0 */
/* A file of allowed signers, and an armored signature behind the first NUL. */
#include <string.h>

#include "core/git/signers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA a = {0};
	struct signers signers;
	unsigned char key[SSHSIG_KEY];
	const char *text = arena_strndup(&a, (const char *)data, size);
	const char *nul = memchr(text, '\0', size);
	size_t len = nul ? (size_t)(nul - text) : size;
	struct error *error = signers_parse("fuzz", text, len, &a, &signers);
	for (size_t i = 0; !error && i < signers.all.len; i++) {
		if (signers.all.at[i].valid_after > signers.all.at[i].valid_before)
			__builtin_trap();
	}
	error_free(error);
	if (nul)
		error_free(sshsig_verify(nul + 1, size - len - 1, SSHSIG_PLAN, "x", 1, key));
	return 0;
}
