// Output files are whole or absent, also on errors and signals.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/AtomicFile.h"

#include "TempFolder.h"
#include "qc/Support/FolderLock.h"
#include "qc/Support/MappedFile.h"

#include <gtest/gtest.h>

#include <csignal>
#include <sys/resource.h>
#include <sys/stat.h>
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

/// How a child that holds an unfinished file ends when it gets `signal`.
static int stateAfter(const TempFolder &folder, int signal) {
  pid_t child = ::fork();
  if (child == 0) {
    rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    // As in a program without a sanitizer, whose handlers would stay.
    std::signal(signal, SIG_DFL);
    removeTemporaryFilesOnSignal();
    Result<AtomicFile> file = AtomicFile::create(folder.path("out"));
    if (!file || !file->write("half") || folder.entries() != 1)
      ::_exit(9);
    ::kill(::getpid(), signal);
    ::_exit(8);
  }
  int state = 0;
  ::waitpid(child, &state, 0);
  return state;
}

TEST(AtomicFile, SignalsRemoveTheTemporaryFile) {
  for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGXCPU,
                     SIGABRT, SIGSEGV, SIGBUS, SIGFPE}) {
    TempFolder folder;
    int state = stateAfter(folder, signal);
    EXPECT_TRUE(WIFSIGNALED(state)) << signal;
    EXPECT_EQ(WTERMSIG(state), signal);
    EXPECT_EQ(folder.entries(), 0u) << signal;
  }
}

TEST(AtomicFile, AFileSizeLimitIsAnError) {
  TempFolder folder;
  pid_t child = ::fork();
  if (child == 0) {
    removeTemporaryFilesOnSignal();
    rlimit limit{100, 100};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    Status status = writeFile(folder.path("out"), std::string(1000, 'x'));
    ::_exit(status.failed() ? 0 : 1);
  }
  int state = 0;
  ::waitpid(child, &state, 0);
  EXPECT_TRUE(WIFEXITED(state));
  EXPECT_EQ(WEXITSTATUS(state), 0);
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

TEST(MappedFile, OnlyRegularFiles) {
  TempFolder folder;
  std::string pipe = folder.path("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  // Nobody writes into it: opening it as a file would wait for ever.
  for (const std::string &path : {pipe, std::string("/dev/zero")}) {
    std::string message =
        "'" + path + "' is a pipe or a device, expected a regular file";
    EXPECT_EQ(MappedFile::open(path).message(), message);
    EXPECT_EQ(MappedFile::map(path).message(), message);
    EXPECT_EQ(checkRegularFile(path).message(), message);
  }
  EXPECT_TRUE(checkRegularFile(folder.write("file", "")));
}

TEST(MappedFile, WhatWasReadStays) {
  TempFolder folder;
  std::string path = folder.write("file", std::string(100000, 'a'));
  auto read = MappedFile::open(path);
  ASSERT_TRUE(read);
  ASSERT_EQ(::truncate(path.c_str(), 10), 0);
  EXPECT_EQ((*read)->text(), std::string(100000, 'a'));
  EXPECT_EQ((*read)->data()[100000], 0);
  EXPECT_EQ(reinterpret_cast<uintptr_t>((*read)->data()) % 4096, 0u);
}

TEST(MappedFile, ALostMappingIsAnErrorThatNamesTheFile) {
  TempFolder folder;
  std::string path = folder.write("file", std::string(100000, 'a'));
  EXPECT_EXIT(
      {
        std::signal(SIGBUS, SIG_DFL);
        reportLostMappings();
        auto mapped = MappedFile::map(path);
        if (!mapped || ::truncate(path.c_str(), 10) != 0)
          ::_exit(9);
        volatile unsigned char last = (*mapped)->data()[99999];
        ::_exit(last ? 8 : 7);
      },
      testing::ExitedWithCode(1), "file' became shorter while it was in use");
}

TEST(FolderLock, OneAtATime) {
  TempFolder folder;
  std::string path = folder.path("a/b");
  {
    auto first = FolderLock::take(path);
    ASSERT_TRUE(first) << first.message();
    EXPECT_EQ(FolderLock::take(path).message(),
              "another process is writing into the folder '" + path +
                  "': wait for it, or choose another folder");
    FolderLock moved = std::move(*first);
    EXPECT_FALSE(FolderLock::take(path));
  }
  EXPECT_TRUE(FolderLock::take(path));
  EXPECT_TRUE(fs::is_empty(path));
}

TEST(FolderLock, EndsWithTheProcess) {
  TempFolder folder;
  pid_t child = ::fork();
  if (child == 0) {
    auto lock = FolderLock::take(folder.path("out"));
    ::kill(::getpid(), lock ? SIGKILL : SIGTERM);
  }
  int state = 0;
  ::waitpid(child, &state, 0);
  EXPECT_EQ(WTERMSIG(state), SIGKILL);
  EXPECT_TRUE(FolderLock::take(folder.path("out")));
}

TEST(FolderLock, NamesWhatIsInTheWay) {
  TempFolder folder;
  folder.write("file", "");
  EXPECT_EQ(FolderLock::take(folder.path("file/out")).message(),
            "cannot make the folder '" + folder.path("file/out") +
                "': Not a directory");
  EXPECT_FALSE(FolderLock::take(folder.path("file")));
}
