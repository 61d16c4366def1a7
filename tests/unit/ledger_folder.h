/* SPDX-License-Identifier: Apache-2.0 */
/* ledger_folder.h - ledgers in a test's own folder, which repository.h makes. */
#ifndef TEST_LEDGER_FOLDER_H
#define TEST_LEDGER_FOLDER_H

#include "core/ledger/ledger.h"
#include "core/ledger/stores/stores.h"
#include "tests/unit/check.h"
#include "tests/unit/repository.h"

/* The ledger with this name, made where it is not there; ledger_close() is the caller's. */
static struct ledger *open_ledger(const char *name)
{
	ARENA a = {0};
	struct store *s = NULL;
	struct ledger *l = NULL;
	assert_ok(folder_store_open(in_folder(&a, name), &s));
	assert_ok(ledger_open(s, &l));
	return l;
}

#endif
