// A program that runs on another machine, through qcrt-server.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Execution/RemoteProgram.h"
#include "qc/Support/Strings.h"
#include "qcrt/Remote.h"

#include <cstring>

namespace qc {

using qcrt::remote::Kind;

RemoteProgram::RemoteProgram() = default;
RemoteProgram::~RemoteProgram() = default;

/// Sends one frame and takes the answer, which has at most `most` bytes.
Status RemoteProgram::ask(uint32_t kind,
                          ArrayRef<std::pair<const void *, size_t>> pieces,
                          std::vector<uint8_t> &answer, uint64_t most) {
  std::vector<qcrt::remote::Piece> frame;
  for (const auto &[bytes, size] : pieces)
    frame.push_back({bytes, size});
  std::string reason;
  bool sent = qcrt::remote::writeFrame(*channel, static_cast<Kind>(kind), frame,
                                       reason);
  qcrt::remote::Frame got;
  std::string unread;
  // A server that refuses a frame says why before it closes.
  if (!qcrt::remote::readFrame(
          *channel, std::max(most, qcrt::remote::kSmallFrame), got, unread))
    return error(where, ": ", sent ? unread : reason);
  if (got.kind == Kind::Failed)
    return error(
        where, ": ",
        printable(std::string(got.payload.begin(), got.payload.end())));
  if (got.kind != Kind::Done)
    return error(where, ": what came is no answer of qcrt-server");
  answer = std::move(got.payload);
  return ok();
}

Result<std::unique_ptr<RemoteProgram>>
RemoteProgram::open(const RemoteHost &host, const void *bytes, size_t size) {
  std::unique_ptr<RemoteProgram> program(new RemoteProgram());
  program->where = host.host + ":" + std::to_string(host.port);
  std::string reason;
  int descriptor =
      qcrt::remote::connectTo(host.host, host.port, host.seconds, reason);
  if (descriptor < 0)
    return error("cannot connect to qcrt-server at ", program->where, ": ",
                 reason);
  program->channel =
      std::make_unique<qcrt::remote::SocketChannel>(descriptor, host.seconds);
  std::vector<uint8_t> hello = qcrt::remote::makeHello(host.token), answer;
  if (Status greeted = program->ask(static_cast<uint32_t>(Kind::Hello),
                                    {{hello.data(), hello.size()}}, answer, 0);
      !greeted)
    return greeted;
  if (Status loaded = program->ask(static_cast<uint32_t>(Kind::Model),
                                   {{bytes, size}}, answer, 0);
      !loaded)
    return loaded;
  return std::move(program);
}

Status RemoteProgram::run(ArrayRef<std::pair<const void *, size_t>> inputs,
                          ArrayRef<std::pair<void *, size_t>> outputs) {
  // Nanoseconds of the run stand in front.
  size_t size = 8;
  for (const auto &output : outputs)
    size += output.second;
  std::vector<uint8_t> answer;
  if (Status ran = ask(static_cast<uint32_t>(Kind::Run), inputs, answer, size);
      !ran)
    return ran;
  if (answer.size() != size)
    return error(where, ": an answer of ", answer.size(), " bytes, expected ",
                 size);
  size_t offset = 8;
  for (const auto &[to, count] : outputs) {
    if (count)
      std::memcpy(to, answer.data() + offset, count);
    offset += count;
  }
  return ok();
}

} // namespace qc
