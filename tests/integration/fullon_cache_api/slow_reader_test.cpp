// Clients that read slowly, but do read: what they are shown is new, and they are not taken for dead.
#include "support/async_test.hpp"
#include "support/redis_cli.hpp"
#include "support/redis_server.hpp"
#include "support/served_redis.hpp"
#include "support/server_process.hpp"
#include "support/websocket_peer.hpp"

#include <fullon_orm/codec.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancel_after.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/parse.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;
using std::chrono::steady_clock;
using support::make_tick;
using support::redis_words;
using support::server_process;
using seconds = std::chrono::duration<double>;

double now()
{
    return seconds(steady_clock::now().time_since_epoch()).count();
}

/// Reads at a rate, from a kernel that keeps little for it; answers no ping.
class slow_reader {
public:
    explicit slow_reader(const asio::any_io_executor& executor) : socket_(executor) {}

    asio::awaitable<void> open(std::uint16_t port, int receive_buffer)
    {
        socket_.open(tcp::v4());
        socket_.set_option(asio::socket_base::receive_buffer_size(receive_buffer));
        co_await socket_.async_connect({asio::ip::address_v4::loopback(), port}, asio::use_awaitable);
        co_await send(support::upgrade_request());
        while (text_.find("\r\n\r\n") == text_.npos) // nothing may be sent before the answer
            co_await asio::async_read_until(socket_, asio::dynamic_buffer(text_), "\r\n\r\n",
                                            asio::cancel_after(5s, asio::use_awaitable));
        socket_.non_blocking(true);
    }

    asio::awaitable<void> send(std::string bytes)
    {
        co_await asio::async_write(socket_, asio::buffer(bytes), asio::use_awaitable);
    }

    /// What may be read by now. \returns false at the end of the connection
    bool read(double bytes_per_second)
    {
        const auto time = steady_clock::now();
        allowed_ =
            std::min(allowed_ + seconds(time - last_).count() * bytes_per_second, bytes_per_second / 5);
        last_ = time;
        while (allowed_ >= 1) {
            std::array<char, 4096> some;
            boost::system::error_code ec;
            const auto size = socket_.read_some(
                asio::buffer(some, std::min(some.size(), static_cast<std::size_t>(allowed_))), ec);
            if (ec == asio::error::would_block)
                return true;
            if (ec)
                return false;
            allowed_ -= static_cast<double>(size);
            read_ += size;
            text_.append(some.data(), size);
        }
        return true;
    }

    /// The next text message that has come whole.
    std::optional<std::string> message()
    {
        if (!upgraded_) {
            const auto end = text_.find("\r\n\r\n");
            if (end == text_.npos)
                return std::nullopt;
            text_.erase(0, end + 4);
            upgraded_ = true;
        }
        while (text_.size() >= 2) {
            const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text_[at]); };
            std::size_t head = 2;
            std::size_t size = byte(1) & 127U;
            if (size == 126) {
                head = 4;
                if (text_.size() < head)
                    return std::nullopt;
                size = byte(2) * 256U + byte(3);
            } else if (size == 127)
                return std::nullopt; // of no interest here
            if (text_.size() < head + size)
                return std::nullopt;
            const bool is_text = (byte(0) & 15U) == 1;
            auto payload = text_.substr(head, size);
            text_.erase(0, head + size);
            if (is_text)
                return payload;
        }
        return std::nullopt;
    }

    std::size_t bytes() const noexcept { return read_; }

private:
    tcp::socket socket_;
    steady_clock::time_point last_ = steady_clock::now();
    double allowed_ = 0;
    std::size_t read_ = 0;
    std::string text_;
    bool upgraded_ = false;
};

asio::awaitable<void> ready(std::uint16_t port)
{
    support::websocket_peer peer(co_await asio::this_coro::executor);
    co_await peer.open(port);
    bool healthy = false;
    while (!healthy) {
        const auto answer = co_await peer.ask("ping");
        healthy = answer.at("success").as_bool();
    }
    peer.hang_up();
}

} // namespace

TEST_CASE("what a slow reader is shown is new, however long it goes on", "[slow_reader]")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            support::redis_server redis;
            support::redis_cli cli(redis);
            server_process server(server_process::variables_for(redis));
            const auto port = co_await server.listening();
            co_await ready(port);
            slow_reader reader(executor);
            co_await reader.open(port, 16 * 1024);
            co_await reader.send(
                support::make_frame(support::request_text("1", "stream_tickers", R"({"exchange":"x"})")));
            const double begin = now();
            const double length = 10;
            double worst_early = 0;
            double worst_late = 0;
            int late = 0;
            for (int written = 0; now() < begin + length;) {
                // Some 4000 updates a second of 20 symbols; each says when it was written.
                std::vector<std::vector<std::string>> writes;
                for (int i = 0; i < 80; ++i) {
                    const auto symbol = "S" + std::to_string(++written % 20);
                    const auto text = fullon_orm::to_json(make_tick("x", symbol, now(), 1));
                    writes.push_back(redis_words("HSET", "tickers:x", symbol, text).list());
                    writes.push_back(redis_words("PUBLISH", "ticker_updates:x:" + symbol, text).list());
                }
                cli.pipeline(writes);
                REQUIRE(reader.read(150'000));
                while (const auto message = reader.message()) {
                    const auto update = boost::json::parse(*message).as_object();
                    if (!update.contains("update_id") || update.contains("snapshot"))
                        continue;
                    const double age = now() - update.at("price").to_number<double>();
                    if (now() > begin + 2 && now() < begin + length / 2)
                        worst_early = std::max(worst_early, age);
                    if (now() > begin + length / 2) {
                        worst_late = std::max(worst_late, age);
                        ++late;
                    }
                }
                co_await support::pause(20ms);
            }
            INFO("age: at most " << worst_early << " s in the first half, " << worst_late
                                 << " s in the second");
            CHECK(late > 100);
            CHECK(worst_late < 2.0 * support::patience);
            CHECK(worst_late < worst_early + 0.7 * support::patience); // it does not grow
        },
        60s);
}

TEST_CASE("a reader that takes little at a time is not cut, one that takes nothing is", "[slow_reader]")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            support::redis_server redis;
            support::redis_cli cli(redis);
            std::vector<std::vector<std::string>> writes;
            for (int i = 0; i < 3000; ++i) {
                const auto symbol = "SYMBOL" + std::to_string(i);
                writes.push_back(redis_words("HSET", "tickers:x", symbol,
                                             fullon_orm::to_json(make_tick("x", symbol, i, 1)))
                                     .list());
            }
            cli.pipeline(writes);
            auto variables = server_process::variables_for(redis);
            variables.emplace_back("SLOW_CONSUMER_TIMEOUT=3");
            variables.emplace_back("PING_INTERVAL=2");
            server_process server(variables);
            const auto port = co_await server.listening();
            co_await ready(port);
            slow_reader reader(executor);
            co_await reader.open(port, 4096);
            for (int i = 0; i < 20; ++i) // reading stops while they wait
                co_await reader.send(support::make_frame(
                    support::request_text("1", "get_all_tickers", R"({"exchange":"x"})")));
            const double begin = now();
            while (now() < begin + 12) {
                REQUIRE(reader.read(4'000));
                co_await support::pause(20ms);
            }
            CHECK(reader.bytes() > 20'000);
            CHECK(server.output().find("slow consumer") == std::string::npos);
            // Now it reads no more.
            const double stopped = now();
            while (server.output().find("slow consumer") == std::string::npos && now() < stopped + 20)
                co_await support::pause(20ms);
            const double took = now() - stopped;
            INFO("cut after " << took << " s");
            CHECK(took < 8 * support::patience);
            CHECK(took > 1);
        },
        60s);
}
