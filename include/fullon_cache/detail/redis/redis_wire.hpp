// The bytes of one connection to Redis: plain, over a Unix socket or TLS. Included by impl files only.
#pragma once

#include <fullon_cache/command.hpp>
#include <fullon_cache/detail/redis/reply_router.hpp>
#include <fullon_cache/outage.hpp>
#include <fullon_coro/notifier.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fullon_cache::detail {

/// What is asked while nothing was released waits. All that is asked in one turn of the event loop goes out in one write.
/// Asio's operations own it; after end() nothing of it is called any more.
class redis_wire final : public reply_sink, public std::enable_shared_from_this<redis_wire> {
public:
    using clock = std::chrono::steady_clock;
    using socket_type = boost::asio::generic::stream_protocol::socket;
    using tls_stream = boost::asio::ssl::stream<socket_type&>;
    using push_handler = std::function<void(const reply& push)>;
    using answer_handler = std::function<void(reply* answer)>; // null: the connection ended first

    /// Waited for on its timer, which is cancelled when it is answered or the connection has ended; or, where it has
    /// `done`, by nobody.
    struct exchange : sent_request {
        exchange(const boost::asio::any_io_executor& executor, clock::time_point until)
            : timer(executor, until)
        {}
        boost::asio::steady_timer timer;
        bool failed = false; // the connection ended first
        answer_handler done;
        bool handed_over = false; // to the kernel, perhaps not all of it
        std::size_t size = 0; // in bytes
    };

    redis_wire(boost::asio::any_io_executor executor, push_handler pushed)
        : changed(executor), answers(executor), executor_(executor), pushed_(std::move(pushed)),
          socket_(std::move(executor))
    {}

    socket_type& socket() noexcept { return socket_; }
    tls_stream& secure(std::shared_ptr<boost::asio::ssl::context> with);

    /// Once it is connected: sends this request before all others, and reads from now on.
    void greet(std::shared_ptr<exchange> request, const pipeline& commands);
    /// Lets out what was asked meanwhile, and from now on.
    void release();
    void ask(std::shared_ptr<exchange> request, const pipeline& commands);
    /// What was asked goes out now.
    void flush();

    /// Tells one that the connection has ended, from the event loop.
    void tell_ended(answer_handler done) noexcept;

    /// Takes a request back that is not on its way yet, and so never will be. \returns whether it was one.
    bool withdraw(const std::shared_ptr<exchange>& request);

    /// Closes the connection; what is not answered fails. The first reason counts.
    void end(ending how) noexcept;
    bool over() const noexcept { return over_; }
    /// Whether the socket holds nothing to be read, as far as the kernel knows now.
    bool nothing_unread() const;
    clock::time_point last_heard() const noexcept { return last_heard_; } ///< when anything was read last
    std::uint64_t asked() const noexcept { return asked_; } ///< requests that were sent
    std::uint64_t answered() const noexcept { return answered_; } ///< the first of them
    bool released() const noexcept { return released_; }
    const ending& how() const noexcept { return how_; }

    fullon_coro::notifier changed; ///< it is over
    fullon_coro::notifier answers; ///< one came, or it is over

private:
    void on_push(const reply& push) override;
    void on_answered(const std::shared_ptr<sent_request>& request) override;
    void read();
    void write();
    void fail(boost::system::error_code ec);

    boost::asio::any_io_executor executor_;
    push_handler pushed_;
    socket_type socket_;
    std::shared_ptr<boost::asio::ssl::context> context_;
    std::optional<tls_stream> tls_;
    reply_router router_;
    std::vector<char> input_;
    std::string output_; // of `queued_`
    std::string writing_;
    std::deque<std::shared_ptr<exchange>> queued_;
    clock::time_point last_heard_{};
    std::uint64_t asked_ = 0;
    std::uint64_t answered_ = 0;
    bool writes_ = false;
    bool flush_posted_ = false;
    bool released_ = false;
    bool over_ = false;
    ending how_;
};

} // namespace fullon_cache::detail
