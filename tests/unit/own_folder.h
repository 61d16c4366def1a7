/* SPDX-License-Identifier: Apache-2.0 */
/* own_folder.h - tests that run in an empty folder of their own, which goes with all that is in
 * it. */
#ifndef TEST_OWN_FOLDER_H
#define TEST_OWN_FOLDER_H

#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/check.h"

static int enter_folder(void **state)
{
	char folder[] = "/tmp/writ_test.XXXXXX";
	*state = mkdtemp(folder) ? strdup(folder) : NULL;
	return *state ? chdir(*state) : -1;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

static int leave_folder(void **state)
{
	int failed = chdir("/") || nftw(*state, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	free(*state);
	return failed;
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

#endif
