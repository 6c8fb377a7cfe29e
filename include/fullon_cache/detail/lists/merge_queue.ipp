// Bodies of merge_queue.hpp.
#pragma once

#include <fullon_cache/detail/lists/compare_and_set.hpp>
#include <fullon_cache/detail/lists/merge_queue.hpp>
#include <fullon_cache/error.hpp>
#include <fullon_coro/notifier.hpp>
#include <fullon_coro/task_group.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <deque>
#include <exception>
#include <map>
#include <utility>
#include <vector>

namespace fullon_cache::detail {

namespace asio = boost::asio;
using std::chrono::steady_clock;

// A round is computed without a pause: more would keep others of the event loop waiting.
constexpr std::size_t most_in_one_round = 256;

namespace {

bool is_too_large(const std::exception_ptr& failure)
{
    try {
        std::rethrow_exception(failure);
    } catch (const cache_error& error) {
        return error.code() == errc::too_large;
    } catch (...) {
        return false;
    }
}

} // namespace

// One caller and its change.
struct merge_queue::waiting {
    waiting(const asio::any_io_executor& executor, steady_clock::time_point until,
            std::shared_ptr<merge_change> its_change)
        : timer(executor, until), deadline(until), change(std::move(its_change))
    {}

    void finish(std::exception_ptr because = {})
    {
        failure = std::move(because);
        done = true;
        timer.cancel();
    }

    asio::steady_timer timer;
    steady_clock::time_point deadline;
    std::shared_ptr<merge_change> change;
    merged result;
    std::exception_ptr failure;
    bool under_way = false; // being written: nobody can take it back
    bool left = false;      // its caller has gone
    bool done = false;
};

// In the caller's frame, whatever ends that.
struct merge_queue::leaving {
    explicit leaving(std::shared_ptr<waiting> whose) : its(std::move(whose)) {}
    leaving(const leaving&) = delete;
    leaving& operator=(const leaving&) = delete;
    ~leaving() { its->left = true; }
    std::shared_ptr<waiting> its;
};

// One key and field that is being changed.
struct merge_queue::place {
    using name_type = std::pair<std::string, std::string>; // key and field
    using queue = std::deque<std::shared_ptr<waiting>>;

    command read() const
    {
        return name->second.empty() ? command("GET", name->first)
                                    : command("HGET", name->first, name->second);
    }
    std::string title() const
    {
        return name->second.empty() ? name->first : name->first + " " + name->second;
    }

    void forget_those_who_left()
    {
        std::erase_if(queued, [](const auto& one) { return one->left; });
    }

    queue take(std::size_t most)
    {
        const auto end = queued.begin() + static_cast<std::ptrdiff_t>(std::min(most, queued.size()));
        queue taken(std::make_move_iterator(queued.begin()), std::make_move_iterator(end));
        queued.erase(queued.begin(), end);
        return taken;
    }

    // What was not written is tried again before what came later, where there is time left.
    void put_back(const queue& round)
    {
        const auto now = steady_clock::now();
        for (auto one = round.rbegin(); one != round.rend(); ++one) {
            (*one)->under_way = false;
            if (now < (*one)->deadline)
                queued.push_front(*one);
            else
                (*one)->finish(std::make_exception_ptr(
                    cache_error(errc::timeout, title() + ": others kept changing the value")));
        }
    }

    const name_type* name = nullptr; // in the map
    queue queued;
    std::optional<std::string> stored;
    bool known = false; // what is stored, as far as this process knows
    std::size_t singly = 0; // so many have a round of their own: together they were too large
};

struct merge_queue::state {
    explicit state(const asio::any_io_executor& on) : executor(on), tasks(on), idle(on) {}

    void forget(place* one)
    {
        places.erase(places.find(*one->name));
        if (places.empty())
            idle.notify_all();
    }

    asio::any_io_executor executor;
    std::map<place::name_type, place> places;
    fullon_coro::task_group tasks;
    fullon_coro::notifier idle;
};

// Of the one who changes a place by itself: whatever ends it, those who wait there are served.
class merge_queue::turn {
public:
    turn(std::shared_ptr<state> of, place* at, sender send)
        : state_(std::move(of)), at_(at), send_(std::move(send))
    {}
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;
    ~turn()
    {
        if (at_->queued.empty())
            state_->forget(at_);
        else
            state_->tasks.spawn("merge", work(state_, at_, std::move(send_)));
    }

    const sender* send() const noexcept { return &send_; }

private:
    std::shared_ptr<state> state_;
    place* at_;
    sender send_;
};

merge_queue::merge_queue(asio::any_io_executor executor) : state_(std::make_shared<state>(executor)) {}

merge_queue::~merge_queue() = default;

asio::awaitable<merged> merge_queue::run(sender send, std::string key, std::string field,
                                         std::shared_ptr<merge_change> what,
                                         steady_clock::time_point deadline)
{
    const auto self = state_;
    const auto inserted = self->places.try_emplace(place::name_type(std::move(key), std::move(field)));
    auto* const at = &inserted.first->second;
    std::shared_ptr<waiting> request;
    if (inserted.second) {
        at->name = &inserted.first->first;
        const turn alone(self, at, std::move(send));
        const auto result = co_await run_alone(at, alone.send(), what);
        if (result)
            co_return *result;
        // Others write there: it goes on with those who wait here.
        request = std::make_shared<waiting>(self->executor, deadline, std::move(what));
        at->queued.push_front(request);
    } else {
        request = std::make_shared<waiting>(self->executor, deadline, std::move(what));
        at->queued.push_back(request);
    }
    const leaving at_the_end(request);
    while (!request->done) {
        co_await request->timer.async_wait(asio::as_tuple(asio::use_awaitable));
        if (request->done)
            break;
        if (steady_clock::now() < request->timer.expiry())
            throw boost::system::system_error(asio::error::operation_aborted);
        if (!request->under_way)
            throw cache_error(errc::timeout);
        request->timer.expires_at(steady_clock::time_point::max()); // the command has a time-out of its own
    }
    if (request->failure)
        std::rethrow_exception(request->failure);
    co_return request->result;
}

void merge_queue::context_gone() noexcept
{
    for (auto& [name, one] : state_->places)
        one.queued.clear();
}

asio::awaitable<void> merge_queue::join()
{
    return join_all(state_);
}

asio::awaitable<void> merge_queue::join_all(std::shared_ptr<state> self)
{
    while (!self->places.empty())
        co_await self->idle.wait();
    co_await self->tasks.join();
}

// Empty when it was not written: others have written in between.
asio::awaitable<std::optional<merged>> merge_queue::run_alone(place* at, const sender* send,
                                                              std::shared_ptr<merge_change> what)
{
    auto answer = co_await (*send)(at->read());
    at->stored = std::move(answer).as_text();
    stored_document document(at->title(), at->stored);
    merged result;
    result.found = !document.absent();
    result.changed = what->apply(document);
    if (!result.changed)
        co_return result;
    answer = co_await (*send)(what->write(at->stored, document.text()));
    auto written = read_set_result(std::move(answer));
    at->known = true;
    if (!written.written) {
        at->stored = std::move(written.stored);
        co_return std::nullopt;
    }
    at->stored = document.text();
    result.lifetime_kept = written.lifetime_kept;
    co_return result;
}

asio::awaitable<void> merge_queue::work(std::shared_ptr<state> self, place* at, sender send)
{
    for (;;) {
        at->forget_those_who_left();
        if (at->queued.empty())
            break;
        co_await run_round(at, &send);
    }
    self->forget(at);
}

asio::awaitable<void> merge_queue::run_round(place* at, const sender* send)
{
    std::exception_ptr failure;
    if (!at->known) {
        const auto asked = at->queued.size();
        try {
            auto answer = co_await (*send)(at->read());
            at->stored = std::move(answer).as_text();
            at->known = true;
        } catch (...) {
            failure = std::current_exception();
        }
        if (failure) {
            for (const auto& one : at->take(asked)) // others came later and have their own time
                one->finish(failure);
            co_return;
        }
        at->forget_those_who_left();
    }
    const auto round = at->take(at->singly > 0 ? 1 : most_in_one_round);
    at->singly -= std::min<std::size_t>(at->singly, 1);
    stored_document document(at->title(), at->stored);
    std::shared_ptr<merge_change> last;
    for (const auto& one : round) {
        one->under_way = true;
        one->failure = nullptr;
        one->result.found = !document.absent();
        try {
            one->result.changed = one->change->apply(document);
            if (one->result.changed)
                last = one->change;
        } catch (...) {
            one->failure = std::current_exception();
        }
    }
    set_result written;
    if (last) {
        try {
            auto answer = co_await (*send)(last->write(at->stored, document.text()));
            written = read_set_result(std::move(answer));
        } catch (...) {
            failure = std::current_exception();
        }
        if (failure) { // whoever found nothing to do may have found another's change
            at->known = false;
            if (round.size() > 1 && is_too_large(failure)) { // whose it is, is not the others' fault
                at->singly = round.size();
                at->put_back(round);
                co_return;
            }
            for (const auto& one : round)
                one->finish(failure);
            co_return;
        }
        if (!written.written) {
            at->stored = std::move(written.stored);
            at->put_back(round);
            co_return;
        }
        at->stored = document.text();
    }
    for (const auto& one : round) {
        one->result.lifetime_kept = written.lifetime_kept;
        one->finish(one->failure);
    }
}

} // namespace fullon_cache::detail
