// --host and what belongs to it: programs that run on a board.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Remote.h"
#include "qc/Support/MappedFile.h"
#include "qc/Support/Strings.h"
#include "qcrt/Remote.h"

namespace qc {

void addRemoteOptions(CLI::App &command, RemoteFlags &flags) {
  flags.port = qcrt::remote::kDefaultPort;
  CLI::Option *host =
      command
          .add_option("--host", flags.host,
                      "Run the .qcb on this machine, where qcrt-server listens")
          ->type_name("NAME");
  command.add_option("--port", flags.port, "Its port")
      ->check(CLI::Range(int64_t(1), int64_t(65535)))
      ->capture_default_str()
      ->needs(host);
  command
      .add_option("--timeout", flags.timeout,
                  "Seconds that connecting or one message may take")
      ->check(numberBetween(0.001, 86400))
      ->capture_default_str()
      ->needs(host);
  command
      .add_option("--token-file", flags.tokenFile,
                  "File with the token that the server asks for")
      ->needs(host);
}

Result<std::optional<RemoteHost>> readRemote(const RemoteFlags &flags) {
  if (!flags.isGiven())
    return std::optional<RemoteHost>();
  RemoteHost remote;
  remote.host = flags.host;
  remote.port = static_cast<int>(flags.port);
  remote.seconds = flags.timeout;
  if (!flags.tokenFile.empty()) {
    Result<std::string> text = readTextFile(flags.tokenFile);
    if (!text)
      return text.takeError();
    remote.token = std::string(trim(*text));
    if (remote.token.empty())
      return error("'", flags.tokenFile, "' holds no token");
  }
  return std::optional(remote);
}

} // namespace qc
