/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SNMP's user-based security against known answers: keys of MD5 and SHA by RFC 3414, A.3; those
 * of SHA-2, signatures and ciphertexts by another implementation (RFC 7860 and RFC 3826 have no
 * examples of their own).
 */
#include "tests/unit/unit.h"

#include "scanner/protocol/protocol.h"
#include "scanner/protocol/usm.h"

#include <stdio.h>

static const uint8_t engine[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2};

static const char *hex(const uint8_t *bytes, size_t size)
{
	static char text[4096];

	for (size_t i = 0; i < size; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	text[2 * size] = '\0';
	return text;
}

static struct login user(enum login_auth auth, enum login_privacy privacy)
{
	return (struct login){.kind = LOGIN_USER,
		.name = "reader",
		.auth = auth,
		.privacy = privacy,
		.auth_secret = "maplesyrup",
		.privacy_secret = "maplesyrup"};
}

static void keys(void **state)
{
	static const struct {
		enum login_auth auth;
		const char *key;
	} known[] = {
		{LOGIN_MD5, "526f5eed9fcce26f8964c2930787d82b"},
		{LOGIN_SHA1, "6695febc9288e36282235fc7151f128497b38f3f"},
		{LOGIN_SHA224, "0bd8827c6e29f8065e08e09237f177e410f69b90e1782be682075674"},
		{LOGIN_SHA256,
			"8982e0e549e866db361a6b625d84cccc11162d453ee8ce3a6445c2d6776f0f8b"},
		{LOGIN_SHA384,
			"3b298f16164a11184279d5432bf169e2d2a48307de02b3d3f7e2b4f36eb6f045"
			"5a53689a3937eea07319a633d2ccba78"},
		{LOGIN_SHA512,
			"22a5a36cedfcc085807a128d7bc6c2382167ad6c0dbc5fdff856740f3d84c099"
			"ad1ea87a8db096714d9788bd544047c9021e4229ce27e4c0a69250adfcffbb0b"},
	};
	uint8_t key[USM_KEY_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		size_t n = usm_key(known[i].auth, "maplesyrup", engine, sizeof(engine), key);

		assert_int_equal(n, strlen(known[i].key) / 2);
		assert_string_equal(hex(key, n), known[i].key);
	}
	assert_int_equal(usm_key(LOGIN_MD5, "", engine, sizeof(engine), key), 0);
	assert_int_equal(
		usm_key(LOGIN_AUTH_NONE, "maplesyrup", engine, sizeof(engine), key), 0);
}

/* A message of a hundred bytes, 0 to 99, but for zeros at 20. */
static void signatures(void **state)
{
	static const struct {
		enum login_auth auth;
		const char *signature;
	} known[] = {
		{LOGIN_MD5, "ff2dcb3307c5b37218df6778"},
		{LOGIN_SHA1, "3e04c6172c052a8c9bf27a77"},
		{LOGIN_SHA224, "65304f783a7debd8db08090f04639008"},
		{LOGIN_SHA256, "b02288d89b3fa3dbfafa937546daf990268a3d1c27e89647"},
		{LOGIN_SHA384,
			"835a8c7fa73d84b7df96c8b74e09c2d4ecb974104a8c23277148c88b0aec1651"},
		{LOGIN_SHA512,
			"c3deb220211da5e4b018b9293c9733e3122897bea5be1951c438099c0abc1411"
			"87641632b280a470a884286acd4def8a"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		const struct login login = user(known[i].auth, LOGIN_PRIVACY_NONE);
		_cleanup_(usm_freep) struct usm *usm = usm_new(&login, engine, sizeof(engine));
		size_t n = usm_signature_size(known[i].auth);
		uint8_t message[100];

		assert_non_null(usm);
		assert_int_equal(n, strlen(known[i].signature) / 2);
		for (size_t k = 0; k < sizeof(message); k++)
			message[k] = (uint8_t)k;
		assert_true(usm_sign(usm, message, sizeof(message), 20));
		assert_string_equal(hex(message + 20, n), known[i].signature);
		assert_true(usm_check(usm, message, sizeof(message), 20));
		for (size_t k = 0; k < sizeof(message); k++) { /* each byte counts */
			message[k] ^= 0x10;
			assert_false(usm_check(usm, message, sizeof(message), 20));
			message[k] ^= 0x10;
		}
		assert_false(usm_check(usm, message, sizeof(message) - 1, 20));
		assert_false(usm_check(usm, message, 20 + n - 1, 20));
		assert_false(usm_check(usm, message, 0, 0));
		assert_false(usm_sign(usm, message, n, SIZE_MAX));
	}
}

/* Sixteen bytes, 0 to 15, at boots 3 and time 1000. */
static void ciphers(void **state)
{
	static const struct {
		enum login_auth auth;
		enum login_privacy privacy;
		const char *bytes, *salt;
	} known[] = {
		{LOGIN_MD5, LOGIN_DES, "b2e184ed784b124701bcb2175f0dd3ab", "0000000305060708"},
		{LOGIN_SHA1, LOGIN_DES, "2846b82faa98b89c4c55c1730c357d72", "0000000305060708"},
		{LOGIN_MD5, LOGIN_AES128, "c9b92dbc4b58a71905bbd4db57b5d8c4",
			"0102030405060708"},
		{LOGIN_SHA1, LOGIN_AES128, "ccc3e682983f99cc365aa89ce59d383b",
			"0102030405060708"},
		{LOGIN_SHA512, LOGIN_AES128, "61d307ec7a4fbddf7a666eb8275f1dc9",
			"0102030405060708"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		const struct login login = user(known[i].auth, known[i].privacy);
		_cleanup_(usm_freep) struct usm *usm = usm_new(&login, engine, sizeof(engine));
		uint8_t bytes[24], salt[USM_SALT_SIZE], plain[24];

		assert_non_null(usm);
		for (size_t k = 0; k < 16; k++)
			bytes[k] = (uint8_t)k;
		assert_int_equal(
			usm_encrypt(usm, 3, 1000, 0x0102030405060708, bytes, 16, salt), 16);
		assert_string_equal(hex(bytes, 16), known[i].bytes);
		assert_string_equal(hex(salt, sizeof(salt)), known[i].salt);
		for (size_t size = 1; size <= 16; size++) { /* back again, padded or not */
			size_t n;

			for (size_t k = 0; k < size; k++)
				bytes[k] = (uint8_t)(k * 7);
			n = usm_encrypt(usm, 3, 1000, size, bytes, size, salt);
			assert_in_range(n, size, size + USM_PADDING_MAX);
			assert_int_equal(
				n, known[i].privacy == LOGIN_DES ? (size + 7) / 8 * 8 : size);
			assert_true(usm_decrypt(usm, 3, 1000, salt, bytes, n, plain));
			for (size_t k = 0; k < size; k++)
				assert_int_equal(plain[k], (uint8_t)(k * 7));
			if (known[i].privacy == LOGIN_DES)
				assert_false(
					usm_decrypt(usm, 3, 1000, salt, bytes, n - 1, plain));
		}
		assert_false(usm_decrypt(usm, 3, 1000, salt, bytes, 0, plain));
	}
}

static void without_a_key(void **state)
{
	struct login login = user(LOGIN_AUTH_NONE, LOGIN_PRIVACY_NONE);
	uint8_t plain[16];
	struct usm *usm;

	(void)state;
	assert_null(usm_new(&login, engine, sizeof(engine)));
	login.kind = LOGIN_COMMUNITY;
	login.auth = LOGIN_SHA1;
	assert_null(usm_new(&login, engine, sizeof(engine)));
	assert_true(usm_can(&login));
	login = user(LOGIN_SHA1, LOGIN_PRIVACY_NONE);
	usm = usm_new(&login, engine, sizeof(engine));
	assert_non_null(usm);
	assert_false(usm_decrypt(
		usm, 0, 0, (const uint8_t *)"12345678", plain, sizeof(plain), plain));
	usm_free(usm);
	usm_free(NULL);
}

static int prepare(void **state)
{
	(void)state;
	return protocols_prepare(NULL) == 0 && usm_prepare(NULL) == 0 ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(keys), cmocka_unit_test(signatures),
		cmocka_unit_test(ciphers), cmocka_unit_test(without_a_key)};

	return cmocka_run_group_tests(tests, prepare, NULL);
}
