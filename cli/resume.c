/* SPDX-License-Identifier: Apache-2.0 */
/* Journals in a directory, and the words in them; see resume.h. */
#include "cli/resume.h"

#include "common/clock.h"
#include "common/file.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define SUFFIX ".journal"
#define NAME_MIN 4 /* characters of an id that say which */
#define SHOWN_MAX 8
#define WORDS_MAX 4096

static int directory(char out[RESUME_PATH_MAX], struct error *reterr)
{
	char data[RESUME_PATH_MAX - 64];
	int r = inventory_directory(data, sizeof(data), reterr);

	if (r == 0)
		snprintf(out, RESUME_PATH_MAX, "%s/scans", data);
	return r;
}

static int make_directory(char out[RESUME_PATH_MAX], struct error *reterr)
{
	int r = directory(out, reterr);

	if (r == 0)
		r = file_make_directory(out, reterr);
	if (r == 0 && chmod(out, 0700) < 0)
		r = error_errno(reterr, ERROR_SYSTEM, errno, "cannot make \"%s\"", out);
	return r;
}

/* What belongs to this call of the program, not to the scan. */
static const struct option_row not_kept[] = {{"db", 0, NULL, NULL}, {"config", 0, NULL, NULL},
	{"realm", 0, NULL, NULL}, {"format", 0, NULL, NULL}, {"quiet", 0, NULL, NULL},
	{"verbose", 0, NULL, NULL}, {0}};

/* The verb, where it was called, and its own words. */
static int keep_words(const struct context *context, const struct args *args, struct str *words,
	struct error *reterr)
{
	_cleanup_(cleanup_freep) char *here = getcwd(NULL, 0);

	if (!here)
		return error_errno(reterr, ERROR_SYSTEM, errno, "cannot tell the current directory");
	str_add(words, context->verb, strlen(context->verb) + 1);
	str_add(words, here, strlen(here) + 1);
	args_words(words, args, not_kept);
	return words->failed ? error_set(reterr, ERROR_USAGE,
				       "the command line is longer than %u bytes; name the targets in a file",
				       SCAN_WORDS_MAX)
			     : 0;
}

int resume_prepare(struct scan_plan *plan, const struct context *context, const struct args *args,
	struct str *words, char path[RESUME_PATH_MAX], struct error *reterr)
{
	const struct resumption *resumption = context->resumption;
	int r;

	if (resumption) {
		plan->header = resumption->journal.header;
		plan->journal = resumption->path;
		plan->resume = true;
		return 0;
	}
	r = keep_words(context, args, words, reterr);
	if (r == 0)
		r = make_directory(path, reterr);
	if (r < 0)
		return r;
	snprintf(path + strlen(path), RESUME_PATH_MAX - strlen(path), "/%.*s%s", SCAN_ID_FIXED,
		plan->header.id, SUFFIX);
	plan->journal = path;
	plan->words = words->data;
	plan->words_size = words->len;
	return 0;
}

int resume_conclude(const struct scan_plan *plan, int r, bool stopped, struct error *reterr)
{
	int renewed = 0;

	if (!plan->journal || access(plan->journal, F_OK) < 0)
		return r;
	if (r == 0) {
		if (unlink(plan->journal) < 0)
			r = error_errno(reterr, ERROR_SYSTEM, errno, "cannot remove \"%s\"",
				plan->journal);
		return r;
	}
	if (stopped)
		renewed = scan_journal_renew(plan->journal, NULL);
	if (renewed == 0 && reterr) {
		struct error said = *reterr;

		error_set(reterr, r, "%.900s; it goes on with: cadastre scan --resume %.8s", said.text,
			plan->header.id);
	}
	return r;
}

/* ---- which ------------------------------------------------------------------------------------ */

/* The journals there are, the latest first. */
struct unfinished {
	struct {
		char id[SCAN_ID_FIXED + 1];
		int64_t since_us; /* last written */
	} *rows;
	size_t n;
	char directory[RESUME_PATH_MAX];
};

static void unfinished_done(struct unfinished *unfinished)
{
	free(unfinished->rows);
}

static int latest_first(const void *a, const void *b)
{
	const __typeof__(*((struct unfinished *)NULL)->rows) *x = a, *y = b;

	return x->since_us < y->since_us ? 1 : x->since_us > y->since_us ? -1 : strcmp(x->id, y->id);
}

static int add(struct unfinished *unfinished, const char *name, struct error *reterr)
{
	char path[2 * RESUME_PATH_MAX];
	struct stat st;
	void *bigger;

	if (strlen(name) != SCAN_ID_FIXED + strlen(SUFFIX) ||
		strcmp(name + SCAN_ID_FIXED, SUFFIX) != 0)
		return 0;
	snprintf(path, sizeof(path), "%s/%s", unfinished->directory, name);
	if (lstat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	bigger = reallocarray(unfinished->rows, unfinished->n + 1, sizeof(*unfinished->rows));
	if (!bigger)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a list of scans");
	unfinished->rows = bigger;
	snprintf(unfinished->rows[unfinished->n].id, SCAN_ID_FIXED + 1, "%s", name);
	unfinished->rows[unfinished->n++].since_us =
		st.st_mtim.tv_sec * CLOCK_SECOND + st.st_mtim.tv_nsec / 1000;
	return 0;
}

static int list(struct unfinished *unfinished, struct error *reterr)
{
	const struct dirent *entry;
	DIR *opened;
	int r = directory(unfinished->directory, reterr);

	if (r < 0)
		return r;
	opened = opendir(unfinished->directory);
	if (!opened)
		return errno == ENOENT ? 0
				       : error_errno(reterr, ERROR_SYSTEM, errno, "cannot read \"%s\"",
						 unfinished->directory);
	while (r == 0 && (entry = readdir(opened)))
		r = add(unfinished, entry->d_name, reterr);
	closedir(opened);
	if (unfinished->n)
		qsort(unfinished->rows, unfinished->n, sizeof(*unfinished->rows), latest_first);
	return r;
}

static int no_such(const struct unfinished *unfinished, const char *name, struct error *reterr)
{
	struct str text = STR_INIT(1024);
	int r;

	for (size_t i = 0; i < unfinished->n && i < SHOWN_MAX; i++) {
		char time[CLOCK_TEXT_MAX];

		str_addf(&text, "%s%.8s (%s)", i ? ", " : "", unfinished->rows[i].id,
			clock_format(unfinished->rows[i].since_us, time));
	}
	if (unfinished->n > SHOWN_MAX)
		str_addf(&text, " and %zu more", unfinished->n - SHOWN_MAX);
	r = error_set(reterr, ERROR_USAGE, "no scan that was broken off is \"%.64s\"; there %s%s", name,
		unfinished->n ? "are: " : "is none", text.data);
	str_done(&text);
	return r;
}

static int take_bundle(void *context, const struct run_row *run)
{
	snprintf(context, SCAN_ID_FIXED + 1, "%s", run->bundle);
	return 0;
}

/* The number of a run says the bundle that it was filed from. */
static int id_of_run(
	const struct context *context, const char *name, char id[SCAN_ID_FIXED + 1], struct error *reterr)
{
	uint64_t number = strtoull(name, NULL, 10);

	if (strspn(name, "0123456789") != strlen(name) || strlen(name) > 18)
		return 0;
	return inventory_run_list(
		context->inventory, NULL, (int64_t)number, take_bundle, id, reterr);
}

/* How many have ids that begin so; *ret_at is the last of them. */
static size_t count(const struct unfinished *unfinished, const char *id, size_t *ret_at)
{
	size_t found = 0;

	for (size_t i = 0; strlen(id) >= NAME_MIN && i < unfinished->n; i++)
		if (strncmp(unfinished->rows[i].id, id, strlen(id)) == 0) {
			*ret_at = i;
			found++;
		}
	return found;
}

static int find(const struct context *context, const char *name, char path[RESUME_PATH_MAX],
	struct error *reterr)
{
	_cleanup_(unfinished_done) struct unfinished unfinished = {0};
	char id[SCAN_ID_FIXED + 1] = "";
	size_t at = 0, found;
	int r = list(&unfinished, reterr);

	found = strcmp(name, "last") == 0 ? unfinished.n > 0 : count(&unfinished, name, &at);
	if (r == 0 && found == 0)
		r = id_of_run(context, name, id, reterr);
	if (r < 0)
		return r;
	if (found == 0)
		found = count(&unfinished, id, &at);
	if (found > 1)
		return error_set(reterr, ERROR_USAGE,
			"\"%.64s\" means %zu scans; write more of the id", name, found);
	if (found == 0)
		return no_such(&unfinished, name, reterr);
	snprintf(path, RESUME_PATH_MAX, "%.3900s/%s%s", unfinished.directory, unfinished.rows[at].id,
		SUFFIX);
	return 0;
}

/* ---- going on ------------------------------------------------------------------------------- */

static const struct command *command_of(const char *verb)
{
	for (size_t i = 0; verb && commands[i]; i++)
		if (strcmp(commands[i]->name, verb) == 0)
			return commands[i];
	return NULL;
}

/* Takes the words apart; they stay where they are. */
static int split(const struct resumption *resumption, char *words[WORDS_MAX], int *ret_n,
	struct error *reterr)
{
	char *at = resumption->journal.words, *end = at + resumption->journal.words_size;
	int n = 0;

	while (at < end && n < WORDS_MAX && memchr(at, 0, (size_t)(end - at))) {
		words[n++] = at;
		at += strlen(at) + 1;
	}
	*ret_n = n;
	return at == end && n >= 3
		       ? 0
		       : error_set(reterr, ERROR_INPUT,
				 "\"%s\" does not say what was scanned; scan anew", resumption->path);
}

static int go_on(struct context *context, const struct resumption *resumption, struct error *reterr)
{
	static struct args args;
	_cleanup_(cleanup_freep) char **words = calloc(WORDS_MAX, sizeof(*words));
	const struct command *command;
	int n = 0, r = words ? split(resumption, words, &n, reterr)
			 : error_set(reterr, ERROR_SYSTEM, "no memory for a command line");

	if (r < 0)
		return r;
	command = command_of(words[0]);
	if (!command)
		return error_set(reterr, ERROR_INPUT, "\"%s\" was begun by an unknown verb",
			resumption->path);
	if (chdir(words[1]) < 0)
		return error_errno(reterr, ERROR_SYSTEM, errno,
			"cannot go to \"%s\", where the scan was begun", words[1]);
	r = args_parse(&args, n - 2, words + 2, command->options, global_options, false, NULL, reterr);
	if (r < 0)
		return r;
	context->verb = command->name;
	context->realm = resumption->journal.header.realm;
	context->realm_given = true;
	context->resumption = resumption;
	return command->run(context, &args, reterr);
}

int resume_run(struct context *context, const char *name, struct error *reterr)
{
	static struct resumption resumption;
	int r = find(context, name, resumption.path, reterr);

	if (r == 0)
		r = scan_journal_read(resumption.path, &resumption.journal, reterr);
	if (r == 0)
		r = go_on(context, &resumption, reterr);
	scan_journal_done(&resumption.journal);
	return r;
}

int resume_forget(struct context *context, const char *name, struct error *reterr)
{
	char path[RESUME_PATH_MAX];
	int r = find(context, name, path, reterr);

	if (r == 0 && unlink(path) < 0)
		r = error_errno(reterr, ERROR_SYSTEM, errno, "cannot remove \"%s\"", path);
	return r;
}
