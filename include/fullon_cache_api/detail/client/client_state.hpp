// What a client, its calls and its streams share: the connection, its reader and writer, the reconnect loop.
#pragma once

#include <fullon_cache_api/client_config.hpp>
#include <fullon_cache_api/client_event.hpp>
#include <fullon_cache_api/detail/client/connect_websocket.hpp>
#include <fullon_cache_api/detail/client/stream_registry.hpp>
#include <fullon_cache_api/detail/net/transport.hpp>
#include <fullon_cache_api/detail/stream/stream_channel.hpp>
#include <fullon_cache_api/detail/stream/stream_request.hpp>
#include <fullon_cache_api/detail/wire/call_reply.hpp>
#include <fullon_cache_api/detail/wire/client_messages.hpp>
#include <fullon_cache_api/detail/wire/outbox.hpp>

#include <fullon_coro/backoff.hpp>
#include <fullon_coro/notifier.hpp>
#include <fullon_coro/task_group.hpp>

#include <fullon_log/logger.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/value.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace fullon_cache_api::detail {

using client_reply = call_reply<boost::json::value>;

/// One life of events(): bounded, the oldest are dropped.
struct event_queue {
    explicit event_queue(const boost::asio::any_io_executor& executor) : changed(executor) {}
    std::deque<client_event> events;
    fullon_coro::notifier changed;
    bool over = false;
};

/// Lives on one serial executor. The coroutines of its task group hold it; it goes when they have ended, which
/// close() and abandon() bring about.
class client_state : public std::enable_shared_from_this<client_state> {
public:
    using clock = std::chrono::steady_clock;
    using stream_id = stream_registry::stream_id;

    client_state(boost::asio::any_io_executor executor, std::string url, client_config config);
    ~client_state();

    /// The first connection. \throws boost::system::system_error
    boost::asio::awaitable<void> open();
    boost::asio::awaitable<void> close();

    /// The owner is gone without close().
    void abandon();

    /// One request, at most `request_timeout`. Everything but a cancellation comes as a reply.
    boost::asio::awaitable<client_reply> request(std::string operation, std::string params);

    using subscription = stream_request; ///< now, and after each reconnect

    /// \throws boost::system::system_error
    boost::asio::awaitable<std::shared_ptr<stream_channel>> subscribe(subscription what);

    std::shared_ptr<event_queue> open_events();

    const boost::asio::any_io_executor& executor() const noexcept { return executor_; }

private:
    struct connection;
    using connection_ptr = std::shared_ptr<connection>;

    /// A request that waits for its reply, in the frame of its caller.
    struct waiting_call {
        boost::asio::steady_timer timer; // expires with the call
        std::optional<client_reply> reply;
        bool broken = false; // the connection went after it was written
    };

    /// A reply to come. `call` is null when the caller has given up: then only a stream still matters.
    struct expected_reply {
        waiting_call* call = nullptr;
        stream_id stream = 0; // that the reply acknowledges
        std::uint64_t attempt = 0; // at subscribing it
    };

    struct open_stream {
        subscription what;
        std::shared_ptr<stream_channel> channel;
        std::uint64_t attempt = 0; // at subscribing it; what acknowledges an earlier one is ended
    };

    class expectation;
    class new_stream;

    boost::asio::awaitable<connection_ptr> connect();
    boost::asio::awaitable<connection_ptr> try_connect();
    boost::asio::awaitable<connection_ptr> connect_when_up();
    boost::asio::awaitable<void> run(connection_ptr first);
    boost::asio::awaitable<void> serve(connection_ptr current);
    boost::asio::awaitable<void> write_loop(connection_ptr current);
    boost::asio::awaitable<void> resubscribe(connection_ptr current, stream_id id);

    /// `only`: not on another connection than this; null = any, waited for.
    boost::asio::awaitable<client_reply> exchange(std::string operation, std::string params,
                                                  connection_ptr only, stream_id stream);

    /// Waits for a connection, until the deadline. \returns why there is none, or a reply without a code.
    boost::asio::awaitable<client_reply> wait_connected(clock::time_point deadline);

    /// Subscribes a stream, in parts where one request cannot carry it: all of them or none.
    boost::asio::awaitable<client_reply> subscribe_parts(connection_ptr only, stream_id id);
    void undo_parts(stream_id id);

    std::function<void(std::string_view, std::exception_ptr)> log_failures() const;
    void send(connection& to, std::string message);
    void receive(connection& from, std::string_view text);
    void on_reply(connection& from, protocol::server_message message);
    boost::system::error_code start_stream(connection& from, const expected_reply& expected,
                                           const boost::json::value* ack, std::string& problem);
    void on_down(connection& gone, const std::string& why);
    void drop_stream(stream_id id);
    void end_stream_on_server(connection& on, std::string_view key);
    void end_everything();
    void cut_short();
    void announce(client_event event);
    void announce_marks();

    boost::asio::any_io_executor executor_;
    client_config config_;
    std::string url_;
    websocket_target target_;
    fullon_log::logger log_;
    fullon_coro::task_group tasks_;
    fullon_coro::notifier state_changed_;
    boost::asio::steady_timer retry_;
    connection_ptr up_;
    stream_registry book_;
    std::map<stream_id, open_stream> streams_;
    std::unordered_map<std::uint64_t, expected_reply> expected_; // on `up_`
    std::vector<std::weak_ptr<event_queue>> listeners_;
    std::uint64_t next_request_ = 1;
    std::string connect_problem_; // of the last attempt
    bool resync_pending_ = false;
    bool stale_ = false;
    bool connecting_ = false;
    bool closing_ = false;
    bool done_ = false; // run() has ended
};

} // namespace fullon_cache_api::detail
