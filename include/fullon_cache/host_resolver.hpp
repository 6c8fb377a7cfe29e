// Resolving host names. A look-up cannot be cancelled, so all who want the same name share it. Included by
// impl files only.
#pragma once

#include <fullon_coro/notifier.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include <charconv>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace fullon_cache {

/// Resolves names for connections that are made again and again.
///
/// Asio runs getaddrinfo() on a thread of its own, where it can take as long as it likes. Here one look-up of
/// a host and port is under way at most; callers wait for it and may stop waiting at any time. The look-up
/// goes on until libc answers, and keeps the io_context's run() from returning until then.
///
/// \code
/// const auto names = std::make_shared<host_resolver>(executor);
/// const auto lookup = names->find("redis.internal", "6379");
/// while (!lookup->done)
///     if (!co_await lookup->finished.wait_until(deadline))
///         co_return; // too late; the look-up ends by itself
/// if (!lookup->failure)
///     connect_to(lookup->found);
/// \endcode
///
/// \par Concurrency one serial executor.
/// \par Lifetimes held by a shared_ptr; a look-up that is under way keeps it alive. Answers are not kept:
///                each find() without a look-up under way starts a new one.
class host_resolver : public std::enable_shared_from_this<host_resolver> {
public:
    using tcp = boost::asio::ip::tcp;

    /// One look-up: under way, or finished with endpoints or an error.
    struct lookup {
        explicit lookup(const boost::asio::any_io_executor& executor) : resolver(executor), finished(executor)
        {}
        tcp::resolver resolver;
        fullon_coro::notifier finished; ///< notified once it is done
        bool done = false;
        boost::system::error_code failure; ///< set if no endpoint was found
        std::vector<tcp::endpoint> found; ///< in the order of getaddrinfo()
    };

    explicit host_resolver(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

    /// The look-up of this host and port that is under way, or a new one. An address is not looked up: the
    /// result is done at once.
    /// \param service the port, in digits
    std::shared_ptr<lookup> find(const std::string& host, const std::string& service)
    {
        boost::system::error_code no_address;
        const auto address = boost::asio::ip::make_address(host, no_address);
        const auto made = std::make_shared<lookup>(executor_);
        if (!no_address) {
            std::uint16_t port = 0;
            const auto end = std::from_chars(service.data(), service.data() + service.size(), port).ptr;
            made->done = true;
            if (end == service.data() + service.size())
                made->found.emplace_back(address, port);
            else
                made->failure = boost::asio::error::service_not_found;
            return made;
        }
        const auto [at, fresh] = under_way_.try_emplace(host + ' ' + service, made);
        if (!fresh)
            return at->second;
        made->resolver.async_resolve(
            host, service, tcp::resolver::numeric_service,
            [self = shared_from_this(), made, key = at->first](boost::system::error_code ec,
                                                               const tcp::resolver::results_type& results) {
                made->done = true;
                made->failure = ec;
                for (const auto& one : results)
                    made->found.push_back(one.endpoint());
                self->under_way_.erase(key);
                made->finished.notify_all();
            });
        return made;
    }

private:
    boost::asio::any_io_executor executor_;
    std::map<std::string, std::shared_ptr<lookup>> under_way_;
};

} // namespace fullon_cache
