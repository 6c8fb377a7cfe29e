// operation_scope: logs one operation, how it ended and how long it took.
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

/// Logs one operation, which lasts from construction to destruction.
///
/// \code
/// operation_scope scope(log, "get_ticker", {{"symbol", symbol}, {"exchange", exchange}});
/// const auto found = co_await read(exchange, symbol);
/// scope.hit(found.has_value());
/// \endcode
///
/// It logs "operation started" (DEBUG) with the fields `operation` and those given, and at its end one of
/// - "operation failed" (ERROR) after failed(), or when an exception passes and nothing was noted;
/// - "operation cancelled" (DEBUG) after cancelled();
/// - "slow operation" (WARNING) when it took longer than `slow_operation`, unless waits() was called;
/// - "operation ended" (DEBUG) otherwise, a miss included.
///
/// The last line has the fields again, `latency_ms` (milliseconds, with decimals), `cache_hit` after hit(),
/// `status` ("ok", "failed" or "cancelled"), and the reason of a failure as `error`. Where the levels are
/// suppressed it costs two readings of the steady clock and the copying of the fields.
///
/// \par Lifetimes   Name, keys and texts are copied. It may live in a coroutine's frame across `co_await` and
///                  end on another thread. A frame that is destroyed while it waits, with its io_context,
///                  looks like one that returned: "operation ended".
/// \par Concurrency one thread at a time.
/// \par Errors      nothing is thrown. Without memory for long texts the fields are left out.
class operation_scope {
public:
    /// An operation that takes longer is logged as slow.
    static constexpr std::chrono::milliseconds slow_operation{100};

    /// Texts of fields are cut to so many bytes: they may be names that a client has made up.
    static constexpr std::size_t longest_text = 200;

    /// So many fields are kept, the first ones; the lines tell how many were not, as `fields_left_out`.
    static constexpr std::size_t most_fields = 6;

    /// Begins an operation and logs that it started.
    /// \param begun when it began, if that was earlier
    operation_scope(logger log, std::string_view operation, std::initializer_list<field> fields = {},
                    std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now()) noexcept;
    /// Logs how it ended.
    ~operation_scope();
    operation_scope(const operation_scope&) = delete;
    operation_scope& operator=(const operation_scope&) = delete;

    /// Notes whether the cache had what was asked for: the field `cache_hit`.
    void hit(bool found) noexcept { hit_ = found; }

    /// Notes that it failed, and why; of the reason the first 1000 bytes are kept, an empty one is left out.
    /// Of failed() and cancelled() the last call counts. A cancellation that arrives as an exception must be
    /// noted with cancelled(), or it counts as a failure.
    void failed(std::string_view reason) noexcept;

    /// Notes that it waits for something to happen, so that its duration says nothing: it is never "slow".
    void waits() noexcept { waits_ = true; }

    /// Bounds the lines at WARNING and ERROR by a budget. A line without room is written at DEBUG; the next
    /// one with room tells how many had none, as `lines_left_out`.
    /// \param budget must outlive the scope
    void limit(line_budget& budget) noexcept { budget_ = &budget; }

    /// Notes that the operation was cancelled: nobody wants the result any more.
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
