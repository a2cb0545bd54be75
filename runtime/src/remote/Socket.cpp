// Sockets with deadlines.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qcrt/Remote.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace qcrt::remote {

static double getNow() {
  return std::chrono::duration<double>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

SocketChannel::SocketChannel(int descriptor, double seconds)
    : descriptor(descriptor), seconds(seconds) {
  int flags = fcntl(descriptor, F_GETFL, 0);
  fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
  beginMessage();
}

SocketChannel::~SocketChannel() { close(descriptor); }

void SocketChannel::beginMessage() { deadline = getNow() + seconds; }

bool SocketChannel::wait(short events, std::string &error) {
  for (;;) {
    double left = deadline - getNow();
    if (left <= 0) {
      error = "the other side is too slow: a message took more than " +
              std::to_string(static_cast<int64_t>(std::ceil(seconds))) +
              " seconds";
      return false;
    }
    pollfd entry{descriptor, events, 0};
    int ready = poll(&entry, 1,
                     static_cast<int>(std::ceil(std::min(left, 3600.0) * 1e3)));
    if (ready > 0)
      return true;
    if (ready < 0 && errno != EINTR) {
      error = std::strerror(errno);
      return false;
    }
  }
}

bool SocketChannel::read(void *bytes, size_t size, std::string &error) {
  auto *to = static_cast<char *>(bytes);
  size_t done = 0;
  while (done < size) {
    ssize_t count = recv(descriptor, to + done, size - done, 0);
    if (count > 0) {
      done += static_cast<size_t>(count);
      continue;
    }
    if (count == 0) {
      error =
          done ? "the connection ended in the middle of a message" : kClosed;
      return false;
    }
    if (errno == EINTR)
      continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) {
      error = std::strerror(errno);
      return false;
    }
    if (!wait(POLLIN, error))
      return false;
  }
  return true;
}

bool SocketChannel::write(const void *bytes, size_t size, std::string &error) {
  const auto *from = static_cast<const char *>(bytes);
  size_t done = 0;
  while (done < size) {
    ssize_t count = send(descriptor, from + done, size - done, MSG_NOSIGNAL);
    if (count >= 0) {
      done += static_cast<size_t>(count);
      continue;
    }
    if (errno == EINTR)
      continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) {
      error = std::strerror(errno);
      return false;
    }
    if (!wait(POLLOUT, error))
      return false;
  }
  return true;
}

} // namespace qcrt::remote
