// The compat dialect of one session: requests, their answers in order, streams.
#pragma once

#include <fullon_cache_api/detail/answers/operation_context.hpp>
#include <fullon_cache_api/detail/compat/compat_messages.hpp>
#include <fullon_cache_api/detail/compat/compat_operations.hpp>
#include <fullon_cache_api/detail/compat/compat_streams.hpp>
#include <fullon_cache_api/detail/compat/reply_order.hpp>
#include <fullon_cache_api/detail/compat/websocket_path.hpp>
#include <fullon_cache_api/detail/net/reply_budget.hpp>
#include <fullon_cache_api/detail/wire/outbox.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace fullon_cache_api::detail {

/// Requests run side by side, but are answered in their order, as the Python gateway did: bots may count on it.
class compat_session {
public:
    /// Why a request is not taken now, whatever it is; the kind is that of its operation.
    using gate = std::function<std::optional<outcome>(operation_kind kind)>;

    /// `gone`: whether nobody waits for answers any more. `room` completes when more may be put into the outbox.
    compat_session(websocket_path path, operation_context& context, outbox& out, std::function<void()> wake,
                   std::size_t max_reply_size, std::size_t max_topics, gate may_run,
                   std::function<bool()> gone, std::function<boost::asio::awaitable<void>()> room);

    /// A request that has to be run.
    struct job {
        const compat_operation* operation;
        protocol::compat_request asked;
        compat_params read;
        reply_order::ticket ticket;
    };

    /// Answers what can be answered at once. \returns what is left to do.
    std::optional<job> take(protocol::compat_request asked);

    /// Runs one to its end; its answer goes out with `held`. What it throws is answered. \returns the error, if it came to one.
    boost::asio::awaitable<std::optional<error>> run(job what, reply_budget::share held);

    /// Answers one that is not run.
    void give_up(const job& what, outcome failed);

    /// Answers one of which only the beginning was read. `id` is JSON text, or empty.
    void refuse(std::string_view id, outcome failed);

    std::size_t streams() const noexcept { return streams_.size(); }
    std::size_t waiting_bytes() const noexcept { return replies_.bytes(); }

private:
    boost::asio::awaitable<std::unique_ptr<stream_source>> open(const job* what,
                                                                compat_streams::stream* stream);
    void answer(const job& what, outcome& done, std::chrono::steady_clock::time_point begin,
                reply_budget::share held);
    std::string answer_of(const job& what, outcome& done) const;
    void end_streams(const protocol::compat_request& asked, reply_order::ticket ticket);
    std::string key_of(const protocol::compat_request& asked) const;

    websocket_path path_;
    operation_context& context_;
    outbox& out_;
    std::function<void()> wake_;
    std::size_t max_reply_size_;
    std::size_t max_topics_;
    gate may_run_;
    std::function<bool()> gone_;
    std::function<boost::asio::awaitable<void>()> room_;
    reply_order replies_;
    compat_streams streams_;
};

} // namespace fullon_cache_api::detail
