// A client of the native dialect that only takes what it is told: every message, what it holds of tickers, the marks of its
// streams. It shares nothing with the code under test.
#pragma once

#include <fullon_coro/task_group.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace support {

/// The text in a member; empty where there is none.
std::string text_in(const boost::json::object& from, std::string_view name);

/// Lives on its executor, which must be serial. It reads from open() on, and check() says whether that has failed.
class follower {
public:
    using clock = std::chrono::steady_clock;

    struct message {
        clock::time_point at;
        boost::json::object body;
        std::string text; ///< as it came
    };

    explicit follower(boost::asio::any_io_executor executor);

    boost::asio::awaitable<void> open(std::uint16_t port);
    boost::asio::awaitable<void> close();
    /// Completes when no more can come. For a connection that the server is to end.
    boost::asio::awaitable<void> ended();
    void check() const;

    /// The response.
    boost::asio::awaitable<boost::json::object> ask(std::string operation, std::string params = {});
    /// Completes when the snapshot has come. \returns the key of the stream. \throws when it is refused.
    boost::asio::awaitable<std::string> subscribe(std::string operation, std::string params);

    const std::vector<message>& messages() const noexcept;
    /// Those of a type from a place in messages() on.
    std::vector<const message*> of_type(std::string_view type, std::size_t from = 0) const;

    /// By symbol: what a client holds that applies every item of tickers.
    using prices = std::map<std::string, double>;
    const prices& held(const std::string& exchange) const;

    /// The reason of a stream that is stale, or of one of its topics; empty where it is not; "stale" where none was told.
    std::string reason(const std::string& stream_key) const;
    /// The same of one topic.
    std::string reason(const std::string& stream_key, const std::string& topic) const;
    /// How often any of its streams was marked stale so far.
    std::size_t marks() const noexcept;

private:
    struct state; // shared with who reads: a test that fails destroys it in any order
    static boost::asio::awaitable<void> read(std::shared_ptr<state> self);

    std::shared_ptr<state> state_;
    fullon_coro::task_group tasks_;
    std::size_t asked_ = 0;
};

} // namespace support
