/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the writers share: sample sheets, outside tools, counting. */
#ifndef TESTS_UNIT_MAPPER_RENDER_WRITER_H
#define TESTS_UNIT_MAPPER_RENDER_WRITER_H

#include "common/cleanup.h"
#include "mapper/render/measure.h"
#include "mapper/render/render.h"
#include "tests/unit/mapper/render/sample_scene.h"
#include "tests/unit/mapper/sample_estate.h"

/* An estate and its two sheets, in one arena. */
struct sheets {
	struct arena *arena;
	struct estate *estate;
	const struct scene *scenes[2];
};

struct sheets sheets_of(enum sample which);
void sheets_done(struct sheets *sheets);

size_t count_of(const struct str *text, const char *what);

/* Runs a program of the system on the bytes, which it finds in a file named in place of the
 * argument "@", and keeps what it prints. Returns its exit status, 127 if there is no such
 * program. */
int run_tool(const struct str *bytes, struct str *printed, const char *const *argv);

#endif
