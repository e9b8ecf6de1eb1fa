/* SPDX-License-Identifier: Apache-2.0 */
/* TLS over memory, against a server of OpenSSL in the same process. */
#include "tests/unit/scanner/protocol/certificates.h"
#include "tests/unit/scanner/protocol/check.h"

#include "scanner/protocol/channel.h"

#include <malloc.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/ssl.h>

struct server {
	SSL_CTX *context;
	SSL *ssl;
	struct certificate_made made;
};

static struct server server_make(int version)
{
	struct server server = {SSL_CTX_new(TLS_server_method()), NULL,
		certificate_make("c.example", "DNS:c.example")};

	SSL_CTX_set_security_level(server.context, 0);
	SSL_CTX_set_min_proto_version(server.context, version);
	SSL_CTX_set_max_proto_version(server.context, version);
	assert_int_equal(SSL_CTX_use_certificate(server.context, server.made.certificate), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(server.context, server.made.key), 1);
	server.ssl = SSL_new(server.context);
	SSL_set_bio(server.ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	SSL_set_accept_state(server.ssl);
	return server;
}

/* A Diffie-Hellman group of a server's own, as good as none. */
static EVP_PKEY *group_make(int bits)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	BIGNUM *p = BN_new(), *g = BN_new();
	OSSL_PARAM *params;
	EVP_PKEY *group = NULL;

	BN_rand(p, bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD);
	BN_set_word(g, 2);
	OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_FFC_P, p);
	OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_FFC_G, g);
	params = OSSL_PARAM_BLD_to_param(builder);
	EVP_PKEY_fromdata_init(context);
	assert_int_equal(
		EVP_PKEY_fromdata(context, &group, EVP_PKEY_KEY_PARAMETERS, params), 1);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(builder);
	EVP_PKEY_CTX_free(context);
	BN_free(p);
	BN_free(g);
	return group;
}

static void server_forget(struct server *server)
{
	SSL_free(server->ssl);
	SSL_CTX_free(server->context);
	certificate_forget(&server->made);
}

/* Carries bytes both ways until neither side has any. */
static void carry(struct server *server, struct channel *channel)
{
	uint8_t bytes[16384];
	bool moved = true;

	while (moved) {
		size_t n = channel_output(channel, bytes, sizeof(bytes));
		int m;

		moved = n > 0;
		if (n > 0)
			BIO_write(SSL_get_rbio(server->ssl), bytes, (int)n);
		SSL_do_handshake(server->ssl);
		m = BIO_read(SSL_get_wbio(server->ssl), bytes, sizeof(bytes));
		if (m > 0) {
			channel_feed(channel, bytes, (size_t)m);
			moved = true;
		}
	}
}

static void speaks(int version, const char *name)
{
	struct server server = server_make(version);
	_cleanup_(channel_freep) struct channel *channel = NULL;
	struct reading *r = check_reading();
	uint8_t bytes[4096];

	assert_int_equal(protocols_prepare(NULL), 0);
	channel = channel_new(NULL);
	channel_feed(channel, NULL, 0);
	assert_false(channel_is_open(channel));
	carry(&server, channel);
	assert_true(channel_is_open(channel));
	assert_true(channel_write(channel, BYTES("hello")));
	carry(&server, channel);
	assert_int_equal(SSL_read(server.ssl, bytes, sizeof(bytes)), 5);
	SSL_write(server.ssl, "there", 5);
	carry(&server, channel);
	assert_int_equal(channel_read(channel, bytes, sizeof(bytes)), 5);
	assert_int_equal(channel_read(channel, bytes, sizeof(bytes)), 0);
	channel_describe(channel, r);
	check_is(r, "tls.version", name);
	check_is(r, "tls.certificate.subject", "CN=c.example,O=Lanhe");
	assert_true(channel_certificate(channel, bytes, sizeof(bytes)) > 100);
	assert_int_equal(channel_certificate(channel, bytes, 10), 10);
	channel_close(channel);
	assert_true(channel_output(channel, bytes, sizeof(bytes)) > 0); /* the closing alert */
	assert_false(channel_has_failed(channel));
	server_forget(&server);
}

static void versions(void **state)
{
	(void)state;
	speaks(TLS1_VERSION, "TLSv1");
	speaks(TLS1_2_VERSION, "TLSv1.2");
	speaks(TLS1_3_VERSION, "TLSv1.3");
}

static void not_tls(void **state)
{
	static const char *const texts[] = {"HTTP/1.1 400 Bad Request\r\n\r\n", "SSH-2.0-x\r\n",
		"\x15\x03\x01\x00\x02\x02\x46"};

	(void)state;
	assert_int_equal(protocols_prepare(NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_(channel_freep) struct channel *channel = channel_new(NULL);
		struct reading *r = check_reading();
		uint8_t bytes[64];

		channel_feed(channel, NULL, 0);
		channel_feed(channel, (const uint8_t *)texts[i], i == 2 ? 7 : strlen(texts[i]));
		assert_true(channel_has_failed(channel));
		assert_false(channel_is_open(channel));
		channel_describe(channel, r);
		assert_int_equal(r->n_attributes, i == 2);
		check_is(r, "tls.alert", i == 2 ? "protocol version" : NULL);
		assert_int_equal(channel_read(channel, bytes, sizeof(bytes)), 0);
		channel_close(channel);
	}
}

/* One of ten thousand bits would take everybody's time for seconds. Who the server is, is known
 * by then. */
static void groups(void **state)
{
	static const int bits[] = {1024, 4096, 4097};

	(void)state;
	assert_int_equal(protocols_prepare(NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(bits); i++) {
		struct server server = server_make(TLS1_2_VERSION);
		_cleanup_(channel_freep) struct channel *channel = channel_new(NULL);
		EVP_PKEY *key = EVP_RSA_gen(2048);
		uint8_t bytes[1024];

		X509_set_pubkey(server.made.certificate, key);
		X509_sign(server.made.certificate, key, EVP_sha256());
		SSL_use_certificate(server.ssl, server.made.certificate);
		SSL_use_PrivateKey(server.ssl, key);
		SSL_set_cipher_list(server.ssl, "kDHE");
		SSL_set0_tmp_dh_pkey(server.ssl, group_make(bits[i]));
		channel_feed(channel, NULL, 0);
		carry(&server, channel);
		assert_int_equal(channel_is_open(channel), i < 2);
		assert_int_equal(channel_has_failed(channel), i == 2);
		assert_true(channel_certificate(channel, bytes, sizeof(bytes)) > 100);
		EVP_PKEY_free(key);
		server_forget(&server);
	}
}

/* Of the names that the server knows it takes ours, or ends the handshake. */
static int take_protocol(SSL *ssl, const unsigned char **out, unsigned char *size,
	const unsigned char *in, unsigned int n, void *known)
{
	(void)ssl;
	return SSL_select_next_proto((unsigned char **)(uintptr_t)out, size, known,
		       (unsigned int)strlen(known), in, n) == OPENSSL_NPN_NEGOTIATED
		? SSL_TLSEXT_ERR_OK
		: SSL_TLSEXT_ERR_ALERT_FATAL;
}

static void protocols_inside(void **state)
{
	static const struct {
		const char *known, *named, *alpn, *alert;
	} rows[] = {{"\x2h2\x8http/1.1", "http/1.1", "http/1.1", NULL},
		{"\x2h2", "h2", "h2", NULL}, {"\x2h2", NULL, NULL, NULL},
		{"\x2h2", "http/1.1", NULL, "no application protocol"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct server server = server_make(TLS1_3_VERSION);
		_cleanup_(channel_freep) struct channel *channel = channel_new(rows[i].named);
		struct reading *r = check_reading();

		SSL_CTX_set_alpn_select_cb(
			server.context, take_protocol, (void *)(uintptr_t)rows[i].known);
		channel_feed(channel, NULL, 0);
		carry(&server, channel);
		assert_int_equal(channel_is_open(channel), !rows[i].alert);
		assert_int_equal(channel_speaks_other(channel), rows[i].alert != NULL);
		channel_describe(channel, r);
		check_is(r, "tls.alpn", rows[i].alpn);
		check_is(r, "tls.alert", rows[i].alert);
		server_forget(&server);
	}
	assert_null(channel_new("")); /* no name at all, and one that is too long */
	assert_null(channel_new("a name that is too long"));
}

/* What is written of the hello, in its order; what should not be used any more. */
static void weak(void **state)
{
	static const struct {
		int version;
		const char *cipher, *name, *weak, *parameters;
	} rows[] = {{TLS1_VERSION, "ECDHE-ECDSA-AES128-SHA", "TLSv1", "TLSv1",
			    "version 0301, cipher c009, extensions ff01 000b 0016 0017"},
		{TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256", "TLSv1.2", NULL,
			"version 0303, cipher c02b, extensions ff01 000b 0017"},
		{TLS1_3_VERSION, NULL, "TLSv1.3", NULL,
			"version 0303, cipher 1302, extensions 002b 0033"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct server server = server_make(rows[i].version);
		_cleanup_(channel_freep) struct channel *channel = channel_new(NULL);
		struct reading *r = check_reading();

		ASN1_TIME_set_string(
			X509_getm_notAfter(server.made.certificate), "20990101000000Z");
		ASN1_TIME_set_string(
			X509_getm_notBefore(server.made.certificate), "20200101000000Z");
		X509_sign(server.made.certificate, server.made.key, EVP_sha256());
		SSL_use_certificate(server.ssl, server.made.certificate);
		if (rows[i].cipher)
			SSL_set_cipher_list(server.ssl, rows[i].cipher);
		channel_feed(channel, NULL, 0);
		carry(&server, channel);
		assert_true(channel_is_open(channel));
		channel_describe(channel, r);
		check_is(r, "tls.version", rows[i].name);
		check_is(r, "tls.weak", rows[i].weak);
		check_is(r, "tls.server.parameters", rows[i].parameters);
		check_is(r, "tls.chain", "1");
		server_forget(&server);
	}
}

/* By this machine's clock; both times are far from any that the test can be run at. */
static void out_of_time(void **state)
{
	static const struct {
		const char *from, *until, *weak;
	} rows[] = {{"20000101000000Z", "20010101000000Z", "certificate expired"},
		{"20980101000000Z", "20990101000000Z", "certificate not yet valid"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct server server = server_make(TLS1_3_VERSION);
		_cleanup_(channel_freep) struct channel *channel = channel_new(NULL);
		struct reading *r = check_reading();

		ASN1_TIME_set_string(
			X509_getm_notBefore(server.made.certificate), rows[i].from);
		ASN1_TIME_set_string(
			X509_getm_notAfter(server.made.certificate), rows[i].until);
		X509_sign(server.made.certificate, server.made.key, EVP_sha256());
		SSL_use_certificate(server.ssl, server.made.certificate);
		channel_feed(channel, NULL, 0);
		carry(&server, channel);
		channel_describe(channel, r);
		check_is(r, "tls.weak", rows[i].weak);
		server_forget(&server);
	}
}

/* A server that shows a certificate of many names, and others after it. */
static const struct reading *shows(int names, int others, bool *ret_open)
{
	struct server server = server_make(TLS1_2_VERSION);
	_cleanup_(channel_freep) struct channel *channel = channel_new(NULL);
	GENERAL_NAMES *list = sk_GENERAL_NAME_new_null();
	struct reading *r = check_reading();

	for (int i = 0; i < names; i++) {
		GENERAL_NAME *name = GENERAL_NAME_new();
		ASN1_IA5STRING *text = ASN1_IA5STRING_new();
		char host[64];

		snprintf(host, sizeof(host), "host-%d.plant.example", i);
		ASN1_STRING_set(text, host, -1);
		GENERAL_NAME_set0_value(name, GEN_DNS, text);
		sk_GENERAL_NAME_push(list, name);
	}
	X509_add1_ext_i2d(
		server.made.certificate, NID_subject_alt_name, list, 0, X509V3_ADD_REPLACE);
	X509_sign(server.made.certificate, server.made.key, EVP_sha256());
	SSL_use_certificate(server.ssl, server.made.certificate);
	for (int i = 0; i < others; i++)
		SSL_add1_chain_cert(server.ssl, server.made.certificate);
	sk_GENERAL_NAME_pop_free(list, GENERAL_NAME_free);
	channel_feed(channel, NULL, 0);
	carry(&server, channel);
	*ret_open = channel_is_open(channel);
	assert_int_equal(channel_has_failed(channel), !*ret_open);
	channel_describe(channel, r);
	server_forget(&server);
	return r;
}

/* Bounded, and it is told: many names, ten thousand of them, a chain of 1 MiB. */
static void absurd_certificates(void **state)
{
	const struct reading *r;
	bool open;

	(void)state;
	r = shows(2000, 2, &open); /* 52 KB each: the chain is too much, one alone is not */
	assert_false(open);
	check_is(r, "tls.limit", "certificates of more than 65536 bytes");
	r = shows(2000, 0, &open);
	assert_true(open);
	check_is(r, "tls.limit", NULL);
	check_is(r, "tls.certificate.san.more", "1984");
	check_is(r, "tls.chain", "1");
	assert_true(r->n_names <= READING_NAMES_MAX);
	r = shows(10000, 0, &open);
	assert_false(open);
	check_is(r, "tls.limit", "certificates of more than 65536 bytes");
	check_is(r, "tls.version", "TLSv1.2"); /* what came before it is known */
	r = shows(100, 400, &open); /* 400 of 2.7 KB */
	assert_false(open);
	check_is(r, "tls.limit", "certificates of more than 65536 bytes");
	r = shows(1, 5, &open);
	assert_true(open);
	check_is(r, "tls.chain", "6");
}

/* There may be thousands that wait for the server's first word. */
static void holds_little_while_it_waits(void **state)
{
	struct channel *channels[100];
	struct mallinfo2 before, after;
	uint8_t out[8192];

	(void)state;
	assert_int_equal(channel_prepare(NULL), 0);
	before = mallinfo2();
	for (size_t i = 0; i < ARRAY_SIZE(channels); i++) {
		channels[i] = channel_new(NULL);
		channel_feed(channels[i], NULL, 0);
		assert_true(channel_output(channels[i], out, sizeof(out)) > 0);
	}
	after = mallinfo2();
	assert_true(after.uordblks - before.uordblks <= ARRAY_SIZE(channels) * 56 * 1024);
	for (size_t i = 0; i < ARRAY_SIZE(channels); i++)
		channel_free(channels[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(holds_little_while_it_waits),
		cmocka_unit_test(versions), cmocka_unit_test(not_tls), cmocka_unit_test(groups),
		cmocka_unit_test(protocols_inside), cmocka_unit_test(weak),
		cmocka_unit_test(out_of_time), cmocka_unit_test(absurd_certificates)};

	return RUN(tests);
}
