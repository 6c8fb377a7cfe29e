// The deployed dialect of one session: requests, their answers in order, streams.
#pragma once

#include <fullon_cache_api/detail/deployed_operations.hpp>
#include <fullon_cache_api/detail/deployed_streams.hpp>
#include <fullon_cache_api/detail/operation_context.hpp>
#include <fullon_cache_api/detail/outbox.hpp>
#include <fullon_cache_api/detail/reply_order.hpp>
#include <fullon_cache_api/detail/websocket_path.hpp>
#include <fullon_cache_api/protocol/deployed_messages.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace fullon_cache_api::detail {

/// Requests run side by side, but are answered in their order, as the Python gateway did: bots may count on it.
class deployed_session {
public:
    /// Why a request is not taken now, whatever it is; the kind is that of its operation.
    using gate = std::function<std::optional<outcome>(operation_kind kind)>;

    /// `gone`: whether nobody waits for answers any more.
    deployed_session(websocket_path path, operation_context& context, outbox& out, std::function<void()> wake,
                     std::size_t max_reply_size, gate may_run, std::function<bool()> gone);

    /// A request that has to be run.
    struct job {
        const deployed_operation* operation;
        protocol::deployed_request asked;
        deployed_params read;
        reply_order::ticket ticket;
    };

    /// Answers what can be answered at once. \returns what is left to do.
    std::optional<job> take(protocol::deployed_request asked);

    /// Runs one to its end. What it throws is answered.
    boost::asio::awaitable<void> run(job what);

    std::size_t streams() const noexcept { return streams_.size(); }
    std::size_t waiting_bytes() const noexcept { return replies_.bytes(); }

private:
    boost::asio::awaitable<std::unique_ptr<stream_source>> open(const job* what,
                                                                deployed_streams::stream* stream);
    void answer(const job& what, outcome done, std::chrono::steady_clock::time_point begin);
    std::string answer_of(const job& what, outcome& done) const;
    void end_streams(const protocol::deployed_request& asked, reply_order::ticket ticket);
    std::string key_of(const protocol::deployed_request& asked) const;

    websocket_path path_;
    operation_context& context_;
    outbox& out_;
    std::function<void()> wake_;
    std::size_t max_reply_size_;
    gate may_run_;
    std::function<bool()> gone_;
    reply_order replies_;
    deployed_streams streams_;
};

} // namespace fullon_cache_api::detail
