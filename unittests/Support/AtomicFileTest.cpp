// Output files are whole or absent, also on errors and signals.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/AtomicFile.h"

#include "TempFolder.h"
#include "qc/Support/MappedFile.h"

#include <gtest/gtest.h>

#include <csignal>
#include <sys/resource.h>
#include <sys/wait.h>

using namespace qc;
namespace fs = std::filesystem;

TEST(AtomicFile, AppearsOnCommitOnly) {
  TempFolder folder;
  std::string path = folder.path("out.bin");
  Result<AtomicFile> file = AtomicFile::create(path);
  ASSERT_TRUE(file) << file.message();
  ASSERT_TRUE(file->write("abc"));
  EXPECT_FALSE(fs::exists(path));
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(*readTextFile(path), "abc");
  EXPECT_EQ(folder.entries(), 1u);
  EXPECT_FALSE(file->write("more"));
}

TEST(AtomicFile, WithoutCommitNothingIsLeftAndTheOldFileStays) {
  TempFolder folder;
  std::string path = folder.write("out.bin", "old");
  {
    Result<AtomicFile> file = AtomicFile::create(path);
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write("new"));
    AtomicFile moved = std::move(*file);
  }
  EXPECT_EQ(*readTextFile(path), "old");
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(AtomicFile, KeepsPermissionsAndFollowsLinks) {
  TempFolder folder;
  std::string target = folder.write("target", "old");
  fs::permissions(target, fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("target", folder.path("link"));
  ASSERT_TRUE(writeFile(folder.path("link"), "new"));
  EXPECT_TRUE(fs::is_symlink(folder.path("link")));
  EXPECT_EQ(*readTextFile(target), "new");
  EXPECT_EQ(fs::status(target).permissions() & fs::perms::mask,
            fs::perms::owner_read | fs::perms::owner_write);
}

TEST(AtomicFile, NamesWhatIsInTheWay) {
  TempFolder folder;
  EXPECT_EQ(writeFile(folder.path(), "x").message(),
            "cannot write '" + folder.path() + "': it is a directory");
  std::string missing = folder.path("no/such/out");
  EXPECT_EQ(writeFile(missing, "x").message(),
            "cannot write '" + missing + "': No such file or directory");
  folder.write("file", "");
  EXPECT_EQ(writeFile(folder.path("file/out"), "x").message(),
            "cannot write '" + folder.path("file/out") + "': Not a directory");
  EXPECT_FALSE(writeFile("", "x"));
}

TEST(AtomicFile, FullDevice) {
  if (!fs::exists("/dev/full"))
    GTEST_SKIP() << "no /dev/full here";
  EXPECT_EQ(writeFile("/dev/full", "x").message(),
            "cannot write '/dev/full': No space left on device");
  EXPECT_TRUE(writeFile("/dev/null", "x"));
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST(AtomicFile, FullDiskLeavesNothing) {
  TempFolder folder;
  // A child with a file size limit stands for a full disk.
  pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{100, 100};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    Status status = writeFile(folder.path("out"), std::string(1000, 'x'));
    ::_exit(status.failed() ? 0 : 1);
  }
  int state = 0;
  ::waitpid(child, &state, 0);
  EXPECT_EQ(WEXITSTATUS(state), 0);
  EXPECT_EQ(folder.entries(), 0u);
}

TEST(AtomicFile, InterruptRemovesTheTemporaryFile) {
  TempFolder folder;
  pid_t child = ::fork();
  if (child == 0) {
    removeTemporaryFilesOnSignal();
    Result<AtomicFile> file = AtomicFile::create(folder.path("out"));
    if (!file || !file->write("half") || folder.entries() != 1)
      ::_exit(9);
    std::raise(SIGINT);
    ::_exit(8);
  }
  int state = 0;
  ::waitpid(child, &state, 0);
  EXPECT_TRUE(WIFSIGNALED(state));
  EXPECT_EQ(WTERMSIG(state), SIGINT);
  EXPECT_EQ(folder.entries(), 0u);
}

TEST(MappedFile, ErrorsNameThePath) {
  TempFolder folder;
  EXPECT_EQ(readTextFile(folder.path("gone")).message(),
            "'" + folder.path("gone") + "' does not exist");
  EXPECT_EQ(readTextFile(folder.path()).message(),
            "'" + folder.path() + "' is a directory, expected a file");
  EXPECT_EQ(*readTextFile(folder.write("empty", "")), "");
}
