// One client: reads its requests, runs them, sends its outbox.
#pragma once

#include <fullon_cache_api/detail/catalogue.hpp>
#include <fullon_cache_api/detail/deployed_session.hpp>
#include <fullon_cache_api/detail/metrics_source.hpp>
#include <fullon_cache_api/detail/operation_context.hpp>
#include <fullon_cache_api/detail/outbox.hpp>
#include <fullon_cache_api/detail/random_ids.hpp>
#include <fullon_cache_api/detail/session_streams.hpp>
#include <fullon_cache_api/detail/transport.hpp>
#include <fullon_cache_api/detail/websocket_path.hpp>
#include <fullon_cache_api/protocol/messages.hpp>
#include <fullon_cache_api/server_config.hpp>

#include <fullon_cache/detail/notifier.hpp>
#include <fullon_cache/detail/task_group.hpp>
#include <fullon_log/logger.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_set>

namespace fullon_cache_api::detail {

/// Lives in the frame of the coroutine that runs it. One reader, one writer (nobody else writes), and one
/// task per request under way: replies go out as they finish.
class session {
public:
    session(std::unique_ptr<transport> connection, const server_config& settings,
            std::shared_ptr<fullon_cache::detail::link> redis, std::shared_ptr<ticker_source> tickers,
            std::shared_ptr<group_source> groups, std::shared_ptr<metrics_source> metrics, std::string epoch,
            websocket_path path, boost::asio::any_io_executor executor);

    /// Serves until the peer is gone or shut_down() was called; every task has ended then.
    boost::asio::awaitable<void> run();

    /// Ends the session after what is queued now: no further request is taken, close code 1001.
    void shut_down();

    /// Ends it at once.
    void cut() noexcept;

    /// Adds what waits here now.
    void add_figures(metrics_snapshot& to) const;

private:
    /// A stream whose source stands, before its acknowledgement was sent.
    struct opened_stream {
        session_streams::stream* which = nullptr;
        std::unique_ptr<stream_source> source;
    };

    boost::asio::awaitable<void> read_loop();
    boost::asio::awaitable<void> write_loop();
    boost::asio::awaitable<void> write_queue();
    boost::asio::awaitable<void> answer(protocol::request asked);
    boost::asio::awaitable<opened_stream> open_stream(const operation_entry& entry, protocol::request asked);
    void take(std::string text);
    deployed_session& deployed();
    void take_deployed(protocol::deployed_request asked);
    boost::asio::awaitable<void> answer_deployed(deployed_session::job asked);
    outcome refuse(const protocol::request& asked) const;
    std::optional<outcome> refuse_now(operation_kind kind) const;
    outcome acknowledge(const opened_stream& opened) const;
    void reply(std::string message);
    void begin_close(close_code code, std::string reason);

    std::unique_ptr<transport> transport_;
    const server_config& settings_;
    std::shared_ptr<server_metrics> figures_;
    fullon_log::logger log_;
    fullon_cache::detail::notifier output_;
    fullon_cache::detail::notifier drained_;
    outbox outbox_;
    session_streams streams_;
    operation_context context_;
    random_ids ids_;
    websocket_path path_;
    std::unique_ptr<deployed_session> deployed_; // once something was said in that dialect
    fullon_cache::detail::task_group tasks_;
    std::unordered_set<std::string> ids_in_flight_;
    std::size_t in_flight_ = 0;
    bool closing_ = false;   // no further request; what is queued goes out
    bool peer_gone_ = false; // nothing can be sent any more
    bool writing_over_ = false;
    close_code close_code_ = close_code::normal;
    std::string close_reason_;
};

} // namespace fullon_cache_api::detail
