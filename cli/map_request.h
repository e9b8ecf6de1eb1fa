/* SPDX-License-Identifier: Apache-2.0 */
/* What a map is asked to be, read from the command line. */
#ifndef CLI_MAP_REQUEST_H
#define CLI_MAP_REQUEST_H

#include "cli/command.h"
#include "mapper/mapper.h"

#define MAP_FOCUS_MAX 24

struct map_asked {
	struct map_request request; /* borrows from here and from the arguments */
	const char *path;
	enum map_format format;
	char focus[MAP_FOCUS_MAX];
	/* The days that the map is of, and is told against. */
	struct estate_request of, against;
	bool difference;
	struct arena *shapes; /* of the user's divisions and base map; whoever asks frees it */
};

/* ERROR_USAGE says which option, and what it may be; ERROR_INPUT where shapes cannot be
 * read. */
int map_request_read(struct context *context, const struct args *args, struct map_asked *ret,
	struct error *reterr);

#endif
