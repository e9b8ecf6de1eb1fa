/* SPDX-License-Identifier: Apache-2.0 */
/* The state machine of one conversation; see conversation.h. No sockets, no clock. */
#include "scanner/protocol/conversation.h"

#include <string.h>

#define HTTPS "http"
#define HTTP2 "http2"

/* Where HTTP is said inside a TLS channel. Elsewhere the server is listened to. */
static const uint16_t http_inside[] = {443, 8443, 9443, 10443, 4443, 5986, 0};
/* Where it is said as on another port, in the clear: Kubernetes as etcd. */
static const struct {
	uint16_t inside, as;
} alike_inside[] = {{6443, 2379}, {2376, 2375}};

/* What a protocol is called when it runs inside TLS. */
static const struct {
	const char *inside, *name;
} secured_names[] = {{"http", "https"}, {"http2", "https"}, {"smtp", "smtps"},
	{"imap", "imaps"}, {"pop3", "pop3s"}, {"ftp", "ftps"}, {"mqtt", "mqtts"},
	{"nntp", "nntps"}};

/* What is said inside a TLS channel on a port; NULL: the server is listened to. */
static const struct protocol *expected_inside(uint16_t port)
{
	for (const uint16_t *p = http_inside; *p; p++)
		if (*p == port)
			return protocol_by_name(HTTPS);
	for (size_t i = 0; i < ARRAY_SIZE(alike_inside); i++)
		if (alike_inside[i].inside == port)
			return protocol_expected(TRANSPORT_TCP, alike_inside[i].as);
	return NULL;
}

void conversation_begin(struct conversation *c, const struct greet_target *target,
	enum protocol_risk risk_max, uint64_t seed, int64_t now_us, int64_t deadline_us)
{
	c->target = target;
	c->risk_max = risk_max;
	c->seed = seed;
	c->stage = CONVERSATION_CONNECTING;
	c->expected = target->expected ? target->expected :
		protocol_expected(target->transport, target->port);
	c->spoken = c->found = NULL;
	c->inside = target->inside;
	if (!c->inside)
		c->inside = expected_inside(target->port);
	c->channel = NULL;
	c->web = NULL;
	c->inner = c->upgraded = c->asked = c->plain = c->waits = c->gone = false;
	c->said = c->tries = 0;
	c->deadline_us = now_us + deadline_us;
	c->wake_us = c->deadline_us;
	c->network = c->before = c->heard_size = c->out_size = c->out_sent = 0;
	addr_format(&target->addr, c->host);
}

void conversation_done(struct conversation *c)
{
	channel_free(c->channel);
	web_free(c->web);
	c->channel = NULL;
	c->web = NULL;
}

/* ---- saying ------------------------------------------------------------------------------ */

static void wake_at(struct conversation *c, int64_t us)
{
	c->wake_us = us < c->deadline_us ? us : c->deadline_us;
}

static bool may_say(const struct conversation *c, enum protocol_risk risk)
{
	return c->risk_max > PROTOCOL_PASSIVE && risk <= c->risk_max;
}

/* Moves what the channel wants sent into `out`. */
static void pump(struct conversation *c)
{
	if (c->channel)
		c->out_size += channel_output(c->channel, c->out + c->out_size,
			sizeof(c->out) - c->out_size);
}

static void say(struct conversation *c, const uint8_t *bytes, size_t size)
{
	if (c->inner) {
		channel_write(c->channel, bytes, size);
		pump(c);
	} else if (size <= sizeof(c->out) - c->out_size) {
		memcpy(c->out + c->out_size, bytes, size);
		c->out_size += size;
	}
}

/* Who this is, by content. Where two protocols frame their greetings alike and the words do not
 * tell (SMTP and FTP), the one that is expected on the port has it. */
static const struct protocol *pick(const struct conversation *c)
{
	const struct protocol *expected = c->spoken ? c->spoken : c->expected;
	const struct protocol *found;

	if (c->heard_size == 0)
		return NULL;
	if (expected && expected->recognise(c->heard, c->heard_size))
		return expected;
	found = protocol_recognise(c->target->transport, c->heard, c->heard_size);
	/* What frames as the answer to our request is one, if nobody else claims it for
	 * certain. */
	if ((!found || found->vague) && c->spoken && c->spoken->complete &&
		c->spoken->complete(c->heard, c->heard_size) > 0)
		return c->spoken;
	if (found && found->vague && expected && found->complete == expected->complete)
		return expected;
	return found;
}

/* Also of what is heard late no more is waited for than the deadline and what closing takes. */
static void end(struct conversation *c, int64_t now_us)
{
	if (c->stage == CONVERSATION_ENDING)
		return;
	c->stage = CONVERSATION_ENDING;
	if (!c->found)
		c->found = pick(c); /* of a channel that never opened nobody has judged yet */
	if (c->channel) {
		channel_close(c->channel);
		pump(c);
	}
	c->wake_us =
		(now_us < c->deadline_us ? now_us : c->deadline_us) + CONVERSATION_DRAIN_US;
}

/* Whether a web server may be asked for more than one page. */
static bool browses(const struct conversation *c, const struct protocol *protocol)
{
	return !c->web && protocol == protocol_by_name(HTTPS) && may_say(c, PROTOCOL_STANDARD);
}

/* Says the request of a protocol. False if it has none. */
static bool request(struct conversation *c, const struct protocol *protocol)
{
	uint8_t bytes[PROTOCOL_REQUEST_MAX];
	long size = 0;

	if (browses(c, protocol))
		c->web = web_new(c->host, c->target->port, c->inner);
	if (c->web)
		size = web_next(c->web, 0, bytes, sizeof(bytes));
	else if (c->inner && protocol->request_inside)
		size = (long)protocol->request_inside(bytes, sizeof(bytes), c->host, c->seed);
	else if (protocol->request)
		size = (long)protocol->request(bytes, sizeof(bytes), c->host, c->seed);
	if (size <= 0)
		return false;
	c->spoken = protocol;
	c->said = 1;
	c->stage = CONVERSATION_TALKING;
	wake_at(c, c->deadline_us);
	say(c, bytes, (size_t)size);
	return true;
}

/* Memory is bounded by how many are open (CHANNELS_MAX). Time that is waited for one is
 * nobody's fault, and does not count. */
static void open_channel(struct conversation *c, int64_t now_us)
{
	c->waits = channels_open() >= CHANNELS_MAX;
	if (c->waits) {
		c->deadline_us += CONVERSATION_PLACE_US;
		wake_at(c, now_us + CONVERSATION_PLACE_US);
		return;
	}
	c->channel = channel_new(c->inside && !c->upgraded ? c->inside->alpn : NULL);
	if (!c->channel) {
		end(c, now_us);
		return;
	}
	if (!c->upgraded)
		c->spoken = c->expected;
	c->stage = CONVERSATION_TALKING;
	wake_at(c, c->deadline_us);
	channel_feed(c->channel, NULL, 0);
	pump(c);
}

/* The channel is open: forget the bytes of its making and begin inside. */
static void begin_inside(struct conversation *c, int64_t now_us)
{
	c->inner = true;
	c->heard_size = 0;
	c->spoken = NULL;
	c->expected = c->inside;
	c->stage = CONVERSATION_LISTENING;
	wake_at(c, now_us + CONVERSATION_UNKNOWN_US);
	if (c->expected)
		request(c, c->expected);
}

/* How much was said before TLS was asked for. */
static unsigned int said_before(const struct protocol *protocol)
{
	return protocol->request ? 1 : 0;
}

/* The channel that was asked for in the clear is open, and the certificate known. There is at
 * most one thing to ask inside, else the farewell goes there. */
static void go_inside(struct conversation *c, int64_t now_us)
{
	const struct protocol *found = c->found;
	uint8_t bytes[PROTOCOL_REQUEST_MAX];
	long size = -1;

	c->inner = true;
	if (found->inside)
		size = (long)found->inside(bytes, sizeof(bytes));
	else if (found->next)
		size = found->next(said_before(found), c->seed, c->heard, c->heard_size, bytes,
			sizeof(bytes));
	if (size > 0)
		say(c, bytes, (size_t)size);
	if (!found->inside)
		end(c, now_us);
	else
		wake_at(c, c->deadline_us);
}

/* ---- hearing ----------------------------------------------------------------------------- */

/* Whether the server is still to be asked to go on inside TLS. */
static bool may_secure(const struct conversation *c)
{
	return c->found->secure && !c->plain && !c->channel && may_say(c, PROTOCOL_STANDARD);
}

/* What is said next. Some may be asked to go on inside TLS; where that is refused, the
 * conversation ends as it would have without. */
static long choose(struct conversation *c, unsigned int *said, uint8_t *out, size_t max)
{
	long size;

	if (may_secure(c)) {
		size = c->found->secure(*said, c->heard, c->heard_size, out, max);
		c->asked = *said > 0;
		if (size >= 0)
			return size;
		c->plain = true;
		*said = said_before(c->found);
	}
	return c->found->next
		       ? c->found->next(*said, c->seed, c->heard, c->heard_size, out, max)
		       : -1;
}

/* What was heard already stays in front of what is heard inside. */
static void upgrade(struct conversation *c, int64_t now_us)
{
	c->upgraded = true;
	c->before = c->heard_size;
	open_channel(c, now_us);
}

/* Whether the server says nothing more before TLS begins: the handshake is begun at once. */
static bool secures_at_once(struct conversation *c)
{
	uint8_t bytes[PROTOCOL_REQUEST_MAX];

	return may_secure(c) && c->found->secure(c->said, c->heard, c->heard_size, bytes,
					sizeof(bytes)) == PROTOCOL_SECURED;
}

/* What was heard may have answered what follows, too. A farewell is followed by the end at
 * once. */
static void go_on(struct conversation *c, int64_t now_us)
{
	uint8_t bytes[PROTOCOL_REQUEST_MAX];
	long size = 0;

	if (may_secure(c) || !c->found->next)
		return;
	while ((size = c->found->next(
			c->said, c->seed, c->heard, c->heard_size, bytes, sizeof(bytes))) > 0 &&
		c->target->transport == TRANSPORT_TCP) {
		say(c, bytes, (size_t)size);
		c->said++;
	}
	if (size < 0)
		end(c, now_us);
}

/* Goes on with a conversation of several round trips. */
static void converse(struct conversation *c, int64_t now_us)
{
	uint8_t bytes[PROTOCOL_REQUEST_MAX];
	unsigned int said = c->spoken == c->found ? c->said : 0;
	long size = choose(c, &said, bytes, sizeof(bytes));

	if (size < 0) {
		end(c, now_us);
		return;
	}
	if (size == PROTOCOL_SECURED) {
		upgrade(c, now_us);
		return;
	}
	if (!c->found->complete)
		wake_at(c, now_us + CONVERSATION_QUIET_US);
	else if (c->target->transport == TRANSPORT_UDP)
		wake_at(c, now_us + CONVERSATION_DATAGRAM_US);
	else
		wake_at(c, c->deadline_us);
	if (size == 0)
		return;
	c->spoken = c->found;
	c->said = said + 1;
	c->stage = CONVERSATION_TALKING;
	if (c->target->transport == TRANSPORT_UDP)
		c->out_size = c->out_sent = 0; /* the datagram before has been sent */
	say(c, bytes, (size_t)size);
	if (secures_at_once(c)) {
		c->asked = true;
		upgrade(c, now_us);
		return;
	}
	go_on(c, now_us);
}

/* Goes on with a web server. A page that nothing is asked after is heard as far as any page is;
 * what is asked after the first is not waited for as long. */
static void browse(struct conversation *c, int64_t now_us)
{
	uint8_t bytes[PROTOCOL_REQUEST_MAX];
	long size = web_next(c->web, c->heard_size, bytes, sizeof(bytes));
	size_t last = web_last(c->web);

	c->said += size > 0;
	wake_at(c, c->said > 1 ? now_us + CONVERSATION_MORE_US : c->deadline_us);
	if (size > 0)
		say(c, bytes, (size_t)size);
	else if (size < 0 &&
		 (web_is_done(c->web) || c->heard_size == sizeof(c->heard) ||
			 c->found->complete(c->heard + last, c->heard_size - last) != 0))
		end(c, now_us);
}

/* A server of HTTP/2 may tell its settings before it is asked (RFC 9113, 3.4), and is asked no
 * less for that where it is expected. Whoever else speaks without being asked is not a server
 * of what asks first. */
static bool tells_settings_first(const struct conversation *c)
{
	return !c->spoken && c->found == c->expected && c->found == protocol_by_name(HTTP2) &&
	       may_say(c, c->found->risk);
}

static void judge(struct conversation *c, int64_t now_us)
{
	c->found = pick(c);
	if (c->web && c->found && c->found == c->spoken) {
		browse(c, now_us);
		return;
	}
	if (c->heard_size == sizeof(c->heard)) {
		end(c, now_us);
		return;
	}
	if (!c->found && c->target->transport == TRANSPORT_UDP) {
		end(c, now_us); /* a datagram is whole */
		return;
	}
	if (!c->found || (!c->found->complete && !c->found->next)) {
		/* Nothing tells where this ends; a pause does. */
		wake_at(c, now_us + CONVERSATION_QUIET_US);
		return;
	}
	if ((c->found->next || may_secure(c)) && c->risk_max > PROTOCOL_PASSIVE &&
		(c->spoken ? c->spoken == c->found : !c->found->request)) {
		converse(c, now_us);
		return;
	}
	if (tells_settings_first(c) && request(c, c->found))
		return;
	if (!c->found->complete || c->found->complete(c->heard, c->heard_size) != 0)
		end(c, now_us);
	else
		wake_at(c, c->deadline_us);
}

static void hear(struct conversation *c, const uint8_t *bytes, size_t size)
{
	if (size > sizeof(c->heard) - c->heard_size)
		size = sizeof(c->heard) - c->heard_size;
	if (size > 0)
		memcpy(c->heard + c->heard_size, bytes, size);
	c->heard_size += size;
}

/* The same; of web servers the pages alone. */
static void take(struct conversation *c, const uint8_t *bytes, size_t size)
{
	size_t page, n;

	if (!c->web)
		hear(c, bytes, size);
	while (c->web && size > 0 && (n = web_take(c->web, bytes, size, &page)) > 0) {
		hear(c, bytes, page);
		bytes += n;
		size -= n;
	}
}

/* What came out of the open channel. */
static void hear_inside(struct conversation *c, int64_t now_us)
{
	uint8_t bytes[4096];
	size_t n;

	while ((n = channel_read(c->channel, bytes, sizeof(bytes))) > 0)
		take(c, bytes, n);
	pump(c);
	if (c->heard_size > c->before)
		judge(c, now_us);
	else if (channel_has_failed(c->channel))
		end(c, now_us);
	if (channel_has_ended(c->channel))
		conversation_closed(c, now_us);
}

static void hear_channel(struct conversation *c, const uint8_t *bytes, size_t size,
	int64_t now_us)
{
	channel_feed(c->channel, bytes, size);
	if (!c->inner && channel_is_open(c->channel)) {
		if (c->upgraded)
			go_inside(c, now_us);
		else
			begin_inside(c, now_us);
		if (c->stage == CONVERSATION_ENDING)
			return;
	} else if (!c->inner && !c->upgraded) {
		hear(c, bytes, size);
	}
	if (c->inner) {
		hear_inside(c, now_us);
		return;
	}
	pump(c);
	if (channel_has_failed(c->channel))
		end(c, now_us);
}

/* Over UDP anybody can send us a datagram: the first answer counts if it brings back what it
 * must. A further question may be made with another seed. */
static bool is_stranger(const struct conversation *c, const uint8_t *bytes, size_t size)
{
	return c->target->transport == TRANSPORT_UDP && c->said == 1 && c->spoken->repeats &&
		!c->spoken->repeats(bytes, size, c->seed);
}

void conversation_heard(
	struct conversation *c, const uint8_t *bytes, size_t size, int64_t now_us)
{
	if (c->stage == CONVERSATION_ENDING)
		return;
	c->network += size;
	if (c->waits && c->upgraded) {
		end(c, now_us); /* it was our turn */
		return;
	}
	c->waits = false;
	if (c->channel) {
		hear_channel(c, bytes, size, now_us);
	} else if (!is_stranger(c, bytes, size)) {
		take(c, bytes, size);
		judge(c, now_us);
	}
	if (c->network > CONVERSATION_NETWORK_MAX)
		end(c, now_us);
}

void conversation_connected(struct conversation *c, int64_t now_us)
{
	const struct protocol *expected = c->expected;

	c->stage = CONVERSATION_LISTENING;
	if (c->target->transport == TRANSPORT_UDP) {
		if (!expected || !may_say(c, expected->risk) || !request(c, expected)) {
			end(c, now_us);
			return;
		}
		c->tries = 1;
		wake_at(c, now_us + CONVERSATION_DATAGRAM_US);
		return;
	}
	if (!expected)
		wake_at(c, now_us + (may_say(c, PROTOCOL_STANDARD) ? CONVERSATION_LISTEN_US :
			CONVERSATION_UNKNOWN_US));
	else if (expected->risk == PROTOCOL_PASSIVE)
		wake_at(c, c->deadline_us);
	else
		wake_at(c, now_us + CONVERSATION_LISTEN_US);
}

void conversation_closed(struct conversation *c, int64_t now_us)
{
	c->gone |= c->stage != CONVERSATION_ENDING;
	end(c, now_us);
}

/* Nobody spoke first. */
static void speak_first(struct conversation *c, int64_t now_us)
{
	const struct protocol *protocol = c->expected;

	if (!protocol && !c->inner && !protocol_port_is_industrial(c->target->port))
		protocol = protocol_by_name(HTTPS);
	if (!protocol || !may_say(c, c->expected ? protocol->risk : PROTOCOL_STANDARD))
		end(c, now_us);
	else if (protocol->secured && !c->channel)
		open_channel(c, now_us);
	else if (!request(c, protocol))
		end(c, now_us);
}

void conversation_timer(struct conversation *c, int64_t now_us)
{
	if (c->waits && c->stage != CONVERSATION_ENDING) {
		open_channel(c, now_us);
		return;
	}
	if (c->stage == CONVERSATION_TALKING && c->target->transport == TRANSPORT_UDP &&
		c->heard_size == 0 && c->tries < CONVERSATION_DATAGRAM_TRIES &&
		now_us < c->deadline_us) {
		c->tries++;
		c->out_sent = 0; /* the same datagram once more */
		wake_at(c, now_us + CONVERSATION_DATAGRAM_US);
		return;
	}
	if (c->stage == CONVERSATION_LISTENING && c->heard_size == 0 && now_us < c->deadline_us)
		speak_first(c, now_us);
	else
		end(c, now_us);
}

/* ---- the end ----------------------------------------------------------------------------- */

/* Who it is, in the end: of a transport that several share more is wanted than that it
 * answers. */
static const struct protocol *proven(const struct conversation *c)
{
	return c->found && c->found->shares && !c->found->recognise(c->heard, c->heard_size)
		? NULL : c->found;
}

/* Inside TLS HTTP/1.1 was named, and the server said that it speaks something else, or agreed
 * to nothing and left without a word once it was asked. */
static bool declines_http(const struct conversation *c)
{
	if (!c->channel || c->upgraded || !c->inside || strcmp(c->inside->name, HTTPS) != 0)
		return false;
	return c->inner ? c->gone && c->heard_size == 0 && !channel_has_agreed(c->channel)
			: channel_speaks_other(c->channel);
}

/* Where HTTP/1.1 is not spoken, but this may be. */
static bool wants_http2(const struct conversation *c)
{
	const struct protocol *http2 = protocol_by_name(HTTP2);
	bool answers = c->spoken && strcmp(c->spoken->name, HTTPS) == 0 && c->found == http2;

	return (answers || declines_http(c)) && may_say(c, http2->risk);
}

bool conversation_otherwise(const struct conversation *c, struct greet_target *ret)
{
	const struct protocol *next = c->spoken && !c->inner ? protocol_after(c->spoken) : NULL;

	while (next && !may_say(c, next->risk))
		next = protocol_after(next);
	*ret = *c->target;
	if (wants_http2(c) && c->channel)
		ret->inside = protocol_by_name(HTTP2);
	else if (wants_http2(c))
		ret->expected = protocol_by_name(HTTP2);
	else if (next && !proven(c))
		ret->expected = next;
	else
		return false;
	return true;
}

/* A redirection to another port is not followed: where that is among the ports that are asked,
 * it is greeted by itself. What was read here says so. */
static void link_elsewhere(const struct conversation *c, struct reading *reading)
{
	const char *status = reading_get(reading, "http.status"),
		   *location = reading_get(reading, "http.location");
	char elsewhere[WEB_ELSEWHERE_MAX];

	if (status && *status == '3' && location &&
		web_leads_elsewhere(c->host, c->target->port, location, elsewhere))
		reading_add_text(reading, "http.leads_to", elsewhere);
}

const char *conversation_read(const struct conversation *c, struct reading *reading)
{
	const struct protocol *found = proven(c);
	const char *name = found ? found->name : NULL;
	size_t last = c->web ? web_last(c->web) : 0;

	if (c->channel)
		channel_describe(c->channel, reading);
	if (found)
		found->read(c->heard, last ? last : c->heard_size, reading);
	if (c->web && found == c->spoken)
		web_describe(c->web, c->heard, c->heard_size, reading);
	if (found)
		link_elsewhere(c, reading);
	if (c->asked)
		reading_add_text(reading, "tls.starttls",
			!c->upgraded ? "no" : c->inner ? "yes" : "failed");
	if (!c->inner || c->upgraded)
		return name;
	for (size_t i = 0; name && i < ARRAY_SIZE(secured_names); i++)
		if (strcmp(secured_names[i].inside, name) == 0)
			return secured_names[i].name;
	return "tls";
}

const uint8_t *conversation_raw(const struct conversation *c, uint8_t *room, size_t max,
	size_t *ret_size)
{
	*ret_size = c->heard_size < max ? c->heard_size : max;
	if (c->heard_size == 0 && c->channel) {
		*ret_size = channel_certificate(c->channel, room, max);
		return room;
	}
	if (!c->found || !c->found->cover)
		return c->heard;
	memcpy(room, c->heard, *ret_size);
	c->found->cover(room, *ret_size);
	return room;
}
