/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One SYN-ACK of each host: what its TCP stack looks like, told beside its first open port. A
 * host keeps the number of a signature, of which there are few however many hosts there are; of
 * several ports that differ the least one in order of bytes, so that the order of the answers
 * does not matter.
 */
#include "scanner/campaign/run.h"

#include <stdlib.h>
#include <string.h>

#define STACKS_MAX 1024 /* that differ; of hosts that come later with others nothing is told */

static uint16_t number_of(struct run *run, const struct stack *stack)
{
	for (uint16_t i = 0; i < run->n_stacks; i++)
		if (memcmp(&run->stacks[i], stack, sizeof(*stack)) == 0)
			return (uint16_t)(i + 1);
	if (run->n_stacks == STACKS_MAX)
		return 0;
	if (!run->stacks)
		run->stacks = calloc(STACKS_MAX, sizeof(*run->stacks));
	if (!run->stacks)
		return 0;
	run->stacks[run->n_stacks++] = *stack;
	return run->n_stacks;
}

void run_meet_stack(struct run *run, struct host *host, const struct stack *stack)
{
	uint16_t number;

	if (!stack->version || (host->stack && memcmp(&run->stacks[host->stack - 1], stack,
						       sizeof(*stack)) <= 0))
		return;
	number = number_of(run, stack);
	if (number)
		host->stack = number;
}

int run_tell_stack(struct run *run, const struct host *host, int64_t wall_us)
{
	const struct stack *stack = &run->stacks[host->stack - 1];
	char text[STACK_TEXT_MAX];
	bool weak = false;
	const char *family =
		run->o->stacks ? stacks_match(run->o->stacks, STACK_RESPONSE, stack, &weak)
			       : NULL;
	struct attribute attributes[] = {{"stack.signature", stack_format(stack, text)},
		{"source", "stack"}, {"stack.family", family},
		{"stack.certainty", weak ? STACK_LESS_SURE : STACK_SURE}};
	struct observation obs = {.kind = OBSERVATION_FACT,
		.method = OBSERVATION_BY_SYN,
		.time_us = wall_us,
		.addr = host->addr,
		.attributes = attributes,
		.n_attributes = family ? 4 : 2};

	return run_put(run, &obs);
}
