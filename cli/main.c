/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program: finds the verb in the table, reads the options, provides what the verb needs,
 * runs it, prints an error once, exits with the code of the contract.
 */
#include "cli/command.h"

#include "cli/config.h"
#include "common/clock.h"
#include "common/text.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const struct option_row global_options[] = {
	{"db", 0, "URI",
		"PostgreSQL server to use; default: CADASTRE_DB, libpq's variables, or a "
		"private cluster"},
	{"config", 0, "FILE", "read defaults for db, realm, format and trusted from FILE"},
	{"realm", 0, "NAME", "address realm (operator, site, VRF); default: local"},
	{"format", 0, "FORM", "text, json, csv or xml; default: text"},
	{"quiet", 'q', NULL, "no progress and no messages but errors"},
	{"verbose", 'v', NULL, "say more"},
	{"help", 'h', NULL, "this text"},
	{"version", 0, NULL, "the version"},
	{0},
};

const char *share_path(const char *name, char *out, size_t size)
{
	char exe[512] = "";
	const char *share = getenv("CADASTRE_SHARE");
	struct stat st;
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *slash;

	if (share) {
		snprintf(out, size, "%s/%s", share, name);
		return out;
	}
	exe[n > 0 ? n : 0] = '\0';
	slash = strrchr(exe, '/');
	if (slash) {
		*slash = '\0';
		snprintf(out, size, "%s/../share/cadastre/%s", exe, name);
		if (stat(out, &st) == 0)
			return out;
	}
	/* The program runs from its build tree: the data is where its room keeps it. */
	snprintf(out, size, "%s/%s/%s", CADASTRE_SOURCE,
		strcmp(name, "norms") == 0 ? "inventory" : "scanner", name);
	return out;
}

void say(const struct context *context, const char *fmt, ...)
{
	struct str text = STR_INIT(8192);
	char line[4096];
	va_list ap;

	if (context->quiet)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	text_encode_terminal(&text, line);
	fprintf(stderr, "%s\n", text.data);
	str_done(&text);
}

static void print_overview(FILE *to)
{
	struct str options = STR_INIT(8192);

	fputs("usage: cadastre [OPTION...] VERB [ARGUMENT...]\n\n"
	      "The asset inventory and network-map engine for critical information\n"
	      "infrastructure. `cadastre VERB -h` explains a verb.\n\n",
		to);
	for (size_t i = 0; commands[i]; i++)
		fprintf(to, "  %-23s %s\n", commands[i]->name, commands[i]->summary);
	args_help(&options, global_options);
	fprintf(to, "\n%s", options.data);
	str_done(&options);
}

static void print_help(const struct command *command)
{
	struct str options = STR_INIT(8192);

	printf("usage: cadastre %s%s%s\n\n%s\n", command->name, *command->synopsis ? " " : "",
		command->synopsis, command->summary);
	if (command->details)
		printf("\n%s\n", command->details);
	args_help(&options, command->options);
	if (options.len)
		printf("\n%s", options.data);
	str_done(&options);
}

/* Finds "scope grant" before "scope"; *ret_words is 1 or 2. */
static const struct command *find_command(int argc, char **argv, int *ret_words)
{
	for (int words = argc > 1 ? 2 : 1; words >= 1; words--) {
		char name[64];

		if (words == 2)
			snprintf(name, sizeof(name), "%.30s %.30s", argv[0], argv[1]);
		else
			snprintf(name, sizeof(name), "%.60s", argv[0]);
		for (size_t i = 0; commands[i]; i++)
			if (strcmp(commands[i]->name, name) == 0) {
				*ret_words = words;
				return commands[i];
			}
	}
	return NULL;
}

static int unknown_verb(const char *verb, struct error *reterr)
{
	struct str below = STR_INIT(1024);
	size_t n = strlen(verb);
	int r;

	for (size_t i = 0; commands[i]; i++)
		if (strncmp(commands[i]->name, verb, n) == 0 && commands[i]->name[n] == ' ')
			str_addf(&below, "%s\"%s\"", below.len ? ", " : "", commands[i]->name);
	r = below.len ? error_set(reterr, ERROR_USAGE, "\"%.32s\" needs a second word: %s",
				verb, below.data)
		      : error_set(reterr, ERROR_USAGE,
				"unknown verb \"%.32s\"; cadastre -h lists the verbs", verb);
	str_done(&below);
	return r;
}

/* A connection may hold a password: processes that parse what strangers wrote forget it. */
static void keep_secret(const struct args *args)
{
	const char *value;

	for (size_t i = 0; (value = args_nth(args, "db", i)); i++)
		inventory_secret((char *)value); /* it is argv's */
}

/* Global options may stand before the verb and after it; those after it win. */
static int fill_context(struct context *context, const struct args *before,
	const struct args *after, struct config *config, struct error *reterr)
{
	const char *file = args_get(after, "config", args_get(before, "config", NULL));
	const char *form;
	int r;

	if (file) {
		r = config_read(config, file, reterr);
		if (r < 0)
			return r;
	}
	keep_secret(before);
	keep_secret(after);
	inventory_secret((char *)config_get(config, "db"));
	context->dsn = args_get(after, "db", args_get(before, "db", config_get(config, "db")));
	context->realm = args_get(
		after, "realm", args_get(before, "realm", config_get(config, "realm")));
	context->realm_given = context->realm != NULL;
	if (!context->realm)
		context->realm = "local";
	context->trusted = config_get(config, "trusted");
	context->quiet = args_has(before, "quiet") || args_has(after, "quiet");
	context->verbose = args_has(before, "verbose") || args_has(after, "verbose");
	form = args_get(
		after, "format", args_get(before, "format", config_get(config, "format")));
	return form ? form_parse(form, &context->form, reterr) : 0;
}

static int run_command(struct context *context, const struct command *command,
	const struct args *args, struct error *reterr)
{
	size_t n = args_n_positional(args);
	int r;

	if (n < command->min_positional || n > command->max_positional)
		return error_set(reterr, ERROR_USAGE, "usage: cadastre %s %s", command->name,
			command->synopsis);
	if (command->needs & NEEDS_DATABASE) {
		r = (command->needs & ALLOWS_NODE ? inventory_open_any : inventory_open)(
			context->dsn, &context->inventory, reterr);
		if (r < 0)
			return r;
	}
	context->verb = command->name;
	r = command->run(context, args, reterr);
	inventory_free(STEAL(context->inventory));
	if (r >= 0 && (fflush(stdout) != 0 ? errno != EPIPE : ferror(stdout)))
		r = error_set(reterr, ERROR_SYSTEM, "cannot write to standard output");
	return r;
}

static int dispatch(int argc, char **argv, struct error *reterr)
{
	static struct args before, after;
	_cleanup_(config_done) struct config config = {0};
	struct context context = {0};
	const struct command *command;
	int used = 0, words = 1, r;

	r = args_parse(&before, argc, argv, NULL, global_options, true, &used, reterr);
	if (r < 0)
		return r;
	if (args_has(&before, "version")) {
		printf("cadastre %s\n", CADASTRE_VERSION);
		return 0;
	}
	if (args_has(&before, "help") || used == argc) {
		print_overview(used == argc && !args_has(&before, "help") ? stderr : stdout);
		return args_has(&before, "help") ? 0 : ERROR_USAGE;
	}

	command = find_command(argc - used, argv + used, &words);
	if (!command)
		return unknown_verb(argv[used], reterr);
	r = args_parse(&after, argc - used - words, argv + used + words, command->options,
		global_options, false, NULL, reterr);
	if (r < 0)
		return r;
	if (args_has(&after, "help")) {
		print_help(command);
		return 0;
	}
	r = fill_context(&context, &before, &after, &config, reterr);
	return r < 0 ? r : run_command(&context, command, &after, reterr);
}

/* Lists may be long; a reader that is no person takes them in larger pieces. */
static void widen_output(void)
{
	static char buffer[64 << 10];

	if (!isatty(STDOUT_FILENO))
		setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
}

int main(int argc, char **argv)
{
	struct error error = {0};
	int r;

	signal(SIGPIPE, SIG_IGN);
	widen_output();
	r = dispatch(argc - 1, argv + 1, &error);
	if (r < 0 && error.text[0]) {
		struct context loud = {0};

		say(&loud, "cadastre: %s", error.text);
	}
	return r < 0 ? error_exit_code(r) : r;
}
