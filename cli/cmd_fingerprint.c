/* SPDX-License-Identifier: Apache-2.0 */
/* fingerprint: banners matched by hand, and the examples of Recog-format files checked. */
#include "cli/command.h"

#include "common/str.h"
#include "common/text.h"
#include "scanner/fingerprint/fingerprint.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_OUT_MAX (256u * 1024)

static void add_member(struct str *line, const char *name, const char *value)
{
	str_addf(line, "%s\"", line->len > 1 ? "," : "");
	text_encode_json(line, name);
	str_adds(line, "\":\"");
	text_encode_json(line, value);
	str_addc(line, '"');
}

static bool has_kind(const struct fingerprints *fingerprints, const char *kind)
{
	const char *name;

	for (size_t i = 0; (name = fingerprints_kind(fingerprints, i)); i++)
		if (strcmp(name, kind) == 0)
			return true;
	return false;
}

/* One JSON object for one banner. */
static int print_match(const struct fingerprints *fingerprints, const char *kind,
	const char *banner, size_t size, struct error *reterr)
{
	static const char *const outcomes[] = {"match", "none", "limit"};
	_cleanup_(str_done) struct str line = STR_INIT(LINE_OUT_MAX);
	_cleanup_(str_done) struct str clean = STR_INIT(FINGERPRINT_INPUT_MAX * 4);
	static struct fingerprint_match match;
	enum fingerprint_outcome outcome =
		fingerprints_match(fingerprints, kind, (const uint8_t *)banner, size, &match);

	text_clean(&clean, banner, size, FINGERPRINT_INPUT_MAX);
	str_addc(&line, '{');
	add_member(&line, "banner", clean.data);
	add_member(&line, "outcome", outcomes[outcome]);
	if (outcome == FINGERPRINT_HIT) {
		add_member(&line, "matched", match.description);
		add_member(&line, "file", match.file);
		str_addf(&line, ",\"line\":%d,\"certainty\":%.2f,\"parameters\":{", match.line,
			match.certainty);
		for (size_t i = 0; i < match.n_parameters; i++) {
			str_adds(&line, i ? ",\"" : "\"");
			text_encode_json(&line, match.parameters[i].name);
			str_adds(&line, "\":\"");
			text_encode_json(&line, match.parameters[i].value);
			str_addc(&line, '"');
		}
		str_addc(&line, '}');
	}
	str_addc(&line, '}');
	if (line.failed || puts(line.data) == EOF)
		return error_set(reterr, ERROR_SYSTEM, "cannot write the result");
	return 0;
}

static int match_lines(const struct fingerprints *fingerprints, const char *kind,
	const char *path, struct error *reterr)
{
	bool standard = strcmp(path, "-") == 0;
	FILE *file = standard ? stdin : fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	int r = 0;

	if (!file)
		return error_errno(reterr, ERROR_INPUT, errno, "cannot read \"%s\"", path);
	while (r == 0 && (n = getline(&line, &room, file)) >= 0) {
		while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
			n--;
		r = print_match(fingerprints, kind, line, (size_t)n, reterr);
	}
	if (r == 0 && ferror(file))
		r = error_errno(reterr, ERROR_INPUT, errno, "cannot read \"%s\"", path);
	free(line);
	if (!standard)
		fclose(file);
	return r;
}

static int run_match(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(fingerprints_freep) struct fingerprints *fingerprints = NULL;
	const char *kind = args_get(args, "kind", NULL);
	const char *path = args_positional(args, 0);
	char share[1024];
	int r;

	(void)context;
	if (!kind)
		return error_set(reterr, ERROR_USAGE,
			"--kind is missing: say what the lines are, such as ssh.banner");
	r = fingerprints_load(
		args_get(args, "database", share_path("fingerprints", share, sizeof(share))),
		&fingerprints, reterr);
	if (r < 0)
		return r;
	if (!has_kind(fingerprints, kind))
		return error_set(reterr, ERROR_USAGE, "no fingerprint is of kind \"%s\"", kind);
	return match_lines(fingerprints, kind, path ? path : "-", reterr);
}

static const struct option_row match_options[] = {
	{"kind", 0, "KIND", "what the lines are: ssh.banner, http_header.server, ..."},
	{"database", 0, "DIR", "Recog-format files to use instead of those that come along"},
	{0},
};

const struct command cmd_fingerprint_match = {
	.name = "fingerprint match",
	.synopsis = "--kind KIND [FILE]",
	.summary = "one banner per line in, what it is as JSON lines out",
	.options = match_options,
	.max_positional = 1,
	.run = run_match,
};

static void print_fault(void *context, const char *file, int line, const char *why)
{
	say(context, "%s:%d: %s", file, line, why);
}

static int run_verify(struct context *context, const struct args *args, struct error *reterr)
{
	struct fingerprint_verdict all = {0};
	const char *path;

	for (size_t i = 0; (path = args_positional(args, i)); i++) {
		struct fingerprint_verdict verdict = {0};
		int r = fingerprints_verify(path, &verdict, print_fault, context, reterr);

		if (r < 0)
			return r;
		all.fingerprints += verdict.fingerprints;
		all.remarks += verdict.remarks;
		all.examples += verdict.examples;
		all.passed += verdict.passed;
		all.failed += verdict.failed;
	}
	printf("%" PRIu64 " fingerprints, %" PRIu64 " remarks; %" PRIu64 " examples, %" PRIu64
	       " passed, %" PRIu64 " failed\n",
		all.fingerprints, all.remarks, all.examples, all.passed, all.failed);
	return all.failed > 0;
}

const struct command cmd_fingerprint_verify = {
	.name = "fingerprint verify",
	.synopsis = "PATH...",
	.summary = "run every example of Recog-format files; exit 1 if one fails",
	.min_positional = 1,
	.max_positional = ARGS_MAX,
	.run = run_verify,
};
