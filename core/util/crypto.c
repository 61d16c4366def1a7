/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/crypto.h"

#include <openssl/crypto.h>

#include "core/util/process.h"

/* The first call decides: if a library asks for the configuration later, it is told that this was
 * done. */
void crypto_start(void)
{
	/* The context is asked for here: if memory is out when the library first needs it, it goes
	 * on without and follows a null pointer. */
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1 ||
	    !OSSL_LIB_CTX_get0_global_default())
		process_give_up("libcrypto does not start");
}
