// Bodies of task_group.hpp.
#pragma once

#include <fullon_coro/notifier.hpp>
#include <fullon_coro/task_group.hpp>
#include <fullon_log/failure_text.hpp>

#include <fullon_log/logger.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <list>
#include <utility>
#include <vector>

namespace fullon_coro {

namespace asio = boost::asio;

// Owned by the group, by the completion handler of every child and by every join().
struct task_group::state {
    struct child {
        explicit child(std::string its_name) : name(std::move(its_name)) {}

        std::string name;
        asio::cancellation_signal signal;
    };
    using child_list = std::list<std::shared_ptr<child>>;

    state(asio::any_io_executor on, error_handler handler)
        : executor(std::move(on)), on_error(std::move(handler)), emptied(executor)
    {}

    void ended(child_list::iterator position, const std::exception_ptr& failure)
    {
        const auto one = *position; // its signal must outlive this call
        remove(position);
        if (failure && !(cancelled && is_abort(failure)))
            on_error(one->name, failure);
    }

    void remove(child_list::iterator position) noexcept
    {
        children.erase(position);
        if (children.empty())
            emptied.notify_all();
    }

    void emit(asio::cancellation_type type)
    {
        // A copy: what an emission resumes may end other children.
        const std::vector<std::shared_ptr<child>> all(children.begin(), children.end());
        for (const auto& one : all)
            one->signal.emit(type);
    }

    static bool is_abort(const std::exception_ptr& failure)
    {
        try {
            std::rethrow_exception(failure);
        } catch (const boost::system::system_error& error) {
            return error.code() == asio::error::operation_aborted;
        } catch (...) {
            return false;
        }
    }

    static void log(std::string_view name, const std::exception_ptr& failure)
    {
        fullon_log::get_component_logger("fullon.coro")
            .error("background task failed", {{"task", name}, {"error", fullon_log::failure_text(failure)}});
    }

    asio::any_io_executor executor;
    error_handler on_error;
    child_list children;
    notifier emptied;
    bool cancelled = false;
};

// Completion handler of a child. Destroyed uncalled when the io_context is destroyed: what the child awaited is gone
// then, and a later cancel() must not reach for it.
class task_group::completion {
public:
    completion(std::shared_ptr<state> group, state::child_list::iterator position)
        : group_(std::move(group)), position_(position)
    {}
    completion(completion&&) noexcept = default;
    completion& operator=(completion&&) = delete;
    ~completion()
    {
        if (group_)
            group_->remove(position_);
    }

    void operator()(const std::exception_ptr& failure)
    {
        const auto group = std::move(group_);
        group->ended(position_, failure);
    }

private:
    std::shared_ptr<state> group_;
    state::child_list::iterator position_;
};

task_group::task_group(asio::any_io_executor executor, error_handler on_error)
    : state_(std::make_shared<state>(std::move(executor), on_error ? std::move(on_error) : &state::log))
{}

// Posted: while the io_context is being destroyed, a child's frame may be the last owner of the group; what that child
// awaited is gone then, and an emission would reach for it. The posted call is dropped in that case.
task_group::~task_group()
{
    state_->cancelled = true;
    if (!state_->children.empty())
        asio::post(state_->executor, [group = state_] { group->emit(asio::cancellation_type::terminal); });
}

void task_group::spawn(std::string name, asio::awaitable<void> child)
{
    if (state_->cancelled)
        return;
    const auto group = state_; // the child may destroy *this before co_spawn returns
    const auto position =
        group->children.insert(group->children.end(), std::make_shared<state::child>(std::move(name)));
    const auto slot = (*position)->signal.slot();
    asio::co_spawn(group->executor, std::move(child),
                   asio::bind_cancellation_slot(slot, completion(group, position)));
}

void task_group::cancel(asio::cancellation_type type)
{
    const auto group = state_;
    group->cancelled = true;
    group->emit(type);
}

asio::awaitable<void> task_group::join()
{
    return wait_empty(state_);
}

asio::awaitable<void> task_group::wait_empty(std::shared_ptr<state> group)
{
    while (!group->children.empty())
        co_await group->emptied.wait();
}

std::size_t task_group::size() const noexcept
{
    return state_->children.size();
}

} // namespace fullon_coro
