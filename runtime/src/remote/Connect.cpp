// Connecting to a server by name; for the host alone, since a static program
// cannot look names up.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qcrt/Remote.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace qcrt::remote {

/// Whether `descriptor` is connected within `seconds`.
static bool finish(int descriptor, double seconds, std::string &error) {
  pollfd entry{descriptor, POLLOUT, 0};
  int milliseconds =
      static_cast<int>(std::ceil(std::min(seconds, 3600.0) * 1e3));
  int ready;
  do
    ready = poll(&entry, 1, milliseconds);
  while (ready < 0 && errno == EINTR);
  int failed = 0;
  socklen_t size = sizeof failed;
  if (ready == 0)
    error = "no answer in time";
  else if (ready < 0 ||
           getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failed, &size) < 0)
    error = std::strerror(errno);
  else if (failed)
    error = std::strerror(failed);
  else
    return true;
  return false;
}

int connectTo(const std::string &host, int port, double seconds,
              std::string &error) {
  addrinfo hints = {}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  int failed =
      getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (failed) {
    error = gai_strerror(failed);
    return -1;
  }
  int connected = -1;
  for (addrinfo *one = found; one && connected < 0; one = one->ai_next) {
    int descriptor = socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, 0);
    if (descriptor < 0) {
      error = std::strerror(errno);
      continue;
    }
    fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL, 0) | O_NONBLOCK);
    int direct = connect(descriptor, one->ai_addr, one->ai_addrlen);
    if (direct < 0 && errno != EINPROGRESS)
      error = std::strerror(errno);
    else if (direct == 0 || finish(descriptor, seconds, error))
      connected = descriptor;
    if (connected < 0)
      close(descriptor);
  }
  freeaddrinfo(found);
  if (connected >= 0) {
    int on = 1;
    setsockopt(connected, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  return connected;
}

} // namespace qcrt::remote
