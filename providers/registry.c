/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/registry.h"

#include <string.h>

#include "providers/adobe/adobe.h"
#include "providers/file/file.h"

static const struct provider_entry providers[] = {
	{&adobe_reader, &adobe_writer, &adobe_access},
	{&file_reader, &file_writer},
};

const struct provider_entry *registry_find(const char *name)
{
	for (size_t i = 0; i < sizeof(providers) / sizeof(*providers); i++) {
		if (!strcmp(providers[i].reader->name, name))
			return &providers[i];
	}
	return NULL;
}
