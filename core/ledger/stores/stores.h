/* SPDX-License-Identifier: Apache-2.0 */
/* stores.h - the places that keep a ledger. */
#ifndef WRIT_STORES_H
#define WRIT_STORES_H

#include "core/ledger/store.h"

/* Files in a folder, 000000000001 and so on, each synced and then linked to its number: link()
 * makes a name for one caller alone, on a shared disk too. The folder is made (0700) when absent,
 * and refused when it is another user's or others may write there. `path` is copied. */
MUST_CHECK struct error *folder_store_open(const char *path, struct store **out);

#endif
