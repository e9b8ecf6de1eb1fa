/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ground of a sheet, from files of the user: a base map (base.h) and the shapes of
 * divisions (common/model/geography.h). Each is read in a process of its own, confined as
 * readers of foreign files are (common/confine/reader.h): a file that breaks its reader costs
 * nothing but itself.
 */
#ifndef MAPPER_GROUND_GROUND_H
#define MAPPER_GROUND_GROUND_H

#include "common/model/geography.h"
#include "mapper/ground/base.h"

#define GROUND_CPU_SECONDS 30
#define GROUND_WALL_MS 120000
#define GROUND_MEMORY_MAX (1ul << 30) /* of a reader, beyond what it inherits */

struct ground_source {
	const char *path; /* "-": standard input */
	/* In the process that reads, before it does: forgets what that one must not know. NULL:
	 * nothing. */
	void (*prepare)(void *context);
	void *context;
};

/* In the arena. ERROR_INPUT names the file and the place in it. */
int ground_read_base(const struct ground_source *source, struct arena *arena,
	struct base_map **ret_map, struct error *reterr);
int ground_read_geography(const struct ground_source *source, struct arena *arena,
	struct geography **ret_geography, struct error *reterr);

#endif
