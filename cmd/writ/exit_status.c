/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/command.h"

int exit_status_of(enum error_code code)
{
	switch (code) {
	case ERROR_USAGE:
		return EXIT_USAGE;
	case ERROR_DENIED:
		return EXIT_DENIED;
	case ERROR_REFUSED:
		return EXIT_REFUSED;
	case ERROR_GUARD:
		return EXIT_GUARD;
	case ERROR_LOCKED:
		return EXIT_LOCKED;
	case ERROR_PARTIAL:
		return EXIT_PARTIAL;
	case ERROR_RECORD:
		return EXIT_RECORD;
	default:
		return EXIT_ERROR;
	}
}
