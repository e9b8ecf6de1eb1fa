/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle written and signed; see sign.h. */
#include "cli/sign.h"

#include "common/model/key.h"

#include <string.h>

int sign_bundle(struct context *context, const struct args *args,
	int (*write)(
		void *closure, struct context *context, const char *path, struct error *reterr),
	void *closure, struct error *reterr)
{
	const char *bundle = args_get(args, "bundle", NULL),
		   *key = args_get(args, "sign", NULL);
	_cleanup_(key_freep) struct key *checked = NULL;
	struct signature signature;
	int r = 0, done;

	if (!key)
		return write(closure, context, bundle, reterr);
	if (strcmp(bundle, "-") == 0)
		return error_set(
			reterr, ERROR_USAGE, "standard output cannot be signed; name a file");
	r = key_read(key, &checked, reterr);
	if (r < 0)
		return r;
	done = write(closure, context, bundle, reterr);
	if (done < 0 && done != ERROR_PARTIAL)
		return done;
	r = sign_file(bundle, key, &signature, done < 0 ? NULL : reterr);
	return done < 0 ? done : r;
}
