/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key of the pseudonyms on redacted maps: a file of one line, 32 hexadecimal digits, that
 * nobody but its owner can read. Who has it can try which name has which pseudonym.
 */
#ifndef CLI_REDACTION_H
#define CLI_REDACTION_H

#include "common/error.h"
#include "common/siphash.h"

#define REDACTION_KEY_FILE "redaction.key" /* in the data directory */

/* Reads the key; a file that is not there yet is made, with a fresh key and mode 0600.
 * ERROR_INPUT if it is no key, ERROR_PERMISSION if others can read it. */
int redaction_key_read(const char *path, struct siphash_key *ret_key, struct error *reterr);

#endif
