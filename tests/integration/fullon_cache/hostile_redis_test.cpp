// A Redis that answers with anything at any moment: its session ends with an error, and the next one is served.
#include "support/async_test.hpp"
#include "support/served_redis.hpp"

#include <fullon_cache/connection.hpp>
#include <fullon_cache/detail/redis/resp3_reader.hpp>
#include <fullon_cache/redis_link.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch_test_macros.hpp>

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;
using fullon_cache::cache_error;
using fullon_cache::command;
using fullon_cache::connection;

std::string good_answer(const std::string& name)
{
    if (name == "HELLO")
        return "%3\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*"
               "0\r\n";
    if (name == "ROLE")
        return "*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n";
    return "+OK\r\n";
}

/// Answers each command by `answer(its name)`.
class fake_redis {
public:
    explicit fake_redis(const asio::any_io_executor& executor)
        : acceptor_(executor, tcp::endpoint(asio::ip::address_v4::loopback(), 0)), tasks_(executor)
    {
        tasks_.spawn("accept", accept());
    }
    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    asio::awaitable<void> stop()
    {
        acceptor_.close();
        tasks_.cancel();
        co_await tasks_.join();
    }

    std::function<std::string(const std::string& name)> answer = good_answer;

private:
    asio::awaitable<void> accept()
    {
        for (;;) {
            auto [failure, socket] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
            if (failure)
                co_return;
            tasks_.spawn("serve", serve(std::move(socket)));
        }
    }
    asio::awaitable<void> serve(tcp::socket socket)
    {
        fullon_cache::detail::resp3_reader commands;
        std::array<char, 4096> input{};
        for (;;) {
            const auto [failure, size] =
                co_await socket.async_read_some(asio::buffer(input), asio::as_tuple(asio::use_awaitable));
            if (failure)
                co_return;
            std::string out;
            for (std::string_view bytes(input.data(), size); !bytes.empty();) {
                bytes.remove_prefix(commands.read(bytes));
                if (!commands.complete())
                    continue;
                const auto words = commands.take().items;
                const auto said = answer(words.at(0).text);
                out += said != "+OK\r\n" || words.at(0).text != "PING" ? said
                       : words.size() == 1                             ? "+PONG\r\n"
                                                                       : "+" + words.at(1).text + "\r\n";
            }
            const auto [unsent, count] =
                co_await asio::async_write(socket, asio::buffer(out), asio::as_tuple(asio::use_awaitable));
            if (unsent)
                co_return;
        }
    }

    tcp::acceptor acceptor_;
    fullon_coro::task_group tasks_;
};

const std::vector<std::string>& garbage()
{
    static const std::vector<std::string> all{
        "$\r\n",
        "#\r\n",
        ":\r\n",
        "*2147483647\r\n",
        "*9223372036854775807\r\n",
        "$9223372036854775807\r\n",
        "$536870912\r\n",
        "%9223372036854775807\r\n",
        "$?\r\n$?\r\n$?\r\n",
        "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n$?\r\n;1\r\nx\r\n",
        std::string("*1\r\n") + std::string(3000, '*') + "1\r\n",
        "|1\r\n+a\r\n",
        ">0\r\n>1\r\n_\r\n>2\r\n+message\r\n_\r\n>2\r\n*0\r\n*0\r\n",
        ">3\r\n+subscribe\r\n_\r\n_\r\n+OK\r\n+OK\r\n+OK\r\n",
        ">2\r\n+invalidate\r\n*3\r\n_\r\n*0\r\n%1\r\n_\r\n_\r\n+OK\r\n+OK\r\n+OK\r\n",
        "-\r\n-\r\n-\r\n-\r\n",
        "*0\r\n*0\r\n*0\r\n*0\r\n",
        "_\r\n_\r\n_\r\n_\r\n",
        "HTTP/1.1 400 Bad Request\r\n\r\n",
        std::string(70000, 'x'),
        std::string(1000, '\0'),
        "",
    };
    return all;
}

} // namespace

TEST_CASE("whatever Redis sends at any stage, the process lives and another session is served")
{
    // What is answered wrongly. Of the last one nothing is: it comes unasked behind a good answer.
    for (const std::string_view stage : {"HELLO", "ROLE", "PING", "GET", "CLIENT", "SUBSCRIBE", ""}) {
        support::run(
            [&](asio::any_io_executor executor) -> asio::awaitable<void> {
                fake_redis redis(executor);
                fullon_cache::config settings;
                settings.host = "127.0.0.1";
                settings.port = redis.port();
                settings.connect_timeout = 100ms * support::patience;
                settings.socket_timeout = 100ms * support::patience;
                settings.ping_interval = 5ms;
                settings.ping_timeout = 100ms * support::patience;
                settings.backoff_min = settings.backoff_max = 1ms;
                connection to(executor, settings);
                const auto link = to.shared_link();
                to.start();
                co_await to.ready(5s * support::patience);
                for (const auto& bytes : garbage()) {
                    INFO(stage << ": " << bytes.substr(0, 60));
                    bool sent = false;
                    const auto sessions = link->sessions();
                    redis.answer = [&](const std::string& name) {
                        if (stage.empty() ? name != "PING" : name != stage)
                            return good_answer(name);
                        sent = true;
                        return stage.empty() ? good_answer(name) + bytes : bytes;
                    };
                    if (stage == "HELLO" || stage == "ROLE")
                        redis.answer = [&, wrong = redis.answer](const std::string& name) {
                            return !sent && name == "PING" ? std::string("$\r\n") : wrong(name);
                        };
                    const auto end = std::chrono::steady_clock::now() + 1s * support::patience;
                    while (!sent && std::chrono::steady_clock::now() < end) {
                        try {
                            if (stage == "CLIENT")
                                co_await link->track("a:" + std::to_string(sessions));
                            else if (stage == "SUBSCRIBE")
                                co_await link->subscribe(std::vector<std::string>(1, "c"));
                            else
                                co_await to.execute(command("GET", "x"));
                        } catch (const cache_error&) { // one or the other
                        }
                        co_await support::pause(2ms);
                    }
                    CHECK(sent);
                    co_await support::pause(5ms);
                    redis.answer = good_answer;
                    bool served = false;
                    const auto deadline = std::chrono::steady_clock::now() + 5s * support::patience;
                    while (!served && std::chrono::steady_clock::now() < deadline) {
                        try {
                            const auto answer = co_await to.execute(command("GET", "x"));
                            served = answer.text == "OK";
                        } catch (const cache_error&) {
                        }
                        co_await support::pause(1ms);
                    }
                    CHECK(served);
                }
                co_await to.stop();
                co_await redis.stop();
            },
            60s);
    }
}

TEST_CASE("a cluster's node and a Sentinel are not read, and say why")
{
    for (const std::string mode : {"cluster", "sentinel"}) {
        support::run([&](asio::any_io_executor executor) -> asio::awaitable<void> {
            fake_redis redis(executor);
            redis.answer = [&](const std::string& name) {
                return name == "HELLO" ? "%1\r\n$4\r\nmode\r\n+" + mode + "\r\n" : good_answer(name);
            };
            fullon_cache::config settings;
            settings.host = "127.0.0.1";
            settings.port = redis.port();
            connection to(executor, settings);
            to.start();
            std::string said;
            try {
                co_await to.execute(command("GET", "x"));
            } catch (const cache_error& failure) {
                CHECK(failure.code() == fullon_cache::errc::unavailable);
                said = failure.diagnostics();
            }
            CHECK(said == (mode == "cluster" ? "this Redis is a cluster node and REDIS_CLUSTER_MODE is false"
                                             : "this Redis is a Sentinel, which holds no data"));
            CHECK(to.shared_link()->down_text() == said);
            co_await to.stop();
            co_await redis.stop();
        });
    }
}
