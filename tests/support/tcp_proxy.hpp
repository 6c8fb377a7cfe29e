// A TCP proxy inside the test: stands between two peers and does to their connections what networks do.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace support {

/// Listens on a free port of 127.0.0.1 and connects each client to `target`, a port of 127.0.0.1. A side that ends its
/// half, or resets, does so at the other side too.
///
/// Settings hold for connections that there are and for those to come, and take effect at once (for a delay: on what
/// arrives from then on). Serial executor. Await stop(), or destroy it: then everything is cut, and ends on the executor.
class tcp_proxy {
public:
    enum class way : std::size_t { up, down }; ///< from the client to the target; back
    enum class ending { close, reset };
    enum class flow {
        pass,
        stall, ///< passes nothing and takes nothing, but what fits into a buffer; the connection stays
        swallow, ///< takes everything and passes nothing: such a connection is of no use afterwards
    };

    tcp_proxy(boost::asio::any_io_executor executor, std::uint16_t target);
    tcp_proxy(const tcp_proxy&) = delete;
    tcp_proxy& operator=(const tcp_proxy&) = delete;
    ~tcp_proxy();

    std::uint16_t port() const noexcept;

    void retarget(std::uint16_t target); ///< of connections to come
    /// Connections to come go to each of these in turn, as through a name with several addresses.
    void spread(std::vector<std::uint16_t> targets);
    /// Connections to come are refused by the kernel; the port stays ours.
    void refuse(bool yes);
    void delay(way which, std::chrono::milliseconds time);
    void throttle(way which, std::size_t bytes_per_second); ///< 0 = as fast as it goes
    void set_flow(way which, flow how);
    void set_flow(flow how); ///< both ways
    /// When `bytes` more have passed that way, on all connections together, the one on which they did is cut; once.
    void cut_after(way which, std::size_t bytes, ending how = ending::close);
    void cut(ending how = ending::close); ///< every connection, now
    void heal(); ///< no delay, no throttle, no stall, no cut to come, no refusal

    std::size_t open() const noexcept; ///< connections, now
    std::size_t accepted() const noexcept; ///< connections so far
    std::size_t passed(way which) const noexcept; ///< bytes so far

    /// Cuts everything. Completes when nothing of it runs any more.
    boost::asio::awaitable<void> stop();

private:
    struct state;
    std::shared_ptr<state> state_;
};

} // namespace support
