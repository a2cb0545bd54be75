// Running programs on another machine: frames over a channel, and who serves
// them. Used by qcrt-server on the board and by qc on the host.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every message is a frame: "QCR1", the kind and the size of what follows (u32
// and u64, little endian), then so many bytes. A client says Hello with the
// token, gives a Model (a .qcb), and asks for Runs of it: the bytes of all
// inputs, one behind the other. Each is answered by Done, with the outputs in
// the same form behind a run, or by Failed with a text.
#ifndef QCRT_REMOTE_H
#define QCRT_REMOTE_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace qcrt::remote {

inline constexpr uint32_t kProtocolVersion = 1;
inline constexpr int kDefaultPort = 7420;
/// Bytes of a frame from or to somebody whose token has not been seen, and of
/// every text.
inline constexpr uint64_t kSmallFrame = 4096;

enum class Kind : uint32_t {
  Hello = 1,
  Model = 2,
  Run = 3,
  Done = 4,
  Failed = 5
};

struct Frame {
  Kind kind = Kind::Failed;
  std::vector<uint8_t> payload;
};

/// Bytes in and out. Calls fail when the other side is gone or too slow.
class Channel {
public:
  virtual ~Channel();
  /// All of them or false; `error` says why.
  virtual bool read(void *bytes, size_t size, std::string &error) = 0;
  virtual bool write(const void *bytes, size_t size, std::string &error) = 0;
  /// A new message begins: it may take as long as one may.
  virtual void beginMessage() {}
};

/// Whether the other side has closed where a frame would have begun.
inline constexpr const char *kClosed = "the connection is closed";

/// Reads one frame of at most `most` bytes. Memory grows with what comes, not
/// with what is announced.
bool readFrame(Channel &channel, uint64_t most, Frame &frame,
               std::string &error);
/// Writes one; the payload is `pieces`, one behind the other.
struct Piece {
  const void *bytes;
  size_t size;
};
bool writeFrame(Channel &channel, Kind kind, const std::vector<Piece> &pieces,
                std::string &error);

/// What a server allows.
struct Limits {
  uint64_t modelBytes = uint64_t(256) << 20;
  /// Of a program's arena with its inputs and outputs.
  uint64_t memoryBytes = uint64_t(1024) << 20;
  int threads = 1;
};

/// Serves one client until it closes or breaks the rules. An empty `token` is
/// asked of nobody. Returns what there is to log.
std::string serve(Channel &channel, const Limits &limits,
                  const std::string &token);

/// The payload of Hello.
std::vector<uint8_t> makeHello(const std::string &token);

/// A connected socket, which it closes. Each message may take `seconds`.
class SocketChannel : public Channel {
public:
  SocketChannel(int descriptor, double seconds);
  ~SocketChannel() override;
  SocketChannel(const SocketChannel &) = delete;
  SocketChannel &operator=(const SocketChannel &) = delete;

  bool read(void *bytes, size_t size, std::string &error) override;
  bool write(const void *bytes, size_t size, std::string &error) override;
  void beginMessage() override;

private:
  bool wait(short events, std::string &error);

  int descriptor;
  double seconds, deadline = 0;
};

/// Connects to a numeric address or a name within `seconds`; -1 and a text
/// where that fails. Not in the static server, which needs no names.
int connectTo(const std::string &host, int port, double seconds,
              std::string &error);

} // namespace qcrt::remote

#endif // QCRT_REMOTE_H
