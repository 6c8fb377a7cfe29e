// A log file that starts anew at a size and deletes what has grown too old or too much. POSIX only, no spdlog.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>

namespace fullon_log::detail {

// Lines are appended whole, each by one write(2), so that several processes may share a file. A full file
// `name.log` is renamed to `name.2025-11-21_07-08-10_123456.log` (UTC). Of these the newest are kept: at most `most_rotated`,
// and no more bytes than so many full ones have. Used by one thread at a time.
class log_file {
public:
    static constexpr std::size_t most_rotated = 20;

    // Creates the folder, opens the file and deletes old ones. Throws configuration_error.
    log_file(std::filesystem::path path, std::uint64_t rotation_bytes, std::chrono::hours retention);
    ~log_file();
    log_file(const log_file&) = delete;
    log_file& operator=(const log_file&) = delete;

    // Opens it again: the writer before this one may have rotated it meanwhile.
    void reopen() noexcept;

    // The folder that had to be created for it; empty if it was there.
    const std::filesystem::path& created_folder() const noexcept { return created_folder_; }

    // False if the line is lost; stderr is told once until it works again.
    bool write(std::string_view line) noexcept;

private:
    bool open() noexcept;
    bool write_all(std::string_view bytes) noexcept;
    void rotate() noexcept;
    void delete_old() const noexcept;
    void complain(const char* what, int error) noexcept;

    std::filesystem::path path_;
    std::filesystem::path created_folder_;
    std::uint64_t rotation_bytes_;
    std::chrono::hours retention_;
    int descriptor_ = -1;
    bool regular_ = false; // not a pipe or a device: may be rotated
    std::uint64_t size_ = 0;
    std::uint64_t rotate_at_ = 0; // moved on when a rotation fails, so that not every line tries again
    bool torn_ = false; // the last write ended inside a line
    bool complained_ = false;
};

// Whether `name` is what rotation makes of `path`.
bool is_rotated_name(const std::filesystem::path& path, std::string_view name);

} // namespace fullon_log::detail
