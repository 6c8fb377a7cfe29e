// fullon-cache-server: the stand-alone server. Everything but host, ports, certificate and .env file comes from the
// environment. SIGHUP: reads the certificate again. Exit codes: 0 stopped by SIGTERM or SIGINT, 1 cannot serve, 2 bad
// usage or configuration.
#include "memory_trimmer.hpp"
#include "server_options.hpp"

#include <fullon_cache_api/cache_websocket_server.hpp>
#include <fullon_cache_api/embedded_documentation.hpp>

#include <fullon_log/configure.hpp>
#include <fullon_log/environment.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <fmt/core.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <utility>

#include <sys/resource.h>
#include <unistd.h>

namespace {

namespace asio = boost::asio;

// As it stands in a URL.
std::string url_host(const std::string& host)
{
    return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

volatile std::sig_atomic_t exit_code = 0;

// What is left to do may wait for ever: for whoever reads the log (a pipe that is full), or for a name server.
void end_in_time(int code)
{
    constexpr unsigned seconds = 3;
    exit_code = code;
    std::signal(SIGALRM, [](int) { ::_exit(exit_code); });
    ::alarm(seconds);
}

// As many descriptors as there may be: each connection is one.
void raise_descriptor_limit()
{
    rlimit now{};
    if (::getrlimit(RLIMIT_NOFILE, &now) != 0 || now.rlim_cur == now.rlim_max)
        return;
    now.rlim_cur = now.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &now);
}

asio::awaitable<void> serve(fullon_cache_api::server_config config)
{
    const auto executor = co_await asio::this_coro::executor;
    asio::signal_set signals(executor, SIGINT, SIGTERM, SIGHUP);
    fullon_cache_api::program::memory_trimmer trimmer(executor);
    fullon_cache_api::cache_websocket_server server(executor, config);
    co_await server.start();
    // Flushed: whoever started this program waits for it.
    fmt::print("listening on {}://{}:{}\n", server.secure() ? "wss" : "ws", url_host(config.host),
               server.port());
    const auto site =
        fmt::format("{}://{}:{}", server.secure() ? "https" : "http",
                    url_host(config.api_port ? config.api_host : config.host), server.api_port());
    fmt::print("REST on {}{}\n", site, config.rest_prefix);
    fmt::print("documentation on {}/docs\n", site); // what there is to see while Redis is empty
    std::fflush(stdout);
    for (;;) {
        const int signal = co_await signals.async_wait(asio::use_awaitable);
        if (signal != SIGHUP)
            break;
        try {
            server.reload_certificates();
        } catch (const fullon_cache_api::configuration_error&) { // the server has logged it
        }
    }
    co_await server.stop();
}

} // namespace

int main(int argc, char** argv)
{
    namespace program = fullon_cache_api::program;
    program::server_options options;
    if (const auto ended = options.parse(argc, argv))
        return *ended;

    fullon_cache_api::server_config config;
    try {
        auto environment = fullon_cache_api::environment::load(options.env_file());
        options.put_into(environment);
        config = fullon_cache_api::server_config::from_env(environment);
        fullon_log::configure(fullon_log::config::from_env(environment));
    } catch (const std::exception& error) {
        fmt::print(stderr, "fullon-cache-server: {}\n", options.in_their_names(error.what()));
        return 2;
    }
    config.assets = fullon_cache_api::embedded_documentation();

    raise_descriptor_limit();
    int code = 0;
    std::string said;
    asio::io_context context(1);
    try {
        std::exception_ptr failure;
        asio::co_spawn(context, serve(std::move(config)), [&](std::exception_ptr thrown) {
            failure = thrown;
            context.stop(); // a name that is still being resolved is nobody's any more
        });
        context.run();
        if (failure)
            std::rethrow_exception(failure);
    } catch (const fullon_cache_api::configuration_error& error) { // a certificate that cannot be used
        code = 2;
        said = error.what();
    } catch (const boost::system::system_error& error) {
        code = 1;
        said = program::text_of(error);
    } catch (const std::exception& error) {
        code = 1;
        said = error.what();
    }
    end_in_time(code);
    fullon_log::shutdown();
    if (code != 0)
        fmt::print(stderr, "fullon-cache-server: {}\n", options.in_their_names(std::move(said)));
    return code;
}
