// Lists of trades and of bars as they are read from Redis, one reading after the other: lines are elements, an empty line
// ends a reading, and signs say what happens to the list. Whatever stands there, numbers only grow, and no more is kept
// than there is.
#include "fuzz.hpp"

#include <fullon_cache_api/detail/feed/bar_series.hpp>
#include <fullon_cache_api/detail/feed/trade_series.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace detail = fullon_cache_api::detail;

constexpr std::size_t limit = 8;

struct listener final : detail::topic_subscriber {
    void on_update(detail::item_key /*key*/, const detail::topic_update& what) override { check(what); }
    void on_event(const detail::topic_update& what) override { check(what); }
    void on_mark(const detail::topic&) override {}
    static void check(const detail::topic_update& what) { fuzz::require(what.message()->ends_with('}')); }
};

struct followed {
    explicit followed(detail::series& which) : elements(which) { where->attach(hears); }
    followed(const followed&) = delete;
    followed& operator=(const followed&) = delete;
    ~followed() { where->detach(hears); }

    void read(const std::vector<std::string>& list)
    {
        // What is not enough is read again with more, at most until all is read.
        for (int attempt = 0; attempt < 16; ++attempt) {
            detail::list_tail tail;
            const auto count = std::min(elements.window(), list.size());
            tail.elements.assign(list.end() - static_cast<std::ptrdiff_t>(count), list.end());
            tail.length = list.size();
            tail.whole = count == list.size();
            const auto before = where->last_id();
            std::vector<detail::list_tail> lists(elements.keys().size(), tail);
            const bool done = elements.apply(updates, *where, std::move(lists), told, now);
            fuzz::require(where->last_id() >= before);
            told = told || done;
            if (done)
                return;
        }
        fuzz::require(false);
    }

    detail::hub updates;
    detail::topic_ptr where = updates.open("t");
    listener hears;
    detail::series& elements;
    bool told = false;
    detail::series::moment now{};
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    detail::trade_series trades("binance", "BTCUSDT", limit);
    detail::bar_series bars("BTCUSDT", "1m");
    followed trade_list(trades);
    followed bar_list(bars);
    std::vector<std::string> list;
    auto text = fuzz::text_of(data, size);
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        if (line == "-") { // others have taken something
            list.erase(list.begin(),
                       list.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(list.size(), 2)));
        } else if (line == "?") { // Redis was away
            trades.on_outage();
            bars.on_outage();
        } else if (line == "*") { // the list is gone
            list.clear();
        } else if (line == "~") { // nobody writes for a while
            bar_list.now += std::chrono::seconds(1);
        } else if (line.empty()) {
            trade_list.read(list);
            bar_list.read(list);
            fuzz::require(trade_list.where->events().size() <= std::min(limit, list.size()));
            fuzz::require(bar_list.where->items().size() <= 1);
        } else
            list.emplace_back(line);
    }
    return 0;
}
