/* SPDX-License-Identifier: Apache-2.0 */
/* SSH: identification, algorithms, host key, and what the greeter says: RFC 4253. */
#include "tests/unit/scanner/protocol/check.h"

#include "common/packer.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#define KEY_OF_ZEROS "kmYcvdi2GkPeWxB6XLjrZB8JHsy2Hm8luHMFp9GMvqk"
#define BANNER "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"

static void put_string(struct packer *p, const void *bytes, size_t size)
{
	packer_be32(p, (uint32_t)size);
	packer_bytes(p, bytes, size);
}

static void put_packet(struct packer *p, const uint8_t *payload, size_t size)
{
	size_t padding = 8 - (size + 5) % 8 + 8;

	packer_be32(p, (uint32_t)(size + padding + 1));
	packer_u8(p, (uint8_t)padding);
	packer_bytes(p, payload, size);
	packer_zero(p, padding);
}

/* An old server's words: everything that it should offer no more, and an RSA key of `bits`. */
static size_t old_server(uint8_t *out, size_t max, size_t bits)
{
	static const char *const lists[] = {"diffie-hellman-group1-sha1,curve25519-sha256",
		"ssh-rsa,ssh-dss,rsa-sha2-256", "aes128-ctr",
		"3des-cbc,aes128-ctr,aes256-cbc,arcfour256", "hmac-sha2-256",
		"hmac-md5-96,hmac-sha2-256,hmac-sha1-96@x\x1b[2J", "none", "none,zlib", "", ""};
	struct packer p = packer_of(out, max), key, payload;
	uint8_t bytes[1024], blob[768], modulus[600] = {0, 0x80 >> (8 - bits % 8) % 8};

	packer_bytes(&p, "SSH-1.99-Cisco-1.25\r\n", 21);
	payload = packer_of(bytes, sizeof(bytes));
	packer_u8(&payload, 20);
	packer_zero(&payload, 16);
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		put_string(&payload, lists[i], strlen(lists[i]));
	packer_zero(&payload, 5);
	put_packet(&p, bytes, payload.pos);
	key = packer_of(blob, sizeof(blob));
	put_string(&key, "ssh-rsa", 7);
	put_string(&key, "\1\0\1", 3);
	put_string(&key, modulus, 1 + (bits + 7) / 8);
	payload = packer_of(bytes, sizeof(bytes));
	packer_u8(&payload, 31);
	put_string(&payload, blob, key.pos);
	put_string(&payload, "value", 5);
	put_string(&payload, "signature", 9);
	put_packet(&p, bytes, payload.pos);
	assert_true(packer_ok(&p) && packer_ok(&key));
	return p.pos;
}

/* A server's words: banner, KEXINIT with one method, and a reply with an Ed25519 key of
 * zeros. */
static size_t server(uint8_t *out, size_t max, const char *kex, bool reply)
{
	struct packer p = packer_of(out, max), key, payload;
	uint8_t bytes[512], blob[64];

	packer_bytes(&p, BANNER, sizeof(BANNER) - 1);
	payload = packer_of(bytes, sizeof(bytes));
	packer_u8(&payload, 20);
	packer_zero(&payload, 16);
	put_string(&payload, kex, strlen(kex));
	put_string(&payload, "ssh-ed25519", 11);
	for (int i = 0; i < 4; i++)
		put_string(&payload, "aes128-ctr", 10);
	for (int i = 0; i < 4; i++)
		put_string(&payload, i < 2 ? "none" : "", i < 2 ? 4 : 0);
	packer_zero(&payload, 5);
	put_packet(&p, bytes, payload.pos);
	if (reply) {
		key = packer_of(blob, sizeof(blob));
		put_string(&key, "ssh-ed25519", 11);
		put_string(&key, (uint8_t[32]){0}, 32);
		payload = packer_of(bytes, sizeof(bytes));
		packer_u8(&payload, 31);
		put_string(&payload, blob, key.pos);
		put_string(&payload, (uint8_t[32]){0}, 32);
		put_string(&payload, "signature", 9);
		put_packet(&p, bytes, payload.pos);
	}
	assert_true(packer_ok(&p));
	return p.pos;
}

static void readings(void **state)
{
	const struct protocol *ssh = protocol_by_name("ssh");
	uint8_t bytes[2048];
	size_t n = server(bytes, sizeof(bytes), "curve25519-sha256", true);
	const struct reading *r = check_read(ssh, bytes, n);

	(void)state;
	check_is(r, "ssh.protocol", "2.0");
	check_is(r, "service.product", "OpenSSH");
	check_is(r, "service.version", "9.2p1");
	check_is(r, "os.version", "12");
	check_is(r, "ssh.kex", "curve25519-sha256");
	check_is(r, "ssh.hostkey.type", "ssh-ed25519");
	/* What `ssh-keygen -lf` prints for this key. */
	check_is(r, "ssh.hostkey.sha256", "SHA256:" KEY_OF_ZEROS);
	/* Overheard: whether the server holds that key cannot be seen. */
	assert_int_equal(r->n_keys, 0);
	check_is(r, "ssh.hostkey.proved", NULL);
	check_hostile(ssh, bytes, n);
}

static void weak(void **state)
{
	const struct protocol *ssh = protocol_by_name("ssh");
	uint8_t bytes[4096];
	size_t n = old_server(bytes, sizeof(bytes), 1024);
	const struct reading *r = check_read(ssh, bytes, n);

	(void)state;
	check_is(r, "ssh.kex", "diffie-hellman-group1-sha1,curve25519-sha256");
	check_is(r, "ssh.compression", "none,zlib");
	check_is(r, "ssh.hostkey.bits", "1024");
	check_is(r, "ssh.weak",
		"protocol 1, diffie-hellman-group1-sha1, ssh-rsa, ssh-dss, 3des-cbc, "
		"aes256-cbc, arcfour256, hmac-md5-96, hmac-sha1-96@x\\x1b[2J, RSA 1024");
	check_hostile(ssh, bytes, n);
	r = check_read(ssh, bytes, old_server(bytes, sizeof(bytes), 1023));
	check_is(r, "ssh.hostkey.bits", "1023");
	r = check_read(ssh, bytes, old_server(bytes, sizeof(bytes), 2048));
	check_is(r, "ssh.hostkey.bits", "2048");
	assert_null(strstr(reading_get(r, "ssh.weak"), "RSA"));
	r = check_read(ssh, bytes, server(bytes, sizeof(bytes), "curve25519-sha256", true));
	check_is(r, "ssh.hostkey.bits", NULL);
}

static void banners(void **state)
{
	const struct protocol *ssh = protocol_by_name("ssh");
	const struct reading *r =
		check_read(ssh, BYTES("Authorised use only\r\nSSH-1.99-Cisco-1.25\n"));

	(void)state;
	check_is(r, "ssh.protocol", "1.99");
	check_is(r, "hw.vendor", "Cisco");
	check_is(r, "hw.device", "Router");
	r = check_read(ssh, BYTES("SSH-2.0-dropbear_2022.83\r\n"));
	check_is(r, "service.version", "2022.83");
	r = check_read(ssh, BYTES("SSH-2.0-\x1b[31m<b>\xff\r\n"));
	check_is(r, "ssh.identification", "SSH-2.0-\\x1b[31m<b>\\xff");
	assert_false(ssh->recognise(BYTES("SSH-2.0-OpenSSH")));
	assert_int_equal(ssh->complete(BYTES("SSH-2.0-OpenSSH")), 0);
}

/* Our packets are framed as RFC 4253, 6 asks for. */
static void check_framing(const uint8_t *bytes, size_t size, uint8_t type)
{
	uint32_t length =
		(uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | bytes[2] << 8 | bytes[3];

	assert_int_equal(length + 4, size);
	assert_int_equal(size % 8, 0);
	assert_true(bytes[4] >= 4);
	assert_int_equal(bytes[5], type);
}

static void conversation(void **state)
{
	static const struct {
		const char *method;
		size_t size;
	} methods[] = {{"x,curve25519-sha256@libssh.org", 32}, {"ecdh-sha2-nistp256", 65},
		{"diffie-hellman-group14-sha1", 256}};
	const struct protocol *ssh = protocol_by_name("ssh");
	uint8_t bytes[2048], out[PROTOCOL_REQUEST_MAX];
	const uint8_t *end;
	long n;

	(void)state;
	assert_int_equal(protocols_prepare(NULL), 0);
	assert_int_equal(check_next(ssh, 0, BYTES("SSH-2.0-x"), out), 0);
	n = check_next(ssh, 0, BYTES(BANNER), out);
	end = memchr(out, '\n', (size_t)n);
	assert_memory_equal(out, "SSH-2.0-cadastre_", 17);
	check_framing(end + 1, (size_t)(out + n - end - 1), 20);
	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		size_t size = server(bytes, sizeof(bytes), methods[i].method, false);

		assert_int_equal(check_next(ssh, 1, bytes, size - 1, out), 0);
		n = check_next(ssh, 1, bytes, size, out);
		check_framing(out, (size_t)n, 30);
		assert_in_range(out[8] << 8 | out[9], methods[i].size - 2, methods[i].size + 1);
		assert_int_equal(check_next(ssh, 2, bytes, size, out), 0);
	}
	n = check_next(ssh, 1, bytes, server(bytes, sizeof(bytes), "unknown", false), out);
	assert_int_equal(n, -1);
	n = check_next(
		ssh, 2, bytes, server(bytes, sizeof(bytes), "curve25519-sha256", true), out);
	check_framing(out, (size_t)n, 1);
	assert_int_equal(check_next(ssh, 3, bytes, 100, out), -1);
	assert_int_equal(check_next(ssh, 0, BYTES("SSH-1.5-old\r\n"), out), -1);
}

/* The other side of one exchange by curve25519 and Ed25519, after what the greeter says with a
 * seed of 1. `break_at`: which byte of the signature is wrong; -1: none. */
static size_t prove(uint8_t *out, size_t max, EVP_PKEY *host, int break_at)
{
	const struct protocol *ssh = protocol_by_name("ssh");
	uint8_t hello[PROTOCOL_REQUEST_MAX], opening[PROTOCOL_REQUEST_MAX], bytes[512],
		all[8192];
	uint8_t value[32], secret[33] = {0}, key[32], hash[32], sig[64], blob[64],
			   signature[128];
	EVP_PKEY *mine = EVP_PKEY_Q_keygen(NULL, NULL, "X25519"), *theirs;
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(mine, NULL);
	EVP_MD_CTX *signer = EVP_MD_CTX_new();
	size_t n = server(out, max, "curve25519-sha256", false), size = 32, zero;
	struct packer h = packer_of(all, sizeof(all)), b = packer_of(blob, sizeof(blob)),
		      s = packer_of(signature, sizeof(signature)), p, payload;
	const uint8_t *kexinit;
	long hello_size = check_next(ssh, 0, BYTES(BANNER), hello);

	assert_true(check_next(ssh, 1, out, n, opening) > 0);
	theirs = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, opening + 10, 32);
	EVP_PKEY_get_raw_public_key(mine, value, &size);
	EVP_PKEY_get_raw_public_key(host, key, &size);
	assert_int_equal(EVP_PKEY_derive_init(context), 1);
	assert_int_equal(EVP_PKEY_derive_set_peer(context, theirs), 1);
	assert_int_equal(EVP_PKEY_derive(context, secret + 1, &size), 1);
	put_string(&b, "ssh-ed25519", 11);
	put_string(&b, key, 32);

	kexinit = (const uint8_t *)memchr(hello, '\n', sizeof(hello)) + 1;
	put_string(&h, hello, (size_t)(kexinit - hello) - 2);
	put_string(&h, BANNER, sizeof(BANNER) - 3);
	put_string(&h, kexinit + 5, (size_t)(hello + hello_size - kexinit) - 5 - kexinit[4]);
	kexinit = out + sizeof(BANNER) - 1;
	put_string(&h, kexinit + 5, (size_t)(out + n - kexinit) - 5 - kexinit[4]);
	put_string(&h, blob, b.pos);
	put_string(&h, opening + 10, 32);
	put_string(&h, value, 32);
	for (zero = 1; secret[zero] == 0; zero++)
		;
	zero -= secret[zero] & 0x80 ? 1 : 0;
	put_string(&h, secret + zero, 33 - zero);
	SHA256(all, h.pos, hash);
	size = sizeof(sig);
	EVP_DigestSignInit(signer, NULL, NULL, NULL, host);
	assert_int_equal(EVP_DigestSign(signer, sig, &size, hash, 32), 1);
	if (break_at >= 0)
		sig[break_at] ^= 1;
	put_string(&s, "ssh-ed25519", 11);
	put_string(&s, sig, 64);

	p = packer_of(out + n, max - n);
	payload = packer_of(bytes, sizeof(bytes));
	packer_u8(&payload, 31);
	put_string(&payload, blob, b.pos);
	put_string(&payload, value, 32);
	put_string(&payload, signature, s.pos);
	put_packet(&p, bytes, payload.pos);
	EVP_PKEY_free(mine);
	EVP_PKEY_free(theirs);
	EVP_PKEY_CTX_free(context);
	EVP_MD_CTX_free(signer);
	return n + p.pos;
}

static const struct reading *read_asked(const uint8_t *bytes, size_t size, uint64_t seed)
{
	struct reading *r = check_reading();

	r->asked = true;
	r->seed = seed;
	protocol_by_name("ssh")->read(bytes, size, r);
	return r;
}

static void proof(void **state)
{
	EVP_PKEY *host = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	const struct reading *r;
	uint8_t bytes[4096];
	size_t n;

	(void)state;
	assert_int_equal(protocols_prepare(NULL), 0);
	for (int i = 0; i < 20; i++) { /* secrets that begin with a zero, too */
		n = prove(bytes, sizeof(bytes), host, -1);
		r = read_asked(bytes, n, 1);
		check_key(r, "ssh.hostkey.sha256", NULL);
		check_is(r, "ssh.hostkey.proved", "yes");
	}
	r = read_asked(bytes, n, 2); /* an answer to somebody else's opening */
	assert_int_equal(r->n_keys, 0);
	check_is(r, "ssh.hostkey.proved", "no");
	n = prove(bytes, sizeof(bytes), host, 5);
	r = read_asked(bytes, n, 1);
	assert_int_equal(r->n_keys, 0);
	check_is(r, "ssh.hostkey.proved", "no");
	n = server(bytes, sizeof(bytes), "curve25519-sha256", true); /* a key that it has not */
	r = read_asked(bytes, n, 1);
	assert_int_equal(r->n_keys, 0);
	EVP_PKEY_free(host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(readings), cmocka_unit_test(weak),
		cmocka_unit_test(banners), cmocka_unit_test(conversation),
		cmocka_unit_test(proof)};

	return RUN(tests);
}
