/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Recog-format file as it stands in memory: fingerprints in file order, each with compiled
 * pattern, parameters and examples. Inside the room only; the door is fingerprint.h.
 *
 * Reference: Recog's XML format and the behaviour of its Ruby engine.
 */
#ifndef SCANNER_FINGERPRINT_RECOG_H
#define SCANNER_FINGERPRINT_RECOG_H

#include "common/arena.h"
#include "scanner/fingerprint/fingerprint.h"
#include "scanner/fingerprint/pattern.h"
#include "scanner/fingerprint/words.h"

#define RECOG_FINGERPRINTS_MAX 100000 /* of a file */
#define RECOG_MEMORY_MAX (64u * 1024 * 1024)
#define RECOG_SCRATCH_MAX 16384
#define RECOG_CERTAINTY 0.85
#define RECOG_PREFERENCE 0.10

struct recog_param {
	const char *name;
	const char *value; /* position 0 */
	unsigned int position;
};

struct recog_example {
	int line;
	const uint8_t *bytes;
	size_t size;
	struct attribute *expected;
	size_t n_expected;
};

struct recog_fingerprint {
	int line;
	const char *description;
	double certainty;
	struct pattern *pattern;
	struct recog_param *params; /* a name stands once */
	size_t n_params;
	bool repeats;	/* a name stood more than once */
	bool overruled; /* a parameter had a group and a value: the group counts */
	struct recog_example *examples;
	size_t n_examples;
};

struct recog_file {
	struct arena *arena;
	const char *path, *name; /* name: base name */
	const char *kind;
	const char *protocol; /* lower case; "" if the file has none */
	double preference;
	struct recog_fingerprint *fingerprints;
	size_t n;
	struct words *words; /* that its patterns require */
};

/* ERROR_INPUT with "path:line: reason". */
int recog_load(const char *path, struct recog_file **ret_file, struct error *reterr);
void recog_free(struct recog_file *file);
CLEANUP_DEFINE(struct recog_file, recog_free)

/* The sorted paths of the *.xml files of a directory, or the one file that `path` is. The
 * caller frees both levels with recog_paths_free(). ERROR_INPUT if there is none. */
int recog_paths(const char *path, char ***ret_paths, size_t *ret_n, struct error *reterr);
void recog_paths_free(char **paths, size_t n);

/* The first fingerprint in file order that matches, or of which a limit was reached; groups of
 * a hit stay readable. `filtered`: those whose words do not stand in the subject are passed
 * over, which changes nothing but the time, and that their limits are not reached. */
enum pattern_verdict recog_search(const struct recog_file *file, const struct subject *subject,
	bool filtered, size_t *ret_index);

/* The parameters of a hit, as bytes: captures as they were sent, values with `{name}` filled
 * in. A parameter that has no value (its group took no part) is absent. */
struct recog_value {
	const char *name;
	const char *bytes;
	size_t size;
};

struct recog_result {
	struct recog_value values[FINGERPRINT_PARAMETERS_MAX];
	size_t n;
	const char *unfilled; /* name of a value that could not be filled in, else NULL */
	char scratch[RECOG_SCRATCH_MAX];
	size_t used;
};

void recog_evaluate(const struct recog_file *file, const struct recog_fingerprint *fingerprint,
	const struct subject *subject, struct recog_result *ret_result);

#endif
