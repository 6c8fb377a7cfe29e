// Bodies of log_file.hpp.
#pragma once

#include <fullon_log/configuration_error.hpp>
#include <fullon_log/impl/log_file.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <functional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fullon_log::detail {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view rotated_pattern = "0000-00-00_00-00-00_000000"; // 0 = any digit

std::string rotation_time()
{
    using namespace std::chrono;
    const auto now = system_clock::now();
    const auto day = floor<days>(now);
    const year_month_day date(day);
    const hh_mm_ss clock(floor<microseconds>(now - day));
    return fmt::format("{:04}-{:02}-{:02}_{:02}-{:02}-{:02}_{:06}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                       clock.subseconds().count());
}

} // namespace

bool is_rotated_name(const fs::path& path, std::string_view name)
{
    const std::string prefix = path.stem().string() + ".";
    const std::string suffix = path.extension().string();
    if (!name.starts_with(prefix) || !name.ends_with(suffix) || name.size() < prefix.size() + suffix.size())
        return false;
    const auto middle = name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
    return std::equal(middle.begin(), middle.end(), rotated_pattern.begin(), rotated_pattern.end(),
                      [](char c, char wanted) { return wanted == '0' ? c >= '0' && c <= '9' : c == wanted; });
}

log_file::log_file(fs::path path, std::uint64_t rotation_bytes, std::chrono::hours retention)
    : path_(std::move(path)), rotation_bytes_(rotation_bytes),
      retention_(std::min(retention, std::chrono::hours(24 * 365 * 100))) // nanoseconds end after 292 years
{
    std::error_code error;
    if (path_.has_parent_path() && fs::create_directories(path_.parent_path(), error))
        created_folder_ = path_.parent_path();
    if (!open())
        throw configuration_error("LOG_FILE_PATH", path_.string(),
                                  "a writable file (" + std::generic_category().message(errno) + ")");
    delete_old();
}

log_file::~log_file()
{
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

void log_file::reopen() noexcept
{
    if (regular_ && !open())
        complain("cannot open", errno);
}

bool log_file::write(std::string_view line) noexcept
{
    if (rotate_at_ > 0 && size_ > 0 && size_ + line.size() > rotate_at_)
        rotate();
    if (torn_ && !write_all("\n"))
        return false;
    torn_ = false;
    if (!write_all(line))
        return false;
    complained_ = false;
    return true;
}

// Keeps what was open if it fails; errno says why.
bool log_file::open() noexcept
{
    // Non-blocking, so that a pipe without a reader is an error and not a wait for ever.
    const int opened = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0644);
    if (opened < 0)
        return false;
    ::fcntl(opened, F_SETFL, O_APPEND);
    if (descriptor_ >= 0)
        ::close(descriptor_);
    descriptor_ = opened;
    struct stat status{};
    ::fstat(descriptor_, &status);
    regular_ = S_ISREG(status.st_mode);
    size_ = regular_ ? static_cast<std::uint64_t>(status.st_size) : 0;
    rotate_at_ = regular_ ? rotation_bytes_ : 0;
    return true;
}

bool log_file::write_all(std::string_view bytes) noexcept
{
    while (!bytes.empty()) {
        const auto written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            complain("cannot write", written < 0 ? errno : EIO);
            return false;
        }
        size_ += static_cast<std::uint64_t>(written);
        bytes.remove_prefix(static_cast<std::size_t>(written));
        torn_ = !bytes.empty(); // only seen if the next round fails
    }
    return true;
}

void log_file::rotate() noexcept
{
    try {
        // If somebody else has moved the file (another process, logrotate), opening the new one is all there is to do.
        struct stat ours{};
        struct stat theirs{};
        const bool present = ::stat(path_.c_str(), &theirs) == 0;
        if (present && ::fstat(descriptor_, &ours) == 0 && ours.st_ino == theirs.st_ino &&
            ours.st_dev == theirs.st_dev) {
            fs::path target;
            do {
                target = path_;
                target.replace_filename(path_.stem().string() + "." + rotation_time() +
                                        path_.extension().string());
            } while (fs::exists(target));
            fs::rename(path_, target);
        }
        if (open())
            return delete_old();
        complain("cannot open", errno);
    } catch (const std::system_error& error) {
        complain("cannot rotate", error.code().value());
    } catch (...) {
        complain("cannot rotate", ENOMEM);
    }
    rotate_at_ = size_ + rotation_bytes_; // goes on in the file that is open
}

void log_file::delete_old() const noexcept
{
    if (!regular_)
        return;
    try {
        const fs::path folder = path_.has_parent_path() ? path_.parent_path() : fs::path(".");
        std::vector<fs::path> rotated;
        std::error_code error;
        for (fs::directory_iterator each(folder, error), end; !error && each != end; each.increment(error))
            if (is_rotated_name(path_, each->path().filename().string()))
                rotated.push_back(each->path());
        std::sort(rotated.begin(), rotated.end(),
                  std::greater<>()); // their names are their times: the newest first
        const bool for_ever = retention_ <= std::chrono::hours(0);
        const auto oldest = fs::file_time_type::clock::now() - retention_;
        std::uint64_t bytes = 0;
        for (std::size_t i = 0; i < rotated.size(); ++i) {
            std::error_code gone; // another process may be deleting the same files
            const auto time = fs::last_write_time(rotated[i], gone);
            const auto size = gone ? 0 : fs::file_size(rotated[i], gone);
            if (gone)
                continue;
            bytes += size;
            const bool too_much =
                rotation_bytes_ > 0 && (i >= most_rotated || bytes > most_rotated * rotation_bytes_);
            if (too_much || (!for_ever && time < oldest))
                fs::remove(rotated[i], gone);
        }
    } catch (...) { // no memory for a name: the next rotation will find the files
    }
}

void log_file::complain(const char* what, int error) noexcept
{
    if (std::exchange(complained_, true))
        return;
    try {
        const auto text = fmt::format("fullon_log: {} {}: {}\n", what, path_.string(),
                                      std::generic_category().message(error));
        std::fwrite(text.data(), 1, text.size(), stderr);
    } catch (...) { // nobody left to tell
    }
}

} // namespace fullon_log::detail
