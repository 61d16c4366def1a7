/* SPDX-License-Identifier: Apache-2.0 */
/* Journals: what is accepted is a chain of sound records. */
#include <assert.h>

#include "core/ledger/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA a = {0};
	struct journal_record_vec records = {0};
	struct journal_state state;
	struct error *error = journal_parse("fuzz", (const char *)data, size, &a, &records, &state);
	if (!error) {
		assert(state.good + state.torn == size);
		assert(state.next == records.len + 1);
	}
	error_free(error);
	return 0;
}
