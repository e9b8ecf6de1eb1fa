/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match DIRECTORY hits|misses: prints these look-ups, "file, base64" each, for whoever else may
 * answer them. match DIRECTORY [SECONDS]: how fast the fingerprint engine is on the examples of
 * Recog-format files, with the filter of words and with every pattern tried, each for at least
 * so long. Lines of "name value": fingerprints, examples, hits (of them the first match is the
 * own one) load_cpu (seconds), load_memory (KiB that stay resident) MODE_hits, MODE_misses (per
 * second of CPU): each example in its file, with its parameters; every seventh example in all
 * other files hostile, hostile_mean, hostile_worst (seconds of CPU), hostile_limits: each
 * example stretched in six ways to a KiB, tried in its file Exit 1 if both modes do not find
 * the same.
 */
#include "common/model/digest.h"
#include "scanner/fingerprint/recog.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FILES_MAX 1000
#define BATCH 64 /* look-ups between two looks at the clock */
#define STRETCHED 1024
#define STRETCHES 6

static struct recog_file *files[FILES_MAX];
static size_t n_files;

struct lookup {
	const struct recog_file *file;
	const struct recog_example *example;
};

static struct lookup *hits, *misses;
static size_t n_hits, n_misses;

static double cpu(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* KiB that are resident now: the peak would be that of whoever called. */
static long resident(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	long pages = 0;

	if (file && fscanf(file, "%*d %ld", &pages) != 1)
		pages = 0;
	if (file)
		fclose(file);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static int load(const char *directory)
{
	struct error error = {0};
	char **paths = NULL;
	size_t n = 0;
	int r = recog_paths(directory, &paths, &n, &error);

	for (size_t i = 0; r == 0 && i < n && i < FILES_MAX; i++) {
		r = recog_load(paths[i], &files[i], &error);
		n_files += r == 0;
	}
	recog_paths_free(paths, n);
	if (r < 0)
		fprintf(stderr, "%s\n", error.text);
	return r;
}

static const struct recog_example *example(const struct recog_file *file, size_t i, size_t k)
{
	return &file->fingerprints[i].examples[k];
}

/* All look-ups, in an order that is always the same. */
static bool list(size_t *ret_fingerprints)
{
	size_t n = 0;

	*ret_fingerprints = 0;
	for (size_t f = 0; f < n_files; f++) {
		*ret_fingerprints += files[f]->n;
		for (size_t i = 0; i < files[f]->n; i++)
			n += files[f]->fingerprints[i].n_examples;
	}
	hits = calloc(n + 1, sizeof(*hits));
	misses = calloc((n / 7 + 1) * n_files + 1, sizeof(*misses));
	if (!hits || !misses)
		return false;
	for (size_t f = 0; f < n_files; f++)
		for (size_t i = 0; i < files[f]->n; i++)
			for (size_t k = 0; k < files[f]->fingerprints[i].n_examples; k++) {
				hits[n_hits++] =
					(struct lookup){files[f], example(files[f], i, k)};
				for (size_t other = 0; n_hits % 7 == 0 && other < n_files;
					other++)
					if (other != f)
						misses[n_misses++] = (struct lookup){
							files[other], example(files[f], i, k)};
			}
	return true;
}

static long find(const struct lookup *lookup, struct subject *subject, bool filtered)
{
	static struct recog_result result;
	size_t index = 0;
	enum pattern_verdict verdict;

	subject_take(subject, lookup->example->bytes, lookup->example->size);
	verdict = recog_search(lookup->file, subject, filtered, &index);
	if (verdict == PATTERN_HIT)
		recog_evaluate(
			lookup->file, &lookup->file->fingerprints[index], subject, &result);
	return verdict == PATTERN_HIT ? (long)index : verdict == PATTERN_MISS ? -1 : -2;
}

static bool agree(
	const struct lookup *lookups, size_t n, struct subject *subject, size_t *ret_found)
{
	*ret_found = 0;
	for (size_t i = 0; i < n; i++) {
		long found = find(&lookups[i], subject, true);

		if (found != find(&lookups[i], subject, false))
			return false;
		*ret_found += found >= 0;
	}
	return true;
}

static void measure(const char *name, const struct lookup *lookups, size_t n,
	struct subject *subject, bool filtered, double seconds)
{
	double began = cpu(), took = 0;
	size_t done = 0;

	for (size_t i = 0; n && took < seconds; done++, i = i + 1 < n ? i + 1 : 0) {
		find(&lookups[i], subject, filtered);
		if (done % BATCH == BATCH - 1)
			took = cpu() - began;
	}
	printf("%s_%s %.0f\n", filtered ? "filtered" : "every", name, (double)done / took);
}

/* Its last byte, all of it, or a byte of its middle, again and again; digits, blanks, or dots
 * in between. */
static size_t stretch(const struct recog_example *from, int way, uint8_t out[STRETCHED])
{
	static const char fillers[] = {'0', ' ', '.'};
	size_t size = from->size < STRETCHED / 2 ? from->size : STRETCHED / 2;
	size_t half = way >= 3 ? size / 2 : size, rest = STRETCHED - (size - half);

	memcpy(out, from->bytes, half);
	for (size_t i = half; i < rest; i++)
		out[i] = way == 0 ? (size ? from->bytes[size - 1] : 'x')
			 : way == 1 ? (size ? from->bytes[i % size] : 'x')
			 : way == 2 ? (uint8_t)'a'
				    : (uint8_t)fillers[way - 3];
	memcpy(out + rest, from->bytes + half, size - half);
	return STRETCHED;
}

static void measure_hostile(struct subject *subject)
{
	double all = 0, worst = 0;
	size_t limits = 0, n = 0;

	for (size_t i = 0; i < n_hits; i++)
		for (int way = 0; way < STRETCHES; way++, n++) {
			static uint8_t bytes[STRETCHED];
			struct recog_example stretched = {
				.bytes = bytes, .size = stretch(hits[i].example, way, bytes)};
			const struct lookup lookup = {hits[i].file, &stretched};
			double began = cpu(), took;

			limits += find(&lookup, subject, true) == -2;
			took = cpu() - began;
			all += took;
			worst = took > worst ? took : worst;
		}
	printf("hostile %zu\nhostile_mean %.9f\nhostile_worst %.9f\nhostile_limits %zu\n", n,
		n ? all / (double)n : 0, worst, limits);
}

static void print(const struct lookup *lookups, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct str text = STR_INIT(1 << 20);

		base64_encode(&text, lookups[i].example->bytes, lookups[i].example->size);
		printf("%s\t%s\n", lookups[i].file->name, text.data);
		str_done(&text);
	}
}

/* False if the two modes do not agree. */
static bool measure_all(struct subject *subject, double seconds)
{
	size_t found = 0, others = 0;

	if (!agree(hits, n_hits, subject, &found) || !agree(misses, n_misses, subject, &others))
		return false;
	printf("examples %zu\nhits %zu\nothers %zu\n", n_hits, found, n_misses);
	for (int filtered = 0; filtered < 2; filtered++) {
		measure("hits", hits, n_hits, subject, filtered, seconds);
		measure("misses", misses, n_misses, subject, filtered, seconds);
	}
	measure_hostile(subject);
	return true;
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[2] : "1";
	double began = cpu(), took;
	long before = resident(), grown;
	struct subject subject;
	size_t fingerprints = 0;
	bool done = true;

	if (argc < 2 || load(argv[1]) < 0)
		return 2;
	took = cpu() - began;
	grown = resident() - before;
	if (!list(&fingerprints) || !subject_init(&subject, NULL, 0))
		return 2;
	if (strcmp(what, "hits") == 0) {
		print(hits, n_hits);
	} else if (strcmp(what, "misses") == 0) {
		print(misses, n_misses);
	} else {
		printf("load_cpu %.3f\nload_memory %ld\nfingerprints %zu\n", took, grown,
			fingerprints);
		done = measure_all(&subject, strtod(what, NULL));
	}
	subject_done(&subject);
	for (size_t i = 0; i < n_files; i++)
		recog_free(files[i]);
	free(hits);
	free(misses);
	return !done;
}
