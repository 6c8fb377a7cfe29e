// Bodies of surface.hpp: the list of surfaces.
#include "surface.hpp"

#include "api_surface.hpp"
#include "wire_surfaces.hpp"

#include <fullon_cache_api/cache_websocket_server.hpp>
#include <fullon_cache_api/client.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace faults {

namespace json = boost::json;

namespace {

struct in_process {
    explicit in_process(const server_place& at) : api(*at.server) {}
    asio::awaitable<void> open() { co_return; }
    asio::awaitable<void> close() { co_return; }

    fullon_cache_api::cache_websocket_server& api;
};

// A client as in production, but for its patience.
struct remote {
    explicit remote(const server_place& at) : place(at) {}

    asio::awaitable<void> open()
    {
        auto connecting =
            fullon_cache_api::client::connect("ws://127.0.0.1:" + std::to_string(place.port), quick_client());
        api = co_await std::move(connecting);
    }
    asio::awaitable<void> close() { return api.close(); }

    server_place place;
    fullon_cache_api::client api;
};

// Members that no two answers agree in.
bool changes(std::string_view name)
{
    static constexpr std::array<std::string_view, 18> parts{
        "memory", "fault",   "since",  "server",   "time",          "_at",
        "age",    "seconds", "newest", "oldest",   "heartbeat",     "duration",
        "rate",   "latency", "reads",  "followed", "subscriptions", "bytes"};
    return std::any_of(parts.begin(), parts.end(),
                       [&](auto part) { return name.find(part) != std::string_view::npos; });
}

json::value stable(const json::value& from)
{
    if (from.is_object()) {
        json::object kept;
        for (const auto& [name, value] : from.get_object())
            if (!changes(std::string_view(name.data(), name.size())))
                kept[name] = stable(value);
        return kept;
    }
    if (from.is_array()) {
        std::vector<std::pair<std::string, json::value>> kept;
        for (const auto& one : from.get_array()) {
            auto value = stable(one);
            kept.emplace_back(json::serialize(value), std::move(value));
        }
        std::sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        json::array sorted;
        for (auto& [text, value] : kept)
            sorted.push_back(std::move(value));
        return sorted;
    }
    return from;
}

} // namespace

std::string stable_text(const std::string& text)
{
    return json::serialize(stable(json::parse(text)));
}

const std::vector<surface>& surfaces()
{
    static const std::vector<surface> all{
        {"websocket", ask_websocket, watch_websocket},
        {"client", ask_api<remote>, watch_api<remote>, true},
        {"rest", ask_rest, nullptr},
        {"in process", ask_api<in_process>, watch_api<in_process>, false, true},
    };
    return all;
}

} // namespace faults
