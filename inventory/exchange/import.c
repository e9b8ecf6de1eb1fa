/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Foreign files into the register: recognised by content, parsed in a confined process, filed
 * by the intake as a bundle whose id follows from the content, so that the same file twice
 * changes nothing. Nothing is sent, so no authorisation is asked for; what a file says is
 * claimed, not measured.
 */
#include "inventory/exchange/internal.h"

#include "common/clock.h"
#include "inventory/inventory.h"

#include <inttypes.h>
#include <string.h>

#define PLAN_MAX 1500

struct import {
	struct inventory *inv;
	const struct import_options *options;
	struct exchange_source source;
	const struct exchange_format *format;
	uint8_t content[DIGEST_SIZE];
	char plan[PLAN_MAX];
	struct import_result result;
	int (*refusal)(void *context, const struct import_refusal *refusal);
	void *context;
};

/* ---- which format ------------------------------------------------------------------------ */

static int named_format(
	const char *name, const struct exchange_format **ret, struct error *reterr)
{
	struct str names = STR_INIT(512);

	for (const struct exchange_format *f = exchange_formats; f->name; f++) {
		if (strcmp(f->name, name) == 0) {
			str_done(&names);
			*ret = f;
			return 0;
		}
		str_addf(&names, "%s%s", names.len ? ", " : "", f->name);
	}
	error_set(reterr, ERROR_USAGE, "\"%.32s\" is no kind of file; there are %s", name,
		names.data);
	str_done(&names);
	return ERROR_USAGE;
}

static int detect(struct import *import, const char *head, size_t n, struct error *reterr)
{
	struct str titles = STR_INIT(512);

	if (import->options->as)
		return named_format(import->options->as, &import->format, reterr);
	for (const struct exchange_format *f = exchange_formats; f->name; f++) {
		if (f->is(head, n)) {
			str_done(&titles);
			import->format = f;
			return 0;
		}
		str_addf(&titles, "%s%s", titles.len ? ", " : "", f->title);
	}
	error_set(reterr, ERROR_INPUT,
		"%s: none of the forms that are known (%s); say what it is with --as",
		import->source.name, titles.data);
	str_done(&titles);
	return ERROR_INPUT;
}

/* ---- observations ------------------------------------------------------------------------ */

/* The same content into the same realm from the same side is the same bundle. */
static void make_id(const struct import *import, char id[BUNDLE_ID_SIZE])
{
	const char *parts[] = {
		"cadastre import 1", import->options->realm, import->options->vantage};
	struct digest *digest = digest_new();
	uint8_t value[DIGEST_SIZE] = {0};
	char hex[DIGEST_HEX_SIZE];

	for (size_t i = 0; digest && i < ARRAY_SIZE(parts); i++)
		digest_update(digest, parts[i], strlen(parts[i]) + 1);
	if (digest) {
		digest_update(digest, import->content, DIGEST_SIZE);
		digest_value(digest, value);
	}
	digest_free(digest);
	snprintf(id, BUNDLE_ID_SIZE, "%.32s", digest_hex(value, hex));
}

static int tell_refusals(struct import *import, const struct exchange_report *report)
{
	import->result.refused = report->refused;
	for (size_t i = 0; i < report->n_refusals; i++) {
		const struct exchange_refusal *row = &report->refusals[i];
		int r = import->refusal(import->context,
			&(struct import_refusal){row->reason, row->n, row->line, row->what});

		if (r < 0)
			return r;
	}
	return 0;
}

/* The intake's verdict and the reader's: the one that comes first in cause counts. */
static int judge(int filed, const struct error *why_filed, int read,
	const struct error *why_read, const struct intake_result *intake, struct error *reterr)
{
	if ((filed == 0 || filed == ERROR_PARTIAL) && intake->already)
		return filed < 0 ? error_set(reterr, filed, "%s", why_filed->text) : 0;
	if (read < 0 && (filed == 0 || filed == ERROR_INPUT || filed == ERROR_PARTIAL))
		return error_set(reterr, read, "%s", why_read->text);
	return filed < 0 ? error_set(reterr, filed, "%s", why_filed->text) : 0;
}

static int file_through_child(struct import *import, int in, struct error *reterr)
{
	struct bundle_header header = {.started_us = clock_wall_us()};
	struct exchange_report *report = NULL;
	struct error why_filed = {0}, why_read = {0};
	int fd = -1, filed, read, told, r;
	pid_t pid;

	snprintf(header.realm, sizeof(header.realm), "%s", import->options->realm);
	snprintf(header.vantage, sizeof(header.vantage), "%s", import->options->vantage);
	snprintf(header.tool, sizeof(header.tool), "%s", import->format->title);
	make_id(import, header.id);
	r = exchange_child_start(import->inv, import->format, import->source.name, in, &header,
		&report, &fd, &pid, reterr);
	if (r < 0)
		return r;
	filed = inventory_intake(import->inv, fd, import->source.name, import->plan,
		&import->result.intake, &why_filed);
	read = exchange_child_end(report, import->source.name, fd, pid, &why_read);
	snprintf(import->result.tool, sizeof(import->result.tool), "%s", report->tool);
	r = judge(filed, &why_filed, read, &why_read, &import->result.intake, reterr);
	told = import->result.intake.already ? 0 : tell_refusals(import, report);
	exchange_report_free(report);
	return r < 0 ? r : told;
}

static int file_stream(struct import *import, struct error *reterr)
{
	struct error ended = {0};
	pid_t pid;
	int fd, r = exchange_stream_open(&import->source, &fd, &pid, reterr), e;

	if (r < 0)
		return r;
	if (import->format->read)
		r = file_through_child(import, fd, reterr);
	else
		r = inventory_intake(import->inv, fd, import->source.name, import->plan,
			&import->result.intake, reterr);
	e = exchange_stream_end(&import->source, fd, pid, &ended);
	return r == 0 && e < 0 && !import->result.intake.already
		       ? error_set(reterr, e, "%s", ended.text)
		       : r;
}

/* ---- the register ------------------------------------------------------------------------ */

static int file_register(struct import *import, const char *path, struct error *reterr)
{
	char input[64];

	import->result.is_register = true;
	if (import->source.gzip)
		return error_set(reterr, ERROR_INPUT,
			"%s: a register is read as it is; decompress it first, with gunzip",
			import->source.name);
	snprintf(input, sizeof(input), "/proc/self/fd/%d", import->source.fd);
	return inventory_register_import(import->inv, strcmp(path, "-") == 0 ? input : path,
		&import->result.reg, reterr);
}

/* ---- the door ---------------------------------------------------------------------------- */

static int check_options(const struct import_options *options, struct error *reterr)
{
	if (!options->realm || !*options->realm || strlen(options->realm) >= BUNDLE_NAME_MAX)
		return error_set(reterr, ERROR_USAGE, "the realm name must have 1 to %d bytes",
			BUNDLE_NAME_MAX - 1);
	if (strcmp(options->vantage, "internal") != 0 &&
		strcmp(options->vantage, "internet") != 0)
		return error_set(reterr, ERROR_USAGE,
			"\"%.32s\" is not a vantage; there are internal and internet",
			options->vantage);
	return 0;
}

static int survey(struct import *import, struct error *reterr)
{
	char head[EXCHANGE_HEAD_MAX];
	uint8_t file[DIGEST_SIZE];
	size_t n = 0;
	int r = exchange_source_survey(
		&import->source, head, &n, import->content, file, reterr);

	if (r < 0)
		return r;
	digest_hex(file, import->result.sha256);
	if (import->options->sha256 &&
		strcmp(import->options->sha256, import->result.sha256) != 0)
		return error_set(reterr, ERROR_INPUT,
			"%s: it is not the file any more whose signature was verified; import it again",
			import->source.name);
	r = n ? detect(import, head, n, reterr)
	      : error_set(reterr, ERROR_INPUT, "%s: it is empty", import->source.name);
	if (r < 0)
		return r;
	snprintf(import->result.kind, sizeof(import->result.kind), "%s", import->format->name);
	snprintf(import->plan, sizeof(import->plan), "import of %s %.500s, SHA-256 %s%s%.300s",
		import->format->title, import->source.name, import->result.sha256,
		import->options->signer ? ", signed by " : ", not signed",
		import->options->signer ? import->options->signer : "");
	return 0;
}

int inventory_import(struct inventory *inv, const char *path,
	const struct import_options *options,
	int (*refusal)(void *context, const struct import_refusal *refusal), void *context,
	struct import_result *ret_result, struct error *reterr)
{
	struct import import = {
		.inv = inv, .options = options, .refusal = refusal, .context = context};
	int r = check_options(options, reterr);

	if (r == 0)
		r = exchange_source_open(path, &import.source, reterr);
	if (r < 0)
		return r;
	r = survey(&import, reterr);
	if (r == 0 && !exchange_source_same(&import.source))
		r = error_set(reterr, ERROR_INPUT,
			"%s: it changed while it was read; import it when it is finished",
			import.source.name);
	if (r == 0)
		r = strcmp(import.format->name, "register") == 0
			    ? file_register(&import, path, reterr)
			    : file_stream(&import, reterr);
	exchange_source_close(&import.source);
	*ret_result = import.result;
	return r;
}
