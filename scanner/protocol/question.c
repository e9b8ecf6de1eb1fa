/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a question and what answers it; see question.h. */
#include "scanner/protocol/question.h"

#include "scanner/wire/dns.h"

void question_begin(struct packer *p, uint16_t id)
{
	packer_be16(p, id);
	packer_be16(p, 0); /* a query */
	packer_be16(p, 1);
	packer_zero(p, 6);
}

bool question_answered(const uint8_t *reply, size_t size, uint16_t id)
{
	struct dns_message message;

	return dns_open(reply, size, &message) && message.response && message.id == id;
}

bool question_is_multicast(const uint8_t *reply, size_t size)
{
	struct dns_message message;
	struct dns_question asked;
	struct dns_record record;

	if (!dns_open(reply, size, &message) || !message.response || message.recursion ||
		message.opcode != 0 || message.rcode != 0 || message.answers == 0)
		return false;
	if (message.questions > 0)
		return dns_next_question(&message, &asked) == DNS_OK &&
			dns_name_ends(&asked.name, ".local");
	return dns_next_record(&message, &record) == DNS_OK &&
		dns_name_ends(&record.name, ".local");
}
