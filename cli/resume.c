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
#define WORDS_MAX (2 * ARGS_MAX + 3) /* the verb, the directory, options with values, "--" */

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
		return error_errno(
			reterr, ERROR_SYSTEM, errno, "cannot tell the current directory");
	str_add(words, context->verb, strlen(context->verb) + 1);
	str_add(words, here, strlen(here) + 1);
	args_words(words, args, not_kept);
	return words->failed ? error_set(reterr, ERROR_USAGE,
				       "the command line is longer than %u bytes; name the targets in a file",
				       SCAN_WORDS_MAX)
			     : 0;
}

/* What was read from there cannot be read again. */
static bool reads_standard_input(const struct args *args)
{
	static const char *const options[] = {"targets", "exclude-file"};
	const char *path;

	for (size_t k = 0; k < ARRAY_SIZE(options); k++)
		for (size_t i = 0; (path = args_nth(args, options[k], i)); i++)
			if (strcmp(path, "-") == 0)
				return true;
	return false;
}

int resume_prepare(struct scan_plan *plan, const struct context *context,
	const struct args *args, struct str *words, char path[RESUME_PATH_MAX],
	struct error *reterr)
{
	const struct resumption *resumption = context->resumption;
	struct error why = {0};
	int r;

	if (resumption) {
		plan->header = resumption->journal.header;
		plan->journal = resumption->path;
		plan->resume = true;
		return 0;
	}
	r = keep_words(context, args, words, reterr);
	if (r < 0)
		return r;
	if (reads_standard_input(args))
		error_set(&why, ERROR_USAGE, "targets come from standard input");
	else
		make_directory(path, &why);
	if (why.code) {
		say(context, "%s: this scan cannot go on if it is broken off", why.text);
		return 0;
	}
	snprintf(path + strlen(path), RESUME_PATH_MAX - strlen(path), "/%.*s%s", SCAN_ID_FIXED,
		plan->header.id, SUFFIX);
	plan->journal = path;
	plan->words = words->data;
	plan->words_size = words->len;
	return 0;
}

int resume_conclude(const struct scan_plan *plan, const struct context *context,
	enum scan_end end, int r, struct error *reterr)
{
	struct error said;

	if (!plan->journal || end == SCAN_UNFIT || access(plan->journal, F_OK) < 0)
		return r;
	if (r == 0) {
		if (unlink(plan->journal) < 0)
			r = error_errno(reterr, ERROR_SYSTEM, errno, "cannot remove \"%s\"",
				plan->journal);
		return r;
	}
	if (!reterr)
		return r;
	said = *reterr;
	return error_set(reterr, r, "%.900s; it goes on with: cadastre scan --resume %.8s%s",
		said.text, plan->header.id, context->dsn ? ", and the same --db" : "");
}

/* ---- which ------------------------------------------------------------------------------- */

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

	return x->since_us < y->since_us   ? 1
	       : x->since_us > y->since_us ? -1
					   : strcmp(x->id, y->id);
}

static void path_of(const struct unfinished *unfinished, size_t i, char out[RESUME_PATH_MAX])
{
	snprintf(out, RESUME_PATH_MAX, "%.3900s/%s%s", unfinished->directory,
		unfinished->rows[i].id, SUFFIX);
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
				       : error_errno(reterr, ERROR_SYSTEM, errno,
						 "cannot read \"%s\"", unfinished->directory);
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
	r = unfinished->n ? error_set(reterr, ERROR_USAGE,
				    "no unfinished scan is \"%.64s\"; there are: %s; see "
				    "cadastre scan --unfinished",
				    name, text.data)
			  : error_set(reterr, ERROR_USAGE, "no unfinished scan in \"%s\"",
				    unfinished->directory);
	str_done(&text);
	return r;
}

static int take_bundle(void *context, const struct run_row *run)
{
	snprintf(context, SCAN_ID_FIXED + 1, "%s", run->bundle);
	return 0;
}

/* The number of a run says the bundle that it was filed from. */
static int id_of_run(const struct context *context, const char *name,
	char id[SCAN_ID_FIXED + 1], struct error *reterr)
{
	uint64_t number = strtoull(name, NULL, 10);

	if (strspn(name, "0123456789") != strlen(name) || strlen(name) > 18 || !number)
		return 0;
	return inventory_run_list(
		context->inventory, NULL, (int64_t)number, take_bundle, id, reterr);
}

/* The one that was written last and does not run. */
static size_t count_last(const struct unfinished *unfinished, size_t *ret_at)
{
	for (size_t i = 0; i < unfinished->n; i++) {
		char path[RESUME_PATH_MAX];

		path_of(unfinished, i, path);
		*ret_at = i;
		if (!scan_journal_is_running(path))
			return 1;
	}
	return 0;
}

/* How many have ids that begin so, or the other id; *ret_at is the last of them. */
static size_t count(
	const struct unfinished *unfinished, const char *name, const char *id, size_t *ret_at)
{
	size_t found = 0;

	for (size_t i = 0; i < unfinished->n; i++) {
		const char *row = unfinished->rows[i].id;

		if ((strlen(name) >= NAME_MIN && strncmp(row, name, strlen(name)) == 0) ||
			strcmp(row, id) == 0) {
			*ret_at = i;
			found++;
		}
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

	if (r == 0 && unfinished.n)
		r = id_of_run(context, name, id, reterr);
	if (r < 0)
		return r;
	found = strcmp(name, "last") == 0 ? count_last(&unfinished, &at)
					  : count(&unfinished, name, id, &at);
	if (found > 1)
		return error_set(reterr, ERROR_USAGE,
			"\"%.64s\" means %zu scans; write more of the id", name, found);
	if (found == 0)
		return no_such(&unfinished, name, reterr);
	path_of(&unfinished, at, path);
	return 0;
}

/* "scan --ports 22 198.18.0.0/24" */
static void words_text(const struct scan_journal *journal, struct str *out)
{
	for (size_t i = 0, field = 0; i + 1 < journal->words_size; i++) {
		char c = journal->words[i];

		field += c == 0;
		if (field == 1) /* where it was called */
			continue;
		str_addc(out, c ? c : ' ');
	}
}

static int put_unfinished(const struct unfinished *unfinished, size_t i, struct writer *writer,
	struct error *reterr)
{
	char path[RESUME_PATH_MAX], time[CLOCK_TEXT_MAX];
	_cleanup_(scan_journal_done) struct scan_journal journal = {0};
	_cleanup_(str_done) struct str text = STR_INIT(SCAN_WORDS_MAX);
	struct error damaged = {0};
	const char *cells[5] = {unfinished->rows[i].id, "", "damaged", "", NULL};

	path_of(unfinished, i, path);
	if (scan_journal_read(path, &journal, &damaged) == 0) {
		words_text(&journal, &text);
		cells[1] = journal.header.realm;
		cells[2] = journal.running ? "running" : "broken off";
	}
	cells[3] = clock_format(unfinished->rows[i].since_us, time);
	cells[4] = text.data;
	return writer_row(writer, cells, reterr);
}

int resume_list(const struct context *context, struct error *reterr)
{
	static const struct column columns[] = {{"id", false}, {"realm", false},
		{"state", false}, {"written", false}, {"words", false}};
	_cleanup_(unfinished_done) struct unfinished unfinished = {0};
	_cleanup_(writer_freep) struct writer *writer = NULL;
	int r = list(&unfinished, reterr);

	if (r == 0)
		r = writer_new(
			context->form, "scan", columns, ARRAY_SIZE(columns), &writer, reterr);
	for (size_t i = 0; r == 0 && i < unfinished.n; i++)
		r = put_unfinished(&unfinished, i, writer, reterr);
	return r == 0 ? writer_finish(writer, reterr) : r;
}

/* ---- going on ---------------------------------------------------------------------------- */

static const struct command *command_of(const char *verb)
{
	for (size_t i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, verb) == 0 &&
			(strcmp(verb, "scan") == 0 || strcmp(verb, "survey") == 0))
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
	return at == end && n >= 3 ? 0
				   : error_set(reterr, ERROR_INPUT,
					     "\"%s\" does not say what was scanned; scan anew",
					     resumption->path);
}

static int go_on(
	struct context *context, const struct resumption *resumption, struct error *reterr)
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
		return error_set(reterr, ERROR_INPUT, "\"%s\" is of no scan and no survey",
			resumption->path);
	if (context->realm_given &&
		strcmp(context->realm, resumption->journal.header.realm) != 0)
		return error_set(reterr, ERROR_USAGE,
			"that scan is of the realm \"%s\", and goes on there; leave --realm out",
			resumption->journal.header.realm);
	if (chdir(words[1]) < 0)
		return error_errno(reterr, ERROR_SYSTEM, errno,
			"cannot go to \"%s\", where the scan was begun", words[1]);
	r = args_parse(
		&args, n - 2, words + 2, command->options, global_options, false, NULL, reterr);
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

	if (r == 0)
		r = scan_journal_remove(path, reterr);
	if (r == 0)
		say(context,
			"scan %.*s is forgotten: what it had filed stays, and it cannot go on",
			SCAN_ID_FIXED, strrchr(path, '/') + 1);
	return r;
}
