#ifndef WEB_HEARTBEAT_H
#define WEB_HEARTBEAT_H

#include <stdbool.h>

#include "web/service.h"

/*
 * Whether the threads behind a web server still go round. Each is given something that it has to
 * pass through its loop: a lane a job without a body, a listener a connection that ends at once.
 * What came of it is seen at the next call. One thread at a time may call these.
 */

/* True when the thread has gone round since the last call that returned true; never at the first
 * call. Asks again where the last question was answered. */
bool heartbeat_of_lane(struct lane *lane);
bool heartbeat_of_listener(struct listener *listener);

#endif
