// Bodies of orders_reader.hpp.
#pragma once

#include <fullon_cache/detail/arguments.hpp>
#include <fullon_cache/detail/breather.hpp>
#include <fullon_cache/detail/keys.hpp>
#include <fullon_cache/detail/operation.hpp>
#include <fullon_cache/orders_reader.hpp>

#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;
using fullon_orm::order;

asio::awaitable<std::optional<order>> orders_reader::get_order_status(std::string exchange,
                                                                      std::string order_id) const
{
    detail::require_text(exchange, "exchange");
    detail::require_text(order_id, "order_id");
    detail::operation op(*this, "get_order_status", {{"exchange", exchange}, {"order_id", order_id}});
    const auto key = detail::orders_hash(exchange);
    const auto json = (co_await op.execute(command("HGET", key, order_id))).as_text();
    op.hit(json.has_value());
    if (!json)
        co_return std::nullopt;
    auto read = fullon_orm::order_from_json(*json, std::move(exchange), order_id);
    if (!read)
        op.fail(errc::serialization, key + " " + order_id + ": " + read.error().text());
    co_return std::move(*read);
}

asio::awaitable<std::optional<order>> orders_reader::find_order(std::string order_id) const
{
    detail::require_text(order_id, "order_id");
    detail::operation op(*this, "find_order", {{"order_id", order_id}});
    const auto keys = co_await op.scan(detail::make_key(detail::orders_hash_prefix, "*"), "hash");
    pipeline reads;
    for (const auto& key : keys)
        reads.add("HGET", key, order_id);
    std::optional<order> newest;
    std::string problem; // of the only one there is, it is an error
    if (!reads.empty()) {
        auto replies = co_await op.execute(std::move(reads));
        for (std::size_t i = 0; i < replies.size(); ++i) {
            const auto json = std::move(replies[i]).as_text();
            if (!json)
                continue;
            auto read = fullon_orm::order_from_json(*json, keys[i].substr(detail::orders_hash_prefix.size()),
                                                    order_id);
            if (!read) {
                problem = keys[i] + " " + order_id + ": " + read.error().text();
                op.skip(keys[i], order_id, read.error().text());
            } else if (!newest || newest->timestamp.value_or(0) < read->timestamp.value_or(0))
                newest = std::move(*read);
        }
    }
    if (!newest && !problem.empty())
        op.fail(errc::serialization, problem);
    op.hit(newest.has_value());
    co_return newest;
}

asio::awaitable<listing<order>> orders_reader::list_orders(std::string exchange) const
{
    detail::require_text(exchange, "exchange");
    detail::operation op(*this, "get_orders", {{"exchange", exchange}});
    const auto key = detail::orders_hash(exchange);
    auto fields = co_await op.read_hash(key);
    listing<order> result;
    result.entries.reserve(fields.size());
    detail::breather pause;
    for (auto& [field, json] : fields) {
        if (pause.due())
            co_await pause.take();
        auto read = fullon_orm::order_from_json(json, exchange, field);
        if (read)
            result.entries.push_back(std::move(*read));
        else {
            ++result.unreadable;
            op.skip(key, field, read.error().text());
        }
    }
    op.hit(!result.entries.empty());
    co_return result;
}

asio::awaitable<std::vector<order>> orders_reader::get_orders(std::string exchange) const
{
    auto found = co_await list_orders(std::move(exchange));
    co_return std::move(found.entries);
}

asio::awaitable<std::int64_t> orders_reader::get_queue_length(std::string exchange) const
{
    const auto orders = co_await get_orders(std::move(exchange));
    co_return static_cast<std::int64_t>(orders.size());
}

asio::awaitable<std::vector<std::string>> orders_reader::get_order_exchanges() const
{
    detail::operation op(*this, "get_order_exchanges");
    auto names = co_await op.scan(detail::make_key(detail::orders_hash_prefix, "*"), "hash");
    for (auto& name : names)
        name.erase(0, detail::orders_hash_prefix.size());
    co_return names;
}

} // namespace fullon_cache
