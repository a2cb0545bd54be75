// --host and what belongs to it: programs that run on a board.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TOOLS_QC_REMOTE_H
#define QC_TOOLS_QC_REMOTE_H

#include "Command.h"

namespace qc {

/// What a command was told of a board.
struct RemoteFlags {
  std::string host, tokenFile;
  int64_t port = 0;
  double timeout = 60;

  bool isGiven() const { return !host.empty(); }
};

void addRemoteOptions(CLI::App &command, RemoteFlags &flags);

/// Where `flags` say; none without --host. An error where the token cannot be
/// read.
Result<std::optional<RemoteHost>> readRemote(const RemoteFlags &flags);

} // namespace qc

#endif // QC_TOOLS_QC_REMOTE_H
