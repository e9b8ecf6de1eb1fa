/* SPDX-License-Identifier: Apache-2.0 */
/* Signing a file that another verb wrote. */
#ifndef CLI_SIGN_H
#define CLI_SIGN_H

#include "cli/command.h"
#include "common/model/signature.h"

/* Writes `path`.sig with the private key in a file. */
int sign_file(const char *path, const char *key_path, struct signature *ret_signature,
	struct error *reterr);

/* Writes the bundle that --bundle names by `write`, and signs it with --sign's key, which is
 * looked at before. */
int sign_bundle(struct context *context, const struct args *args,
	int (*write)(
		void *closure, struct context *context, const char *path, struct error *reterr),
	void *closure, struct error *reterr);

#endif
