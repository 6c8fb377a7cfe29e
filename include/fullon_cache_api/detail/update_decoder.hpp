// From an update on the wire to an item of a typed stream: one entry per stream operation. Sans-io.
#pragma once

#include <fullon_cache_api/detail/stream_track.hpp>
#include <fullon_cache_api/operations/tickers.hpp>
#include <fullon_cache_api/protocol/client_messages.hpp>
#include <fullon_cache_api/protocol/topics.hpp>

#include <boost/mp11/list.hpp>

#include <optional>
#include <string>

namespace fullon_cache_api::detail {

/// What a client must know of a stream operation beyond its description: the topic of an item, what tells the
/// items of a topic apart, whether they are states or events, and, for a stream of all, what its topics begin with.
template <class Operation>
struct stream_traits;

template <>
struct stream_traits<operations::stream_tickers> {
    static constexpr stream_content content = stream_content::state;
    static std::string topic(const ticker& one) { return protocol::ticker_topic(one.exchange, one.symbol); }
    static std::string item(const ticker&) { return {}; }
    static std::string prefix(const operations::stream_tickers::params& wanted)
    {
        return wanted.symbols.empty() ? protocol::ticker_topic(wanted.exchange, "") : std::string();
    }
};

/// Every stream operation.
using stream_operations = boost::mp11::mp_list<operations::stream_tickers>;

/// Empty for an update whose type is unknown here, or that cannot be read.
std::optional<stream_message> decode_update(protocol::server_message&& message);

} // namespace fullon_cache_api::detail
