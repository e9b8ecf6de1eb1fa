/* SPDX-License-Identifier: Apache-2.0 */
/* Realms by name, and the compiled scope of one at a given time. */
#ifndef INVENTORY_SCOPE_REALM_H
#define INVENTORY_SCOPE_REALM_H

#include "inventory/store/handle.h"

#define REALM_NAME_MAX 127

/* The number of a realm, made known if it is not. */
int realm_get(
	struct inventory *inv, const char *name, int64_t *ret_realm, struct error *reterr);

/* The scope as it stood from `at_us` on, of all profiles: what was revoked later counts until
 * then. For looking at observations that were made in the past. */
int scope_load_at(struct inventory *inv, const char *realm, int64_t at_us,
	struct scope **ret_scope, struct error *reterr);

#endif
