// Bodies of orders_reader.hpp.
#pragma once

#include <fullon_cache/detail/caches/operation.hpp>
#include <fullon_cache/detail/keys/arguments.hpp>
#include <fullon_cache/detail/keys/names.hpp>
#include <fullon_cache/detail/redis/command_facts.hpp>
#include <fullon_cache/keys.hpp>
#include <fullon_cache/orders_reader.hpp>
#include <fullon_coro/yield_point.hpp>

#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;
using fullon_orm::order;

// The coroutines: each has a copy of its cache, which the caller may destroy before it begins.
struct orders_reader::calls {
    static asio::awaitable<std::optional<order>> get_order_status(orders_reader self, std::string exchange,
                                                                  std::string order_id)
    {
        detail::require_exchange(exchange);
        detail::require_text(order_id, "order_id");
        detail::operation op(self, "get_order_status", {{"exchange", exchange}, {"order_id", order_id}});
        const auto key = orders_hash(exchange);
        const auto json = (co_await op.execute(command("HGET", key, order_id))).as_text();
        op.hit(json.has_value());
        if (!json)
            co_return std::nullopt;
        auto read = fullon_orm::order_from_json(*json, std::move(exchange), order_id);
        if (!read)
            op.fail(errc::serialization, key + " " + order_id + ": " + read.error().text());
        co_return std::move(*read);
    }

    static asio::awaitable<std::optional<order>> find_order(orders_reader self, std::string order_id)
    {
        detail::require_text(order_id, "order_id");
        detail::operation op(self, "find_order", {{"order_id", order_id}});
        const auto keys = co_await op.scan(make_key(orders_hash_prefix, "*"));
        pipeline reads;
        for (const auto& key : keys)
            reads.add("HGET", key, order_id);
        std::optional<order> newest;
        reading found;
        std::string problem; // of the only one there is, it is an error
        if (!reads.empty()) {
            auto replies = co_await op.execute_any_type(std::move(reads));
            for (std::size_t i = 0; i < replies.size(); ++i) {
                if (detail::is_of_other_type(replies[i])) { // it may have stood there
                    problem = keys[i] + ": " + replies[i].text;
                    found.unreadable(keys[i], replies[i].text);
                    continue;
                }
                const auto json = std::move(replies[i]).as_text();
                if (!json)
                    continue;
                auto read =
                    fullon_orm::order_from_json(*json, keys[i].substr(orders_hash_prefix.size()), order_id);
                if (!read) {
                    problem = keys[i] + " " + order_id + ": " + read.error().text();
                    found.unreadable(keys[i], read.error().text());
                    continue;
                }
                found.readable();
                if (!newest || newest->timestamp.value_or(0) < read->timestamp.value_or(0))
                    newest = std::move(*read);
            }
        }
        op.report(make_key(orders_hash_prefix, "*") + " " + order_id, found);
        if (!newest && !problem.empty())
            op.fail(errc::serialization, problem);
        op.hit(newest.has_value());
        co_return newest;
    }

    static asio::awaitable<listing<order>> list_orders(orders_reader self, std::string exchange)
    {
        detail::require_text(exchange, "exchange");
        detail::operation op(self, "get_orders", {{"exchange", exchange}});
        const auto key = orders_hash(exchange);
        auto fields = co_await op.read_hash(key);
        listing<order> result;
        result.entries.reserve(fields.size());
        reading found;
        fullon_coro::yield_point pause;
        for (auto& [field, json] : fields) {
            if (pause.due())
                co_await pause.take();
            auto read = fullon_orm::order_from_json(json, exchange, field);
            if (read) {
                found.readable();
                result.entries.push_back(std::move(*read));
            } else {
                ++result.unreadable;
                found.unreadable(field, read.error().text());
            }
        }
        op.report(key, found);
        op.hit(!result.entries.empty());
        co_return result;
    }

    static asio::awaitable<std::vector<order>> get_orders(orders_reader self, std::string exchange)
    {
        auto found = co_await self.list_orders(std::move(exchange));
        co_return std::move(found.entries);
    }

    static asio::awaitable<std::int64_t> get_queue_length(orders_reader self, std::string exchange)
    {
        const auto orders = co_await self.get_orders(std::move(exchange));
        co_return static_cast<std::int64_t>(orders.size());
    }

    static asio::awaitable<std::vector<std::string>> get_order_exchanges(orders_reader self)
    {
        detail::operation op(self, "get_order_exchanges");
        auto names = co_await op.scan(make_key(orders_hash_prefix, "*"));
        for (auto& name : names)
            name.erase(0, orders_hash_prefix.size());
        co_return names;
    }
};

asio::awaitable<std::optional<order>> orders_reader::get_order_status(std::string exchange,
                                                                      std::string order_id) const
{
    return calls::get_order_status(*this, std::move(exchange), std::move(order_id));
}

asio::awaitable<std::optional<order>> orders_reader::find_order(std::string order_id) const
{
    return calls::find_order(*this, std::move(order_id));
}

asio::awaitable<listing<order>> orders_reader::list_orders(std::string exchange) const
{
    return calls::list_orders(*this, std::move(exchange));
}

asio::awaitable<std::vector<order>> orders_reader::get_orders(std::string exchange) const
{
    return calls::get_orders(*this, std::move(exchange));
}

asio::awaitable<std::int64_t> orders_reader::get_queue_length(std::string exchange) const
{
    return calls::get_queue_length(*this, std::move(exchange));
}

asio::awaitable<std::vector<std::string>> orders_reader::get_order_exchanges() const
{
    return calls::get_order_exchanges(*this);
}

} // namespace fullon_cache
