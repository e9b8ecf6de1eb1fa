/* SPDX-License-Identifier: Apache-2.0 */
/* key make, key show, sign, verify: who says so, for files that are carried by hand. */
#include "cli/command.h"

#include "cli/sign.h"
#include "common/clock.h"

#include <stdio.h>
#include <string.h>

#define KEY_YEARS 2 /* that a key is in force if nothing else is said */
#define YEAR_US (365LL * 24 * 3600 * CLOCK_SECOND)

static const struct column key_columns[] = {{"file", false}, {"kind", false}, {"id", false},
	{"signer", false}, {"valid_from", false}, {"valid_until", false}};

static int key_row(struct writer *writer, const char *path, const struct key_info *info,
	struct error *reterr)
{
	char from[CLOCK_TEXT_MAX], until[CLOCK_TEXT_MAX];
	const char *cells[] = {path, info->is_private ? "private" : "public", info->id,
		info->signer, clock_format(info->from_us, from),
		clock_format(info->until_us, until)};

	return writer_row(writer, cells, reterr);
}

static int time_option(const struct args *args, const char *name, int64_t otherwise,
	int64_t *ret, struct error *reterr)
{
	const char *text = args_get(args, name, NULL);
	int r;

	*ret = otherwise;
	if (!text)
		return 0;
	r = clock_parse(text, ret, reterr);
	return r < 0 ? error_wrap(reterr, ERROR_USAGE, "--%s", name) : 0;
}

static int run_make(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	const char *path = args_positional(args, 0), *signer = args_get(args, "signer", NULL);
	struct key_info info = {0};
	int64_t from, until;
	int r;

	if (!signer)
		return error_set(
			reterr, ERROR_USAGE, "name whose key it will be, with --signer");
	r = time_option(
		args, "from", clock_wall_us() / CLOCK_SECOND * CLOCK_SECOND, &from, reterr);
	if (r == 0)
		r = time_option(args, "until", from + KEY_YEARS * YEAR_US, &until, reterr);
	if (r == 0)
		r = key_make(path, signer, from, until, &info, reterr);
	if (r == 0)
		r = writer_new(context->form, "key", key_columns, ARRAY_SIZE(key_columns),
			&writer, reterr);
	if (r == 0)
		r = key_row(writer, path, &info, reterr);
	if (r < 0)
		return r;
	say(context, "keep \"%s\" to yourself; give \"%s.pub\" to whom you send files, and let "
		     "them compare the id with you by another way", path, path);
	return writer_finish(writer, reterr);
}

static const struct option_row make_options[] = {
	{"signer", 0, "NAME", "whose key it is, as it stands in signatures"},
	{"from", 0, "TIME", "in force from; default: now"},
	{"until", 0, "TIME", "in force until; default: two years"},
	{0},
};

const struct command cmd_key_make = {
	.name = "key make",
	.synopsis = "--signer NAME FILE",
	.summary = "make an Ed25519 key: the private one in FILE, the public one in FILE.pub",
	.options = make_options,
	.min_positional = 1,
	.max_positional = 1,
	.run = run_make,
};

static int run_show(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	const char *path;
	int r = writer_new(
		context->form, "key", key_columns, ARRAY_SIZE(key_columns), &writer, reterr);

	for (size_t i = 0; r == 0 && (path = args_positional(args, i)); i++) {
		_cleanup_(key_freep) struct key *key = NULL;

		r = key_read(path, &key, reterr);
		if (r == 0)
			r = key_row(writer, path, key_info(key), reterr);
	}
	return r < 0 ? r : writer_finish(writer, reterr);
}

const struct command cmd_key_show = {
	.name = "key show",
	.synopsis = "FILE...",
	.summary = "whose a key is, its id, and how long it is in force",
	.min_positional = 1,
	.max_positional = ARGS_MAX,
	.run = run_show,
};

/* ---- signatures -------------------------------------------------------------------------- */

static const struct column signature_columns[] = {{"file", false}, {"signer", false},
	{"signed", false}, {"key", false}, {"sha256", false}};

static int signature_row(struct writer *writer, const char *path,
	const struct signature *signature, struct error *reterr)
{
	char time[CLOCK_TEXT_MAX];
	const char *cells[] = {path, signature->signer,
		clock_format(signature->signed_us, time), signature->key_id, signature->sha256};

	return writer_row(writer, cells, reterr);
}

int sign_file(const char *path, const char *key_path, struct signature *ret_signature,
	struct error *reterr)
{
	_cleanup_(key_freep) struct key *key = NULL;
	int r = key_read(key_path, &key, reterr);

	return r < 0 ? r
		     : signature_make(path, key, clock_wall_us() / CLOCK_SECOND * CLOCK_SECOND,
			       ret_signature, reterr);
}

static int run_sign(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	const char *key = args_get(args, "key", NULL), *path;
	int r;

	if (!key)
		return error_set(reterr, ERROR_USAGE, "name the private key with --key");
	r = writer_new(context->form, "signature", signature_columns,
		ARRAY_SIZE(signature_columns), &writer, reterr);
	for (size_t i = 0; r == 0 && (path = args_positional(args, i)); i++) {
		struct signature signature = {0};

		r = sign_file(path, key, &signature, reterr);
		if (r == 0)
			r = signature_row(writer, path, &signature, reterr);
	}
	return r < 0 ? r : writer_finish(writer, reterr);
}

static const struct option_row sign_options[] = {
	{"key", 0, "FILE", "the private key"},
	{0},
};

const struct command cmd_sign = {
	.name = "sign",
	.synopsis = "--key FILE FILE...",
	.summary = "sign files: a detached signature in FILE.sig",
	.options = sign_options,
	.min_positional = 1,
	.max_positional = ARGS_MAX,
	.run = run_sign,
};

static int run_verify(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	const char *trusted = args_get(args, "trusted", context->trusted), *path;
	struct key_ring ring = {0};
	int64_t at;
	int r;

	if (!trusted)
		return error_set(reterr, ERROR_USAGE, "name the trusted keys with --trusted");
	r = time_option(args, "as-of", clock_wall_us(), &at, reterr);
	if (r == 0)
		r = key_ring_load(trusted, &ring, reterr);
	if (r == 0)
		r = writer_new(context->form, "signature", signature_columns,
			ARRAY_SIZE(signature_columns), &writer, reterr);
	for (size_t i = 0; r == 0 && (path = args_positional(args, i)); i++) {
		struct signature signature = {0};
		char sig_path[4096];

		snprintf(sig_path, sizeof(sig_path), "%.4000s" SIGNATURE_SUFFIX, path);
		r = signature_verify(path, sig_path, &ring, at, &signature, reterr);
		if (r > 0)
			r = error_set(reterr, ERROR_INPUT,
				"%s: it is not signed: there is no \"%s\"", path, sig_path);
		if (r == 0)
			r = signature_row(writer, path, &signature, reterr);
	}
	key_ring_done(&ring);
	return r < 0 ? r : writer_finish(writer, reterr);
}

static const struct option_row verify_options[] = {
	{"trusted", 0, "PATH", "public key, or directory of *.pub"},
	{"as-of", 0, "TIME", "judge the keys as of then; default: now"},
	{0},
};

const struct command cmd_verify = {
	.name = "verify",
	.synopsis = "--trusted PATH FILE...",
	.summary = "verify the signatures beside files",
	.options = verify_options,
	.min_positional = 1,
	.max_positional = ARGS_MAX,
	.run = run_verify,
};
