/* SPDX-License-Identifier: Apache-2.0 */
/* Signing a file that another verb wrote. */
#ifndef CLI_SIGN_H
#define CLI_SIGN_H

#include "common/model/signature.h"

/* Writes `path`.sig with the private key in a file. */
int sign_file(const char *path, const char *key_path, struct signature *ret_signature,
	struct error *reterr);

#endif
