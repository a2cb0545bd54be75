// A program that runs on another machine, through qcrt-server.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_EXECUTION_REMOTEPROGRAM_H
#define QC_EXECUTION_REMOTEPROGRAM_H

#include "qc/Support/MLIR.h"
#include "qc/Support/Result.h"

#include <memory>
#include <string>

namespace qcrt::remote {
class SocketChannel;
} // namespace qcrt::remote

namespace qc {

/// Where a qcrt-server listens, and how it is spoken to.
struct RemoteHost {
  std::string host; ///< a name or an address
  int port = 0;
  double seconds = 60; ///< that connecting or one message may take
  std::string token;   ///< empty: the server asks for none
};

/// A connection with one program loaded.
class RemoteProgram {
public:
  /// Gives the server the bytes of a .qcb. The message names the host.
  static Result<std::unique_ptr<RemoteProgram>>
  open(const RemoteHost &host, const void *bytes, size_t size);
  ~RemoteProgram();

  /// Runs once; inputs and outputs as qcrt_run takes them, of so many bytes
  /// each.
  Status run(ArrayRef<std::pair<const void *, size_t>> inputs,
             ArrayRef<std::pair<void *, size_t>> outputs);

private:
  RemoteProgram();
  Status ask(uint32_t kind, ArrayRef<std::pair<const void *, size_t>> pieces,
             std::vector<uint8_t> &answer, uint64_t most);

  std::string where;
  std::unique_ptr<qcrt::remote::SocketChannel> channel;
};

} // namespace qc

#endif // QC_EXECUTION_REMOTEPROGRAM_H
