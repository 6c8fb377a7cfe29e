// A program with an HTTP server of its own that mounts the cache's routers: also what README.md shows.
#include "rest.hpp"

#include "http_server.hpp"

#include <fullon_cache_api/beast.hpp>
#include <fullon_cache_api/cache_gateway.hpp>

#include <boost/asio/this_coro.hpp>

#include <vector>

namespace asio = boost::asio;
namespace http = boost::beast::http;
using fullon_cache_api::cache_gateway;
using fullon_cache_api::cache_router;

namespace {

class routes {
public:
    explicit routes(const cache_gateway& gateway) : routers_(fullon_cache_api::get_all_routers(gateway)) {}

    asio::awaitable<answer> handle(request asked) const
    {
        if (asked.target() == "/desk")
            co_return text_answer(asked, http::status::ok, "the desk of three traders\n");
        if (asked.target() == "/desk/hours")
            co_return text_answer(asked, http::status::ok, "9 to 17\n");
        for (const auto& router : routers_) { // tickers, accounts, orders, bots, trades, ohlcv, processes
            const auto mounted_at = "/market/" + router.name();
            if (cache_router::serves(mounted_at, asked.target())) {
                auto answering = fullon_cache_api::handle(router, std::move(asked), mounted_at);
                co_return co_await std::move(answering);
            }
        }
        co_return text_answer(asked, http::status::not_found, "there is no such page\n");
    }

private:
    std::vector<cache_router> routers_;
};

} // namespace

asio::awaitable<void> rest_host(fullon_cache_api::gateway_config config) // or gateway_config::from_env()
{
    const auto executor = co_await asio::this_coro::executor;
    cache_gateway gateway(executor, config); // or over a server's connection: cache_gateway(server)
    gateway.start();
    co_await gateway.ready(); // not needed: until Redis is there, requests get 503
    const routes all(gateway);
    http_server server(executor, [&all](request asked) { return all.handle(std::move(asked)); });

    co_await ask(server.port());

    co_await server.stop();
    co_await gateway.stop();
}
