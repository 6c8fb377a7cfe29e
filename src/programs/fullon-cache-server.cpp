// fullon-cache-server: the stand-alone server. Everything but host, ports, certificate and .env file comes from the
// environment. SIGHUP: reads the certificate again. Exit codes: 0 stopped by SIGTERM or SIGINT, 1 cannot serve, 2 bad
// usage or configuration.
#include "memory_trimmer.hpp"

#include <fullon_cache_api/cache_websocket_server.hpp>
#include <fullon_cache_api/embedded_documentation.hpp>
#include <fullon_cache_api/version.hpp>

#include <fullon_log/configure.hpp>
#include <fullon_log/environment.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <optional>
#include <string>

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
    fmt::print("REST on {}://{}:{}{}\n", server.secure() ? "https" : "http",
               url_host(config.api_port ? config.api_host : config.host), server.api_port(),
               config.rest_prefix);
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
    CLI::App app("Serves the Redis cache, read-only and in real time, over WebSocket and REST.",
                 "fullon-cache-server");
    app.footer("Everything else is configured by environment variables or a .env file: see .env.example.");
    std::optional<std::string> host;
    std::optional<int> port;
    std::optional<int> api_port;
    std::optional<std::string> tls_cert;
    std::optional<std::string> tls_key;
    std::optional<std::string> env_file;
    // A shell gives it for a variable that is not set: a server in the clear would be the answer to --tls-cert "$CERT".
    const CLI::Validator not_empty(
        [](const std::string& text) { return text.empty() ? "must not be empty" : ""; }, "");
    app.add_option("--host", host, "Address or name to listen on (WEBSOCKET_HOST, localhost)")
        ->check(not_empty);
    app.add_option("--port", port, "Port to listen on, 0 = any free one (WEBSOCKET_PORT, 8765)")
        ->check(CLI::Range(0, 65535));
    app.add_option("--api-port", api_port,
                   "A second port, which serves the same, 0 = any free one (API_HOST, API_PORT; none)")
        ->check(CLI::Range(0, 65535));
    app.add_option("--tls-cert", tls_cert, "Certificate in PEM form: serve wss and https (TLS_CERT_FILE)")
        ->check(not_empty);
    app.add_option("--tls-key", tls_key, "Its private key in PEM form (TLS_KEY_FILE)")->check(not_empty);
    app.add_option("--env-file", env_file, "File with environment variables (DOTENV_FILE, .env)")
        ->check(not_empty);
    app.set_version_flag("--version", std::string(fullon_cache_api::version));
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) // --help, --version
            return app.exit(error);
        fmt::print(stderr, "fullon-cache-server: {}\n", error.what());
        return 2;
    }

    fullon_cache_api::server_config config;
    try {
        const auto environment = fullon_cache_api::environment::load(env_file);
        config = fullon_cache_api::server_config::from_env(environment);
        fullon_log::configure(fullon_log::config::from_env(environment));
    } catch (const std::exception& error) {
        fmt::print(stderr, "fullon-cache-server: {}\n", error.what());
        return 2;
    }
    if (host)
        config.host = *host;
    if (port)
        config.port = static_cast<std::uint16_t>(*port);
    if (api_port)
        config.api_port = static_cast<std::uint16_t>(*api_port);

    if (tls_cert)
        config.tls_cert_file = *tls_cert;
    if (tls_key)
        config.tls_key_file = *tls_key;

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
    } catch (const std::exception& error) {
        code = 1;
        said = error.what();
    }
    end_in_time(code);
    fullon_log::shutdown();
    if (code != 0)
        fmt::print(stderr, "fullon-cache-server: {}\n", said);
    return code;
}
