// Builds `reply` trees straight from Boost.Redis's parser. Included by impl files only.
#pragma once

#include <fullon_cache/reply.hpp>

#include <boost/redis/resp3/node.hpp>
#include <boost/redis/resp3/type.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <iterator>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

namespace fullon_cache::detail {

/// A Boost.Redis response type. Unlike `generic_response` it keeps error replies in their place, so that
/// one failed command of a pipeline or a transaction does not take its neighbours with it. The parser may
/// stop in the middle of a reply to wait for more bytes: only the first `complete` ones are whole.
struct reply_list {
    std::vector<reply> replies;
    std::size_t complete = 0;
    std::size_t missing_nodes = 0; // of the reply that is being read

    std::vector<reply> take_complete()
    {
        if (complete == replies.size()) {
            complete = 0;
            return std::exchange(replies, {});
        }
        const auto end = replies.begin() + static_cast<std::ptrdiff_t>(std::exchange(complete, 0));
        std::vector<reply> taken(std::make_move_iterator(replies.begin()), std::make_move_iterator(end));
        replies.erase(replies.begin(), end);
        return taken;
    }
};

/// Serves both adapter interfaces of Boost.Redis: the call operator up to 1.89, `on_*` from 1.90.
class reply_collector {
public:
    using node_view = boost::redis::resp3::basic_node<std::string_view>;

    explicit reply_collector(reply_list& out) : out_(&out) {}

    std::size_t get_supported_response_size() const noexcept
    {
        return std::numeric_limits<std::size_t>::max();
    }
    void operator()(std::size_t, const node_view& node, boost::system::error_code&) { add(node); }

    void on_init() noexcept {}
    void on_node(const node_view& node, boost::system::error_code&) { add(node); }
    void on_done() noexcept {}

private:
    void add(const node_view& node)
    {
        std::vector<reply>* siblings = &out_->replies;
        for (std::size_t depth = 0; depth < node.depth; ++depth)
            siblings = &siblings->back().items;
        auto& made = siblings->emplace_back();
        made.type = kind_of(node.data_type);
        made.text.assign(node.value);
        const std::size_t children =
            is_aggregate(made.type) ? node.aggregate_size * element_multiplicity(node.data_type) : 0;
        made.items.reserve(children);
        if (node.depth == 0)
            out_->missing_nodes = 1;
        out_->missing_nodes += children;
        if (--out_->missing_nodes == 0)
            ++out_->complete;
    }

    static bool is_aggregate(reply::kind type) noexcept
    {
        return type == reply::kind::array || type == reply::kind::map;
    }

    static reply::kind kind_of(boost::redis::resp3::type type) noexcept
    {
        using enum boost::redis::resp3::type;
        switch (type) {
        case null: return reply::kind::null;
        case number: return reply::kind::integer;
        case doublean: return reply::kind::number;
        case boolean: return reply::kind::boolean;
        case simple_error:
        case blob_error: return reply::kind::error;
        case array:
        case push:
        case set:
        case attribute: return reply::kind::array;
        case map: return reply::kind::map;
        default: return reply::kind::text;
        }
    }

    reply_list* out_;
};

inline reply_collector boost_redis_adapt(reply_list& out) noexcept
{
    return reply_collector(out);
}

} // namespace fullon_cache::detail
