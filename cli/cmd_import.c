/* SPDX-License-Identifier: Apache-2.0 */
/* import: foreign files into the register, each with its report; signatures come first. */
#include "cli/command.h"

#include "common/clock.h"
#include "common/model/signature.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define REASONS_MAX 2000
#define NUMBERS 10

struct task {
	struct context *context;
	struct writer *writer;
	struct import_options options;
	struct key_ring trusted;
	bool has_trusted, require_signature;
	struct str reasons; /* of the file at hand */
	char signer[KEY_SIGNER_MAX + DIGEST_HEX_SIZE + 16];
	char sha256[DIGEST_HEX_SIZE];
	size_t files, failed;
	uint64_t refused;
};

/* ---- the signature ----------------------------------------------------------------------- */

static int refuse(struct task *task, const char *path, int code, struct error *reterr)
{
	struct error audit = {0};

	if (inventory_audit(
		    task->context->inventory, "import.refuse", path, reterr->text, &audit) < 0)
		return error_wrap(
			reterr, code, "(the refusal could not be recorded: %s)", audit.text);
	return code;
}

/* Verifies the signature beside the file, before anything of the file is parsed. */
static int verify(struct task *task, const char *path, struct error *reterr)
{
	struct signature signature = {0};
	char sig_path[4096];
	int r = 1;

	task->options.signer = NULL;
	task->options.sha256 = NULL;
	snprintf(sig_path, sizeof(sig_path), "%.4000s" SIGNATURE_SUFFIX, path);
	if (task->has_trusted && strcmp(path, "-") != 0)
		r = signature_verify(
			path, sig_path, &task->trusted, clock_wall_us(), &signature, reterr);
	else if (strcmp(path, "-") != 0 && access(sig_path, F_OK) == 0)
		say(task->context,
			"cadastre: %s was not checked: name the trusted keys with --trusted",
			sig_path);
	if (r > 0 && task->require_signature)
		r = error_set(reterr, ERROR_INPUT, "%s: it is not signed: there is no \"%s\"",
			path,
			strcmp(path, "-") == 0 ? "signature of standard input" : sig_path);
	if (r < 0)
		return refuse(task, path, r, reterr);
	if (r > 0)
		return 0;
	snprintf(task->signer, sizeof(task->signer), "%s (key %s)", signature.signer,
		signature.key_id);
	memcpy(task->sha256, signature.sha256, sizeof(task->sha256));
	task->options.signer = task->signer;
	task->options.sha256 = task->sha256;
	return 0;
}

static int load_trusted(struct task *task, const struct args *args, struct error *reterr)
{
	const char *path = args_get(args, "trusted", task->context->trusted);

	task->require_signature = args_has(args, "require-signature");
	if (!path)
		return task->require_signature ? error_set(reterr, ERROR_USAGE,
							 "--require-signature needs the trusted keys: --trusted DIR")
					       : 0;
	task->has_trusted = true;
	return key_ring_load(path, &task->trusted, reterr);
}

/* ---- the report -------------------------------------------------------------------------- */

static const struct column columns[] = {{"file", false}, {"kind", false}, {"tool", false},
	{"run", true}, {"taken", true}, {"refused", true}, {"assets_seen", true},
	{"assets_new", true}, {"assets_quiet", true}, {"services_new", true},
	{"services_changed", true}, {"services_gone", true}, {"fact_rows", true},
	{"signed_by", false}, {"reasons", false}, {"note", false}};

static int on_refusal(void *context, const struct import_refusal *refusal)
{
	struct task *task = context;

	str_addf(&task->reasons, "%s%s: %" PRIu64 ", the first in line %ld",
		task->reasons.len ? "; " : "", refusal->reason, refusal->n, refusal->line);
	if (*refusal->what)
		str_addf(&task->reasons, " (%s)", refusal->what);
	return 0;
}

static void add_own_refusals(struct task *task, const struct intake_result *intake)
{
	if (intake->refused_scope)
		str_addf(&task->reasons, "%sno authorisation covers the address: %" PRIu64,
			task->reasons.len ? "; " : "", intake->refused_scope);
	if (intake->refused_invalid)
		str_addf(&task->reasons, "%sno valid observation: %" PRIu64,
			task->reasons.len ? "; " : "", intake->refused_invalid);
}

static int report(struct task *task, const char *path, const struct import_result *result,
	struct error *reterr)
{
	const struct intake_result *n = &result->intake;
	const struct register_result *reg = &result->reg;
	uint64_t stated = reg->organisations + reg->systems + reg->businesses + reg->rules +
			  reg->dependencies;
	uint64_t refused = result->refused + n->refused_scope + n->refused_invalid;
	bool already = result->is_register ? !stated && reg->unchanged : n->already;
	const uint64_t values[NUMBERS] = {(uint64_t)n->run_id,
		result->is_register ? stated : n->taken, refused, n->assets_seen, n->assets_new,
		n->assets_quiet, n->services_new, n->services_changed, n->services_gone,
		n->facts_written};
	char texts[NUMBERS][24];
	const char *cells[ARRAY_SIZE(columns)] = {path, result->kind, result->tool};

	add_own_refusals(task, n);
	for (size_t i = 0; i < NUMBERS; i++) {
		snprintf(texts[i], sizeof(texts[i]), "%" PRIu64, values[i]);
		cells[3 + i] = texts[i];
	}
	cells[13] = task->options.signer;
	cells[14] = task->reasons.data;
	cells[15] = already ? "taken before, nothing changed"
		    : n->truncated ? "cut short, what came was kept"
		    : n->stopped   ? "stopped, what came was kept"
		    : n->late	   ? "late: filed as history, what is newer stands"
				   : "";
	task->refused += refused;
	return writer_row(task->writer, cells, reterr);
}

/* ---- the verb ---------------------------------------------------------------------------- */

static int one_file(struct task *task, const char *path, struct error *reterr)
{
	struct import_result result = {0};
	int r = verify(task, path, reterr), filed;

	if (r < 0)
		return r;
	str_reset(&task->reasons);
	filed = inventory_import(task->context->inventory, path, &task->options, on_refusal,
		task, &result, reterr);
	if (filed < 0 && filed != ERROR_PARTIAL)
		return filed;
	r = report(task, path, &result, filed < 0 ? NULL : reterr);
	return filed < 0 ? filed : r;
}

/* One file after the other; what is wrong with one does not keep out the others. */
static int all_files(struct task *task, const struct args *args, struct error *reterr)
{
	size_t n = args_n_positional(args);
	int worst = 0;

	for (size_t i = 0; i < n; i++) {
		struct error error = {0};
		int r = one_file(task, args_positional(args, i), &error);

		if (r >= 0)
			continue;
		if (r != ERROR_INPUT && r != ERROR_PARTIAL)
			return error_set(reterr, r, "%s", error.text);
		task->failed += r == ERROR_INPUT;
		worst = !worst || worst == r ? r : ERROR_PARTIAL;
		if (n > 1)
			say(task->context, "cadastre: %s", error.text);
		error_set(reterr, r, "%s", error.text);
	}
	if (n > 1 && worst)
		return error_set(reterr, task->failed == n ? ERROR_INPUT : ERROR_PARTIAL,
			"%zu of %zu files were refused as a whole; the reasons stand above",
			task->failed, n);
	if (!worst && task->refused)
		return error_set(reterr, ERROR_PARTIAL,
			"%" PRIu64
			" records were refused and the others kept; the report has the "
			"reasons",
			task->refused);
	return worst;
}

static int run_import(struct context *context, const struct args *args, struct error *reterr)
{
	struct task task = {.context = context,
		.options = {.realm = context->realm,
			.vantage = args_get(args, "vantage", "internal"),
			.as = args_get(args, "as", NULL)},
		.reasons = STR_INIT(REASONS_MAX)};
	int r = load_trusted(&task, args, reterr), done;

	if (r == 0)
		r = writer_new(context->form, "import", columns, ARRAY_SIZE(columns),
			&task.writer, reterr);
	if (r == 0) {
		r = all_files(&task, args, reterr);
		done = writer_finish(task.writer, r < 0 ? NULL : reterr);
		r = r < 0 ? r : done;
	}
	writer_free(task.writer);
	key_ring_done(&task.trusted);
	str_done(&task.reasons);
	return r;
}

static const struct option_row options[] = {
	{"as", 0, "KIND",
		"what the files are: bundle, register, asset-file, nmap, masscan-xml, "
		"masscan-json, hosts; default: by content"},
	{"vantage", 0, "NAME", "where a foreign scan was made: internal or internet"},
	{"trusted", 0, "PATH",
		"public key, or directory of *.pub: verify FILE.sig where there is one"},
	{"require-signature", 0, NULL, "refuse a file without a trusted signature"},
	{0},
};

const struct command cmd_import = {
	.name = "import",
	.synopsis = "[OPTION...] FILE...",
	.summary =
		"take bundles and other tools' files into the register; twice changes nothing",
	.details = "Reads bundles, Nmap XML, Masscan XML and JSON, host lists (CSV) and registers,\n"
		   "compressed by gzip too. Sends nothing.",
	.options = options,
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = ARGS_MAX,
	.run = run_import,
};
