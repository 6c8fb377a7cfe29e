// Looking up host names, which cannot be cancelled: shared by all who wait. Included by impl files only.
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

/// Asio asks libc on a thread of its own, and libc may take its time: whoever waits goes away when he wants, and one
/// look-up of a host is under way at most. It ends in its own time, and the io_context's run() not before it.
/// Lives on one serial executor, in a shared_ptr.
class host_resolver : public std::enable_shared_from_this<host_resolver> {
public:
    using tcp = boost::asio::ip::tcp;

    struct lookup {
        explicit lookup(const boost::asio::any_io_executor& executor) : resolver(executor), finished(executor)
        {}
        tcp::resolver resolver;
        fullon_coro::notifier finished;
        bool done = false;
        boost::system::error_code failure;
        std::vector<tcp::endpoint> found;
    };

    explicit host_resolver(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

    /// A look-up of this place: one that is under way, else a new one; an address needs none and is done at once.
    /// \param service a port, in digits
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
