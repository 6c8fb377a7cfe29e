// Bodies of orders_cache.hpp.
#pragma once

#include <fullon_cache/detail/caches/operation.hpp>
#include <fullon_cache/detail/keys/arguments.hpp>
#include <fullon_cache/detail/keys/names.hpp>
#include <fullon_cache/detail/keys/storable.hpp>
#include <fullon_cache/detail/lists/compare_and_set.hpp>
#include <fullon_cache/hash_page.hpp>
#include <fullon_cache/keys.hpp>
#include <fullon_cache/orders_cache.hpp>
#include <fullon_orm/clock.hpp>

#include <memory>
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
    detail::require_storable_members(value);
    value.timestamp = fullon_orm::now_seconds();
}

// Only cancelled ones have one.
std::chrono::seconds lifetime_of(const order& value, std::chrono::seconds of_cancelled)
{
    return is_canceled(value) ? of_cancelled : std::chrono::seconds(0);
}

/// An order that is merged into the stored one.
class order_change final : public detail::merge_change {
public:
    order_change(std::string hash, std::string exchange, order update, std::chrono::seconds of_cancelled)
        : hash_(std::move(hash)), exchange_(std::move(exchange)), update_(std::move(update)),
          of_cancelled_(of_cancelled)
    {}

    bool apply(detail::stored_document& at) override
    {
        at.replace(at.absent() ? to_json(update_) : fullon_orm::merge_order(at.object(), update_));
        return true;
    }

    command write(const std::optional<std::string>& expected, const std::string& text) const override
    {
        const auto after = fullon_orm::order_from_json(text, exchange_, update_.order_id);
        const auto lifetime = after ? lifetime_of(*after, of_cancelled_) : std::chrono::seconds(0);
        return detail::set_field_if(hash_, update_.order_id, expected, text, lifetime);
    }

private:
    std::string hash_;
    std::string exchange_;
    order update_;
    std::chrono::seconds of_cancelled_;
};

// Removes cancelled orders whose time is over. Each only if it is still the one that was read.
asio::awaitable<void> remove_all_overdue(detail::operation* op, std::string key, std::string exchange)
{
    const double limit =
        fullon_orm::now_seconds() - static_cast<double>(op->settings().order_lifetime.count());
    std::string cursor = "0";
    do {
        auto page = read_hash_page(co_await op->execute(scan_hash(key, cursor)));
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

// The same behind an order that has been stored: a failure here must not be told as one of that. The log has it, and the
// next cancelled order tries again.
asio::awaitable<void> remove_overdue(detail::operation* op, std::string key, std::string exchange)
{
    try {
        co_await remove_all_overdue(op, std::move(key), std::move(exchange));
    } catch (const cache_error&) { // told to the log by the operation
    }
}

} // namespace

// The coroutines: each has a copy of its cache, which the caller may destroy before it begins.
struct orders_cache::calls {
    static asio::awaitable<void> push_open_order(orders_cache self, std::string ex_order_id,
                                                 std::string local_oid)
    {
        detail::require_text(ex_order_id, "ex_order_id");
        detail::require_text(local_oid, "local_oid");
        detail::operation op(self, "push_open_order", {{"order_id", ex_order_id}, {"local_oid", local_oid}});
        co_await op.execute(command("RPUSH", make_key(new_orders_prefix, local_oid), ex_order_id));
    }

    static asio::awaitable<std::optional<std::string>>
    pop_open_order(orders_cache self, std::string local_oid, std::chrono::milliseconds timeout)
    {
        detail::require_text(local_oid, "local_oid");
        detail::operation op(self, "pop_open_order", {{"local_oid", local_oid}});
        auto popped = co_await op.pop_front(make_key(new_orders_prefix, local_oid), timeout);
        op.hit(popped.has_value());
        co_return popped;
    }

    static asio::awaitable<void> save_order_data(orders_cache self, std::string exchange, order value)
    {
        detail::require_exchange(exchange);
        prepare(value);
        detail::operation op(self, "save_order_data", {{"exchange", exchange}, {"order_id", value.order_id}});
        const auto key = orders_hash(exchange);
        const auto field = value.order_id;
        std::shared_ptr<detail::merge_change> change =
            std::make_shared<order_change>(key, exchange, std::move(value), op.settings().order_lifetime);
        const auto result = co_await op.merge(key, field, std::move(change));
        if (!result.lifetime_kept)
            co_await remove_overdue(&op, key, exchange);
    }

    static asio::awaitable<void> save_order(orders_cache self, std::string exchange, order value)
    {
        detail::require_exchange(exchange);
        prepare(value);
        detail::operation op(self, "save_order", {{"exchange", exchange}, {"order_id", value.order_id}});
        const auto key = orders_hash(exchange);
        const auto result = detail::read_set_result(co_await op.execute(detail::set_field(
            key, value.order_id, to_json(value), lifetime_of(value, op.settings().order_lifetime))));
        if (!result.lifetime_kept)
            co_await remove_overdue(&op, key, exchange);
    }
};

asio::awaitable<void> orders_cache::push_open_order(std::string ex_order_id, std::string local_oid) const
{
    return calls::push_open_order(*this, std::move(ex_order_id), std::move(local_oid));
}

asio::awaitable<std::optional<std::string>>
orders_cache::pop_open_order(std::string local_oid, std::chrono::milliseconds timeout) const
{
    return calls::pop_open_order(*this, std::move(local_oid), timeout);
}

asio::awaitable<void> orders_cache::save_order_data(std::string exchange, order value) const
{
    return calls::save_order_data(*this, std::move(exchange), std::move(value));
}

asio::awaitable<void> orders_cache::save_order(std::string exchange, order value) const
{
    return calls::save_order(*this, std::move(exchange), std::move(value));
}

} // namespace fullon_cache
