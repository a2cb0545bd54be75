// A scratch folder that a test owns.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_UNITTESTS_SUPPORT_TEMPFOLDER_H
#define QC_UNITTESTS_SUPPORT_TEMPFOLDER_H

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <unistd.h>

class TempFolder {
public:
  TempFolder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "qc-test-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
  std::string path() const { return folder; }
  std::string path(const std::string &name) const {
    return folder + "/" + name;
  }
  /// Writes a file, making the folders on the way; returns its path.
  std::string write(const std::string &name, std::string_view bytes) const {
    std::string full = path(name);
    std::filesystem::create_directories(
        std::filesystem::path(full).parent_path());
    std::ofstream(full, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return full;
  }
  size_t entries() const {
    size_t count = 0;
    for (auto &entry : std::filesystem::directory_iterator(folder))
      count += entry.exists();
    return count;
  }

private:
  std::string folder;
};

#endif // QC_UNITTESTS_SUPPORT_TEMPFOLDER_H
