// Logs one operation: that it started, how it ended and how long it took.
#pragma once

#include <fullon_log/field.hpp>
#include <fullon_log/line_budget.hpp>
#include <fullon_log/logger.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace fullon_log {

/// From its construction to its destruction is one operation:
///
///     operation_scope scope(log, "get_ticker", {{"symbol", symbol}, {"exchange", exchange}});
///     ...
///     scope.hit(found);
///
/// It logs "operation started" (DEBUG) with the fields `operation` and those given, and at its end one of
/// - "operation failed" (ERROR) after `failed()`, or if an exception passes and nothing was noted;
/// - "operation cancelled" (DEBUG) after `cancelled()`;
/// - "slow operation" (WARNING) if it took longer than `slow_operation`, unless it `waits()`;
/// - "operation ended" (DEBUG) else, a miss included,
///
/// with the fields again, `latency_ms` (milliseconds, with decimals), `cache_hit` after `hit()`, `status`
/// ("ok", "failed" or "cancelled") and the reason of a failure as `error`. Where the levels are off it costs two
/// readings of the steady clock and the copying of the fields.
///
/// \par Lifetimes   everything is copied: name, keys and texts may be moved away or destroyed at once. It may
///                  live in a coroutine's frame across `co_await` and end on another thread. A frame destroyed
///                  while it waits (with its io_context) looks like one that returned: "operation ended".
/// \par Concurrency one thread at a time.
/// \par Errors      none: nothing is thrown. Without memory for long texts the fields are left out.
class operation_scope {
public:
    static constexpr std::chrono::milliseconds slow_operation{100};

    /// Bytes of a longer text that are kept: it may be a name that a client has made up.
    static constexpr std::size_t longest_text = 200;

    /// Of more fields the first six are kept; the lines say how many were not, as `fields_left_out`.
    static constexpr std::size_t most_fields = 6;

    /// `begun`: since when it has been going on, if not since now.
    operation_scope(logger log, std::string_view operation, std::initializer_list<field> fields = {},
                    std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now()) noexcept;
    ~operation_scope();
    operation_scope(const operation_scope&) = delete;
    operation_scope& operator=(const operation_scope&) = delete;

    /// Notes whether the cache had it: `cache_hit`.
    void hit(bool found) noexcept { hit_ = found; }

    /// Notes that it failed, and why (its first 1000 bytes); an empty reason is left out. Of `failed()` and `cancelled()` the last
    /// counts. An exception that stands for a cancellation must be noted so, or it is a failure.
    void failed(std::string_view reason) noexcept;

    /// Notes that it waits for something to happen: how long that takes is nobody's fault, it is never "slow".
    void waits() noexcept { waits_ = true; }

    /// Lines at WARNING and ERROR only where `budget` has room for them, and with how many had none before as
    /// `lines_left_out`; one without room is written at DEBUG. `budget` has to outlive the scope.
    void limit(line_budget& budget) noexcept { budget_ = &budget; }

    /// Notes that nobody wants the result any more.
    void cancelled() noexcept { outcome_ = outcome::cancelled; }

private:
    enum class outcome : std::uint8_t { unknown, failed, cancelled };

    void keep(std::string_view operation, std::initializer_list<field> fields) noexcept;
    void write(level severity, std::string_view message, std::string_view status,
               std::optional<double> latency_ms, std::uint64_t lines_left_out = 0) const noexcept;

    logger log_;
    outcome outcome_ = outcome::unknown;
    bool waits_ = false;
    std::optional<bool> hit_;
    line_budget* budget_ = nullptr;
    int exceptions_; // on their way when it began
    std::chrono::steady_clock::time_point begun_;
    std::string_view operation_; // this and the texts of fields_ point into texts_ or long_texts_
    std::size_t kept_ = 0;
    std::size_t left_out_ = 0;
    field fields_[most_fields];
    char texts_[96];
    std::string long_texts_;
    std::string reason_;
};

} // namespace fullon_log
