// A service, as many of them run beside each other: it pushes, takes, merges and blocks until SIGTERM, and writes down each
// step in a file, so that services_test.cpp can say afterwards what has to be in Redis. `service PORT NAME SEED FILE`
#include "services/diary.hpp"

#include <fullon_cache/account_cache.hpp>
#include <fullon_cache/base_cache.hpp>
#include <fullon_cache/bot_cache.hpp>
#include <fullon_cache/connection.hpp>
#include <fullon_cache/error.hpp>
#include <fullon_cache/orders_cache.hpp>
#include <fullon_cache/trades_cache.hpp>
#include <fullon_coro/task_group.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using services::diary;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

class service {
public:
    service(asio::io_context& context, fullon_cache::config settings, std::string name, unsigned seed,
            diary& written, asio::signal_set& end)
        : executor_(context.get_executor()), redis_(executor_, std::move(settings)), base_(redis_),
          orders_(redis_), trades_(redis_), accounts_(redis_), bots_(redis_), name_(std::move(name)),
          random_(seed), diary_(written), end_(end),
          tasks_(context.get_executor(), [](std::string_view task, std::exception_ptr) {
              std::fprintf(stderr, "task failed: %.*s\n", static_cast<int>(task.size()), task.data());
              std::abort();
          })
    {}

    asio::awaitable<void> run()
    {
        redis_.start();
        tasks_.spawn("push", push());
        tasks_.spawn("take", take());
        tasks_.spawn("take", take());
        tasks_.spawn("merge", merge());
        tasks_.spawn("block", block());
        co_await end_.async_wait(asio::use_awaitable);
        over_ = true;
        co_await tasks_.join();
        co_await redis_.stop();
    }

private:
    unsigned below(unsigned limit) { return random_() % limit; }

    asio::awaitable<void> rest(unsigned most)
    {
        asio::steady_timer timer(executor_, milliseconds(below(most + 1)));
        co_await timer.async_wait(asio::use_awaitable);
    }

    asio::awaitable<void> write_outcome(std::string what, asio::awaitable<void> step)
    {
        std::string outcome = services::done;
        try {
            co_await std::move(step);
        } catch (const fullon_cache::cache_error& failure) {
            outcome = failure.code() == fullon_cache::errc::unknown_outcome ? services::unknown
                                                                            : services::not_done;
        }
        diary_.write(outcome + " " + what);
    }

    asio::awaitable<void> push()
    {
        for (int number = 0; !over_; ++number) {
            const auto which = below(3);
            const std::string element = services::lists[which] + "." + name_ + "." + std::to_string(number);
            diary_.write(services::begun + " " + element);
            auto pushing = push_to(which, element);
            co_await write_outcome(element, std::move(pushing));
            co_await rest(8);
        }
    }

    asio::awaitable<void> push_to(unsigned which, std::string element)
    {
        if (which == 0) {
            std::vector<std::string> values;
            values.push_back(element);
            co_await base_.rpush(services::work_list, std::move(values));
        } else if (which == 1) {
            co_await orders_.push_open_order(element, services::order_queue);
        } else {
            fullon_orm::trade one;
            one.trade_id = element;
            one.price = 1;
            one.volume = 1;
            co_await trades_.push_trade(services::exchange, services::traded, std::move(one));
        }
    }

    // Some are cancelled before they are at their end, or just when they are.
    asio::awaitable<void> take()
    {
        while (!over_) {
            auto taking = take_from(below(5));
            if (below(3) == 0)
                co_await (std::move(taking) || rest(4));
            else
                co_await std::move(taking);
            co_await rest(15);
        }
    }

    asio::awaitable<void> take_from(unsigned which)
    {
        try {
            if (which == 4) {
                const auto all = co_await trades_.take_trades(services::exchange, services::traded);
                for (const auto& one : all)
                    diary_.write(services::got + " " + std::get<std::string>(*one.trade_id));
                co_return;
            }
            std::optional<std::string> one;
            if (which == 0)
                one = co_await base_.lpop(services::work_list);
            else if (which == 1)
                one = co_await base_.blpop(services::work_list, 100ms);
            else
                one = co_await orders_.pop_open_order(services::order_queue,
                                                      milliseconds(which == 2 ? 0 : 100));
            if (one)
                diary_.write(services::got + " " + *one);
        } catch (const fullon_cache::cache_error&) { // nothing is taken
        }
    }

    // Several at once into one account, where all services write.
    asio::awaitable<void> merge()
    {
        constexpr int at_once = 5;
        for (int round = 1; !over_; ++round) {
            fullon_coro::task_group merging(executor_);
            for (int i = 0; i < at_once; ++i)
                merging.spawn("merge", merge_one(name_ + "_" + std::to_string(i), round));
            co_await merging.join();
            co_await rest(40);
        }
    }

    asio::awaitable<void> merge_one(std::string symbol, int number)
    {
        fullon_orm::position value;
        value.ex_id = services::account;
        value.symbol = symbol;
        value.volume = number;
        const std::string what = symbol + " " + std::to_string(number);
        diary_.write(services::merge_begun + " " + what);
        std::string outcome = services::merged;
        try {
            co_await accounts_.upsert_position(std::move(value));
        } catch (const fullon_cache::cache_error& failure) {
            outcome = failure.code() == fullon_cache::errc::unknown_outcome ? services::perhaps_merged
                                                                            : services::not_merged;
        }
        diary_.write(outcome + " " + what);
    }

    // Who holds the block counts the lease from before it asked: Redis may have answered late.
    asio::awaitable<void> block()
    {
        constexpr auto lease = 1500ms;
        while (!over_) {
            const auto asked = steady_clock::now();
            bool held = false;
            try {
                held = co_await bots_.try_block_exchange(services::exchange, services::traded, name_, lease);
                if (!held)
                    held = co_await take_over(lease);
            } catch (const fullon_cache::cache_error&) {
            }
            const auto from = steady_clock::now();
            const auto sure_until = asked + lease;
            if (held && from < sure_until) {
                co_await rest(60);
                const auto until = std::min(steady_clock::now(), sure_until);
                diary_.write(services::held + " " + name_ + " " + services::text_of(from) + " " +
                             services::text_of(until));
                try {
                    co_await bots_.unblock_exchange(services::exchange, services::traded, name_);
                } catch (const fullon_cache::cache_error&) { // it is over by itself
                }
            }
            co_await rest(30);
        }
    }

    asio::awaitable<bool> take_over(milliseconds lease)
    {
        const auto former = co_await bots_.is_blocked(services::exchange, services::traded);
        if (!former || *former == name_)
            co_return false;
        co_return co_await bots_.take_over_block(services::exchange, services::traded, *former, name_, lease);
    }

    asio::any_io_executor executor_;
    fullon_cache::connection redis_;
    fullon_cache::base_cache base_;
    fullon_cache::orders_cache orders_;
    fullon_cache::trades_cache trades_;
    fullon_cache::account_cache accounts_;
    fullon_cache::bot_cache bots_;
    std::string name_;
    std::minstd_rand random_;
    diary& diary_;
    asio::signal_set& end_;
    fullon_coro::task_group tasks_;
    bool over_ = false;
};

} // namespace

int main(int argc, char** argv)
{
    if (argc != 5) {
        std::fprintf(stderr, "usage: service PORT NAME SEED FILE\n");
        return 2;
    }
    try {
        boost::asio::io_context context(1);
        asio::signal_set end(context, SIGTERM);
        diary written(argv[4]); // says that it is there, and ends in order from now on
        service one(context, services::settings_for(std::atoi(argv[1])), argv[2],
                    static_cast<unsigned>(std::atoi(argv[3])), written, end);
        std::exception_ptr failure;
        asio::co_spawn(context, one.run(), [&](std::exception_ptr thrown) { failure = std::move(thrown); });
        context.run();
        if (failure)
            std::rethrow_exception(failure);
        return 0;
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "service: %s\n", failure.what());
        return 1;
    }
}
