// The ways in which the cache is asked and followed; the cases of the fault suite run over all of them.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace fullon_cache_api {
class cache_websocket_server;
}

namespace faults {

namespace asio = boost::asio;

/// How a question ended. `body` is JSON without what changes by itself (times, ages).
struct verdict {
    std::string code; ///< of the wire, or "disconnected", "closed"; empty = success
    std::string body;
};

struct question {
    std::string name; ///< for people
    std::string operation;
    bool needs_redis = true;
};

/// Where a surface finds its server. The port may be that of a proxy.
struct server_place {
    asio::any_io_executor executor;
    std::uint16_t port = 0;
    fullon_cache_api::cache_websocket_server* server = nullptr; ///< where it is in this process
};

/// Asks every operation and opens every kind of stream (and ends it again).
class asker {
public:
    asker() = default;
    asker(const asker&) = delete;
    asker& operator=(const asker&) = delete;
    virtual ~asker() = default;

    virtual asio::awaitable<void> open() = 0;
    virtual const std::vector<question>& questions() const = 0;
    /// Asks everything at once. \returns one verdict for each question. \throws when one gets no answer at all.
    virtual asio::awaitable<std::vector<verdict>> ask_all() = 0;
    virtual asio::awaitable<void> close() = 0;
};

/// Follows every kind of stream.
class watcher {
public:
    watcher() = default;
    watcher(const watcher&) = delete;
    watcher& operator=(const watcher&) = delete;
    virtual ~watcher() = default;

    /// Completes when every stream is open.
    virtual asio::awaitable<void> open() = 0;
    virtual std::size_t streams() const = 0;
    /// What each stream has to show of state `n` (see state.hpp) and does not; empty = all is as it should be.
    virtual std::string lacks(long n) const = 0;
    /// What must never happen: an event twice, a stream that ended, ids that go back.
    virtual std::string violations() const = 0;
    /// Streams of Redis that are stale now.
    virtual std::size_t stale_now() const = 0;
    virtual std::size_t of_redis() const = 0;
    /// By stream, or for the whole connection where that is how it is told: how often `stale` and `fresh` came.
    virtual std::map<std::string, std::pair<int, int>> outages() const = 0;
    /// Messages or items so far.
    virtual std::size_t received() const = 0;
    virtual asio::awaitable<void> close() = 0;
};

struct surface {
    std::string name;
    std::unique_ptr<asker> (*ask)(const server_place& at);
    std::unique_ptr<watcher> (*watch)(const server_place& at); ///< nullptr: it has no streams
    bool mends_itself = false; ///< a connection to the server that is lost is made again
    bool in_process = false; ///< there only where server_place has the server itself, on its executor
};

/// WebSocket (raw), client, REST, in process. A further one is one entry here.
const std::vector<surface>& surfaces();

/// JSON without members that tell times, ages, rates, and counts of what others do; lists in one order.
std::string stable_text(const std::string& json);

} // namespace faults
