/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Listens to one capture and prints what it heard: one observation per line, as in a bundle,
 * and then one line with the outcome and one with the counts that are not zero.
 *
 *     dump FILE [FINGERPRINTS]
 */
#include "scanner/listen/listen.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Copies the observations of a bundle: its first and last lines hold an id and a hash. */
static void print_lines(FILE *bundle)
{
	char *line = NULL;
	size_t size = 0;

	rewind(bundle);
	while (getline(&line, &size, bundle) > 0)
		if (strncmp(line, "{\"kind\"", 7) == 0)
			fputs(line, stdout);
	free(line);
}

static int listen_to(const char *path, const struct fingerprints *fingerprints)
{
	_cleanup_(bundle_writer_freep) struct bundle_writer *writer = NULL;
	_cleanup_(capture_freep) struct capture *capture = NULL;
	_cleanup_(cleanup_fclosep) FILE *bundle = tmpfile();
	const struct bundle_header header = {.id = "00000000000000000000000000000000",
		.realm = "test",
		.vantage = "internal",
		.tool = "test"};
	const struct listen_options options = {.fingerprints = fingerprints};
	struct bundle_counters counters = {.n = 0};
	struct observation_sink sink;
	struct listen_counts counts;
	struct error error = {0};
	const char *name = strrchr(path, '/');
	char *place;
	int r;

	r = bundle ? capture_open(path, &capture, &error) : ERROR_SYSTEM;
	if (r == 0)
		r = bundle_writer_new(fileno(bundle), &header, &writer, &error);
	if (r < 0) {
		fprintf(stderr, "%s\n", error.text);
		return 1;
	}
	sink = bundle_writer_sink(writer);
	r = listen_run(capture, &options, &sink, NULL, NULL, &counts, &error);
	if (bundle_writer_flush(writer, &error) < 0)
		return 1;
	print_lines(bundle);
	if (r < 0) {
		/* the text without the place where this machine keeps the file */
		place = name ? strstr(error.text, path) : NULL;
		if (place)
			memmove(place, place + (name + 1 - path),
				strlen(place + (name + 1 - path)) + 1);
		printf("outcome %d: %s\n", r, error.text);
	}
	listen_counters(&counts, &counters);
	printf("counts");
	for (size_t i = 0; i < counters.n; i++)
		if (counters.rows[i].value)
			printf(" %s=%" PRIu64, counters.rows[i].name, counters.rows[i].value);
	printf("\n");
	return 0;
}

int main(int argc, char **argv)
{
	_cleanup_(fingerprints_freep) struct fingerprints *fingerprints = NULL;
	struct error error;

	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: dump FILE [FINGERPRINTS]\n");
		return 2;
	}
	if (argc == 3 && fingerprints_load(argv[2], &fingerprints, &error) < 0) {
		fprintf(stderr, "%s\n", error.text);
		return 1;
	}
	return listen_to(argv[1], fingerprints);
}
