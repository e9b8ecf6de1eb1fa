/* SPDX-License-Identifier: Apache-2.0 */
/* Opens what the user names as the ground of a sheet, and has it read; see ground.h. */
#include "mapper/ground/ground.h"

#include "common/cleanup.h"
#include "common/confine/reader.h"
#include "mapper/ground/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* ---- in the process that reads ----------------------------------------------------------- */

static struct arena *new_arena(const char *name, struct error *reterr)
{
	struct arena *arena = arena_new(GROUND_MEMORY_MAX);

	if (!arena)
		error_set(reterr, ERROR_SYSTEM, "%s: no memory", name);
	return arena;
}

static int read_base(void *context, struct str *answer, struct error *reterr)
{
	const struct ground_source *source = context;
	_cleanup_(arena_freep) struct arena *arena = new_arena(source->path, reterr);
	struct base_map *map;
	int r = arena ? base_svg_read(0, source->path, arena, &map, reterr) : ERROR_SYSTEM;

	if (r == 0)
		ground_put_base(map, answer);
	return r;
}

/* One byte more than is accepted is enough to know. */
static int read_all(const char *name, struct str *bytes, struct error *reterr)
{
	char chunk[65536];

	while (bytes->len <= GEOGRAPHY_BYTES_MAX) {
		ssize_t n = read(STDIN_FILENO, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(reterr, ERROR_INPUT, errno,
				"cannot read the shapes in \"%s\"", name);
		if (n == 0)
			break;
		str_add(bytes, chunk, (size_t)n);
		if (bytes->failed)
			return error_set(reterr, ERROR_SYSTEM,
				"cannot read the shapes in \"%s\": no memory", name);
	}
	return 0;
}

static int read_geography(void *context, struct str *answer, struct error *reterr)
{
	const struct ground_source *source = context;
	_cleanup_(arena_freep) struct arena *arena = new_arena(source->path, reterr);
	_cleanup_(str_done) struct str bytes = STR_INIT(GEOGRAPHY_BYTES_MAX + 65536);
	struct geography *geography;
	int r = arena ? read_all(source->path, &bytes, reterr) : ERROR_SYSTEM;

	if (r == 0)
		r = geography_parse(
			bytes.data, bytes.len, source->path, arena, &geography, reterr);
	if (r == 0)
		ground_put_geography(geography, answer);
	return r;
}

static void prepare_base(void *context)
{
	const struct ground_source *source = context;

	if (source->prepare)
		source->prepare(source->context);
}

static void prepare_geography(void *context)
{
	prepare_base(context);
	geography_prepare();
}

/* ---- out here ---------------------------------------------------------------------------- */

static int open_file(const char *path, const char *what, struct error *reterr)
{
	int fd = strcmp(path, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
					: open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? error_errno(
				reterr, ERROR_INPUT, errno, "cannot read %s \"%s\"", what, path)
		      : fd;
}

static int answer_of(const struct ground_source *source, const char *what,
	void (*prepare)(void *context),
	int (*read)(void *context, struct str *answer, struct error *reterr),
	struct str *ret_answer, struct error *reterr)
{
	_cleanup_(cleanup_closep) int fd = open_file(source->path, what, reterr);
	const struct confine_reader reader = {.name = source->path,
		.cpu_seconds = GROUND_CPU_SECONDS,
		.wall_ms = GROUND_WALL_MS,
		.memory = GROUND_MEMORY_MAX,
		.answer_max = GROUND_ANSWER_MAX,
		.prepare = prepare,
		.read = read,
		.context = (void *)source};

	return fd < 0 ? fd : confine_read(&reader, fd, ret_answer, reterr);
}

int ground_read_base(const struct ground_source *source, struct arena *arena,
	struct base_map **ret_map, struct error *reterr)
{
	_cleanup_(str_done) struct str answer = STR_INIT(GROUND_ANSWER_MAX);
	int r = answer_of(source, "the base map", prepare_base, read_base, &answer, reterr);

	return r < 0 ? r
		     : ground_take_base(
			       answer.data, answer.len, source->path, arena, ret_map, reterr);
}

int ground_read_geography(const struct ground_source *source, struct arena *arena,
	struct geography **ret_geography, struct error *reterr)
{
	_cleanup_(str_done) struct str answer = STR_INIT(GROUND_ANSWER_MAX);
	int r = answer_of(
		source, "the shapes in", prepare_geography, read_geography, &answer, reterr);

	return r < 0 ? r
		     : ground_take_geography(answer.data, answer.len, source->path, arena,
			       ret_geography, reterr);
}
