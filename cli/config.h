/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration file: lines of `name = value`; `#` begins a comment. Names are db, realm,
 * format and trusted; anything else is an error that names the file and the line.
 */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include "common/error.h"

#define CONFIG_MAX (64 * 1024)
#define CONFIG_NAMES 4

struct config {
	char *values[CONFIG_NAMES];
};

int config_read(struct config *config, const char *path, struct error *reterr);
const char *config_get(const struct config *config, const char *name); /* NULL if not set */
void config_done(struct config *config);

#endif
