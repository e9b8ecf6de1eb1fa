/* SPDX-License-Identifier: Apache-2.0 */
/* Which login is meant for an address; see login.h. It reads no file and tells no secret. */
#include "common/model/login.h"

const struct login *login_for(const struct login *logins, size_t n, const struct addr *addr)
{
	const struct login *best = NULL;

	for (size_t i = 0; i < n; i++)
		if (cidr_contains(&logins[i].cidr, addr) &&
			(!best || logins[i].cidr.length > best->cidr.length))
			best = &logins[i];
	return best;
}
