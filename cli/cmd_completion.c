/* SPDX-License-Identifier: Apache-2.0 */
/* completion: a bash completion script, written from the same tables as -h. */
#include "cli/command.h"

#include <stdio.h>
#include <string.h>

static void add_options(const struct option_row *rows)
{
	for (; rows && rows->name; rows++)
		printf(" --%s", rows->name);
}

/* The first words of all verbs, or the second words that may follow `first`. */
static void add_words(const char *first)
{
	size_t n = first ? strlen(first) : 0;
	const char *last = "";

	for (size_t i = 0; commands[i]; i++) {
		const char *name = commands[i]->name;

		if (first && (strncmp(name, first, n) != 0 || name[n] != ' '))
			continue;
		if (first) {
			printf(" %s", name + n + 1);
		} else if (strncmp(last, name, strcspn(name, " ")) != 0 ||
			   last[strcspn(name, " ")] != name[strcspn(name, " ")]) {
			printf(" %.*s", (int)strcspn(name, " "), name);
		}
		last = name;
	}
}

/* One `case` branch for every first word that needs a second one. */
static void add_second_words(void)
{
	const char *last = "";

	for (size_t i = 0; commands[i]; i++) {
		const char *name = commands[i]->name;
		size_t n = strcspn(name, " ");
		char first[64];

		if (!name[n] || strncmp(last, name, n + 1) == 0)
			continue;
		last = name;
		snprintf(first, sizeof(first), "%.*s", (int)n, name);
		printf("\t%s) words=\"", first);
		add_words(first);
		printf("\" ;;\n");
	}
}

static int run_completion(
	struct context *context, const struct args *args, struct error *reterr)
{
	(void)context;
	(void)args;
	(void)reterr;
	printf("# bash completion for cadastre; source it, or install it where bash looks.\n"
	       "_cadastre() {\n"
	       "\tlocal current=${COMP_WORDS[COMP_CWORD]} words first= second= i\n"
	       "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	       "\t\tcase ${COMP_WORDS[i]} in\n"
	       "\t\t--db | --config | --realm | --format) ((i++)) ;;\n"
	       "\t\t-*) ;;\n"
	       "\t\t*) if [ -z \"$first\" ]; then first=${COMP_WORDS[i]}\n"
	       "\t\t   elif [ -z \"$second\" ]; then second=${COMP_WORDS[i]}; fi ;;\n"
	       "\t\tesac\n"
	       "\tdone\n"
	       "\tcase $first in\n"
	       "\t\"\") words=\"");
	add_words(NULL);
	add_options(global_options);
	printf("\" ;;\n");
	add_second_words();
	printf("\tesac\n\tcase \"$first $second\" in\n");
	for (size_t i = 0; commands[i]; i++) {
		bool two = strchr(commands[i]->name, ' ') != NULL;

		printf("\t\"%s%s) words=\"", commands[i]->name, two ? "\"" : " \"*");
		add_options(commands[i]->options);
		add_options(global_options);
		printf("\" ;;\n");
	}
	printf("\tesac\n"
	       "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
	       "\t[ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- \"$current\"))\n"
	       "}\n"
	       "complete -o filenames -F _cadastre cadastre\n");
	return 0;
}

const struct command cmd_completion = {
	.name = "completion",
	.synopsis = "",
	.summary = "a bash completion script: source <(cadastre completion)",
	.run = run_completion,
};
