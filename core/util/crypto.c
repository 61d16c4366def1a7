/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/crypto.h"

#include <openssl/crypto.h>

#include "core/util/process.h"

/* The first call decides: whoever asks for the configuration later finds that done. */
void crypto_start(void)
{
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1)
		process_give_up("libcrypto does not start");
}
