/* Inside of the rivals: the rule "mf". */
#ifndef WEIR_LEARN_DISPATCH_FLOW_H
#define WEIR_LEARN_DISPATCH_FLOW_H

#include "policies/learn/dispatch/rivals.h"

long flow_schedule(struct book *book, const struct rival_request *requests, long count, int *server);

#endif
