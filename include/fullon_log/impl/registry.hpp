// The only global state: the components' entries and the writer in use.
#pragma once

#include <fullon_log/detail/log_entry.hpp>
#include <fullon_log/impl/writer.hpp>

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace fullon_log::detail {

// Without a writer: what goes to stderr all the same.
inline constexpr level level_without_writer = level::warning;

class registry {
public:
    // Never destroyed: objects with static storage may log while they are destroyed.
    static registry& instance();

    log_entry& entry(std::string_view name);

    // Borrows the writer in use for one line; empty if there is none.
    class lease {
    public:
        explicit lease(registry& from);
        ~lease();
        lease(const lease&) = delete;
        lease& operator=(const lease&) = delete;
        explicit operator bool() const noexcept { return writer_ != nullptr; }
        writer* operator->() const noexcept { return writer_; }

    private:
        registry& from_;
        writer* writer_;
    };

    // Puts `next` (or none) in place; the one before has written everything when this returns.
    void replace(std::unique_ptr<writer> next, level threshold);

    void count_lost_line() noexcept;
    std::uint64_t dropped() noexcept;

    std::mutex control; // one configure() or shutdown() at a time
    bool exit_handler = false;

private:
    std::mutex mutex_; // guards what follows; held for moments only
    std::condition_variable released_;
    std::map<std::string, std::unique_ptr<log_entry>, std::less<>> entries_;
    level threshold_ = level_without_writer;
    std::unique_ptr<writer> writer_;
    const writer* retiring_ = nullptr;
    const writer* forked_from_ = nullptr; // left alone for ever
    std::uint64_t lost_before_ = 0; // by writers that are gone
};

} // namespace fullon_log::detail
