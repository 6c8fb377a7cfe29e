// What a server may send to a client's streams, message by message, each a line: whatever comes, a stream hands out items
// of its own type, never more than are waiting, and none of it twice.
#include "fuzz.hpp"

#include <fullon_cache_api/detail/client/stream_registry.hpp>
#include <fullon_cache_api/detail/stream/stream_traits.hpp>
#include <fullon_cache_api/detail/stream/update_decoder.hpp>
#include <fullon_cache_api/detail/wire/client_messages.hpp>

#include <boost/mp11/algorithm.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace {

namespace detail = fullon_cache_api::detail;
namespace protocol = fullon_cache_api::protocol;

constexpr std::size_t queue_limit = 3;

/// A client with one stream of each operation, keys s1, s2 and so on.
struct client {
    client()
    {
        boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, detail::stream_operations>>(
            [this](auto one) {
                using operation = typename decltype(one)::type;
                tracks.push_back(std::make_unique<detail::stream_sequencer>(
                    detail::stream_traits<operation>::content, queue_limit));
                // prefixes of all kinds of topics
                for (const auto* const prefix : {"tickers:", "positions:", "queue:", "bots:", "process",
                                                 "trades:", "ohlcv:", "metrics:"})
                    if (topic_begins(operation::name, prefix))
                        ids.push_back(
                            book.add({operation::message_type, prefix, tracks.back().get(), [] {}}));
            });
        fuzz::require(ids.size() == tracks.size());
        start("e1");
    }

    static bool topic_begins(std::string_view operation, std::string_view prefix)
    {
        const std::string_view kind = prefix.substr(0, 3);
        return operation.find(kind == "tic"   ? "tickers"
                              : kind == "pos" ? "positions"
                              : kind == "que" ? "order_queue"
                              : kind == "bot" ? "bot_status"
                              : kind == "pro" ? "process_health"
                              : kind == "tra" ? "trade_updates"
                              : kind == "ohl" ? "stream_ohlcv"
                                              : "stream_metrics") != std::string_view::npos;
    }

    void start(std::string_view epoch)
    {
        for (std::size_t i = 0; i < ids.size(); ++i)
            book.start(ids[i], "s" + std::to_string(i + 1), epoch, {});
    }

    void take()
    {
        for (const auto& one : tracks) {
            const auto waiting = one->size();
            const auto item = one->take();
            fuzz::require(item.has_value() == (waiting != 0));
            fuzz::require(!item || (item->value && one->size() == waiting - 1));
        }
    }

    detail::stream_registry book;
    std::vector<std::unique_ptr<detail::stream_sequencer>> tracks;
    std::vector<detail::stream_registry::stream_id> ids;
};

void receive(client& to, std::string_view line)
{
    auto message = protocol::parse_server_message(line);
    using kind = protocol::server_message::kind;
    switch (message.type) {
    case kind::update:
        if (const auto update = detail::decode_update(std::move(message)))
            to.book.offer(*update);
        break;
    case kind::snapshot_end: to.book.end_snapshot(message.stream_key); break;
    case kind::stale:
    case kind::fresh: to.book.mark(message.stream_key, message.topics, message.reason); break;
    default: break;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    client one;
    auto text = fuzz::text_of(data, size);
    for (std::size_t number = 0; !text.empty(); ++number) {
        const auto end = text.find('\n');
        const auto line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        if (line == "-" || line == "+") { // the connection breaks; to another server
            one.book.disconnect();
            one.start(line == "-" ? "e1" : "e" + std::to_string(number));
        } else if (line.empty())
            one.take();
        else
            receive(one, line);
    }
    for (const auto& track : one.tracks)
        while (track->size() != 0)
            one.take();
    return 0;
}
