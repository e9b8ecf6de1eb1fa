/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shapes of administrative divisions from a file of the user: GeoJSON (RFC 7946), a
 * FeatureCollection of polygons and points, each with a property "division" (code of GB/T 2260)
 * or "name". Nothing of the kind is shipped. Coordinates are degrees as they stand in the file;
 * texts are clean.
 */
#ifndef COMMON_MODEL_GEOGRAPHY_H
#define COMMON_MODEL_GEOGRAPHY_H

#include "common/arena.h"
#include "common/error.h"

#include <stddef.h>
#include <stdint.h>

#define GEOGRAPHY_BYTES_MAX (32ul << 20)
#define GEOGRAPHY_SHAPES_MAX 4000
#define GEOGRAPHY_RINGS_MAX 100000
#define GEOGRAPHY_POINTS_MAX 2000000
#define GEOGRAPHY_TEXT_MAX 200 /* bytes of a name */

struct geography_point {
	double east, north;
};

struct geography_ring {
	const struct geography_point
		*points; /* closed: the last is the first; or a single one */
	uint32_t n;
};

struct geography_shape {
	const char *division, *name; /* "" if not given; one of them is */
	uint32_t first_ring, n_rings;
};

struct geography {
	struct geography_shape *shapes; /* in the order of the file */
	struct geography_ring *rings;
	uint32_t n_shapes, n_rings, n_points;
	double west, south, east, north; /* around all */
};

/* What the parser wants to have opened once, before its process is confined. */
void geography_prepare(void);
/* In the arena; `path` is for the errors. ERROR_INPUT names file and feature, and says what to
 * do. */
int geography_parse(const char *bytes, size_t n, const char *path, struct arena *arena,
	struct geography **ret_geography, struct error *reterr);

#endif
