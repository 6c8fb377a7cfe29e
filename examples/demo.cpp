// The demo: recorded trades -> a private Redis -> the server program -> a client that shows them live.
//   build/release/bin/demo [--seconds N] [--speed N]
#include "demo/feed.hpp"
#include "demo/market.hpp"
#include "demo/options.hpp"
#include "demo/replay.hpp"
#include "demo/server_process.hpp"
#include "demo/summary.hpp"
#include "demo/table.hpp"
#include "support/hold_interrupts.hpp"
#include "support/run.hpp"

#include "support/redis_server.hpp" // tests/support

#include <fullon_cache/connection.hpp>
#include <fullon_cache_api/client.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <csignal>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using demo::steady_clock;

namespace {

/// Everything on one executor: the feed, the client's streams, the table, and who ends them.
class show {
public:
    show(asio::any_io_executor executor, fullon_cache_api::client client,
         const fullon_cache::connection& redis, std::vector<demo::market>& markets, demo::options wanted)
        : client_(std::move(client)), markets_(markets), feed_(redis, markets, wanted.speed), wanted_(wanted),
          painter_(executor), clock_(executor), signals_(executor, SIGINT, SIGTERM)
    {}

    asio::awaitable<demo::ending> run()
    {
        co_await feed_.write_first();
        for (const auto& one : markets_)
            streams_.push_back(co_await client_.stream_tickers(one.published_last.exchange));
        begin_ = steady_clock::now();
        try {
            co_await (part(watch(0)) && part(watch(1)) && part(watch(2)) && part(paint()) &&
                      part(feed_.run()) && part(conduct()));
        } catch (...) {
            if (failure_)
                std::rethrow_exception(failure_);
            throw;
        }
        co_return end_;
    }

private:
    // A part that fails ends the others, which then fail, too: the first one has the reason.
    asio::awaitable<void> part(asio::awaitable<void> work)
    {
        try {
            co_await std::move(work);
        } catch (...) {
            if (!failure_)
                failure_ = std::current_exception();
            throw;
        }
    }

    asio::awaitable<void> watch(std::size_t which)
    {
        while (auto update = co_await streams_[which].next())
            markets_[which].on_update(*update);
    }

    asio::awaitable<void> paint()
    {
        while (!ending_) {
            table_.draw(markets_, elapsed());
            painter_.expires_after(table_.pause());
            co_await painter_.async_wait(asio::as_tuple(asio::use_awaitable));
        }
        while (!over_) { // then once more, with all that was still under way
            painter_.expires_at(steady_clock::time_point::max());
            co_await painter_.async_wait(asio::as_tuple(asio::use_awaitable));
        }
        table_.draw(markets_, elapsed());
    }

    asio::awaitable<void> conduct()
    {
        clock_.expires_after(std::chrono::duration_cast<steady_clock::duration>(
            std::chrono::duration<double>(wanted_.seconds)));
        co_await (clock_.async_wait(asio::use_awaitable) || signals_.async_wait(asio::use_awaitable));

        ending_ = true;
        painter_.cancel();
        feed_.stop();
        co_await wait_until([this] { return feed_.ended() && settled(); });
        co_await feed_.write_closing();
        co_await wait_until([this] { return settled(); });
        end_.seconds = elapsed();
        end_.equal_to_redis = co_await feed_.count_equal_to_redis();
        co_await client_.close(); // ends the streams
        over_ = true;
        painter_.cancel();
    }

    // At most 10 s: what has not arrived then is lost, and the summary says so.
    template <class Condition>
    asio::awaitable<void> wait_until(Condition condition)
    {
        const auto deadline = steady_clock::now() + std::chrono::seconds(10);
        while (!condition() && steady_clock::now() < deadline) {
            clock_.expires_after(std::chrono::milliseconds(5));
            co_await clock_.async_wait(asio::use_awaitable);
        }
    }

    bool settled() const
    {
        for (const auto& one : markets_)
            if (!one.settled())
                return false;
        return true;
    }

    double elapsed() const { return std::chrono::duration<double>(steady_clock::now() - begin_).count(); }

    fullon_cache_api::client client_;
    std::vector<demo::market>& markets_;
    std::vector<fullon_cache_api::stream<fullon_cache_api::ticker>> streams_;
    demo::feed feed_;
    demo::table table_;
    demo::options wanted_;
    asio::steady_timer painter_;
    asio::steady_timer clock_;
    asio::signal_set signals_;
    steady_clock::time_point begin_;
    demo::ending end_;
    bool ending_ = false; // the time is over
    bool over_ = false;   // all has arrived
    std::exception_ptr failure_;
};

asio::awaitable<void> run_demo(demo::options wanted)
{
    const auto executor = co_await asio::this_coro::executor;
    const auto trades = demo::read_trades(FULLON_EXAMPLES_DIR "/data/eth_usdt_trades.csv");
    std::vector<demo::market> markets;
    for (std::size_t i = 0; i < 3; ++i)
        markets.emplace_back(
            demo::replay(trades, i * trades.size() / 3, fmt::format("replay-{}", i + 1), "ETH/USDT"));

    std::optional<examples::hold_interrupts> held(std::in_place); // Ctrl-C is for the demo, not for these two
    support::redis_server redis_server;
    demo::server_process server(redis_server.host(), redis_server.port());
    held.reset();
    fullon_cache::config redis_config;
    redis_config.host = redis_server.host();
    redis_config.port = redis_server.port();
    fullon_cache::connection redis(executor, redis_config);
    redis.start();

    fmt::print("Redis on port {}, server on {}; for {:g} s (Ctrl-C ends it now):\n"
               "{} real trades of ETH/USDT, recorded on 2 February 2023, {:g} times as fast as recorded.\n"
               "The three exchanges replay the same trades, each from another place in the recording.\n\n",
               redis_server.port(), server.url(), wanted.seconds, trades.size(), wanted.speed);
    demo::ending end;
    {
        auto client = co_await fullon_cache_api::client::connect(server.url());
        show live(executor, std::move(client), redis, markets, wanted);
        end = co_await live.run();
    }
    co_await redis.stop();
    end.server_drained = server.stop() == 0;
    end.server_output = server.output();
    if (const auto problems = demo::summarise(markets, end); !problems.empty())
        throw std::runtime_error(problems);
}

} // namespace

int main(int argc, char** argv)
{
    const auto wanted = demo::parse_options(argc, argv);
    return examples::run(run_demo(wanted), std::chrono::seconds(static_cast<long>(wanted.seconds) + 60));
}
