// One HTTP connection: reads requests, has them answered in their order, until it ends or becomes a WebSocket. Included
// by impl files only.
#pragma once

#include <fullon_cache_api/detail/http/http_reader.hpp>
#include <fullon_cache_api/detail/http/http_writer.hpp>
#include <fullon_cache_api/detail/http/rest_answer.hpp>
#include <fullon_cache_api/detail/net/net_stream.hpp>
#include <fullon_cache_api/detail/net/tcp_progress.hpp>
#include <fullon_cache_api/server_config.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancel_at.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fullon_cache_api::detail {

/// Lives in the frame of the coroutine that runs it, which is never cancelled, only shut down or cut. `settings` must
/// outlive it.
class http_session {
public:
    using tcp = boost::asio::ip::tcp;
    using clock = std::chrono::steady_clock;
    /// Has an answer for every request. One with the field `Connection` is the last.
    using handler = std::function<boost::asio::awaitable<http_response>(http_request, reply_account*)>;

    /// `of_address`: what replies to its peer's address may hold.
    http_session(net_stream connection, handler answer, const server_config& settings,
                 std::shared_ptr<reply_budget> of_address)
        : connection_(std::move(connection)), replies_{std::move(of_address)}, answer_(std::move(answer)),
          settings_(settings), patience_(settings.handshake_timeout)
    {
        boost::system::error_code ignored; // a socket that refuses is still a socket
        connection_.socket().set_option(tcp::no_delay(true), ignored);
        bound_unsent(connection_.socket(), flush_above);
    }

    /// Before run(): the first request has so long, not handshake_timeout.
    void hurry(std::chrono::milliseconds patience) noexcept { patience_ = patience; }

    /// Before run(): what somebody else has read of the connection.
    void feed(std::string_view already_read) { reader_.feed(already_read); }

    /// Serves until the peer is gone or shut_down() was called: then nothing. Or until a request that wants a WebSocket.
    boost::asio::awaitable<std::optional<received_request>> run()
    {
        auto deadline = clock::now() + patience_;
        if (connection_.secure())
            co_await agree_on_tls(deadline);
        while (!over_ && !closing_) {
            auto received = reader_.next();
            if (received && received->wants_websocket) {
                co_await flush();
                co_return received;
            }
            if (received) {
                co_await serve(std::move(*received));
                deadline = clock::now() +
                           (reader_.idle() ? settings_.keep_alive_timeout : settings_.handshake_timeout);
                continue;
            }
            if (reader_.refusal()) {
                auto problem = *reader_.refusal();
                co_await refuse(std::move(problem));
                break;
            }
            co_await flush();
            if (over_ || closing_)
                break;
            const bool was_idle = reader_.idle();
            co_await read(deadline);
            if (was_idle && !reader_.idle()) // a request has begun: it has so long to be whole
                deadline = std::min(deadline, clock::now() + settings_.handshake_timeout);
        }
        co_await flush();
        cut();
        co_return std::nullopt;
    }

    /// Answers, then closes.
    boost::asio::awaitable<void> refuse(http_response answer)
    {
        refused_ = answer.status;
        append(std::move(answer), {.keep_alive = false, .time = std::time(nullptr)});
        co_await close();
    }

    /// No further request; the one that is being answered is answered, and what is ready goes out.
    void shut_down() noexcept
    {
        closing_ = true;
        if (!answering_ && out_.empty())
            cut();
    }

    /// Ends it at once.
    void cut() noexcept
    {
        over_ = true;
        boost::system::error_code ignored;
        connection_.socket().close(ignored);
    }

    /// Whether it was cut because the peer took nothing of an answer for too long.
    bool stalled() const noexcept { return stalled_; }

    /// The status of what it refused by itself, or was told to.
    std::optional<unsigned> refused() const noexcept { return refused_; }

    /// What came behind the request that wants a WebSocket.
    bool anything_behind() const noexcept { return !reader_.rest().empty(); }
    net_stream release() { return std::move(connection_); }

private:
    static constexpr std::size_t flush_above = 64 * 1024;
    static constexpr std::size_t most_drained = 256 * 1024;
    static constexpr std::uint64_t least_rate =
        4096; // bytes per second that a peer takes of what waits for it

    boost::asio::awaitable<void> serve(received_request received)
    {
        answering_ = true;
        const bool head = received.message.method == "HEAD";
        http_response answer;
        if (out_.empty()) {
            auto answering = answer_(std::move(received.message), &replies_);
            answer = co_await std::move(answering);
        } else {
            auto answering = answer_beside_flush(std::move(received.message));
            answer = co_await std::move(answering);
        }
        answering_ = false;
        const auto connection = std::find_if(answer.headers.begin(), answer.headers.end(),
                                             [](const auto& one) { return one.first == "Connection"; });
        const bool keep_alive = received.keep_alive && !closing_ && connection == answer.headers.end();
        if (connection != answer.headers.end())
            answer.headers.erase(connection);
        append(std::move(answer), {head, keep_alive, received.old, std::time(nullptr)});
        if (!keep_alive)
            closing_ = true;
        if (!keep_alive)
            co_await close();
        else if (out_.size() > flush_above)
            co_await flush();
    }

    // What the peer still sends is read for a moment: closing on it would take the answer away.
    boost::asio::awaitable<void> close()
    {
        namespace asio = boost::asio;
        co_await flush();
        const auto deadline = clock::now() + std::chrono::seconds(1);
        if (connection_.secure() && !over_)
            co_await connection_.async_shut_down(
                asio::cancel_at(deadline, asio::as_tuple(asio::use_awaitable)));
        boost::system::error_code ignored;
        connection_.socket().shutdown(tcp::socket::shutdown_send, ignored);
        for (std::size_t drained = 0; !over_ && drained < most_drained && clock::now() < deadline;) {
            // Below TLS, which is over.
            const auto [ec, size] = co_await connection_.socket().async_read_some(
                asio::buffer(in_), asio::cancel_at(deadline, asio::as_tuple(asio::use_awaitable)));
            over_ = over_ || ec;
            drained += size;
        }
        cut();
    }

    // Who begins with a request in the clear is told so in the clear.
    boost::asio::awaitable<void> agree_on_tls(clock::time_point deadline)
    {
        namespace asio = boost::asio;
        const auto [ec] = co_await connection_.async_handshake(
            true, asio::cancel_at(deadline, asio::as_tuple(asio::use_awaitable)));
        if (ec && !over_ && connection_.speaks_http(ec)) {
            connection_.drop_tls();
            auto problem = problem_answer(400, "this port is served over TLS only: use https:// or wss://");
            co_await refuse(std::move(problem));
        }
        over_ = over_ || ec;
    }

    void append(http_response answer, const answer_form& form)
    {
        guard_answer(answer);
        for (auto& one : std::exchange(replies_.held, {}))
            sent_shares_.push_back(std::move(one));
        if (append_head(out_, answer, form))
            out_.append(answer.body);
    }

    // Answers that are ready do not wait for one that takes long.
    boost::asio::awaitable<http_response> answer_beside_flush(http_request request)
    {
        using namespace boost::asio::experimental::awaitable_operators;
        boost::asio::steady_timer patience(connection_.get_executor(), std::chrono::milliseconds(2));
        http_response answer;
        auto both = answer_into(&answer, std::move(request), &patience) && flush_after(&patience);
        co_await std::move(both);
        co_return answer;
    }

    boost::asio::awaitable<void> answer_into(http_response* to, http_request request,
                                             boost::asio::steady_timer* patience)
    {
        auto answering = answer_(std::move(request), &replies_);
        *to = co_await std::move(answering);
        patience->cancel();
    }

    boost::asio::awaitable<void> flush_after(boost::asio::steady_timer* patience)
    {
        const auto [ec] = co_await patience->async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        if (!ec)
            co_await flush();
    }

    boost::asio::awaitable<void> read(clock::time_point deadline)
    {
        const auto size = co_await read_some(deadline);
        if (size != 0)
            reader_.feed(std::string_view(in_.data(), size));
        else if (timed_out_ && !reader_.idle()) {
            over_ = false;
            auto problem = problem_answer(408, "the request did not arrive in time");
            co_await refuse(std::move(problem));
        } else if (timed_out_ && connection_.secure()) { // or it would look cut off
            over_ = false;
            co_await close();
        }
    }

    // 0: it is over.
    boost::asio::awaitable<std::size_t> read_some(clock::time_point deadline)
    {
        namespace asio = boost::asio;
        const auto [ec, size] = co_await connection_.async_read_some(
            asio::buffer(in_), asio::cancel_at(deadline, asio::as_tuple(asio::use_awaitable)));
        timed_out_ = ec == asio::error::operation_aborted && !over_ && clock::now() >= deadline;
        over_ = over_ || ec;
        co_return ec ? 0 : size;
    }

    // In pieces: a slow peer that does take a big answer is seen to make progress. What the answers hold is theirs until they
    // are sent; who is answered meanwhile has taken its share behind them.
    boost::asio::awaitable<void> flush()
    {
        namespace asio = boost::asio;
        auto holding = std::exchange(sent_shares_, {});
        watch_rate();
        for (std::size_t sent = 0; sent < out_.size() && !over_;) {
            const auto piece = std::min(out_.size() - sent, flush_above);
            const auto [ec, size] = co_await connection_.async_write_some(
                asio::buffer(out_.data() + sent, piece), asio::as_tuple(asio::use_awaitable));
            sent += size;
            taken_ += size;
            over_ = over_ || ec;
        }
        rate_timer_.cancel();
        holding.clear();
        out_.clear();
        if (out_.capacity() > 4 * flush_above)
            std::string().swap(out_); // an assignment would keep the memory
    }

    // By the peer, where the system tells: what the kernel takes of us says little.
    std::uint64_t taken_by_peer()
    {
        const auto progress = progress_of(connection_.socket());
        return progress ? progress->acknowledged : taken_;
    }

    void watch_rate()
    {
        const auto span = settings_.slow_consumer_timeout;
        rate_timer_.expires_after(span);
        rate_timer_.async_wait([this, alive = std::weak_ptr(alive_), span,
                                before = taken_by_peer()](const boost::system::error_code& ec) {
            if (ec || alive.expired() || over_)
                return;
            if (taken_by_peer() - before >= static_cast<std::uint64_t>(span.count()) * least_rate / 1000)
                return watch_rate();
            stalled_ = true;
            boost::system::error_code ignored; // what the kernel still has of us is not sent either
            connection_.socket().set_option(tcp::socket::linger(true, 0), ignored);
            cut();
        });
    }

    net_stream connection_;
    reply_account replies_; // of answers that are being made, and of those in out_
    std::vector<reply_budget::share> sent_shares_;
    handler answer_;
    const server_config& settings_;
    std::chrono::milliseconds patience_;
    http_reader reader_;
    std::string out_; // answers that were not sent yet
    std::array<char, 8 * 1024> in_{};
    bool answering_ = false;
    bool closing_ = false;
    bool over_ = false;
    bool timed_out_ = false;
    bool stalled_ = false;
    std::optional<unsigned> refused_;
    std::uint64_t taken_ = 0; // bytes that the kernel took
    boost::asio::steady_timer rate_timer_{connection_.get_executor()};
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

} // namespace fullon_cache_api::detail
