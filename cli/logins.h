/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file of --snmp: with what SNMP agents let the operator in. One login a line:
 *
 *     198.18.40.0/24  community TEXT
 *     198.18.60.0/24  user NAME
 *     198.18.60.0/24  user NAME sha256 PASSPHRASE
 *     198.18.60.0/24  user NAME sha256 PASSPHRASE aes128 PASSPHRASE
 *
 * Words stand apart by blanks; one with blanks in it stands in quotation marks, with a
 * backslash before a mark or backslash of its own. What is behind a # that begins a word is a
 * remark. The file must be readable for its owner alone. No message ever repeats a word of it
 * but prefixes and the names of algorithms.
 */
#ifndef CLI_LOGINS_H
#define CLI_LOGINS_H

#include "common/error.h"
#include "common/model/login.h"

#define LOGINS_BYTES_MAX (1024 * 1024)

struct logins {
	struct login *rows; /* NULL: none */
	size_t n;
};

/* ERROR_INPUT names file and line. logins_done() in any case. */
int logins_read(const char *path, struct logins *ret, struct error *reterr);
/* Overwrites and frees them. */
void logins_done(struct logins *logins);

#endif
