-- SPDX-License-Identifier: Apache-2.0
-- TCP stacks that are overheard, as hosts open connections and accept them: hints like that of a SYN-ACK of ours.
-- All of them are of one stack, so they count once.

INSERT INTO cadastre.evidence_rule (source, weight, self, basis, note) VALUES
	('stack.request', 20, false, 'stack', 'signature of a SYN that was overheard, weak like that of a SYN-ACK'),
	('stack.response', 20, false, 'stack', 'signature of a SYN-ACK that was overheard');
