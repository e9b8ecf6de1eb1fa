/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and detached signatures: what verifies, and every way in which it must not. */
#include "tests/unit/unit.h"

#include "common/clock.h"
#include "common/file.h"
#include "common/model/signature.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAY (24LL * 3600 * CLOCK_SECOND)
#define NOW (20000 * DAY)

static char dir[] = "/tmp/cadastre-test-signature-XXXXXX";

static const char *in_dir(const char *name)
{
	static char paths[8][128];
	static int next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
	return path;
}

static void put(const char *name, const char *text, size_t n)
{
	struct error error = {0};

	assert_int_equal(file_publish(in_dir(name), text, n, &error), 0);
}

static struct str get(const char *name)
{
	struct str text = STR_INIT(64 * 1024);
	struct error error = {0};

	assert_int_equal(file_read(in_dir(name), 64 * 1024, &text, &error), 0);
	return text;
}

static void make(const char *name, const char *signer, int64_t from, int64_t until)
{
	struct error error = {0};
	struct key_info info;

	assert_int_equal(key_make(in_dir(name), signer, from, until, &info, &error), 0);
	assert_true(info.is_private);
}

static void sign(const char *file, const char *key_name, int64_t at)
{
	_cleanup_(key_freep) struct key *key = NULL;
	struct signature signature;
	struct error error = {0};

	assert_int_equal(key_read(in_dir(key_name), &key, &error), 0);
	assert_int_equal(signature_make(in_dir(file), key, at, &signature, &error), 0);
}

static int check(const char *file, const char *trusted, int64_t at, struct error *error)
{
	struct signature signature = {0};
	struct key_ring ring = {0};
	char sig[160];
	int r;

	memset(error, 0, sizeof(*error));
	snprintf(sig, sizeof(sig), "%s.sig", in_dir(file));
	assert_int_equal(key_ring_load(in_dir(trusted), &ring, error), 0);
	r = signature_verify(in_dir(file), sig, &ring, at, &signature, error);
	if (r == 0)
		assert_string_equal(signature.signer, "Lanhe Power, dispatch");
	key_ring_done(&ring);
	return r;
}

static void refused(const char *file, const char *trusted, int64_t at, const char *said)
{
	struct error error;

	assert_int_equal(check(file, trusted, at, &error), ERROR_INPUT);
	if (!strstr(error.text, said))
		fail_msg("not \"%s\": %s", said, error.text);
}

static void keys(void **state)
{
	_cleanup_(key_freep) struct key *key = NULL;
	struct key_info info;
	struct error error = {0};
	struct stat st;

	(void)state;
	assert_int_equal(stat(in_dir("ours"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(key_read(in_dir("ours.pub"), &key, &error), 0);
	assert_false(key_info(key)->is_private);
	assert_string_equal(key_info(key)->signer, "Lanhe Power, dispatch");
	assert_int_equal(strlen(key_info(key)->id), 64);
	assert_true(key_info(key)->until_us == NOW + 100 * DAY);
	/* Never over another one. */
	assert_int_equal(key_make(in_dir("ours"), "x", 0, DAY, &info, &error), ERROR_USAGE);
	assert_int_equal(key_make(in_dir("n"), "", 0, DAY, &info, &error), ERROR_USAGE);
	assert_int_equal(key_make(in_dir("n"), "a\nb", 0, DAY, &info, &error), ERROR_USAGE);
	assert_int_equal(key_make(in_dir("n"), "a", DAY, DAY, &info, &error), ERROR_USAGE);
	assert_int_equal(access(in_dir("n"), F_OK), -1);
}

static void a_private_key_that_others_can_read(void **state)
{
	struct key *key = NULL;
	struct error error = {0};

	(void)state;
	assert_int_equal(chmod(in_dir("ours"), 0640), 0);
	assert_int_equal(key_read(in_dir("ours"), &key, &error), ERROR_PERMISSION);
	assert_int_equal(chmod(in_dir("ours"), 0600), 0);
}

static void good_ones(void **state)
{
	struct error error;

	(void)state;
	assert_int_equal(check("file", "ours.pub", NOW, &error), 0);
	assert_int_equal(check("file", "trusted", NOW, &error), 0);
	put("unsigned", "x", 1);
	assert_int_equal(check("unsigned", "trusted", NOW, &error), 1);
}

static void altered_files(void **state)
{
	struct str text = get("file");

	(void)state;
	put("file", "another content\n", 16);
	refused("file", "trusted", NOW, "it is not the file that");
	put("file", text.data, text.len - 1);
	refused("file", "trusted", NOW, "it is not the file that");
	put("file", text.data, text.len);
	str_done(&text);
}

/* Every byte of the signature file counts, and each shorter one is refused. */
static void altered_signatures(void **state)
{
	struct str text = get("file.sig");
	struct error error;

	(void)state;
	for (size_t i = 0; i < text.len; i++) {
		text.data[i] ^= 1;
		put("file.sig", text.data, text.len);
		text.data[i] ^= 1;
		assert_int_equal(check("file", "trusted", NOW, &error), ERROR_INPUT);
		assert_true(error.text[0]);
	}
	for (size_t n = 0; n < text.len; n++) {
		put("file.sig", text.data, n);
		assert_int_equal(check("file", "trusted", NOW, &error), ERROR_INPUT);
	}
	str_addc(&text, ' ');
	put("file.sig", text.data, text.len);
	refused("file", "trusted", NOW, "stands after its end");
	put("file.sig", text.data, text.len - 1);
	assert_int_equal(check("file", "trusted", NOW, &error), 0);
	str_done(&text);
}

static void replaced_signatures(void **state)
{
	struct str own = get("file.sig"), other = STR_INIT(1);

	(void)state;
	/* Of another file by the same signer. */
	put("other", "other\n", 6);
	sign("other", "ours", NOW);
	other = get("other.sig");
	put("file.sig", other.data, other.len);
	refused("file", "trusted", NOW, "or the signature is of another file");
	str_done(&other);
	/* Of this file by somebody unknown. */
	sign("file", "theirs", NOW);
	refused("file", "trusted", NOW, "not trusted here");
	put("file.sig", own.data, own.len);
	str_done(&own);
}

static void times(void **state)
{
	struct error error;

	(void)state;
	refused("file", "trusted", NOW + 100 * DAY, "ended at");
	refused("file", "trusted", NOW - 2 * DAY, "has not come yet");
	sign("file", "ours", NOW + 50 * DAY);
	refused("file", "trusted", NOW, "has not come yet");
	assert_int_equal(check("file", "trusted", NOW + 50 * DAY, &error), 0);
	sign("file", "ours", NOW);
}

static void keys_that_are_not_in_force_do_not_sign(void **state)
{
	_cleanup_(key_freep) struct key *key = NULL;
	struct signature signature;
	struct error error = {0};

	(void)state;
	assert_int_equal(key_read(in_dir("ours"), &key, &error), 0);
	assert_int_equal(
		signature_make(in_dir("file"), key, NOW + 101 * DAY, &signature, &error),
		ERROR_USAGE);
	assert_int_equal(
		signature_make(in_dir("file"), key, NOW - 101 * DAY, &signature, &error),
		ERROR_USAGE);
}

static void a_public_key_does_not_sign(void **state)
{
	_cleanup_(key_freep) struct key *key = NULL;
	struct signature signature;
	struct error error = {0};

	(void)state;
	assert_int_equal(key_read(in_dir("ours.pub"), &key, &error), 0);
	assert_int_equal(
		signature_make(in_dir("file"), key, NOW, &signature, &error), ERROR_USAGE);
}

/* A trusted file whose head names another signer: the receiver's word counts. */
static void another_name(void **state)
{
	struct str text = get("ours.pub");
	char *at = strstr(text.data, "Lanhe");

	(void)state;
	assert_non_null(at);
	memcpy(at, "Manhe", 5);
	put("renamed.pub", text.data, text.len);
	str_done(&text);
	refused("file", "renamed.pub", NOW, "but the key is of \"Manhe");
}

/* A public key file comes from somebody else: a time that never is, is no key's. */
static void a_key_that_would_end_before_it_begins(void **state)
{
	struct str text = get("ours.pub");
	struct key *key = NULL;
	struct error error = {0};

	(void)state;
	memcpy(strstr(text.data, "valid-from: ") + strlen("valid-from: "), "2999", 4);
	put("never.pub", text.data, text.len);
	assert_int_equal(key_read(in_dir("never.pub"), &key, &error), ERROR_INPUT);
	assert_non_null(strstr(error.text, "it would end before it begins"));
	assert_null(key);
	unlink(in_dir("never.pub"));
	str_done(&text);
}

static void broken_keys(void **state)
{
	struct str text = get("ours.pub");
	struct error error = {0};
	struct key *key = NULL;

	(void)state;
	for (size_t n = 0; n + 2 < text.len; n += 3) {
		put("broken.pub", text.data, n);
		assert_int_equal(key_read(in_dir("broken.pub"), &key, &error), ERROR_INPUT);
		assert_non_null(strstr(error.text, "broken.pub"));
	}
	unlink(in_dir("broken.pub"));
	str_done(&text);
}

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(dir) || mkdir(in_dir("trusted"), 0700) < 0)
		return -1;
	make("ours", "Lanhe Power, dispatch", NOW - 100 * DAY, NOW + 100 * DAY);
	make("theirs", "Somebody", NOW - 100 * DAY, NOW + 100 * DAY);
	if (link(in_dir("ours.pub"), in_dir("trusted/ours.pub")) < 0)
		return -1;
	put("file", "what is signed\n", 15);
	sign("file", "ours", NOW);
	return 0;
}

static int teardown(void **state)
{
	static const char *const names[] = {"ours", "ours.pub", "theirs", "theirs.pub", "file",
		"file.sig", "other", "other.sig", "unsigned", "renamed.pub", "broken.pub",
		"trusted/ours.pub"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(in_dir(names[i]));
	rmdir(in_dir("trusted"));
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys),
		cmocka_unit_test(a_private_key_that_others_can_read),
		cmocka_unit_test(good_ones),
		cmocka_unit_test(altered_files),
		cmocka_unit_test(altered_signatures),
		cmocka_unit_test(replaced_signatures),
		cmocka_unit_test(times),
		cmocka_unit_test(keys_that_are_not_in_force_do_not_sign),
		cmocka_unit_test(a_public_key_does_not_sign),
		cmocka_unit_test(another_name),
		cmocka_unit_test(a_key_that_would_end_before_it_begins),
		cmocka_unit_test(broken_keys),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
