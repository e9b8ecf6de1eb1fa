/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an operator gives cadastre to be let in with, to read what an agent tells only those it
 * knows. It is never guessed, never stored in the register, a bundle or a journal, never told
 * and never logged: it is read from a file of the operator's (docs/man/cadastre-scan.1.scd), is
 * held in memory, and is said to nobody but the addresses that it is for.
 *
 * References: RFC 3584 (communities); RFC 3414, RFC 7860 (users, authentication), RFC 3414, 8,
 * RFC 3826 (privacy).
 */
#ifndef COMMON_MODEL_LOGIN_H
#define COMMON_MODEL_LOGIN_H

#include "common/addr.h"

#include <stdbool.h>
#include <stddef.h>

/* Octets of a user's name (RFC 3414, 5, usmUserName) or of a community. */
#define LOGIN_NAME_MAX 32
#define LOGIN_SECRET_MIN 8  /* octets of a pass phrase (RFC 3414, 11.2) */
#define LOGIN_SECRET_MAX 64
#define LOGINS_MAX 4096     /* of one file */

enum login_kind { LOGIN_COMMUNITY, LOGIN_USER };
enum login_auth {
	LOGIN_AUTH_NONE,
	LOGIN_MD5,
	LOGIN_SHA1,
	LOGIN_SHA224,
	LOGIN_SHA256,
	LOGIN_SHA384,
	LOGIN_SHA512
};
enum login_privacy { LOGIN_PRIVACY_NONE, LOGIN_DES, LOGIN_AES128 };

/* One community (SNMP version 2c) or one user (version 3) for the addresses of one prefix. The
 * longest prefix that holds an address is the one that counts; of equal ones the first. */
struct login {
	struct cidr cidr;
	enum login_kind kind;
	char name[LOGIN_NAME_MAX + 1]; /* the community, or the user's name */
	enum login_auth auth;          /* of a user */
	enum login_privacy privacy;    /* only with authentication */
	char auth_secret[LOGIN_SECRET_MAX + 1], privacy_secret[LOGIN_SECRET_MAX + 1];
};

/* The login for an address; NULL if there is none. */
const struct login *login_for(const struct login *logins, size_t n, const struct addr *addr);

#endif
