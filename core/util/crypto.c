/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/crypto.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#define TEXT(number) TEXT_OF(number)
#define TEXT_OF(number) #number
#define LIBRARY "libcrypto.so." TEXT(OPENSSL_SHLIB_VERSION)

void *crypto_function(const char *name)
{
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	void *function = library ? dlsym(library, name) : NULL;
	if (!function) {
		fprintf(stderr, "writ: error: %s, which makes digests, is not there: %s\n", LIBRARY,
			dlerror());
		abort();
	}
	return function;
}
