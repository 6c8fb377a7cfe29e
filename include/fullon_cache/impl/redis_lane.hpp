// One physical Redis connection over Boost.Redis, for one session. Included by impl files only.
#pragma once

#include <fullon_cache/command.hpp>
#include <fullon_cache/config.hpp>
#include <fullon_cache/detail/notifier.hpp>
#include <fullon_cache/error.hpp>
#include <fullon_cache/impl/reply_collector.hpp>
#include <fullon_cache/impl/tls_client.hpp>
#include <fullon_cache/reply.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/redis/connection.hpp>
#include <boost/redis/error.hpp>
#include <boost/version.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace fullon_cache::detail {

/// \throws cache_error for an answer to PING that tells of no service. A Redis that cannot save its data refuses even
/// PING (MISCONF), and serves every reader.
inline void require_pong(const reply& answer)
{
    if (!answer.is_error() || classify_redis_error(answer.text) != errc::read_only)
        answer.checked();
}

/// A Boost.Redis connection without its own reconnecting and health check (findings in several of its
/// versions make both unsafe): it runs once. Requests that run out of time are abandoned: their buffers
/// live in the completion handler until Redis answers or the lane ends.
class redis_lane {
public:
    using clock = std::chrono::steady_clock;

    /// \param trust used by the constructor only
    redis_lane(const boost::asio::any_io_executor& executor, const config& settings, tls_trust& trust)
        : executor_(executor), settings_(settings), connection_(make_connection(executor, make_tls(trust))),
          canceller_(std::make_shared<canceller>(executor, connection_))
    {
        connection_->set_receive_response(pushed_);
    }

    /// Connects and serves until the connection ends. \returns why it ended.
    boost::asio::awaitable<std::string> run()
    {
        if (!tls_failure_.empty())
            co_return tls_failure_;
        boost::redis::config how;
        how.use_ssl = settings_.ssl;
        how.ssl_handshake_timeout =
            settings_.connect_timeout * 9 / 10; // before the greeting runs out of time
        how.username = settings_.user.empty() ? "default" : settings_.user;
        how.password = settings_.password;
        how.database_index = settings_.db;
        how.clientname = "fullon_cache";
        how.resolve_timeout = settings_.connect_timeout;
        how.connect_timeout = settings_.connect_timeout;
        how.health_check_interval = std::chrono::seconds::zero();
        how.reconnect_wait_interval = std::chrono::seconds::zero();
#if BOOST_VERSION >= 108900
        if (settings_.host.starts_with('/'))
            how.unix_socket = settings_.host;
#endif
        how.addr.host = settings_.host;
        how.addr.port = std::to_string(settings_.port);
        constexpr auto token = boost::asio::as_tuple(boost::asio::use_awaitable);
        const running now(*canceller_);
#if BOOST_VERSION >= 108900
        const auto [ec] = co_await connection_->async_run(how, token);
#else
        const auto [ec] = co_await connection_->async_run(how, quiet(), token);
#endif
        const bool ended_by_itself = !std::exchange(over_, true);
        if (tls_->begun && !tls_->agreed)
            co_return tls_problem(ec, *tls_) + ": " +
                (ec == boost::asio::error::operation_aborted ? "no answer in time" : ec.message());
        // Boost.Redis cancels itself, without a word, when Redis answers its HELLO with an error.
        if (ended_by_itself &&
            (ec == boost::asio::error::operation_aborted || ec == boost::redis::error::resp3_hello))
            co_return "greeting refused: authentication, database number, or a Redis before version 6";
        co_return ec ? ec.message() : "connection closed";
    }

    void cancel()
    {
        over_ = true;
        insist(canceller_);
    }

    /// \throws cache_error (timeout; unavailable when the connection ends first)
    boost::asio::awaitable<std::vector<reply>> execute(pipeline commands, std::chrono::milliseconds timeout)
    {
        refuse_if_over();
        auto pending = std::make_shared<exchange>(executor_, timeout);
        fill(pending->request, commands);
        connection_->async_exec(pending->request, pending->response,
                                [pending](boost::system::error_code ec, std::size_t) {
                                    pending->error = ec;
                                    pending->done = true;
                                    pending->timer.cancel();
                                });
        if (!pending->done)
            co_await pending->timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        if (!pending->done) {
            if (clock::now() < pending->timer.expiry()) // the caller was cancelled
                throw boost::system::system_error(boost::asio::error::operation_aborted);
            throw cache_error(errc::timeout);
        }
        if (pending->error)
            throw cache_error(errc::unavailable, pending->error.message());
        co_return std::move(pending->response.replies);
    }

    /// Sends commands that Redis answers by pushes only (UNSUBSCRIBE): nothing to wait for.
    void send(const pipeline& commands)
    {
        if (over_)
            return;
        auto pending = std::make_shared<exchange>(executor_, std::chrono::milliseconds::zero());
        fill(pending->request, commands);
        connection_->async_exec(pending->request, pending->response,
                                [pending](boost::system::error_code, std::size_t) {});
    }

    /// Completes when `watched` was set and Redis then left a PING unanswered for `ping_timeout`, or answered it by
    /// telling that it serves nobody (LOADING, BUSY, MASTERDOWN). \returns which.
    boost::asio::awaitable<std::string> watch()
    {
        boost::asio::steady_timer timer(executor_);
        auto last_answer = clock::now();
        std::shared_ptr<exchange> ping;
        for (;;) {
            timer.expires_after(settings_.ping_interval);
            co_await timer.async_wait(boost::asio::use_awaitable);
            if (over_) // the timer had expired before the lane was cancelled
                co_return "cancelled";
            const auto now = clock::now();
            if (ping && ping->done) {
                for (const auto& answer : ping->response.replies)
                    if (answer.is_error() && classify_redis_error(answer.text) == errc::unavailable)
                        co_return answer.text;
                ping.reset();
            }
            // A late timer means that this process stood still: an answer may wait unread in the socket, so
            // Redis gets its full time from now on.
            if (!ping || !watched || now - timer.expiry() > settings_.ping_interval)
                last_answer = now;
            if (ping && now - last_answer >= settings_.ping_timeout)
                co_return "no answer to PING";
            if (!ping && watched) {
                ping = std::make_shared<exchange>(executor_, std::chrono::milliseconds::zero());
                ping->request.push("PING");
                connection_->async_exec(
                    ping->request, ping->response,
                    [ping](boost::system::error_code, std::size_t) { ping->done = true; });
            }
        }
    }

    /// Waits for pushes, and takes all that have arrived.
    boost::asio::awaitable<std::vector<reply>> receive()
    {
        co_await connection_->async_receive(boost::asio::use_awaitable);
        boost::system::error_code drained;
        while (!drained) // one notification a push; what they announce is in `pushed_` already
            connection_->receive(drained);
        co_return pushed_.take_complete();
    }

    bool watched = false;

private:
    struct exchange {
        exchange(const boost::asio::any_io_executor& executor, std::chrono::milliseconds timeout)
            : timer(executor, timeout)
        {}
        boost::redis::request request;
        reply_list response;
        boost::asio::steady_timer timer;
        boost::system::error_code error;
        bool done = false;
    };

    // Boost.Redis forgets a cancellation that comes while it connects: it is said again until run() has ended.
    struct canceller {
        canceller(const boost::asio::any_io_executor& executor,
                  std::shared_ptr<boost::redis::connection> whose)
            : again(executor), connection(std::move(whose))
        {}
        boost::asio::steady_timer again;
        std::shared_ptr<boost::redis::connection> connection;
        bool needed = false; // run() is under way
    };
    struct running {
        explicit running(canceller& of) : its(of) { its.needed = true; }
        running(const running&) = delete;
        running& operator=(const running&) = delete;
        ~running()
        {
            its.needed = false;
            its.again.cancel();
        }
        canceller& its;
    };
    static void insist(std::shared_ptr<canceller> on)
    {
        on->connection->cancel();
        if (!on->needed)
            return;
        on->again.expires_after(std::chrono::milliseconds(10));
        on->again.async_wait([on](boost::system::error_code ec) {
            if (ec || !on->needed)
                return;
#if BOOST_VERSION < 108900
            // It closes its socket once only: a later step of connecting would wait for its time-out.
            boost::system::error_code ignored;
            on->connection->next_layer().next_layer().close(ignored);
#endif
            insist(on);
        });
    }

    // A request that is queued on a connection that nobody runs any more would wait there for ever.
    void refuse_if_over() const
    {
        if (over_)
            throw cache_error(errc::unavailable, "the connection has ended");
    }

    static void fill(boost::redis::request& request, const pipeline& commands)
    {
        for (const auto& one : commands.commands()) {
            const auto& words = one.words();
            if (words.size() == 1)
                request.push(words[0]);
            else
                request.push_range(words[0], words.begin() + 1, words.end());
        }
    }

    // What happens to a connection is logged by the link, in our own format.
    static boost::redis::logger quiet() { return boost::redis::logger{boost::redis::logger::level::emerg}; }
    static std::shared_ptr<boost::redis::connection>
    make_connection(const boost::asio::any_io_executor& executor, boost::asio::ssl::context tls)
    {
#if BOOST_VERSION >= 108900
        return std::make_shared<boost::redis::connection>(executor, std::move(tls), quiet());
#else
        return std::make_shared<boost::redis::connection>(executor, std::move(tls));
#endif
    }

    // A file that cannot be used is an outage like others: it may be better at the next attempt.
    boost::asio::ssl::context make_tls(tls_trust& trust)
    {
        if (settings_.ssl) {
            try {
                return tls_client_context(settings_.host, trust, tls_);
            } catch (const std::exception& failure) {
                tls_failure_ = std::string("TLS: ") + failure.what();
            }
        }
        return bare_tls_context(boost::asio::ssl::context::tls_client);
    }

    boost::asio::any_io_executor executor_;
    const config& settings_;
    std::shared_ptr<tls_progress> tls_ = std::make_shared<tls_progress>();
    std::string tls_failure_;
    std::shared_ptr<boost::redis::connection> connection_;
    std::shared_ptr<canceller> canceller_;
    reply_list pushed_;
    bool over_ = false;
};

} // namespace fullon_cache::detail
