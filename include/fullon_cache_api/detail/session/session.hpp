// One client: reads its requests, runs them, sends its outbox.
#pragma once

#include <fullon_cache_api/detail/answers/operation_context.hpp>
#include <fullon_cache_api/detail/catalogue/catalogue.hpp>
#include <fullon_cache_api/detail/compat/compat_session.hpp>
#include <fullon_cache_api/detail/compat/websocket_path.hpp>
#include <fullon_cache_api/detail/feed/metrics_source.hpp>
#include <fullon_cache_api/detail/net/reply_budget.hpp>
#include <fullon_cache_api/detail/net/transport.hpp>
#include <fullon_cache_api/detail/session/flush_queue.hpp>
#include <fullon_cache_api/detail/session/random_ids.hpp>
#include <fullon_cache_api/detail/session/session_streams.hpp>
#include <fullon_cache_api/detail/wire/messages.hpp>
#include <fullon_cache_api/detail/wire/outbox.hpp>
#include <fullon_cache_api/server_config.hpp>

#include <fullon_coro/notifier.hpp>
#include <fullon_coro/task_group.hpp>
#include <fullon_log/logger.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace fullon_cache_api::detail {

/// Lives in the frame of the coroutine that runs it. One reader, one writer (nobody else writes), and one
/// task per request under way: replies go out as they finish.
class session final : private flushed {
public:
    /// `of_server`: what operations run against, without what is a session's own. It and `settings` must outlive it.
    session(std::unique_ptr<transport> connection, const server_config& settings,
            const operation_context& of_server, websocket_path path, boost::asio::any_io_executor executor,
            std::shared_ptr<flush_queue> flushes);
    ~session();

    /// Serves until the peer is gone or shut_down() was called; every task has ended then.
    boost::asio::awaitable<void> run();

    /// Ends the session after what is queued now: no further request is taken, close code 1001.
    void shut_down();

    /// Ends it at once.
    void cut() noexcept;

    /// Adds what waits here now.
    void add_metrics(metrics_snapshot& to) const;

private:
    /// A stream whose source stands, before its acknowledgement was sent.
    struct opened_stream {
        session_streams::stream* which = nullptr;
        std::unique_ptr<stream_source> source;
    };

    boost::asio::awaitable<void> read_loop();
    boost::asio::awaitable<void> write_loop();
    boost::asio::awaitable<void> write_queue();
    void flush() noexcept override;
    void wake();
    void take_batch();
    void end_batch(boost::system::error_code failure);
    /// A request whose result may be large: these run one by one.
    struct large_request {
        std::optional<protocol::request> native;
        std::optional<compat_session::job> compat;
        std::size_t size; ///< bytes that it came in
        std::chrono::steady_clock::time_point since;
    };

    boost::asio::awaitable<void> answer_now(protocol::request asked, std::size_t size);
    boost::asio::awaitable<std::optional<error>> answer(protocol::request asked, reply_budget::share held);
    boost::asio::awaitable<void> answer_large();
    boost::asio::awaitable<std::optional<error>> answer_next(large_request* next, std::optional<error> last);
    boost::asio::awaitable<void> wait_for_room();
    void give_up(const large_request& what, outcome failed);
    void queue_large(large_request what);
    void begin_request(std::size_t size);
    void end_request(std::size_t size);
    boost::asio::awaitable<opened_stream> open_stream(const operation_entry& entry, protocol::request asked);
    void take(std::string text);
    bool answer_kept(std::string_view text);
    compat_session& compat();
    operation_context& context();
    void take_compat(protocol::compat_request asked, std::size_t size);
    void refuse_too_large(const incoming& received);
    boost::asio::awaitable<void> answer_compat(compat_session::job asked, std::size_t size);
    outcome refuse(const protocol::request& asked) const;
    std::optional<outcome> refuse_now(operation_kind kind) const;
    outcome acknowledge(const opened_stream& opened) const;
    void reply(std::string message, reply_budget::share held = {});
    void begin_close(close_code code, std::string reason);

    std::unique_ptr<transport> transport_;
    const server_config& settings_;
    std::shared_ptr<server_metrics> metrics_;
    fullon_log::logger log_;
    std::shared_ptr<flush_queue> flushes_;
    fullon_coro::notifier drained_;
    outbox outbox_;
    session_streams streams_;
    const operation_context& of_server_;
    std::unique_ptr<operation_context> context_; // once something is asked that is not kept
    std::string question_; // kept for its memory
    random_ids ids_;
    websocket_path path_;
    std::unique_ptr<compat_session> compat_; // once something was said in that dialect
    fullon_coro::task_group tasks_;
    std::unordered_set<std::string> ids_in_flight_;
    std::size_t in_flight_ = 0;
    std::vector<frame> batch_; // taken from the outbox
    std::size_t batch_size_ = 0; // messages
    std::size_t being_written_ = 0; // bytes of these
    bool writing_ = false; // there is a writer; else flush() may send
    std::size_t in_flight_bytes_ = 0; // that these came in
    std::list<large_request> large_; // that wait for their turn
    bool large_running_ = false;
    bool closing_ = false; // no further request; what is queued goes out
    std::size_t late_requests_ = 0; // that came since
    bool peer_gone_ = false; // nothing can be sent any more
    bool writing_over_ = false;
    close_code close_code_ = close_code::normal;
    std::string close_reason_;
};

} // namespace fullon_cache_api::detail
