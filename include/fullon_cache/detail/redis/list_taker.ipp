// Bodies of list_taker.hpp and detail/taken.hpp.
#pragma once

#include <fullon_cache/detail/redis/list_taker.hpp>
#include <fullon_cache/detail/redis/script.hpp>
#include <fullon_cache/error.hpp>
#include <fullon_log/failure_text.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace fullon_cache::detail {

namespace asio = boost::asio;

namespace {

// What one step takes for single callers at most.
constexpr std::size_t most_at_once = 500;

// Before what Redis has not confirmed is settled again.
constexpr std::chrono::milliseconds settle_pause{50};

// Whether what could not be settled may be later.
bool passes(const std::exception_ptr& failure)
{
    try {
        std::rethrow_exception(failure);
    } catch (const cache_error& error) {
        const auto code = static_cast<errc>(error.code().value());
        return code == errc::unavailable || code == errc::unknown_outcome || code == errc::timeout ||
               code == errc::read_only || code == errc::no_replicas || code == errc::closed;
    } catch (...) {
        return true;
    }
}

// A command that was refused before the script began. Within it Redis names the script.
bool is_not_run(const reply& answer)
{
    return answer.is_error() && answer.text.find("script") == std::string::npos;
}

} // namespace

// Takes the caller out of the line again, and gives back what it was handed and has not collected.
struct list_taker::place_in_line {
    place_in_line(std::shared_ptr<list_taker> of, std::shared_ptr<caller> whose)
        : taker(std::move(of)), one(std::move(whose))
    {}
    place_in_line(const place_in_line&) = delete;
    place_in_line& operator=(const place_in_line&) = delete;
    ~place_in_line()
    {
        std::erase(taker->callers_, one);
        if (one->served)
            taker->decide(one->first, one->elements.size(), false);
    }
    std::shared_ptr<list_taker> taker;
    std::shared_ptr<caller> one;
};

list_taker::list_taker(asio::any_io_executor executor, std::string list)
    : executor_(executor), list_(std::move(list)),
      log_(fullon_log::get_component_logger("fullon.cache.connection")), changed_(std::move(executor))
{}

asio::awaitable<taken> list_taker::take(std::shared_ptr<redis_link> redis, bool all, clock::time_point until)
{
    const auto self = shared_from_this();
    lease_ = redis->settings().take_lease;
    const auto mine = std::make_shared<caller>(executor_, all, until);
    const auto limit = until + redis->settings().socket_timeout;
    callers_.push_back(mine);
    const place_in_line held(self, mine);
    arrived_ = true;
    if (std::exchange(running_, true))
        changed_.notify_all();
    else
        redis->spawn("takes out of a list", serve(redis));
    for (;;) {
        while (!mine->done && clock::now() < limit)
            (void)co_await mine->woken.wait_until(limit);
        if (!mine->done)
            throw cache_error(errc::timeout);
        if (mine->failure)
            std::rethrow_exception(mine->failure);
        if (!mine->served)
            co_return taken();
        mine->served = false;
        if (!too_late())
            break;
        // This process stood still meanwhile: somebody else may have it by now.
        decide(mine->first, mine->elements.size(), false);
        mine->done = false;
        callers_.push_front(mine);
    }
    co_return taken(self, mine->first, std::move(mine->elements));
}

void list_taker::decide(std::size_t first, std::size_t count, bool keeps) noexcept
{
    if (!batch_)
        return;
    if (!keeps)
        std::fill_n(batch_->back.begin() + static_cast<std::ptrdiff_t>(first), count, true);
    if (--undecided_ > 0)
        return;
    if (keeps)
        return changed_.notify_all();
    // The io_context may be on its way to destruction, with what waits on it: the posted call is dropped then.
    asio::post(executor_, [self = shared_from_this()] { self->changed_.notify_all(); });
}

asio::awaitable<void> list_taker::settled(clock::time_point deadline)
{
    const auto self = shared_from_this();
    bool in_time = true;
    while (in_time && running_ && (batch_ || !unsettled_.empty()))
        in_time = co_await changed_.wait_until(deadline);
}

void list_taker::close() noexcept
{
    closed_ = true;
    changed_.notify_all();
}

bool list_taker::too_late() const
{
    return batch_ && clock::now() - batch_->sent > lease_ / 2;
}

list_taker::clock::time_point list_taker::earliest() const
{
    auto first = next_look_;
    for (const auto& one : callers_)
        first = std::min(first, one->until);
    return first;
}

asio::awaitable<void> list_taker::serve(std::shared_ptr<redis_link> redis)
{
    const auto self = shared_from_this();
    for (;;) {
        while (undecided_ > 0)
            co_await changed_.wait();
        close_batch();
        if (closed_ || redis->state() == link_state::closed)
            fail_all(std::make_exception_ptr(cache_error(errc::closed)));
        if (idle() || redis->state() == link_state::closed)
            break;
        const bool settles_only = callers_.empty();
        std::exception_ptr failure;
        try {
            co_await step(redis);
        } catch (...) {
            failure = std::current_exception();
        }
        if (failure) {
            fail_all(failure);
            if (settles_only && !passes(failure))
                give_up(failure);
            if (!unsettled_.empty() || waiting_)
                co_await wait_until_up(redis);
        } else if (!batch_ && !idle())
            co_await wait_for_more(redis);
        changed_.notify_all();
    }
    running_ = false;
    since_ = nullptr;
    changed_.notify_all();
    redis->forget_taker(list_);
}

// It goes back when its time in the register is over, by somebody who may do so.
void list_taker::give_up(const std::exception_ptr& failure)
{
    log_.error("elements taken from a list could not be settled yet",
               {{"key", list_}, {"error", fullon_log::failure_text(failure)}});
    unsettled_.clear();
    waiting_ = false;
}

// What was decided of the batch is to be told to Redis.
void list_taker::close_batch()
{
    if (!batch_)
        return;
    settlement made;
    made.token = batch_->token;
    made.name = batch_->name;
    const auto back = static_cast<std::size_t>(std::count(batch_->back.begin(), batch_->back.end(), true));
    if (back == batch_->size)
        made.back = "*";
    else if (back > 0)
        for (std::size_t i = 0; i < batch_->size; ++i)
            if (batch_->back[i])
                made.back.append(made.back.empty() ? "" : " ").append(std::to_string(i));
    unsettled_.push_back(std::move(made));
    batch_.reset();
}

// Settles, and takes for those who wait.
asio::awaitable<void> list_taker::step(std::shared_ptr<redis_link> redis)
{
    take_step what;
    what.settled = unsettled_;
    arrived_ = false;
    const auto asked = clock::now();
    if (!callers_.empty()) {
        what.token = redis->next_token();
        if (!callers_.front()->all)
            what.most = std::min<std::size_t>(most_at_once, static_cast<std::size_t>(std::count_if(
                                                                callers_.begin(), callers_.end(),
                                                                [](const auto& one) { return !one->all; })));
        // Until Redis has answered, nobody knows: then all of it goes back.
        unsettled_.push_back({what.token, "*"});
    }
    const auto token = what.token;
    const auto settled_now = what.settled.size();
    auto found = co_await ask(redis, std::move(what));
    auto& elements = found.elements;
    unsettled_.erase(unsettled_.begin(), unsettled_.begin() + static_cast<std::ptrdiff_t>(settled_now));
    waiting_ = found.waiting;
    next_look_ = found.next.count() < 0 ? clock::time_point::max()
                                        : clock::now() + found.next + std::chrono::milliseconds(1);
    if (token.empty())
        co_return;
    if (elements.empty()) {
        unsettled_.pop_back();
        for (const auto& one : std::vector<std::shared_ptr<caller>>(callers_.begin(), callers_.end()))
            if (one->until <= asked)
                end(*one);
        co_return;
    }
    if (clock::now() - asked > lease_ / 2) // somebody else may have it by now
        co_return;
    unsettled_.pop_back();
    batch_.emplace(token, std::move(found.name), asked, elements.size());
    hand_out(std::move(elements));
}

asio::awaitable<take_result> list_taker::ask(std::shared_ptr<redis_link> redis, take_step what)
{
    const bool takes = !what.token.empty();
    const bool takes_all = takes && what.most == 0;
    pipeline settling;
    if (!waiting_ && settles_plainly(what)) {
        settle_plainly(settling, list_, what);
        what.settled.clear();
    }
    for (bool by_digest = by_digest_;; by_digest = false) {
        auto commands = settling;
        if (takes || !what.settled.empty() || settling.empty()) {
            auto run = take_command(list_, what, lease_);
            commands.add(by_digest ? std::move(run) : script::whole(run));
        }
        if (takes_all)
            commands.add("LRANGE", private_list(list_, what.token), 0, -1);
        auto answers = co_await redis->execute_patiently(std::move(commands));
        for (std::size_t i = 0; i < settling.size(); ++i)
            answers[i].checked();
        if (answers.size() == settling.size())
            co_return take_result();
        auto& of_script = answers[settling.size()];
        if (by_digest && is_unknown_script(of_script)) {
            by_digest_ = !is_digest_forbidden(of_script);
            continue;
        }
        if (is_not_run(of_script) && takes)
            unsettled_.pop_back();
        auto result = read_take_result(std::move(of_script));
        if (takes_all)
            for (auto& one : std::move(answers.back()).as_items())
                result.elements.push_back(std::move(one.text));
        co_return result;
    }
}

void list_taker::hand_out(std::vector<std::string> elements)
{
    if (callers_.empty())
        return;
    if (callers_.front()->all) {
        const auto first = callers_.front();
        callers_.pop_front();
        return serve_one(*first, 0, std::move(elements));
    }
    std::size_t place = 0;
    for (auto at = callers_.begin(); at != callers_.end() && place < elements.size();) {
        if ((*at)->all) {
            ++at;
            continue;
        }
        const auto one = *at;
        at = callers_.erase(at);
        serve_one(*one, place, std::vector<std::string>(1, std::move(elements[place])));
        ++place;
    }
}

void list_taker::serve_one(caller& one, std::size_t first, std::vector<std::string> elements)
{
    std::fill_n(batch_->back.begin() + static_cast<std::ptrdiff_t>(first), elements.size(), false);
    ++undecided_;
    one.served = true;
    one.first = first;
    one.elements = std::move(elements);
    one.done = true;
    one.woken.notify_all();
}

void list_taker::end(caller& one)
{
    one.done = true;
    one.woken.notify_all();
    std::erase_if(callers_, [&](const auto& other) { return other.get() == &one; });
}

// A take whose answer did not come takes nothing from anybody: it goes back. So nobody is told that its outcome is unknown.
void list_taker::fail_all(const std::exception_ptr& failure)
{
    auto told = failure;
    try {
        std::rethrow_exception(failure);
    } catch (const cache_error& error) {
        if (error.code() == errc::unknown_outcome)
            told = std::make_exception_ptr(cache_error(errc::unavailable, error.diagnostics()));
    } catch (...) { // as it is
    }
    for (const auto& one : std::exchange(callers_, {})) {
        one->failure = told;
        one->done = true;
        one->woken.notify_all();
    }
}

std::function<void()> list_taker::on_change()
{
    return [weak = weak_from_this()] {
        if (const auto self = weak.lock())
            self->changed_.notify_all();
    };
}

// Until there may be something in the list, somebody comes, or somebody's time is over.
asio::awaitable<void> list_taker::wait_for_more(std::shared_ptr<redis_link> redis)
{
    if (!unsettled_.empty()) // it came too late to be handed out
        co_return;
    auto wake = earliest();
    if (wake <= clock::now())
        co_return;
    if (!callers_.empty() && (!since_ || since_->over || since_->blind)) {
        const auto watch = redis->changes();
        if (!watch)
            co_return; // the next step says why
        auto found = co_await watch->read(command("EXISTS", list_), list_, on_change());
        since_ = std::move(found.since);
        if (found.answer && !found.answer->is_error() && found.answer->as_integer() != 0)
            co_return; // it has come meanwhile
        if (since_->blind)
            wake = since_->look_again(wake);
    }
    while (!closed_ && !arrived_ && clock::now() < wake && (callers_.empty() || !since_->over) &&
           redis->state() == link_state::up && !idle())
        (void)co_await changed_.wait_until(std::min(wake, earliest()));
}

// For what is to be settled: as long as it takes.
asio::awaitable<void> list_taker::wait_until_up(std::shared_ptr<redis_link> redis)
{
    (void)co_await changed_.wait_until(clock::now() + settle_pause);
    try {
        co_await redis->wait_up(clock::time_point::max());
    } catch (const cache_error&) { // closed
    }
}

} // namespace fullon_cache::detail
