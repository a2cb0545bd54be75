// qcrt-server: runs programs for hosts that connect to this board.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A process for each client, so that one which is slow, or whose program goes
// wrong, is nobody else's business.
#include "Options.h"
#include "qcrt.h"
#include "qcrt/Remote.h"

#include <arpa/inet.h>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sstream>
#include <string>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace qcrt;

static const char *const kHelp =
    R"(usage: qcrt-server [options]

Runs compiled models for `qc run|eval|compare|verify model.qcb --host BOARD`.
The host sends the model and inputs; outputs are the bytes that qcrt-run writes.

  --listen ADDRESS    numeric address to listen at (default 127.0.0.1: this
                      machine alone); another one needs --token-file
  --port N            port, 0: any that is free, which is printed (default 7420)
  --token-file FILE   clients must give the text of this file; it travels as it
                      is: across networks that others listen to, use a tunnel
  --timeout S         seconds that one message may take (default 30)
  --session S         seconds that one client may stay (default 3600)
  --max-clients N     at the same time; others are turned away (default 4)
  --max-model-mb N    largest model (default 256)
  --max-memory-mb N   memory for one run of a model (default 1024)
  --threads N         of a run, 1 to 256 (default 1); results do not change
  --quiet             do not print who came and what they did
  --version           print the version
  --help              print this

It runs until it is told to end (SIGINT, SIGTERM). Exit status: 0 ended so,
1 the address or a file is at fault, 2 wrong usage.
)";

namespace {
struct Options {
  std::string address = "127.0.0.1", tokenFile;
  long port = remote::kDefaultPort, timeout = 30, session = 3600;
  long clients = 4, modelMb = 256, memoryMb = 1024, threads = 1;
  bool quiet = false, help = false, version = false;
};

struct Number {
  const char *name;
  long Options::*member;
  long low, high;
};
const Number kNumbers[] = {{"--port", &Options::port, 0, 65535},
                           {"--timeout", &Options::timeout, 1, 86400},
                           {"--session", &Options::session, 1, 86400 * 30},
                           {"--max-clients", &Options::clients, 1, 1000},
                           {"--max-model-mb", &Options::modelMb, 1, 1 << 20},
                           {"--max-memory-mb", &Options::memoryMb, 1, 1 << 20},
                           {"--threads", &Options::threads, 1, 256}};
} // namespace

static int fail(const std::string &text, int status) {
  std::fprintf(stderr, "qcrt-server: error: %s\n",
               tool::printable(text).c_str());
  return status;
}

static bool parseNumber(const std::string &text, long low, long high,
                        long &value) {
  char *end = nullptr;
  errno = 0;
  value = std::strtol(text.c_str(), &end, 10);
  return errno == 0 && end != text.c_str() && *end == '\0' && value >= low &&
         value <= high;
}

static bool parseValue(const std::string &word, const std::string &value,
                       Options &options, std::string &error) {
  if (word == "--listen" || word == "--token-file") {
    (word == "--listen" ? options.address : options.tokenFile) = value;
    return true;
  }
  for (const Number &number : kNumbers)
    if (word == number.name) {
      if (parseNumber(value, number.low, number.high, options.*number.member))
        return true;
      error = word + ": expected a whole number from " +
              std::to_string(number.low) + " to " +
              std::to_string(number.high) + ", found '" + value + "'";
      return false;
    }
  error = "unknown option '" + word + "'; --help lists them";
  return false;
}

static bool parse(int count, char **words, Options &options,
                  std::string &error) {
  for (int i = 1; i < count; ++i) {
    std::string word = words[i];
    bool *flag = word == "--help" || word == "-h" ? &options.help
                 : word == "--version"            ? &options.version
                 : word == "--quiet"              ? &options.quiet
                                                  : nullptr;
    if (flag) {
      *flag = true;
      continue;
    }
    size_t equals = word.find('=');
    std::string value;
    if (equals != std::string::npos) {
      value = word.substr(equals + 1);
      word = word.substr(0, equals);
    } else if (i + 1 < count) {
      value = words[++i];
    } else {
      error = "'" + word + "' is no flag: a value is missing, or see --help";
      return false;
    }
    if (!parseValue(word, value, options, error))
      return false;
  }
  return true;
}

static bool readToken(const std::string &path, std::string &token,
                      std::string &error) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  token = text.str();
  while (!token.empty() && std::strchr("\r\n \t", token.back()))
    token.pop_back();
  if (!file)
    error = "cannot read '" + path + "'";
  else if (token.empty())
    error = "'" + path + "' holds no token";
  else if (token.size() > 1024)
    error = "the token in '" + path + "' is longer than 1024 bytes";
  return error.empty();
}

/// A socket that listens at the address, and its port; -1 after an error.
static int listenAt(const Options &options, int &port, std::string &error) {
  sockaddr_storage storage = {};
  socklen_t size = sizeof(sockaddr_in);
  auto *four = reinterpret_cast<sockaddr_in *>(&storage);
  auto *six = reinterpret_cast<sockaddr_in6 *>(&storage);
  if (inet_pton(AF_INET, options.address.c_str(), &four->sin_addr) == 1) {
    four->sin_family = AF_INET;
    four->sin_port = htons(static_cast<uint16_t>(options.port));
  } else if (inet_pton(AF_INET6, options.address.c_str(), &six->sin6_addr) ==
             1) {
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(static_cast<uint16_t>(options.port));
    size = sizeof(sockaddr_in6);
  } else {
    error = "--listen: '" + options.address +
            "' is no numeric address such as 127.0.0.1 or 0.0.0.0";
    return -1;
  }
  auto *address = reinterpret_cast<sockaddr *>(&storage);
  int listener =
      socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int on = 1;
  if (listener >= 0)
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (listener < 0 || bind(listener, address, size) < 0 ||
      listen(listener, 64) < 0 || getsockname(listener, address, &size) < 0) {
    error = options.address + ":" + std::to_string(options.port) + ": " +
            std::strerror(errno);
    return -1;
  }
  port = ntohs(storage.ss_family == AF_INET ? four->sin_port : six->sin6_port);
  return listener;
}

static bool isLoopback(const std::string &address) {
  return address.compare(0, 4, "127.") == 0 || address == "::1";
}

static volatile std::sig_atomic_t isEnding = 0;
static void end(int) { isEnding = 1; }
static void wake(int) {}

static void handle(int signal, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  sigaction(signal, &action, nullptr);
}

/// The process of one client. Ends with it, with its time, or with the server.
[[noreturn]] static void serveClient(int client, const Options &options,
                                     const std::string &token) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (int signal : {SIGINT, SIGTERM, SIGCHLD})
    handle(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  alarm(static_cast<unsigned>(options.session));
  int on = 1;
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  remote::Limits limits;
  limits.modelBytes = static_cast<uint64_t>(options.modelMb) << 20;
  limits.memoryBytes = static_cast<uint64_t>(options.memoryMb) << 20;
  limits.threads = static_cast<int>(options.threads);
  std::string log;
  {
    remote::SocketChannel channel(client, static_cast<double>(options.timeout));
    log = remote::serve(channel, limits, token);
  }
  if (!options.quiet) {
    std::printf("client %d: %s\n", static_cast<int>(getpid()),
                tool::printable(log).c_str());
    std::fflush(stdout);
  }
  _exit(0);
}

static void turnAway(int client) {
  remote::SocketChannel channel(client, 1);
  const char text[] = "the server is busy: it has as many clients as it takes";
  std::string ignored;
  remote::writeFrame(channel, remote::Kind::Failed, {{text, sizeof text - 1}},
                     ignored);
}

/// Takes processes away that have ended.
static void reap(long &clients, bool quiet) {
  int status = 0;
  for (pid_t ended; (ended = waitpid(-1, &status, WNOHANG)) > 0; --clients)
    if (!quiet && WIFSIGNALED(status)) {
      std::printf("client %d: ended by signal %d\n", static_cast<int>(ended),
                  WTERMSIG(status));
      std::fflush(stdout);
    }
}

static int acceptClients(int listener, const Options &options,
                         const std::string &token) {
  long clients = 0;
  sigset_t none;
  sigemptyset(&none);
  while (!isEnding) {
    // Signals come here and nowhere else.
    pollfd entry{listener, POLLIN, 0};
    int ready = ppoll(&entry, 1, nullptr, &none);
    reap(clients, options.quiet);
    if (ready <= 0)
      continue;
    int client = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) {
      // Out of descriptors or memory: later there may be some.
      if (errno != EINTR && errno != ECONNABORTED && errno != EAGAIN)
        usleep(100000);
      continue;
    }
    if (clients >= options.clients) {
      turnAway(client);
      continue;
    }
    std::fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
      close(listener);
      serveClient(client, options, token);
    }
    close(client);
    clients += child > 0;
  }
  return 0;
}

int main(int count, char **words) {
  Options options;
  std::string error, token;
  if (!parse(count, words, options, error))
    return fail(error, 2);
  if (options.help || options.version) {
    std::printf("%s%s", options.help ? kHelp : qcrt_version(),
                options.help ? "" : "\n");
    return 0;
  }
  if (options.tokenFile.empty() && !isLoopback(options.address))
    return fail("--listen " + options.address +
                    " lets other machines in: give --token-file",
                2);
  if (!options.tokenFile.empty() && !readToken(options.tokenFile, token, error))
    return fail(error, 1);
  int port = 0;
  int listener = listenAt(options, port, error);
  if (listener < 0)
    return fail(error, error.compare(0, 8, "--listen") == 0 ? 2 : 1);
  sigset_t blocked;
  sigemptyset(&blocked);
  for (int signal : {SIGINT, SIGTERM, SIGCHLD})
    sigaddset(&blocked, signal);
  sigprocmask(SIG_BLOCK, &blocked, nullptr);
  handle(SIGINT, end);
  handle(SIGTERM, end);
  handle(SIGCHLD, wake);
  handle(SIGPIPE, SIG_IGN);
  std::printf("listening at %s:%d\n", options.address.c_str(), port);
  std::fflush(stdout);
  return acceptClients(listener, options, token);
}
