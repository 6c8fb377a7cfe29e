// Listening sockets. Included by impl files only.
#pragma once

#include <fullon_coro/close_on_exec.hpp>
#include <fullon_log/configuration_error.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace fullon_cache_api::detail {

inline boost::system::error_code bind_to(boost::asio::ip::tcp::acceptor& acceptor,
                                         const boost::asio::ip::tcp::endpoint& where)
{
    using boost::asio::ip::tcp;
    boost::system::error_code ec;
    if (acceptor.open(where.protocol(), ec))
        return ec;
    fullon_coro::close_on_exec(acceptor);
    acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
    if (!ec && where.address().is_v6())
        acceptor.set_option(boost::asio::ip::v6_only(true), ec);
    if (!ec)
        acceptor.bind(where, ec);
    if (!ec)
        acceptor.listen(4096, ec);
    return ec;
}

/// Where to listen, and the variables that say so, for error texts.
struct listen_place {
    std::string host;
    std::uint16_t port = 0;
    const char* host_variable = "WEBSOCKET_HOST";
    const char* port_variable = "WEBSOCKET_PORT";
};

inline bool is_loopback(const boost::asio::ip::address& address)
{
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()).is_loopback();
    return address.is_loopback();
}

inline std::string url_host(const std::string& host)
{
    return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

inline constexpr const char* own_name =
    "a name or an address of this machine, such as localhost; 0.0.0.0 is every IPv4 address";

inline std::string cannot_listen(const listen_place& place, bool because_of_host)
{
    return std::string(because_of_host ? place.host_variable : place.port_variable) + ": cannot listen on " +
           url_host(place.host) + ":" + std::to_string(place.port) + " (allowed is " +
           (because_of_host ? own_name : "a port that is free; 0 is any free one") + ")";
}

/// A name that there is not is a wrong setting; that it cannot be looked up now is not.
[[noreturn]] inline void throw_unknown_host(const listen_place& place, const boost::system::error_code& why)
{
    if (why == boost::asio::error::host_not_found || why == boost::asio::error::no_data)
        throw fullon_log::configuration_error(place.host_variable, place.host,
                                              std::string(own_name) + " (" + why.message() + ")");
    throw boost::system::system_error(why, std::string(place.host_variable) + ": cannot look up '" +
                                               place.host + "'");
}

/// Every address that the host resolves to gets the same port. Of port 0 the first chooses a free one, which may be taken
/// on another: then once more. \throws system_error that names the variable, configuration_error for a host that there is not
inline boost::asio::awaitable<std::vector<boost::asio::ip::tcp::acceptor>>
listen_on(boost::asio::any_io_executor executor, listen_place place)
{
    namespace asio = boost::asio;
    using asio::ip::tcp;
    // A name may have addresses of a kind that this machine does not have.
    const auto foreign = [](const boost::system::error_code& ec) {
        return ec == asio::error::address_family_not_supported ||
               ec == boost::system::errc::address_not_available;
    };
    if (place.host.empty())
        throw fullon_log::configuration_error(place.host_variable, "", own_name);
    tcp::resolver resolver(executor);
    const auto [unknown, wanted] = co_await resolver.async_resolve(
        place.host, std::to_string(place.port), tcp::resolver::passive, asio::as_tuple(asio::use_awaitable));
    if (unknown)
        throw_unknown_host(place, unknown);
    for (int attempts_left = place.port == 0 ? 10 : 1;; --attempts_left) {
        std::vector<tcp::acceptor> bound;
        boost::system::error_code failure = asio::error::host_not_found;
        for (const auto& entry : wanted) {
            auto where = entry.endpoint();
            if (!bound.empty())
                where.port(bound.front().local_endpoint().port());
            tcp::acceptor acceptor(executor);
            const auto ec = bind_to(acceptor, where);
            if (!ec)
                bound.push_back(std::move(acceptor));
            else if (bound.empty() || !foreign(ec))
                failure = ec;
            if (ec && !foreign(ec)) {
                bound.clear();
                break;
            }
        }
        if (!bound.empty())
            co_return bound;
        if (attempts_left <= 1)
            throw boost::system::system_error(failure, cannot_listen(place, foreign(failure)));
    }
}

/// The same connection on another executor, if that is not its own.
inline boost::asio::ip::tcp::socket moved_to(const boost::asio::any_io_executor& executor,
                                             boost::asio::ip::tcp::socket socket)
{
    if (socket.get_executor() == executor)
        return socket;
    const auto protocol = socket.local_endpoint().protocol();
    boost::asio::ip::tcp::socket moved(executor);
    moved.assign(protocol, socket.release());
    return moved;
}

} // namespace fullon_cache_api::detail
