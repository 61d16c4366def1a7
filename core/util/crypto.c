/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/crypto.h"

#include <openssl/crypto.h>

#include "core/util/process.h"

/* The first call decides: whoever asks for the configuration later finds that done. */
void crypto_start(void)
{
	/* Asked for here: where memory is out when it is first used, the library goes on without it
	 * and follows a null pointer. */
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1 ||
	    !OSSL_LIB_CTX_get0_global_default())
		process_give_up("libcrypto does not start");
}
