// The command line of fullon-cache-server. Each option stands for a variable, and goes before it.
#pragma once

#include <fullon_cache_api/version.hpp>

#include <fullon_log/environment.hpp>

#include <boost/system/system_error.hpp>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <array>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

namespace fullon_cache_api::program {

/// For people: the message without the number of the error and the place in Boost's sources.
inline std::string text_of(const boost::system::system_error& failure)
{
    std::string text = failure.what();
    const auto tail = failure.code().what();
    if (text.ends_with(tail))
        text.replace(text.size() - tail.size(), tail.size(), failure.code().message());
    return text;
}

class server_options {
public:
    /// \returns the exit code where the program ends here: after --help and --version, and for what is no option.
    std::optional<int> parse(int argc, char** argv)
    {
        CLI::App app("Serves the Redis cache, read-only and in real time, over WebSocket and REST.",
                     "fullon-cache-server");
        app.footer(
            "Everything else is configured by environment variables or a .env file: see .env.example.");
        // A shell gives it for a variable that is not set: a server in the clear would be the answer to --tls-cert "$CERT".
        const CLI::Validator not_empty(
            [](const std::string& text) { return text.empty() ? "must not be empty" : ""; }, "");
        for (auto& one : options_)
            app.add_option(one.name, one.value, one.help)->check(not_empty);
        app.set_version_flag("--version", std::string(version));
        try {
            app.parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            if (error.get_exit_code() == 0) // --help, --version
                return app.exit(error);
            fmt::print(stderr, "fullon-cache-server: {} (--help lists what is allowed)\n", error.what());
            return 2;
        }
        return std::nullopt;
    }

    const std::optional<std::string>& env_file() const noexcept { return options_.back().value; }

    /// What is given here goes before what the process or a file has set.
    void put_into(fullon_log::environment& variables) const
    {
        for (const auto& one : options_)
            if (one.value && &one != &options_.back()) // which has been read
                variables.set(one.variable, *one.value);
    }

    /// An error names variables; who gave an option knows it by that name.
    std::string in_their_names(std::string text) const
    {
        const bool of_tls = options_[tls_cert].value || options_[tls_key].value;
        for (std::size_t i = 0; i < options_.size(); ++i)
            if (options_[i].value || (of_tls && (i == tls_cert || i == tls_key)))
                replace_word(text, options_[i].variable, options_[i].name);
        return text;
    }

private:
    struct option {
        const char* name;
        const char* variable; // also how errors name it
        const char* help;
        std::optional<std::string> value{};
    };

    static void replace_word(std::string& text, std::string_view word, std::string_view by)
    {
        // A value in quotes is left as it was given.
        for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + by.size()))
            if (at == 0 || text[at - 1] == ' ')
                text.replace(at, word.size(), by);
    }

    static constexpr std::size_t tls_cert = 3;
    static constexpr std::size_t tls_key = 4;
    std::array<option, 6> options_{{
        {"--host", "WEBSOCKET_HOST", "Address or name to listen on (WEBSOCKET_HOST, localhost)"},
        {"--port", "WEBSOCKET_PORT", "Port to listen on, 0 = any free one (WEBSOCKET_PORT, 8765)"},
        {"--api-port", "API_PORT",
         "A second port, which serves the same, 0 = any free one (API_HOST, API_PORT; none)"},
        {"--tls-cert", "TLS_CERT_FILE", "Certificate in PEM form: serve wss and https (TLS_CERT_FILE)"},
        {"--tls-key", "TLS_KEY_FILE", "Its private key in PEM form (TLS_KEY_FILE)"},
        {"--env-file", "env_file", "File with environment variables (DOTENV_FILE, .env)"},
    }};
};

} // namespace fullon_cache_api::program
