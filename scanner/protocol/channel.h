/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TLS channel over memory: network bytes go in and come out by hand, so that the greeter
 * keeps its one event loop. It accepts any certificate, for it registers what is there and
 * trusts nothing; old protocol versions and weak keys are accepted for the same reason.
 *
 * References: RFC 8446 (TLS 1.3), RFC 5246 (TLS 1.2).
 */
#ifndef SCANNER_PROTOCOL_CHANNEL_H
#define SCANNER_PROTOCOL_CHANNEL_H

#include "common/cleanup.h"
#include "common/error.h"
#include "scanner/protocol/protocol.h"

#include <stdbool.h>

struct channel;

/* At a time: for a server that sends nearly all of a certificate of 64 KiB some 250 KiB are
 * held, with what OpenSSL has for itself, as long as it goes on. Whoever would open more
 * waits. */
#define CHANNELS_MAX 256

size_t channels_open(void); /* in this process */
int channel_prepare(struct error *reterr);
/* `alpn`: the protocol that is to be spoken inside, by its registered name; NULL: none is
 * named. NULL without memory. */
struct channel *channel_new(const char *alpn);
void channel_free(struct channel *channel);
CLEANUP_DEFINE(struct channel, channel_free)

/* Takes bytes from the network and goes on with the handshake. */
void channel_feed(struct channel *channel, const uint8_t *bytes, size_t size);
bool channel_is_open(const struct channel *channel); /* the handshake is done */
bool channel_has_failed(const struct channel *channel);
/* The other side said that nothing more comes (RFC 8446, 6.1), and all before it was read. */
bool channel_has_ended(const struct channel *channel);
/* The server speaks none of the protocols that were named (RFC 7301, 3.2). */
bool channel_speaks_other(const struct channel *channel);
/* It agreed to the protocol that was named. */
bool channel_has_agreed(const struct channel *channel);
bool channel_write(struct channel *channel, const uint8_t *bytes, size_t size);
size_t channel_read(struct channel *channel, uint8_t *out, size_t max);
/* What is to go to the network; it is asked for after every other call. */
size_t channel_output(struct channel *channel, uint8_t *out, size_t max);
void channel_close(struct channel *channel);
/* Version, cipher, protocol inside, what is weak of them, the peer's certificate, or why there
 * is none. It looks at the clock, for a certificate expires. */
void channel_describe(const struct channel *channel, struct reading *reading);
/* Copies the peer's certificate, or its beginning. */
size_t channel_certificate(const struct channel *channel, uint8_t *out, size_t max);

#endif
