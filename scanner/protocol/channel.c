/* SPDX-License-Identifier: Apache-2.0 */
/* TLS over memory by OpenSSL; see channel.h. */
#include "scanner/protocol/channel.h"

#include "scanner/protocol/certificate.h"
#include "scanner/protocol/serverhello.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <stdio.h>
#include <string.h>

#define ALPN_MAX 16
#define CIPHER_BITS_LEAST 128
/* Of a server's own Diffie-Hellman group; ten thousand take seconds. */
#define GROUP_BITS_MAX 4096

enum { HANDSHAKE_HEADER = 4, NO_ALERT = -1 };

struct channel {
	SSL *ssl;
	bool open, failed;
	bool counted; /* among those that are open */
	bool too_large; /* certificates of more than CERTIFICATE_MAX */
	bool greeted;   /* `hello` was heard */
	struct serverhello hello;
	int alert; /* of the server's; NO_ALERT */
};

/* Made once, before the sandbox; channels share it. */
static SSL_CTX *context;
static size_t n_open;

/* Anything is good enough to look at, but one server must not hold up everybody else. */
static int permits(const SSL *ssl, const SSL_CTX *ctx, int operation, int bits, int nid,
	void *other, void *ex)
{
	(void)ssl, (void)ctx, (void)bits, (void)nid, (void)ex;
	return operation != SSL_SECOP_TMP_DH || !other ||
	       EVP_PKEY_get_bits(other) <= GROUP_BITS_MAX;
}

/* OpenSSL shows every message. Of the server's hellos the last counts: one before it may ask
 * for another hello of ours. */
static void told(
	int ours, int version, int type, const void *bytes, size_t size, SSL *ssl, void *other)
{
	struct channel *channel = SSL_get_app_data(ssl);
	const uint8_t *message = bytes;

	(void)version, (void)other;
	if (ours || !channel)
		return;
	if (type == SSL3_RT_ALERT && size == 2 && message[1] != SSL3_AD_CLOSE_NOTIFY)
		channel->alert = message[1];
	if (type == SSL3_RT_HANDSHAKE && size > HANDSHAKE_HEADER &&
		message[0] == SSL3_MT_SERVER_HELLO)
		channel->greeted = serverhello_parse(
			cursor_of(message + HANDSHAKE_HEADER, size - HANDSHAKE_HEADER),
			&channel->hello);
}

int channel_prepare(struct error *reterr)
{
	struct channel *trial;

	if (context)
		return 0;
	OPENSSL_init_ssl(OPENSSL_INIT_LOAD_SSL_STRINGS | OPENSSL_INIT_NO_ATEXIT, NULL);
	context = SSL_CTX_new(TLS_client_method());
	if (!context)
		return error_set(reterr, ERROR_SYSTEM, "cannot set up TLS: OpenSSL refused");
	SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
	SSL_CTX_set_security_level(context, 0);
	SSL_CTX_set_security_callback(context, permits);
	SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
	SSL_CTX_set_msg_callback(context, told);
	SSL_CTX_set_cipher_list(context, "ALL:!aNULL:!eNULL");
	SSL_CTX_set_max_cert_list(context, CERTIFICATE_MAX);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(
		context, SSL_MODE_RELEASE_BUFFERS); /* half of what one holds while it waits */
	SSL_CTX_set_options(context, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_NO_TICKET |
		SSL_OP_IGNORE_UNEXPECTED_EOF);
	/* The first hello seeds the random generator and fetches the algorithms. */
	trial = channel_new(NULL);
	if (trial)
		channel_feed(trial, NULL, 0);
	channel_free(trial);
	return trial ? 0 : error_set(reterr, ERROR_SYSTEM, "cannot set up TLS: no memory");
}

/* The list of one name, as it goes into the hello. */
static bool name_protocol(SSL *ssl, const char *alpn)
{
	uint8_t list[ALPN_MAX];
	size_t n = strlen(alpn);

	if (n == 0 || n >= sizeof(list))
		return false;
	list[0] = (uint8_t)n;
	memcpy(list + 1, alpn, n);
	return SSL_set_alpn_protos(ssl, list, (unsigned int)n + 1) == 0;
}

struct channel *channel_new(const char *alpn)
{
	_cleanup_(channel_freep) struct channel *channel = calloc(1, sizeof(*channel));
	BIO *in, *out;

	if (!channel || !context)
		return NULL;
	channel->ssl = SSL_new(context);
	in = BIO_new(BIO_s_mem());
	out = BIO_new(BIO_s_mem());
	if (!channel->ssl || !in || !out) {
		BIO_free(in);
		BIO_free(out);
		return NULL;
	}
	BIO_set_mem_eof_return(in, -1);
	SSL_set_bio(channel->ssl, in, out);
	SSL_set_connect_state(channel->ssl);
	channel->alert = NO_ALERT;
	SSL_set_app_data(channel->ssl, channel);
	if (alpn && !name_protocol(channel->ssl, alpn))
		return NULL;
	channel->counted = true;
	n_open++;
	return STEAL(channel);
}

void channel_free(struct channel *channel)
{
	if (!channel)
		return;
	n_open -= channel->counted;
	SSL_free(channel->ssl);
	free(channel);
}

size_t channels_open(void)
{
	return n_open;
}

static void judge(struct channel *channel, int r)
{
	int why = SSL_get_error(channel->ssl, r);
	unsigned long error = ERR_peek_error();

	if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE &&
		why != SSL_ERROR_ZERO_RETURN)
		channel->failed = true;
	if (ERR_GET_LIB(error) == ERR_LIB_SSL &&
		ERR_GET_REASON(error) == SSL_R_EXCESSIVE_MESSAGE_SIZE)
		channel->too_large = true;
	ERR_clear_error();
}

void channel_feed(struct channel *channel, const uint8_t *bytes, size_t size)
{
	int r;

	ERR_clear_error();
	if (size > 0 && BIO_write(SSL_get_rbio(channel->ssl), bytes, (int)size) != (int)size)
		channel->failed = true;
	if (channel->open || channel->failed)
		return;
	r = SSL_do_handshake(channel->ssl);
	if (r == 1)
		channel->open = true;
	else
		judge(channel, r);
}

bool channel_is_open(const struct channel *channel)
{
	return channel->open;
}

bool channel_has_failed(const struct channel *channel)
{
	return channel->failed;
}

bool channel_has_ended(const struct channel *channel)
{
	return SSL_get_shutdown(channel->ssl) & SSL_RECEIVED_SHUTDOWN;
}

bool channel_speaks_other(const struct channel *channel)
{
	return channel->alert == SSL_AD_NO_APPLICATION_PROTOCOL;
}

bool channel_has_agreed(const struct channel *channel)
{
	const uint8_t *alpn;
	unsigned int size;

	SSL_get0_alpn_selected(channel->ssl, &alpn, &size);
	return size > 0;
}

bool channel_write(struct channel *channel, const uint8_t *bytes, size_t size)
{
	int r = SSL_write(channel->ssl, bytes, (int)size);

	if (r <= 0)
		judge(channel, r);
	return r > 0;
}

size_t channel_read(struct channel *channel, uint8_t *out, size_t max)
{
	int r = max > 0 && channel->open ? SSL_read(channel->ssl, out, (int)max) : 0;

	if (r <= 0 && max > 0 && channel->open)
		judge(channel, r);
	return r > 0 ? (size_t)r : 0;
}

size_t channel_output(struct channel *channel, uint8_t *out, size_t max)
{
	int r = max > 0 ? BIO_read(SSL_get_wbio(channel->ssl), out, (int)max) : 0;

	return r > 0 ? (size_t)r : 0;
}

void channel_close(struct channel *channel)
{
	if (channel->open && !channel->failed)
		SSL_shutdown(channel->ssl);
	ERR_clear_error();
}

size_t channel_certificate(const struct channel *channel, uint8_t *out, size_t max)
{
	X509 *certificate = SSL_get1_peer_certificate(channel->ssl);
	uint8_t *der = NULL;
	int size = certificate ? i2d_X509(certificate, &der) : 0;
	size_t n = size > 0 ? (size_t)size : 0;

	if (n > max)
		n = max;
	for (size_t i = 0; i < n; i++)
		out[i] = der[i];
	OPENSSL_free(der);
	X509_free(certificate);
	return n;
}

/* What was agreed upon, and what of it should not be any more. */
static void describe_agreement(const struct channel *channel, struct reading *reading)
{
	const SSL_CIPHER *cipher = SSL_get_current_cipher(channel->ssl);
	const uint8_t *alpn;
	unsigned int size;

	reading_add_text(reading, "tls.cipher", SSL_get_cipher_name(channel->ssl));
	SSL_get0_alpn_selected(channel->ssl, &alpn, &size);
	reading_add(reading, "tls.alpn", alpn, size);
	if (cipher && (SSL_CIPHER_get_bits(cipher, NULL) < CIPHER_BITS_LEAST ||
			      SSL_CIPHER_get_digest_nid(cipher) == NID_md5 ||
			      SSL_CIPHER_get_cipher_nid(cipher) == NID_rc4))
		reading_append(reading, "tls.weak", SSL_CIPHER_get_name(cipher));
}

/* Its time, by this machine's clock, and how many come with it. */
static void describe_certificates(const struct channel *channel, struct reading *reading)
{
	const X509 *certificate = SSL_get0_peer_certificate(channel->ssl);
	STACK_OF(X509) *chain = SSL_get_peer_cert_chain(channel->ssl);
	uint8_t *der = certificate ? malloc(CERTIFICATE_MAX) : NULL;

	if (der)
		certificate_read(
			der, channel_certificate(channel, der, CERTIFICATE_MAX), reading);
	free(der);
	if (chain)
		reading_add_number(reading, "tls.chain", (uint64_t)sk_X509_num(chain));
	if (certificate && X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0)
		reading_append(reading, "tls.weak", "certificate expired");
	if (certificate && X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0)
		reading_append(reading, "tls.weak", "certificate not yet valid");
	ERR_clear_error();
}

void channel_describe(const struct channel *channel, struct reading *reading)
{
	char text[64];

	if (channel->greeted)
		serverhello_describe(&channel->hello, reading);
	if (channel->open)
		describe_agreement(channel, reading);
	describe_certificates(channel, reading);
	if (channel->alert != NO_ALERT)
		reading_add_text(
			reading, "tls.alert", SSL_alert_desc_string_long(channel->alert));
	if (!channel->too_large)
		return;
	snprintf(text, sizeof(text), "certificates of more than %d bytes", CERTIFICATE_MAX);
	reading_add_text(reading, "tls.limit", text);
}
