/* SPDX-License-Identifier: Apache-2.0 */
/* pack: norm packs checked, installed with who answers for them, and listed. */
#include "cli/command.h"

#include "common/clock.h"
#include "common/model/signature.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PATH_SIZE 4096

static int failure(void *context, const char *example, const char *why)
{
	say(context, "example \"%s\": %s", example, why);
	return 0;
}

static int run_check(struct context *context, const struct args *args, struct error *reterr)
{
	const char *path;
	int failed = 0;

	for (size_t i = 0; (path = args_positional(args, i)); i++) {
		struct pack_result result = {0};
		int r = inventory_pack_check(path, &result, failure, context, reterr);

		if (r < 0)
			return r;
		failed |= r;
		printf("%s %s: %" PRIu64 " examples, %" PRIu64 " passed, %" PRIu64 " failed\n",
			result.id, result.version, result.examples, result.passed,
			result.examples - result.passed);
	}
	return failed;
}

const struct command cmd_pack_check = {
	.name = "pack check",
	.synopsis = "FILE...",
	.summary = "validate norm packs and run their examples; exit 1 if one fails",
	.min_positional = 1,
	.max_positional = ARGS_MAX,
	.run = run_check,
};

/* ---- installing -------------------------------------------------------------------------- */

/* Verifies the signature beside a file, if there is one, before anything of the file is
 * parsed. */
static int verify(struct context *context, const char *path, const struct key_ring *trusted,
	struct signature *ret_signature, bool *ret_signed, struct error *reterr)
{
	char sig_path[PATH_SIZE];
	int r = 1;

	*ret_signed = false;
	snprintf(sig_path, sizeof(sig_path), "%.4000s" SIGNATURE_SUFFIX, path);
	if (trusted)
		r = signature_verify(
			path, sig_path, trusted, clock_wall_us(), ret_signature, reterr);
	else if (access(sig_path, F_OK) == 0)
		say(context,
			"cadastre: %s was not checked: name the trusted keys with --trusted",
			sig_path);
	*ret_signed = r == 0;
	return r < 0 ? r : 0;
}

static int refuse(struct context *context, const char *path, int code, struct error *reterr)
{
	struct error audit = {0};

	if (code == ERROR_INPUT && inventory_audit(context->inventory, "pack.refuse", path,
					   reterr->text, &audit) < 0)
		return error_wrap(
			reterr, code, "(the refusal could not be recorded: %s)", audit.text);
	return code;
}

static int install(struct context *context, const char *path, const struct key_ring *trusted,
	const char *reason, struct error *reterr)
{
	char signer[KEY_SIGNER_MAX + DIGEST_HEX_SIZE + 16];
	struct pack_options options = {.unsigned_reason = reason};
	struct signature signature = {0};
	struct pack_result result = {0};
	bool is_signed;
	int r = verify(context, path, trusted, &signature, &is_signed, reterr);

	if (r == 0 && is_signed) {
		snprintf(signer, sizeof(signer), "%s (key %s)", signature.signer,
			signature.key_id);
		options = (struct pack_options){.signer = signer, .sha256 = signature.sha256,
			.signed_us = signature.signed_us};
	}
	if (r == 0)
		r = inventory_pack_install(context->inventory, path, &options, &result, reterr);
	if (r < 0)
		return refuse(context, path, r, reterr);
	say(context, "norm pack %s %s: sha256 %.16s", result.id, result.version, result.sha256);
	return 0;
}

static int run_install(struct context *context, const struct args *args, struct error *reterr)
{
	const char *trusted = args_get(args, "trusted", context->trusted), *path;
	const char *reason = args_get(args, "unsigned", NULL);
	struct key_ring ring = {0};
	int r = trusted ? key_ring_load(trusted, &ring, reterr) : 0;

	for (size_t i = 0; r == 0 && (path = args_positional(args, i)); i++)
		r = install(context, path, trusted ? &ring : NULL, reason, reterr);
	key_ring_done(&ring);
	return r;
}

static const struct option_row install_options[] = {
	{"trusted", 0, "PATH", "public key, or directory of *.pub: verify FILE.sig"},
	{"unsigned", 0, "REASON",
		"take packs that nobody signed; trail and list keep the reason"},
	{0},
};

const struct command cmd_pack_install = {
	.name = "pack install",
	.synopsis = "[OPTION...] FILE...",
	.summary = "check norm packs and keep them in the register",
	.details = "A pack that does not come with the program needs a signature by a trusted key in\n"
		   "FILE.sig (`cadastre sign`), or a reason why it is taken without.",
	.options = install_options,
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = ARGS_MAX,
	.run = run_install,
};

/* ---- the list ---------------------------------------------------------------------------- */

static const struct column columns[] = {{"pack", false}, {"version", false}, {"unit", false},
	{"title", false}, {"authority", false}, {"effective_from", false},
	{"effective_until", false}, {"supersedes", false}, {"in_force", false},
	{"signed_by", false}, {"unsigned_because", false}, {"installed", false},
	{"sha256", false}};

static int pack_row(void *context, const struct pack_entry *p)
{
	char installed[CLOCK_TEXT_MAX];

	return writer_row(context,
		(const char *[]){p->id, p->version, p->unit, p->title, p->authority,
			p->effective_from, p->effective_until, p->supersedes,
			p->in_force ? "yes" : "no", p->signed_by, p->unsigned_reason,
			clock_format(p->installed_us, installed), p->sha256},
		NULL);
}

static int run_list(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	int r = writer_new(
		context->form, "pack", columns, ARRAY_SIZE(columns), &writer, reterr);

	(void)args;
	if (r == 0)
		r = inventory_pack_list(context->inventory, pack_row, writer, reterr);
	return r < 0 ? r : writer_finish(writer, reterr);
}

const struct command cmd_pack_list = {
	.name = "pack list",
	.synopsis = "",
	.summary = "the norm packs that are installed, and who answers for each",
	.needs = NEEDS_DATABASE,
	.run = run_list,
};
