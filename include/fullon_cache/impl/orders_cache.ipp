// Bodies of orders_cache.hpp.
#pragma once

#include <fullon_cache/detail/arguments.hpp>
#include <fullon_cache/detail/clock.hpp>
#include <fullon_cache/detail/compare_and_set.hpp>
#include <fullon_cache/detail/hash_page.hpp>
#include <fullon_cache/detail/keys.hpp>
#include <fullon_cache/detail/operation.hpp>
#include <fullon_cache/detail/pop.hpp>
#include <fullon_cache/orders_cache.hpp>

#include <utility>
#include <variant>

namespace fullon_cache {

namespace asio = boost::asio;
using fullon_orm::order;

namespace {

constexpr std::string_view new_orders_prefix = "new_orders:";

// The field under which an order is stored; its JSON says the same.
std::string field_of(const order& value)
{
    if (!value.ex_order_id)
        return value.order_id;
    if (const auto* number = std::get_if<std::int64_t>(&*value.ex_order_id))
        return std::to_string(*number);
    const auto& text = std::get<std::string>(*value.ex_order_id);
    return text.empty() ? value.order_id : text;
}

void prepare(order& value)
{
    value.order_id = field_of(value);
    detail::require(!value.order_id.empty(), "order", "have an ex_order_id or an order_id");
    value.timestamp = detail::now_seconds();
}

// Removes cancelled orders whose time is over, where Redis cannot do it by itself. Each only if it is still the one
// that was read.
asio::awaitable<void> remove_overdue(detail::operation* op, std::string key, std::string exchange)
{
    const double limit = detail::now_seconds() - static_cast<double>(op->settings().order_lifetime.count());
    std::string cursor = "0";
    do {
        auto page = detail::read_hash_page(co_await op->execute(detail::scan_hash(key, cursor)));
        pipeline removals;
        for (const auto& [field, json] : page.fields) {
            const auto read = fullon_orm::order_from_json(json, exchange, field);
            if (read && is_canceled(*read) && read->timestamp && *read->timestamp < limit)
                removals.add(detail::delete_field_if(key, field, json));
        }
        if (!removals.empty())
            co_await op->execute(std::move(removals));
        cursor = std::move(page.cursor);
    } while (cursor != "0");
}

} // namespace

asio::awaitable<void> orders_cache::push_open_order(std::string ex_order_id, std::string local_oid) const
{
    detail::require_text(ex_order_id, "ex_order_id");
    detail::require_text(local_oid, "local_oid");
    detail::operation op(*this, "push_open_order", {{"order_id", ex_order_id}, {"local_oid", local_oid}});
    co_await op.execute(command("RPUSH", detail::make_key(new_orders_prefix, local_oid), ex_order_id));
}

asio::awaitable<std::optional<std::string>>
orders_cache::pop_open_order(std::string local_oid, std::chrono::milliseconds timeout) const
{
    detail::require_text(local_oid, "local_oid");
    detail::operation op(*this, "pop_open_order", {{"local_oid", local_oid}});
    auto popped = co_await op.pop_front(detail::make_key(new_orders_prefix, local_oid), timeout);
    op.hit(popped.has_value());
    co_return popped;
}

asio::awaitable<void> orders_cache::save_order_data(std::string exchange, order value) const
{
    detail::require_text(exchange, "exchange");
    prepare(value);
    detail::operation op(*this, "save_order_data", {{"exchange", exchange}, {"order_id", value.order_id}});
    const auto key = detail::orders_hash(exchange);
    auto stored = (co_await op.execute(command("HGET", key, value.order_id))).as_text();
    op.hit(stored.has_value());
    bool sweep = false;
    for (bool written = false; !written;) {
        const auto merged = stored ? fullon_orm::merge_order(*stored, value) : to_json(value);
        const auto after = fullon_orm::order_from_json(merged, exchange, value.order_id);
        const bool canceled = after && is_canceled(*after);
        const auto lifetime = canceled ? op.settings().order_lifetime : std::chrono::seconds(0);
        auto result = detail::read_set_result(
            co_await op.execute(detail::set_field_if(key, value.order_id, stored, merged, lifetime)));
        written = result.written;
        sweep = !result.lifetime_kept;
        if (!written) {
            stored = std::move(result.stored);
            op.require_time_left();
        }
    }
    if (sweep)
        co_await remove_overdue(&op, key, exchange);
}

asio::awaitable<void> orders_cache::save_order(std::string exchange, order value) const
{
    detail::require_text(exchange, "exchange");
    prepare(value);
    detail::operation op(*this, "save_order", {{"exchange", exchange}, {"order_id", value.order_id}});
    const auto key = detail::orders_hash(exchange);
    const auto json = to_json(value);
    if (!is_canceled(value)) {
        pipeline writes;
        writes.add("HSET", key, value.order_id, json).add("PERSIST", key);
        co_await op.execute_atomically(std::move(writes));
        co_return;
    }
    const auto result = detail::read_set_result(
        co_await op.execute(detail::set_field(key, value.order_id, json, op.settings().order_lifetime)));
    if (!result.lifetime_kept)
        co_await remove_overdue(&op, key, exchange);
}

} // namespace fullon_cache
