/* SPDX-License-Identifier: Apache-2.0 */
/* The list of verbs, in the order in which -h shows them. */
#include "cli/command.h"

#define COMMAND(name) extern const struct command name;
#include "cli/commands.list"
#undef COMMAND

const struct command *const commands[] = {
#define COMMAND(name) &name,
#include "cli/commands.list"
#undef COMMAND
	NULL,
};
