// How feeds of states are read: what each kind of state has to say, and what those of hashes share. Included by
// state_feeds.ipp only.
#pragma once

#include <fullon_cache_api/detail/feed/feed_reading.hpp>
#include <fullon_cache_api/detail/feed/feeds.hpp>
#include <fullon_cache_api/detail/feed/state_topics.hpp>

#include <fullon_cache/hash_page.hpp>
#include <fullon_cache/keys.hpp>
#include <fullon_log/logger.hpp>
#include <fullon_orm/clock.hpp>

#include <boost/asio/awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fullon_cache_api::detail {

inline constexpr std::size_t fields_per_read = 500;

/// How states are read.
class state_reader {
public:
    virtual ~state_reader() = default;

    /// Reads these ids, or all that there are. \throws cache_error
    virtual boost::asio::awaitable<state_page> read(std::vector<std::string> ids, bool whole) = 0;

    /// When the states change without a write (epoch seconds), after the last reading; and what they are then.
    virtual std::optional<double> next_change() const { return std::nullopt; }
    virtual state_page at(double) { return {}; }
};

class state_feed final : public feed_kind {
public:
    state_feed(hub& updates, feed_topics::naming topic_name, shared_link redis,
               std::unique_ptr<state_reader> reader)
        : topics_(updates, std::move(topic_name)), redis_(std::move(redis)), reader_(std::move(reader))
    {}

    feed_topics& topics() noexcept override { return topics_; }
    bool on_changed(std::string_view) override { return true; }

    boost::asio::awaitable<bool> read() override
    {
        const in_session session(*redis_);
        const bool whole = topics_.whole();
        auto page = co_await reader_->read(topics_.named(), whole);
        session.require();
        page.whole = whole;
        topics_.apply(std::move(page));
        co_return true;
    }

    std::optional<std::chrono::steady_clock::duration> changes_in() const override
    {
        const auto next = reader_->next_change();
        if (!next)
            return std::nullopt;
        constexpr double longest = 3600;
        return std::chrono::duration_cast<std::chrono::steady_clock::duration>(
            std::chrono::duration<double>(std::clamp(*next - fullon_orm::now_seconds(), 0.0, longest)));
    }
    bool on_time() override
    {
        topics_.apply(reader_->at(fullon_orm::now_seconds()));
        return false;
    }

private:
    state_topics topics_;
    shared_link redis_;
    std::unique_ptr<state_reader> reader_;
};

/// Fields of one hash, each the state of one topic. What is stored under a field is decoded only when it has changed.
class hash_reader : public state_reader {
public:
    hash_reader(shared_link redis, std::string_view key)
        : redis_(std::move(redis)), key_(key),
          log_(fullon_log::get_component_logger("fullon.api.cache.server"))
    {}

    boost::asio::awaitable<state_page> read(std::vector<std::string> ids, bool whole) override
    {
        state_page page;
        std::map<std::string, std::string> fields;
        if (whole)
            fields = co_await read_all();
        else
            fields = co_await read_named(ids);
        page.covered.insert(ids.begin(), ids.end());
        fullon_cache::reading found;
        for (auto& [id, text] : fields) {
            auto& kept = known_[id];
            if (kept.text != text || kept.text.empty())
                kept = {text, decode(id, text)};
            if (kept.decoded.has_value()) {
                found.readable();
                page.topics.emplace(id, kept.decoded->readable);
                for (const auto& item : kept.decoded->unreadable) {
                    found.unreadable(id + " " + item, "not readable");
                    page.unreadable_items[id].insert(item);
                }
            } else {
                found.unreadable(id, kept.decoded.error().text());
                page.unreadable.insert(id);
            }
        }
        fullon_cache::log_unreadable(redis_->unreadable(), log_, key_ + " (followed)", found);
        std::erase_if(known_, [&](const auto& one) { return !fields.contains(one.first); });
        co_return page;
    }

protected:
    struct items {
        state_items readable{};
        std::vector<std::string> unreadable{};
    };
    using decoded_items = boost::system::result<items, fullon_orm::read_error>;

    virtual decoded_items decode(const std::string& id, const std::string& text) = 0;

private:
    struct entry {
        std::string text;
        decoded_items decoded{items()};
    };

    boost::asio::awaitable<std::map<std::string, std::string>> read_all()
    {
        std::map<std::string, std::string> fields;
        std::string cursor = "0";
        do {
            auto page =
                fullon_cache::read_hash_page(co_await redis_->execute(fullon_cache::scan_hash(key_, cursor)));
            for (auto& [field, value] : page.fields)
                fields.insert_or_assign(std::move(field), std::move(value));
            cursor = std::move(page.cursor);
        } while (cursor != "0");
        co_return fields;
    }

    boost::asio::awaitable<std::map<std::string, std::string>> read_named(std::vector<std::string> ids)
    {
        std::map<std::string, std::string> fields;
        for (std::size_t begin = 0; begin < ids.size(); begin += fields_per_read) {
            const auto end = std::min(ids.size(), begin + fields_per_read);
            fullon_cache::command read("HMGET", key_);
            for (std::size_t i = begin; i < end; ++i)
                read.push(ids[i]);
            auto values = (co_await redis_->execute(std::move(read))).as_items();
            for (std::size_t i = begin; i < end && i - begin < values.size(); ++i)
                if (auto text = std::move(values[i - begin]).as_text())
                    fields.emplace(ids[i], std::move(*text));
        }
        co_return fields;
    }

    shared_link redis_;
    std::string key_;
    fullon_log::logger log_;
    std::map<std::string, entry> known_;
};

} // namespace fullon_cache_api::detail
