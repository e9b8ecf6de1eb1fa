/* SPDX-License-Identifier: Apache-2.0 */
/* Steps of model_make(): both return -1 without memory. */
#ifndef MAPPER_SHEET_EDGES_H
#define MAPPER_SHEET_EDGES_H

#include "mapper/sheet/model.h"

/* Needs the networks. */
int edges_find_joints(struct model *model);
/* Needs the places, and the joints. */
int edges_make(struct model *model);

#endif
