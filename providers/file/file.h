/* SPDX-License-Identifier: Apache-2.0 */
/* file.h - an organisation that is a file or folder in the manifest language.
 *
 * It is for a quick start, for what-if, for tests and for plans in forks without secrets, and it is
 * the provider to copy from. Writing is canonical and atomic: the file, or the folder as a whole,
 * is the old or the new organisation. */
#ifndef WRIT_PROVIDER_FILE_H
#define WRIT_PROVIDER_FILE_H

#include "core/contract/provider.h"

extern const struct provider_reader file_reader;
extern const struct provider_writer file_writer;

#endif
