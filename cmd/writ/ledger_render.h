/* SPDX-License-Identifier: Apache-2.0 */
/* ledger_render.h - what ledgers remember, for people and programs; for output_all(). */
#ifndef WRIT_CMD_LEDGER_RENDER_H
#define WRIT_CMD_LEDGER_RENDER_H

#include "cmd/writ/command.h"
#include "core/past/run_verify.h"

/* `ledgers` is a struct open_ledger_vec: how far each ledger is, and what is open in it. */
struct open_ledger {
	const struct known_ledger *known;
	struct ledger_view view;
};
VEC(open_ledger_vec, struct open_ledger);
void ledger_render_open(struct str *out, enum format format, const void *ledgers);

/* `run` is a struct known_run: all that it left, entry by entry. */
void ledger_render_run(struct str *out, enum format format, const void *run);

struct ledger_verdict {
	size_t ledgers, records;
	const struct run_finding_vec *findings;
};
void ledger_render_verdict(struct str *out, enum format format, const void *verdict);

#endif
